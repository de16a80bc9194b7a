//! One quick pass over the bytes before the grammar sees them. In: the text. Out: where the comments are, where the
//! text can be cut into declarations, and whether brackets nest too deeply. It knows strings, comments and brackets,
//! nothing else; it is the only place that reads every byte of a file that is never parsed.

/// How deeply brackets may nest.
pub(super) const MAX_DEPTH: usize = 256;

/// A comment: from the first slash to before the newline.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct CommentAt {
    pub(super) start: u32,
    pub(super) end: u32,
    /// Three slashes, not four.
    pub(super) is_doc: bool,
}

/// What the pass found.
#[derive(Default, Debug)]
pub(super) struct Scan {
    pub(super) comments: Vec<CommentAt>,
    /// Where a declaration seems to begin: column 0, outside strings and brackets, with its doc and annotations.
    pub(super) cuts: Vec<u32>,
    /// The brackets that are one level too deep, one per run.
    pub(super) too_deep: Vec<u32>,
    /// The deepest nesting.
    pub(super) depth: usize,
}

/// What a bracket on the stack is.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    Bracket,
    /// `\(` in a `"…"`.
    LineInterpolation,
    /// `\(` in a `"""…"""`.
    BlockInterpolation,
}

struct Scanner<'t> {
    bytes: &'t [u8],
    at: usize,
    stack: Vec<Open>,
    /// How many brackets are open beyond the limit.
    excess: usize,
    /// Where the doc comments and annotations before the next declaration begin.
    pending: Option<u32>,
    out: Scan,
}

/// Which bytes need a look; all others are passed over.
static INTERESTING: [bool; 256] = {
    let mut table = [false; 256];
    let set = b"\"/()[]{}\nr";
    let mut i = 0;
    while i < set.len() {
        table[set[i] as usize] = true;
        i += 1;
    }
    table
};

/// Scans `text`.
pub(super) fn scan(text: &str) -> Scan {
    let mut s = Scanner {
        bytes: text.as_bytes(),
        at: 0,
        stack: Vec::new(),
        excess: 0,
        pending: None,
        out: Scan::default(),
    };
    s.line_start();
    s.run();
    s.out
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn run(&mut self) {
        while let Some(&b) = self.bytes.get(self.at) {
            if !INTERESTING[b as usize] {
                self.at += 1;
                continue;
            }
            match b {
                b'\n' => {
                    self.at += 1;
                    self.line_start();
                }
                b'"' => self.string(),
                b'/' if self.peek(1) == b'/' => self.comment(),
                b'(' | b'[' | b'{' => {
                    self.open(Open::Bracket);
                    self.at += 1;
                }
                b')' | b']' | b'}' => self.close(),
                b'r' => self.raw_string(),
                _ => self.at += 1,
            }
        }
    }

    fn open(&mut self, what: Open) {
        if self.stack.len() >= MAX_DEPTH {
            if self.excess == 0 {
                self.out.too_deep.push(self.at as u32);
            }
            self.excess += 1;
            return;
        }
        self.stack.push(what);
        self.out.depth = self.out.depth.max(self.stack.len());
    }

    fn close(&mut self) {
        self.at += 1;
        if self.excess > 0 {
            self.excess -= 1;
            return;
        }
        match self.stack.pop() {
            Some(Open::LineInterpolation) => self.rest_of_line_string(),
            Some(Open::BlockInterpolation) => self.rest_of_block_string(),
            _ => {}
        }
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
        let is_doc = self.bytes.get(start + 2) == Some(&b'/') && self.bytes.get(start + 3) != Some(&b'/');
        self.out.comments.push(CommentAt { start: start as u32, end: end as u32, is_doc });
    }

    fn string(&mut self) {
        if self.peek(1) == b'"' && self.peek(2) == b'"' {
            self.at += 3;
            self.rest_of_block_string();
        } else {
            self.at += 1;
            self.rest_of_line_string();
        }
    }

    /// Up to after the closing quote, or to before the end of the line, or into an interpolation.
    fn rest_of_line_string(&mut self) {
        while let Some(&b) = self.bytes.get(self.at) {
            match b {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\n' => return,
                b'\\' if self.peek(1) == b'(' => return self.interpolation(Open::LineInterpolation),
                b'\\' if self.peek(1) != b'\n' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }

    fn rest_of_block_string(&mut self) {
        while let Some(&b) = self.bytes.get(self.at) {
            match b {
                b'"' if self.peek(1) == b'"' && self.peek(2) == b'"' => {
                    self.at += 3;
                    return;
                }
                b'\\' if self.peek(1) == b'(' => return self.interpolation(Open::BlockInterpolation),
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }

    fn interpolation(&mut self, kind: Open) {
        self.at += 1;
        self.open(kind);
        self.at += 1;
    }

    /// `r"…"` or `r#"…"#`; else just a letter.
    fn raw_string(&mut self) {
        let before = self.at.checked_sub(1).and_then(|i| self.bytes.get(i)).copied().unwrap_or(b' ');
        let start = self.at;
        self.at += 1;
        if before.is_ascii_alphanumeric() || before == b'_' {
            return;
        }
        let mut hashes = 0;
        while self.peek(hashes) == b'#' {
            hashes += 1;
        }
        if self.peek(hashes) != b'"' {
            return;
        }
        self.at += hashes + 1;
        while let Some(&b) = self.bytes.get(self.at) {
            self.at += 1;
            if b == b'"' && (0..hashes).all(|i| self.peek(i) == b'#') {
                self.at += hashes;
                return;
            }
        }
        // It never ends: then it is no string for the cuts either, or everything after it would be lost.
        self.at = start + 1;
    }

    fn line_start(&mut self) {
        if !self.stack.is_empty() {
            return;
        }
        let line = self.bytes.get(self.at..).unwrap_or(&[]);
        match line.first() {
            Some(b'@') => {
                self.pending.get_or_insert(self.at as u32);
            }
            Some(b'/') if line.starts_with(b"///") => {
                self.pending.get_or_insert(self.at as u32);
            }
            Some(b) if b.is_ascii_alphabetic() || *b == b'_' => {
                let start = self.pending.take();
                if begins_declaration(line) {
                    self.out.cuts.push(start.unwrap_or(self.at as u32));
                }
            }
            Some(b'/' | b' ' | b'\t' | b'\r' | b'\n') | None => {}
            Some(_) => self.pending = None,
        }
    }
}

/// Whether a line that begins with a word looks like a declaration: a keyword, or `KIND NAME`. A line that goes on
/// with what was declared above (`extends web {`) must not; one wrong answer costs a second attempt, never the result.
pub(super) fn begins_declaration(line: &[u8]) -> bool {
    let first = word_len(line);
    let word = line.get(..first).unwrap_or(&[]);
    let Ok(word) = std::str::from_utf8(word) else { return false };
    if matches!(word, "extends" | "as" | "at")
        || crate::keywords::is_reserved(word) && !matches!(word, "let" | "for")
    {
        return false;
    }
    let after = line.get(first..).unwrap_or(&[]);
    let gap = after.iter().take_while(|b| **b == b' ' || **b == b'\t').count();
    let next = after.get(gap).copied().unwrap_or(b'\n');
    if crate::keywords::DECLARATIONS.binary_search(&word).is_ok() {
        return matches!(next, b'\n' | b'\r' | b'"' | b'_') || next.is_ascii_alphabetic();
    }
    gap > 0 && (next == b'"' || next == b'_' || next.is_ascii_alphabetic())
}

/// The length of a dotted word at the start of `line`.
fn word_len(line: &[u8]) -> usize {
    line.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_are_outside_strings_and_brackets_and_keep_docs_together() {
        let text = "/// doc\n@allow(x, \"y\")\nservice api {\nservice no {}\n}\nlet a = \"\"\"\nlet b = 1\n\"\"\"\n// c\nlet c = r#\"\nlet d = 1\n\"#\n";
        let cuts: Vec<&str> =
            scan(text).cuts.iter().map(|c| text[*c as usize..].lines().next().unwrap()).collect();
        assert_eq!(cuts, ["/// doc", "let a = \"\"\"", "let c = r#\""]);
    }

    #[test]
    fn comments_are_told_from_docs_and_from_text_in_strings() {
        let text = "// a \r\n/// b\n//// c\nlet x = \"// no \\(y // yes\n)\"";
        let found: Vec<(&str, bool)> =
            scan(text).comments.iter().map(|c| (&text[c.start as usize..c.end as usize], c.is_doc)).collect();
        assert_eq!(found, [("// a", false), ("/// b", true), ("//// c", false), ("// yes", false)]);
    }

    #[test]
    fn a_run_of_brackets_is_one_finding() {
        let deep = "[".repeat(1000);
        assert_eq!(scan(&deep).too_deep, [256]);
        assert_eq!(scan(&"(".repeat(MAX_DEPTH)).too_deep, []);
    }
}
