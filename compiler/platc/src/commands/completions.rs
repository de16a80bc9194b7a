//! `platc completions`.

use crate::args::{Cli, CompletionsArgs};
use crate::session::{Session, Status};
use clap::CommandFactory;
use plat_driver::Failure;

pub(super) fn run(session: &mut Session, args: &CompletionsArgs) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "platc", &mut script);
    session.console.out(&String::from_utf8_lossy(&script));
    Ok(Status::Clean)
}
