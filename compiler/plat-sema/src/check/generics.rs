//! Calls of functions with type parameters: first-order unification, argument by argument.

use super::assign::{Want, Why};
use crate::context::Checker;
use crate::errors;
use crate::hir::{ExprId, FnId, Record, RecordField, Ty, TyId};
use plat_syntax::ast;

/// What each type parameter stands for at a call, as far as it is known.
pub(crate) struct Bindings(Vec<Option<TyId>>);

impl Bindings {
    /// Nothing is known yet.
    pub(crate) fn new(count: usize) -> Bindings {
        Bindings(vec![None; count])
    }
}

impl<'a> Checker<'a> {
    /// Checks the arguments of a generic function and finds its type parameters; whether those are within bounds.
    pub(crate) fn bind_generics(
        &mut self,
        function: FnId,
        args: &'a [ast::Arg],
        places: &[Option<usize>],
        want: Option<Want>,
        bindings: &mut Bindings,
        checked: &mut Vec<Option<ExprId>>,
    ) -> bool {
        // What the result is wanted to be helps to understand bare names, but decides nothing.
        let mut hints = Bindings::new(bindings.0.len());
        if let Some(want) = want {
            let result = self.program[function].result;
            self.unify(result, want.ty, &mut hints);
        }
        for (slot, place) in places.iter().enumerate() {
            let Some(at) = place else {
                checked.push(None);
                continue;
            };
            let param = self.program[function].params[slot].ty;
            let hint = self.hinted(param, bindings, &hints);
            let expr = self.expr(args[*at].value, hint.map(Want::hint));
            let is_optional = matches!(self.program.types.get(param), Ty::Optional(_));
            let expr = if is_optional { expr } else { self.present(expr).unwrap_or(expr) };
            let ty = self.ty(expr);
            self.unify(param, ty, bindings);
            checked.push(Some(expr));
        }
        if !self.within_bounds(function, bindings, checked) {
            return false;
        }
        for (slot, expr) in checked.iter_mut().enumerate() {
            if let Some(expr) = expr {
                let param = &self.program[function].params[slot];
                let (param, why) = (param.ty, Why::Param(param.name, param.span));
                let ty = self.substitute(param, bindings);
                *expr = self.coerce(*expr, Want::must(ty, why));
            }
        }
        true
    }

    /// A type parameter called `Number` stands for numbers and quantities, one called `Ordered` for strings as well.
    fn within_bounds(&mut self, function: FnId, bindings: &Bindings, checked: &[Option<ExprId>]) -> bool {
        for (at, name) in self.program[function].type_params.clone().into_iter().enumerate() {
            let Some(ty) = bindings.0.get(at).copied().flatten() else { continue };
            // What leaves out equal elements tells which are equal.
            let compares = self.program[function].name.as_str() == "unique";
            if compares && self.has_secret_inside(ty) {
                let arg = checked.iter().copied().flatten().next();
                let at = arg.map_or(self.program[function].name_span, |arg| self.span(arg));
                self.report(errors::secret_compared(at, at));
                return false;
            }
            let is_text = ty == TyId::STRING;
            let is_number = matches!(
                self.program.types.get(ty),
                Ty::Int | Ty::Float | Ty::Quantity(_) | Ty::Param(_) | Ty::Error | Ty::Never
            );
            let is_ordered = name.as_str() == "Ordered";
            let fits = match name.as_str() {
                "Number" => is_number,
                _ => !is_ordered || is_number || is_text,
            };
            if !fits {
                let params = self.program[function].params.iter();
                let slot =
                    params.zip(checked).position(|(p, arg)| arg.is_some() && self.mentions(p.ty, at as u32));
                if let Some(arg) = slot.and_then(|slot| checked.get(slot).copied().flatten()) {
                    let what = super::show::a(&self.program, ty);
                    let name = self.program[function].name;
                    // Text is refused only where numbers alone are wanted.
                    let wanted =
                        if is_ordered { "numbers, quantities and strings" } else { "numbers and quantities" };
                    self.report(errors::out_of_bounds(name, wanted, self.span(arg), &what, is_text));
                }
                return false;
            }
        }
        true
    }

    fn mentions(&self, ty: TyId, param: u32) -> bool {
        match self.program.types.get(ty) {
            Ty::Param(at) => *at == param,
            Ty::List(t) | Ty::Map(t) | Ty::Optional(t) => self.mentions(*t, param),
            _ => false,
        }
    }

    /// What an argument is expected to be, if that is known well enough to help.
    fn hinted(&mut self, param: TyId, bindings: &Bindings, hints: &Bindings) -> Option<TyId> {
        let both: Vec<Option<TyId>> = bindings.0.iter().zip(&hints.0).map(|(b, h)| b.or(*h)).collect();
        let both = Bindings(both);
        self.is_bound(param, &both).then(|| self.substitute(param, &both))
    }

    fn is_bound(&self, ty: TyId, bindings: &Bindings) -> bool {
        match self.program.types.get(ty) {
            Ty::Param(at) => bindings.0.get(*at as usize).is_some_and(Option::is_some),
            Ty::List(t) | Ty::Map(t) | Ty::Optional(t) => self.is_bound(*t, bindings),
            _ => true,
        }
    }

    /// Learns from an argument of type `have` what the parameters in `param` stand for.
    fn unify(&mut self, param: TyId, have: TyId, bindings: &mut Bindings) {
        let present = self.program.types.present(have);
        let base = self.program.types.base(present);
        match (self.program.types.get(param).clone(), self.program.types.get(base).clone()) {
            (Ty::Param(at), _) => {
                // Arithmetic leaves refinements behind: the sum of ports is no port.
                let known = bindings.0.get(at as usize).copied().flatten();
                let joined = known.map_or(base, |known| self.join(known, base));
                if let Some(place) = bindings.0.get_mut(at as usize) {
                    *place = Some(joined);
                }
            }
            (Ty::Optional(p), _) => self.unify(p, present, bindings),
            (Ty::List(p), Ty::List(h)) | (Ty::Map(p), Ty::Map(h)) => self.unify(p, h, bindings),
            (Ty::Map(p), Ty::Instances(kind)) => {
                let element = self.kind_type(kind);
                self.unify(p, element, bindings);
            }
            (Ty::Map(p), Ty::Record(id)) => {
                let record = self.program.types.record(id).clone();
                let types = record.fields.iter().map(|f| f.ty).chain(record.rest);
                let element =
                    types.collect::<Vec<_>>().into_iter().fold(TyId::NEVER, |all, t| self.join(all, t));
                self.unify(p, element, bindings);
            }
            (_, Ty::Union(members)) => {
                for member in members {
                    self.unify(param, member, bindings);
                }
            }
            _ => {}
        }
    }

    /// A type with its parameters replaced. One of which nothing is known is the type of no value.
    pub(crate) fn substitute(&mut self, ty: TyId, bindings: &Bindings) -> TyId {
        match self.program.types.get(ty).clone() {
            Ty::Param(at) => bindings.0.get(at as usize).copied().flatten().unwrap_or(TyId::NEVER),
            Ty::List(t) => {
                let t = self.substitute(t, bindings);
                self.list_of(t)
            }
            Ty::Map(t) => {
                let t = self.substitute(t, bindings);
                self.map_of(t)
            }
            Ty::Optional(t) => {
                let t = self.substitute(t, bindings);
                self.optional(t)
            }
            Ty::Union(members) => {
                let members: Vec<TyId> = members.iter().map(|m| self.substitute(*m, bindings)).collect();
                self.union(&members)
            }
            Ty::Record(id) => {
                let record = self.program.types.record(id).clone();
                let mut fields = Vec::with_capacity(record.fields.len());
                for field in record.fields {
                    let ty = self.substitute(field.ty, bindings);
                    fields.push(RecordField { ty, ..field });
                }
                let rest = record.rest.map(|r| self.substitute(r, bindings));
                self.program.types.intern_record(Record { name: record.name, fields, rest })
            }
            _ => ty,
        }
    }
}
