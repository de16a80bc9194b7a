//! What every command needs: where it runs, how it reports, and how a run ends.

use crate::args::{Deny, ExplainProgramArgs, Format, ProgramArgs, ReportArgs};
use crate::console::{self, Console};
use crate::files::Files;
use crate::github;
use crate::machine;
use crate::progress::Progress;
use crate::report::Reporter;
use crate::sarif;
use plat_base::{Diagnostic, Severity, SourceMap};
use plat_driver::{
    DiskWorld, Failure, FailureKind, Goal, Layout, Outcome, Request, Stdlib, Watcher, World, discover, run,
};
use std::path::PathBuf;
use std::sync::Arc;

/// How a command ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Status {
    /// All is well.
    Clean = 0,
    /// The program has errors.
    Errors = 1,
    /// The command was misused.
    Misuse = 2,
    /// Input or output failed.
    Io = 3,
}

/// One run of a command.
pub(crate) struct Session {
    /// The files.
    pub(crate) world: DiskWorld,
    /// The folder that relative paths are relative to, with links resolved.
    pub(crate) cwd: PathBuf,
    /// The streams.
    pub(crate) console: Console,
    /// How diagnostics are told.
    pub(crate) format: Format,
    /// Nothing is said when all is well.
    pub(crate) quiet: bool,
    timings: bool,
    deny: Vec<Deny>,
    reporter: Reporter,
    log: sarif::Log,
}

impl Session {
    /// A session that reports as asked.
    pub(crate) fn new(report: &ReportArgs) -> Result<Session, Failure> {
        let here = std::env::current_dir().map_err(|e| Failure::io("find", ".".as_ref(), &e))?;
        let cwd = DiskWorld.real_path(&here).map_err(|e| Failure::io("read", &here, &e))?;
        Ok(Session {
            world: DiskWorld,
            cwd,
            console: Console::default(),
            format: report.format,
            quiet: report.quiet,
            timings: report.timings,
            deny: report.deny.clone(),
            reporter: Reporter::new(console::colours(), console::width()),
            log: sarif::Log::default(),
        })
    }

    /// A session of a command without options for reporting.
    pub(crate) fn plain() -> Result<Session, Failure> {
        Session::new(&ReportArgs { format: Format::Human, deny: Vec::new(), quiet: false, timings: false })
    }

    /// The project that a command is about. Outside of one there is still the standard library: then it is `None`,
    /// unless a project was named.
    pub(crate) fn project(&self, program: &ExplainProgramArgs) -> Result<Option<Layout>, Failure> {
        match discover(&self.world, &self.cwd, &program.paths, program.root.as_deref()) {
            Ok(layout) => Ok(Some(layout)),
            Err(failure) if !program.paths.is_empty() || program.root.is_some() => Err(failure),
            Err(_) => Ok(None),
        }
    }

    /// A request for a program.
    pub(crate) fn request(&self, goal: Goal, program: &ProgramArgs) -> Request {
        let mut request = Request::new(goal, &self.cwd);
        request.origins = false;
        request.is_last = matches!(goal, Goal::Check | Goal::Compile);
        request.paths.clone_from(&program.paths);
        request.root.clone_from(&program.root);
        request.deny_warnings = self.deny.contains(&Deny::Warning);
        request.deny_lossy = self.deny.contains(&Deny::Lossy);
        request
    }

    /// Runs the compiler and tells what it found.
    pub(crate) fn run(&mut self, request: &Request) -> Result<Outcome, Failure> {
        let progress = Progress::start("reading", !self.quiet && self.format == Format::Human);
        let stage = progress.stage();
        let watcher = Watcher(Arc::new(move |ended| stage.begin(after(ended))));
        let request = Request { watcher: Some(watcher), ..request.clone() };
        let outcome = run(&self.world, &Stdlib::embedded(), &request)?;
        drop(progress);
        self.tell_outcome(&outcome);
        Ok(outcome)
    }

    /// Tells what the compiler found.
    pub(crate) fn tell_outcome(&mut self, outcome: &Outcome) {
        self.tell_all(outcome, &outcome.diagnostics);
        if self.timings {
            self.tell_timings(outcome);
        }
    }

    /// Tells diagnostics of an outcome.
    pub(crate) fn tell_all(&mut self, outcome: &Outcome, diagnostics: &[Diagnostic]) {
        let files = Files::of(outcome, &self.cwd);
        self.tell(&files, diagnostics);
    }

    /// Tells diagnostics that have no place in an outcome's sources.
    pub(crate) fn tell_placeless(&mut self, diagnostics: &[Diagnostic]) {
        self.tell(&Files::named(&SourceMap::default(), Vec::new()), diagnostics);
    }

    /// Tells diagnostics in the form that was asked for.
    pub(crate) fn tell(&mut self, files: &Files<'_>, diagnostics: &[Diagnostic]) {
        let mut text = String::new();
        for diagnostic in diagnostics {
            text.push_str(&match self.format {
                Format::Human => self.reporter.draw(diagnostic, files),
                Format::Short => machine::short(diagnostic, files),
                Format::Json => machine::json(diagnostic, files),
                Format::Github => github::command(diagnostic, files),
                Format::Sarif => {
                    self.log.add(diagnostic, files);
                    continue;
                }
            });
        }
        match self.format {
            Format::Human | Format::Short => self.console.err(&text),
            Format::Json | Format::Github | Format::Sarif => self.console.out(&text),
        }
    }

    /// Writes what a command makes (a list, a difference) to standard output; to standard error where a program reads
    /// the report from there.
    pub(crate) fn show(&mut self, text: &str) {
        match self.format.is_on_stdout() {
            true => self.console.err(text),
            false => self.console.out(text),
        }
    }

    /// Refuses a report on standard output where `what` is written there.
    pub(crate) fn needs_stdout(&self, what: &str) -> Result<(), Failure> {
        match self.format.is_on_stdout() {
            true => {
                Err(Failure::misuse(format!("{what} is written to standard output, and so is this report"))
                    .help("choose `--format human` or `--format short`"))
            }
            false => Ok(()),
        }
    }

    /// Says something for a person, unless asked to be quiet.
    pub(crate) fn say(&mut self, text: &str) {
        if !self.quiet {
            self.console.err(&format!("{text}\n"));
        }
    }

    /// Says how many problems there are: `3 errors, 1 warning`. Only people need the sum.
    pub(crate) fn sum_up(&mut self, diagnostics: &[Diagnostic]) {
        let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
        let counts = [(count(Severity::Error), "error"), (count(Severity::Warning), "warning")];
        let words: Vec<String> =
            counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| counted(*n, word)).collect();
        if self.format != Format::Human || words.is_empty() {
            return;
        }
        self.console.err(&format!("{}\n", words.join(", ")));
        if !self.quiet {
            self.console.err(&hint(diagnostics));
        }
    }

    /// Tells a failure and gives the status that it means.
    pub(crate) fn fail(&mut self, failure: &Failure) -> Status {
        let (code, status) = match failure.kind {
            FailureKind::Misuse => ("misuse", Status::Misuse),
            FailureKind::Io => ("io", Status::Io),
        };
        let help = failure.help.as_deref();
        match self.format {
            Format::Human => self.console.err(&self.reporter.draw_failure(&failure.message, help)),
            Format::Short => self.console.err(&format!("error[{code}]: {}\n", failure.message)),
            Format::Json => self.console.out(&machine::json_failure(code, &failure.message, help)),
            Format::Github => self.console.out(&github::failure(code, &failure.message, help)),
            Format::Sarif => self.log.fail(code, &failure.message, help),
        }
        status
    }

    /// Ends the session. A standard output that could not be written to is an I/O failure.
    pub(crate) fn end(mut self, result: Result<Status, Failure>) -> Status {
        let status = match result {
            Ok(status) => status,
            Err(failure) => self.fail(&failure),
        };
        if self.format == Format::Sarif {
            self.console.out(&self.log.document());
        }
        match self.console.failure() {
            Some(_) => Status::Io,
            None => status,
        }
    }

    fn tell_timings(&mut self, outcome: &Outcome) {
        let mut text = String::new();
        for (stage, time) in &outcome.timings {
            text.push_str(&format!("{stage:<10} {:>9.2} ms\n", time.as_secs_f64() * 1000.0));
        }
        let counts = outcome.counts;
        text.push_str(&format!("{:<10} {:>9}\n", "files", counts.files));
        text.push_str(&format!("{:<10} {:>9}\n", "instances", counts.instances));
        let saved = counts.saved;
        text.push_str(&format!("{:<10} {:>9} evaluated, {saved} saved\n", "contexts", counts.evaluated));
        text.push_str(&format!("{:<10} {:>9}\n", "threads", counts.parts));
        self.console.err(&text);
    }
}

/// What is done after a stage has ended.
fn after(ended: &str) -> &'static str {
    match ended {
        "parse" => "checking",
        "check" => "evaluating",
        "evaluate" | "checks" => "making files",
        _ => "writing",
    }
}

/// What to do next, on one line: where to read on about the worst problem, and whether some can be mended at once.
fn hint(diagnostics: &[Diagnostic]) -> String {
    let worst = diagnostics.iter().map(|d| d.severity).max();
    let Some(diagnostic) = diagnostics.iter().find(|d| Some(d.severity) == worst) else {
        return String::new();
    };
    let mends = diagnostics.iter().filter(|d| d.fixes.iter().any(|f| f.certain)).count();
    let mend = match mends {
        0 => String::new(),
        _ if mends == diagnostics.len() => "; `platc check --fix` mends it all".to_owned(),
        _ => format!("; `platc check --fix` mends {mends} of them"),
    };
    format!("`platc explain {}` tells more{mend}\n", diagnostic.code)
}

/// The status that an outcome means.
pub(crate) fn status_of(outcome: &Outcome) -> Status {
    match (outcome.input_failed, outcome.has_errors()) {
        (true, _) => Status::Io,
        (_, true) => Status::Errors,
        _ => Status::Clean,
    }
}

/// `1 file`, `3 files`.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
