//! `platc explain`: the declaration behind a line of an emitted file, or the layers behind a value.

mod code;

use super::compile::Output;
use crate::args::{ExplainArgs, ProgramArgs};
use crate::files::Files;
use crate::machine::listed;
use crate::session::{Session, Status, status_of};
use plat_base::Span;
use plat_driver::{Failure, Goal, Outcome, Story, slashed};
use std::path::Path;

pub(super) fn run(session: &mut Session, args: &ExplainArgs) -> Result<Status, Failure> {
    if let Some(status) = code::run(session, args)? {
        return Ok(status);
    }
    let program = ProgramArgs { paths: args.program.paths.clone(), root: args.program.root.clone() };
    let place = place(&args.what);
    let goal = if place.is_some() { Goal::Compile } else { Goal::Explain };
    let mut request = session.request(goal, &program);
    if place.is_none() {
        request.value = Some(args.what.clone());
        request.platforms.clone_from(&args.platforms);
        request.environments.clone_from(&args.environments);
    }
    let outcome = session.run(&request)?;
    if outcome.has_errors() {
        session.sum_up(&outcome.diagnostics);
        return Ok(status_of(&outcome));
    }
    let text = match place {
        Some((file, line)) => line_story(session, args, &outcome, file, line)?,
        None => value_story(&args.what, &outcome, &Files::of(&outcome, &session.cwd)),
    };
    session.console.out(&text);
    Ok(Status::Clean)
}

/// `FILE:LINE`, if that is what it is.
fn place(what: &str) -> Option<(&str, usize)> {
    let (file, line) = what.rsplit_once(':')?;
    let line = line.parse().ok().filter(|line| *line > 0)?;
    (!file.is_empty()).then_some((file, line))
}

fn line_story(
    session: &Session,
    args: &ExplainArgs,
    outcome: &Outcome,
    file: &str,
    line: usize,
) -> Result<String, Failure> {
    let output = Output::new(session, args.output.as_deref(), outcome);
    let full = session.cwd.join(file);
    let path = slashed(full.strip_prefix(&output.folder).unwrap_or(Path::new(file)));
    let Some(emitted) = outcome.files.iter().find(|f| f.path == path) else {
        let paths = outcome.files.iter().map(|f| f.path.as_str());
        let failure = Failure::misuse(format!("`{file}` is not a file that this program makes"));
        return Err(match plat_base::closest(&path, paths) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("`platc compile --list-outputs` lists the files"),
        });
    };
    let Some(text) = emitted.text.lines().nth(line - 1) else {
        let count = emitted.text.lines().count();
        return Err(Failure::misuse(format!("`{file}` has {count} lines")));
    };
    let files = Files::of(outcome, &session.cwd);
    let story = match outcome.origin(&path, line) {
        Some(span) => format!("  comes from {}\n", whole_line(&files, span)),
        None => format!("  is the same in every project: the {} target writes it\n", emitted.target),
    };
    Ok(format!("{path}:{line}: {}\n{story}", text.trim()))
}

fn value_story(path: &str, outcome: &Outcome, files: &Files<'_>) -> String {
    let mut text = String::new();
    for Story { contexts, value, steps } in &outcome.stories {
        let where_ = if contexts.is_empty() { String::new() } else { format!("  ({})", listed(contexts)) };
        text.push_str(&format!("{path} = {value}{where_}\n"));
        for (at, step) in steps.iter().enumerate() {
            let when = if step.conditional { " in a `when`" } else { "" };
            let owner = step.owner.as_ref().map(|o| format!(" by {o}")).unwrap_or_default();
            let (number, line) = (at + 1, source_line(files, step.span));
            text.push_str(&format!("  {number}. {}{owner}{when} at {line}\n", step.verb));
        }
    }
    text
}

/// `main.plat:12:3: the first line of the span`.
fn source_line(files: &Files<'_>, span: Span) -> String {
    let place = files.place(span);
    let source = files.sources.slice(span).lines().next().unwrap_or("").trim_end();
    format!("{}:{}:{}: {source}", place.file, place.start.line, place.start.column)
}

/// `main.plat:12:3: the whole line that the span begins in`.
fn whole_line(files: &Files<'_>, span: Span) -> String {
    let place = files.place(span);
    let source = files.sources.get(span.file);
    let line = source.text.lines().nth(place.start.line.saturating_sub(1) as usize).unwrap_or("").trim();
    format!("{}:{}:{}: {line}", place.file, place.start.line, place.start.column)
}
