//! Strings: where they end. What is in them is read when the tree is built.

use super::{Lexer, Open, token};
use crate::lex::{begins_declaration, is_word_byte};
use plat_base::Diagnostic;

impl Lexer<'_> {
    pub(super) fn string(&mut self) {
        let start = self.at;
        let head = self.out.kinds.len();
        if self.byte(1) == b'"' && self.byte(2) == b'"' {
            self.at += 3;
            self.rest_of_block_string(start, head);
        } else {
            self.at += 1;
            self.rest_of_line_string(start, head);
        }
    }

    /// Reads on in a `"…"` string up to the next interpolation or the end. The token begins at `start`; the string
    /// began with the token `head`.
    pub(super) fn rest_of_line_string(&mut self, start: usize, head: usize) {
        while let Some(&b) = self.bytes.get(self.at) {
            match b {
                b'"' if start + 1 < self.at && self.closes_nothing() => {
                    return self.unfinished_before(start, head);
                }
                b'"' => {
                    self.at += 1;
                    return self.end_of_string(start, head);
                }
                b'\n' => break,
                b'\\' if self.byte(1) == b'(' => return self.interpolation(start, head, Open::Line { head }),
                b'\\' if self.byte(1) != b'\n' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.bytes.len());
        self.unfinished_line(start, head);
    }

    /// The same for a `"""…"""` string.
    pub(super) fn rest_of_block_string(&mut self, start: usize, head: usize) {
        while let Some(&b) = self.bytes.get(self.at) {
            match b {
                b'"' if self.byte(1) == b'"' && self.byte(2) == b'"' => {
                    self.at += 3;
                    return self.end_of_string(start, head);
                }
                b'\\' if self.byte(1) == b'(' => {
                    return self.interpolation(start, head, Open::Block { head });
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        let opening = self.out.extents.get(head).map_or(start, |e| e.start as usize);
        self.unfinished_text(opening, head, 3, "\"\"\"");
    }

    /// Whether the quote here rather opens the next text than closes this one: `["--port, "8080"]`.
    fn closes_nothing(&self) -> bool {
        let next = self.byte(1);
        if !(is_word_byte(next) || matches!(next, b'-' | b'/' | b'.' | b'\\')) {
            return false;
        }
        let before = self.text.get(..self.at).unwrap_or("").trim_end_matches([' ', '\t']);
        let line = self.text.get(self.at..).unwrap_or("").split('\n').next().unwrap_or("");
        before.ends_with(',') && line.matches('"').count() % 2 == 0
    }

    /// A `"…"` string that was to end before the comma that stands before here.
    fn unfinished_before(&mut self, start: usize, head: usize) {
        let resume = self.at;
        let written = self.text.get(start..resume).unwrap_or("");
        let text = written.trim_end_matches([' ', '\t', ',', ')', ']', '}']);
        let opening = self.out.extents.get(head).map_or(start, |e| e.start as usize);
        self.drop_tokens(head);
        self.at = start + text.len();
        self.push(self.kind_of_unfinished(opening), opening);
        self.report_unfinished_line(opening);
    }

    fn end_of_string(&mut self, start: usize, head: usize) {
        let kind = if self.out.kinds.len() == head { token::STRING } else { token::STRING_TAIL };
        self.push(kind, start);
    }

    fn interpolation(&mut self, start: usize, head: usize, open: Open) {
        self.at += 2;
        let kind = if self.out.kinds.len() == head { token::STRING_HEAD } else { token::STRING_MIDDLE };
        self.push(kind, start);
        self.open(open);
    }

    /// `r"…"`, `r#"…"#` or `r"""…"""`; says whether there is one.
    pub(super) fn raw_string(&mut self) -> bool {
        let start = self.at;
        let mut hashes = 0;
        while self.byte(1 + hashes) == b'#' {
            hashes += 1;
        }
        if self.byte(1 + hashes) != b'"' {
            return false;
        }
        let is_block = hashes == 0 && self.byte(2) == b'"' && self.byte(3) == b'"';
        self.at += hashes + if is_block { 4 } else { 2 };
        while let Some(&b) = self.bytes.get(self.at) {
            self.at += 1;
            let closes = if is_block {
                self.byte(0) == b'"' && self.byte(1) == b'"'
            } else {
                (0..hashes).all(|i| self.byte(i) == b'#')
            };
            if b == b'"' && closes {
                self.at += if is_block { 2 } else { hashes };
                self.push(token::STRING, start);
                return true;
            }
        }
        let head = self.out.kinds.len();
        let closing = if is_block { "\"\"\"".to_owned() } else { format!("\"{}", "#".repeat(hashes.min(8))) };
        let quotes = if is_block { 4 } else { hashes + 2 };
        self.unfinished_text(start, head, quotes, &closing);
        true
    }

    /// A `"…"` string without its closing quote: the line is its text, but for the brackets and commas at the end,
    /// which most probably close what is around it.
    fn unfinished_line(&mut self, start: usize, head: usize) {
        let opening = self.out.extents.get(head).map_or(start, |e| e.start as usize);
        let line_end = self.at;
        let written = self.text.get(start + 1..line_end).unwrap_or("");
        let text = written.trim_end_matches([' ', '\t', '\r', ',', ')', ']', '}']);
        self.drop_tokens(head);
        if opening == start && self.stray_quote(opening, text) {
            return;
        }
        // A bracket at the end of the line belongs to the lines below it, if they are indented more.
        let text = match text.strip_suffix(['{', '[', '(']) {
            Some(rest) if self.indented_below(opening, line_end) => rest.trim_end_matches([' ', '\t', '=']),
            _ => text,
        };
        self.at = start + 1 + text.len();
        self.push(self.kind_of_unfinished(opening), opening);
        self.report_unfinished_line(opening);
    }

    /// Whether the line after the one that ends at `line_end` is indented more than the one with `at`.
    fn indented_below(&self, at: usize, line_end: usize) -> bool {
        let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
        let line = self.text.get(..at).unwrap_or("").rsplit('\n').next().unwrap_or("");
        let below = self.text.get(line_end + 1..).unwrap_or("").split('\n').next().unwrap_or("");
        let whole = if line.trim_start_matches([' ', '\t']).is_empty() { line.len() } else { indent(line) };
        !below.trim().is_empty() && indent(below) > whole
    }

    fn report_unfinished_line(&mut self, opening: usize) {
        let end = self.at;
        self.report(
            Diagnostic::error("syntax", "this string is never closed", self.span(opening, opening + 1))
                .primary("the quote that opens it")
                .help("put `\"` at its end; text of several lines stands between `\"\"\"` and `\"\"\"`")
                .fix("close the string here", self.span(end, end), "\"", false),
        );
    }

    /// A quote that begins no text: one too many before or after something else, or the end of a text whose first quote
    /// is missing. Then what follows it is read as if the quote were not there.
    fn stray_quote(&mut self, quote: usize, text: &str) -> bool {
        let wants_value = self.wants_value(quote);
        let ends_word = self.out.extents.last().is_some_and(|e| e.end as usize == quote);
        let blank = text.is_empty() || text.starts_with([' ', '\t']);
        let heads = text.ends_with(['{', '[', '(']);
        if !blank || wants_value && !heads {
            return false;
        }
        self.at = quote + 1;
        // What stood before it was the text, or the end of it.
        if ends_word && text.is_empty() && self.out.kinds.last() == Some(&token::WORD) {
            let word = self.out.extents.pop().map_or(0, |e| e.start as usize);
            self.out.kinds.pop();
            let kind = self.kind_of_unfinished(word);
            self.push(if kind == token::HOLE_EXPR { kind } else { token::WORD }, word);
        }
        self.report(
            Diagnostic::error("syntax", "this quote has no partner on its line", self.span(quote, quote + 1))
                .help("text stands between two quotes: `\"text\"`"),
        );
        true
    }

    /// What a string without an end is read as: a value of any type where a value must stand, so that nobody judges it.
    fn kind_of_unfinished(&self, at: usize) -> token::Kind {
        if self.wants_value(at) { token::HOLE_EXPR } else { token::STRING }
    }

    /// Whether the token before `at` is one after which a value follows, on the same line.
    fn wants_value(&self, at: usize) -> bool {
        let (Some(kind), Some(extent)) = (self.out.kinds.last(), self.out.extents.last()) else {
            return false;
        };
        let same_line = self.text.get(extent.end as usize..at).is_some_and(|gap| !gap.contains('\n'));
        let operator = (token::EQ..=token::MOD).contains(kind);
        let always = matches!(*kind, b'=' | b'(' | b'[' | b'H' | b'E' | token::APPEND | token::FAT_ARROW);
        same_line && (always || operator || *kind == b',' && self.in_list())
    }

    /// Whether the bracket that was opened last and is not closed is one of arguments or elements.
    fn in_list(&self) -> bool {
        let mut depth = 0usize;
        for kind in self.out.kinds.iter().rev().take(200) {
            match kind {
                b')' | b']' | b'}' => depth += 1,
                b'(' | b'[' | b'{' if depth == 0 => return *kind != b'{',
                b'(' | b'[' | b'{' => depth -= 1,
                _ => {}
            }
        }
        false
    }

    /// A line break inside the `\(…)` of a `"…"` string: the string is given up, up to here.
    pub(super) fn unfinished_interpolation(&mut self, line_end: usize) {
        let outermost = self.stack.iter().position(|o| matches!(o, Open::Line { .. })).unwrap_or(0);
        let Some(Open::Line { head }) = self.stack.get(outermost).copied() else { return };
        self.stack.truncate(outermost);
        self.excess = 0;
        self.line_strings = 0;
        let opening = self.out.extents.get(head).map_or(0, |e| e.start as usize);
        self.drop_tokens(head);
        let resume = self.at;
        self.at = line_end;
        self.push(self.kind_of_unfinished(opening), opening);
        self.at = resume;
        self.report(
            Diagnostic::error("syntax", "this string is never closed", self.span(opening, opening + 1))
                .primary("it has `\\(` without `)` on its line")
                .help("close the interpolation with `)` and the string with `\"` on the same line"),
        );
    }

    /// A string of several lines without its end: it takes the lines up to the next one that begins a declaration.
    fn unfinished_text(&mut self, opening: usize, head: usize, quote_len: usize, closing: &str) {
        let mut line = opening;
        self.at = self.bytes.len();
        while let Some(next) = self.bytes.get(line..).and_then(|rest| rest.iter().position(|b| *b == b'\n')) {
            line += next + 1;
            let rest = self.text.get(line..).unwrap_or("");
            let word = rest.len()
                - rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "_-".contains(c)).len();
            let (word, after) = rest.split_at_checked(word).unwrap_or(("", ""));
            if !word.is_empty() && begins_declaration(word, after.as_bytes()) {
                self.at = line;
                break;
            }
        }
        while self.at > opening + quote_len
            && self.bytes.get(self.at - 1).is_some_and(u8::is_ascii_whitespace)
        {
            self.at -= 1;
        }
        self.drop_tokens(head);
        self.push(token::STRING, opening);
        self.report(
            Diagnostic::error(
                "syntax",
                "this string is never closed",
                self.span(opening, opening + quote_len),
            )
            .primary("the quotes that open it")
            .help(format!("put `{closing}` at its end")),
        );
    }

    /// Forgets the tokens from `head` on, and the cuts among them.
    fn drop_tokens(&mut self, head: usize) {
        self.out.kinds.truncate(head);
        self.out.extents.truncate(head);
        self.out.cuts.retain(|c| (*c as usize) <= head);
        // What was too deep stays too deep, though its tokens are gone.
        for deep in &mut self.out.too_deep {
            *deep = (*deep).min(head as u32);
        }
        self.out.too_deep.dedup();
    }
}
