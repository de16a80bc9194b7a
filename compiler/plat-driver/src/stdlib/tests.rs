use super::*;
use crate::{DiskWorld, Goal, Outcome, Request, run, sources_below};
use plat_base::SourceMap;
use std::path::{Path, PathBuf};

#[test]
fn what_was_parsed_before_is_what_would_be_parsed_now() {
    let stdlib = Stdlib::embedded();
    let mut sources = SourceMap::default();
    // With another id than in the image, and than in the process before.
    for _ in 0..2 {
        for file in stdlib.files.iter() {
            let source = sources.add(&*file.path, file.text.clone());
            let before = stdlib.parsed(&file.path, source.id).unwrap();
            let now = plat_syntax::parse(&source);
            assert_eq!(*before, now.module, "{}", file.path);
            assert_eq!(now.diagnostics, [], "{}", file.path);
        }
    }
    assert!(stdlib.files.len() > 20);
}

/// All that a user can see of a run.
fn seen(stdlib: &Stdlib, goal: Goal, folder: &Path, paths: &[PathBuf]) -> String {
    let request = Request { paths: paths.to_vec(), ..Request::new(goal, folder) };
    let outcome = match run(&DiskWorld, stdlib, &request) {
        Ok(outcome) => outcome,
        Err(failure) => return format!("{failure:?}"),
    };
    let Outcome { sources, diagnostics, files, origins, tests, counts, .. } = &outcome;
    // Files have other ids if they are not read in the same order.
    let told = |text: String| {
        let named = |text: String, file: &Arc<plat_base::SourceFile>| {
            text.replace(&format!("FileId({})", file.id.0), &file.path)
        };
        sources.iter().fold(text, named)
    };
    told(format!("{diagnostics:#?}\n{files:#?}\n{origins:?}\n{tests:#?}\n{counts:?}"))
}

#[test]
fn what_was_checked_before_changes_nothing_that_a_user_sees() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let (checked, unchecked) = (Stdlib::embedded(), Stdlib::embedded().unchecked());
    assert!(checked.checked().is_some(), "the standard library has a mistake");
    let same = |goal, folder: &Path, paths: &[PathBuf]| {
        assert_eq!(
            seen(&checked, goal, folder, paths),
            seen(&unchecked, goal, folder, paths),
            "{folder:?} {paths:?}"
        );
    };
    for example in ["fastapi", "tradestream"] {
        same(Goal::Compile, &root.join("examples").join(example), &[]);
    }
    // Of the programs of the suite some, each run of which takes its time.
    let suite = root.join("tests/suite");
    let files = sources_below(&DiskWorld, &suite, &[PathBuf::from(".")]).unwrap();
    assert!(files.len() > 300);
    for file in files.iter().step_by(3) {
        same(Goal::Check, file.parent().unwrap(), std::slice::from_ref(file));
    }
}
