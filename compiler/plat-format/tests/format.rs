//! What formatting promises: the same program, every comment, the same when done twice, and one style.

#![allow(clippy::unwrap_used)]

use plat_base::{SourceFile, SourceMap};
use plat_format::format;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn source(text: &str) -> Arc<SourceFile> {
    SourceMap::default().add("a.plat", text)
}

/// The tree without positions.
fn tree(text: &str) -> String {
    let parse = plat_syntax::parse(&source(text));
    assert!(parse.diagnostics.is_empty(), "{:?}\n{text}", parse.diagnostics);
    let mut module = parse.module;
    module.comments.clear();
    let shown = format!("{module:?}");
    let mut out = String::new();
    let mut rest = shown.as_str();
    while let Some((before, after)) = rest.split_once("Span {") {
        out.push_str(before);
        rest = after.split_once('}').unwrap().1;
    }
    out + rest
}

fn comments(text: &str) -> Vec<String> {
    let file = source(text);
    plat_syntax::comments(&file).iter().map(|s| file.slice(*s).to_owned()).collect()
}

#[track_caller]
fn formatted(text: &str) -> String {
    let once = format(&source(text)).unwrap();
    assert_eq!(tree(&once), tree(text), "{once}");
    assert_eq!(comments(&once), comments(text), "{once}");
    let twice = format(&source(&once)).unwrap();
    assert_eq!(twice, once);
    for line in once.lines() {
        assert_eq!(line.trim_end(), line, "{once}");
    }
    assert!(
        !once.contains("\n\n\n") && !once.starts_with('\n') && (once.is_empty() || once.ends_with('\n')),
        "{once}"
    );
    once
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(formatted(text), expected);
}

fn programs(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            programs(&path, out);
        } else if path.extension().is_some_and(|e| e == "plat") {
            out.push(path);
        }
    }
}

#[test]
fn whole_programs_keep_their_meaning() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    programs(&root.join("../plat-syntax/tests/fixtures"), &mut files);
    programs(&root.join("../../stdlib"), &mut files);
    assert!(files.len() > 8);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        println!("{}", file.display());
        formatted(&text);
    }
}

#[test]
fn bodies_stay_on_one_line_if_they_were_and_fit() {
    check("service a{b=1,c{d=2}}", "service a { b = 1, c { d = 2 } }\n");
    check("service a { b = 1 c = 2 }", "service a { b = 1, c = 2 }\n");
    check("service a {\nb = 1, c = 2,\n}", "service a {\n  b = 1\n  c = 2\n}\n");
    check("service a {}", "service a {}\n");
    check("service a {\n\n}", "service a {}\n");
    check("a b   extends   c.d{ e   =   f }", "a b extends c.d { e = f }\n");
    let long = format!("service a {{ b = \"{}\", c = \"{}\" }}", "x".repeat(50), "y".repeat(50));
    let broken = format!("service a {{\n  b = \"{}\"\n  c = \"{}\"\n}}\n", "x".repeat(50), "y".repeat(50));
    check(&long, &broken);
}

#[test]
fn alignment_goes_and_single_empty_lines_stay() {
    check(
        "service a {\n\n  b     = 1\n  limits   { cpu = 1,    memory = 2Gi }\n\n\n\n  c = 2\n\n}\n\n\n\nlet   d  =  3\nlet e = 4",
        "service a {\n  b = 1\n  limits { cpu = 1, memory = 2Gi }\n\n  c = 2\n}\n\nlet d = 3\nlet e = 4\n",
    );
}

#[test]
fn comments_stay_where_they_are() {
    check(
        "// top\n\n/// doc\nuse std.images // why\n// own\nservice a { // open\n  // first\n  b = 1 // one\n\n  // before c\n  /// doc of c\n  c = [1, // x\n   2]\n  // last\n}\n// end",
        "// top\n\n/// doc\nuse std.images // why\n// own\nservice a { // open\n  // first\n  b = 1 // one\n\n  // before c\n  /// doc of c\n  c = [\n    1, // x\n    2,\n  ]\n  // last\n}\n// end\n",
    );
    check("service a {\n  // nothing\n}", "service a {\n  // nothing\n}\n");
    check("let a = 1 + // why\n  2", "let a = 1 + // why\n  2\n");
    check("let a = f( // why\n  1)", "let a = f( // why\n  1,\n)\n");
    check("// only", "// only\n");
    check("", "");
    check("test \"a\" {\n  // c\n  assert   b\n}", "test \"a\" {\n  // c\n  assert b\n}\n");
}

#[test]
fn lists_of_words_and_numbers_fill_their_lines() {
    let word = "abcdefghijklmnopqrstuvwxyz";
    check("let a = [\n  1,\n  2,\n]", "let a = [1, 2]\n");
    check(
        &format!("let a = [{word}, {word}, {word}, {word}, b]"),
        &format!("let a = [\n  {word}, {word}, {word},\n  {word}, b,\n]\n"),
    );
    check("let a = [\n  1, // one\n  2,\n]", "let a = [\n  1, // one\n  2,\n]\n");
}

#[test]
fn long_things_are_broken_at_their_outermost_brackets() {
    let word = "abcdefghijklmnopqrstuvwxyz";
    check(
        &format!("let a = f({word}, {word}, {word}, {word})"),
        &format!("let a = f(\n  {word},\n  {word},\n  {word},\n  {word},\n)\n"),
    );
    check(
        &format!("let a = [{word}, f({word}, {word}), {word}, 1]"),
        &format!("let a = [\n  {word},\n  f({word}, {word}),\n  {word},\n  1,\n]\n"),
    );
    check(
        &format!("let a = {word} + {word} + {word} + {word}"),
        &format!("let a =\n  {word}\n    + {word}\n    + {word}\n    + {word}\n"),
    );
    check(
        &format!("let a = if {word} then {word} else if {word} then {word} else {word}"),
        &format!("let a =\n  if {word} then {word}\n    else if {word} then {word}\n    else {word}\n"),
    );
    check("let a = apt([\n  \"a\",\n  \"b\"\n])", "let a = apt([\n  \"a\",\n  \"b\",\n])\n");
    check(
        &format!(
            "a b {{ c = apt(match platform {{ amd64 | arm64 => [\"{word}\"], armv7 => [\"{word}\"] }}) }}"
        ),
        &format!(
            "a b {{\n  c = apt(match platform {{\n    amd64 | arm64 => [\"{word}\"],\n    armv7 => [\"{word}\"],\n  }})\n}}\n"
        ),
    );
    check("let a = [\n  \"b\"\n]", "let a = [\n  \"b\",\n]\n");
    check("let a = [1,\n 2]", "let a = [1, 2]\n");
}

#[test]
fn every_form_has_one_spelling() {
    check("use std.cpus.{a,b as c,}", "use std.cpus.{a, b as c}\n");
    check("use crd   \"./x.yaml\"   as   y", "use crd \"./x.yaml\" as y\n");
    check(
        "fn f[T,U](a:int,b:list[T]=[])->map[U]=g( a,n=b )",
        "fn f[T, U](a: int, b: list[T] = []) -> map[U] = g(a, n = b)\n",
    );
    check("fn f(m:map[int])->int", "fn f(m: map[int]) -> int\n");
    check("type a={b?:int,...:string|int}", "type a = { b?: int, ...: string | int }\n");
    check("type a=int where it>1", "type a = int where it > 1\n");
    check("enum a{b,c d}", "enum a { b, c, d }\n");
    check(
        "kind a extends b{final c?:int=1,@x(y)d:int,e{f=1},...:T}",
        "kind a extends b { final c?: int = 1, @x(y) d: int, e { f = 1 }, ...: T }\n",
    );
    check("@allow(a,\"b\")\nservice c{}", "@allow(a, \"b\")\nservice c {}\n");
    check("for a,b in c if d{e f{}}", "for a, b in c if d { e f {} }\n");
    check(
        "check a for b in c if d at warning{require e message \"f\" label g \"h\" help \"i\"}",
        "check a for b in c if d at warning { require e message \"f\" label g \"h\" help \"i\" }\n",
    );
    check(
        "test \"a\"{let b=1 assert c expect error d{e f{}}}",
        "test \"a\" { let b = 1 assert c expect error d { e f {} } }\n",
    );
    check("emit \"a\"={b=[for c in d if e:f]}", "emit \"a\" = { b = [for c in d if e: f] }\n");
    check("let a={for k,v in m:\"\\(k)\"=v}", "let a = {for k, v in m: \"\\(k)\" = v}\n");
    check("let a=match b{c|d=>1,-2=>3,else=>4}", "let a = match b { c | d => 1, -2 => 3, else => 4 }\n");
    check("let a=not b  and -c>1 or d?.e[0]??f", "let a = not b and -c > 1 or d?.e[0] ?? f\n");
    check("let a=let b:int=1;b+1", "let a = let b: int = 1; b + 1\n");
    check("let a = x{b=1}.c.\"d e\"", "let a = x { b = 1 }.c.\"d e\"\n");
    check("a b{c=unset d+=[1] when e{f=1}}", "a b { c = unset, d += [1], when e { f = 1 } }\n");
}

#[test]
fn text_of_several_lines_follows_the_indentation_and_keeps_its_words() {
    check(
        "service a {\n    b = \"\"\"\n        x\n\n          y \\(z)\n        \"\"\"\n}",
        "service a {\n  b = \"\"\"\n  x\n\n    y \\(z)\n  \"\"\"\n}\n",
    );
    check("let a = r#\"\n   x\n\"#", "let a = r#\"\n   x\n\"#\n");
}

#[test]
fn a_file_with_errors_is_left_alone() {
    assert!(format(&source("let a =")).is_err());
}

#[test]
fn deep_nesting_is_no_problem() {
    for (open, inner, close) in [("[", "1", "]"), ("f(", "1", ")"), ("{ a = ", "1", " }"), ("(", "1", ")")] {
        let text = format!("let x = {}{inner}{}", open.repeat(250), close.repeat(250));
        assert!(format(&source(&text)).is_ok(), "{open}");
    }
    let chain = format!("let x = {}d", "if a then b else ".repeat(400));
    assert!(format(&source(&chain)).unwrap().lines().count() > 400);
}

#[test]
fn time_grows_with_size_alone() {
    let body = "service a { b = f(1, [2, 3], { c = 4 }) // why\n  d = 1 }\n";
    let start = std::time::Instant::now();
    format(&source(&body.repeat(4000))).unwrap();
    assert!(start.elapsed().as_secs() < 120, "{:?}", start.elapsed());
}
