//! Numbers and quantities.

use super::Call;
use crate::evaluator::Evaluator;
use crate::ops::{order, rational};
use crate::value::Value;
use plat_base::{Diagnostic, Quantity, Rational};
use plat_sema::hir::Ty;
use std::cmp::Ordering;

pub(super) fn abs(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    match call.arg(0) {
        Value::Int(n) => match n.checked_abs() {
            Some(n) => Value::Int(n),
            None => this.out_of_range("the result", call.span),
        },
        Value::Float(f) => Value::Float(f.abs()),
        Value::Quantity(q) if q.amount < Rational::ZERO => Quantity::new(q.dimension, q.amount.neg()).into(),
        other => other.clone(),
    }
}

pub(super) fn floor(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    to_grain(this, call, Rational::floor)
}

pub(super) fn ceil(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    to_grain(this, call, Rational::ceil)
}

pub(super) fn round(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    to_grain(this, call, Rational::round)
}

/// `f(x, to)`: the multiple of `to` (by default one base unit, or 1) that `f` picks.
fn to_grain(this: &mut Evaluator<'_>, call: &Call<'_>, f: fn(Rational) -> i128) -> Value {
    let one = Rational::whole(1);
    let is_zero = match call.arg(1) {
        Value::Quantity(to) => to.amount == Rational::ZERO,
        to => rational(to) == Some(Rational::ZERO),
    };
    if is_zero {
        let diagnostic = Diagnostic::error("division-by-zero", "nothing but 0 is a multiple of 0", call.span)
            .primary("`to` is 0 here")
            .help("leave `to` out for whole numbers and base units, or give it the step: `to = 1Mi`");
        return this.fail(diagnostic);
    }
    let multiple = |amount: Rational, grain: Rational| Rational::whole(f(amount.div(grain)?)).mul(grain);
    match (call.arg(0), call.arg(1)) {
        (Value::Quantity(q), to) => {
            let grain = match to {
                Value::Quantity(to) => to.amount,
                _ => one,
            };
            this.quantity(q.dimension, multiple(q.amount, grain), call.span)
        }
        (n, to) => {
            let grain = rational(to).unwrap_or(one);
            match rational(n).and_then(|n| multiple(n, grain)) {
                Some(n) if n.to_whole().is_some() && !matches!(this.bare(call.ty), Ty::Float) => {
                    this.int(n.floor(), call.span)
                }
                Some(n) => Value::Float(n.to_f64()),
                None => this.out_of_range("the result", call.span),
            }
        }
    }
}

pub(super) fn min(_: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    extreme(call, Ordering::Less)
}

pub(super) fn max(_: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    extreme(call, Ordering::Greater)
}

/// The least or greatest element of a list, or of several arguments; absent if there is none.
fn extreme(call: &Call<'_>, wanted: Ordering) -> Value {
    let mut best = Value::Absent;
    for value in operands(call) {
        if matches!(value, Value::Poison) {
            return Value::Poison;
        }
        if matches!(best, Value::Absent) || order(value, &best) == Some(wanted) {
            best = value.clone();
        }
    }
    best
}

fn operands<'a>(call: &'a Call<'_>) -> Vec<&'a Value> {
    let mut all = Vec::new();
    for arg in call.args {
        match arg {
            Value::List(items) => all.extend(items.iter()),
            Value::Absent => {}
            other => all.push(other),
        }
    }
    all
}

/// The sum of a list; of an empty one, zero of the expected type.
pub(super) fn sum(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let mut total = match this.bare(call.ty) {
        Ty::Quantity(dimension) => Quantity::whole(*dimension, 0).into(),
        Ty::Float => Value::Float(0.0),
        _ => Value::Int(0),
    };
    for (at, value) in operands(call).into_iter().enumerate() {
        total = match (&total, value) {
            (_, Value::Poison) => return Value::Poison,
            (_, first) if at == 0 => first.clone(),
            (Value::Int(a), Value::Int(b)) => match a.checked_add(*b) {
                Some(n) => Value::Int(n),
                None => return this.out_of_range("the sum", call.span),
            },
            (Value::Quantity(a), Value::Quantity(b)) => {
                this.quantity(a.dimension, a.amount.add(b.amount), call.span)
            }
            (a, b) => match (rational(a), rational(b)) {
                (Some(a), Some(b)) => this.finite(a.to_f64() + b.to_f64(), call.span),
                _ => return Value::Poison,
            },
        };
    }
    total
}

/// The whole number that a string is (absent if it is none), or a float without its fraction.
pub(super) fn to_int(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let whole = match call.arg(0) {
        Value::Int(n) => Some(*n),
        Value::Float(f) if f.abs() >= 9.2e18 => return this.out_of_range("the result", call.span),
        Value::Float(f) => Some(f.trunc() as i64),
        Value::Str(text) => text.text.trim().parse().ok(),
        Value::Quantity(q) => q.check().ok(),
        _ => None,
    };
    whole.map_or(Value::Absent, Value::Int)
}

/// The number that a string or whole number is; absent if it is none.
pub(super) fn to_float(_: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let number = match call.arg(0) {
        Value::Int(n) => Some(*n as f64),
        Value::Float(f) => Some(*f),
        Value::Str(text) => Rational::parse_decimal(text.text.trim()).map(Rational::to_f64),
        Value::Quantity(q) => Some(q.amount.to_f64()),
        _ => None,
    };
    number.map_or(Value::Absent, Value::Float)
}
