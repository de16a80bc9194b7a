//! Why each leaf of the model is what it is, for those who ask. In a traced reading ([`crate::read_traced`]) the
//! origins of the model are no places in a source but entries of a ledger: spans in the file [`LEDGER`], which the
//! targets hand on unseen. An entry says which field was read, who wrote it and what it was computed from. An
//! ordinary reading keeps no ledger, and its origins are places.

use crate::Origin;
use plat_base::{FileId, Name, Span};
use plat_eval::{Context, Object, ReadId};

/// The file of the spans that are entries of a ledger: `start` is the entry's number, `end` counts how many levels
/// further out the entry is that is meant.
pub const LEDGER: FileId = FileId(u32::MAX);

/// Whether a span is an entry of a ledger.
pub fn is_entry(span: Span) -> bool {
    span.file == LEDGER
}

/// What is around the field that `origin` belongs to: of a port, the map of the ports. In an ordinary reading it is
/// the origin itself.
pub fn around(origin: Origin) -> Origin {
    origin.map(|span| if is_entry(span) { Span { end: span.end + 1, ..span } } else { span })
}

/// One thing that was read.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The object, the context that it was read in, and the field; no field if it is the object as it is declared.
    pub object: Object,
    /// The context.
    pub at: Context,
    /// The field.
    pub field: Option<Name>,
    /// The element of a list that the field is.
    pub element: Option<usize>,
    /// The nearest place in the project's own sources.
    pub own: Option<Span>,
    /// Whether that is only the place of what it is a part of.
    pub is_outer: bool,
    /// Where the standard library wrote it, if it did.
    pub library: Option<Span>,
    /// What it was computed from.
    pub reads: Vec<ReadId>,
    /// The entry of what it is a part of.
    pub outer: Option<usize>,
}

/// What a traced reading read.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    causes: Vec<Cause>,
}

impl Ledger {
    /// Adds an entry and gives the origin that stands for it.
    pub(crate) fn add(&mut self, cause: Cause) -> Origin {
        let at = self.causes.len() as u32;
        self.causes.push(cause);
        Some(Span { file: LEDGER, start: at, end: 0 })
    }

    /// The number of the entry that a span is, if it is one.
    pub fn number(&self, span: Span) -> Option<usize> {
        if !is_entry(span) {
            return None;
        }
        let mut at = span.start as usize;
        for _ in 0..span.end {
            at = self.causes.get(at)?.outer.unwrap_or(at);
        }
        Some(at)
    }

    /// An entry.
    pub fn get(&self, number: usize) -> Option<&Cause> {
        self.causes.get(number)
    }

    /// An entry with all that it is a part of, innermost first.
    pub fn chain(&self, number: usize) -> impl Iterator<Item = &Cause> {
        std::iter::successors(self.get(number), |cause| self.get(cause.outer?))
    }
}
