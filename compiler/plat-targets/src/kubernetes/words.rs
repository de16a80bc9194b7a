//! What the API server takes of words: names that a workload refers to, keys and values. In: the specification of a
//! workload. Out: diagnostics for what it would refuse, each at the line that says it.

use super::names::{
    K8sName, LABEL_LENGTH, is_data_key, is_label_value, is_port_name, is_qualified_name, is_variable,
};
use super::problems::{Problems, bad_name, bad_word, place, refused};
use super::scope::Subject;
use plat_model::{
    EnvValue, Origin, Project, SecretText, Sourced, TextPart, Toleration, VolumeSource, WorkloadSpec,
};

/// The rule for keys of labels, annotations and taints.
const KEY: &str = "a key is a name, perhaps after a domain and a slash: `example.com/team`";

/// The rule for values of labels and taints.
const VALUE: &str = "a value has at most 63 letters, digits, `-`, `_` and `.`, and begins and ends with a letter or digit; what is longer can be an annotation";

/// The rule for entries of configs and credentials.
const DATA: &str = "a key has letters, digits and `_`, `-`, `.`";

/// The annotation that replaces pods when a config changes.
const CHECKSUM: &str = "checksum/config";

/// Reports words that the API server would refuse.
pub(super) fn check(problems: &mut Problems, subject: &Subject<'_>, spec: &WorkloadSpec) {
    let mut judge = Judge { problems, project: subject.project, declared: subject.workload.origin };
    judge.variables(spec);
    judge.volumes(spec);
    judge.labels(spec);
    for port in &spec.ports {
        if !is_port_name(&port.name) {
            let rule = "the name of a port has at most 15 lower-case letters, digits and hyphens, one of them a letter";
            judge.word("the name of a port", &port.name, rule, port.number.origin);
        }
    }
    if !spec.account.create {
        judge.subdomain("account", &spec.account.name, None);
    }
    if let Some(expose) = &spec.expose
        && let Some(host) = &expose.value.host
    {
        judge.route(host, &expose.value.path);
    }
}

/// Reports an annotation of the pods that is written already; without a config there is none.
pub(super) fn check_annotations(
    problems: &mut Problems,
    subject: &Subject<'_>,
    spec: &WorkloadSpec,
    has_config: bool,
) {
    let own = spec.annotations.iter().find(|(key, _)| has_config && key == CHECKSUM);
    if let Some((_, value)) = own {
        let name = &subject.workload.name;
        let message = format!("the pods of {name} have the annotation `{CHECKSUM}` already");
        let help = "leave it out: it replaces the pods when one of their configs changes";
        problems.report(refused(message, help, place(&[value.origin, subject.workload.origin])));
    }
}

/// Reports labels and taints of nodes that no node can have.
pub(super) fn check_nodes(problems: &mut Problems, project: &Project) {
    for platform in &project.platforms {
        let mut judge = Judge { problems, project, declared: platform.origin };
        for (key, value) in &platform.node.labels {
            judge.key("the label of a node", key, value.origin);
            judge.value("the value of a label", &value.value, value.origin);
        }
        for Sourced { value: Toleration { key, value, .. }, origin } in &platform.node.tolerations {
            judge.key("the key of a taint", key, *origin);
            judge.value("the value of a taint", value.as_deref().unwrap_or(""), *origin);
        }
    }
}

struct Judge<'j> {
    problems: &'j mut Problems,
    project: &'j Project,
    declared: Origin,
}

impl Judge<'_> {
    fn variables(&mut self, spec: &WorkloadSpec) {
        for variable in &spec.env {
            let origin = variable.value.origin;
            if !is_variable(&variable.name) {
                let rule =
                    "a variable has letters, digits and `_`, `-`, `.`, and does not begin with a digit";
                self.word("the name of a variable", &variable.name, rule, origin);
            }
            match &variable.value.value {
                EnvValue::Text(_) => {}
                EnvValue::Config { key, .. } => self.data_key(key, origin),
                EnvValue::Credential { credentials, key } => self.credential(credentials, key, origin),
                EnvValue::Composed(SecretText { parts }) => {
                    for part in parts {
                        if let TextPart::Credential { credentials, key } = part {
                            self.credential(credentials, key, origin);
                        }
                    }
                }
            }
        }
    }

    fn credential(&mut self, credentials: &str, key: &str, origin: Origin) {
        self.credentials(credentials, origin);
        self.data_key(key, origin);
    }

    /// Told once, where they are declared.
    fn credentials(&mut self, name: &str, origin: Origin) {
        let declared = self.project.credentials.iter().find(|c| c.name == name);
        self.subdomain("credentials", name, declared.and_then(|c| c.origin).or(origin));
    }

    fn data_key(&mut self, key: &str, origin: Origin) {
        if !is_data_key(key) {
            self.word("a key", key, DATA, origin);
        }
    }

    fn volumes(&mut self, spec: &WorkloadSpec) {
        for volume in &spec.volumes {
            self.volume(&volume.name, &volume.mount);
            match &volume.source {
                VolumeSource::Claim { name, .. } => self.subdomain("claim", name, volume.mount.origin),
                VolumeSource::Credentials(name) => self.credentials(name, volume.mount.origin),
                VolumeSource::Scratch { .. } | VolumeSource::Config(_) => {}
            }
        }
        for storage in &spec.storage {
            self.volume(&storage.name, &storage.mount);
            if let Some(class) = &storage.class {
                self.subdomain("class of storage", &class.value, class.origin);
            }
            if let Some(volume) = spec.volumes.iter().find(|v| v.name == storage.name) {
                let message = format!(
                    "both `storage` and `volumes` have a `{}`, and a pod has one volume of a name",
                    storage.name
                );
                let at = place(&[volume.mount.origin, self.declared]);
                let said = refused(message, "give one of them another name", at).primary("a volume");
                self.problems.report(match storage.mount.origin {
                    Some(first) => said.label(first, "and storage of each replica"),
                    None => said,
                });
            }
        }
    }

    fn volume(&mut self, name: &str, mount: &Sourced<String>) {
        if let Err(error) = K8sName::label(name, LABEL_LENGTH) {
            let at = place(&[mount.origin, self.declared]);
            self.problems.report(bad_name("volume", name, &error, LABEL_LENGTH, at));
        }
        if mount.value.contains(':') {
            self.word("where a volume is mounted", &mount.value, "a path has no colon here", mount.origin);
        }
    }

    fn labels(&mut self, spec: &WorkloadSpec) {
        for (key, value) in spec.labels.iter().chain(&spec.annotations).chain(&spec.account.annotations) {
            self.key("the key of a label or annotation", key, value.origin);
        }
        for (_, value) in &spec.labels {
            self.value("the value of a label", &value.value, value.origin);
        }
    }

    /// Routes are by name, and their prefix is a plain path.
    fn route(&mut self, host: &Sourced<String>, path: &Sourced<String>) {
        if host.value.parse::<core::net::Ipv4Addr>().is_ok() {
            let rule = "a route goes by the name of a host, not by its address";
            self.word("a host", &host.value, rule, host.origin);
        }
        let lower = path.value.to_lowercase();
        let odd = ["//", "/./", "/../", "%2f"].iter().any(|part| lower.contains(part))
            || lower.ends_with("/.")
            || lower.ends_with("/..");
        if odd {
            let rule = "a path has no `//`, `/./`, `/../` or `%2f`";
            self.word("the path of a route", &path.value, rule, path.origin);
        }
    }

    fn key(&mut self, what: &str, key: &str, origin: Origin) {
        if !is_qualified_name(key) {
            self.word(what, key, KEY, origin);
        }
    }

    fn value(&mut self, what: &str, value: &str, origin: Origin) {
        if !is_label_value(value) {
            self.word(what, value, VALUE, origin);
        }
    }

    fn word(&mut self, what: &str, word: &str, rule: &str, origin: Origin) {
        self.problems.report(bad_word(what, word, rule, place(&[origin, self.declared])));
    }

    fn subdomain(&mut self, what: &str, name: &str, origin: Origin) {
        if let Err(error) = K8sName::subdomain(name) {
            let at = place(&[origin, self.declared]);
            self.problems.report(bad_name(what, name, &error, LABEL_LENGTH, at));
        }
    }
}
