//! Characters that no token of Plat begins with, and what people mean by them. Where the meaning is clear, the token
//! that was meant is made, so that one mistake is one message.

use super::{Lexer, token};
use plat_base::Diagnostic;

impl Lexer<'_> {
    /// Reads a character that begins no token.
    pub(super) fn strange(&mut self, b: u8) {
        match b {
            b'#' => self.hash_comment(),
            b'\'' => self.quoted('\'', "Plat writes text between double quotes"),
            b'`' => self.quoted('`', "Plat writes text between double quotes"),
            b'$' | b'%' | b'\\' | b'^' | b'~' => {
                let start = self.at;
                self.at += 1;
                self.push(token::JUNK, start);
            }
            _ => self.foreign(),
        }
    }

    /// `# text`: a comment of other languages.
    fn hash_comment(&mut self) {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(|b| *b != b'\n') {
            self.at += 1;
        }
        let span = self.span(start, start + 1);
        self.report(
            Diagnostic::error("syntax", "comments begin with `//`", span)
                .help("write `//` in place of `#`")
                .fix("replace `#` by `//`", span, "//", true),
        );
    }

    /// Text between quotes that are not Plat's: read as the string that was meant, if it ends on its line.
    fn quoted(&mut self, quote: char, message: &str) {
        let start = self.at;
        let rest = self.text.get(start + quote.len_utf8()..).unwrap_or("");
        let Some(len) =
            rest.find([quote, '\n']).filter(|len| rest.get(*len..).is_some_and(|r| r.starts_with(quote)))
        else {
            self.at += quote.len_utf8();
            return self.push(token::JUNK, start);
        };
        let inner = rest.get(..len).unwrap_or("");
        self.at = start + len + 2 * quote.len_utf8();
        self.push(token::STRING, start);
        let span = self.span(start, self.at);
        let mut diagnostic = Diagnostic::error("syntax", message, span)
            .help(format!("write `\"{}\"`", inner.replace('"', "\\\"")));
        if !inner.contains(['"', '\\']) {
            diagnostic = diagnostic.fix("use double quotes", span, format!("\"{inner}\""), true);
        }
        self.report(diagnostic);
    }

    /// A control character, or one outside ASCII.
    fn foreign(&mut self) {
        let start = self.at;
        let Some(c) = self.text.get(start..).and_then(|t| t.chars().next()) else {
            // Not on a character's border, which cannot be: every step is of whole characters.
            self.at += 1;
            return;
        };
        match c {
            '“' | '”' | '„' => self.typographic_quote(c),
            '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{2028}' | '\u{2029}' | '\u{200b}' | '\u{feff}'
            | '\u{3000}' => {
                self.at += c.len_utf8();
                let span = self.span(start, self.at);
                self.report(
                    Diagnostic::error(
                        "syntax",
                        format!("an invisible character, U+{:04X}, stands here", c as u32),
                        span,
                    )
                    .help("replace it by a space")
                    .fix("replace it by a space", span, " ", true),
                );
            }
            _ if c.is_alphabetic() => {
                self.at += c.len_utf8();
                self.foreign_word(start);
            }
            _ => {
                self.at += c.len_utf8();
                self.push(token::JUNK, start);
            }
        }
    }

    fn typographic_quote(&mut self, open: char) {
        let start = self.at;
        let rest = self.text.get(start + open.len_utf8()..).unwrap_or("");
        let end = rest.char_indices().find(|(_, c)| matches!(c, '“' | '”' | '"' | '\n'));
        let Some((len, close)) = end.filter(|(_, c)| *c != '\n') else {
            self.at += open.len_utf8();
            return self.push(token::JUNK, start);
        };
        let inner = rest.get(..len).unwrap_or("");
        self.at = start + open.len_utf8() + len + close.len_utf8();
        self.push(token::STRING, start);
        let span = self.span(start, self.at);
        self.report(
            Diagnostic::error("syntax", "these are typographic quotes", span)
                .help(format!("write `\"{inner}\"`"))
                .fix("use plain double quotes", span, format!("\"{inner}\""), true),
        );
    }

    /// A word that goes on with letters outside ASCII: one token and one message. Says whether it was one.
    pub(super) fn foreign_word(&mut self, start: usize) -> bool {
        let rest = self.text.get(self.at..).unwrap_or("");
        let len = rest.len() - rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').len();
        if len == 0 && self.text.get(start..self.at).is_none_or(str::is_ascii) {
            return false;
        }
        self.at += len;
        self.push(token::WORD, start);
        let span = self.span(start, self.at);
        self.report(
            Diagnostic::error(
                "syntax",
                "names are made of ASCII letters, digits, `_` and inner hyphens",
                span,
            )
            .help("rename it, or put it between quotes if it is text or a key"),
        );
        true
    }
}
