use super::*;
use crate::{FailureKind, MemoryWorld, World};
use std::path::{Path, PathBuf};

const OUT: &str = "/p/generated";

fn file(path: &str, text: &str) -> OutputFile {
    OutputFile {
        path: path.to_owned(),
        text: text.to_owned(),
        target: path.split('/').next().unwrap().to_owned(),
    }
}

fn planned(world: &MemoryWorld, files: &[OutputFile], force: bool) -> Plan {
    plan(world, Path::new(OUT), "generated", files, &Scope::All, &[], force).unwrap()
}

fn run(world: &MemoryWorld, files: &[OutputFile]) -> Vec<String> {
    let plan = planned(world, files, false);
    assert_eq!(plan.diagnostics, []);
    apply(world, &plan, files).unwrap();
    assert!(world.files().iter().all(|f| !f.to_string_lossy().contains("stage")), "nothing unfinished stays");
    let below = |p: PathBuf| p.strip_prefix(OUT).map(|p| p.to_string_lossy().into_owned()).ok();
    world.take_writes().into_iter().filter_map(below).filter(|p| p != MANIFEST).collect()
}

#[test]
fn only_what_changed_is_written_and_stale_files_go() {
    let world = MemoryWorld::default();
    assert_eq!(run(&world, &[file("a/x", "1\n"), file("b/y", "2\n")]), ["a/x", "b/y"]);
    assert_eq!(run(&world, &[file("a/x", "1\n"), file("b/y", "3\n")]), ["b/y"]);
    assert_eq!(run(&world, &[file("a/x", "1\n"), file("b/y", "3\n")]), [""; 0]);
    assert_eq!(run(&world, &[file("a/x", "1\n")]), [""; 0]);
    assert_eq!(world.text("/p/generated/b/y"), None);
    assert_eq!(world.entry(Path::new("/p/generated/b")).unwrap(), None, "its empty folder goes too");
    let again = planned(&world, &[file("a/x", "1\n")], false);
    assert!(again.is_clean() && !again.manifest_differs);
}

#[test]
fn foreign_files_are_never_touched() {
    let world = MemoryWorld::default();
    world.add("/p/generated/a/x", b"mine\n");
    world.add("/p/generated/notes", b"mine too\n");
    let plan = planned(&world, &[file("a/x", "1\n")], false);
    assert_eq!(plan.diagnostics[0].code, "output-not-ours");
    assert_eq!(plan.diagnostics[0].message, "`generated/a/x` exists and was not written by platc");
    let files = [file("a/x", "1\n")];
    let forced = planned(&world, &files, true);
    apply(&world, &forced, &files).unwrap();
    run(&world, &[]);
    assert_eq!(world.text("/p/generated/notes").unwrap(), "mine too\n");
    assert_eq!(world.text("/p/generated/a/x"), None);
}

#[test]
fn a_file_of_ours_that_was_edited_is_not_lost() {
    let world = MemoryWorld::default();
    run(&world, &[file("a/x", "1\n"), file("a/z", "1\n")]);
    world.add("/p/generated/a/x", b"edited\n");
    world.add("/p/generated/a/z", b"edited\n");
    let plan = planned(&world, &[file("a/x", "2\n")], false);
    let kinds: Vec<_> =
        plan.diagnostics.iter().map(|d| (d.severity.as_str(), d.message.contains("by hand"))).collect();
    assert_eq!(kinds, [("error", true), ("warning", true)]);
    assert_eq!(world.text("/p/generated/a/z").unwrap(), "edited\n");
}

#[test]
fn the_same_content_is_adopted() {
    let world = MemoryWorld::default();
    world.add("/p/generated/a/x", b"1\n");
    assert_eq!(run(&world, &[file("a/x", "1\n")]), [""; 0]);
    assert_eq!(run(&world, &[file("a/x", "2\n")]), ["a/x"]);
}

#[test]
fn a_failure_half_way_leaves_everything_as_it_was() {
    let world = MemoryWorld::default();
    run(&world, &[file("a/x", "1\n"), file("b/y", "1\n"), file("d/old", "1\n")]);
    let before: Vec<_> = world.files().iter().map(|f| (f.clone(), world.text(f))).collect();
    world.refuse("/p/generated/c/z");
    let files = [file("a/x", "2\n"), file("b/y", "2\n"), file("c/z", "2\n")];
    let plan = planned(&world, &files, false);
    let failure = apply(&world, &plan, &files).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Io);
    assert_eq!(failure.message, "cannot write `/p/generated/c/z`: permission denied");
    let after: Vec<_> = world.files().iter().map(|f| (f.clone(), world.text(f))).collect();
    assert_eq!(before, after);
}

#[test]
fn a_failed_first_run_leaves_no_folder() {
    let world = MemoryWorld::new([("/p/main.plat", "")]);
    world.refuse("/p/generated/a/x");
    let files = [file("a/x", "1\n")];
    let plan = planned(&world, &files, false);
    apply(&world, &plan, &files).unwrap_err();
    assert_eq!(world.files(), [Path::new("/p/main.plat")]);
    assert_eq!(world.entry(Path::new(OUT)).unwrap(), None);
}

#[test]
fn a_run_that_was_killed_leaves_files_that_are_still_ours() {
    let world = MemoryWorld::default();
    run(&world, &[file("a/x", "1\n"), file("b/y", "1\n")]);
    world.refuse("/p/generated/b/y");
    // The rename of the first file happens, then the process is gone: nothing is taken back.
    let plan = planned(&world, &[file("a/x", "2\n"), file("b/y", "2\n")], false);
    let text = "2\n";
    world.add("/p/generated/a/x", text.as_bytes());
    let both = serde_json::json!({"version": 1, "files": {
        "a/x": ["a", plan.after.files["a/x"].prints[0], plan.before.files["a/x"].prints[0]],
        "b/y": ["b", plan.after.files["b/y"].prints[0], plan.before.files["b/y"].prints[0]],
    }});
    world.add("/p/generated/.platc-manifest.json", both.to_string().as_bytes());
    let next = planned(&world, &[file("a/x", "3\n"), file("b/y", "3\n")], false);
    assert_eq!(next.diagnostics, []);
}

#[test]
fn a_part_of_the_targets_leaves_the_others_alone() {
    let world = MemoryWorld::default();
    run(&world, &[file("bazel/x", "1\n"), file("docker/y", "1\n"), file("docker/z", "1\n")]);
    let scope = Scope::Targets(vec!["docker".to_owned()]);
    let files = [file("docker/y", "1\n")];
    let some = plan(&world, Path::new(OUT), "generated", &files, &scope, &[], false).unwrap();
    apply(&world, &some, &files).unwrap();
    assert_eq!(world.text("/p/generated/bazel/x").unwrap(), "1\n");
    assert_eq!(world.text("/p/generated/docker/z"), None);
}

#[test]
fn sources_are_never_overwritten_and_a_damaged_manifest_owns_nothing() {
    let world = MemoryWorld::default();
    world.add("/p/generated/a/main.plat", b"let x = 1\n");
    let sources = [PathBuf::from("/p/generated/a/main.plat")];
    let plan =
        plan(&world, Path::new(OUT), "generated", &[file("a/main.plat", "1\n")], &Scope::All, &sources, true)
            .unwrap();
    assert_eq!(plan.diagnostics[0].code, "output-not-ours");
    world.add("/p/generated/.platc-manifest.json", b"{ not json");
    assert_eq!(planned(&world, &[file("a/main.plat", "1\n")], false).diagnostics[0].code, "output-not-ours");
    let evil = r#"{"version": 1, "files": {"../main.plat": ["a", "x"]}}"#;
    world.add("/p/generated/.platc-manifest.json", evil.as_bytes());
    world.add("/p/main.plat", b"");
    assert_eq!(planned(&world, &[], true).changes, []);
}

#[test]
fn a_file_of_ours_makes_room_for_a_folder_and_a_foreign_one_does_not() {
    let world = MemoryWorld::default();
    run(&world, &[file("a", "1\n")]);
    assert_eq!(run(&world, &[file("a/b", "1\n")]), ["a/b"]);
    let other = MemoryWorld::default();
    other.add("/p/generated/a", b"mine");
    assert_eq!(planned(&other, &[file("a/b", "1\n")], true).diagnostics[0].code, "output-not-ours");
}

#[test]
fn paths_that_clash_are_found() {
    let files =
        [file("a", ""), file("../b", ""), file("a", ""), file("a/b", ""), file(".platc-manifest.json", "")];
    let clashes: Vec<_> = super::plan::clashes(&files).into_iter().map(|(at, with, _)| (at, with)).collect();
    assert_eq!(clashes, [(1, None), (2, Some(0)), (4, None), (3, Some(0))]);
}

#[test]
fn a_diff_names_both_sides() {
    let world = MemoryWorld::default();
    run(&world, &[file("a/x", "1\n2\n"), file("a/y", "1\n")]);
    let files = [file("a/x", "1\n3\n"), file("a/z", "new\n")];
    let plan = planned(&world, &files, true);
    let diffs: Vec<String> = plan.changes.iter().map(|c| c.diff(&files, "generated")).collect();
    assert_eq!(diffs[0], "--- a/generated/a/x\n+++ b/generated/a/x\n@@ -1,2 +1,2 @@\n 1\n-2\n+3\n");
    assert_eq!(diffs[1], "--- /dev/null\n+++ b/generated/a/z\n@@ -0,0 +1 @@\n+new\n");
    assert_eq!(diffs[2], "--- a/generated/a/y\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n");
}
