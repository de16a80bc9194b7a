//! `platc verify`: every example and every program of the suite that compiles agrees with its artefacts, and a change of
//! any kind of fact is found, with the line that was changed.

use std::path::Path;
use std::sync::OnceLock;

use plat_driver::{DiskWorld, Goal, Outcome, Request, Stdlib, run};
use plat_tests::fleet::{self, Layout};
use plat_tests::platc::platc;
use plat_tests::scratch::Scratch;
use plat_tests::{examples, root, tree};
use plat_verify::{Artefact, Certificate, FactKind};

/// An example with its domain and the texts that a compile would write.
fn outcome(folder: &Path) -> Outcome {
    let request = Request::new(Goal::Verify, folder);
    let outcome = run(&DiskWorld, &Stdlib::embedded(), &request).expect("it can be read");
    assert!(!outcome.has_errors(), "{:?}", outcome.diagnostics);
    outcome
}

fn fastapi() -> &'static Outcome {
    static FASTAPI: OnceLock<Outcome> = OnceLock::new();
    FASTAPI.get_or_init(|| outcome(&examples::folder("fastapi")))
}

fn tradestream() -> &'static Outcome {
    static TRADESTREAM: OnceLock<Outcome> = OnceLock::new();
    TRADESTREAM.get_or_init(|| outcome(&examples::folder("tradestream")))
}

/// Judges the texts, with that of one file replaced.
fn judged(outcome: &Outcome, file: &str, text: Option<&str>) -> Certificate {
    let artefacts = outcome.files.iter().map(|f| Artefact {
        path: &f.path,
        target: &f.target,
        text: if f.path == file { text } else { Some(&f.text) },
    });
    let artefacts: Vec<Artefact<'_>> = artefacts.collect();
    plat_verify::verify(outcome.project.as_ref().expect("it was kept"), &artefacts)
}

fn intact(outcome: &Outcome) -> Certificate {
    judged(outcome, "", None)
}

#[test]
fn the_examples_agree() {
    let least = [
        (
            fastapi(),
            "fastapi",
            350,
            vec![(FactKind::Port, 25), (FactKind::User, 20), (FactKind::Quantity, 25)],
        ),
        (
            tradestream(),
            "tradestream",
            650,
            vec![
                (FactKind::Port, 40),
                (FactKind::User, 40),
                (FactKind::Quantity, 90),
                (FactKind::Architecture, 120),
                (FactKind::Image, 25),
                (FactKind::Variable, 20),
                (FactKind::Health, 60),
                (FactKind::Replicas, 50),
                (FactKind::Selector, 40),
                (FactKind::Name, 100),
                (FactKind::Flag, 18),
                (FactKind::Dependency, 16),
            ],
        ),
    ];
    for (outcome, name, facts, kinds) in least {
        let certificate = intact(outcome);
        let wrong: Vec<_> = certificate.disagreements().collect();
        assert!(certificate.agrees(), "{name}: {wrong:#?} {:?}", certificate.unreadable);
        assert!(certificate.facts.len() >= facts, "{name}: {} facts", certificate.facts.len());
        assert!(certificate.unread.is_empty() && certificate.artefacts.len() == outcome.files.len());
        for (kind, least) in kinds {
            assert!(certificate.count(kind) >= least, "{name}: {kind}: {}", certificate.count(kind));
        }
        let placed = certificate.facts.iter().filter(|f| f.origin.is_some()).count();
        assert!(placed * 10 >= certificate.facts.len() * 8, "{name}: {placed} facts know their source");
    }
}

#[test]
fn what_is_on_disk_agrees() {
    for name in examples::names() {
        let ran = platc(&examples::folder(&name), ["verify"]).expect(0);
        assert!(ran.stdout.contains("all agree with the program"), "{}", ran.stdout);
    }
}

#[test]
fn a_fleet_agrees() {
    let scratch = Scratch::new("verify-fleet");
    fleet::write(12, Layout::Split, scratch.path()).expect("written");
    let certificate = intact(&outcome(scratch.path()));
    assert!(certificate.agrees(), "{:#?}", certificate.disagreements().collect::<Vec<_>>());
    assert!(certificate.facts.len() > 1500, "{} facts", certificate.facts.len());
}

/// Programs with errors write nothing; the others are certified.
#[test]
fn the_programs_of_the_suite_agree() {
    let mut certified = 0;
    for file in tree::matching(&root().join("tests/suite"), |f| f.extension().is_some_and(|e| e == "plat")) {
        let folder = file.parent().expect("a file lies in a folder");
        let mut request = Request::new(Goal::Verify, folder);
        request.paths = vec![file.clone()];
        let Ok(outcome) = run(&DiskWorld, &Stdlib::embedded(), &request) else { continue };
        if outcome.has_errors() {
            continue;
        }
        let certificate = intact(&outcome);
        let wrong: Vec<_> = certificate.disagreements().collect();
        assert!(certificate.agrees(), "{}: {wrong:#?}", file.display());
        certified += 1;
    }
    assert!(certified >= 15, "{certified} programs");
}

/// A program with what the examples do not have.
#[test]
fn everything_that_a_workload_can_have_agrees() {
    let outcome = rich();
    let certificate = intact(outcome);
    let wrong: Vec<_> = certificate.disagreements().collect();
    assert!(certificate.agrees(), "{wrong:#?} {:?}", certificate.unreadable);
    for kind in [FactKind::Schedule, FactKind::Volume, FactKind::Command] {
        assert!(certificate.count(kind) >= 3, "{kind}: {}", certificate.count(kind));
    }
}

fn rich() -> &'static Outcome {
    static RICH: OnceLock<Outcome> = OnceLock::new();
    RICH.get_or_init(|| {
        let scratch = Scratch::new("verify-rich");
        scratch.write("main.plat", RICH_PROGRAM);
        outcome(scratch.path())
    })
}

const RICH_PROGRAM: &str = r#"
use std.images
use std.platforms

platform amd64 extends platforms.linux-amd64 {}
platform armv7 extends platforms.linux-arm-v7 {}
environment prod {
  namespace = "shop"
  registry = "mirror.example.com/"
  pull-secrets = ["mirror"]
  quota { requests { cpu = 7500m, memory = 8Gi, ephemeral-storage = 20G }, limits { memory = 12Gi }, pods = 40 }
  limit-range {
    min { memory = 8Mi }
    max { memory = 4Gi, ephemeral-storage = 2G }
    default-limits { memory = 128Mi }
    default-requests { cpu = 10m }
  }
}
output kubernetes { gateway = "infra/public" }
output docker {}
output bazel { package = "build/platforms" }

credentials db { password = secret() }
config app { greeting = "it's $(not) a $$ 'variable'", flag = "no" }

image web {
  registry = "registry.example.com"
  tag = "1.0"
  user = { name = "web", uid = 10001 }
  ports { http = 8080 }
  env { GREETING = "costs $5 \\ \"now\"", LEVEL = match platform { amd64 => "3", armv7 => "1" } }
  stages {
    build { from = images.debian("13-slim"), steps = [run("make \(platform.arch)")] }
    runtime { from = images.debian("13-slim"), steps = [apt(["curl"]), copy-from("build", "/out", to = "/srv")] }
  }
  entrypoint = ["/srv/web"]
  cmd = ["--greet", "a b"]
  health = http("/it", port = self.ports.http, every = 90s)
}

service web {
  image = web
  ports { http = 8080, metrics = 9090 }
  args = ["--say", "$(PRICE) $$5"]
  env {
    URL = "postgres://app:\(credentials.db.password)@db/$(x)"
    GREETING = config.app.greeting
    NO = "no"
    COUNT = 3
  }
  health {
    live = http("/live", port = self.ports.http, every = 10s)
    ready = tcp(port = 9090)
    start = command(["true"], retries = 30)
  }
  resources { requests { cpu = 250m, memory = 96Mi, ephemeral-storage = 1G }, limits { memory = 128Mi } }
  volumes {
    cache = scratch(mount = "/cache", size = 64Mi, in-memory = true)
    settings = config-files(config.app, mount = "/etc/app")
  }
  replicas = 3
  grace = 45s
  expose { port = 80, to = 8080, host = "shop.example.com" }
  network {}
  needs = [stateful.db]
}

stateful db {
  image = images.postgres("17")
  ports { postgres = 5432 }
  env { POSTGRES_PASSWORD = credentials.db.password }
  storage { data { size = 10Gi, mount = "/var/lib/postgresql/data" } }
  resources { requests { cpu = 250m, memory = 512Mi }, limits { memory = 1Gi } }
  network {}
}

daemon agent {
  image = images.busybox("1.37")
  command = ["sleep", "infinity"]
  security { user = 65534 }
  resources { requests { cpu = 10m, memory = 16Mi } }
}

schedule report {
  image = images.busybox("1.37")
  command = ["echo", "$HOME"]
  cron = "15 3 * * *"
  security { user = 65534 }
  deadline = 1h
  resources { requests { cpu = match platform { amd64 => 100m, armv7 => 200m }, memory = 16Mi } }
}
"#;

/// Which example, which file, what is replaced (the first occurrence) by what, and the kind of fact that it is.
type Mutation = (fn() -> &'static Outcome, &'static str, &'static str, &'static str, FactKind);

const K: &str = "kubernetes/prod/api.yaml";
const DB: &str = "kubernetes/prod/db.yaml";
const T: &str = "kubernetes/prod/strategy-engine.yaml";
const D: &str = "docker/api/Dockerfile";
const BAKE: &str = "docker/docker-bake.json";
const DEFS: &str = "bazel/platforms/defs.bzl";

#[rustfmt::skip]
const MUTATIONS: &[Mutation] = &[
    (fastapi, K, "containerPort: 8000", "containerPort: 8001", FactKind::Port),
    (fastapi, K, "containerPort: 8000", "containerPort: \"8000\"", FactKind::Port),
    (fastapi, K, "- name: http\n      port: 80", "- name: http\n      port: 81", FactKind::Port),
    (fastapi, K, "targetPort: http", "targetPort: htp", FactKind::Port),
    (fastapi, K, "              path: /health\n              port: 8000", "              path: /health\n              port: 8001", FactKind::Port),
    (fastapi, K, "                port:\n                  name: http", "                port:\n                  number: 8080", FactKind::Port),
    (fastapi, D, "EXPOSE 8000", "EXPOSE 8001", FactKind::Port),
    (fastapi, D, "EXPOSE 8000", "EXPOSE 8000 9000", FactKind::Port),
    (fastapi, D, "127.0.0.1:8000", "127.0.0.1:8001", FactKind::Port),
    (fastapi, "bazel/platforms/docker.bzl", "8000/tcp", "8001/tcp", FactKind::Port),
    (fastapi, K, "runAsUser: 1000", "runAsUser: 1001", FactKind::User),
    (fastapi, K, "runAsUser: 1000", "runAsUser: app", FactKind::User),
    (fastapi, DB, "fsGroup: 70\n", "fsGroup: 0\n", FactKind::User),
    (fastapi, D, "USER 1000:1000", "USER app", FactKind::User),
    (fastapi, D, "USER 1000:1000\n", "", FactKind::User),
    (fastapi, D, "useradd --no-log-init --uid 1000", "useradd --no-log-init --uid 1001", FactKind::User),
    (fastapi, D, "--chown=1000:1000", "--chown=0:0", FactKind::User),
    (fastapi, "bazel/platforms/docker.bzl", "\"1000:1000\"", "\"0:0\"", FactKind::User),
    (fastapi, K, "memory: 512Mi", "memory: 512M", FactKind::Quantity),
    (fastapi, K, "cpu: 250m", "cpu: 250", FactKind::Quantity),
    (fastapi, K, "              cpu: 500m\n", "", FactKind::Quantity),
    (fastapi, DB, "storage: 10Gi", "storage: 11Gi", FactKind::Quantity),
    (tradestream, DEFS, "\"memory\": \"2Gi\"", "\"memory\": \"2G\"", FactKind::Quantity),
    (tradestream, DEFS, "\"heap_size\": \"1g\"", "\"heap_size\": \"2g\"", FactKind::Quantity),
    (tradestream, DEFS, "\"cpu\": 80.0", "\"cpu\": 81.0", FactKind::Quantity),
    (tradestream, "bazel/platforms/platform_monitor.py", "\"disk\": 90.0", "\"disk\": 95.0", FactKind::Quantity),
    (fastapi, K, "                      - arm64\n", "", FactKind::Architecture),
    (fastapi, K, "                      - arm64\n", "                      - arm\n", FactKind::Architecture),
    (tradestream, T, "X86_64_V3", "X86_64_V2", FactKind::Architecture),
    (fastapi, BAKE, "\"linux/arm64\"", "\"linux/arm/v7\"", FactKind::Architecture),
    (tradestream, "docker/candle-ingestor/Dockerfile", "linux/arm/v7)", "linux/arm/v6)", FactKind::Architecture),
    (tradestream, "bazel/platforms/BUILD.bazel", "\"@platforms//cpu:armv7\"", "\"@platforms//cpu:armv6-m\"", FactKind::Architecture),
    (tradestream, DEFS, "\"triplet\": \"arm-linux-gnueabihf\"", "\"triplet\": \"arm-linux-gnueabi\"", FactKind::Architecture),
    (tradestream, "bazel/platforms.bazelrc", "--platforms=//platforms:linux_arm64", "--platforms=//platforms:linux_amd64", FactKind::Architecture),
    (tradestream, "bazel/platforms/platform_monitor.py", "\"word_bits\": 32", "\"word_bits\": 64", FactKind::Architecture),
    (fastapi, K, "image: ghcr.io/org/api:1.0.0", "image: ghcr.io/org/api:1.0.1", FactKind::Image),
    (fastapi, BAKE, "ghcr.io/org/api:1.0.0", "ghcr.io/org/api:latest", FactKind::Image),
    (fastapi, D, "FROM python:3.11-slim AS runtime", "FROM python:3.12-slim AS runtime", FactKind::Image),
    (fastapi, D, "FROM python:3.11-slim AS build", "FROM python:3.12-slim AS build", FactKind::Image),
    (fastapi, "bazel/platforms.MODULE.bazel", "tag = \"3.11-slim\"", "tag = \"3.12-slim\"", FactKind::Image),
    (fastapi, "bazel/platforms/docker.bzl", "\"tags\": [\"1.0.0\"]", "\"tags\": [\"1.0.1\"]", FactKind::Image),
    (fastapi, K, "name: REDIS_URL", "name: REDIS", FactKind::Variable),
    (fastapi, K, "value: \"false\"", "value: \"true\"", FactKind::Variable),
    (fastapi, K, "value: \"false\"", "value: false", FactKind::Variable),
    (fastapi, K, "key: database-url", "key: database", FactKind::Variable),
    (fastapi, "kubernetes/prod/config-api-config.yaml", "redis://redis:6379", "redis://redis:6380", FactKind::Variable),
    (fastapi, "kubernetes/prod/config-api-config.yaml", "redis-url:", "redis:", FactKind::Variable),
    (fastapi, D, "PYTHONUNBUFFERED=1", "PYTHONUNBUFFERED=0", FactKind::Variable),
    (tradestream, T, "-Xmx1024m", "-Xmx2048m", FactKind::Variable),
    (fastapi, K, "path: /ready", "path: /", FactKind::Health),
    (fastapi, K, "periodSeconds: 10", "periodSeconds: 100", FactKind::Health),
    (fastapi, D, "--interval=30s", "--interval=300s", FactKind::Health),
    (fastapi, D, "8000/health'", "8000/'", FactKind::Health),
    (fastapi, DB, "- pg_isready", "- pg_ready", FactKind::Health),
    (fastapi, D, "\"main:app\"", "\"main:api\"", FactKind::Command),
    (tradestream, "kubernetes/prod/candle-ingestor.yaml", "replicas: 3", "replicas: 2", FactKind::Replicas),
    (fastapi, K, "maxReplicas: 10", "maxReplicas: 100", FactKind::Replicas),
    (fastapi, K, "averageUtilization: 70", "averageUtilization: 7", FactKind::Replicas),
    (fastapi, K, "  maxUnavailable: 1\n", "  maxUnavailable: 2\n", FactKind::Replicas),
    (tradestream, T, "    kind: Deployment\n    name: strategy-engine-amd64", "    kind: Deployment\n    name: strategy-engine-arm64", FactKind::Replicas),
    (fastapi, K, "  selector:\n    app.kubernetes.io/name: api", "  selector:\n    app.kubernetes.io/name: redis", FactKind::Selector),
    (tradestream, T, "      app.kubernetes.io/instance: strategy-engine-amd64\n  strategy", "      app.kubernetes.io/instance: strategy-engine-arm64\n  strategy", FactKind::Selector),
    (fastapi, K, "namespace: default", "namespace: dev", FactKind::Name),
    (fastapi, K, "- host: api.example.com", "- host: api.example.org", FactKind::Name),
    (fastapi, K, "serviceAccountName: api", "serviceAccountName: default", FactKind::Name),
    (fastapi, "kubernetes/prod/kustomization.yaml", "  - api.yaml\n", "", FactKind::Name),
    (fastapi, DB, "mountPath: /var/lib/postgresql/data", "mountPath: /data", FactKind::Volume),
    (tradestream, DEFS, "\"-O3\"", "\"-O2\"", FactKind::Flag),
    (tradestream, DEFS, "third_party/python:numpy", "third_party/python:numpi", FactKind::Dependency),
    (rich, "kubernetes/prod/web.yaml", "$(DB_PASSWORD)@", "$(PASSWORD)@", FactKind::Variable),
    (rich, "kubernetes/prod/web.yaml", "value: \"no\"", "value: no", FactKind::Variable),
    (rich, "kubernetes/prod/web.yaml", "sizeLimit: 64Mi", "sizeLimit: 64M", FactKind::Quantity),
    (rich, "kubernetes/prod/web.yaml", "terminationGracePeriodSeconds: 45", "terminationGracePeriodSeconds: 30", FactKind::Quantity),
    (rich, "kubernetes/prod/quota.yaml", "requests.cpu: 7500m", "requests.cpu: 7500", FactKind::Quantity),
    (rich, "kubernetes/prod/quota.yaml", "    limits.memory: 12Gi\n", "", FactKind::Quantity),
    (rich, "kubernetes/prod/quota.yaml", "pods: \"40\"", "pods: \"4\"", FactKind::Quantity),
    (rich, "kubernetes/prod/limit-range.yaml", "memory: 4Gi", "memory: 4G", FactKind::Quantity),
    (rich, "kubernetes/prod/limit-range.yaml", "defaultRequest", "defaultrequest", FactKind::Quantity),
    (rich, "kubernetes/prod/report.yaml", "15 3 * * *", "15 4 * * *", FactKind::Schedule),
    (rich, "kubernetes/prod/report.yaml", "cpu: 200m", "cpu: 100m", FactKind::Quantity),
    (rich, "kubernetes/prod/web.yaml", "- name: mirror", "- name: other", FactKind::Name),
    (rich, "docker/web/Dockerfile", "LEVEL=3", "LEVEL=4", FactKind::Variable),
    (rich, "docker/web/Dockerfile", "AS armv7-runtime", "AS arm-runtime", FactKind::Architecture),
];

#[test]
fn every_change_of_a_fact_is_found_where_it_was_made() {
    let mut missed = Vec::new();
    for (of, file, from, to, kind) in MUTATIONS {
        let outcome = of();
        let text = outcome.files.iter().find(|f| f.path == *file).map(|f| f.text.as_str());
        let text = text.unwrap_or_else(|| panic!("there is no {file}"));
        let at = text.find(from).unwrap_or_else(|| panic!("{file} has no {from:?}:\n{text}"));
        // The line of what differs, which may come after a context that only finds the place.
        let same = from.bytes().zip(to.bytes()).take_while(|(a, b)| a == b).count();
        let line = 1 + text[..at + same].matches('\n').count() as u32;
        let changed = text.replacen(from, to, 1);
        let certificate = judged(outcome, file, Some(&changed));
        let wrong: Vec<_> = certificate.disagreements().collect();
        let found = wrong.iter().any(|f| {
            let near = f.line == line || f.found.is_none() || to.is_empty() || f.line + 2 >= line;
            f.kind == *kind && f.file == *file && near && f.line <= line + 4
        });
        // What is one change is not told as something else, but what depends on it may be.
        if !found || wrong.len() > 8 || wrong.iter().any(|f| f.origin.is_none() && f.kind != FactKind::Name) {
            let told: Vec<_> =
                wrong.iter().map(|f| (f.kind, f.line, &f.what, &f.found, &f.declared)).collect();
            missed.push(format!("{file}:{line}: {from:?} → {to:?} ({kind}): {told:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_file_that_cannot_be_read_is_one_disagreement() {
    for (file, text) in [
        (K, "a: [\n"),
        (K, "a: 1\na: 2\n"),
        (D, "RUN before any stage\n"),
        (BAKE, "{,}"),
        (DEFS, "A = [\n"),
        ("bazel/platforms/platform_monitor.py", "A = {\n"),
    ] {
        let certificate = judged(fastapi(), file, Some(text));
        let files: Vec<&str> = certificate.unreadable.iter().map(|u| u.file.as_str()).collect();
        assert_eq!(files, [file], "{text}");
        let wrong: Vec<_> = certificate.disagreements().collect();
        assert!(wrong.is_empty(), "{file}: {wrong:#?}");
        assert!(!certificate.agrees());
    }
    let certificate = judged(fastapi(), K, None);
    assert_eq!(certificate.unreadable[0].reason, "it is not there");
    assert_eq!(certificate.disagreements().count(), 0);
}

#[test]
fn the_command_tells_the_line_and_the_declaration() {
    let scratch = Scratch::new("verify");
    tree::copy(&examples::folder("fastapi"), scratch.path());
    let file = scratch.path().join("generated/kubernetes/prod/api.yaml");
    let text = std::fs::read_to_string(&file).expect("it is there");
    std::fs::write(&file, text.replace("containerPort: 8000", "containerPort: 8001")).expect("written");
    let line = 1 + text[..text.find("containerPort").expect("it has one")].matches('\n').count();
    let ran = platc(scratch.path(), ["verify", "--format", "short"]).expect(1);
    let said = format!(
        "`generated/kubernetes/prod/api.yaml:{line}`: container port `http` of service `api` in prod is 8001, but the program says 8000"
    );
    assert!(ran.stderr.contains(&said) && ran.stderr.contains("main.plat:"), "{}", ran.stderr);
    assert!(ran.stderr.contains("error[disagreement]"), "{}", ran.stderr);
    platc(scratch.path(), ["verify", "--emitted"]).expect(0);

    let ran = platc(scratch.path(), ["verify", "--format", "json"]).expect(1);
    let first: serde_json::Value =
        serde_json::from_str(ran.stdout.lines().next().unwrap_or_default()).expect("one object per line");
    assert_eq!((first["code"].as_str(), first["file"].as_str()), (Some("disagreement"), Some("main.plat")));
    let last = ran.stdout.lines().last().unwrap_or_default();
    let certificate: serde_json::Value = serde_json::from_str(last).expect("one object per line");
    assert_eq!(
        (certificate["certificate"].as_i64(), certificate["agrees"].as_bool()),
        (Some(1), Some(false))
    );
    let facts = certificate["facts"].as_array().expect("a list");
    assert_eq!(
        certificate["counts"]["port"].as_u64().unwrap_or(0) as usize,
        facts.iter().filter(|f| f["kind"] == "port").count()
    );
    let wrong: Vec<_> = facts.iter().filter(|f| f["agrees"] == false).collect();
    assert_eq!(wrong[0]["found"], "8001");
    assert_eq!(wrong[0]["artefact_line"], line);

    let ran = platc(scratch.path(), ["verify", "--facts", "-q", "--format", "short"]).expect(1);
    assert!(ran.stdout.lines().count() > 350, "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains(": port: container port `http` of service `api` in prod is 8001, not 8000 (main.plat:")
    );
}

#[test]
fn nothing_to_verify_is_told() {
    let scratch = Scratch::new("verify-nothing");
    scratch.write("main.plat", "use std.platforms\nplatform a extends platforms.linux-amd64 {}\n");
    let ran = platc(scratch.path(), ["verify"]).expect(3);
    assert!(
        ran.stderr.contains("nothing to verify") && ran.stderr.contains("platc compile"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_change_in_what_is_not_judged_is_told() {
    let scratch = Scratch::new("verify-changed");
    tree::copy(&examples::folder("fastapi"), scratch.path());
    let change = |file: &str, from: &str, to: &str| {
        let path = scratch.path().join("generated").join(file);
        let text = std::fs::read_to_string(&path).expect("it is there");
        assert!(text.contains(from), "{file} has no {from:?}");
        std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
        1 + text[..text.find(from).expect("it has one")].matches('\n').count()
    };
    let line = change("docker/api/Dockerfile", "EXPOSE", "RUN true\nEXPOSE");
    let ran = platc(scratch.path(), ["verify", "--format", "short"]).expect(1);
    let said = format!("`generated/docker/api/Dockerfile:{line}` differs from what platc would write");
    assert!(ran.stderr.contains("warning[disagreement]") && ran.stderr.contains(&said), "{}", ran.stderr);
    let closing = "1 file was changed in what is not judged: `platc compile --check` shows how";
    assert!(ran.stdout.contains(closing) && !ran.stdout.contains("all agree"), "{}", ran.stdout);
    let ran = platc(scratch.path(), ["verify", "--format", "json"]).expect(1);
    let certificate: serde_json::Value =
        serde_json::from_str(ran.stdout.lines().last().unwrap_or_default()).expect("one object per line");
    assert_eq!(certificate["agrees"], true);
    assert_eq!(certificate["changed"], serde_json::json!(["generated/docker/api/Dockerfile"]));

    // A file that disagrees is told once; one that is not there is written by a plain compile.
    change("docker/api/Dockerfile", "EXPOSE 8000", "EXPOSE 8001");
    let ran = platc(scratch.path(), ["verify", "--format", "short"]).expect(1);
    assert!(!ran.stderr.contains("warning[disagreement]"), "{}", ran.stderr);
    std::fs::remove_file(scratch.path().join("generated/docker/api/Dockerfile")).expect("removed");
    let ran = platc(scratch.path(), ["verify"]).expect(1);
    assert!(
        ran.stderr.contains("`platc compile` writes it") && !ran.stderr.contains("--force"),
        "{}",
        ran.stderr
    );
}
