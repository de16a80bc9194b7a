//! The Kubernetes target. In: the project. Out: for each environment a folder with one file per workload, one per
//! config, the namespace and a `kustomization.yaml` that lists them, so that `kubectl apply -k prod` applies them all
//! and each file can be applied alone.
//!
//! Pods that are the same on all platforms have one controller, with an affinity for their architectures; where they
//! differ, each group of equal platforms has its own, named `<workload>-<platform>`. All that counts replicas counts
//! per controller: each has as many replicas, its own autoscaler and its own disruption budget as if it were alone.
//! A job runs once, so it is never split: its quantities are the largest of any platform's.
//! Nothing is written to disk here, and no value is invented that the program could set.

mod bounds;
mod environment;
mod names;
mod network;
mod options;
mod placement;
mod pod;
mod print;
mod problems;
mod quantity;
mod route;
mod scope;
mod tree;
mod user;
mod variables;
mod variation;
mod words;
mod workload;

#[cfg(test)]
mod tests;

use crate::Emission;
use plat_model::{Output, Project};

/// Makes the artefacts of this target.
pub fn emit(project: &Project, output: &Output) -> Emission {
    let mut problems = problems::Problems::default();
    let options = options::read(output, &mut problems);
    let index = scope::Index::new(project);
    placement::report_variants(&project.platforms, &mut problems);
    words::check_nodes(&mut problems, project);
    let mut artifacts = Vec::new();
    for (at, environment) in project.environments.iter().enumerate() {
        problems.enter(&environment.name);
        environment::emit(project, &index, &options, at, &mut problems, &mut artifacts);
    }
    Emission { artifacts, diagnostics: problems.finish(project.environments.len()) }
}
