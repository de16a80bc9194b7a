//! The `test` declarations of a program. Assertions are the evaluator's; `expect error CODE { … }` is compiled here:
//! the program once more, with the items added.

use crate::evaluate::Input;
use plat_base::{Diagnostic, Span};
use plat_eval::{Evaluator, Expectation, Limits, TestFailure};
use plat_sema::SourceModule;
use plat_syntax::ast::{self, ItemKind, TestStatement};

/// A test that was run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TestResult {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
    /// What is wrong; empty if it passed.
    pub failures: Vec<Diagnostic>,
}

/// Runs the tests whose names contain `filter`, in source order.
pub(crate) fn run(eval: &mut Evaluator<'_>, input: &Input<'_>, filter: Option<&str>) -> Vec<TestResult> {
    let outcomes = eval.run_tests(filter);
    let mut results = Vec::new();
    for outcome in outcomes {
        let mut failures: Vec<Diagnostic> = outcome.failures.iter().map(failure).collect();
        failures.extend(outcome.expectations.iter().filter_map(|e| unmet(input, e)));
        let name = outcome.name.as_str().to_owned();
        results.push(TestResult { name, span: outcome.span, failures });
    }
    // What an assertion met on its way (a division by zero, say) belongs to the tests.
    let found = eval.diagnostics();
    if let Some(broken) = results.iter_mut().find(|r| !r.failures.is_empty()) {
        broken.failures.extend(found);
    }
    results
}

/// The tests whose names contain `filter`, in source order, without running them.
pub(crate) fn list(eval: &Evaluator<'_>, filter: Option<&str>) -> Vec<TestResult> {
    let named = |test: &plat_sema::hir::Test| TestResult {
        name: test.name.as_str().to_owned(),
        span: test.name_span,
        failures: Vec::new(),
    };
    eval.tests(filter).into_iter().map(named).collect()
}

fn failure(failure: &TestFailure) -> Diagnostic {
    let (message, label) = match failure.poisoned {
        true => ("the assertion could not be computed", "an error is in here"),
        false => ("the assertion does not hold", "this is false"),
    };
    let mut diagnostic = Diagnostic::error("test-failed", message, failure.span).primary(label);
    for (span, value) in &failure.values {
        // Of values inside each other the innermost are drawn, which say why; of the others only those that are
        // compared are told.
        if !failure.values.iter().any(|(other, _)| other != span && span.contains(*other)) {
            diagnostic = diagnostic.label(*span, value.clone());
        } else if span.start == failure.span.start {
            diagnostic.message.push_str(&format!(": its left side is {value}"));
        } else if span.end == failure.span.end {
            diagnostic.message.push_str(&format!(": its right side is {value}"));
        }
    }
    diagnostic.contexts.clone_from(&failure.contexts);
    diagnostic
}

/// What is wrong if the items of an expectation do not give the error that it names.
fn unmet(input: &Input<'_>, expectation: &Expectation) -> Option<Diagnostic> {
    let code = expectation.code.as_str();
    let found = problems_with(input, expectation)?;
    let errors = || found.iter().filter(|d| d.is_error());
    if errors().any(|d| d.code == code) {
        return None;
    }
    let failed = |message: String| Diagnostic::error("test-failed", message, expectation.code_span);
    if let Some(milder) = found.iter().find(|d| d.code == code) {
        let severity = milder.severity.as_str();
        let message = format!("these declarations give `{code}`, but as a {severity}, not an error");
        return Some(failed(message).primary("expected as an error"));
    }
    // What is wrong with the declarations themselves comes before what checks say of them.
    let inside = |d: &&Diagnostic| d.span().is_some_and(|span| expectation.items.contains(span));
    Some(match errors().find(inside).or_else(|| errors().next()) {
        Some(other) => {
            let mut codes = vec![other.code.as_str()];
            for error in errors() {
                if !codes.contains(&error.code.as_str()) {
                    codes.push(&error.code);
                }
            }
            let (noun, codes) = (if codes.len() == 1 { "error" } else { "errors" }, codes.join("`, `"));
            let message = format!("these declarations give the {noun} `{codes}`, not `{code}`");
            let diagnostic = failed(message).primary("expected");
            let diagnostic = match other.span() {
                Some(span) => diagnostic.label(span, other.message.clone()),
                None => diagnostic,
            };
            diagnostic.help(format!("expect `{}`, or mend what causes it", other.code))
        }
        None => failed(format!("these declarations compile, and do not give the error `{code}`"))
            .primary("expected")
            .help("remove the expectation, or write what must not compile"),
    })
}

/// What is found in the program with the items of an expectation added to their module.
fn problems_with(input: &Input<'_>, expectation: &Expectation) -> Option<Vec<Diagnostic>> {
    let at = input.modules.iter().position(|m| m.ast.file() == expectation.items.file)?;
    let mut modules: Vec<SourceModule> = input.modules.to_vec();
    let module = modules.get_mut(at)?;
    let items = items_at(&module.ast, expectation.items)?;
    let mut extended = ast::Module::clone(&module.ast);
    extended.items.extend(items);
    module.ast = extended.into();
    let (program, mut found) = plat_sema::analyze_on(input.checked, &modules);
    if !found.iter().any(Diagnostic::is_error) {
        let mut eval = Evaluator::new(&program, Limits::default());
        eval.set_base_images(Box::new(crate::tables::BaseImages));
        eval.force_all();
        eval.emits();
        eval.run_checks(false);
        found.extend(eval.diagnostics());
        if !found.iter().any(Diagnostic::is_error) {
            let (_, problems) = plat_model::read(&mut eval, input.name, None);
            found.extend(problems);
            found.extend(eval.diagnostics());
        }
    }
    Some(found)
}

/// The items of the expectation whose items' text is at `span`.
fn items_at(module: &ast::Module, span: Span) -> Option<Vec<ast::Item>> {
    module.items.iter().find_map(|item| match &item.kind {
        ItemKind::Test(test) => test.statements.iter().find_map(|statement| match statement {
            TestStatement::ExpectError { span: all, items, .. } if all.contains(span) => Some(items.clone()),
            _ => None,
        }),
        _ => None,
    })
}
