//! Strings. Positions and lengths count characters.

use super::Call;
use crate::evaluator::Evaluator;
use crate::value::Value;
use plat_base::Name;

/// Applies `f` to the first argument, a string.
fn mapped<T: Into<std::rc::Rc<str>>>(
    this: &mut Evaluator<'_>,
    call: &Call<'_>,
    f: impl Fn(&str) -> T,
) -> Value {
    match call.text(0) {
        Some(text) => this.string(f(text), call.span),
        None => Value::Poison,
    }
}

pub(super) fn trim(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    mapped(this, call, |text| text.trim().to_owned())
}

pub(super) fn upper(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    mapped(this, call, str::to_uppercase)
}

pub(super) fn lower(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    mapped(this, call, str::to_lowercase)
}

pub(super) fn to_string(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    if let secret @ Value::Secret(_) = call.arg(0) {
        return secret.clone();
    }
    let Some(value) = this.whole(call.arg(0).clone(), call.span) else { return Value::Poison };
    let mut out = String::new();
    this.write(&mut out, &value);
    this.string(out, call.span)
}

pub(super) fn replace(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let (Some(from), Some(to)) = (call.text(1), call.text(2)) else { return Value::Poison };
    if from.is_empty() {
        return mapped(this, call, str::to_owned);
    }
    // The result can be longer than the limit by a factor; so count before building it.
    let many = call.text(0).map_or(0, |text| text.matches(&**from).count());
    if many.saturating_mul(to.len()) > this.limits.text {
        return this.too_much_text(call.span);
    }
    mapped(this, call, |text| text.replace(&**from, to))
}

pub(super) fn starts_with(_: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    tested(call, |text, part| text.starts_with(part))
}

pub(super) fn ends_with(_: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    tested(call, |text, part| text.ends_with(part))
}

fn tested(call: &Call<'_>, f: impl Fn(&str, &str) -> bool) -> Value {
    match (call.text(0), call.text(1)) {
        (Some(text), Some(part)) => Value::Bool(f(text, part)),
        _ => Value::Poison,
    }
}

/// Whether a string has a part, a list an element, a map a key.
pub(super) fn contains(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    this.contained(call.arg(1), call.arg(0)).map_or(Value::Poison, Value::Bool)
}

/// The pieces between the separators; with an empty separator, the characters.
pub(super) fn split(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let Some(text) = call.text(0) else { return Value::Poison };
    let separator = call.text(1).map_or(" ", |s| s);
    let most = this.limits.length + 1;
    let pieces: Vec<Value> = if separator.is_empty() {
        text.chars().take(most).map(|c| this.string(c.to_string(), call.span)).collect()
    } else {
        text.split(separator).take(most).map(|piece| this.string(piece, call.span)).collect()
    };
    this.list(pieces, call.span)
}

pub(super) fn lines(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let Some(text) = call.text(0) else { return Value::Poison };
    let most = this.limits.length + 1;
    let lines = text.lines().take(most).map(|line| this.string(line, call.span)).collect();
    this.list(lines, call.span)
}

pub(super) fn join(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let Value::List(items) = call.arg(0) else { return Value::Poison };
    let separator = call.text(1).map_or("", |s| s);
    let mut out = String::new();
    for (at, item) in items.iter().enumerate() {
        if matches!(item, Value::Poison) || out.len() > this.limits.text {
            break;
        }
        if at > 0 {
            out.push_str(separator);
        }
        let Some(item) = this.whole(item.clone(), call.span) else { return Value::Poison };
        this.write(&mut out, &item);
    }
    if items.iter().any(|item| matches!(item, Value::Poison)) {
        return Value::Poison;
    }
    this.string(out, call.span)
}

/// `pad-left("7", 3, with = "0")` is `007`.
pub(super) fn pad_left(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let mut text = String::new();
    match call.arg(0) {
        Value::Absent => return Value::Poison,
        value => this.write(&mut text, value),
    }
    let width = call.int(1).unwrap_or(0).clamp(0, this.limits.text as i64) as usize;
    let fill = call.text(2).and_then(|s| s.chars().next()).unwrap_or(' ');
    let missing = width.saturating_sub(text.chars().count());
    let padded: String = std::iter::repeat_n(fill, missing).chain(text.chars()).collect();
    this.string(padded, call.span)
}

/// `format("{} of {name}", [x])`: `{}` takes the next element of a list, `{name}` the field of a map, `{{` and `}}`
/// are braces. Of a number, the second argument is how many digits follow the point.
pub(super) fn format(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let Some(template) = call.text(0) else { return decimals(this, call) };
    let mut out = String::new();
    let mut next = 0;
    let mut rest: &str = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(rest.get(..at).unwrap_or(""));
        rest = rest.get(at..).unwrap_or("");
        if rest.starts_with("{{") || rest.starts_with("}}") {
            out.push_str(rest.get(..1).unwrap_or(""));
            rest = rest.get(2..).unwrap_or("");
            continue;
        }
        let hole = rest.strip_prefix('{').and_then(|r| r.split_once('}'));
        let Some((name, after)) = hole else {
            out.push_str(rest.get(..1).unwrap_or(""));
            rest = rest.get(1..).unwrap_or("");
            continue;
        };
        let value = argument(this, call, name, &mut next);
        let Some(value) = this.whole(value, call.span) else { return Value::Poison };
        match value {
            Value::Poison | Value::Secret(_) => return Value::Poison,
            Value::Absent => {}
            value => this.write(&mut out, &value),
        }
        rest = after;
    }
    out.push_str(rest);
    this.string(out, call.span)
}

fn argument(this: &mut Evaluator<'_>, call: &Call<'_>, name: &str, next: &mut usize) -> Value {
    match call.arg(1) {
        Value::List(items) => {
            let at = name.parse().unwrap_or_else(|_| {
                *next += 1;
                *next - 1
            });
            items.get(at).cloned().unwrap_or(Value::Absent)
        }
        Value::Object(object) => this.read(object.id, Name::new(name)),
        other => other.clone(),
    }
}

fn decimals(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let digits = call.int(1).unwrap_or(2).clamp(0, 17) as usize;
    match call.arg(0) {
        Value::Int(n) => this.string(format!("{:.digits$}", *n as f64), call.span),
        Value::Float(f) => this.string(format!("{f:.digits$}"), call.span),
        _ => to_string(this, call),
    }
}
