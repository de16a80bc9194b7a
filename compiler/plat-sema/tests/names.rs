//! What names mean, and what is said if they mean nothing or too much.

mod support;

use support::{check_files, expect, expect_clean, expect_report, own, small_prelude};

const PLATFORMS: &str = "platform amd64 {}\nplatform arm64 { arch = arm64 }\n";

#[test]
fn locals_come_before_variants_before_instances_before_the_module() {
    expect_clean(
        "kind lamp { gc: gc }
         gc-box a {}
         kind gc-box {}
         let g1 = 3
         lamp desk { gc = g1 }
         fn pick(serial: gc) -> gc = serial
         let n = g1 + 1",
    );
}

#[test]
fn an_expected_kind_finds_instances_of_the_whole_program() {
    let files = [
        small_prelude(),
        own("images", "image api {}"),
        own("main", "service api { image = api }\nstateful db { image = api, needs = [service.api] }"),
    ];
    let checked = check_files(&files);
    assert!(checked.diagnostics.is_empty(), "{}", checked.report());
}

#[test]
fn a_name_of_several_kinds_is_ambiguous_where_none_is_expected() {
    expect_report(
        "image api {}\nservice api { image = api }\nlet x = api",
        &["ambiguous-name", "`image.api` or `service.api`", "main.plat:1:7", "main.plat:2:9"],
    );
    // Both extend what is expected.
    expect(
        "image i {}
         service db { image = i }
         stateful db { image = i }
         service web { image = i, needs = [db] }",
        &["ambiguous-name @ db"],
    );
}

#[test]
fn unknown_names_are_told_with_what_was_meant() {
    expect_report("let registry = \"x\"\nlet y = registy", &["unknown-name", "did you mean `registry`?"]);
    expect_report("kind lamp { gc: gc }\nlamp a { gc = g2 }", &["unknown-name", "did you mean `g1`?"]);
    expect_report("let a = 3\nlet b = 2\nlet c = a-b", &["did you mean `a - b`?"]);
    expect_report(
        "kind box { width: int, area: int }\nbox a { width = 1, area = width * 2 }",
        &["write `self.width`"],
    );
    expect_report("image a { tag = latest }", &["text stands in quotes: `\"latest\"`"]);
    expect_report("image a { tag = upper }", &["`upper` is a function, not a value", "call it"]);
}

#[test]
fn what_depends_on_an_error_stays_silent() {
    expect(
        "let a = nope\nlet b = a + 1\nlet c = \"\\(a)\"\nlet d = a.x.y(3)\nlet e = [a, b]\nlet f = match a { 1 => 2 }",
        &["unknown-name @ nope"],
    );
    expect("imagee api {}\nservice web { image = api }", &["unknown-name @ imagee"]);
    expect("kind a extends nope { x: int }\na b { y = 1 }\nlet z = a.b.q", &["unknown-name @ nope"]);
}

#[test]
fn kinds_are_the_maps_of_their_instances() {
    expect_clean(
        "image a {}\nimage b {}\nlet n = keys(image)\nlet t = [for i in image: i.tag]\nlet u = image[\"a\"].tag",
    );
    expect_report("image api {}\nlet x = image.apii", &["no-such-index", "did you mean `api`?"]);
    expect("image api {}\nlet x = image[\"b\"]", &["no-such-index @ \"b\""]);
    // A loop may make it.
    expect_clean("for n in [\"a\", \"b\"] { image \"\\(n)-x\" {} }\nlet x = image.a-x.tag");
}

#[test]
fn instance_names_are_unique_per_kind_in_the_whole_program() {
    let files =
        [small_prelude(), own("a", "image api {}"), own("main", "image api {}\nservice api { image = api }")];
    let checked = check_files(&files);
    assert_eq!(checked.codes(), ["duplicate-name @ api"]);
    assert_eq!(checked.diagnostics[0].labels.len(), 2);
}

#[test]
fn top_level_names_are_unique_and_may_shadow_the_prelude() {
    expect("let a = 1\nlet a = 2", &["duplicate-name @ a"]);
    expect("fn f() -> int = 1\nlet f = 2", &["duplicate-name @ f"]);
    expect_clean("fn upper(n: int) -> int = n\nlet x = upper(3) + 1");
}

#[test]
fn imports_bring_modules_and_names() {
    let lib = "let size = 3\nlet _hidden = 4\nfn twice(n: int) -> int = 2 * n\nimage base {}\nkind box { w: int }\nenum tier { gold }\nbox b0 { w = 0 }";
    let main = "use \"./lib.plat\"
                use \"./lib.plat\".{size as big, twice}
                use \"./lib.plat\" as other
                let a = lib.size + big + twice(lib.twice(1)) + other.size
                lib.box b { w = 1 }
                image web extends lib.base {}
                let c = lib.box { w = 2 }
                let d = lib.tier.gold
                let e = lib.box.b0.w + lib.b0.w";
    let checked = check_files(&[small_prelude(), own("lib", lib), own("main", main)]);
    assert!(checked.diagnostics.is_empty(), "{}", checked.report());
    let wrong =
        "use \"./lib.plat\".{sise, _hidden}\nuse \"./lib.plat\"\nlet a = lib.nope\nlet b = lib.twise(1)";
    let checked = check_files(&[small_prelude(), own("lib", lib), own("main", wrong)]);
    let codes =
        ["unknown-name @ sise", "unknown-name @ _hidden", "unknown-name @ nope", "unknown-name @ twise"];
    assert_eq!(checked.codes(), codes);
}

#[test]
fn platform_and_env_are_current_ones_in_expressions_and_kinds_elsewhere() {
    let text = format!(
        "{PLATFORMS}environment prod {{}}
        let a = platform.arch
        let b = [for p in platform: p.oci]
        let c = [for e in env: e.name]
        let d = platform == arm64 and env == prod
        let e = platform in [amd64]"
    );
    expect_clean(&text);
    expect_report(
        &format!("{PLATFORMS}let a = platform.amd64"),
        &["unknown-field", "compare with it: `platform == amd64`"],
    );
}

#[test]
fn abstract_instances_are_only_extended_or_amended() {
    expect_clean(
        "abstract image base { tag = \"1\" }\nimage a extends base {}\nimage b = image.base { tag = \"2\" }",
    );
    expect("abstract image base {}\nlet x = image.base", &["type-mismatch @ image.base"]);
    expect("abstract image base {}\nservice a { image = base }", &["type-mismatch @ base"]);
}

#[test]
fn self_is_the_nearest_declaration() {
    expect_report("let a = self.b", &["unknown-name", "there is none here"]);
    expect_clean(
        "image a { tag = self.name, labels { x = self.tag } }\nlet b = image.a { tag = \"\\(self.name)-b\" }",
    );
}

#[test]
fn deprecated_things_warn_at_each_use() {
    let text = "@deprecated(\"use `new`\")\nfn old() -> int = 1
                kind box { @deprecated(\"use `height`\") width?: int }
                box a { width = 1 }
                let b = old() + old()";
    expect(text, &["deprecated @ width", "deprecated @ old", "deprecated @ old"]);
}

#[test]
fn annotations_are_known_and_complete() {
    let check = "check small for i in image { require i.tag != \"\" message \"no tag\" }\n";
    expect_clean(&format!("{check}@allow(small, \"on purpose\")\nimage a {{}}"));
    expect(&format!("{check}@allow(smal, \"x\")\nimage a {{}}"), &["unknown-name @ smal"]);
    expect(&format!("{check}@allow(small)\nimage a {{}}"), &["wrong-arguments @ @allow(small)"]);
    expect("@alow(x, \"y\")\nimage a {}", &["unknown-name @ alow"]);
    expect("@fixed\nimage a {}", &["unknown-name @ fixed"]);
    expect("kind k { @fixed(sky) a: int }", &["unknown-name @ sky"]);
}
