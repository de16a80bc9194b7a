//! Syntax trees as bytes. In: a tree. Out: an image, from which [`read`] makes an equal tree many times faster than the
//! parser does from text. The standard library is in the binary in this form.

use crate::ast::Module;
use plat_base::{FileId, Name, image};

/// The image of a tree; `None` if it cannot be written, which no tree of the parser causes.
pub fn write(module: &Module) -> Option<Vec<u8>> {
    let (tree, names) = image::writing(|| postcard::to_stdvec(module));
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    postcard::to_stdvec(&(names, tree.ok()?)).ok()
}

/// The tree of an image, as that of `file`; `None` if this is no image.
pub fn read(image: &[u8], file: FileId) -> Option<Module> {
    let ((names, tree), rest): ((Vec<&str>, &[u8]), _) = postcard::take_from_bytes(image).ok()?;
    let names = names.into_iter().map(Name::new).collect();
    if !rest.is_empty() {
        return None;
    }
    image::reading(names, file, || postcard::from_bytes(tree)).ok()
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
        let image = write(&parse(&first).module).unwrap();
        assert_eq!(read(&image, first.id), Some(parse(&first).module));
        assert_eq!(read(&image, second.id), Some(parse(&second).module));
    }

    #[test]
    fn what_is_no_image_gives_no_tree() {
        let mut sources = SourceMap::default();
        let file = sources.add("main.plat", TEXT);
        let image = write(&parse(&file).module).unwrap();
        for end in 0..image.len() {
            assert_eq!(read(&image[..end], file.id), None);
        }
        assert_eq!(read(&[image.as_slice(), &[0]].concat(), file.id), None);
    }
}
