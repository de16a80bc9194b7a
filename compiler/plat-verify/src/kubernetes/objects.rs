//! Objects of the API, as far as every kind has the same.

use crate::read::node::Node;

/// The label that names what an object belongs to.
pub(super) const NAME: &str = "app.kubernetes.io/name";
/// The label that names what a pod belongs to, where there are several of a workload.
pub(super) const INSTANCE: &str = "app.kubernetes.io/instance";

/// One document.
pub(super) struct Object<'a> {
    pub(super) file: &'a str,
    pub(super) line: u32,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) node: Node,
}

impl<'a> Object<'a> {
    pub(super) fn new(file: &'a str, node: Node) -> Object<'a> {
        let kind = node.text_of("kind").to_owned();
        let name = node.at(&["metadata", "name"]).map(Node::bare).unwrap_or_default();
        Object { file, line: node.line, kind, name, node }
    }

    /// The value of one of its labels, or nothing.
    pub(super) fn label(&self, key: &str) -> &str {
        self.node.at(&["metadata", "labels"]).map_or("", |l| l.text_of(key))
    }

    /// ``Deployment `api` ``.
    pub(super) fn title(&self) -> String {
        if self.name.is_empty() { self.kind.clone() } else { format!("{} `{}`", self.kind, self.name) }
    }

    /// The template of its pods, if it has any.
    pub(super) fn template(&self) -> Option<&Node> {
        match self.kind.as_str() {
            "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => self.node.at(&["spec", "template"]),
            "CronJob" => self.node.at(&["spec", "jobTemplate", "spec", "template"]),
            _ => None,
        }
    }

    /// Whether its pods have all these labels. A selector without labels finds every pod.
    pub(super) fn is_selected(&self, selector: Option<&Node>) -> bool {
        let labels = self.template().and_then(|t| t.at(&["metadata", "labels"]));
        let wanted = selector.map_or(&[][..], Node::entries);
        let has = |key: &str, value: &Node| {
            labels.and_then(|l| l.get(key)).is_some_and(|found| found.data == value.data)
        };
        self.template().is_some() && wanted.iter().all(|(key, value)| has(&key.text, value))
    }
}

/// The kinds that belong to a workload, and only exist because of one.
pub(super) fn belongs_to_a_workload(kind: &str) -> bool {
    matches!(
        kind,
        "Deployment"
            | "StatefulSet"
            | "DaemonSet"
            | "Job"
            | "CronJob"
            | "Service"
            | "HorizontalPodAutoscaler"
            | "PodDisruptionBudget"
            | "NetworkPolicy"
            | "Ingress"
            | "HTTPRoute"
    )
}
