//! Mends that are certain: each one in the annotated programs makes its problem go away, and brings no new one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use plat_tests::platc::{Ran, platc};
use plat_tests::scratch::Scratch;
use plat_tests::tree;
use serde_json::Value;

/// The programs of the suite: the folder to copy and the entry file in it.
fn programs() -> Vec<(PathBuf, PathBuf)> {
    let suite = plat_tests::root().join("tests/suite");
    let mut programs = Vec::new();
    let mut folders = vec![suite];
    while let Some(folder) = folders.pop() {
        if folder.join("main.plat").is_file() {
            programs.push((folder.clone(), "main.plat".into()));
            continue;
        }
        for entry in fs::read_dir(&folder).expect("readable") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "plat") {
                programs.push((folder.clone(), path.file_name().expect("a name").into()));
            }
        }
    }
    programs.sort();
    programs
}

fn diagnostics(ran: &Ran) -> Vec<Value> {
    ran.stdout.lines().map(|line| serde_json::from_str(line).expect("one object per line")).collect()
}

fn certain(diagnostic: &Value) -> bool {
    let fixes = diagnostic["fixes"].as_array().expect("a list");
    // What stands in the standard library is not ours to mend.
    let own = !diagnostic["file"].as_str().unwrap_or("std/").starts_with("std/");
    own && fixes.iter().any(|fix| fix["certain"] == true)
}

fn errors(diagnostics: &[Value]) -> BTreeSet<(String, String)> {
    let text = |d: &Value, key: &str| d[key].as_str().unwrap_or_default().to_owned();
    diagnostics
        .iter()
        .filter(|d| d["severity"] == "error")
        .map(|d| (text(d, "code"), text(d, "message")))
        .collect()
}

fn copy(from: &Path, entry: &Path, scratch: &Scratch) {
    if entry != Path::new("main.plat") {
        scratch.write(&entry.to_string_lossy(), fs::read(from.join(entry)).expect("readable"));
        return;
    }
    for file in tree::files(from) {
        scratch.write(&file.to_string_lossy(), fs::read(from.join(&file)).expect("readable"));
    }
}

#[test]
fn certain_mends_make_their_problems_go_away() {
    let mut mended = 0;
    let mut faults = Vec::new();
    for (folder, entry) in programs() {
        let name = entry.to_string_lossy().into_owned();
        let before = diagnostics(&platc(&folder, ["check", "--format", "json", &name]));
        let expected = before.iter().filter(|d| certain(d)).count();
        if expected == 0 {
            continue;
        }
        let scratch = Scratch::new("fixes");
        copy(&folder, &entry, &scratch);
        let after = diagnostics(&platc(scratch.path(), ["check", "--fix", "--format", "json", &name]));
        let mut fault = |what: String| faults.push(format!("{}: {what}", folder.join(&entry).display()));
        for left in after.iter().filter(|d| certain(d)) {
            fault(format!("not mended: {} {}", left["line"], left["message"]));
        }
        for (code, message) in errors(&after).difference(&errors(&before)) {
            fault(format!("new: {code}: {message}"));
        }
        mended += expected;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(mended >= 10, "the suite has only {mended} certain mends");
}

/// Programs with a mistake, and what `--fix` makes of them.
const TABLE: &[(&str, &str)] = &[
    ("let a = 1;\n", "let a = 1\n"),
    ("let a := 1\n", "let a = 1\n"),
    ("let a = true && not false || false\n", "let a = true and not false or false\n"),
    ("let a = !true\n", "let a = not true\n"),
    ("let a = [\n  1\n  2\n]\n", "let a = [\n  1,\n  2\n]\n"),
    ("let a = 'text'\n", "let a = \"text\"\n"),
    ("let a = 1 # one\n", "let a = 1 // one\n"),
    ("config a {\n  b: \"c\"\n}\n", "config a {\n  b = \"c\"\n}\n"),
    ("let a: bytes = \"512Mi\"\n", "let a: bytes = 512Mi\n"),
    ("let a: bytes = 512MiB\n", "let a: bytes = 512Mi\n"),
    ("let a: string = 1.10\n", "let a: string = \"1.10\"\n"),
    ("let a: string = 512Mi\n", "let a: string = \"512Mi\"\n"),
    ("let a: duration = 5m\n", "let a: duration = 5min\n"),
    ("let a: percent = 70\n", "let a: percent = 70%\n"),
    ("let a: list[int] = [for x of [1]: x]\n", "let a: list[int] = [for x in [1]: x]\n"),
];

#[test]
fn each_certain_mend_gives_what_was_meant() {
    let scratch = Scratch::new("fixes");
    for (before, after) in TABLE {
        let file = scratch.write("main.plat", before);
        let ran = platc(scratch.path(), ["check", "--fix", "--format", "short"]);
        let text = fs::read_to_string(&file).expect("readable");
        assert_eq!((text.as_str(), ran.status), (*after, 0), "{before}{}", ran.stderr);
    }
}

#[test]
fn what_has_two_readings_is_left_alone() {
    let scratch = Scratch::new("fixes");
    for text in [
        "let a = 2GB\n",
        "let a: bytes = 512\n",
        "let a: duration = 30\n",
        "let a: percent = 1\n",
        "let small = 1\nlet b = smal\n",
        "let a: string = 0o755\n",
        "let a: int = \"007\"\n",
        "let a: float = \"inf\"\n",
        "let a: float = \"1e5\"\n",
    ] {
        let file = scratch.write("main.plat", text);
        platc(scratch.path(), ["check", "--fix", "--format", "short"]).expect(1);
        assert_eq!(fs::read_to_string(&file).expect("readable"), text);
    }
}

#[test]
fn all_files_of_a_project_are_mended_and_nothing_is_left_beside_them() {
    let scratch = Scratch::new("fixes");
    let main = scratch.write("main.plat", "use \"./lib.plat\"\nlet a = 1;\n");
    let lib = scratch.write("lib.plat", "let b = 1;\n");
    let ran = platc(scratch.path(), ["check", "--fix"]).expect(0);
    assert!(ran.stderr.starts_with("mended 2 problems in lib.plat, main.plat\n"), "{}", ran.stderr);
    let texts = [&main, &lib].map(|file| fs::read_to_string(file).expect("readable"));
    assert_eq!(texts, ["use \"./lib.plat\"\nlet a = 1\n", "let b = 1\n"]);
    assert_eq!(tree::files(scratch.path()).len(), 2, "nothing is left beside them");
}
