//! What the domain says, worked out anew from its declarations: who a process runs as, what an image is called, what a
//! variable holds. The rules are those of the language; nothing of them is asked from a target.

use plat_base::{Dimension, Quantity, Rational};
use plat_model::{
    BaseImage, EnvValue, Image, ImageRef, ImageSpec, Origin, Platform, Project, Sourced, Stage, StageSource,
    StepKind, TextPart, WorkloadSpec,
};

/// Platforms that agree on something, and what it is.
pub(crate) type Shared<T> = Vec<(Vec<usize>, T)>;

/// Groups platforms by what `claim` gives for them.
pub(crate) fn shared<T: PartialEq>(platforms: &[usize], claim: impl Fn(usize) -> T) -> Shared<T> {
    let mut groups: Shared<T> = Vec::new();
    for platform in platforms {
        let value = claim(*platform);
        match groups.iter_mut().find(|(_, known)| *known == value) {
            Some((members, _)) => members.push(*platform),
            None => groups.push((vec![*platform], value)),
        }
    }
    groups
}

/// ` on arm64, armv7`, unless all platforms of the project are meant.
pub(crate) fn on(project: &Project, platforms: &[usize]) -> String {
    if platforms.len() == project.platforms.len() {
        return String::new();
    }
    let names = platforms.iter().filter_map(|p| project.platforms.get(*p)).map(|p| p.name.as_str());
    format!(" on {}", names.collect::<Vec<_>>().join(", "))
}

/// ` in prod`, unless it is the only environment.
pub(crate) fn within(project: &Project, environment: usize) -> String {
    match project.environments.get(environment) {
        Some(e) if project.environments.len() > 1 => format!(" in {}", e.name),
        _ => String::new(),
    }
}

/// `repository:tag@digest`.
pub(crate) fn base_reference(base: &BaseImage) -> String {
    let tag = if base.tag.is_empty() { String::new() } else { format!(":{}", base.tag) };
    let digest = base.digest.as_ref().map(|d| format!("@{d}")).unwrap_or_default();
    format!("{}{tag}{digest}", base.repository)
}

/// The reference that a workload runs; an environment may have a registry of its own.
pub(crate) fn workload_image(
    project: &Project,
    spec: &WorkloadSpec,
    environment: usize,
) -> Option<(String, Origin)> {
    match &spec.image.value {
        ImageRef::Published(base) => Some((base_reference(base), spec.image.origin)),
        ImageRef::Built(at) => {
            let image = project.images.get(*at)?;
            let registry = project.environments.get(environment).and_then(|e| e.registry.as_ref());
            let registry = registry.or(image.registry.as_ref());
            let host = registry.map(|r| format!("{}/", r.value.trim_end_matches('/'))).unwrap_or_default();
            let origin = image.tag.origin.or(image.origin);
            Some((format!("{host}{}:{}", image.repository.value, image.tag.value), origin))
        }
    }
}

/// What an image is on a platform.
pub(crate) fn image_on(image: &Image, platform: usize) -> Option<&ImageSpec> {
    image.spec.get(platform, 0).map(AsRef::as_ref)
}

/// The stages from the last one down to the one that starts from something published, last first.
pub(crate) fn lineage(spec: &ImageSpec) -> Vec<&Stage> {
    let mut chain: Vec<&Stage> = spec.stages.last().into_iter().collect();
    while let Some(StageSource::Stage(name)) = chain.last().map(|s| &s.from.value)
        && chain.len() <= spec.stages.len()
    {
        match spec.stages.iter().find(|s| s.name == *name) {
            Some(stage) => chain.push(stage),
            None => break,
        }
    }
    chain
}

/// The published image below the last stage.
pub(crate) fn root(spec: &ImageSpec) -> Option<(&BaseImage, Origin)> {
    let last = lineage(spec).pop()?;
    match &last.from.value {
        StageSource::Base(base) => Some((base, last.from.origin.or(last.origin))),
        _ => None,
    }
}

/// User and group of an image's process: its own, else that of what it is built on. A published image that starts as
/// root and then becomes a user of its own can be started as that one.
fn image_user(project: &Project, spec: &WorkloadSpec, platform: usize) -> Option<Sourced<(i64, i64)>> {
    let at = spec.image.origin;
    match &spec.image.value {
        ImageRef::Published(base) => {
            let user = base.user.as_ref().or(base.accounts.first())?;
            Some(Sourced::new((user.uid, user.gid), at))
        }
        ImageRef::Built(position) => {
            let image = project.images.get(*position)?;
            let built = image_on(image, platform).or(image.spec.first().map(AsRef::as_ref))?;
            match &built.user {
                Some(user) => Some(Sourced::new((user.uid, user.gid), user.origin)),
                None => {
                    let user = root(built)?.0.user.as_ref()?;
                    Some(Sourced::new((user.uid, user.gid), at))
                }
            }
        }
    }
}

/// User and group of a pod: what `security` says first, then the image. The group belongs to its user.
pub(crate) fn pod_user(
    project: &Project,
    spec: &WorkloadSpec,
    platform: usize,
) -> Option<(Sourced<i64>, Sourced<i64>)> {
    let image = image_user(project, spec, platform);
    let user = spec.security.user.or(image.map(|i| Sourced::new(i.value.0, i.origin)))?;
    let of_image = image.filter(|i| i.value.0 == user.value).map(|i| Sourced::new(i.value.1, i.origin));
    Some((user, spec.security.group.or(of_image).unwrap_or(user)))
}

/// Text in a form in which nothing can be taken for something else.
pub(crate) fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// What a variable holds: text, an entry of a config, or text with entries of credentials in it.
pub(crate) fn variable(value: &EnvValue) -> String {
    match value {
        EnvValue::Text(text) => quoted(text),
        EnvValue::Config { config, key, .. } => setting(config, key),
        EnvValue::Credential { credentials, key } => secret(credentials, key),
        EnvValue::Composed(text) => {
            let parts = text.parts.iter().map(|part| match part {
                TextPart::Text(text) => Part::Text(text.clone()),
                TextPart::Credential { credentials, key } => Part::Reference(secret(credentials, key)),
            });
            composed(parts.collect())
        }
    }
}

/// An entry of a config.
pub(crate) fn setting(config: &str, key: &str) -> String {
    format!("the entry `{key}` of config `{config}`")
}

/// An entry of credentials.
pub(crate) fn secret(credentials: &str, key: &str) -> String {
    format!("the entry `{key}` of credentials `{credentials}`")
}

/// A part of a text with references in it.
pub(crate) enum Part {
    Text(String),
    Reference(String),
}

/// Parts as one text, in one form however they are cut.
pub(crate) fn composed(parts: Vec<Part>) -> String {
    let mut shown: Vec<String> = Vec::new();
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(more) => text.push_str(&more),
            Part::Reference(reference) => {
                if !text.is_empty() {
                    shown.push(quoted(&std::mem::take(&mut text)));
                }
                shown.push(reference);
            }
        }
    }
    if !text.is_empty() || shown.is_empty() {
        shown.push(quoted(&text));
    }
    shown.join(" + ")
}

/// The variables of an image: those of its stages from the bottom up, then its own; later ones win. A `$` that is meant
/// is doubled, one that the builder expands is not.
pub(crate) fn image_env(spec: &ImageSpec, stages: &[&Stage]) -> Vec<(String, String, Origin)> {
    let mut variables: Vec<(String, String, Origin)> = Vec::new();
    let mut set = |name: &str, value: String, origin: Origin| {
        variables.retain(|(known, _, _)| known != name);
        variables.push((name.to_owned(), value, origin));
    };
    for step in stages.iter().rev().flat_map(|stage| &stage.steps) {
        if let StepKind::SetEnv(pairs) = &step.kind {
            pairs.iter().for_each(|(name, value)| set(name, value.clone(), step.origin));
        }
    }
    for (name, value) in &spec.env {
        set(name, value.value.replace('$', "$$"), value.origin);
    }
    variables
}

/// A quantity in thousand-millionths of what Kubernetes counts in: bytes, cores.
pub(crate) fn nano(quantity: Quantity) -> Option<i128> {
    let grain = if quantity.dimension == Dimension::Cores { 1_000_000 } else { 1_000_000_000 };
    Some(quantity.amount.mul(Rational::whole(grain))?.ceil())
}

/// A duration in whole seconds, rounded up.
pub(crate) fn seconds(quantity: Quantity) -> i128 {
    quantity.amount.div(Rational::whole(1000)).map_or(i128::MAX, Rational::ceil)
}

/// A percentage as a whole number.
pub(crate) fn percent(quantity: Quantity) -> i128 {
    quantity.amount.round()
}

/// `linux/arm/v7` as `${TARGETARCH}${TARGETVARIANT}` says it: `armv7`.
pub(crate) fn architecture(platform: &Platform) -> String {
    platform.oci.value.split('/').skip(1).collect()
}
