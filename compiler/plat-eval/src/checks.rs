//! Checks: each subject in each context that it exists in; each distinct cause reported once.

use crate::env::{self, Env, Slots};
use crate::evaluator::Evaluator;
use crate::object::agrees;
use crate::plan::IdMap;
use crate::tell::Share;
use crate::value::{Context, Object, Value};
use plat_base::{Diagnostic, Label, Name, Severity, Span};
use plat_sema::hir::{Axes, Check, ExprId, ExprKind, Program, Setting};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A subject, with the checks that want it and the variables that they call it by.
type Subject<'p> = (Option<Object>, Vec<(Rc<[&'p Check]>, Slots)>);

/// The fields and blocks that `@allow` silences a check for.
type AllowedSpans = BTreeMap<&'static str, Vec<Span>>;

impl<'p> Evaluator<'p> {
    /// Runs every check of the program; what it finds is among [`Evaluator::diagnostics`]. In an `incomplete` program the
    /// library's checks look for errors alone: a misspelt field is one mistake, and that what it should have set is
    /// not there is none of its own.
    pub fn run_checks(&mut self, incomplete: bool) {
        self.check_share(Share::WHOLE, incomplete);
    }

    /// The same for one of several evaluators, each of which has a part of the subjects.
    pub fn check_share(&mut self, share: Share, incomplete: bool) {
        let program = self.program;
        let allowed = allowed_spans(program);
        let is_run = |this: &Self, check: &Check| {
            !matches!(check.setting, Some(Setting::Allowed(_)))
                && (!incomplete || check.severity == Severity::Error || !this.is_std_file(check.name_span))
        };
        let checks: Vec<&'p Check> = program.checks.iter().filter(|check| is_run(self, check)).collect();
        let (of_kinds, others): (Vec<_>, Vec<_>) = checks.into_iter().partition(|c| c.subject_kind.is_some());
        self.check_instances(&of_kinds, share, &allowed);
        for check in others.into_iter().filter(|_| share.part == 0) {
            if self.exhausted {
                break;
            }
            self.run_check(check, &allowed);
        }
    }

    /// Runs the checks whose subjects are instances, subject by subject: what one check asked for, the next one knows.
    fn check_instances(&mut self, checks: &[&'p Check], share: Share, allowed: &AllowedSpans) {
        let all = self.all_contexts();
        for (subject, rounds) in self.subjects(checks, share) {
            let fresh = (!self.records()).then(|| self.begin_region());
            let known = (!self.records()).then(Box::default);
            let outer = std::mem::replace(&mut self.known, known);
            for (checks, round) in rounds {
                let env = env::push(&None, round);
                for check in checks.iter().copied() {
                    let outer = self.begin_value();
                    self.check_subject(check, (subject, &env), &all, Axes::NONE, allowed);
                    self.end_value(outer);
                }
            }
            self.known = outer;
            if let Some(region) = fresh {
                self.end_region(region);
            }
            if self.exhausted {
                break;
            }
        }
    }

    /// The instances of one's share that are checked, in program order, with the checks that want each and how they call
    /// it.
    fn subjects(&mut self, checks: &[&'p Check], share: Share) -> Vec<Subject<'p>> {
        let declared = self.all_instances();
        let range = share.range(declared.len());
        let mut subjects: Vec<Subject<'p>> = Vec::new();
        let mut at: IdMap<u32, usize> = IdMap::default();
        for object in declared.get(range.clone()).unwrap_or_default() {
            at.insert(object.id.0, subjects.len());
            subjects.push((Some(*object), Vec::new()));
        }
        // What is declared nowhere, such as the platform of a program without any, belongs to the first.
        let elsewhere: IdMap<u32, ()> = match share.part {
            0 => declared.get(range.end..).unwrap_or_default().iter().map(|o| (o.id.0, ())).collect(),
            _ => IdMap::default(),
        };
        for (checks, vars) in alike(checks) {
            let Some(source) = checks.first().map(|check| check.source) else { continue };
            let span = self.program[source].span;
            let value = self.in_context(Context::default(), |this| this.eval(source, &None));
            for round in self.rounds(&value, vars, span).unwrap_or_default() {
                let Some(Value::Object(object)) = last(&round) else { continue };
                let object = *object;
                match at.get(&object.id.0) {
                    Some(at) => subjects[*at].1.push((checks.clone(), round)),
                    None if share.part == 0 && !elsewhere.contains_key(&object.id.0) => {
                        at.insert(object.id.0, subjects.len());
                        subjects.push((Some(object), vec![(checks.clone(), round)]));
                    }
                    None => {}
                }
            }
        }
        subjects.retain(|(_, rounds)| !rounds.is_empty());
        subjects
    }

    /// Runs a check whose subjects are no instances: its source may differ between contexts.
    fn run_check(&mut self, check: &'p Check, allowed: &AllowedSpans) {
        let all = self.all_contexts();
        let span = self.program[check.source].span;
        let mut done: Vec<(Axes, Context)> = Vec::new();
        for at in all.iter().copied() {
            if done.iter().any(|(mask, known)| agrees(*mask, *known, at)) {
                continue;
            }
            let mark = self.problems.mark();
            let (rounds, mask) = self.traced(|this| {
                this.in_context(at, |this| {
                    let value = this.eval(check.source, &None);
                    this.rounds(&value, check.vars, span).unwrap_or_default()
                })
            });
            self.problems.settle(mark, mask);
            done.push((mask, at));
            let within: Vec<Context> = all.iter().copied().filter(|c| agrees(mask, *c, at)).collect();
            for round in rounds {
                let subject = match last(&round) {
                    Some(Value::Object(object)) => Some(*object),
                    _ => None,
                };
                let outer = self.begin_value();
                self.check_subject(check, (subject, &env::push(&None, round)), &within, mask, allowed);
                self.end_value(outer);
            }
        }
    }

    fn check_subject(
        &mut self,
        check: &'p Check,
        (subject, env): (Option<Object>, &Env),
        within: &[Context],
        outer: Axes,
        allowed: &AllowedSpans,
    ) {
        if let Some(instance) = subject.and_then(|object| object.instance)
            && self.program[instance].allows.iter().any(|allow| allow.check == check.name)
        {
            return;
        }
        let contexts = match subject {
            Some(object) if object.instance.is_some() => self.contexts_of(object),
            _ => within.to_vec(),
        };
        let mut done: Vec<(Axes, Context)> = Vec::new();
        for at in contexts {
            if !within.contains(&at) || done.iter().any(|(mask, known)| agrees(*mask, *known, at)) {
                continue;
            }
            let mark = self.problems.mark();
            let (violation, mask) =
                self.traced(|this| this.in_context(at, |this| this.judged(check, subject, env, allowed)));
            let mask = mask.union(outer);
            self.problems.settle(mark, mask);
            if let Some(diagnostic) = violation {
                self.problems.add(diagnostic, Some(mask), at);
            }
            done.push((mask, at));
        }
    }

    /// The same, and what the check looked at.
    fn judged(
        &mut self,
        check: &'p Check,
        subject: Option<Object>,
        env: &Env,
        allowed: &AllowedSpans,
    ) -> Option<Diagnostic> {
        let (violation, read) = self.recorded(|this| this.violation(check, subject, env, allowed));
        self.file_check(check.name, read);
        violation
    }

    /// What a check says about a subject in the current context; `None` if it holds, does not apply or is allowed.
    fn violation(
        &mut self,
        check: &'p Check,
        subject: Option<Object>,
        env: &Env,
        allowed: &AllowedSpans,
    ) -> Option<Diagnostic> {
        self.in_check = true;
        if let Some(filter) = check.filter
            && !matches!(self.eval(filter, env), Value::Bool(true))
        {
            return None;
        }
        let mut env = env.clone();
        for expr in &check.lets {
            // Who asks what a value was computed from is told of every one of them.
            let slots = match self.records() {
                true => Slots::One(self.eval(*expr, &env)),
                false => Slots::Later(*expr, OnceCell::new()),
            };
            env = env::push(&env, slots);
        }
        if !matches!(self.eval(check.require, &env), Value::Bool(false)) {
            return None;
        }
        let message = match self.eval(check.message, &env) {
            Value::Str(text) => text.text.to_string(),
            Value::Poison => return None,
            other => self.show(&other),
        };
        let mut labels = self.labels(check, subject, &env);
        if let Some(scopes) = allowed.get(check.name.as_str()) {
            let mut causes: Vec<Span> = labels.iter().map(|label| label.span).collect();
            self.origins_in(check.require, &env, &mut causes);
            if scopes.iter().any(|scope| causes.iter().any(|cause| scope.contains(*cause))) {
                return None;
            }
        }
        labels.extend(changed_severity(check));
        let help = check.help.and_then(|help| match self.eval(help, &env) {
            Value::Str(text) => Some(text.text.to_string()),
            _ => None,
        });
        Some(Diagnostic {
            code: check.name.to_string(),
            severity: check.severity,
            message,
            labels,
            help,
            fixes: Vec::new(),
            contexts: Vec::new(),
        })
    }

    /// Where to look: the check's labels whose paths are present, the project's own files first; the declaration of
    /// the subject, if none of them is in the project.
    fn labels(&mut self, check: &'p Check, subject: Option<Object>, env: &Env) -> Vec<Label> {
        let mut own: Vec<Label> = Vec::new();
        let mut foreign: Vec<Label> = Vec::new();
        for (path, text) in &check.labels {
            let Some(span) = self.origin_of_path(*path, env) else { continue };
            let text = match self.eval(*text, env) {
                Value::Str(text) => text.text.to_string(),
                _ => String::new(),
            };
            let label = Label { span, text };
            let side = if self.is_std_file(span) { &mut foreign } else { &mut own };
            if !side.contains(&label) {
                side.push(label);
            }
        }
        if own.is_empty() {
            let subject = subject.and_then(|object| self.place_of(object.id));
            let span = subject.unwrap_or(check.name_span);
            own.push(Label { span, text: String::new() });
        }
        // Where the library sets a default says little if two places of the project are shown.
        if own.len() < 2 {
            own.append(&mut foreign);
        }
        own
    }

    /// Where the fields that an expression reads were set.
    fn origins_in(&mut self, expr: ExprId, env: &Env, origins: &mut Vec<Span>) {
        let parts: Vec<ExprId> = match &self.program[expr].kind {
            ExprKind::Field { .. } | ExprKind::Index { .. } => {
                origins.extend(self.origin_of_path(expr, env));
                return;
            }
            ExprKind::Binary { lhs: a, rhs: b, .. }
            | ExprKind::And(a, b)
            | ExprKind::Or(a, b)
            | ExprKind::Coalesce(a, b) => vec![*a, *b],
            ExprKind::Not(a) | ExprKind::Neg(a) | ExprKind::Convert(_, a) => vec![*a],
            ExprKind::IsUnset { value, .. } => vec![*value],
            ExprKind::If { condition, then, otherwise } => vec![*condition, *then, *otherwise],
            ExprKind::Call { args, .. } => args.iter().flatten().copied().collect(),
            ExprKind::Match { subject, .. } => vec![*subject],
            _ => Vec::new(),
        };
        for part in parts {
            self.origins_in(part, env, origins);
        }
    }

    pub(crate) fn is_std_file(&self, span: Span) -> bool {
        self.program.modules.iter().any(|module| module.is_std && module.file == span.file)
    }
}

/// The checks with the same source and as many variables, together.
fn alike<'p>(checks: &[&'p Check]) -> Vec<(Rc<[&'p Check]>, u8)> {
    let mut groups: Vec<Vec<&'p Check>> = Vec::new();
    for check in checks {
        let same = |group: &&mut Vec<&Check>| {
            group.first().is_some_and(|c| c.subject_kind == check.subject_kind && c.vars == check.vars)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(check),
            None => groups.push(vec![check]),
        }
    }
    let vars = |group: &[&Check]| group.first().map_or(1, |check| check.vars);
    groups.into_iter().map(|group| (group.as_slice().into(), vars(&group))).collect()
}

/// The subject among the variables of a round: the last.
fn last(round: &Slots) -> Option<&Value> {
    match round {
        Slots::One(value) => Some(value),
        Slots::Many(values) => values.last(),
        Slots::Receiver(_) | Slots::Later(..) => None,
    }
}

/// Where the project made the severity of a check another one.
fn changed_severity(check: &Check) -> Option<Label> {
    let Some(Setting::Severity(severity, span)) = check.setting else { return None };
    let now = match severity {
        Severity::Error => "an error",
        Severity::Warning => "a warning",
        Severity::Advice => "advice",
    };
    let text = format!("the project makes this {} {now}", check.declared.as_str());
    (severity != check.declared).then_some(Label { span, text })
}

fn allowed_spans(program: &Program) -> AllowedSpans {
    let mut spans = AllowedSpans::new();
    for allow in program.bodies.iter().flat_map(|body| &body.allows) {
        let name: Name = allow.check;
        spans.entry(name.as_str()).or_default().push(allow.scope);
    }
    spans
}
