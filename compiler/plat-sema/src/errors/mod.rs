//! The diagnostics of this stage: what is wrong, where, and what to write. Each constructor is one message.

mod declarations;
mod foreign;
mod names;
mod types;
mod units;

pub(crate) use declarations::*;
pub(crate) use foreign::*;
pub(crate) use names::*;
pub(crate) use types::*;
pub(crate) use units::*;

/// The codes of the compiler, which no check may have.
const CODES: &[&str] = &[
    "syntax",
    "unknown-name",
    "ambiguous-name",
    "duplicate-name",
    "duplicate-field",
    "unknown-field",
    "missing-field",
    "type-mismatch",
    "unit-mismatch",
    "unknown-unit",
    "not-whole",
    "out-of-range",
    "no-such-index",
    "not-covered",
    "platform-not-covered",
    "unreachable-arm",
    "refinement-failed",
    "wrong-arguments",
    "recursive-function",
    "cyclic-import",
    "cyclic-value",
    "cyclic-generation",
    "field-after-when",
    "final-overridden",
    "varies-where-fixed",
    "secret-in-text",
    "import-not-found",
    "import-outside-project",
    "division-by-zero",
    "feature-not-on-arch",
    "limit-exceeded",
    "output-not-ours",
    "lossy",
    "deprecated",
    "disagreement",
    "ignored-copy",
    "io",
    "kubernetes-name",
    "kubernetes-refuses",
    "misuse",
    "not-utf8",
    "output-path",
    "pod-security",
    "stage-name",
    "test-failed",
    "undeclared-image",
    "unknown-stage",
    "unreadable-file",
    "variable-name",
];

/// The codes of errors in a value, which silence what reads it and leave nothing out that its author has written.
const VALUE_CODES: &[&str] =
    &["no-such-index", "type-mismatch", "unit-mismatch", "unknown-unit", "wrong-arguments"];

/// Whether an error of this code leaves something out of the program that its author has written, such as a field that nobody
/// knows: what is said to be lacking may then be there.
pub fn leaves_out(code: &str) -> bool {
    !VALUE_CODES.contains(&code)
}

/// Whether a code is one of the compiler's own.
pub(crate) fn is_compiler_code(code: &str) -> bool {
    CODES.contains(&code)
}

/// How many names a list in a message shows.
const SHOWN: usize = 6;

/// Names as a message lists them: "`a`, `b` and `c`", or the first few of many.
pub(crate) fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().take(SHOWN).map(|n| format!("`{n}`")).collect();
    if names.len() > SHOWN {
        return format!("{} and {} more", quoted.join(", "), names.len() - SHOWN);
    }
    match quoted.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
