//! The reports that programs read, and the page about them: what `compiler/docs/formats.md` shows is what is printed.

use std::fs;
use std::path::Path;

use plat_tests::oracle;
use plat_tests::platc::{Ran, command, platc, run};
use plat_tests::scratch::Scratch;
use serde_json::Value;

const PAGE: &str = "compiler/docs/formats.md";

const BROKEN: &str =
    "use std.images\nlet size = 2GB\nlet ok = true && 1 = 1\nimage a { tag = \"x y\", usr = 1 }\n";

/// What a command of the page prints: standard output, standard error, then the status unless it is 0.
fn printed(folder: &Path, line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.split_first() {
        Some((&"cat", [file])) => fs::read_to_string(folder.join(file)).expect("the file is there"),
        Some((&"platc", arguments)) => {
            let ran = run(command(folder, arguments).env("COLUMNS", "100"));
            let status =
                if ran.status == 0 { String::new() } else { format!("[exit status {}]\n", ran.status) };
            let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
            let stdout = ran.stdout.replace(&version, "\"version\": \"VERSION\"");
            format!("{stdout}{}{status}", ran.stderr)
        }
        _ => panic!("the page has a command that is not known here: {line}"),
    }
}

/// The page with what its commands print in place of what it shows.
fn page_as_printed(page: &str, folder: &Path) -> String {
    let mut text = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        text.push_str(&format!("{line}\n"));
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|l| *l != "```").collect();
        if info == "console" {
            for command in block.iter().filter_map(|l| l.strip_prefix("$ ")) {
                text.push_str(&format!("$ {command}\n{}", printed(folder, command)));
            }
        } else {
            let body: String = block.iter().map(|l| format!("{l}\n")).collect();
            if let Some(file) = info.split_whitespace().find_map(|word| word.strip_prefix("file=")) {
                fs::write(folder.join(file), &body).expect("writable");
            }
            text.push_str(&body);
        }
        text.push_str("```\n");
    }
    text
}

#[test]
fn the_page_shows_what_is_printed() {
    let scratch = Scratch::new("formats-page");
    let path = plat_tests::root().join(PAGE);
    let page = fs::read_to_string(&path).expect("the page is there");
    let printed = page_as_printed(&page, scratch.path());
    if std::env::var_os("PLAT_UPDATE").is_some() {
        fs::write(&path, &printed).expect("writable");
        return;
    }
    for (shown, printed) in page.lines().zip(printed.lines()) {
        assert_eq!(shown, printed, "{PAGE} (PLAT_UPDATE=1 writes it anew)");
    }
    assert_eq!(page, printed, "{PAGE}");
}

fn is_valid_sarif(scratch: &Scratch, ran: &Ran) -> Value {
    let schema = oracle::folder().join("sarif/sarif-schema-2.1.0.json");
    assert!(schema.is_file(), "the SARIF schema is not installed: run `tests/oracles/install`");
    let file = scratch.write("report.sarif", &ran.stdout);
    let schema = schema.to_string_lossy().into_owned();
    let file = file.to_string_lossy().into_owned();
    // One of the schema's own patterns is no regular expression of the stricter, Unicode kind.
    let arguments = ["--regex-variant", "nonunicode", "--schemafile", &schema, &file];
    oracle::ask("check-jsonschema", scratch.path(), &arguments).expect(0);
    serde_json::from_str(&ran.stdout).expect("one document")
}

#[test]
fn sarif_documents_are_valid_whatever_happens() {
    let scratch = Scratch::new("sarif");
    scratch.write("main.plat", BROKEN);
    scratch.write("good.plat", "emit \"a.json\" = { a = 1 }\n");
    scratch.write("tests.plat", "test \"no\" { assert 1 == 2 }\n");
    scratch.write("multi line/ä b.plat", "let a = {\n  b = 1\n  b = 2\n}\nlet b = 5m + 3s;\n");
    let cases: [(&[&str], i32, usize); 9] = [
        (&["check", "main.plat"], 1, 1),
        (&["check", "multi line/ä b.plat"], 1, 2),
        (&["check", "good.plat"], 0, 0),
        (&["check", "missing.plat"], 3, 0),
        (&["check", "report.sarif"], 2, 0),
        (&["test", "tests.plat"], 1, 1),
        (&["fmt", "--check", "."], 1, 1),
        (&["compile", "good.plat", "-o", "out"], 0, 0),
        (&["compile", "good.plat", "--list-outputs"], 2, 0),
    ];
    scratch.write("report.sarif", "");
    for (arguments, status, at_least) in cases {
        let ran = platc(scratch.path(), arguments.iter().chain(&["--format", "sarif"])).expect(status);
        let document = is_valid_sarif(&scratch, &ran);
        let run = &document["runs"][0];
        let results = run["results"].as_array().expect("results");
        assert!(results.len() >= at_least, "{arguments:?}: {document}");
        assert_eq!(run["invocations"][0]["executionSuccessful"], Value::Bool(status < 2), "{arguments:?}");
        for result in results {
            let rule =
                &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("a position") as usize];
            assert_eq!(rule["id"], result["ruleId"]);
        }
    }
}

#[test]
fn json_objects_begin_with_their_version_and_every_field_is_documented() {
    let scratch = Scratch::new("json");
    scratch.write("main.plat", BROKEN);
    let ran = platc(scratch.path(), ["check", "--format", "json"]).expect(1);
    let failed = platc(scratch.path(), ["check", "--format", "json", "missing.plat"]).expect(3);
    let page = fs::read_to_string(plat_tests::root().join(PAGE)).expect("the page is there");
    for line in ran.stdout.lines().chain(failed.stdout.lines()) {
        assert!(line.starts_with("{\"version\":1,\"code\":"), "{line}");
        let object: Value = serde_json::from_str(line).expect("an object");
        for key in object.as_object().expect("an object").keys() {
            assert!(page.contains(&format!("`{key}`")), "{key} is not on the page");
        }
    }
}

#[test]
fn workflow_commands_are_one_line_each_and_escaped() {
    let scratch = Scratch::new("github");
    scratch.write("100%, a: b/main.plat", BROKEN);
    let ran = platc(scratch.path(), ["check", "100%, a: b", "--format", "github"]).expect(1);
    assert!(ran.stdout.lines().count() >= 3, "{}", ran.stdout);
    for line in ran.stdout.lines() {
        let place = "::error file=100%25%2C a%3A b/main.plat,line=";
        assert!(line.starts_with(place) && line.contains(",title="), "{line}");
    }
}

#[test]
fn junit_reports_are_xml_that_readers_read() {
    let scratch = Scratch::new("junit");
    scratch.write(
        "main.plat",
        "use \"./b.plat\"\ntest \"a <&> \\\"quoted\\\"\" { assert \"\\u{1}<\" == \"]]>\" }\ntest \"ok\" { assert b.x == 1 }\n",
    );
    scratch.write("b.plat", "let x = 1\ntest \"of b\" { assert x == 1 }\n");
    platc(scratch.path(), ["test", "--quiet", "--junit", "report.xml"]).expect(1);
    let script = scratch.write(
        "read.py",
        "import sys, xml.etree.ElementTree as tree\n\
         root = tree.parse(sys.argv[1]).getroot()\n\
         for suite in root:\n    \
             print(suite.get('name'), suite.get('tests'), suite.get('failures'), suite.get('errors'))\n    \
             for case in suite:\n        \
                 print(' ', case.get('name'), [part.tag for part in case])\n",
    );
    let report = scratch.path().join("report.xml");
    let read = oracle::python(&script, &[&report.to_string_lossy()]).expect(0);
    let expected = "b.plat 1 0 0\n  of b []\nmain.plat 2 1 0\n  a <&> \"quoted\" ['failure']\n  ok []\n";
    assert_eq!(read.stdout, expected);
    scratch.write("main.plat", "let a = 2g\n");
    platc(scratch.path(), ["test", "--quiet", "--junit", "report.xml"]).expect(1);
    let read = oracle::python(&script, &[&report.to_string_lossy()]).expect(0);
    assert_eq!(read.stdout, "platc 1 0 1\n  the program compiles ['error']\n");
}

#[test]
fn a_failing_test_names_its_contexts_and_an_expectation_both_codes() {
    let scratch = Scratch::new("tests");
    scratch.write(
        "main.plat",
        "use std.platforms\n\
         platform a extends platforms.linux-amd64 {}\n\
         platform b extends platforms.linux-arm64 {}\n\
         check not-huge for r in resources { require r.name != \"huge\"  message \"huge\" }\n\
         check not-big for r in resources at warning { require r.name != \"big\"  message \"big\" }\n\
         test \"varies\" { assert platform == a }\n\
         test \"checked\" { expect error unit-mismatch { let x = 5m + 3s } }\n\
         test \"evaluated\" { expect error division-by-zero { let x: int = 1 div 0 } }\n\
         test \"own check\" { expect error not-huge { resources huge { requests {} } } }\n\
         test \"milder\" { expect error not-big { resources big { requests {} } } }\n\
         test \"other\" { expect error type-mismatch { let x = 5m + 3s } }\n\
         test \"nothing\" { expect error type-mismatch { let x = 5m } }\n",
    );
    let ran = platc(scratch.path(), ["test", "--format", "short"]).expect(1);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    let has = |wanted: &str| lines.iter().any(|l| l.contains(wanted));
    for wanted in [
        "test varies … FAILED on b",
        "the assertion does not hold (on b)",
        "test checked … ok",
        "test evaluated … ok",
        "test own check … ok",
        "test milder … FAILED",
        "give `not-big`, but as a warning",
        "test other … FAILED",
        "give the error `unit-mismatch`, not `type-mismatch`",
        "test nothing … FAILED",
        "4 tests failed, 3 passed",
    ] {
        assert!(has(wanted), "{wanted} is missing in\n{}", ran.stderr);
    }
    let some = platc(scratch.path(), ["test", "--filter", "eval"]).expect(0);
    assert_eq!(some.stderr, "test evaluated … ok\n1 test passed\n");
    let none = platc(scratch.path(), ["test", "--filter", "nobody"]).expect(2);
    assert!(none.stderr.starts_with("error: no test's name contains `nobody`\n"), "{}", none.stderr);
    let list = platc(scratch.path(), ["test", "--list", "--filter", "o"]).expect(0);
    assert_eq!(list.stdout, "main.plat:9:6: own check\nmain.plat:11:6: other\nmain.plat:12:6: nothing\n");
}

#[test]
fn statuses_tell_what_went_wrong() {
    let scratch = Scratch::new("status");
    scratch.write("main.plat", "let a = 1\ntest \"no\" { assert a == 2 }\n");
    scratch.write("bad.plat", "let a = 2g\n");
    scratch.write("imports.plat", "use \"./folder.plat\"\n");
    fs::create_dir(scratch.path().join("folder.plat")).expect("a folder");
    let cases: [(&[&str], i32); 11] = [
        (&["check"], 0),
        (&["doc", "service"], 0),
        (&["check", "bad.plat"], 1),
        (&["test"], 1),
        (&["check", "--format", "xml"], 2),
        (&["compile", "--target", "nothing"], 2),
        (&["doc", "servcie"], 2),
        (&["check", "--fix", "nowhere.plat"], 3),
        (&["test", "nowhere.plat"], 3),
        (&["test", "--junit", "no/such/folder.xml"], 3),
        (&["fmt", "nowhere"], 3),
    ];
    for (arguments, status) in cases {
        platc(scratch.path(), arguments).expect(status);
    }
}

#[test]
fn people_are_told_the_sum_where_to_read_on_and_what_can_be_mended() {
    let scratch = Scratch::new("human");
    scratch.write("main.plat", BROKEN);
    let ran = platc(scratch.path(), ["check"]).expect(1);
    let last: Vec<&str> = ran.stderr.lines().rev().take(2).collect();
    assert!(
        last[0].starts_with("`platc explain unknown-unit` tells more; `platc check --fix` mends "),
        "{last:?}"
    );
    assert!(last[1].ends_with(" errors"), "{last:?}");
    assert!(!ran.stderr.contains('\u{1b}'));
    let coloured = platc(scratch.path(), ["check", "--color", "always"]).expect(1);
    assert!(coloured.stderr.starts_with("\u{1b}[1;31merror[unknown-unit]"), "{}", coloured.stderr);
    let forced = run(command(scratch.path(), ["check"]).env("CLICOLOR_FORCE", "1"));
    assert_eq!(forced.stderr, coloured.stderr);
    let refused = run(command(scratch.path(), ["check"]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1"));
    assert_eq!(refused.stderr, ran.stderr);
}

#[test]
fn documentation_is_found_by_name() {
    let scratch = Scratch::new("doc");
    scratch.write(
        "main.plat",
        "/// Who answers at night.\nkind team extends environment {\n  /// The number to call.\n  phone: string\n}\n",
    );
    let shows = |name: &str, wanted: &[&str]| {
        let ran = platc(scratch.path(), ["doc", name]).expect(0);
        for wanted in wanted {
            assert!(ran.stdout.contains(wanted), "{name}: {wanted} is missing in\n{}", ran.stdout);
        }
    };
    shows(
        "team",
        &[
            "kind team extends environment\n  main.plat:2\n",
            "Who answers",
            "phone: string",
            "of kind environment",
        ],
    );
    shows("team.phone", &["phone: string", "The number to call."]);
    shows("service", &["kind service", "std/prelude/", "replicas"]);
    shows("range", &["fn range(start: int, end: int?) -> list[int]"]);
    shows("gc", &["enum gc", "zgc"]);
    shows("std.images", &["module std.images", "python-slim"]);
    shows("images.python-slim", &["fn python-slim"]);
    shows("memory-exceeds-limit", &["check memory-exceeds-limit for"]);
    let missing = platc(scratch.path(), ["doc", "servcie"]).expect(2);
    assert!(missing.stderr.contains("did you mean `service`?"), "{}", missing.stderr);
    let all = platc(scratch.path(), ["doc"]).expect(0);
    assert!(all.stdout.starts_with("This project\n\n  Kinds\n    team"), "{}", all.stdout);
}
