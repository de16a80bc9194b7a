//! One file per command. In: its arguments. Out: a status; what there is to say has been said.

mod check;
mod checks;
mod compile;
mod completions;
mod doc;
mod explain;
mod fmt;
mod host;
mod impact;
mod init;
mod lines;
mod report;
mod test;
mod verify;

use crate::args::Command;
use crate::session::{Session, Status};
use plat_driver::Failure;

/// Runs a command.
pub(crate) fn run(command: Command) -> Status {
    match command {
        Command::Compile(args) => {
            in_session(Session::new(&args.report), "platc compile FILE", |s| compile::run(s, &args))
        }
        Command::Check(args) => {
            in_session(Session::new(&args.report), "platc check FILE", |s| check::run(s, &args))
        }
        Command::Test(args) => {
            in_session(Session::new(&args.report), "platc test FILE", |s| test::run(s, &args))
        }
        Command::Verify(args) => {
            in_session(Session::new(&args.report), "platc verify FILE", |s| verify::run(s, &args))
        }
        Command::Checks(args) => {
            in_session(Session::plain(), "platc checks … --source FILE", |s| checks::run(s, &args))
        }
        Command::Report(args) => in_session(Session::plain(), "platc report FILE", |s| report::run(s, &args)),
        Command::Init(args) => in_session(Session::plain(), "FILE", |s| init::run(s, &args)),
        Command::Explain(args) => {
            in_session(Session::plain(), "platc explain … --source FILE", |s| explain::run(s, &args))
        }
        Command::Doc(args) => {
            in_session(Session::plain(), "platc doc … --source FILE", |s| doc::run(s, &args))
        }
        Command::Impact(args) => {
            in_session(Session::plain(), "platc impact … --source FILE", |s| impact::run(s, &args))
        }
        Command::Completions(args) => in_session(Session::plain(), "FILE", |s| completions::run(s, &args)),
        Command::Host(args) => in_session(Session::plain(), "FILE", |s| host::run(s, &args)),
        Command::Fmt(args) => in_session(Session::new(&args.report), "FILE", |s| fmt::run(s, &args)),
    }
}

/// Runs a command; `usage` is how a `FILE` to start from is named to it.
fn in_session(
    session: Result<Session, Failure>,
    usage: &str,
    command: impl FnOnce(&mut Session) -> Result<Status, Failure>,
) -> Status {
    match session {
        Ok(mut session) => {
            let result = command(&mut session).map_err(|failure| match &failure.candidate {
                Some(file) => {
                    let help = format!("name the file: `{}`", usage.replace("FILE", file));
                    failure.help(help)
                }
                None => failure,
            });
            session.end(result)
        }
        Err(failure) => {
            crate::console::Console::default().err(&format!("error: {failure}\n"));
            Status::Io
        }
    }
}
