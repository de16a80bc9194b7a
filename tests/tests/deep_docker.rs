//! Every emitted Dockerfile is built by a real daemon, on stand-in base images made from Debian packages
//! (no registry can be reached), and run: as which user, whether it starts, and whether its health check
//! holds. Needs root.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use plat_tests::daemon::Daemon;
use plat_tests::dockerfile;
use plat_tests::platc::run;
use plat_tests::scratch::Scratch;
use plat_tests::{examples, tree};
use serde_json::Value;

/// Published images, the Debian suite that stands in for each, and the variables that the image has.
const BASES: [(&str, &str, &[&str]); 3] = [
    (
        "python:3.13-slim",
        "trixie",
        &["ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"],
    ),
    (
        "python:3.11-slim",
        "bookworm",
        &["ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"],
    ),
    (
        "eclipse-temurin:17-jre",
        "bookworm",
        &[
            "ENV JAVA_HOME=/usr/lib/jvm/java-17-openjdk-amd64",
            "ENV PATH=/usr/lib/jvm/java-17-openjdk-amd64/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ],
    ),
];

/// The build context of an example: its sources as far as its images copy them.
fn context(example: &str, scratch: &Scratch) -> PathBuf {
    let folder = scratch.path().join(format!("context-{example}"));
    tree::copy(&plat_tests::root().join("tests/fixtures/docker").join(example), &folder);
    if example == "tradestream" {
        jar(&folder);
    }
    folder
}

/// Compiles the stand-in program of the Java image.
fn jar(folder: &Path) {
    let classes = folder.join("classes");
    std::fs::create_dir_all(&classes).expect("a folder");
    let mut javac = Command::new("javac");
    javac.args(["--release", "17", "-d"]).arg(&classes).arg(folder.join("StrategyEngine.java"));
    run(&mut javac).expect(0);
    let mut jar = Command::new("jar");
    jar.args(["--create", "--main-class", "StrategyEngine", "--file"]);
    jar.arg(folder.join("strategy-engine.jar")).arg("-C").arg(&classes).arg(".");
    run(&mut jar).expect(0);
}

/// One daemon for all images: starting it and importing the bases takes longer than most builds.
#[test]
fn every_image_builds_runs_as_its_user_and_is_healthy() {
    let daemon = Daemon::start();
    for (name, suite, changes) in BASES {
        daemon.import(suite, name, changes);
    }
    let mut built = 0;
    for (example, output) in examples::compiled() {
        let scratch = Scratch::new("docker");
        let context = context(example, &scratch);
        let files =
            tree::matching(&output.join("docker"), |f| f.file_name().is_some_and(|n| n == "Dockerfile"));
        assert!(!files.is_empty(), "{example} has images");
        for file in files {
            let image =
                file.parent().and_then(Path::file_name).expect("a folder per image").to_string_lossy();
            bases_are_known(&file);
            build(&daemon, &format!("{example}-{image}"), &file, &context);
            starts(&daemon, &format!("{example}-{image}"));
            built += 1;
        }
    }
    assert!(built >= 3, "two images of tradestream and one of fastapi");
}

fn bases_are_known(file: &Path) {
    let instructions = dockerfile::parse(&std::fs::read_to_string(file).expect("readable"));
    let stages: Vec<&str> = instructions
        .iter()
        .filter(|i| i.name == "FROM")
        .filter_map(|i| i.rest.split(" AS ").nth(1))
        .collect();
    for from in instructions.iter().filter(|i| i.name == "FROM") {
        let base = from.words().find(|w| !w.starts_with("--")).unwrap_or_default();
        let short = base.trim_start_matches("docker.io/").trim_start_matches("library/");
        let known = BASES.iter().any(|(name, _, _)| *name == short)
            || stages.contains(&base)
            || base == "scratch"
            || base.contains('$');
        assert!(known, "{}: nothing stands in for the base {base}: add it to BASES", file.display());
    }
}

fn build(daemon: &Daemon, tag: &str, file: &Path, context: &Path) {
    let file = file.to_string_lossy().into_owned();
    let context = context.to_string_lossy().into_owned();
    // The network of the machine, for the package archives.
    let arguments = ["build", "--network=host", "--progress=plain", "--tag", tag, "--file", &file, &context];
    let ran = daemon.docker(&arguments);
    let text = format!("{}{}", ran.stdout, ran.stderr);
    let end: String =
        text.lines().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n");
    assert!(ran.status == 0, "{file} does not build:\n{end}");
}

fn starts(daemon: &Daemon, tag: &str) {
    let container = format!("{tag}-run");
    // With what Pod Security `restricted` leaves: no capabilities, no new privileges; and no network.
    daemon
        .docker(&[
            "run",
            "--detach",
            "--name",
            &container,
            "--network=none",
            "--cap-drop=ALL",
            "--security-opt=no-new-privileges",
            tag,
        ])
        .expect(0);
    let logs = || {
        let ran = daemon.docker(&["logs", &container]);
        format!("{}{}", ran.stdout, ran.stderr)
    };
    let inspected = || -> Value {
        let ran = daemon.docker(&["inspect", &container]).expect(0);
        serde_json::from_str::<Value>(&ran.stdout).expect("JSON")[0].clone()
    };
    let user = daemon.docker(&["exec", &container, "id", "-u"]);
    assert!(user.status == 0, "{tag} does not run:\n{}{}", user.stderr, logs());
    let configured = inspected()["Config"]["User"].as_str().unwrap_or_default().to_owned();
    let number = configured.split(':').next().unwrap_or_default();
    assert_eq!(user.stdout.trim(), number, "{tag}: USER is a number, and the process has it");
    assert_ne!(user.stdout.trim(), "0", "{tag} runs as root");
    healthy(daemon, &container, &inspected(), &logs);
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(inspected()["State"]["Running"], true, "{tag} ended:\n{}", logs());
    let before = Instant::now();
    daemon.docker(&["stop", "--time", "20", &container]).expect(0);
    assert!(before.elapsed() < Duration::from_secs(15), "{tag} does not hear SIGTERM");
    daemon.docker(&["rm", &container]).expect(0);
}

/// Runs the image's own health check until it holds.
fn healthy(daemon: &Daemon, container: &str, inspected: &Value, logs: &dyn Fn() -> String) {
    let test: Vec<&str> = inspected["Config"]["Healthcheck"]["Test"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let command: Vec<&str> = match test.as_slice() {
        [] | ["NONE"] => return,
        ["CMD-SHELL", text] => vec!["/bin/sh", "-c", text],
        ["CMD", rest @ ..] => rest.to_vec(),
        other => panic!("{container}: not a health check: {other:?}"),
    };
    let start = Instant::now();
    loop {
        let mut arguments = vec!["exec", container];
        arguments.extend(&command);
        let ran = daemon.docker(&arguments);
        if ran.status == 0 {
            return;
        }
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "{container} does not become healthy: {command:?}\n{}{}{}",
            ran.stdout,
            ran.stderr,
            logs()
        );
        std::thread::sleep(Duration::from_millis(500));
    }
}
