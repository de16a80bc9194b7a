//! A program that is well, evaluated in parts on all cores. In: the checked program. Out: what [`crate::evaluate`] finds
//! otherwise, in the same order and bytes. Each part has an evaluator of its own over the shared program: it computes a
//! part of the instances, checks, emits and reads these.
//!
//! Whatever would have to be reported ends it, but for what checks find: then the program is evaluated as a whole,
//! which reports it once and in the right place.

use crate::emit::{self, YamlSink};
use crate::evaluate::{Input, evaluator};
use crate::parallel;
use crate::pipeline::{Counts, timed};
use plat_base::{Diagnostic, Span};
use plat_eval::{Evaluator, Share, Untold};
use plat_model::Project;
use std::collections::HashSet;
use std::time::Duration;

/// From how many declared instances on a program is evaluated in parts.
const WORTH_DIVIDING: usize = 256;

/// More parts than this are not made: each of them declares all instances.
const MOST: usize = 8;

/// What came of it.
pub(crate) struct Whole<'p> {
    /// The evaluator of the first part.
    pub(crate) eval: Evaluator<'p>,
    /// What the checks found.
    pub(crate) found: Vec<Diagnostic>,
    /// What the program emits.
    pub(crate) files: Vec<emit::File>,
    /// What the targets read; none if a check found an error.
    pub(crate) project: Option<Project>,
    /// How much there was to do.
    pub(crate) counts: Counts,
    /// How long the checks took, in the part where they took longest.
    pub(crate) checks: Duration,
}

/// One part but for what it emits.
struct Part {
    found: Vec<Diagnostic>,
    project: Option<Project>,
    steps: u64,
    covered: (u64, u64),
    checks: Duration,
}

/// How far it came.
pub(crate) enum Attempt<'p> {
    /// To its end.
    Done(Box<Whole<'p>>),
    /// Everything is computed in one part, and there is something to report.
    Forced(Box<Evaluator<'p>>),
    /// It has to be evaluated as a whole.
    Failed,
}

/// Evaluates a program in as many parts as it is worth.
pub(crate) fn evaluate<'p>(input: &Input<'p>, doc: Option<&str>, is_last: bool) -> Attempt<'p> {
    let cores = parallel::cores().min(MOST);
    let own = |i: &&plat_sema::hir::Instance| !input.program[i.module].is_std;
    let instances = input.program.instances.iter().filter(own).count();
    if cores < 2 || instances < WORTH_DIVIDING {
        let mut eval = evaluator(input);
        eval.force_all();
        if eval.has_problems() {
            return Attempt::Forced(Box::new(eval));
        }
        match whole(eval, input, doc, cores < 2) {
            Ok(whole) => return Attempt::Done(Box::new(whole)),
            Err(Untold::Other) => return Attempt::Failed,
            Err(Untold::Large) => {}
        }
    }
    in_parts(input, doc, (cores, is_last)).map_or(Attempt::Failed, |whole| Attempt::Done(Box::new(whole)))
}

/// The rest of what one evaluator does that has computed everything.
fn whole<'p>(
    mut eval: Evaluator<'p>,
    input: &Input<'p>,
    doc: Option<&str>,
    may_be_large: bool,
) -> Result<Whole<'p>, Untold> {
    let (part, files) = part(&mut eval, input, doc, Share { may_be_large, ..Share::WHOLE }, emit::first)?;
    let files = emit::join(files, Vec::new()).ok_or(Untold::Other)?;
    let counts = Counts::new(&mut eval, 1, part.covered);
    Ok(Whole { eval, found: part.found, files, project: part.project, counts, checks: part.checks })
}

fn in_parts<'p>(input: &Input<'p>, doc: Option<&str>, (parts, is_last): (usize, bool)) -> Option<Whole<'p>> {
    let mut eval = evaluator(input);
    let share = |part| Share { part, of: parts, may_be_large: true };
    let (first, others) = std::thread::scope(|scope| {
        let other = |at| {
            let work = move || {
                let mut eval = evaluator(input);
                eval.force_share(share(at));
                let done = part(&mut eval, input, doc, share(at), emit::further).ok();
                if is_last {
                    std::mem::forget(eval);
                }
                done
            };
            std::thread::Builder::new().stack_size(crate::pipeline::STACK).spawn_scoped(scope, work).ok()
        };
        let others: Vec<_> = (1..parts).map(other).collect();
        eval.force_share(share(0));
        let first = part(&mut eval, input, doc, share(0), emit::first).ok();
        let join = |handle: std::thread::ScopedJoinHandle<'_, _>| {
            handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        let others: Option<Vec<_>> = others.into_iter().map(|handle| handle.and_then(join)).collect();
        (first, others)
    });
    let ((first, files), others) = (first?, others?);
    let (others, pieces): (Vec<Part>, Vec<_>) = others.into_iter().unzip();
    let steps: u64 = first.steps + others.iter().map(|part| part.steps).sum::<u64>();
    if !eval.may_take(steps) {
        return None;
    }
    let files = emit::join(files, pieces)?;
    let Part { mut found, mut project, mut covered, mut checks, .. } = first;
    for part in others {
        covered = (covered.0 + part.covered.0, covered.1 + part.covered.1);
        found.extend(part.found);
        checks = checks.max(part.checks);
        project = match (project, part.project) {
            (Some(mut whole), Some(part)) => {
                whole.join(part);
                Some(whole)
            }
            _ => None,
        };
    }
    let found = in_order(found)?;
    let counts = Counts::new(&mut eval, parts, covered);
    Some(Whole { eval, found, files, project, counts, checks })
}

/// What one evaluator finds in its part, which it has computed.
fn part<'p, F>(
    eval: &mut Evaluator<'p>,
    input: &Input<'p>,
    doc: Option<&str>,
    share: Share,
    take: impl Fn(Vec<plat_eval::Emission<YamlSink>>) -> Option<F>,
) -> Result<(Part, F), Untold> {
    if eval.has_problems() {
        return Err(Untold::Other);
    }
    let files = take(eval.tell_emits(share, YamlSink::of)?).ok_or(Untold::Other)?;
    // Only programs without errors are evaluated in parts.
    let checks = timed(|| eval.check_share(share, false));
    let found = eval.diagnostics();
    let mut project = None;
    if !found.iter().any(Diagnostic::is_error) {
        let (read, said) = plat_model::read_share(eval, input.name, doc.map(str::to_owned), share);
        if !said.is_empty() || eval.has_problems() {
            return Err(Untold::Other);
        }
        project = Some(read);
    }
    Ok((Part { found, project, steps: eval.steps(), covered: eval.covered(), checks }, files))
}

/// What the checks of all parts found, in the order of an evaluator; `None` if two parts found the same.
fn in_order(mut found: Vec<Diagnostic>) -> Option<Vec<Diagnostic>> {
    let place = |d: &Diagnostic| d.span().map(|s: Span| (s.file, s.start, s.end));
    let mut seen = HashSet::new();
    if !found.iter().all(|d| seen.insert((place(d), d.message.clone()))) {
        return None;
    }
    found.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.message.cmp(&b.message)));
    Some(found)
}
