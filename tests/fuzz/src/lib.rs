//! What the fuzz targets check, and how they change programs. In: any text. Out: nothing, or a panic that says which
//! promise is broken. A file given on the command line of a target is run once, which is how a finding is replayed.

pub mod evaluate;
pub mod format;
pub mod mutate;
pub mod parse;
pub mod produce;
pub mod yaml;

use plat_base::{Diagnostic, SourceFile, Span};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;

/// Keeps the input that is about to run in the file that `PLAT_FUZZ_LAST` names. A stack overflow ends the process
/// before libFuzzer can write anything.
pub fn note(data: &[u8]) {
    static LAST: OnceLock<Option<File>> = OnceLock::new();
    let last = LAST.get_or_init(|| File::create(std::env::var_os("PLAT_FUZZ_LAST")?).ok());
    if let Some(file) = last {
        let _ = file.write_all_at(data, 0);
        let _ = file.set_len(data.len() as u64);
    }
}

/// Panics unless the span lies in the file, between characters.
pub(crate) fn inside(file: &SourceFile, span: Span, what: &str) {
    let (start, end) = (span.start as usize, span.end as usize);
    assert!(start <= end && file.text.get(start..end).is_some(), "{what}: {span:?} of {}", file.text.len());
}

/// Panics unless a diagnostic says something and each of its places is one of the file that `file_of` finds.
pub(crate) fn well_formed<'f>(diagnostic: &Diagnostic, file_of: impl Fn(Span) -> Option<&'f SourceFile>) {
    let code = &diagnostic.code;
    assert!(!code.is_empty() && !diagnostic.message.is_empty(), "{diagnostic:?}");
    let fixes = diagnostic.fixes.iter().flat_map(|f| &f.edits).map(|e| e.span);
    for span in diagnostic.labels.iter().map(|l| l.span).chain(fixes) {
        match file_of(span) {
            Some(file) => inside(file, span, code),
            None => panic!("{code}: no such file: {span:?}"),
        }
    }
}
