//! `if` and `match`.

use super::assign::Want;
use super::patterns::Covered;
use crate::context::{Checker, Fact};
use crate::hir::{Arm, ExprId, ExprKind, Pattern, TyId};
use plat_base::Span;
use plat_syntax::ast;

impl<'a> Checker<'a> {
    /// `if c then a else b`.
    pub(crate) fn conditional(
        &mut self,
        span: Span,
        condition: ast::ExprId,
        then: ast::ExprId,
        otherwise: ast::ExprId,
        want: Option<Want>,
    ) -> ExprId {
        let condition = self.condition(condition);
        let yes = self.facts_of(condition, true);
        let no = self.facts_of(condition, false);
        let then = self.with_facts(yes, |c| c.branch(then, want));
        // A name in the second branch may take its meaning from the first.
        let hint = want.or_else(|| Some(Want::hint(self.ty(then))));
        let otherwise = self.with_facts(no, |c| c.branch(otherwise, hint));
        let (ty, branches) = self.joined(vec![then, otherwise], want);
        let (then, otherwise) = match branches.as_slice() {
            [a, b] => (*a, *b),
            _ => (then, otherwise),
        };
        self.push(span, ty, ExprKind::If { condition, then, otherwise })
    }

    /// A branch: it has to fit if anything has to.
    fn branch(&mut self, id: ast::ExprId, want: Option<Want>) -> ExprId {
        match want {
            Some(want) => {
                let expr = self.expr(id, Some(want));
                self.coerce(expr, want)
            }
            None => self.infer(id),
        }
    }

    /// The type of several branches: what is wanted, or their join.
    fn joined(&mut self, mut branches: Vec<ExprId>, want: Option<Want>) -> (TyId, Vec<ExprId>) {
        let ty = match want {
            Some(want) if want.must => want.ty,
            _ => self.unify_branches(&mut branches),
        };
        (ty, branches)
    }

    /// `match subject { … }`.
    pub(crate) fn match_expr(
        &mut self,
        span: Span,
        subject: ast::ExprId,
        arms: &'a [ast::Arm],
        want: Option<Want>,
    ) -> ExprId {
        let subject = self.infer(subject);
        let ty = self.ty(subject);
        let is_axis = matches!(self.program[subject].kind, ExprKind::Platform | ExprKind::Environment);
        let mut covered = Covered { is_axis, ..Covered::default() };
        let mut patterns: Vec<Vec<Pattern>> = Vec::with_capacity(arms.len());
        let mut values: Vec<ExprId> = Vec::with_capacity(arms.len());
        let mut hint = want;
        for arm in arms {
            let resolved = self.arm_patterns(arm, ty, &mut covered);
            let facts = self.arm_facts(subject, ty, &resolved, &covered);
            let value = self.with_facts(facts, |c| c.branch(arm.value, hint));
            if hint.is_none() {
                hint = Some(Want::hint(self.ty(value)));
            }
            patterns.push(resolved);
            values.push(value);
        }
        let is_covered = self.check_coverage(span, subject, ty, &covered);
        let (result, values) = self.joined(values, want);
        if !is_covered {
            return self.poison(span);
        }
        let arms =
            patterns.into_iter().zip(values).map(|(patterns, value)| Arm { patterns, value }).collect();
        self.push(span, result, ExprKind::Match { subject, arms })
    }

    /// What an arm knows of the subject.
    fn arm_facts(&mut self, subject: ExprId, ty: TyId, patterns: &[Pattern], covered: &Covered) -> Vec<Fact> {
        if ty == TyId::ERROR {
            return self.fact(subject, ty);
        }
        let mut types = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            match pattern {
                Pattern::Type(ty) => types.push(*ty),
                Pattern::Else => return self.rest_facts(subject, ty, covered),
                // A literal or variant is a present value.
                Pattern::Const(_) | Pattern::Instance(_) => {
                    let present = self.program.types.present(ty);
                    return if present == ty { Vec::new() } else { self.fact(subject, present) };
                }
            }
        }
        if types.is_empty() {
            return Vec::new();
        }
        let narrowed = self.union(&types);
        self.fact(subject, narrowed)
    }

    /// In `else`, a union is what the arms before have left of it.
    fn rest_facts(&mut self, subject: ExprId, ty: TyId, covered: &Covered) -> Vec<Fact> {
        let left = self.types_left(ty, covered);
        match left {
            Some(left) => self.fact(subject, left),
            None => Vec::new(),
        }
    }
}
