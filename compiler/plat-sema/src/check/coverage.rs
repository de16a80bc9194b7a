//! Whether the arms of a `match` cover their subject, and what they leave out.

use super::assign::Fit;
use super::patterns::Covered;
use super::show;
use crate::context::Checker;
use crate::errors;
use crate::hir::{Const, EnumId, ExprId, ExprKind, InstanceId, InstanceName, KindId, Ty, TyId};
use plat_base::Span;

/// What no arm takes.
#[derive(Default, Debug)]
pub(crate) struct LeftOut {
    /// Variants, literals and types, as written.
    pub(crate) names: Vec<String>,
    /// Instances of an axis.
    pub(crate) instances: Vec<InstanceId>,
    /// Whether values are left that cannot be listed: only `else` covers them.
    pub(crate) endless: bool,
}

impl LeftOut {
    /// Whether everything is covered.
    pub(crate) fn is_nothing(&self) -> bool {
        self.names.is_empty() && self.instances.is_empty() && !self.endless
    }
}

impl<'a> Checker<'a> {
    /// Whether a `match` covers its subject; reports what it leaves out.
    pub(crate) fn check_coverage(
        &mut self,
        span: Span,
        subject: ExprId,
        ty: TyId,
        covered: &Covered,
    ) -> bool {
        if covered.is_broken {
            return false;
        }
        if covered.otherwise.is_some() || ty == TyId::ERROR {
            return true;
        }
        let left = self.left_out(ty, covered);
        if left.is_nothing() {
            return true;
        }
        if left.instances.is_empty() {
            let what = show::show(&self.program, ty);
            self.report(errors::not_covered(span, self.span(subject), &what, &left.names, left.endless));
            return false;
        }
        let missing: Vec<(String, Span)> = left
            .instances
            .iter()
            .map(|id| {
                let instance = &self.program[*id];
                let name = match instance.name {
                    InstanceName::Static(name) => name.to_string(),
                    InstanceName::Computed(_) => "…".to_owned(),
                };
                (name, instance.name_span)
            })
            .collect();
        let axis = match self.program[subject].kind {
            ExprKind::Environment => "environment",
            _ => "platform",
        };
        let limited = if covered.is_axis { self.limit_of_force(axis == "platform") } else { None };
        self.report(errors::platform_not_covered(axis, span, &missing, limited));
        false
    }

    /// What the arms so far leave of a subject of type `ty`.
    pub(crate) fn left_out(&mut self, ty: TyId, covered: &Covered) -> LeftOut {
        let mut left = LeftOut::default();
        self.leave_out(ty, covered, &mut left);
        left
    }

    fn leave_out(&mut self, ty: TyId, covered: &Covered, left: &mut LeftOut) {
        if covered.types.iter().any(|seen| self.covers(*seen, ty)) {
            return;
        }
        match self.program.types.get(ty).clone() {
            Ty::Error | Ty::Never => {}
            Ty::Refined(_) => {
                let base = self.program.types.base(ty);
                self.leave_out(base, covered, left);
            }
            Ty::Optional(inner) => {
                self.leave_out(inner, covered, left);
                left.names.push("the case that it is absent".to_owned());
                left.endless = true;
            }
            Ty::Union(members) => members.iter().for_each(|m| self.leave_out(*m, covered, left)),
            Ty::Bool => {
                for b in [true, false] {
                    if !covered.constants.contains(&Const::Bool(b)) {
                        left.names.push(format!("`{b}`"));
                    }
                }
            }
            Ty::Null if covered.constants.contains(&Const::Null) => {}
            Ty::Enum(id) => self.leave_variants(id, covered, left),
            Ty::Kind(kind) => self.leave_instances(kind, covered, left),
            Ty::Data => self.leave_data(covered, left),
            _ => {
                left.names.push(format!("other values of `{}`", show::show(&self.program, ty)));
                left.endless = true;
            }
        }
    }

    /// Whether a pattern for the type `seen` takes every value of type `ty`. A refinement takes only what it holds
    /// for, which is nothing that types know.
    pub(crate) fn covers(&mut self, seen: TyId, ty: TyId) -> bool {
        if seen == ty {
            return true;
        }
        match (self.program.types.get(ty).clone(), self.program.types.get(seen).clone()) {
            (Ty::Union(members), _) => members.iter().all(|m| self.covers(seen, *m)),
            (_, Ty::Union(members)) => members.iter().any(|m| self.covers(*m, ty)),
            (Ty::Optional(_), Ty::Optional(inner)) => self.covers(inner, self.program.types.present(ty)),
            (_, Ty::Optional(inner)) => self.covers(inner, ty),
            (Ty::Refined(id), _) => {
                let base = self.program.types.refinement(id).base;
                self.covers(seen, base)
            }
            (_, Ty::Refined(_)) => false,
            (Ty::List(a), Ty::List(b)) | (Ty::Map(a), Ty::Map(b)) => self.covers(b, a),
            _ => self.fits(ty, seen) == Fit::Yes,
        }
    }

    fn leave_variants(&self, id: EnumId, covered: &Covered, left: &mut LeftOut) {
        for (at, variant) in self.program[id].variants.iter().enumerate() {
            if !covered.constants.contains(&Const::Variant(id, at as u32)) {
                left.names.push(format!("`{}`", variant.name));
            }
        }
    }

    fn leave_instances(&mut self, kind: KindId, covered: &Covered, left: &mut LeftOut) {
        let is_platform = Some(kind) == self.program.platform_kind;
        let is_environment = Some(kind) == self.program.environment_kind;
        if !is_platform && !is_environment {
            if self.kinds_cover(kind, covered) {
                return;
            }
            left.names.push(format!("other values of `{}`", self.program[kind].name));
            left.endless = true;
            return;
        }
        let all = if covered.is_axis { self.in_force(is_platform) } else { self.axis_instances(is_platform) };
        if all.is_empty() {
            left.endless = true;
            left.names.push(format!("the only {} there is", self.program[kind].name));
        }
        left.instances.extend(all.into_iter().filter(|id| !covered.instances.contains(id)));
    }

    /// Whether types take every kind that extends an abstract idea: the kind itself may have instances of its own, so
    /// only a pattern for it (or for an ancestor) covers it.
    fn kinds_cover(&self, kind: KindId, covered: &Covered) -> bool {
        covered.types.iter().any(|ty| match self.program.types.get(*ty) {
            Ty::Kind(seen) => self.program.is_a(kind, *seen),
            _ => false,
        })
    }

    fn leave_data(&mut self, covered: &Covered, left: &mut LeftOut) {
        let list = self.list_of(TyId::DATA);
        let map = self.map_of(TyId::DATA);
        for ty in [TyId::BOOL, TyId::INT, TyId::FLOAT, TyId::STRING, list, map] {
            if !covered.types.iter().any(|seen| self.covers(*seen, ty)) {
                left.names.push(format!("`{}`", show::show(&self.program, ty)));
            }
        }
        if !covered.constants.contains(&Const::Null) {
            left.names.push("`null`".to_owned());
        }
    }

    /// The type of what the arms so far have left of a union.
    pub(crate) fn types_left(&mut self, ty: TyId, covered: &Covered) -> Option<TyId> {
        let present = self.program.types.present(ty);
        let Ty::Union(members) = self.program.types.get(self.program.types.base(present)).clone() else {
            return None;
        };
        let mut left = Vec::with_capacity(members.len());
        for member in members {
            let mut rest = LeftOut::default();
            self.leave_out(member, covered, &mut rest);
            if !rest.is_nothing() {
                left.push(member);
            }
        }
        let left = self.union(&left);
        Some(if present == ty { left } else { self.optional(left) })
    }
}
