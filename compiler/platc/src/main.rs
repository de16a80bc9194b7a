//! The binary `platc`: reads the command line, runs a command, and ends with its status.

mod args;
mod commands;
mod console;
mod files;
mod machine;
mod report;
mod session;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(message) => {
            // Help and version go to standard output with status 0, misuse to standard error with status 2. If
            // nobody reads it, the status still tells.
            let _ = message.print();
            return ExitCode::from(u8::try_from(message.exit_code()).unwrap_or(2));
        }
    };
    ExitCode::from(commands::run(cli.command) as u8)
}
