//! What is written out where a value is set. Only a check can ask for it: the value is the same either way, but what was
//! written by hand does not follow when the other place changes.

use crate::env::Env;
use crate::evaluator::Evaluator;
use crate::layers::{Among, Contributed};
use crate::value::Value;
use plat_base::Name;
use plat_sema::hir::{Const, ExprId, ExprKind, InterpPart, Verb};

/// How many expressions are looked at for one value.
const MOST: usize = 200;

impl<'p> Evaluator<'p> {
    /// `literals(path)`: the texts that stand in the expression by which the path's topmost layer sets it.
    pub(crate) fn literals(&mut self, path: Option<ExprId>, call: ExprId, env: &Env) -> Value {
        let mut texts: Vec<Name> = Vec::new();
        if let Some(set) = path.and_then(|path| self.set_by(path, env)) {
            self.collect_literals(set, &mut MOST.clone(), &mut texts);
        }
        let values = texts.into_iter().map(|text| self.text_value(text)).collect();
        let span = self.program[call].span;
        self.list(values, span)
    }

    fn set_by(&mut self, path: ExprId, env: &Env) -> Option<ExprId> {
        let (base, key) = match &self.program[path].kind {
            ExprKind::Field { base, name, .. } => (*base, *name),
            ExprKind::Index { base, index } => match self.eval(*index, env) {
                Value::Str(key) => (*base, Name::new(&key.text)),
                _ => return None,
            },
            ExprKind::Convert(_, inner) => return self.set_by(*inner, env),
            _ => return None,
        };
        let Value::Object(object) = self.eval(base, env) else { return None };
        let found = self.contributions(object.id, key, Among::All, false)?;
        match &found.last()?.entry {
            Contributed::Field(field, _) => match field.verb {
                Verb::Set(expr) => Some(expr),
                _ => None,
            },
            Contributed::Plain(..) => None,
        }
    }

    fn collect_literals(&self, expr: ExprId, left: &mut usize, texts: &mut Vec<Name>) {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let parts: Vec<ExprId> = match &self.program[expr].kind {
            ExprKind::Const(Const::Str(text)) => {
                texts.push(*text);
                return;
            }
            ExprKind::Interp(parts) => {
                for part in parts {
                    match part {
                        InterpPart::Text(text) => texts.push(*text),
                        InterpPart::Expr(expr) => self.collect_literals(*expr, left, texts),
                    }
                }
                return;
            }
            ExprKind::Let(constant) => vec![self.program[*constant].value],
            ExprKind::Convert(_, inner) => vec![*inner],
            ExprKind::Coalesce(a, b) | ExprKind::Binary { lhs: a, rhs: b, .. } => vec![*a, *b],
            ExprKind::If { then, otherwise, .. } => vec![*then, *otherwise],
            ExprKind::Match { arms, .. } => arms.iter().map(|arm| arm.value).collect(),
            ExprKind::LetIn { value, body, .. } => vec![*value, *body],
            ExprKind::Call { args, .. } => args.iter().flatten().copied().collect(),
            _ => return,
        };
        parts.into_iter().for_each(|part| self.collect_literals(part, left, texts));
    }
}
