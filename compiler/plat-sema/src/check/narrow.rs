//! Narrowing: what a condition that holds (or does not) tells about the paths in it.

use crate::context::{Checker, Fact, Frame, Place, Root};
use crate::hir::{BinaryOp, Const, ExprId, ExprKind, Ty, TyId};
use plat_base::Name;

impl<'a> Checker<'a> {
    /// The path that an expression is, if it can be narrowed.
    pub(crate) fn place(&self, expr: ExprId) -> Option<Place> {
        let mut steps = Vec::new();
        let root = self.root_of(expr, &mut steps)?;
        steps.reverse();
        Some(Place { root, steps })
    }

    fn root_of(&self, expr: ExprId, steps: &mut Vec<Name>) -> Option<Root> {
        let depth = self.env.frames.len();
        match &self.program[expr].kind {
            ExprKind::Field { base, name, .. } => {
                steps.push(*name);
                self.root_of(*base, steps)
            }
            ExprKind::Index { base, index } => {
                let ExprKind::Const(Const::Str(key)) = self.program[*index].kind else { return None };
                steps.push(key);
                self.root_of(*base, steps)
            }
            ExprKind::Convert(crate::hir::Conversion::Present, inner) => self.root_of(*inner, steps),
            ExprKind::Local { up, slot } => {
                Some(Root::Local(depth.checked_sub(1 + usize::from(*up))?, *slot))
            }
            ExprKind::SelfRef { up } => Some(Root::Object(depth.checked_sub(1 + usize::from(*up))?)),
            ExprKind::Let(id) => Some(Root::Let(*id)),
            ExprKind::Instance(id) => Some(Root::Instance(*id)),
            ExprKind::Platform => Some(Root::Platform),
            ExprKind::Environment => Some(Root::Environment),
            _ => None,
        }
    }

    /// Gives an expression the type that is known of its path, if anything is.
    pub(crate) fn narrowed(&mut self, expr: ExprId) -> ExprId {
        if self.env.facts.is_empty() {
            return expr;
        }
        let Some(place) = self.place(expr) else { return expr };
        let known = self.env.facts.iter().rev().find(|f| f.place == place).map(|f| f.ty);
        if let Some(ty) = known {
            self.program.exprs[expr.0 as usize].ty = ty;
        } else if self.env.facts.iter().any(|f| f.place.root == Root::Anything)
            && matches!(self.program.types.get(self.ty(expr)), Ty::Optional(_) | Ty::Union(_))
        {
            self.program.exprs[expr.0 as usize].ty = TyId::ERROR;
        }
        expr
    }

    /// What is known where `condition` holds (or does not).
    pub(crate) fn facts_of(&mut self, condition: ExprId, holds: bool) -> Vec<Fact> {
        let mut facts = Vec::new();
        self.collect_facts(condition, holds, &mut facts);
        facts
    }

    fn collect_facts(&mut self, condition: ExprId, holds: bool, facts: &mut Vec<Fact>) {
        if self.ty(condition) == TyId::ERROR {
            return facts.push(unknown());
        }
        match self.program[condition].kind {
            ExprKind::IsUnset { value, .. } if self.ty(value) == TyId::ERROR => facts.push(unknown()),
            ExprKind::IsUnset { value, negated } if negated == holds => self.note_present(value, facts),
            ExprKind::And(a, b) if holds => {
                self.collect_facts(a, true, facts);
                self.collect_facts(b, true, facts);
            }
            ExprKind::Or(a, b) if !holds => {
                self.collect_facts(a, false, facts);
                self.collect_facts(b, false, facts);
            }
            ExprKind::Not(inner) => self.collect_facts(inner, !holds, facts),
            ExprKind::Binary { op, lhs, rhs, .. } if (op == BinaryOp::Eq) == holds => {
                if matches!(op, BinaryOp::Eq | BinaryOp::Ne) {
                    self.note_equal(lhs, rhs, facts);
                    self.note_equal(rhs, lhs, facts);
                }
            }
            _ => {}
        }
    }

    /// What equals a present value is present.
    fn note_equal(&mut self, path: ExprId, other: ExprId, facts: &mut Vec<Fact>) {
        if !matches!(self.program.types.get(self.ty(other)), Ty::Optional(_)) {
            self.note_present(path, facts);
        }
    }

    fn note_present(&mut self, value: ExprId, facts: &mut Vec<Fact>) {
        // `a?.b` is present only if `a` is.
        if let ExprKind::Field { base, optional: true, .. } = self.program[value].kind {
            self.note_present(base, facts);
        }
        let ty = self.ty(value);
        let present = self.program.types.present(ty);
        if present != ty
            && let Some(place) = self.place(value)
        {
            facts.push(Fact { place, ty: present });
        }
    }

    /// What is known of a path that has been found to be of a type.
    pub(crate) fn fact(&self, value: ExprId, ty: TyId) -> Vec<Fact> {
        if self.ty(value) == TyId::ERROR {
            return vec![unknown()];
        }
        self.place(value).map(|place| Fact { place, ty }).into_iter().collect()
    }

    /// The type of the finished value that `self` means, with the frames from here to it.
    pub(crate) fn self_frame(&self) -> Option<(u16, TyId)> {
        let frames = self.env.frames.iter().rev().enumerate();
        frames.into_iter().find_map(|(up, frame)| match frame {
            Frame::Object(ty) => Some((up as u16, *ty)),
            Frame::Slots(_) => None,
        })
    }
}

/// What an erroneous condition tells: that some path may be narrowed, and nobody knows which.
fn unknown() -> Fact {
    Fact { place: Place { root: Root::Anything, steps: Vec::new() }, ty: TyId::ERROR }
}
