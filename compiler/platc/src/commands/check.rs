//! `platc check`, and `--fix`, which mends what is surely meant otherwise.

use crate::args::CheckArgs;
use crate::session::{Session, Status, counted, status_of};
use plat_driver::{Failure, Goal, Mended, Outcome, Request, Stdlib, mend, relative, slashed, write_mended};

pub(super) fn run(session: &mut Session, args: &CheckArgs) -> Result<Status, Failure> {
    let request = session.request(Goal::Check, &args.program);
    let outcome = if args.fix { mended(session, &request)? } else { session.run(&request)? };
    session.sum_up(&outcome.diagnostics);
    if outcome.diagnostics.is_empty() {
        session.say(&format!("no problems in {}", counted(outcome.inputs.len(), "file")));
    }
    Ok(status_of(&outcome))
}

/// Mends the files, tells what is left, and says what was changed.
fn mended(session: &mut Session, request: &Request) -> Result<Outcome, Failure> {
    let Mended { outcome, applied, files } = mend(&session.world, &Stdlib::embedded(), request)?;
    write_mended(&session.world, &files)?;
    session.tell_outcome(&outcome);
    if applied > 0 {
        let names: Vec<String> =
            files.iter().map(|file| slashed(&relative(&session.cwd, &file.path))).collect();
        session.say(&format!("mended {} in {}", counted(applied, "problem"), names.join(", ")));
    } else if !outcome.diagnostics.is_empty() {
        session.say("nothing could be mended with certainty");
    }
    Ok(outcome)
}
