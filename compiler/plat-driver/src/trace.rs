//! Why each line of the output is there. In: artefacts that were made from a project that was read with a ledger.
//! Out: for each line the causes, the main one first, as places in the sources; for each cause all the places that
//! it was computed from. Nothing of this is done in an ordinary compile.

use crate::explain::{self, Step};
use plat_base::{Diagnostic, Name, Span};
use plat_eval::{Context, Evaluator, Object, Value};
use plat_model::{Cause, Ledger, is_entry};
use plat_targets::Artifact;
use std::collections::{BTreeSet, HashMap};

/// Why the lines of all files are there.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// For each file of the outcome, its lines.
    pub files: Vec<Vec<LineTrace>>,
    /// What lines are caused by.
    pub causes: Vec<CauseTrace>,
    /// Every place that the evaluation went through.
    pub evaluated: Vec<Span>,
    /// Every place that a check went through.
    pub checked: Vec<Span>,
}

/// Why one line is there.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LineTrace {
    /// Positions in [`Trace::causes`]; the first one is the answer, the others had a say.
    pub causes: Vec<usize>,
    /// Why platc writes it though no source asks for it: completes “platc writes this line …”.
    pub reason: Option<String>,
}

/// What causes a line.
#[derive(Clone, PartialEq, Debug)]
pub struct CauseTrace {
    /// The path of the value: `service.api.ports.http`; `emit "FILE"` for what an `emit` writes; empty if it is none.
    pub path: String,
    /// The value, unless it is a whole object.
    pub value: Option<String>,
    /// The nearest place in the project's own sources.
    pub own: Option<Span>,
    /// Where the standard library wrote it, if it did.
    pub library: Option<Span>,
    /// The contexts in which it came about in this way, as people say them; empty for all.
    pub contexts: Vec<String>,
    /// The layers that set or changed it, first to last.
    pub steps: Vec<Step>,
    /// The checks that look at it.
    pub checks: Vec<String>,
    /// Every place that it was computed from, itself and the declarations around it included; sorted.
    pub reads: Vec<Span>,
}

/// Collects causes.
pub(crate) struct Tracer<'e, 'p> {
    eval: &'e mut Evaluator<'p>,
    ledger: &'e Ledger,
    trace: Trace,
    known: HashMap<usize, usize>,
    places: HashMap<(Span, String), usize>,
    checks: Vec<(Name, BTreeSet<plat_eval::ReadId>)>,
}

impl<'e, 'p> Tracer<'e, 'p> {
    pub(crate) fn new(eval: &'e mut Evaluator<'p>, ledger: &'e Ledger) -> Tracer<'e, 'p> {
        let checks = eval.check_reads();
        let trace = Trace {
            evaluated: eval.spans_of_everything(),
            checked: eval.spans_of_checks(),
            ..Trace::default()
        };
        Tracer { eval, ledger, trace, known: HashMap::new(), places: HashMap::new(), checks }
    }

    /// Adds a file, which was made several times with the same text and different origins; `target` made it.
    pub(crate) fn add(&mut self, versions: &[&Artifact], target: &str) {
        let Some(first) = versions.first() else { return };
        let texts: Vec<&str> = first.text.lines().collect();
        // The lines of an `emit` come from places, which have no path of their own.
        let title = match target == crate::emit::TARGET {
            true => format!("emit {:?}", first.path),
            false => String::new(),
        };
        let mut lines = Vec::with_capacity(texts.len());
        for (at, text) in texts.iter().enumerate() {
            let mut causes = Vec::new();
            for version in versions {
                let main = version.origins.get(at).copied().flatten();
                let further = version.further.iter().filter(|(line, _)| *line == at).map(|(_, span)| *span);
                for span in main.into_iter().chain(further) {
                    let cause = self.cause(span, &title);
                    if !causes.contains(&cause) {
                        causes.push(cause);
                    }
                }
            }
            let reason = causes.is_empty().then(|| match first.reason(at) {
                _ if text.trim().is_empty() => "to set apart what stands below it".to_owned(),
                Some(reason) => reason.to_owned(),
                None => format!("in every project: it belongs to the frame of the {target} target's files"),
            });
            lines.push(LineTrace { causes, reason });
        }
        self.trace.files.push(lines);
    }

    pub(crate) fn finish(self) -> Trace {
        self.trace
    }

    fn cause(&mut self, span: Span, title: &str) -> usize {
        let Some(number) = self.ledger.number(span) else { return self.place(span, title) };
        if let Some(known) = self.known.get(&number) {
            return *known;
        }
        let told = self.told(number);
        let at = self.file(told);
        self.known.insert(number, at);
        at
    }

    /// Equal causes are one.
    fn file(&mut self, cause: CauseTrace) -> usize {
        let start = self.trace.causes.len().saturating_sub(64);
        let same = self.trace.causes[start..].iter().position(|known| *known == cause);
        same.map_or_else(
            || {
                self.trace.causes.push(cause);
                self.trace.causes.len() - 1
            },
            |at| start + at,
        )
    }

    /// A place that is no leaf of the model; `title` says what it is.
    fn place(&mut self, span: Span, title: &str) -> usize {
        let key = (span, title.to_owned());
        if let Some(known) = self.places.get(&key) {
            return *known;
        }
        self.trace.causes.push(CauseTrace {
            path: title.to_owned(),
            value: None,
            own: Some(span),
            library: None,
            contexts: Vec::new(),
            steps: Vec::new(),
            checks: Vec::new(),
            reads: vec![span],
        });
        let at = self.trace.causes.len() - 1;
        self.places.insert(key, at);
        at
    }

    fn told(&mut self, number: usize) -> CauseTrace {
        let chain: Vec<Cause> = self.ledger.chain(number).cloned().collect();
        let Some(cause) = chain.first().cloned() else {
            return CauseTrace {
                path: String::new(),
                value: None,
                own: None,
                library: None,
                contexts: Vec::new(),
                steps: Vec::new(),
                checks: Vec::new(),
                reads: Vec::new(),
            };
        };
        let mut reads: BTreeSet<Span> = BTreeSet::new();
        for one in &chain {
            reads.extend(self.eval.all_spans(&one.reads));
            let places = [one.own, one.library];
            reads.extend(places.into_iter().flatten().map(|span| Span { end: span.start, ..span }));
        }
        let path = path_of(self.eval, &chain);
        let checks = self.checks.iter().filter(|(_, ids)| cause.reads.iter().any(|id| ids.contains(id)));
        let checks = checks.map(|(name, _)| name.as_str().to_owned()).collect();
        let (value, steps, contexts) = match cause.field.filter(|_| cause.element.is_none()) {
            Some(field) => {
                let value = self.eval.field(cause.object, field, cause.at);
                let steps = explain::steps(self.eval, cause.object, field, cause.at);
                (shown(self.eval, &value), steps, self.contexts(&chain))
            }
            None => (None, Vec::new(), Vec::new()),
        };
        CauseTrace {
            path,
            value,
            own: cause.own,
            library: cause.library,
            contexts,
            steps,
            checks,
            reads: reads.into_iter().collect(),
        }
    }

    /// The contexts in which the value of a path is set at the same place; none if that is all of them.
    fn contexts(&mut self, chain: &[Cause]) -> Vec<String> {
        let (Some(cause), Some(root)) = (chain.first(), chain.last()) else { return Vec::new() };
        if cause.at.platform.is_none() || chain.iter().any(|c| c.element.is_some()) {
            return Vec::new();
        }
        let fields: Vec<Name> = chain.iter().rev().filter_map(|c| c.field).collect();
        let all = self.eval.contexts_of(root.object);
        let mine = self.at_end(root.object, &fields, cause.at);
        let same: Vec<Context> =
            all.iter().copied().filter(|at| self.at_end(root.object, &fields, *at) == mine).collect();
        if same.len() == all.len() { Vec::new() } else { self.eval.describe_contexts(&same) }
    }

    /// What is at the end of a path in a context: the value and the layers that made it.
    fn at_end(&mut self, root: Object, fields: &[Name], at: Context) -> Option<(String, Vec<Span>)> {
        let (last, before) = fields.split_last()?;
        let mut object = root;
        for field in before {
            match self.eval.field(object, *field, at) {
                Value::Object(inner) => object = inner,
                _ => return None,
            }
        }
        let value = self.eval.field(object, *last, at);
        let layers = self.eval.layers(object, *last, at);
        let text = shown(self.eval, &value).unwrap_or_default();
        Some((text, layers.into_iter().map(|l| l.span).collect()))
    }
}

/// A value on one line, unless it is an object.
fn shown(eval: &mut Evaluator<'_>, value: &Value) -> Option<String> {
    match value {
        Value::Object(_) | Value::Poison | Value::Absent => None,
        value => {
            let text = eval.display(value);
            let short: String = text.chars().take(120).collect();
            let short = short.replace('\n', "\\n");
            Some(if text.chars().count() > 120 { format!("{short}…") } else { short })
        }
    }
}

/// `service.api.ports.http`.
fn path_of(eval: &Evaluator<'_>, chain: &[Cause]) -> String {
    let mut path = String::new();
    for cause in chain.iter().rev() {
        match (cause.field, cause.element) {
            (_, Some(at)) => path.push_str(&format!("[{at}]")),
            (Some(field), None) => path.push_str(&explain::segment(field.as_str())),
            (None, None) => {
                let kind = cause.object.kind.map(|kind| eval.program()[kind].name.as_str());
                let name = eval.name(cause.object).map(|n| explain::segment(n.as_str()));
                path = format!("{}{}", kind.unwrap_or_default(), name.unwrap_or_default());
            }
        }
    }
    path
}

/// Puts places in the stead of a ledger's entries.
pub(crate) fn resolve(diagnostics: &mut [Diagnostic], ledger: &Ledger) {
    for diagnostic in diagnostics {
        for label in &mut diagnostic.labels {
            if let Some(own) = ledger.number(label.span).and_then(|at| ledger.get(at)?.own) {
                label.span = own;
            }
        }
        diagnostic.labels.retain(|label| !is_entry(label.span));
        diagnostic.fixes.clear();
    }
}
