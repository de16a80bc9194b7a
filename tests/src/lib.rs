//! What the end-to-end tests share: the compiled `platc`, the tools that judge its output, scratch
//! folders, and the annotated programs. Nothing here knows the compiler from the inside: every test
//! runs the binary, as a user would.

pub mod annotations;
pub mod bazel;
pub mod daemon;
pub mod dockerfile;
pub mod examples;
pub mod fleet;
pub mod manifests;
pub mod measure;
pub mod oracle;
pub mod pages;
pub mod platc;
pub mod privileged;
pub mod scratch;
pub mod tree;

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the repository").to_owned()
}
