//! Programs as texts, and what the checker says about them.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use plat_base::{Diagnostic, Name, SourceMap};
use plat_sema::{SourceModule, analyze, hir};
use plat_syntax::ast::{ItemKind, Module, UsePath};
use std::path::Path;

/// A checked program.
pub struct Checked {
    pub sources: SourceMap,
    pub program: hir::Program,
    pub diagnostics: Vec<Diagnostic>,
}

/// One file of a test: its name without extension, its text, whether it is of the standard library or prelude.
pub struct File {
    pub name: String,
    pub text: String,
    pub is_std: bool,
    pub is_prelude: bool,
}

/// Checks files in the given order, each after all that it imports.
pub fn check_files(files: &[File]) -> Checked {
    let mut sources = SourceMap::default();
    let mut modules: Vec<SourceModule> = Vec::new();
    let mut diagnostics = Vec::new();
    for file in files {
        let source = sources.add(format!("{}.plat", file.name), file.text.as_str());
        let parsed = plat_syntax::parse(&source);
        diagnostics.extend(parsed.diagnostics);
        let imports = imports_of(&parsed.module, &modules);
        modules.push(SourceModule {
            ast: parsed.module.into(),
            name: Name::new(&file.name),
            is_std: file.is_std,
            is_prelude: file.is_prelude,
            imports,
        });
    }
    let (program, found) = analyze(&modules);
    diagnostics.extend(found);
    Checked { sources, program, diagnostics }
}

fn imports_of(module: &Module, known: &[SourceModule]) -> Vec<Option<usize>> {
    let uses = module.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Use(decl) => Some(decl),
        _ => None,
    });
    uses.map(|decl| {
        let (name, is_std) = match &decl.path {
            UsePath::Dotted(parts) => (parts.last().map_or("", |p| p.name.as_str()), true),
            UsePath::File(path) | UsePath::Crd(path) => {
                (path.as_str().rsplit('/').next().unwrap_or("").trim_end_matches(".plat"), false)
            }
        };
        known.iter().position(|m| m.name.as_str() == name && m.is_std == is_std && !m.is_prelude)
    })
    .collect()
}

/// The real standard library: prelude, checks, and the other modules.
pub fn standard_library() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib");
    let mut files = Vec::new();
    for (folder, is_prelude) in [("prelude", true), ("", false), ("checks", false)] {
        let mut paths: Vec<_> = std::fs::read_dir(root.join(folder))
            .map(|dir| dir.filter_map(Result::ok).map(|e| e.path()).collect())
            .unwrap_or_default();
        paths.retain(|p: &std::path::PathBuf| p.extension().is_some_and(|e| e == "plat"));
        paths.sort();
        for path in paths {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            files.push(File {
                name,
                text: std::fs::read_to_string(&path).unwrap(),
                is_std: true,
                is_prelude,
            });
        }
    }
    files
}

/// A program of one file, with the small prelude.
pub fn check(text: &str) -> Checked {
    check_files(&[small_prelude(), own("main", text)])
}

/// A prelude in which a test can see all that it depends on.
pub fn small_prelude() -> File {
    let text = include_str!("prelude.plat").to_owned();
    File { name: "prelude".to_owned(), text, is_std: true, is_prelude: true }
}

/// Asserts which diagnostics a program gets: `code @ text of the primary span`, in order.
#[track_caller]
pub fn expect(text: &str, codes: &[&str]) {
    let checked = check(text);
    assert_eq!(checked.codes(), codes, "\n{text}\n{}", checked.report());
}

/// Asserts that a program gets one diagnostic, whose whole report has all these texts in it.
#[track_caller]
pub fn expect_report(text: &str, parts: &[&str]) {
    let checked = check(text);
    let report = checked.report();
    assert_eq!(checked.diagnostics.len(), 1, "\n{text}\n{report}");
    for part in parts {
        assert!(report.contains(part), "`{part}` is missing\n{text}\n{report}");
    }
}

/// Asserts that a program has no problems.
#[track_caller]
pub fn expect_clean(text: &str) -> Checked {
    let checked = check(text);
    assert!(checked.diagnostics.is_empty(), "\n{text}\n{}", checked.report());
    checked
}

/// A file of the program itself.
pub fn own(name: &str, text: &str) -> File {
    File { name: name.to_owned(), text: text.to_owned(), is_std: false, is_prelude: false }
}

impl Checked {
    /// The diagnostics as `code @ text of the primary span`, in order.
    pub fn codes(&self) -> Vec<String> {
        let show = |d: &Diagnostic| {
            let span = d.span().unwrap();
            format!("{} @ {}", d.code, self.sources.slice(span))
        };
        self.diagnostics.iter().map(show).collect()
    }

    /// Everything about the diagnostics, for a person.
    pub fn report(&self) -> String {
        let mut text = String::new();
        for d in &self.diagnostics {
            let span = d.span().unwrap();
            text += &format!(
                "{}: {}[{}]: {}\n",
                self.sources.location(span),
                d.severity.as_str(),
                d.code,
                d.message
            );
            for l in &d.labels {
                text += &format!(
                    "    {} `{}` {}\n",
                    self.sources.location(l.span),
                    self.sources.slice(l.span).lines().next().unwrap_or(""),
                    l.text
                );
            }
            if let Some(help) = &d.help {
                text += &format!("    help: {help}\n");
            }
        }
        text
    }
}
