//! Reading one field: its value as a Rust type, with its origin.

use super::Reader;
use crate::ledger::Cause;
use crate::{Origin, Sourced};
use plat_base::{Name, Quantity, Span};
use plat_eval::{Context, Object, ReadId, Value};

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
        if self.ledger.is_some() {
            return self.field_entry(place, field);
        }
        let set = self.eval.origin(place.object, field, place.at);
        match set {
            Some(span) if !self.std_files.contains(&span.file) => set,
            _ => place.origin,
        }
    }

    /// The entry of a field in a traced reading. What the standard library wrote with what the project gave it (an
    /// argument of a function) stands where the project gave it.
    fn field_entry(&mut self, place: Place, field: Name) -> Origin {
        let set = self.eval.origin(place.object, field, place.at);
        let read = self.eval.reads_of(place.object, field, place.at);
        let mut reads: Vec<ReadId> = read.into_iter().collect();
        let value = self.eval.field(place.object, field, place.at);
        self.add_elements(&value, &mut reads);
        for gathered in &mut self.gathered {
            gathered.extend(reads.iter().copied());
        }
        let library = set.filter(|span| self.std_files.contains(&span.file));
        let own = match (set, library) {
            (Some(span), None) => Some(span),
            _ => reads.iter().find_map(|read| self.own_place(read)),
        };
        self.enter(place, Some(field), None, (own, library), reads)
    }

    /// The nearest place of a computation that is in the project's own sources.
    fn own_place(&self, read: &ReadId) -> Option<Span> {
        self.eval.own_spans(*read).into_iter().find(|span| !self.std_files.contains(&span.file))
    }

    /// The computations of all the elements of a list.
    fn add_elements(&self, value: &Value, reads: &mut Vec<ReadId>) {
        if let Value::List(items) = value {
            reads.extend(self.eval.element_reads(value));
            items.iter().for_each(|item| self.add_elements(item, reads));
        }
    }

    /// Adds an entry for a part of a place. What the project has no place of its own for stands where the whole does.
    fn enter(
        &mut self,
        place: Place,
        field: Option<Name>,
        element: Option<usize>,
        (own, library): (Option<Span>, Option<Span>),
        reads: Vec<ReadId>,
    ) -> Origin {
        let ledger = self.ledger.as_mut()?;
        let outer = place.origin.and_then(|span| ledger.number(span));
        let is_outer = own.is_none();
        let own = own.or_else(|| ledger.get(outer?)?.own);
        let (object, at) = (place.object, place.at);
        ledger.add(Cause { object, at, field, element, own, is_outer, library, reads, outer })
    }

    /// Reads something of which only the whole has an origin: in a traced reading, that origin knows of all that was
    /// read.
    pub(super) fn whole<T>(&mut self, origin: Origin, read: impl FnOnce(&mut Self) -> T) -> (T, Origin) {
        if self.ledger.is_none() {
            return (read(self), origin);
        }
        self.gathered.push(Vec::new());
        let value = read(self);
        let gathered = self.gathered.pop().unwrap_or_default();
        let known = self.ledger.as_ref().and_then(|ledger| ledger.get(ledger.number(origin?)?)).cloned();
        let Some(mut cause) = known else { return (value, origin) };
        if cause.is_outer
            && let Some(own) = gathered.iter().find_map(|read| self.own_place(read))
        {
            cause.own = Some(own);
            cause.is_outer = false;
        }
        cause.reads.extend(gathered);
        match &mut self.ledger {
            Some(ledger) => (value, ledger.add(cause)),
            None => (value, origin),
        }
    }

    /// The origin of a field, or that of `cause` where the standard library set the field because of it.
    pub(super) fn because_of(&mut self, place: Place, field: Name, origin: Origin, cause: Origin) -> Origin {
        let set = self.eval.origin(place.object, field, place.at);
        if !set.is_some_and(|span| self.std_files.contains(&span.file)) || cause.is_none() {
            return origin;
        }
        let Some(ledger) = self.ledger.as_mut() else { return cause };
        let of = |origin: Origin| ledger.get(ledger.number(origin?)?).cloned();
        match (of(origin), of(cause)) {
            (Some(entry), Some(cause)) => ledger.add(Cause { own: cause.own, is_outer: false, ..entry }),
            _ => origin,
        }
    }

    /// The objects of a list as places of their own, each with the origin of its element as far as it is known.
    pub(super) fn element_places(&mut self, place: Place, field: Name) -> Vec<Place> {
        let Some(found) = self.value(place, field) else { return Vec::new() };
        let Value::List(items) = &found.value else { return Vec::new() };
        let objects = items.iter().enumerate().filter_map(|(i, v)| match v {
            Value::Object(object) => Some((i, *object)),
            _ => None,
        });
        let objects: Vec<(usize, Object)> = objects.collect();
        if self.ledger.is_some() {
            let list = Place { origin: found.origin, ..place };
            return objects.into_iter().map(|(i, o)| self.element(list, field, i, o, &found.value)).collect();
        }
        let mut written = self.eval.element_origins(place.object, field, place.at);
        written.retain(|span| !self.std_files.contains(&span.file));
        let complete = written.len() == items.len();
        let origin = |at: usize| if complete { written.get(at).copied() } else { found.origin };
        objects.into_iter().map(|(i, object)| Place { object, origin: origin(i), ..place }).collect()
    }

    fn element(&mut self, list: Place, field: Name, at: usize, object: Object, value: &Value) -> Place {
        let read = self.eval.element_reads(value).get(at).copied();
        let spans = read.map(|read| self.eval.own_spans(read)).unwrap_or_default();
        let own = spans.iter().find(|span| !self.std_files.contains(&span.file)).copied();
        let library = spans.first().filter(|span| self.std_files.contains(&span.file)).copied();
        // The list without its other elements.
        let whole = self.eval.reads_of(list.object, field, list.at);
        let reads = read.into_iter().chain(whole).collect();
        let origin = self.enter(list, None, Some(at), (own, library), reads);
        Place { object, origin, ..list }
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
        let Some(list) = self.value(place, field) else { return Vec::new() };
        let Value::List(items) = &list.value else { return Vec::new() };
        let mut texts = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let text = self.as_text(item);
            let origin = match self.ledger {
                Some(_) => {
                    let within = Place { origin: list.origin, ..place };
                    self.element(within, field, at, place.object, &list.value).origin
                }
                None => list.origin,
            };
            texts.push(Sourced::new(text, origin));
        }
        texts
    }

    /// A number, or a percentage as Kubernetes writes it.
    pub(super) fn amount(&mut self, place: Place, field: Name) -> Option<Sourced<String>> {
        self.text(place, field)
    }
}
