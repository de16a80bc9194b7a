//! `transition.bzl` and `rules.bzl`: functions that are the same for every project, over the tables of `defs.bzl`.

use super::{Plan, header};
use crate::bazel::starlark::{Expr, File, Statement};

const TRANSITIONS: &str = include_str!("../text/transition.bzl");
const RULES: &str = include_str!("../text/rules.bzl");

/// `transition.bzl`.
pub(crate) fn transitions(plan: &Plan<'_>) -> File {
    let statements = vec![
        header(plan),
        Statement::docstring(
            "Transitions to the project's platforms, and rules that apply them.\n\n\
             They set --platforms, never --cpu: toolchains and select() follow the platform.",
        ),
        Statement::assign("COMPILATION_MODE", Expr::string(&plan.compilation_mode)).comment(
            "Compilation mode of what is built for a named platform; empty for that of the command line.",
        ),
        Statement::verbatim(TRANSITIONS),
    ];
    File { statements }
}

/// `rules.bzl`.
pub(crate) fn rules(plan: &Plan<'_>) -> File {
    let statements = vec![
        header(plan),
        Statement::docstring("Binaries and tests for each of the project's platforms."),
        Statement::load("@rules_cc//cc:cc_binary.bzl", &["cc_binary"]),
        Statement::load("@rules_python//python:py_binary.bzl", &["py_binary"]),
        Statement::load("@rules_python//python:py_test.bzl", &["py_test"]),
        Statement::load(
            ":defs.bzl",
            &[
                "COPTS",
                "SUPPORTED_PLATFORMS",
                "platform_constraints",
                "platform_deps",
                "platform_key",
                "platform_target",
            ],
        ),
        Statement::load(":transition.bzl", &["COMPILATION_MODE", "platform_binary"]),
        Statement::verbatim(RULES),
    ];
    File { statements }
}
