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
            b'$' if self.variable() => {}
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

    /// The end of the line that `at` is on.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or("");
        at + rest.find('\n').unwrap_or(rest.len())
    }

    /// `<<<<<<<`, `=======` or `|||||||` at the beginning of a line: one side of a merge conflict is read, the other not.
    pub(super) fn conflict_mark(&mut self, b: u8) -> bool {
        let start = self.at;
        if let Some(other) = self.conflict.take_if(|c| c.start == start) {
            self.at = other.end;
            return true;
        }
        let mark = |at: usize, mark: &str| self.text.get(at..).is_some_and(|t| t.starts_with(mark));
        if b != b'<' || self.conflict.is_some() || !mark(start, "<<<<<<<") {
            return false;
        }
        let (mut middle, mut at) = (None, self.line_end(start));
        let close = loop {
            if at >= self.bytes.len() {
                return false;
            }
            at += 1;
            if middle.is_none() && (mark(at, "=======") || mark(at, "|||||||")) {
                middle = Some(at);
            } else if mark(at, ">>>>>>>") {
                break at;
            }
            at = self.line_end(at);
        };
        let Some(middle) = middle else { return false };
        let line = |at: usize| self.span(at, self.line_end(at));
        let diagnostic = Diagnostic::error("syntax", "a merge conflict was left here", line(start))
            .primary("one side begins here")
            .label(line(middle), "here the other")
            .label(line(close), "which ends here")
            .help("keep the lines of one side, and delete the others and the marks");
        self.report(diagnostic);
        self.conflict = Some(middle..self.line_end(close));
        self.at = self.line_end(start);
        true
    }

    /// `{{ … }}` of Helm and Jinja: a value that nobody fills in.
    pub(super) fn template(&mut self, start: usize) -> bool {
        let line = self.text.get(start..self.line_end(start)).unwrap_or("");
        let Some(len) = line.find("}}").map(|at| at + 2) else { return false };
        let inner = line.get(2..len - 2).unwrap_or("").trim_matches(|c: char| c == '-' || c.is_whitespace());
        let end = start + len;
        let span = self.span(start, end);
        let word = inner.split_whitespace().next().unwrap_or("");
        let name = inner.split('|').next().unwrap_or("").trim().rsplit('.').next().unwrap_or("");
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let help = match word {
            "if" | "else" | "end" | "with" => {
                "write `when env == prod { … }`, or `if c then a else b`".to_owned()
            }
            "range" | "for" => "write `for x in xs { … }`".to_owned(),
            _ if is_name => format!(
                "write the value, or the name of a constant: `let {name} = …`; in a string it is `\\({name})`"
            ),
            _ => "write the value, or the name of a constant".to_owned(),
        };
        let is_line = self.first_on_line(start);
        self.report(
            Diagnostic::error("syntax", "there are no templates: nothing fills in `{{ … }}`", span)
                .help(help),
        );
        self.at = end;
        if !is_line {
            self.push(token::HOLE_EXPR, start);
        }
        true
    }

    /// `${NAME}`, `$NAME`, `$(command)`, `${{ … }}`: a value that nobody fills in.
    fn variable(&mut self) -> bool {
        let start = self.at;
        if self.byte(1) == b'{' && self.byte(2) == b'{' {
            return self.template(start + 1);
        }
        let rest = self.text.get(start + 1..self.line_end(start)).unwrap_or("");
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (name, len) = match rest.as_bytes().first() {
            Some(open @ (b'{' | b'(')) => {
                let close = if *open == b'{' { '}' } else { ')' };
                let Some(end) = rest.find(close) else { return false };
                let inner = rest.get(1..end).unwrap_or("");
                (inner.get(..inner.find(|c| !is_word(c)).unwrap_or(inner.len())).unwrap_or(""), end + 1)
            }
            _ => {
                let len = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                (rest.get(..len).unwrap_or(""), len)
            }
        };
        if name.is_empty() {
            return false;
        }
        let name = name.to_lowercase().replace('_', "-");
        let end = start + 1 + len;
        let written = self.text.get(start..end).unwrap_or("").to_owned();
        let span = self.span(start, end);
        self.report(
            Diagnostic::error(
                "syntax",
                format!("nothing fills in `{written}`: no program reads variables from outside"),
                span,
            )
            .help(format!(
                "declare a constant, `let {name} = \"…\"`, and write `{name}`; in a string, `\\({name})`"
            )),
        );
        self.at = end;
        self.push(token::HOLE_EXPR, start);
        true
    }

    /// `f"…"`.
    pub(super) fn string_prefix(&mut self, start: usize) {
        let prefix = self.text.get(start..self.at).unwrap_or("").to_owned();
        let span = self.span(start, self.at);
        self.report(
            Diagnostic::error("syntax", format!("a string needs no `{prefix}` in front"), span)
                .help(format!("delete the `{prefix}`; a value is filled in by `\\(name)`"))
                .fix(format!("delete the `{prefix}`"), span, "", true),
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
