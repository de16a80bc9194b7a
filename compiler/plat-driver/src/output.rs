//! Artefacts onto disk. In: the files of one output folder. Out: a [`Plan`] of what would change, and then the change
//! itself: all of it or nothing. Files that platc did not write are never touched; unchanged files keep their time.

mod hash;
mod manifest;
mod plan;
mod write;

pub(crate) use hash::fingerprint;
pub use manifest::MANIFEST;
pub(crate) use manifest::Manifest;
pub(crate) use plan::clashes;
pub use plan::{Change, ChangeKind, Plan, Scope, plan, unified};
pub use write::apply;

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Below the output folder, with `/`.
    pub path: String,
    /// All of it.
    pub text: String,
    /// The target that made it; `emit` for an `emit` declaration.
    pub target: String,
}

/// Whether a path stays below the folder that it is relative to, on every system: no `..`, no root, no drive, no
/// backslash, no empty part, and not one of our own files.
pub(crate) fn is_safe(path: &str) -> bool {
    let part_is_safe = |part: &str| {
        !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0', '\n', '\r'])
    };
    path.split('/').all(part_is_safe) && path != MANIFEST && !path.starts_with(write::STAGE)
}

#[cfg(test)]
mod tests;
