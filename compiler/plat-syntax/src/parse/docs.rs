//! The doc comment of the module: the one before the first `use`, or else one that a blank line follows at the top.

use super::build::FileState;
use crate::ast::Doc;

impl FileState<'_> {
    /// Takes the module's doc from the comments at the top.
    pub(super) fn module_doc(&mut self) -> Option<Doc> {
        let (leading, first) = self.leading_comments();
        let rest = self.source.get(first..).unwrap_or("");
        let before_use = rest.strip_prefix("use").is_some_and(|r| r.starts_with([' ', '\t', '\n', '\r']));
        let end = if before_use || rest.is_empty() {
            Some(leading)
        } else {
            self.first_blank_line(leading, first)
        }?;
        self.next_comment = end;
        self.make_doc(0, end)
    }

    /// How many comments stand before everything else, and where everything else begins.
    fn leading_comments(&self) -> (usize, usize) {
        let mut at = self.skip_white_space(0);
        let mut count = 0;
        while let Some(comment) = self.comments.get(count)
            && comment.start as usize == at
        {
            at = self.skip_white_space(comment.end as usize);
            count += 1;
        }
        (count, at)
    }

    fn skip_white_space(&self, at: usize) -> usize {
        let rest = self.source.get(at..).unwrap_or("");
        self.source.len() - rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{feff}']).len()
    }

    /// The number of leading comments up to the first blank line after a doc comment.
    fn first_blank_line(&self, leading: usize, first: usize) -> Option<usize> {
        let mut seen = false;
        for i in 0..leading {
            let comment = self.comments.get(i)?;
            seen |= comment.is_doc;
            let next = if i + 1 < leading { self.comments.get(i + 1)?.start as usize } else { first };
            let gap = self.source.get(comment.end as usize..next)?;
            if seen && gap.bytes().filter(|b| *b == b'\n').count() > 1 {
                return Some(i + 1);
            }
        }
        None
    }
}
