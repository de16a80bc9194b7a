//! One file per command. In: its arguments. Out: a status; what there is to say has been said.

mod check;
mod compile;
mod completions;
mod doc;
mod explain;
mod fmt;
mod host;
mod impact;
mod init;
mod lines;
mod test;
mod verify;

use crate::args::Command;
use crate::session::{Session, Status};
use plat_driver::Failure;

/// Runs a command.
pub(crate) fn run(command: Command) -> Status {
    match command {
        Command::Compile(args) => in_session(Session::new(&args.report), |s| compile::run(s, &args)),
        Command::Check(args) => in_session(Session::new(&args.report), |s| check::run(s, &args)),
        Command::Test(args) => in_session(Session::new(&args.report), |s| test::run(s, &args)),
        Command::Verify(args) => in_session(Session::new(&args.report), |s| verify::run(s, &args)),
        Command::Init(args) => in_session(Session::plain(), |s| init::run(s, &args)),
        Command::Explain(args) => in_session(Session::plain(), |s| explain::run(s, &args)),
        Command::Doc(args) => in_session(Session::plain(), |s| doc::run(s, &args)),
        Command::Impact(args) => in_session(Session::plain(), |s| impact::run(s, &args)),
        Command::Completions(args) => in_session(Session::plain(), |s| completions::run(s, &args)),
        Command::Host(args) => in_session(Session::plain(), |s| host::run(s, &args)),
        Command::Fmt(args) => in_session(Session::new(&args.report), |s| fmt::run(s, &args)),
    }
}

fn in_session(
    session: Result<Session, Failure>,
    command: impl FnOnce(&mut Session) -> Result<Status, Failure>,
) -> Status {
    match session {
        Ok(mut session) => {
            let result = command(&mut session);
            session.end(result)
        }
        Err(failure) => {
            crate::console::Console::default().err(&format!("error: {failure}\n"));
            Status::Io
        }
    }
}
