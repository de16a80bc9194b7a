//! Disagreements, told to the person who wrote the program: where the source says one thing, and which line of which
//! artefact says another.

use crate::fact::{Certificate, Changed, Fact, Unreadable};
use plat_base::{Diagnostic, FileId, Severity, Span};

const HELP: &str =
    "write the file anew with `platc compile --force`; if the file is right, change the declaration";

const ANEW: &str = "write the file anew with `platc compile --force`";
const ABSENT: &str = "`platc compile` writes it";
/// Why an artefact without a text could not be read.
pub(crate) const NOT_THERE: &str = "it is not there";

/// A span that is taken out again: some disagreements have no place in the sources.
const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };

impl Certificate {
    /// One error per disagreement, in the order of the artefacts, then one warning per file that differs in what is not
    /// judged. `folder` is what reports call the output folder; it
    /// is empty or ends in a slash.
    pub fn diagnostics(&self, folder: &str) -> Vec<Diagnostic> {
        let unreadable = self.unreadable.iter().map(|u| unreadable(u, folder));
        let facts = self.disagreements().map(|fact| told(fact, folder));
        unreadable.chain(facts).chain(self.changed.iter().map(|c| changed(c, folder))).collect()
    }
}

fn unreadable(unreadable: &Unreadable, folder: &str) -> Diagnostic {
    let place = place(folder, &unreadable.file, unreadable.line);
    let diagnostic = placeless(format!("`{place}` cannot be read back: {}", unreadable.reason));
    diagnostic.help(if unreadable.reason == NOT_THERE { ABSENT } else { ANEW })
}

fn changed(changed: &Changed, folder: &str) -> Diagnostic {
    let place = place(folder, &changed.file, changed.line);
    let mut diagnostic = match changed.line {
        0 => placeless(format!("`{place}` is not there")).help(ABSENT),
        _ => placeless(format!(
            "`{place}` differs from what platc would write, in something that is not judged"
        ))
        .help("`platc compile --check` shows how; `platc compile --force` writes the file anew"),
    };
    diagnostic.severity = Severity::Warning;
    diagnostic
}

fn told(fact: &Fact, folder: &str) -> Diagnostic {
    let place = place(folder, &fact.file, fact.line);
    let (what, subject) = (&fact.what, &fact.subject);
    let message = match (&fact.found, &fact.declared) {
        (Some(found), Some(declared)) => {
            format!("`{place}`: {what} of {subject} is {found}, but the program says {declared}")
        }
        (Some(found), None) => {
            format!("`{place}`: {what} of {subject} is {found}, which nothing in the program says")
        }
        (None, declared) => {
            let declared = declared.as_deref().unwrap_or("");
            format!("`{place}`: {what} of {subject} is missing; the program says {declared}")
        }
    };
    let diagnostic = match fact.origin {
        Some(span) => Diagnostic::error("disagreement", message, span).primary(match &fact.declared {
            Some(_) => "it is said here",
            None => "this is what it would belong to",
        }),
        None => placeless(message),
    };
    diagnostic.help(HELP)
}

fn placeless(message: String) -> Diagnostic {
    let mut diagnostic = Diagnostic::error("disagreement", message, NOWHERE);
    diagnostic.labels.clear();
    diagnostic
}

fn place(folder: &str, file: &str, line: u32) -> String {
    if line == 0 { format!("{folder}{file}") } else { format!("{folder}{file}:{line}") }
}
