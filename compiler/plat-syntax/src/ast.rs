//! The syntax tree of one file. Expressions live in one arena per module ([`Module::exprs`]); everything else is
//! plain nested data. Spans never include surrounding white space. The tree is never changed after parsing.

use plat_base::{FileId, Name, Span};
use serde::{Deserialize, Serialize};

/// An expression of a module: an index into [`Module::exprs`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct ExprId(pub u32);

/// A name and where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ident {
    /// The word (or the content of the string, where a string names something).
    pub name: Name,
    /// Where.
    pub span: Span,
}

/// The `///` lines before a declaration or field, joined by newlines, each without the slashes and one space.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Doc {
    /// The text.
    pub text: String,
    /// All its lines.
    pub span: Span,
}

/// A comment that is no doc comment, for the formatter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Comment {
    /// From the first slash to before the newline.
    pub span: Span,
}

/// One file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Module {
    /// Which file.
    pub file: FileId,
    /// The doc comment before the first `use` (or, without one, before a blank line at the top).
    pub doc: Option<Doc>,
    /// The declarations, in source order.
    pub items: Vec<Item>,
    /// The arena of expressions.
    pub exprs: Vec<Expr>,
    /// All comments that are no doc comments, in source order.
    pub comments: Vec<Comment>,
    /// The words of the declarations that did not parse: names that may have been declared there, so that nobody
    /// reports them as unknown.
    pub lost: Vec<Name>,
}

impl std::ops::Index<ExprId> for Module {
    type Output = Expr;
    fn index(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }
}

/// A declaration at top level, or in the body of a declaration loop.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Item {
    /// From the first word (not the doc, not the annotations) to the end.
    pub span: Span,
    /// Its doc comment.
    pub doc: Option<Doc>,
    /// `@allow(…)`, `@deprecated(…)` and so on, in order.
    pub annotations: Vec<Annotation>,
    /// What is declared.
    pub kind: ItemKind,
}

/// `@name(args)`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Annotation {
    /// With the `@`.
    pub span: Span,
    /// The word after the `@`.
    pub name: Ident,
    /// The arguments; a check name in `@allow(check-name, "why")` is a [`ExprKind::Name`].
    pub args: Vec<Arg>,
}

/// What an item declares.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum ItemKind {
    /// `project NAME { … }`, only in `project.plat`.
    Project(Project),
    /// `use …`.
    Use(Use),
    /// `let NAME: T = e`.
    Let(Let),
    /// `fn NAME(params) -> T = e`.
    Fn(Fn),
    /// `type NAME = T`.
    Type(TypeAlias),
    /// `enum NAME { a, b }`.
    Enum(Enum),
    /// `kind NAME extends PARENT { fields }`.
    Kind(Kind),
    /// `abstract KIND NAME extends PARENT { … }` or `KIND NAME = e`.
    Instance(Instance),
    /// `for x in xs { declarations }`.
    For(For),
    /// `test "…" { assert e … }`.
    Test(Test),
    /// `check NAME for s in KIND at SEVERITY { … }`.
    Check(Check),
    /// `emit "path" = e`.
    Emit(Emit),
    /// Something that did not parse; its diagnostic has been reported.
    Error,
}

/// `project NAME { edition = 2026 }`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Project {
    /// The project's name.
    pub name: Ident,
    /// Its settings.
    pub body: Body,
}

/// `use PATH`, `use PATH as NAME`, `use PATH.{a, b as c}`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Use {
    /// What is imported.
    pub path: UsePath,
    /// The span of the path alone.
    pub path_span: Span,
    /// What of it, and under which names.
    pub names: UseNames,
}

/// Where a module is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum UsePath {
    /// A file, relative to this one: `"./platforms.plat"`.
    File(Name),
    /// A dotted name: `std.images`, `kubernetes.apps.v1`.
    Dotted(Vec<Ident>),
    /// `use crd "./certificates.yaml" as certs`.
    Crd(Name),
}

/// What a `use` brings into scope.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum UseNames {
    /// The module itself, under its last name (of a file: its name without extension).
    Whole,
    /// The module, under this name.
    As(Ident),
    /// Some of its names, each perhaps renamed.
    Some(Vec<UseName>),
}

/// One name of `.{…}`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct UseName {
    /// As the module exports it.
    pub name: Ident,
    /// As it is called here.
    pub rename: Option<Ident>,
}

/// `let NAME: T = e` at top level.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Let {
    /// What is named.
    pub name: Ident,
    /// The stated type.
    pub ty: Option<Type>,
    /// The value.
    pub value: ExprId,
}

/// `fn NAME[T](p: T = e) -> T = e`. Type parameters and a missing body (an intrinsic) are for the standard library.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Fn {
    /// What is named.
    pub name: Ident,
    /// `[T, U]`.
    pub type_params: Vec<Ident>,
    /// The parameters.
    pub params: Vec<Param>,
    /// The result type.
    pub result: Option<Type>,
    /// The body; absent for an intrinsic.
    pub body: Option<ExprId>,
}

/// One parameter of a function.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Param {
    /// Doc comment before it.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: Type,
    /// What it is if no argument is given.
    pub default: Option<ExprId>,
}

/// `type NAME = T`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TypeAlias {
    /// What is named.
    pub name: Ident,
    /// What it stands for.
    pub ty: Type,
}

/// `enum NAME { a, b }`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Enum {
    /// What is named.
    pub name: Ident,
    /// The variants.
    pub variants: Vec<Variant>,
}

/// One variant of an enum.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Variant {
    /// Doc comment before it.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Ident,
}

/// `kind NAME extends PARENT { members }`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Kind {
    /// What is named.
    pub name: Ident,
    /// The kind that it extends: a path, since kinds may be imported (`apps.Deployment`).
    pub parent: Option<Path>,
    /// Fields, rest field and defaults, in source order.
    pub members: Vec<Member>,
    /// The braces with what is in them.
    pub body_span: Span,
}

/// One member of a kind.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Member {
    /// `name?: T = default`.
    Field(KindField),
    /// `...: T`.
    Rest(Rest),
    /// `f = e`, `f { … }`, `f += e` or `when …`: a default for a field of a parent kind.
    Entry(Entry),
}

/// `@annotation final name?: T = default`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KindField {
    /// From `final` or the name to the end.
    pub span: Span,
    /// Doc comment before it.
    pub doc: Option<Doc>,
    /// Annotations before it.
    pub annotations: Vec<Annotation>,
    /// Whether it may be set only once.
    pub is_final: bool,
    /// Its name.
    pub name: Ident,
    /// Whether it may be absent (`name?: T`).
    pub optional: bool,
    /// Its type.
    pub ty: Type,
    /// What it is unless set.
    pub default: Option<ExprId>,
}

/// `...: T` in a kind or record type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rest {
    /// From the dots to the end of the type.
    pub span: Span,
    /// Doc comment before it.
    pub doc: Option<Doc>,
    /// Annotations before it.
    pub annotations: Vec<Annotation>,
    /// The type of every further field.
    pub ty: Box<Type>,
}

/// A declared instance of a kind.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Instance {
    /// Whether `abstract` stands before it.
    pub is_abstract: bool,
    /// The kind: a name or a dotted path (`apps.DaemonSet`).
    pub kind: Path,
    /// Its own name: a word, or a string with or without interpolation.
    pub name: Key,
    /// What follows the name.
    pub init: InstanceInit,
}

/// How an instance gets its value.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum InstanceInit {
    /// `extends PARENT { … }`, both optional in the sense that `extends` may be missing; the body never is.
    Body {
        /// The instance that it extends: a name or path.
        parent: Option<Path>,
        /// Its own layer.
        body: Body,
    },
    /// `= e`.
    Value(ExprId),
}

/// `for x in xs if c { items }` at top level.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct For {
    /// One variable, or key and value.
    pub vars: Vec<Ident>,
    /// What is iterated.
    pub source: ExprId,
    /// The filter.
    pub filter: Option<ExprId>,
    /// What each iteration declares: instances, loops and emits.
    pub items: Vec<Item>,
}

/// `test "name" { … }`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Test {
    /// The text that names it.
    pub name: Ident,
    /// `let`s and assertions in order.
    pub statements: Vec<TestStatement>,
}

/// A statement of a test.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum TestStatement {
    /// `assert e`.
    Assert {
        /// From `assert` to the end.
        span: Span,
        /// What must be true.
        condition: ExprId,
    },
    /// `let x = e`.
    Let(Let),
    /// `expect error CODE { items }`.
    ExpectError {
        /// All of it.
        span: Span,
        /// The code that the items must cause.
        code: Ident,
        /// The items, as if they were a file of their own after this one.
        items: Vec<Item>,
    },
}

/// `check NAME for x in KIND at SEVERITY { … }`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Check {
    /// Its name, which is the code of its diagnostics.
    pub name: Ident,
    /// The variable (or key and value) that the subject is bound to.
    pub vars: Vec<Ident>,
    /// What is checked: a kind, or any list.
    pub source: ExprId,
    /// `if c` after the source.
    pub filter: Option<ExprId>,
    /// `at error`; `error` if not said.
    pub severity: Option<Ident>,
    /// `let`, `require`, `message`, `label` and `help`, in order.
    pub statements: Vec<CheckStatement>,
}

/// A statement of a check.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum CheckStatement {
    /// `let x = e`.
    Let(Let),
    /// `require e`.
    Require(ExprId),
    /// `message e`.
    Message(ExprId),
    /// `label path text`.
    Label {
        /// The value whose origin is shown.
        at: ExprId,
        /// What is said there.
        text: ExprId,
    },
    /// `help e`.
    Help(ExprId),
}

/// `emit "path" = e`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Emit {
    /// The path: a string, perhaps with interpolation.
    pub path: ExprId,
    /// What is written.
    pub value: ExprId,
}

/// A dotted path of names: `small`, `platforms.linux-amd64`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Path {
    /// The names; at least one.
    pub segments: Vec<Ident>,
    /// From the first to the last.
    pub span: Span,
}

/// The braces of an instance, record, amendment, refinement or `when`, and what is in them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Body {
    /// With the braces.
    pub span: Span,
    /// In source order.
    pub entries: Vec<Entry>,
}

/// One entry of a body.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Without doc and annotations.
    pub span: Span,
    /// Doc comment before it.
    pub doc: Option<Doc>,
    /// Annotations before it (`@allow`).
    pub annotations: Vec<Annotation>,
    /// What it is.
    pub kind: EntryKind,
}

/// What an entry of a body is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum EntryKind {
    /// `key = e`.
    Set(Key, ExprId),
    /// `key = unset`.
    Unset(Key),
    /// `key { … }`.
    Refine(Key, Body),
    /// `key += e`.
    Append(Key, ExprId),
    /// `when c { … }`.
    When(ExprId, Body),
    /// Something that did not parse; its diagnostic has been reported.
    Error,
}

/// The key of a field, or the name of an instance. Words are literal, strings are computed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Key {
    /// A word, or a string without interpolation.
    Static(Ident),
    /// A string with interpolation.
    Computed(ExprId, Span),
}

impl Key {
    /// Where the key stands.
    pub fn span(&self) -> Span {
        match self {
            Key::Static(ident) => ident.span,
            Key::Computed(_, span) => *span,
        }
    }
}

/// An expression.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Expr {
    /// Without surrounding white space.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// What an expression is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum ExprKind {
    /// Something that did not parse; its diagnostic has been reported.
    Error,
    /// `true`, `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// `unset`, which may only be compared with.
    Unset,
    /// `42`, `0.5`, `0o755`, `512Mi`.
    Number(Number),
    /// `"…"`, raw or not.
    Str(Vec<StrPart>),
    /// A bare name.
    Name(Name),
    /// `self`.
    SelfRef,
    /// `a.b`, `a?.b`.
    Field {
        /// `a`.
        base: ExprId,
        /// `b`; a string may stand for a word: `a."b c"`.
        name: Ident,
        /// Whether it is `?.`.
        optional: bool,
    },
    /// `a[i]`.
    Index {
        /// `a`.
        base: ExprId,
        /// `i`.
        index: ExprId,
    },
    /// `f(x, n = y)`.
    Call {
        /// `f`.
        callee: ExprId,
        /// In source order.
        args: Vec<Arg>,
        /// From `(` to `)`.
        args_span: Span,
    },
    /// `-e`, `not e`.
    Unary {
        /// Which.
        op: UnaryOp,
        /// `e`.
        operand: ExprId,
    },
    /// `a op b`.
    Binary {
        /// Which.
        op: BinaryOp,
        /// Where the operator stands.
        op_span: Span,
        /// `a`.
        lhs: ExprId,
        /// `b`.
        rhs: ExprId,
    },
    /// `if c then a else b`.
    If {
        /// `c`.
        condition: ExprId,
        /// `a`.
        then: ExprId,
        /// `b`.
        otherwise: ExprId,
    },
    /// `match x { p | q => a, else => b }`.
    Match {
        /// `x`.
        subject: ExprId,
        /// In source order.
        arms: Vec<Arm>,
    },
    /// `[a, b]`.
    List(Vec<ExprId>),
    /// `[for x in xs if c: e]`.
    ListComp {
        /// `for` and `if` clauses in order; the first is a `for`.
        clauses: Vec<Clause>,
        /// `e`.
        value: ExprId,
    },
    /// `{for k, v in m: "\(k)" = e}`.
    MapComp {
        /// `for` and `if` clauses in order; the first is a `for`.
        clauses: Vec<Clause>,
        /// A word is literal, a string computed.
        key: Key,
        /// `e`.
        value: ExprId,
    },
    /// `{ a = 1 }`.
    Record(Body),
    /// `base { … }`: an amendment, or `K { … }` where `base` names a kind.
    Amend {
        /// What is amended.
        base: ExprId,
        /// The layer on top.
        body: Body,
    },
    /// `let x = e; e2`.
    LetIn {
        /// `x`.
        name: Ident,
        /// The stated type.
        ty: Option<Box<Type>>,
        /// `e`.
        value: ExprId,
        /// `e2`.
        body: ExprId,
    },
    /// `(e)`. Kept for the formatter.
    Paren(ExprId),
}

/// An argument of a call or an annotation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Arg {
    /// `n` of `n = y`.
    pub name: Option<Ident>,
    /// The value.
    pub value: ExprId,
}

/// A number as written: the checker knows the units, the parser does not.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Number {
    /// Digits, underscores and at most one point; or `0o…`.
    pub digits: Name,
    /// What stands right after the digits: letters and digits, or `%`. Any suffix parses.
    pub suffix: Option<Ident>,
}

/// A piece of a string.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum StrPart {
    /// Text, with its escapes resolved and its indentation removed.
    Text(Name),
    /// `\(e)`.
    Interp(ExprId),
}

/// One arm of a `match`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Arm {
    /// From the first pattern to the end of the value.
    pub span: Span,
    /// The alternatives; empty only after a syntax error.
    pub patterns: Vec<Pattern>,
    /// What the `match` is if one of them fits.
    pub value: ExprId,
}

/// A pattern. Patterns never bind.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Pattern {
    /// Where.
    pub span: Span,
    /// What it is.
    pub kind: PatternKind,
}

/// What a pattern is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum PatternKind {
    /// `else`.
    Else,
    /// A literal: a number, string, boolean or `null`.
    Literal(ExprId),
    /// A variant, an instance or the name of a type: only the subject's type can tell.
    Path(Path),
    /// A type that is not just a name: `list[string]`.
    Type(Type),
}

/// A clause of a comprehension.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Clause {
    /// `for x in xs`, `for k, v in m`.
    For {
        /// One variable, or key and value.
        vars: Vec<Ident>,
        /// What is iterated.
        source: ExprId,
    },
    /// `if c`.
    If(ExprId),
}

/// An operator before its operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum UnaryOp {
    /// `-`.
    Neg,
    /// `not`.
    Not,
}

/// An operator between two operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum BinaryOp {
    /// `or`.
    Or,
    /// `and`.
    And,
    /// `==`.
    Eq,
    /// `!=`.
    Ne,
    /// `<`.
    Lt,
    /// `<=`.
    Le,
    /// `>`.
    Gt,
    /// `>=`.
    Ge,
    /// `in`: an element of a list, a key of a map.
    In,
    /// `matches`: a whole string and a pattern.
    Matches,
    /// `??`.
    Coalesce,
    /// `+`.
    Add,
    /// `-`.
    Sub,
    /// `*`.
    Mul,
    /// `/`.
    Div,
    /// `div`.
    IntDiv,
    /// `mod`.
    Mod,
    /// `of`, as in `75% of x`.
    Of,
}

impl BinaryOp {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            BinaryOp::Or => "or",
            BinaryOp::And => "and",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::In => "in",
            BinaryOp::Matches => "matches",
            BinaryOp::Coalesce => "??",
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::IntDiv => "div",
            BinaryOp::Mod => "mod",
            BinaryOp::Of => "of",
        }
    }
}

/// A type as written.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Type {
    /// Where.
    pub span: Span,
    /// What it is.
    pub kind: TypeKind,
}

/// What a type is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum TypeKind {
    /// Something that did not parse; its diagnostic has been reported.
    Error,
    /// `bytes`, `port`, `apps.Deployment`.
    Path(Path),
    /// `list[T]`, `map[T]`: any name with type arguments.
    Apply(Path, Vec<Type>),
    /// `T?`.
    Optional(Box<Type>),
    /// `{ a: int, b?: string, ...: T }`.
    Record(Vec<TypeField>, Option<Rest>),
    /// `A | B`.
    Union(Vec<Type>),
    /// `T where c`; `it` is the value in `c`.
    Where(Box<Type>, ExprId),
}

/// A field of a record type.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TypeField {
    /// Without the doc.
    pub span: Span,
    /// Doc comment before it.
    pub doc: Option<Doc>,
    /// Annotations before it.
    pub annotations: Vec<Annotation>,
    /// Its name.
    pub name: Ident,
    /// Whether it may be absent.
    pub optional: bool,
    /// Its type.
    pub ty: Type,
}
