//! From a checked program to artefacts. In: a program and what is asked for. Out: files with an origin per line, test
//! results and diagnostics. What a program means is decided in the evaluator, what a file looks like in the targets.

use crate::emit;
use crate::explain::{self, Story};
use crate::host::Needs;
use crate::output::{OutputFile, clashes};
use crate::parts::{self, Attempt, Whole};
use crate::pipeline::{Counts, Goal, Request};
use crate::tables::BaseImages;
use crate::trace::{self, Trace, Tracer};
use crate::{Failure, errors, parallel, testing};
use plat_base::{Diagnostic, Limit, Span, closest};
use plat_eval::{Context, Evaluator, Limits};
use plat_model::Project;
use plat_sema::SourceModule;
use plat_sema::hir::Program;
use plat_targets::{Artifact, TARGETS};

/// From how many workloads on the targets are made at once.
const PARALLEL_FROM: usize = 64;

/// What there is to evaluate, and what is known about it.
pub(crate) struct Input<'a> {
    /// The checked program.
    pub(crate) program: &'a Program,
    /// The modules that it was checked from.
    pub(crate) modules: &'a [SourceModule],
    /// What was checked before of the first of them.
    pub(crate) checked: Option<&'static [u8]>,
    /// What a project without `project.plat` is called.
    pub(crate) name: &'a str,
    /// The first entry module.
    pub(crate) entry: Option<usize>,
    /// What the compilation may cost.
    pub(crate) limits: plat_base::Limits,
    /// Whether an earlier stage has found an error.
    pub(crate) broken: bool,
    /// Whether such an error left something out that its author has written.
    pub(crate) incomplete: bool,
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Evaluated {
    /// What the compilation may cost.
    limits: plat_base::Limits,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) files: Vec<OutputFile>,
    pub(crate) origins: Vec<Vec<Option<Span>>>,
    pub(crate) project: Option<Project>,
    pub(crate) tests: Vec<testing::TestResult>,
    pub(crate) stories: Vec<Story>,
    pub(crate) platforms: Vec<(String, Needs)>,
    pub(crate) trace: Trace,
    pub(crate) counts: Counts,
    /// How long the checks took, if that is part of the stage `evaluate`.
    pub(crate) checks: std::time::Duration,
}

/// A file with the source that asked for it.
struct Made {
    artifact: Artifact,
    target: &'static str,
    asked: Option<Span>,
}

/// Evaluates a program as far as `request` asks. `lap` is told when a stage ends.
pub(crate) fn evaluate(
    input: &Input<'_>,
    request: &Request,
    lap: &mut dyn FnMut(&'static str),
) -> Result<Evaluated, Failure> {
    let mut done = Evaluated { limits: input.limits, ..Evaluated::default() };
    let doc = input.entry.and_then(|at| input.program.modules.get(at)).and_then(|m| m.doc.clone());
    let is_plain = !request.trace && !request.origins && !input.broken;
    let attempt = match request.goal {
        Goal::Check | Goal::Compile if is_plain => parts::evaluate(input, doc.as_deref(), request.is_last),
        _ => Attempt::Failed,
    };
    let mut eval = match attempt {
        Attempt::Done(whole) => return done.go_on_with(*whole, request, lap),
        Attempt::Forced(eval) => *eval,
        Attempt::Failed => forced(input, request.trace),
    };
    let mut emitted: Vec<emit::File> = eval.emits().into_iter().map(emit::File::Valued).collect();
    let covered = eval.covered();
    done.counts = Counts::new(&mut eval, 1, covered);
    lap("evaluate");
    eval.run_checks(input.incomplete);
    done.diagnostics.extend(eval.diagnostics());
    lap("checks");
    if input.broken || done.has_errors() {
        return Ok(done);
    }
    let part = Part::choose(&mut eval, request)?;
    if let (Goal::Explain, Some(path)) = (request.goal, &request.value) {
        done.stories = explain::explain(&mut eval, path, request.deep, |at| part.has(at))?;
        return Ok(done);
    }
    if request.goal == Goal::Test {
        let filter = request.filter.as_deref();
        if request.only_list {
            done.tests = testing::list(&eval, filter);
            return Ok(done);
        }
        done.tests = testing::run(&mut eval, input, filter);
        lap("test");
    }
    if request.trace {
        done.traced(&mut eval, input.name, doc, &mut emitted, &part, request)?;
        return Ok(done);
    }
    let (project, found) = plat_model::read(&mut eval, input.name, doc);
    done.diagnostics.extend(found);
    done.diagnostics.extend(eval.diagnostics());
    done.take_platforms(&project);
    lap("model");
    if done.has_errors() {
        return Ok(done);
    }
    let made = done.make(&mut eval, project, &mut emitted, &part, request)?;
    done.take(made);
    lap("emit");
    Ok(done)
}

/// An evaluator that has computed everything; one that records what it reads, if that is wanted.
fn forced<'p>(input: &Input<'p>, records: bool) -> Evaluator<'p> {
    let mut eval = evaluator(input);
    if records {
        eval.record_reads();
    }
    eval.force_all();
    eval
}

/// A new evaluator of the program.
pub(crate) fn evaluator<'p>(input: &Input<'p>) -> Evaluator<'p> {
    let mut eval = Evaluator::new(input.program, Limits::from(&input.limits));
    eval.set_base_images(Box::new(BaseImages));
    eval
}

impl Evaluated {
    /// Goes on with what was evaluated in parts.
    fn go_on_with(
        mut self,
        whole: Whole<'_>,
        request: &Request,
        lap: &mut dyn FnMut(&'static str),
    ) -> Result<Evaluated, Failure> {
        let Whole { mut eval, found, mut files, project, counts, checks } = whole;
        (self.counts, self.checks) = (counts, checks);
        self.diagnostics.extend(found);
        lap("evaluate");
        let Some(project) = project.filter(|_| !self.has_errors()) else { return Ok(self) };
        let part = Part::choose(&mut eval, request)?;
        self.take_platforms(&project);
        let made = self.make(&mut eval, project, &mut files, &part, request)?;
        self.take(made);
        if request.is_last {
            std::mem::forget(eval);
        }
        lap("emit");
        Ok(self)
    }

    fn take_platforms(&mut self, project: &Project) {
        self.platforms = project.platforms.iter().map(|p| (p.name.clone(), Needs::of(p))).collect();
    }

    fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Makes the files with the reasons of their lines.
    fn traced(
        &mut self,
        eval: &mut Evaluator<'_>,
        name: &str,
        doc: Option<String>,
        emitted: &mut [emit::File],
        part: &Part,
        request: &Request,
    ) -> Result<(), Failure> {
        let (project, found, ledger) = plat_model::read_traced(eval, name, doc);
        self.diagnostics.extend(found);
        self.diagnostics.extend(eval.diagnostics());
        if self.has_errors() {
            trace::resolve(&mut self.diagnostics, &ledger);
            return Ok(());
        }
        let turns = project.platforms.len().max(1);
        let mut versions = vec![self.make(eval, project.clone(), emitted, part, request)?];
        for turn in 1..turns {
            // What is said is the same every time.
            let mut other = Evaluated { limits: self.limits, ..Evaluated::default() };
            versions.push(other.make(eval, project.clone().turned(turn), emitted, part, request)?);
        }
        let mut tracer = Tracer::new(eval, &ledger);
        for (at, made) in versions[0].iter().enumerate() {
            let same = versions.iter().filter_map(|version| version.get(at));
            let same: Vec<&Artifact> =
                same.map(|m| &m.artifact).filter(|a| a.text == made.artifact.text).collect();
            tracer.add(&same, made.target);
        }
        self.trace = tracer.finish();
        let made = versions.swap_remove(0);
        self.take(made);
        trace::resolve(&mut self.diagnostics, &ledger);
        for origin in self.origins.iter_mut().flatten() {
            *origin = origin.and_then(|span| match ledger.number(span) {
                Some(at) => ledger.get(at)?.own,
                None => Some(span),
            });
        }
        Ok(())
    }

    /// All files of all targets, then those of the `emit`s.
    fn make(
        &mut self,
        eval: &mut Evaluator<'_>,
        project: Project,
        emitted: &mut [emit::File],
        part: &Part,
        request: &Request,
    ) -> Result<Vec<Made>, Failure> {
        let project = match part {
            Part { platforms: None, environments: None } => project,
            _ => {
                let all = |count: usize| (0..count).collect::<Vec<_>>();
                let platforms = part.platforms.clone().unwrap_or_else(|| all(project.platforms.len()));
                let environments =
                    part.environments.clone().unwrap_or_else(|| all(project.environments.len()));
                project.restrict(&platforms, &environments)
            }
        };
        check_targets(&request.targets, &project)?;
        let wanted = |name: &str| request.targets.is_empty() || request.targets.iter().any(|t| t == name);
        let mut made = Vec::new();
        let limits = self.limits;
        let contexts = (project.platforms.len() * project.environments.len()) as u64;
        let more = (eval.all_instances().len() as u64)
            .saturating_mul(contexts)
            .saturating_mul(limits.get(Limit::OutputPerInstance));
        let most = [limits.get(Limit::Files), limits.get(Limit::Output).saturating_add(more)];
        let mut room = most;
        let outputs: Vec<&plat_model::Output> =
            project.outputs.iter().filter(|o| wanted(&o.target)).collect();
        let threads = if project.workloads.len() < PARALLEL_FROM { 1 } else { parallel::cores() };
        let emissions = parallel::map(&outputs, threads, |output| {
            let target = TARGETS.iter().find(|t| t.name == output.target)?;
            Some((target, (target.emit)(&project, output)))
        });
        for (output, emission) in outputs.into_iter().zip(emissions) {
            let Some((target, emission)) = emission else {
                self.diagnostics.extend(output.origin.map(|span| no_such_target(&output.target, span)));
                continue;
            };
            self.diagnostics.extend(emission.diagnostics);
            let folder = output.path.value.trim_matches('/');
            let from = made.len();
            made.extend(emission.artifacts.into_iter().map(|mut artifact| {
                if !matches!(folder, "" | ".") {
                    artifact.path = format!("{folder}/{}", artifact.path);
                }
                Made { artifact, target: target.name, asked: output.origin }
            }));
            if !self.has_room((&mut room, &most), &made[from..]) {
                return Ok(Vec::new());
            }
        }
        if wanted(emit::TARGET) {
            for file in emitted.iter_mut().filter(|e| e.contexts().iter().any(|at| part.has(*at))) {
                let asked = Some(file.path_span());
                let printed = match file {
                    emit::File::Printed { artifact, .. } => Ok(std::mem::take(artifact)),
                    emit::File::Valued(emitted) => emit::render(eval, emitted),
                };
                match printed {
                    Ok(artifact) => {
                        made.push(Made { artifact, target: emit::TARGET, asked });
                        let last = made.len().saturating_sub(1);
                        if !self.has_room((&mut room, &most), &made[last..]) {
                            return Ok(Vec::new());
                        }
                    }
                    Err(diagnostic) => self.diagnostics.extend(diagnostic.map(|d| *d)),
                }
            }
            self.diagnostics.extend(eval.diagnostics());
        }
        if request.goal == Goal::Verify {
            self.project = Some(project);
        } else if request.is_last {
            std::mem::forget(project);
        }
        Ok(made)
    }

    /// Takes files from how many files and bytes may still be written; says so if they are too many.
    fn has_room(&mut self, (room, most): (&mut [u64; 2], &[u64; 2]), made: &[Made]) -> bool {
        for file in made {
            let needed = [1, file.artifact.text.len() as u64];
            for (at, limit) in [Limit::Files, Limit::Output].into_iter().enumerate() {
                let Some(rest) = room[at].checked_sub(needed[at]) else {
                    let asked = file.asked.or_else(|| file.artifact.origins.iter().flatten().next().copied());
                    self.diagnostics.push(errors::too_much_output(
                        limit,
                        (self.limits.get(limit), most[at]),
                        asked,
                    ));
                    return false;
                };
                room[at] = rest;
            }
        }
        true
    }

    /// Takes the files if no two of them clash and no target had an error.
    fn take(&mut self, made: Vec<Made>) {
        let (mut files, mut origins, mut asked) = (Vec::new(), Vec::new(), Vec::new());
        for file in made {
            asked.push(file.asked.or_else(|| file.artifact.origins.iter().flatten().next().copied()));
            origins.push(file.artifact.origins);
            let (path, text) = (file.artifact.path, file.artifact.text);
            files.push(OutputFile { path, text, target: file.target.to_owned() });
        }
        for (at, with, message) in clashes(&files) {
            let span = |at: usize| asked.get(at).copied().flatten();
            let code = if with.is_some() { "duplicate-name" } else { "output-path" };
            let mut diagnostic = Diagnostic::error(code, message, span(at).unwrap_or(NOWHERE));
            if span(at).is_none() {
                diagnostic.labels.clear();
            }
            let help = match with {
                Some(_) => "give each file its own path below the output folder",
                None => "write a path below the output folder, without `..` and without `/` in front",
            };
            if let Some(first) = with.and_then(span).filter(|s| Some(*s) != span(at)) {
                diagnostic = diagnostic.primary("asked for here").label(first, "the other is asked for here");
            }
            self.diagnostics.push(diagnostic.help(help));
        }
        if !self.has_errors() {
            self.files = files;
            self.origins = origins;
        }
    }
}

/// A span that is taken out again: some diagnostics have no place.
const NOWHERE: Span = Span { file: plat_base::FileId(0), start: 0, end: 0 };

fn no_such_target(target: &str, span: Span) -> Diagnostic {
    let names: Vec<&str> = TARGETS.iter().map(|t| t.name).collect();
    let diagnostic = Diagnostic::error("unknown-name", format!("there is no target `{target}`"), span);
    match closest(target, names.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("the targets are {}", names.join(", "))),
    }
}

/// Refuses a `--target` that does not exist, or that the program does not want.
fn check_targets(asked: &[String], project: &Project) -> Result<(), Failure> {
    for target in asked.iter().filter(|t| *t != emit::TARGET) {
        if !project.outputs.iter().any(|o| o.target == *target) {
            let outputs: Vec<&str> = project.outputs.iter().map(|o| o.target.as_str()).collect();
            let message = format!("this program does not write the target `{target}`");
            let help = format!("it writes {}; add `output {target} {{}}`", outputs.join(", "));
            return Err(Failure::misuse(message).help(help));
        }
    }
    Ok(())
}

/// Refuses a `--target` that no version of a program could want; this needs no program.
pub(crate) fn check_target_names(asked: &[String]) -> Result<(), Failure> {
    let names: Vec<&str> = TARGETS.iter().map(|t| t.name).chain([emit::TARGET]).collect();
    match asked.iter().find(|t| !names.contains(&t.as_str())) {
        Some(unknown) => Err(unknown_choice("target", unknown, &names)),
        None => Ok(()),
    }
}

/// The platforms and environments that are asked for, by position; `None` means all.
struct Part {
    platforms: Option<Vec<usize>>,
    environments: Option<Vec<usize>>,
}

impl Part {
    fn choose(eval: &mut Evaluator<'_>, request: &Request) -> Result<Part, Failure> {
        let platforms = eval.platforms();
        let environments = eval.environments();
        let names = |objects: Vec<plat_eval::Object>| -> Vec<String> {
            let name = |o| eval.name(o).map_or("default".to_owned(), |n| n.as_str().to_owned());
            objects.into_iter().map(name).collect()
        };
        Ok(Part {
            platforms: chosen("platform", &request.platforms, &names(platforms))?,
            environments: chosen("environment", &request.environments, &names(environments))?,
        })
    }

    fn has(&self, at: Context) -> bool {
        let among = |chosen: &Option<Vec<usize>>, at: Option<u16>| match (chosen, at) {
            (Some(chosen), Some(at)) => chosen.contains(&usize::from(at)),
            _ => true,
        };
        among(&self.platforms, at.platform) && among(&self.environments, at.environment)
    }
}

fn chosen(what: &str, asked: &[String], names: &[String]) -> Result<Option<Vec<usize>>, Failure> {
    if let Some(unknown) = asked.iter().find(|a| !names.contains(a)) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        return Err(unknown_choice(what, unknown, &names));
    }
    let positions = names.iter().enumerate().filter(|(_, n)| asked.contains(n)).map(|(at, _)| at);
    Ok((!asked.is_empty()).then(|| positions.collect()))
}

fn unknown_choice(what: &str, unknown: &str, names: &[&str]) -> Failure {
    let failure = Failure::misuse(format!("there is no {what} `{unknown}`"));
    match closest(unknown, names.iter().copied()) {
        Some(near) => failure.help(format!("did you mean `{near}`?")),
        None => failure.help(format!("choose among {}", names.join(", "))),
    }
}
