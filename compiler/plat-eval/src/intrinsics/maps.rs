//! Maps, records and data.

use super::Call;
use crate::evaluator::Evaluator;
use crate::value::Value;
use plat_base::{Diagnostic, Limit, Name, Span};
use plat_sema::hir::Ty;

pub(super) fn keys(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let Value::Object(object) = call.arg(0) else { return Value::Poison };
    let keys = this.present_keys(object.id).into_iter().map(|key| this.text_value(key)).collect();
    this.list(keys, call.span)
}

/// The keys of what a kind takes beside its own fields, without the name that every instance has.
pub(super) fn entries(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let Value::Object(object) = *call.arg(0) else { return Value::Poison };
    let name = this.name_field;
    let own = |this: &mut Evaluator<'_>, key: Name| key != name || this.mention_of(object.id, key).is_some();
    let mut keys = this.present_keys(object.id);
    keys.retain(|key| own(this, *key));
    let keys = keys.into_iter().map(|key| this.text_value(key)).collect();
    this.list(keys, call.span)
}

/// `texts(entries)`: the entries of a map or config that are text, in their order, as records of `key` and `text`. Those
/// that are in error are left out, so that one of them hides nothing of the others.
pub(super) fn texts(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let Value::Object(object) = *call.arg(0) else { return Value::Poison };
    let Ty::List(element) = *this.bare(call.ty) else { return Value::Poison };
    let name = this.name_field;
    let mut texts = Vec::new();
    for (key, value) in this.entries_of(object.id) {
        let own = key != name || this.mention_of(object.id, key).is_some();
        if own && matches!(value, Value::Str(_)) {
            let named = this.text_value(key);
            let record = vec![(Name::new("key"), named, None), (Name::new("text"), value, None)];
            texts.push(this.plain(element, record));
        }
    }
    this.list(texts, call.span)
}

pub(super) fn values(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let Value::Object(object) = call.arg(0) else { return Value::Poison };
    let values = this.entries_of(object.id).into_iter().map(|(_, value)| value).collect();
    this.list(values, call.span)
}

pub(super) fn length(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    match call.arg(0) {
        Value::List(items) => Value::Int(items.len() as i64),
        Value::Str(text) => Value::Int(text.text.chars().count() as i64),
        Value::Object(object) => Value::Int(this.present_keys(object.id).len() as i64),
        _ => Value::Poison,
    }
}

/// Whether a map has a key, or a list an element.
pub(super) fn has(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let found = match call.arg(0) {
        Value::Absent => Some(false),
        whole => this.contained(call.arg(1), whole),
    };
    found.map_or(Value::Poison, Value::Bool)
}

/// The entries of all its maps; of a key that several have, the last one's value at the first one's place.
pub(super) fn merge(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let mut entries: Vec<(Name, Value, Option<Span>)> = Vec::new();
    let mut places = crate::plan::IdMap::<Name, usize>::default();
    let mut parts: Vec<Value> = Vec::new();
    for arg in call.args {
        match arg {
            Value::List(items) => parts.extend(items.iter().cloned()),
            other => parts.push(other.clone()),
        }
    }
    for part in parts {
        let object = match part {
            Value::Object(object) => object,
            Value::Absent => continue,
            _ => return Value::Poison,
        };
        for key in this.present_keys(object.id) {
            let value = this.read(object.id, key);
            let origin = this.origin_of(object.id, key);
            match places.get(&key).and_then(|at| entries.get_mut(*at)) {
                Some(entry) => *entry = (key, value, origin),
                None => {
                    places.insert(key, entries.len());
                    entries.push((key, value, origin));
                }
            }
        }
    }
    this.plain(call.ty, entries)
}

pub(super) fn json(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let mut out = String::new();
    match this.json(&mut out, call.arg(0), 0) {
        Some(()) => this.string(out, call.span),
        None => unprintable(this, call, out.len()),
    }
}

pub(super) fn yaml(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let mut out = String::new();
    match this.yaml(&mut out, call.arg(0), 0) {
        Some(()) => this.string(out, call.span),
        None => unprintable(this, call, out.len()),
    }
}

/// A part is poisoned (which has been said), secret, or the whole is too long or too deep.
fn unprintable(this: &mut Evaluator<'_>, call: &Call<'_>, length: usize) -> Value {
    match this.obstacle(call.arg(0), 0) {
        Some(Obstacle::Secret) => {
            let diagnostic =
                Diagnostic::error("secret-in-text", "a secret would become text here", call.span)
                    .help("leave the secret out, and pass it on its own");
            this.fail(diagnostic)
        }
        Some(Obstacle::Poison) => Value::Poison,
        None if length > this.limits.text => this.too_much_text(call.span),
        None => {
            let limit = this.limits.layers;
            let message = format!("this value is nested more than {limit} levels deep");
            this.exceed(Limit::Layers, message, call.span, false)
        }
    }
}

/// Why a value does not become text.
enum Obstacle {
    Secret,
    Poison,
}

impl Evaluator<'_> {
    fn obstacle(&mut self, value: &Value, depth: usize) -> Option<Obstacle> {
        self.steps += 1;
        if self.must_stop() {
            return Some(Obstacle::Poison);
        }
        match value {
            Value::Secret(_) => Some(Obstacle::Secret),
            Value::Poison => Some(Obstacle::Poison),
            Value::List(items) if depth < self.limits.layers => {
                items.iter().find_map(|item| self.obstacle(item, depth + 1))
            }
            Value::Object(object) if depth < self.limits.layers => {
                let entries = self.entries_of(object.id);
                entries.iter().find_map(|(_, value)| self.obstacle(value, depth + 1))
            }
            _ => None,
        }
    }
}
