//! JSON: read by serde, and placed by the YAML reader, since all JSON is YAML. Both have to read the same.

use super::node::{Data, Node};
use super::{Refusal, yaml};
use serde_json::Value;

/// The value of a text.
pub(crate) fn read(text: &str) -> Result<Node, Refusal> {
    let value: Value = serde_json::from_str(text).map_err(|e| (e.line() as u32, e.to_string()))?;
    let mut documents = yaml::read(text)?;
    match documents.pop().filter(|node| documents.is_empty() && same(node, &value)) {
        Some(node) => Ok(node),
        None => Err((0, "two readers of JSON read it differently".to_owned())),
    }
}

fn same(node: &Node, value: &Value) -> bool {
    match (&node.data, value) {
        (Data::Null, Value::Null) => true,
        (Data::Bool(a), Value::Bool(b)) => a == b,
        (Data::Text(a), Value::String(b)) => a == b,
        (Data::Int(_) | Data::Float(_), Value::Number(b)) => node.bare().parse::<f64>().ok() == b.as_f64(),
        (Data::List(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Data::Map(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(&k.text).is_some_and(|w| same(v, w)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn both_readers_agree() {
        let node = read("{\n  \"a\": [1, \"x\\u00e9\\n\", true]\n}\n").unwrap();
        assert_eq!(node.list(&["a"])[1].text(), Some("xé\n"));
        assert_eq!(node.get("a").map(|n| n.line), Some(2));
        assert!(read("{a: 1}").is_err() && read("{").is_err());
    }
}
