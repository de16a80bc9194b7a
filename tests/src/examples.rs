//! The example projects, which are documentation, goldens and test inputs at once.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::platc::platc;
use crate::scratch::Scratch;

/// The names of all projects under `examples/`, sorted.
pub fn names() -> Vec<String> {
    let folder = crate::root().join("examples");
    let entries =
        std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("cannot list {}: {e}", folder.display()));
    let mut names: Vec<String> = entries
        .map(|e| e.expect("a folder entry").path())
        .filter(|p| p.join("main.plat").is_file())
        .map(|p| p.file_name().expect("it has a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(names.iter().any(|n| n == "tradestream"), "examples/tradestream is not there: {names:?}");
    assert!(names.iter().any(|n| n == "fastapi"), "examples/fastapi is not there: {names:?}");
    names
}

/// The folder of the example called `name`.
pub fn folder(name: &str) -> PathBuf {
    crate::root().join("examples").join(name)
}

/// Compiles every example once per test process, into a scratch folder; gives (name, output folder).
pub fn compiled() -> &'static [(String, PathBuf)] {
    static COMPILED: OnceLock<(Scratch, Vec<(String, PathBuf)>)> = OnceLock::new();
    let (_, outputs) = COMPILED.get_or_init(|| {
        let scratch = Scratch::new("examples");
        let outputs = names()
            .into_iter()
            .map(|name| {
                let output = scratch.path().join(&name);
                let output_argument = output.to_string_lossy().into_owned();
                platc(&folder(&name), ["compile", "-o", &output_argument]).expect(0);
                (name, output)
            })
            .collect();
        (scratch, outputs)
    });
    outputs
}
