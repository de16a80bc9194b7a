//! Lists.

use super::Call;
use crate::evaluator::Evaluator;
use crate::ops::order;
use crate::value::Value;
use plat_base::Limit;
use plat_sema::hir::{RecordField, Ty};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::rc::Rc;

fn items<'a>(call: &'a Call<'_>, at: usize) -> &'a [Value] {
    match call.arg(at) {
        Value::List(items) => items,
        _ => &[],
    }
}

/// `range(n)` counts from 0 to below `n`, `range(a, b)` from `a` to below `b`; a third argument is the step.
pub(super) fn range(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let (from, to) = match (call.int(0), call.int(1)) {
        (Some(a), Some(b)) => (i128::from(a), i128::from(b)),
        (Some(n), None) => (0, i128::from(n)),
        _ => return Value::Poison,
    };
    let step = i128::from(call.int(2).unwrap_or(1));
    let count = match step.signum() {
        1 => (to - from + step - 1).max(0) / step,
        -1 => (from - to - step - 1).max(0) / -step,
        _ => return this.out_of_range("a range with a step of 0", call.span),
    };
    if count > this.limits.length as i128 {
        let limit = this.limits.length;
        let message = format!("this range has more than {limit} elements");
        return this.exceed(Limit::Length, message, call.span, false);
    }
    let values = (0..count).map(|i| Value::Int((from + i * step) as i64)).collect();
    this.list(values, call.span)
}

pub(super) fn reverse(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    match call.arg(0) {
        Value::Str(text) => this.string(text.text.chars().rev().collect::<String>(), call.span),
        _ => this.list(items(call, 0).iter().rev().cloned().collect(), call.span),
    }
}

/// In ascending order, equal ones as they were.
pub(super) fn sort(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let mut sorted = items(call, 0).to_vec();
    if sorted.iter().any(|v| matches!(v, Value::Poison)) {
        return Value::Poison;
    }
    // Sorting compares each element several times.
    this.steps += sorted.len() as u64 * u64::from(sorted.len().max(1).ilog2()) / 4;
    // Instances have no order of their own: their names decide.
    let named = |this: &Evaluator<'_>, value: &Value| match value {
        Value::Object(object) => this.data(object.id).name,
        _ => None,
    };
    sorted.sort_by(|a, b| match (named(this, a), named(this, b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => order(a, b).unwrap_or(Ordering::Equal),
    });
    this.list(sorted, call.span)
}

/// The first of each of several equal elements.
pub(super) fn unique(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let mut kept: Vec<Value> = Vec::new();
    let mut texts: HashSet<Rc<str>> = HashSet::new();
    let mut numbers: HashSet<i64> = HashSet::new();
    for item in items(call, 0) {
        let is_new = match item {
            Value::Str(text) => texts.insert(Rc::clone(&text.text)),
            Value::Int(n) => numbers.insert(*n),
            other => {
                let mut is_new = true;
                for known in &kept {
                    this.steps += 1;
                    if this.must_stop() {
                        return Value::Poison;
                    }
                    match this.equal(known, other) {
                        None => return Value::Poison,
                        Some(same) => is_new &= !same,
                    }
                }
                is_new
            }
        };
        if is_new {
            kept.push(item.clone());
        }
    }
    this.list(kept, call.span)
}

pub(super) fn flatten(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let mut flat = Vec::new();
    for item in items(call, 0) {
        match item {
            Value::List(inner) => flat.extend(inner.iter().cloned()),
            // Nobody knows how many elements it would have.
            Value::Poison => return Value::Poison,
            other => flat.push(other.clone()),
        }
        if flat.len() > this.limits.length {
            break;
        }
    }
    this.list(flat, call.span)
}

pub(super) fn first(_: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    items(call, 0).first().cloned().unwrap_or(Value::Absent)
}

pub(super) fn last(_: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    items(call, 0).last().cloned().unwrap_or(Value::Absent)
}

pub(super) fn any(_: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    quantified(call, true)
}

pub(super) fn all(_: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    quantified(call, false)
}

fn quantified(call: &Call<'_>, decisive: bool) -> Value {
    for item in items(call, 0) {
        match item {
            Value::Bool(b) if *b == decisive => return Value::Bool(decisive),
            Value::Bool(_) => {}
            _ => return Value::Poison,
        }
    }
    Value::Bool(!decisive)
}

/// Where an element stands in a list, or a part in a string; absent if nowhere.
pub(super) fn index_of(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    if let (Some(text), Some(part)) = (call.text(0), call.text(1)) {
        let at = text.find(&**part).and_then(|at| text.get(..at));
        return at.map_or(Value::Absent, |before| Value::Int(before.chars().count() as i64));
    }
    for (at, item) in items(call, 0).iter().enumerate() {
        match this.equal(item, call.arg(1)) {
            None => return Value::Poison,
            Some(true) => return Value::Int(at as i64),
            Some(false) => {}
        }
    }
    Value::Absent
}

/// `slice(x, from, to)`: elements (or characters) from `from` to below `to`, as far as there are any. Negative
/// positions count from the end.
pub(super) fn slice(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let bounds = |length: usize| {
        let place = |n: i64| if n < 0 { length as i64 + n } else { n }.clamp(0, length as i64) as usize;
        let from = place(call.int(1).unwrap_or(0));
        (from, place(call.int(2).unwrap_or(length as i64)).max(from))
    };
    match call.arg(0) {
        Value::Str(text) => {
            let (from, to) = bounds(text.text.chars().count());
            let part: String = text.text.chars().skip(from).take(to - from).collect();
            this.string(part, call.span)
        }
        Value::List(items) => {
            let (from, to) = bounds(items.len());
            this.list(items.get(from..to).unwrap_or(&[]).to_vec(), call.span)
        }
        _ => Value::Poison,
    }
}

/// Pairs up two lists, as far as the shorter goes: a map from strings where the type says so, else records with the
/// two fields that the type names, else lists of two.
pub(super) fn zip(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let pairs: Vec<(Value, Value)> =
        items(call, 0).iter().cloned().zip(items(call, 1).iter().cloned()).collect();
    let program = this.program;
    match this.bare(call.ty) {
        Ty::Map(_) => {
            let entry = |(key, value): (Value, Value)| match key {
                Value::Str(key) => Some((plat_base::Name::new(&key.text), value, Some(call.span))),
                _ => None,
            };
            let entries = pairs.into_iter().filter_map(entry).collect();
            this.plain(call.ty, entries)
        }
        Ty::List(element) => {
            let fields: &[RecordField] = match this.bare(*element) {
                Ty::Record(id) => &program.types.record(*id).fields,
                _ => &[],
            };
            let values = pairs
                .into_iter()
                .map(|(a, b)| match fields {
                    [x, y] => this.plain(*element, vec![(x.name, a, None), (y.name, b, None)]),
                    _ => this.list(vec![a, b], call.span),
                })
                .collect();
            this.list(values, call.span)
        }
        _ => Value::Poison,
    }
}
