//! Lines of the output as `explain` and `impact` speak of them: which file is meant, what is on the disk, and the
//! places in the sources as text and as JSON.

use super::compile::Output;
use crate::files::Files;
use crate::session::Session;
use plat_base::{Span, closest};
use plat_driver::{CauseTrace, Failure, LineTrace, Outcome, Step, World, slashed};
use serde::Serialize;
use std::path::Path;

/// The output of a run with the reasons of its lines.
pub(super) struct Lines<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) output: Output,
    pub(super) files: Files<'a>,
}

impl<'a> Lines<'a> {
    /// The lines of an outcome that was traced.
    pub(super) fn new(session: &Session, asked: Option<&Path>, outcome: &'a Outcome) -> Lines<'a> {
        let output = Output::new(session, asked, outcome);
        Lines { outcome, output, files: Files::of(outcome, &session.cwd) }
    }

    /// The position of the file that a path means: relative to the current folder, absolute, or relative to the
    /// output folder.
    pub(super) fn find(&self, session: &Session, file: &str) -> Result<usize, Failure> {
        let full = session.world.real_path(&session.cwd.join(file)).unwrap_or(session.cwd.join(file));
        let folder = session.world.real_path(&self.output.folder).unwrap_or(self.output.folder.clone());
        let below = full.strip_prefix(&folder).ok().map(slashed);
        let given = slashed(Path::new(file.strip_prefix("./").unwrap_or(file)));
        let is = |path: &str| Some(path) == below.as_deref() || path == given;
        if let Some(at) = self.outcome.files.iter().position(|f| is(&f.path)) {
            return Ok(at);
        }
        let message = format!("`{file}` is not a file that this program makes");
        let sought = below.as_deref().unwrap_or(&given);
        let paths: Vec<&str> = self.outcome.files.iter().map(|f| f.path.as_str()).collect();
        let ending = |path: &&&str| path.ends_with(&format!("/{sought}"));
        let near = closest(sought, paths.iter().copied()).or(paths.iter().find(ending).copied());
        Err(Failure::misuse(message).help(match near {
            Some(near) => format!("did you mean `{}`?", self.output.shown(near)),
            None => "`platc compile --list-outputs` lists the files".to_owned(),
        }))
    }

    /// What is wrong with the file on the disk, if it is not what would be written.
    pub(super) fn staleness(&self, session: &Session, file: usize) -> Option<&'static str> {
        let file = self.outcome.files.get(file)?;
        match session.world.read(&self.output.folder.join(&file.path)) {
            Ok(bytes) if bytes == file.text.as_bytes() => None,
            Ok(_) => Some(
                "the file on the disk is another one: it was changed by hand, or the sources were. The line is that of \
                 what would be written now",
            ),
            Err(_) => Some("the file is not on the disk yet: `platc compile` writes it"),
        }
    }

    /// The lines of a file with their reasons.
    pub(super) fn of(&self, file: usize) -> impl Iterator<Item = (usize, &'a str, &'a LineTrace)> {
        let text = self.outcome.files.get(file).map_or("", |f| f.text.as_str());
        let traces = self.outcome.trace.files.get(file).map_or(&[][..], Vec::as_slice);
        text.lines().zip(traces).enumerate().map(|(at, (text, trace))| (at + 1, text, trace))
    }

    /// The causes of a line, the main one first.
    pub(super) fn causes(&self, line: &LineTrace) -> impl Iterator<Item = &'a CauseTrace> {
        line.causes.iter().filter_map(|at| self.outcome.trace.causes.get(*at))
    }

    /// What the report calls a file.
    pub(super) fn name(&self, file: usize) -> String {
        self.outcome.files.get(file).map_or(String::new(), |f| self.output.shown(&f.path))
    }

    pub(super) fn place(&self, span: Span) -> Place<'_> {
        place(&self.files, span)
    }
}

/// A place in a source.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub(super) struct Place<'a> {
    pub(super) file: &'a str,
    pub(super) line: u32,
    pub(super) column: u32,
    /// The line's text, without the white space around it.
    pub(super) source: String,
}

/// Where a span begins, and the whole line there.
pub(super) fn place<'a>(files: &'a Files<'_>, span: Span) -> Place<'a> {
    let at = files.place(span);
    let text = &files.sources.get(span.file).text;
    let source = text.lines().nth(at.start.line.saturating_sub(1) as usize).unwrap_or("").trim().to_owned();
    Place { file: at.file, line: at.start.line, column: at.start.column, source }
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.source)
    }
}

/// A layer as JSON.
#[derive(Serialize)]
pub(super) struct JsonStep<'a> {
    verb: &'static str,
    owner: Option<&'a str>,
    conditional: bool,
    applies: bool,
    wins: bool,
    value: Option<&'a str>,
    #[serde(flatten)]
    place: Place<'a>,
}

pub(super) fn json_step<'a>(files: &'a Files<'_>, step: &'a Step) -> JsonStep<'a> {
    JsonStep {
        verb: step.verb,
        owner: step.owner.as_deref(),
        conditional: step.conditional,
        applies: step.applies,
        wins: step.wins,
        value: step.value.as_deref(),
        place: place(files, step.span),
    }
}

/// `2. refined by standard in a `when` at profiles.plat:12:5: limits { … } (512Mi)`.
pub(super) fn step_text(files: &Files<'_>, number: usize, step: &Step) -> String {
    let owner = step.owner.as_ref().map(|o| format!(" by {o}")).unwrap_or_default();
    let when = match (step.conditional, step.applies) {
        (_, false) => " in a `when` that does not hold here",
        (true, true) => " in a `when`",
        _ => "",
    };
    let value = step.value.as_ref().map(|value| format!("  -> {value}")).unwrap_or_default();
    let mark = if step.wins { "*" } else { " " };
    format!("{mark} {number}. {}{owner}{when} at {}{value}\n", step.verb, place(files, step.span))
}
