//! Checks: each subject in each context that it exists in; each distinct cause reported once.

use crate::env::{self, Env, Slots};
use crate::evaluator::Evaluator;
use crate::object::agrees;
use crate::tell::Share;
use crate::value::{Context, Object, Value};
use plat_base::{Diagnostic, Label, Name, Severity, Span};
use plat_sema::hir::{Axes, Check, ExprId, ExprKind, Program, Setting};
use std::collections::BTreeMap;

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
        for check in program.checks.iter().filter(|c| !matches!(c.setting, Some(Setting::Allowed(_)))) {
            if incomplete && check.severity != Severity::Error && self.is_std_file(check.name_span) {
                continue;
            }
            if check.subject_kind.is_none() && share.part > 0 {
                continue;
            }
            self.run_check(check, &allowed, share);
            if self.exhausted {
                break;
            }
        }
    }

    fn run_check(&mut self, check: &'p Check, allowed: &AllowedSpans, share: Share) {
        let all = self.all_contexts();
        let span = self.program[check.source].span;
        let by_kind = check.subject_kind.is_some();
        // The instances of a kind are the same everywhere; any other source is looked at per context.
        let sources: Vec<Context> = if by_kind { vec![Context::default()] } else { all.clone() };
        let mut done: Vec<(Axes, Context)> = Vec::new();
        for at in sources {
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
            let within: Vec<Context> = if by_kind {
                all.clone()
            } else {
                all.iter().copied().filter(|c| agrees(mask, *c, at)).collect()
            };
            let range = if by_kind { share.range(rounds.len()) } else { 0..rounds.len() };
            for round in rounds.into_iter().skip(range.start).take(range.len()) {
                let outer = self.begin_value();
                self.check_subject(check, round, &within, mask, allowed);
                self.end_value(outer);
            }
        }
    }

    fn check_subject(
        &mut self,
        check: &'p Check,
        round: Slots,
        within: &[Context],
        outer: Axes,
        allowed: &AllowedSpans,
    ) {
        let last = match &round {
            Slots::One(value) => Some(value),
            Slots::Many(values) => values.last(),
            Slots::Receiver(_) => None,
        };
        let subject = match last {
            Some(Value::Object(object)) => Some(*object),
            _ => None,
        };
        if let Some(instance) = subject.and_then(|object| object.instance)
            && self.program[instance].allows.iter().any(|allow| allow.check == check.name)
        {
            return;
        }
        let contexts = match subject {
            Some(object) if object.instance.is_some() => self.contexts_of(object),
            _ => within.to_vec(),
        };
        let env = env::push(&None, round);
        let mut done: Vec<(Axes, Context)> = Vec::new();
        for at in contexts {
            if !within.contains(&at) || done.iter().any(|(mask, known)| agrees(*mask, *known, at)) {
                continue;
            }
            let mark = self.problems.mark();
            let (violation, mask) =
                self.traced(|this| this.in_context(at, |this| this.judged(check, subject, &env, allowed)));
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
            let value = self.eval(*expr, &env);
            env = env::push(&env, env::Slots::One(value));
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
