//! `platc compile`.

use crate::args::CompileArgs;
use crate::session::{Session, Status, counted, status_of};
use plat_driver::{
    ChangeKind, Failure, Goal, OUTPUT, Outcome, Plan, Request, Scope, World, apply, depfile, discover, plan,
    relative, remember, slashed, unchanged,
};
use std::path::{Path, PathBuf};
use std::time::Instant;

pub(super) fn run(session: &mut Session, args: &CompileArgs) -> Result<Status, Failure> {
    let start = Instant::now();
    if args.list_outputs {
        session.needs_stdout("the list of outputs")?;
    }
    let mut request = session.request(Goal::Compile, &args.program);
    request.targets.clone_from(&args.target);
    request.environments.clone_from(&args.env);
    request.platforms.clone_from(&args.platform);
    let asked = args.output.as_ref().map(|path| session.cwd.join(path));
    let remembers = !(args.list_outputs || args.check || args.force || args.depfile.is_some());
    if remembers && let Some(total) = unchanged(&session.world, &request, asked.as_deref()) {
        let folder = Output::named(session, args.output.as_deref(), &request)?;
        session.say(&written(0, 0, total, &folder, start));
        return Ok(Status::Clean);
    }
    let outcome = session.run(&request)?;
    if status_of(&outcome) != Status::Clean {
        session.sum_up(&outcome.diagnostics);
        return Ok(status_of(&outcome));
    }
    let output = Output::new(session, args.output.as_deref(), &outcome);
    if args.list_outputs {
        let lines = outcome.files.iter().map(|f| format!("{}\n", output.shown(&f.path)));
        session.console.out(&lines.collect::<String>());
        return Ok(Status::Clean);
    }
    let force = args.force || args.check;
    let inputs = &outcome.inputs;
    // Two runs at once would each take the list of files from before the other's: one waits. The output folder itself
    // may not be there yet.
    let _hold = output.folder.parent().filter(|_| !args.check).and_then(|f| session.world.hold(f));
    let plan =
        plan(&session.world, &output.folder, &output.name, &outcome.files, &scope(args), inputs, force)?;
    session.tell_placeless(&plan.diagnostics);
    if plan.diagnostics.iter().any(|d| d.is_error()) {
        session.sum_up(&plan.diagnostics);
        return Ok(Status::Errors);
    }
    if args.check {
        return Ok(compare(session, &plan, &outcome, &output));
    }
    apply(&session.world, &plan, &outcome.files)?;
    if let Some(file) = &args.depfile {
        write_depfile(session, file, &outcome, &output)?;
    }
    if remembers {
        remember(&session.world, &request, &outcome, &plan, asked.as_deref());
    }
    session.sum_up(&outcome.diagnostics);
    let new = plan.changes.iter().filter(|c| c.kind != ChangeKind::Remove).count();
    session.say(&written(new, plan.changes.len() - new, plan.total, &output.name, start));
    // The process ends here.
    std::mem::forget((plan, outcome));
    Ok(Status::Clean)
}

/// What was done, in a line.
fn written(new: usize, removed: usize, total: usize, folder: &str, start: Instant) -> String {
    let removed = if removed == 0 { String::new() } else { format!(", removed {removed}") };
    let (total, time) = (counted(total, "file"), start.elapsed().as_millis());
    format!("wrote {new} of {total} to {folder}/{removed} in {time} ms")
}

/// The files that this run speaks for.
fn scope(args: &CompileArgs) -> Scope {
    match (args.target.is_empty(), args.env.is_empty() && args.platform.is_empty()) {
        (_, false) => Scope::Nothing,
        (true, true) => Scope::All,
        (false, true) => Scope::Targets(args.target.clone()),
    }
}

/// The output folder and what reports call it.
pub(super) struct Output {
    /// The folder itself.
    pub(super) folder: PathBuf,
    /// As the user named it, or as seen from where the user is.
    pub(super) name: String,
}

impl Output {
    /// The folder that was asked for, or the default one of the project.
    pub(super) fn new(session: &Session, asked: Option<&Path>, outcome: &Outcome) -> Output {
        match asked {
            Some(path) => Output { folder: session.cwd.join(path), name: slashed(path) },
            None => {
                let folder = outcome.layout.root.join(OUTPUT);
                let name = slashed(&relative(&session.cwd, &folder));
                Output { folder, name }
            }
        }
    }

    /// What reports call the folder of a request.
    fn named(session: &Session, asked: Option<&Path>, request: &Request) -> Result<String, Failure> {
        if let Some(path) = asked {
            return Ok(slashed(path));
        }
        let layout = discover(&session.world, &request.cwd, &request.paths, request.root.as_deref())?;
        Ok(slashed(&relative(&session.cwd, &layout.root.join(OUTPUT))))
    }

    /// A file as reports call it.
    pub(super) fn shown(&self, path: &str) -> String {
        if self.name == "." { path.to_owned() } else { format!("{}/{path}", self.name) }
    }
}

/// Tells the difference between the disk and what would be written.
fn compare(session: &mut Session, plan: &Plan, outcome: &Outcome, output: &Output) -> Status {
    if plan.is_clean() {
        session.say(&format!("{} in {}/ are up to date", counted(plan.total, "file"), output.name));
        return Status::Clean;
    }
    for change in &plan.changes {
        session.show(&change.diff(&outcome.files, &output.name));
    }
    let count = counted(plan.changes.len(), "file");
    let advice = match plan.needs_force() {
        false => "run `platc compile`",
        true => "some is not as platc wrote it: run `platc compile --force` to overwrite it",
    };
    session.console.err(&format!("{count} in {}/ would change: {advice}\n", output.name));
    Status::Errors
}

fn write_depfile(session: &Session, file: &Path, outcome: &Outcome, output: &Output) -> Result<(), Failure> {
    let outputs: Vec<String> = outcome.files.iter().map(|f| output.shown(&f.path)).collect();
    let inputs: Vec<PathBuf> = outcome.inputs.iter().map(|i| relative(&session.cwd, i)).collect();
    let path = session.cwd.join(file);
    let text = depfile(&outputs, &inputs);
    session.world.write(&path, text.as_bytes()).map_err(|e| Failure::io("write", file, &e))
}
