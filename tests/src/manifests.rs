//! Kubernetes manifests as values, read by PyYAML: a reader that is not the compiler's own.

use std::path::PathBuf;

use serde_json::Value;

use crate::oracle;
use crate::scratch::Scratch;

/// All objects of these files, in order.
pub fn read(files: &[PathBuf]) -> Vec<Value> {
    if files.is_empty() {
        return Vec::new();
    }
    let script = crate::root().join("tests/oracles/yaml_to_json.py");
    let arguments: Vec<String> = files.iter().map(|f| f.to_string_lossy().into_owned()).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = oracle::python(&script, &arguments).expect(0);
    let all: Vec<Value> = serde_json::from_str(&ran.stdout).expect("the script prints JSON");
    all
}

/// All objects of a YAML stream.
pub fn parse(stream: &str) -> Vec<Value> {
    let scratch = Scratch::new("stream");
    read(&[scratch.write("stream.yaml", stream)])
}

/// Kind, namespace and name of each object, sorted.
pub fn identities(objects: &[Value]) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut identities: Vec<_> = objects
        .iter()
        .map(|o| {
            let metadata = &o["metadata"];
            (text(&o["kind"]), text(&metadata["namespace"]), text(&metadata["name"]))
        })
        .collect();
    identities.sort();
    identities
}
