//! What this target has to say: its diagnostics, each told once, with the environments in which it happens.

use super::names::{NameError, nearest};
use super::variation::Difference;
use plat_base::{Diagnostic, FileId, Severity, Span};
use plat_model::Origin;
use std::collections::HashMap;

/// Collects diagnostics, merging those that differ in the environment alone.
#[derive(Default)]
pub(super) struct Problems {
    list: Vec<Diagnostic>,
    /// Positions in the list, by message. For look-up only.
    known: HashMap<String, Vec<usize>>,
    environment: String,
}

impl Problems {
    /// From now on problems are of this environment.
    pub(super) fn enter(&mut self, environment: &str) {
        self.environment.clear();
        self.environment.push_str(environment);
    }

    /// Adds one.
    pub(super) fn report(&mut self, mut diagnostic: Diagnostic) {
        let same = self.known.entry(diagnostic.message.clone()).or_default();
        for at in same.iter() {
            let Some(other) = self.list.get_mut(*at) else { continue };
            if other.code == diagnostic.code && other.labels == diagnostic.labels {
                if !other.contexts.contains(&self.environment) {
                    other.contexts.push(self.environment.clone());
                }
                return;
            }
        }
        same.push(self.list.len());
        if !self.environment.is_empty() {
            diagnostic.contexts.push(self.environment.clone());
        }
        self.list.push(diagnostic);
    }

    /// All of them. Those that happen in each of the `environments` name none.
    pub(super) fn finish(self, environments: usize) -> Vec<Diagnostic> {
        let mut list = self.list;
        for d in &mut list {
            if d.contexts.len() == environments {
                d.contexts.clear();
            }
        }
        list
    }
}

/// The span to report at: the first that is known. A project without any source has none.
pub(super) fn place(origins: &[Origin]) -> Span {
    origins.iter().flatten().next().copied().unwrap_or(Span::new(FileId(0), 0, 0))
}

pub(super) fn bad_name(what: &str, name: &str, error: &NameError, limit: usize, at: Span) -> Diagnostic {
    let d = Diagnostic::error(
        "kubernetes-name",
        format!("{what} `{name}` cannot have this name in Kubernetes"),
        at,
    )
    .primary(error.to_string());
    match nearest(name, limit) {
        Some(better) if better != name => d.help(format!("call it `{better}`")),
        _ => d.help("choose another name"),
    }
}

pub(super) fn bad_word(what: &str, word: &str, rule: &str, at: Span) -> Diagnostic {
    Diagnostic::error("kubernetes-name", format!("`{word}` cannot be {what} in Kubernetes"), at)
        .primary("named here")
        .help(rule)
}

pub(super) fn same_name(name: &str, first: &str, second: &str, at: Span, before: Option<Span>) -> Diagnostic {
    let message =
        format!("the {first} and the {second} `{name}` would get in each other's way in one namespace");
    let d = Diagnostic::error("kubernetes-name", message, at).primary("declared here");
    let d = match before {
        Some(span) => d.label(span, "declared here first"),
        None => d,
    };
    d.help("requests to the one would reach the other; give one of them another name")
}

/// A field that one object has for all platforms varies between them.
pub(super) fn varies(workload: &str, difference: &Difference, why: &str, help: &str, at: Span) -> Diagnostic {
    let field = &difference.field;
    let message = format!("`{field}` of {workload} differs between platforms, but {why}");
    let first = place(&[difference.left, difference.right, Some(at)]);
    let d = Diagnostic::error("varies-where-fixed", message, first).primary("set here");
    let d = match difference.right {
        Some(span) if span != first => d.label(span, "and set to something else here"),
        _ => d,
    };
    d.help(help)
}

pub(super) fn lossy(message: String, help: &str, at: Span) -> Diagnostic {
    Diagnostic::warning("lossy", message, at).help(help)
}

pub(super) fn pod_security(severity: Severity, message: String, help: &str, at: Span) -> Diagnostic {
    Diagnostic::new(severity, "pod-security", message, at).help(help)
}

/// The API server would refuse the object.
pub(super) fn refused(message: String, help: &str, at: Span) -> Diagnostic {
    Diagnostic::error("kubernetes-refuses", message, at).help(help)
}
