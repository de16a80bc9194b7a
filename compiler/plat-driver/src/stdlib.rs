//! The standard library as a table of texts: it is part of the binary, so that a program means the same on every
//! machine. Tests may give a table of their own.

use plat_base::FileId;
use plat_syntax::ast::Module;
use std::sync::{Arc, OnceLock};

static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));

/// The files of the standard library: paths below `stdlib/` with `/`, sorted, and their texts.
#[derive(Clone, Debug)]
pub struct Stdlib {
    files: Arc<[(String, Arc<str>)]>,
    /// What a process that compiles more than once has parsed already, by the position of the file.
    parsed: Arc<[OnceLock<Arc<Module>>]>,
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
        let parsed = files.iter().map(|_| OnceLock::new()).collect();
        Stdlib { files: files.into(), parsed }
    }

    /// The tree of a file, if it was parsed before under the same id, which its spans have in them.
    pub(crate) fn parsed(&self, path: &str, id: FileId) -> Option<Arc<Module>> {
        let tree = self.parsed.get(self.position(path)?)?.get()?;
        (tree.file == id).then(|| Arc::clone(tree))
    }

    /// Keeps the tree of a file for later runs.
    pub(crate) fn keep(&self, path: &str, tree: &Arc<Module>) {
        if let Some(slot) = self.position(path).and_then(|at| self.parsed.get(at)) {
            // The first one stays.
            let _ = slot.set(Arc::clone(tree));
        }
    }

    fn position(&self, path: &str) -> Option<usize> {
        self.files.binary_search_by(|(p, _)| p.as_str().cmp(path)).ok()
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&Arc<str>> {
        self.files.get(self.position(path)?).map(|(_, text)| text)
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
