//! Expressions: one function for each form. With an expectation, literals and bare names take their meaning from it;
//! without one, the type is inferred.

use super::assign::{Want, Why};
use crate::context::{Checker, Frame, Local, MAX_DEPTH};
use crate::errors;
use crate::hir::{Const, ExprId, ExprKind, Ty, TyId};
use plat_base::Span;
use plat_syntax::ast::{self, ExprKind as Syntax, UnaryOp};

/// How many readings of literals may be tried inside of each other.
const MAX_TRIES: u32 = 6;

impl<'a> Checker<'a> {
    /// Checks an expression against what is wanted; what comes back fits or is an error.
    pub(crate) fn check(&mut self, id: ast::ExprId, want: Want) -> ExprId {
        let expr = self.expr(id, Some(want));
        self.coerce(expr, want)
    }

    /// Infers an expression on its own.
    pub(crate) fn infer(&mut self, id: ast::ExprId) -> ExprId {
        self.expr(id, None)
    }

    /// An expression, understood in the light of what is wanted, but not yet made to fit.
    pub(crate) fn expr(&mut self, id: ast::ExprId, want: Option<Want>) -> ExprId {
        let ast = self.env.ast;
        let expr = &ast[id];
        if self.depth >= MAX_DEPTH {
            self.report(errors::too_deep(expr.span));
            return self.poison(expr.span);
        }
        self.depth += 1;
        let result = self.form(expr, want);
        self.depth -= 1;
        if self.program.types.take_too_big() {
            self.report(errors::type_too_big(expr.span));
        }
        result
    }

    fn form(&mut self, expr: &'a ast::Expr, want: Option<Want>) -> ExprId {
        let span = expr.span;
        match &expr.kind {
            Syntax::Error => self.poison(span),
            Syntax::Bool(b) => self.constant(span, TyId::BOOL, Const::Bool(*b)),
            Syntax::Null => self.constant(span, TyId::NULL, Const::Null),
            Syntax::Unset => {
                self.report(errors::stray_unset(span));
                self.poison(span)
            }
            Syntax::Number(number) => self.number(*number, span, false, want),
            Syntax::Str(parts) => self.string(parts, span),
            Syntax::Name(name) => self.bare_name(*name, span, want),
            Syntax::SelfRef => self.self_reference(span),
            Syntax::Field { base, name, optional } => self.field_access(span, *base, *name, *optional, want),
            Syntax::Index { base, index } => self.index(span, *base, *index),
            Syntax::Call { callee, args, args_span } => self.call(span, *callee, args, *args_span, want),
            Syntax::Unary { op: UnaryOp::Neg, operand } => self.negation(span, *operand, want),
            Syntax::Unary { op: UnaryOp::Not, operand } => {
                let operand = self.condition(*operand);
                self.push(span, TyId::BOOL, ExprKind::Not(operand))
            }
            Syntax::Binary { op, op_span, lhs, rhs } => self.binary(span, *op, *op_span, *lhs, *rhs, want),
            Syntax::If { condition, then, otherwise } => {
                self.conditional(span, *condition, *then, *otherwise, want)
            }
            Syntax::Match { subject, arms } => self.match_expr(span, *subject, arms, want),
            Syntax::List(items) => self.list(span, items, want),
            Syntax::ListComp { clauses, value } => self.list_comprehension(span, clauses, *value, want),
            Syntax::MapComp { clauses, key, value } => {
                self.map_comprehension(span, clauses, key, *value, want)
            }
            Syntax::Record(body) => self.record(span, body, want),
            Syntax::Amend { base, body } => self.amendment(span, *base, body, want),
            Syntax::LetIn { name, ty, value, body } => {
                self.let_in(span, *name, ty.as_deref(), *value, *body, want)
            }
            Syntax::Paren(inner) => self.expr(*inner, want),
        }
    }

    /// A constant.
    pub(crate) fn constant(&mut self, span: Span, ty: TyId, value: Const) -> ExprId {
        self.push(span, ty, ExprKind::Const(value))
    }

    /// A condition: a `bool`.
    pub(crate) fn condition(&mut self, id: ast::ExprId) -> ExprId {
        self.check(id, Want::must(TyId::BOOL, Why::Language))
    }

    fn self_reference(&mut self, span: Span) -> ExprId {
        match self.self_frame() {
            Some((up, ty)) => {
                let expr = self.push(span, ty, ExprKind::SelfRef { up });
                self.narrowed(expr)
            }
            None => {
                self.report(errors::self_outside(span));
                self.poison(span)
            }
        }
    }

    fn list(&mut self, span: Span, items: &'a [ast::ExprId], want: Option<Want>) -> ExprId {
        if let Some(want) = want.filter(|w| w.must) {
            let lists = self.lists_among(want.ty);
            if lists.len() > 1
                && let Some(found) =
                    self.first_that_fits(&lists, true, |c, ty| c.list_as(span, items, Some(want.with(*ty))))
            {
                return found;
            }
        }
        self.list_as(span, items, want)
    }

    /// The lists that a value of a type may be.
    fn lists_among(&self, ty: TyId) -> Vec<TyId> {
        match self.program.types.get(ty) {
            Ty::List(_) => vec![ty],
            Ty::Optional(inner) => self.lists_among(*inner),
            Ty::Refined(_) => self.lists_among(self.program.types.base(ty)),
            Ty::Union(members) => members.iter().flat_map(|m| self.lists_among(*m)).collect(),
            _ => Vec::new(),
        }
    }

    /// The first of several readings of an expression that is without an error. What the others reported is
    /// forgotten.
    pub(crate) fn first_that_fits<T>(
        &mut self,
        readings: &[T],
        is_stated: bool,
        mut read: impl FnMut(&mut Self, &T) -> ExprId,
    ) -> Option<ExprId> {
        // Tries inside of tries cost twice as much at each level. Those that a stated type asks for nest no deeper than
        // the type; those by a neighbour's type would nest as deep as the source.
        if self.trying >= if is_stated { MAX_TRIES } else { 1 } {
            return None;
        }
        let (before, gaps) = (self.diagnostics.len(), self.gaps);
        for reading in readings {
            self.trying += 1;
            let found = read(self, reading);
            self.trying -= 1;
            if self.diagnostics.len() == before && self.gaps == gaps {
                return Some(found);
            }
            self.diagnostics.truncate(before);
            self.gaps = gaps;
        }
        None
    }

    fn list_as(&mut self, span: Span, items: &'a [ast::ExprId], want: Option<Want>) -> ExprId {
        let element = want.and_then(|w| self.element_wanted(w.ty).map(|ty| w.of_element(ty)));
        let mut checked: Vec<ExprId> = Vec::with_capacity(items.len());
        let ty = match element {
            Some(element) if element.must => {
                checked.extend(items.iter().map(|item| self.check(*item, element)));
                element.ty
            }
            _ => {
                let mut hint = element;
                for item in items {
                    let item = self.expr(*item, hint);
                    // A name may take its meaning from the element before it.
                    if element.is_none() && !self.choices(self.ty(item)).is_empty() {
                        hint = Some(Want::hint(self.ty(item)));
                    }
                    checked.push(item);
                }
                self.unify_branches(&mut checked)
            }
        };
        let ty = self.list_of(ty);
        self.push(span, ty, ExprKind::List(checked))
    }

    /// What the elements of a list have to be where `ty` is wanted.
    pub(crate) fn element_wanted(&self, ty: TyId) -> Option<TyId> {
        match self.program.types.get(ty) {
            Ty::List(element) => Some(*element),
            Ty::Optional(inner) => self.element_wanted(*inner),
            Ty::Refined(_) => self.element_wanted(self.program.types.base(ty)),
            Ty::Union(members) => members.iter().find_map(|m| self.element_wanted(*m)),
            Ty::Data => Some(TyId::DATA),
            Ty::Error => Some(TyId::ERROR),
            _ => None,
        }
    }

    fn let_in(
        &mut self,
        span: Span,
        name: ast::Ident,
        ty: Option<&'a ast::Type>,
        value: ast::ExprId,
        body: ast::ExprId,
        want: Option<Want>,
    ) -> ExprId {
        let (value, ty) = self.bound_value(name, ty, value);
        let frame = Frame::Slots(vec![Local { name: name.name, ty, span: name.span }]);
        let body = self.in_frame(frame, |c| match want {
            Some(want) => {
                let inner = c.expr(body, Some(want));
                c.coerce(inner, want)
            }
            None => c.infer(body),
        });
        let result = self.ty(body);
        self.push(span, result, ExprKind::LetIn { ty, value, body })
    }

    /// The value of a `let`, checked against its stated type or inferred; its type.
    pub(crate) fn bound_value(
        &mut self,
        name: ast::Ident,
        stated: Option<&'a ast::Type>,
        value: ast::ExprId,
    ) -> (ExprId, TyId) {
        match stated {
            Some(stated) => {
                let ty = self.resolve_type(stated);
                (self.check(value, Want::must(ty, Why::Let(name.name, stated.span))), ty)
            }
            None => {
                let value = self.infer(value);
                (value, self.ty(value))
            }
        }
    }
}
