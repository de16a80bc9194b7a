//! The standard library as a table of texts: it is part of the binary, so that a program means the same on every
//! machine. It was parsed when the binary was built. Tests may give a table of their own.

use plat_base::FileId;
use plat_syntax::ast::Module;
use std::sync::{Arc, OnceLock};

static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));
/// The syntax trees of [`EMBEDDED`], in its order.
static IMAGES: &[&[u8]] = include!(concat!(env!("OUT_DIR"), "/images.rs"));

/// The files of the standard library: paths below `stdlib/` with `/`, sorted, and their texts.
#[derive(Clone, Debug)]
pub struct Stdlib {
    files: Arc<[File]>,
}

#[derive(Debug)]
struct File {
    path: String,
    text: Arc<str>,
    /// Its syntax tree as it was when the binary was built; empty if there is none.
    image: &'static [u8],
    /// Its tree, for a process that compiles more than once.
    parsed: OnceLock<Arc<Module>>,
}

impl Stdlib {
    /// The one that the binary was built with.
    pub fn embedded() -> Stdlib {
        Stdlib::with_images(EMBEDDED.iter().copied(), IMAGES)
    }

    /// One of these files.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Stdlib {
        Stdlib::with_images(files, &[])
    }

    fn with_images<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        images: &[&'static [u8]],
    ) -> Stdlib {
        let images = images.iter().copied().chain(std::iter::repeat(&[] as &[u8]));
        let file = |((path, text), image): ((&str, &str), _)| File {
            path: path.to_owned(),
            text: Arc::from(text),
            image,
            parsed: OnceLock::new(),
        };
        let mut files: Vec<File> = files.into_iter().zip(images).map(file).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Stdlib { files: files.into() }
    }

    fn file(&self, path: &str) -> Option<&File> {
        let at = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        self.files.get(at)
    }

    /// The tree of a file with this id in its spans, if it was parsed before: under that id in this process, or when
    /// the binary was built.
    pub(crate) fn parsed(&self, path: &str, id: FileId) -> Option<Arc<Module>> {
        let file = self.file(path)?;
        if let Some(tree) = file.parsed.get().filter(|tree| tree.file == id) {
            return Some(Arc::clone(tree));
        }
        let tree = plat_syntax::image::read(Some(file.image).filter(|image| !image.is_empty())?, id)?;
        let tree = Arc::new(tree);
        self.keep(path, &tree);
        Some(tree)
    }

    /// Keeps the tree of a file for later runs.
    pub(crate) fn keep(&self, path: &str, tree: &Arc<Module>) {
        if let Some(file) = self.file(path) {
            // The first one stays.
            let _ = file.parsed.set(Arc::clone(tree));
        }
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&Arc<str>> {
        self.file(path).map(|file| &file.text)
    }

    /// The paths below a folder (with its `/`), sorted.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        self.files.iter().map(|file| file.path.as_str()).filter(move |path| path.starts_with(folder))
    }

    /// What can be imported, as `std.images` or `std.checks.memory`.
    pub fn modules(&self) -> Vec<String> {
        let importable = self.files.iter().map(|file| &file.path).filter(|p| !p.starts_with("prelude/"));
        importable.map(|p| format!("std.{}", p.trim_end_matches(".plat").replace('/', "."))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plat_base::SourceMap;

    #[test]
    fn what_was_parsed_before_is_what_would_be_parsed_now() {
        let stdlib = Stdlib::embedded();
        let mut sources = SourceMap::default();
        // With another id than in the image, and than in the process before.
        for _ in 0..2 {
            for file in stdlib.files.iter() {
                let source = sources.add(file.path.as_str(), Arc::clone(&file.text));
                let before = stdlib.parsed(&file.path, source.id).unwrap();
                let now = plat_syntax::parse(&source);
                assert_eq!(*before, now.module, "{}", file.path);
                assert_eq!(now.diagnostics, [], "{}", file.path);
            }
        }
        assert!(stdlib.files.len() > 20);
    }
}
