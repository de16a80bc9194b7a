//! Keys that are computed: which entry of which layer has which name.

use crate::env::Env;
use crate::evaluator::Evaluator;
use crate::object::{ComputedKey, Layer, Memo, Stack};
use crate::value::{ObjectId, Value};
use plat_base::{Diagnostic, Name, Span};
use plat_sema::hir::{Axes, ExprId, Key};
use std::rc::Rc;

impl<'p> Evaluator<'p> {
    /// The names of the computed keys of an object in the current context.
    pub(crate) fn computed_keys(&mut self, id: ObjectId, stack: &Stack) -> Rc<[ComputedKey]> {
        let bodies = stack.as_slice().iter().filter_map(|layer| match layer {
            Layer::Body { body, .. } => Some(*body),
            Layer::Plain(_) => None,
        });
        let mut any = false;
        for body in bodies {
            any |= !self.plan(body).computed.is_empty();
        }
        if !any {
            return Rc::clone(&self.no_keys);
        }
        if let Some(memo) = self.data(id).known().and_then(|extra| extra.keys.find(self.at)) {
            let (mask, keys) = (memo.mask, Rc::clone(&memo.value));
            self.mask = self.mask.union(mask);
            return keys;
        }
        let saved = std::mem::replace(&mut self.mask, Axes::NONE);
        let keys: Rc<[ComputedKey]> = self.compute_keys(stack).into();
        let mask = self.mask;
        self.mask = saved.union(mask);
        let at = self.at;
        self.keep_in(id);
        self.data_mut(id).extra().keys.add(Memo { mask, at, value: Rc::clone(&keys) });
        keys
    }

    fn compute_keys(&mut self, stack: &Stack) -> Vec<ComputedKey> {
        let mut keys: Vec<ComputedKey> = Vec::new();
        for (layer, content) in stack.as_slice().iter().enumerate() {
            let Layer::Body { body, env, .. } = content else { continue };
            let plan = self.plan(*body);
            for at in &plan.computed {
                let entry = &plan.entries[*at as usize];
                let Key::Computed(expr) = entry.field.key else { continue };
                // A key whose block does not apply need not be computable.
                if self.all_hold(&entry.guards, env) != Some(true) {
                    continue;
                }
                let Some(name) = self.key_name(expr, env) else { continue };
                let twice = keys.iter().find(|(l, other, n)| {
                    *l as usize == layer && *n == name && plan.entries[*other as usize].block == entry.block
                });
                if let Some((_, other, _)) = twice {
                    let first = plan.entries[*other as usize].field.key_span;
                    self.twice("duplicate-field", name, entry.field.key_span, first);
                }
                keys.push((layer as u32, *at, name));
            }
        }
        keys
    }

    /// The name that a key expression gives.
    pub(crate) fn key_name(&mut self, expr: ExprId, env: &Env) -> Option<Name> {
        match self.eval(expr, env) {
            Value::Str(text) => Some(Name::new(&text.text)),
            _ => None,
        }
    }

    pub(crate) fn twice(&mut self, code: &str, name: Name, again: Span, first: Span) {
        let mut diagnostic = Diagnostic::error(code, format!("`{name}` is there twice"), again)
            .primary("again here")
            .help("give each a name of its own");
        if first != again {
            diagnostic = diagnostic.label(first, "first here");
        }
        self.report(diagnostic);
    }
}
