//! `docker.bzl`: what the images are, for those who build them with Bazel.

use super::Package;
use crate::claims::{self, shared};
use crate::fact::FactKind;
use crate::ledger::{Declared, Found, Ledger, Scope};
use crate::read::node::Node;
use crate::read::starlark::Module;
use plat_model::{Image, ImageSpec, Origin};

/// Judges the table of images.
pub(super) fn verify(package: &Package<'_>, file: &str, module: &Module, ledger: &mut Ledger) {
    let table = module.get("IMAGE_CONFIGS").map_or(&[][..], Node::entries);
    let scope = package.scope(file, "the project".to_owned(), None);
    let found = table.iter().map(|(key, _)| (key.text.clone(), key.line)).collect();
    let images = &package.project.images;
    let declared = images.iter().map(|i| (i.name.clone(), i.origin)).collect();
    ledger.compare_sets(FactKind::Image, &scope, "image", found, declared);
    for image in images {
        let Some((key, node)) = table.iter().find(|(key, _)| key.text == image.name) else { continue };
        let scope = package.scope(file, format!("image `{}`", image.name), image.origin).at(key.line);
        one(package, &scope, image, node, ledger);
    }
}

fn texts(node: Option<&Node>) -> Vec<(String, u32)> {
    node.map_or(&[][..], Node::items).iter().map(|n| (n.bare(), n.line)).collect()
}

fn one(package: &Package<'_>, scope: &Scope<'_>, image: &Image, node: &Node, ledger: &mut Ledger) {
    let project = package.project;
    let oci = |at: &usize| project.platforms.get(*at).map(|p| (p.oci.value.clone(), p.origin));
    let declared: Vec<(String, Origin)> = image.platforms.iter().filter_map(oci).collect();
    let found = texts(node.get("platforms"));
    ledger.compare_sets(FactKind::Architecture, scope, "platform", found, declared);
    let tag = vec![(image.tag.value.clone(), image.tag.origin)];
    ledger.compare_sets(FactKind::Image, scope, "tag", texts(node.get("tags")), tag);
    let found = node.get("repository").map(|n| (n.bare(), n.line));
    let declared = image
        .registry
        .as_ref()
        .map(|r| (format!("{}/{}", r.value, image.repository.value), image.repository.origin.or(r.origin)));
    ledger.compare_one(FactKind::Image, scope, "repository", found, declared);
    let configs = node.list(&["configs"]);
    let config = |platform: usize| {
        let oci = &project.platforms.get(platform)?.oci.value;
        configs.iter().position(|c| c.list(&["platforms"]).iter().any(|p| p.text() == Some(oci)))
    };
    for (of, (at, spec)) in shared(&image.platforms, |p| (config(p), claims::image_on(image, p))) {
        let Some(spec) = spec else { continue };
        let subject = format!("image `{}`{}", image.name, claims::on(project, &of));
        let arguments = at.and_then(|at| configs.get(at)).and_then(|c| c.get("arguments"));
        let line = arguments.map_or(scope.line, |a| a.line);
        let scope = Scope { subject, line, ..scope.clone() };
        arguments_of(&scope, spec, arguments, ledger);
    }
}

fn arguments_of(scope: &Scope<'_>, spec: &ImageSpec, node: Option<&Node>, ledger: &mut Ledger) {
    let argument = |name: &str| node.and_then(|n| n.get(name));
    let ports = spec.ports.iter().map(|p| (format!("{}/tcp", p.number.value), p.number.origin)).collect();
    ledger.compare_sets(FactKind::Port, scope, "exposed port", texts(argument("exposed_ports")), ports);
    let user = argument("user").map(|n| (n.bare(), n.line));
    let declared = spec.user.as_ref().map(|u| (format!("{}:{}", u.uid, u.gid), u.origin));
    ledger.compare_one(FactKind::User, scope, "user", user, declared);
    // An argument of oci_image() is a line of a file; what does not fit is told as lost by the target.
    let fits = |name: &str, value: &str| !name.contains(['\n', '=']) && !value.contains('\n');
    let found = argument("env").map_or(&[][..], Node::entries).iter();
    let found = found.map(|(k, v)| Found::new(k.text.clone(), claims::quoted(&v.bare()), v.line)).collect();
    let last: Vec<_> = spec.stages.last().into_iter().collect();
    let declared = claims::image_env(spec, &last).into_iter().filter(|(n, v, _)| fits(n, v));
    let declared =
        declared.map(|(name, value, o)| Declared::new(name, claims::quoted(&value.replace("$$", "$")), o));
    ledger.compare(FactKind::Variable, scope, "variable", found, declared.collect());
    for (name, declared) in [("entrypoint", &spec.entrypoint), ("cmd", &spec.cmd)] {
        let found = argument(name).map(|n| (format!("{:?}", n.texts()), n.line));
        let declared = declared.as_ref().map(|words| {
            let words_with_text: Vec<&String> = words.value.iter().filter(|w| !w.is_empty()).collect();
            (format!("{words_with_text:?}"), words.origin)
        });
        ledger.compare_one(FactKind::Command, scope, name, found, declared);
    }
}
