//! The comments of a file, in order, each to be printed once. What stands before a declaration, field or element is
//! printed before it, what follows it on its line after it. A comment anywhere else makes its surroundings be printed
//! as they were written.

use plat_base::Span;

/// The comments that are not yet printed.
pub(crate) struct Comments {
    all: Vec<Span>,
    next: usize,
}

impl Comments {
    pub(crate) fn new(all: Vec<Span>) -> Comments {
        Comments { all, next: 0 }
    }

    /// The next comment, if it begins before `end`.
    pub(crate) fn peek_before(&self, end: u32) -> Option<Span> {
        self.all.get(self.next).copied().filter(|c| c.start < end)
    }

    /// Takes the next comment if it begins before `end`.
    pub(crate) fn take_before(&mut self, end: u32) -> Option<Span> {
        let comment = self.peek_before(end)?;
        self.next += 1;
        Some(comment)
    }

    /// Passes over the comments that begin before `end`.
    pub(crate) fn skip_to(&mut self, end: u32) {
        while self.peek_before(end).is_some() {
            self.next += 1;
        }
    }
}
