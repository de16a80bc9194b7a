//! Operators. Quantities are exact; whole numbers are checked; what does not fit is `out-of-range`.

use crate::evaluator::Evaluator;
use crate::patterns::Pattern;
use crate::value::{Secret, SecretPart, Value};
use plat_base::{Diagnostic, Dimension, Name, Quantity, Rational, Span};
use plat_sema::hir::{BinaryOp, Expr, ExprKind, Ty, TyId};
use std::cmp::Ordering;
use std::rc::Rc;

impl<'p> Evaluator<'p> {
    pub(crate) fn negate(&mut self, value: Value, span: Span) -> Value {
        match value {
            Value::Int(n) => match n.checked_neg() {
                Some(n) => Value::Int(n),
                None => self.out_of_range("this number", span),
            },
            Value::Float(f) => Value::Float(-f),
            Value::Quantity(q) => Quantity::new(q.dimension, q.amount.neg()).into(),
            _ => Value::Poison,
        }
    }

    pub(crate) fn binary(&mut self, op: BinaryOp, a: Value, b: Value, expr: &Expr, op_span: Span) -> Value {
        if matches!(a, Value::Poison) || matches!(b, Value::Poison) {
            return Value::Poison;
        }
        self.charge(&a);
        self.charge(&b);
        if op != BinaryOp::Add {
            self.adopt_elements(&a);
            self.adopt_elements(&b);
        }
        let verdict = |holds: Option<bool>| holds.map_or(Value::Poison, Value::Bool);
        match op {
            BinaryOp::Eq => verdict(self.equal(&a, &b)),
            BinaryOp::Ne => verdict(self.equal(&a, &b).map(|same| !same)),
            BinaryOp::Lt => verdict(order(&a, &b).map(Ordering::is_lt)),
            BinaryOp::Le => verdict(order(&a, &b).map(Ordering::is_le)),
            BinaryOp::Gt => verdict(order(&a, &b).map(Ordering::is_gt)),
            BinaryOp::Ge => verdict(order(&a, &b).map(Ordering::is_ge)),
            BinaryOp::In => verdict(self.contained(&a, &b)),
            BinaryOp::Matches => self.matches(&a, &b, op_span),
            _ => self.arithmetic(op, a, b, expr),
        }
    }

    /// Whether `a` is an element, key or part of `b`.
    pub(crate) fn contained(&mut self, a: &Value, b: &Value) -> Option<bool> {
        match (a, b) {
            (_, Value::List(items)) => {
                for item in items.iter() {
                    if self.equal(a, item)? {
                        return Some(true);
                    }
                }
                Some(false)
            }
            (Value::Str(key), Value::Object(object)) => {
                let value = self.read(object.id, Name::new(&key.text));
                Some(!matches!(value, Value::Absent))
            }
            (_, Value::Object(object)) => {
                for key in self.present_keys(object.id) {
                    let value = self.read(object.id, key);
                    if self.equal(a, &value)? {
                        return Some(true);
                    }
                }
                Some(false)
            }
            (Value::Str(part), Value::Str(whole)) => Some(whole.text.contains(&*part.text)),
            _ => None,
        }
    }

    fn matches(&mut self, a: &Value, b: &Value, span: Span) -> Value {
        let (Value::Str(text), Value::Str(pattern)) = (a, b) else { return Value::Poison };
        if let Some(known) = self.patterns.get_mut(&pattern.text) {
            return known.as_mut().map_or(Value::Poison, |known| Value::Bool(known.fits(&text.text)));
        }
        let made = Pattern::new(&pattern.text).map_err(|reason| {
            let message = format!("`{}` is not a pattern: {reason}", pattern.text);
            self.report(
                Diagnostic::error("syntax", message, span)
                    .help("a pattern is a regular expression without look-around and back references"),
            );
        });
        let mut made = made.ok();
        let fits = made.as_mut().map_or(Value::Poison, |made| Value::Bool(made.fits(&text.text)));
        self.patterns.insert(Rc::clone(&pattern.text), made);
        fits
    }

    fn arithmetic(&mut self, op: BinaryOp, a: Value, b: Value, expr: &Expr) -> Value {
        let span = expr.span;
        let (a, b) = if matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Div) {
            let (x, y) = (beside_cores(&a, &b), beside_cores(&b, &a));
            (x.unwrap_or(a), y.unwrap_or(b))
        } else {
            (a, b)
        };
        match (op, a, b) {
            (_, Value::Int(a), Value::Int(b)) => self.on_ints(op, a, b, expr),
            (BinaryOp::Add, Value::Str(a), Value::Str(b)) => {
                let mut text = String::with_capacity(a.text.len() + b.text.len());
                text.push_str(&a.text);
                text.push_str(&b.text);
                self.string(text, span)
            }
            (BinaryOp::Add, Value::List(a), Value::List(b)) => self.joined_list(&a, &b, span),
            (
                BinaryOp::Add,
                a @ (Value::Secret(_) | Value::Str(_)),
                b @ (Value::Secret(_) | Value::Str(_)),
            ) => {
                let mut parts = secret_parts(&a);
                parts.extend(secret_parts(&b));
                Value::Secret(Rc::new(Secret { parts }))
            }
            (_, Value::Quantity(a), Value::Quantity(b)) => self.on_quantities(op, *a, *b, expr),
            (BinaryOp::Mul, Value::Quantity(q), n) | (BinaryOp::Mul, n, Value::Quantity(q)) => {
                let amount = rational(&n).and_then(|n| q.amount.mul(n));
                self.quantity(q.dimension, amount, span)
            }
            (BinaryOp::Div, Value::Quantity(q), n) => match rational(&n) {
                Some(n) if n == Rational::ZERO => self.by_zero(expr),
                n => self.quantity(q.dimension, n.and_then(|n| q.amount.div(n)), span),
            },
            (BinaryOp::Of, Value::Quantity(percent), n) => self.share_of(*percent, &n, expr),
            (_, a, b) => match (float(&a), float(&b)) {
                (Some(a), Some(b)) => self.on_floats(op, a, b, expr),
                _ => Value::Poison,
            },
        }
    }

    fn on_ints(&mut self, op: BinaryOp, a: i64, b: i64, expr: &Expr) -> Value {
        let zero = b == 0 && matches!(op, BinaryOp::Div | BinaryOp::IntDiv | BinaryOp::Mod);
        if zero {
            return self.by_zero(expr);
        }
        let result = match op {
            BinaryOp::Add => a.checked_add(b),
            BinaryOp::Sub => a.checked_sub(b),
            BinaryOp::Mul => a.checked_mul(b),
            BinaryOp::IntDiv => a.checked_div_euclid(b),
            BinaryOp::Mod => a.checked_rem_euclid(b),
            BinaryOp::Div => return Value::Float(a as f64 / b as f64),
            _ => return Value::Poison,
        };
        match result {
            Some(n) => Value::Int(n),
            None => self.out_of_range("the result", expr.span),
        }
    }

    fn on_floats(&mut self, op: BinaryOp, a: f64, b: f64, expr: &Expr) -> Value {
        if b == 0.0 && matches!(op, BinaryOp::Div | BinaryOp::IntDiv | BinaryOp::Mod) {
            return self.by_zero(expr);
        }
        let result = match op {
            BinaryOp::Add => a + b,
            BinaryOp::Sub => a - b,
            BinaryOp::Mul => a * b,
            BinaryOp::Div => a / b,
            BinaryOp::IntDiv => a.div_euclid(b),
            BinaryOp::Mod => a.rem_euclid(b),
            _ => return Value::Poison,
        };
        self.finite(result, expr.span)
    }

    pub(crate) fn finite(&mut self, result: f64, span: Span) -> Value {
        if result.is_finite() { Value::Float(result) } else { self.out_of_range("the result", span) }
    }

    fn on_quantities(&mut self, op: BinaryOp, a: Quantity, b: Quantity, expr: &Expr) -> Value {
        let span = expr.span;
        if op == BinaryOp::Of && a.dimension == Dimension::Percent {
            let amount = a.as_factor().and_then(|factor| factor.mul(b.amount));
            return self.quantity(b.dimension, amount, span);
        }
        if a.dimension != b.dimension {
            return Value::Poison;
        }
        let ratio = match op {
            BinaryOp::Add => return self.quantity(a.dimension, a.amount.add(b.amount), span),
            BinaryOp::Sub => return self.quantity(a.dimension, a.amount.sub(b.amount), span),
            BinaryOp::Div | BinaryOp::IntDiv | BinaryOp::Mod if b.amount == Rational::ZERO => {
                return self.by_zero(expr);
            }
            _ => a.amount.div(b.amount),
        };
        let Some(ratio) = ratio else { return self.out_of_range("the result", span) };
        match op {
            BinaryOp::Div => self.finite(ratio.to_f64(), span),
            BinaryOp::IntDiv => self.int(ratio.floor(), span),
            BinaryOp::Mod => {
                let whole = Rational::whole(ratio.floor()).mul(b.amount);
                self.quantity(a.dimension, whole.and_then(|whole| a.amount.sub(whole)), span)
            }
            _ => Value::Poison,
        }
    }

    /// `75% of x`.
    fn share_of(&mut self, percent: Quantity, of: &Value, expr: &Expr) -> Value {
        let result = percent.as_factor().zip(rational(of)).and_then(|(factor, n)| factor.mul(n));
        let Some(result) = result else { return self.out_of_range("the result", expr.span) };
        self.number(result, expr.ty, expr.span)
    }

    /// A number of the expected type; an `int` must be whole.
    pub(crate) fn number(&mut self, n: Rational, ty: TyId, span: Span) -> Value {
        match (self.bare(ty), n.to_whole()) {
            (Ty::Int, Some(n)) => self.int(n, span),
            (Ty::Int, None) => {
                let message = format!("{} is not a whole number", n.to_f64());
                self.fail(
                    Diagnostic::error("not-whole", message, span)
                        .help("make it whole: `floor(…)`, `ceil(…)` or `round(…)`"),
                )
            }
            _ => self.finite(n.to_f64(), span),
        }
    }

    pub(crate) fn int(&mut self, n: i128, span: Span) -> Value {
        match i64::try_from(n) {
            Ok(n) => Value::Int(n),
            Err(_) => self.out_of_range("the result", span),
        }
    }

    pub(crate) fn quantity(&mut self, dimension: Dimension, amount: Option<Rational>, span: Span) -> Value {
        match amount {
            Some(amount) => Quantity::new(dimension, amount).into(),
            None => self.out_of_range("the result", span),
        }
    }

    /// Division by zero where the divisor is not an operand.
    fn by_zero_at(&mut self, span: Span) -> Value {
        let diagnostic = Diagnostic::error("division-by-zero", "this divides by zero", span)
            .primary("the divisor is 0")
            .help("ask first: `if n == 0 then … else … / n`");
        self.fail(diagnostic)
    }

    fn by_zero(&mut self, expr: &Expr) -> Value {
        let ExprKind::Binary { rhs, .. } = expr.kind else {
            return self.by_zero_at(expr.span);
        };
        let (span, mut n) = (self.program[rhs].span, "n".to_owned());
        let mut diagnostic =
            Diagnostic::error("division-by-zero", "this divides by zero", span).primary("this is 0");
        if let ExprKind::Let(id) = self.program[rhs].kind {
            let constant = &self.program[id];
            diagnostic = diagnostic.label(self.program[constant.value].span, "which comes from here");
            n = constant.name.to_string();
        }
        self.fail(diagnostic.help(format!("ask first: `if {n} == 0 then … else … / {n}`")))
    }
}

fn secret_parts(value: &Value) -> Vec<SecretPart> {
    match value {
        Value::Secret(secret) => secret.parts.clone(),
        Value::Str(text) => vec![SecretPart::Text(Rc::clone(&text.text))],
        _ => Vec::new(),
    }
}

/// The exact value of a number.
pub(crate) fn rational(value: &Value) -> Option<Rational> {
    match value {
        Value::Int(n) => Some(Rational::whole(i128::from(*n))),
        Value::Float(f) => Rational::from_f64(*f),
        _ => None,
    }
}

fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Int(n) => Some(*n as f64),
        Value::Float(f) => Some(*f),
        _ => None,
    }
}

/// A number beside a number of cores is one: where records of several types are one list, a field can be written
/// either way (`[{ cpu = 1 }, { cpu = 250m }]`).
pub(crate) fn beside_cores(n: &Value, other: &Value) -> Option<Value> {
    match other {
        Value::Quantity(q) if q.dimension == Dimension::Cores => as_cores(n),
        _ => None,
    }
}

/// A number as a number of cores.
pub(crate) fn as_cores(n: &Value) -> Option<Value> {
    let amount = match n {
        Value::Int(n) => Rational::whole(i128::from(*n)),
        Value::Float(f) => Rational::from_f64(*f)?,
        _ => return None,
    };
    Quantity::cores(amount).map(Value::from)
}

/// The order of two numbers, quantities of one dimension, strings (by code point) or variants of one enum (as
/// declared); `None` if they have none.
pub(crate) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    if let Some(a) = beside_cores(a, b) {
        return order(&a, b);
    }
    if let Some(b) = beside_cores(b, a) {
        return order(a, &b);
    }
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Quantity(a), Value::Quantity(b)) if a.dimension == b.dimension => {
            Some(a.amount.cmp(&b.amount))
        }
        (Value::Str(a), Value::Str(b)) => Some(a.text.cmp(&b.text)),
        (Value::Variant(a, x), Value::Variant(b, y)) if a == b => Some(x.cmp(y)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => float(a)?.partial_cmp(&float(b)?),
    }
}
