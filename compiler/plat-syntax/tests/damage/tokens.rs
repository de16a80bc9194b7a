//! Where the tokens of a program are, read without the compiler's own lexer. A string is one token.

use std::ops::Range;

/// A token: its bytes.
pub(crate) struct Token {
    pub(crate) range: Range<usize>,
}

/// The tokens of a text, without comments.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        if bytes[at].is_ascii_whitespace() {
            at += 1;
            continue;
        }
        if text[at..].starts_with("//") {
            at += text[at..].find('\n').unwrap_or(text.len() - at);
            continue;
        }
        at = end(text, start);
        found.push(Token { range: start..at });
    }
    found
}

fn end(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let bytes = rest.as_bytes();
    if rest.starts_with("r\"") || rest.starts_with("r#") {
        let hashes = rest[1..].bytes().take_while(|b| *b == b'#').count();
        let close = format!("\"{}", "#".repeat(hashes));
        let from = hashes + 2;
        return start
            + rest.get(from..).and_then(|r| r.find(&close)).map_or(rest.len(), |n| from + n + close.len());
    }
    if bytes[0] == b'"' {
        return start + string(rest);
    }
    if word(bytes[0]) {
        let mut len = 0;
        while len < bytes.len() {
            let inner = matches!(bytes[len], b'-' | b'.') && bytes.get(len + 1).is_some_and(|b| word(*b));
            let number = bytes[0].is_ascii_digit();
            if word(bytes[len])
                || number && bytes[len] == b'%'
                || inner && !(number && bytes[len] == b'-') && (number || bytes[len] == b'-')
            {
                len += 1;
            } else {
                break;
            }
        }
        return start + len;
    }
    let long = ["...", "=>", "==", "!=", "<=", ">=", "??", "?.", "+=", "->"];
    let len = long.iter().find(|t| rest.starts_with(**t)).map_or(1, |t| t.len());
    start + rest.char_indices().nth(1).map_or(rest.len(), |(n, _)| n.max(len))
}

/// The length of a string, with the interpolations in it.
fn string(rest: &str) -> usize {
    let quote = if rest.starts_with("\"\"\"") { "\"\"\"" } else { "\"" };
    let bytes = rest.as_bytes();
    let mut at = quote.len();
    while at < bytes.len() {
        if rest[at..].starts_with(quote) {
            return at + quote.len();
        }
        at += match (bytes[at], bytes.get(at + 1)) {
            (b'\\', Some(b'(')) => 2 + interpolation(&rest[at + 2..]),
            (b'\\', Some(_)) => 2,
            _ => rest[at..].chars().next().map_or(1, char::len_utf8),
        };
    }
    rest.len()
}

/// The length of what stands in `\(…)`, the closing bracket included.
fn interpolation(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let (mut at, mut depth) = (0, 1);
    while at < bytes.len() && depth > 0 {
        match bytes[at] {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b'"' => {
                at += string(&rest[at..]);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    at
}
