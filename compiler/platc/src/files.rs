//! How places are called in reports: files as seen from the folder that the user is in.

use plat_base::{FileId, LineCol, SourceMap, Span};
use plat_driver::{Outcome, relative, slashed};
use std::path::Path;

/// The sources of one run with the names that reports use.
pub(crate) struct Files<'a> {
    /// The texts.
    pub(crate) sources: &'a SourceMap,
    names: Vec<String>,
    std: Vec<bool>,
}

/// A span in lines and columns, from 1.
pub(crate) struct Place<'a> {
    /// The file.
    pub(crate) file: &'a str,
    /// The first character.
    pub(crate) start: LineCol,
    /// The one after the last.
    pub(crate) end: LineCol,
}

impl<'a> Files<'a> {
    /// The files of an outcome as seen from `cwd`, whose links are resolved.
    pub(crate) fn of(outcome: &'a Outcome, cwd: &Path) -> Files<'a> {
        let name = |(file, path): (&std::sync::Arc<plat_base::SourceFile>, &Option<std::path::PathBuf>)| {
            match path {
                Some(path) => slashed(&relative(cwd, path)),
                None => file.path.clone(),
            }
        };
        let names = outcome.sources.iter().zip(&outcome.paths).map(name).collect();
        let std = outcome.paths.iter().map(Option::is_none).collect();
        Files { sources: &outcome.sources, names, std }
    }

    /// How a file is called.
    pub(crate) fn name(&self, file: FileId) -> &str {
        self.names.get(file.0 as usize).map_or("", String::as_str)
    }

    /// Whether a file is one of the standard library, which lies in the binary.
    pub(crate) fn is_std(&self, file: FileId) -> bool {
        self.std.get(file.0 as usize).copied().unwrap_or(false)
    }

    /// Where a span is.
    pub(crate) fn place(&self, span: Span) -> Place<'_> {
        let file = self.sources.get(span.file);
        Place {
            file: self.name(span.file),
            start: file.line_col(span.start),
            end: file.line_col(span.end.max(span.start)),
        }
    }
}

impl<'a> Files<'a> {
    /// Files with these names, in the order of their ids.
    pub(crate) fn named(sources: &'a SourceMap, names: Vec<String>) -> Files<'a> {
        Files { sources, names, std: Vec::new() }
    }
}
