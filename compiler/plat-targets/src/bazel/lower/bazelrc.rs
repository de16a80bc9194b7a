//! `platforms.bazelrc`: one configuration per platform, and one for finding out what goes wrong.

use super::{Plan, header_text};
use crate::{Artifact, LineWriter};

/// The file. Names of targets have no white space, so they need no quotes in it.
pub(crate) fn emit(plan: &Plan<'_>, path: &str) -> Artifact {
    let mut lines = LineWriter::new();
    lines.because("in every project: it says what the file is and sets `--config=debug`");
    lines.line(&comment(&header_text(plan)), None);
    lines.blank();
    let import = format!("Import it from .bazelrc: import %workspace%/{}", plan.path_of(path));
    lines.line(&comment(&import), None);
    lines.line("# Then, one platform per run: bazel test --config=PLATFORM //...", None);
    for row in &plan.rows {
        let target = row.target.as_str();
        lines.line(&format!("build:{target} --platforms={}", plan.label(&row.target)), row.platform.origin);
    }
    lines.blank();
    lines.line("# Why a target does not build, or not for the platform that was asked for.", None);
    for flag in ["--sandbox_debug", "--toolchain_resolution_debug=.*", "--verbose_failures"] {
        lines.line(&format!("build:debug {flag}"), None);
    }
    lines.line("test:debug --test_output=all", None);
    lines.finish(path)
}

fn comment(text: &str) -> String {
    let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("# {shown}")
}
