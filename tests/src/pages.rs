//! The programs in pages of Markdown: those that are right, and those that show a mistake.
//!
//! - ```` ```plat ```` is a whole program that compiles; ```` ```plat error=CODE ```` (or `warning=`, `advice=`) one
//!   that shows this mistake.
//! - ```` ```plat file=lib.plat ```` is a further file of the programs below it, until another block replaces it.
//! - ```` ```sh error=CODE ```` is a script for what no program alone can show; ```` ```sh ```` after it is its mend.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::platc::{self, Ran};
use crate::scratch::Scratch;

/// What a diagnostic is known by: its severity and its code.
pub type Mistake = (String, String);

/// A program of a page.
#[derive(Debug)]
pub struct Program {
    /// The line of the page at which it begins.
    pub line: usize,
    /// What it shows; nothing if it is right.
    pub mistake: Option<Mistake>,
    /// Its text: that of `main.plat`, or the script.
    pub text: String,
    /// Its further files, by name.
    pub files: BTreeMap<String, String>,
    /// Whether it is a script of the shell.
    pub script: bool,
}

/// The programs of a page, in order.
pub fn programs(page: &Path) -> Vec<Program> {
    let text =
        std::fs::read_to_string(page).unwrap_or_else(|e| panic!("cannot read {}: {e}", page.display()));
    let mut found: Vec<Program> = Vec::new();
    let mut files = BTreeMap::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let inside = lines.by_ref().map(|(_, l)| l).take_while(|l| *l != "```");
        let text: String = inside.map(|l| format!("{l}\n")).collect();
        let mut words = info.split_whitespace();
        let language = words.next().unwrap_or_default();
        let word = |key: &str| info.split_whitespace().find_map(|w| w.strip_prefix(key)).map(str::to_owned);
        let mistake = ["error", "warning", "advice"]
            .into_iter()
            .find_map(|severity| Some((severity.to_owned(), word(&format!("{severity}="))?)));
        let script = language == "sh";
        match word("file=") {
            Some(name) => drop(files.insert(name, text)),
            None if language == "plat" || (script && is_shown(&found, &mistake)) => {
                found.push(Program { line: at + 1, mistake, text, files: files.clone(), script });
            }
            None => {}
        }
    }
    found
}

/// Scripts are programs where they show a mistake or mend one; elsewhere they are just text.
fn is_shown(before: &[Program], mistake: &Option<Mistake>) -> bool {
    mistake.is_some() || before.iter().any(|p| p.script)
}

/// The mistake that a line of a report begins with.
fn told(line: &str) -> Option<Mistake> {
    let (severity, rest) = line.split_once('[')?;
    let (code, _) = rest.split_once(']')?;
    ["error", "warning", "advice"].contains(&severity).then(|| (severity.to_owned(), code.to_owned()))
}

impl Program {
    /// The files in a folder of their own.
    fn laid_out(&self) -> Scratch {
        let scratch = Scratch::new("page");
        for (name, text) in &self.files {
            scratch.write(name, text);
        }
        scratch.write(if self.script { "script.sh" } else { "main.plat" }, &self.text);
        scratch
    }

    /// All its diagnostics.
    pub fn mistakes(&self) -> (BTreeSet<Mistake>, Ran) {
        if self.script {
            let ran = self.drawn();
            return (ran.stderr.lines().filter_map(told).collect(), ran);
        }
        let scratch = self.laid_out();
        let ran = platc::platc(scratch.path(), ["check", "--format", "json", "main.plat"]);
        let all = ran.stdout.lines().map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).expect("one object per line");
            let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
            (text("severity"), text("code"))
        });
        (all.collect(), ran)
    }

    /// What a person sees, in a hundred columns without colours.
    pub fn drawn(&self) -> Ran {
        let scratch = self.laid_out();
        let mut command = match self.script {
            false => platc::command(scratch.path(), ["check", "main.plat"]),
            true => {
                let mut command = std::process::Command::new("sh");
                command.current_dir(scratch.path()).args(["-eu", "script.sh"]);
                let folder = platc::binary().parent().expect("it lies in a folder").to_owned();
                let path = std::env::var_os("PATH").unwrap_or_default();
                let all = std::iter::once(folder).chain(std::env::split_paths(&path));
                command.env("PATH", std::env::join_paths(all).expect("no colon is in a target folder"));
                command
            }
        };
        platc::run(command.env("COLUMNS", "100").env("NO_COLOR", "1"))
    }
}
