//! What must not go round in rings: functions that call each other, and loops that generate what they read.

use crate::context::Checker;
use crate::errors;
use crate::hash::FastSet;
use crate::hir::{
    BodyId, Clause, Declaration, Entry, ExprId, ExprKind, FnBody, FnId, InstanceId, InstanceInit,
    InstanceName, InterpPart, Key, KindId, LetId, LoopId, Verb,
};
use plat_base::Span;
use std::collections::BTreeSet;

/// Collects the kinds whose instances an expression reads, through what it mentions.
#[derive(Default)]
struct Reads {
    kinds: BTreeSet<KindId>,
    lets: FastSet<LetId>,
    fns: FastSet<FnId>,
    instances: FastSet<InstanceId>,
    /// Expressions and bodies still to be looked at.
    exprs: Vec<ExprId>,
    bodies: Vec<BodyId>,
}

impl<'a> Checker<'a> {
    /// Reports rings of functions.
    pub(crate) fn check_recursion(&mut self) {
        // 0: not seen, 1: on the path at hand, 2: done.
        let mut state = vec![0u8; self.program.fns.len()];
        // What was checked before calls nothing that was not.
        state[..self.start.fns].fill(2);
        for start in 0..state.len() {
            if state[start] == 0 {
                self.follow_calls(start, &mut state);
            }
        }
    }

    /// Walks the calls depth first, with a stack of its own: (function, next call).
    fn follow_calls(&mut self, start: usize, state: &mut [u8]) {
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        state[start] = 1;
        while let Some((at, next)) = path.last_mut() {
            let (at, call) = (*at, *next);
            *next += 1;
            let Some((callee, _)) = self.tables.fns[at].calls.get(call).copied() else {
                state[at] = 2;
                path.pop();
                continue;
            };
            let callee = callee.0 as usize;
            match state[callee] {
                0 => {
                    state[callee] = 1;
                    path.push((callee, 0));
                }
                1 => self.report_ring(callee, &path),
                _ => {}
            }
        }
    }

    fn report_ring(&mut self, first: usize, path: &[(usize, usize)]) {
        let from = path.iter().position(|(f, _)| *f == first).unwrap_or(0);
        let ring: Vec<(plat_base::Name, Span)> = path[from..]
            .iter()
            .filter_map(|(f, next)| {
                let (_, span) = self.tables.fns[*f].calls.get(next.checked_sub(1)?)?;
                Some((self.program.fns[*f].name, *span))
            })
            .collect();
        self.report(errors::recursive_function(self.program.fns[first].name, &ring));
        // Whoever evaluates one of them gets no value instead of going round for ever.
        let members: Vec<usize> = path[from..].iter().map(|(f, _)| *f).collect();
        for member in members {
            let body = self.poison(self.program.fns[member].name_span);
            self.program.fns[member].body = FnBody::Expr(body);
        }
    }

    /// Works out what each loop reads, and reports loops that generate what they read.
    pub(crate) fn order_loops(&mut self) {
        let count = self.program.loops.len();
        let mut creates: Vec<BTreeSet<KindId>> = Vec::with_capacity(count);
        for at in 0..count {
            let id = LoopId(at as u32);
            let reads = self.loop_reads(id);
            self.program.loops[at].reads = reads;
            creates.push(self.loop_creates(id));
        }
        // A loop comes after every loop that creates what it reads.
        let after: Vec<Vec<usize>> = (0..count)
            .map(|at| {
                let reads = &self.program.loops[at].reads;
                (0..count).filter(|other| reads.iter().any(|k| creates[*other].contains(k))).collect()
            })
            .collect();
        self.report_generation_rings(&after, &creates);
        self.check_computed_names();
    }

    /// An instance whose name is computed from the instances of its own kind would have to exist before it is there.
    fn check_computed_names(&mut self) {
        for at in 0..self.program.instances.len() {
            let InstanceName::Computed(name) = self.program.instances[at].name else { continue };
            if self.program.instances[at].in_loop.is_some() {
                continue;
            }
            let mut reads = Reads { exprs: vec![name], ..Reads::default() };
            self.follow(&mut reads);
            let kind = self.program.instances[at].kind;
            let own = self.program.lineage(kind);
            if reads.kinds.iter().any(|read| own.contains(read)) {
                let span = self.span(name);
                self.report(errors::name_from_own_kind(self.program[kind].name, span));
                self.program.instances[at].name = InstanceName::Computed(self.poison(span));
            }
        }
    }

    fn report_generation_rings(&mut self, after: &[Vec<usize>], creates: &[BTreeSet<KindId>]) {
        let mut state = vec![0u8; after.len()];
        for start in 0..after.len() {
            // A nested loop is part of the one around it, which has its reads.
            if state[start] != 0 || self.tables.loops[start].nested {
                continue;
            }
            let mut path: Vec<(usize, usize)> = vec![(start, 0)];
            state[start] = 1;
            while let Some((at, next)) = path.last_mut() {
                let (at, edge) = (*at, *next);
                *next += 1;
                let Some(other) = after[at].get(edge).copied() else {
                    state[at] = 2;
                    path.pop();
                    continue;
                };
                if self.tables.loops[other].nested {
                    continue;
                }
                match state[other] {
                    0 => {
                        state[other] = 1;
                        path.push((other, 0));
                    }
                    1 => self.report_generation_ring(other, &path, creates),
                    _ => {}
                }
            }
        }
    }

    fn report_generation_ring(
        &mut self,
        first: usize,
        path: &[(usize, usize)],
        creates: &[BTreeSet<KindId>],
    ) {
        let from = path.iter().position(|(l, _)| *l == first).unwrap_or(0);
        let ring: Vec<usize> = path[from..].iter().map(|(l, _)| *l).collect();
        let steps: Vec<(Span, String)> = ring
            .iter()
            .enumerate()
            .map(|(i, at)| {
                let made_by = ring[(i + 1) % ring.len()];
                let reads = &self.program.loops[*at].reads;
                let kind = reads.iter().find(|k| creates[made_by].contains(k));
                let kind = kind.map_or_else(String::new, |k| self.program[*k].name.to_string());
                (self.span(self.program.loops[*at].source), kind)
            })
            .collect();
        self.report(errors::cyclic_generation(&steps));
        // Loops in a ring go over nothing.
        for at in ring {
            let span = self.span(self.program.loops[at].source);
            self.program.loops[at].source = self.poison(span);
            self.program.loops[at].reads = Vec::new();
        }
    }

    fn loop_creates(&self, id: LoopId) -> BTreeSet<KindId> {
        let mut kinds = BTreeSet::new();
        for declaration in &self.program[id].declarations {
            match declaration {
                Declaration::Instance(instance) => {
                    kinds.extend(self.program.lineage(self.program[*instance].kind));
                }
                Declaration::Loop(inner) => kinds.extend(self.loop_creates(*inner)),
            }
        }
        kinds
    }

    /// What the head of a loop, the names in it and the loops in it read.
    fn loop_reads(&self, id: LoopId) -> Vec<KindId> {
        let mut reads = Reads::default();
        self.note_loop(id, &mut reads);
        self.follow(&mut reads);
        reads.kinds.into_iter().collect()
    }

    fn note_loop(&self, id: LoopId, reads: &mut Reads) {
        let l = &self.program[id];
        reads.exprs.push(l.source);
        reads.exprs.extend(l.filter);
        for declaration in &l.declarations {
            match declaration {
                Declaration::Instance(instance) => {
                    if let InstanceName::Computed(name) = self.program[*instance].name {
                        reads.exprs.push(name);
                    }
                }
                Declaration::Loop(inner) => self.note_loop(*inner, reads),
            }
        }
    }

    fn follow(&self, reads: &mut Reads) {
        loop {
            if let Some(expr) = reads.exprs.pop() {
                self.follow_expr(expr, reads);
            } else if let Some(body) = reads.bodies.pop() {
                self.follow_entries(&self.program[body].entries, reads);
            } else {
                return;
            }
        }
    }

    fn follow_entries(&self, entries: &[Entry], reads: &mut Reads) {
        for entry in entries {
            match entry {
                Entry::When { condition, entries, .. } => {
                    reads.exprs.push(*condition);
                    self.follow_entries(entries, reads);
                }
                Entry::Field(field) => {
                    if let Key::Computed(key) = field.key {
                        reads.exprs.push(key);
                    }
                    match field.verb {
                        Verb::Set(e) | Verb::Append(e) => reads.exprs.push(e),
                        Verb::Refine(body) => reads.bodies.push(body),
                        Verb::Unset => {}
                    }
                }
            }
        }
    }

    fn follow_instance(&self, id: InstanceId, reads: &mut Reads) {
        let mut at = Some(id);
        while let Some(instance) = at {
            if !reads.instances.insert(instance) {
                return;
            }
            match self.program[instance].init {
                InstanceInit::Body(body) => reads.bodies.push(body),
                InstanceInit::Value(value) => reads.exprs.push(value),
            }
            at = self.program[instance].parent;
        }
    }

    fn follow_expr(&self, expr: ExprId, reads: &mut Reads) {
        match &self.program[expr].kind {
            ExprKind::Instances(kind) => {
                reads.kinds.insert(*kind);
            }
            ExprKind::Let(id) => {
                if reads.lets.insert(*id) {
                    reads.exprs.push(self.program[*id].value);
                }
            }
            ExprKind::Instance(id) => self.follow_instance(*id, reads),
            ExprKind::Call { callee, args } => {
                reads.exprs.extend(args.iter().flatten());
                if reads.fns.insert(*callee)
                    && let FnBody::Expr(body) = self.program[*callee].body
                {
                    reads.exprs.push(body);
                    reads.exprs.extend(self.program[*callee].params.iter().filter_map(|p| p.default));
                }
            }
            other => parts_of(other, &mut reads.exprs, &mut reads.bodies),
        }
    }
}

/// The expressions and bodies directly inside an expression.
fn parts_of(kind: &ExprKind, exprs: &mut Vec<ExprId>, bodies: &mut Vec<BodyId>) {
    match kind {
        ExprKind::Interp(parts) => exprs.extend(parts.iter().filter_map(|p| match p {
            InterpPart::Expr(e) => Some(*e),
            InterpPart::Text(_) => None,
        })),
        ExprKind::Field { base, .. } => exprs.push(*base),
        ExprKind::Index { base, index } => exprs.extend([*base, *index]),
        ExprKind::Neg(e) | ExprKind::Not(e) | ExprKind::Convert(_, e) => exprs.push(*e),
        ExprKind::IsUnset { value, .. } => exprs.push(*value),
        ExprKind::And(a, b) | ExprKind::Or(a, b) | ExprKind::Coalesce(a, b) => exprs.extend([*a, *b]),
        ExprKind::Binary { lhs, rhs, .. } => exprs.extend([*lhs, *rhs]),
        ExprKind::If { condition, then, otherwise } => exprs.extend([*condition, *then, *otherwise]),
        ExprKind::Match { subject, arms } => {
            exprs.push(*subject);
            exprs.extend(arms.iter().map(|a| a.value));
        }
        ExprKind::List(items) => exprs.extend(items),
        ExprKind::ListComp { clauses, value } => {
            clause_parts(clauses, exprs);
            exprs.push(*value);
        }
        ExprKind::MapComp { clauses, key, value } => {
            clause_parts(clauses, exprs);
            exprs.push(*value);
            if let Key::Computed(key) = key {
                exprs.push(*key);
            }
        }
        ExprKind::Record(body) | ExprKind::New { body, .. } => bodies.push(*body),
        ExprKind::Amend { base, body } => {
            exprs.push(*base);
            bodies.push(*body);
        }
        ExprKind::LetIn { value, body, .. } => exprs.extend([*value, *body]),
        _ => {}
    }
}

fn clause_parts(clauses: &[Clause], exprs: &mut Vec<ExprId>) {
    exprs.extend(clauses.iter().map(|c| match c {
        Clause::For { source, .. } => *source,
        Clause::If(condition) => *condition,
    }));
}
