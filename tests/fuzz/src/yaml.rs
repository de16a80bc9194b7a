//! The promise of the YAML writer: every text is read back as it was.

use plat_targets::yaml::{Key, YamlWriter};
use serde_yaml::Value;

/// Writes the lines of a text as a key, a value, an item and a comment, and reads them back.
pub fn check(text: &str) {
    let (key, value) = text.split_once('\u{0}').unwrap_or(("key", text));
    let mut writer = YamlWriter::new();
    writer.document();
    writer.comment(value);
    writer.map("outer", |w| {
        w.text(Key::Text(key), value);
        w.list("items", |w| {
            w.item_text(value);
            w.item(|w| w.text("name", value));
        });
    });
    writer.text("last", "end");
    let artifact = writer.finish("a.yaml");
    assert_eq!(artifact.text.lines().count(), artifact.origins.len(), "an origin per line");
    let read: Value = match serde_yaml::from_str(&artifact.text) {
        Ok(read) => read,
        Err(error) => panic!("{error}:\n{}", artifact.text),
    };
    if key == "items" {
        return;
    }
    let outer = &read["outer"];
    assert_eq!(outer.get(key), Some(&Value::from(value)), "{}", artifact.text);
    assert_eq!(outer["items"][0], Value::from(value), "{}", artifact.text);
    assert_eq!(outer["items"][1]["name"], Value::from(value), "{}", artifact.text);
    assert_eq!(read["last"], Value::from("end"), "{}", artifact.text);
}
