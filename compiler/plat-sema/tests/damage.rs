//! One mistake of meaning in a clean program: a name that does not exist, a literal of another type, a field that is
//! gone. It is told once; nothing that depends on it is.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod support;

use plat_base::{Name, SourceMap};
use plat_sema::{SourceModule, analyze, analyze_on};
use plat_syntax::ast::{Body, EntryKind, ExprKind, InstanceInit, ItemKind};
use plat_syntax::image::Tree;
use support::standard_library;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Damage {
    Rename,
    /// After a dot. An entry of a map is not known before the values are.
    RenameField,
    OtherType,
    DeleteField,
}

/// The prelude, parsed and checked once, and what a program means with it.
struct Bench {
    sources: SourceMap,
    prelude: Vec<SourceModule>,
    image: &'static [u8],
    asked: usize,
}

fn module(name: Name, ast: Tree, is_std: bool) -> SourceModule {
    SourceModule { ast, name, is_std, is_prelude: is_std, imports: Vec::new() }
}

impl Bench {
    fn new() -> Bench {
        let mut sources = SourceMap::default();
        let files: Vec<_> = standard_library().into_iter().filter(|f| f.is_prelude).collect();
        let mut parsed = |f: &support::File| {
            let source = sources.add(format!("{}.plat", f.name), f.text.as_str());
            module(Name::new(&f.name), plat_syntax::parse(&source).module.into(), true)
        };
        let prelude: Vec<SourceModule> = files.iter().map(&mut parsed).collect();
        let image = plat_sema::image(&prelude).unwrap().leak();
        Bench { sources, prelude, image, asked: 0 }
    }

    /// `code: message` of each error, with its line.
    fn errors(&mut self, text: &str) -> Vec<String> {
        let source = self.sources.add("main.plat", text);
        let parsed = plat_syntax::parse(&source);
        let mut modules = self.prelude.clone();
        modules.push(module(Name::new("main"), parsed.module.into(), false));
        let mut found = parsed.diagnostics;
        let told = analyze_on(Some(self.image), &modules).1;
        self.asked += 1;
        if self.asked.is_multiple_of(40) {
            assert_eq!(analyze(&modules).1, told, "with the prelude checked anew:\n{text}");
        }
        found.extend(told);
        found.sort_by_key(|d| d.span());
        found.dedup_by(|a, b| a.span() == b.span() && a.code == b.code);
        let show = |d: &plat_base::Diagnostic| {
            format!("{} {}: {}", self.sources.location(d.span().unwrap()), d.code, d.message)
        };
        found.iter().filter(|d| d.is_error()).map(show).collect()
    }
}

/// The programs of the reference that import nothing and name no built-in check, and one that uses most of the prelude.
fn programs() -> Vec<(String, String)> {
    let mut found = vec![("shop".to_owned(), include_str!("projects/shop/main.plat").to_owned())];
    let page = include_str!("../../../stdlib/LANGUAGE.md");
    for (at, part) in page.split("\n```plat\n").enumerate().skip(1) {
        let block = part.split("\n```").next().unwrap_or("");
        let needs_more = |line: &str| line.starts_with("use ") || line.trim_start().starts_with("checks {");
        if !block.lines().any(needs_more) {
            found.push((format!("LANGUAGE.md block {at}"), format!("{block}\n")));
        }
    }
    found
}

fn entries(body: &Body, out: &mut Vec<std::ops::Range<usize>>) {
    for entry in &body.entries {
        out.push(entry.span.start as usize..entry.span.end as usize);
        if let EntryKind::Refine(_, inner) | EntryKind::When(_, inner) = &entry.kind {
            entries(inner, out);
        }
    }
}

/// All damages of a program: what, where, and what stands there instead.
fn damages(text: &str) -> Vec<(Damage, std::ops::Range<usize>, String)> {
    let module = plat_syntax::parse(&SourceMap::default().add("main.plat", text)).module;
    let mut found = Vec::new();
    for expr in &module.exprs {
        let range = expr.span.start as usize..expr.span.end as usize;
        match &expr.kind {
            ExprKind::Name(name) => found.push((Damage::Rename, range, format!("{name}-zz"))),
            ExprKind::Field { name, .. } if name.span.end as usize == range.end => {
                let place = name.span.start as usize..range.end;
                found.push((Damage::RenameField, place, format!("{}-zz", name.name)));
            }
            ExprKind::Number(_) => found.push((Damage::OtherType, range, "\"zz\"".to_owned())),
            ExprKind::Str(_) => found.push((Damage::OtherType, range, "true".to_owned())),
            _ => {}
        }
    }
    let mut fields = Vec::new();
    for item in &module.items {
        if let ItemKind::Instance(instance) = &item.kind
            && let InstanceInit::Body { body, .. } = &instance.init
        {
            entries(body, &mut fields);
        }
    }
    // A comma after the field goes with it.
    let with_comma = |range: std::ops::Range<usize>| {
        let end = range.end + usize::from(text[range.end..].starts_with(','));
        (Damage::DeleteField, range.start..end, String::new())
    };
    found.extend(fields.into_iter().map(with_comma));
    found
}

#[test]
fn one_mistake_of_meaning_is_told_once() {
    let mut bench = Bench::new();
    let (mut mutants, mut silent, mut told, mut most) = (0, 0, 0, 0);
    let mut worst = Vec::new();
    for (name, text) in programs() {
        let clean = bench.errors(&text);
        assert!(clean.is_empty(), "{name}: {clean:?}");
        for (how, range, with) in damages(&text) {
            let mutant = format!("{}{with}{}", &text[..range.start], &text[range.end..]);
            let errors = bench.errors(&mutant);
            let line = text[..range.start].matches('\n').count() + 1;
            mutants += 1;
            told += errors.len();
            most = most.max(errors.len());
            silent += usize::from(errors.is_empty());
            let unnoticed = errors.is_empty() && how == Damage::Rename;
            if errors.len() > 1 || unnoticed {
                let was = &text[range.clone()];
                worst.push(format!("{name}:{line} {how:?} `{was}`\n    {}", errors.join("\n    ")));
            }
            assert!(!unnoticed, "{}", worst.join("\n"));
        }
    }
    let mean = f64::from(told as u32) / f64::from((mutants - silent) as u32);
    eprintln!(
        "meaning: {mutants} mutants, {silent} without an error, {mean:.3} errors per mistake, at most {most}, {} with several\n{}",
        worst.len(),
        worst.join("\n")
    );
    assert!(mutants >= 300);
    assert!(mean <= 1.2 && most <= 3, "{}", worst.join("\n"));
}
