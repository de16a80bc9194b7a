//! The artefacts of Docker: one Dockerfile per image, and the bake file of all.

mod bake;
mod dockerfile;

use crate::fact::Artefact;
use crate::ledger::Ledger;
use crate::read;
use plat_model::{Image, Output, Project};

/// Judges the files of the target.
pub(crate) fn verify(project: &Project, output: &Output, artefacts: &[&Artefact<'_>], ledger: &mut Ledger) {
    for image in project.images.iter().filter(|i| is_built(project, i)) {
        let end = format!("{}/Dockerfile", bake_name(&image.name));
        let file = artefacts.iter().find(|a| a.path.ends_with(&format!("/{end}")) || a.path == end);
        let Some(file) = file else { continue };
        match file.text.map(read::dockerfile::read) {
            None => ledger.unreadable(file, 0, crate::diagnostics::NOT_THERE),
            Some(Err((line, reason))) => ledger.unreadable(file, line, reason),
            Some(Ok(tree)) => dockerfile::verify(project, image, file.path, &tree, ledger),
        }
    }
    let bake = artefacts.iter().find(|a| a.path.ends_with("docker-bake.json"));
    if let Some(file) = bake {
        match file.text.map(read::json::read) {
            None => ledger.unreadable(file, 0, crate::diagnostics::NOT_THERE),
            Some(Err((line, reason))) => ledger.unreadable(file, line, reason),
            Some(Ok(tree)) => bake::verify(project, output, file.path, &tree, ledger),
        }
    }
}

/// The platforms that Docker can build an image for, each once, as positions in the project.
fn platforms(project: &Project, image: &Image) -> Vec<usize> {
    let mut kept: Vec<usize> = Vec::new();
    for at in &image.platforms {
        let Some(platform) = project.platforms.get(*at) else { continue };
        let known = kept.iter().any(|k| project.platforms[*k].oci == platform.oci);
        if platform.os != "darwin" && !known {
            kept.push(*at);
        }
    }
    kept
}

fn is_built(project: &Project, image: &Image) -> bool {
    let has_stages = image.spec.first().is_some_and(|spec| !spec.stages.is_empty());
    has_stages && !platforms(project, image).is_empty()
}

/// What bake calls an image: its letters, digits, `_` and `-`.
fn bake_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '-' }).collect()
}
