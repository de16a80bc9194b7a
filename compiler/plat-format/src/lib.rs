//! Source text to source text in the one style of Plat. In: a file that parses. Out: the same program, every comment
//! and at most one empty line in a row kept, lines of at most 100 columns where that is possible. The order of
//! declarations is never changed, text in strings is never touched, and formatting twice is the same as once.

mod bodies;
mod comments;
mod doc;
mod exprs;
mod items;
mod sequence;
mod strings;
mod types;

use comments::Comments;
use plat_base::{Diagnostic, SourceFile, SourceMap, Span};
use plat_syntax::ast;

/// Bytes. Only what is touched is ever backed by memory.
const STACK: usize = 256 << 20;

/// Formats a file; its syntax errors if it has any.
pub fn format(source: &SourceFile) -> Result<String, Vec<Diagnostic>> {
    // A program may nest more deeply than the stack of any thread allows, so this one's is known.
    let text = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || layout(source));
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(text)) => text,
            _ => Ok(source.text.to_string()),
        }
    })?;
    // The last line of defence: a formatter that would change a program does nothing instead.
    Ok(if is_same(source, &text) { text } else { source.text.to_string() })
}

/// The text in its new layout.
fn layout(source: &SourceFile) -> Result<String, Vec<Diagnostic>> {
    // What nests too deeply for one project may be fine in another.
    let parse = plat_syntax::parse_nested(source, u64::MAX);
    if parse.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(parse.diagnostics);
    }
    let mut formatter = Formatter {
        text: &source.text,
        module: &parse.module,
        comments: Comments::new(plat_syntax::comments(source)),
    };
    Ok(doc::print(&formatter.module(), source.text.len() + source.text.len() / 8))
}

/// Whether a text has the words and comments of a file.
fn is_same(source: &SourceFile, text: &str) -> bool {
    let written = SourceMap::default().add(source.path.clone(), text);
    plat_syntax::words(&written) == plat_syntax::words(source)
        && plat_syntax::comments(&written).len() == plat_syntax::comments(source).len()
}

/// What every part of the formatter shares.
struct Formatter<'s> {
    text: &'s str,
    module: &'s ast::Module,
    comments: Comments,
}

impl<'s> Formatter<'s> {
    fn slice(&self, span: Span) -> &'s str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Whether there is a line break between two offsets.
    fn breaks_between(&self, start: u32, end: u32) -> bool {
        self.text.get(start as usize..end as usize).is_some_and(|t| t.contains('\n'))
    }

    /// Whether there is an empty line between two offsets.
    fn blank_between(&self, start: u32, end: u32) -> bool {
        let gap = self.text.get(start as usize..end as usize).unwrap_or("");
        gap.bytes().filter(|b| *b == b'\n').count() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::{is_same, layout};
    use plat_base::SourceMap;
    use std::path::Path;

    #[test]
    fn the_last_line_of_defence_is_never_needed() {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plat-syntax/tests/fixtures");
        let prelude = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/prelude");
        let mut count = 0;
        for folder in [fixtures, prelude] {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let source = SourceMap::default().add("a.plat", std::fs::read_to_string(&path).unwrap());
                assert!(is_same(&source, &layout(&source).unwrap()), "{}", path.display());
                count += 1;
            }
        }
        assert!(count > 5);
    }
}
