//! The order in which diagnostics are told.

use plat_base::{Diagnostic, FileId};
use std::collections::BTreeMap;

/// Sorts diagnostics by module (in the order of `files`), then by position; those of one place keep the order of the
/// stages. Diagnostics of no place come first. What two stages
/// say of one place under one code is told once, by the earlier one.
pub(crate) fn sorted(mut diagnostics: Vec<Diagnostic>, files: &[FileId]) -> Vec<Diagnostic> {
    let rank: BTreeMap<FileId, usize> = files.iter().enumerate().map(|(at, file)| (*file, at)).collect();
    diagnostics.sort_by_key(|d| {
        d.span().map(|s| (rank.get(&s.file).copied().unwrap_or(usize::MAX), s.file, s.start))
    });
    let mut told: Vec<Diagnostic> = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics {
        let here = told.iter().rev().take_while(|d| d.span() == diagnostic.span());
        let same = |d: &Diagnostic| d.code == diagnostic.code && d.is_error() == diagnostic.is_error();
        if diagnostic.span().is_none() || !here.into_iter().any(same) {
            told.push(diagnostic);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use plat_base::Span;

    #[test]
    fn diagnostics_follow_the_modules_and_nothing_is_told_twice() {
        let at = |file: u32, start: usize| Span::new(FileId(file), start, start + 1);
        let error = |code: &str, file, start| Diagnostic::error(code, "m", at(file, start));
        let found =
            vec![error("b", 1, 9), error("a", 0, 3), error("c", 1, 2), error("a", 0, 3), error("d", 0, 3)];
        let codes: Vec<String> = sorted(found, &[FileId(1), FileId(0)]).into_iter().map(|d| d.code).collect();
        assert_eq!(codes, ["c", "b", "a", "d"]);
    }
}
