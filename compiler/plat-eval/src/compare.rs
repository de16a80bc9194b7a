//! Equality, and which fields an object has. Declared instances are equal if they are the same declaration,
//! everything else if its parts are.

use crate::calls::Entries;
use crate::evaluator::Evaluator;
use crate::object::{ComputedKey, Layer, Layers, Stack};
use crate::ops::order;
use crate::plan::IdMap;
use crate::value::{Context, Object, ObjectId, Value};
use plat_base::Name;
use plat_sema::hir::{BodyId, Key, KindId, Ty, TyId};
use std::cmp::Ordering;
use std::rc::Rc;

/// Whether a value equals itself, whatever the context.
fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Quantity(_) | Value::Variant(..))
}

impl<'p> Evaluator<'p> {
    /// Whether two values are equal in the current context; `None` if a part of them is poisoned.
    pub(crate) fn equal(&mut self, a: &Value, b: &Value) -> Option<bool> {
        let at = self.at;
        self.equal_in(a, at, b, at)
    }

    /// Whether `a` in one context equals `b` in another.
    pub(crate) fn equal_in(&mut self, a: &Value, at_a: Context, b: &Value, at_b: Context) -> Option<bool> {
        Some(match (a, b) {
            (Value::Poison, _) | (_, Value::Poison) => return None,
            (Value::Absent, Value::Absent) | (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) => *a as f64 == *b,
            (Value::Str(a), Value::Str(b)) => a.text == b.text,
            (Value::Quantity(a), Value::Quantity(b)) => a == b,
            (Value::Variant(a, x), Value::Variant(b, y)) => a == b && x == y,
            (Value::Secret(a), Value::Secret(b)) => a == b,
            (Value::List(a), Value::List(b)) => {
                if a.len() != b.len() {
                    return Some(false);
                }
                if Rc::ptr_eq(a, b) && at_a == at_b && a.iter().all(is_scalar) {
                    return Some(true);
                }
                self.steps += 1 + a.len() as u64 / 8;
                if self.must_stop() {
                    return None;
                }
                for (a, b) in a.iter().zip(b.iter()) {
                    if !self.equal_in(a, at_a, b, at_b)? {
                        return Some(false);
                    }
                }
                true
            }
            (Value::Object(a), Value::Object(b)) => return self.equal_objects(*a, at_a, *b, at_b),
            (n @ (Value::Int(_) | Value::Float(_)), q @ Value::Quantity(_))
            | (q @ Value::Quantity(_), n @ (Value::Int(_) | Value::Float(_))) => {
                order(n, q) == Some(Ordering::Equal)
            }
            _ => false,
        })
    }

    fn equal_objects(&mut self, a: Object, at_a: Context, b: Object, at_b: Context) -> Option<bool> {
        if a.id == b.id && (a.instance.is_some() || at_a == at_b) {
            return Some(true);
        }
        if a.instance.is_some() || b.instance.is_some() || a.kind != b.kind {
            return Some(false);
        }
        if self.exhausted {
            return None;
        }
        if self.depth >= self.limits.depth {
            if let Some(place) = self.place_of(a.id) {
                self.too_deep(place);
            }
            return None;
        }
        self.depth += 1;
        let same = self.equal_fields(a, at_a, b, at_b);
        self.depth -= 1;
        same
    }

    fn equal_fields(&mut self, a: Object, at_a: Context, b: Object, at_b: Context) -> Option<bool> {
        let keys = self.in_context(at_a, |this| this.present_keys(a.id));
        let others = self.in_context(at_b, |this| this.present_keys(b.id));
        if keys.len() != others.len() {
            return Some(false);
        }
        for key in keys {
            self.steps += 1;
            if self.must_stop() {
                return None;
            }
            let x = self.in_context(at_a, |this| this.read(a.id, key));
            let y = self.in_context(at_b, |this| this.read(b.id, key));
            if !self.equal_in(&x, at_a, &y, at_b)? {
                return Some(false);
            }
        }
        Some(true)
    }

    /// The names that some layer mentions or the type declares: candidates for [`Evaluator::present_keys`].
    pub(crate) fn candidate_keys(&mut self, id: ObjectId) -> Rc<[Name]> {
        let (kind, ty) = (self.data(id).kind, self.data(id).ty);
        let stack = self.layers_of(id);
        let computed = self.computed_keys(id, &stack);
        let body = |layer: &Layer| match layer {
            Layer::Body { body, .. } => Some(*body),
            Layer::Plain(_) => None,
        };
        let bodies: Option<Vec<BodyId>> = stack.as_slice().iter().map(body).collect();
        // Without computed keys, objects of the same bodies have the same ones.
        let shape = bodies.filter(|_| computed.is_empty()).map(|bodies| (ty, bodies));
        if let Some(known) = shape.as_ref().and_then(|shape| self.shapes.get(shape)) {
            return Rc::clone(known);
        }
        let names: Rc<[Name]> = self.collect_keys(kind, ty, &stack, &computed).into();
        if let Some(shape) = shape {
            self.shapes.insert(shape, Rc::clone(&names));
        }
        names
    }

    fn collect_keys(
        &mut self,
        kind: Option<KindId>,
        ty: TyId,
        stack: &Stack,
        computed: &[ComputedKey],
    ) -> Vec<Name> {
        let program = self.program;
        let mut names: Vec<Name> = Vec::new();
        match (kind, self.bare(ty)) {
            (Some(kind), _) => names.extend(program[kind].fields.iter().map(|f| f.name)),
            (None, Ty::Record(record)) => {
                names.extend(program.types.record(*record).fields.iter().map(|f| f.name));
            }
            _ => {}
        }
        let mut seen: IdMap<Name, ()> = names.iter().map(|n| (*n, ())).collect();
        let mut add = |name: Name, names: &mut Vec<Name>| {
            if seen.insert(name, ()).is_none() {
                names.push(name);
            }
        };
        for (at, layer) in stack.as_slice().iter().enumerate() {
            match layer {
                Layer::Plain(plain) => plain.entries.iter().for_each(|(name, ..)| add(*name, &mut names)),
                Layer::Body { body, .. } => {
                    let plan = self.plan(*body);
                    for (place, entry) in plan.entries.iter().enumerate() {
                        match entry.field.key {
                            Key::Static(name) => add(name, &mut names),
                            Key::Computed(_) => {
                                let mine = |k: &&ComputedKey| (k.0 as usize, k.1 as usize) == (at, place);
                                computed.iter().filter(mine).for_each(|(.., name)| add(*name, &mut names));
                            }
                        }
                    }
                }
            }
        }
        names
    }

    /// The fields that are present in the current context, in order.
    pub(crate) fn present_keys(&mut self, id: ObjectId) -> Vec<Name> {
        if let Layers::Fixed(Stack::One(Layer::Plain(plain))) = &self.data(id).layers {
            let present = plain.entries.iter().filter(|(_, value, _)| !matches!(value, Value::Absent));
            let keys: Vec<_> = present.map(|(name, ..)| *name).collect();
            self.steps += keys.len() as u64 / 8;
            return keys;
        }
        if self.known.is_some() {
            return self.found_entries(id).iter().map(|(name, _)| *name).collect();
        }
        let names = self.candidate_keys(id);
        names.iter().copied().filter(|name| self.is_present(id, *name)).collect()
    }

    /// The present fields with their values. Of the instances of several kinds, some may have the same name; each is
    /// there.
    pub(crate) fn entries_of(&mut self, id: ObjectId) -> Vec<(Name, Value)> {
        if let Layers::Fixed(Stack::One(Layer::Plain(plain))) = &self.data(id).layers {
            let present = plain.entries.iter().filter(|(_, value, _)| !matches!(value, Value::Absent));
            let entries: Vec<_> = present.map(|(name, value, _)| (*name, value.clone())).collect();
            self.steps += entries.len() as u64 / 8;
            return entries;
        }
        self.found_entries(id).to_vec()
    }

    fn found_entries(&mut self, id: ObjectId) -> Entries {
        self.known_entries(id, |this| {
            let names = this.candidate_keys(id);
            let present = names.iter().copied().filter(|name| this.is_present(id, *name)).collect::<Vec<_>>();
            present.into_iter().map(|name| (name, this.read(id, name))).collect()
        })
    }

    /// Whether a field has a value. A required one without a layer is not present, and not reported here.
    fn is_present(&mut self, id: ObjectId, name: Name) -> bool {
        if !self.is_mentioned(id, name) {
            let named = self.data(id).name.is_some() && self.data(id).kind.is_some();
            return named && name == self.name_field;
        }
        !matches!(self.read(id, name), Value::Absent)
    }

    /// Whether some layer says something about a field, in whatever context.
    pub(crate) fn is_mentioned(&mut self, id: ObjectId, name: Name) -> bool {
        let stack = self.layers_of(id);
        let computed = self.computed_keys(id, &stack);
        computed.iter().any(|(.., n)| *n == name)
            || stack.as_slice().iter().any(|layer| match layer {
                Layer::Plain(plain) => plain.value(name).is_some(),
                Layer::Body { body, .. } => self.plan(*body).mentions(name),
            })
    }
}
