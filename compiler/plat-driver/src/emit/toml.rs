//! TOML 1.0: plain keys first, then tables, as the format wants it.

use super::data::{Data, Entry};
use super::{float, json};
use plat_base::Span;
use plat_targets::{Artifact, LineWriter};

/// Prints data as a TOML file, or says why it cannot be one.
pub(super) fn print(data: &Data, path: &str, origin: Option<Span>) -> Result<Artifact, String> {
    let Data::Map(entries) = data else {
        return Err("a TOML file is a table, and this is none".to_owned());
    };
    let mut writer = LineWriter::new();
    table(&mut writer, entries, &mut Vec::new(), origin)?;
    Ok(writer.finish(path))
}

fn table(
    w: &mut LineWriter,
    entries: &[Entry],
    at: &mut Vec<String>,
    origin: Option<Span>,
) -> Result<(), String> {
    for entry in entries.iter().filter(|e| !is_table(&e.value) && !is_tables(&e.value)) {
        let line = format!("{} = {}", key(&entry.key), inline(&entry.value)?);
        w.line(&line, entry.origin.or(origin));
    }
    for entry in entries {
        let origin = entry.origin.or(origin);
        at.push(key(&entry.key));
        match &entry.value {
            Data::Map(entries) => header(w, &format!("[{}]", at.join(".")), entries, at, origin)?,
            Data::List(items) if is_tables(&entry.value) => {
                for item in items {
                    if let Data::Map(entries) = item {
                        header(w, &format!("[[{}]]", at.join(".")), entries, at, origin)?;
                    }
                }
            }
            _ => {}
        }
        at.pop();
    }
    Ok(())
}

fn header(
    w: &mut LineWriter,
    line: &str,
    entries: &[Entry],
    at: &mut Vec<String>,
    origin: Option<Span>,
) -> Result<(), String> {
    if !w.buffer().is_empty() {
        w.blank();
    }
    w.line(line, origin);
    table(w, entries, at, origin)
}

fn is_table(data: &Data) -> bool {
    matches!(data, Data::Map(_))
}

fn is_tables(data: &Data) -> bool {
    matches!(data, Data::List(items) if !items.is_empty() && items.iter().all(is_table))
}

fn inline(data: &Data) -> Result<String, String> {
    Ok(match data {
        Data::Null => return Err("TOML has no null".to_owned()),
        Data::Bool(b) => b.to_string(),
        Data::Int(n) => n.to_string(),
        Data::Float(f) if f.fract() == 0.0 => format!("{}.0", float(*f)),
        Data::Float(f) => float(*f),
        Data::Text(text) => quoted(text),
        Data::List(items) => {
            let items: Vec<String> = items.iter().map(inline).collect::<Result<_, _>>()?;
            format!("[{}]", items.join(", "))
        }
        Data::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Data::Map(entries) => {
            let pair = |e: &Entry| Ok::<_, String>(format!("{} = {}", key(&e.key), inline(&e.value)?));
            let pairs: Vec<String> = entries.iter().map(pair).collect::<Result<_, _>>()?;
            format!("{{ {} }}", pairs.join(", "))
        }
    })
}

fn key(name: &str) -> String {
    let bare =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if bare { name.to_owned() } else { quoted(name) }
}

/// A basic string: JSON's escapes are TOML's, but DEL must be escaped as well.
fn quoted(text: &str) -> String {
    json::quoted(text).replace('\u{7f}', "\\u007F")
}
