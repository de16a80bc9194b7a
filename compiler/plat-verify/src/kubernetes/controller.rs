//! Controllers of a workload: that there is just one for each platform, that its pods go to that platform's nodes, and
//! that its selectors find its own pods.

use super::objects::{INSTANCE, NAME, Object};
use super::{Folder, pod, scaling};
use crate::fact::FactKind;
use crate::ledger::{Ledger, Scope};
use crate::read::node::Node;
use plat_model::{AcrossPlatforms, Platform, Workload, WorkloadKind, WorkloadSpec};

/// A controller and the platforms that its name claims.
pub(super) struct Controller<'f, 'a> {
    pub(super) folder: &'f Folder<'a>,
    pub(super) workload: &'a Workload,
    pub(super) object: &'f Object<'a>,
    /// Positions in the project.
    pub(super) platforms: Vec<usize>,
}

/// Judges all controllers of a workload, with what depends on them.
pub(super) fn verify<'a>(folder: &Folder<'a>, workload: &'a Workload, ledger: &mut Ledger) {
    let kind = kind(workload.kind);
    let existing = folder.platforms(workload);
    let mut covered: Vec<usize> = Vec::new();
    let kinds = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"];
    let mut file = None;
    for object in kinds.iter().flat_map(|kind| folder.of(workload, kind)) {
        file = Some(object);
        let scope = folder.scope(object, folder.subject(workload, &existing), workload.origin);
        let found = object.node.get("kind").map(|n| (n.bare(), n.line));
        ledger.compare_one(FactKind::Name, &scope, "kind", found, Some((kind.to_owned(), workload.origin)));
        let rest = object.name.strip_prefix(workload.name.as_str());
        let platforms = match rest {
            Some("") => Some(existing.clone()),
            Some(rest) => split(rest, &existing, folder),
            None => None,
        };
        let Some(platforms) = platforms.filter(|p| !p.iter().any(|p| covered.contains(p))) else {
            let found = object.node.at(&["metadata", "name"]).map(|n| (n.bare(), n.line));
            let near = Some((expected(folder, workload, &existing, &covered), workload.origin));
            ledger.compare_one(FactKind::Name, &scope, "name of the controller", found, near);
            continue;
        };
        covered.extend(&platforms);
        let name = object.node.at(&["metadata", "name"]).map(|n| (n.bare(), n.line));
        let said = Some((object.name.clone(), workload.origin));
        ledger.compare_one(FactKind::Name, &scope, "name of the controller", name, said);
        Controller { folder, workload, object, platforms }.verify(ledger);
    }
    let at = file.or(folder.objects.iter().find(|o| o.label(NAME) == workload.name));
    let path = at.or(folder.objects.first()).map_or("", |o| o.file);
    for platform in existing.iter().filter(|p| !covered.contains(p)) {
        let subject = folder.subject(workload, &[*platform]);
        let scope = Scope { subject, file: path, line: 0, origin: workload.origin };
        let name = folder.project.platforms.get(*platform).map(|p| (p.oci.value.clone(), workload.origin));
        ledger.compare_one(FactKind::Architecture, &scope, "controller", None, name);
    }
}

fn kind(kind: WorkloadKind) -> &'static str {
    match kind {
        WorkloadKind::Service => "Deployment",
        WorkloadKind::Stateful => "StatefulSet",
        WorkloadKind::Daemon => "DaemonSet",
        WorkloadKind::Job => "Job",
        WorkloadKind::Schedule => "CronJob",
    }
}

/// What a controller with a wrong name would be called, as far as one can say.
fn expected(folder: &Folder<'_>, workload: &Workload, existing: &[usize], covered: &[usize]) -> String {
    let rest = existing.iter().find(|p| !covered.contains(p)).filter(|_| !covered.is_empty());
    match rest.and_then(|p| folder.project.platforms.get(*p)) {
        Some(platform) => format!("{}-{}", workload.name, platform.name),
        None => workload.name.clone(),
    }
}

/// `-amd64-arm64` as platforms, in the order of the project.
fn split(rest: &str, platforms: &[usize], folder: &Folder<'_>) -> Option<Vec<usize>> {
    if rest.is_empty() {
        return Some(Vec::new());
    }
    platforms.iter().enumerate().find_map(|(at, platform)| {
        let name = folder.project.platforms.get(*platform)?.name.as_str();
        let rest = rest.strip_prefix('-')?.strip_prefix(name)?;
        let mut further = split(rest, platforms.get(at + 1..)?, folder)?;
        further.insert(0, *platform);
        Some(further)
    })
}

impl<'a> Controller<'_, 'a> {
    /// What the workload is on a platform.
    pub(super) fn spec(&self, platform: usize) -> Option<&'a WorkloadSpec> {
        self.workload.spec.get(platform, self.folder.environment).map(AsRef::as_ref)
    }

    /// Whether its quantities are the largest of any platform's: so it is where only one object can exist.
    pub(super) fn is_envelope(&self) -> bool {
        let ends = matches!(self.workload.kind, WorkloadKind::Job | WorkloadKind::Schedule);
        let spec = self.platforms.first().and_then(|p| self.spec(*p));
        ends || spec.is_some_and(|s| s.across_platforms == AcrossPlatforms::Envelope)
    }

    /// Its facts on some of its platforms.
    pub(super) fn scope(&self, platforms: &[usize], line: u32) -> Scope<'_> {
        let subject = self.folder.subject(self.workload, platforms);
        Scope { subject, file: self.object.file, line, origin: self.workload.origin }
    }

    fn verify(&self, ledger: &mut Ledger) {
        self.selector(ledger);
        self.nodes(ledger);
        pod::verify(self, ledger);
        scaling::verify(self, ledger);
    }

    /// The selector says what the template's labels say, and finds the pods of no other controller.
    fn selector(&self, ledger: &mut Ledger) {
        if matches!(self.workload.kind, WorkloadKind::Job | WorkloadKind::Schedule) {
            return;
        }
        let selector = self.object.node.at(&["spec", "selector", "matchLabels"]);
        let line = selector.map_or(self.object.line, |s| s.line);
        self.selects(ledger, "pods of the selector", selector, line);
        let labels = self.object.template().and_then(|t| t.at(&["metadata", "labels"]));
        let scope = self.scope(&self.platforms, labels.map_or(line, |l| l.line));
        for (key, declared) in [(NAME, &self.workload.name), (INSTANCE, &self.object.name)] {
            let found = labels.and_then(|l| l.get(key)).map(|n| (n.bare(), n.line));
            let declared = Some((declared.clone(), self.workload.origin));
            ledger.compare_one(FactKind::Selector, &scope, &format!("pod label `{key}`"), found, declared);
        }
    }

    /// A selector finds the pods of this controller and no others.
    pub(super) fn selects(&self, ledger: &mut Ledger, what: &str, selector: Option<&Node>, line: u32) {
        let scope = self.scope(&self.platforms, line);
        let chosen = self.folder.objects.iter().filter(|o| o.is_selected(selector));
        let found = chosen.map(|o| (o.title(), line)).collect();
        let declared = vec![(self.object.title(), self.workload.origin)];
        ledger.compare_sets(FactKind::Selector, &scope, what, found, declared);
    }

    /// The pods go to the nodes of its platforms, and to no others.
    fn nodes(&self, ledger: &mut Ledger) {
        let template = self.object.template();
        let terms = template.and_then(|t| {
            t.at(&[
                "spec",
                "affinity",
                "nodeAffinity",
                "requiredDuringSchedulingIgnoredDuringExecution",
                "nodeSelectorTerms",
            ])
        });
        let line = terms.or(template).map_or(self.object.line, |n| n.line);
        let scope = self.scope(&self.platforms, line);
        let found = terms.map_or(&[][..], Node::items).iter().flat_map(term).collect();
        let mut declared: Vec<(String, plat_model::Origin)> = Vec::new();
        for platform in self.platforms.iter().filter_map(|p| self.folder.project.platforms.get(*p)) {
            let text = claimed(platform);
            if !declared.iter().any(|(known, _)| *known == text) {
                declared.push((text, platform.origin));
            }
        }
        ledger.compare_sets(FactKind::Architecture, &scope, "kind of node", found, declared);
    }
}

/// The nodes of a platform.
fn claimed(platform: &Platform) -> String {
    let features = platform.cpu.node_labels.iter().map(|l| format!("{l}=true"));
    let own = platform.node.labels.iter().map(|(k, v)| format!("{k}={}", v.value));
    let mut labels: Vec<String> = features.chain(own).collect();
    labels.sort();
    node_text(&platform.kubernetes_os, &platform.kubernetes_arch, &labels)
}

fn node_text(os: &str, arch: &str, labels: &[String]) -> String {
    let with = if labels.is_empty() { String::new() } else { format!(" with {}", labels.join(", ")) };
    format!("{os}/{arch}{with}")
}

/// The nodes that a term allows: one text for each architecture of it, with its line.
fn term(term: &Node) -> Vec<(String, u32)> {
    let (mut os, mut arches, mut labels) = (String::new(), Vec::new(), Vec::new());
    for expression in term.list(&["matchExpressions"]) {
        let values = expression.list(&["values"]);
        let key = expression.text_of("key");
        let operator = expression.text_of("operator");
        match (key, operator, values) {
            ("kubernetes.io/os", "In", [only]) => os = only.bare(),
            ("kubernetes.io/arch", "In", values) => {
                arches.extend(values.iter().map(|v| (v.bare(), v.line)));
            }
            (key, "In", [only]) => labels.push(format!("{key}={}", super::unquoted(only))),
            (key, operator, values) => {
                let values: Vec<String> = values.iter().map(Node::bare).collect();
                labels.push(format!("{key} {operator} {}", values.join(" ")));
            }
        }
    }
    if arches.is_empty() {
        arches.push(("any architecture".to_owned(), term.line));
    }
    labels.sort();
    arches.into_iter().map(|(arch, line)| (node_text(&os, &arch, &labels), line)).collect()
}
