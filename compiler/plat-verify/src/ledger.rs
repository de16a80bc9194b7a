//! Where facts are written down. In: what was found and what is declared, as lists with keys. Out: one fact per key. Both
//! directions are proven: what is declared has to be found, and what is found has to be declared.

use crate::fact::{Artefact, Certificate, Fact, FactKind, Unreadable};
use plat_model::Origin;

/// Collects facts.
#[derive(Default)]
pub(crate) struct Ledger {
    facts: Vec<Fact>,
    unreadable: Vec<Unreadable>,
    /// While this holds a part of what belongs together could not be read, so that nothing counts as missing.
    pub(crate) partial: bool,
}

/// Whose facts are compared, and where they stand.
#[derive(Clone)]
pub(crate) struct Scope<'a> {
    pub(crate) subject: String,
    pub(crate) file: &'a str,
    /// Where something that is missing would stand.
    pub(crate) line: u32,
    /// Where the subject is declared, for facts that have no origin of their own.
    pub(crate) origin: Origin,
}

impl Scope<'_> {
    /// The same subject at another line.
    pub(crate) fn at(&self, line: u32) -> Self {
        Scope { line, ..self.clone() }
    }
}

/// What an artefact says under a key.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    key: String,
    value: String,
    shown: String,
    line: u32,
}

impl Found {
    pub(crate) fn new(key: impl Into<String>, value: impl Into<String>, line: u32) -> Found {
        let value = value.into();
        Found { key: key.into(), shown: value.clone(), value, line }
    }

    /// Told as `text`, since the value is in a form that is only good for comparing.
    pub(crate) fn shown(mut self, text: impl Into<String>) -> Found {
        self.shown = text.into();
        self
    }
}

/// What the domain says under a key.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    key: String,
    value: String,
    shown: String,
    origin: Origin,
}

impl PartialEq for Declared {
    fn eq(&self, other: &Declared) -> bool {
        self.key == other.key && self.value == other.value
    }
}

impl Declared {
    pub(crate) fn new(key: impl Into<String>, value: impl Into<String>, origin: Origin) -> Declared {
        let value = value.into();
        Declared { key: key.into(), shown: value.clone(), value, origin }
    }

    /// Told as `text`.
    pub(crate) fn shown(mut self, text: impl Into<String>) -> Declared {
        self.shown = text.into();
        self
    }
}

impl Ledger {
    /// Compares key by key.
    pub(crate) fn compare(
        &mut self,
        kind: FactKind,
        scope: &Scope<'_>,
        what: &str,
        found: Vec<Found>,
        mut declared: Vec<Declared>,
    ) {
        for found in found {
            let same = declared.iter().position(|d| d.key == found.key);
            let declared = same.map(|at| declared.remove(at));
            let line = found.line;
            self.add(kind, scope, what, line, Some(found), declared);
        }
        for declared in declared {
            self.add(kind, scope, what, scope.line, None, Some(declared));
        }
    }

    /// Compares as sets. One that is too much and one that is missing are one fact with two values.
    pub(crate) fn compare_sets(
        &mut self,
        kind: FactKind,
        scope: &Scope<'_>,
        what: &str,
        found: Vec<(String, u32)>,
        mut declared: Vec<(String, Origin)>,
    ) {
        let mut further = Vec::new();
        for (text, line) in found {
            match declared.iter().position(|(d, _)| *d == text) {
                Some(at) => {
                    let (_, origin) = declared.remove(at);
                    let declared = Declared::new("", text.clone(), origin);
                    self.add(kind, scope, what, line, Some(Found::new("", text, line)), Some(declared));
                }
                None => further.push((text, line)),
            }
        }
        let mut missing = declared.into_iter();
        for (text, line) in further {
            let declared = missing.next().map(|(text, origin)| Declared::new("", text, origin));
            self.add(kind, scope, what, line, Some(Found::new("", text, line)), declared);
        }
        for (text, origin) in missing {
            self.add(kind, scope, what, scope.line, None, Some(Declared::new("", text, origin)));
        }
    }

    /// Compares one value with one value.
    pub(crate) fn compare_one(
        &mut self,
        kind: FactKind,
        scope: &Scope<'_>,
        what: &str,
        found: Option<(String, u32)>,
        declared: Option<(String, Origin)>,
    ) {
        let line = found.as_ref().map_or(scope.line, |(_, line)| *line);
        let found = found.map(|(text, line)| Found::new("", text, line));
        let declared = declared.map(|(text, origin)| Declared::new("", text, origin));
        if found.is_some() || declared.is_some() {
            self.add(kind, scope, what, line, found, declared);
        }
    }

    /// An artefact could not be read, at this line (0: at all).
    pub(crate) fn unreadable(&mut self, artefact: &Artefact<'_>, line: u32, reason: impl Into<String>) {
        let file = artefact.path.to_owned();
        self.unreadable.push(Unreadable { file, line, reason: reason.into() });
    }

    pub(crate) fn finish(self, artefacts: Vec<String>, unread: Vec<String>) -> Certificate {
        Certificate { facts: self.facts, artefacts, unread, unreadable: self.unreadable, changed: Vec::new() }
    }

    fn add(
        &mut self,
        kind: FactKind,
        scope: &Scope<'_>,
        what: &str,
        line: u32,
        found: Option<Found>,
        declared: Option<Declared>,
    ) {
        if found.is_none() && self.partial {
            return;
        }
        let key = found.as_ref().map(|f| &f.key).or(declared.as_ref().map(|d| &d.key));
        let what = match key.filter(|k| !k.is_empty()) {
            Some(key) => format!("{what} `{key}`"),
            None => what.to_owned(),
        };
        let agrees = matches!((&found, &declared), (Some(f), Some(d)) if f.value == d.value);
        self.facts.push(Fact {
            kind,
            subject: scope.subject.clone(),
            what,
            file: scope.file.to_owned(),
            line,
            found: found.map(|f| f.shown),
            origin: declared.as_ref().and_then(|d| d.origin).or(scope.origin),
            declared: declared.map(|d| d.shown),
            agrees,
        });
    }
}
