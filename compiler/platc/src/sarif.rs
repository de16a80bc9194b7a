//! Diagnostics as one SARIF 2.1.0 document, the form that code scanning and editors read. Paths are relative to the
//! folder that platc runs in, so that the same sources give the same document on every machine.

use crate::files::Files;
use crate::machine::told;
use plat_base::{Diagnostic, Fix, Severity, Span};
use plat_driver::codes;
use serde_json::{Value, json};

/// The folder that platc runs in.
const HERE: &str = "SRCROOT";
/// The standard library, which lies in the binary.
const STDLIB: &str = "STDLIB";

/// What a run has told so far.
#[derive(Default)]
pub(crate) struct Log {
    rules: Vec<String>,
    results: Vec<Value>,
    failures: Vec<Value>,
}

impl Log {
    /// Adds a diagnostic.
    pub(crate) fn add(&mut self, diagnostic: &Diagnostic, files: &Files<'_>) {
        let rule = self.rule(&diagnostic.code);
        let text = match &diagnostic.help {
            Some(help) => format!("{}\nhelp: {help}", told(diagnostic)),
            None => told(diagnostic),
        };
        let mut result = json!({
            "ruleId": diagnostic.code,
            "ruleIndex": rule,
            "level": level(diagnostic.severity),
            "message": { "text": text },
        });
        let mut locations = diagnostic.labels.iter().enumerate().map(|(id, label)| {
            let mut location = json!({ "physicalLocation": physical(label.span, files) });
            if id > 0 {
                location["id"] = json!(id);
            }
            if !label.text.is_empty() {
                location["message"] = json!({ "text": label.text });
            }
            location
        });
        if let Some(primary) = locations.next() {
            result["locations"] = json!([primary]);
        }
        let related: Vec<Value> = locations.collect();
        if !related.is_empty() {
            result["relatedLocations"] = related.into();
        }
        let fixes: Vec<Value> =
            diagnostic.fixes.iter().filter(|f| !f.edits.is_empty()).map(|f| fix(f, files)).collect();
        if !fixes.is_empty() {
            result["fixes"] = fixes.into();
        }
        result["properties"] = json!({ "contexts": diagnostic.contexts });
        self.results.push(result);
    }

    /// Adds a failure of the run itself.
    pub(crate) fn fail(&mut self, code: &str, message: &str, help: Option<&str>) {
        let help = help.map(|h| format!("\nhelp: {h}")).unwrap_or_default();
        self.failures.push(json!({
            "descriptor": { "id": code },
            "level": "error",
            "message": { "text": format!("{message}{help}") },
        }));
    }

    /// The position of a code among the rules.
    fn rule(&mut self, code: &str) -> usize {
        self.rules.iter().position(|known| known == code).unwrap_or_else(|| {
            self.rules.push(code.to_owned());
            self.rules.len() - 1
        })
    }

    /// The document.
    pub(crate) fn document(&self) -> String {
        let rules: Vec<Value> = self.rules.iter().map(|code| rule(code)).collect();
        let mut invocation = json!({ "executionSuccessful": self.failures.is_empty() });
        if !self.failures.is_empty() {
            invocation["toolExecutionNotifications"] = self.failures.clone().into();
        }
        let document = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": { "name": "platc", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
                "invocations": [invocation],
                "originalUriBaseIds": {
                    HERE: { "description": { "text": "The folder that platc ran in." } },
                    STDLIB: { "description": { "text": "The standard library inside of platc." } },
                },
                "columnKind": "unicodeCodePoints",
                "results": self.results,
            }],
        });
        // A tree of strings and numbers always has a JSON form.
        let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// A code with what its page says; of a check of the project's own only the name is known.
fn rule(code: &str) -> Value {
    let mut rule = json!({ "id": code });
    let mut help =
        json!({ "text": format!("`platc explain {code}` tells the cause, an example and the mend.") });
    if let Some(page) = codes::page(code) {
        rule["shortDescription"] = json!({ "text": codes::summary(page) });
        help["markdown"] = json!(page);
    }
    rule["help"] = help;
    rule
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "note",
    }
}

fn fix(fix: &Fix, files: &Files<'_>) -> Value {
    let mut changes: Vec<(plat_base::FileId, Vec<Value>)> = Vec::new();
    for edit in &fix.edits {
        let replacement = json!({
            "deletedRegion": region(edit.span, files),
            "insertedContent": { "text": edit.text },
        });
        match changes.iter_mut().find(|(file, _)| *file == edit.span.file) {
            Some((_, replacements)) => replacements.push(replacement),
            None => changes.push((edit.span.file, vec![replacement])),
        }
    }
    let changes: Vec<Value> = changes
        .into_iter()
        .map(|(file, replacements)| {
            let artifact = artifact(Span { file, start: 0, end: 0 }, files);
            json!({ "artifactLocation": artifact, "replacements": replacements })
        })
        .collect();
    json!({
        "description": { "text": fix.title },
        "artifactChanges": changes,
        "properties": { "certain": fix.certain },
    })
}

fn physical(span: Span, files: &Files<'_>) -> Value {
    json!({ "artifactLocation": artifact(span, files), "region": region(span, files) })
}

fn region(span: Span, files: &Files<'_>) -> Value {
    let place = files.place(span);
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

fn artifact(span: Span, files: &Files<'_>) -> Value {
    let name = files.name(span.file);
    match name.strip_prefix("std/").filter(|_| files.is_std(span.file)) {
        Some(path) => json!({ "uri": uri(path), "uriBaseId": STDLIB }),
        None => json!({ "uri": uri(name), "uriBaseId": HERE }),
    }
}

/// A relative path as a URI: what is no letter, digit or one of `-._~/` is written as its bytes. A first segment
/// with a `:` would be a scheme, and is escaped like the rest.
fn uri(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use plat_base::{FileId, SourceMap};

    #[test]
    fn a_diagnostic_becomes_a_result_with_its_rule_and_its_fix() {
        let mut sources = SourceMap::default();
        sources.add("main.plat", "let 🦀 = 2g\n");
        let files = Files::named(&sources, vec!["a b/main.plat".to_owned()]);
        let span = Span::new(FileId(0), 11, 13);
        let diagnostic = Diagnostic::error("unknown-unit", "no unit `g`", span)
            .primary("here")
            .label(Span::new(FileId(0), 0, 3), "")
            .help("write `2G`")
            .fix("replace it", span, "2G", false);
        let mut log = Log::default();
        log.add(&diagnostic, &files);
        log.add(&diagnostic, &files);
        log.fail("io", "no", None);
        let document: Value = serde_json::from_str(&log.document()).unwrap();
        let run = &document["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(rules.len(), 1);
        assert!(rules[0]["help"]["markdown"].as_str().unwrap().starts_with("# unknown-unit"));
        assert_eq!(run["invocations"][0]["executionSuccessful"], json!(false));
        let result = &run["results"][1];
        assert_eq!(result["message"]["text"], "no unit `g`\nhelp: write `2G`");
        let region = json!({ "startLine": 1, "startColumn": 9, "endLine": 1, "endColumn": 11 });
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["region"], region);
        assert_eq!(place["artifactLocation"]["uri"], "a%20b/main.plat");
        let change = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
        assert_eq!((&change["deletedRegion"], &change["insertedContent"]["text"]), (&region, &json!("2G")));
        assert!(result["relatedLocations"][0].get("message").is_none());
    }

    #[test]
    fn paths_become_relative_references() {
        assert_eq!(uri("../Ä:b/c d.plat"), "../%C3%84%3Ab/c%20d.plat");
    }
}
