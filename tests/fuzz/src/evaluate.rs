//! The promises of the whole pipeline: it ends, and the same program gives the same answer.

use crate::well_formed;
use plat_driver::{Failure, Goal, MemoryWorld, Outcome, Request, Stdlib, run};
use std::sync::OnceLock;

/// Small limits, so that what would take long is cut off soon.
const PROJECT: &str = "project fuzz {
  limits {
    instances = 1_000, contexts = 100, steps = 300_000, steps-per-instance = 1_000, steps-per-value = 100_000
    length = 10_000, text = 64Ki, files = 2_000, output = 4Mi, output-per-instance = 16Ki
  }
}
";

/// Runs a program of one file through every stage, twice.
pub fn check(text: &str) {
    let first = compile(text);
    let second = compile(text);
    match (&first, &second) {
        (Ok(first), Ok(second)) => {
            for diagnostic in &first.diagnostics {
                well_formed(diagnostic, |span| Some(first.sources.get(span.file)));
            }
            assert_eq!(first.diagnostics, second.diagnostics, "other diagnostics the second time");
            assert_eq!(first.files, second.files, "other files the second time");
            assert_eq!(first.origins, second.origins, "other origins the second time");
            origins(first);
        }
        (Err(first), Err(second)) => assert_eq!(first.message, second.message),
        _ => panic!("only one of two runs failed"),
    }
}

fn compile(text: &str) -> Result<Outcome, Failure> {
    static STDLIB: OnceLock<Stdlib> = OnceLock::new();
    let world = MemoryWorld::new([("/p/project.plat", PROJECT), ("/p/main.plat", text)]);
    run(&world, STDLIB.get_or_init(Stdlib::embedded), &Request::new(Goal::Compile, "/p"))
}

/// Every line of every file has a place for its origin, and that is in a source.
fn origins(outcome: &Outcome) {
    for (file, origins) in outcome.files.iter().zip(&outcome.origins) {
        assert_eq!(file.text.lines().count(), origins.len(), "{}: an origin per line", file.path);
        for span in origins.iter().flatten() {
            crate::inside(outcome.sources.get(span.file), *span, &file.path);
        }
    }
}
