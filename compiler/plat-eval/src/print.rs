//! Values as text: interpolation, messages, and the `json` and `yaml` of the prelude.

use crate::evaluator::Evaluator;
use crate::value::{SecretPart, Value};
use plat_base::Name;

/// How many levels and elements a message shows.
const SHOWN_DEPTH: usize = 3;
const SHOWN_ITEMS: usize = 8;
/// How much of a string a message shows.
const SHOWN_CHARACTERS: usize = 200;

impl<'p> Evaluator<'p> {
    /// A value as a program or a message would write it: strings in quotes, instances by name.
    pub(crate) fn show(&mut self, value: &Value) -> String {
        let mut out = String::new();
        match value {
            Value::Str(text) => match text.text.char_indices().nth(SHOWN_CHARACTERS) {
                Some((end, _)) => out.push_str(&quoted(&format!("{}…", &text.text[..end]))),
                None => out.push_str(&quoted(&text.text)),
            },
            other => self.write_shown(&mut out, other, 0),
        }
        out
    }

    /// A value as interpolation prints it.
    pub(crate) fn write(&mut self, out: &mut String, value: &Value) {
        match value {
            Value::Str(text) => out.push_str(&text.text),
            other => self.write_shown(out, other, 0),
        }
    }

    fn write_shown(&mut self, out: &mut String, value: &Value, depth: usize) {
        use std::fmt::Write;
        // Writing to a string cannot fail.
        let _ = match value {
            Value::Poison => write!(out, "_"),
            Value::Absent => write!(out, "unset"),
            Value::Null => write!(out, "null"),
            Value::Bool(b) => write!(out, "{b}"),
            Value::Int(n) => write!(out, "{n}"),
            Value::Float(f) => write!(out, "{f}"),
            Value::Str(text) => write!(out, "{}", quoted(&text.text)),
            Value::Quantity(q) => write!(out, "{q}"),
            Value::Variant(id, at) => {
                let variant = self.program[*id].variants.get(*at as usize);
                write!(out, "{}", variant.map_or("_", |v| v.name.as_str()))
            }
            Value::Secret(secret) => {
                for part in &secret.parts {
                    let _ = match part {
                        SecretPart::Text(text) => write!(out, "{text}"),
                        SecretPart::Entry(entry) => write!(out, "<secret {}.{}>", entry.instance, entry.key),
                        SecretPart::Source => write!(out, "<secret>"),
                    };
                }
                Ok(())
            }
            Value::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at == SHOWN_ITEMS || depth == SHOWN_DEPTH {
                        out.push('…');
                        break;
                    }
                    if at > 0 {
                        out.push_str(", ");
                    }
                    self.write_shown(out, item, depth + 1);
                    if at + 1 < items.len() && at + 1 == SHOWN_ITEMS {
                        out.push_str(", ");
                    }
                }
                out.push(']');
                Ok(())
            }
            Value::Object(object) => {
                let data = self.data(object.id);
                match (object.kind, data.name) {
                    (Some(_), Some(name)) if object.instance.is_some() => write!(out, "{name}"),
                    // The implicit platform has a name and no declaration.
                    (kind, Some(name)) if kind.is_some() && self.is_axis(object) => write!(out, "{name}"),
                    _ => {
                        self.write_fields(out, *object, depth);
                        Ok(())
                    }
                }
            }
        };
    }

    pub(crate) fn is_axis(&self, object: &crate::value::Object) -> bool {
        self.axes.iter().flatten().any(|axis| axis.iter().any(|o| o.id == object.id))
    }

    fn write_fields(&mut self, out: &mut String, object: crate::value::Object, depth: usize) {
        if let Some(kind) = object.kind {
            out.push_str(self.program[kind].name.as_str());
            out.push(' ');
        }
        if depth == SHOWN_DEPTH {
            out.push_str("{ … }");
            return;
        }
        out.push('{');
        let keys = self.present_keys(object.id);
        for (at, key) in keys.iter().enumerate() {
            out.push_str(if at == 0 { " " } else { ", " });
            if at == SHOWN_ITEMS {
                out.push('…');
                break;
            }
            let value = self.read(object.id, *key);
            out.push_str(&word_or_string(*key));
            out.push_str(" = ");
            self.write_shown(out, &value, depth + 1);
        }
        out.push_str(if keys.is_empty() { "}" } else { " }" });
    }

    /// A value as compact JSON; `None` if a part of it is poisoned, secret or too deep.
    pub(crate) fn json(&mut self, out: &mut String, value: &Value, depth: usize) -> Option<()> {
        if depth > self.limits.layers || out.len() > self.limits.text {
            return None;
        }
        match value {
            Value::Poison | Value::Secret(_) => return None,
            Value::Absent | Value::Null => out.push_str("null"),
            Value::Bool(_) | Value::Int(_) | Value::Float(_) => self.write_shown(out, value, 0),
            Value::Str(text) => json_string(out, &text.text),
            Value::Quantity(_) | Value::Variant(..) => {
                let mut text = String::new();
                self.write_shown(&mut text, value, 0);
                json_string(out, &text);
            }
            Value::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    self.json(out, item, depth + 1)?;
                }
                out.push(']');
            }
            Value::Object(object) => {
                out.push('{');
                for (at, key) in self.present_keys(object.id).into_iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    json_string(out, key.as_str());
                    out.push(':');
                    let value = self.read(object.id, key);
                    self.json(out, &value, depth + 1)?;
                }
                out.push('}');
            }
        }
        Some(())
    }

    /// A value as block YAML without a final newline; scalars that could be misread are quoted.
    pub(crate) fn yaml(&mut self, out: &mut String, value: &Value, indent: usize) -> Option<()> {
        if indent > 2 * self.limits.layers || out.len() > self.limits.text {
            return None;
        }
        match value {
            Value::List(items) if !items.is_empty() => {
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        new_line(out, indent);
                    }
                    out.push_str("- ");
                    self.yaml(out, item, indent + 2)?;
                }
            }
            Value::Object(object) => {
                let keys = self.present_keys(object.id);
                if keys.is_empty() {
                    out.push_str("{}");
                }
                for (at, key) in keys.into_iter().enumerate() {
                    if at > 0 {
                        new_line(out, indent);
                    }
                    yaml_string(out, key.as_str());
                    out.push(':');
                    let value = self.read(object.id, key);
                    self.yaml_field(out, &value, indent)?;
                }
            }
            Value::Str(text) => yaml_string(out, &text.text),
            Value::Quantity(_) | Value::Variant(..) => {
                let mut text = String::new();
                self.write_shown(&mut text, value, 0);
                yaml_string(out, &text);
            }
            other => self.json(out, other, 0)?,
        }
        Some(())
    }

    fn yaml_field(&mut self, out: &mut String, value: &Value, indent: usize) -> Option<()> {
        match value {
            Value::List(items) if !items.is_empty() => {
                new_line(out, indent);
                self.yaml(out, value, indent)
            }
            Value::Object(object) if !self.present_keys(object.id).is_empty() => {
                new_line(out, indent + 2);
                self.yaml(out, value, indent + 2)
            }
            _ => {
                out.push(' ');
                self.yaml(out, value, indent)
            }
        }
    }
}

fn new_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

/// A string as the language writes it.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn word_or_string(key: Name) -> String {
    let text = key.as_str();
    let word = text.split('-').enumerate().all(|(at, part)| {
        let mut chars = part.chars();
        let head = chars.next().is_some_and(|c| {
            c == '_' || if at == 0 { c.is_ascii_alphabetic() } else { c.is_ascii_alphanumeric() }
        });
        head && chars.all(|c| c == '_' || c.is_ascii_alphanumeric())
    });
    if word { text.to_owned() } else { quoted(text) }
}

fn json_string(out: &mut String, text: &str) {
    use std::fmt::Write;
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if (c as u32) < 0x20 || c == '\u{7f}' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A string as a YAML scalar: plain where every YAML reader takes it for the same string, else in double quotes.
fn yaml_string(out: &mut String, text: &str) {
    let head = text.chars().next();
    let safe_head = head.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '_'));
    let safe =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '.' | '+' | '(' | ')' | ' ');
    let lower = text.to_ascii_lowercase();
    let word = matches!(lower.as_str(), "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n");
    if safe_head && text.chars().all(safe) && !word && !text.ends_with(' ') {
        out.push_str(text);
    } else {
        json_string(out, text);
    }
}
