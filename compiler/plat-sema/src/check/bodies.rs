//! Bodies: layers of fields on a kind, a record, a map or `data`.

use super::assign::{Want, Why};
use super::show;
use crate::context::{Checker, Def, Frame};
use crate::errors;
use crate::hash::FastMap;
use crate::hir::{Allow, Body, BodyId, Entry, Field, Key, KindId, RecordId, Ty, TyId, Verb};
use crate::resolve::annotations::Annotated;
use plat_base::{Name, Span};
use plat_syntax::ast::{self, EntryKind};

/// What a body is a layer of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// An instance of a kind.
    Kind(KindId),
    /// A record.
    Record(RecordId),
    /// A map with values of a type.
    Map(TyId),
    /// Any JSON-like object.
    Data,
    /// Something that is in error already.
    Broken,
}

/// What a layer needs to know of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FieldInfo {
    pub(crate) ty: TyId,
    pub(crate) optional: bool,
    /// Where it is declared, if it has a declaration.
    pub(crate) declared: Option<Span>,
}

/// Bodies with more entries than this look for duplicates by hash.
const FEW: usize = 12;

/// The keys of a layer so far.
enum Seen {
    Few(Vec<(Name, Span)>),
    Many(FastMap<Name, Span>),
}

impl Seen {
    fn with_room_for(count: usize) -> Seen {
        if count <= FEW {
            Seen::Few(Vec::with_capacity(count))
        } else {
            Seen::Many(FastMap::with_capacity_and_hasher(count, Default::default()))
        }
    }

    /// Adds a key; gives where it stood before.
    fn add(&mut self, name: Name, span: Span) -> Option<Span> {
        match self {
            Seen::Few(keys) => {
                let before = keys.iter().find(|(n, _)| *n == name).map(|(_, s)| *s);
                keys.push((name, span));
                before
            }
            Seen::Many(keys) => keys.insert(name, span),
        }
    }
}

impl<'a> Checker<'a> {
    /// What a body on a value of type `ty` is a layer of; `None` if such a value has no fields.
    pub(crate) fn target(&self, ty: TyId, body: &ast::Body) -> Option<Target> {
        match self.program.types.get(ty) {
            Ty::Error | Ty::Never => Some(Target::Broken),
            Ty::Kind(id) => Some(Target::Kind(*id)),
            Ty::Record(id) => Some(Target::Record(*id)),
            Ty::Map(element) => Some(Target::Map(*element)),
            Ty::Data => Some(Target::Data),
            Ty::Optional(inner) => self.target(*inner, body),
            Ty::Refined(_) => self.target(self.program.types.base(ty), body),
            Ty::Union(members) => self.union_target(members, body),
            _ => None,
        }
    }

    /// The member of a union that a body can be: the first that has all its keys, otherwise the first with fields.
    fn union_target(&self, members: &[TyId], body: &ast::Body) -> Option<Target> {
        let targets: Vec<Target> = members.iter().filter_map(|m| self.target(*m, body)).collect();
        let has_all = |t: &&Target| body.entries.iter().all(|e| self.has_key(**t, e));
        targets.iter().find(has_all).or(targets.first()).copied()
    }

    /// What a literal can be where a value of type `ty` is wanted, by its keys: none is unknown, none that is
    /// required lacks.
    pub(crate) fn targets(&self, ty: TyId, body: &ast::Body) -> Vec<Target> {
        match self.program.types.get(ty) {
            Ty::Optional(inner) => self.targets(*inner, body),
            Ty::Refined(_) => self.targets(self.program.types.base(ty), body),
            Ty::Union(members) => members.iter().flat_map(|m| self.targets(*m, body)).collect(),
            _ => {
                let fits = |t: &Target| {
                    body.entries.iter().all(|e| self.has_key(*t, e)) && self.has_required(*t, body)
                };
                self.target(ty, body).filter(fits).into_iter().collect()
            }
        }
    }

    fn has_required(&self, target: Target, body: &ast::Body) -> bool {
        let Target::Record(id) = target else { return true };
        let written = |name: Name| {
            body.entries.iter().any(|e| match entry_key(e) {
                Some(ast::Key::Static(key)) => key.name == name,
                _ => true,
            })
        };
        self.program.types.record(id).fields.iter().all(|f| f.optional || written(f.name))
    }

    fn has_key(&self, target: Target, entry: &ast::Entry) -> bool {
        match entry_key(entry) {
            Some(ast::Key::Static(key)) => self.field_info(target, key.name).is_some(),
            _ => true,
        }
    }

    /// The type of the value that a target is a layer of.
    pub(crate) fn target_type(&mut self, target: Target) -> TyId {
        match target {
            Target::Kind(id) => self.kind_type(id),
            Target::Record(id) => self.program.types.intern(Ty::Record(id)),
            Target::Map(element) => self.map_of(element),
            Target::Data => TyId::DATA,
            Target::Broken => TyId::ERROR,
        }
    }

    /// A field that a layer of a target may write.
    pub(crate) fn field_info(&self, target: Target, name: Name) -> Option<FieldInfo> {
        match target {
            Target::Kind(kind) => match self.kind_field_named(kind, name) {
                Some(f) => Some(FieldInfo { ty: f.ty, optional: f.optional, declared: Some(f.span) }),
                None if self.tables.kinds[kind.0 as usize].is_open => {
                    Some(FieldInfo { ty: TyId::ERROR, optional: true, declared: None })
                }
                None => {
                    self.program[kind].rest.map(|r| FieldInfo { ty: r.ty, optional: false, declared: None })
                }
            },
            Target::Record(id) => {
                let record = self.program.types.record(id);
                match record.fields.iter().find(|f| f.name == name) {
                    Some(f) => Some(FieldInfo { ty: f.ty, optional: f.optional, declared: Some(f.span) }),
                    None => record.rest.map(|ty| FieldInfo { ty, optional: false, declared: None }),
                }
            }
            Target::Map(ty) => Some(FieldInfo { ty, optional: false, declared: None }),
            // Absent entries of data are left out.
            Target::Data => Some(FieldInfo { ty: TyId::DATA, optional: true, declared: None }),
            Target::Broken => Some(FieldInfo { ty: TyId::ERROR, optional: true, declared: None }),
        }
    }

    /// A body that is a layer of `target`.
    pub(crate) fn body(&mut self, body: &'a ast::Body, target: Target, binds_self: bool) -> BodyId {
        let ty = self.target_type(target);
        let mut allows = Vec::new();
        let entries = if binds_self {
            self.in_frame(Frame::Object(ty), |c| c.layer(&body.entries, target, &mut allows))
        } else {
            self.layer(&body.entries, target, &mut allows)
        };
        self.push_body(Body { span: body.span, target: ty, binds_self, entries, allows })
    }

    /// The entries of one layer.
    pub(crate) fn layer(
        &mut self,
        entries: &'a [ast::Entry],
        target: Target,
        allows: &mut Vec<Allow>,
    ) -> Vec<Entry> {
        let mut seen = Seen::with_room_for(entries.len());
        let mut when: Option<Span> = None;
        let mut checked = Vec::with_capacity(entries.len());
        for entry in entries {
            if !entry.annotations.is_empty() {
                self.check_annotations(&entry.annotations, Annotated::Entry);
                allows.extend(self.allows(&entry.annotations, entry.span));
            }
            match &entry.kind {
                EntryKind::Error => self.gaps += 1,
                EntryKind::When(condition, body) => {
                    when = when.or(Some(entry.span));
                    checked.push(self.when(entry.span, *condition, body, target, allows));
                }
                _ => {
                    if let Some(when) = when {
                        self.report_field_after_when(entry, when);
                    }
                    checked.extend(self.field(entry, target, &mut seen));
                }
            }
        }
        checked
    }

    /// Fields come before the `when` blocks of their layer.
    pub(crate) fn report_field_after_when(&mut self, entry: &ast::Entry, when: Span) {
        let Some(key) = entry_key(entry) else { return };
        let name = match key {
            ast::Key::Static(ident) => format!("`{}`", ident.name),
            ast::Key::Computed(..) => "a field".to_owned(),
        };
        self.report(errors::field_after_when(&name, key.span(), when));
    }

    fn when(
        &mut self,
        span: Span,
        condition: ast::ExprId,
        body: &'a ast::Body,
        target: Target,
        allows: &mut Vec<Allow>,
    ) -> Entry {
        let condition = self.condition(condition);
        let facts = self.facts_of(condition, true);
        let entries = self.with_facts(facts, |c| c.layer(&body.entries, target, allows));
        Entry::When { condition, span, entries }
    }

    fn field(&mut self, entry: &'a ast::Entry, target: Target, seen: &mut Seen) -> Option<Entry> {
        let key = entry_key(entry)?;
        let key_span = key.span();
        let mut meant = None;
        let (key, info) = match key {
            ast::Key::Static(ident) => {
                if let Some(first) = seen.add(ident.name, ident.span) {
                    self.report(errors::duplicate_field(ident.name, first, ident.span));
                }
                let info = self.field_info(target, ident.name);
                self.note_deprecated_set(target, *ident);
                if info.is_none() {
                    meant = self.report_unknown_field(target, *ident);
                }
                (Key::Static(ident.name), info)
            }
            ast::Key::Computed(id, span) => {
                let expr = self.check(*id, Want::must(TyId::STRING, Why::Language));
                let info = self.computed_info(target, *span);
                (Key::Computed(expr), info)
            }
        };
        let is_known = info.is_some();
        let info = info.unwrap_or(FieldInfo { ty: TyId::ERROR, optional: true, declared: None });
        let name = match key {
            Key::Static(name) => name,
            Key::Computed(_) => Name::new("the entry"),
        };
        let verb = self.verb(entry, name, info);
        if !is_known {
            // The field that was meant is in error, so that nobody misses it.
            let key = Key::Static(meant?);
            let verb = Verb::Set(self.poison(entry.span));
            return Some(Entry::Field(Field { key, key_span, span: entry.span, ty: TyId::ERROR, verb }));
        }
        let verb = verb.unwrap_or_else(|| Verb::Set(self.poison(entry.span)));
        Some(Entry::Field(Field { key, key_span, span: entry.span, ty: info.ty, verb }))
    }

    fn computed_info(&mut self, target: Target, span: Span) -> Option<FieldInfo> {
        match target {
            Target::Kind(kind) => {
                let rest = self.program[kind].rest;
                if rest.is_none() {
                    let what = self.program[kind].name.to_string();
                    self.report(errors::computed_field(&what, span));
                }
                rest.map(|r| FieldInfo { ty: r.ty, optional: false, declared: None })
            }
            Target::Record(id) => {
                let rest = self.program.types.record(id).rest;
                if rest.is_none() {
                    let ty = self.target_type(target);
                    let what = show::show(&self.program, ty);
                    self.report(errors::computed_field(&what, span));
                }
                rest.map(|ty| FieldInfo { ty, optional: false, declared: None })
            }
            _ => self.field_info(target, Name::new("")),
        }
    }

    fn verb(&mut self, entry: &'a ast::Entry, name: Name, info: FieldInfo) -> Option<Verb> {
        let why = info.declared.map_or(Why::Language, |span| Why::Field(name, span));
        match &entry.kind {
            EntryKind::Set(_, value) => {
                let ty = if info.optional { self.optional(info.ty) } else { info.ty };
                Some(Verb::Set(self.check(*value, Want::must(ty, why))))
            }
            EntryKind::Unset(_) => Some(Verb::Unset),
            EntryKind::Refine(_, body) => match self.target(info.ty, body) {
                Some(target) => Some(Verb::Refine(self.body(body, target, false))),
                None => {
                    let diagnostic =
                        errors::no_refinement(&self.program, name, info.ty, body.span, info.declared);
                    self.report(diagnostic);
                    None
                }
            },
            EntryKind::Append(_, value) => match self.list_in(info.ty) {
                Some(list) => Some(Verb::Append(self.check(*value, Want::must(list, why)))),
                None => {
                    let diagnostic = errors::no_append(
                        &self.program,
                        name,
                        info.ty,
                        self.env.ast[*value].span,
                        info.declared,
                    );
                    self.report(diagnostic);
                    None
                }
            },
            EntryKind::When(..) | EntryKind::Error => None,
        }
    }

    /// The list type in a field's type.
    fn list_in(&self, ty: TyId) -> Option<TyId> {
        match self.program.types.get(ty) {
            Ty::List(_) | Ty::Error => Some(ty),
            Ty::Optional(inner) => self.list_in(*inner),
            Ty::Refined(_) => self.list_in(self.program.types.base(ty)),
            Ty::Union(members) => members.iter().find_map(|m| self.list_in(*m)),
            Ty::Data => self.program.types.find(&Ty::List(TyId::DATA)).or(Some(TyId::DATA)),
            _ => None,
        }
    }

    fn note_deprecated_set(&mut self, target: Target, ident: ast::Ident) {
        let Target::Kind(kind) = target else { return };
        if let Some(reason) = self.kind_field_named(kind, ident.name).and_then(|f| f.deprecated.clone()) {
            self.report(errors::deprecated(ident.name, &reason, ident.span));
        }
    }

    /// Reports a field that there is not; gives the one that was probably meant, which then is not missing.
    fn report_unknown_field(&mut self, target: Target, ident: ast::Ident) -> Option<Name> {
        let ty = self.target_type(target);
        if let Target::Kind(kind) = target
            && ident.name.as_str() == "name"
        {
            let diagnostic = errors::name_is_declared(self.program[kind].name, ident.span);
            self.report(diagnostic);
            return None;
        }
        let names = self.field_names(ty);
        let names: Vec<&str> = names.iter().map(|n| n.as_str()).collect();
        let declared = match target {
            Target::Kind(kind) => Some(self.program[kind].name_span).filter(|s| !self.is_std(*s)),
            _ => None,
        };
        let owner = show::show(&self.program, ty);
        let near = plat_base::closest(ident.name.as_str(), names.iter().copied());
        let meant = self.field_meant(ty, &owner, ident, near);
        let is_certain = meant.is_none();
        let diagnostic = errors::unknown_field(&owner, ident, &names, declared, meant);
        self.report(diagnostic);
        near.filter(|_| is_certain).map(Name::new)
    }

    /// What to write for a field that there is not, if more is known than a name that looks like it: a word of another
    /// tool, a field one level further in, or one of another kind.
    fn field_meant(
        &mut self,
        ty: TyId,
        owner: &str,
        ident: ast::Ident,
        near: Option<&str>,
    ) -> Option<String> {
        let (name, written) = (ident.name, ident.name.as_str());
        let same = |n: &str| {
            let fold = |t: &str| t.replace(['-', '_'], "").to_lowercase();
            fold(n) == fold(written)
        };
        if near.is_some_and(same) || !self.may_suggest() {
            return None;
        }
        if self.is_of_std(ty)
            && let Some(help) = errors::foreign_field(owner, written)
        {
            return Some(help.to_owned());
        }
        if near.is_some() {
            return None;
        }
        let inside: Vec<Name> = self.field_names(ty);
        let inside: Vec<&str> = inside
            .iter()
            .filter(|f| self.field_type(ty, **f).is_some_and(|t| self.field_names(t).contains(&name)))
            .map(|f| f.as_str())
            .collect();
        if let [first, ..] = inside.as_slice() {
            let all = errors::listed(&inside);
            return Some(format!("it is a field of {all}: write `{first} {{ {written} = … }}`"));
        }
        let kinds = self.top_level_names(|d| matches!(d, Def::Kind(_)));
        let having: Vec<&str> = kinds
            .iter()
            .filter(|k| match self.find(**k, |d| matches!(d, Def::Kind(_))) {
                Some((Def::Kind(id), _)) => self.program[id].fields.iter().any(|f| f.name == name),
                _ => false,
            })
            .map(|k| k.as_str())
            .collect();
        match having.as_slice() {
            [] => None,
            [_, _, _, _, ..] => None,
            few => Some(format!("`{written}` is a field of {}, not of `{owner}`", errors::listed(few))),
        }
    }

    /// The type of a field, without its absence.
    fn field_type(&self, ty: TyId, name: Name) -> Option<TyId> {
        let declared = match self.program.types.get(ty) {
            Ty::Kind(kind) => self.kind_field_named(*kind, name)?.ty,
            Ty::Record(id) => self.program.types.record(*id).fields.iter().find(|f| f.name == name)?.ty,
            _ => return None,
        };
        Some(self.program.types.base(self.program.types.present(declared)))
    }

    /// Whether a kind or record is one of the standard library.
    fn is_of_std(&self, ty: TyId) -> bool {
        match self.program.types.get(ty) {
            Ty::Kind(kind) => self.program[self.program[*kind].module].is_std,
            Ty::Record(id) => {
                self.program.types.record(*id).fields.first().is_some_and(|f| self.is_std(f.span))
            }
            _ => false,
        }
    }
}

/// The key of an entry.
pub(crate) fn entry_key(entry: &ast::Entry) -> Option<&ast::Key> {
    match &entry.kind {
        EntryKind::Set(key, _)
        | EntryKind::Unset(key)
        | EntryKind::Refine(key, _)
        | EntryKind::Append(key, _) => Some(key),
        EntryKind::When(..) | EntryKind::Error => None,
    }
}
