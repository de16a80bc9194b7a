//! Calls: which function, which argument for which parameter.

use super::assign::{Want, Why};
use super::generics::Bindings;
use crate::context::{Checker, Def};
use crate::errors;
use crate::hir::{ExprId, ExprKind, FnId, Ty, TyId};
use plat_base::{Name, Span, closest};
use plat_syntax::ast::{self, ExprKind as Syntax};

impl<'a> Checker<'a> {
    /// `f(x, n = y)`.
    pub(crate) fn call(
        &mut self,
        span: Span,
        callee: ast::ExprId,
        args: &'a [ast::Arg],
        args_span: Span,
        want: Option<Want>,
    ) -> ExprId {
        let Some(function) = self.callee(callee) else {
            for arg in args {
                self.argument_of_nothing(arg.value);
            }
            return self.poison(span);
        };
        self.sign(function);
        let callee_span = self.env.ast[callee].span;
        if let Some(reason) = &self.program[function].deprecated {
            let diagnostic = errors::deprecated(self.program[function].name, reason, callee_span);
            self.report(diagnostic);
        }
        if let Some(caller) = self.env.function {
            self.tables.fns[caller.0 as usize].calls.push((function, callee_span));
        }
        self.infer_result(function, span);
        let before = self.diagnostics.len();
        let places = self.assign_arguments(function, args, callee_span, args_span);
        let is_wrong = self.diagnostics.len() > before;
        let call = self.apply(span, function, args, &places, want);
        if is_wrong {
            self.spoil(call)
        }
        call
    }

    /// Makes an expression that has been reported give no value, though its type is known.
    fn spoil(&mut self, expr: ExprId) {
        self.program.exprs[expr.0 as usize].kind = ExprKind::Error;
    }

    /// What stands in the arguments of an unknown function is still looked at, without reporting unknown names,
    /// which parameters might have explained.
    fn argument_of_nothing(&mut self, id: ast::ExprId) {
        if !matches!(self.env.ast[id].kind, Syntax::Name(_) | Syntax::List(_) | Syntax::Record(_)) {
            self.infer(id);
        }
    }

    /// The function that is called.
    fn callee(&mut self, id: ast::ExprId) -> Option<FnId> {
        let ast = self.env.ast;
        let span = ast[id].span;
        let is_fn = |d: Def| matches!(d, Def::Fn(_) | Def::Broken);
        match &ast[id].kind {
            Syntax::Paren(inner) => self.callee(*inner),
            Syntax::Name(name) => match self.find(*name, is_fn) {
                Some((Def::Fn(function), _)) => Some(function),
                Some(_) => None,
                None => {
                    self.report_no_function(ast::Ident { name: *name, span });
                    None
                }
            },
            Syntax::Field { base, name, .. } => self.qualified_callee(*base, *name, span),
            _ => {
                self.infer(id);
                self.report(errors::not_callable(span));
                None
            }
        }
    }

    fn qualified_callee(&mut self, base: ast::ExprId, name: ast::Ident, span: Span) -> Option<FnId> {
        if let Syntax::Name(first) = self.env.ast[base].kind
            && self.local(first).is_none()
        {
            if let Some(module) = self.module_named(first) {
                let exported = self.exported(module, name.name);
                let function = exported.iter().find_map(|b| match b.def {
                    Def::Fn(id) => Some(id),
                    _ => None,
                });
                if function.is_some() {
                    return function;
                }
                match exported.first().map(|b| (b.def, b.span)) {
                    Some((def, declared)) => {
                        let diagnostic =
                            errors::not_a_function(name.name, self.describe(def), name.span, declared);
                        self.report(diagnostic);
                    }
                    None => self.report_unknown_export(module, name),
                }
                return None;
            }
            if let Some((Def::Broken, _)) = self.find(first, |d| d == Def::Broken) {
                return None;
            }
        }
        let base = self.infer(base);
        if self.ty(base) != TyId::ERROR {
            let known = matches!(self.find(name.name, |d| matches!(d, Def::Fn(_))), Some((Def::Fn(_), _)));
            self.report(errors::no_methods(name, span, known));
        }
        None
    }

    fn report_no_function(&mut self, ident: ast::Ident) {
        let local = self.local(ident.name).map(|(_, _, l)| (l.ty, l.span));
        if let Some((TyId::ERROR, _)) = local {
            return;
        }
        if let Some((_, declared)) = local {
            self.report(errors::not_a_function(ident.name, "a variable", ident.span, declared));
            return;
        }
        if let Some((def, declared)) = self.find(ident.name, |_| true) {
            if let Def::Let(id) = def {
                self.check_let(id);
                if self.program[id].ty == TyId::ERROR {
                    return;
                }
            }
            let diagnostic = errors::not_a_function(ident.name, self.describe(def), ident.span, declared);
            self.report(diagnostic);
            return;
        }
        if self.is_excused(ident.name) {
            return;
        }
        let names =
            if self.may_suggest() { self.top_level_names(|d| matches!(d, Def::Fn(_))) } else { Vec::new() };
        let near = closest(ident.name.as_str(), names.iter().map(|n| n.as_str()));
        self.report(errors::unknown_of("function", ident, near));
    }

    /// For each parameter, which argument it gets.
    fn assign_arguments(
        &mut self,
        function: FnId,
        args: &'a [ast::Arg],
        callee: Span,
        args_span: Span,
    ) -> Vec<Option<usize>> {
        let count = self.program[function].params.len();
        let mut places: Vec<Option<usize>> = vec![None; count];
        let mut next = 0;
        let mut named_before = false;
        let mut is_wrong = false;
        for (at, arg) in args.iter().enumerate() {
            let span = arg.name.map_or(self.env.ast[arg.value].span, |n| n.span);
            let slot = match arg.name {
                Some(name) => {
                    named_before = true;
                    self.parameter_named(function, name)
                }
                None if named_before => {
                    self.report(errors::positional_after_named(span));
                    None
                }
                None => {
                    next += 1;
                    if next > count {
                        let diagnostic =
                            errors::too_many_arguments(&self.program, function, span, args.len());
                        self.report(diagnostic);
                        return places;
                    }
                    Some(next - 1)
                }
            };
            match slot {
                None => is_wrong = true,
                Some(slot) if places[slot].is_some() => {
                    let name = self.program[function].params[slot].name;
                    let first = places[slot].map_or(span, |a| self.env.ast[args[a].value].span);
                    self.report(errors::argument_twice(name, first, span));
                    is_wrong = true;
                }
                Some(slot) => places[slot] = Some(at),
            }
        }
        if !is_wrong {
            self.report_missing_arguments(function, &places, callee, args_span);
        }
        places
    }

    fn parameter_named(&mut self, function: FnId, name: ast::Ident) -> Option<usize> {
        let params = &self.program[function].params;
        if let Some(at) = params.iter().position(|p| p.name == name.name) {
            return Some(at);
        }
        let names: Vec<&str> = params.iter().map(|p| p.name.as_str()).collect();
        let diagnostic = errors::unknown_argument(self.program[function].name, name, &names);
        self.report(diagnostic);
        None
    }

    fn report_missing_arguments(
        &mut self,
        function: FnId,
        places: &[Option<usize>],
        callee: Span,
        args_span: Span,
    ) {
        let decl = &self.program[function];
        let missing: Vec<(Name, Span)> = decl
            .params
            .iter()
            .zip(places)
            .filter(|(p, place)| {
                let may_lack = p.default.is_some() || matches!(self.program.types.get(p.ty), Ty::Optional(_));
                place.is_none() && !may_lack && p.ty != TyId::ERROR
            })
            .map(|(p, _)| (p.name, p.span))
            .collect();
        if !missing.is_empty() {
            let diagnostic = errors::missing_arguments(decl.name, &missing, callee.to(args_span));
            self.report(diagnostic);
        }
    }

    fn apply(
        &mut self,
        span: Span,
        function: FnId,
        args: &'a [ast::Arg],
        places: &[Option<usize>],
        want: Option<Want>,
    ) -> ExprId {
        let is_generic = !self.program[function].type_params.is_empty();
        let mut checked: Vec<Option<ExprId>> = Vec::with_capacity(places.len());
        let mut bindings = Bindings::new(self.program[function].type_params.len());
        let mut is_within_bounds = true;
        if is_generic {
            is_within_bounds = self.bind_generics(function, args, places, want, &mut bindings, &mut checked);
        } else {
            for (slot, place) in places.iter().enumerate() {
                let param = &self.program[function].params[slot];
                let want = Want::must(param.ty, Why::Param(param.name, param.span));
                checked.push(place.map(|at| self.check(args[at].value, want)));
            }
        }
        let result = self.program[function].result;
        let ty = if is_generic { self.substitute(result, &bindings) } else { result };
        if !is_within_bounds {
            return self.poison(span);
        }
        self.push(span, ty, ExprKind::Call { callee: function, args: checked })
    }
}
