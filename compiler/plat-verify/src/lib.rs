//! Agreement. In: the domain and the texts of artefacts, just made or read from disk. Out: a [`Certificate`]: every fact
//! that was found in a text or that a text has to tell, with both values and where each stands. The texts are read by
//! parsers that the targets do not use, and what has to be in them is worked out from the domain anew: no printer is
//! asked. Nothing is written here, and no file is opened.

mod bazel;
mod claims;
mod diagnostics;
mod docker;
mod fact;
mod kubernetes;
mod ledger;
mod read;

pub use fact::{Artefact, Certificate, Changed, Fact, FactKind, Unreadable};

use ledger::Ledger;
use plat_model::Project;

/// Judges the artefacts of a project.
pub fn verify(project: &Project, artefacts: &[Artefact<'_>]) -> Certificate {
    let mut ledger = Ledger::default();
    let mut read = Vec::new();
    for output in &project.outputs {
        let own: Vec<&Artefact<'_>> = artefacts.iter().filter(|a| a.target == output.target).collect();
        let judge = match output.target.as_str() {
            "bazel" => bazel::verify,
            "docker" => docker::verify,
            "kubernetes" => kubernetes::verify,
            _ => continue,
        };
        if own.is_empty() {
            continue;
        }
        judge(project, output, &own, &mut ledger);
        read.extend(own.iter().map(|a| a.path.to_owned()));
    }
    let unread = artefacts.iter().filter(|a| !read.iter().any(|r| r == a.path));
    let unread = unread.map(|a| a.path.to_owned()).collect();
    ledger.finish(read, unread)
}
