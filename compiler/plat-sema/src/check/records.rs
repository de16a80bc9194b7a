//! Record literals, amendments and `K { … }`.

use super::assign::Want;
use super::bodies::{Target, entry_key};
use crate::context::{Checker, Def};
use crate::errors;
use crate::hir::{Body, Entry, ExprId, ExprKind, Field, Key, KindId, Record, RecordField, Ty, TyId, Verb};
use plat_base::{Name, Span};
use plat_syntax::ast::{self, EntryKind, ExprKind as Syntax};

/// A record type that is being made from a literal.
#[derive(Default)]
struct Inferred {
    fields: Vec<RecordField>,
    rest: Option<TyId>,
}

impl<'a> Checker<'a> {
    /// `{ … }`: what is wanted decides between record, map, data and anonymous instance.
    pub(crate) fn record(&mut self, span: Span, body: &'a ast::Body, want: Option<Want>) -> ExprId {
        if let Some(want) = want {
            let readings = self.readings(want, body);
            let read = |c: &mut Self, target: &Target| c.record_as(span, body, *target);
            if let Some(found) = self.first_that_fits(&readings, want.must, read) {
                return found;
            }
        }
        let target = want.and_then(|w| self.target(w.ty, body));
        // What is only a hint (the other branch, the other operand) makes an instance, but forces no record or map.
        let is_forced = want.is_some_and(|w| w.must);
        match target {
            Some(target @ Target::Kind(_)) => self.record_as(span, body, target),
            Some(target) if is_forced && target != Target::Broken => self.record_as(span, body, target),
            _ => self.inferred_record(span, body),
        }
    }

    fn record_as(&mut self, span: Span, body: &'a ast::Body, target: Target) -> ExprId {
        let ty = self.target_type(target);
        let body = self.body(body, target, false);
        match target {
            Target::Kind(kind) => self.push(span, ty, ExprKind::New { kind, body }),
            _ => self.push(span, ty, ExprKind::Record(body)),
        }
    }

    /// What a literal may be read as, if it is worth a try: the members of a union that has several with such keys;
    /// and, where the other operand or branch has a type, that one.
    fn readings(&mut self, want: Want, body: &'a ast::Body) -> Vec<Target> {
        let mut targets = self.targets(want.ty, body);
        if want.must {
            if targets.len() < 2 {
                targets.clear();
            }
        } else {
            targets.retain(|t| matches!(t, Target::Record(_) | Target::Map(_)));
        }
        targets
    }

    fn inferred_record(&mut self, span: Span, body: &'a ast::Body) -> ExprId {
        let mut inferred = Inferred::default();
        let entries = self.infer_entries(&body.entries, false, &mut inferred);
        let record = Record { name: None, fields: inferred.fields, rest: inferred.rest };
        let ty = self.program.types.intern_record(record);
        let body = self.push_body(Body {
            span: body.span,
            target: ty,
            binds_self: false,
            entries,
            allows: Vec::new(),
        });
        self.push(span, ty, ExprKind::Record(body))
    }

    fn infer_entries(
        &mut self,
        entries: &'a [ast::Entry],
        sometimes: bool,
        inferred: &mut Inferred,
    ) -> Vec<Entry> {
        let mut keys: Vec<(Name, Span)> = Vec::with_capacity(entries.len());
        let mut when: Option<Span> = None;
        let mut checked = Vec::with_capacity(entries.len());
        for entry in entries {
            if let EntryKind::When(condition, body) = &entry.kind {
                when = when.or(Some(entry.span));
                let condition = self.condition(*condition);
                let facts = self.facts_of(condition, true);
                let entries = self.with_facts(facts, |c| c.infer_entries(&body.entries, true, inferred));
                checked.push(Entry::When { condition, span: entry.span, entries });
                continue;
            }
            if let Some(when) = when {
                self.report_field_after_when(entry, when);
            }
            if let Some(ast::Key::Static(key)) = entry_key(entry) {
                if let Some((_, first)) = keys.iter().find(|(n, _)| *n == key.name) {
                    self.report(errors::duplicate_field(key.name, *first, key.span));
                    continue;
                }
                keys.push((key.name, key.span));
            }
            checked.extend(self.infer_entry(entry, sometimes, inferred));
        }
        checked
    }

    fn infer_entry(
        &mut self,
        entry: &'a ast::Entry,
        sometimes: bool,
        inferred: &mut Inferred,
    ) -> Option<Entry> {
        let key = entry_key(entry)?;
        let key_span = key.span();
        let (verb, ty) = match &entry.kind {
            EntryKind::Set(_, value) | EntryKind::Append(_, value) => {
                let value = self.infer(*value);
                let ty = self.ty(value);
                let is_append = matches!(entry.kind, EntryKind::Append(..));
                (if is_append { Verb::Append(value) } else { Verb::Set(value) }, ty)
            }
            EntryKind::Refine(_, body) => {
                let value = self.inferred_record(body.span, body);
                let ty = self.ty(value);
                match self.program[value].kind {
                    ExprKind::Record(body) => (Verb::Refine(body), ty),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let present = self.program.types.present(ty);
        let optional = sometimes || present != ty;
        let key = match key {
            ast::Key::Static(ident) => {
                self.add_inferred(inferred, *ident, present, optional);
                Key::Static(ident.name)
            }
            ast::Key::Computed(id, _) => {
                let want = Want::must(TyId::STRING, super::assign::Why::Language);
                let key = self.check(*id, want);
                let rest = inferred.rest.map_or(present, |r| self.join(r, present));
                inferred.rest = Some(rest);
                Key::Computed(key)
            }
        };
        Some(Entry::Field(Field { key, key_span, span: entry.span, ty: present, verb }))
    }

    fn add_inferred(&mut self, inferred: &mut Inferred, ident: ast::Ident, ty: TyId, optional: bool) {
        if let Some(at) = inferred.fields.iter().position(|f| f.name == ident.name) {
            let joined = self.join(inferred.fields[at].ty, ty);
            inferred.fields[at].ty = joined;
            return;
        }
        inferred.fields.push(RecordField { name: ident.name, ty, optional, span: ident.span, doc: None });
    }

    /// `base { … }`: an amendment, or an anonymous instance if `base` is the name of a kind.
    pub(crate) fn amendment(
        &mut self,
        span: Span,
        base: ast::ExprId,
        body: &'a ast::Body,
        want: Option<Want>,
    ) -> ExprId {
        if let Some(kind) = self.kind_written(base, want) {
            self.note_deprecated_kind(kind, self.env.ast[base].span);
            let ty = self.kind_type(kind);
            let body = self.body(body, Target::Kind(kind), true);
            return self.push(span, ty, ExprKind::New { kind, body });
        }
        self.accepts_abstract = true;
        let base = self.expr(base, want.map(|w| Want::hint(w.ty)));
        self.accepts_abstract = false;
        let base = self.operand(base);
        let ty = self.program.types.base(self.ty(base));
        match self.target(ty, body) {
            Some(target) if !matches!(self.program.types.get(ty), Ty::Union(_)) => {
                let body = self.body(body, target, true);
                let kind =
                    if target == Target::Broken { ExprKind::Error } else { ExprKind::Amend { base, body } };
                self.push(span, ty, kind)
            }
            _ => {
                let diagnostic = errors::no_amendment(&self.program, ty, self.span(base), body.span);
                self.report(diagnostic);
                self.poison(span)
            }
        }
    }

    /// The kind that an expression names, if it names one and nothing nearer.
    fn kind_written(&self, id: ast::ExprId, want: Option<Want>) -> Option<KindId> {
        let fits = |d: Def| super::naming::is_value(d);
        match &self.env.ast[id].kind {
            Syntax::Name(name) => {
                if self.local(*name).is_some() {
                    return None;
                }
                let kind = match self.find(*name, fits) {
                    Some((Def::Kind(kind), _)) => kind,
                    _ => return None,
                };
                // Where the kind is expected, an instance of this name would be meant; but nobody amends by accident
                // what has the name of its own kind.
                let _ = want;
                Some(kind)
            }
            Syntax::Field { base, name, optional: false } => {
                let Syntax::Name(first) = self.env.ast[*base].kind else { return None };
                if self.local(first).is_some() {
                    return None;
                }
                let module = self.module_named(first)?;
                let kinds = self.exported(module, name.name);
                match kinds.iter().find(|b| fits(b.def)).map(|b| b.def) {
                    Some(Def::Kind(kind)) => Some(kind),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
