//! Runs the real binary. It is found in the target folder of the running test, and built if need be.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What one run of a program gave.
#[derive(Debug)]
pub struct Ran {
    /// The exit status; −1 if a signal ended it.
    pub status: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ran {
    /// Panics with all the output unless the exit status is `status`.
    pub fn expect(self, status: i32) -> Ran {
        assert!(
            self.status == status,
            "expected exit status {status}, got {}\n--- stdout\n{}\n--- stderr\n{}",
            self.status,
            clip(&self.stdout),
            clip(&self.stderr)
        );
        self
    }
}

fn clip(text: &str) -> String {
    if text.len() <= 8_000 {
        return text.to_owned();
    }
    let head: String = text.chars().take(8_000).collect();
    format!("{head}\n… ({} bytes)", text.len())
}

/// Runs `command` to its end.
pub fn run(command: &mut Command) -> Ran {
    let output = command.output().unwrap_or_else(|e| panic!("cannot run {command:?}: {e}"));
    Ran {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The binary: `$PLATC` if set, else that of the profile this test was built with, brought up to date.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("PLATC") {
        Some(path) => {
            let path = PathBuf::from(path);
            assert!(path.is_file(), "PLATC names {}, which is not there", path.display());
            path
        }
        None => build(),
    })
}

fn build() -> PathBuf {
    // …/target/PROFILE/deps/TEST-HASH or …/target/PROFILE/BIN
    let this = std::env::current_exe().expect("a test knows its own path");
    let profile = this
        .ancestors()
        .find(|a| a.join("deps").is_dir() && a.join("build").is_dir())
        .unwrap_or_else(|| panic!("{} does not lie in a target folder", this.display()));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(crate::root()).args(["build", "--quiet", "--package", "platc"]);
    command.env("CARGO_TARGET_DIR", profile.parent().expect("a profile lies in the target folder"));
    if profile.file_name() == Some(OsStr::new("release")) {
        command.arg("--release");
    }
    let built = run(&mut command);
    assert!(built.status == 0, "`cargo build -p platc` failed:\n{}", built.stderr);
    let path = profile.join("platc");
    assert!(path.is_file(), "`cargo build -p platc` left no {}", path.display());
    path
}

/// A command that runs `platc` with these arguments, in folder `cwd`.
pub fn command<I, A>(cwd: &Path, arguments: I) -> Command
where
    I: IntoIterator<Item = A>,
    A: AsRef<OsStr>,
{
    let mut command = Command::new(binary());
    command.current_dir(cwd).args(arguments);
    // The output must not hang on the terminal that the tests run in.
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("FORCE_COLOR");
    command
}

/// Runs `platc` with these arguments, in folder `cwd`.
pub fn platc<I, A>(cwd: &Path, arguments: I) -> Ran
where
    I: IntoIterator<Item = A>,
    A: AsRef<OsStr>,
{
    run(&mut command(cwd, arguments))
}
