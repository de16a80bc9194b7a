//! What the checker carries along: the program that it builds, the tables that lead from an id back to the syntax
//! tree, and the environment of the expression at hand. Nothing is decided here.

use crate::SourceModule;
use crate::hash::{FastMap, FastSet};
use crate::hir::{self, ExprId, ExprKind, FnId, InstanceId, KindId, LoopId, Program, RefinementId, TyId};
use plat_base::{Diagnostic, FileId, Name, Span};
use plat_syntax::ast;
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;

/// How deeply expressions, bodies and the constants they mention may nest before `limit-exceeded`.
pub(crate) const MAX_DEPTH: u32 = 4000;

/// What a name at the top level of a module stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum Def {
    /// A constant.
    Let(hir::LetId),
    /// A function.
    Fn(FnId),
    /// A type alias, by its place in [`Tables::aliases`].
    Alias(usize),
    /// An enum.
    Enum(hir::EnumId),
    /// A kind.
    Kind(KindId),
    /// A declared instance.
    Instance(InstanceId),
    /// An imported module.
    Module(usize),
    /// Something whose declaration is wrong and has been reported.
    Broken,
}

/// A name and where it was brought into scope.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Binding {
    /// What it stands for.
    pub(crate) def: Def,
    /// Where.
    pub(crate) span: Span,
}

/// The names of a module (or of the whole prelude). Instances of several kinds may share one.
#[derive(Default, Debug)]
pub(crate) struct Scope {
    names: FastMap<Name, Vec<Binding>>,
    /// In source order, for suggestions.
    pub(crate) order: Vec<Name>,
}

impl From<Vec<(Name, Vec<Binding>)>> for Scope {
    fn from(entries: Vec<(Name, Vec<Binding>)>) -> Scope {
        let order = entries.iter().map(|(name, _)| *name).collect();
        Scope { names: entries.into_iter().collect(), order }
    }
}

impl Scope {
    /// All names in source order with what they stand for.
    pub(crate) fn entries(&self) -> Vec<(Name, Vec<Binding>)> {
        self.order.iter().map(|name| (*name, self.get(*name).to_vec())).collect()
    }

    /// All that `name` stands for.
    pub(crate) fn get(&self, name: Name) -> &[Binding] {
        self.names.get(&name).map_or(&[], Vec::as_slice)
    }

    /// Adds a meaning.
    pub(crate) fn add(&mut self, name: Name, binding: Binding) {
        let all = self.names.entry(name).or_default();
        if all.is_empty() {
            self.order.push(name);
        }
        if !all.iter().any(|b| b.def == binding.def) {
            all.push(binding);
        }
    }
}

/// How far something has got that is worked out when first asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Progress {
    /// Not begun.
    Todo,
    /// Begun: asking for it again is a cycle.
    Busy,
    /// Finished.
    Done,
}

/// A type alias.
#[derive(Debug)]
pub(crate) struct Alias<'a> {
    pub(crate) module: usize,
    /// `None` if it was checked before, as in what follows.
    pub(crate) ast: Option<&'a ast::TypeAlias>,
    pub(crate) doc: Option<&'a str>,
    pub(crate) progress: Progress,
    pub(crate) ty: TyId,
}

/// What the checker knows of a constant beyond its HIR.
#[derive(Debug)]
pub(crate) struct LetSource<'a> {
    pub(crate) module: usize,
    pub(crate) ast: Option<&'a ast::Let>,
    pub(crate) progress: Progress,
}

/// What the checker knows of a function beyond its HIR.
#[derive(Debug)]
pub(crate) struct FnSource<'a> {
    pub(crate) module: usize,
    pub(crate) ast: Option<&'a ast::Fn>,
    pub(crate) signature: Progress,
    pub(crate) body: Progress,
    /// The functions that it calls, with the call.
    pub(crate) calls: Vec<(FnId, Span)>,
}

/// What the checker knows of a kind beyond its HIR.
#[derive(Debug)]
pub(crate) struct KindSource<'a> {
    pub(crate) module: usize,
    pub(crate) ast: Option<&'a ast::Kind>,
    pub(crate) progress: Progress,
    /// Where each field is in [`hir::Kind::fields`], once somebody has asked.
    pub(crate) index: OnceCell<FastMap<Name, u32>>,
    /// Whether it may have fields that nobody knows, since its parent or a field is in error.
    pub(crate) is_open: bool,
    /// Whether instances come into being whose names are not known before evaluation.
    pub(crate) generated: bool,
}

/// What the checker knows of an instance beyond its HIR.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InstanceSource<'a> {
    pub(crate) module: usize,
    pub(crate) ast: Option<&'a ast::Instance>,
    pub(crate) annotations: &'a [ast::Annotation],
    /// Whether its kind was found.
    pub(crate) has_kind: bool,
}

/// A declaration loop and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct LoopSource<'a> {
    pub(crate) module: usize,
    pub(crate) item: &'a ast::Item,
    pub(crate) ast: &'a ast::For,
    pub(crate) emits: Vec<(&'a ast::Item, &'a ast::Emit)>,
    pub(crate) nested: bool,
}

/// From ids back to the syntax tree.
#[derive(Default, Debug)]
pub(crate) struct Tables<'a> {
    pub(crate) lets: Vec<LetSource<'a>>,
    pub(crate) fns: Vec<FnSource<'a>>,
    pub(crate) kinds: Vec<KindSource<'a>>,
    pub(crate) aliases: Vec<Alias<'a>>,
    pub(crate) instances: Vec<InstanceSource<'a>>,
    pub(crate) loops: Vec<LoopSource<'a>>,
    /// Top-level emits, tests and checks with their modules, in order.
    pub(crate) emits: Vec<(usize, &'a ast::Item, &'a ast::Emit)>,
    pub(crate) tests: Vec<(usize, &'a ast::Test)>,
    pub(crate) checks: Vec<(usize, &'a ast::Item, &'a ast::Check)>,
    pub(crate) project: Option<(usize, &'a ast::Item, &'a ast::Project)>,
    /// Conditions of refinements that are still to be checked.
    pub(crate) conditions: Vec<Condition>,
}

/// A refinement's condition, waiting until all names are known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Condition {
    pub(crate) module: usize,
    pub(crate) expr: ast::ExprId,
    pub(crate) base: TyId,
    pub(crate) refinement: RefinementId,
}

/// A variable.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Local {
    pub(crate) name: Name,
    pub(crate) ty: TyId,
    pub(crate) span: Span,
}

/// One frame of the environment, as [`hir`] defines them.
#[derive(Debug)]
pub(crate) enum Frame {
    /// Variables.
    Slots(Vec<Local>),
    /// A body that binds `self`, with the type of the value.
    Object(TyId),
}

/// The root of a path that can be narrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    /// A variable: frame (counted from the outermost) and slot.
    Local(usize, u16),
    /// `self` of a frame.
    Object(usize),
    /// A constant.
    Let(hir::LetId),
    /// A declared instance.
    Instance(InstanceId),
    /// The current platform.
    Platform,
    /// The current environment.
    Environment,
    /// Any path: the condition was an error, so nobody knows what it would have said of which.
    Anything,
}

/// A path that can be narrowed: `self.memory`, `s.scale`, `xs["a"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) root: Root,
    pub(crate) steps: Vec<Name>,
}

/// What is known of a path where an expression stands.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) place: Place,
    pub(crate) ty: TyId,
}

/// Where the expression at hand stands.
#[derive(Debug)]
pub(crate) struct Env<'a> {
    pub(crate) module: usize,
    pub(crate) ast: &'a ast::Module,
    pub(crate) frames: Vec<Frame>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) type_params: Vec<Name>,
    /// The function whose body it is.
    pub(crate) function: Option<FnId>,
    /// The declaration that it belongs to.
    pub(crate) declaration: Option<InstanceId>,
    /// Why the axes may not be mentioned here: "the head of a loop".
    pub(crate) fixed: Option<&'static str>,
    /// Whether it belongs to a check, where what is absent has nothing to say.
    pub(crate) in_check: bool,
}

/// The instances that a name may mean where a kind is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// One.
    One(InstanceId),
    /// Several, of kinds that extend the expected one; the first.
    Several(InstanceId),
}

/// How much of each table was checked before, as [`Base`](crate::base::Base).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Start {
    pub(crate) modules: usize,
    pub(crate) kinds: usize,
    pub(crate) aliases: usize,
    pub(crate) fns: usize,
    pub(crate) instances: usize,
    pub(crate) declarations: usize,
}

/// The checker.
pub(crate) struct Checker<'a> {
    pub(crate) sources: &'a [SourceModule],
    pub(crate) start: Start,
    pub(crate) program: Program,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) tables: Tables<'a>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) prelude: Scope,
    pub(crate) env: Env<'a>,
    /// Instances by kind (and each of its ancestors) and name.
    pub(crate) named: FastMap<(KindId, Name), Named>,
    /// Names of declarations that were in error: what mentions them stays silent.
    pub(crate) broken: FastSet<Name>,
    /// The non-abstract instances of the axes, in program order.
    pub(crate) platforms: Vec<InstanceId>,
    pub(crate) environments: Vec<InstanceId>,
    /// Answers of `is_plain_data`.
    pub(crate) plain: FastMap<TyId, bool>,
    /// Numbers that say more than their value (`1.10`, `0o755`, `1_000`), as they are written.
    pub(crate) written: FastMap<ExprId, Name>,
    /// The names of all checks.
    pub(crate) check_names: Vec<Name>,
    pub(crate) depth: u32,
    /// How many entries of bodies did not parse so far.
    pub(crate) gaps: u32,
    /// How many readings of a literal are being tried right now, one inside the other.
    pub(crate) trying: u32,
    /// Whether the expression at hand may be an abstract instance: what is amended may.
    pub(crate) accepts_abstract: bool,
    /// Suggestions cost a pass over all names; a flood of errors does without.
    pub(crate) suggestions: u32,
}

impl<'a> Checker<'a> {
    /// A checker of `sources`, of which there is at least one.
    pub(crate) fn new(sources: &'a [SourceModule], first: &'a ast::Module) -> Checker<'a> {
        let mut checker = Checker {
            sources,
            start: Start::default(),
            program: Program::default(),
            diagnostics: Vec::new(),
            tables: Tables::default(),
            scopes: Vec::new(),
            prelude: Scope::default(),
            env: Env::new(0, first),
            named: FastMap::default(),
            broken: FastSet::default(),
            platforms: Vec::new(),
            environments: Vec::new(),
            plain: FastMap::default(),
            written: FastMap::default(),
            check_names: Vec::new(),
            depth: 0,
            gaps: 0,
            trying: 0,
            accepts_abstract: false,
            suggestions: 0,
        };
        // The first expression stands for every one that was in error before it had a place.
        checker.push(Span { file: FileId(0), start: 0, end: 0 }, TyId::ERROR, ExprKind::Error);
        checker
    }

    /// Adds an expression.
    pub(crate) fn push(&mut self, span: Span, ty: TyId, kind: ExprKind) -> ExprId {
        let id = ExprId(self.program.exprs.len() as u32);
        self.program.exprs.push(hir::Expr { span, ty, kind });
        id
    }

    /// Adds an expression that stands for one in error.
    pub(crate) fn poison(&mut self, span: Span) -> ExprId {
        self.push(span, TyId::ERROR, ExprKind::Error)
    }

    /// Adds a body.
    pub(crate) fn push_body(&mut self, body: hir::Body) -> hir::BodyId {
        let id = hir::BodyId(self.program.bodies.len() as u32);
        self.program.bodies.push(body);
        id
    }

    /// The type of an expression.
    pub(crate) fn ty(&self, id: ExprId) -> TyId {
        self.program[id].ty
    }

    /// Where an expression stands.
    pub(crate) fn span(&self, id: ExprId) -> Span {
        self.program[id].span
    }

    /// Reports a problem.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether a place is in the standard library: nobody has to look there to mend a program.
    pub(crate) fn is_std(&self, span: Span) -> bool {
        self.sources.iter().any(|s| s.is_std && s.ast.file() == span.file)
    }

    /// The syntax tree of a module. That of one that was checked before is read from its image for this, so it is
    /// only asked for where nothing else will do.
    pub(crate) fn module_ast(&self, module: usize) -> &'a ast::Module {
        &self.sources[module].ast
    }

    /// The syntax tree of an instance.
    pub(crate) fn instance_ast(&self, id: InstanceId) -> Option<&'a ast::Instance> {
        let source = &self.tables.instances[id.0 as usize];
        let name = self.program[id].name_span;
        source.ast.or_else(|| {
            self.module_ast(source.module).items.iter().find_map(|item| match &item.kind {
                ast::ItemKind::Instance(decl) if decl.name.span() == name => Some(decl),
                _ => None,
            })
        })
    }

    /// The syntax tree of a kind.
    pub(crate) fn kind_ast(&self, id: KindId) -> Option<&'a ast::Kind> {
        let source = &self.tables.kinds[id.0 as usize];
        let name = self.program[id].name_span;
        source.ast.or_else(|| {
            self.module_ast(source.module).items.iter().find_map(|item| match &item.kind {
                ast::ItemKind::Kind(decl) if decl.name.span == name => Some(decl),
                _ => None,
            })
        })
    }

    /// Runs `work` in an empty environment of `module` and comes back.
    pub(crate) fn in_module<T>(&mut self, module: usize, work: impl FnOnce(&mut Self) -> T) -> T {
        let inner = Env::new(module, self.module_ast(module));
        let outer = std::mem::replace(&mut self.env, inner);
        let result = work(self);
        self.env = outer;
        result
    }

    /// Runs `work` with one more frame.
    pub(crate) fn in_frame<T>(&mut self, frame: Frame, work: impl FnOnce(&mut Self) -> T) -> T {
        self.env.frames.push(frame);
        let result = work(self);
        self.env.frames.pop();
        result
    }

    /// Runs `work` where the axes may not be mentioned.
    pub(crate) fn where_fixed<T>(&mut self, place: &'static str, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.env.fixed.replace(place);
        let result = work(self);
        self.env.fixed = outer;
        result
    }

    /// Runs `work` with more known.
    pub(crate) fn with_facts<T>(&mut self, facts: Vec<Fact>, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.env.facts.len();
        self.env.facts.extend(facts);
        let result = work(self);
        self.env.facts.truncate(before);
        result
    }
}

impl<'a> Env<'a> {
    /// The environment of a module's top level.
    pub(crate) fn new(module: usize, ast: &'a ast::Module) -> Env<'a> {
        Env {
            module,
            ast,
            frames: Vec::new(),
            facts: Vec::new(),
            type_params: Vec::new(),
            function: None,
            declaration: None,
            fixed: None,
            in_check: false,
        }
    }
}

/// The loop that an instance is in, while declarations are collected.
pub(crate) type Enclosing = Option<LoopId>;
