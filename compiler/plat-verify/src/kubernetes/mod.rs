//! The manifests, environment by environment. In: the texts of a folder. Out: facts. Objects are told apart by what they
//! say of themselves (kind, labels, name), never by the file that they stand in.

mod controller;
mod network;
mod objects;
mod pod;
mod quota;
mod scaling;
mod variables;

use crate::claims;
use crate::fact::{Artefact, FactKind};
use crate::ledger::{Declared, Found, Ledger, Scope};
use crate::read;
use crate::read::node::Node;
use objects::{NAME, Object};
use plat_model::{Output, Project, Workload, WorkloadKind};

/// An environment with the objects of its folder.
pub(crate) struct Folder<'a> {
    project: &'a Project,
    output: &'a Output,
    /// Its position in the project.
    environment: usize,
    namespace: Option<&'a str>,
    objects: Vec<Object<'a>>,
}

/// Judges the files of the target.
pub(crate) fn verify(project: &Project, output: &Output, artefacts: &[&Artefact<'_>], ledger: &mut Ledger) {
    let top = output.path.value.trim_matches('/');
    for (at, environment) in project.environments.iter().enumerate() {
        let start = match top {
            "" | "." => format!("{}/", environment.name),
            _ => format!("{top}/{}/", environment.name),
        };
        let files: Vec<&Artefact<'_>> =
            artefacts.iter().copied().filter(|a| a.path.starts_with(&start)).collect();
        if files.is_empty() {
            continue;
        }
        let before = std::mem::replace(&mut ledger.partial, false);
        let mut objects = Vec::new();
        for file in &files {
            match file.text.map(read::yaml::read) {
                None => refuse(ledger, file, 0, crate::diagnostics::NOT_THERE),
                Some(Err((line, reason))) => refuse(ledger, file, line, &reason),
                Some(Ok(documents)) => {
                    objects.extend(documents.into_iter().map(|d| Object::new(file.path, d)))
                }
            }
        }
        let namespace = environment.namespace.as_ref().map(|n| n.value.as_str());
        let folder = Folder { project, output, environment: at, namespace, objects };
        folder.verify(&files, ledger);
        ledger.partial = before;
    }
}

fn refuse(ledger: &mut Ledger, file: &Artefact<'_>, line: u32, reason: &str) {
    ledger.unreadable(file, line, reason);
    ledger.partial = true;
}

impl<'a> Folder<'a> {
    fn verify(&self, files: &[&'a Artefact<'a>], ledger: &mut Ledger) {
        self.namespaces(ledger);
        quota::verify(self, ledger);
        self.kustomization(files, ledger);
        self.configs(ledger);
        let existing: Vec<&Workload> = self.workloads().collect();
        for workload in &existing {
            controller::verify(self, workload, ledger);
            network::verify(self, workload, ledger);
        }
        // What belongs to no workload is explained by nothing.
        for object in self.objects.iter().filter(|o| objects::belongs_to_a_workload(&o.kind)) {
            if !existing.iter().any(|w| w.name == object.label(NAME)) {
                let scope = self.scope(object, "the project".to_owned(), None);
                let found = Some((object.title(), object.line));
                ledger.compare_one(FactKind::Name, &scope, "object", found, None);
            }
        }
    }

    /// The workloads that exist here.
    fn workloads(&self) -> impl Iterator<Item = &'a Workload> {
        self.project.workloads.iter().filter(|w| !self.platforms(w).is_empty())
    }

    /// The platforms on which a workload exists here.
    fn platforms(&self, workload: &Workload) -> Vec<usize> {
        let all = 0..self.project.platforms.len();
        all.filter(|p| workload.spec.get(*p, self.environment).is_some()).collect()
    }

    /// A workload as messages call it.
    fn subject(&self, workload: &Workload, platforms: &[usize]) -> String {
        let kind = match workload.kind {
            WorkloadKind::Service => "service",
            WorkloadKind::Stateful => "stateful",
            WorkloadKind::Daemon => "daemon",
            WorkloadKind::Job => "job",
            WorkloadKind::Schedule => "schedule",
        };
        let (on, within) =
            (claims::on(self.project, platforms), claims::within(self.project, self.environment));
        format!("{kind} `{}`{within}{on}", workload.name)
    }

    fn scope<'o>(&self, object: &'o Object<'a>, subject: String, origin: plat_model::Origin) -> Scope<'o> {
        Scope { subject, file: object.file, line: object.line, origin }
    }

    /// The objects of a kind that say they belong to a workload.
    fn of<'s>(&'s self, workload: &'s Workload, kind: &'s str) -> impl Iterator<Item = &'s Object<'a>> {
        self.objects.iter().filter(move |o| o.kind == kind && o.label(NAME) == workload.name)
    }

    fn namespaces(&self, ledger: &mut Ledger) {
        let environment = self.project.environments.get(self.environment);
        let origin = environment.and_then(|e| e.namespace.as_ref().and_then(|n| n.origin).or(e.origin));
        let declared = || self.namespace.map(|n| (n.to_owned(), origin));
        for object in &self.objects {
            let scope = self.scope(object, object.title(), origin);
            let path: &[&str] = match object.kind.as_str() {
                "Namespace" => &["metadata", "name"],
                "Kustomization" => &["namespace"],
                _ => &["metadata", "namespace"],
            };
            let found = object.node.at(path).map(|n| (n.bare(), n.line));
            ledger.compare_one(FactKind::Name, &scope, "namespace", found, declared());
        }
    }

    /// The kustomization lists the files beside it.
    fn kustomization(&self, files: &[&'a Artefact<'a>], ledger: &mut Ledger) {
        let last = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        for object in self.objects.iter().filter(|o| o.kind == "Kustomization") {
            let scope = self.scope(object, "the kustomization".to_owned(), None);
            let found = object.node.list(&["resources"]).iter().map(|n| (n.bare(), n.line)).collect();
            let beside = files.iter().filter(|f| f.path != object.file).map(|f| (last(f.path), None));
            ledger.compare_sets(FactKind::Name, &scope, "resource", found, beside.collect());
        }
    }

    fn configs(&self, ledger: &mut Ledger) {
        let maps = || self.objects.iter().filter(|o| o.kind == "ConfigMap");
        for config in &self.project.configs {
            let object = maps().find(|o| o.name == config.name);
            let cell =
                (0..self.project.platforms.len()).find_map(|p| config.entries.get(p, self.environment));
            let entries = cell.map_or(&[][..], |e| e.as_slice());
            let within = claims::within(self.project, self.environment);
            let subject = format!("config `{}`{within}", config.name);
            let file = self.objects.first().map_or("", |o| o.file);
            let Some(object) = object else {
                let scope = Scope { subject, file, line: 0, origin: config.origin };
                let declared = Some((config.name.clone(), config.origin));
                ledger.compare_one(FactKind::Name, &scope, "ConfigMap", None, declared);
                continue;
            };
            let scope = self.scope(object, subject, config.origin);
            let found = object.node.get("data").map_or(&[][..], Node::entries).iter();
            let found = found.map(|(k, v)| Found::new(k.text.clone(), shown(v), v.line)).collect();
            let declared = entries.iter();
            let declared =
                declared.map(|e| Declared::new(e.key.clone(), claims::quoted(&e.text.value), e.text.origin));
            ledger.compare(FactKind::Variable, &scope, "entry", found, declared.collect());
        }
        for object in maps().filter(|o| !self.project.configs.iter().any(|c| c.name == o.name)) {
            let scope = self.scope(object, "the project".to_owned(), None);
            let found = Some((object.name.clone(), object.line));
            ledger.compare_one(FactKind::Name, &scope, "ConfigMap", found, None);
        }
    }
}

/// Text in quotes; what is not text, with what it is.
fn shown(node: &Node) -> String {
    match node.text() {
        Some(text) => claims::quoted(text),
        None => format!("{} without quotes", node.bare()),
    }
}

/// Text as it is; what should be text and is not, with what is wrong about it.
fn unquoted(node: &Node) -> String {
    match node.text() {
        Some(text) => text.to_owned(),
        None => format!("{} without quotes", node.bare()),
    }
}
