//! Diagnostics for programs: one line each, or one JSON object each.

use crate::files::Files;
use plat_base::{Diagnostic, Span};
use plat_driver::CheckEntry;
use plat_verify::{Certificate, FactKind};
use serde::Serialize;

/// `file:line:column: severity[code]: message`.
pub(crate) fn short(diagnostic: &Diagnostic, files: &Files<'_>) -> String {
    let place = match diagnostic.span() {
        Some(span) => {
            let place = files.place(span);
            format!("{}:{}:{}: ", place.file, place.start.line, place.start.column)
        }
        None => String::new(),
    };
    let severity = diagnostic.severity.as_str();
    let message = told(diagnostic).replace('\n', " ");
    format!("{place}{severity}[{}]: {message}\n", diagnostic.code)
}

/// The message with the contexts that it holds for.
pub(crate) fn told(diagnostic: &Diagnostic) -> String {
    match diagnostic.contexts.as_slice() {
        [] => diagnostic.message.clone(),
        contexts => format!("{} ({})", diagnostic.message, listed(contexts)),
    }
}

/// Contexts in one phrase: `on arm64, armv7`, `in prod`, `on arm64 in prod, on amd64 in staging`.
pub(crate) fn listed(contexts: &[String]) -> String {
    for axis in ["on ", "in "] {
        let names: Option<Vec<&str>> = contexts.iter().map(|c| c.strip_prefix(axis)).collect();
        if let Some(names) = names.filter(|names| names.iter().all(|n| !n.contains(' '))) {
            return format!("{axis}{}", names.join(", "));
        }
    }
    contexts.join(", ")
}

/// The version of the JSON form. It grows when a field goes or changes its meaning, not when one is added.
const JSON_VERSION: u32 = 1;

#[derive(Serialize)]
struct Json<'a> {
    version: u32,
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    #[serde(flatten)]
    place: JsonPlace<'a>,
    labels: Vec<JsonText<'a>>,
    help: Option<&'a str>,
    fixes: Vec<JsonFix<'a>>,
    contexts: &'a [String],
}

#[derive(Serialize, Default)]
struct JsonPlace<'a> {
    file: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
}

#[derive(Serialize)]
struct JsonText<'a> {
    #[serde(flatten)]
    place: JsonPlace<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    title: &'a str,
    certain: bool,
    edits: Vec<JsonText<'a>>,
}

fn json_place<'a>(span: Span, files: &'a Files<'_>) -> JsonPlace<'a> {
    let place = files.place(span);
    JsonPlace {
        file: Some(place.file),
        line: Some(place.start.line),
        column: Some(place.start.column),
        end_line: Some(place.end.line),
        end_column: Some(place.end.column),
    }
}

/// One object on one line: `version`, `code`, `severity`, `message`, the primary place (`file`, `line`, `column`, `end_line`,
/// `end_column`, all from 1; null where there is none), `labels` (the first is the primary one), `help`, `fixes`
/// (with the `edits` that each makes) and `contexts`.
pub(crate) fn json(diagnostic: &Diagnostic, files: &Files<'_>) -> String {
    let fixes = diagnostic.fixes.iter().map(|fix| JsonFix {
        title: &fix.title,
        certain: fix.certain,
        edits: fix.edits.iter().map(|e| json_text(e.span, &e.text, files)).collect(),
    });
    line(&Json {
        version: JSON_VERSION,
        code: &diagnostic.code,
        severity: diagnostic.severity.as_str(),
        message: &diagnostic.message,
        place: diagnostic.span().map(|s| json_place(s, files)).unwrap_or_default(),
        labels: diagnostic.labels.iter().map(|l| json_text(l.span, &l.text, files)).collect(),
        help: diagnostic.help.as_deref(),
        fixes: fixes.collect(),
        contexts: &diagnostic.contexts,
    })
}

fn json_text<'a>(span: Span, text: &'a str, files: &'a Files<'_>) -> JsonText<'a> {
    JsonText { place: json_place(span, files), text }
}

/// A failure as an object of the same form, without a place.
pub(crate) fn json_failure(code: &str, message: &str, help: Option<&str>) -> String {
    let place = JsonPlace::default();
    line(&Json {
        version: JSON_VERSION,
        code,
        severity: "error",
        message,
        place,
        labels: vec![],
        help,
        fixes: vec![],
        contexts: &[],
    })
}

/// An object on a line of its own.
pub(crate) fn line(object: &impl Serialize) -> String {
    // Strings and numbers always have a JSON form.
    let mut text = serde_json::to_string(object).unwrap_or_default();
    text.push('\n');
    text
}

/// The version of the form of a check. It rises when a field changes its meaning or goes away.
const CHECK: u32 = 1;

#[derive(Serialize)]
struct JsonCheck<'a> {
    check: u32,
    code: &'a str,
    severity: &'a str,
    declared: &'a str,
    allowed: Option<&'a str>,
    subject: &'a str,
    group: Option<&'a str>,
    summary: String,
    #[serde(flatten)]
    place: JsonPlace<'a>,
}

/// A check as one object on one line.
pub(crate) fn check(check: &CheckEntry, files: &Files<'_>) -> String {
    line(&JsonCheck {
        check: CHECK,
        code: &check.name,
        severity: check.severity.as_str(),
        declared: check.declared.as_str(),
        allowed: check.allowed.as_deref(),
        subject: &check.subject,
        group: check.group.as_deref(),
        summary: check.summary(),
        place: json_place(check.span, files),
    })
}

/// The version of the form of a certificate. It rises when a field changes its meaning or goes away.
const CERTIFICATE: u32 = 1;

#[derive(Serialize)]
struct JsonCertificate<'a> {
    certificate: u32,
    agrees: bool,
    artefacts: Vec<String>,
    unread: Vec<String>,
    unreadable: Vec<String>,
    changed: Vec<String>,
    counts: serde_json::Map<String, serde_json::Value>,
    facts: Vec<JsonFact<'a>>,
}

#[derive(Serialize)]
struct JsonFact<'a> {
    kind: &'a str,
    subject: &'a str,
    what: &'a str,
    artefact: String,
    artefact_line: u32,
    found: Option<&'a str>,
    declared: Option<&'a str>,
    agrees: bool,
    #[serde(flatten)]
    place: JsonPlace<'a>,
}

/// A certificate as one object on one line: `certificate` (the version of this form), `agrees`, `artefacts` (that were
/// read), `unread` (in which there is nothing to judge), `unreadable`, `changed` (that differ only in what is not judged), `counts` (facts by kind) and `facts`, each with
/// `kind`, `subject`, `what`, its place in the `artefact` (`artefact_line` 0 means the file), the value `found` and the
/// value `declared` (null: it says nothing), whether it `agrees`, and the place in the source as diagnostics have it.
pub(crate) fn certificate(certificate: &Certificate, folder: &str, files: &Files<'_>) -> String {
    let named = |paths: &[String]| paths.iter().map(|p| format!("{folder}{p}")).collect();
    let counts = FactKind::ALL.iter().map(|k| (k.as_str().to_owned(), certificate.count(*k).into()));
    let facts = certificate.facts.iter().map(|fact| JsonFact {
        kind: fact.kind.as_str(),
        subject: &fact.subject,
        what: &fact.what,
        artefact: format!("{folder}{}", fact.file),
        artefact_line: fact.line,
        found: fact.found.as_deref(),
        declared: fact.declared.as_deref(),
        agrees: fact.agrees,
        place: fact.origin.map(|s| json_place(s, files)).unwrap_or_default(),
    });
    line(&JsonCertificate {
        certificate: CERTIFICATE,
        agrees: certificate.agrees(),
        artefacts: named(&certificate.artefacts),
        unread: named(&certificate.unread),
        unreadable: certificate.unreadable.iter().map(|u| format!("{folder}{}", u.file)).collect(),
        changed: certificate.changed.iter().map(|c| format!("{folder}{}", c.file)).collect(),
        counts: counts.collect(),
        facts: facts.collect(),
    })
}
