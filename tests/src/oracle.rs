//! The tools that judge the output, as `tests/oracles/install` leaves them. A tool that is not there
//! fails the test that needs it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::platc::{Ran, run};

/// The folder with the tools: `$PLAT_ORACLES`, else `target/oracles`.
pub fn folder() -> PathBuf {
    match std::env::var_os("PLAT_ORACLES") {
        Some(folder) => crate::root().join(folder),
        None => crate::root().join("target/oracles"),
    }
}

/// The path of the tool called `name`.
pub fn tool(name: &str) -> PathBuf {
    let path = folder().join("bin").join(name);
    assert!(path.exists(), "{} is not installed: run `tests/oracles/install`", path.display());
    path
}

/// A command that runs the tool called `name` in folder `cwd`.
pub fn command(name: &str, cwd: &Path) -> Command {
    let mut command = Command::new(tool(name));
    command.current_dir(cwd);
    // Tools that call each other (kubectl plugins, containerd) find each other.
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", folder().join("bin").display()));
    command
}

/// Runs the tool called `name` in folder `cwd`.
pub fn ask(name: &str, cwd: &Path, arguments: &[&str]) -> Ran {
    run(command(name, cwd).args(arguments))
}

/// Runs a Python program with the readers of the tool folder (PyYAML, ruamel.yaml).
pub fn python(script: &Path, arguments: &[&str]) -> Ran {
    run(command("oracle-python", &crate::root()).arg(script).args(arguments))
}

/// Collects what several tools found, so that one run shows all of it.
#[derive(Debug, Default)]
pub struct Findings(Vec<String>);

impl Findings {
    /// Notes the output of a run that found fault with `subject`.
    pub fn check(&mut self, subject: &Path, ran: &Ran) {
        if ran.status != 0 {
            self.add(format!("{} (exit {})\n{}{}", subject.display(), ran.status, ran.stdout, ran.stderr));
        }
    }

    /// Notes one finding.
    pub fn add(&mut self, finding: String) {
        self.0.push(finding);
    }

    /// Panics with all findings, if there are any.
    pub fn none(self, who: &str) {
        assert!(self.0.is_empty(), "{who}: {} findings\n\n{}", self.0.len(), self.0.join("\n"));
    }
}
