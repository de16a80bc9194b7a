//! The Bazel package: what its Starlark files, its fragments and its Python table say, read as literals.

mod fragments;
mod images;
mod platforms;
mod tables;

use crate::fact::Artefact;
use crate::ledger::{Ledger, Scope};
use crate::read::starlark::{self, Module};
use plat_model::{Output, Platform, Project};

/// The project with what Bazel calls its platforms.
pub(crate) struct Package<'a> {
    project: &'a Project,
    /// `//platforms`.
    label: String,
}

impl Package<'_> {
    /// `//platforms:NAME`.
    fn target(&self, name: &str) -> String {
        format!("{}:{name}", self.label)
    }

    fn scope<'f>(&self, file: &'f str, subject: String, origin: plat_model::Origin) -> Scope<'f> {
        Scope { subject, file, line: 0, origin }
    }

    /// A platform as messages call it.
    fn title(platform: &Platform) -> String {
        format!("platform `{}`", platform.name)
    }

    /// The platform of an OCI name.
    fn of(&self, oci: &str) -> Option<usize> {
        self.project.platforms.iter().position(|p| p.oci.value == oci)
    }
}

/// Judges the files of the target.
pub(crate) fn verify(project: &Project, output: &Output, artefacts: &[&Artefact<'_>], ledger: &mut Ledger) {
    let named = output.options.iter().find(|(name, _)| name == "package");
    let path = named.map_or("platforms", |(_, v)| v.value.trim_start_matches("//"));
    let package = Package { project, label: format!("//{path}") };
    for artefact in artefacts {
        let name = artefact.path.rsplit('/').next().unwrap_or(artefact.path);
        let Some(text) = artefact.text else {
            ledger.unreadable(artefact, 0, crate::diagnostics::NOT_THERE);
            continue;
        };
        let module = match name {
            "platform_monitor.py" => starlark::read_python(text),
            _ if name.ends_with(".bzl") || name.ends_with(".bazel") => starlark::read(text),
            _ => Ok(Module::default()),
        };
        let module = match module {
            Ok(module) => module,
            Err((line, reason)) => {
                ledger.unreadable(artefact, line, reason);
                continue;
            }
        };
        match name {
            "BUILD.bazel" => platforms::build_file(&package, artefact.path, &module, ledger),
            "defs.bzl" => {
                platforms::tables(&package, artefact.path, &module, ledger);
                tables::verify(&package, artefact.path, &module, ledger);
            }
            "docker.bzl" => images::verify(&package, artefact.path, &module, ledger),
            "platforms.MODULE.bazel" => fragments::module(&package, artefact.path, &module, ledger),
            "platform_monitor.py" => tables::monitor(&package, artefact.path, &module, ledger),
            "platforms.bazelrc" => fragments::bazelrc(&package, artefact.path, text, ledger),
            _ => {}
        }
    }
}
