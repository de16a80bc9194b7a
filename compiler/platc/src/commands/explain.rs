//! `platc explain FILE:LINE`.

use super::compile::Output;
use crate::args::{ExplainArgs, ProgramArgs};
use crate::files::Files;
use crate::session::{Session, Status, status_of};
use plat_driver::{Failure, Goal, slashed};
use std::path::Path;

pub(super) fn run(session: &mut Session, args: &ExplainArgs) -> Result<Status, Failure> {
    let (file, line) = parse(&args.place)?;
    let program = ProgramArgs { paths: args.program.paths.clone(), root: args.program.root.clone() };
    let request = session.request(Goal::Compile, &program);
    let outcome = session.run(&request)?;
    if outcome.has_errors() {
        session.sum_up(&outcome.diagnostics);
        return Ok(status_of(&outcome));
    }
    let output = Output::new(session, args.output.as_deref(), &outcome);
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
    let files = Files::of(&outcome, &session.cwd);
    let origin = outcome.origin(&path, line);
    let story = match origin {
        Some(span) => {
            let place = files.place(span);
            let source = files.sources.slice(span).lines().next().unwrap_or("");
            format!(
                "is there because of {}:{}:{}\n  {source}\n",
                place.file, place.start.line, place.start.column
            )
        }
        None => format!("is there in every project: the {} target writes it\n", emitted.target),
    };
    session.console.out(&format!("{path}:{line}\n  {}\n{story}", text.trim_end()));
    Ok(Status::Clean)
}

/// `FILE:LINE`.
fn parse(place: &str) -> Result<(&str, usize), Failure> {
    let parsed = place.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse::<usize>().ok()?)));
    match parsed {
        Some((file, line)) if line > 0 && !file.is_empty() => Ok((file, line)),
        _ => Err(Failure::misuse(format!("`{place}` does not name a line"))
            .help("write the path of an emitted file and a line: `generated/kubernetes/prod/api.yaml:42`")),
    }
}
