//! The standard library as a table of texts: it is part of the binary, so that a program means the same on every
//! machine. It was parsed when the binary was built, and what every program has of it was checked. Tests may give a
//! table of their own.

use plat_base::{FileId, Text};
use plat_syntax::image::Tree;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));
/// The syntax trees of [`EMBEDDED`], in its order.
static IMAGES: &[&[u8]] = include!(concat!(env!("OUT_DIR"), "/images.rs"));
/// The part of [`EMBEDDED`] that was checked; `None` if there is anything to tell of it, which every run then does.
static CHECKED: Option<Checked> = include!(concat!(env!("OUT_DIR"), "/checked.rs"));

/// The modules that are the first of every program: the prelude, the checks, the platforms and what these import.
#[derive(Debug)]
pub(crate) struct Checked {
    /// The path of each, after all that it imports, and for each of its `use`s the module that it leads to.
    pub(crate) modules: &'static [(&'static str, &'static [Option<usize>])],
    /// What [`plat_sema::image`] made of them.
    pub(crate) image: &'static [u8],
}

/// The files of the standard library: paths below `stdlib/` with `/`, sorted, and their texts.
#[derive(Clone, Debug)]
pub struct Stdlib {
    files: Arc<[File]>,
    checked: Option<&'static Checked>,
}

#[derive(Debug)]
struct File {
    path: Cow<'static, str>,
    text: Text,
    /// Its syntax tree as it was when the binary was built; empty if there is none.
    image: &'static [u8],
    /// Its tree, for a process that compiles more than once.
    parsed: OnceLock<Tree>,
}

impl Stdlib {
    /// The one that the binary was built with.
    pub fn embedded() -> Stdlib {
        let file = |((path, text), image): (&(&'static str, &'static str), &&'static [u8])| File {
            path: Cow::Borrowed(path),
            text: Text::embedded(text),
            image,
            parsed: OnceLock::new(),
        };
        Stdlib { files: EMBEDDED.iter().zip(IMAGES).map(file).collect(), checked: CHECKED.as_ref() }
    }

    /// One of these files.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Stdlib {
        let file = |(path, text): (&str, &str)| File {
            path: Cow::Owned(path.to_owned()),
            text: text.into(),
            image: &[],
            parsed: OnceLock::new(),
        };
        let mut files: Vec<File> = files.into_iter().map(file).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Stdlib { files: files.into(), checked: None }
    }

    /// The same without what was checked before.
    #[cfg(test)]
    pub(crate) fn unchecked(self) -> Stdlib {
        Stdlib { checked: None, ..self }
    }

    /// What was checked before.
    pub(crate) fn checked(&self) -> Option<&'static Checked> {
        self.checked
    }

    fn file(&self, path: &str) -> Option<&File> {
        let at = self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        self.files.get(at)
    }

    /// The tree of a file with this id in its spans, if it was parsed before: under that id in this process, or when
    /// the binary was built.
    pub(crate) fn parsed(&self, path: &str, id: FileId) -> Option<Tree> {
        let file = self.file(path)?;
        if let Some(tree) = file.parsed.get().filter(|tree| tree.file() == id) {
            return Some(tree.clone());
        }
        let tree = Tree::of_image(Some(file.image).filter(|image| !image.is_empty())?, id);
        self.keep(path, &tree);
        Some(tree)
    }

    /// Keeps the tree of a file for later runs.
    pub(crate) fn keep(&self, path: &str, tree: &Tree) {
        if let Some(file) = self.file(path) {
            // The first one stays.
            let _ = file.parsed.set(tree.clone());
        }
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&Text> {
        self.file(path).map(|file| &file.text)
    }

    /// The paths below a folder (with its `/`), sorted.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        self.files.iter().map(|file| &*file.path).filter(move |path| path.starts_with(folder))
    }

    /// What can be imported, as `std.images` or `std.checks.memory`.
    pub fn modules(&self) -> Vec<String> {
        let importable = self.files.iter().map(|file| &file.path).filter(|p| !p.starts_with("prelude/"));
        importable.map(|p| format!("std.{}", p.trim_end_matches(".plat").replace('/', "."))).collect()
    }
}

#[cfg(test)]
mod tests;
