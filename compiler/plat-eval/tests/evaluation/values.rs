//! Expressions, quantities, binding, references and secrets, the built-in functions, limits.

use crate::support::{problems, told, value, with};
use plat_eval::{Limits, SecretPart, Tables, Value};

/// The value of one expression of a type.
fn expr(ty: &str, text: &str) -> String {
    value(&format!("kind box {{ v: {ty} }}\nbox x {{ v = {text} }}"), "box.x.v")
}

/// What is wrong with one expression of a type.
fn wrong(ty: &str, text: &str) -> Vec<String> {
    problems(&format!("kind box {{ v: {ty} }}\nbox x {{ v = {text} }}"))
}

#[test]
fn quantities_are_exact() {
    assert_eq!(expr("bytes", "75% of 2Gi"), "1536Mi");
    assert_eq!(expr("bytes", "1Gi / 3 * 3"), "1Gi");
    assert_eq!(expr("cores", "3 * 250m"), "750m");
    assert_eq!(expr("cores", "0.5"), "500m");
    assert_eq!(expr("float", "1536Mi / 1Gi"), "1.5");
    assert_eq!(expr("duration", "90s + 30s"), "2min");
    assert_eq!(expr("bytes", "round(1Gi / 3, to = 1Mi)"), "341Mi");
    assert_eq!(expr("bytes", "floor(1Gi / 3)"), "357913941B");
    assert_eq!(expr("string", "\"\\(512Mi * 2) \\(7 / 2) \\(4 / 2)\""), "\"1Gi 3.5 2\"");
}

#[test]
fn quantities_are_whole_where_they_are_bound() {
    assert!(
        wrong("bytes", "1Gi / 3")[0]
            .starts_with("2: not-whole: 357913941.3333333B is not a whole number of bytes")
    );
    assert!(wrong("bytes", "7Ei + 7Ei")[0].starts_with("2: out-of-range:"));
    assert!(wrong("string", "\"\\(1Gi / 3)\"")[0].starts_with("2: not-whole:"));
    assert!(wrong("list[bytes]", "[1Gi, 1Gi / 3]")[0].starts_with("2: not-whole:"));
}

#[test]
fn whole_numbers_are_checked() {
    assert_eq!(expr("int", "-7 div 2"), "-4");
    assert_eq!(expr("int", "-7 mod 2"), "1");
    assert_eq!(
        wrong("int", "9223372036854775807 + 1"),
        ["2: out-of-range: the result does not fit in 64 bits"]
    );
    assert_eq!(wrong("int", "1 mod 0"), ["2: division-by-zero: this divides by zero"]);
    assert_eq!(wrong("float", "1 / 0"), ["2: division-by-zero: this divides by zero"]);
}

#[test]
fn refinements_are_checked_where_values_are_bound() {
    assert_eq!(wrong("port", "70000 + 1"), ["2: refinement-failed: 70001 is not a `port`"]);
    assert_eq!(wrong("map[port]", "{ a = 1, b = 0 }"), ["2: refinement-failed: 0 is not a `port`"]);
    assert_eq!(
        wrong("map[port]", "{for i in range(2): \"\\(i)\" = i}"),
        ["2: refinement-failed: 0 is not a `port`"]
    );
    assert_eq!(
        problems("fn f(p: port) -> int = p\nkind box { v: int }\nbox x { v = f(0) }"),
        ["3: refinement-failed: 0 is not a `port`"]
    );
    assert_eq!(
        problems(
            "type word = string where it matches r\"[a-z]+\"\nkind box { v: word }\nbox x { v = \"ok\" }\nbox y { v = \"no 1\" }"
        ),
        ["4: refinement-failed: \"no 1\" is not a `word`"]
    );
}

#[test]
fn an_error_silences_what_depends_on_it() {
    let source = "service a { replicas = 1 div 0, args = [\"\\(self.replicas)\"] }\nservice b { replicas = a.replicas + 1 }";
    assert_eq!(problems(source), ["1: division-by-zero: this divides by zero"]);
}

#[test]
fn matching_and_narrowing() {
    let source = r#"
fn kind-of(x: int | string | list[int]) -> string = match x { int => "int", string => "string", else => "list" }
fn named(x: int) -> string = match x { 1 | 2 => "few", 3 => "three", else => "many" }
fn or-none(x: string?) -> string = if x != unset then x else "none"
service a { args = [kind-of(1), kind-of("x"), kind-of([1]), named(2), named(3), named(9), or-none(unset-one())] }
fn unset-one() -> string? = first(["x"])
"#;
    assert_eq!(value(source, "service.a.args"), r#"["int", "string", "list", "few", "three", "many", "x"]"#);
}

#[test]
fn instances_are_equal_by_declaration_and_records_by_fields() {
    let source = r#"
resources a { requests { cpu = 1 } }
resources b { requests { cpu = 1 } }
kind box { v: list[bool] }
box x { v = [resources.a == resources.a, resources.a == resources.b, resources.a { } == resources.a,
  resources.a.requests == resources.b.requests, [1, 2] == [1, 2], resources.a in [resources.b, resources.a]] }
"#;
    assert_eq!(value(source, "box.x.v"), "[true, false, false, true, true, true]");
}

#[test]
fn built_in_functions() {
    assert_eq!(expr("list[int]", "range(3) + range(5, 7)"), "[0, 1, 2, 5, 6]");
    assert_eq!(expr("list[int]", "sort(unique([3, 1, 3, 2]))"), "[1, 2, 3]");
    assert_eq!(expr("bytes", "sum([1Mi, 2Mi]) + (max([1Mi, 5Mi]) ?? 0B) + (min([3Mi, 2Mi]) ?? 0B)"), "10Mi");
    assert_eq!(expr("string", "join(split(\"a,b,c\", \",\"), by = \"-\")"), "\"a-b-c\"");
    assert_eq!(expr("string", "upper(trim(\" x \")) + replace(\"aba\", \"a\", \"c\")"), "\"Xcbc\"");
    assert_eq!(
        expr(
            "list[bool]",
            "[starts-with(\"abc\", \"ab\"), ends-with(\"abc\", \"b\"), contains(\"abc\", \"b\"), has({ a = 1 }, \"a\")]"
        ),
        "[true, false, true, true]"
    );
    assert_eq!(expr("map[int]", "merge({ a = 1, b = 2 }, { a = 3, c = 4 })"), "a=3 b=2 c=4");
    assert_eq!(expr("list[string]", "keys({ b = 1, a = 2 })"), r#"["b", "a"]"#);
    assert_eq!(expr("list[int]", "values({ b = 1, a = 2 })"), "[1, 2]");
    assert_eq!(
        expr("string", "json({ a = [1, true, null], b = \"x\\n\" })"),
        r#""{\"a\":[1,true,null],\"b\":\"x\\n\"}""#
    );
    assert_eq!(
        expr("string", "yaml({ a = [1, { b = \"yes\" }], c = {} })"),
        r#""a:\n- 1\n- b: \"yes\"\nc: {}""#
    );
    assert_eq!(expr("list[int]", "[for p in zip([1, 2], [3, 4, 5]): p.left * p.right]"), "[3, 8]");
    assert_eq!(expr("int", "\"héé\".length + [1, 2].length"), "5");
    assert_eq!(expr("string", "format(3.14159)"), "\"3.14\"");
    assert_eq!(expr("int", "first(reverse(flatten([[1], [2, 3]]))) ?? 0"), "3");
    assert_eq!(expr("int", "last(range(0)) ?? 7"), "7");
}

#[test]
fn comprehensions() {
    assert_eq!(expr("list[int]", "[for x in range(3) for y in range(x) if y != 1: x * 10 + y]"), "[10, 20]");
    assert_eq!(expr("map[int]", "{for k, v in { a = 1, b = 2 } if v > 1: \"\\(k)-x\" = v}"), "b-x=2");
    assert_eq!(expr("list[string]", "[for i, x in [\"a\", \"b\"]: \"\\(i)\\(x)\"]"), r#"["0a", "1b"]"#);
    assert_eq!(
        wrong("map[int]", "{for x in [1, 1]: \"k\\(x)\" = x}"),
        ["2: duplicate-name: the key `k1` comes twice"]
    );
    assert_eq!(wrong("int", "[1, 2][2]"), ["2: no-such-index: there is no element 2"]);
    assert_eq!(expr("int", "let x = 2; let y = x + 1; x * y"), "6");
}

#[test]
fn entries_remember_where_they_came_from() {
    let source = r#"
config api { LOG = "info", TWICE = "\(self.LOG)!" }
credentials db { password = secret() }
let log = config.api.LOG
service s {
  env {
    LOG = log
    TEXT = "\(log)"
    PASSWORD = credentials.db.password
    URL = "postgres://app:\(credentials.db.password)@db/app"
  }
}
"#;
    with(source, Limits::default(), |s| {
        let at = s.anywhere();
        let Value::Str(log) = s.value("service.s.env.LOG", at) else { panic!("no text") };
        let reference = log.reference.expect("a reference");
        assert_eq!((reference.instance.as_str(), reference.key.as_str()), ("api", "LOG"));
        let Value::Str(text) = s.value("service.s.env.TEXT", at) else { panic!("no text") };
        assert!(text.reference.is_none() && &*text.text == "info");
        let Value::Secret(password) = s.value("service.s.env.PASSWORD", at) else { panic!("no secret") };
        assert!(matches!(&password.parts[..], [SecretPart::Entry(e)] if e.key.as_str() == "password"));
        let Value::Secret(url) = s.value("service.s.env.URL", at) else { panic!("no secret") };
        assert!(matches!(&url.parts[..], [SecretPart::Text(a), SecretPart::Entry(_), SecretPart::Text(b)]
            if &**a == "postgres://app:" && &**b == "@db/app"));
        assert_eq!(s.problems(), Vec::<String>::new());
    });
}

struct Table;

impl Tables for Table {
    fn published_platforms(&self, image: &str, tag: &str) -> Option<Vec<String>> {
        (image == "debian" && tag == "12").then(|| vec!["linux/amd64".to_owned(), "linux/arm64".to_owned()])
    }
}

#[test]
fn tables_come_from_the_driver() {
    let source = "service s { args = (published-platforms(\"debian\", \"12\") ?? []) + (published-platforms(\"x\", \"1\") ?? [\"none\"]) }";
    with(source, Limits::default(), |s| {
        s.eval.set_base_images(Box::new(Table));
        let at = s.anywhere();
        assert_eq!(s.show("service.s.args", at), r#"["linux/amd64", "linux/arm64", "none"]"#);
    });
}

#[test]
fn explosions_stop_soon() {
    let sources = [
        "service s { replicas = [for a in range(3000) for b in range(3000) for c in range(3000) if false: 1].length }",
        "service s { replicas = [for a in range(3000) for b in range(3000): 1].length }",
        "service s { replicas = range(2000000000).length }",
        "fn a() -> list[int] = [for i in range(1000): i]\nfn b() -> list[int] = [for i in range(1000): sum(a())]\nfn c() -> list[int] = [for i in range(1000): sum(b())]\nservice s { replicas = sum(c()) }",
        "let big = range(900000)\nservice s { replicas = [for a in range(900000) if a in big: 1].length }",
        "let big = [for i in range(30000): { n = i }]\nservice s { replicas = unique(big).length }",
        "for a in range(2000) { for b in range(2000) { service \"s\\(a)-\\(b)\" { } } }",
    ];
    for source in sources {
        let start = std::time::Instant::now();
        let limits =
            Limits { steps: 200_000, steps_per_instance: 100, instances: 20_000, ..Limits::default() };
        let found = with(source, limits, |s| {
            s.eval.force_all();
            let found = s.eval.diagnostics();
            told(s.map, &found)
        });
        assert!(found.iter().any(|p| p.contains("limit-exceeded")), "{source}: {found:?}");
        assert!(start.elapsed().as_secs() < 120, "{source}");
    }
}

#[test]
fn depth_is_limited_without_overflow() {
    let mut source = String::from("let x0 = 1\n");
    for i in 1..5000 {
        source.push_str(&format!("let x{i} = x{} + 1\n", i - 1));
    }
    source.push_str("service s { replicas = x4999 }\n");
    let found = with(&source, Limits::default(), |s| {
        let at = s.anywhere();
        s.value("service.s.replicas", at);
        let found = s.eval.diagnostics();
        told(s.map, &found)
    });
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("limit-exceeded: this is nested more than 2000 levels deep"), "{found:?}");
}

#[test]
fn fields_that_need_fields_are_limited_too() {
    let mut source = String::from("kind box { v: int }\nbox b0 { v = 1 }\nfn f(n: int) -> int = n\n");
    for i in 1..3000 {
        source.push_str(&format!(
            "box b{i} {{ v = if true then f(match 1 {{ 1 => b{}.v, else => 0 }}) else 0 }}\n",
            i - 1
        ));
    }
    let found = with(&source, Limits::default(), |s| {
        let at = s.anywhere();
        s.value("box.b2999.v", at);
        let found = s.eval.diagnostics();
        told(s.map, &found)
    });
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("limit-exceeded"), "{found:?}");
}

#[test]
fn values_cannot_nest_without_end() {
    let mut source = String::from("fn l0(x: data) -> data = [x]\nfn m0(x: data) -> data = { a = x }\n");
    for i in 1..20 {
        let before = i - 1;
        source.push_str(&format!("fn l{i}(x: data) -> data = l{before}(l{before}(x))\n"));
        source.push_str(&format!("fn m{i}(x: data) -> data = m{before}(m{before}(x))\n"));
    }
    source.push_str("kind box { v: data }\nbox a { v = l19(1) }\nbox b { v = m16(1) }\n");
    source.push_str("box c { v = json(m16(1)) }\nbox d { v = m16(1) == m16(1) }\n");
    let found = problems(&source);
    assert!(found.len() >= 2 && found.iter().all(|p| p.contains("limit-exceeded")), "{found:?}");
}

#[test]
fn doubling_strings_and_lists_stop() {
    let mut source = String::from("let x0 = \"0123456789\"\nlet y0 = [1]\n");
    for i in 1..40 {
        source.push_str(&format!("let x{i} = x{0} + x{0}\nlet y{i} = y{0} + y{0}\n", i - 1));
    }
    source.push_str("service s { args = [x39], replicas = y39.length }\n");
    let found = problems(&source);
    assert_eq!(found.iter().filter(|p| p.contains("limit-exceeded")).count(), 2, "{found:?}");
}
