//! Diagnostics as plain data. Each stage builds its own; one place in the binary renders them.

use crate::Span;
use serde::{Deserialize, Serialize};

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Worth knowing; never fails a run.
    Advice,
    /// Probably a mistake; fails a run only if asked to.
    Warning,
    /// The program is wrong; nothing is written.
    Error,
}

impl Severity {
    /// The severity with this name.
    pub fn named(word: &str) -> Option<Severity> {
        [Severity::Error, Severity::Warning, Severity::Advice].into_iter().find(|s| s.as_str() == word)
    }

    /// `error`, `warning` or `advice`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Advice => "advice",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A span with what it has to do with the problem.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there, in a few words; may be empty.
    pub text: String,
}

/// One replacement of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// A mend that can be applied by a tool.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What applying it does, as an instruction: "replace `2g` by `2Gi`".
    pub title: String,
    /// The replacements; they do not overlap.
    pub edits: Vec<Edit>,
    /// Whether it is surely what was meant; only such a fix is applied unasked by `--fix`.
    pub certain: bool,
}

/// One problem, told to the person who wrote the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Stable, kebab-case: `unknown-name`, or the name of a check.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in the user's terms, without a final stop.
    pub message: String,
    /// Where it is. The first is the primary one, at which the problem is reported.
    pub labels: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
    /// Mends that a tool can apply.
    pub fixes: Vec<Fix>,
    /// The contexts in which it happens (`on arm64`, `in prod`, `on arm64 in prod`); empty if it happens in all.
    pub contexts: Vec<String>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(code: &str, message: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic::new(Severity::Error, code, message, span)
    }

    /// A warning at `span`.
    pub fn warning(code: &str, message: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic::new(Severity::Warning, code, message, span)
    }

    /// A diagnostic with one unnamed label.
    pub fn new(severity: Severity, code: &str, message: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic {
            code: code.to_owned(),
            severity,
            message: message.into(),
            labels: vec![Label { span, text: String::new() }],
            help: None,
            fixes: Vec::new(),
            contexts: Vec::new(),
        }
    }

    /// Names the primary label.
    #[must_use]
    pub fn primary(mut self, text: impl Into<String>) -> Diagnostic {
        if let Some(first) = self.labels.first_mut() {
            first.text = text.into();
        }
        self
    }

    /// Adds a further label.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help = Some(text.into());
        self
    }

    /// Adds a mend of one edit.
    #[must_use]
    pub fn fix(
        mut self,
        title: impl Into<String>,
        span: Span,
        text: impl Into<String>,
        certain: bool,
    ) -> Diagnostic {
        let edits = vec![Edit { span, text: text.into() }];
        self.fixes.push(Fix { title: title.into(), edits, certain });
        self
    }

    /// The span at which the problem is reported.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|l| l.span)
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
