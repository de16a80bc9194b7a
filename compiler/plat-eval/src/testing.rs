//! Tests: every assertion must hold in every context. Of a failing one, the values of its parts are told.

use crate::env::{self, Env};
use crate::evaluator::Evaluator;
use crate::value::{Context, Value};
use plat_base::{Name, Span};
use plat_sema::hir::{ExprId, ExprKind, ModuleId, Test, TestStatement};

/// How a test went.
#[derive(Clone, PartialEq, Debug)]
pub struct TestOutcome {
    /// Its name.
    pub name: Name,
    /// Where the name stands.
    pub span: Span,
    /// The module that it is in.
    pub module: ModuleId,
    /// The assertions that do not hold.
    pub failures: Vec<TestFailure>,
    /// What is left to the driver: items that must not compile.
    pub expectations: Vec<Expectation>,
}

impl TestOutcome {
    /// Whether every assertion holds.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// An assertion that does not hold.
#[derive(Clone, PartialEq, Debug)]
pub struct TestFailure {
    /// The asserted expression.
    pub span: Span,
    /// The contexts, as diagnostics name them; empty for all.
    pub contexts: Vec<String>,
    /// The parts of the assertion with their values, in source order, each once.
    pub values: Vec<(Span, String)>,
    /// Whether it could not be computed, which a diagnostic explains.
    pub poisoned: bool,
}

/// `expect error CODE { … }`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expectation {
    /// The code that must be reported.
    pub code: Name,
    /// Where it stands.
    pub code_span: Span,
    /// The source text of the items.
    pub items: Span,
}

impl<'p> Evaluator<'p> {
    /// Runs the tests of the project's own modules (of all, if there are only the library's) whose names have
    /// `filter` in them.
    pub fn run_tests(&mut self, filter: Option<&str>) -> Vec<TestOutcome> {
        self.tests(filter).into_iter().map(|test| self.run_test(test)).collect()
    }

    /// The tests that [`Evaluator::run_tests`] would run, in source order.
    pub fn tests(&self, filter: Option<&str>) -> Vec<&'p Test> {
        let program = self.program;
        let own = program.modules.iter().any(|module| !module.is_std);
        let wanted = |test: &&Test| {
            (!own || !program[test.module].is_std)
                && filter.is_none_or(|filter| test.name.as_str().contains(filter))
        };
        program.tests.iter().filter(wanted).collect()
    }

    fn run_test(&mut self, test: &Test) -> TestOutcome {
        let mut outcome = TestOutcome {
            name: test.name,
            span: test.name_span,
            module: test.module,
            failures: Vec::new(),
            expectations: Vec::new(),
        };
        for statement in &test.statements {
            if let TestStatement::ExpectError { code, code_span, items } = statement {
                outcome.expectations.push(Expectation { code: *code, code_span: *code_span, items: *items });
            }
        }
        let all = self.all_contexts();
        let mut found: Vec<(Context, TestFailure)> = Vec::new();
        for at in &all {
            self.in_context(*at, |this| this.run_statements(test, *at, &mut found));
        }
        outcome.failures = self.merge_failures(found, all.len());
        outcome
    }

    fn run_statements(&mut self, test: &Test, at: Context, found: &mut Vec<(Context, TestFailure)>) {
        let mut env: Env = None;
        for statement in &test.statements {
            match statement {
                TestStatement::Let(expr) => {
                    let value = self.eval(*expr, &env);
                    env = env::push(&env, env::Slots::One(value));
                }
                TestStatement::Assert(expr) => {
                    let (value, _) = self.traced(|this| this.eval(*expr, &env));
                    if !matches!(value, Value::Bool(true)) {
                        found.push((at, self.explain(*expr, &env, matches!(value, Value::Poison))));
                    }
                }
                TestStatement::ExpectError { .. } => {}
            }
        }
    }

    fn explain(&mut self, assertion: ExprId, env: &Env, poisoned: bool) -> TestFailure {
        let span = self.program[assertion].span;
        self.witness = Some(Vec::new());
        self.eval(assertion, env);
        let seen = self.witness.take().unwrap_or_default();
        let mut values: Vec<(Span, String)> = Vec::new();
        // What is only on the way to a field is told by the field.
        let on_the_way: Vec<ExprId> =
            seen.iter().filter_map(|(id, _)| base_of(&self.program[*id].kind)).collect();
        for (id, value) in seen {
            if on_the_way.contains(&id) {
                continue;
            }
            let place = self.program[id].span;
            let known = values.iter().any(|(span, _)| *span == place);
            if id == assertion || known || !span.contains(place) || !tells(&value) {
                continue;
            }
            let shown = self.show(&value);
            values.push((place, shown));
        }
        values.sort_by_key(|(span, _)| (span.start, span.end));
        TestFailure { span, contexts: Vec::new(), values, poisoned }
    }

    /// One failure for all contexts in which the same assertion fails with the same values.
    fn merge_failures(&mut self, found: Vec<(Context, TestFailure)>, all: usize) -> Vec<TestFailure> {
        let mut merged: Vec<(Vec<Context>, TestFailure)> = Vec::new();
        for (at, failure) in found {
            match merged.iter_mut().find(|(_, known)| *known == failure) {
                Some((contexts, _)) => contexts.push(at),
                None => merged.push((vec![at], failure)),
            }
        }
        let mut failures = Vec::with_capacity(merged.len());
        for (contexts, mut failure) in merged {
            if contexts.len() < all {
                failure.contexts = self.describe_contexts(&contexts);
            }
            failures.push(failure);
        }
        failures.sort_by_key(|failure| failure.span);
        failures
    }
}

/// What a field or element is taken from.
fn base_of(kind: &ExprKind) -> Option<ExprId> {
    match kind {
        ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => Some(*base),
        _ => None,
    }
}

/// Whether a value says something in a report: instances and kinds are named by the source text already.
fn tells(value: &Value) -> bool {
    match value {
        Value::Poison => false,
        Value::Object(object) => object.instance.is_none(),
        _ => true,
    }
}
