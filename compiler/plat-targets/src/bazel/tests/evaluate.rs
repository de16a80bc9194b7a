//! Runs emitted files with an interpreter of Starlark that is not Bazel's, with stand-ins for what Bazel knows.

use super::file;
use crate::Emission;
use starlark::environment::{GlobalsBuilder, LibraryExtension, Module};
use starlark::eval::Evaluator;
use starlark::syntax::{AstModule, Dialect};
use std::fmt::Write as _;

const PRELUDE: &str = include_str!("prelude.bzl");

/// Evaluates an expression below the named files, and gives it as JSON, or the error.
pub(super) fn evaluate(emission: &Emission, files: &[&str], expression: &str) -> Result<String, String> {
    let mut program = PRELUDE.to_owned();
    for path in files {
        let text = &file(emission, &format!("platforms/{path}")).text;
        let lines = text.lines().filter(|line| !line.starts_with("load("));
        lines.for_each(|line| {
            let _ = writeln!(program, "{line}");
        });
    }
    let _ = writeln!(program, "\n{expression}");
    run(program).map_err(|error| error.to_string())
}

/// Like [`evaluate`], where an error fails the test.
pub(super) fn json(emission: &Emission, files: &[&str], expression: &str) -> String {
    evaluate(emission, files, expression).unwrap_or_else(|error| panic!("{error}"))
}

fn run(program: String) -> starlark::Result<String> {
    // No extension of the language is on: Bazel 4.2 has no lambda, and no Bazel has statements like `if` outside
    // functions.
    let dialect = Dialect { enable_top_level_stmt: false, enable_lambda: false, ..Dialect::Standard };
    let ast = AstModule::parse("emitted.bzl", program, &dialect)?;
    let globals = GlobalsBuilder::extended_by(&[LibraryExtension::StructType]).build();
    Module::with_temp_heap(|module| {
        let mut evaluator = Evaluator::new(&module);
        let value = evaluator.eval_module(ast, &globals)?;
        value.to_json().map_err(starlark::Error::new_other)
    })
}
