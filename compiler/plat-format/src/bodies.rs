//! Bodies of instances, records and kinds.

use crate::Formatter;
use crate::doc::Doc;
use crate::sequence::{BODY, Extent};
use crate::types::annotated;
use plat_base::Span;
use plat_syntax::ast::{Annotation, Body, Entry, EntryKind, Key, KindField, Member, Path};

impl<'s> Formatter<'s> {
    pub(crate) fn body(&mut self, body: &'s Body) -> Doc<'s> {
        let extents: Vec<Extent> = body.entries.iter().map(|e| annotated(&e.annotations, e.span)).collect();
        let inside = (body.span.start + 1, body.span.end - 1);
        self.enclosed(BODY, inside, &extents, &mut |f, i| f.entry(&body.entries[i]))
    }

    pub(crate) fn members(&mut self, members: &'s [Member], span: Span) -> Doc<'s> {
        let extents: Vec<Extent> = members
            .iter()
            .map(|m| match m {
                Member::Field(x) => annotated(&x.annotations, x.span),
                Member::Rest(x) => annotated(&x.annotations, x.span),
                Member::Entry(x) => annotated(&x.annotations, x.span),
            })
            .collect();
        self.enclosed(BODY, (span.start + 1, span.end - 1), &extents, &mut |f, i| match &members[i] {
            Member::Field(field) => f.kind_field(field),
            Member::Rest(rest) => f.rest(rest),
            Member::Entry(entry) => f.entry(entry),
        })
    }

    fn kind_field(&mut self, field: &'s KindField) -> Doc<'s> {
        let mut parts = vec![self.annotations(&field.annotations, field.span.start)];
        if field.is_final {
            parts.push(Doc::Text("final "));
        }
        parts.push(Doc::Text(self.slice(field.name.span)));
        parts.push(Doc::Text(if field.optional { "?: " } else { ": " }));
        parts.push(self.ty(&field.ty));
        if let Some(default) = field.default {
            parts.push(Doc::Text(" ="));
            parts.push(self.value(default));
        }
        Doc::concat(parts)
    }

    fn entry(&mut self, entry: &'s Entry) -> Doc<'s> {
        let annotations = self.annotations(&entry.annotations, entry.span.start);
        let doc = match &entry.kind {
            EntryKind::Set(key, value) => {
                Doc::concat(vec![self.key(key), Doc::Text(" ="), self.value(*value)])
            }
            EntryKind::Unset(key) => Doc::concat(vec![self.key(key), Doc::Text(" = unset")]),
            EntryKind::Refine(key, body) => Doc::concat(vec![self.key(key), Doc::Text(" "), self.body(body)]),
            EntryKind::Append(key, value) => {
                Doc::concat(vec![self.key(key), Doc::Text(" +="), self.value(*value)])
            }
            EntryKind::When(condition, body) => {
                Doc::concat(vec![Doc::Text("when "), self.expr(*condition), Doc::Text(" "), self.body(body)])
            }
            EntryKind::Error => Doc::Verbatim(self.slice(entry.span)),
        };
        Doc::concat(vec![annotations, doc])
    }

    pub(crate) fn key(&mut self, key: &'s Key) -> Doc<'s> {
        self.string(key.span())
    }

    pub(crate) fn path(&mut self, path: &'s Path) -> Doc<'s> {
        Doc::Text(self.slice(path.span))
    }

    /// Annotations before what begins at `start`: each on its line, or before it on its line, as it was written.
    pub(crate) fn annotations(&mut self, annotations: &'s [Annotation], start: u32) -> Doc<'s> {
        let mut parts = Vec::new();
        for (i, annotation) in annotations.iter().enumerate() {
            parts.push(Doc::Text("@"));
            parts.push(Doc::Text(self.slice(annotation.name.span)));
            if annotation.span.end > annotation.name.span.end {
                let open = self.after_next(b'(', annotation.name.span.end);
                parts.push(self.arguments(&annotation.args, (open, annotation.span.end - 1)));
            }
            let next = annotations.get(i + 1).map_or(start, |a| a.span.start);
            let own_line = self.breaks_between(annotation.span.end, next);
            parts.push(if own_line { Doc::Hard } else { Doc::Text(" ") });
        }
        Doc::concat(parts)
    }
}
