//! The binary `platc`: reads the command line, runs a command, and ends with its status.

mod args;
mod commands;
mod console;
mod files;
mod github;
mod junit;
mod machine;
mod progress;
mod report;
mod sarif;
mod session;

use clap::Parser;
use std::process::ExitCode;

/// A compilation makes millions of small values, on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(tell_bug));
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(message) => {
            // Help and version go to standard output with status 0, misuse to standard error with status 2. If
            // nobody reads it, the status still tells.
            let _ = message.print();
            return ExitCode::from(u8::try_from(message.exit_code()).unwrap_or(2));
        }
    };
    console::choose_colours(cli.color);
    ExitCode::from(commands::run(cli.command) as u8)
}

/// No input may make platc panic. If one does, nothing has been written, and whoever sees it should know whose fault
/// it is.
fn tell_bug(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map(|l| format!(" at {}:{}", l.file(), l.line())).unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    let payload = panic.payload();
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let what = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
    console::Console::default().err(&format!(
        "platc {version} has a bug{place}: {what}\nPlease report it with the program that shows it.\n"
    ));
}
