//! Strings are printed as they were written. Only the margin of a `"""` string, which is not part of its text, follows
//! the indentation around it.

use crate::Formatter;
use crate::doc::Doc;
use plat_base::Span;

impl<'s> Formatter<'s> {
    pub(crate) fn string(&self, span: Span) -> Doc<'s> {
        let text = self.slice(span);
        if !text.contains('\n') {
            return Doc::Text(text);
        }
        reindented(text).map_or(Doc::Verbatim(text), Doc::Block)
    }
}

/// The lines of a `"""` string without its margin; nothing if it cannot be taken off.
fn reindented(text: &str) -> Option<Vec<&str>> {
    let written = text.strip_prefix('r').unwrap_or(text);
    let inner = written.strip_prefix("\"\"\"")?.strip_suffix("\"\"\"")?;
    // With a string of several lines inside of it, there is more than one margin.
    if inner.contains("\"\"\"") || inner.contains('\r') || inner.contains("r#") || !inner.starts_with('\n') {
        return None;
    }
    let mut lines: Vec<&str> = text.split('\n').collect();
    let closing = lines.pop()?;
    let margin = closing.strip_suffix("\"\"\"")?;
    if !margin.bytes().all(|b| b == b' ' || b == b'\t') {
        return None;
    }
    let mut taken = Vec::with_capacity(lines.len() + 1);
    for (i, line) in lines.into_iter().enumerate() {
        let blank = line.bytes().all(|b| b == b' ' || b == b'\t');
        taken.push(match line.strip_prefix(margin) {
            _ if i == 0 => line,
            Some(rest) => rest,
            None if blank => "",
            None => return None,
        });
    }
    taken.push("\"\"\"");
    Some(taken)
}
