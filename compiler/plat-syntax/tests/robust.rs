//! No input makes the parser panic, hang or overflow the stack, and every answer is well-formed.

#![allow(clippy::unwrap_used)]

use plat_base::{SourceFile, SourceMap};
use plat_syntax::{Parse, parse};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn source(text: impl Into<plat_base::Text>) -> Arc<SourceFile> {
    SourceMap::default().add("a.plat", text)
}

/// Parses, and checks what holds for every answer.
fn check(text: &str) -> Parse {
    let file = source(text);
    let parse = parse(&file);
    for expr in &parse.module.exprs {
        assert!(expr.span.start <= expr.span.end && expr.span.end as usize <= text.len(), "{text:?}");
        assert_eq!(file.slice(expr.span).trim(), file.slice(expr.span), "{text:?}");
    }
    for item in &parse.module.items {
        assert_eq!(file.slice(item.span).trim(), file.slice(item.span), "{text:?}");
    }
    let mut last = 0;
    for diagnostic in &parse.diagnostics {
        let span = diagnostic.span().unwrap();
        assert!(span.start >= last && span.end as usize <= text.len(), "{text:?}");
        assert!(diagnostic.help.is_some(), "{}", diagnostic.message);
        last = span.start;
    }
    parse
}

fn fixtures() -> Vec<String> {
    let names = ["fastapi", "tradestream", "platforms", "profiles", "everything"];
    names
        .map(|n| {
            std::fs::read_to_string(format!("{}/tests/fixtures/{n}.plat", env!("CARGO_MANIFEST_DIR")))
                .unwrap()
        })
        .into()
}

/// A sequence that is the same in every run.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

#[test]
fn mutated_programs_are_answered_quickly() {
    let pieces = [
        "{", "}", "(", ")", "[", "]", "\"", "\"\"\"", "\\(", "=", "==", "=>", ":", ",", "when", "match",
        "if", "for", "let x", "\n", " ", "r#\"", "//", "@", "?", "?.", "...", "- ", "not ", "extends", "'",
        "é", "\u{1}", "1Gi", "\r\n", "\\",
    ];
    let mut random = Lcg(7);
    for text in fixtures() {
        for _ in 0..40 {
            let mut mutated = text.clone();
            for _ in 0..=random.below(4) {
                let mut at = random.below(mutated.len());
                while !mutated.is_char_boundary(at) {
                    at -= 1;
                }
                match random.below(3) {
                    0 => mutated.insert_str(at, pieces[random.below(pieces.len())]),
                    1 => {
                        let mut end = (at + random.below(12)).min(mutated.len());
                        while !mutated.is_char_boundary(end) {
                            end -= 1;
                        }
                        mutated.replace_range(at..end.max(at), "");
                    }
                    _ => mutated.truncate(at.max(1)),
                }
            }
            let start = Instant::now();
            check(&mutated);
            assert!(start.elapsed() < Duration::from_secs(120), "{mutated}");
        }
    }
}

#[test]
fn nesting_is_limited_with_a_diagnostic_in_every_construct() {
    let constructs = [
        ("let a = ", "(", "1", ")"),
        ("let a = ", "[", "1", "]"),
        ("let a = ", "{ a = ", "1", " }"),
        ("let a = ", "f(", "1", ")"),
        ("let a = ", "b[", "1", "]"),
        ("let a = ", "- ", "1", ""),
        ("let a = ", "not ", "b", ""),
        ("let a = ", "if a then b else ", "c", ""),
        ("let a = ", "if ", "a", " then b else c"),
        ("let a = ", "let x = 1; ", "x", ""),
        ("let a = ", "match x { a => ", "1", " }"),
        ("let a = ", "\"\\(", "1", ")\""),
        ("let a = ", "[for x in ", "y", ": 1]"),
        ("let a = ", "1 + (", "1", ")"),
        ("let a = b", " { a = b", "", " }"),
        ("service a ", "{ b ", "{}", " }"),
        ("service a { ", "when c { ", "", " }"),
        ("type a = ", "list[", "int", "]"),
        ("type a = ", "{ b: ", "int", " }"),
        ("", "for x in xs { ", "", " }"),
    ];
    for (before, open, inner, close) in constructs {
        for depth in [100, 300, 6000] {
            let end = if before.starts_with("service a {") { " }" } else { "" };
            let text = format!("{before}{}{inner}{}{end}", open.repeat(depth), close.repeat(depth));
            let start = Instant::now();
            let parse = check(&text);
            assert!(start.elapsed() < Duration::from_secs(120), "{open} {depth}");
            let codes: Vec<&str> = parse.diagnostics.iter().map(|d| d.code.as_str()).collect();
            if depth == 100 {
                assert_eq!(codes, Vec::<&str>::new(), "{open} {depth}");
            }
            if depth >= 3000 {
                assert_eq!(codes, ["limit-exceeded"], "{open} {depth}");
            }
        }
    }
}

#[test]
fn long_chains_are_limited_too() {
    for (first, more) in
        [("1", " + 1"), ("a", ".b"), ("a", "[0]"), ("a", "()"), ("a", " ?? b"), ("true", " and true")]
    {
        let parse = check(&format!("let a = {first}{}\nlet b = 1", more.repeat(20_000)));
        assert!(parse.diagnostics.iter().all(|d| d.code == "limit-exceeded"), "{more}");
        assert!(!parse.diagnostics.is_empty(), "{more}");
        assert_eq!(parse.module.items.len(), 2);
    }
}

#[test]
fn megabytes_of_rubbish_are_answered_at_once() {
    let size = 10 << 20;
    for unit in [
        "[",
        "]",
        "(]",
        "{\n",
        "}\n",
        "\"",
        "\"\\(",
        "a ",
        "= ",
        "/",
        "r#\"",
        "-",
        "a: b\n",
        "service a {\n",
        "\\",
        "'",
        "@",
    ] {
        // Without a bracket that is too deep the grammar reads it all, which takes its time in an unoptimized build.
        let size = if matches!(unit, "[" | "{\n" | "service a {\n") { size } else { size / 400 };
        let text = unit.repeat(size / unit.len());
        let start = Instant::now();
        let parse = check(&text);
        assert!(!parse.diagnostics.is_empty() || unit == "/", "{unit:?}");
        assert!(start.elapsed() < Duration::from_secs(240), "{unit:?} took {:?}", start.elapsed());
    }
}
