//! The domain to artefacts. In: a [`plat_model::Project`]. Out: [`Artifact`]s, text with an origin per line, and
//! diagnostics. Each target is a folder with its own small typed tree, its lowering and its printer; no target knows
//! another, none writes a file, and none pastes a string of the user's without its format's own quoting.

mod artifact;
pub mod bazel;
pub mod docker;
pub mod kubernetes;
pub mod yaml;

pub use artifact::{Artifact, LineWriter};

use plat_base::Diagnostic;
use plat_model::{Output, Project};

/// What a target makes of a project: files below the output's folder, and what it has to say about them.
#[derive(Debug, Default)]
pub struct Emission {
    /// The files, in the order in which they should be listed.
    pub artifacts: Vec<Artifact>,
    /// `lossy`, `varies-where-fixed` and the like.
    pub diagnostics: Vec<Diagnostic>,
}

/// A target: a name and a pure function.
#[derive(Clone, Copy)]
pub struct Target {
    /// As `--target` and `output NAME` say it.
    pub name: &'static str,
    /// What it writes, in a few words.
    pub about: &'static str,
    /// Makes the artefacts. Paths are relative to the output's folder.
    pub emit: fn(&Project, &Output) -> Emission,
}

/// All targets, in the order in which they are written.
pub const TARGETS: &[Target] = &[
    Target {
        name: "bazel",
        about: "platforms, flags, transitions and rules as a Bazel package",
        emit: bazel::emit,
    },
    Target { name: "docker", about: "Dockerfiles and a bake file", emit: docker::emit },
    Target {
        name: "kubernetes",
        about: "manifests per environment, with a kustomization",
        emit: kubernetes::emit,
    },
];
