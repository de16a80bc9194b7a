//! A value as plain data, each entry with the place that set it.

use plat_base::{Name, Span};
use plat_eval::{Context, Evaluator, Object, SecretPart, Value};

/// How deep data may be nested.
pub(super) const MAX_DEPTH: usize = 100;

/// JSON-like data.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Data {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Data>),
    Map(Vec<Entry>),
}

/// One entry of a map.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) origin: Option<Span>,
    pub(super) value: Data,
}

/// Why a value is no data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stop {
    /// It holds a secret.
    Secret,
    /// It is nested too deep; instances may mention each other without end.
    Deep,
    /// An error stands behind it.
    Broken,
    /// It has too many parts, which has been reported.
    Big,
}

/// Reads a value in a context. Absent fields are left out.
pub(super) fn read(eval: &mut Evaluator<'_>, value: &Value, at: Context) -> Result<Data, Stop> {
    read_at(eval, value, at, 0)
}

fn read_at(eval: &mut Evaluator<'_>, value: &Value, at: Context, depth: usize) -> Result<Data, Stop> {
    if depth > MAX_DEPTH {
        return Err(Stop::Deep);
    }
    if !eval.spend(1) {
        return Err(Stop::Big);
    }
    Ok(match value {
        Value::Poison => return Err(Stop::Broken),
        Value::Absent | Value::Null => Data::Null,
        Value::Bool(b) => Data::Bool(*b),
        Value::Int(n) => Data::Int(*n),
        Value::Float(f) => Data::Float(*f),
        Value::Str(text) => Data::Text(text.text.to_string()),
        Value::Quantity(quantity) => Data::Text(quantity.to_string()),
        Value::Variant(..) => Data::Text(eval.display(value)),
        Value::Secret(secret) => match secret.parts.as_slice() {
            [SecretPart::Text(text)] => Data::Text(text.to_string()),
            _ => return Err(Stop::Secret),
        },
        Value::List(items) => {
            let items = items.iter().map(|item| read_at(eval, item, at, depth + 1));
            Data::List(items.collect::<Result<_, _>>()?)
        }
        Value::Object(object) => map(eval, *object, at, depth)?,
    })
}

fn map(eval: &mut Evaluator<'_>, object: Object, at: Context, depth: usize) -> Result<Data, Stop> {
    let keys: Vec<Name> = eval.keys(object, at);
    let mut entries = Vec::with_capacity(keys.len());
    for key in keys {
        let value = eval.field(object, key, at);
        if matches!(value, Value::Absent) {
            continue;
        }
        let value = read_at(eval, &value, at, depth + 1)?;
        let origin = eval.origin(object, key, at);
        entries.push(Entry { key: key.as_str().to_owned(), origin, value });
    }
    Ok(Data::Map(entries))
}
