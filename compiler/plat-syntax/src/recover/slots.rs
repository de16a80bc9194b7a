//! What is written over when a mistake cannot be mended: first the value of the field, argument or arm that it is in,
//! then that field, argument or arm, then what is around it, and last the whole declaration.

use super::brackets::{Nesting, closer, is_closer, nesting};
use super::diagnose::foreign_declaration;
use super::{Piece, Repair};
use crate::lex::token::{self, Kind};

impl Piece<'_> {
    /// Repairs for a failure at a token, from the smallest to the largest. `complete` says that something new could
    /// begin there.
    pub(super) fn holes(&self, failure: usize, complete: bool) -> Vec<Repair> {
        let nesting = nesting(&self.kinds);
        let mut repairs = Vec::new();
        let mut inner = failure.min(self.kinds.len());
        loop {
            let open = nesting.parent.get(inner).copied().unwrap_or(usize::MAX);
            if open == usize::MAX {
                self.holes_of_item(inner, &mut repairs);
                return repairs;
            }
            let close = nesting.close.get(open).copied().unwrap_or(self.kinds.len());
            self.holes_in(&nesting, open..close, inner, complete || inner != failure, &mut repairs);
            inner = open;
        }
    }

    /// Holes between the brackets `open` and `close`, for a failure at `at`.
    fn holes_in(
        &self,
        nesting: &Nesting,
        brackets: std::ops::Range<usize>,
        at: usize,
        complete: bool,
        out: &mut Vec<Repair>,
    ) {
        let (open, close) = (brackets.start, brackets.end);
        let slot = self.slot(nesting, brackets, at, complete);
        if let Some(value) = self.value_of(nesting, &slot) {
            let ty = self.kind(value - 1) == b':';
            let end = if ty { self.end_of_type(nesting, value, slot.end) } else { slot.end };
            let kind = if ty { token::HOLE_TYPE } else { token::HOLE_EXPR };
            out.push(Repair { range: value..end, with: vec![kind] });
        }
        let holes: &[Kind] = match self.kind(open) {
            b'{' => &[token::HOLE_ENTRY, token::HOLE_ITEM],
            _ => &[token::HOLE_EXPR, token::HOLE_TYPE],
        };
        out.extend(holes.iter().map(|hole| Repair { range: slot.clone(), with: vec![*hole] }));
        // Where no hole can stand, as in an `enum`, what is wrong is left out.
        let bracket = closer(self.kind(at)).is_some() || is_closer(self.kind(at));
        if self.kind(open) == b'{' && at < close && !bracket {
            out.push(Repair { range: at..at + 1, with: Vec::new() });
        }
        let all = open + 1..close;
        if self.kind(open) == b'{' {
            out.extend(holes.iter().map(|hole| Repair { range: all.clone(), with: vec![*hole] }));
        }
        out.push(Repair { range: all, with: Vec::new() });
    }

    /// Holes for a failure outside of all brackets.
    fn holes_of_item(&self, at: usize, out: &mut Vec<Repair>) {
        let end = self.kinds.len();
        let nesting = nesting(&self.kinds);
        if foreign_declaration(self.text(0)).is_some() {
            return out.push(Repair { range: 0..end, with: vec![token::HOLE_ITEM] });
        }
        if self.kind(0) == b'u' {
            let last = self.next_item(&nesting, at).unwrap_or(end);
            out.push(Repair { range: 0..last, with: vec![token::HOLE_ITEM] });
        }
        if let Some(value) = self.value_of(&nesting, &(0..end)).filter(|v| *v <= at) {
            out.push(Repair { range: value..end, with: vec![token::HOLE_EXPR] });
        }
        let bracket = closer(self.kind(at)).is_some() || is_closer(self.kind(at));
        if at < end && !bracket {
            out.push(Repair { range: at..at + 1, with: Vec::new() });
        }
        if at > 0 {
            out.push(Repair { range: at - 1..at, with: Vec::new() });
        }
        let body = (at..end).find(|t| self.kind(*t) == b'{' && nesting.parent.get(*t) == Some(&usize::MAX));
        if let Some(body) = body.filter(|b| *b > at) {
            out.push(Repair { range: at..body, with: Vec::new() });
        }
        let value = (at..end).find(|t| self.kind(*t) == b'=' && nesting.parent.get(*t) == Some(&usize::MAX));
        if let Some(value) = value.filter(|v| *v > at) {
            out.push(Repair { range: at..value, with: Vec::new() });
        }
        if let Some(last) = self.next_item(&nesting, at) {
            out.push(Repair { range: 0..last, with: vec![token::HOLE_ITEM] });
        }
        out.push(Repair { range: 0..end, with: vec![token::HOLE_ITEM] });
    }

    /// The next token outside of brackets after `at` that is the first of its line and looks like a declaration.
    fn next_item(&self, nesting: &Nesting, at: usize) -> Option<usize> {
        let top = |t: &usize| nesting.parent.get(*t) == Some(&usize::MAX) && self.first_on_line(*t);
        (at.max(1)..self.kinds.len()).filter(top).find(|t| self.begins_declaration(*t))
    }

    /// The entry, argument or element between `open` and `close` that `at` is in.
    fn slot(
        &self,
        nesting: &Nesting,
        brackets: std::ops::Range<usize>,
        at: usize,
        complete: bool,
    ) -> std::ops::Range<usize> {
        let (open, close) = (brackets.start, brackets.end);
        let mut start = open + 1;
        let mut i = open + 1;
        while i < close {
            if self.kind(i) == b',' {
                if i >= at && i > start {
                    return start..i;
                }
                start = i + 1;
            } else if i > start && self.begins_slot(open, start, i) {
                // An error at the end of a line is found at the beginning of the next one.
                if i > at
                    || i == at
                        && self.first_on_line(i)
                        && start < i
                        && !(complete && self.is_whole(nesting, start, i))
                {
                    return start..i;
                }
                start = i;
            }
            i = self.after(nesting, i);
        }
        start.min(close)..close
    }

    /// The token after `i`, or after the bracket that it opens.
    fn after(&self, nesting: &Nesting, i: usize) -> usize {
        let open = closer(self.kind(i)).is_some();
        if open { nesting.close.get(i).map_or(i + 1, |c| c + 1) } else { i + 1 }
    }

    /// Whether the entry `start..end` has a value: it does not end in the middle of something.
    fn is_whole(&self, nesting: &Nesting, start: usize, end: usize) -> bool {
        let last = self.kind(end - 1);
        let complete =
            last == token::NUMBER || last == token::STRING || is_closer(last) || token::is_word(last);
        complete && (self.value_of(nesting, &(start..end)).is_some_and(|v| v < end) || last == b'}')
    }

    /// Whether an entry begins at `i`, `start` being the beginning of the one before.
    fn begins_slot(&self, open: usize, start: usize, i: usize) -> bool {
        if self.kind(open) != b'{' {
            return false;
        }
        let kind = self.kind(i);
        let named = token::is_word(kind) || matches!(kind, token::STRING | token::STRING_HEAD);
        let sets = named && matches!(self.kind(i + 1), b'=' | token::APPEND);
        let before = self.kind(i - 1);
        if self.first_on_line(i) {
            let goes_on =
                matches!(before, b'=' | b':' | b'.' | b'|' | token::APPEND | token::FAT_ARROW | b'-')
                    || (token::EQ..=token::MOD).contains(&before)
                    || matches!(before, b'B' | b'E' | b'I' | b'L' | b'M' | b'N' | b'P' | b'H' | b'V' | b'W');
            return sets || (named || matches!(kind, b'@' | token::DOTS | b'-')) && !goes_on;
        }
        // `a = 1 b = 2` on one line, but not `service api = e` or `let x = e`.
        let ended =
            before == token::NUMBER || before == token::STRING || is_closer(before) || token::is_word(before);
        sets && ended && i > start + 1
    }

    /// Where the value in a slot begins: after its first `=`, `+=`, `=>` or `:`.
    fn value_of(&self, nesting: &Nesting, slot: &std::ops::Range<usize>) -> Option<usize> {
        let mut i = slot.start;
        let mut ty = None;
        while i < slot.end {
            match self.kind(i) {
                b'=' | token::APPEND | token::FAT_ARROW => return Some(i + 1),
                b':' => ty = ty.or(Some(i + 1)),
                _ => {}
            }
            i = self.after(nesting, i);
        }
        ty
    }

    /// Where the type that begins at `start` ends: before the default, if there is one.
    fn end_of_type(&self, nesting: &Nesting, start: usize, end: usize) -> usize {
        let mut i = start;
        while i < end {
            if self.kind(i) == b'=' {
                return i;
            }
            i = self.after(nesting, i);
        }
        end
    }
}
