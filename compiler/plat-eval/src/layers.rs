//! Fields from layers: which entries apply in the context, and what set, unset, refine and append make of them.

use crate::construct::is_default;
use crate::env::{self, Env};
use crate::evaluator::{Evaluator, Pending};
use crate::object::{ComputedKey, Layer, LayerSource, Layers, Memo, Plain, Stack};
use crate::provenance::LayerOwner;
use crate::value::{ObjectId, Secret, SecretPart, Text, TextRef, Value};
use plat_base::{Diagnostic, Limit, Name, Span};
use plat_sema::hir::{Axes, BodyId, ExprId, ExprKind, Field, KindField, KindId, Ty, TyId, Verb};
use std::rc::Rc;

/// An entry that applies to a field: the layer's position and what it says.
#[derive(Clone)]
pub(crate) struct Contribution<'p> {
    pub(crate) layer: usize,
    pub(crate) source: LayerSource,
    pub(crate) entry: Contributed<'p>,
    pub(crate) guarded: bool,
    /// The layer, if its fields are values already.
    pub(crate) plain: Option<Rc<Plain>>,
}

/// What a layer says about a field.
#[derive(Clone)]
pub(crate) enum Contributed<'p> {
    /// An entry of a body, in its environment.
    Field(&'p Field, Env),
    /// A value that is known already.
    Plain(Value, Option<Span>),
}

/// What the layers say about a field at first sight.
enum Top<'p> {
    /// None mentions it.
    Nothing,
    /// The value is known.
    Plain(Value),
    /// The topmost entry sets it, always.
    Set(&'p Field, ExprId, Env, LayerOwner),
    /// Several layers, conditions or rules of the kind have a say.
    Several,
}

/// Which layers are looked at.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Among {
    /// All.
    All,
    /// The kind defaults below this layer.
    DefaultsBelow(usize),
}

impl<'p> Evaluator<'p> {
    /// The value of a field in the current context.
    pub(crate) fn read(&mut self, id: ObjectId, name: Name) -> Value {
        if let Some(slot) = self.data(id).slot(name) {
            if let Some(memo) = slot.memos.find(self.at) {
                let (mask, at, value) = (memo.mask, memo.at, memo.value.clone());
                self.mask = self.mask.union(mask);
                if self.records() {
                    self.adopt_field((id, name, at));
                }
                return value;
            }
            if slot.busy {
                return self.cycle(Pending::Field(id, name));
            }
        }
        if self.exhausted {
            return Value::Poison;
        }
        let top = self.top_entry(id, name);
        if !self.records()
            && let Some(value) = self.read_simply(id, name, &top)
        {
            return value;
        }
        self.data_mut(id).slot_mut(name).busy = true;
        self.pending.push(Pending::Field(id, name));
        let saved = std::mem::replace(&mut self.mask, Axes::NONE);
        let mark = self.problems.mark();
        let in_check = std::mem::replace(&mut self.in_check, false);
        let outer = self.begin_value();
        let (value, read) = self.recorded(|this| this.compute(id, name, top));
        self.file_field((id, name, self.at), read);
        self.adopt(read);
        self.end_value(outer);
        self.in_check = in_check;
        let mask = self.mask;
        self.mask = saved.union(mask);
        self.pending.pop();
        self.problems.settle(mark, mask);
        let at = self.at;
        if matches!(value, Value::Object(_) | Value::List(_)) {
            self.keep_in(id);
        }
        let slot = self.data_mut(id).slot_mut(name);
        slot.busy = false;
        slot.memos.add(Memo { mask, at, value: value.clone() });
        value
    }

    /// What the layers say about a field, if one look is enough.
    fn top_entry(&mut self, id: ObjectId, name: Name) -> Top<'p> {
        let data = self.data(id);
        let Layers::Fixed(stack) = &data.layers else { return Top::Several };
        if let Stack::One(Layer::Plain(plain)) = stack {
            return Top::Plain(plain.value(name).map_or(Value::Absent, |(value, _)| value));
        }
        let (kind, stack) = (data.kind, stack.clone());
        for layer in stack.as_slice().iter().rev() {
            let Layer::Body { body, env, source, .. } = layer else { return Top::Several };
            let plan = self.plan(*body);
            if !plan.computed.is_empty() {
                return Top::Several;
            }
            let mut top = None;
            plan.rev_entries(name, |at| {
                top = Some(at);
                false
            });
            let Some(at) = top else { continue };
            let entry = &plan.entries[at];
            let Verb::Set(expr) = entry.field.verb else { return Top::Several };
            let checked = kind.is_some_and(|kind| {
                let info = self.kind_info(kind);
                info.has_final || info.by_reference
            });
            if checked || !entry.guards.is_empty() {
                return Top::Several;
            }
            return Top::Set(entry.field, expr, env.clone(), source.owner());
        }
        Top::Nothing
    }

    /// Fields that are cheaper to look up than to remember: constants, variables, and what no layer mentions.
    fn read_simply(&mut self, id: ObjectId, name: Name, top: &Top<'p>) -> Option<Value> {
        match top {
            Top::Several => None,
            Top::Plain(value) => Some(value.clone()),
            Top::Nothing => {
                let (kind, ty) = (self.data(id).kind, self.data(id).ty);
                self.unmentioned(id, kind, ty, name)
            }
            Top::Set(field, expr, env, _) => {
                let value = match &self.program[*expr].kind {
                    ExprKind::Const(constant) => self.constant(constant),
                    ExprKind::Local { up, slot } => env::local(env, *up, *slot)?.clone(),
                    _ => return None,
                };
                if matches!(value, Value::Absent) || self.needs_binding(field.ty) {
                    None
                } else {
                    Some(value)
                }
            }
        }
    }

    /// A field that no layer mentions, if its absence is fine or its value is known.
    fn unmentioned(&mut self, id: ObjectId, kind: Option<KindId>, ty: TyId, name: Name) -> Option<Value> {
        match kind {
            Some(kind) if name == self.name_field => {
                let declared = self.data(id).name;
                let required = self.kind_field(kind, name).is_some_and(|f| !f.optional);
                match declared {
                    Some(declared) => {
                        let text = self.text_of(declared);
                        Some(Value::Str(Text { text, reference: None }))
                    }
                    None => (!required).then_some(Value::Absent),
                }
            }
            Some(kind) => match self.kind_field(kind, name) {
                Some(field) if !field.optional => None,
                _ => Some(Value::Absent),
            },
            None => match self.bare(ty) {
                Ty::Record(record) => {
                    let record = self.program.types.record(*record);
                    let required = record.fields.iter().any(|f| f.name == name && !f.optional);
                    (!required).then_some(Value::Absent)
                }
                _ => Some(Value::Absent),
            },
        }
    }

    pub(crate) fn kind_field(&mut self, kind: KindId, name: Name) -> Option<&'p KindField> {
        let info = self.kind_info(kind);
        let program = self.program;
        program[kind].fields.get(*info.fields.get(&name)? as usize)
    }

    fn compute(&mut self, id: ObjectId, name: Name, top: Top<'p>) -> Value {
        if let Top::Set(field, expr, env, owner) = top {
            self.note(field.key_span);
            return match self.owned(owner, |this| this.set(field.ty, expr, &env)) {
                Value::Absent => self.without_value(id, name),
                value => value,
            };
        }
        let kind = self.data(id).kind;
        let declared = kind.and_then(|kind| self.kind_field(kind, name));
        let is_final = declared.is_some_and(|f| f.is_final);
        let Some(found) = self.contributions(id, name, Among::All, is_final) else { return Value::Poison };
        if self.records() {
            self.note_contributions(name, &found);
        }
        if is_final && found.len() > 1 {
            return self.overridden(name, &found);
        }
        let value = self.apply(id, name, &found);
        match (value, kind) {
            (Value::Absent, _) => self.without_value(id, name),
            (value, Some(kind)) if declared.is_none() => self.by_reference(id, kind, name, value),
            (value, _) => value,
        }
    }

    /// The current computation goes through these entries.
    fn note_contributions(&mut self, name: Name, found: &[Contribution<'p>]) {
        for one in found.iter().rev() {
            match &one.entry {
                Contributed::Field(field, _) => self.note(field.key_span),
                Contributed::Plain(_, span) => {
                    if let Some(span) = span {
                        self.note(crate::reads::head(*span));
                    }
                    if let Some(plain) = &one.plain {
                        self.adopt_plain(plain, name);
                    }
                }
            }
        }
    }

    fn without_value(&mut self, id: ObjectId, name: Name) -> Value {
        let (kind, ty) = (self.data(id).kind, self.data(id).ty);
        if let Some(value) = self.unmentioned(id, kind, ty, name) {
            return value;
        }
        if let Some(field) = kind.and_then(|kind| self.kind_field(kind, name)) {
            return self.missing(id, name, field.span, field.ty, field.doc.as_deref());
        }
        if let Ty::Record(record) = self.bare(ty) {
            let record = self.program.types.record(*record);
            if let Some(field) = record.fields.iter().find(|f| f.name == name) {
                return self.missing(id, name, field.span, field.ty, field.doc.as_deref());
            }
        }
        Value::Absent
    }

    /// The entries that apply to a field, from the one that sets it up to the topmost; all of them if `every`.
    /// `None` if a condition is poisoned.
    pub(crate) fn contributions(
        &mut self,
        id: ObjectId,
        name: Name,
        among: Among,
        every: bool,
    ) -> Option<Vec<Contribution<'p>>> {
        let stack = self.layers_of(id);
        let keys = self.computed_keys(id, &stack);
        let mut found: Vec<Contribution<'p>> = Vec::new();
        for (at, layer) in stack.as_slice().iter().enumerate().rev() {
            if let Among::DefaultsBelow(limit) = among
                && (at >= limit || !is_default(layer))
            {
                continue;
            }
            match layer {
                Layer::Plain(plain) => {
                    if let Some((value, span)) = plain.value(name) {
                        let entry = Contributed::Plain(value, span);
                        let source = LayerSource::Expression(LayerOwner::Expression);
                        found.push(Contribution {
                            layer: at,
                            source,
                            entry,
                            guarded: false,
                            plain: Some(Rc::clone(plain)),
                        });
                        if !every {
                            break;
                        }
                    }
                }
                Layer::Body { body, env, source, .. } => {
                    let stop =
                        self.layer_entries((at, *body, env, *source), name, &keys, every, &mut found)?;
                    if stop {
                        break;
                    }
                }
            }
        }
        found.reverse();
        Some(found)
    }

    /// Adds the entries of one layer, last to first; whether one of them makes those below irrelevant.
    fn layer_entries(
        &mut self,
        (layer, body, env, source): (usize, BodyId, &Env, LayerSource),
        name: Name,
        keys: &[ComputedKey],
        every: bool,
        found: &mut Vec<Contribution<'p>>,
    ) -> Option<bool> {
        let plan = self.plan(body);
        let mut at: Vec<usize> = Vec::new();
        plan.rev_entries(name, |entry| {
            at.push(entry);
            true
        });
        if !plan.computed.is_empty() {
            let mine = keys.iter().filter(|(l, _, n)| *l as usize == layer && *n == name);
            at.extend(mine.map(|(_, entry, _)| *entry as usize));
            at.sort_unstable_by(|a, b| b.cmp(a));
        }
        for at in at {
            let entry = &plan.entries[at];
            // A block that does not apply has no say.
            let (holds, read) = self.recorded(|this| this.all_hold(&entry.guards, env));
            if !holds? {
                continue;
            }
            self.adopt_condition(read);
            let guarded = !entry.guards.is_empty();
            let field = entry.field;
            let entry = Contributed::Field(field, env.clone());
            found.push(Contribution { layer, source, entry, guarded, plain: None });
            if !every && matches!(field.verb, Verb::Set(_) | Verb::Unset) {
                return Some(true);
            }
        }
        Some(false)
    }

    pub(crate) fn all_hold(&mut self, guards: &[ExprId], env: &Env) -> Option<bool> {
        for guard in guards {
            match self.eval(*guard, env) {
                Value::Bool(true) => {}
                Value::Bool(false) => return Some(false),
                _ => return None,
            }
        }
        Some(true)
    }

    /// What the entries make of a field, from the lowest to the topmost.
    pub(crate) fn apply(&mut self, id: ObjectId, name: Name, found: &[Contribution<'p>]) -> Value {
        let mut value = Value::Absent;
        for (at, step) in found.iter().enumerate() {
            value = match &step.entry {
                Contributed::Plain(value, _) => value.clone(),
                Contributed::Field(field, env) => self.owned(step.source.owner(), |this| {
                    // What holds of the whole has to hold of the finished value, not of what is still added to.
                    let finished = at + 1 == found.len();
                    let ty = if finished { field.ty } else { this.program.types.base(field.ty) };
                    match field.verb {
                        Verb::Set(expr) => this.set(ty, expr, env),
                        Verb::Unset => this.reset(id, name, step.layer),
                        Verb::Refine(body) => {
                            let whole = this.refine(value, body, env);
                            this.bind(whole, ty, field.key_span)
                        }
                        Verb::Append(expr) => this.append(value, ty, expr, env),
                    }
                }),
            };
            if matches!(value, Value::Poison) {
                return Value::Poison;
            }
        }
        value
    }

    /// Runs `f`; the layers that it makes are written in a declaration of this owner.
    fn owned<R>(&mut self, owner: LayerOwner, f: impl FnOnce(&mut Self) -> R) -> R {
        let saved = std::mem::replace(&mut self.owner, owner);
        let result = f(self);
        self.owner = saved;
        result
    }

    fn set(&mut self, ty: TyId, expr: ExprId, env: &Env) -> Value {
        let value = self.eval(expr, env);
        let span = self.program[expr].span;
        self.bind(value, ty, span)
    }

    /// `f = unset`: what the kind's own declarations below give, or nothing.
    fn reset(&mut self, id: ObjectId, name: Name, layer: usize) -> Value {
        if self.data(id).kind.is_none() {
            return Value::Absent;
        }
        match self.contributions(id, name, Among::DefaultsBelow(layer), false) {
            Some(found) => self.apply(id, name, &found),
            None => Value::Poison,
        }
    }

    fn refine(&mut self, below: Value, body: BodyId, env: &Env) -> Value {
        match below {
            Value::Object(object) => self.amended(object, body, env),
            Value::Poison => Value::Poison,
            _ => {
                let ty = self.program[body].target;
                let kind = match self.bare(ty) {
                    Ty::Kind(kind) => Some(*kind),
                    _ => None,
                };
                self.fresh(ty, kind, body, env)
            }
        }
    }

    fn append(&mut self, below: Value, ty: TyId, expr: ExprId, env: &Env) -> Value {
        let span = self.program[expr].span;
        let whole = match (below, self.eval(expr, env)) {
            (Value::Poison, _) | (_, Value::Poison) => return Value::Poison,
            (Value::List(a), Value::List(b)) => self.joined_list(&a, &b, span),
            (_, more) => more,
        };
        self.bind(whole, ty, span)
    }

    pub(crate) fn joined_list(&mut self, a: &Rc<[Value]>, b: &Rc<[Value]>, span: Span) -> Value {
        if a.is_empty() {
            return Value::List(Rc::clone(b));
        }
        if b.is_empty() {
            return Value::List(Rc::clone(a));
        }
        let whole = self.list(a.iter().chain(b.iter()).cloned().collect(), span);
        self.file_joined(&whole, [a, b]);
        whole
    }

    /// A list, if it is neither too long nor too deep: what compares, prints or frees it recurses.
    pub(crate) fn list(&mut self, values: Vec<Value>, span: Span) -> Value {
        self.list_of(values, span, Into::into)
    }

    /// The same of a list that was taken from the spare ones, and goes back there.
    pub(crate) fn list_from(&mut self, mut values: Vec<Value>, span: Span) -> Value {
        let list = self.list_of(&mut values, span, |values| values.drain(..).collect());
        // What was large once is not kept for what is small.
        if values.capacity() <= 64 {
            values.clear();
            self.spare.push(values);
        }
        list
    }

    fn list_of<V: std::borrow::Borrow<Vec<Value>>>(
        &mut self,
        list: V,
        span: Span,
        take: impl FnOnce(V) -> Rc<[Value]>,
    ) -> Value {
        let values: &Vec<Value> = list.borrow();
        if values.len() > self.limits.length {
            let limit = self.limits.length;
            let message = format!("this list would have more than {limit} elements");
            return self.exceed(Limit::Length, message, span, false);
        }
        self.steps += values.len() as u64 / 2;
        let key = |items: &Rc<[Value]>| items.as_ptr() as usize;
        let inner = values.iter().filter_map(|value| match value {
            Value::List(items) => Some(self.nested.get(&key(items)).map_or(1, |(depth, _)| *depth)),
            _ => None,
        });
        let depth = 1 + inner.max().unwrap_or(0);
        if depth > self.limits.layers {
            let limit = self.limits.layers;
            let message = format!("lists are nested more than {limit} levels deep");
            return self.exceed(Limit::Layers, message, span, false);
        }
        let items: Rc<[Value]> = take(list);
        if depth > 1 {
            // Kept alive, so that no other list gets its address.
            self.nested.insert(key(&items), (depth, Rc::clone(&items)));
            self.kept = true;
        }
        Value::List(items)
    }

    fn overridden(&mut self, name: Name, found: &[Contribution<'p>]) -> Value {
        let spans: Vec<Span> = found.iter().filter_map(|c| c.entry.span()).collect();
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return Value::Poison };
        let diagnostic =
            Diagnostic::error("final-overridden", format!("`{name}` may be set only once"), *last)
                .primary("set again here")
                .label(*first, "set here")
                .help("remove one of the two");
        self.fail(diagnostic)
    }

    /// A value read from a further field of a declared instance whose kind says that such values are references.
    fn by_reference(&mut self, id: ObjectId, kind: KindId, name: Name, value: Value) -> Value {
        let owner = self.handle(id);
        if owner.instance.is_none() || !self.kind_info(kind).by_reference {
            return value;
        }
        let Some(instance) = self.data(id).name else { return value };
        let entry = TextRef { owner, instance, key: name };
        match value {
            Value::Str(text) => Value::Str(Text { text: text.text, reference: Some(Rc::new(entry)) }),
            Value::Secret(secret) if secret.parts.contains(&SecretPart::Source) => {
                Value::Secret(Rc::new(Secret { parts: vec![SecretPart::Entry(entry)] }))
            }
            other => other,
        }
    }
}

impl Contributed<'_> {
    /// Where it is written.
    pub(crate) fn span(&self) -> Option<Span> {
        match self {
            Contributed::Field(field, _) => Some(field.span),
            Contributed::Plain(_, span) => *span,
        }
    }
}
