//! The order in which diagnostics are told.

use plat_base::{Diagnostic, FileId};
use std::collections::BTreeMap;

/// The most diagnostics that one run tells. Nobody reads more, and a file of ten megabytes may have a million.
pub const MAX_DIAGNOSTICS: usize = 1000;

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

/// Leaves out what is beyond [`MAX_DIAGNOSTICS`], and says so.
pub(crate) fn limited(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if diagnostics.len() <= MAX_DIAGNOSTICS {
        return diagnostics;
    }
    let rest = diagnostics.split_off(MAX_DIAGNOSTICS);
    if let Some(worst) = rest.iter().max_by_key(|d| d.severity) {
        let mut last = worst.clone();
        last.code = "limit-exceeded".to_owned();
        last.message = format!("{} more problems are not told, of which this is one", rest.len());
        last.help = Some("mend those before it first".to_owned());
        last.labels.truncate(1);
        last.fixes.clear();
        diagnostics.push(last);
    }
    diagnostics
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

    #[test]
    fn no_run_tells_a_million_problems() {
        let error = |at: usize| Diagnostic::warning("a", "m", Span::new(FileId(0), at, at + 1));
        let mut found: Vec<Diagnostic> = (0..5000).map(error).collect();
        found[4000].severity = plat_base::Severity::Error;
        let told = limited(found);
        assert_eq!(told.len(), MAX_DIAGNOSTICS + 1);
        let last = told.last().unwrap();
        assert!(last.is_error() && last.message.starts_with("4000 more"), "an error is never lost: {last:?}");
    }
}
