//! Standard output and standard error: the only place that writes to them. A reader that goes away ends the writing,
//! never the program.

use std::io::{self, ErrorKind, IsTerminal, Write};

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

/// Whether standard error takes colours: a terminal, and nobody said no.
pub(crate) fn colours() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|t| t == "dumb");
    !set("NO_COLOR") && !dumb && io::stderr().is_terminal()
}

/// How many columns there are to write in.
pub(crate) fn width() -> usize {
    let stated = std::env::var("COLUMNS").ok().and_then(|c| c.parse::<usize>().ok());
    let terminal = || io::stderr().is_terminal().then(report_width).flatten();
    stated.or_else(terminal).unwrap_or(100).clamp(40, 140)
}

fn report_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| usize::from(width.0))
}
