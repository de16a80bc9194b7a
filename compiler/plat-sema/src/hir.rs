//! The typed program: every name resolved, every expression typed, every implicit conversion explicit. It is plain
//! data with ids into the tables of [`Program`], shared read-only by any number of evaluators. It holds no values.
//!
//! Invariants that the evaluator relies on:
//! - An expression whose type is [`Ty::Error`], and any [`ExprKind::Error`] (whose type may be known), has been
//!   reported; evaluating it gives a poisoned value in silence.
//! - `Local` and `SelfRef` address *frames*: each of the following pushes exactly one frame onto the environment of
//!   what is inside it: a function call (one slot per parameter), `LetIn` (one slot), each `for` clause of a
//!   comprehension and each declaration loop (one or two slots), a `check` (its variables, then one more frame per
//!   `let`), a test's `let` (one slot), a refinement's condition (one slot, `it`), and a body with
//!   [`Body::binds_self`] (no slots, it holds the finished value). `up` counts frames outwards from 0 = innermost.
//!   Conditions and bodies of `when`, and `Refine` bodies inside a self-binding body, push nothing.
//! - An expression in a layer is evaluated in the environment that the layer captured, with the self frame of the
//!   *finished* object on top: that is what makes `self` late-bound.
//! - Values are bound (wholeness, range, refinements) where the type says so: at fields, parameters, stated `let`s
//!   and function results. [`Program::needs_binding`] tells which types have anything to check.

mod assertions;
mod image;
mod types;

pub use assertions::{Check, Emit, Setting, Test, TestStatement};
pub use types::{Record, RecordField, RecordId, Refinement, RefinementId, Ty, TyId, Types};

use plat_base::{FileId, Name, Quantity, Span};
use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident => $field:ident: $target:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl std::ops::Index<$name> for Program {
            type Output = $target;
            fn index(&self, id: $name) -> &$target {
                &self.$field[id.0 as usize]
            }
        }
    )*};
}

ids! {
    /// Index into [`Program::modules`].
    ModuleId => modules: Module;
    /// Index into [`Program::exprs`].
    ExprId => exprs: Expr;
    /// Index into [`Program::bodies`].
    BodyId => bodies: Body;
    /// Index into [`Program::kinds`].
    KindId => kinds: Kind;
    /// Index into [`Program::enums`].
    EnumId => enums: Enum;
    /// Index into [`Program::lets`].
    LetId => lets: Let;
    /// Index into [`Program::fns`].
    FnId => fns: Fn;
    /// Index into [`Program::instances`].
    InstanceId => instances: Instance;
    /// Index into [`Program::loops`].
    LoopId => loops: Loop;
}

/// A whole program: the entry modules, what they import, and the standard library that they use.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Program {
    /// In dependency order: a module after all that it imports; otherwise in the order of the `use`s.
    pub modules: Vec<Module>,
    /// The interned types.
    pub types: Types,
    /// All expressions of all modules.
    #[serde(with = "image")]
    pub exprs: Vec<Expr>,
    /// All bodies.
    pub bodies: Vec<Body>,
    /// All kinds.
    pub kinds: Vec<Kind>,
    /// All enums.
    pub enums: Vec<Enum>,
    /// All top-level constants.
    pub lets: Vec<Let>,
    /// All functions.
    pub fns: Vec<Fn>,
    /// All declared instances, in program order (module order, then source order), those in loops included.
    pub instances: Vec<Instance>,
    /// All declaration loops.
    pub loops: Vec<Loop>,
    /// The declarations that make instances, at top level, in program order.
    pub declarations: Vec<Declaration>,
    /// All tests.
    pub tests: Vec<Test>,
    /// All checks, the standard library's first.
    pub checks: Vec<Check>,
    /// All emits that are not in a loop.
    pub emits: Vec<Emit>,
    /// The kind of the platform axis (the prelude's `platform`), if the prelude was loaded. Where the project
    /// declares no platform, the axis has one implicit instance, which extends the abstract instance `linux-amd64` of
    /// this kind if the program has one (the driver always loads `std.platforms`), else has the kind's defaults.
    pub platform_kind: Option<KindId>,
    /// The kind of the environment axis (the prelude's `environment`), if the prelude was loaded.
    pub environment_kind: Option<KindId>,
    /// The settings of `project NAME { … }`, if there is a project file.
    pub project: Option<Project>,
}

/// What `project.plat` says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Project {
    /// The project's name.
    pub name: Name,
    /// Where it stands.
    pub name_span: Span,
    /// Its settings, as an anonymous instance of the prelude's kind `project`.
    pub value: ExprId,
}

/// A declaration that makes instances.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Declaration {
    /// One instance.
    Instance(InstanceId),
    /// A loop that makes some.
    Loop(LoopId),
}

/// One file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Module {
    /// The file.
    pub file: FileId,
    /// Whether it belongs to the standard library.
    pub is_std: bool,
    /// Its doc comment.
    pub doc: Option<String>,
    /// What it exports: every top-level name without `_` in front, in source order.
    pub exports: Vec<(Name, Export)>,
}

/// What a name at top level stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Export {
    /// A constant.
    Let(LetId),
    /// A function.
    Fn(FnId),
    /// A type alias or refinement.
    Type(TyId),
    /// An enum.
    Enum(EnumId),
    /// A kind (and the map of its instances).
    Kind(KindId),
    /// A declared instance.
    Instance(InstanceId),
}

/// A named record type whose instances are declarations.
#[derive(Debug, Serialize, Deserialize)]
pub struct Kind {
    /// Its name.
    pub name: Name,
    /// Where the name stands.
    pub name_span: Span,
    /// The module that declares it.
    pub module: ModuleId,
    /// Its doc comment.
    pub doc: Option<String>,
    /// The kind that it extends.
    pub parent: Option<KindId>,
    /// All fields, those of its ancestors first, in source order.
    pub fields: Vec<KindField>,
    /// The type of every further field, if it takes any.
    pub rest: Option<KindRest>,
    /// The defaults that it declares itself (not its ancestors'), the lowest layer of each instance.
    pub defaults: Option<BodyId>,
    /// `@deprecated`.
    pub deprecated: Option<String>,
}

impl Kind {
    /// The field of this name.
    pub fn field(&self, name: Name) -> Option<&KindField> {
        self.fields.iter().find(|f| f.name == name)
    }
}

/// One field of a kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KindField {
    /// Its name.
    pub name: Name,
    /// Where it is declared.
    pub span: Span,
    /// Its doc comment.
    pub doc: Option<String>,
    /// The type of a present value (`T`, also where the field is written `name?: T`).
    pub ty: TyId,
    /// Whether it may be absent.
    pub optional: bool,
    /// Whether some layer of the kind gives it a default.
    pub has_default: bool,
    /// Whether it may be set only once; a default counts.
    pub is_final: bool,
    /// Along which axes it may vary (`@fixed`, `@fixed(platform)`, `@fixed(env)` take them away).
    pub may_vary: Axes,
    /// `@deprecated`.
    pub deprecated: Option<String>,
}

/// What further fields a kind takes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct KindRest {
    /// Their type.
    pub ty: TyId,
    /// `@reference`: reading such a field of a declared instance gives a value that remembers where it came from,
    /// so that targets can render it by reference (`config` and `credentials` entries).
    pub by_reference: bool,
}

/// A set of axes of variation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Axes(u8);

impl Axes {
    /// Neither.
    pub const NONE: Axes = Axes(0);
    /// The platform.
    pub const PLATFORM: Axes = Axes(1);
    /// The environment.
    pub const ENVIRONMENT: Axes = Axes(2);
    /// Both.
    pub const BOTH: Axes = Axes(3);

    /// Whether every axis of `other` is in it.
    pub fn contains(self, other: Axes) -> bool {
        self.0 & other.0 == other.0
    }

    /// The axes of either.
    #[must_use]
    pub fn union(self, other: Axes) -> Axes {
        Axes(self.0 | other.0)
    }

    /// The axes that are not in `other`.
    #[must_use]
    pub fn minus(self, other: Axes) -> Axes {
        Axes(self.0 & !other.0)
    }
}

/// An enum.
#[derive(Debug, Serialize, Deserialize)]
pub struct Enum {
    /// Its name.
    pub name: Name,
    /// Where the name stands.
    pub name_span: Span,
    /// The module that declares it.
    pub module: ModuleId,
    /// Its doc comment.
    pub doc: Option<String>,
    /// Its variants with their docs and spans, in source order.
    pub variants: Vec<EnumVariant>,
}

/// One variant of an enum.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EnumVariant {
    /// Its name.
    pub name: Name,
    /// Where it stands.
    pub span: Span,
    /// Its doc comment.
    pub doc: Option<String>,
}

/// A constant at top level.
#[derive(Debug, Serialize, Deserialize)]
pub struct Let {
    /// Its name.
    pub name: Name,
    /// Where the name stands.
    pub name_span: Span,
    /// The module that declares it.
    pub module: ModuleId,
    /// Its doc comment.
    pub doc: Option<String>,
    /// Its type.
    pub ty: TyId,
    /// Its value, evaluated in the empty environment.
    pub value: ExprId,
    /// What `@deprecated` says.
    pub deprecated: Option<String>,
}

/// A function.
#[derive(Debug, Serialize, Deserialize)]
pub struct Fn {
    /// Its name.
    pub name: Name,
    /// Where the name stands.
    pub name_span: Span,
    /// The module that declares it.
    pub module: ModuleId,
    /// Its doc comment.
    pub doc: Option<String>,
    /// Its type parameters; types mention them as [`Ty::Param`]. One called `Number` stands for numbers and
    /// quantities, one called `Ordered` for those and strings; any other for everything.
    pub type_params: Vec<Name>,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Its result.
    pub result: TyId,
    /// What it computes.
    pub body: FnBody,
    /// `@deprecated`.
    pub deprecated: Option<String>,
}

/// One parameter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Where it stands.
    pub span: Span,
    /// Its type.
    pub ty: TyId,
    /// What it is if no argument is given; evaluated in the callee's frame, in which earlier parameters are set.
    pub default: Option<ExprId>,
}

/// How a function computes its result.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum FnBody {
    /// An expression in a frame of the parameters.
    Expr(ExprId),
    /// Built into the evaluator, which finds it by name: a function of the standard library without a body.
    Intrinsic(Name),
}

/// A declared instance.
#[derive(Debug, Serialize, Deserialize)]
pub struct Instance {
    /// Its kind.
    pub kind: KindId,
    /// The name that it is declared under.
    pub name: InstanceName,
    /// Where the name stands.
    pub name_span: Span,
    /// The whole declaration.
    pub span: Span,
    /// The module that declares it.
    pub module: ModuleId,
    /// Its doc comment.
    pub doc: Option<String>,
    /// Whether it is only there to be extended.
    pub is_abstract: bool,
    /// The instance that it extends.
    pub parent: Option<InstanceId>,
    /// How it gets its value.
    pub init: InstanceInit,
    /// The innermost loop that it is declared in.
    pub in_loop: Option<LoopId>,
    /// The checks that `@allow` silences for it.
    pub allows: Vec<Allow>,
    /// `@deprecated`.
    pub deprecated: Option<String>,
}

/// The name of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum InstanceName {
    /// Known at once.
    Static(Name),
    /// A string computed in the loop's environment.
    Computed(ExprId),
}

/// How an instance gets its value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum InstanceInit {
    /// Its own layer, on top of the parent's and the kind's.
    Body(BodyId),
    /// Any expression of its kind: the layers of that value, under the declared name.
    Value(ExprId),
}

/// `@allow(check, "why")`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Allow {
    /// The check that is silenced.
    pub check: Name,
    /// What is annotated: the declaration or the field.
    pub scope: Span,
}

/// A declaration loop.
#[derive(Debug, Serialize, Deserialize)]
pub struct Loop {
    /// From `for` to the end.
    pub span: Span,
    /// How many variables (1 or 2).
    pub vars: u8,
    /// What is iterated, in the environment around the loop.
    pub source: ExprId,
    /// The filter, in the loop's frame.
    pub filter: Option<ExprId>,
    /// The declarations in it, in source order.
    pub declarations: Vec<Declaration>,
    /// The emits in it.
    pub emits: Vec<Emit>,
    /// The kinds whose instances the source reads (directly or through what it calls): these are complete before
    /// the loop runs. The checker has proved that the loops can be ordered so.
    pub reads: Vec<KindId>,
}

/// A layer of fields: an instance's, an amendment's, a record literal's, a refinement's.
#[derive(Debug, Serialize, Deserialize)]
pub struct Body {
    /// With the braces.
    pub span: Span,
    /// What it is a layer of.
    pub target: TyId,
    /// Whether `self` inside means the object that this is a layer of (instances, kinds, amendments, `K { … }`).
    pub binds_self: bool,
    /// Fields and `when` blocks, in source order.
    pub entries: Vec<Entry>,
    /// `@allow` on fields of this body.
    pub allows: Vec<Allow>,
}

/// One entry of a layer.
#[derive(Debug, Serialize, Deserialize)]
pub enum Entry {
    /// A field.
    Field(Field),
    /// `when c { … }`: the entries apply where the condition holds.
    When {
        /// In the environment of the body, with self.
        condition: ExprId,
        /// The whole block.
        span: Span,
        /// What it holds.
        entries: Vec<Entry>,
    },
}

/// A field of a layer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Field {
    /// Which field.
    pub key: Key,
    /// Where the key stands.
    pub key_span: Span,
    /// The whole entry.
    pub span: Span,
    /// The declared type of the field's value, not optional; values are bound to it.
    pub ty: TyId,
    /// What the layer does to it.
    pub verb: Verb,
}

/// A key of a layer or of a map.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Key {
    /// Known at once.
    Static(Name),
    /// A string.
    Computed(ExprId),
}

/// What a layer does to a field.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Verb {
    /// `f = e`.
    Set(ExprId),
    /// `f = unset`.
    Unset,
    /// `f { … }`.
    Refine(BodyId),
    /// `f += e`.
    Append(ExprId),
}

/// An expression.
#[derive(Debug)]
pub struct Expr {
    /// Where it stands.
    pub span: Span,
    /// The type of its value.
    pub ty: TyId,
    /// What it is.
    pub kind: ExprKind,
}

/// A constant.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Const {
    /// `null`.
    Null,
    /// `true`.
    Bool(bool),
    /// `42`.
    Int(i64),
    /// `0.5`.
    Float(f64),
    /// `"x"`.
    Str(Name),
    /// `512Mi`.
    Quantity(Quantity),
    /// A variant of an enum, by its position.
    Variant(EnumId, u32),
}

/// What an expression is.
#[derive(Debug, Serialize, Deserialize)]
pub enum ExprKind {
    /// Reported; poisoned.
    Error,
    /// A constant.
    Const(Const),
    /// A string with parts to fill in; a `secret` if one of them is.
    Interp(Vec<InterpPart>),
    /// A variable.
    Local {
        /// Frames outwards.
        up: u16,
        /// Slot in that frame.
        slot: u16,
    },
    /// `self`: the finished value that a self frame holds.
    SelfRef {
        /// Frames outwards.
        up: u16,
    },
    /// A constant of a module.
    Let(LetId),
    /// A declared instance that is not in a loop.
    Instance(InstanceId),
    /// The ordered map of the (non-abstract) instances of a kind and of the kinds that extend it.
    Instances(KindId),
    /// The current platform.
    Platform,
    /// The current environment.
    Environment,
    /// `a.b`, `a?.b`.
    Field {
        /// `a`.
        base: ExprId,
        /// `b`.
        name: Name,
        /// Where `b` stands.
        name_span: Span,
        /// `?.`: absent if `a` is.
        optional: bool,
    },
    /// `a[i]`: of a map it may be absent, of a list or the instances of a kind it must exist.
    Index {
        /// `a`.
        base: ExprId,
        /// `i`.
        index: ExprId,
    },
    /// A call; one argument per parameter, `None` where the default is taken. A parameter of an optional type needs
    /// none: without both it is absent.
    Call {
        /// Which function.
        callee: FnId,
        /// In the order of the parameters.
        args: Vec<Option<ExprId>>,
    },
    /// `-e`.
    Neg(ExprId),
    /// `not e`.
    Not(ExprId),
    /// `a and b`, second only if needed.
    And(ExprId, ExprId),
    /// `a or b`, second only if needed.
    Or(ExprId, ExprId),
    /// `a ?? b`, second only if the first is absent.
    Coalesce(ExprId, ExprId),
    /// An operator on two values.
    Binary {
        /// Which.
        op: BinaryOp,
        /// Where it stands.
        op_span: Span,
        /// `a`.
        lhs: ExprId,
        /// `b`.
        rhs: ExprId,
    },
    /// `x == unset` (negated: `x != unset`).
    IsUnset {
        /// `x`.
        value: ExprId,
        /// Whether it is `!=`.
        negated: bool,
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
    /// `match x { … }`; the first arm with a pattern that fits. The checker has proved that one does.
    Match {
        /// `x`.
        subject: ExprId,
        /// In source order.
        arms: Vec<Arm>,
    },
    /// `[a, b]`.
    List(Vec<ExprId>),
    /// `[for … : e]`.
    ListComp {
        /// In order.
        clauses: Vec<Clause>,
        /// `e`.
        value: ExprId,
    },
    /// `{for … : k = e}`; a key that comes twice is `duplicate-name`.
    MapComp {
        /// In order.
        clauses: Vec<Clause>,
        /// The key.
        key: Key,
        /// `e`.
        value: ExprId,
    },
    /// `{ … }`: a record, map or `data` by the body's target.
    Record(BodyId),
    /// `K { … }`: an anonymous instance. Its body binds `self`, unless it is a bare `{ … }` where a kind is expected,
    /// in which `self` stays the declaration around it.
    New {
        /// `K`.
        kind: KindId,
        /// Its layer.
        body: BodyId,
    },
    /// `base { … }`.
    Amend {
        /// What is amended: an object.
        base: ExprId,
        /// The layer on top.
        body: BodyId,
    },
    /// `let x = e; e2`, in which `x` is slot 0 of a frame of its own.
    LetIn {
        /// The declared (or inferred) type of `x`.
        ty: TyId,
        /// `e`.
        value: ExprId,
        /// `e2`.
        body: ExprId,
    },
    /// A conversion that the language makes by itself.
    Convert(Conversion, ExprId),
}

/// The conversions that the language makes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Conversion {
    /// `int` where a `float` is expected. What is absent stays absent, as in the next.
    IntToFloat,
    /// `int` or `float` where `cores` are expected.
    NumberToCores,
    /// `T?` where `T` is expected, in the two places where the checker allows it.
    ///
    /// 1. A path that starts at a declared instance (`resources.standard.limits.memory`, `standard.limits.memory`)
    ///    or at `self` of a declared instance's body (`self.memory.flags`), whose every optional step is set (by `=`
    ///    or a refinement, outside `when`) in that instance's own body, in one that it extends, in an instance that
    ///    the step is set to (`memory = java`), or in its kind's defaults. Layers above may still unset it: then
    ///    evaluation reports `missing-field`.
    /// 2. Anywhere in a `check`: a check that runs into something absent has nothing to say about that subject.
    ///
    /// Elsewhere an optional value where `T` is expected is `type-mismatch`.
    Present,
}

/// A part of an interpolated string.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum InterpPart {
    /// Text.
    Text(Name),
    /// A value that prints as text: string, number, boolean, quantity, variant, or a secret.
    Expr(ExprId),
}

/// An arm of a match.
#[derive(Debug, Serialize, Deserialize)]
pub struct Arm {
    /// The alternatives.
    pub patterns: Vec<Pattern>,
    /// The value.
    pub value: ExprId,
}

/// A resolved pattern.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Pattern {
    /// `else`.
    Else,
    /// A literal or variant.
    Const(Const),
    /// A declared instance.
    Instance(InstanceId),
    /// A type, decided by the value at hand.
    Type(TyId),
}

/// A clause of a comprehension.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Clause {
    /// `for x in xs` (1 variable) or `for k, v in m` (2): pushes a frame. One variable over a map or the instances
    /// of a kind takes the values; two over a list take the index and the element.
    For {
        /// How many variables.
        vars: u8,
        /// What is iterated.
        source: ExprId,
    },
    /// `if c`.
    If(ExprId),
}

/// Operators on two values that are always both evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BinaryOp {
    /// `==`. Either side may be absent, which equals nothing that is present.
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
    /// `in`.
    In,
    /// `matches`.
    Matches,
    /// `+` (numbers, quantities, strings, lists).
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
    /// `of`: a percentage of a quantity or number.
    Of,
}

impl Program {
    /// Whether `kind` is `ancestor` or extends it.
    pub fn is_a(&self, kind: KindId, ancestor: KindId) -> bool {
        let mut at = Some(kind);
        while let Some(id) = at {
            if id == ancestor {
                return true;
            }
            at = self[id].parent;
        }
        false
    }

    /// A kind and its ancestors, the root first.
    pub fn lineage(&self, kind: KindId) -> Vec<KindId> {
        let mut line: Vec<KindId> = std::iter::successors(Some(kind), |k| self[*k].parent).collect();
        line.reverse();
        line
    }

    /// The kind of this name in the standard library's prelude.
    pub fn prelude_kind(&self, name: &str) -> Option<KindId> {
        let name = Name::new(name);
        let at = self.kinds.iter().position(|k| k.name == name && self[k.module].is_std)?;
        Some(KindId(at as u32))
    }

    /// Whether a value of this type has anything to check when it is bound: a quantity's wholeness and range, or a
    /// refinement's condition, at any depth that is not checked by the fields of a kind itself.
    pub fn needs_binding(&self, ty: TyId) -> bool {
        self.types.needs_binding(ty)
    }
}
