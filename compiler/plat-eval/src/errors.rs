//! The problems that were found: each once, with the contexts that it happens in. Constructors of the diagnostics
//! that several modules make; those of one module stand there.

use crate::evaluator::{Evaluator, Pending};
use crate::object::{Layer, Layers, agrees};
use crate::value::{Context, ObjectId, Value};
use plat_base::{Diagnostic, Limit, Name, Span};
use plat_sema::hir::{Axes, BodyId, Entry, Field, Key, Ty, TyId, Verb};
use std::collections::HashMap;

/// A problem and where it was seen: the context, and the axes that it depends on.
#[derive(Debug)]
struct Problem {
    diagnostic: Diagnostic,
    seen: Vec<(Axes, Context)>,
}

/// All problems so far.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    list: Vec<Problem>,
    keys: HashMap<(String, String, Vec<Span>), usize>,
    /// Sightings whose axes are not known yet: the value that they happened in is still being computed.
    open: Vec<(usize, usize)>,
}

impl Problems {
    /// Adds a sighting; its axes are `mask` or, if `None`, those of the value being computed.
    pub(crate) fn add(&mut self, diagnostic: Diagnostic, mask: Option<Axes>, at: Context) {
        let places = diagnostic.labels.iter().map(|label| label.span).collect();
        let key = (diagnostic.code.clone(), diagnostic.message.clone(), places);
        let index = *self.keys.entry(key).or_insert_with(|| {
            self.list.push(Problem { diagnostic, seen: Vec::new() });
            self.list.len() - 1
        });
        let Some(problem) = self.list.get_mut(index) else { return };
        problem.seen.push((mask.unwrap_or(Axes::BOTH), at));
        if mask.is_none() {
            self.open.push((index, problem.seen.len() - 1));
        }
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds a label to the problem that was found last, unless it has one at that place.
    pub(crate) fn label_last(&mut self, span: Span, text: String) {
        if let Some(last) = self.list.last_mut()
            && last.diagnostic.labels.iter().all(|label| label.span != span)
        {
            last.diagnostic.labels.push(plat_base::Label { span, text });
        }
    }

    /// How many sightings are open: to be given to [`Problems::settle`] later.
    pub(crate) fn mark(&self) -> usize {
        self.open.len()
    }

    /// The value in which the sightings since `mark` happened has been computed, and depends on `mask`.
    pub(crate) fn settle(&mut self, mark: usize, mask: Axes) {
        for (problem, seen) in self.open.drain(mark.min(self.open.len())..) {
            if let Some(sighting) = self.list.get_mut(problem).and_then(|p| p.seen.get_mut(seen)) {
                sighting.0 = mask;
            }
        }
    }
}

/// The key that a body refines, among entries.
fn key_among(entries: &[Entry], wanted: BodyId) -> Option<Name> {
    entries.iter().find_map(|entry| match entry {
        Entry::Field(Field { key: Key::Static(name), verb: Verb::Refine(body), .. }) if *body == wanted => {
            Some(*name)
        }
        Entry::When { entries, .. } => key_among(entries, wanted),
        Entry::Field(_) => None,
    })
}

/// The first sentence of a doc comment, as it stands in the middle of another one.
fn first_sentence(doc: Option<&str>) -> Option<String> {
    let words: Vec<&str> = doc?.split_whitespace().collect();
    let text = words.join(" ");
    let sentence = text.split(". ").next()?.trim_end_matches('.');
    let mut letters = sentence.chars();
    let first = letters.next()?;
    let is_name = letters.clone().next().is_none_or(|c| !c.is_lowercase() && c != ' ');
    Some(if is_name { sentence.to_owned() } else { format!("{}{}", first.to_lowercase(), letters.as_str()) })
}

impl<'p> Evaluator<'p> {
    /// The problems found so far, in source order, each with the contexts that it happens in (none: everywhere).
    /// They are handed out once.
    pub fn diagnostics(&mut self) -> Vec<Diagnostic> {
        let found = std::mem::take(&mut self.problems);
        let mut all = Vec::with_capacity(found.list.len());
        for problem in found.list {
            let mut diagnostic = problem.diagnostic;
            diagnostic.contexts = self.name_contexts(&problem.seen);
            all.push(diagnostic);
        }
        let place = |d: &Diagnostic| d.span().map(|s| (s.file, s.start, s.end));
        all.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.message.cmp(&b.message)));
        // What naming the axes may have found is of no interest any more.
        self.problems = Problems::default();
        all
    }

    /// The contexts in which something was seen, as people say them; empty if it is everywhere.
    fn name_contexts(&mut self, seen: &[(Axes, Context)]) -> Vec<String> {
        let everywhere = |mask: &Axes, at: &Context| {
            (!mask.contains(Axes::PLATFORM) || at.platform.is_none())
                && (!mask.contains(Axes::ENVIRONMENT) || at.environment.is_none())
        };
        if seen.is_empty() || seen.iter().any(|(mask, at)| everywhere(mask, at)) {
            return Vec::new();
        }
        let holds = |context: Context| {
            let fits = |given: Option<u16>, own: Option<u16>| given.is_none() || given == own;
            seen.iter().any(|(mask, at)| {
                agrees(*mask, *at, context)
                    || (fits(at.platform, context.platform) && fits(at.environment, context.environment))
            })
        };
        let all = self.all_contexts();
        let inside: Vec<Context> = all.iter().copied().filter(|c| holds(*c)).collect();
        if inside.len() == all.len() {
            return Vec::new();
        }
        self.describe_contexts(&inside)
    }

    /// Reports a problem in the current context.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.problems.add(diagnostic, None, self.at);
    }

    /// Reports an error and gives the poisoned value.
    pub(crate) fn fail(&mut self, diagnostic: Diagnostic) -> Value {
        self.report(diagnostic);
        Value::Poison
    }

    /// A limit was reached: said once per limit, at the first place; with `stop`, nothing more is computed.
    pub(crate) fn exceed(&mut self, limit: Limit, what: String, span: Span, stop: bool) -> Value {
        if !self.exhausted && !self.exceeded.contains(&what) {
            self.exhausted = stop;
            let value = self.limits.get(limit);
            let diagnostic = limit.exceeded(value, what.clone(), span);
            self.exceeded.push(what);
            self.report(diagnostic);
        }
        Value::Poison
    }

    /// What is computed is nested too deeply.
    #[cold]
    pub(crate) fn too_deep(&mut self, span: Span) -> Value {
        let depth = self.limits.depth;
        self.exceed(Limit::Depth, format!("this is nested more than {depth} levels deep"), span, false)
    }

    /// An axis is read where none is given.
    pub(crate) fn not_fixed(&mut self, axis: &str, span: Span) -> Value {
        let (what, place) = match self.fixed.last() {
            Some((what, place)) => (what.clone(), Some(*place)),
            None => ("this value".to_owned(), None),
        };
        let message = format!("{what} may not vary by {axis}");
        let mut diagnostic = Diagnostic::error("varies-where-fixed", message, span)
            .primary(format!("the {axis} is read here"))
            .help(format!("decide it without `{axis}`: move what differs into a field that may vary"));
        if let Some(place) = place
            && place != span
        {
            diagnostic = diagnostic.label(place, "which is needed here");
        }
        self.fail(diagnostic)
    }

    /// Something depends on itself: `from` is where the ring closes in the list of what is under way.
    pub(crate) fn cycle(&mut self, again: Pending) -> Value {
        let from = self.pending.iter().position(|p| *p == again).unwrap_or(0);
        let ring: Vec<Pending> = self.pending[from..].to_vec();
        let mut steps: Vec<(Span, String)> =
            ring.iter().filter_map(|p| self.pending_place(*p)).collect::<Vec<_>>();
        steps.dedup();
        // The ring is told from its first place in the source, wherever it was entered.
        if let Some(first) = (0..steps.len()).min_by_key(|i| steps[*i].0) {
            steps.rotate_left(first);
        }
        let Some((start, name)) = steps.first().cloned() else { return Value::Poison };
        let mut diagnostic = Diagnostic::error("cyclic-value", format!("{name} depends on itself"), start)
            .help("give one of these a value that does not come from the others");
        let next = |at: usize| steps.get((at + 1) % steps.len()).map_or(String::new(), |s| s.1.clone());
        diagnostic = diagnostic.primary(match steps.len() {
            1 => "its value is computed from itself".to_owned(),
            _ => format!("{name} needs {}", next(0)),
        });
        for (at, (span, name)) in steps.iter().enumerate().skip(1) {
            diagnostic = diagnostic.label(*span, format!("{name} needs {}", next(at)));
        }
        self.fail(diagnostic)
    }

    pub(crate) fn pending_place(&mut self, pending: Pending) -> Option<(Span, String)> {
        match pending {
            Pending::Let(id) => {
                let constant = &self.program[id];
                Some((constant.name_span, format!("`{}`", constant.name)))
            }
            Pending::Layers(object) => {
                let name = self.data(object).name?;
                Some((self.place_of(object)?, format!("`{name}`")))
            }
            Pending::Field(object, name) => {
                let span = self.mention_of(object, name).or_else(|| self.place_of(object))?;
                match self.key_of(object) {
                    Some(key) => Some((span, format!("`{key}.{name}`"))),
                    None => Some((span, format!("`{name}`"))),
                }
            }
        }
    }

    /// Where an object is declared or written.
    pub(crate) fn place_of(&mut self, object: ObjectId) -> Option<Span> {
        if let Some(instance) = self.data(object).instance {
            return Some(self.instance_name(instance));
        }
        self.written_at(object)
    }

    /// How messages call an object: `service api`, or what it is.
    pub(crate) fn describe(&self, object: ObjectId) -> String {
        let data = self.data(object);
        match (data.kind, data.instance, data.name) {
            (Some(kind), Some(_), Some(name)) => format!("{} `{name}`", self.program[kind].name),
            (Some(kind), ..) => {
                format!("this `{}`", self.program[kind].name)
            }
            _ => match self.bare(data.ty) {
                Ty::Record(id) => match self.program.types.record(*id).name {
                    Some(name) => format!("this `{name}`"),
                    None => "this record".to_owned(),
                },
                Ty::Instances(kind) => format!("`{}`", self.program[*kind].name),
                _ => "this map".to_owned(),
            },
        }
    }

    /// A required field has no value.
    pub(crate) fn missing(
        &mut self,
        object: ObjectId,
        name: Name,
        declared: Span,
        ty: TyId,
        doc: Option<&str>,
    ) -> Value {
        let Some(place) = self.place_of(object) else { return Value::Poison };
        let subject = self.describe(object);
        let shown = plat_sema::type_name(self.program, ty);
        let message = format!("{subject} has no `{name}`");
        let is_std = self.program.modules.iter().any(|m| m.is_std && m.file == declared.file);
        let help = match (self.parent_that_sets(object, name), first_sentence(doc).filter(|_| is_std)) {
            (Some(help), _) => help,
            (None, Some(what)) => format!("add `{name} = …` ({what})"),
            (None, None) => format!("add `{name} = …` (a value of type `{shown}`)"),
        };
        let mut diagnostic = Diagnostic::error("missing-field", message, place)
            .primary(format!("`{name}` is missing"))
            .help(help);
        if declared != place && !is_std {
            diagnostic = diagnostic.label(declared, "it is required here");
        }
        self.fail(diagnostic)
    }

    /// What to extend, if the field is one that only abstract instances of the standard library set.
    fn parent_that_sets(&mut self, object: ObjectId, name: Name) -> Option<String> {
        let data = self.data(object);
        let (kind, own, instance) = (data.kind?, data.name?, data.instance?);
        let program = self.program;
        let field = self.kind_field(kind, name)?;
        if !field.is_final || program[instance].parent.is_some() {
            return None;
        }
        let of_std =
            |i: &&plat_sema::hir::Instance| i.is_abstract && i.kind == kind && program[i.module].is_std;
        let parent = program.instances.iter().find(of_std)?;
        let plat_sema::hir::InstanceName::Static(parent) = parent.name else { return None };
        let kind = program[kind].name;
        Some(format!(
            "the standard library has it: `use std.{kind}s`, then `{kind} {own} extends {kind}s.{parent} {{ … }}`"
        ))
    }

    /// The field that an object is the value of, as far as it is refined in braces.
    fn key_of(&mut self, object: ObjectId) -> Option<Name> {
        let Layers::Fixed(stack) = &self.data(object).layers else { return None };
        let wanted = stack.as_slice().iter().rev().find_map(|layer| match layer {
            Layer::Body { body, .. } => Some(*body),
            Layer::Plain(_) => None,
        })?;
        self.program.bodies.iter().find_map(|body| key_among(&body.entries, wanted))
    }
}
