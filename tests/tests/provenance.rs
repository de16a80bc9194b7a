//! Trust in the output: every line of every file of the examples names the declaration behind it, and every line of a
//! source that is so named reaches that line.
//!
//! `tests/provenance/EXAMPLE.txt` says for every line of the output where it comes from, ranges of lines with one
//! origin in one row; `PLAT_BLESS=1` writes it anew, and the difference is what a review has to look at.

use plat_tests::platc::platc;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

const EXAMPLES: [&str; 2] = ["tradestream", "fastapi"];

fn folder(example: &str) -> PathBuf {
    plat_tests::root().join("examples").join(example)
}

/// Every line of the output, as `explain --format json` tells it.
fn lines(example: &str) -> Vec<Value> {
    let ran = platc(&folder(example), ["explain", "generated", "--format", "json"]).expect(0);
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    ran.stdout.lines().map(parse).collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("")
}

/// Where a line comes from, in one row.
fn origin(line: &Value) -> String {
    let Some(cause) = line["causes"].get(0) else { return format!("platc {}", text(line, "reason")) };
    let place = &cause["place"];
    let source: String = text(place, "source").chars().take(80).collect();
    let mut row = format!("{} <- {}:{}: {source}", text(cause, "path"), text(place, "file"), place["line"]);
    if !cause["library"].is_null() {
        let library = &cause["library"];
        // Not its line: that moves with every comment in the library.
        let source: String = text(library, "source").chars().take(60).collect();
        write!(row, " [{}: {source}]", text(library, "file")).unwrap();
    }
    row
}

#[test]
fn every_line_has_an_answer() {
    for example in EXAMPLES {
        let lines = lines(example);
        let mut files: BTreeMap<String, usize> = BTreeMap::new();
        for line in &lines {
            *files.entry(text(line, "file").to_owned()).or_default() += 1;
            let told = match line["causes"].get(0) {
                Some(cause) => !cause["place"].is_null(),
                None => !text(line, "reason").is_empty(),
            };
            assert!(told, "{line}");
            assert_eq!(line["stale"], false, "the golden of {example} is not what platc writes: {line}");
        }
        for (file, count) in files {
            let golden = std::fs::read_to_string(folder(example).join(&file)).expect("a golden");
            assert_eq!(golden.lines().count(), count, "{file}: every line is told of");
        }
    }
}

#[test]
fn origins_are_the_reviewed_ones() {
    for example in EXAMPLES {
        let mut rows: Vec<(String, u64, u64, String)> = Vec::new();
        for line in lines(example).iter().filter(|l| !text(l, "text").trim().is_empty()) {
            let (file, number, origin) = (text(line, "file"), line["line"].as_u64().unwrap(), origin(line));
            match rows.last_mut() {
                Some((known, _, last, same)) if known == file && *same == origin => *last = number,
                _ => rows.push((file.to_owned(), number, number, origin)),
            }
        }
        let mut found = String::new();
        let mut file = "";
        for (of, first, last, origin) in &rows {
            if of != file {
                writeln!(found, "{of}").unwrap();
                file = of;
            }
            let range = if first == last { format!("{first}") } else { format!("{first}-{last}") };
            writeln!(found, "  {range} {origin}").unwrap();
        }
        let path = plat_tests::root().join("tests/provenance").join(format!("{example}.txt"));
        if std::env::var_os("PLAT_BLESS").is_some() {
            std::fs::write(&path, &found).expect("writable");
        }
        let wanted = std::fs::read_to_string(&path).unwrap_or_default();
        let differs = found.lines().zip(wanted.lines()).enumerate().find(|(_, (a, b))| a != b);
        if let Some((at, (new, old))) = differs {
            panic!("{example}.txt:{}: now `{new}`, was `{old}`; accept with PLAT_BLESS=1", at + 1);
        }
        assert_eq!(found.len(), wanted.len(), "{example}.txt has another length; accept with PLAT_BLESS=1");
    }
}

/// Example, file, what the line says, and what the source line says.
const SPOTS: &[(&str, &str, &str, &str)] = &[
    ("fastapi", "docker/api/Dockerfile", "FROM python:3.11-slim AS build", "version = \"3.11\""),
    ("fastapi", "docker/api/Dockerfile", "COPY requirements.txt", "requirements = \"requirements.txt\""),
    ("fastapi", "docker/api/Dockerfile", "pip install", "requirements = \"requirements.txt\""),
    ("fastapi", "docker/api/Dockerfile", "RUN python -m venv", "image api = python.app("),
    ("fastapi", "docker/api/Dockerfile", "PYTHONUNBUFFERED=1", "image api = python.app("),
    ("fastapi", "docker/api/Dockerfile", "EXPOSE 8000", "port = port-http"),
    ("fastapi", "docker/api/Dockerfile", "HEALTHCHECK", "health = \"/health\""),
    ("fastapi", "docker/api/Dockerfile", "CMD [\"uvicorn\"", "command = [\"uvicorn\""),
    ("fastapi", "docker/docker-bake.json", "\"tags\"", "tag = \"1.0.0\""),
    ("fastapi", "docker/docker-bake.json", "\"targets\"", "image api = python.app("),
    ("fastapi", "kubernetes/prod/api.yaml", "kind: Deployment", "service api {"),
    ("fastapi", "kubernetes/prod/api.yaml", "namespace: default", "environment prod {"),
    ("fastapi", "kubernetes/dev/api.yaml", "namespace: dev", "environment dev {"),
    ("fastapi", "kubernetes/prod/api.yaml", "part-of: fastapi", "project fastapi"),
    ("fastapi", "kubernetes/prod/api.yaml", "containerPort: 8000", "ports { http = port-http }"),
    ("fastapi", "kubernetes/prod/api.yaml", "port: 80", "port = 80"),
    ("fastapi", "kubernetes/prod/api.yaml", "image: ghcr.io/org/api:1.0.0", "image = api"),
    ("fastapi", "kubernetes/prod/api.yaml", "version: \"1.0.0\"", "tag = \"1.0.0\""),
    ("fastapi", "kubernetes/prod/api.yaml", "name: DATABASE_URL", "DATABASE_URL = credentials.api-secrets"),
    ("fastapi", "kubernetes/prod/api.yaml", "key: redis-url", "REDIS_URL = config.api-config.redis-url"),
    ("fastapi", "kubernetes/dev/api.yaml", "name: DEBUG", "DEBUG = env == dev"),
    ("fastapi", "kubernetes/prod/api.yaml", "memory: 256Mi", "requests { memory = 256Mi"),
    ("fastapi", "kubernetes/prod/api.yaml", "memory: 512Mi", "limits { memory = 512Mi"),
    ("fastapi", "kubernetes/prod/api.yaml", "limits:", "limits { memory = 512Mi"),
    ("fastapi", "kubernetes/prod/api.yaml", "path: /ready", "ready = http(\"/ready\""),
    ("fastapi", "kubernetes/prod/api.yaml", "initialDelaySeconds: 30", "live = http(\"/health\""),
    ("fastapi", "kubernetes/prod/api.yaml", "minReplicas: 3", "scale { min = 3"),
    ("fastapi", "kubernetes/prod/api.yaml", "averageUtilization: 70", "scale { min = 3"),
    ("fastapi", "kubernetes/prod/api.yaml", "seconds: 5", "service api {"),
    ("fastapi", "kubernetes/prod/api.yaml", "maxSurge: 25%", "service api {"),
    ("fastapi", "kubernetes/prod/api.yaml", "- host: api.example.com", "host = \"api."),
    ("fastapi", "kubernetes/prod/api.yaml", "secretName: api-tls", "tls = env == prod"),
    ("fastapi", "kubernetes/prod/api.yaml", "topologyKey: kubernetes.io/hostname", "scale { min = 3"),
    ("fastapi", "kubernetes/prod/api.yaml", "- amd64", "platform amd64"),
    ("fastapi", "kubernetes/prod/api.yaml", "- arm64", "platform arm64"),
    ("fastapi", "kubernetes/prod/db.yaml", "kind: StatefulSet", "stateful db {"),
    ("fastapi", "kubernetes/prod/db.yaml", "image: postgres:15-alpine", "image = images.postgres"),
    ("fastapi", "kubernetes/prod/db.yaml", "storage: 10Gi", "storage { data { size = 10Gi"),
    ("fastapi", "kubernetes/prod/db.yaml", "mountPath: /var/lib/postgresql/data", "mount = \"/var/lib"),
    ("fastapi", "kubernetes/prod/db.yaml", "mountPath: /var/run/postgresql", "image = images.postgres"),
    ("fastapi", "kubernetes/prod/db.yaml", "failureThreshold: 5", "retries = 5"),
    ("fastapi", "kubernetes/prod/db.yaml", "- pg_isready", "ready = command([\"pg_isready\""),
    ("fastapi", "kubernetes/prod/redis.yaml", "runAsUser: 999", "image = images.redis"),
    (
        "fastapi",
        "kubernetes/prod/config-api-config.yaml",
        "redis-url: redis",
        "redis-url = \"redis://\\(service",
    ),
    ("fastapi", "kubernetes/prod/kustomization.yaml", "- redis.yaml", "service redis {"),
    ("fastapi", "kubernetes/prod/kustomization.yaml", "# - db: password", "credentials db {"),
    ("fastapi", "bazel/platforms/BUILD.bazel", "name = \"linux_arm64\"", "platform arm64"),
    ("fastapi", "bazel/platforms.bazelrc", "build:linux_amd64", "platform amd64"),
    ("fastapi", "bazel/platforms/README.md", "# Platforms of fastapi", "project fastapi"),
    (
        "tradestream",
        "docker/candle-ingestor/Dockerfile",
        "libopenblas0-pthread",
        "amd64 | arm64 => [\"libopenblas0-",
    ),
    (
        "tradestream",
        "docker/candle-ingestor/Dockerfile",
        "set -- libopenblas0 ;;",
        "armv7 => [\"libopenblas0\"]",
    ),
    ("tradestream", "docker/candle-ingestor/Dockerfile", "        gfortran", "apt([\"libopenblas-dev\""),
    ("tradestream", "docker/candle-ingestor/Dockerfile", "useradd", "user = { name = \"ingestor\""),
    ("tradestream", "docker/candle-ingestor/Dockerfile", "ENTRYPOINT", "entrypoint = [\"python\""),
    (
        "tradestream",
        "docker/candle-ingestor/Dockerfile.dockerignore",
        "!services/",
        "copy(\"services/candle_ingestor\"",
    ),
    ("tradestream", "docker/docker-bake.json", "\"platforms\"", "platforms = [amd64, arm64, armv7]"),
    ("tradestream", "kubernetes/prod/candle-ingestor.yaml", "replicas: 3", "replicas = if env == prod"),
    ("tradestream", "kubernetes/staging/candle-ingestor.yaml", "value: debug", "LOG_LEVEL = match env"),
    ("tradestream", "kubernetes/prod/strategy-engine.yaml", "-Xmx1024m", "memory = java"),
    (
        "tradestream",
        "kubernetes/prod/strategy-engine.yaml",
        "memory: 512Mi",
        "requests { cpu = 250m, memory = 512Mi }",
    ),
    (
        "tradestream",
        "kubernetes/prod/strategy-engine.yaml",
        "memory: 256Mi",
        "requests { cpu = 125m, memory = 256Mi }",
    ),
    ("tradestream", "kubernetes/prod/strategy-engine.yaml", "resources:", "resources = standard"),
    ("tradestream", "kubernetes/prod/namespace.yaml", "kind: Namespace", "environment prod { namespace"),
    ("tradestream", "bazel/platforms/BUILD.bazel", "\":x86-64-v3+avx2+fma\"", "cpu = cpus.x86-64-v3"),
    ("tradestream", "bazel/platforms/defs.bzl", "\"-O3\"", "cflags = [\"-O3\"]"),
    ("tradestream", "bazel/platforms/defs.bzl", "\"heap_size\": \"1g\"", "heap = 50% of"),
    ("tradestream", "bazel/platforms/defs.bzl", "\"gc_type\": \"serial\"", "gc = match platform"),
    ("tradestream", "bazel/platforms/defs.bzl", "scipy_arm64", "when platform == arm64 { labels +="),
    ("tradestream", "bazel/platforms/defs.bzl", "python:numpy", "labels = [\"//third_party/python:numpy\""),
];

#[test]
fn lines_name_the_declaration_behind_them() {
    let told: BTreeMap<&str, Vec<Value>> = EXAMPLES.iter().map(|e| (*e, lines(e))).collect();
    let mut wrong = String::new();
    for (example, file, part, source) in SPOTS {
        let path = format!("generated/{file}");
        let line = told[example].iter().find(|l| text(l, "file") == path && text(l, "text").contains(part));
        let Some(line) = line else {
            writeln!(wrong, "{example}: no line of {path} has `{part}`").unwrap();
            continue;
        };
        let found = text(&line["causes"][0]["place"], "source");
        if !found.contains(source) {
            writeln!(
                wrong,
                "{path}:{} `{part}` is told to come from `{found}`, not `{source}`",
                line["line"]
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The output lines that source lines reach, and what was told of each.
fn impacts(example: &str, places: &[&str]) -> Vec<(BTreeSet<(String, u64)>, Value)> {
    let arguments = ["impact", "--format", "json"].iter().chain(places);
    let ran = platc(&folder(example), arguments).expect(0);
    let read = |line: &str| {
        let told: Value = serde_json::from_str(line).expect("JSON");
        let mut reached = BTreeSet::new();
        for range in told["reached"].as_array().expect("a list") {
            let (first, last) = (range["line"].as_u64().unwrap(), range["end_line"].as_u64().unwrap());
            reached.extend((first..=last).map(|n| (text(range, "file").to_owned(), n)));
        }
        (reached, told)
    };
    ran.stdout.lines().map(read).collect()
}

fn impact(example: &str, place: &str) -> (BTreeSet<(String, u64)>, Value) {
    impacts(example, &[place]).remove(0)
}

#[test]
fn what_explain_names_impact_reaches() {
    for example in EXAMPLES {
        let mut by_source: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
        for line in &lines(example) {
            for cause in line["causes"].as_array().expect("a list") {
                let place = &cause["place"];
                let source = format!("{}:{}", text(place, "file"), place["line"]);
                let output = (text(line, "file").to_owned(), line["line"].as_u64().unwrap());
                by_source.entry(source).or_default().push(output);
            }
        }
        assert!(by_source.len() > 20, "{example}: {}", by_source.len());
        let sources: Vec<&str> = by_source.keys().map(String::as_str).collect();
        for ((source, outputs), (reached, _)) in by_source.iter().zip(impacts(example, &sources)) {
            for output in outputs {
                assert!(
                    reached.contains(output),
                    "{example}: {source} is behind {output:?}, but does not reach it"
                );
            }
        }
    }
}

/// Example, source line, files that it reaches with a part of a line in each, and files that it does not reach.
type Reach = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

const REACHES: &[Reach] = &[
    // A constant.
    (
        "fastapi",
        "main.plat:12",
        &[
            ("docker/api/Dockerfile", "EXPOSE 8000"),
            ("docker/api/Dockerfile", "\"--port\", \"8000\""),
            ("kubernetes/prod/api.yaml", "containerPort: 8000"),
            ("kubernetes/dev/api.yaml", "port: 8000"),
        ],
        &["kubernetes/prod/db.yaml", "kubernetes/prod/redis.yaml", "bazel/platforms/BUILD.bazel"],
    ),
    (
        "tradestream",
        "main.plat:6",
        &[
            ("docker/docker-bake.json", "docker.io/tradestreamhq/candle-ingestor"),
            ("kubernetes/prod/strategy-engine.yaml", "image: docker.io/tradestreamhq"),
            ("bazel/platforms/docker.bzl", "docker.io/tradestreamhq"),
            ("bazel/platforms/README.md", "docker.io/tradestreamhq"),
        ],
        &["kubernetes/prod/namespace.yaml", "bazel/platforms/defs.bzl"],
    ),
    // An argument of a recipe.
    (
        "fastapi",
        "main.plat:16",
        &[("docker/api/Dockerfile", "COPY requirements.txt"), ("docker/api/Dockerfile", "pip install")],
        &["kubernetes/prod/api.yaml"],
    ),
    (
        "fastapi",
        "main.plat:15",
        &[("docker/api/Dockerfile", "AS build"), ("docker/api/Dockerfile", "AS runtime")],
        &["kubernetes/prod/api.yaml"],
    ),
    // A layer of a profile, and what is derived from it.
    (
        "tradestream",
        "profiles.plat:6",
        &[
            ("bazel/platforms/defs.bzl", "\"2Gi\""),
            ("bazel/platforms/defs.bzl", "-Xmx1024m"),
            ("kubernetes/prod/strategy-engine.yaml", "memory: 2Gi"),
            ("kubernetes/prod/strategy-engine.yaml", "-Xmx1024m"),
        ],
        &["docker/candle-ingestor/Dockerfile", "kubernetes/prod/namespace.yaml"],
    ),
    // The body of a `when`.
    (
        "tradestream",
        "profiles.plat:14",
        &[
            ("kubernetes/prod/candle-ingestor.yaml", "memory: 512Mi"),
            ("bazel/platforms/defs.bzl", "-Xmx256m"),
        ],
        &["docker/docker-bake.json"],
    ),
    // A platform.
    (
        "tradestream",
        "platforms.plat:16",
        &[("bazel/platforms/BUILD.bazel", "armv7-a+neon"), ("bazel/platforms/defs.bzl", "armv7-a")],
        &["docker/strategy-engine/Dockerfile"],
    ),
    // An environment.
    (
        "tradestream",
        "platforms.plat:20",
        &[("kubernetes/staging/namespace.yaml", "name: tradestream-staging")],
        &["kubernetes/prod/namespace.yaml", "kubernetes/prod/candle-ingestor.yaml"],
    ),
    // A step, a field of a workload, a secret, a dependency.
    (
        "tradestream",
        "main.plat:33",
        &[("docker/candle-ingestor/Dockerfile", "libopenblas0 ;;")],
        &["kubernetes/prod/candle-ingestor.yaml"],
    ),
    (
        "tradestream",
        "main.plat:53",
        &[("kubernetes/prod/candle-ingestor.yaml", "replicas: 3")],
        &["docker/docker-bake.json"],
    ),
    (
        "tradestream",
        "main.plat:8",
        &[
            ("kubernetes/prod/kustomization.yaml", "sentry: dsn"),
            ("kubernetes/prod/candle-ingestor.yaml", "SENTRY_DSN"),
        ],
        &["kubernetes/prod/strategy-engine.yaml"],
    ),
    (
        "tradestream",
        "profiles.plat:35",
        &[("bazel/platforms/defs.bzl", "scipy_arm64")],
        &["kubernetes/prod/candle-ingestor.yaml"],
    ),
    // A doc comment.
    (
        "tradestream",
        "main.plat:10",
        &[
            ("docker/docker-bake.json", "\"description\": \"Reads candles"),
            ("docker/candle-ingestor/Dockerfile", "description=\"Reads candles"),
        ],
        &["docker/strategy-engine/Dockerfile", "kubernetes/prod/strategy-engine.yaml"],
    ),
    // A default of the standard library's prelude.
    (
        "fastapi",
        "project.plat:2",
        &[("kubernetes/prod/api.yaml", "part-of: fastapi")],
        &["docker/api/Dockerfile"],
    ),
];

#[test]
fn a_source_line_reaches_what_depends_on_it_and_nothing_else() {
    let mut wrong = String::new();
    for (example, place, reaches, not) in REACHES {
        let (reached, told) = impact(example, place);
        let texts: Vec<(String, String)> = told["reached"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|r| {
                let lines = r["text"].as_array().cloned().unwrap_or_default();
                let file = text(r, "file").to_owned();
                lines.into_iter().map(move |l| (file.clone(), l.as_str().unwrap_or("").to_owned()))
            })
            .collect();
        for (file, part) in *reaches {
            let path = format!("generated/{file}");
            if !texts.iter().any(|(f, t)| *f == path && t.contains(part)) {
                writeln!(wrong, "{example}: {place} does not reach `{part}` in {file}").unwrap();
            }
        }
        for file in *not {
            let path = format!("generated/{file}");
            if let Some((_, line)) = reached.iter().find(|(f, _)| *f == path) {
                writeln!(wrong, "{example}: {place} reaches {file}:{line}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn what_reaches_nothing_says_why() {
    let reasons = [
        ("tradestream", "main.plat:98", "test"),
        ("tradestream", "main.plat:99", "test"),
        ("tradestream", "main.plat:2", "import"),
        ("tradestream", "profiles.plat:1", "comment"),
        ("tradestream", "main.plat:5", "empty"),
        ("tradestream", "main.plat:49", "closes"),
    ];
    for (example, place, why) in reasons {
        let (reached, told) = impact(example, place);
        assert!(reached.is_empty(), "{place}: {reached:?}");
        assert!(text(&told, "reason").contains(why), "{place}: {told}");
    }
}

#[test]
fn a_file_may_be_named_in_several_ways_and_mistakes_are_told() {
    let example = folder("fastapi");
    let absolute = example.join("generated/docker/api/Dockerfile:24");
    let below = example.join("generated/docker");
    let ask = |cwd: &PathBuf, what: &str| platc(cwd, ["explain", what]);
    let first = ask(&example, "generated/docker/api/Dockerfile:24").expect(0).stdout;
    assert!(first.contains("ports") && first.contains("main.plat:18:10"), "{first}");
    for (cwd, what) in [
        (&example, absolute.to_str().unwrap()),
        (&example, "docker/api/Dockerfile:24"),
        (&below, "api/Dockerfile:24"),
    ] {
        let told = ask(cwd, what).expect(0).stdout;
        assert!(told.contains("EXPOSE 8000") && told.contains("main.plat:18:10"), "{what}: {told}");
    }
    let told = ask(&example, "generated/docker/api/Dockerfil:24").expect(2).stderr;
    assert!(told.contains("did you mean `generated/docker/api/Dockerfile`"), "{told}");
    let told = ask(&example, "generated/docker/api/Dockerfile:999").expect(2).stderr;
    assert!(told.contains("has 27 lines"), "{told}");
}

#[test]
fn a_file_that_was_changed_by_hand_is_told_and_still_explained() {
    let scratch = plat_tests::scratch::Scratch::new("stale");
    scratch.write("main.plat", "let size = 2\nemit \"size.json\" = { size = size }\n");
    platc(scratch.path(), ["compile", "--quiet"]).expect(0);
    let told = platc(scratch.path(), ["explain", "generated/size.json:2"]).expect(0).stdout;
    assert!(told.contains("main.plat:2") && !told.contains("note:"), "{told}");
    scratch.write("generated/size.json", "{}\n");
    let told = platc(scratch.path(), ["explain", "generated/size.json:2"]).expect(0).stdout;
    assert!(told.contains("main.plat:2") && told.contains("note: the file on the disk"), "{told}");
}

#[test]
fn a_value_is_told_with_its_layers_and_its_inputs() {
    let example = folder("tradestream");
    let ask = |arguments: &[&str]| {
        let all = ["explain"].iter().chain(arguments);
        platc(&example, all).expect(0).stdout
    };
    let told = ask(&["resources.standard.limits.memory"]);
    assert!(told.contains("= 2Gi  (on amd64)") && told.contains("= 512Mi  (on armv7)"), "{told}");
    assert!(told.contains("in a `when` that does not hold here at profiles.plat:14"), "{told}");
    assert!(told.contains("* 3. set by standard in a `when` at profiles.plat:10"), "{told}");
    let told = ask(&["memory.java.footprint", "--on", "armv7"]);
    assert!(
        told.contains("memory.java.heap = 256Mi") && told.contains("std/prelude/resources.plat"),
        "{told}"
    );
    let told = ask(&["memory.java.heap", "--deep", "--on", "arm64"]);
    assert!(told.contains("resources.standard.limits.memory = 1Gi"), "{told}");
    assert!(ask(&["registry"]).contains("main.plat:6:5"));
    let told = ask(&["image.candle-ingestor.stages.runtime.steps[0].packages", "--on", "armv7"]);
    assert!(told.contains("[\"libopenblas0\"]"), "{told}");
    let told = ask(&["image.candle-ingestor.labels[\"org.opencontainers.image.title\"]", "--format", "json"]);
    let told: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(told["value"], "\"candle-ingestor\"");
    assert_eq!(told["layers"][0]["wins"], true);
}

#[test]
fn what_is_not_set_is_told_and_what_is_read_twice_is_told_once() {
    let scratch = plat_tests::scratch::Scratch::new("unset");
    scratch.write(
        "main.plat",
        "kind box {\n  size?: int\n  scale?: { max: int, min?: int }\n  half: int = self.base + self.base\n  base: int = 2\n}\n\
         environment prod {}\nenvironment staging {}\n\
         box a { when env == prod { scale = { max = 3 } } }\nemit \"a.json\" = { half = box.a.half }\n",
    );
    let ask = |arguments: &[&str]| {
        let all = ["explain"].iter().chain(arguments);
        platc(scratch.path(), all).expect(0).stdout
    };
    let told = ask(&["box.a.size"]);
    assert!(told.contains("box.a.size = unset: nothing sets it"), "{told}");
    assert!(told.contains("declared by the kind box at main.plat:2:3"), "{told}");
    assert!(ask(&["box.a.scale.min", "--in", "prod"]).contains("unset: nothing sets it"));
    let told = ask(&["box.a.scale.max", "--in", "staging"]);
    assert!(told.contains("box.a.scale.max = unset: `box.a.scale` is unset"), "{told}");
    let told = ask(&["box.a.scale.max"]);
    assert!(told.contains("= 3  (in prod)") && told.contains("is unset  (in staging)"), "{told}");
    let told = ask(&["box.a.half"]);
    assert_eq!(told.matches("self.base = 2").count() + told.matches("box.a.base = 2").count(), 1, "{told}");
    let told = ask(&["generated/a.json:2"]);
    assert!(told.contains("emit \"a.json\"") && !told.contains("the project's name"), "{told}");
    platc(scratch.path(), ["explain", "box.a.sizes"]).expect(2);
}
