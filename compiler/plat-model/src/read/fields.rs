//! Reading one field: its value as a Rust type, with its origin.

use super::Reader;
use crate::{Origin, Sourced};
use plat_base::{Name, Quantity};
use plat_eval::{Context, Object, Value};

/// An interned literal.
macro_rules! name {
    ($text:literal) => {{
        static NAME: std::sync::LazyLock<plat_base::Name> =
            std::sync::LazyLock::new(|| plat_base::Name::new($text));
        *NAME
    }};
}
pub(super) use name;

/// An object in a context: where fields are read from.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) object: Object,
    pub(super) at: Context,
    /// Where the project set the object: the origin of fields that only the standard library sets.
    pub(super) origin: Origin,
}

impl Place {
    /// An object that was found in a field of this one.
    pub(super) fn into(self, found: Sourced<Object>) -> Place {
        Place { object: found.value, at: self.at, origin: found.origin }
    }

    /// An object that belongs to this one, such as an element of its lists.
    pub(super) fn part(self, object: Object) -> Place {
        Place { object, ..self }
    }
}

impl Reader<'_, '_> {
    /// A field that is present and not poisoned.
    pub(super) fn value(&mut self, place: Place, field: Name) -> Option<Sourced<Value>> {
        match self.eval.field(place.object, field, place.at) {
            Value::Absent | Value::Poison => None,
            value => Some(Sourced::new(value, self.field_origin(place, field))),
        }
    }

    /// Where the project set a field, or the object that it belongs to where the standard library set it.
    pub(super) fn field_origin(&mut self, place: Place, field: Name) -> Origin {
        let set = self.eval.origin(place.object, field, place.at);
        match set {
            Some(span) if !self.std_files.contains(&span.file) => set,
            _ => place.origin,
        }
    }

    /// A field that prints as text: a string, number, boolean, quantity or variant.
    pub(super) fn text(&mut self, place: Place, field: Name) -> Option<Sourced<String>> {
        let found = self.value(place, field)?;
        let text = self.as_text(&found.value);
        Some(Sourced::new(text, found.origin))
    }

    /// A value as text.
    pub(super) fn as_text(&mut self, value: &Value) -> String {
        match value {
            Value::Str(text) => text.text.to_string(),
            other => self.eval.display(other),
        }
    }

    /// A required text; empty if it is missing.
    pub(super) fn required_text(&mut self, place: Place, field: Name) -> String {
        self.text(place, field).map(|t| t.value).unwrap_or_default()
    }

    pub(super) fn int(&mut self, place: Place, field: Name) -> Option<Sourced<i64>> {
        let found = self.value(place, field)?;
        match found.value {
            Value::Int(n) => Some(Sourced::new(n, found.origin)),
            _ => None,
        }
    }

    pub(super) fn boolean(&mut self, place: Place, field: Name) -> Option<Sourced<bool>> {
        let found = self.value(place, field)?;
        match found.value {
            Value::Bool(b) => Some(Sourced::new(b, found.origin)),
            _ => None,
        }
    }

    pub(super) fn quantity(&mut self, place: Place, field: Name) -> Option<Sourced<Quantity>> {
        let found = self.value(place, field)?;
        match found.value {
            Value::Quantity(q) => Some(Sourced::new(*q, found.origin)),
            _ => None,
        }
    }

    pub(super) fn object(&mut self, place: Place, field: Name) -> Option<Sourced<Object>> {
        let found = self.value(place, field)?;
        match found.value {
            Value::Object(object) => Some(Sourced::new(object, found.origin)),
            _ => None,
        }
    }

    /// An object as a place of its own, in the same context.
    pub(super) fn inner(&mut self, place: Place, field: Name) -> Option<Place> {
        self.object(place, field).map(|object| place.into(object))
    }

    /// The elements of a list; none if it is absent.
    pub(super) fn elements(&mut self, place: Place, field: Name) -> Vec<Value> {
        match self.value(place, field).map(|v| v.value) {
            Some(Value::List(items)) => items.iter().cloned().collect(),
            _ => Vec::new(),
        }
    }

    /// The objects of a list.
    pub(super) fn objects(&mut self, place: Place, field: Name) -> Vec<Object> {
        let items = self.elements(place, field);
        items.into_iter().filter_map(|v| if let Value::Object(o) = v { Some(o) } else { None }).collect()
    }

    /// A list of texts with the list's origin; `None` if it is absent.
    pub(super) fn texts(&mut self, place: Place, field: Name) -> Option<Sourced<Vec<String>>> {
        let found = self.value(place, field)?;
        let Value::List(items) = found.value else { return None };
        let texts = items.iter().map(|v| self.as_text(v)).collect();
        Some(Sourced::new(texts, found.origin))
    }

    /// A list of texts, each with the list's origin; empty if it is absent.
    pub(super) fn sourced_texts(&mut self, place: Place, field: Name) -> Vec<Sourced<String>> {
        match self.texts(place, field) {
            Some(list) => list.value.into_iter().map(|t| Sourced::new(t, list.origin)).collect(),
            None => Vec::new(),
        }
    }

    /// A number, or a percentage as Kubernetes writes it.
    pub(super) fn amount(&mut self, place: Place, field: Name) -> Option<Sourced<String>> {
        self.text(place, field)
    }
}
