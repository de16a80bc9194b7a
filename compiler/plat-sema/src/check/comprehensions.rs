//! Comprehensions: lists and maps made from others.

use super::assign::{Want, Why};
use crate::context::{Checker, Fact, Frame, Local};
use crate::errors;
use crate::hir::{Clause, ExprId, ExprKind, Key, Ty, TyId};
use plat_base::Span;
use plat_syntax::ast;

/// The environment before the clauses of a comprehension.
struct Before {
    frames: usize,
    facts: usize,
}

impl<'a> Checker<'a> {
    /// `[for … : e]`.
    pub(crate) fn list_comprehension(
        &mut self,
        span: Span,
        clauses: &'a [ast::Clause],
        value: ast::ExprId,
        want: Option<Want>,
    ) -> ExprId {
        let element = want.and_then(|w| self.element_wanted(w.ty).map(|ty| w.with(ty)));
        let (before, clauses) = self.clauses(clauses);
        let value = self.expr(value, element);
        let value = element.map_or(value, |want| self.coerce(value, want));
        self.leave(before);
        let ty = match element {
            Some(want) if want.must => want.ty,
            _ => self.ty(value),
        };
        let ty = self.list_of(ty);
        self.push(span, ty, ExprKind::ListComp { clauses, value })
    }

    /// `{for … : k = e}`.
    pub(crate) fn map_comprehension(
        &mut self,
        span: Span,
        clauses: &'a [ast::Clause],
        key: &'a ast::Key,
        value: ast::ExprId,
        want: Option<Want>,
    ) -> ExprId {
        let element = want.and_then(|w| self.entry_wanted(w.ty).map(|ty| w.with(ty)));
        let (before, clauses) = self.clauses(clauses);
        let key = match key {
            ast::Key::Static(ident) => Key::Static(ident.name),
            ast::Key::Computed(id, _) => {
                Key::Computed(self.check(*id, Want::must(TyId::STRING, Why::Language)))
            }
        };
        let value = self.expr(value, element);
        let value = element.map_or(value, |want| self.coerce(value, want));
        self.leave(before);
        let ty = match element {
            Some(want) if want.must => want.ty,
            _ => self.ty(value),
        };
        let ty = self.map_of(ty);
        self.push(span, ty, ExprKind::MapComp { clauses, key, value })
    }

    /// What the values of a map have to be where `ty` is wanted.
    fn entry_wanted(&self, ty: TyId) -> Option<TyId> {
        match self.program.types.get(ty) {
            Ty::Map(element) => Some(*element),
            Ty::Record(id) => self.program.types.record(*id).rest,
            Ty::Optional(inner) => self.entry_wanted(*inner),
            Ty::Refined(_) => self.entry_wanted(self.program.types.base(ty)),
            Ty::Union(members) => members.iter().find_map(|m| self.entry_wanted(*m)),
            Ty::Data => Some(TyId::DATA),
            _ => None,
        }
    }

    fn clauses(&mut self, clauses: &'a [ast::Clause]) -> (Before, Vec<Clause>) {
        let before = Before { frames: self.env.frames.len(), facts: self.env.facts.len() };
        let mut checked = Vec::with_capacity(clauses.len());
        for clause in clauses {
            match clause {
                ast::Clause::For { vars, source } => {
                    let source = self.iterated(*source);
                    let slots = self.loop_variables(vars, source);
                    self.env.frames.push(Frame::Slots(slots));
                    checked.push(Clause::For { vars: vars.len().clamp(1, 2) as u8, source });
                }
                ast::Clause::If(condition) => {
                    let condition = self.condition(*condition);
                    let facts: Vec<Fact> = self.facts_of(condition, true);
                    self.env.facts.extend(facts);
                    checked.push(Clause::If(condition));
                }
            }
        }
        (before, checked)
    }

    fn leave(&mut self, before: Before) {
        self.env.frames.truncate(before.frames);
        self.env.facts.truncate(before.facts);
    }

    /// What stands after `in`: there, `platform` and `env` are kinds.
    pub(crate) fn iterated(&mut self, source: ast::ExprId) -> ExprId {
        let expr = self.axis_kind_after_in(source).unwrap_or_else(|| self.infer(source));
        self.operand(expr)
    }

    /// The variables of a loop over `source`.
    pub(crate) fn loop_variables(&mut self, vars: &[ast::Ident], source: ExprId) -> Vec<Local> {
        let types = self.iteration_types(source, vars.len());
        if let [first, second] = vars
            && first.name == second.name
        {
            self.report(errors::duplicate_name(first.name, first.span, second.span));
        }
        vars.iter().zip(types).map(|(v, ty)| Local { name: v.name, ty, span: v.span }).collect()
    }

    fn iteration_types(&mut self, source: ExprId, vars: usize) -> Vec<TyId> {
        let ty = self.program.types.base(self.ty(source));
        let (key, value) = match self.program.types.get(ty).clone() {
            Ty::List(element) => (TyId::INT, element),
            Ty::Map(element) => (TyId::STRING, element),
            Ty::Instances(kind) => (TyId::STRING, self.kind_type(kind)),
            Ty::Record(id) => {
                let record = self.program.types.record(id).clone();
                let types: Vec<TyId> = record.fields.iter().map(|f| f.ty).chain(record.rest).collect();
                let value = types.into_iter().fold(TyId::NEVER, |all, ty| self.join(all, ty));
                (TyId::STRING, value)
            }
            Ty::Error | Ty::Never => (TyId::ERROR, TyId::ERROR),
            _ => {
                let diagnostic = errors::no_iteration(&self.program, ty, self.span(source));
                self.report(diagnostic);
                (TyId::ERROR, TyId::ERROR)
            }
        };
        if vars >= 2 { vec![key, value] } else { vec![value] }
    }
}
