//! Types as written, turned into interned types.

use crate::context::{Alias, Checker, Condition, Def, Progress};
use crate::errors;
use crate::hir::{ExprId, ModuleId, Record, RecordField, Refinement, RefinementId, Ty, TyId};
use plat_base::{Name, Span};
use plat_syntax::ast::{self, TypeKind};

/// The types that need no declaration.
pub(crate) const BUILTIN: &[(&str, TyId)] = &[
    ("bool", TyId::BOOL),
    ("int", TyId::INT),
    ("float", TyId::FLOAT),
    ("string", TyId::STRING),
    ("bytes", TyId::BYTES),
    ("cores", TyId::CORES),
    ("duration", TyId::DURATION),
    ("percent", TyId::PERCENT),
    ("secret", TyId::SECRET),
    ("data", TyId::DATA),
];

/// Whether a definition can stand where a type is written.
pub(crate) fn is_type(def: Def) -> bool {
    matches!(def, Def::Alias(_) | Def::Enum(_) | Def::Kind(_) | Def::Broken)
}

impl<'a> Checker<'a> {
    /// The type that is written.
    pub(crate) fn resolve_type(&mut self, ty: &'a ast::Type) -> TyId {
        let resolved = self.named_type(ty, None, None);
        self.report_too_big(ty.span);
        resolved
    }

    /// Tells it if the type that was just made has too many parts.
    pub(crate) fn report_too_big(&mut self, span: Span) {
        if self.program.types.take_too_big() {
            self.report(errors::type_too_big(span));
        }
    }

    fn named_type(&mut self, ty: &'a ast::Type, name: Option<Name>, doc: Option<&str>) -> TyId {
        match &ty.kind {
            TypeKind::Error => TyId::ERROR,
            TypeKind::Path(path) => self.path_type(path),
            TypeKind::Apply(path, args) => self.applied_type(path, args),
            TypeKind::Optional(inner) => {
                let inner = self.resolve_type(inner);
                self.optional(inner)
            }
            TypeKind::Record(fields, rest) => self.record_type(fields, rest.as_ref(), name),
            TypeKind::Union(members) => {
                let members: Vec<TyId> = members.iter().map(|m| self.resolve_type(m)).collect();
                self.union(&members)
            }
            TypeKind::Where(base, condition) => {
                let base = self.resolve_type(base);
                self.refined(base, *condition, name, doc)
            }
        }
    }

    fn refined(&mut self, base: TyId, condition: ast::ExprId, name: Option<Name>, doc: Option<&str>) -> TyId {
        if base == TyId::ERROR {
            return base;
        }
        let span = self.env.ast[condition].span;
        let module = self.env.module;
        let refinement = Refinement {
            name,
            doc: doc.map(str::to_owned),
            base,
            condition: ExprId(0),
            span,
            module: ModuleId(module as u32),
        };
        let ty = self.program.types.add_refinement(refinement);
        if let Ty::Refined(id) = *self.program.types.get(ty) {
            self.wait_for_names(id, condition, base);
        }
        ty
    }

    fn wait_for_names(&mut self, refinement: RefinementId, expr: ast::ExprId, base: TyId) {
        let module = self.env.module;
        self.tables.conditions.push(Condition { module, expr, base, refinement });
    }

    fn path_type(&mut self, path: &'a ast::Path) -> TyId {
        if let [only] = path.segments.as_slice()
            && let Some(at) = self.env.type_params.iter().position(|p| *p == only.name)
        {
            return self.program.types.intern(Ty::Param(at as u32));
        }
        match self.find_path(path, is_type) {
            Some((Def::Alias(id), _)) => self.alias_type(id, path.span),
            Some((Def::Enum(id), _)) => self.program.types.intern(Ty::Enum(id)),
            Some((Def::Kind(id), _)) => {
                self.note_deprecated_kind(id, path.span);
                self.program.types.intern(Ty::Kind(id))
            }
            Some(_) => TyId::ERROR,
            None => self.builtin_type(path),
        }
    }

    fn builtin_type(&mut self, path: &'a ast::Path) -> TyId {
        if let [only] = path.segments.as_slice() {
            let name = only.name.as_str();
            if let Some((_, ty)) = BUILTIN.iter().find(|(b, _)| *b == name) {
                return *ty;
            }
            if matches!(name, "list" | "map") {
                self.report(errors::type_without_argument(*only));
                return TyId::ERROR;
            }
        }
        self.report_unknown_path(path, "type", is_type);
        TyId::ERROR
    }

    fn applied_type(&mut self, path: &'a ast::Path, args: &'a [ast::Type]) -> TyId {
        let resolved: Vec<TyId> = args.iter().map(|a| self.resolve_type(a)).collect();
        let name = path.segments.last().map_or("", |s| s.name.as_str());
        let (Some(element), "list" | "map", 1) = (resolved.first().copied(), name, path.segments.len())
        else {
            self.report(errors::no_type_arguments(path.span, name));
            return TyId::ERROR;
        };
        if resolved.len() != 1 {
            self.report(errors::one_type_argument(path.span, name));
            return TyId::ERROR;
        }
        let ty = if name == "list" { Ty::List(element) } else { Ty::Map(element) };
        self.program.types.intern(ty)
    }

    fn record_type(
        &mut self,
        fields: &'a [ast::TypeField],
        rest: Option<&'a ast::Rest>,
        name: Option<Name>,
    ) -> TyId {
        let mut resolved: Vec<RecordField> = Vec::with_capacity(fields.len());
        for field in fields {
            let ty = self.resolve_type(&field.ty);
            let (ty, optional) = self.split_optional(ty, field.optional);
            if let Some(first) = resolved.iter().find(|f| f.name == field.name.name) {
                let first = first.span;
                self.report(errors::duplicate_field(field.name.name, first, field.name.span));
                continue;
            }
            let doc = field.doc.as_ref().map(|d| d.text.clone());
            resolved.push(RecordField { name: field.name.name, ty, optional, span: field.name.span, doc });
        }
        let rest = rest.map(|r| self.resolve_type(&r.ty));
        self.program.types.intern_record(Record { name, fields: resolved, rest })
    }

    /// `f: T?` means the same as `f?: T`.
    pub(crate) fn split_optional(&self, ty: TyId, optional: bool) -> (TyId, bool) {
        match self.program.types.get(ty) {
            Ty::Optional(inner) => (*inner, true),
            _ => (ty, optional),
        }
    }

    /// The type that an alias stands for.
    pub(crate) fn alias_type(&mut self, id: usize, used_at: Span) -> TyId {
        let Alias { module, ast, doc, progress, ty } = self.tables.aliases[id];
        match progress {
            Progress::Done => ty,
            Progress::Busy => {
                if let Some(ast) = ast {
                    self.report(errors::cyclic_type(ast.name, used_at));
                }
                TyId::ERROR
            }
            Progress::Todo => {
                let Some(ast) = ast else { return ty };
                self.tables.aliases[id].progress = Progress::Busy;
                let ty = self.in_module(module, |c| {
                    c.where_fixed("a type", |c| c.named_type(&ast.ty, Some(ast.name.name), doc))
                });
                self.tables.aliases[id].progress = Progress::Done;
                self.tables.aliases[id].ty = ty;
                ty
            }
        }
    }

    /// `T?`.
    pub(crate) fn optional(&mut self, ty: TyId) -> TyId {
        match self.program.types.get(ty) {
            Ty::Optional(_) | Ty::Error => ty,
            _ => self.program.types.intern(Ty::Optional(ty)),
        }
    }

    /// `list[T]`.
    pub(crate) fn list_of(&mut self, ty: TyId) -> TyId {
        self.program.types.intern(Ty::List(ty))
    }

    /// `map[T]`.
    pub(crate) fn map_of(&mut self, ty: TyId) -> TyId {
        self.program.types.intern(Ty::Map(ty))
    }

    /// An instance of a kind.
    pub(crate) fn kind_type(&mut self, kind: crate::hir::KindId) -> TyId {
        self.program.types.intern(Ty::Kind(kind))
    }

    /// `A | B | …`: flat, without duplicates; an absent member makes the whole optional.
    pub(crate) fn union(&mut self, members: &[TyId]) -> TyId {
        let mut flat: Vec<TyId> = Vec::with_capacity(members.len());
        let mut optional = false;
        for member in members {
            let mut present = *member;
            if let Ty::Optional(inner) = self.program.types.get(present) {
                (present, optional) = (*inner, true);
            }
            match self.program.types.get(present) {
                Ty::Error => return TyId::ERROR,
                Ty::Never => {}
                Ty::Union(inner) => {
                    for ty in inner.clone() {
                        if !flat.contains(&ty) {
                            flat.push(ty);
                        }
                    }
                }
                _ if flat.contains(&present) => {}
                _ => flat.push(present),
            }
        }
        let ty = match flat.as_slice() {
            [] => TyId::NEVER,
            [only] => *only,
            _ => self.program.types.intern(Ty::Union(flat)),
        };
        if optional { self.optional(ty) } else { ty }
    }
}

impl Clone for Alias<'_> {
    fn clone(&self) -> Self {
        *self
    }
}

impl Copy for Alias<'_> {}
