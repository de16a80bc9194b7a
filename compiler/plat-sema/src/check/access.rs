//! `a.b`, `a?.b` and `a[i]`.

use super::assign::{Want, Why};
use super::naming::is_value;
use crate::context::{Checker, Def, Frame, Named};
use crate::errors;
use crate::hir::{Const, EnumId, ExprId, ExprKind, InstanceId, InstanceName, KindId, Ty, TyId};
use plat_base::{Name, Span};
use plat_syntax::ast::{self, EntryKind, ExprKind as Syntax, InstanceInit, Key};

/// A field that was looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    /// The type of a present value.
    pub(crate) ty: TyId,
    /// Whether it may be absent.
    pub(crate) optional: bool,
}

impl<'a> Checker<'a> {
    /// `base.name` or `base?.name`.
    pub(crate) fn field_access(
        &mut self,
        span: Span,
        base: ast::ExprId,
        name: ast::Ident,
        optional: bool,
        want: Option<Want>,
    ) -> ExprId {
        if let Syntax::Name(first) = self.env.ast[base].kind
            && self.local(first).is_none()
        {
            let first = ast::Ident { name: first, span: self.env.ast[base].span };
            if let Some(found) = self.qualified(span, first, name, want) {
                return found;
            }
        }
        if let Some(id) = self.enum_written(base) {
            return self.variant_of(span, id, name);
        }
        let base = self.infer(base);
        self.member(span, base, name, optional)
    }

    /// A name behind a module, a kind or an enum.
    fn qualified(
        &mut self,
        span: Span,
        first: ast::Ident,
        name: ast::Ident,
        want: Option<Want>,
    ) -> Option<ExprId> {
        if let Some(module) = self.module_named(first.name)
            && let Some(found) = self.exported_value(span, module, first, name, want)
        {
            return Some(found);
        }
        let fits = |d: Def| is_value(d) || matches!(d, Def::Enum(_));
        let is_axis = matches!(first.name.as_str(), "platform" | "env")
            && !self.scopes[self.env.module].get(first.name).iter().any(|b| fits(b.def));
        if is_axis {
            return None;
        }
        match self.find(first.name, fits) {
            Some((Def::Kind(kind), _)) => {
                let is_alone =
                    self.scopes[self.env.module].get(first.name).iter().filter(|b| fits(b.def)).count() < 2;
                is_alone.then(|| self.instance_member(span, kind, name))
            }
            Some((Def::Enum(id), _)) => Some(self.variant_of(span, id, name)),
            _ => None,
        }
    }

    /// `gc.g1`.
    fn variant_of(&mut self, span: Span, id: EnumId, name: ast::Ident) -> ExprId {
        if let Some(variant) = self.variant(id, name.name, span) {
            return variant;
        }
        let variants: Vec<&str> = self.program[id].variants.iter().map(|v| v.name.as_str()).collect();
        let diagnostic = errors::unknown_variant(self.program[id].name, name, &variants);
        self.report(diagnostic);
        self.poison(span)
    }

    /// The enum that `module.name` means.
    fn enum_written(&self, base: ast::ExprId) -> Option<EnumId> {
        let Syntax::Field { base, name, optional: false } = &self.env.ast[base].kind else { return None };
        let Syntax::Name(module) = self.env.ast[*base].kind else { return None };
        let module = self.module_named(module).filter(|_| self.local(module).is_none())?;
        self.exported(module, name.name).iter().find_map(|b| match b.def {
            Def::Enum(id) => Some(id),
            _ => None,
        })
    }

    /// What a module exports under a name, as a value; `None` if `first` may mean something else as well.
    fn exported_value(
        &mut self,
        span: Span,
        module: usize,
        first: ast::Ident,
        name: ast::Ident,
        want: Option<Want>,
    ) -> Option<ExprId> {
        let exported = self.exported(module, name.name);
        let values: Vec<Def> = exported.iter().map(|b| b.def).filter(|d| is_value(*d)).collect();
        let kinds = want.map(|w| self.choices(w.ty).kinds).unwrap_or_default();
        let is_wanted = |d: &Def| match d {
            Def::Instance(id) => kinds.iter().any(|k| self.program.is_a(self.program[*id].kind, *k)),
            _ => false,
        };
        if let Some(def) = values.iter().copied().find(is_wanted).or(values.first().copied()) {
            return Some(self.value_of(def, span));
        }
        if self.find(first.name, is_value).is_some() {
            return None;
        }
        if !self.is_excused(name.name) {
            match exported.first().map(|b| (b.def, b.span)) {
                Some((def, declared)) => {
                    let diagnostic = errors::not_a_value(name.name, self.describe(def), span, declared);
                    self.report(diagnostic);
                }
                None => self.report_unknown_export(module, name),
            }
        }
        Some(self.poison(span))
    }

    /// `service.api`, `service["api"]`.
    fn instance_member(&mut self, span: Span, kind: KindId, name: ast::Ident) -> ExprId {
        self.note_deprecated_kind(kind, span);
        match self.named.get(&(kind, name.name)) {
            Some(Named::One(id)) => {
                let id = *id;
                return self.instance_value(id, span);
            }
            Some(Named::Several(_)) => return self.instance_by_key(kind, name.name, span),
            None => {}
        }
        if self.tables.kinds[kind.0 as usize].generated {
            return self.instance_by_key(kind, name.name, span);
        }
        if !self.is_excused(name.name) {
            let names = if self.may_suggest() { self.names_of_kind(kind, false) } else { Vec::new() };
            let names: Vec<&str> = names.iter().map(|n| n.as_str()).collect();
            let diagnostic = errors::unknown_instance("no-such-index", self.program[kind].name, name, &names);
            self.report(diagnostic);
        }
        self.poison(span)
    }

    /// A field of a value.
    pub(crate) fn member(&mut self, span: Span, base: ExprId, name: ast::Ident, optional: bool) -> ExprId {
        let mut base = base;
        if optional {
            self.allow_absent_entry(base);
        }
        let base_ty = self.ty(base);
        let is_optional = matches!(self.program.types.get(base_ty), Ty::Optional(_));
        if is_optional && !optional {
            match self.present(base) {
                Some(present) => base = present,
                None => {
                    let diagnostic = errors::field_of_optional(&self.program, base, name, span);
                    self.report(diagnostic);
                    return self.poison(span);
                }
            }
        }
        let present = self.program.types.present(base_ty);
        if present == TyId::ERROR || present == TyId::NEVER {
            return self.poison(span);
        }
        if let ExprKind::Instances(kind) = self.program[base].kind {
            return self.instance_member(span, kind, name);
        }
        let Some(member) = self.find_member(present, name.name) else {
            self.report_no_member(base, present, name);
            return self.poison(span);
        };
        if !self.entry_exists(base, name) {
            return self.poison(span);
        }
        self.note_deprecated_field(present, name);
        let may_be_absent = member.optional || (is_optional && optional);
        let ty = if may_be_absent { self.optional(member.ty) } else { member.ty };
        let kind = ExprKind::Field {
            base,
            name: name.name,
            name_span: name.span,
            optional: is_optional && optional,
        };
        let expr = self.push(span, ty, kind);
        self.narrowed(expr)
    }

    /// Whether a value of a type has a field.
    pub(crate) fn has_field(&mut self, ty: TyId, name: Name) -> bool {
        self.find_member(ty, name).is_some()
    }

    /// The field of a type.
    pub(crate) fn find_member(&mut self, ty: TyId, name: Name) -> Option<Member> {
        match self.program.types.get(ty).clone() {
            Ty::Refined(_) => self.find_member(self.program.types.base(ty), name),
            Ty::Kind(kind) => match self.kind_field_named(kind, name) {
                Some(field) => Some(Member { ty: field.ty, optional: field.optional }),
                None if self.tables.kinds[kind.0 as usize].is_open => {
                    Some(Member { ty: TyId::ERROR, optional: false })
                }
                None if name.as_str() == "name" => Some(Member { ty: TyId::STRING, optional: false }),
                None => self.program[kind].rest.map(|r| Member { ty: r.ty, optional: false }),
            },
            Ty::Record(id) => {
                let record = self.program.types.record(id);
                match record.fields.iter().find(|f| f.name == name) {
                    Some(field) => Some(Member { ty: field.ty, optional: field.optional }),
                    None => record.rest.map(|ty| Member { ty, optional: false }),
                }
            }
            Ty::Map(element) => Some(Member { ty: element, optional: false }),
            Ty::List(_) | Ty::String if name.as_str() == "length" => {
                Some(Member { ty: TyId::INT, optional: false })
            }
            Ty::Instances(kind) => Some(Member { ty: self.kind_type(kind), optional: false }),
            Ty::Union(members) => self.union_member(&members, name),
            _ => None,
        }
    }

    /// What all members of a union have.
    fn union_member(&mut self, members: &[TyId], name: Name) -> Option<Member> {
        let mut types = Vec::with_capacity(members.len());
        let mut optional = false;
        for member in members {
            let found = self.find_member(*member, name)?;
            types.push(found.ty);
            optional |= found.optional;
        }
        Some(Member { ty: self.union(&types), optional })
    }

    fn report_no_member(&mut self, base: ExprId, ty: TyId, name: ast::Ident) {
        let names = self.field_names(ty);
        let names: Vec<&str> = names.iter().map(|n| n.as_str()).collect();
        let is_axis = match self.program[base].kind {
            ExprKind::Platform => Some("platform"),
            ExprKind::Environment => Some("env"),
            _ => None,
        };
        if let (Some(axis), Ty::Kind(kind)) = (is_axis, self.program.types.get(ty))
            && self.named.contains_key(&(*kind, name.name))
        {
            self.report(errors::axis_is_no_map(axis, name));
            return;
        }
        let mut diagnostic = errors::no_member(&self.program, ty, name, &names);
        if matches!(self.program[base].kind, ExprKind::SelfRef { .. })
            && let Some(outer) = self.outer_with(ty, name.name)
        {
            diagnostic = errors::self_is_inner(&self.program, diagnostic, ty, outer);
        }
        self.report(diagnostic);
    }

    /// The object further out that has a field which the innermost one, `self`, has not.
    fn outer_with(&mut self, own: TyId, name: Name) -> Option<TyId> {
        let outer: Vec<TyId> = self
            .env
            .frames
            .iter()
            .rev()
            .filter_map(|frame| match frame {
                Frame::Object(ty) if *ty != own => Some(*ty),
                _ => None,
            })
            .collect();
        outer.into_iter().find(|ty| self.has_field(*ty, name))
    }

    /// The fields of a type, in order.
    pub(crate) fn field_names(&self, ty: TyId) -> Vec<Name> {
        match self.program.types.get(ty) {
            Ty::Refined(_) => self.field_names(self.program.types.base(ty)),
            Ty::Kind(kind) => self.program[*kind].fields.iter().map(|f| f.name).collect(),
            Ty::Record(id) => self.program.types.record(*id).fields.iter().map(|f| f.name).collect(),
            Ty::List(_) | Ty::String => vec![Name::new("length")],
            _ => Vec::new(),
        }
    }

    /// An entry of a `config` and the like must be written somewhere, if all its layers can be seen.
    fn entry_exists(&mut self, base: ExprId, name: ast::Ident) -> bool {
        let ExprKind::Instance(id) = self.program[base].kind else { return true };
        let kind = self.program[id].kind;
        let is_declared = self.kind_field_named(kind, name.name).is_some() || name.name.as_str() == "name";
        if is_declared || self.program[kind].rest.is_none() {
            return true;
        }
        let mut entries = Vec::new();
        if !self.visible_entries(id, &mut entries) || entries.contains(&name.name) {
            return true;
        }
        let names: Vec<&str> = entries.iter().map(|n| n.as_str()).collect();
        let InstanceName::Static(instance) = self.program[id].name else { return true };
        let declared = self.program[id].name_span;
        let diagnostic = errors::unknown_entry(self.program[kind].name, instance, name, declared, &names);
        self.report(diagnostic);
        false
    }

    /// The keys that the layers of an instance write; `false` if there may be more.
    fn visible_entries(&self, id: InstanceId, keys: &mut Vec<Name>) -> bool {
        let mut at = Some(id);
        while let Some(instance) = at {
            let Some(InstanceInit::Body { body, .. }) = self.instance_ast(instance).map(|ast| &ast.init)
            else {
                return false;
            };
            if !keys_of(&body.entries, keys) {
                return false;
            }
            at = self.program[instance].parent;
        }
        self.program[self.program[id].kind].defaults.is_none()
    }

    fn note_deprecated_field(&mut self, ty: TyId, name: ast::Ident) {
        let Ty::Kind(kind) = *self.program.types.get(ty) else { return };
        let reason = self.kind_field_named(kind, name.name).and_then(|f| f.deprecated.clone());
        if let Some(reason) = reason {
            self.report(errors::deprecated(name.name, &reason, name.span));
        }
    }

    /// `base[index]`.
    pub(crate) fn index(&mut self, span: Span, base: ast::ExprId, index: ast::ExprId) -> ExprId {
        let base = self.axis_kind_after_in(base).unwrap_or_else(|| self.infer(base));
        let base = self.operand(base);
        let ty = self.program.types.base(self.ty(base));
        match self.program.types.get(ty).clone() {
            Ty::List(element) => {
                let index = self.check(index, Want::must(TyId::INT, Why::Language));
                self.push(span, element, ExprKind::Index { base, index })
            }
            Ty::Map(element) => self.map_index(span, base, index, element),
            Ty::Record(id) => {
                let record = self.program.types.record(id).clone();
                let types: Vec<TyId> = record.fields.iter().map(|f| f.ty).chain(record.rest).collect();
                let element = types.into_iter().fold(TyId::NEVER, |all, ty| self.join(all, ty));
                self.map_index(span, base, index, element)
            }
            Ty::Instances(kind) => self.instance_index(span, base, kind, index),
            Ty::Kind(kind) if self.program[kind].rest.is_some() => {
                let fields = self.program[kind].fields.iter().map(|f| f.ty);
                let types: Vec<TyId> = fields.chain(self.program[kind].rest.map(|r| r.ty)).collect();
                let element = types.into_iter().fold(TyId::NEVER, |all, ty| self.join(all, ty));
                self.map_index(span, base, index, element)
            }
            Ty::Error => {
                self.infer(index);
                self.poison(span)
            }
            _ => {
                self.infer(index);
                let diagnostic = errors::no_index(&self.program, ty, self.span(base));
                self.report(diagnostic);
                self.poison(span)
            }
        }
    }

    fn map_index(&mut self, span: Span, base: ExprId, index: ast::ExprId, element: TyId) -> ExprId {
        let index = self.check(index, Want::must(TyId::STRING, Why::Language));
        let ty = self.optional(element);
        let expr = self.push(span, ty, ExprKind::Index { base, index });
        self.narrowed(expr)
    }

    fn instance_index(&mut self, span: Span, base: ExprId, kind: KindId, index: ast::ExprId) -> ExprId {
        let index = self.check(index, Want::must(TyId::STRING, Why::Language));
        if let ExprKind::Const(Const::Str(name)) = self.program[index].kind {
            let at = self.span(index);
            return self.instance_member(span, kind, ast::Ident { name, span: at });
        }
        let ty = self.kind_type(kind);
        self.push(span, ty, ExprKind::Index { base, index })
    }
}

/// Collects the keys that entries write; `false` if some are computed or did not parse.
fn keys_of(entries: &[ast::Entry], keys: &mut Vec<Name>) -> bool {
    entries.iter().all(|entry| match &entry.kind {
        EntryKind::Set(Key::Static(k), _)
        | EntryKind::Refine(Key::Static(k), _)
        | EntryKind::Append(Key::Static(k), _) => {
            keys.push(k.name);
            true
        }
        EntryKind::Unset(_) => true,
        EntryKind::When(_, body) => keys_of(&body.entries, keys),
        _ => false,
    })
}
