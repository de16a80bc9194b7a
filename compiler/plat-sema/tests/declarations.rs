//! Declarations: layers, functions, matches, loops, variation.

mod support;

use plat_sema::hir::{Entry, ExprKind, Verb};
use support::{check, expect, expect_clean, expect_report};

const PLATFORMS: &str = "platform amd64 {}\nplatform arm64 { arch = arm64 }\nplatform armv7 { arch = arm }\n";

#[test]
fn fields_are_known_and_written_once() {
    expect_report("image a { tagg = \"1\" }", &["unknown-field", "did you mean `tag`?"]);
    expect("image a { tag = \"1\", tag = \"2\" }", &["duplicate-field @ tag"]);
    expect("image a { when true { tag = \"1\" } tag = \"2\" }", &["field-after-when @ tag"]);
    expect("image a { name = \"b\" }", &["unknown-field @ name"]);
    expect("image a { tag += \"x\" }", &["type-mismatch @ \"x\""]);
    expect("image a { tag { x = 1 } }", &["type-mismatch @ { x = 1 }"]);
    expect("image a {}\nservice b { image = a, args += \"x\" }", &["type-mismatch @ \"x\""]);
    expect_clean("image a { labels { x = \"1\" }, platforms += [] when true { labels { y = \"2\" } } }");
    expect_clean("kind k { name: string, a: string = self.name }\nk x { name = \"y\" }");
}

#[test]
fn final_fields_are_set_once() {
    let kind = "kind box { final w: int, final area: int = self.w * self.w, c?: int }\n";
    expect_clean(&format!("{kind}box a {{ w = 1 }}\nbox b extends a {{ c = 2 }}"));
    expect_report(
        &format!("{kind}box a {{ w = 1 }}\nbox b extends a {{ w = 2 }}"),
        &["final-overridden", "main.plat:2:9"],
    );
    expect(&format!("{kind}box a {{ w = 1, area = 3 }}"), &["final-overridden @ area"]);
}

#[test]
fn extends_needs_a_fitting_parent() {
    expect_clean(
        "image i {}\nabstract workload base { image = i }\nservice a extends base {}\nstateful b extends a {}",
    );
    expect_report(
        "image i {}\nresources r extends i {}",
        &["type-mismatch", "a `resources` cannot extend a `image`"],
    );
    expect_report("image base {}\nimage b extends bse {}", &["unknown-name", "did you mean `base`?"]);
    expect("kind a { x: int }\nkind b extends a { x: int }", &["duplicate-field @ x"]);
}

#[test]
fn functions_take_their_arguments() {
    let area = "fn area(width: int, height: int = 1, note: string?) -> int = width * height\n";
    expect_clean(&format!(
        "{area}let a = area(2)\nlet b = area(2, height = 3)\nlet c = area(height = 1, width = 2, note = \"x\")"
    ));
    expect_report(&format!("{area}let b = area()"), &["wrong-arguments", "`width`", "main.plat:1:9"]);
    expect(&format!("{area}let b = area(1, 2, \"x\", 4)"), &["wrong-arguments @ 4"]);
    expect_report(
        &format!("{area}let b = area(1, heigth = 2)"),
        &["wrong-arguments", "did you mean `height`?"],
    );
    expect(&format!("{area}let b = area(1, width = 2)"), &["wrong-arguments @ width"]);
    expect(&format!("{area}let b = area(width = 1, 2)"), &["wrong-arguments @ 2"]);
    expect(&format!("{area}let b = area(\"1\")"), &["type-mismatch @ \"1\""]);
    expect("fn f(n: int) -> string = n", &["type-mismatch @ n"]);
    expect("let n = 3\nlet a = n(1)", &["type-mismatch @ n"]);
    expect("let a = \"x\".upper()", &["type-mismatch @ \"x\".upper"]);
    expect_clean("fn twice(n: int) = n * 2\nlet a: int = twice(2)");
}

#[test]
fn functions_do_not_call_themselves() {
    expect("fn f(n: int) -> int = f(n)", &["recursive-function @ f"]);
    expect_report(
        "fn even(n: int) -> bool = odd(n - 1)\nfn odd(n: int) -> bool = even(n - 1)",
        &["recursive-function", "`even` → `odd` → `even`"],
    );
    expect("fn f(n: int) = g(n)\nfn g(n: int) = f(n)", &["recursive-function @ f"]);
}

#[test]
fn type_parameters_are_found_by_the_arguments() {
    expect_clean(
        "image a {}
         let n: list[string] = keys(image)
         let i: list[image] = values(image)
         let x: int? = first([1, 2])
         let y: bytes = sum([1Gi, 2Gi])
         let z: list[string] = keys({ x = 1, y = 2 })
         let w: list[gc] = [first([g1]) ?? zgc]",
    );
    expect("let a = keys(3)", &["type-mismatch @ 3"]);
    expect("let a = sum([\"x\"])", &["type-mismatch @ [\"x\"]"]);
    expect_clean("let a = sort([\"x\"])");
}

#[test]
fn matches_cover_their_subject() {
    let lamp = "kind lamp { gc: gc }\nlamp a { gc = g1 }\n";
    expect_clean(&format!("{lamp}let x = match lamp.a.gc {{ g1 | parallel => 1, serial | zgc => 2 }}"));
    expect_report(
        &format!("{lamp}let x = match lamp.a.gc {{ g1 => 1, serial => 2 }}"),
        &["not-covered", "`parallel`, `zgc`"],
    );
    expect(
        &format!("{lamp}let x = match lamp.a.gc {{ g1 => 1, g1 => 2, else => 3 }}"),
        &["unreachable-arm @ g1"],
    );
    expect("let x = match true { true => 1 }", &["not-covered @ match true { true => 1 }"]);
    expect("let x = match 3 { 1 => 1 }", &["not-covered @ match 3 { 1 => 1 }"]);
    expect("let x = match 3 { 1 => 1, \"2\" => 2, else => 3 }", &["type-mismatch @ \"2\""]);
    expect("let x = match 3 { else => 1, 2 => 2 }", &["unreachable-arm @ 2"]);
    expect(&format!("{lamp}let x = match lamp.a.gc {{ g2 => 1, else => 2 }}"), &["unknown-name @ g2"]);
}

#[test]
fn matches_cover_the_platforms_in_force() {
    let text = format!(
        "{PLATFORMS}kind box {{ w: int }}\nbox a {{ w = match platform {{ amd64 => 1, arm64 => 2 }} }}"
    );
    expect_report(&text, &["platform-not-covered", "`armv7`", "main.plat:3:10"]);
    expect_clean(&format!(
        "{PLATFORMS}image a {{ platforms = [amd64, arm64], tag = match platform {{ amd64 => \"a\", arm64 => \"b\" }} }}
         abstract image base {{ platforms = [amd64] }}
         image b extends base {{ tag = match platform {{ amd64 => \"a\" }} }}"
    ));
    expect_report(
        &format!(
            "{PLATFORMS}image a {{ platforms = [amd64, arm64], tag = match platform {{ amd64 => \"a\" }} }}"
        ),
        &["platform-not-covered", "`arm64`", "the declaration is for these"],
    );
    expect(
        &format!(
            "{PLATFORMS}image a {{ platforms = [amd64], tag = match platform {{ amd64 => \"a\", arm64 => \"b\" }} }}"
        ),
        &["unreachable-arm @ arm64"],
    );
    let varied = format!("{PLATFORMS}environment dev {{}}\nenvironment prod {{}}\n");
    for platforms in [
        "platforms = if env == prod then [amd64, arm64] else [amd64], T",
        "platforms = match env { dev => [amd64], prod => ([amd64, arm64]) }, T",
        "platforms = [amd64], T, when env == prod { platforms = [amd64, arm64] }",
    ] {
        let service = |arms: &str| {
            let tag = format!("env {{ P = match platform {{ {arms} }} }}");
            format!("{varied}service a {{ image = b, {} }}\nimage b {{}}", platforms.replace('T', &tag))
        };
        expect_clean(&service(r#"amd64 => "a", arm64 => "b""#));
        expect_report(&service(r#"amd64 => "a""#), &["platform-not-covered", "`arm64`"]);
    }
    expect(
        "environment dev {}\nenvironment prod {}\nlet x = match env { prod => 3 }",
        &["platform-not-covered @ match env { prod => 3 }"],
    );
    expect("let x = match platform { amd64 => 1, else => 2 }", &["unknown-name @ amd64"]);
}

#[test]
fn loops_make_instances_and_are_ordered() {
    let checked = expect_clean(
        "for n, c in { web = 1, job = 2 } { resources \"\\(n)-quota\" { requests { cpu = c * 250m } } }
         for r in resources { config \"\\(r.name)-c\" { cpu = \"\\(r.requests.cpu ?? 0)\" } }
         let x = resources[\"web-quota\"].requests",
    );
    let names = |at: usize| {
        let reads = checked.program.loops[at].reads.iter();
        reads.map(|k| checked.program[*k].name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!((names(0), names(1)), (vec![], vec!["resources"]));
    expect("for i in image { image \"\\(i.name)-copy\" {} }", &["cyclic-generation @ image"]);
    expect(
        "for i in image { config \"\\(i.name)\" {} }\nfn names() -> list[string] = keys(config)\nfor n in names() { image \"\\(n)\" {} }",
        &["cyclic-generation @ image"],
    );
    expect("for n in [1] { platform \"p\\(n)\" {} }", &["cyclic-generation @ \"p\\(n)\""]);
}

#[test]
fn names_and_heads_do_not_vary() {
    expect("environment a {}\nfor n in [env.name] { image \"x\\(n)\" {} }", &["varies-where-fixed @ env"]);
    expect("environment a {}\nfor n in [1] { image \"x\\(env.name)\" {} }", &["varies-where-fixed @ env"]);
    expect("platform a {}\ntype t = int where it < platform.word-bits", &["varies-where-fixed @ platform"]);
}

#[test]
fn the_tree_has_ids_and_constants() {
    let checked = check(
        "image base { tag = \"1\" }\nservice a { image = base, ports { http = 80 } when true { wait = 1min } }",
    );
    assert!(checked.diagnostics.is_empty(), "{}", checked.report());
    let program = &checked.program;
    let service = program.instances.iter().find(|i| program[i.kind].name.as_str() == "service").unwrap();
    let plat_sema::hir::InstanceInit::Body(body) = service.init else { panic!("a body") };
    let [Entry::Field(image), Entry::Field(ports), Entry::When { entries, .. }] = &program[body].entries[..]
    else {
        panic!("{:?}", program[body].entries)
    };
    assert!(program[body].binds_self);
    assert!(matches!(image.verb, Verb::Set(e) if matches!(program[e].kind, ExprKind::Instance(_))));
    assert!(matches!(ports.verb, Verb::Refine(b) if !program[b].binds_self));
    assert_eq!(entries.len(), 1);
    assert_eq!(program.prelude_kind("platform"), program.platform_kind);
    let exports: Vec<&str> = program.modules[1].exports.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(exports, ["base", "a"]);
}

#[test]
fn frames_are_counted_outwards() {
    let checked = expect_clean(
        "kind k { a: int = 1, b: list[int] = [] }
         k x { b = [for i in [1] if i > 0: let j = i; j + i + self.a] }",
    );
    let program = &checked.program;
    let locals: Vec<(u16, u16)> = program
        .exprs
        .iter()
        .filter(|e| e.span.file == program.modules[1].file)
        .filter_map(|e| match e.kind {
            ExprKind::Local { up, slot } => Some((up, slot)),
            _ => None,
        })
        .collect();
    // The last three are `i` in the `let`, then `j` and `i` under it.
    assert_eq!(locals[locals.len() - 3..], [(0, 0), (0, 0), (1, 0)]);
    let selves: Vec<u16> = program
        .exprs
        .iter()
        .filter_map(|e| match e.kind {
            ExprKind::SelfRef { up } => Some(up),
            _ => None,
        })
        .collect();
    assert_eq!(selves.last(), Some(&2));
}
