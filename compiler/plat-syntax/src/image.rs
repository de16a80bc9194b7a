//! Syntax trees as bytes. In: a tree. Out: an image, from which [`read`] makes an equal tree many times faster than the
//! parser does from text; and a [`Tree`], which does so when somebody looks at it. The standard library is in the binary
//! in this form.

use crate::ast::Module;
use plat_base::FileId;
use plat_base::image::{self, Files};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// The image of a tree; `None` if it cannot be written, which no tree of the parser causes.
pub fn write(module: &Module) -> Option<Vec<u8>> {
    let (tree, names) = image::writing(Files::One(module.file), || postcard::to_stdvec(module));
    postcard::to_stdvec(&(image::join(&names), tree.ok()?)).ok()
}

/// The tree of an image, as that of `file`; `None` if this is no image.
pub fn read(image: &'static [u8], file: FileId) -> Option<Module> {
    type Parts = ((&'static str, Vec<u32>), &'static [u8]);
    let (((texts, lengths), tree), rest): (Parts, _) = postcard::take_from_bytes(image).ok()?;
    if !rest.is_empty() {
        return None;
    }
    image::reading(image::split(texts, &lengths), Files::One(file), || postcard::from_bytes(tree)).ok()
}

/// A syntax tree that is here, or one that is read from its image when it is first looked at. Clones share it.
#[derive(Clone, Debug)]
pub struct Tree(Arc<Source>);

#[derive(Debug)]
struct Source {
    file: FileId,
    image: &'static [u8],
    module: OnceLock<Module>,
}

impl Tree {
    /// The tree that this image gives, as that of `file`; an empty one if this is no image.
    pub fn of_image(image: &'static [u8], file: FileId) -> Tree {
        Tree(Arc::new(Source { file, image, module: OnceLock::new() }))
    }

    /// The file that it is of, known without looking at it.
    pub fn file(&self) -> FileId {
        self.0.file
    }

    /// Whether somebody has looked at it.
    pub fn is_here(&self) -> bool {
        self.0.module.get().is_some()
    }
}

impl From<Module> for Tree {
    fn from(module: Module) -> Tree {
        Tree(Arc::new(Source { file: module.file, image: &[], module: OnceLock::from(module) }))
    }
}

impl Deref for Tree {
    type Target = Module;

    fn deref(&self) -> &Module {
        let Source { file, image, module } = &*self.0;
        module.get_or_init(|| read(image, *file).unwrap_or_else(|| Module::empty(*file)))
    }
}

impl Module {
    /// A file without anything.
    pub fn empty(file: FileId) -> Module {
        Module {
            file,
            doc: None,
            items: Vec::new(),
            exprs: Vec::new(),
            comments: Vec::new(),
            lost: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use plat_base::SourceMap;

    const TEXT: &str = "/// A kind.\nkind k { a: bytes = 512Mi, b?: list[string] } // note\n\
        let x: float = 0.5 + 1\nk one { when env == prod { b += [\"\\(x) ü\"] } }\n";

    #[test]
    fn an_image_gives_the_tree_back_in_any_file() {
        let mut sources = SourceMap::default();
        let first = sources.add("first.plat", TEXT);
        let second = sources.add("second.plat", TEXT);
        let image = write(&parse(&first).module).unwrap().leak();
        assert_eq!(read(image, first.id), Some(parse(&first).module));
        assert_eq!(read(image, second.id), Some(parse(&second).module));
        let tree = Tree::of_image(image, second.id);
        assert!(!tree.is_here() && tree.file() == second.id);
        assert_eq!(*tree.clone(), parse(&second).module);
        assert!(tree.is_here());
    }

    #[test]
    fn what_is_no_image_gives_no_tree() {
        let mut sources = SourceMap::default();
        let file = sources.add("main.plat", TEXT);
        let image: &'static [u8] = write(&parse(&file).module).unwrap().leak();
        for end in 0..image.len() {
            assert_eq!(read(&image[..end], file.id), None);
        }
        assert_eq!(read([image, &[0]].concat().leak(), file.id), None);
        assert_eq!(*Tree::of_image(&image[1..], file.id), Module::empty(file.id));
    }
}
