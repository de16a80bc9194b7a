//! Tests and checks: statements in order, each `let` in a frame of its own.

use super::assign::{Want, Why};
use crate::context::{Checker, Frame, Local};
use crate::errors;
use crate::hir::{self, ExprId, ExprKind, ModuleId, TestStatement, TyId};
use plat_base::{Severity, Span};
use plat_syntax::ast::{self, CheckStatement};

/// The statements of a check, as they come.
#[derive(Default)]
struct Statements {
    lets: Vec<ExprId>,
    require: Option<(ExprId, Span)>,
    message: Option<ExprId>,
    labels: Vec<(ExprId, ExprId)>,
    help: Option<ExprId>,
}

impl<'a> Checker<'a> {
    /// Checks all tests.
    pub(crate) fn check_tests(&mut self) {
        for at in 0..self.tables.tests.len() {
            let (module, test) = self.tables.tests[at];
            let statements = self.in_module(module, |c| c.test_statements(test));
            self.program.tests.push(hir::Test {
                name: test.name.name,
                name_span: test.name.span,
                module: ModuleId(module as u32),
                statements,
            });
        }
    }

    fn test_statements(&mut self, test: &'a ast::Test) -> Vec<TestStatement> {
        let mut checked = Vec::with_capacity(test.statements.len());
        for statement in &test.statements {
            match statement {
                ast::TestStatement::Assert { condition, .. } => {
                    checked.push(TestStatement::Assert(self.condition(*condition)));
                    // What has been asserted holds in the statements after it.
                    if let Some(TestStatement::Assert(condition)) = checked.last() {
                        let facts = self.facts_of(*condition, true);
                        self.env.facts.extend(facts);
                    }
                }
                ast::TestStatement::Let(decl) => {
                    let value = self.local_let(decl);
                    checked.push(TestStatement::Let(value));
                }
                ast::TestStatement::ExpectError { span, code, items } => {
                    let items = items_span(items).unwrap_or(Span { start: span.end, ..*span });
                    let (code, code_span) = (code.name, code.span);
                    checked.push(TestStatement::ExpectError { code, code_span, items });
                }
            }
        }
        checked
    }

    /// A `let` among statements: what follows sees it in a frame of its own.
    fn local_let(&mut self, decl: &'a ast::Let) -> ExprId {
        let (value, ty) = self.bound_value(decl.name, decl.ty.as_ref(), decl.value);
        let local = Local { name: decl.name.name, ty, span: decl.name.span };
        self.env.frames.push(Frame::Slots(vec![local]));
        value
    }

    /// Checks all checks, the standard library's first.
    pub(crate) fn check_checks(&mut self) {
        let (std, own): (Vec<usize>, Vec<usize>) =
            (0..self.tables.checks.len()).partition(|at| self.sources[self.tables.checks[*at].0].is_std);
        for at in std.into_iter().chain(own) {
            let (module, item, check) = self.tables.checks[at];
            let checked = self.in_module(module, |c| {
                c.env.in_check = true;
                c.one_check(module, item, check)
            });
            self.program.checks.extend(checked);
        }
    }

    fn one_check(&mut self, module: usize, item: &'a ast::Item, check: &'a ast::Check) -> Option<hir::Check> {
        let severity = self.severity(check);
        let source = self.where_fixed("the head of a check", |c| c.iterated(check.source));
        let subject_kind = match self.program[source].kind {
            ExprKind::Instances(kind) => Some(kind),
            _ => None,
        };
        let slots = self.loop_variables(&check.vars, source);
        self.env.frames.push(Frame::Slots(slots));
        let filter = check.filter.map(|f| self.condition(f));
        if let Some(filter) = filter {
            let facts = self.facts_of(filter, true);
            self.env.facts.extend(facts);
        }
        let mut statements = Statements::default();
        for statement in &check.statements {
            self.check_statement(statement, &mut statements);
        }
        let Statements { lets, require, message, labels, help } = statements;
        let (Some((require, _)), Some(message)) = (require, message) else {
            let missing = if require.is_none() { "require" } else { "message" };
            self.report(errors::incomplete_check(check.name, missing));
            return None;
        };
        Some(hir::Check {
            name: check.name.name,
            name_span: check.name.span,
            module: ModuleId(module as u32),
            doc: item.doc.as_ref().map(|d| d.text.clone()),
            declared: severity,
            severity,
            setting: None,
            vars: check.vars.len().clamp(1, 2) as u8,
            source,
            subject_kind,
            filter,
            lets,
            require,
            message,
            labels,
            help,
        })
    }

    fn severity(&mut self, check: &'a ast::Check) -> Severity {
        let Some(word) = check.severity else { return Severity::Error };
        match word.name.as_str() {
            "error" => Severity::Error,
            "warning" => Severity::Warning,
            "advice" => Severity::Advice,
            _ => {
                self.report(errors::unknown_severity(word));
                Severity::Error
            }
        }
    }

    fn check_statement(&mut self, statement: &'a CheckStatement, to: &mut Statements) {
        let text = Want::must(TyId::STRING, Why::Language);
        match statement {
            CheckStatement::Let(decl) => {
                let value = self.local_let(decl);
                if let Some((_, first)) = to.require {
                    self.report(errors::let_after_require(decl.name, first));
                }
                to.lets.push(value);
            }
            CheckStatement::Require(condition) => {
                let span = self.env.ast[*condition].span;
                if let Some((_, first)) = to.require {
                    self.report(errors::second_require(first, span));
                    return;
                }
                let condition = self.condition(*condition);
                to.require = Some((condition, span));
                // What follows is only looked at if it does not hold.
                let facts = self.facts_of(condition, false);
                self.env.facts.extend(facts);
            }
            CheckStatement::Message(message) => to.message = Some(self.check(*message, text)),
            CheckStatement::Label { at, text: said } => {
                let at = self.infer(*at);
                let said = self.check(*said, text);
                to.labels.push((at, said));
            }
            CheckStatement::Help(help) => to.help = Some(self.check(*help, text)),
        }
    }
}

/// The text of several items, annotations included.
fn items_span(items: &[ast::Item]) -> Option<Span> {
    let first = items.first()?;
    let last = items.last()?;
    let start = first.annotations.first().map_or(first.span, |a| a.span);
    let start = first.doc.as_ref().map_or(start, |d| d.span.to(start));
    Some(start.to(last.span))
}
