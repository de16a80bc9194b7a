//! `platc test`: the tests in source order, each failure with the values that it met.

use crate::args::TestArgs;
use crate::files::Files;
use crate::junit;
use crate::machine::listed;
use crate::session::{Session, Status, counted, status_of};
use plat_driver::{Failure, Goal, Outcome, TestResult, World};
use std::path::Path;

pub(super) fn run(session: &mut Session, args: &TestArgs) -> Result<Status, Failure> {
    if args.list {
        session.needs_stdout("the list of tests")?;
    }
    let mut request = session.request(Goal::Test, &args.program);
    request.filter.clone_from(&args.filter);
    request.only_list = args.list;
    let outcome = session.run(&request)?;
    if let Some(file) = &args.junit {
        write_junit(session, file, &outcome)?;
    }
    if outcome.has_errors() {
        session.sum_up(&outcome.diagnostics);
        return Ok(status_of(&outcome));
    }
    if args.list {
        let lines = list(&Files::of(&outcome, &session.cwd), &outcome.tests);
        session.console.out(&lines);
        return Ok(Status::Clean);
    }
    if let Some(filter) = args.filter.as_ref().filter(|_| outcome.tests.is_empty()) {
        let failure = Failure::misuse(format!("no test's name contains `{filter}`"));
        return Err(failure.help("`platc test --list` lists the tests"));
    }
    for test in &outcome.tests {
        session.say(&format!("test {} … {}", test.name, verdict(test)));
        session.tell_all(&outcome, &test.failures);
    }
    sum_up(session, &outcome);
    let failed = outcome.tests.iter().any(|t| !t.failures.is_empty());
    Ok(if failed { Status::Errors } else { status_of(&outcome) })
}

/// `ok`, or `FAILED` with the contexts in which it failed, if it did not fail in all.
fn verdict(test: &TestResult) -> String {
    if test.failures.is_empty() {
        return "ok".to_owned();
    }
    let mut contexts: Vec<String> = Vec::new();
    for failure in &test.failures {
        if failure.contexts.is_empty() {
            return "FAILED".to_owned();
        }
        contexts
            .extend(failure.contexts.iter().filter(|c| !contexts.contains(c)).cloned().collect::<Vec<_>>());
    }
    format!("FAILED {}", listed(&contexts))
}

fn sum_up(session: &mut Session, outcome: &Outcome) {
    let failed = outcome.tests.iter().filter(|t| !t.failures.is_empty()).count();
    let passed = outcome.tests.len() - failed;
    session.say(&match (failed, passed) {
        (0, 0) => "there are no tests: write `test \"name\" { assert … }`".to_owned(),
        (0, _) => format!("{} passed", counted(passed, "test")),
        _ => format!("{} failed, {passed} passed", counted(failed, "test")),
    });
}

fn list(files: &Files<'_>, tests: &[TestResult]) -> String {
    let line = |test: &TestResult| {
        let place = files.place(test.span);
        let name = test.name.replace('\n', " ");
        format!("{}:{}:{}: {name}\n", place.file, place.start.line, place.start.column)
    };
    tests.iter().map(line).collect()
}

fn write_junit(session: &Session, file: &Path, outcome: &Outcome) -> Result<(), Failure> {
    let report = junit::report(outcome, &Files::of(outcome, &session.cwd));
    let report = report.map_err(|e| Failure::io("write", file, &e))?;
    session.world.write(&session.cwd.join(file), &report).map_err(|e| Failure::io("write", file, &e))
}
