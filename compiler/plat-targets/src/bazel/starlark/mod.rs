//! A small tree of Starlark: what the emitted files are made of. Globals and functions are named by constants of the
//! compiler alone; whatever comes from a project is a string, a number or a comment, which the printer quotes.

mod print;

pub(crate) use print::print;

use plat_base::Rational;
use plat_model::Origin;

/// A file: its statements in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct File {
    pub(crate) statements: Vec<Statement>,
}

/// A statement of the top level, with the comment above it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Statement {
    /// Text of the comment above, without `#`; may have several lines.
    pub(crate) comment: Option<String>,
    pub(crate) kind: StatementKind,
}

/// What a statement is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StatementKind {
    /// The comment alone.
    Nothing,
    /// The string that documents a file.
    Docstring(String),
    /// `load("label", "symbol", …)`; adjacent ones stand without a blank line between them.
    Load { label: &'static str, symbols: &'static [&'static str] },
    /// `NAME = value`.
    Assign { name: &'static str, value: Expr },
    /// A call for its effect: a rule.
    Call(Expr),
    /// Functions that are the same for every project.
    Verbatim(&'static str),
}

/// An expression, and the source that caused it. Two are equal if they print alike: origins make no difference.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) origin: Origin,
    /// What else had a say in it.
    pub(crate) also: Vec<Origin>,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ExprKind {
    Str(String),
    Int(i64),
    Float(f64),
    /// A global of this file or a loaded symbol.
    Name(&'static str),
    List(Vec<Expr>),
    Dict(Vec<Entry>),
    Call {
        function: &'static str,
        arguments: Vec<Argument>,
        layout: Layout,
    },
    Add(Box<Expr>, Box<Expr>),
}

/// An entry of a dict, with the comment above it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) comment: Option<String>,
    pub(crate) key: Expr,
    pub(crate) value: Expr,
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    pub(crate) name: Option<&'static str>,
    pub(crate) value: Expr,
}

/// How the arguments of a call stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Layout {
    /// One per line, unless there is just one.
    Lines,
    /// All on the line of the call.
    Inline,
}

impl Statement {
    pub(crate) fn new(kind: StatementKind) -> Statement {
        Statement { comment: None, kind }
    }

    /// Puts a comment above it.
    #[must_use]
    pub(crate) fn comment(mut self, text: impl Into<String>) -> Statement {
        self.comment = Some(text.into());
        self
    }

    pub(crate) fn assign(name: &'static str, value: Expr) -> Statement {
        Statement::new(StatementKind::Assign { name, value })
    }

    pub(crate) fn docstring(text: impl Into<String>) -> Statement {
        Statement::new(StatementKind::Docstring(text.into()))
    }

    pub(crate) fn load(label: &'static str, symbols: &'static [&'static str]) -> Statement {
        Statement::new(StatementKind::Load { label, symbols })
    }

    pub(crate) fn verbatim(text: &'static str) -> Statement {
        Statement::new(StatementKind::Verbatim(text))
    }

    /// A comment that belongs to nothing below it.
    pub(crate) fn remark(text: impl Into<String>) -> Statement {
        Statement::new(StatementKind::Nothing).comment(text)
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Expr) -> bool {
        self.kind == other.kind
    }
}

impl Expr {
    fn new(kind: ExprKind) -> Expr {
        Expr { kind, origin: None, also: Vec::new() }
    }

    /// Says which source caused it.
    #[must_use]
    pub(crate) fn at(mut self, origin: Origin) -> Expr {
        self.origin = origin;
        self
    }

    /// Says what else had a say in it.
    #[must_use]
    pub(crate) fn also(mut self, origins: impl IntoIterator<Item = Origin>) -> Expr {
        self.also.extend(origins);
        self
    }

    pub(crate) fn string(text: impl Into<String>) -> Expr {
        Expr::new(ExprKind::Str(text.into()))
    }

    pub(crate) fn integer(value: i64) -> Expr {
        Expr::new(ExprKind::Int(value))
    }

    pub(crate) fn number(value: Rational) -> Expr {
        Expr::new(ExprKind::Float(value.to_f64()))
    }

    pub(crate) fn name(name: &'static str) -> Expr {
        Expr::new(ExprKind::Name(name))
    }

    pub(crate) fn list(items: impl IntoIterator<Item = Expr>) -> Expr {
        Expr::new(ExprKind::List(items.into_iter().collect()))
    }

    pub(crate) fn strings<T: Into<String>>(items: impl IntoIterator<Item = T>) -> Expr {
        Expr::list(items.into_iter().map(Expr::string))
    }

    pub(crate) fn dict(entries: impl IntoIterator<Item = Entry>) -> Expr {
        Expr::new(ExprKind::Dict(entries.into_iter().collect()))
    }

    /// A call whose arguments stand one per line.
    pub(crate) fn call(function: &'static str, arguments: Vec<Argument>) -> Expr {
        Expr::new(ExprKind::Call { function, arguments, layout: Layout::Lines })
    }

    /// A call on one line.
    pub(crate) fn inline_call(function: &'static str, arguments: Vec<Argument>) -> Expr {
        Expr::new(ExprKind::Call { function, arguments, layout: Layout::Inline })
    }

    pub(crate) fn plus(self, right: Expr) -> Expr {
        Expr::new(ExprKind::Add(Box::new(self), Box::new(right)))
    }

    /// As a statement of its own.
    pub(crate) fn statement(self) -> Statement {
        Statement::new(StatementKind::Call(self))
    }
}

impl Entry {
    pub(crate) fn new(key: impl Into<String>, value: Expr) -> Entry {
        Entry { comment: None, key: Expr::string(key), value }
    }

    /// Puts a comment above it, if there is one.
    #[must_use]
    pub(crate) fn comment(mut self, text: Option<String>) -> Entry {
        self.comment = text;
        self
    }
}

impl Argument {
    pub(crate) fn named(name: &'static str, value: Expr) -> Argument {
        Argument { name: Some(name), value }
    }

    pub(crate) fn positional(value: Expr) -> Argument {
        Argument { name: None, value }
    }
}
