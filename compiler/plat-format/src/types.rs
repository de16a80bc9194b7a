//! Types.

use crate::Formatter;
use crate::doc::Doc;
use crate::sequence::{BODY, Extent};
use plat_syntax::ast::{Type, TypeField, TypeKind};

impl<'s> Formatter<'s> {
    pub(crate) fn ty(&mut self, ty: &'s Type) -> Doc<'s> {
        match &ty.kind {
            TypeKind::Error => Doc::Text(self.slice(ty.span)),
            TypeKind::Path(path) => self.path(path),
            TypeKind::Apply(path, args) => {
                let mut parts = vec![self.path(path), Doc::Text("[")];
                for (i, arg) in args.iter().enumerate() {
                    if i > 0 {
                        parts.push(Doc::Text(", "));
                    }
                    parts.push(self.ty(arg));
                }
                parts.push(Doc::Text("]"));
                Doc::concat(parts)
            }
            TypeKind::Optional(inner) => Doc::concat(vec![self.ty(inner), Doc::Text("?")]),
            TypeKind::Union(members) => {
                let mut parts = Vec::new();
                for (i, member) in members.iter().enumerate() {
                    if i > 0 {
                        parts.extend([Doc::Line, Doc::Text("| ")]);
                    }
                    parts.push(self.ty(member));
                }
                Doc::group(Doc::indent(Doc::concat(parts)))
            }
            TypeKind::Where(inner, condition) => {
                let parts =
                    vec![self.ty(inner), Doc::indent(Doc::Line), Doc::Text("where "), self.expr(*condition)];
                Doc::group(Doc::concat(parts))
            }
            TypeKind::Record(fields, rest) => self.record_type(ty, fields, rest.as_ref()),
        }
    }

    fn record_type(
        &mut self,
        ty: &'s Type,
        fields: &'s [TypeField],
        rest: Option<&'s plat_syntax::ast::Rest>,
    ) -> Doc<'s> {
        // The rest stands where it was written, which need not be last.
        let before = rest.map_or(fields.len(), |r| fields.partition_point(|f| f.span.start < r.span.start));
        let mut extents: Vec<Extent> = fields.iter().map(|f| annotated(&f.annotations, f.span)).collect();
        if let Some(rest) = rest {
            extents.insert(before, annotated(&rest.annotations, rest.span));
        }
        let inside = (ty.span.start + 1, ty.span.end - 1);
        self.enclosed(BODY, inside, &extents, &mut |f, i| match rest {
            Some(rest) if i == before => f.rest(rest),
            _ => {
                let field = &fields[if i > before { i - 1 } else { i }];
                f.type_field(field)
            }
        })
    }

    fn type_field(&mut self, field: &'s TypeField) -> Doc<'s> {
        let annotations = self.annotations(&field.annotations, field.span.start);
        let colon = if field.optional { "?: " } else { ": " };
        let name = Doc::Text(self.slice(field.name.span));
        Doc::concat(vec![annotations, name, Doc::Text(colon), self.ty(&field.ty)])
    }

    pub(crate) fn rest(&mut self, rest: &'s plat_syntax::ast::Rest) -> Doc<'s> {
        let annotations = self.annotations(&rest.annotations, rest.span.start);
        Doc::concat(vec![annotations, Doc::Text("...: "), self.ty(&rest.ty)])
    }
}

/// From the first annotation to the end of what is annotated.
pub(crate) fn annotated(annotations: &[plat_syntax::ast::Annotation], span: plat_base::Span) -> Extent {
    Extent { start: annotations.first().map_or(span.start, |a| a.span.start), end: span.end }
}
