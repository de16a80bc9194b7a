//! Operators: logic with narrowing, comparison, arithmetic with units.

use super::assign::{Fit, Want, Why};
use super::show;
use crate::context::Checker;
use crate::errors;
use crate::hir::{self, Conversion, ExprId, ExprKind, Ty, TyId};
use plat_base::{Dimension, Span};
use plat_syntax::ast::{self, BinaryOp as Op, ExprKind as Syntax};

/// An operator at work, with checked operands.
#[derive(Clone, Copy)]
struct Operation {
    span: Span,
    op: hir::BinaryOp,
    op_span: Span,
    lhs: ExprId,
    rhs: ExprId,
}

/// What an arithmetic operator makes of two types.
enum Arithmetic {
    /// A result, after these conversions.
    Result(TyId, Option<Conversion>, Option<Conversion>),
    /// Two quantities of different types.
    Units,
    /// Anything else that does not go.
    Wrong,
}

impl<'a> Checker<'a> {
    /// `lhs op rhs`.
    pub(crate) fn binary(
        &mut self,
        span: Span,
        op: Op,
        op_span: Span,
        lhs: ast::ExprId,
        rhs: ast::ExprId,
        want: Option<Want>,
    ) -> ExprId {
        match op {
            Op::And | Op::Or => self.logic(span, op, lhs, rhs),
            Op::Coalesce => self.coalesce(span, lhs, rhs, want),
            Op::Eq | Op::Ne => self.equality(span, op, op_span, lhs, rhs),
            Op::In => self.membership(span, op_span, lhs, rhs),
            Op::Matches => {
                let want = Want::must(TyId::STRING, Why::Language);
                let (lhs, rhs) = (self.check(lhs, want), self.check(rhs, want));
                let op = hir::BinaryOp::Matches;
                self.push(span, TyId::BOOL, ExprKind::Binary { op, op_span, lhs, rhs })
            }
            Op::Lt | Op::Le | Op::Gt | Op::Ge => {
                let (lhs, rhs) = self.two_sides(lhs, rhs);
                let (lhs, rhs) = (self.operand(lhs), self.operand(rhs));
                self.ordering(Operation { span, op: lower(op), op_span, lhs, rhs })
            }
            _ => {
                let hint = want.filter(|w| op == Op::Add && self.element_wanted(w.ty).is_some());
                let hint = hint.map(|w| Want::hint(w.ty));
                let (lhs, rhs) = (self.expr(lhs, hint), self.expr(rhs, hint));
                let (lhs, rhs) = (self.operand(lhs), self.operand(rhs));
                self.arithmetic(Operation { span, op: lower(op), op_span, lhs, rhs })
            }
        }
    }

    /// An operand that has to be present.
    pub(crate) fn operand(&mut self, expr: ExprId) -> ExprId {
        if !matches!(self.program.types.get(self.ty(expr)), Ty::Optional(_)) {
            return expr;
        }
        if let Some(present) = self.present(expr) {
            return present;
        }
        let diagnostic = errors::optional_operand(&self.program, expr);
        self.report(diagnostic);
        self.poison(self.span(expr))
    }

    fn logic(&mut self, span: Span, op: Op, lhs: ast::ExprId, rhs: ast::ExprId) -> ExprId {
        let lhs = self.condition(lhs);
        let facts = self.facts_of(lhs, op == Op::And);
        let rhs = self.with_facts(facts, |c| c.condition(rhs));
        let kind = if op == Op::And { ExprKind::And(lhs, rhs) } else { ExprKind::Or(lhs, rhs) };
        self.push(span, TyId::BOOL, kind)
    }

    fn coalesce(&mut self, span: Span, lhs: ast::ExprId, rhs: ast::ExprId, want: Option<Want>) -> ExprId {
        let hint = want.map(|w| Want::hint(w.ty));
        let lhs = self.expr(lhs, hint);
        self.allow_absent_entry(lhs);
        let left = self.ty(lhs);
        let present = self.program.types.present(left);
        if present == left && !matches!(self.program.types.get(left), Ty::Error | Ty::Never) {
            let diagnostic = errors::never_absent(&self.program, lhs, "??");
            self.report(diagnostic);
        }
        let hint = if self.choices(present).is_empty() {
            hint.or(Some(Want::hint(present)))
        } else {
            Some(Want::hint(present))
        };
        if let Some(want) = want.filter(|w| w.must) {
            return self.coalesce_to(span, lhs, rhs, want);
        }
        let rhs = self.expr(rhs, hint);
        let right = self.ty(rhs);
        // The right side takes the left one's type if it can, so that `cpu ?? 1` is a number of cores.
        let (rhs, ty) = match self.fits(right, present) {
            Fit::Yes => (rhs, present),
            Fit::Convert(_) => (self.convert(rhs, present).unwrap_or(rhs), present),
            Fit::No => (rhs, self.join(present, right)),
        };
        self.push(span, ty, ExprKind::Coalesce(lhs, rhs))
    }

    /// `lhs ?? rhs` where a type is wanted of both.
    fn coalesce_to(&mut self, span: Span, lhs: ExprId, rhs: ast::ExprId, want: Want) -> ExprId {
        let rhs = self.check(rhs, want);
        let optional = self.optional(want.ty);
        let lhs = self.convert(lhs, optional).unwrap_or(lhs);
        let present = self.program.types.present(self.ty(lhs));
        let ty = if self.fits(present, want.ty) == Fit::No { present } else { want.ty };
        self.push(span, ty, ExprKind::Coalesce(lhs, rhs))
    }

    /// Both sides of a comparison: a bare name takes the other side's type.
    fn two_sides(&mut self, lhs: ast::ExprId, rhs: ast::ExprId) -> (ExprId, ExprId) {
        let needs_right = self.needs_hint(lhs)
            && (!self.needs_hint(rhs) || (!self.is_known_name(lhs) && self.is_known_name(rhs)));
        if needs_right {
            let right = self.infer(rhs);
            let hint = self.hint_of(right);
            (self.expr(lhs, hint), right)
        } else {
            let left = self.infer(lhs);
            let hint = self.hint_of(left);
            (left, self.expr(rhs, hint))
        }
    }

    fn hint_of(&self, other: ExprId) -> Option<Want> {
        Some(Want { ty: self.ty(other), must: false, why: Why::Operand(self.span(other)) })
    }

    /// Whether an expression is a bare name (or a list of them) that the other side may give a meaning.
    fn needs_hint(&self, id: ast::ExprId) -> bool {
        match &self.env.ast[id].kind {
            Syntax::Name(name) => {
                let is_axis = matches!(name.as_str(), "platform" | "env");
                self.local(*name).is_none() && !is_axis
            }
            Syntax::Paren(inner) => self.needs_hint(*inner),
            Syntax::List(items) => items.iter().any(|i| self.needs_hint(*i)),
            _ => false,
        }
    }

    fn is_known_name(&self, id: ast::ExprId) -> bool {
        match &self.env.ast[id].kind {
            Syntax::Name(name) => self.find(*name, super::naming::is_value).is_some(),
            Syntax::Paren(inner) => self.is_known_name(*inner),
            _ => true,
        }
    }

    fn equality(&mut self, span: Span, op: Op, op_span: Span, lhs: ast::ExprId, rhs: ast::ExprId) -> ExprId {
        let negated = op == Op::Ne;
        if matches!(self.env.ast[rhs].kind, Syntax::Unset) {
            return self.unset_test(span, lhs, negated);
        }
        if matches!(self.env.ast[lhs].kind, Syntax::Unset) {
            return self.unset_test(span, rhs, negated);
        }
        let (lhs, rhs) = self.two_sides(lhs, rhs);
        let operation = Operation { span, op: lower(op), op_span, lhs, rhs };
        match self.comparable(operation) {
            Some((lhs, rhs)) => {
                self.push(span, TyId::BOOL, ExprKind::Binary { op: lower(op), op_span, lhs, rhs })
            }
            None => self.poison(span),
        }
    }

    /// `m.key` takes it that a map has the key, unless the question is whether it does.
    pub(crate) fn allow_absent_entry(&mut self, expr: ExprId) {
        let ExprKind::Field { base, name, .. } = self.program[expr].kind else { return };
        let holder = self.program.types.base(self.program.types.present(self.ty(base)));
        let is_entry = match self.program.types.get(holder) {
            Ty::Map(_) => true,
            Ty::Record(id) => self.program.types.record(*id).fields.iter().all(|f| f.name != name),
            _ => false,
        };
        let ty = self.ty(expr);
        let is_narrowed = self.place(expr).is_some_and(|p| self.env.facts.iter().any(|f| f.place == p));
        if is_entry && ty != TyId::ERROR && !is_narrowed {
            self.program.exprs[expr.0 as usize].ty = self.optional(ty);
        }
    }

    fn unset_test(&mut self, span: Span, value: ast::ExprId, negated: bool) -> ExprId {
        let value = self.infer(value);
        self.allow_absent_entry(value);
        let ty = self.ty(value);
        if !matches!(self.program.types.get(ty), Ty::Optional(_) | Ty::Error | Ty::Never) {
            let what = if negated { "!= unset" } else { "== unset" };
            let is_narrowed = self.place(value).is_some_and(|p| self.env.facts.iter().any(|f| f.place == p));
            if !is_narrowed {
                let diagnostic = errors::never_absent(&self.program, value, what);
                self.report(diagnostic);
            }
        }
        self.push(span, TyId::BOOL, ExprKind::IsUnset { value, negated })
    }

    /// The operands, converted to each other's type; `None` after a report.
    fn comparable(&mut self, operation: Operation) -> Option<(ExprId, ExprId)> {
        let Operation { lhs, rhs, .. } = operation;
        let (a, b) = (self.ty(lhs), self.ty(rhs));
        if self.has_secret_inside(a) || self.has_secret_inside(b) {
            let secret = if self.has_secret_inside(a) { lhs } else { rhs };
            let diagnostic = errors::secret_compared(self.span(secret), operation.op_span);
            self.report(diagnostic);
            return None;
        }
        let (a, b) = (self.program.types.present(a), self.program.types.present(b));
        if let (Fit::Convert(how), _) = (self.fits(a, b), ()) {
            return Some((self.converted(lhs, how), rhs));
        }
        if let Fit::Convert(how) = self.fits(b, a) {
            return Some((lhs, self.converted(rhs, how)));
        }
        if self.overlap(a, b) {
            return Some((lhs, rhs));
        }
        self.report_incomparable(operation, a, b);
        None
    }

    fn converted(&mut self, expr: ExprId, how: Conversion) -> ExprId {
        let target = if how == Conversion::IntToFloat { TyId::FLOAT } else { TyId::CORES };
        let target = match self.program.types.get(self.ty(expr)) {
            Ty::Optional(_) => self.optional(target),
            _ => target,
        };
        self.push(self.span(expr), target, ExprKind::Convert(how, expr))
    }

    /// Whether a value can be of both types.
    pub(crate) fn overlap(&mut self, a: TyId, b: TyId) -> bool {
        if self.fits(a, b) != Fit::No || self.fits(b, a) != Fit::No {
            return true;
        }
        match (self.program.types.get(a).clone(), self.program.types.get(b).clone()) {
            (Ty::Refined(_), _) => self.overlap(self.program.types.base(a), b),
            (_, Ty::Refined(_)) => self.overlap(a, self.program.types.base(b)),
            (Ty::Union(members), _) => members.iter().any(|m| self.overlap(*m, b)),
            (_, Ty::Union(members)) => members.iter().any(|m| self.overlap(a, *m)),
            (Ty::List(x), Ty::List(y)) | (Ty::Map(x), Ty::Map(y)) => self.overlap(x, y),
            (Ty::Param(_), _) | (_, Ty::Param(_)) => true,
            _ => false,
        }
    }

    /// Whether one of two operands is a literal with the suffix `m`, which people write for minutes and mebibytes.
    fn is_written_m(&self, lhs: ExprId, rhs: ExprId) -> bool {
        [lhs, rhs].into_iter().any(|e| match self.program[e].kind {
            ExprKind::Const(hir::Const::Quantity(q)) => q.dimension == Dimension::Cores,
            _ => false,
        })
    }

    /// The variant that is meant by a text that is compared with an enum: `"x86_64"` with an `arch`.
    fn quoted_variant(&self, operation: Operation, a: TyId, b: TyId) -> Option<&'static str> {
        let types = &self.program.types;
        let (of, text) = match (types.get(types.base(a)), types.get(types.base(b))) {
            (Ty::Enum(of), _) => (*of, operation.rhs),
            (_, Ty::Enum(of)) => (*of, operation.lhs),
            _ => return None,
        };
        let ExprKind::Const(hir::Const::Str(written)) = self.program[text].kind else { return None };
        let variants: Vec<&'static str> = self.program[of].variants.iter().map(|v| v.name.as_str()).collect();
        errors::near_variant(written, &variants)
    }

    fn report_incomparable(&mut self, operation: Operation, a: TyId, b: TyId) {
        let Operation { lhs, rhs, .. } = operation;
        let types = &self.program.types;
        let dimensions = (types.get(types.base(a)).clone(), types.get(types.base(b)).clone());
        let diagnostic = match dimensions {
            (Ty::Quantity(x), Ty::Quantity(y)) if x != y => errors::unit_mismatch(
                "compare",
                (self.span(lhs), x),
                (self.span(rhs), y),
                self.is_written_m(lhs, rhs),
            ),
            _ => {
                let (x, y) = (show::a(&self.program, a), show::a(&self.program, b));
                let diagnostic = errors::incomparable((self.span(lhs), &x), (self.span(rhs), &y));
                match self.quoted_variant(operation, a, b) {
                    Some(variant) => diagnostic.help(format!("write it without quotes: `{variant}`")),
                    None => diagnostic,
                }
            }
        };
        self.report(diagnostic);
    }

    /// Whether a secret is among the values of a type.
    pub(crate) fn holds_secret(&self, ty: TyId) -> bool {
        match self.program.types.get(ty) {
            Ty::Secret => true,
            Ty::Optional(inner) => self.holds_secret(*inner),
            Ty::Refined(_) => self.holds_secret(self.program.types.base(ty)),
            Ty::Union(members) => members.contains(&TyId::SECRET),
            _ => false,
        }
    }

    fn ordering(&mut self, operation: Operation) -> ExprId {
        let Some((lhs, rhs)) = self.comparable(operation) else { return self.poison(operation.span) };
        for side in [lhs, rhs] {
            let ty = self.program.types.base(self.ty(side));
            let is_ordered = matches!(
                self.program.types.get(ty),
                Ty::Int | Ty::Float | Ty::Quantity(_) | Ty::String | Ty::Param(_) | Ty::Error | Ty::Never
            );
            if !is_ordered {
                let what = show::a(&self.program, ty);
                self.report(errors::no_order(self.span(side), &what));
                return self.poison(operation.span);
            }
        }
        let (op, op_span) = (operation.op, operation.op_span);
        self.push(operation.span, TyId::BOOL, ExprKind::Binary { op, op_span, lhs, rhs })
    }

    /// `x in xs`.
    fn membership(&mut self, span: Span, op_span: Span, lhs: ast::ExprId, rhs: ast::ExprId) -> ExprId {
        let is_list = matches!(self.env.ast[rhs].kind, Syntax::List(_));
        let (lhs, rhs) = if is_list && !self.needs_hint(lhs) {
            let left = self.infer(lhs);
            let list = self.list_of(self.program.types.present(self.ty(left)));
            (left, self.expr(rhs, Some(Want::hint(list))))
        } else {
            let right = self.axis_kind_after_in(rhs).unwrap_or_else(|| self.infer(rhs));
            let right = self.operand(right);
            let hint = self.element_wanted(self.ty(right)).map(Want::hint);
            (self.expr(lhs, hint), right)
        };
        let lhs = self.operand(lhs);
        let container = self.program.types.base(self.ty(rhs));
        let element = match self.program.types.get(container) {
            Ty::List(element) => *element,
            Ty::Map(_) | Ty::Record(_) | Ty::Instances(_) => TyId::STRING,
            Ty::Error | Ty::Never => return self.poison(span),
            _ => {
                let what = show::a(&self.program, container);
                self.report(errors::no_container(self.span(rhs), &what));
                return self.poison(span);
            }
        };
        let key = self.ty(lhs);
        if self.has_secret_inside(key) || self.has_secret_inside(element) {
            self.report(errors::secret_compared(self.span(lhs), op_span));
            return self.poison(span);
        }
        if !self.overlap(key, element) {
            let (x, y) = (show::a(&self.program, key), show::a(&self.program, element));
            self.report(errors::never_in((self.span(lhs), &x), (self.span(rhs), &y)));
            return self.poison(span);
        }
        let lhs = match self.fits(key, element) {
            Fit::Convert(how) => self.converted(lhs, how),
            _ => lhs,
        };
        self.push(span, TyId::BOOL, ExprKind::Binary { op: hir::BinaryOp::In, op_span, lhs, rhs })
    }

    fn arithmetic(&mut self, operation: Operation) -> ExprId {
        let Operation { span, op, op_span, lhs, rhs } = operation;
        let a = self.program.types.base(self.ty(lhs));
        let b = self.program.types.base(self.ty(rhs));
        if a == TyId::ERROR || b == TyId::ERROR {
            return self.poison(span);
        }
        match self.arithmetic_type(op, a, b) {
            Arithmetic::Result(ty, left, right) => {
                let lhs = left.map_or(lhs, |how| self.converted(lhs, how));
                let rhs = right.map_or(rhs, |how| self.converted(rhs, how));
                self.push(span, ty, ExprKind::Binary { op, op_span, lhs, rhs })
            }
            Arithmetic::Units => {
                let types = &self.program.types;
                if let (Ty::Quantity(x), Ty::Quantity(y)) = (types.get(a).clone(), types.get(b).clone()) {
                    let verb = errors::verb_of(op);
                    let written_m = self.is_written_m(lhs, rhs);
                    self.report(errors::unit_mismatch(
                        verb,
                        (self.span(lhs), x),
                        (self.span(rhs), y),
                        written_m,
                    ));
                }
                self.poison(span)
            }
            Arithmetic::Wrong => {
                let (x, y) = (show::a(&self.program, a), show::a(&self.program, b));
                let help = arithmetic_help(&self.program, op, a, b);
                let sides = ((self.span(lhs), x.as_str()), (self.span(rhs), y.as_str()));
                self.report(errors::no_operation(op, sides.0, sides.1, help));
                self.poison(span)
            }
        }
    }

    fn arithmetic_type(&mut self, op: hir::BinaryOp, a: TyId, b: TyId) -> Arithmetic {
        use hir::BinaryOp::{Add, Div, IntDiv, Mod, Mul, Of, Sub};
        let types = &self.program.types;
        match (op, types.get(a).clone(), types.get(b).clone()) {
            (Add | Sub, Ty::Quantity(x), Ty::Quantity(y)) => same_unit(x, y, a),
            (Add | Sub, Ty::Quantity(Dimension::Cores), Ty::Int | Ty::Float) => {
                Arithmetic::Result(a, None, Some(Conversion::NumberToCores))
            }
            (Add | Sub, Ty::Int | Ty::Float, Ty::Quantity(Dimension::Cores)) => {
                Arithmetic::Result(b, Some(Conversion::NumberToCores), None)
            }
            (Add | Sub | Mul, Ty::Int, Ty::Int) => plain(TyId::INT),
            (Div, Ty::Int, Ty::Int) => plain(TyId::FLOAT),
            (IntDiv | Mod, Ty::Int, Ty::Int) => plain(TyId::INT),
            (Add | Sub | Mul | Div, Ty::Int, Ty::Float) => {
                Arithmetic::Result(TyId::FLOAT, Some(Conversion::IntToFloat), None)
            }
            (Add | Sub | Mul | Div, Ty::Float, Ty::Int) => {
                Arithmetic::Result(TyId::FLOAT, None, Some(Conversion::IntToFloat))
            }
            (Add | Sub | Mul | Div, Ty::Float, Ty::Float) => plain(TyId::FLOAT),
            (Mul, Ty::Quantity(_), Ty::Int | Ty::Float) => plain(a),
            (Mul, Ty::Int | Ty::Float, Ty::Quantity(_)) => plain(b),
            (Div, Ty::Quantity(_), Ty::Int | Ty::Float) => plain(a),
            (Div, Ty::Quantity(x), Ty::Quantity(y)) => same_unit(x, y, TyId::FLOAT),
            (Of, Ty::Quantity(Dimension::Percent), Ty::Quantity(_)) => plain(b),
            (Of, Ty::Quantity(Dimension::Percent), Ty::Int | Ty::Float) => plain(TyId::FLOAT),
            (Mul | IntDiv | Mod, Ty::Quantity(x), Ty::Quantity(y)) if x != y => Arithmetic::Units,
            (Add, Ty::String, Ty::String) => plain(TyId::STRING),
            (Add, Ty::String | Ty::Secret, Ty::String | Ty::Secret) => plain(TyId::SECRET),
            (Add, Ty::List(x), Ty::List(y)) => {
                let element = self.join(x, y);
                plain(self.list_of(element))
            }
            (_, Ty::Param(x), Ty::Param(y)) if x == y => plain(a),
            _ => Arithmetic::Wrong,
        }
    }
}

fn plain(ty: TyId) -> Arithmetic {
    Arithmetic::Result(ty, None, None)
}

fn same_unit(x: Dimension, y: Dimension, result: TyId) -> Arithmetic {
    if x == y { plain(result) } else { Arithmetic::Units }
}

fn arithmetic_help(program: &hir::Program, op: hir::BinaryOp, a: TyId, b: TyId) -> Option<&'static str> {
    use hir::BinaryOp::{Add, IntDiv, Mod, Mul, Of, Sub};
    match (op, program.types.get(a), program.types.get(b)) {
        (Add, Ty::String, _) | (Add, _, Ty::String) => Some("fill values into text: `\"… \\(value) …\"`"),
        (Add, Ty::Map(_) | Ty::Record(_), Ty::Map(_) | Ty::Record(_)) => {
            Some("join maps with `merge(a, b)`, or amend one: `a { key = value }`")
        }
        (Mul, Ty::Quantity(Dimension::Percent), _) | (Mul, _, Ty::Quantity(Dimension::Percent)) => {
            Some("take a share with `of`: `75% of x`")
        }
        (Of, Ty::Int | Ty::Float, _) => Some("a share is a percentage: `75% of x`"),
        (Add | Sub, Ty::Quantity(_), Ty::Int | Ty::Float)
        | (Add | Sub, Ty::Int | Ty::Float, Ty::Quantity(_)) => Some("give the number a unit"),
        (IntDiv | Mod, Ty::Quantity(_), _) => {
            Some("`div` and `mod` are for whole numbers; `floor(a / b)` counts how often `b` fits into `a`")
        }
        (IntDiv | Mod, ..) => {
            Some("`div` and `mod` are for `int`; make a float whole with `to-int(floor(x))`")
        }
        _ => None,
    }
}

fn lower(op: Op) -> hir::BinaryOp {
    match op {
        Op::Eq => hir::BinaryOp::Eq,
        Op::Ne => hir::BinaryOp::Ne,
        Op::Lt => hir::BinaryOp::Lt,
        Op::Le => hir::BinaryOp::Le,
        Op::Gt => hir::BinaryOp::Gt,
        Op::Ge => hir::BinaryOp::Ge,
        Op::In => hir::BinaryOp::In,
        Op::Matches => hir::BinaryOp::Matches,
        Op::Sub => hir::BinaryOp::Sub,
        Op::Mul => hir::BinaryOp::Mul,
        Op::Div => hir::BinaryOp::Div,
        Op::IntDiv => hir::BinaryOp::IntDiv,
        Op::Mod => hir::BinaryOp::Mod,
        Op::Of => hir::BinaryOp::Of,
        // Logic and `??` are forms of their own and never get here.
        Op::Add | Op::And | Op::Or | Op::Coalesce => hir::BinaryOp::Add,
    }
}
