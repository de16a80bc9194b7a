//! `platc explain CODE`: the page of a code, light Markdown made readable; or what a check of the user's own says.

use crate::args::{ExplainArgs, ProgramArgs};
use crate::console;
use crate::files::Files;
use crate::session::{Session, Status};
use plat_base::{Severity, Span, closest};
use plat_driver::codes::{self, OwnCheck};
use plat_driver::{Failure, Goal, Outcome, Stdlib, checks};

/// Does what is asked if it is about codes; nothing if it is about a line or a value.
pub(super) fn run(session: &mut Session, args: &ExplainArgs) -> Result<Option<Status>, Failure> {
    let text = if args.list || args.what.is_empty() {
        list(console::colours_out())
    } else if !codes::is_code(&args.what) {
        return Ok(None);
    } else if let Some(page) = codes::page(&args.what) {
        rendered(page, console::colours_out()) + &setting(session, args)
    } else {
        own(session, args)? + &setting(session, args)
    };
    session.console.out(&text);
    Ok(Some(Status::Clean))
}

/// What the project that the command is run in makes of a check, if that is something else than the check says. Somebody
/// who asks what a code means need not have a sound project, or any.
fn setting(session: &Session, args: &ExplainArgs) -> String {
    let Ok(Some(layout)) = session.project(&args.program) else { return String::new() };
    let Ok(all) = checks(&session.world, &Stdlib::embedded(), Some(layout), &session.cwd) else {
        return String::new();
    };
    let Some(check) = all.checks.iter().find(|c| c.name == args.what) else { return String::new() };
    let word = |severity: Severity| match severity {
        Severity::Error => "an error",
        Severity::Warning => "a warning",
        Severity::Advice => "advice",
    };
    let (name, is, was) = (&check.name, word(check.severity), word(check.declared));
    let settled = is.split(' ').next_back().unwrap_or(is);
    match &check.allowed {
        Some(reason) => format!("\nThis project silences it, `@allow({name}, …)`: {reason}\n"),
        None if check.severity == check.declared => String::new(),
        None => format!(
            "\nBy itself it is {was}; in this project it is {is}: `project {{ checks {{ {name} = {settled} }} }}`\n"
        ),
    }
}

/// Every code with its sentence.
fn list(colours: bool) -> String {
    let widest = codes::all().iter().map(|(code, _)| code.len()).max().unwrap_or(0);
    let style = Style { colours };
    let lines = codes::all().iter().map(|(code, page)| {
        let gap = " ".repeat(widest - code.len());
        format!("{}{gap}  {}\n", style.bold(code), style.words(&codes::summary(page)))
    });
    lines.collect()
}

/// What a check of the program says about itself.
fn own(session: &Session, args: &ExplainArgs) -> Result<String, Failure> {
    let program = ProgramArgs { paths: args.program.paths.clone(), root: args.program.root.clone() };
    let request = session.request(Goal::Check, &program);
    // Whether there is a program here, and a sound one, does not matter to somebody who asks what a code means.
    let outcome = plat_driver::run(&session.world, &Stdlib::embedded(), &request).ok();
    let checks = outcome.as_ref().map(codes::own_checks).unwrap_or_default();
    if let (Some(outcome), Some(check)) = (&outcome, checks.iter().find(|c| c.name == args.what)) {
        return Ok(card(check, outcome, &Files::of(outcome, &session.cwd)));
    }
    let known = codes::all().iter().map(|(code, _)| *code).chain(checks.iter().map(|c| c.name.as_str()));
    let failure = Failure::misuse(format!("there is no code `{}`", args.what));
    Err(match closest(&args.what, known) {
        Some(near) => failure.help(format!("did you mean `{near}`? `platc explain --list` lists all codes")),
        None => failure.help(
            "`platc explain --list` lists all codes; a value is asked for by its path, `service.api.resources`",
        ),
    })
}

fn card(check: &OwnCheck, outcome: &Outcome, files: &Files<'_>) -> String {
    let place = files.place(check.span);
    let mut text = format!("{}\n\n", Style { colours: console::colours_out() }.bold(&check.name));
    if let Some(doc) = &check.doc {
        text.push_str(&format!("{}\n\n", doc.trim()));
    }
    let mut line = |word: &str, value: &str| text.push_str(&format!("  {word:<9} {value}\n"));
    line("declared", &format!("{}:{}:{}", place.file, place.start.line, place.start.column));
    line("severity", &check.severity);
    for (word, span) in [("require", check.require), ("message", check.message), ("help", check.help)] {
        if let Some(span) = span {
            line(word, &in_column(outcome, span));
        }
    }
    text
}

/// Source text whose further lines stand below its first.
fn in_column(outcome: &Outcome, span: Span) -> String {
    let lines: Vec<&str> = outcome.sources.slice(span).lines().map(str::trim).collect();
    lines.join("\n            ")
}

/// A page for reading: titles are bold, code stands indented.
fn rendered(page: &str, colours: bool) -> String {
    let style = Style { colours };
    let mut text = String::new();
    let mut in_code = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(info) => {
                in_code = !in_code;
                let file = info.split_whitespace().find_map(|word| word.strip_prefix("file="));
                if let (true, Some(file)) = (in_code, file) {
                    text.push_str(&format!("    {}\n", style.faint(&format!("// {file}"))));
                }
            }
            None if in_code && line.is_empty() => text.push('\n'),
            None if in_code => text.push_str(&format!("    {}\n", style.code(line))),
            None => match line.strip_prefix("# ") {
                Some(title) => text.push_str(&format!("{}\n", style.bold(title))),
                None => text.push_str(&format!("{}\n", style.words(line))),
            },
        }
    }
    text
}

/// How things are set off: by escape sequences on a terminal, by nothing else elsewhere.
struct Style {
    colours: bool,
}

impl Style {
    fn set(&self, how: &str, text: &str) -> String {
        if self.colours && !text.is_empty() { format!("\x1b[{how}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bold(&self, text: &str) -> String {
        self.set("1", text)
    }

    fn faint(&self, text: &str) -> String {
        self.set("2", text)
    }

    /// A line of a program: its comment is faint.
    fn code(&self, line: &str) -> String {
        match line.find("//").filter(|at| *at == 0 || line[..*at].ends_with(' ')) {
            Some(at) => format!("{}{}", self.set("36", &line[..at]), self.faint(&line[at..])),
            None => self.set("36", line),
        }
    }

    /// A line of text: what stands between backticks is set off, on a terminal without the backticks.
    fn words(&self, line: &str) -> String {
        if !self.colours || line.matches('`').count() % 2 == 1 {
            return line.to_owned();
        }
        let parts = line.split('`').enumerate();
        parts.map(|(at, part)| if at % 2 == 1 { self.set("36", part) } else { part.to_owned() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{list, rendered};

    const PAGE: &str = "# a-code\n\nA `heap` is wrong.\n\n```plat file=lib.plat\nlet a = 1\n\nlet b = 2 // two\n```\n\nMend it.\n";

    #[test]
    fn on_a_pipe_a_page_is_clean_text() {
        let expected = "a-code\n\nA `heap` is wrong.\n\n    // lib.plat\n    let a = 1\n\n    let b = 2 // two\n\nMend it.\n";
        assert_eq!(rendered(PAGE, false), expected);
    }

    #[test]
    fn on_a_terminal_code_is_set_off() {
        let text = rendered(PAGE, true);
        assert!(text.starts_with("\x1b[1ma-code\x1b[0m\n"), "{text:?}");
        assert!(text.contains("A \x1b[36mheap\x1b[0m is wrong."), "{text:?}");
        assert!(text.contains("    \x1b[36mlet b = 2 \x1b[0m\x1b[2m// two\x1b[0m\n"), "{text:?}");
    }

    #[test]
    fn every_code_is_listed_on_a_line_of_its_own() {
        let text = list(false);
        assert_eq!(text.lines().count(), plat_driver::codes::all().len());
        assert!(text.lines().all(|l| l.ends_with('.')), "a sentence each");
    }
}
