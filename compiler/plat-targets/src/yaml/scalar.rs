//! How a string is written so that every reader gets the same string back.

use std::fmt::Write;

/// Lines are kept this short where the text allows it; it is the default limit of `yamllint`.
pub(super) const WIDTH: usize = 80;

/// The way a string is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    /// As it is.
    Plain,
    /// In double quotes, with escapes; in several lines if it is long.
    Quoted,
    /// As a literal block; `true` if the text ends in a newline.
    Literal(bool),
    /// As a folded block without a final newline, broken at spaces.
    Folded,
}

/// Chooses the way, given the column at which the string would begin and that at which further lines do.
pub(super) fn style(text: &str, margins: Margins) -> Style {
    if text.contains('\n') {
        return literal(text).map_or(Style::Quoted, Style::Literal);
    }
    let plain = is_plain(text);
    let length = if plain { text.len() } else { text.len() + 2 };
    if margins.column + length > WIDTH && is_foldable(text, margins.room()) {
        return Style::Folded;
    }
    if plain { Style::Plain } else { Style::Quoted }
}

/// What a byte inside a plain text means.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    Good,
    /// Begins a value if a space follows.
    Colon,
    /// Begins a comment after a space.
    Hash,
    /// Control characters, and whatever is not ASCII: quotes are surer.
    Bad,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Bad; 256];
    let mut b = 0x20;
    while b < 0x7f {
        classes[b] = match b as u8 {
            b':' => Class::Colon,
            b'#' => Class::Hash,
            _ => Class::Good,
        };
        b += 1;
    }
    classes
};

/// Whether the text needs no quotes as a key or a value of a block mapping, in any version of YAML.
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    let starts_well = first.is_ascii_alphanumeric()
        || matches!(first, b'_' | b'/' | b'.' | b'$' | b'(' | b'+')
        || (*first == b'-' && bytes.get(1).is_some_and(|b| *b != b' ') && bytes.iter().any(|b| *b != b'-'));
    if !starts_well || *last == b' ' || *last == b':' {
        return false;
    }
    let mut before = b'a';
    for (i, b) in bytes.iter().enumerate() {
        match CLASSES[usize::from(*b)] {
            Class::Good => {}
            Class::Bad => return false,
            Class::Colon if bytes.get(i + 1).is_none_or(|n| *n == b' ') => return false,
            Class::Hash if before == b' ' => return false,
            Class::Colon | Class::Hash => {}
        }
        before = *b;
    }
    !is_ambiguous(bytes)
}

/// Whether some reader would take the plain text for something other than a string.
fn is_ambiguous(bytes: &[u8]) -> bool {
    let number_like = matches!(bytes.first(), Some(b'0'..=b'9' | b'+' | b'-' | b'.'));
    if number_like {
        // Numbers in any base, sexagesimal numbers, dates and times have no other characters than these.
        let only = bytes.iter().all(|b| {
            b.is_ascii_hexdigit()
                || matches!(
                    b,
                    b'x' | b'X'
                        | b'o'
                        | b'O'
                        | b'_'
                        | b'.'
                        | b':'
                        | b'+'
                        | b'-'
                        | b' '
                        | b't'
                        | b'T'
                        | b'z'
                        | b'Z'
                )
        });
        let unsigned = bytes.strip_prefix(b"+").or_else(|| bytes.strip_prefix(b"-")).unwrap_or(bytes);
        return only || unsigned.eq_ignore_ascii_case(b".inf") || unsigned.eq_ignore_ascii_case(b".nan");
    }
    const WORDS: [&[u8]; 9] = [b"y", b"n", b"yes", b"no", b"on", b"off", b"true", b"false", b"null"];
    bytes.len() <= 5 && WORDS.iter().any(|w| bytes.eq_ignore_ascii_case(w))
}

/// Whether a literal block gives the text back, and if so, whether the text ends in a newline.
fn literal(text: &str) -> Option<bool> {
    let (body, ends) = match text.strip_suffix('\n') {
        Some(body) => (body, true),
        None => (text, false),
    };
    if body.is_empty() || body.ends_with('\n') || body.contains("\n\n\n\n") || body.starts_with("\n\n\n") {
        return None;
    }
    let first = body.lines().find(|l| !l.is_empty())?;
    if first.starts_with([' ', '\t']) {
        return None;
    }
    let good =
        |line: &str| !line.ends_with([' ', '\t']) && line.chars().all(|c| c == '\t' || is_printable(c));
    body.split('\n').all(good).then_some(ends)
}

/// Whether a folded block gives the one-line text back, in lines that fit or are one long word.
fn is_foldable(text: &str, room: usize) -> bool {
    let kept = !text.is_empty() && !text.starts_with(' ') && !text.ends_with(' ');
    kept && text.chars().all(is_printable)
        && Folds::new(text, room).all(|p| p.len() <= room || !p.contains(' '))
}

/// Whether every reader takes the character unescaped, and a person can see it.
pub(super) fn is_printable(c: char) -> bool {
    match c {
        ' '..='~' => true,
        '\0'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => false,
        // The noncharacters at the end of each plane.
        _ => !matches!(c as u32 & 0xffff, 0xfffe | 0xffff),
    }
}

/// Where a quoted text begins, and where it goes on if it does not fit into its line.
#[derive(Clone, Copy)]
pub(super) struct Margins {
    /// The column of the opening quote.
    pub(super) column: usize,
    /// The column of further lines.
    pub(super) indent: usize,
}

impl Margins {
    /// How long a further line may be; below this it would hold next to nothing.
    pub(super) fn room(self) -> usize {
        WIDTH.saturating_sub(self.indent).max(24)
    }
}

/// Appends the text in the way that suits it, and ends the line; gives how many lines are ended.
pub(super) fn push(out: &mut String, text: &str, margins: Margins) -> usize {
    let lines = match style(text, margins) {
        Style::Plain => {
            out.push_str(text);
            1
        }
        Style::Quoted => 1 + quote(out, text, Some(margins)),
        Style::Literal(ends) => {
            out.push_str(if ends { "|" } else { "|-" });
            let body = if ends { text.strip_suffix('\n').unwrap_or(text) } else { text };
            1 + push_block(out, body.split('\n'), margins.indent)
        }
        Style::Folded => {
            out.push_str(">-");
            1 + push_block(out, Folds::new(text, margins.room()), margins.indent)
        }
    };
    out.push('\n');
    lines
}

/// Appends lines, each after a line break; gives their number.
fn push_block<'t>(out: &mut String, lines: impl Iterator<Item = &'t str>, indent: usize) -> usize {
    let mut number = 0;
    for line in lines {
        out.push('\n');
        if !line.is_empty() {
            push_spaces(out, indent);
            out.push_str(line);
        }
        number += 1;
    }
    number
}

/// Appends the text in double quotes; gives the number of line breaks. Without margins it stays in one line, as a key
/// has to.
pub(super) fn quote(out: &mut String, text: &str, margins: Option<Margins>) -> usize {
    out.push('"');
    let margins = margins.filter(|m| m.column + text.len() + 2 > WIDTH);
    let mut breaks = 0;
    // Columns that are left for the text, one being kept for the backslash or the closing quote.
    let mut left = margins.map_or(usize::MAX, |m| WIDTH.saturating_sub(m.column + 2));
    let mut at_start = false;
    for c in text.chars() {
        let length = escaped_length(c);
        if let Some(m) = margins
            && length > left
        {
            out.push_str("\\\n");
            push_spaces(out, m.indent);
            breaks += 1;
            left = m.room() - 2;
            at_start = true;
        }
        push_escaped(out, c, at_start);
        left = left.saturating_sub(length);
        at_start = false;
    }
    out.push('"');
    breaks
}

/// How many columns [`push_escaped`] fills.
fn escaped_length(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\t' | '\r' => 2,
        c if is_printable(c) => 1,
        '\0'..='\u{ff}' => 4,
        '\u{100}'..='\u{ffff}' => 6,
        _ => 10,
    }
}

fn push_escaped(out: &mut String, c: char, at_start: bool) {
    match c {
        // White space at the start of a continued line would be lost.
        ' ' if at_start => out.push_str("\\ "),
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        c if is_printable(c) => out.push(c),
        c => escape(out, c as u32),
    }
}

fn escape(out: &mut String, code: u32) {
    // Writing to a string cannot fail.
    let _ = match code {
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// The pieces of a text whose every break stands for one space, each as long as fits into `room`.
pub(super) struct Folds<'a> {
    rest: &'a str,
    room: usize,
}

impl<'a> Folds<'a> {
    pub(super) fn new(text: &'a str, room: usize) -> Folds<'a> {
        Folds { rest: text, room }
    }
}

impl<'a> Iterator for Folds<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let bytes = self.rest.as_bytes();
        let mut at = None;
        if bytes.len() > self.room {
            // A break must stand between two characters that are no spaces, or the reader keeps it as a newline.
            for i in 1..bytes.len().saturating_sub(1) {
                if i > self.room && at.is_some() {
                    break;
                }
                if bytes[i] == b' ' && bytes[i - 1] != b' ' && bytes[i + 1] != b' ' {
                    at = Some(i);
                    if i > self.room {
                        break;
                    }
                }
            }
        }
        let (piece, rest) = match at {
            Some(i) => (&self.rest[..i], &self.rest[i + 1..]),
            None => (self.rest, ""),
        };
        self.rest = rest;
        Some(piece)
    }
}

pub(super) fn push_spaces(out: &mut String, count: usize) {
    const SPACES: &str = "                                                                ";
    let mut left = count;
    while left > 0 {
        let n = left.min(SPACES.len());
        out.push_str(&SPACES[..n]);
        left -= n;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_some_reader_would_misread_is_quoted() {
        let misread = [
            "",
            "y",
            "No",
            "on",
            "OFF",
            "true",
            "Null",
            "~",
            "1",
            "0.5",
            "1e3",
            "0o17",
            "017",
            "0x1F",
            "12:30",
            "1_000",
            "2026-11-21",
            "2026-11-21 10:00:00",
            ".inf",
            "-.INF",
            ".nan",
            "+1",
            "3.10",
            "- a",
            "-",
            "---",
            "? a",
            "a: b",
            "a #b",
            "a:",
            " a",
            "a ",
            "*a",
            "&a",
            "!a",
            "@a",
            "`a",
            "%a",
            "[a",
            "{a",
            "|",
            ">",
            "'a",
            "\"a",
            "#a",
            ",a",
            "<<",
            "=",
            "a\tb",
            "é",
            "null",
        ];
        for text in misread {
            assert!(!is_plain(text), "{text:?}");
        }
        let plain = [
            "a",
            "500m",
            "1Gi",
            "25%",
            "http://a:8000/b#c",
            "a b",
            "-Xmx1g",
            "--port",
            "/healthz",
            "$(A)",
            "a-b.c_d",
            "8000m",
            "yes-man",
            "v1",
            "$$(A)",
            "Etc/UTC",
            "a, b",
            "{{ a }}".trim_start_matches('{').trim(),
        ];
        for text in plain {
            assert!(is_plain(text), "{text:?}");
        }
    }

    #[test]
    fn folds_break_only_at_single_spaces() {
        let text = "aaa bbb  ccc ddd eeeeeeeeeeeeeeeeeeee f";
        let pieces: Vec<&str> = Folds::new(text, 8).collect();
        assert_eq!(pieces.join(" "), text);
        assert_eq!(pieces, ["aaa", "bbb  ccc", "ddd", "eeeeeeeeeeeeeeeeeeee", "f"]);
    }
}
