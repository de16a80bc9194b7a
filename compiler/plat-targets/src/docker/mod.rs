//! The docker target.

use crate::Emission;
use plat_model::{Output, Project};

/// Makes the artefacts of this target.
pub fn emit(project: &Project, output: &Output) -> Emission {
    let _ = (project, output);
    Emission::default()
}
