//! Where pods may run: which nodes the platforms of a group mean.

use super::problems::{Problems, lossy, place};
use super::tree::NodeTerm;
use plat_model::{Platform, Sourced, Toleration};

/// The nodes of these platforms: one term for all that ask the same of a node, since the expressions of a term must
/// all hold and one of the terms.
pub(super) fn nodes<'a>(platforms: &[&'a Platform]) -> Vec<NodeTerm<'a>> {
    let mut terms: Vec<NodeTerm<'a>> = Vec::new();
    for platform in platforms {
        let labels = labels(platform);
        let (os, arch) = (platform.kubernetes_os.as_str(), platform.kubernetes_arch.as_str());
        let same = |t: &&mut NodeTerm<'a>| {
            t.os == os && t.labels.iter().map(|(k, v, _)| (k, v)).eq(labels.iter().map(|(k, v, _)| (k, v)))
        };
        match terms.iter_mut().find(same) {
            Some(term) if term.arches.iter().any(|(known, _)| *known == arch) => {}
            Some(term) => term.arches.push((arch, platform.origin)),
            None => {
                let arches = vec![(arch, platform.origin)];
                terms.push(NodeTerm { os, arches, labels, origin: platform.origin });
            }
        }
    }
    terms
}

type NodeLabel<'a> = (&'a str, &'a str, plat_model::Origin);

fn labels(platform: &Platform) -> Vec<NodeLabel<'_>> {
    let features = platform.cpu.node_labels.iter().map(|l| (l.as_str(), "true", platform.cpu.origin));
    let own = platform.node.labels.iter().map(|(k, v)| (k.as_str(), v.value.as_str(), v.origin));
    features.chain(own).collect()
}

/// The taints that the nodes of these platforms have.
pub(super) fn tolerations<'a>(platforms: &[&'a Platform]) -> Vec<&'a Sourced<Toleration>> {
    let mut all: Vec<&'a Sourced<Toleration>> = Vec::new();
    for toleration in platforms.iter().flat_map(|p| &p.node.tolerations) {
        if !all.contains(&toleration) {
            all.push(toleration);
        }
    }
    all
}

/// Nodes tell their architecture, but not its variant: a pod for `arm/v7` may be sent to a node that is `arm/v6`.
pub(super) fn report_variants(platforms: &[Platform], problems: &mut Problems) {
    for p in platforms {
        // A processor above the baseline without labels is one that the program vouches for.
        let by_processor = !p.cpu.node_labels.is_empty() || !p.cpu.is_baseline;
        let told_apart = by_processor || !p.node.labels.is_empty();
        // The node agent itself is built for ARMv7 (GOARM=7) or ARMv8, so no node of these is older.
        let least = match p.arch.as_str() {
            "arm" => &["", "v5", "v6", "v7"][..],
            "arm64" => &["", "v8"],
            _ => &["", "v1"],
        };
        let any_will_do = least.contains(&p.variant.as_str());
        if !told_apart && !any_will_do {
            let message = format!(
                "nodes in Kubernetes tell that they are `{}`, not that they are `{}`: pods of {} may be sent to older ones",
                p.kubernetes_arch, p.variant, p.name
            );
            let label = format!(
                "name a label that only these nodes carry: `node {{ labels {{ \"example.com/{}\" = \"{}\" }} }}`",
                p.kubernetes_arch, p.variant
            );
            let help = match p.arch.as_str() {
                "amd64" => format!(
                    "give it the level as its processor, `cpu = cpus.x86-64-{}` (`use std.cpus`), or {label}",
                    p.variant
                ),
                _ => label,
            };
            problems.report(lossy(message, &help, place(&[p.oci.origin, p.origin])));
        }
    }
}
