//! The standard library as a table of texts: it is part of the binary, so that a program means the same on every
//! machine. Tests may give a table of their own.

use std::sync::Arc;

static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));

/// The files of the standard library: paths below `stdlib/` with `/`, sorted, and their texts.
#[derive(Clone, Debug)]
pub struct Stdlib {
    files: Arc<[(String, Arc<str>)]>,
}

impl Stdlib {
    /// The one that the binary was built with.
    pub fn embedded() -> Stdlib {
        Stdlib::of(EMBEDDED.iter().copied())
    }

    /// One of these files.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Stdlib {
        let mut files: Vec<(String, Arc<str>)> =
            files.into_iter().map(|(path, text)| (path.to_owned(), Arc::from(text))).collect();
        files.sort_by(|a, b| a.0.cmp(&b.0));
        Stdlib { files: files.into() }
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&Arc<str>> {
        let at = self.files.binary_search_by(|(p, _)| p.as_str().cmp(path)).ok()?;
        self.files.get(at).map(|(_, text)| text)
    }

    /// The paths below a folder (with its `/`), sorted.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        self.files.iter().map(|(path, _)| path.as_str()).filter(move |path| path.starts_with(folder))
    }

    /// What can be imported, as `std.images` or `std.checks.memory`.
    pub fn modules(&self) -> Vec<String> {
        let importable = self.files.iter().map(|(path, _)| path).filter(|p| !p.starts_with("prelude/"));
        importable.map(|p| format!("std.{}", p.trim_end_matches(".plat").replace('/', "."))).collect()
    }
}
