//! YAML, by the writer that all targets share.

use super::data::{Data, Entry};
use super::{float, json};
use plat_base::Span;
use plat_targets::Artifact;
use plat_targets::yaml::{Key, YamlWriter};

/// Prints data as a YAML file of one document.
pub(super) fn print(data: &Data, path: &str, origin: Option<Span>) -> Artifact {
    let mut writer = YamlWriter::new();
    writer.from(origin, |w| match data {
        Data::Map(entries) if !entries.is_empty() => {
            w.document();
            entries.iter().for_each(|e| entry(w, e));
        }
        Data::List(items) if !items.is_empty() => {
            w.document();
            items.iter().for_each(|i| item(w, i));
        }
        _ => {}
    });
    let mut artifact = writer.finish(path);
    if artifact.text.is_empty() {
        // What is only one scalar, or empty, is the same in JSON.
        let mut lines = json::print(data, path, origin);
        lines.text.insert_str(0, "---\n");
        lines.origins.insert(0, origin);
        artifact = lines;
    }
    artifact
}

fn entry(w: &mut YamlWriter, entry: &Entry) {
    let key = Key::Text(&entry.key);
    w.from(entry.origin, |w| match &entry.value {
        Data::Null => w.word(key, "null"),
        Data::Bool(b) => w.bool(key, *b),
        Data::Int(n) => w.int(key, *n),
        Data::Float(f) => w.number(key, &float(*f)),
        Data::Text(text) => w.text(key, text),
        Data::List(items) => w.list(key, |w| items.iter().for_each(|i| item(w, i))),
        Data::Map(entries) => w.map(key, |w| entries.iter().for_each(|e| self::entry(w, e))),
    });
}

fn item(w: &mut YamlWriter, data: &Data) {
    match data {
        Data::Null => w.item_number("null"),
        Data::Bool(b) => w.item_number(if *b { "true" } else { "false" }),
        Data::Int(n) => w.item_int(*n),
        Data::Float(f) => w.item_number(&float(*f)),
        Data::Text(text) => w.item_text(text),
        Data::List(items) => w.item_list(|w| items.iter().for_each(|i| item(w, i))),
        Data::Map(entries) => w.item(|w| entries.iter().for_each(|e| entry(w, e))),
    }
}
