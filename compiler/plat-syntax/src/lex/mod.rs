//! Text to tokens. In: the text of a file. Out: the kinds and spans of its tokens, its comments, the places where it
//! can be cut into declarations, and what is wrong with single characters and strings. It never fails: whatever
//! cannot be a token is reported or becomes a token that the grammar refuses. It knows nothing of the grammar but
//! how a declaration begins.

mod mistakes;
mod strings;
pub(crate) mod token;

use plat_base::{Diagnostic, FileId, Span};
use token::Kind;

/// How deeply brackets may nest.
#[cfg(test)]
pub(crate) const MAX_DEPTH: usize = plat_base::Limit::Nesting.default_value() as usize;

/// How many faults of characters and strings are told.
const MAX_DIAGNOSTICS: usize = 200;

/// Where a token is, in bytes of the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Extent {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// A comment: from the first slash to before the newline.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct CommentAt {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Three slashes, not four, and nothing before them on the line.
    pub(crate) is_doc: bool,
}

/// The tokens of a file.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// One character per token.
    pub(crate) kinds: Vec<Kind>,
    /// One per token.
    pub(crate) extents: Vec<Extent>,
    pub(crate) comments: Vec<CommentAt>,
    /// The tokens at which a declaration seems to begin: in column 0, outside brackets, annotations included.
    pub(crate) cuts: Vec<u32>,
    /// The brackets that are one level too deep, one per run.
    pub(crate) too_deep: Vec<u32>,
    /// What was wrong with the characters.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What is open.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Open {
    Bracket,
    /// `\(` in a `"…"` that began with this token.
    Line {
        head: usize,
    },
    /// `\(` in a `"""…"""` that began with this token.
    Block {
        head: usize,
    },
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    file: FileId,
    at: usize,
    /// How many brackets may be open.
    nesting: usize,
    stack: Vec<Open>,
    /// How many brackets are open beyond the limit.
    excess: usize,
    /// How many interpolations of `"…"` strings are open.
    line_strings: usize,
    /// The token at which the annotations before the next declaration begin.
    pending: Option<u32>,
    /// The other side of a merge conflict, which is read over.
    conflict: Option<std::ops::Range<usize>>,
    out: Tokens,
}

/// What a byte can begin or continue.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    Space,
    Newline,
    Word,
    Digit,
    Quote,
    Open,
    Close,
    /// Always a token of its own, whose kind is the byte.
    Single,
    Symbol,
    Strange,
}

static CLASSES: [Class; 256] = {
    let mut table = [Class::Strange; 256];
    let mut i = 0;
    while i < 128 {
        table[i] = match i as u8 {
            b' ' | b'\t' | b'\r' => Class::Space,
            b'\n' => Class::Newline,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => Class::Word,
            b'0'..=b'9' => Class::Digit,
            b'"' => Class::Quote,
            b'(' | b'[' | b'{' => Class::Open,
            b')' | b']' | b'}' => Class::Close,
            b',' | b':' | b';' | b'@' => Class::Single,
            b'=' | b'!' | b'<' | b'>' | b'?' | b'+' | b'-' | b'*' | b'/' | b'.' | b'|' | b'&' => {
                Class::Symbol
            }
            _ => Class::Strange,
        };
        i += 1;
    }
    table
};

fn is_word_byte(b: u8) -> bool {
    matches!(CLASSES[b as usize], Class::Word | Class::Digit)
}

/// Takes `text` apart.
pub(crate) fn lex(file: FileId, text: &str, nesting: usize) -> Tokens {
    let expected = text.len() / 4 + 8;
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        file,
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        nesting,
        stack: Vec::new(),
        excess: 0,
        line_strings: 0,
        pending: None,
        conflict: None,
        out: Tokens {
            kinds: Vec::with_capacity(expected),
            extents: Vec::with_capacity(expected),
            ..Tokens::default()
        },
    };
    lexer.run();
    lexer.out
}

impl Lexer<'_> {
    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// A token from `start` to here.
    fn push(&mut self, kind: Kind, start: usize) {
        self.out.kinds.push(kind);
        self.out.extents.push(Extent { start: start as u32, end: self.at as u32 });
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    /// Reports what is wrong with characters; a file that is no program at all is not told so a million times.
    fn report(&mut self, diagnostic: Diagnostic) {
        if self.out.diagnostics.len() < MAX_DIAGNOSTICS {
            self.out.diagnostics.push(diagnostic);
        }
    }

    fn run(&mut self) {
        while let Some(&b) = self.bytes.get(self.at) {
            let start = self.at;
            match CLASSES[b as usize] {
                Class::Space => self.at += 1,
                Class::Newline => {
                    self.at += 1;
                    if self.line_strings > 0 {
                        self.unfinished_interpolation(start);
                    }
                }
                Class::Word => self.word(),
                Class::Digit => self.number(),
                Class::Quote => self.string(),
                Class::Single => {
                    if b == b'@' && self.stack.is_empty() && self.in_column_0(start) {
                        self.pending.get_or_insert(self.out.kinds.len() as u32);
                    }
                    self.at += 1;
                    self.push(b, start);
                }
                Class::Open if b == b'{' && self.byte(1) == b'{' && self.template(start) => {}
                Class::Open => {
                    self.at += 1;
                    self.push(b, start);
                    self.open(Open::Bracket);
                }
                Class::Close => self.close(b),
                Class::Symbol => self.symbol(b),
                Class::Strange => self.strange(b),
            }
        }
        if self.line_strings > 0 {
            self.unfinished_interpolation(self.at);
        }
        self.drop_echoes();
    }

    /// On a line with a quote that has no partner, what was found between the quotes is worth nothing.
    fn drop_echoes(&mut self) {
        let quote = |d: &Diagnostic| d.message.contains("never closed") || d.message.contains("no partner");
        let start = |d: &Diagnostic| d.span().map_or(0, |s| s.start as usize);
        let quotes: Vec<usize> = self.out.diagnostics.iter().filter(|d| quote(d)).map(start).collect();
        let text = self.text;
        let one_line = |a: usize, b: usize| text.get(a.min(b)..a.max(b)).is_some_and(|t| !t.contains('\n'));
        let mut kept: Option<usize> = None;
        self.out.diagnostics.retain(|d| {
            let here = start(d);
            let near = quotes.partition_point(|q| *q < here);
            let around =
                [near.checked_sub(1), Some(near)].into_iter().flatten().filter_map(|i| quotes.get(i));
            let echo = around.into_iter().any(|q| one_line(*q, here));
            let again = quote(d) && kept.is_some_and(|k| one_line(k, here));
            if quote(d) {
                kept = Some(here);
            }
            !again && (quote(d) || !echo)
        });
    }

    fn in_column_0(&self, at: usize) -> bool {
        at.checked_sub(1).is_none_or(|i| self.bytes.get(i) == Some(&b'\n'))
    }

    fn open(&mut self, what: Open) {
        if self.stack.len() >= self.nesting {
            if self.excess == 0 {
                self.out.too_deep.push(self.out.kinds.len().saturating_sub(1) as u32);
            }
            self.excess += 1;
            return;
        }
        self.line_strings += usize::from(matches!(what, Open::Line { .. }));
        self.stack.push(what);
    }

    fn close(&mut self, b: u8) {
        let start = self.at;
        if self.excess > 0 {
            self.excess -= 1;
        } else {
            match (self.stack.last().copied(), b) {
                (Some(Open::Line { head }), b')') => {
                    self.stack.pop();
                    self.line_strings -= 1;
                    self.at += 1;
                    return self.rest_of_line_string(start, head);
                }
                (Some(Open::Block { head }), b')') => {
                    self.stack.pop();
                    self.at += 1;
                    return self.rest_of_block_string(start, head);
                }
                (Some(Open::Bracket), _) => {
                    self.stack.pop();
                }
                // Of the wrong kind, or of nothing: the grammar answers.
                _ => {}
            }
        }
        self.at += 1;
        self.push(b, start);
    }

    fn word(&mut self) {
        let start = self.at;
        if self.byte(0) == b'r' && matches!(self.byte(1), b'"' | b'#') && self.raw_string() {
            return;
        }
        let mut at = start + 1;
        loop {
            match self.bytes.get(at) {
                Some(&b) if is_word_byte(b) => at += 1,
                Some(b'-') if self.bytes.get(at + 1).is_some_and(|b| is_word_byte(*b)) => at += 2,
                _ => break,
            }
        }
        self.at = at;
        if self.bytes.get(at).is_some_and(|b| *b >= 0x80) && self.foreign_word(start) {
            return;
        }
        let word = self.text.get(start..at).unwrap_or("");
        if self.bytes.get(at) == Some(&b'"') && matches!(word, "f" | "F" | "b" | "u") {
            return self.string_prefix(start);
        }
        if self.stack.is_empty() && self.in_column_0(start) {
            let pending = self.pending.take();
            if begins_declaration(word, self.bytes.get(at..).unwrap_or(&[])) {
                self.out.cuts.push(pending.unwrap_or(self.out.kinds.len() as u32));
            }
        }
        self.push(token::of_word(word), start);
    }

    /// Digits, a fraction, and any suffix of letters and digits, or `%`.
    fn number(&mut self) {
        let start = self.at;
        let digits = |from: usize| {
            let rest = self.bytes.get(from..).unwrap_or(&[]);
            from + rest.iter().take_while(|b| b.is_ascii_digit() || **b == b'_').count()
        };
        let mut at = digits(start);
        if self.bytes.get(at) == Some(&b'.') && self.bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
            at = digits(at + 1);
        }
        if self.bytes.get(at) == Some(&b'%') {
            at += 1;
        }
        while self.bytes.get(at).is_some_and(|b| is_word_byte(*b) || *b >= 0x80) {
            at += 1;
        }
        self.at = at;
        self.push(token::NUMBER, start);
    }

    fn symbol(&mut self, b: u8) {
        let start = self.at;
        if matches!(b, b'<' | b'=' | b'|') && self.in_column_0(start) && self.conflict_mark(b) {
            return;
        }
        let (kind, len) = match (b, self.byte(1)) {
            (b'/', b'/') => return self.comment(),
            (b'=', b'=') => (token::EQ, 2),
            (b'=', b'>') => (token::FAT_ARROW, 2),
            (b'!', b'=') => (token::NE, 2),
            (b'<', b'=') => (token::LE, 2),
            (b'>', b'=') => (token::GE, 2),
            (b'?', b'?') => (token::COALESCE, 2),
            (b'?', b'.') if self.byte(2) != b'.' => (token::QUESTION_DOT, 2),
            (b'+', b'=') => (token::APPEND, 2),
            (b'-', b'>') => (token::ARROW, 2),
            (b'&', b'&') => (token::AND_AND, 2),
            (b'|', b'|') => (token::OR_OR, 2),
            (b'.', b'.') if self.byte(2) == b'.' => (token::DOTS, 3),
            (b'<', _) => (token::LT, 1),
            (b'>', _) => (token::GT, 1),
            (b'+', _) => (token::ADD, 1),
            (b'*', _) => (token::MULTIPLY, 1),
            (b'/', _) => (token::DIVIDE, 1),
            (b'&', _) => (token::JUNK, 1),
            _ => (b, 1),
        };
        self.at += len;
        self.push(kind, start);
    }

    fn comment(&mut self) {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(|b| *b != b'\n') {
            self.at += 1;
        }
        let mut end = self.at;
        while end > start && matches!(self.bytes.get(end - 1), Some(b'\r' | b' ' | b'\t')) {
            end -= 1;
        }
        let slashes = self.bytes.get(start + 2) == Some(&b'/') && self.bytes.get(start + 3) != Some(&b'/');
        let is_doc = slashes && self.first_on_line(start);
        self.out.comments.push(CommentAt { start: start as u32, end: end as u32, is_doc });
    }

    fn first_on_line(&self, at: usize) -> bool {
        let before = self.bytes.get(..at).unwrap_or(&[]);
        let last = before.iter().rev().find(|b| !matches!(b, b' ' | b'\t'));
        last.is_none_or(|b| *b == b'\n') || at == 3 && self.text.starts_with('\u{feff}')
    }
}

/// Whether a line that begins with `word` looks like a declaration: a keyword, or `KIND NAME`. A line that goes on
/// with what was declared above (`extends web {`) must not; one wrong answer costs a second attempt, never the result.
pub(crate) fn begins_declaration(word: &str, after: &[u8]) -> bool {
    let kind = token::of_word(word);
    if matches!(word, "extends" | "as" | "at" | "it" | "self")
        || kind != b'L' && kind != b'B' && crate::keywords::is_reserved(word)
    {
        return false;
    }
    let path = after.iter().take_while(|b| is_word_byte(**b) || matches!(b, b'.' | b'-')).count();
    let gap = after.get(path..).unwrap_or(&[]).iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let next = after.get(path + gap).copied().unwrap_or(b'\n');
    let named = matches!(next, b'"' | b'_') || next.is_ascii_alphabetic();
    // The name is still missing.
    let unnamed = matches!(next, b'\n' | b'\r');
    if crate::keywords::DECLARATIONS.binary_search(&word).is_ok() {
        return path == 0 && (named || unnamed || gap > 0 && matches!(next, b'=' | b'{' | b'(' | b'['));
    }
    gap > 0 && (named || next == b'{') || unnamed && kind == token::WORD
}

#[cfg(test)]
mod tests;
