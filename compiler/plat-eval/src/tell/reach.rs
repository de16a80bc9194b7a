//! How far an expression looks outwards: one that looks at no frame around it has one value per context.

use super::{Sink, Teller};
use plat_sema::hir::{BodyId, Clause, Entry, ExprId, ExprKind, InterpPart, Key, Verb};

impl<S: Sink> Teller<'_, '_, S> {
    /// Whether an expression looks at no frame around it.
    pub(super) fn is_closed(&mut self, id: ExprId) -> bool {
        self.reach(id) == 0
    }

    /// How many frames outwards an expression looks; 0 if it looks at none.
    fn reach(&mut self, id: ExprId) -> u16 {
        if let Some(known) = self.reach.get(&id.0) {
            return *known;
        }
        let found = self.reach_of(id);
        self.reach.insert(id.0, found);
        found
    }

    fn furthest(&mut self, ids: impl IntoIterator<Item = ExprId>) -> u16 {
        ids.into_iter().map(|id| self.reach(id)).max().unwrap_or(0)
    }

    fn reach_of(&mut self, id: ExprId) -> u16 {
        let program = self.eval.program;
        match &program[id].kind {
            ExprKind::Error
            | ExprKind::Const(_)
            | ExprKind::Let(_)
            | ExprKind::Instance(_)
            | ExprKind::Instances(_)
            | ExprKind::Platform
            | ExprKind::Environment => 0,
            ExprKind::Local { up, .. } | ExprKind::SelfRef { up } => up.saturating_add(1),
            ExprKind::Interp(parts) => self.furthest(parts.iter().filter_map(|part| match part {
                InterpPart::Expr(id) => Some(*id),
                InterpPart::Text(_) => None,
            })),
            ExprKind::Field { base, .. } => self.reach(*base),
            ExprKind::Index { base: a, index: b }
            | ExprKind::And(a, b)
            | ExprKind::Or(a, b)
            | ExprKind::Coalesce(a, b)
            | ExprKind::Binary { lhs: a, rhs: b, .. } => self.furthest([*a, *b]),
            ExprKind::Neg(a)
            | ExprKind::Not(a)
            | ExprKind::Convert(_, a)
            | ExprKind::IsUnset { value: a, .. } => self.reach(*a),
            ExprKind::Call { args, .. } => self.furthest(args.iter().flatten().copied()),
            ExprKind::If { condition, then, otherwise } => self.furthest([*condition, *then, *otherwise]),
            ExprKind::Match { subject, arms } => {
                let arms = self.furthest(arms.iter().map(|arm| arm.value));
                arms.max(self.reach(*subject))
            }
            ExprKind::List(items) => self.furthest(items.iter().copied()),
            ExprKind::ListComp { clauses, value } => self.reach_of_rounds(clauses, &[*value]),
            ExprKind::MapComp { clauses, key, value } => match key {
                Key::Static(_) => self.reach_of_rounds(clauses, &[*value]),
                Key::Computed(key) => self.reach_of_rounds(clauses, &[*key, *value]),
            },
            ExprKind::Record(body) | ExprKind::New { body, .. } => self.reach_of_body(*body),
            ExprKind::Amend { base, body } => self.reach(*base).max(self.reach_of_body(*body)),
            ExprKind::LetIn { value, body, .. } => {
                self.reach(*value).max(self.reach(*body).saturating_sub(1))
            }
        }
    }

    fn reach_of_rounds(&mut self, clauses: &[Clause], values: &[ExprId]) -> u16 {
        match clauses.split_first() {
            None => self.furthest(values.iter().copied()),
            Some((Clause::If(condition), rest)) => {
                self.reach(*condition).max(self.reach_of_rounds(rest, values))
            }
            Some((Clause::For { source, .. }, rest)) => {
                self.reach(*source).max(self.reach_of_rounds(rest, values).saturating_sub(1))
            }
        }
    }

    fn reach_of_body(&mut self, body: BodyId) -> u16 {
        let body = &self.eval.program[body];
        let inside = self.reach_of_entries(&body.entries);
        if body.binds_self { inside.saturating_sub(1) } else { inside }
    }

    fn reach_of_entries(&mut self, entries: &[Entry]) -> u16 {
        let mut furthest = 0;
        for entry in entries {
            furthest = furthest.max(match entry {
                Entry::When { condition, entries, .. } => {
                    self.reach(*condition).max(self.reach_of_entries(entries))
                }
                Entry::Field(field) => {
                    let key = match field.key {
                        Key::Computed(key) => self.reach(key),
                        Key::Static(_) => 0,
                    };
                    key.max(match field.verb {
                        Verb::Set(value) | Verb::Append(value) => self.reach(value),
                        Verb::Refine(body) => self.reach_of_body(body),
                        Verb::Unset => 0,
                    })
                }
            });
        }
        furthest
    }
}
