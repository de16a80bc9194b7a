//! Bodies of instances, records and kinds, entry by entry.

use super::build::Builder;
use crate::ast::{Annotation, Body, Doc, Entry, EntryKind, ExprId, ExprKind, Ident, Key, KindField, Member};
use crate::grammar::Rule;
use plat_base::Diagnostic;

impl Builder<'_, '_, '_> {
    /// The body that comes next; its opening brace stands right before the rule.
    pub(super) fn body(&mut self) -> Body {
        let start = self.ev.open();
        let entries = self.entries();
        self.ev.close();
        Body { span: self.span_from(start), entries }
    }

    /// The entries up to the end of the surrounding rule.
    pub(super) fn entries(&mut self) -> Vec<Entry> {
        let mut entries = Vec::new();
        while self.ev.peek().is_some() {
            let from = self.ev.position();
            let doc = self.doc_before(from);
            let annotations = self.annotations();
            let start = self.ev.position();
            let kind = match self.ev.peek() {
                Some(Rule::entry_when) => self.when(),
                Some(Rule::hole_entry) => self.hole_entry(),
                Some(_) => {
                    let key = self.key();
                    self.value_of(key)
                }
                None => break,
            };
            entries.push(Entry { span: self.span_from(start), doc, annotations, kind });
        }
        entries
    }

    fn hole_entry(&mut self) -> EntryKind {
        self.ev.leaf();
        EntryKind::Error
    }

    fn when(&mut self) -> EntryKind {
        self.ev.open();
        let condition = self.head();
        let body = self.body();
        self.ev.close();
        EntryKind::When(condition, body)
    }

    /// What follows the key of an entry.
    fn value_of(&mut self, key: Key) -> EntryKind {
        match self.ev.peek() {
            Some(Rule::body) => {
                let body = self.body();
                EntryKind::Refine(key, body)
            }
            Some(Rule::entry_append) => {
                self.ev.open();
                let value = self.expr();
                self.ev.close();
                EntryKind::Append(key, value)
            }
            _ => {
                let value = self.expr();
                if self.is_unset(value) { EntryKind::Unset(key) } else { EntryKind::Set(key, value) }
            }
        }
    }

    fn is_unset(&self, id: ExprId) -> bool {
        matches!(self.file.exprs.get(id.0 as usize).map(|e| &e.kind), Some(ExprKind::Unset))
    }

    /// The members of a kind up to the end of the surrounding rule.
    pub(super) fn members(&mut self) -> Vec<Member> {
        let mut members = Vec::new();
        while self.ev.peek().is_some() {
            let from = self.ev.position();
            let doc = self.doc_before(from);
            let annotations = self.annotations();
            let start = self.ev.position();
            let entry = match self.ev.peek() {
                Some(Rule::member_rest) => {
                    members.push(Member::Rest(self.rest(doc, annotations)));
                    continue;
                }
                Some(Rule::r#final) => {
                    self.ev.leaf();
                    let key = self.key();
                    members.push(Member::Field(self.kind_field(start, doc, annotations, key, true)));
                    continue;
                }
                Some(Rule::entry_when) => self.when(),
                Some(Rule::hole_entry) => self.hole_entry(),
                Some(_) => {
                    let key = self.key();
                    if self.ev.at(Rule::member_type) {
                        members.push(Member::Field(self.kind_field(start, doc, annotations, key, false)));
                        continue;
                    }
                    self.value_of(key)
                }
                None => break,
            };
            members.push(Member::Entry(Entry { span: self.span_from(start), doc, annotations, kind: entry }));
        }
        members
    }

    fn kind_field(
        &mut self,
        start: usize,
        doc: Option<Doc>,
        annotations: Vec<Annotation>,
        key: Key,
        is_final: bool,
    ) -> KindField {
        let name = self.declared_key(key);
        self.ev.open();
        let optional = self.ev.take(Rule::optional).is_some();
        let ty = self.ty();
        let default = self.ev.peek().is_some().then(|| self.expr());
        self.ev.close();
        let span = self.span_from(start);
        KindField { span, doc, annotations, is_final, name, optional, ty, default }
    }

    /// The key of a field that a kind declares: it cannot be computed.
    fn declared_key(&mut self, key: Key) -> Ident {
        match key {
            Key::Static(ident) => ident,
            Key::Computed(_, span) => {
                let message = "the name of a declared field must be plain, without `\\(…)`";
                self.report(Diagnostic::error("syntax", message, span).help("write the name out"));
                Ident { name: self.file.names.intern(""), span }
            }
        }
    }
}
