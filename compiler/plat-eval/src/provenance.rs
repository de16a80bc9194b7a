//! Where values come from: the entry that set a field, and every layer that had a say in it.

use crate::env::Env;
use crate::evaluator::Evaluator;
use crate::layers::{Among, Contributed, Contribution};
use crate::object::{Layer, LayerSource, Layers};
use crate::value::{Context, Object, ObjectId, Value};
use plat_base::{Name, Span};
use plat_sema::hir::{ExprId, ExprKind, InstanceId, KindId, Verb};

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

fn origin_of_contribution(found: &Contribution<'_>) -> Option<LayerOrigin> {
    let verb = match &found.entry {
        Contributed::Plain(..) => LayerVerb::Set,
        Contributed::Field(field, _) => match field.verb {
            Verb::Set(_) => LayerVerb::Set,
            Verb::Unset => LayerVerb::Unset,
            Verb::Refine(_) => LayerVerb::Refine,
            Verb::Append(_) => LayerVerb::Append,
        },
    };
    let owner = found.source.owner();
    Some(LayerOrigin { span: found.entry.span()?, verb, conditional: found.guarded, owner })
}
