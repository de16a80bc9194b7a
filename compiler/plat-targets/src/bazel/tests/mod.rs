//! The target as a whole, on projects that are built in code.

mod sample;

use super::emit;
use crate::{Artifact, Emission};
use sample::{output, project, tradestream};
use std::fs;
use std::path::{Path, PathBuf};

fn golden_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bazel/tests/golden")
}

fn file<'e>(emission: &'e Emission, path: &str) -> &'e Artifact {
    let known = || emission.artifacts.iter().map(|a| a.path.as_str()).collect::<Vec<_>>();
    emission
        .artifacts
        .iter()
        .find(|a| a.path == path)
        .unwrap_or_else(|| panic!("no {path} among {:?}: {:?}", known(), emission.diagnostics))
}

/// With `PLAT_BLESS=1` the files are written instead of compared.
#[test]
fn tradestream_is_what_a_person_checked() {
    let emission = emit(&tradestream(), &output(&[]));
    assert_eq!(emission.diagnostics, []);
    for artifact in &emission.artifacts {
        let path = golden_folder().join(&artifact.path);
        if std::env::var_os("PLAT_BLESS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &artifact.text).unwrap();
        }
        let wanted = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            artifact.text == wanted,
            "{} differs; accept with PLAT_BLESS=1:\n{}",
            artifact.path,
            artifact.text
        );
    }
}
