//! Where values come from: the entry that set a field, and every layer that had a say in it.

use crate::env::Env;
use crate::evaluator::Evaluator;
use crate::layers::{Among, Contributed, Contribution};
use crate::object::{Layer, LayerSource, Layers};
use crate::value::{Context, Object, ObjectId, Value};
use plat_base::{Name, Span};
use plat_sema::hir::{ExprId, ExprKind, InstanceId, KindId, Ty, Verb};

/// One layer's say in a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LayerOrigin {
    /// The entry.
    pub span: Span,
    /// What it does.
    pub verb: LayerVerb,
    /// Whether a `when` block brought it in.
    pub conditional: bool,
    /// Whose layer it is.
    pub owner: LayerOwner,
}

/// One layer's say in a field, seen from a context.
#[derive(Clone, Debug)]
pub struct Influence {
    /// The entry.
    pub origin: LayerOrigin,
    /// Whether its conditions hold.
    pub applies: bool,
    /// Whether it is the last one that applies: the value after it is the field's.
    pub wins: bool,
    /// The value after it.
    pub value: Option<Value>,
    /// What it refines with.
    body: Option<plat_sema::hir::BodyId>,
}

/// Something that an expression read.
#[derive(Clone, Debug)]
pub struct Input {
    /// The path in the expression.
    pub span: Span,
    /// What it is.
    pub value: Value,
    /// Where its own story is.
    pub source: InputSource,
}

/// What an input is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InputSource {
    /// A field.
    Field(Object, Name),
    /// A constant.
    Constant(plat_sema::hir::LetId),
    /// Something else: the length of a list.
    Other,
}

/// What a layer does to a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LayerVerb {
    /// `f = e`.
    Set,
    /// `f = unset`.
    Unset,
    /// `f { … }`.
    Refine,
    /// `f += e`.
    Append,
}

/// Whose layer it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LayerOwner {
    /// A kind's defaults.
    Kind(KindId),
    /// A declared instance's own fields.
    Instance(InstanceId),
    /// A constant or a function at top level.
    Expression,
}

impl<'p> Evaluator<'p> {
    /// The entry of the topmost layer that set a field or, if it is only refined there, refined it.
    pub fn origin(&mut self, object: Object, field: Name, at: Context) -> Option<Span> {
        let saved = self.mask;
        let span = self.in_context(at, |this| this.origin_of(object.id, field));
        self.mask = saved;
        span
    }

    /// Where the type of an object declares a field, and the kind that does; no kind if it is a record type.
    pub fn declared_field(&mut self, object: Object, field: Name) -> Option<(Span, Option<KindId>)> {
        if let Some(kind) = object.kind {
            return Some((self.kind_field(kind, field)?.span, Some(kind)));
        }
        let Ty::Record(record) = self.bare(object.ty) else { return None };
        let record = self.program.types.record(*record);
        record.fields.iter().find(|f| f.name == field).map(|f| (f.span, None))
    }

    /// Where each element of a list is written, as far as the layers that set and append to it write it out.
    pub fn element_origins(&mut self, object: Object, field: Name, at: Context) -> Vec<Span> {
        let saved = self.mask;
        let found = self
            .in_context(at, |this| this.contributions(object.id, field, Among::All, false))
            .unwrap_or_default();
        self.mask = saved;
        let program = self.program;
        let mut spans = Vec::new();
        for contribution in &found {
            let Contributed::Field(field, _) = contribution.entry else { return Vec::new() };
            let (Verb::Set(expr) | Verb::Append(expr)) = field.verb else { return Vec::new() };
            let ExprKind::List(items) = &program[expr].kind else { return Vec::new() };
            spans.extend(items.iter().map(|item| program[*item].span));
        }
        spans
    }

    /// Every layer that set or changed a field in a context, first to last.
    pub fn layers(&mut self, object: Object, field: Name, at: Context) -> Vec<LayerOrigin> {
        let saved = self.mask;
        let found = self
            .in_context(at, |this| this.contributions(object.id, field, Among::All, true))
            .unwrap_or_default();
        self.mask = saved;
        found.iter().filter_map(origin_of_contribution).collect()
    }

    /// Every layer that says something about a field, first to last, whether it applies in the context or not; and
    /// what the expression that counts was computed from.
    pub fn influences(&mut self, object: Object, field: Name, at: Context) -> (Vec<Influence>, Vec<Input>) {
        let saved = self.mask;
        let found = self.in_context(at, |this| this.influences_here(object.id, field));
        self.mask = saved;
        found
    }

    fn influences_here(&mut self, id: ObjectId, field: Name) -> (Vec<Influence>, Vec<Input>) {
        let applied = self.contributions(id, field, Among::All, true).unwrap_or_default();
        let mut all: Vec<Influence> = Vec::new();
        let mut inputs = Vec::new();
        for (at, one) in applied.iter().enumerate() {
            let Some(origin) = origin_of_contribution(one) else { continue };
            let value = match self.apply(id, field, &applied[..=at]) {
                Value::Poison => None,
                value => Some(value),
            };
            if let Contributed::Field(written, env) = &one.entry
                && let Verb::Set(expr) | Verb::Append(expr) = written.verb
            {
                let (new, sets) = (self.inputs_of(expr, env), matches!(written.verb, Verb::Set(_)));
                if sets {
                    inputs.clear();
                }
                inputs.extend(new);
            }
            let body = match &one.entry {
                Contributed::Field(written, _) => body_of(&written.verb),
                Contributed::Plain(..) => None,
            };
            all.push(Influence { origin, applies: true, wins: false, value, body });
        }
        if let Some(last) = all.last_mut() {
            last.wins = true;
        }
        self.add_idle(id, field, &mut all);
        (all, inputs)
    }

    /// Adds the entries whose conditions do not hold, each before the one that it would come before.
    fn add_idle(&mut self, id: ObjectId, field: Name, all: &mut Vec<Influence>) {
        let stack = self.layers_of(id);
        let mut next = 0;
        for layer in stack.as_slice() {
            let Layer::Body { body, source, .. } = layer else { continue };
            let plan = self.plan(*body);
            for entry in plan.entries.iter().filter(|e| e.field.key == plat_sema::hir::Key::Static(field)) {
                match all.iter().skip(next).position(|known| known.origin.span == entry.field.span) {
                    Some(at) => next += at + 1,
                    None if entry.guards.is_empty() => {}
                    None => {
                        let (verb, owner) = (verb_of(&entry.field.verb), source.owner());
                        let span = entry.field.span;
                        let origin = LayerOrigin { span, verb, conditional: true, owner };
                        let body = body_of(&entry.field.verb);
                        let idle = Influence { origin, applies: false, wins: false, value: None, body };
                        all.insert(next, idle);
                        next += 1;
                    }
                }
            }
        }
    }

    /// Takes into account that a field stands inside what refines its object: an entry inside a `when` depends on that
    /// `when`, and one inside a `when` that does not hold is added to `found`.
    pub fn within(&mut self, found: &mut Vec<Influence>, field: Name, outer: &[Influence]) {
        for around in outer.iter().filter(|o| o.origin.conditional) {
            let Some(body) = around.body else { continue };
            if around.applies {
                let inside = |one: &&mut Influence| around.origin.span.contains(one.origin.span);
                found.iter_mut().filter(inside).for_each(|one| one.origin.conditional = true);
                continue;
            }
            let plan = self.plan(body);
            let key = plat_sema::hir::Key::Static(field);
            for entry in plan.entries.iter().filter(|e| e.field.key == key) {
                let span = entry.field.span;
                let later =
                    |one: &Influence| one.origin.span.file == span.file && one.origin.span.start > span.start;
                let at = found.iter().position(later).unwrap_or(found.len());
                let (verb, owner) = (verb_of(&entry.field.verb), around.origin.owner);
                let origin = LayerOrigin { span, verb, conditional: true, owner };
                let body = body_of(&entry.field.verb);
                found.insert(at, Influence { origin, applies: false, wins: false, value: None, body });
            }
        }
    }

    /// The value of a constant, where it is declared, and what it was computed from.
    pub fn constant_story(&mut self, id: plat_sema::hir::LetId, at: Context) -> (Value, Span, Vec<Input>) {
        let constant = &self.program[id];
        let saved = self.mask;
        let (value, inputs) =
            self.in_context(at, |this| (this.constant_of_module(id), this.inputs_of(constant.value, &None)));
        self.mask = saved;
        (value, constant.name_span, inputs)
    }

    /// The paths that an expression reads, with their values.
    fn inputs_of(&mut self, expr: ExprId, env: &Env) -> Vec<Input> {
        let whole = self.program[expr].span;
        let outer = self.witness.replace(Vec::new());
        self.eval(expr, env);
        let seen = std::mem::replace(&mut self.witness, outer).unwrap_or_default();
        let mut inputs: Vec<Input> = Vec::new();
        for (id, value) in &seen {
            let span = self.program[*id].span;
            if !whole.contains(span) {
                continue;
            }
            let source = match &self.program[*id].kind {
                ExprKind::Field { base, name, .. } => {
                    let base = seen.iter().find(|(other, _)| other == base).map(|(_, value)| value);
                    match base {
                        Some(Value::Object(object)) => InputSource::Field(*object, *name),
                        _ => InputSource::Other,
                    }
                }
                ExprKind::Let(constant) => InputSource::Constant(*constant),
                _ => continue,
            };
            // Of `a.b.c`, only the whole path.
            inputs.retain(|known| !(known.span.start == span.start && known.span.end < span.end));
            if !inputs.iter().any(|known| known.span.contains(span)) {
                inputs.push(Input { span, value: value.clone(), source });
            }
        }
        inputs
    }

    pub(crate) fn origin_of(&mut self, id: ObjectId, field: Name) -> Option<Span> {
        if let Layers::Fixed(stack) = &self.data(id).layers
            && let [Layer::Plain(plain)] = stack.as_slice()
        {
            return plain.value(field).and_then(|(_, span)| span);
        }
        let found = self.contributions(id, field, Among::All, false)?;
        match found.last() {
            Some(top) => top.entry.span(),
            None if field == self.name_field => self.place_of(id),
            None => None,
        }
    }

    /// The topmost entry that mentions a field, whether it applies or not.
    pub(crate) fn mention_of(&mut self, id: ObjectId, field: Name) -> Option<Span> {
        let Layers::Fixed(stack) = &self.data(id).layers else { return None };
        let stack = stack.clone();
        for layer in stack.as_slice().iter().rev() {
            match layer {
                Layer::Plain(plain) => {
                    if let Some((_, span)) = plain.value(field) {
                        return span;
                    }
                }
                Layer::Body { body, .. } => {
                    let plan = self.plan(*body);
                    let mut span = None;
                    plan.rev_entries(field, |at| {
                        span = Some(plan.entries[at].field.span);
                        false
                    });
                    if span.is_some() {
                        return span;
                    }
                }
            }
        }
        None
    }

    /// Where an anonymous object is written: its topmost body, or the entry of its first field.
    pub(crate) fn written_at(&mut self, id: ObjectId) -> Option<Span> {
        let Layers::Fixed(stack) = &self.data(id).layers else { return None };
        let mut lowest = None;
        for layer in stack.as_slice().iter().rev() {
            match layer {
                Layer::Body { body, source: LayerSource::Kind(_), .. } => {
                    lowest = lowest.or(Some(self.program[*body].span));
                }
                Layer::Body { body, .. } => return Some(self.program[*body].span),
                Layer::Plain(plain) => lowest = lowest.or(plain.entries.iter().find_map(|(.., span)| *span)),
            }
        }
        lowest
    }

    /// Where the value of a path was set, through the layers: `None` if the path is absent or no path.
    pub(crate) fn origin_of_path(&mut self, path: ExprId, env: &Env) -> Option<Span> {
        match &self.program[path].kind {
            ExprKind::Field { base, name, .. } => match self.eval(*base, env) {
                Value::Object(object) => match self.read(object.id, *name) {
                    Value::Absent => None,
                    _ => self.origin_of(object.id, *name).or_else(|| self.origin_of_path(*base, env)),
                },
                Value::Absent | Value::Poison => None,
                // The length of a list or string: where that was set.
                _ => self.origin_of_path(*base, env),
            },
            ExprKind::Index { base, index } => {
                let key = self.eval(*index, env);
                match (self.eval(*base, env), key) {
                    (Value::Object(object), Value::Str(key)) => {
                        let key = Name::new(&key.text);
                        match self.read(object.id, key) {
                            Value::Absent => None,
                            _ => self.origin_of(object.id, key),
                        }
                    }
                    (Value::List(_), Value::Int(at)) => self.element_origin(*base, at, env),
                    _ => None,
                }
            }
            ExprKind::Coalesce(a, b) => match self.eval(*a, env) {
                Value::Absent => self.origin_of_path(*b, env),
                _ => self.origin_of_path(*a, env),
            },
            ExprKind::Convert(_, inner) => self.origin_of_path(*inner, env),
            _ => match self.eval(path, env) {
                Value::Object(object) => self.place_of(object.id),
                _ => None,
            },
        }
    }

    /// The element of a list: where it is written, if the list is a literal; else where the list was set.
    fn element_origin(&mut self, list: ExprId, at: i64, env: &Env) -> Option<Span> {
        if let ExprKind::Field { base, name, .. } = &self.program[list].kind
            && let Value::Object(object) = self.eval(*base, env)
        {
            let found = self.contributions(object.id, *name, Among::All, false)?;
            if let [Contribution { entry: Contributed::Field(field, _), .. }] = found.as_slice()
                && let Verb::Set(expr) = field.verb
                && let ExprKind::List(items) = &self.program[expr].kind
                && let Some(item) = usize::try_from(at).ok().and_then(|at| items.get(at))
            {
                return Some(self.program[*item].span);
            }
        }
        self.origin_of_path(list, env)
    }
}

fn body_of(verb: &Verb) -> Option<plat_sema::hir::BodyId> {
    match verb {
        Verb::Refine(body) => Some(*body),
        _ => None,
    }
}

fn verb_of(verb: &Verb) -> LayerVerb {
    match verb {
        Verb::Set(_) => LayerVerb::Set,
        Verb::Unset => LayerVerb::Unset,
        Verb::Refine(_) => LayerVerb::Refine,
        Verb::Append(_) => LayerVerb::Append,
    }
}

fn origin_of_contribution(found: &Contribution<'_>) -> Option<LayerOrigin> {
    let verb = match &found.entry {
        Contributed::Plain(..) => LayerVerb::Set,
        Contributed::Field(field, _) => verb_of(&field.verb),
    };
    let owner = found.source.owner();
    Some(LayerOrigin { span: found.entry.span()?, verb, conditional: found.guarded, owner })
}
