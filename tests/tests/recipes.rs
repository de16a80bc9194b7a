//! The recipes and steps of the standard library: the Dockerfiles that they make, as the linters see them.

use std::path::PathBuf;

use plat_tests::oracle::{self, Findings};
use plat_tests::platc::platc;
use plat_tests::scratch::Scratch;
use plat_tests::tree;

fn compiled() -> (Scratch, Vec<PathBuf>) {
    let scratch = Scratch::new("recipes");
    let output = scratch.path().to_string_lossy().into_owned();
    let source = plat_tests::root().join("tests/fixtures/recipes");
    let arguments = ["compile", "--target", "docker", "--deny", "lossy", "-o", &output];
    platc(&source, arguments).expect(0);
    let files = tree::matching(scratch.path(), |f| f.file_name().is_some_and(|n| n == "Dockerfile"));
    assert_eq!(files.len(), 9, "{files:?}");
    (scratch, files)
}

#[test]
fn hadolint_finds_nothing() {
    let (_scratch, files) = compiled();
    let mut findings = Findings::default();
    for file in files {
        let folder = file.parent().expect("it lies in a folder");
        let path = file.to_string_lossy().into_owned();
        let ran = oracle::ask("hadolint", folder, &["--no-color", "--failure-threshold", "style", &path]);
        findings.check(&file, &ran);
    }
    findings.none("hadolint");
}

/// Whatever starts on the build platform must not be what the image starts from.
#[test]
fn images_are_made_of_files_for_their_own_platform() {
    let (_scratch, files) = compiled();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("readable");
        let last = text.lines().rfind(|l| l.starts_with("FROM ")).expect("a stage");
        assert!(!last.contains("BUILDPLATFORM"), "{}: {last}", file.display());
    }
}
