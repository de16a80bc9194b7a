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

/// The instruction set that a platform declares reaches the compiler that runs in the image's build.
#[test]
fn what_is_compiled_follows_the_processor_of_the_platform() {
    let scratch = Scratch::new("recipes");
    scratch.write(
        "main.plat",
        "use std.cpus\nuse std.go\nuse std.platforms\nuse std.rust\n\n\
         platform amd64 extends platforms.linux-amd64 { cpu = cpus.x86-64-v3 }\n\
         platform arm64 extends platforms.linux-arm64 {}\n\
         image a = go.binary(version = \"1.27\", name = \"a\")\n\
         image b = rust.binary(version = \"1.98\", name = \"b\")\n",
    );
    platc(scratch.path(), ["compile", "--target", "docker", "-o", "out"]).expect(0);
    let text = |image: &str| {
        let file = scratch.path().join(format!("out/docker/{image}/Dockerfile"));
        std::fs::read_to_string(file).expect("readable")
    };
    assert!(text("a").contains("linux/amd64) go env -w GOAMD64=v3 ;;"), "{}", text("a"));
    assert!(text("a").contains("linux/arm64) go env -w GOARM64=v8.0 ;;"), "{}", text("a"));
    let flags = "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS=-Ctarget-cpu=x86-64-v3";
    assert!(text("b").contains(flags), "{}", text("b"));
    assert!(!text("b").contains("AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS"), "{}", text("b"));
}
