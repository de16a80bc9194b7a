//! `docker.bzl`: what the project's images are, and the macro that builds such images from files with rules_oci.

use super::module_file::Bases;
use super::{Plan, header};
use crate::bazel::errors;
use crate::bazel::label::BazelLabel;
use crate::bazel::starlark::{Entry, Expr, File, Statement};
use plat_base::Diagnostic;
use plat_model::{Image, ImageSpec, Origin, Sourced, Stage, StageSource, StepKind};
use std::sync::Arc;

const FUNCTIONS: &str = include_str!("../text/docker.bzl");

/// The file, and what of the images it cannot say.
pub(crate) fn lower(plan: &Plan<'_>, bases: &Bases) -> (File, Vec<Diagnostic>) {
    let images = plan.project.images.iter().map(|image| {
        Entry::new(&image.name, config(plan, bases, image).at(image.origin)).comment(image.doc.clone())
    });
    let statements = vec![
        header(plan),
        Statement::docstring(
            "The project's images, and multi_platform_image(), which builds one from the files of a Bazel target.\n\n\
             A layer is files alone: what a Dockerfile does by running commands (packages, users) has to be in `base`.\n\
             Health checks and stop signals are not part of an OCI image; orchestrators have their own.",
        ),
        Statement::load("@rules_oci//oci:defs.bzl", &["oci_image", "oci_image_index", "oci_load", "oci_push"]),
        Statement::load("@tar.bzl", &["mutate", "tar"]),
        Statement::load(
            ":defs.bzl",
            &["PLATFORM_CONDITIONS", "SUPPORTED_PLATFORMS", "platform_key", "platform_target"],
        ),
        Statement::assign("IMAGE_CONFIGS", Expr::dict(images)).comment(
            "What each image is: `bases`, for platforms on which its last stage only copies files; `configs`, the\n\
             arguments of oci_image() with the platforms they are for.",
        ),
        Statement::verbatim(FUNCTIONS),
    ];
    let lost = plan.project.images.iter().flat_map(left_out).collect();
    (File { statements }, lost)
}

/// One warning for each value that is left out.
fn left_out(image: &Image) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut warn = |what: String, origin: Origin| {
        let diagnostic = origin.or(image.origin).map(|span| errors::not_in_a_line(&what, &image.name, span));
        if let Some(diagnostic) = diagnostic.filter(|d| !found.contains(d)) {
            found.push(diagnostic);
        }
    };
    for (_, _, spec) in image.spec.iter() {
        let variables =
            environment(spec).into_iter().map(|(name, value, origin)| ("variable", name, value, origin));
        let labels = spec.labels.iter().map(|(name, v)| ("label", name.clone(), v.value.clone(), v.origin));
        for (what, name, value, origin) in variables.chain(labels) {
            if !is_line(&name, &value) {
                warn(format!("the {what} `{}`", name.escape_debug()), origin);
            }
        }
        for words in [&spec.cmd, &spec.entrypoint].into_iter().flatten() {
            if words.iter().any(String::is_empty) {
                warn("an empty word of the command".to_owned(), words.origin);
            }
        }
    }
    found
}

fn is_line(name: &str, value: &str) -> bool {
    !name.contains(['\n', '=']) && !value.contains('\n')
}

fn config(plan: &Plan<'_>, bases: &Bases, image: &Image) -> Expr {
    let groups = image.spec.groups(0);
    let mut configs: Vec<(Vec<usize>, Vec<Entry>)> = Vec::new();
    for (platforms, spec) in &groups {
        // Stages that differ may give the same arguments.
        let arguments = arguments(spec);
        match configs.iter_mut().find(|(_, known)| *known == arguments) {
            Some((known, _)) => known.extend(platforms),
            None => configs.push((platforms.clone(), arguments)),
        }
    }
    let mut entries = Vec::new();
    let pulled = pulled(plan, bases, &groups);
    if !pulled.is_empty() {
        entries.push(Entry::new("bases", Expr::dict(pulled)));
    }
    entries.push(Entry::new(
        "configs",
        Expr::list(configs.into_iter().map(|(mut platforms, arguments)| {
            platforms.sort_unstable();
            let of = Entry::new("platforms", names(plan, &platforms));
            Expr::dict([Entry::new("arguments", Expr::dict(arguments)), of])
        })),
    ));
    entries.push(Entry::new("platforms", names(plan, &image.platforms)));
    if let Some(registry) = &image.registry {
        let repository = format!("{}/{}", registry.value, image.repository.value);
        entries.push(Entry::new(
            "repository",
            Expr::string(repository)
                .at(image.repository.origin)
                .also([image.registry.as_ref().and_then(|r| r.origin)]),
        ));
    }
    entries.push(Entry::new("tags", Expr::strings([&image.tag.value]).at(image.tag.origin)));
    Expr::dict(entries)
}

fn names(plan: &Plan<'_>, platforms: &[usize]) -> Expr {
    Expr::list(platforms.iter().filter_map(|p| Some(Expr::string(plan.row(*p)?.key()))))
}

/// The base image of each platform on which the last stage is nothing but files, in the order of the platforms.
fn pulled(plan: &Plan<'_>, bases: &Bases, groups: &[(Vec<usize>, &Arc<ImageSpec>)]) -> Vec<Entry> {
    let mut found: Vec<(usize, Entry)> = Vec::new();
    for (platforms, spec) in groups {
        let Some(base) = files_on_base(spec) else {
            continue;
        };
        for platform in platforms {
            let Some(row) = plan.row(*platform) else {
                continue;
            };
            if let Some(repository) = bases.repository(base, row.key()) {
                let label = Expr::string(BazelLabel::repository(&repository).to_string());
                let origin = spec.stages.last().and_then(|stage| stage.from.origin);
                found.push((*platform, Entry::new(row.key(), label.at(origin))));
            }
        }
    }
    found.sort_by_key(|(platform, _)| *platform);
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// The arguments of oci_image(), sorted.
fn arguments(spec: &ImageSpec) -> Vec<Entry> {
    let ports =
        spec.ports.iter().map(|p| Expr::string(format!("{}/tcp", p.number.value)).at(p.number.origin));
    let ports: Vec<Expr> = ports.collect();
    let mut entries = Vec::new();
    entries.extend(spec.cmd.as_ref().map(|words| Entry::new("cmd", words_of(words))));
    entries.extend(spec.entrypoint.as_ref().map(|words| Entry::new("entrypoint", words_of(words))));
    entries.extend(pairs("env", environment(spec)));
    if !ports.is_empty() {
        entries.push(Entry::new("exposed_ports", Expr::list(ports)));
    }
    let labels = spec.labels.iter().map(|(name, value)| (name.clone(), value.value.clone(), value.origin));
    entries.extend(pairs("labels", labels.collect()));
    entries.extend(
        spec.user.as_ref().map(|user| {
            Entry::new("user", Expr::string(format!("{}:{}", user.uid, user.gid)).at(user.origin))
        }),
    );
    entries.extend(workdir(spec).map(|(path, origin)| Entry::new("workdir", Expr::string(path).at(origin))));
    entries
}

fn words_of(words: &Sourced<Vec<String>>) -> Expr {
    Expr::strings(words.iter().filter(|word| !word.is_empty())).at(words.origin)
}

fn pairs(name: &str, pairs: Vec<(String, String, Origin)>) -> Option<Entry> {
    let lines = pairs.into_iter().filter(|(name, value, _)| is_line(name, value));
    let entries = lines.map(|(key, value, origin)| Entry::new(key, Expr::string(value).at(origin)));
    let entries: Vec<Entry> = entries.collect();
    (!entries.is_empty()).then(|| Entry::new(name, Expr::dict(entries)))
}

/// The variables of the last stage: its own steps, then what the image says, which wins.
fn environment(spec: &ImageSpec) -> Vec<(String, String, Origin)> {
    let mut variables: Vec<(String, String, Origin)> = Vec::new();
    let mut set = |name: &str, value: &str, origin: Origin| {
        variables.retain(|(known, _, _)| known != name);
        variables.push((name.to_owned(), value.to_owned(), origin));
    };
    for step in spec.stages.last().into_iter().flat_map(|stage| &stage.steps) {
        if let StepKind::SetEnv(pairs) = &step.kind {
            pairs.iter().for_each(|(name, value)| set(name, value, step.origin));
        }
    }
    for (name, value) in &spec.env {
        set(name, value, value.origin);
    }
    variables
}

fn workdir(spec: &ImageSpec) -> Option<(String, Origin)> {
    if let Some(path) = &spec.workdir {
        return Some((path.value.clone(), path.origin));
    }
    let steps = spec.stages.last().into_iter().flat_map(|stage| stage.steps.iter().rev());
    steps
        .filter_map(|step| match &step.kind {
            StepKind::SetWorkdir(path) => Some((path.clone(), step.origin)),
            _ => None,
        })
        .next()
}

/// The published image that the last stage starts from, if the stage is nothing but files on it.
fn files_on_base(spec: &ImageSpec) -> Option<&plat_model::BaseImage> {
    let stage = spec.stages.last()?;
    let StageSource::Base(base) = &stage.from.value else {
        return None;
    };
    only_files(stage).then_some(base)
}

fn only_files(stage: &Stage) -> bool {
    let runs =
        |kind: &StepKind| matches!(kind, StepKind::Run { .. } | StepKind::Apt { .. } | StepKind::Apk { .. });
    !stage.steps.iter().any(|step| runs(&step.kind))
}
