//! Environment variables, expanded as the kubelet expands them: `$(NAME)` is the value of a variable that stands earlier,
//! and `$$` is a dollar sign.

use super::controller::Controller;
use super::pod;
use crate::claims::{self, Part, composed, shared};
use crate::fact::FactKind;
use crate::ledger::{Declared, Found, Ledger};
use crate::read::node::Node;
use plat_model::{EnvValue, ImageRef, Origin, TextPart, WorkloadSpec};

/// A variable of a container.
struct Variable {
    name: String,
    /// What it holds; text as it is written, not expanded.
    value: Value,
    line: u32,
}

enum Value {
    Text(String),
    Reference(String),
}

/// Judges the variables of a container.
pub(super) fn verify(
    controller: &Controller<'_, '_>,
    container: Option<&Node>,
    line: u32,
    ledger: &mut Ledger,
) {
    let env = container.and_then(|c| c.get("env"));
    let line = env.or(container).map_or(line, |n| n.line);
    let variables: Vec<Variable> = env.map_or(&[][..], Node::items).iter().map(variable).collect();
    let platforms = &controller.platforms;
    let claim = |p: usize| controller.spec(p).map(declared).unwrap_or_default();
    for (of, declared) in shared(platforms, claim) {
        let scope = controller.scope(&of, line);
        let spec = of.first().and_then(|p| controller.spec(*p));
        let used = spec.map(secrets).unwrap_or_default();
        let mut found = Vec::new();
        for (at, variable) in variables.iter().enumerate() {
            let value = expanded(variable, &variables[..at]);
            let is_declared = spec.is_some_and(|s| s.env.iter().any(|v| v.name == variable.name));
            // A secret inside of a text needs a variable of its own.
            let helps = matches!(&variable.value, Value::Reference(r) if used.contains(r));
            if is_declared || !helps {
                found.push(Found::new(variable.name.clone(), value, variable.line));
            }
            if let (Value::Text(text), Some(spec)) = (&variable.value, spec) {
                pod::heap(&scope, spec, &variable.name, &plain(text), variable.line, ledger);
            }
        }
        ledger.compare(FactKind::Variable, &scope, "variable", found, declared);
    }
    let from = container.map_or(&[][..], |c| c.list(&["envFrom"]));
    let scope = controller.scope(platforms, line);
    for source in from {
        ledger.compare_one(FactKind::Variable, &scope, "envFrom", Some((source.bare(), source.line)), None);
    }
    references(controller, env, ledger);
}

fn variable(node: &Node) -> Variable {
    let reference = |kind: &str, text: fn(&str, &str) -> String| {
        let from = node.at(&["valueFrom", kind])?;
        let line = from.get("key").map_or(from.line, |k| k.line);
        Some((Value::Reference(text(from.text_of("name"), from.text_of("key"))), line))
    };
    let config = reference("configMapKeyRef", claims::setting);
    let found = config.or_else(|| reference("secretKeyRef", claims::secret));
    let (value, line) = found.unwrap_or_else(|| match node.get("value") {
        Some(value) => match value.text() {
            Some(text) => (Value::Text(text.to_owned()), value.line),
            None => (Value::Reference(format!("{} without quotes", value.bare())), value.line),
        },
        None => match node.get("valueFrom") {
            Some(other) => (Value::Reference(other.bare()), other.line),
            None => (Value::Text(String::new()), node.line),
        },
    });
    Variable { name: node.text_of("name").to_owned(), value, line }
}

/// What a variable holds after the earlier ones are put in.
fn expanded(variable: &Variable, earlier: &[Variable]) -> String {
    match &variable.value {
        Value::Reference(reference) => reference.clone(),
        Value::Text(text) => composed(parts(text, earlier)),
    }
}

/// Text without references: what is left after the dollar signs are read.
pub(super) fn plain(text: &str) -> String {
    let parts = parts(text, &[]).into_iter().map(|part| match part {
        Part::Text(text) | Part::Reference(text) => text,
    });
    parts.collect()
}

fn parts(text: &str, earlier: &[Variable]) -> Vec<Part> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        found.push(Part::Text(rest[..at].to_owned()));
        let after = &rest[at + 1..];
        if let Some(tail) = after.strip_prefix('$') {
            found.push(Part::Text("$".to_owned()));
            rest = tail;
        } else if let Some((name, tail)) = after.strip_prefix('(').and_then(|a| a.split_once(')')) {
            let position = earlier.iter().rposition(|v| v.name == name);
            match position.map(|p| (&earlier[p].value, p)) {
                Some((Value::Reference(reference), _)) => found.push(Part::Reference(reference.clone())),
                Some((Value::Text(text), p)) => found.extend(parts(text, &earlier[..p])),
                None => found.push(Part::Text(format!("$({name})"))),
            }
            rest = tail;
        } else {
            found.push(Part::Text("$".to_owned()));
            rest = after;
        }
    }
    found.push(Part::Text(rest.to_owned()));
    found
}

/// What a workload declares, with what its image needs if a volume is where it keeps its data.
fn declared(spec: &WorkloadSpec) -> Vec<Declared> {
    let own = spec.env.iter();
    let mut all: Vec<Declared> = own
        .map(|v| Declared::new(v.name.clone(), claims::variable(&v.value.value), v.value.origin))
        .collect();
    if let ImageRef::Published(base) = &spec.image.value
        && let Some(data) = &base.data
        && !spec.env.iter().any(|v| v.name == data.variable)
    {
        let volumes = spec.volumes.iter().map(|v| &v.mount);
        let mut mounts = spec.storage.iter().map(|s| &s.mount).chain(volumes);
        if let Some(mount) = mounts.find(|m| m.value == data.path) {
            let below = format!("{}/{}", data.path, data.variable.to_lowercase());
            all.push(Declared::new(data.variable.clone(), claims::quoted(&below), mount.origin));
        }
    }
    all
}

/// The secrets inside of texts.
fn secrets(spec: &WorkloadSpec) -> Vec<String> {
    let texts = spec.env.iter().filter_map(|v| match &v.value.value {
        EnvValue::Composed(text) => Some(&text.parts),
        _ => None,
    });
    let parts = texts.flatten().filter_map(|part| match part {
        TextPart::Credential { credentials, key } => Some(claims::secret(credentials, key)),
        TextPart::Text(_) => None,
    });
    parts.collect()
}

/// Every entry that is referred to exists: in a ConfigMap of the folder, or among the declared credentials.
fn references(controller: &Controller<'_, '_>, env: Option<&Node>, ledger: &mut Ledger) {
    let folder = controller.folder;
    for variable in env.map_or(&[][..], Node::items) {
        for (kind, what) in [("configMapKeyRef", "entry behind"), ("secretKeyRef", "secret behind")] {
            let Some(from) = variable.at(&["valueFrom", kind]) else { continue };
            let (name, key) = (from.text_of("name"), from.text_of("key"));
            let line = from.get("key").map_or(from.line, |k| k.line);
            let text = if kind == "configMapKeyRef" {
                claims::setting(name, key)
            } else {
                claims::secret(name, key)
            };
            let exists = if kind == "configMapKeyRef" {
                let map = folder.objects.iter().find(|o| o.kind == "ConfigMap" && o.name == name);
                map.is_some_and(|m| m.node.get("data").is_some_and(|d| d.get(key).is_some()))
            } else {
                let declared = folder.project.credentials.iter().find(|c| c.name == name);
                declared.is_some_and(|c| c.keys.iter().any(|k| k.value == key))
            };
            let origin: Origin = controller.workload.origin;
            let scope = controller.scope(&controller.platforms, line);
            let declared = exists.then(|| (text.clone(), origin));
            let what = format!("{what} `{}`", variable.text_of("name"));
            ledger.compare_one(FactKind::Variable, &scope, &what, Some((text, line)), declared);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_put_in_as_the_kubelet_does() {
        let secret = Variable { name: "P".into(), value: Value::Reference("S".into()), line: 1 };
        let text = Variable { name: "T".into(), value: Value::Text("x$(P)".into()), line: 2 };
        let of = |text: &str| composed(parts(text, &[]));
        assert_eq!(of("$$(P) $x $"), "\"$(P) $x $\"");
        assert_eq!(of("$(NO)"), "\"$(NO)\"");
        let earlier = [secret, text];
        assert_eq!(composed(parts("a:$(P)@$(T)", &earlier)), "\"a:\" + S + \"@x\" + S");
        assert_eq!(composed(parts("$(P)", &earlier)), "S");
    }
}
