//! The binary on its own: how it reports and how it ends. What it makes is tested end to end elsewhere.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder that goes away with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, files: &[(&str, &str)]) -> Scratch {
        let folder = std::env::temp_dir().join(format!("platc-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        for (path, text) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        fs::create_dir_all(&folder).unwrap();
        Scratch(folder.canonicalize().unwrap())
    }

    fn run(&self, arguments: &[&str]) -> Output {
        command(&self.0).args(arguments).output().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_platc"));
    command.current_dir(folder).env_remove("NO_COLOR").env("COLUMNS", "100").stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const BROKEN: &[(&str, &str)] = &[("sub/main.plat", "use \"./b.plat\"\n"), ("sub/a.plat", "let x = 1\n")];

#[test]
fn diagnostics_have_three_forms() {
    let scratch = Scratch::new("forms", BROKEN);
    let human = scratch.run(&["check", "sub"]);
    assert_eq!(human.status.code(), Some(1));
    let report = text(&human.stderr);
    assert!(report.starts_with("error[import-not-found]"), "{report}");
    assert!(
        report.contains("sub/main.plat:1:5") && report.contains("did you mean \"./a.plat\"?"),
        "{report}"
    );
    assert!(!report.contains('\u{1b}'), "no colours where nobody sees them");
    let short = scratch.run(&["check", "sub", "--format", "short"]);
    let line = "sub/main.plat:1:5: error[import-not-found]: there is no file `./b.plat`\n";
    assert_eq!((text(&short.stderr).as_str(), text(&short.stdout).as_str()), (line, ""));
    let json = scratch.run(&["check", "sub", "--format", "json"]);
    let object: Value = serde_json::from_slice(&json.stdout).unwrap();
    let keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "version",
        "code",
        "severity",
        "message",
        "file",
        "line",
        "column",
        "end_line",
        "end_column",
        "labels",
        "help",
        "fixes",
        "contexts",
    ];
    assert_eq!(keys, expected);
    assert_eq!(object["fixes"][0]["edits"][0]["text"], "\"./a.plat\"");
    assert_eq!(object["file"], "sub/main.plat");
}

#[test]
fn files_are_called_as_the_user_sees_them() {
    let scratch = Scratch::new("seen", BROKEN);
    fs::create_dir_all(scratch.0.join("other")).unwrap();
    let short =
        command(&scratch.0.join("other")).args(["check", "../sub", "--format", "short"]).output().unwrap();
    assert!(text(&short.stderr).starts_with("../sub/main.plat:1:5: "), "{}", text(&short.stderr));
}

#[test]
fn failures_are_told_in_the_form_that_was_asked_for() {
    let scratch = Scratch::new("failures", &[("api.plat", "")]);
    let missing = scratch.run(&["check", "app.plat", "--format", "json"]);
    assert_eq!(missing.status.code(), Some(3));
    let object: Value = serde_json::from_slice(&missing.stdout).unwrap();
    assert_eq!((&object["code"], &object["file"]), (&Value::from("io"), &Value::Null));
    assert_eq!(object["help"], "did you mean `api.plat`?");
    let misuse = scratch.run(&["compile", "api.plat", "--target", "kubernets"]);
    assert_eq!(misuse.status.code(), Some(2));
    assert!(text(&misuse.stderr).contains("did you mean `kubernetes`?"), "{}", text(&misuse.stderr));
}

#[cfg(unix)]
#[test]
fn an_import_that_cannot_be_read_is_an_input_failure() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("locked", &[("main.plat", "use \"./a.plat\"\n"), ("a.plat", "let x = 1\n")]);
    fs::set_permissions(scratch.0.join("a.plat"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(scratch.0.join("a.plat")).is_ok() {
        return; // This user may read everything.
    }
    let run = scratch.run(&["check"]);
    assert_eq!(run.status.code(), Some(3));
    assert!(text(&run.stderr).contains("unreadable-file"));
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let scratch = Scratch::new("pipe", &[]);
    let mut child = command(&scratch.0)
        .args(["completions", "zsh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let run = child.wait_with_output().unwrap();
    assert_eq!(run.status.code(), Some(0));
    assert_eq!(text(&run.stderr), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_output_failure() {
    let scratch = Scratch::new("full", &[]);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = command(&scratch.0).args(["completions", "bash"]).stdout(full).status().unwrap();
    assert_eq!(run.code(), Some(3));
}

#[test]
fn colours_can_be_refused_and_help_is_long() {
    let scratch = Scratch::new("help", &[]);
    for name in ["compile", "check", "test", "fmt", "init", "explain", "completions"] {
        let help = scratch.run(&[name, "--help"]);
        assert_eq!(help.status.code(), Some(0), "{name}");
        assert!(text(&help.stdout).contains("Example"), "{name}");
    }
    let version = scratch.run(&["--version"]);
    assert!(text(&version.stdout).starts_with("platc "));
    assert_eq!(scratch.run(&[]).status.code(), Some(2));
}

#[test]
fn a_new_project_is_made_once_and_overwrites_nothing() {
    let scratch = Scratch::new("init", &[("main.plat", "// mine\n")]);
    let refused = scratch.run(&["init"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(!scratch.0.join("project.plat").exists(), "all or nothing");
    assert_eq!(fs::read_to_string(scratch.0.join("main.plat")).unwrap(), "// mine\n");
    assert_eq!(scratch.run(&["init", "shop"]).status.code(), Some(0));
    let project = fs::read_to_string(scratch.0.join("shop/project.plat")).unwrap();
    assert!(project.contains("project shop {"), "{project}");
}

#[test]
fn sources_are_formatted_and_broken_ones_are_left_alone() {
    let scratch = Scratch::new("fmt", &[("a.plat", "let   a=1\n"), ("b/c.plat", "let c = (\n")]);
    let check = scratch.run(&["fmt", "--check", "a.plat"]);
    assert_eq!(check.status.code(), Some(1));
    let expected = "--- a/a.plat\n+++ b/a.plat\n@@ -1 +1 @@\n-let   a=1\n+let a = 1\n";
    assert_eq!(text(&check.stdout), expected);
    let all = scratch.run(&["fmt", "--format", "short"]);
    assert_eq!(all.status.code(), Some(1));
    assert!(text(&all.stderr).contains("b/c.plat:1:"), "{}", text(&all.stderr));
    assert_eq!(fs::read_to_string(scratch.0.join("a.plat")).unwrap(), "let a = 1\n");
    assert_eq!(fs::read_to_string(scratch.0.join("b/c.plat")).unwrap(), "let c = (\n");
}

#[test]
fn editors_format_through_standard_input() {
    use std::io::Write;
    let scratch = Scratch::new("stdin", &[]);
    let mut child = command(&scratch.0)
        .args(["fmt", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"let   a=1\n").unwrap();
    let run = child.wait_with_output().unwrap();
    assert_eq!((run.status.code(), text(&run.stdout).as_str()), (Some(0), "let a = 1\n"));
}
