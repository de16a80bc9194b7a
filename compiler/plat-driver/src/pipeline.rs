//! The stages in a row. In: a [`Request`]. Out: an [`Outcome`]: artefacts in memory, diagnostics in the order of the
//! sources. Nothing is written here; if there is an error there are no artefacts.

use crate::evaluate::{self, Evaluated, Input};
use crate::explain::Story;
use crate::host::Needs;
use crate::load::{self, Loaded};
use crate::output::OutputFile;
use crate::project::{self, Layout};
use crate::stdlib::Stdlib;
use crate::testing::TestResult;
use crate::trace::Trace;
use crate::world::World;
use crate::{Failure, order};
use plat_base::{Diagnostic, Severity, SourceMap, Span};
use plat_eval::Evaluator;
use plat_model::Project;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Stack of the thread that compiles, in bytes. The limits of the parser and the evaluator fit into it.
pub(crate) const STACK: usize = 256 * 1024 * 1024;

/// How far to go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// Everything that can be wrong is found; nothing is made.
    Check,
    /// The artefacts are made.
    Compile,
    /// The artefacts are made, and the domain is kept to judge them by ([`Outcome::project`]).
    Verify,
    /// The tests are run.
    Test,
    /// The story of one value is told ([`Request::value`]).
    Explain,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// How far to go.
    pub goal: Goal,
    /// The folder that relative paths are relative to; absolute.
    pub cwd: PathBuf,
    /// Files and folders to start from; none means the project that `cwd` is in.
    pub paths: Vec<PathBuf>,
    /// The project's root, if it is not to be searched for.
    pub root: Option<PathBuf>,
    /// The targets to emit; none means all that the program wants.
    pub targets: Vec<String>,
    /// The environments to emit for; none means all.
    pub environments: Vec<String>,
    /// The platforms to emit for; none means all.
    pub platforms: Vec<String>,
    /// Only tests whose name contains this are run.
    pub filter: Option<String>,
    /// The tests are named and not run.
    pub only_list: bool,
    /// Whether [`Outcome::trace`] is wanted.
    pub trace: bool,
    /// Whether [`Outcome::origins`] are wanted. Without them, what is only printed need not be kept.
    pub origins: bool,
    /// The path of the value to explain: `service.api.resources.limits.memory`.
    pub value: Option<String>,
    /// Whether the story goes on to the values that it was computed from.
    pub deep: bool,
    /// Whether the process ends with this request, so that no memory need be given back before.
    pub is_last: bool,
    /// Who is told when a stage ends.
    pub watcher: Option<Watcher>,
    /// Warnings count as errors.
    pub deny_warnings: bool,
    /// `lossy` counts as an error.
    pub deny_lossy: bool,
}

impl Request {
    /// A request for `goal` and nothing else.
    pub fn new(goal: Goal, cwd: impl Into<PathBuf>) -> Request {
        Request {
            goal,
            cwd: cwd.into(),
            paths: Vec::new(),
            root: None,
            targets: Vec::new(),
            environments: Vec::new(),
            platforms: Vec::new(),
            filter: None,
            only_list: false,
            trace: false,
            origins: true,
            value: None,
            deep: false,
            is_last: false,
            watcher: None,
            deny_warnings: false,
            deny_lossy: false,
        }
    }
}

/// Is told when a stage ends, and its name.
#[derive(Clone)]
pub struct Watcher(pub Arc<dyn Fn(&'static str) + Send + Sync>);

impl std::fmt::Debug for Watcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watcher")
    }
}

/// How much there was to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The project's files that were read.
    pub files: usize,
    /// Declared instances, those of the standard library included.
    pub instances: usize,
    /// In how many contexts constants and instances were computed.
    pub evaluated: u64,
    /// In how many more they were known, because nothing in them depends on what differs.
    pub saved: u64,
    /// In how many parts, each by a thread of its own.
    pub parts: usize,
}

impl Counts {
    pub(crate) fn new(eval: &mut Evaluator<'_>, parts: usize, (evaluated, saved): (u64, u64)) -> Counts {
        Counts { files: 0, instances: eval.all_instances().len(), evaluated, saved, parts }
    }
}

/// What came of a request.
#[derive(Debug)]
pub struct Outcome {
    /// The project's place.
    pub layout: Layout,
    /// All texts that diagnostics point into.
    pub sources: SourceMap,
    /// Where each text comes from, by its id; `None` for the standard library.
    pub paths: Vec<Option<PathBuf>>,
    /// In the order of the modules, then by position.
    pub diagnostics: Vec<Diagnostic>,
    /// The files to write, in the order of the targets; empty if there is an error.
    pub files: Vec<OutputFile>,
    /// For each file, the source span behind each of its lines.
    pub origins: Vec<Vec<Option<Span>>>,
    /// What the files were made from, if it was asked for; without what is not to be emitted.
    pub project: Option<Project>,
    /// Why each line is there, if that was asked for; otherwise empty.
    pub trace: Trace,
    /// The tests that were run, in source order.
    pub tests: Vec<TestResult>,
    /// How the value to explain came about.
    pub stories: Vec<Story>,
    /// What the platforms of the program need of a machine, by their names.
    pub platforms: Vec<(String, Needs)>,
    /// The project's files that were read, sorted.
    pub inputs: Vec<PathBuf>,
    /// Imports through links, and where these led.
    pub links: Vec<(PathBuf, PathBuf)>,
    /// Whether a file that is imported could not be read.
    pub input_failed: bool,
    /// How much there was to do.
    pub counts: Counts,
    /// How long each stage took, in order.
    pub timings: Vec<(&'static str, Duration)>,
}

impl Outcome {
    /// How many diagnostics there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|d| d.severity == severity).count()
    }

    /// Whether the program has an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// The source span behind line `line` (from 1) of an emitted file.
    pub fn origin(&self, path: &str, line: usize) -> Option<Span> {
        let file = self.files.iter().position(|f| f.path == path)?;
        *self.origins.get(file)?.get(line.checked_sub(1)?)?
    }
}

/// Does what `request` asks for.
pub fn run(world: &dyn World, stdlib: &Stdlib, request: &Request) -> Result<Outcome, Failure> {
    on_deep_stack(|| compile(world, stdlib, request))?
}

/// Runs `work` on a thread whose stack holds whatever nesting the parser and the evaluator allow.
pub fn on_deep_stack<R: Send>(work: impl FnOnce() -> R + Send) -> Result<R, Failure> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("compile".to_owned()).stack_size(STACK);
        let handle = thread
            .spawn_scoped(scope, work)
            .map_err(|e| Failure::io("start a thread for", Path::new("the compiler"), &e))?;
        match handle.join() {
            Ok(result) => Ok(result),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn compile(world: &dyn World, stdlib: &Stdlib, request: &Request) -> Result<Outcome, Failure> {
    evaluate::check_target_names(&request.targets)?;
    let mut clock = Clock::start(request.watcher.clone());
    let layout = project::discover(world, &request.cwd, &request.paths, request.root.as_deref())?;
    let loaded = load::load(world, stdlib, &layout)?;
    clock.lap("parse");
    let Loaded {
        sources,
        paths,
        modules,
        checked,
        files,
        entries,
        mut diagnostics,
        limits,
        inputs,
        links,
        input_failed,
    } = loaded;
    let (program, found) = plat_sema::analyze_on(checked, &modules);
    diagnostics.extend(found);
    clock.lap("check");
    let name = layout.root.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let input = Input {
        program: &program,
        modules: &modules,
        checked,
        name: &name,
        entry: entries.first().copied(),
        limits,
        broken: diagnostics.iter().any(Diagnostic::is_error),
        incomplete: diagnostics.iter().any(|d| d.is_error() && plat_sema::leaves_out(&d.code)),
    };
    let Evaluated {
        diagnostics: found,
        files: output,
        origins,
        trace,
        project,
        tests,
        stories,
        platforms,
        counts,
        checks,
        ..
    } = evaluate::evaluate(&input, request, &mut |stage| clock.lap(stage))?;
    diagnostics.extend(found);
    clock.apart("evaluate", "checks", checks);
    for diagnostic in &mut diagnostics {
        deny(diagnostic, request);
    }
    let broken = diagnostics.iter().any(Diagnostic::is_error);
    let (output, origins) = if broken { (Vec::new(), Vec::new()) } else { (output, origins) };
    let diagnostics = order::limited(order::sorted(diagnostics, &files));
    if request.is_last {
        std::mem::forget((program, modules));
    }
    Ok(Outcome {
        layout,
        sources,
        paths,
        diagnostics,
        files: output,
        origins,
        project,
        trace,
        tests,
        stories,
        platforms,
        counts: Counts { files: inputs.len(), ..counts },
        inputs,
        links,
        input_failed,
        timings: clock.laps,
    })
}

fn deny(diagnostic: &mut Diagnostic, request: &Request) {
    let warning = diagnostic.severity == Severity::Warning && request.deny_warnings;
    if warning || (diagnostic.code == "lossy" && request.deny_lossy) {
        diagnostic.severity = Severity::Error;
    }
}

/// How long some work takes.
pub(crate) fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

struct Clock {
    last: Instant,
    laps: Vec<(&'static str, Duration)>,
    watcher: Option<Watcher>,
}

impl Clock {
    fn start(watcher: Option<Watcher>) -> Clock {
        Clock { last: Instant::now(), laps: Vec::new(), watcher }
    }

    /// Tells a part of a stage that has ended apart from the rest of it.
    fn apart(&mut self, stage: &str, part: &'static str, time: Duration) {
        if let Some(at) = self.laps.iter().position(|(name, _)| *name == stage)
            && time > Duration::ZERO
        {
            self.laps[at].1 = self.laps[at].1.saturating_sub(time);
            self.laps.insert(at + 1, (part, time));
        }
    }

    fn lap(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.laps.push((stage, now - self.last));
        self.last = now;
        if let Some(Watcher(tell)) = &self.watcher {
            tell(stage);
        }
    }
}
