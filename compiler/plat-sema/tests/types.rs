//! Types: what fits, what is narrowed, what is converted.

mod support;

use support::{expect, expect_clean, expect_report};

#[test]
fn the_only_conversions_are_to_float_and_to_cores() {
    expect_clean(
        "let a: float = 3\nlet n = 2\nlet b: float = n\nlet c: cores = 2\nlet d: cores = n\nlet e: cores = 0.5",
    );
    expect("let a: int = 1.5", &["type-mismatch @ 1.5"]);
    expect("let a: bytes = 512", &["type-mismatch @ 512"]);
    expect("let n = 1\nlet a: string = n", &["type-mismatch @ n"]);
}

#[test]
fn a_mismatch_says_where_both_types_come_from() {
    expect_report(
        "memory java { heap = \"512Mi\" }",
        &["`heap` is `bytes`", "a `string`", "leave out the quotes: `512Mi`"],
    );
    expect_report("let n = \"x\"\nmemory a { threads = n }", &["`n` is `string` by this declaration"]);
    expect_report("memory a { threads = \"8\" }", &["leave out the quotes: `8`"]);
    expect_report("memory a { gc = \"g1\" }", &["leave out the quotes: `g1`"]);
    expect_report("image a { tag = 3 }", &["text stands in quotes: `\"3\"`"]);
    expect_report("image a {}\nservice b { image = a, args = \"x\" }", &["put it into a list"]);
    expect_report("image a {}\nservice b { image = a, ports { http = \"80\" } }", &["`port` (`int`)"]);
}

#[test]
fn units_are_types() {
    expect_report("let a = 2g", &["unknown-unit", "write `2Gi` (2 × 1024³ bytes)"]);
    expect_report("let a = 1GiB", &["unknown-unit", "write `1Gi`"]);
    expect_report("let a = 5sec", &["write `5s`"]);
    expect_report("let a = 3w", &["in days"]);
    expect_report("image i {}\nservice a { image = i, wait = 5m }", &["type-mismatch", "write `5min`"]);
    expect("let a = 1Gi + 30s", &["unit-mismatch @ 30s"]);
    expect("let a = 500m < 1Gi", &["unit-mismatch @ 1Gi"]);
    expect("let a = 1Gi + 3", &["type-mismatch @ 3"]);
    expect_clean(
        "let a = 2 * 512Mi + 1Gi / 2
         let b: float = 1Gi / 1Mi
         let c: bytes = 50% of 2Gi
         let d: cores = 250m + 1
         let e = 1 + 250m < 2
         let f: duration = 1min - 30s
         let g: int = 7 div 2 + 7 mod 2
         let h: float = 7 / 2",
    );
    expect("let a = 9223372036854775808", &["out-of-range @ 9223372036854775808"]);
}

#[test]
fn optional_values_are_looked_at_first() {
    let kinds = "kind box { size?: int, inner?: box }\nbox a {}\nbox b { size = 1 }\n";
    expect_report(&format!("{kinds}let n: int = box.a.size"), &["type-mismatch", "`?? …`"]);
    expect_report(&format!("{kinds}let n = box.a.inner.size"), &["may be absent", "`box.a.inner?.size`"]);
    expect(&format!("{kinds}let n = box.a.size + 1"), &["type-mismatch @ box.a.size"]);
    expect_clean(&format!(
        "{kinds}let n: int = box.a.size ?? 0
         let m: int? = box.a.inner?.size
         let o = if box.a.size != unset then box.a.size + 1 else 0
         let p = box.a.size == unset or box.a.size > 3
         let q = [for x in box if x.size != unset: x.size + 1]
         let r = box.a.size != unset and not (box.a.size < 0)
         let s: int = box.b.size
         fn f(x: box) -> int = if x.inner?.size != unset then x.inner.size else 0"
    ));
    expect(&format!("{kinds}let n = box.a == unset"), &["type-mismatch @ box.a"]);
}

#[test]
fn conditions_narrow_in_when_bodies_and_statements() {
    expect_clean(
        "kind box { size?: int, twice?: int }
         box a { when self.size != unset { twice = 2 * self.size } }
         test \"t\" { let s = box.a.size assert s != unset assert s > 1 }",
    );
}

#[test]
fn a_path_from_an_instance_is_present_where_the_instance_sets_it() {
    expect_clean(
        "resources small { requests { memory = 1Gi } }
         memory java { heap = 50% of resources.small.limits.memory }
         image i {}
         service a { image = i, memory = java, args = [\"\\(self.memory.heap)\"] }
         resources big extends small { limits { cpu = 1 } }
         let c: bytes = resources.big.requests.memory",
    );
    expect(
        "resources small { when platform.arch == arm { requests { memory = 1Gi } } }
         platform p {}
         let a: bytes = resources.small.requests.memory",
        &["type-mismatch @ resources.small.requests.memory"],
    );
}

#[test]
fn checks_may_run_into_what_is_absent() {
    expect_clean(
        "check heap for s in service at warning {
           require s.memory.heap <= s.resources.limits.memory
           message \"\\(s.name): \\(s.memory.heap)\"
           label   s.memory.heap \"here\"
         }",
    );
    expect("check c for s in service { message \"x\" }", &["missing-field @ c"]);
    expect(
        "check c for s in service { require true require true message \"x\" }",
        &["duplicate-field @ true"],
    );
    expect("check c for s in service at eror { require true message \"x\" }", &["unknown-name @ eror"]);
    expect(
        "check type-mismatch for s in service { require true message \"x\" }",
        &["duplicate-name @ type-mismatch"],
    );
}

#[test]
fn records_are_structural_and_maps_where_maps_are_expected() {
    expect_clean(
        "type user = { name: string, uid: int, shell?: string }
         let a: user = { name = \"x\", uid = 1 }
         let b = { name = \"x\", uid = 1, shell = \"sh\" }
         let c: user = b
         let d: map[int] = { x = 1, y = 2 }
         let e = { x = 1, y = 2 }
         let f: map[int] = e
         let g: int? = e[\"x\"]
         let h = { a = 1 }.a + 1
         let i: data = { x = [1, \"a\", null, { b = 1Gi }] }",
    );
    expect("type user = { name: string }\nlet a: user = { name = \"x\", nam = 1 }", &["unknown-field @ nam"]);
    expect("let a: map[int] = { x = 1, y = \"2\" }", &["type-mismatch @ \"2\""]);
    expect("let f = { x = 1 }.z", &["unknown-field @ z"]);
}

#[test]
fn a_record_literal_is_an_anonymous_instance_where_a_kind_is_expected() {
    expect_clean(
        "image i {}\nservice a { image = i, memory = { heap = 1Gi } }\nservice b { image = { tag = \"2\" } }",
    );
    expect("image i {}\nservice a { image = i, memory = { hep = 1Gi } }", &["unknown-field @ hep"]);
}

#[test]
fn unions_are_told_apart_by_match() {
    expect_clean(
        "fn f(x: string | list[string]) -> list[string] = match x { string => [x], list[string] => x }
         fn g(x: string | int) -> string = match x { string => x, else => \"\\(x + 1)\" }
         fn h(x: data) -> string = match x { string => x, map[data] => \"m\", else => \"\" }",
    );
    expect("fn f(x: string | int) -> string = x", &["type-mismatch @ x"]);
    expect(
        "fn f(x: string | int) -> int = match x { string => 1 }",
        &["not-covered @ match x { string => 1 }"],
    );
}

#[test]
fn a_branch_or_operand_gives_hints_but_forces_nothing() {
    expect_clean(
        "environment prod {}
         let u = if env == prod then { a = 1, b = \"x\" } else { a = 2 }
         let b = u.b ?? \"none\"
         fn f(n: int?) -> float = n ?? 0.5
         fn g(n: gc?) -> gc = n ?? g1",
    );
    expect("fn f(n: int?) -> int = n ?? \"x\"", &["type-mismatch @ \"x\""]);
    expect_report("let a = \"\\(g1)\"", &["unknown-name", "`gc.g1`"]);
}

#[test]
fn secrets_never_become_text() {
    let db = "credentials db { password = secret() }\n";
    expect_clean(&format!(
        "{db}let url: secret = \"postgres://\\(credentials.db.password)@db\"
         image i {{}}\nservice a {{ image = i, env {{ P = credentials.db.password }} }}"
    ));
    expect(
        &format!("{db}let a: string = credentials.db.password"),
        &["secret-in-text @ credentials.db.password"],
    );
    expect(
        &format!("{db}let a: string = \"x\\(credentials.db.password)\""),
        &["secret-in-text @ \"x\\(credentials.db.password)\""],
    );
    expect(
        &format!("{db}let a = credentials.db.password == \"x\""),
        &["secret-in-text @ credentials.db.password"],
    );
    expect(
        &format!("{db}emit \"a.json\" = {{ p = credentials.db.password }}"),
        &["secret-in-text @ credentials.db.password"],
    );
    expect(
        &format!("{db}let a = json(credentials.db.password)"),
        &["secret-in-text @ credentials.db.password"],
    );
    expect(&format!("{db}let a = credentials.db.pasword"), &["unknown-field @ pasword"]);
    let list = format!("{db}let s = [credentials.db.password]\nlet a = join(s)");
    expect(&list, &["secret-in-text @ s"]);
}

#[test]
fn lets_and_types_do_not_contain_themselves() {
    expect("let a = b + 1\nlet b = a + 1", &["cyclic-value @ a"]);
    expect("type t = { next: list[t] }", &["cyclic-value @ t"]);
    expect("kind a extends b {}\nkind b extends a {}", &["cyclic-value @ a"]);
    expect("image a extends b {}\nimage b extends a {}", &["cyclic-value @ a"]);
}

#[test]
fn operators_have_types() {
    expect("let a = 1 + \"1\"", &["type-mismatch @ \"1\""]);
    expect("let a = if 1 then 2 else 3", &["type-mismatch @ 1"]);
    expect("let a = not \"x\"", &["type-mismatch @ \"x\""]);
    expect("let a = 1 == \"1\"", &["type-mismatch @ \"1\""]);
    expect("let a = true < false", &["type-mismatch @ true"]);
    expect("let a = 3 in 4", &["type-mismatch @ 4"]);
    expect("let a = [1][\"x\"]", &["type-mismatch @ \"x\""]);
    expect("let a = [for x in 3: x]", &["type-mismatch @ 3"]);
    expect("let a = \"\\([1])\"", &["type-mismatch @ [1]"]);
    expect("let a = 1 ?? 2", &["unreachable-arm @ 1"]);
    expect_clean(
        "let a = [1, 2] + [3]\nlet b = \"x\" + \"y\"\nlet c = \"a\" in { a = 1 }\nlet d = -3 + -(1 + 2)\nlet e = \"abc\".length",
    );
}

#[test]
fn comprehensions_and_lets_have_scopes() {
    expect_clean(
        "let a: list[int] = [for x in range(3) if x > 1: x * x]
         let b: map[string] = {for k, v in { x = 1 }: \"\\(k)-port\" = \"\\(v)\"}
         let c = let side = 3; side * side
         let d: list[gc] = [for x in [1, 2]: g1]
         let e = [for i, x in [\"a\"]: \"\\(i + 1)\\(x)\"]",
    );
    expect("let a = [for x in [1]: x]\nlet b = x", &["unknown-name @ x"]);
}
