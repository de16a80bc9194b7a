//! `platc test`.

use crate::args::TestArgs;
use crate::session::{Session, Status, counted, status_of};
use plat_driver::{Failure, Goal};

pub(super) fn run(session: &mut Session, args: &TestArgs) -> Result<Status, Failure> {
    let mut request = session.request(Goal::Test, &args.program);
    request.filter.clone_from(&args.filter);
    let outcome = session.run(&request)?;
    if outcome.has_errors() {
        session.sum_up(&outcome.diagnostics);
        return Ok(status_of(&outcome));
    }
    for test in &outcome.tests {
        let verdict = if test.failures.is_empty() { "ok" } else { "FAILED" };
        session.say(&format!("test {} … {verdict}", test.name));
        session.tell_all(&outcome, &test.failures);
    }
    let failed = outcome.tests.iter().filter(|t| !t.failures.is_empty()).count();
    let passed = outcome.tests.len() - failed;
    session.say(&match failed {
        0 => format!("{} passed", counted(passed, "test")),
        _ => format!("{} failed, {passed} passed", counted(failed, "test")),
    });
    Ok(if failed == 0 { status_of(&outcome) } else { Status::Errors })
}
