//! The emitted Dockerfiles and bake files, judged by hadolint, shellcheck and the parser of buildx.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use plat_tests::dockerfile::{self, Instruction};
use plat_tests::oracle::{self, Findings};
use plat_tests::platc::{Ran, run};
use plat_tests::{examples, tree};
use serde_json::Value;

fn dockerfiles() -> Vec<PathBuf> {
    let found: Vec<PathBuf> = examples::compiled()
        .iter()
        .flat_map(|(_, output)| {
            tree::matching(&output.join("docker"), |f| {
                f.file_name().is_some_and(|n| n.to_string_lossy().starts_with("Dockerfile"))
            })
        })
        .filter(|f| f.extension().is_none_or(|e| e != "dockerignore"))
        .collect();
    assert!(found.len() >= 3, "two images of tradestream and one of fastapi: {found:?}");
    found
}

fn instructions(file: &Path) -> Vec<Instruction> {
    dockerfile::parse(&std::fs::read_to_string(file).expect("readable"))
}

#[test]
fn hadolint_finds_nothing() {
    let mut findings = Findings::default();
    for file in dockerfiles() {
        let folder = file.parent().expect("it lies in a folder");
        let path = file.to_string_lossy().into_owned();
        // Without a configuration: every rule, and the mildest finding fails.
        let ran = oracle::ask("hadolint", folder, &["--no-color", "--failure-threshold", "style", &path]);
        findings.check(&file, &ran);
    }
    findings.none("hadolint");
}

#[test]
fn shellcheck_finds_nothing_in_run() {
    let mut findings = Findings::default();
    let mut bodies = 0;
    for file in dockerfiles() {
        for instruction in instructions(&file).iter().filter(|i| i.name == "RUN") {
            let Some(body) = instruction.shell_body() else { continue };
            bodies += 1;
            let ran = shellcheck(&body);
            if ran.status != 0 {
                findings.add(format!("{}: RUN {body}\n{}", file.display(), ran.stdout));
            }
        }
    }
    assert!(bodies > 0, "no image runs anything");
    findings.none("shellcheck");
}

fn shellcheck(body: &str) -> Ran {
    let mut command = oracle::command("shellcheck", &plat_tests::root());
    // The builder's variables are set by the builder; SC2154 would ask who assigns them.
    command.args(["--shell=sh", "--exclude=SC2154", "-"]).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("shellcheck starts");
    child.stdin.take().expect("piped").write_all(body.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    Ran {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// What a strict reviewer asks of every image, whichever recipe made it.
#[test]
fn images_follow_the_rules_of_the_house() {
    let mut findings = Findings::default();
    for file in dockerfiles() {
        let all = instructions(&file);
        let stages: Vec<&Instruction> = all.iter().filter(|i| i.name == "FROM").collect();
        let last = all.iter().rposition(|i| i.name == "FROM").expect("an image has a stage");
        let end = &all[last..];
        let mut complain = |what: String| findings.add(format!("{}: {what}", file.display()));
        match end.iter().rev().find(|i| i.name == "USER") {
            None => complain("the last stage runs as root".to_owned()),
            Some(user) => {
                let id = user.rest.split(':').next().unwrap_or_default();
                if id.parse::<u32>().map_or(true, |id| id == 0) {
                    complain(format!("USER {} is not the number of a non-root user", user.rest));
                }
            }
        }
        for name in ["ENTRYPOINT", "CMD", "SHELL"] {
            for instruction in end.iter().filter(|i| i.name == name) {
                if serde_json::from_str::<Vec<String>>(&instruction.rest).is_err() {
                    complain(format!("{name} {} is not in the exec form", instruction.rest));
                }
            }
        }
        if !end.iter().any(|i| i.name == "ENTRYPOINT" || i.name == "CMD") {
            complain("starts nothing".to_owned());
        }
        for stage in stages {
            if stage.rest.contains("--platform=") && !stage.rest.contains("$BUILDPLATFORM") {
                complain(format!("FROM {}: the platform is the target's anyway", stage.rest));
            }
            let image = stage.words().find(|w| !w.starts_with("--")).unwrap_or_default().to_owned();
            if image.ends_with(":latest") {
                complain(format!("FROM {image} moves"));
            }
        }
        for from in all.iter().filter(|i| i.name == "COPY" && i.rest.contains("--from=")) {
            let stage = from.words().find_map(|w| w.strip_prefix("--from=")).unwrap_or_default().to_owned();
            let known = all
                .iter()
                .any(|i| i.name == "FROM" && i.words().last() == Some(&stage) && i.rest.contains(" AS "));
            if !known {
                complain(format!("COPY --from={stage}: no such stage"));
            }
        }
    }
    findings.none("house rules");
}

#[test]
fn every_image_has_its_dockerignore() {
    let mut findings = Findings::default();
    for file in dockerfiles() {
        let beside = file.with_file_name(".dockerignore");
        let named = PathBuf::from(format!("{}.dockerignore", file.display()));
        let ignore = [beside, named].into_iter().find(|f| f.is_file());
        match ignore.map(|f| std::fs::read_to_string(f).expect("readable")) {
            None => findings.add(format!("{}: no .dockerignore beside it", file.display())),
            Some(text)
                if !text
                    .lines()
                    .any(|l| l.trim_matches('/') == ".git" || l == "**/.git" || l == "*" || l == "**") =>
            {
                findings.add(format!("{}: .git gets into the context", file.display()));
            }
            Some(_) => {}
        }
    }
    findings.none("dockerignore");
}

/// buildx accepts unknown attributes in silence, so what it understood is compared with what was written.
#[test]
fn buildx_understands_every_attribute_of_the_bake_file() {
    let mut findings = Findings::default();
    for (name, output) in examples::compiled() {
        let file = output.join("docker/docker-bake.json");
        let written: Value =
            serde_json::from_slice(&std::fs::read(&file).expect("a bake file")).expect("JSON");
        let path = file.to_string_lossy().into_owned();
        let targets: Vec<String> = written["target"].as_object().expect("targets").keys().cloned().collect();
        let mut command = oracle::command("docker-buildx", &output.join("docker"));
        command.args(["bake", "--file", &path, "--print"]).args(&targets);
        let ran = run(&mut command);
        if ran.status != 0 {
            findings.check(&file, &ran);
            continue;
        }
        let printed: Value = serde_json::from_str(&ran.stdout).expect("bake prints JSON");
        for target in &targets {
            // `inherits` is resolved, and a target that others inherit from need not be complete.
            let wanted = written["target"][target].as_object().expect("an object");
            for (key, value) in wanted.iter().filter(|(key, _)| *key != "inherits" && *key != "description") {
                let understood = &printed["target"][target][key];
                if !covers(understood, value) {
                    findings.add(format!("{name}: {target}.{key} is {value}, understood as {understood}"));
                }
            }
        }
        for group in written["group"].as_object().into_iter().flatten() {
            for member in group.1["targets"].as_array().into_iter().flatten() {
                let known = written["target"].get(member.as_str().unwrap_or_default()).is_some();
                if !known {
                    findings.add(format!("{name}: group {} has no target {member}", group.0));
                }
            }
        }
    }
    findings.none("buildx");
}

/// Whether what buildx printed says at least what was written; lists may be in another order.
fn covers(printed: &Value, written: &Value) -> bool {
    match (printed, written) {
        (Value::Array(printed), Value::Array(written)) => {
            printed.len() == written.len() && written.iter().all(|w| printed.iter().any(|p| covers(p, w)))
        }
        (Value::Object(printed), Value::Object(written)) => {
            written.iter().all(|(key, value)| covers(printed.get(key).unwrap_or(&Value::Null), value))
        }
        // `type=registry` is printed as an object.
        (Value::Object(printed), Value::String(written)) => written.split(',').all(|part| {
            let (key, value) = part.split_once('=').unwrap_or(("type", part));
            printed.get(key).and_then(Value::as_str) == Some(value)
        }),
        _ => printed == written,
    }
}

/// What bake builds and what the images are declared for is one set.
#[test]
fn bake_builds_the_declared_platforms() {
    let (_, output) = examples::compiled().iter().find(|(n, _)| n == "tradestream").expect("an example");
    let file = output.join("docker/docker-bake.json");
    let bake: Value = serde_json::from_slice(&std::fs::read(file).expect("a bake file")).expect("JSON");
    let platforms = |target: &str| -> Vec<String> {
        let list = bake["target"][target]["platforms"].as_array();
        let list = list.unwrap_or_else(|| panic!("{target} has platforms: {bake}"));
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    for image in ["candle-ingestor", "strategy-engine"] {
        assert_eq!(platforms(image), ["linux/amd64", "linux/arm64", "linux/arm/v7"], "{image}");
    }
}
