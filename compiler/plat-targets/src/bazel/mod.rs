//! The Bazel target: a package of platforms with their tables, transitions and rules, and the fragments of
//! `.bazelrc` and `MODULE.bazel` that go with it. In: a [`Project`]. Out: files, in Starlark as buildifier formats it.
//!
//! The output folder has `platforms/`, which belongs into the user's workspace as `//platforms` (or as what the
//! option `package` of the output says), and the two fragments beside it.

mod errors;
mod label;
mod lower;
mod starlark;

use crate::Emission;
use lower::{Plan, bazelrc, build_file, defs, docker, fixed, module_file, monitor, readme};
use plat_base::Diagnostic;
use plat_model::{Output, Project};
use starlark::print;

/// Makes the artefacts of this target. The options of the output are `package`, the path of the emitted package in
/// the workspace (default `platforms`), and `compilation-mode`, that of what is built for a named platform
/// (default `opt`).
pub fn emit(project: &Project, output: &Output) -> Emission {
    let mut plan = Plan::new(project, output);
    let mut diagnostics = std::mem::take(&mut plan.diagnostics);
    let (tables, wrong_labels) = defs::lower(&plan);
    diagnostics.extend(wrong_labels);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Emission { artifacts: Vec::new(), diagnostics };
    }
    let bases = module_file::Bases::of(&plan);
    let mut artifacts = vec![
        print(&build_file::lower(&plan), "platforms/BUILD.bazel"),
        print(&tables, "platforms/defs.bzl"),
        print(&fixed::transitions(&plan), "platforms/transition.bzl"),
        print(&fixed::rules(&plan), "platforms/rules.bzl"),
    ];
    if !project.images.is_empty() {
        let (images, lost) = docker::lower(&plan, &bases);
        artifacts.push(print(&images, "platforms/docker.bzl"));
        diagnostics.extend(lost);
    }
    artifacts.push(print(&monitor::lower(&plan), "platforms/platform_monitor.py"));
    artifacts.push(readme::emit(&plan, "platforms/README.md"));
    artifacts.push(bazelrc::emit(&plan, "platforms.bazelrc"));
    artifacts.push(print(&module_file::lower(&plan, &bases), "platforms.MODULE.bazel"));
    Emission { artifacts, diagnostics }
}

#[cfg(test)]
mod tests;
