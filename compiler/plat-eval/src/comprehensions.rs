//! Comprehensions: lists and maps made round by round.

use crate::env::{self, Env};
use crate::evaluator::Evaluator;
use crate::value::Value;
use plat_base::{Diagnostic, Name, Span};
use plat_sema::hir::{Clause, ExprId, Key};

impl<'p> Evaluator<'p> {
    pub(crate) fn list_comprehension(
        &mut self,
        clauses: &[Clause],
        value: ExprId,
        span: Span,
        env: &Env,
    ) -> Value {
        let mut out = Vec::new();
        let done = self.iterate(clauses, env, &mut |this, env| {
            let element = this.eval(value, env);
            out.push(element);
            out.len() <= this.limits.length
        });
        if done { self.list(out, span) } else { self.unfinished(out.len(), span) }
    }

    fn unfinished(&mut self, length: usize, span: Span) -> Value {
        if length > self.limits.length {
            let limit = self.limits.length;
            return self.exceed(format!("this would have more than {limit} elements"), span, false);
        }
        Value::Poison
    }

    pub(crate) fn map_comprehension(
        &mut self,
        clauses: &[Clause],
        (key, value): (Key, ExprId),
        id: ExprId,
        env: &Env,
    ) -> Value {
        let (span, ty) = (self.program[id].span, self.program[id].ty);
        let place = self.program[value].span;
        let mut out: Vec<(Name, Value, Option<Span>)> = Vec::new();
        let mut seen = crate::plan::IdMap::<Name, ()>::default();
        let done = self.iterate(clauses, env, &mut |this, env| {
            let name = match key {
                Key::Static(name) => name,
                Key::Computed(expr) => match this.key_name(expr, env) {
                    Some(name) => name,
                    None => return false,
                },
            };
            if seen.insert(name, ()).is_some() {
                let message = format!("the key `{name}` comes twice");
                this.report(
                    Diagnostic::error("duplicate-name", message, span)
                        .help("make the key differ between the rounds"),
                );
                return false;
            }
            let value = this.eval(value, env);
            out.push((name, value, Some(place)));
            out.len() <= this.limits.length
        });
        if done { self.plain(ty, out) } else { self.unfinished(out.len(), span) }
    }

    /// Calls `f` in the environment of each round; `false` if it stopped early or a source or filter is poisoned.
    fn iterate(&mut self, clauses: &[Clause], env: &Env, f: &mut dyn FnMut(&mut Self, &Env) -> bool) -> bool {
        let Some((clause, rest)) = clauses.split_first() else { return f(self, env) };
        match clause {
            Clause::If(condition) => match self.eval(*condition, env) {
                Value::Bool(true) => self.iterate(rest, env, f),
                Value::Bool(false) => true,
                _ => false,
            },
            Clause::For { vars, source } => {
                let span = self.program[*source].span;
                let value = self.eval(*source, env);
                let Some(rounds) = self.rounds(&value, *vars, span) else { return false };
                for round in rounds {
                    self.steps += 1;
                    if self.exhausted || (self.steps >= self.next_check && self.out_of_steps()) {
                        self.too_long(*source);
                        return false;
                    }
                    if !self.iterate(rest, &env::push(env, round), f) {
                        return false;
                    }
                }
                true
            }
        }
    }
}
