//! The heads of kinds: parents, fields and their types. Defaults wait until every name is known.

use crate::context::{Checker, Def, Progress};
use crate::errors;
use crate::hash::FastMap;
use crate::hir::{self, KindField, KindId, KindRest};
use crate::resolve::annotations::Annotated;
use plat_syntax::ast::{self, EntryKind, Key, Member};

impl<'a> Checker<'a> {
    /// Resolves all kinds.
    pub(crate) fn resolve_kinds(&mut self) {
        for id in self.start.kinds..self.program.kinds.len() {
            self.complete_kind(KindId(id as u32));
        }
    }

    fn complete_kind(&mut self, id: KindId) {
        let source = &self.tables.kinds[id.0 as usize];
        if source.progress != Progress::Todo {
            return;
        }
        let (module, Some(decl)) = (source.module, source.ast) else { return };
        self.tables.kinds[id.0 as usize].progress = Progress::Busy;
        self.in_module(module, |c| {
            c.env.fixed = Some("a kind");
            let parent = decl.parent.as_ref().and_then(|path| c.parent_kind(id, path));
            c.program.kinds[id.0 as usize].parent = parent;
            let inherits_gap = parent.is_some_and(|p| c.tables.kinds[p.0 as usize].is_open);
            if inherits_gap || (decl.parent.is_some() && parent.is_none()) {
                c.tables.kinds[id.0 as usize].is_open = true;
            }
            c.fill_fields(id, parent, decl);
        });
        self.tables.kinds[id.0 as usize].progress = Progress::Done;
    }

    fn parent_kind(&mut self, id: KindId, path: &'a ast::Path) -> Option<KindId> {
        let is_kind = |def| matches!(def, Def::Kind(_) | Def::Broken);
        match self.find_path(path, is_kind) {
            Some((Def::Kind(parent), _)) => {
                self.note_deprecated_kind(parent, path.span);
                self.complete_kind(parent);
                if self.tables.kinds[parent.0 as usize].progress == Progress::Busy {
                    let name = self.program[id].name;
                    self.report(errors::cyclic_extends("kind", name, path.span));
                    return None;
                }
                Some(parent)
            }
            Some(_) => None,
            None => {
                self.report_unknown_path(path, "kind", is_kind);
                None
            }
        }
    }

    fn fill_fields(&mut self, id: KindId, parent: Option<KindId>, decl: &'a ast::Kind) {
        let mut fields = parent.map_or_else(Vec::new, |p| self.program[p].fields.clone());
        let mut index = index_of(&fields);
        let mut rest = parent.and_then(|p| self.program[p].rest);
        for member in &decl.members {
            match member {
                Member::Field(field) => {
                    if let Some(at) = index.get(&field.name.name) {
                        let first: &KindField = &fields[*at as usize];
                        let diagnostic =
                            errors::duplicate_field(field.name.name, first.span, field.name.span);
                        self.report(diagnostic);
                        continue;
                    }
                    index.insert(field.name.name, fields.len() as u32);
                    let field = self.kind_field(field);
                    fields.push(field);
                }
                Member::Rest(r) => {
                    self.check_annotations(&r.annotations, Annotated::Rest);
                    let by_reference = r.annotations.iter().any(|a| a.name.name.as_str() == "reference");
                    rest = Some(KindRest { ty: self.resolve_type(&r.ty), by_reference });
                }
                Member::Entry(entry) => note_default(entry, &index, &mut fields),
            }
        }
        let kind: &mut hir::Kind = &mut self.program.kinds[id.0 as usize];
        (kind.fields, kind.rest) = (fields, rest);
        self.tables.kinds[id.0 as usize].index = index.into();
    }

    fn kind_field(&mut self, field: &'a ast::KindField) -> KindField {
        self.check_annotations(&field.annotations, Annotated::KindField);
        let ty = self.resolve_type(&field.ty);
        let (ty, optional) = self.split_optional(ty, field.optional);
        KindField {
            name: field.name.name,
            span: field.name.span,
            doc: field.doc.as_ref().map(|d| d.text.clone()),
            ty,
            optional,
            has_default: field.default.is_some(),
            is_final: field.is_final,
            may_vary: self.variation(&field.annotations),
            deprecated: self.deprecation(&field.annotations),
        }
    }

    /// A field of a kind.
    pub(crate) fn kind_field_named(&self, kind: KindId, name: plat_base::Name) -> Option<&KindField> {
        let (source, fields) = (&self.tables.kinds[kind.0 as usize], &self.program[kind].fields);
        if source.progress != Progress::Done {
            return None;
        }
        let at = *source.index.get_or_init(|| index_of(fields)).get(&name)?;
        fields.get(at as usize)
    }
}

fn index_of(fields: &[KindField]) -> FastMap<plat_base::Name, u32> {
    fields.iter().zip(0..).map(|(field, at)| (field.name, at)).collect()
}

/// A default that a kind gives to a field of its parent.
fn note_default(entry: &ast::Entry, index: &FastMap<plat_base::Name, u32>, fields: &mut [KindField]) {
    let (EntryKind::Set(Key::Static(key), _)
    | EntryKind::Refine(Key::Static(key), _)
    | EntryKind::Append(Key::Static(key), _)) = &entry.kind
    else {
        return;
    };
    if let Some(field) = index.get(&key.name).and_then(|at| fields.get_mut(*at as usize)) {
        field.has_default = true;
    }
}
