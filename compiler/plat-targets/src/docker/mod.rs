//! Docker: a Dockerfile and an ignore file per image, and a bake file for all of them. In: the project. Out:
//! `IMAGE/Dockerfile`, `IMAGE/Dockerfile.dockerignore` and `docker-bake.json`, relative to the output's folder.
//!
//! The context of every build is the folder that the image names, relative to the project's root, from which bake is to
//! be started: `docker buildx bake -f generated/docker/docker-bake.json`. Bake finds Dockerfiles relative to the
//! context, so the file has to say where they are; since what is emitted must not depend on where it is written, that
//! is the folder below the project's root that the output names, or the one that a compile writes to if no other is
//! asked for.

mod bake;
mod configuration;
mod errors;
mod health;
mod ignore;
mod lower;
mod merge;
mod print;
mod quote;
mod shell;
#[cfg(test)]
mod tests;
mod tree;

use crate::{Artifact, Emission};
use plat_base::Diagnostic;
use plat_model::{Image, ImageSpec, Output, Platform, Project, Sourced};
use std::sync::Arc;

/// Where a compile writes to, relative to the project's root, if no other folder is asked for.
const OUTPUT: &str = "generated";

/// Makes the artefacts of this target.
pub fn emit(project: &Project, output: &Output) -> Emission {
    let option = |wanted: &str| output.options.iter().find(|(name, _)| name == wanted).map(|(_, text)| text);
    let syntax = option("syntax");
    let folder = option("output-folder").map_or(OUTPUT, |f| f.value.as_str());
    let folder = match output.path.value.trim_matches('/') {
        "" | "." => folder.to_owned(),
        path => format!("{folder}/{path}"),
    };
    let mut emission = Emission::default();
    let mut targets = Vec::new();
    for image in &project.images {
        let groups = groups(image, &project.platforms, &mut emission.diagnostics);
        let specs: Vec<&ImageSpec> = groups.iter().map(|g| &**g.spec).collect();
        let Some(spec) = specs.first() else { continue };
        if spec.stages.is_empty() {
            emission.diagnostics.extend(errors::nothing_to_build(&image.name, image.origin));
            continue;
        }
        emission.artifacts.push(dockerfile(image, &groups, syntax, &mut emission.diagnostics));
        let path = ignore::path(&image.name);
        emission.artifacts.push(ignore::file(image, &specs, path, &mut emission.diagnostics));
        let labels =
            spec.labels.iter().filter(|(_, text)| !configuration::is_one_line(text)).cloned().collect();
        let mut platforms: Vec<(usize, String)> =
            groups.iter().flat_map(|g| g.platforms.iter().cloned()).collect();
        platforms.sort_by_key(|(at, _)| *at);
        let platforms = platforms.into_iter().map(|(_, oci)| oci).collect();
        targets.push(bake::Target { image, platforms, labels });
    }
    if !targets.is_empty() {
        emission.artifacts.push(bake::file(&targets, &folder));
    }
    emission
}

/// Platforms on which an image is the same.
struct PlatformGroup<'a> {
    /// Positions in the project, and in OCI form.
    platforms: Vec<(usize, String)>,
    /// What the image is there.
    spec: &'a Arc<ImageSpec>,
}

/// The platforms that an image is built for, grouped by what it is on them.
fn groups<'a>(
    image: &'a Image,
    platforms: &[Platform],
    said: &mut Vec<Diagnostic>,
) -> Vec<PlatformGroup<'a>> {
    let mut groups: Vec<PlatformGroup<'a>> = Vec::new();
    for (members, spec) in image.spec.groups(0) {
        let mut own: Vec<(usize, String)> = Vec::new();
        for at in members {
            let Some(platform) = platforms.get(at) else { continue };
            let oci = platform.oci.value.clone();
            if platform.os == "darwin" {
                said.extend(errors::no_container_platform(&image.name, &platform.name, image.origin));
            } else if let Some((other, _)) = groups.iter().flat_map(|g| &g.platforms).find(|(_, o)| *o == oci)
            {
                let names = [platforms[*other].name.as_str(), platform.name.as_str()];
                said.extend(errors::same_to_docker(&image.name, &names, &oci, image.origin));
            } else if !own.iter().any(|(_, o)| *o == oci) {
                own.push((at, oci));
            }
        }
        if !own.is_empty() {
            groups.push(PlatformGroup { platforms: own, spec });
        }
    }
    groups
}

fn dockerfile(
    image: &Image,
    groups: &[PlatformGroup],
    syntax: Option<&Sourced<String>>,
    said: &mut Vec<Diagnostic>,
) -> Artifact {
    let specs: Vec<&ImageSpec> = groups.iter().map(|g| &**g.spec).collect();
    let piped = lower::piped(&specs);
    let mut lowered = Vec::new();
    for group in groups {
        let mut own = Vec::new();
        let stages = lower::stages(image, group.spec, &piped, &mut own);
        let platforms = group.platforms.iter().map(|(_, oci)| oci.clone()).collect();
        lowered.push(merge::Group { platforms, stages });
        // The same is said once, not once per group.
        for diagnostic in own {
            if !said.contains(&diagnostic) {
                said.push(diagnostic);
            }
        }
    }
    let file = tree::Dockerfile {
        syntax: syntax.cloned(),
        about: image.doc.iter().flat_map(|doc| doc.lines()).map(str::to_owned).collect(),
        origin: image.origin,
        stages: merge::merge(&lowered, &image.name),
    };
    print::dockerfile(&file, format!("{}/Dockerfile", quote::file_name(&image.name)))
}
