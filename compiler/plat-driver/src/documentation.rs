//! What the doc comments say. In: the standard library and, if there is one, a project. Out: an article for everything
//! that has a name, as it is written. Only the syntax trees are read, so this works on programs with errors.

mod article;

use crate::load::{self, Loaded};
use crate::project::Layout;
use crate::stdlib::Stdlib;
use crate::world::World;
use crate::{Failure, on_deep_stack};
use plat_base::{SourceFile, SourceMap, closest};
use std::sync::Arc;

/// What a declaration is, and what is said about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Article {
    /// The dotted name: `service`, `std.images.temurin`, `platforms.arm64`.
    pub path: Vec<String>,
    /// `kind`, `function`, `type`, `enum`, `constant`, `instance`, `check` or `module`.
    pub what: &'static str,
    /// The declaration without its body, on one line: `kind service extends workload`.
    pub signature: String,
    /// The doc comment.
    pub doc: Option<String>,
    /// Where it is declared: `std/prelude/workloads.plat:12`.
    pub place: String,
    /// The parent of a kind, as it is written.
    pub parent: Option<String>,
    /// Fields, variants, parameters, or what a module declares.
    pub parts: Vec<Part>,
}

impl Article {
    /// Whether this is the instance `KIND.NAME`.
    fn is_instance(&self, kind: &str, name: &str) -> bool {
        let of_kind = || self.signature.split(' ').find(|w| *w != "abstract") == Some(kind);
        self.what == "instance" && self.path.last().is_some_and(|n| n == name) && of_kind()
    }
}

/// A part of something that is documented.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// How it is declared, on one line: `replicas?: int`.
    pub signature: String,
    /// Its doc comment.
    pub doc: Option<String>,
    /// Where it is declared.
    pub place: String,
}

/// What a name leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Entry<'a> {
    /// Something that is declared, with the kinds that it extends, nearest first.
    Article(&'a Article, Vec<&'a Article>),
    /// A part of something.
    Part(&'a Article, &'a Part),
}

/// Everything that has a name: the project's first, then the prelude's, then that of the modules of the library.
#[derive(Debug, Default)]
pub struct Documentation {
    /// The articles, in the order of the sources.
    pub articles: Vec<Article>,
}

/// Reads the documentation of the standard library and of a project.
pub fn documentation(
    world: &dyn World,
    stdlib: &Stdlib,
    layout: Option<&Layout>,
) -> Result<Documentation, Failure> {
    let mut sources = SourceMap::default();
    let mut files: Vec<(Vec<String>, Arc<SourceFile>)> = Vec::new();
    if let Some(layout) = layout {
        let Loaded { sources: own, paths, .. } = load::load(world, stdlib, layout)?;
        for (file, _) in own.iter().zip(&paths).filter(|(_, path)| path.is_some()) {
            let module = file.path.trim_end_matches(".plat").rsplit('/').next().unwrap_or("");
            let file = sources.add(file.path.clone(), file.text.clone());
            files.push((vec![module.to_owned()], file));
        }
    }
    let (prelude, modules): (Vec<&str>, Vec<&str>) =
        stdlib.below("").partition(|path| path.starts_with("prelude/"));
    for path in prelude.into_iter().chain(modules) {
        let Some(text) = stdlib.text(path) else { continue };
        let file = sources.add(format!("std/{path}"), text.clone());
        files.push((module_of(path), file));
    }
    let articles = on_deep_stack(|| {
        let read = |(module, file): &(Vec<String>, Arc<SourceFile>)| article::of_file(module, file);
        files.iter().flat_map(read).collect()
    })?;
    Ok(Documentation { articles })
}

/// `std.checks.memory` of `checks/memory.plat`; the names of the prelude belong to no module.
fn module_of(path: &str) -> Vec<String> {
    match path.strip_prefix("prelude/") {
        Some(_) => Vec::new(),
        None => {
            let parts = path.trim_end_matches(".plat").split('/');
            std::iter::once("std").chain(parts).map(str::to_owned).collect()
        }
    }
}

impl Documentation {
    /// All that a name, or the end of a dotted one, can mean: declarations, and fields where their owner is named.
    pub fn find(&self, name: &str) -> Vec<Entry<'_>> {
        let words: Vec<&str> = name.split('.').collect();
        let mut found = Vec::new();
        for article in &self.articles {
            if ends_with(&article.path, &words) {
                found.push(Entry::Article(article, self.ancestors(article)));
            }
        }
        let Some((last, owner)) = words.split_last().filter(|(_, owner)| !owner.is_empty()) else {
            return found;
        };
        let kind = owner.join(".");
        found.extend(
            self.articles
                .iter()
                .filter(|a| a.is_instance(&kind, last))
                .map(|a| Entry::Article(a, Vec::new())),
        );
        for article in self.articles.iter().filter(|a| a.what != "module" && ends_with(&a.path, owner)) {
            let all = std::iter::once(article).chain(self.ancestors(article));
            let part = all.flat_map(|a| &a.parts).find(|p| p.name == *last);
            found.extend(part.map(|part| Entry::Part(article, part)));
        }
        found
    }

    /// The name nearest to one that means nothing.
    pub fn near(&self, name: &str) -> Option<String> {
        let full: Vec<String> = self.articles.iter().map(|a| a.path.join(".")).collect();
        let last = self.articles.iter().filter_map(|a| a.path.last()).map(String::as_str);
        let fields = name.rsplit_once('.').map(|(owner, _)| self.parts_of(owner)).unwrap_or_default();
        let all = fields.iter().map(String::as_str).chain(last).chain(full.iter().map(String::as_str));
        closest(name, all).map(str::to_owned)
    }

    fn parts_of(&self, owner: &str) -> Vec<String> {
        let mut names = Vec::new();
        for entry in self.find(owner) {
            if let Entry::Article(article, ancestors) = entry {
                let parts = std::iter::once(article).chain(ancestors).flat_map(|a| &a.parts);
                names.extend(parts.map(|p| format!("{owner}.{}", p.name)));
            }
        }
        names
    }

    /// The kinds that a kind extends, nearest first.
    fn ancestors(&self, article: &Article) -> Vec<&Article> {
        let mut found: Vec<&Article> = Vec::new();
        let mut parent = article.parent.as_deref().filter(|_| article.what == "kind");
        while let Some(name) = parent {
            let words: Vec<&str> = name.split('.').collect();
            let next = self.articles.iter().find(|a| a.what == "kind" && ends_with(&a.path, &words));
            // A ring is an error of the program, which is told elsewhere.
            let Some(next) = next.filter(|n| *n != article && !found.contains(n)) else { break };
            found.push(next);
            parent = next.parent.as_deref();
        }
        found
    }
}

fn ends_with(path: &[String], words: &[&str]) -> bool {
    path.len() >= words.len() && path.iter().rev().zip(words.iter().rev()).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MemoryWorld, discover};
    use std::path::Path;

    fn library() -> Documentation {
        documentation(&MemoryWorld::new([]), &Stdlib::embedded(), None).unwrap()
    }

    #[test]
    fn everything_of_the_library_is_found_under_its_name() {
        let library = library();
        for name in
            ["service", "range", "std.images", "images", "std.platforms.linux-arm64", "memory-exceeds-limit"]
        {
            assert!(!library.find(name).is_empty(), "{name}");
        }
        assert!(
            matches!(library.find("service.health").as_slice(), [Entry::Part(_, part)] if part.doc.is_some())
        );
        assert!(library.find("health-of-nobody").is_empty());
        assert_eq!(library.near("servce").as_deref(), Some("service"));
        assert_eq!(library.near("service.helth").as_deref(), Some("service.health"));
    }

    #[test]
    fn a_project_is_documented_even_if_it_is_in_error() {
        let world = MemoryWorld::new([(
            "/p/main.plat",
            "/// Ours.\nkind team extends service {\n  /// Who.\n  owner: string = \"me\"\n}\n/// Twice.\nfn twice(n: int) -> int = 2 * nn\nteam shop { owner = \"us\" }\n",
        )]);
        let layout = discover(&world, Path::new("/p"), &[], None).unwrap();
        let all = documentation(&world, &Stdlib::embedded(), Some(&layout)).unwrap();
        let Some(Entry::Article(team, ancestors)) = all.find("team").into_iter().next() else { panic!() };
        assert_eq!(team.signature, "kind team extends service");
        assert_eq!((team.doc.as_deref(), team.place.as_str()), (Some("Ours."), "main.plat:2"));
        assert_eq!(team.parts[0].signature, "owner: string = \"me\"");
        assert_eq!(ancestors[0].path, ["service"]);
        assert!(matches!(all.find("team.shop").as_slice(), [Entry::Article(a, _)] if a.what == "instance"));
        assert!(matches!(all.find("team.image").as_slice(), [Entry::Part(..)]), "inherited");
        let Some(Entry::Article(twice, _)) = all.find("main.twice").into_iter().next() else { panic!() };
        assert_eq!(twice.signature, "fn twice(n: int) -> int");
    }
}
