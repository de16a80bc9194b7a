//! The same sources give the same bytes: on a second run, from another folder, with the files in another
//! order on disk, and as they are checked in.

use std::path::Path;

use plat_tests::fleet::Layout;
use plat_tests::platc::platc;
use plat_tests::scratch::Scratch;
use plat_tests::{examples, tree};

fn compile(project: &Path, output: &Path) {
    platc(project, ["compile", "-o", &output.to_string_lossy()]).expect(0);
}

/// The sources alone: what a fresh clone has, without generated files.
fn sources(name: &str, to: &Path) {
    for file in tree::files(&examples::folder(name)) {
        if !file.starts_with("generated") {
            let target = to.join(&file);
            std::fs::create_dir_all(target.parent().expect("it lies below")).expect("folders can be made");
            std::fs::copy(examples::folder(name).join(&file), target).expect("readable");
        }
    }
}

#[test]
fn what_is_checked_in_is_what_is_emitted() {
    for name in examples::names() {
        let ran = platc(&examples::folder(&name), ["compile", "--check"]);
        assert!(ran.status == 0, "examples/{name} is not up to date:\n{}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn a_second_compilation_gives_the_same_bytes() {
    for (name, first) in examples::compiled() {
        let scratch = Scratch::new("again");
        compile(&examples::folder(name), scratch.path());
        tree::assert_same(first, scratch.path());
    }
}

#[test]
fn the_place_and_the_order_on_disk_do_not_matter() {
    for (name, first) in examples::compiled() {
        let scratch = Scratch::new("moved");
        let moved = scratch.path().join("some where/else");
        // Directory order follows creation on most file systems, so it is turned round.
        let mut files: Vec<_> = tree::files(&examples::folder(name))
            .into_iter()
            .filter(|f| !f.starts_with("generated"))
            .collect();
        files.reverse();
        for file in files {
            let target = moved.join(&file);
            std::fs::create_dir_all(target.parent().expect("it lies below")).expect("folders can be made");
            std::fs::copy(examples::folder(name).join(&file), target).expect("readable");
        }
        let output = scratch.path().join("out");
        compile(&moved, &output);
        tree::assert_same(first, &output);
    }
}

/// Imports and declarations may stand in another order as long as what they say stays the same.
#[test]
fn the_order_of_imports_does_not_matter() {
    let scratch = Scratch::new("imports");
    sources("tradestream", scratch.path());
    let main = scratch.path().join("main.plat");
    let text = std::fs::read_to_string(&main).expect("readable");
    let (imports, rest): (Vec<&str>, Vec<&str>) = text.lines().partition(|l| l.starts_with("use "));
    assert!(imports.len() >= 3, "tradestream imports its platforms and profiles: {imports:?}");
    let at = text.lines().position(|l| l.starts_with("use ")).expect("there are imports");
    let mut turned: Vec<&str> = rest[..at].to_vec();
    turned.extend(imports.iter().rev());
    turned.extend(&rest[at..]);
    std::fs::write(&main, turned.join("\n") + "\n").expect("writable");
    let output = scratch.path().join("out");
    compile(scratch.path(), &output);
    let (_, first) = examples::compiled().iter().find(|(n, _)| n == "tradestream").expect("an example");
    tree::assert_same(first, &output);
}

#[test]
fn one_file_or_many_read_in_any_order_give_the_same_bytes() {
    // Many files are read in parallel, and finish in another order every time.
    let scratch = Scratch::new("fleet");
    let mut outputs = Vec::new();
    for (layout, runs) in [(Layout::Split, 3), (Layout::OneFile, 1)] {
        let project = scratch.path().join(layout.name());
        plat_tests::fleet::write(60, layout, &project).expect("written");
        for run in 0..runs {
            let output = scratch.path().join(format!("out-{}-{run}", layout.name()));
            compile(&project, &output);
            outputs.push(output);
        }
    }
    for output in &outputs[1..] {
        tree::assert_same(&outputs[0], output);
    }
}

#[test]
fn formatted_sources_compile_to_the_same_bytes() {
    for (name, first) in examples::compiled() {
        let scratch = Scratch::new("formatted");
        sources(name, scratch.path());
        platc(scratch.path(), ["fmt"]).expect(0);
        platc(scratch.path(), ["fmt", "--check"]).expect(0);
        let output = scratch.path().join("out");
        compile(scratch.path(), &output);
        tree::assert_same(first, &output);
    }
}

#[test]
fn the_examples_are_formatted() {
    for name in examples::names() {
        let ran = platc(&examples::folder(&name), ["fmt", "--check"]);
        assert!(ran.status == 0, "examples/{name}:\n{}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn the_tests_of_the_examples_hold() {
    for name in examples::names() {
        platc(&examples::folder(&name), ["test"]).expect(0);
    }
}
