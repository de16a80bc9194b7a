//! YAML by saphyr's parser, whose events have places. Plain words mean what the API server's own reader takes them for,
//! which still knows `yes`, `on` and numbers with a leading zero.

use super::node::{Data, Key, Node};
use super::{MAX_DEPTH, MAX_NODES, Refusal};
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::BTreeMap;

/// The documents of a text.
pub(crate) fn read(text: &str) -> Result<Vec<Node>, Refusal> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|e| (e.marker().line() as u32, e.info().to_owned()))?;
        builder.take(event, span.start.line() as u32)?;
    }
    Ok(builder.documents)
}

/// A collection that is not complete yet.
struct Open {
    line: u32,
    anchor: usize,
    is_map: bool,
    items: Vec<Node>,
    keys: Vec<Key>,
}

#[derive(Default)]
struct Builder {
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    nodes: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, line: u32) -> Result<(), Refusal> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_text = tag.is_some_and(|t| t.suffix == "str") || style != ScalarStyle::Plain;
                let data = if is_text { Data::Text(text.into_owned()) } else { plain(&text) };
                self.put(Node::new(line, data), anchor)
            }
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                let mut node = node.ok_or((line, "an alias of nothing".to_owned()))?;
                node.line = line;
                self.nodes += size(&node);
                self.put(node, 0)
            }
            Event::SequenceStart(anchor, _) => self.begin(line, anchor, false),
            Event::MappingStart(anchor, _) => self.begin(line, anchor, true),
            Event::SequenceEnd | Event::MappingEnd => self.end(line),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, line: u32, anchor: usize, is_map: bool) -> Result<(), Refusal> {
        if self.open.len() >= MAX_DEPTH {
            return Err((line, "it is nested too deep".to_owned()));
        }
        self.open.push(Open { line, anchor, is_map, items: Vec::new(), keys: Vec::new() });
        Ok(())
    }

    fn end(&mut self, line: u32) -> Result<(), Refusal> {
        let open = self.open.pop().ok_or((line, "an end of nothing".to_owned()))?;
        let data = if open.is_map {
            Data::Map(open.keys.into_iter().zip(open.items).collect())
        } else {
            Data::List(open.items)
        };
        self.put(Node::new(open.line, data), open.anchor)
    }

    fn put(&mut self, node: Node, anchor: usize) -> Result<(), Refusal> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err((node.line, "it has too many values".to_owned()));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            None => self.documents.push(node),
            Some(open) if open.is_map && open.keys.len() == open.items.len() => {
                let key = Key { text: node.bare(), line: node.line };
                if open.keys.iter().any(|k| k.text == key.text) {
                    return Err((key.line, format!("the key `{}` stands there twice", key.text)));
                }
                open.keys.push(key);
            }
            Some(open) => open.items.push(node),
        }
        Ok(())
    }
}

fn size(node: &Node) -> usize {
    match &node.data {
        Data::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Data::Map(entries) => 1 + entries.iter().map(|(_, v)| size(v)).sum::<usize>(),
        _ => 1,
    }
}

/// What a plain word means.
fn plain(text: &str) -> Data {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Data::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => {
            return Data::Bool(true);
        }
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" => {
            return Data::Bool(false);
        }
        _ => {}
    }
    match integer(text) {
        Some(number) => Data::Int(number),
        None if is_float(text) => Data::Float(text.to_owned()),
        None => Data::Text(text.to_owned()),
    }
}

fn integer(text: &str) -> Option<i128> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let digits = digits.replace('_', "");
    let radix = |prefix: &str, radix: u32| {
        let rest = digits.strip_prefix(prefix)?;
        i128::from_str_radix(rest, radix).ok()
    };
    let number = radix("0x", 16).or_else(|| radix("0o", 8)).or_else(|| radix("0b", 2));
    let octal = || (digits.len() > 1).then(|| radix("0", 8)).flatten();
    let number = number.or_else(octal).or_else(|| digits.parse().ok())?;
    Some(sign * number)
}

fn is_float(text: &str) -> bool {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(body, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let begins = body.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let digits = body.bytes().any(|b| b.is_ascii_digit());
    begins && digits && body.replace('_', "").parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_mean_what_the_api_server_takes_them_for() {
        assert_eq!(plain("no"), Data::Bool(false));
        assert_eq!(plain("0755"), Data::Int(493));
        assert_eq!(plain("1_000"), Data::Int(1000));
        assert_eq!(plain("1e3"), Data::Float("1e3".into()));
        assert_eq!(plain("1.2.3"), Data::Text("1.2.3".into()));
        assert_eq!(plain("0o17"), Data::Int(15));
        assert_eq!(plain("-3"), Data::Int(-3));
        assert_eq!(plain("08"), Data::Int(8));
        assert_eq!(plain("2Gi"), Data::Text("2Gi".into()));
    }

    #[test]
    fn values_know_their_lines() {
        let docs = read("a: 1\nb:\n  - x\n  - \"no\"\n---\n&c d: *c\n").unwrap();
        assert_eq!(docs.len(), 2);
        assert_eq!(docs[0].list(&["b"])[1], Node::new(4, Data::Text("no".into())));
        assert_eq!(docs[1].get("d").map(|n| n.line), Some(6));
        assert!(read("a: 1\na: 2\n").is_err());
        assert!(read(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn it_reads_what_another_reader_reads() {
        let text =
            "a: >-\n  folded\n  text\nb: |\n  literal\nc: ['x', \"y\\n\", 3, true, null]\nd: {e: 1.5}\n";
        let other: serde_yaml::Value = serde_yaml::from_str(text).unwrap();
        assert_eq!(as_json(&read(text).unwrap()[0]), serde_json::to_value(other).unwrap());
    }

    fn as_json(node: &Node) -> serde_json::Value {
        match &node.data {
            Data::Int(n) => serde_json::Value::from(*n as i64),
            Data::Float(text) => serde_json::Value::from(text.parse::<f64>().unwrap()),
            Data::Bool(b) => serde_json::Value::from(*b),
            Data::Null => serde_json::Value::Null,
            Data::List(items) => items.iter().map(as_json).collect(),
            Data::Map(entries) => {
                serde_json::Value::Object(entries.iter().map(|(k, v)| (k.text.clone(), as_json(v))).collect())
            }
            _ => serde_json::Value::from(node.bare()),
        }
    }
}
