//! `platforms.MODULE.bazel`, which pulls the base images, and `platforms.bazelrc`, which names the platforms.

use super::Package;
use crate::claims;
use crate::fact::FactKind;
use crate::ledger::{Declared, Found, Ledger};
use crate::read::node::{Data, Node};
use crate::read::starlark::Module;
use plat_model::{BaseImage, Origin};

/// A base image that is pulled, and for what.
struct Pull {
    base: BaseImage,
    origin: Origin,
    platforms: Vec<(String, Origin)>,
}

/// A pull of the file: the reference, its line, and the platforms with theirs.
type Pulled = (String, u32, Vec<(String, u32)>);

/// Judges `platforms.MODULE.bazel`.
pub(super) fn module(package: &Package<'_>, file: &str, module: &Module, ledger: &mut Ledger) {
    let scope = package.scope(file, "the project".to_owned(), None);
    let mut pulls: Vec<Pull> = Vec::new();
    for image in &package.project.images {
        for (platform, _, spec) in image.spec.iter() {
            let (Some((base, origin)), Some(p)) =
                (claims::root(spec), package.project.platforms.get(platform))
            else {
                continue;
            };
            let known = pulls.iter_mut().find(|pull| {
                let b = &pull.base;
                (&b.repository, &b.tag, &b.digest) == (&base.repository, &base.tag, &base.digest)
            });
            let wanted = (p.oci.value.clone(), p.origin);
            match known {
                Some(pull) if pull.platforms.iter().any(|(oci, _)| *oci == wanted.0) => {}
                Some(pull) => pull.platforms.push(wanted),
                None => pulls.push(Pull { base: base.clone(), origin, platforms: vec![wanted] }),
            }
        }
    }
    let mut found = Vec::new();
    let mut platforms: Vec<Pulled> = Vec::new();
    for call in &module.calls {
        let Data::Call(function, arguments) = &call.data else { continue };
        if function != "oci.pull" {
            continue;
        }
        let argument = |name: &str| arguments.iter().find(|(n, _)| n == name).map(|(_, value)| value);
        let text = |name: &str| argument(name).map(Node::bare);
        let line = argument("tag").or(argument("digest")).map_or(call.line, |n| n.line);
        let version = text("digest").map(|d| format!("@{d}")).or(text("tag").map(|t| format!(":{t}")));
        let reference = format!("{}{}", text("image").unwrap_or_default(), version.unwrap_or_default());
        let of = argument("platforms").map_or(&[][..], Node::items);
        platforms.push((reference.clone(), call.line, of.iter().map(|p| (p.bare(), p.line)).collect()));
        found.push((reference, line));
    }
    let declared = pulls.iter().map(|p| (full(&p.base), p.origin)).collect();
    ledger.compare_sets(FactKind::Image, &scope, "base image", found, declared);
    for pull in pulls {
        let name = full(&pull.base);
        let Some((_, line, of)) = platforms.iter().find(|(reference, _, _)| *reference == name) else {
            continue;
        };
        let scope = package.scope(file, format!("base image `{name}`"), pull.origin).at(*line);
        // Registries may spell the variant that all of 64-bit Arm has.
        let plain = |p: &str| if p == "linux/arm64/v8" { "linux/arm64".to_owned() } else { p.to_owned() };
        let found = of.iter().map(|(p, line)| (plain(p), *line)).collect();
        let declared = pull.platforms.iter().map(|(p, origin)| (plain(p), *origin)).collect();
        ledger.compare_sets(FactKind::Architecture, &scope, "platform", found, declared);
    }
}

/// The reference with what Docker leaves out: its own registry, and its own user.
fn full(base: &BaseImage) -> String {
    let repository = &base.repository;
    let host = repository.split_once('/').map(|(host, _)| host);
    let has_host = host.is_some_and(|h| h.contains(['.', ':']) || h == "localhost");
    let name = match (has_host, host) {
        (true, _) => repository.clone(),
        (false, Some(_)) => format!("docker.io/{repository}"),
        (false, None) => format!("docker.io/library/{repository}"),
    };
    match &base.digest {
        Some(digest) => format!("{name}@{digest}"),
        None => format!("{name}:{}", base.tag),
    }
}

/// Judges `platforms.bazelrc`.
pub(super) fn bazelrc(package: &Package<'_>, file: &str, text: &str, ledger: &mut Ledger) {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let Some((config, flag)) = line.strip_prefix("build:").and_then(|l| l.split_once(' ')) else {
            continue;
        };
        if let Some(label) = flag.trim().strip_prefix("--platforms=") {
            found.push(Found::new(config, label, at as u32 + 1));
        }
    }
    let scope = package.scope(file, "the project".to_owned(), None);
    let all = package.project.platforms.iter();
    let declared = all.map(|p| Declared::new(p.bazel_name.clone(), package.target(&p.bazel_name), p.origin));
    ledger.compare(FactKind::Architecture, &scope, "configuration", found, declared.collect());
}
