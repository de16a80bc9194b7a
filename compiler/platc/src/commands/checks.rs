//! `platc checks`: which checks there are, and what the project makes of them.

use crate::args::{ChecksArgs, PlainFormat};
use crate::console::{colours_out, width, wrapped};
use crate::files::Files;
use crate::machine;
use crate::session::{Session, Status, counted};
use plat_base::{Severity, closest};
use plat_driver::{CheckEntry, Checks, Failure, Stdlib, checks, relative, slashed};

pub(super) fn run(session: &mut Session, args: &ChecksArgs) -> Result<Status, Failure> {
    let layout = session.project(&args.program)?;
    let all = checks(&session.world, &Stdlib::embedded(), layout, &session.cwd)?;
    let listed: Vec<&CheckEntry> = all.checks.iter().filter(|c| c.matches(&args.words)).collect();
    if listed.is_empty() {
        return Err(nothing(&all, &args.words));
    }
    let files = Files::named(&all.sources, names(&all, session));
    let text = match args.format {
        PlainFormat::Human => List { colours: colours_out(), width: width() }.of(&listed),
        PlainFormat::Json => listed.iter().map(|check| machine::check(check, &files)).collect(),
    };
    session.console.out(&text);
    session.tell(&files, &all.diagnostics);
    session.sum_up(&all.diagnostics);
    Ok(if all.diagnostics.is_empty() { Status::Clean } else { Status::Errors })
}

/// The files as seen from where the user is.
fn names(all: &Checks, session: &Session) -> Vec<String> {
    let places = all.sources.iter().zip(&all.paths);
    let name = places.map(|(file, path)| match path {
        Some(path) => slashed(&relative(&session.cwd, path)),
        None => file.path.clone(),
    });
    name.collect()
}

fn nothing(all: &Checks, words: &[String]) -> Failure {
    let failure = Failure::misuse(format!("no check says `{}`", words.join(" ")));
    match closest(&words.join("-"), all.checks.iter().map(|c| c.name.as_str())) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help("`platc checks` lists them all"),
    }
}

/// How the list is laid out.
struct List {
    colours: bool,
    width: usize,
}

/// Columns before the name: the longest word is `warning`.
const INDENT: usize = 11;

impl List {
    fn of(&self, checks: &[&CheckEntry]) -> String {
        let column = checks.iter().map(|c| c.name.len()).max().unwrap_or(0);
        let mut text = String::new();
        let mut group = None;
        for check in checks {
            if group != Some(&check.group) {
                group = Some(&check.group);
                text.push_str(&self.title(check, text.is_empty()));
            }
            text.push_str(&self.check(check, column));
        }
        format!("{text}\n{}\n", sum(checks))
    }

    fn title(&self, check: &CheckEntry, is_first: bool) -> String {
        let space = if is_first { "" } else { "\n" };
        match &check.group {
            Some(group) => {
                let about = check.about.as_deref().unwrap_or("");
                let about = about
                    .split_once(": ")
                    .filter(|(what, _)| what.eq_ignore_ascii_case(group))
                    .map_or(about, |(_, rest)| rest);
                format!("{space}{}  {}\n", self.styled("1", group), self.styled("2", about))
            }
            None => format!("{space}{}\n", self.styled("1", "this project")),
        }
    }

    fn check(&self, check: &CheckEntry, column: usize) -> String {
        let word = if check.allowed.is_some() { "allowed" } else { check.severity.as_str() };
        let colour = match (check.allowed.is_some(), check.severity) {
            (true, _) => "2",
            (_, Severity::Error) => "31",
            (_, Severity::Warning) => "33",
            (_, Severity::Advice) => "36",
        };
        let gap = " ".repeat(INDENT - 2 - word.len());
        let name = format!("{}{}", self.styled("1", &check.name), " ".repeat(column - check.name.len()));
        let subject = self.styled("2", &format!("for {}", check.subject));
        let mut text = format!("  {}{gap}{name}  {subject}\n", self.styled(colour, word));
        let mut say = |sentence: &str| {
            for line in wrapped(sentence, self.width.saturating_sub(INDENT), "") {
                text.push_str(&format!("{}{line}\n", " ".repeat(INDENT)));
            }
        };
        say(&check.summary());
        let declared = check.declared.as_str();
        match &check.allowed {
            Some(reason) => say(&format!("The project allows it ({declared} otherwise): {reason}")),
            None if check.severity != check.declared => {
                say(&format!("The project sets the severity; {declared} otherwise."));
            }
            None => {}
        }
        text
    }

    fn styled(&self, code: &str, text: &str) -> String {
        if self.colours { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// `41 checks: 35 errors, 5 warnings, 1 advice`.
fn sum(checks: &[&CheckEntry]) -> String {
    let count = |severity| checks.iter().filter(|c| c.allowed.is_none() && c.severity == severity).count();
    let advice = count(Severity::Advice);
    let allowed = checks.iter().filter(|c| c.allowed.is_some()).count();
    let parts = [
        (count(Severity::Error), counted(count(Severity::Error), "error")),
        (count(Severity::Warning), counted(count(Severity::Warning), "warning")),
        (advice, format!("{advice} advice")),
        (allowed, format!("{allowed} allowed")),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|(n, _)| *n > 0).map(|(_, words)| words).collect();
    format!("{}: {}", counted(checks.len(), "check"), parts.join(", "))
}
