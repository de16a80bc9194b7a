//! Strings: escapes, interpolation, and the indentation of `"""` strings. In: the events of a string. Out: its parts.
//! An empty string has no part; two texts never stand side by side. A line break in a string is always `\n`.

use super::build::Builder;
use super::events::Rule;
use crate::ast::StrPart;
use plat_base::Diagnostic;

/// What a `"""` string loses from each line.
struct Margin<'t> {
    /// The white space before the closing quotes.
    indent: &'t str,
    /// Whether a line begins at the next character.
    at_line_start: bool,
}

impl<'i> Builder<'_, '_, 'i> {
    /// The parts of the string that comes next.
    pub(super) fn string_parts(&mut self) -> Vec<StrPart> {
        match self.ev.peek() {
            Some(Rule::string_plain) => {
                let (start, end) = self.ev.leaf();
                self.text_part(start + 1, end.saturating_sub(1))
            }
            Some(Rule::string_raw) => {
                let (start, end) = self.ev.leaf();
                let hashes = self.slice(start + 1, end).bytes().take_while(|b| *b == b'#').count();
                self.text_part(start + 2 + hashes, end.saturating_sub(1 + hashes))
            }
            Some(Rule::string_line) => self.line_string(),
            _ => self.block_string(),
        }
    }

    fn text_part(&mut self, start: usize, end: usize) -> Vec<StrPart> {
        let text = self.slice(start, end);
        if text.is_empty() {
            Vec::new()
        } else if text.contains("\r\n") {
            vec![StrPart::Text(self.file.names.intern(&text.replace("\r\n", "\n")))]
        } else {
            vec![StrPart::Text(self.file.names.intern(text))]
        }
    }

    fn line_string(&mut self) -> Vec<StrPart> {
        let open = self.ev.open();
        let mut parts = Vec::new();
        let mut at = open + 1;
        let mut pending = String::new();
        while self.ev.at(Rule::interpolation) {
            let start = self.ev.position();
            self.unescape(at, start, None, &mut pending);
            at = self.interpolation(&mut parts, &mut pending);
        }
        let end = self.ev.close();
        self.unescape(at, end.saturating_sub(1), None, &mut pending);
        self.flush(&mut parts, &mut pending);
        let written = self.slice(open, end);
        if written.contains('\n') {
            let span = self.span(open, end);
            self.report(
                Diagnostic::error("syntax", "a `\"…\"` string ends on the line it begins on", span)
                    .help("write text of several lines between `\"\"\"` and `\"\"\"`"),
            );
        }
        parts
    }

    /// Reads `\(…)` and says where it ended.
    fn interpolation(&mut self, parts: &mut Vec<StrPart>, pending: &mut String) -> usize {
        self.flush(parts, pending);
        self.ev.open();
        let value = self.expr();
        parts.push(StrPart::Interp(value));
        self.ev.close()
    }

    fn flush(&mut self, parts: &mut Vec<StrPart>, pending: &mut String) {
        if !pending.is_empty() {
            parts.push(StrPart::Text(self.file.names.intern(pending)));
            pending.clear();
        }
    }

    fn block_string(&mut self) -> Vec<StrPart> {
        let open = self.ev.open();
        let mut at = open + 3;
        let first = self.slice(at, self.text.len());
        let skipped = if first.starts_with("\r\n") { 2 } else { usize::from(first.starts_with('\n')) };
        at += skipped;
        let mut parts = Vec::new();
        let mut pending = String::new();
        // The margin is known only at the end, so the pieces between interpolations are remembered first.
        let mut pieces: Vec<(usize, usize)> = Vec::new();
        let mut values = Vec::new();
        while self.ev.at(Rule::interpolation) {
            pieces.push((at, self.ev.position()));
            self.ev.open();
            values.push(self.expr());
            at = self.ev.close();
        }
        let end = self.ev.close();
        let (last_end, indent) =
            self.closing_line(at.min(end - 3), end - 3, skipped > 0 && pieces.is_empty());
        pieces.push((at, last_end.max(at)));
        let mut margin = Margin { indent, at_line_start: skipped > 0 };
        let mut values = values.into_iter();
        for (from, to) in pieces {
            self.unescape(from, to, Some(&mut margin), &mut pending);
            if let Some(value) = values.next() {
                self.flush(&mut parts, &mut pending);
                parts.push(StrPart::Interp(value));
                margin.at_line_start = false;
            }
        }
        self.flush(&mut parts, &mut pending);
        parts
    }

    /// Where the text ends before the closing quotes, and the white space before them if they have a line of
    /// their own. `opened` says that a line begins at `from`.
    fn closing_line(&self, from: usize, to: usize, opened: bool) -> (usize, &'i str) {
        let text = self.slice(from, to);
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

    /// Appends the text `start..end` with its escapes resolved and, in a `"""` string, its margin removed.
    fn unescape(&mut self, start: usize, end: usize, mut margin: Option<&mut Margin<'i>>, out: &mut String) {
        let mut at = start;
        while at < end {
            if let Some(m) = margin.as_deref_mut()
                && m.at_line_start
            {
                m.at_line_start = false;
                at += self.margin_len(at, end, m.indent);
                continue;
            }
            let rest = self.slice(at, end);
            let stop =
                rest.bytes().position(|b| matches!(b, b'\\' | b'\r') || b == b'\n' && margin.is_some());
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
        let line = self.slice(at, end);
        if line.starts_with(indent) {
            return indent.len();
        }
        let own = line.bytes().take_while(|b| *b == b' ' || *b == b'\t').count();
        let shared = line.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count();
        let rest = line.get(own..).unwrap_or("");
        if !(rest.is_empty() && end < self.text.len() || rest.starts_with('\n') || rest.starts_with("\r\n")) {
            let span = self.span(at, (at + own).max(at + 1).min(end));
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
        let rest = self.slice(at + 1, end);
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
            let span = self.span(at, at + 1 + length);
            self.report(Diagnostic::error("syntax", "this is not the escape of a character", span).help(
                "write `\\u{…}` with the one to six hexadecimal digits of a Unicode character: `\\u{e9}`",
            ));
        }
        length
    }

    fn bad_escape(&mut self, at: usize, c: char) {
        let span = self.span(at, at + 1 + c.len_utf8());
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
}
