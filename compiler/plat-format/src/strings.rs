//! Strings are printed as they were written, but for what is filled in on one line. Only the margin of a `"""` string, which is not part of its text, follows
//! the indentation around it.

use crate::Formatter;
use crate::doc::Doc;
use plat_base::Span;
use plat_syntax::ast::StrPart;

impl<'s> Formatter<'s> {
    pub(crate) fn string(&self, span: Span) -> Doc<'s> {
        let text = self.slice(span);
        if !text.contains('\n') {
            return Doc::Text(text);
        }
        reindented(text).map_or(Doc::Verbatim(text), Doc::Block)
    }
}

impl<'s> Formatter<'s> {
    /// A string with what is filled in formatted, if it stands on one line.
    pub(crate) fn filled_string(&mut self, span: Span, parts: &'s [StrPart]) -> Doc<'s> {
        let text = self.slice(span);
        if text.contains('\n') {
            return self.string(span);
        }
        self.interpolated(span, parts).unwrap_or(Doc::Text(text))
    }

    fn interpolated(&mut self, span: Span, parts: &'s [StrPart]) -> Option<Doc<'s>> {
        let mut docs = Vec::with_capacity(2 * parts.len() + 1);
        let mut at = span.start;
        for part in parts {
            let StrPart::Interp(id) = part else { continue };
            let value = self.module[*id].span;
            let before = self.slice(Span { start: at, end: value.start, ..span }).trim_end();
            let after = self.slice(Span { start: value.end, ..span }).trim_start();
            if !before.ends_with("\\(") || !after.starts_with(')') {
                return None;
            }
            docs.push(Doc::Text(before));
            docs.push(self.expr(*id));
            at = span.end - u32::try_from(after.len()).ok()?;
        }
        docs.push(Doc::Text(self.slice(Span { start: at, ..span })));
        Doc::flat(Doc::concat(docs))
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
