//! Standard output and standard error: the only place that writes to them. A reader that goes away ends the writing,
//! never the program.

use crate::args::Colour;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;

/// The two streams.
#[derive(Debug, Default)]
pub(crate) struct Console {
    failed: Option<io::Error>,
}

impl Console {
    /// Writes text to standard output.
    pub(crate) fn out(&mut self, text: &str) {
        let mut stream = io::stdout().lock();
        let result = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
        self.note(result);
    }

    /// Writes text to standard error.
    pub(crate) fn err(&mut self, text: &str) {
        // Where even this fails there is nobody left to tell.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// The error that standard output met, unless its reader just went away.
    pub(crate) fn failure(self) -> Option<io::Error> {
        self.failed
    }

    fn note(&mut self, result: io::Result<()>) {
        if let Err(error) = result
            && error.kind() != ErrorKind::BrokenPipe
        {
            self.failed.get_or_insert(error);
        }
    }
}

/// What `--color` says; said once, before anything is written.
static CHOICE: OnceLock<Colour> = OnceLock::new();

/// Notes what `--color` says.
pub(crate) fn choose_colours(choice: Colour) {
    let _ = CHOICE.set(choice);
}

/// Whether somebody watches standard error.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Whether standard error takes colours.
pub(crate) fn colours() -> bool {
    wants_colours(io::stderr().is_terminal())
}

/// Whether standard output takes colours.
pub(crate) fn colours_out() -> bool {
    wants_colours(io::stdout().is_terminal())
}

fn wants_colours(terminal: bool) -> bool {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    decide(CHOICE.get().copied().unwrap_or(Colour::Auto), terminal, &variable)
}

/// The command line decides; then `NO_COLOR`; then `CLICOLOR_FORCE`; then whether it is a terminal that can.
fn decide(choice: Colour, terminal: bool, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    match choice {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if variable("NO_COLOR").is_some() => false,
        Colour::Auto if variable("CLICOLOR_FORCE").is_some_and(|v| v != "0") => true,
        Colour::Auto => terminal && variable("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// How many columns there are to write in: those of the terminal, at most [`MAX_WIDTH`], because longer lines are hard
/// to read; [`PIPED_WIDTH`] where there is no terminal.
pub(crate) fn width() -> usize {
    let stated = std::env::var("COLUMNS").ok().and_then(|c| c.parse::<usize>().ok());
    let terminal = || io::stderr().is_terminal().then(report_width).flatten();
    stated.or_else(terminal).unwrap_or(PIPED_WIDTH).clamp(MIN_WIDTH, MAX_WIDTH)
}

const MIN_WIDTH: usize = 40;
const PIPED_WIDTH: usize = 100;
const MAX_WIDTH: usize = 120;

fn report_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| usize::from(width.0))
}

/// A text in lines of at most `width` characters where it has spaces; what was broken goes on with `hang` before it.
pub(crate) fn wrapped(text: &str, width: usize, hang: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut length = 0;
        for word in paragraph.split(' ') {
            let more = word.chars().count();
            if length > 0 && length + 1 + more > width {
                lines.push(std::mem::replace(&mut line, hang.to_owned() + word));
                length = hang.len() + more;
                continue;
            }
            if !line.is_empty() {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += more;
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_decides_about_colours_before_the_environment() {
        let with = |set: &'static [(&'static str, &'static str)]| {
            move |name: &str| set.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())
        };
        let (none, no, force) = (
            with(&[]),
            with(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]),
            with(&[("CLICOLOR_FORCE", "1")]),
        );
        assert!(decide(Colour::Always, false, &no) && !decide(Colour::Never, true, &force));
        assert!(decide(Colour::Auto, true, &none) && !decide(Colour::Auto, false, &none));
        assert!(!decide(Colour::Auto, true, &no) && decide(Colour::Auto, false, &force));
        assert!(!decide(Colour::Auto, true, &with(&[("TERM", "dumb")])));
        assert!(!decide(Colour::Auto, false, &with(&[("CLICOLOR_FORCE", "0")])));
    }
}
