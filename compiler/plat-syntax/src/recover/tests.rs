use crate::ast::{EntryKind, InstanceInit, ItemKind};
use crate::{Parse, parse};
use plat_base::SourceMap;

/// `line:column message` of every diagnostic.
fn told(text: &str) -> Vec<String> {
    let mut map = SourceMap::default();
    let file = map.add("a.plat", text);
    let tell = |d: &plat_base::Diagnostic| {
        assert!(d.help.is_some(), "{}", d.message);
        assert!(!d.message.ends_with('.'), "{}", d.message);
        format!("{} {}", map.location(d.span().unwrap()).trim_start_matches("a.plat:"), d.message)
    };
    parse(&file).diagnostics.iter().map(tell).collect()
}

fn parsed(text: &str) -> Parse {
    parse(&SourceMap::default().add("a.plat", text))
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(told(text), expected, "{text}");
}

/// The names of the items, with `!` for an item that is lost.
fn names(parse: &Parse) -> Vec<String> {
    let name = |kind: &ItemKind| match kind {
        ItemKind::Let(x) => x.name.name.to_string(),
        ItemKind::Fn(x) => x.name.name.to_string(),
        ItemKind::Kind(x) => x.name.name.to_string(),
        ItemKind::Instance(x) => match &x.name {
            crate::ast::Key::Static(i) => i.name.to_string(),
            crate::ast::Key::Computed(..) => "computed".to_owned(),
        },
        ItemKind::Error => "!".to_owned(),
        _ => "other".to_owned(),
    };
    parse.module.items.iter().map(|i| name(&i.kind)).collect()
}

#[test]
fn habits_of_other_languages_have_messages_of_their_own() {
    check("service a { image: \"x\" }", &["1:18 a field is set with `=`, not `:`"]);
    check("service a { env: { X = 1 } }", &["1:16 a block follows its name without `:`"]);
    check("service a {\n  env:\n    - x\n}", &["2:3 a list stands in brackets"]);
    check("service a {\n  env:\n    X: 1\n    Y: b\n}", &["2:3 a block stands in braces"]);
    check(
        "service a {\n  b = |\n    x y\n    z\n  c = 1\n}",
        &["2:7 text of several lines stands between `\"\"\"` and `\"\"\"`"],
    );
    check("let a = 1\n---\nlet b = 2", &["2:1 nothing separates declarations"]);
    check(
        "service a {\n  b = {{ .Values.b }}\n}",
        &["2:7 there are no templates: nothing fills in `{{ … }}`"],
    );
    check(
        "a b {\n<<<<<<< HEAD\n  c = 1\n=======\n  c = 2\n>>>>>>> x\n}",
        &["2:1 a merge conflict was left here"],
    );
    check("a b { limits.cpu = 1, c = 2 }", &["1:7 a field inside of another is set in braces"]);
    check("FROM python:3.13\nlet a = 1", &["1:1 this is a line of a Dockerfile"]);
    check("let a = f\"x\"", &["1:9 a string needs no `f` in front"]);
    check("let a = b === c", &["1:11 `===` is written `==` in Plat"]);
    check("resource \"aws\" \"web\" { a = 1 }", &["1:16 a declaration has one name"]);
    check("service a {\n  - x\n}", &["2:3 a list is not written with `-`"]);
    check("service a { b = 1; c = 2 }", &["1:18 nothing ends with `;` here"]);
    check(
        "service a { b = ${X} }",
        &["1:17 nothing fills in `${X}`: no program reads variables from outside"],
    );
    check(
        "let a = b && c || !d",
        &[
            "1:11 `&&` is written `and` in Plat",
            "1:16 `||` is written `or` in Plat",
            "1:19 `!` is written `not` in Plat",
        ],
    );
    check("let a = b -c", &["1:11 subtraction needs a space on both sides of `-`"]);
    check("let a = b- c", &["1:10 subtraction needs a space on both sides of `-`"]);
    check("let a = 'x'", &["1:9 Plat writes text between double quotes"]);
    check("let a = 1 # x", &["1:11 comments begin with `//`"]);
    check("let a = b ? c : d", &["1:11 `?` does not choose between two values"]);
    check("let a := 1", &["1:7 a value is set with `=`"]);
    check("service a { when x = y { b = 1 } }", &["1:20 values are compared with `==`"]);
    check("service a { b == 1 }", &["1:15 a value is set with `=`, not `==`"]);
    check("let a = match x { y = 1 }", &["1:21 an arm of a `match` has `=>` after its pattern"]);
    check("let a = if b { c } else { d }", &["1:14 `if` chooses between two values with `then` and `else`"]);
    check("def f(x) { return x }", &["1:1 a function is declared with `fn`"]);
    check("var x: int = 3", &["1:1 a name is declared with `let`"]);
    check("for x of xs { a b {} }", &["1:7 a loop is written with `in`, not `of`"]);
    check("fn f(x) -> int = x", &["1:6 the parameter `x` has no type"]);
    check("let a = [\n  1\n  2\n]", &["2:3 a comma is missing after `1`"]);
    check("let a = \"x\" \"y\"", &["1:13 two strings stand side by side"]);
    check("let in = 1", &["1:5 `in` is a reserved word and cannot be a name"]);
    check("for x in if a then [1] else [2] { b c {} }", &["1:10 `if` needs parentheses in a head"]);
    check("a b { when let c = 1; c == 1 { d = 1 } }", &["1:12 `let` needs parentheses in a head"]);
    check("let a = match if b then 1 else 2 { 1 => 2 }", &["1:15 `if` needs parentheses in a head"]);
    check("fn f(x?: int) -> int = 1", &["1:7 only a field of a kind or a record is marked with `?`"]);
    check("let a = b < c < d", &["1:15 comparisons cannot be chained"]);
    check("let a = b < c < d == e", &["1:15 comparisons cannot be chained"]);
}

#[test]
fn what_is_missing_is_told_where_it_is_missing() {
    check("let a =\nlet b = 1", &["1:7 a value is missing after `=`"]);
    check("let a =\nservice b { c = 1 }", &["1:7 a value is missing after `=`"]);
    check("service a {\n  b =\n  c = 1\n}", &["2:5 a value is missing after `=`"]);
    check("service a {\n  b = 1 +\n  c = 1\n}", &["2:9 a value is missing after `+`"]);
    check("let a = if b then c\nlet d = 1", &["1:19 expected `else` after `c`"]);
    check("let a = \"x\nlet b = 1", &["1:9 this string is never closed"]);
    check("let a = \"\"\"\n  x\nlet b = 1", &["1:9 this string is never closed"]);
    check("let a = \"x\\(y\nlet b = 1", &["1:9 this string is never closed"]);
    check("service a {\n  b { c = 1\n  d = 2\n}\nlet e = 1", &["2:5 this `{` is never closed"]);
    check("service a {\n  b = [1, 2\n  d = 2\n}\nlet e = 1", &["2:7 this `[` is never closed"]);
    check("service a {\n  b = 1\n\nservice c {\n  d = 1\n}\n", &["1:11 this `{` is never closed"]);
    check("service a { } }\nlet b = 1", &["1:15 this `}` closes nothing"]);
    check("let a = f(1]", &["1:12 `(` is closed by `)`, not by `]`"]);
}

#[test]
fn independent_errors_are_all_reported_in_order_and_once() {
    let text =
        "let a =\nservice b {\n  c: 1\n  d = f(1 2)\n  e = 3;\n  f = 4\n}\nfn g( -> int = 1\nlet h = 2\n";
    let lines: Vec<String> = told(text).iter().map(|t| t.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(lines, ["1:7", "3:4", "4:11", "5:8", "8:5"]);
    assert_eq!(names(&parsed(text)), ["a", "b", "g", "h"]);
}

#[test]
fn one_bad_field_hides_neither_the_others_nor_the_name() {
    let parse = parsed("service a {\n  b = 1\n  c = ) 2\n  d = [1, ?, 3]\n  e { f = , }\n  g = 4\n}\n");
    let ItemKind::Instance(instance) = &parse.module.items[0].kind else {
        panic!("{:?}", parse.module.items)
    };
    let InstanceInit::Body { body, .. } = &instance.init else { panic!() };
    let keys: Vec<String> = body
        .entries
        .iter()
        .map(|e| match &e.kind {
            EntryKind::Set(k, _) | EntryKind::Refine(k, _) => match k {
                crate::ast::Key::Static(i) => i.name.to_string(),
                crate::ast::Key::Computed(..) => "?".to_owned(),
            },
            _ => "!".to_owned(),
        })
        .collect();
    assert_eq!(keys, ["b", "c", "d", "e", "g"]);
    assert_eq!(parse.diagnostics.len(), 3);
}

#[test]
fn more_mistakes_than_are_worth_telling_leave_the_name() {
    let parse = parsed(&format!("service a {{\n{}}}\nlet b = 1", "  b ?? 1\n".repeat(500)));
    assert_eq!(names(&parse), ["a", "b"]);
    assert!((30..100).contains(&parse.diagnostics.len()), "{}", parse.diagnostics.len());
}

#[test]
fn headers_are_salvaged() {
    for text in [
        "service a extends { b = 1 }",
        "service a extend b { c = 1 }",
        "let a: = 1",
        "kind a { b: 3, c: int }",
    ] {
        let parse = parsed(text);
        assert_eq!(names(&parse), ["a"], "{text}");
        assert_eq!(parse.diagnostics.len(), 1, "{text}");
    }
}

#[test]
fn a_declaration_may_go_on_in_column_0() {
    for text in [
        "check a\nfor s in service {\nrequire true\n}",
        "service a\nextends b {\n}",
        "let a =\n1 +\n2",
        "fn f() ->\nport = 1",
    ] {
        check(text, &[]);
    }
}

#[test]
fn a_body_that_is_not_indented_is_not_cut_apart() {
    check("for x in xs {\nservice \"\\(x)\" {\nimage: 1\n}\n}", &["3:6 a field is set with `=`, not `:`"]);
}

#[test]
fn a_damaged_head_is_one_message_and_its_body_is_read() {
    let body = "{\n  let n = s.ports\n  require n == {}\n  message \"m\"\n  label s.a \"b\"\n}\nlet z = 1";
    for head in ["big for s in service at error", "big check for s in service at error"] {
        check(&format!("{head} {body}"), &["1:1 a check begins with `check`, its name and `for`"]);
    }
    check(
        &format!("check big for s in service if s. != {{}} at error {body}"),
        &["1:32 a name is missing after `.`"],
    );
    check(
        "fn f(x: int) -> int\n  let y = x;\n  let z = y;\n  y + z\nlet a = 1",
        &["1:17 `=` is missing before the body of this function"],
    );
    check(
        "let a =\n  if b then []\n  match else d {\n    e => 1,\n    f => 2,\n    g => 3,\n  }",
        &["2:14 expected `else` after `]`"],
    );
}

#[test]
fn a_declaration_without_its_first_word_is_one_message() {
    let members = "{\n  a: int\n  final b: string = \"x\"\n  c?: bool\n}\nlet z = 1";
    for head in ["box kind", "box"] {
        check(&format!("{head} {members}"), &["1:1 a kind begins with `kind` and its name"]);
    }
    let lines = "{\n  assert a == 1\n  assert b == 2\n  assert c == 3\n}";
    check(&format!("\"data\" {lines}"), &["1:1 expected a declaration or `for`, found `\"data\"`"]);
    check("let a = match b ?? {\n  c | d => 1,\n  e => 2,\n}", &["1:17 a value is missing after `??`"]);
}

#[test]
fn a_stray_bracket_in_a_long_line_is_one_message() {
    let (open, close) = ("[{ a = ".repeat(120), " }]".repeat(120));
    check(&format!("let a = {open}1{close}\nlet b = )2"), &["2:9 this `)` closes nothing"]);
    let half = " }]".repeat(60);
    let column = 9 + open.len() + 1 + half.len();
    check(
        &format!("let a = {open}1{half}){half}"),
        &[format!("1:{column} this `)` closes nothing").as_str()],
    );
}
