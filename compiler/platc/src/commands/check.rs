//! `platc check`.

use crate::args::CheckArgs;
use crate::session::{Session, Status, counted, status_of};
use plat_driver::{Failure, Goal};

pub(super) fn run(session: &mut Session, args: &CheckArgs) -> Result<Status, Failure> {
    let request = session.request(Goal::Check, &args.program);
    let outcome = session.run(&request)?;
    session.sum_up(&outcome.diagnostics);
    if outcome.diagnostics.is_empty() {
        session.say(&format!("no problems in {}", counted(outcome.inputs.len(), "file")));
    }
    Ok(status_of(&outcome))
}
