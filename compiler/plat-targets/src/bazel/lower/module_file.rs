//! `platforms.MODULE.bazel`: the modules that the emitted files load, and the base images of the project's images.

use super::{Plan, header};
use crate::bazel::label::RepositoryName;
use crate::bazel::starlark::{Argument, Expr, File, Statement};
use plat_model::{BaseImage, Image, ImageSpec, Origin, StageSource};

/// The modules that every project needs, with the versions that the files were written for.
const MODULES: &[(&str, &str)] = &[("platforms", "1.1.0"), ("rules_cc", "0.2.17"), ("rules_python", "1.9.0")];

/// Those that images need besides.
const IMAGE_MODULES: &[(&str, &str)] = &[("rules_oci", "2.3.2"), ("tar.bzl", "0.10.2")];

/// The base images that are pulled.
pub(crate) struct Bases {
    pulls: Vec<Pull>,
}

struct Pull {
    name: RepositoryName,
    base: BaseImage,
    origin: Origin,
    /// The platforms that are wanted, with how the image's index spells them.
    platforms: Vec<(String, String)>,
}

impl Bases {
    /// Those of the last stages of the project's images, in the order of the images.
    pub(crate) fn of(plan: &Plan<'_>) -> Bases {
        let mut bases = Bases { pulls: Vec::new() };
        for image in &plan.project.images {
            bases.add(plan, image);
        }
        bases
    }

    fn add(&mut self, plan: &Plan<'_>, image: &Image) {
        for (platform, _, spec) in image.spec.iter() {
            let (Some((base, origin)), Some(row)) = (root(spec), plan.row(platform)) else {
                continue;
            };
            let pull = match self.pulls.iter_mut().position(|pull| same(&pull.base, base)) {
                Some(known) => known,
                None => {
                    let name = self.free_name(base);
                    self.pulls.push(Pull { name, base: base.clone(), origin, platforms: Vec::new() });
                    self.pulls.len() - 1
                }
            };
            let wanted = (row.key().to_owned(), spelling(base, row.key()));
            if let Some(pull) = self.pulls.get_mut(pull)
                && !pull.platforms.contains(&wanted)
            {
                pull.platforms.push(wanted);
            }
        }
    }

    fn free_name(&self, base: &BaseImage) -> RepositoryName {
        let mut words = path_of(base).replace('/', "_");
        if base.tag != "latest" && !base.tag.is_empty() {
            words = format!("{words}_{}", base.tag);
        }
        let taken = |name: &RepositoryName| self.pulls.iter().any(|pull| pull.name == *name);
        let plain = RepositoryName::from_words(&words);
        if !taken(&plain) {
            return plain;
        }
        let numbered = (2..).map(|n| RepositoryName::from_words(&format!("{words}_{n}")));
        numbered.into_iter().find(|name| !taken(name)).unwrap_or(plain)
    }

    /// The repository of a base image for one platform.
    pub(crate) fn repository(&self, base: &BaseImage, platform: &str) -> Option<RepositoryName> {
        let pull = self.pulls.iter().find(|pull| same(&pull.base, base))?;
        let (_, spelling) = pull.platforms.iter().find(|(wanted, _)| wanted == platform)?;
        Some(pull.name.for_platform(spelling))
    }
}

/// The file.
pub(crate) fn lower(plan: &Plan<'_>, bases: &Bases) -> File {
    let mut statements = vec![header(plan)];
    statements.push(Statement::remark(format!(
        "Include it from MODULE.bazel (Bazel 7.2 and newer), or copy the lines:\ninclude(\"//{}:platforms.MODULE.bazel\")",
        plan.folder
    )));
    let images = if plan.project.images.is_empty() { &[] } else { IMAGE_MODULES };
    statements.extend(MODULES.iter().chain(images).map(|(name, version)| {
        let name = Argument::named("name", Expr::string(*name));
        let version = Argument::named("version", Expr::string(*version));
        Expr::inline_call("bazel_dep", vec![name, version]).statement()
    }));
    if !bases.pulls.is_empty() {
        statements.push(Statement::assign("oci", oci_extension()));
        for pull in &bases.pulls {
            statements.push(oci_pull(pull));
            statements.push(use_repo(pull));
        }
    }
    File { statements }
}

fn oci_extension() -> Expr {
    let positional = |text| Argument::positional(Expr::string(text));
    Expr::inline_call("use_extension", vec![positional("@rules_oci//oci:extensions.bzl"), positional("oci")])
}

fn oci_pull(pull: &Pull) -> Statement {
    let mut arguments = vec![Argument::named("name", Expr::string(pull.name.as_str()))];
    let pinned = pull.base.digest.as_ref();
    arguments.extend(pinned.map(|digest| Argument::named("digest", Expr::string(digest))));
    arguments.push(Argument::named("image", Expr::string(full_name(&pull.base))));
    let platforms = pull.platforms.iter().map(|(_, spelling)| spelling);
    arguments.push(Argument::named("platforms", Expr::strings(platforms)));
    if pinned.is_none() {
        arguments.push(Argument::named("tag", Expr::string(&pull.base.tag)));
    }
    let comment = match pinned {
        Some(_) => format!("{}:{}", full_name(&pull.base), pull.base.tag),
        None => format!(
            "{}:{}. A tag can move, so builds are not reproducible: set `digest` where the base image is declared.",
            full_name(&pull.base),
            pull.base.tag
        ),
    };
    Expr::call("oci.pull", arguments).at(pull.origin).statement().comment(comment)
}

fn use_repo(pull: &Pull) -> Statement {
    let mut arguments = vec![Argument::positional(Expr::name("oci"))];
    arguments.push(Argument::positional(Expr::string(pull.name.as_str())));
    arguments.extend(
        pull.platforms.iter().map(|(_, spelling)| {
            Argument::positional(Expr::string(pull.name.for_platform(spelling).as_str()))
        }),
    );
    Expr::call("use_repo", arguments).at(pull.origin).statement()
}

/// The published image below the last stage, through earlier stages.
fn root(spec: &ImageSpec) -> Option<(&BaseImage, Origin)> {
    let mut stage = spec.stages.last()?;
    // A stage can only start from an earlier one, so this ends; the bound keeps a wrong model from looping.
    for _ in 0..spec.stages.len() {
        match &stage.from.value {
            StageSource::Base(base) => return Some((base, stage.from.origin)),
            StageSource::Scratch => return None,
            StageSource::Stage(name) => stage = spec.stages.iter().find(|s| s.name == *name)?,
        }
    }
    None
}

fn same(a: &BaseImage, b: &BaseImage) -> bool {
    a.repository == b.repository && a.tag == b.tag && a.digest == b.digest
}

/// How the image's index spells a platform, which rules_oci compares letter by letter: Docker Official Images and
/// distroless write the variant of 64-bit Arm, most others leave it out.
fn spelling(base: &BaseImage, platform: &str) -> String {
    let with_variant = platform.ends_with("/arm64").then(|| format!("{platform}/v8"));
    let writes_it = is_official(base)
        || base.repository.starts_with("gcr.io/distroless/")
        || base.platforms.iter().any(|p| Some(p) == with_variant.as_ref());
    with_variant.filter(|_| writes_it).unwrap_or_else(|| platform.to_owned())
}

/// Whether it is one of Docker's own.
fn is_official(base: &BaseImage) -> bool {
    let path = path_of(base);
    let on_hub = !has_host(&base.repository) || full_name(base).starts_with("docker.io/");
    on_hub && (!path.contains('/') || path.starts_with("library/"))
}

/// Whether the first part of a repository's path is the host of a registry.
fn has_host(repository: &str) -> bool {
    repository.split_once('/').is_some_and(|(first, _)| first.contains(['.', ':']) || first == "localhost")
}

/// The repository without its registry.
fn path_of(base: &BaseImage) -> &str {
    match base.repository.split_once('/') {
        Some((_, path)) if has_host(&base.repository) => path,
        _ => &base.repository,
    }
}

/// With the registry that Docker takes by default spelled out.
fn full_name(base: &BaseImage) -> String {
    if has_host(&base.repository) {
        base.repository.clone()
    } else if base.repository.contains('/') {
        format!("docker.io/{}", base.repository)
    } else {
        format!("docker.io/library/{}", base.repository)
    }
}
