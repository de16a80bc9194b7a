//! JSON, indented by two spaces.

use super::data::Data;
use super::float;
use plat_base::Span;
use plat_targets::{Artifact, LineWriter};

/// Prints data as a JSON file.
pub(super) fn print(data: &Data, path: &str, origin: Option<Span>) -> Artifact {
    let mut writer = LineWriter::new();
    value(&mut writer, data, 0, origin);
    writer.end_line(origin);
    writer.finish(path)
}

/// Writes a value; the last line is left open.
fn value(w: &mut LineWriter, data: &Data, indent: usize, origin: Option<Span>) {
    match data {
        Data::Null => w.buffer().push_str("null"),
        Data::Bool(b) => w.buffer().push_str(if *b { "true" } else { "false" }),
        Data::Int(n) => w.buffer().push_str(&n.to_string()),
        Data::Float(f) => w.buffer().push_str(&float(*f)),
        Data::Text(text) => w.buffer().push_str(&quoted(text)),
        Data::List(items) if items.is_empty() => w.buffer().push_str("[]"),
        Data::Map(entries) if entries.is_empty() => w.buffer().push_str("{}"),
        Data::List(items) => {
            w.buffer().push('[');
            for (at, item) in items.iter().enumerate() {
                w.buffer().push_str(if at == 0 { "" } else { "," });
                open_line(w, indent + 1, origin);
                value(w, item, indent + 1, origin);
            }
            open_line(w, indent, origin);
            w.buffer().push(']');
        }
        Data::Map(entries) => {
            w.buffer().push('{');
            let mut last = origin;
            for (at, entry) in entries.iter().enumerate() {
                w.buffer().push_str(if at == 0 { "" } else { "," });
                open_line(w, indent + 1, last);
                w.buffer().push_str(&quoted(&entry.key));
                w.buffer().push_str(": ");
                last = entry.origin.or(origin);
                value(w, &entry.value, indent + 1, last);
            }
            open_line(w, indent, last);
            w.buffer().push('}');
        }
    }
}

/// Ends the line, which is caused by `origin`, and begins the next.
fn open_line(w: &mut LineWriter, indent: usize, origin: Option<Span>) {
    w.end_line(origin);
    let out = w.buffer();
    out.extend(std::iter::repeat_n("  ", indent));
}

/// A string with JSON's own escapes.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
