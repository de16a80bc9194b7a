//! Strings: escapes, interpolation, and the indentation of `"""` strings. In: the events of a string. Out: its parts.
//! An empty string has no part; two texts never stand side by side. A line break in a string is always `\n`.

use super::build::Builder;
use crate::ast::{ExprId, StrPart};
use crate::grammar::Rule;
use crate::lex::Extent;
use plat_base::{Diagnostic, Span};

/// What a `"""` string loses from each line.
struct Margin<'t> {
    /// The white space before the closing quotes.
    indent: &'t str,
    /// Whether a backslash means nothing.
    raw: bool,
    /// Whether a line begins at the next character.
    at_line_start: bool,
}

impl<'s> Builder<'_, 's, '_> {
    /// The parts of the string that comes next.
    pub(super) fn string_parts(&mut self) -> Vec<StrPart> {
        if self.ev.at(Rule::string_parts) {
            return self.interpolated();
        }
        let (token, _) = self.ev.leaf();
        self.plain_string(token)
    }

    /// The parts of a string without interpolation.
    pub(super) fn plain_string(&mut self, token: usize) -> Vec<StrPart> {
        let Extent { start, end } = self.extents.get(token).copied().unwrap_or(Extent { start: 0, end: 0 });
        let (start, end) = (start as usize, end as usize);
        let text = self.text(token);
        let mut out = String::new();
        match text.as_bytes() {
            [b'r', b'"', b'"', b'"', ..] => {
                let Some(closed) = self.closed(start + 4, end) else {
                    return self.verbatim(text.get(4..).unwrap_or(""));
                };
                return self.block(&[(start + 4, closed)], Vec::new(), true);
            }
            [b'r', rest @ ..] => {
                let hashes = rest.iter().take_while(|b| **b == b'#').count();
                return self
                    .verbatim(text.get(2 + hashes..text.len().saturating_sub(1 + hashes)).unwrap_or(""));
            }
            [b'"', b'"', b'"', ..] => {
                let Some(closed) = self.closed(start + 3, end) else {
                    return self.verbatim(text.get(3..).unwrap_or(""));
                };
                return self.block(&[(start + 3, closed)], Vec::new(), false);
            }
            [b'"', ..] => {
                let inner = text.get(1..).unwrap_or("");
                // A string that is never closed has been reported; its escapes are not worth a word.
                let Some(inner) = inner.strip_suffix('"') else { return self.verbatim(inner) };
                if !inner.bytes().any(|b| b == b'\\' || b == b'\r') {
                    return self.verbatim(inner);
                }
                self.unescape(start + 1, start + 1 + inner.len(), None, &mut out);
            }
            // Quotes of other languages, which the lexer has reported.
            _ => {
                let mut inner = text.chars();
                inner.next();
                inner.next_back();
                return self.verbatim(inner.as_str());
            }
        }
        let mut parts = Vec::new();
        self.flush(&mut parts, &mut out);
        parts
    }

    /// Where the text of a `"""` string ends before its closing quotes, if it has them.
    fn closed(&self, from: usize, end: usize) -> Option<usize> {
        self.source(from, end).ends_with("\"\"\"").then_some(end - 3)
    }

    fn verbatim(&mut self, text: &str) -> Vec<StrPart> {
        if text.is_empty() {
            Vec::new()
        } else if text.contains("\r\n") {
            vec![StrPart::Text(self.file.names.intern(&text.replace("\r\n", "\n")))]
        } else {
            vec![StrPart::Text(self.file.names.intern(text))]
        }
    }

    /// A string with interpolations: its pieces of text are the tokens between them.
    fn interpolated(&mut self) -> Vec<StrPart> {
        let head = self.ev.open();
        let mut tokens = vec![head];
        let mut values = Vec::new();
        while self.ev.peek().is_some() {
            values.push(self.expr());
            tokens.extend(self.ev.take(Rule::string_middle).map(|(middle, _)| middle));
        }
        let end = self.ev.close();
        tokens.push(end.saturating_sub(1));
        let quotes = if self.text(head).starts_with("\"\"\"") { 3 } else { 1 };
        let last = tokens.len() - 1;
        let extents = self.extents;
        let pieces: Vec<(usize, usize)> = tokens
            .iter()
            .enumerate()
            .filter_map(|(i, token)| {
                let extent = extents.get(*token)?;
                let before = if i == 0 { quotes } else { 1 };
                let after = if i == last { quotes } else { 2 };
                Some((extent.start as usize + before, (extent.end as usize).saturating_sub(after)))
            })
            .collect();
        if quotes == 3 {
            return self.block(&pieces, values, false);
        }
        self.join(&pieces, values, None)
    }

    /// Pieces of text and the values between them.
    fn join(
        &mut self,
        pieces: &[(usize, usize)],
        values: Vec<ExprId>,
        mut margin: Option<Margin<'_>>,
    ) -> Vec<StrPart> {
        let mut parts = Vec::with_capacity(pieces.len() + values.len());
        let mut pending = String::new();
        let mut values = values.into_iter();
        for (from, to) in pieces {
            self.unescape(*from, *to, margin.as_mut(), &mut pending);
            if let Some(value) = values.next() {
                self.flush(&mut parts, &mut pending);
                parts.push(StrPart::Interp(value));
                if let Some(margin) = margin.as_mut() {
                    margin.at_line_start = false;
                }
            }
        }
        self.flush(&mut parts, &mut pending);
        parts
    }

    /// A `"""` string: without the newline next to each quote and without the margin.
    fn block(&mut self, pieces: &[(usize, usize)], values: Vec<ExprId>, raw: bool) -> Vec<StrPart> {
        let mut pieces = pieces.to_vec();
        let source: &'s str = self.file.source;
        let mut opened = false;
        if let Some(first) = pieces.first_mut() {
            let text = source.get(first.0..first.1).unwrap_or("");
            let skipped = if text.starts_with("\r\n") { 2 } else { usize::from(text.starts_with('\n')) };
            first.0 += skipped;
            opened = skipped > 0;
        }
        let single = pieces.len() == 1;
        let mut indent = "";
        if let Some(last) = pieces.last_mut() {
            (last.1, indent) = closing_line(source, *last, opened && single);
        }
        self.join(&pieces, values, Some(Margin { indent, raw, at_line_start: opened }))
    }

    fn flush(&mut self, parts: &mut Vec<StrPart>, pending: &mut String) {
        if !pending.is_empty() {
            parts.push(StrPart::Text(self.file.names.intern(pending)));
            pending.clear();
        }
    }

    /// Appends the text `start..end` with its escapes resolved and, in a `"""` string, its margin removed.
    fn unescape(&mut self, start: usize, end: usize, mut margin: Option<&mut Margin<'_>>, out: &mut String) {
        let mut at = start;
        while at < end {
            if let Some(m) = margin.as_deref_mut()
                && m.at_line_start
            {
                m.at_line_start = false;
                at += self.margin_len(at, end, m.indent);
                continue;
            }
            let rest = self.source(at, end);
            let raw = margin.as_ref().is_some_and(|m| m.raw);
            let stops = |b| b == b'\\' && !raw || b == b'\r' || b == b'\n' && margin.is_some();
            let stop = rest.bytes().position(stops);
            let plain = stop.unwrap_or(rest.len());
            out.push_str(rest.get(..plain).unwrap_or(""));
            at += plain;
            match rest.as_bytes().get(plain..) {
                Some([b'\\', ..]) => at += self.escape(at, end, out),
                Some([b'\r', b'\n', ..]) => at += 1,
                Some([b'\r', ..]) => {
                    out.push('\r');
                    at += 1;
                }
                Some([b'\n', ..]) => {
                    out.push('\n');
                    at += 1;
                    if let Some(m) = margin.as_deref_mut() {
                        m.at_line_start = true;
                    }
                }
                _ => {}
            }
        }
    }

    /// How much of the line at `at` is margin. A line with less of it is an error, unless it is blank.
    fn margin_len(&mut self, at: usize, end: usize, indent: &str) -> usize {
        let line = self.source(at, end);
        if line.starts_with(indent) {
            return indent.len();
        }
        let own = line.bytes().take_while(|b| *b == b' ' || *b == b'\t').count();
        let shared = line.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count();
        let rest = line.get(own..).unwrap_or("");
        let goes_on = self.file.source.get(end..).is_some_and(|t| !t.starts_with("\\("));
        if !(rest.is_empty() && goes_on || rest.starts_with('\n') || rest.starts_with("\r\n")) {
            let span = self.bytes(at, (at + own).max(at + 1).min(end));
            self.report(
                Diagnostic::error("syntax", "this line is indented less than the closing `\"\"\"`", span)
                    .help(
                        "indent every line at least as far as the closing quotes, with the same white space",
                    ),
            );
        }
        shared
    }

    /// Resolves the escape at `at` and says how long it is.
    fn escape(&mut self, at: usize, end: usize, out: &mut String) -> usize {
        let rest = self.source(at + 1, end);
        let Some(c) = rest.chars().next() else { return 1 };
        match c {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            '\\' => out.push('\\'),
            '"' => out.push('"'),
            'u' => return 1 + self.unicode_escape(at, rest, out),
            _ => {
                self.bad_escape(at, c);
                out.push(c);
            }
        }
        1 + c.len_utf8()
    }

    /// `u{…}` at the start of `rest`; gives its length.
    fn unicode_escape(&mut self, at: usize, rest: &str, out: &mut String) -> usize {
        let digits = rest.strip_prefix("u{").and_then(|r| r.split_once('}')).map(|(d, _)| d);
        let length = digits.map_or(1, |d| d.len() + 3);
        let found = digits
            .filter(|d| (1..=6).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .and_then(char::from_u32);
        if let Some(c) = found {
            out.push(c);
        } else {
            let span = self.bytes(at, at + 1 + length);
            self.report(Diagnostic::error("syntax", "this is not the escape of a character", span).help(
                "write `\\u{…}` with the one to six hexadecimal digits of a Unicode character: `\\u{e9}`",
            ));
        }
        length
    }

    fn bad_escape(&mut self, at: usize, c: char) {
        let span = self.bytes(at, at + 1 + c.len_utf8());
        let known = "the escapes are `\\n`, `\\t`, `\\\\`, `\\\"`, `\\u{…}` and `\\(…)`";
        let (message, help) = match c {
            '\n' | '\r' => (
                "a backslash at the end of a line does not join lines".to_owned(),
                "write `\\\\` for a backslash in the text, as a shell wants it".to_owned(),
            ),
            '$' | '{' | '}' | '\'' | '`' | '#' => (
                format!("`\\{c}` is not an escape"),
                format!("`{c}` means nothing in a string: write it without the backslash"),
            ),
            _ => (
                format!("`\\{c}` is not an escape"),
                format!("{known}; for a backslash write `\\\\`, or use a raw string: `r\"…\"`"),
            ),
        };
        self.report(Diagnostic::error("syntax", message, span).help(help));
    }

    /// Bytes of the file.
    fn source(&self, start: usize, end: usize) -> &'s str {
        let source: &'s str = self.file.source;
        source.get(start..end).unwrap_or("")
    }

    fn bytes(&self, start: usize, end: usize) -> Span {
        Span::new(self.file.id, start, end)
    }
}

/// Where the text `from..to` ends before the closing quotes, and the white space before them if they have a line of
/// their own. `opened` says that a line begins at `from`.
fn closing_line(source: &str, (from, to): (usize, usize), opened: bool) -> (usize, &str) {
    let text = source.get(from..to).unwrap_or("");
    let blank = |s: &str| s.bytes().all(|b| b == b' ' || b == b'\t');
    match text.rfind('\n') {
        Some(newline) if blank(text.get(newline + 1..).unwrap_or("")) => {
            let before = text.get(..newline).unwrap_or("");
            let before = before.strip_suffix('\r').unwrap_or(before);
            (from + before.len(), text.get(newline + 1..).unwrap_or(""))
        }
        None if opened && blank(text) => (from, text),
        _ => (to, ""),
    }
}
