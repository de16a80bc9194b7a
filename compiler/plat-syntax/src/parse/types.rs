//! Types as written.

use super::build::Builder;
use crate::ast::{Ident, Rest, Type, TypeField, TypeKind};
use crate::grammar::Rule;

impl Builder<'_, '_, '_> {
    /// Whether a type comes next.
    pub(super) fn at_type(&self) -> bool {
        matches!(self.ev.peek(), Some(Rule::path | Rule::type_record | Rule::hole_type))
    }

    /// The type after a name, if there is one.
    pub(super) fn optional_type(&mut self) -> Option<Type> {
        self.at_type().then(|| self.ty())
    }

    /// The type that comes next: a union, perhaps with a condition.
    pub(super) fn ty(&mut self) -> Type {
        let start = self.ev.position();
        let mut ty = self.type_one();
        if self.ev.at(Rule::bar) {
            let mut members = vec![ty];
            while self.ev.take(Rule::bar).is_some() {
                members.push(self.type_one());
            }
            ty = Type { span: self.span_from(start), kind: TypeKind::Union(members) };
        }
        if self.ev.at(Rule::type_where) {
            self.ev.open();
            let condition = self.expr();
            self.ev.close();
            let span = self.span_from(start);
            ty = Type { span, kind: TypeKind::Where(Box::new(ty), condition) };
        }
        ty
    }

    /// A type that is no union and has no condition.
    pub(super) fn type_one(&mut self) -> Type {
        let start = self.ev.position();
        let kind = match self.ev.peek() {
            Some(Rule::path) => {
                let path = self.path();
                if self.ev.at(Rule::type_args) {
                    self.ev.open();
                    let mut args = Vec::with_capacity(1);
                    while self.ev.at(Rule::type_arg) {
                        self.ev.open();
                        args.push(self.ty());
                        self.ev.close();
                    }
                    self.ev.close();
                    TypeKind::Apply(path, args)
                } else {
                    TypeKind::Path(path)
                }
            }
            Some(Rule::type_record) => self.type_record(),
            _ => {
                self.ev.leaf();
                TypeKind::Error
            }
        };
        let mut ty = Type { span: self.span_from(start), kind };
        while self.ev.take(Rule::optional).is_some() {
            ty = Type { span: self.span_from(start), kind: TypeKind::Optional(Box::new(ty)) };
        }
        ty
    }

    fn type_record(&mut self) -> TypeKind {
        self.ev.open();
        let mut fields = Vec::new();
        let mut rest: Option<Rest> = None;
        while self.ev.peek().is_some() {
            let from = self.ev.position();
            let doc = self.doc_before(from);
            let annotations = self.annotations();
            if self.ev.peek().is_none() {
                break;
            }
            if self.ev.at(Rule::member_rest) {
                let new = self.rest(doc, annotations);
                if rest.is_some() {
                    let message = "a record has one `...` at most";
                    self.report(
                        plat_base::Diagnostic::error("syntax", message, new.span).help("delete one of them"),
                    );
                }
                rest = Some(new);
                continue;
            }
            let start = self.ev.open();
            let name = self.field_name();
            let optional = self.ev.take(Rule::optional).is_some();
            let ty = self.ty();
            self.ev.close();
            let span = self.span_from(start);
            fields.push(TypeField { span, doc, annotations, name, optional, ty });
        }
        self.ev.close();
        TypeKind::Record(fields, rest)
    }

    /// `...: T`.
    pub(super) fn rest(
        &mut self,
        doc: Option<crate::ast::Doc>,
        annotations: Vec<crate::ast::Annotation>,
    ) -> Rest {
        let start = self.ev.open();
        let ty = self.ty();
        self.ev.close();
        let span = self.span_from(start);
        Rest { span, doc, annotations, ty: Box::new(ty) }
    }

    /// The name of a declared field: a word, or a string without interpolation.
    pub(super) fn field_name(&mut self) -> Ident {
        if self.ev.at(Rule::word) { self.name() } else { self.string_ident() }
    }
}
