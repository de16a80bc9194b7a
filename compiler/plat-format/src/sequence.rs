//! Everything that is one after the other: declarations, fields, elements, arguments, arms, statements. Here comments
//! and empty lines find their places, and here it is decided whether something stands on one line.

use crate::Formatter;
use crate::doc::Doc;

/// Where an element stands in the source.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl From<plat_base::Span> for Extent {
    fn from(span: plat_base::Span) -> Extent {
        Extent { start: span.start, end: span.end }
    }
}

/// What stands between elements.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Separator {
    /// A comma, also after the last one of a broken sequence.
    Comma,
    /// A comma on one line, a line break otherwise.
    Field,
    /// White space alone.
    Nothing,
}

/// Brackets and what is in them.
#[derive(Clone, Copy)]
pub(crate) struct Brackets {
    open: &'static str,
    close: &'static str,
    /// Whether spaces stand inside of them on one line.
    spaced: bool,
    separator: Separator,
}

pub(crate) const BODY: Brackets =
    Brackets { open: "{", close: "}", spaced: true, separator: Separator::Field };
pub(crate) const STATEMENTS: Brackets =
    Brackets { open: "{", close: "}", spaced: true, separator: Separator::Nothing };
pub(crate) const ARMS: Brackets =
    Brackets { open: "{", close: "}", spaced: true, separator: Separator::Comma };
pub(crate) const NAMES: Brackets =
    Brackets { open: "{", close: "}", spaced: false, separator: Separator::Comma };
pub(crate) const LIST: Brackets =
    Brackets { open: "[", close: "]", spaced: false, separator: Separator::Comma };
pub(crate) const ARGS: Brackets =
    Brackets { open: "(", close: ")", spaced: false, separator: Separator::Comma };

impl<'s> Formatter<'s> {
    /// Brackets whose inside is `from..to`, with elements at `extents`, which `build` formats one after the other.
    pub(crate) fn enclosed(
        &mut self,
        brackets: Brackets,
        (from, to): (u32, u32),
        extents: &[Extent],
        build: &mut dyn FnMut(&mut Self, usize) -> Doc<'s>,
    ) -> Doc<'s> {
        if extents.is_empty() && self.comments.peek_before(to).is_none() {
            return Doc::concat(vec![Doc::Text(brackets.open), Doc::Text(brackets.close)]);
        }
        if self.is_broken(brackets, (from, to), extents) {
            let inner = self.lines((from, to), extents, brackets.separator, build);
            let parts =
                vec![Doc::Text(brackets.open), Doc::indent(inner), Doc::Hard, Doc::Text(brackets.close)];
            return Doc::concat(parts);
        }
        let edge = || if brackets.spaced { Doc::Line } else { Doc::Soft };
        let mut inner = vec![edge()];
        for i in 0..extents.len() {
            inner.push(build(self, i));
            let last = i + 1 == extents.len();
            inner.push(match brackets.separator {
                Separator::Comma if last => Doc::IfBroken(","),
                Separator::Comma => Doc::Text(","),
                Separator::Field if !last => Doc::IfFlat(","),
                _ => Doc::nothing(),
            });
            if !last {
                inner.push(Doc::Line);
            }
        }
        let parts = vec![
            Doc::Text(brackets.open),
            Doc::indent(Doc::concat(inner)),
            edge(),
            Doc::Text(brackets.close),
        ];
        Doc::group(Doc::concat(parts))
    }

    /// Brackets around names and numbers, as many on a line as fit: a long list of short words reads as text does.
    pub(crate) fn filled(&mut self, brackets: Brackets, elements: &[plat_syntax::ast::ExprId]) -> Doc<'s> {
        let mut inner = vec![Doc::Soft];
        for (i, element) in elements.iter().enumerate() {
            let word = self.expr(*element);
            if i == 0 {
                inner.push(word);
            } else {
                inner.push(Doc::Text(","));
                inner.push(Doc::group(Doc::concat(vec![Doc::Line, word])));
            }
        }
        inner.push(Doc::IfBroken(","));
        let parts = vec![
            Doc::Text(brackets.open),
            Doc::indent(Doc::concat(inner)),
            Doc::Soft,
            Doc::Text(brackets.close),
        ];
        Doc::group(Doc::concat(parts))
    }

    /// Whether a comment that has no place yet stands before `to`.
    pub(crate) fn has_comment_before(&self, to: u32) -> bool {
        self.comments.peek_before(to).is_some()
    }

    /// Whether a sequence was written on several lines, or must be because of a comment.
    fn is_broken(&self, brackets: Brackets, (from, to): (u32, u32), extents: &[Extent]) -> bool {
        let Some(first) = extents.first() else { return true };
        let between = |w: &[Extent]| self.breaks_between(w[0].end, w[1].start);
        self.comments.peek_before(to).is_some()
            || self.breaks_between(from, first.start)
            || brackets.separator != Separator::Comma && extents.windows(2).any(between)
    }

    /// Elements on lines of their own, each after a line break, with their comments and single empty lines.
    pub(crate) fn lines(
        &mut self,
        (from, to): (u32, u32),
        extents: &[Extent],
        separator: Separator,
        build: &mut dyn FnMut(&mut Self, usize) -> Doc<'s>,
    ) -> Doc<'s> {
        let mut parts = Vec::with_capacity(extents.len() * 3 + 1);
        let mut at = from;
        let mut empty = true;
        if let Some(comment) = self.comments.peek_before(extents.first().map_or(to, |e| e.start))
            && !self.breaks_between(from, comment.start)
            && from > 0
        {
            // After the opening bracket, on its line.
            self.comments.skip_to(comment.end);
            parts.extend([Doc::Text(" "), Doc::Text(self.slice(comment).trim_end())]);
            at = comment.end.max(from);
        }
        for (i, extent) in extents.iter().enumerate() {
            self.own_lines(&mut parts, &mut at, extent.start, &mut empty);
            parts.push(self.line_break(at, extent.start, empty));
            empty = false;
            parts.push(self.element(*extent, i, build));
            if separator == Separator::Comma {
                parts.push(Doc::Text(","));
            }
            at = extent.end;
            let next = extents.get(i + 1).map_or(to, |e| e.start);
            if let Some(comment) = self.comments.peek_before(next)
                && !self.breaks_between(extent.end, comment.start)
            {
                self.comments.skip_to(comment.end);
                parts.extend([Doc::Text(" "), Doc::Text(self.slice(comment).trim_end())]);
                at = comment.end;
            }
        }
        self.own_lines(&mut parts, &mut at, to, &mut empty);
        Doc::concat(parts)
    }

    /// The comments before `until`, each on a line of its own.
    fn own_lines(&mut self, parts: &mut Vec<Doc<'s>>, at: &mut u32, until: u32, empty: &mut bool) {
        while let Some(comment) = self.comments.take_before(until) {
            parts.push(self.line_break(*at, comment.start, *empty));
            parts.push(Doc::Text(self.slice(comment).trim_end()));
            *at = comment.end;
            *empty = false;
        }
    }

    /// The line break before an element: with an empty line if there was one, but not before the first element.
    fn line_break(&self, from: u32, to: u32, first: bool) -> Doc<'s> {
        if !first && self.blank_between(from, to) { Doc::Blank } else { Doc::Hard }
    }

    /// One element; as it was written if it has a comment that has no place.
    pub(crate) fn element(
        &mut self,
        extent: Extent,
        index: usize,
        build: &mut dyn FnMut(&mut Self, usize) -> Doc<'s>,
    ) -> Doc<'s> {
        let doc = build(self, index);
        if self.comments.peek_before(extent.end).is_none() {
            return doc;
        }
        self.comments.skip_to(extent.end);
        Doc::Verbatim(self.text.get(extent.start as usize..extent.end as usize).unwrap_or(""))
    }

    /// The offset after the next `open` from `from` on, outside of comments.
    pub(crate) fn after_next(&self, open: u8, from: u32) -> u32 {
        let bytes = self.text.as_bytes();
        let mut at = from as usize;
        while let Some(b) = bytes.get(at) {
            if *b == open {
                return at as u32 + 1;
            }
            if *b == b'/' && bytes.get(at + 1) == Some(&b'/') {
                at += bytes.get(at..).unwrap_or(&[]).iter().take_while(|b| **b != b'\n').count();
            } else {
                at += 1;
            }
        }
        from
    }
}
