//! `platc explain`: the declaration behind a line of an emitted file, the layers behind a value, or the page of a code.

mod code;

use super::lines::{JsonStep, Lines, Place, json_step, step_text};
use crate::args::{ExplainArgs, Format, ProgramArgs};
use crate::files::Files;
use crate::machine;
use crate::session::{Session, Status, counted, status_of};
use plat_base::Span;
use plat_driver::{CauseTrace, Failure, Goal, LineTrace, Outcome, Stdlib, Story, codes};
use serde::Serialize;

pub(super) fn run(session: &mut Session, args: &ExplainArgs) -> Result<Status, Failure> {
    let place = place(&args.what);
    let of_code = args.list || args.what.is_empty() || codes::page(&args.what).is_some();
    let is_file = place.is_none() && (args.what.contains('/') || session.cwd.join(&args.what).exists());
    if of_code || (!is_file && codes::is_code(&args.what) && !names_a_value(session, args)) {
        return Ok(code::run(session, args)?.unwrap_or(Status::Clean));
    }
    let program = ProgramArgs { paths: args.program.paths.clone(), root: args.program.root.clone() };
    let of_lines = place.is_some() || is_file;
    let mut request = session.request(if of_lines { Goal::Compile } else { Goal::Explain }, &program);
    request.trace = of_lines;
    if !of_lines {
        request.value = Some(args.what.clone());
        request.deep = args.deep;
        request.platforms.clone_from(&args.platforms);
        request.environments.clone_from(&args.environments);
    }
    let outcome = session.run(&request)?;
    if outcome.has_errors() {
        session.sum_up(&outcome.diagnostics);
        return Ok(status_of(&outcome));
    }
    let text = match place {
        Some((file, line)) => one_line(session, args, &outcome, file, line)?,
        None if is_file => all_lines(session, args, &outcome)?,
        None => values(args, &outcome, &Files::of(&outcome, &session.cwd)),
    };
    session.console.out(&text);
    Ok(Status::Clean)
}

/// Whether a word is a constant of a sound program, not the code of a diagnostic.
fn names_a_value(session: &Session, args: &ExplainArgs) -> bool {
    let program = ProgramArgs { paths: args.program.paths.clone(), root: args.program.root.clone() };
    let mut request = session.request(Goal::Explain, &program);
    request.value = Some(args.what.clone());
    plat_driver::run(&session.world, &Stdlib::embedded(), &request).is_ok_and(|o| !o.stories.is_empty())
}

/// `FILE:LINE`, if that is what it is.
pub(super) fn place(what: &str) -> Option<(&str, usize)> {
    let (file, line) = what.rsplit_once(':')?;
    let line = line.parse().ok().filter(|line| *line > 0)?;
    (!file.is_empty()).then_some((file, line))
}

fn one_line(
    session: &Session,
    args: &ExplainArgs,
    outcome: &Outcome,
    file: &str,
    line: usize,
) -> Result<String, Failure> {
    let lines = Lines::new(session, args.output.as_deref(), outcome);
    let at = lines.find(session, file)?;
    let Some((_, text, trace)) = lines.of(at).nth(line - 1) else {
        return Err(Failure::misuse(format!("`{file}` has {}", counted(lines.of(at).count(), "line"))));
    };
    let stale = lines.staleness(session, at);
    if args.format == Format::Json {
        return Ok(line_json(&lines, at, (line, text, trace), stale.is_some()));
    }
    let mut out = format!("{}:{line}\n    {}\n\n", lines.name(at), text.trim_end());
    for (number, cause) in lines.causes(trace).enumerate() {
        out.push_str(&cause_text(&lines, cause, number == 0));
    }
    if let Some(reason) = &trace.reason {
        out.push_str(&format!("platc writes this line {reason}.\n"));
    }
    if let Some(stale) = stale {
        out.push_str(&format!("note: {stale}.\n"));
    }
    Ok(out)
}

fn cause_text(lines: &Lines<'_>, cause: &CauseTrace, is_main: bool) -> String {
    let value = cause.value.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
    let what = if cause.path.is_empty() { "the project's name" } else { &cause.path };
    let mut out = format!("{}{what}{value}\n", if is_main { "" } else { "also: " });
    match cause.own {
        Some(own) => out.push_str(&snippet(&lines.files, own)),
        None => out.push_str("  set by no source: it is what holds where nothing is declared\n"),
    }
    if let Some(library) = cause.library {
        out.push_str(&format!("  written by the standard library at {}\n", lines.place(library)));
    }
    if !is_main {
        return out;
    }
    if cause.steps.len() > 1 || cause.steps.iter().any(|step| step.conditional) {
        out.push_str("  layers, first to last (* is the one that counts):\n");
        for (at, step) in cause.steps.iter().enumerate() {
            out.push_str(&format!("  {}", step_text(&lines.files, at + 1, step)));
        }
    }
    if !cause.contexts.is_empty() {
        out.push_str(&format!("  so {}\n", machine::listed(&cause.contexts)));
    }
    if !cause.checks.is_empty() {
        out.push_str(&format!("  looked at by the checks {}\n", cause.checks.join(", ")));
    }
    out
}

/// The line of a place, with the place marked.
fn snippet(files: &Files<'_>, span: Span) -> String {
    let at = files.place(span);
    let text = &files.sources.get(span.file).text;
    let line = text.lines().nth(at.start.line.saturating_sub(1) as usize).unwrap_or("").trim_end();
    let length = line.chars().count() as u32;
    let end = if at.end.line == at.start.line { at.end.column } else { length + 1 };
    let before = " ".repeat(at.start.column.saturating_sub(1) as usize);
    let marks = "^".repeat(end.saturating_sub(at.start.column).max(1) as usize);
    let number = at.start.line.to_string();
    let gutter = " ".repeat(number.len());
    format!(
        "  at {}:{}:{}\n  {number} | {line}\n  {gutter} | {before}{marks}\n",
        at.file, at.start.line, at.start.column
    )
}

/// Every line of a file, or of every file in the output folder.
fn all_lines(session: &Session, args: &ExplainArgs, outcome: &Outcome) -> Result<String, Failure> {
    let lines = Lines::new(session, args.output.as_deref(), outcome);
    let which = match session.cwd.join(&args.what) == lines.output.folder {
        true => (0..outcome.files.len()).collect(),
        false => vec![lines.find(session, args.what.trim_end_matches('/'))?],
    };
    let mut out = String::new();
    for at in which {
        let stale = lines.staleness(session, at);
        for (number, text, trace) in lines.of(at) {
            if args.format == Format::Json {
                out.push_str(&line_json(&lines, at, (number, text, trace), stale.is_some()));
                continue;
            }
            let why = match lines.causes(trace).next() {
                Some(cause) => match cause.own.map(|own| lines.place(own)) {
                    Some(own) => format!("{}:{}: {} ({})", own.file, own.line, own.source, cause.path),
                    None => cause.path.clone(),
                },
                None => trace.reason.as_ref().map(|r| format!("platc, {r}")).unwrap_or_default(),
            };
            let text: String = text.chars().take(60).collect();
            out.push_str(&format!("{}:{number:<4} {text:<60} <- {why}\n", lines.name(at)));
        }
        if let Some(stale) = stale {
            out.push_str(&format!("note: {}: {stale}.\n", lines.name(at)));
        }
    }
    Ok(out)
}

#[derive(Serialize)]
struct JsonLine<'a> {
    file: String,
    line: usize,
    text: &'a str,
    stale: bool,
    reason: Option<&'a str>,
    causes: Vec<JsonCause<'a>>,
}

#[derive(Serialize)]
struct JsonCause<'a> {
    path: &'a str,
    value: Option<&'a str>,
    place: Option<Place<'a>>,
    library: Option<Place<'a>>,
    contexts: &'a [String],
    layers: Vec<JsonStep<'a>>,
    checks: &'a [String],
}

/// One object: `file`, `line`, `text`, whether the file on the disk is `stale`, the `reason` of a line that no source
/// asks for, and the `causes`, the main one first: each with the `path` of the value, its `place` (file, line,
/// column, source), where the standard `library` wrote it, the `contexts` in which it is so (empty for all), the
/// `layers` and the `checks` that look at it.
fn line_json(
    lines: &Lines<'_>,
    at: usize,
    (line, text, trace): (usize, &str, &LineTrace),
    stale: bool,
) -> String {
    let causes = lines.causes(trace).map(|cause| JsonCause {
        path: &cause.path,
        value: cause.value.as_deref(),
        place: cause.own.map(|span| lines.place(span)),
        library: cause.library.map(|span| lines.place(span)),
        contexts: &cause.contexts,
        layers: cause.steps.iter().map(|step| json_step(&lines.files, step)).collect(),
        checks: &cause.checks,
    });
    let causes = causes.collect();
    let reason = trace.reason.as_deref();
    machine::line(&JsonLine { file: lines.name(at), line, text, stale, reason, causes })
}

fn values(args: &ExplainArgs, outcome: &Outcome, files: &Files<'_>) -> String {
    let mut out = String::new();
    let mut told = Told::default();
    for story in &outcome.stories {
        match args.format {
            Format::Json => out.push_str(&machine::line(&json_story(story, files))),
            _ => tell(&mut out, story, files, &mut told, 0),
        }
    }
    out
}

/// How the expression says an input whose object has no name.
fn read_as<'a>(story: &'a Story, files: &'a Files<'_>) -> Option<&'a str> {
    let span = story.read_at.filter(|_| story.path.starts_with('…'))?;
    Some(files.sources.slice(span))
}

/// The stories that are told already: what many values are computed from is told once.
#[derive(Default)]
struct Told<'a> {
    stories: Vec<&'a Story>,
}

impl<'a> Told<'a> {
    /// Whether this is the first time.
    fn is_new(&mut self, story: &'a Story) -> bool {
        let is_known = self.stories.iter().any(|known| are_same(known, story));
        if !is_known {
            self.stories.push(story);
        }
        !is_known
    }
}

/// Whether two stories tell the same, wherever they are read.
fn are_same(one: &Story, other: &Story) -> bool {
    let of = |s: &Story| (s.path.starts_with('…'), s.inputs.len());
    of(one) == of(other)
        && (one.path == other.path || one.path.starts_with('…'))
        && one.value == other.value
        && one.steps == other.steps
        && one.contexts == other.contexts
        && one.inputs.iter().zip(&other.inputs).all(|(a, b)| are_same(a, b))
}

fn tell<'a>(out: &mut String, story: &'a Story, files: &Files<'_>, told: &mut Told<'a>, depth: usize) {
    let Story { path, contexts, value, reason, steps, inputs, .. } = story;
    let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let indent = "    ".repeat(depth);
    let within =
        if contexts.is_empty() { String::new() } else { format!("  ({})", machine::listed(contexts)) };
    let path = read_as(story, files).unwrap_or(path);
    let default = usual(story, files).filter(|_| depth > 0);
    let is_long = default.is_none() && !(steps.is_empty() && inputs.is_empty());
    if is_long && !told.is_new(story) {
        out.push_str(&format!("{indent}{path} = {value}{reason}{within}  (as above)\n"));
        return;
    }
    let default = default.map(|owner| format!("  (default of {owner})")).unwrap_or_default();
    out.push_str(&format!("{indent}{path} = {value}{reason}{within}{default}\n"));
    if !is_long {
        return;
    }
    for (at, step) in steps.iter().enumerate() {
        out.push_str(&format!("{indent}  {}", step_text(files, at + 1, step)));
    }
    if !inputs.is_empty() {
        out.push_str(&format!("{indent}  computed from\n"));
    }
    for input in inputs {
        tell(out, input, files, told, depth + 1);
    }
}

/// The kind of the standard library whose default a value is, with nothing that it was computed from.
fn usual<'a>(story: &'a Story, files: &Files<'_>) -> Option<&'a str> {
    let [step] = story.steps.as_slice() else { return None };
    let is_library = files.place(step.span).file.starts_with("std/");
    let is_plain = story.inputs.is_empty() && !files.sources.slice(step.span).contains("self.");
    step.owner.as_deref().filter(|owner| is_library && is_plain && owner.starts_with("the kind "))
}

#[derive(Serialize)]
struct JsonStory<'a> {
    path: &'a str,
    value: &'a str,
    reason: Option<&'a str>,
    contexts: &'a [String],
    layers: Vec<JsonStep<'a>>,
    inputs: Vec<JsonStory<'a>>,
}

/// One object: the `path`, the `value` that it has and the `reason` if there is none in these `contexts` (empty for all), the `layers` that had a say,
/// first to last, each with whether it `applies` here, whether it `wins`, and the `value` after it; and the `inputs`
/// that it was computed from, of the same form.
fn json_story<'a>(story: &'a Story, files: &'a Files<'_>) -> JsonStory<'a> {
    JsonStory {
        path: read_as(story, files).unwrap_or(&story.path),
        value: &story.value,
        reason: story.reason.as_deref(),
        contexts: &story.contexts,
        layers: story.steps.iter().map(|step| json_step(files, step)).collect(),
        inputs: story.inputs.iter().map(|input| json_story(input, files)).collect(),
    }
}
