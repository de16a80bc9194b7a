//! Checks the part of the standard library that every program has. In: the images of its syntax trees. Out: the image of
//! the checked modules, and their order and imports as Rust source.

use plat_base::{FileId, Name};
use plat_sema::SourceModule;
use plat_syntax::ast::{ItemKind, Module, Use, UsePath};
use plat_syntax::image::Tree;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

/// The trees by path, and the modules so far, each after all that it imports.
struct Library<'a> {
    trees: BTreeMap<&'a str, &'static [u8]>,
    /// `None` for a module whose imports are being followed.
    places: BTreeMap<String, Option<usize>>,
    paths: Vec<String>,
    modules: Vec<SourceModule>,
}

/// Writes the image into the folder `out`; gives the expression of `Option<Checked>` that tells of it, which is `None`
/// where a part of the library has a mistake.
pub(crate) fn checked(trees: &BTreeMap<String, Vec<u8>>, out: &Path) -> io::Result<String> {
    let leaked = |(path, image): (&'_ String, &Vec<u8>)| (path.clone(), &*image.clone().leak());
    let leaked: Vec<(String, &'static [u8])> = trees.iter().map(leaked).collect();
    let mut library = Library {
        trees: leaked.iter().map(|(path, image)| (path.as_str(), *image)).collect(),
        places: BTreeMap::new(),
        paths: Vec::new(),
        modules: Vec::new(),
    };
    let below = |folder| trees.keys().filter(move |path| path.starts_with(folder)).map(String::as_str);
    let roots = below("prelude/").chain(below("checks/")).chain(["platforms.plat"]);
    let image = roots.map(|path| library.add(path)).collect::<Option<Vec<usize>>>();
    let image = image.and_then(|_| plat_sema::image(&library.modules));
    let Some(image) = image else { return Ok("None\n".to_owned()) };
    fs::write(out.join("checked.image"), image)?;
    let mut source = String::from("Some(Checked {\n    modules: &[\n");
    for (path, module) in library.paths.iter().zip(&library.modules) {
        writeln!(source, "        ({path:?}, &{:?}),", module.imports).map_err(io::Error::other)?;
    }
    source
        .push_str("    ],\n    image: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/checked.image\")),\n})\n");
    Ok(source)
}

impl Library<'_> {
    /// Adds a module after all that it imports; `None` if it cannot be done.
    fn add(&mut self, path: &str) -> Option<usize> {
        if let Some(known) = self.places.get(path) {
            return *known;
        }
        self.places.insert(path.to_owned(), None);
        let image = *self.trees.get(path).filter(|image| !image.is_empty())?;
        let tree = plat_syntax::image::read(image, FileId(0))?;
        let imports = uses(&tree).map(|import| self.add(&path_of(import)?).map(Some));
        let imports = imports.collect::<Option<Vec<Option<usize>>>>()?;
        let at = self.modules.len();
        let stem = path.rsplit('/').next()?.trim_end_matches(".plat");
        self.modules.push(SourceModule {
            ast: Tree::of_image(image, FileId(at as u32)),
            name: Name::new(stem),
            is_std: true,
            is_prelude: path.starts_with("prelude/"),
            imports,
        });
        self.paths.push(path.to_owned());
        self.places.insert(path.to_owned(), Some(at));
        Some(at)
    }
}

fn uses(tree: &Module) -> impl Iterator<Item = &Use> {
    tree.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Use(import) => Some(import),
        _ => None,
    })
}

/// `checks/memory.plat` of `std.checks.memory`.
fn path_of(import: &Use) -> Option<String> {
    let UsePath::Dotted(words) = &import.path else { return None };
    let (first, rest) = words.split_first()?;
    let rest: Vec<&str> = rest.iter().map(|word| word.name.as_str()).collect();
    (first.name.as_str() == "std").then(|| format!("{}.plat", rest.join("/")))
}
