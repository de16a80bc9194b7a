//! Comprehensions: lists and maps made round by round.

use crate::env::{self, Env};
use crate::evaluator::Evaluator;
use crate::value::Value;
use plat_base::{Diagnostic, Limit, Name, Span};
use plat_sema::hir::{Clause, ExprId, Key};

impl<'p> Evaluator<'p> {
    pub(crate) fn list_comprehension(
        &mut self,
        clauses: &[Clause],
        value: ExprId,
        span: Span,
        env: &Env,
    ) -> Value {
        let (mut out, mut reads) = (self.spare.pop().unwrap_or_default(), Vec::new());
        let done = self.iterate(clauses, env, &mut |this, env| {
            let (element, read) = this.recorded(|this| this.eval(value, env));
            out.push(element);
            reads.extend(read.map(Some));
            out.len() <= this.limits.length
        });
        if !done {
            return self.unfinished(out.len(), span);
        }
        let list = self.list_from(out, span);
        self.file_list(&list, reads);
        list
    }

    fn unfinished(&mut self, length: usize, span: Span) -> Value {
        if length > self.limits.length {
            let limit = self.limits.length;
            let message = format!("this would have more than {limit} elements");
            return self.exceed(Limit::Length, message, span, false);
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
        let mut reads = Vec::new();
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
            let (value, read) = this.recorded(|this| this.eval(value, env));
            reads.extend(read.map(Some));
            out.push((name, value, Some(place)));
            out.len() <= this.limits.length
        });
        if done { self.plain_of(ty, out, reads) } else { self.unfinished(out.len(), span) }
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
                let mut reads = self.round_reads(&value, *vars).into_iter();
                for round in rounds {
                    self.steps += 1;
                    if self.must_stop() {
                        return false;
                    }
                    let env = env::push(env, round);
                    if let Some(reads) = reads.next() {
                        self.file_frame(&env, reads);
                    }
                    if !self.iterate(rest, &env, f) {
                        return false;
                    }
                }
                true
            }
        }
    }
}
