//! What a program says about itself: tests, checks and files of its own.

use super::{ExprId, KindId, ModuleId};
use plat_base::{Name, Severity, Span};
use serde::{Deserialize, Serialize};

/// A test.
#[derive(Debug, Serialize, Deserialize)]
pub struct Test {
    /// Its name.
    pub name: Name,
    /// Where the name stands.
    pub name_span: Span,
    /// The module that declares it.
    pub module: ModuleId,
    /// Its statements, in order.
    pub statements: Vec<TestStatement>,
}

/// A statement of a test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TestStatement {
    /// `assert e`.
    Assert(ExprId),
    /// `let x = e`: pushes a frame for the statements after it.
    Let(ExprId),
    /// `expect error CODE { … }`: the driver compiles the program with these items added.
    ExpectError {
        /// The code.
        code: Name,
        /// Where it stands.
        code_span: Span,
        /// The source text of the items.
        items: Span,
    },
}

/// A check.
#[derive(Debug, Serialize, Deserialize)]
pub struct Check {
    /// Its name: the code of what it reports.
    pub name: Name,
    /// Where the name stands.
    pub name_span: Span,
    /// The module that declares it.
    pub module: ModuleId,
    /// Its doc comment: why.
    pub doc: Option<String>,
    /// How bad a violation is by itself.
    pub declared: Severity,
    /// How bad a violation is in this project.
    pub severity: Severity,
    /// What the project makes of it.
    pub setting: Option<Setting>,
    /// How many variables (1 or 2).
    pub vars: u8,
    /// The subjects: usually [`ExprKind::Instances`].
    pub source: ExprId,
    /// The kind whose instances are checked, if the source is one.
    pub subject_kind: Option<KindId>,
    /// Which subjects.
    pub filter: Option<ExprId>,
    /// The `let`s before the `require`, each pushing a frame.
    pub lets: Vec<ExprId>,
    /// What must hold.
    pub require: ExprId,
    /// What is said if it does not.
    pub message: ExprId,
    /// Where else to look, with what is said there.
    pub labels: Vec<(ExprId, ExprId)>,
    /// What to write.
    pub help: Option<ExprId>,
}

/// What a project makes of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setting {
    /// It has this severity, as is said at this place.
    Severity(Severity, Span),
    /// `@allow` before `project`: it is silent, for this reason.
    Allowed(String),
}

/// An `emit`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Emit {
    /// The whole declaration.
    pub span: Span,
    /// The path.
    pub path: ExprId,
    /// The value.
    pub value: ExprId,
    /// The module that declares it.
    pub module: ModuleId,
}
