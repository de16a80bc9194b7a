//! Small projects, built in code. The values are those that the two example programs have.

use plat_base::{Dimension, FileId, Quantity, Span};
use plat_model::*;
use std::sync::Arc;

/// An origin: one character at this offset.
pub(super) fn at(offset: usize) -> Origin {
    Some(Span::new(FileId(0), offset, offset + 1))
}

pub(super) fn text(value: &str, offset: usize) -> Sourced<String> {
    Sourced::new(value.to_owned(), at(offset))
}

pub(super) fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|v| (*v).to_owned()).collect()
}

pub(super) fn platform(oci: &str) -> Platform {
    let mut parts = oci.split('/').map(str::to_owned);
    let (os, arch) = (parts.next().unwrap(), parts.next().unwrap());
    let variant = parts.next().unwrap_or_default();
    Platform {
        name: format!("{arch}{variant}"),
        origin: at(1),
        doc: None,
        os,
        arch: arch.clone(),
        variant,
        oci: text(oci, 1),
        bazel_name: String::new(),
        bazel_os: String::new(),
        bazel_cpu: String::new(),
        gnu: String::new(),
        rust: Vec::new(),
        go: GoTarget { os: "linux".to_owned(), arch: arch.clone(), level: None },
        debian: String::new(),
        kubernetes_arch: arch,
        kubernetes_os: "linux".to_owned(),
        uname: Vec::new(),
        word_bits: 64,
        cpu: Cpu {
            name: "any".to_owned(),
            origin: None,
            is_baseline: true,
            features: Vec::new(),
            require: Vec::new(),
            tune: None,
            cflags: Vec::new(),
            rustflags: Vec::new(),
            node_labels: Vec::new(),
        },
        cflags: Sourced::new(Vec::new(), None),
        node: NodeSelection::default(),
    }
}

pub(super) fn platforms() -> Vec<Platform> {
    ["linux/amd64", "linux/arm64", "linux/arm/v7"].map(platform).to_vec()
}

pub(super) fn output() -> Output {
    Output { target: "docker".to_owned(), path: text("docker", 0), origin: None, options: Vec::new() }
}

pub(super) fn base(repository: &str, tag: &str, family: &str, commands: &[&str]) -> BaseImage {
    BaseImage {
        repository: repository.to_owned(),
        tag: tag.to_owned(),
        digest: None,
        platforms: Vec::new(),
        user: None,
        accounts: Vec::new(),
        commands: texts(commands),
        family: family.to_owned(),
        writes: Vec::new(),
        data: None,
    }
}

pub(super) fn user(name: &str, id: i64) -> User {
    User { name: name.to_owned(), uid: id, gid: id, exists: false }
}

pub(super) fn stage(name: &str, from: StageSource, steps: Vec<StepKind>) -> Stage {
    let steps = steps.into_iter().enumerate().map(|(n, kind)| Step { origin: at(100 + n), kind }).collect();
    Stage {
        name: name.to_owned(),
        origin: at(99),
        from: Sourced::new(from, at(98)),
        on_build_platform: false,
        steps,
    }
}

pub(super) fn python() -> StageSource {
    StageSource::Base(base("python", "3.13-slim", "debian", &["sh", "bash", "python"]))
}

pub(super) fn apt(packages: &[&str]) -> StepKind {
    StepKind::Apt { packages: texts(packages).into_iter().map(|p| Sourced::new(p, None)).collect() }
}

pub(super) fn run(command: &str) -> StepKind {
    StepKind::Run { command: command.to_owned(), caches: Vec::new(), secrets: Vec::new() }
}

pub(super) fn run_with(command: &str, target: &str, per_platform: bool) -> StepKind {
    let cache = CacheMount { target: target.to_owned(), per_platform, locked: false };
    StepKind::Run { command: command.to_owned(), caches: vec![cache], secrets: Vec::new() }
}

pub(super) fn copy(source: &str, to: &str) -> StepKind {
    StepKind::Copy { sources: texts(&[source]), to: to.to_owned(), owner: None, mode: None }
}

pub(super) fn copy_from(stage: &str, source: &str, to: &str) -> StepKind {
    let (stage, to) = (stage.to_owned(), to.to_owned());
    StepKind::CopyFrom { stage, sources: texts(&[source]), to, owner: None, mode: None }
}

pub(super) fn spec(stages: Vec<Stage>) -> ImageSpec {
    ImageSpec {
        labels: Vec::new(),
        env: Vec::new(),
        workdir: Some(text("/app", 20)),
        user: None,
        writes: Vec::new(),
        ports: Vec::new(),
        health: None,
        entrypoint: None,
        cmd: None,
        stop_signal: None,
        ignore: Vec::new(),
        stages,
    }
}

/// An image with its spec on each platform.
pub(super) fn image(name: &str, doc: &str, specs: Vec<ImageSpec>) -> Image {
    let mut table = PerContext::new(specs.len(), 1);
    let platforms = (0..specs.len()).collect();
    for (platform, spec) in specs.into_iter().enumerate() {
        table.set(platform, 0, Arc::new(spec));
    }
    Image {
        name: name.to_owned(),
        origin: at(10),
        doc: (!doc.is_empty()).then(|| doc.to_owned()),
        registry: None,
        repository: text(name, 10),
        tag: text("2.4.1", 11),
        reference: format!("docker.io/tradestreamhq/{name}:2.4.1"),
        platforms,
        environments: vec![0],
        platforms_origin: None,
        context: text(".", 12),
        spec: table,
    }
}

pub(super) fn project(platforms: Vec<Platform>, images: Vec<Image>) -> Project {
    Project { name: "shop".to_owned(), platforms, images, ..Project::default() }
}

pub(super) fn http(path: &str, port: i64) -> Sourced<Health> {
    let seconds = |n: i64| Some(Sourced::new(Quantity::whole(Dimension::Duration, n * 1000), at(31)));
    let health = Health {
        probe: Probe::Http { path: text(path, 30), port: Sourced::new(port, at(30)) },
        every: seconds(30),
        timeout: seconds(3),
        after: seconds(40),
        retries: Some(Sourced::new(3, at(31))),
    };
    Sourced::new(health, at(30))
}

fn labels(name: &str) -> Vec<(String, Sourced<String>)> {
    vec![
        ("org.opencontainers.image.title".to_owned(), text(name, 10)),
        ("org.opencontainers.image.version".to_owned(), text("2.4.1", 11)),
    ]
}

fn port(name: &str, number: i64) -> Port {
    Port { name: name.to_owned(), number: Sourced::new(number, at(25)) }
}

fn candle_ingestor(blas: &str) -> ImageSpec {
    let build = stage(
        "build",
        python(),
        vec![
            apt(&["libopenblas-dev", "liblapack-dev", "gfortran"]),
            copy("requirements.txt", "./"),
            run("pip install --no-cache-dir --prefix=/install -r requirements.txt"),
        ],
    );
    let runtime = stage(
        "runtime",
        python(),
        vec![
            apt(&[blas]),
            copy_from("build", "/install", "/usr/local"),
            copy("services/candle_ingestor", "/app/candle_ingestor"),
        ],
    );
    ImageSpec {
        labels: labels("candle-ingestor"),
        user: Some(Sourced::new(user("ingestor", 1000), at(22))),
        ports: vec![port("http", 8080)],
        health: Some(http("/healthz", 8080)),
        entrypoint: Some(Sourced::new(texts(&["python", "-m", "candle_ingestor"]), at(40))),
        ..spec(vec![build, runtime])
    }
}

fn strategy_engine() -> ImageSpec {
    let temurin = BaseImage {
        accounts: vec![user("ubuntu", 1000)],
        ..base("eclipse-temurin", "17-jre", "debian", &["sh", "bash", "curl", "wget"])
    };
    let jar = copy("strategy-engine.jar", "/app/strategy-engine.jar");
    ImageSpec {
        labels: labels("strategy-engine"),
        user: Some(Sourced::new(user("engine", 1000), at(22))),
        ports: vec![port("grpc", 50051)],
        entrypoint: Some(Sourced::new(texts(&["java", "-jar", "/app/strategy-engine.jar"]), at(40))),
        ..spec(vec![stage("runtime", StageSource::Base(temurin), vec![jar])])
    }
}

/// What `python.app(…)` makes.
fn api() -> ImageSpec {
    let python = || StageSource::Base(base("python", "3.11-slim", "debian", &["sh", "bash", "python"]));
    let path = ("PATH".to_owned(), "/opt/venv/bin:$PATH".to_owned());
    let flag = |name: &str| (name.to_owned(), "1".to_owned());
    let install = "pip install --disable-pip-version-check --requirement requirements.txt";
    let build = stage(
        "build",
        python(),
        vec![
            run("python -m venv /opt/venv"),
            StepKind::SetEnv(vec![path.clone()]),
            copy("requirements.txt", "./"),
            run_with(install, "/root/.cache/pip", true),
        ],
    );
    let runtime = stage(
        "runtime",
        python(),
        vec![
            StepKind::SetEnv(vec![path, flag("PYTHONDONTWRITEBYTECODE"), flag("PYTHONUNBUFFERED")]),
            copy_from("build", "/opt/venv", "/opt/venv"),
            copy(".", "./"),
        ],
    );
    let command = ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8000"];
    ImageSpec {
        labels: labels("api"),
        user: Some(Sourced::new(user("app", 1000), at(22))),
        ports: vec![port("http", 8000)],
        health: Some(http("/health", 8000)),
        cmd: Some(Sourced::new(texts(&command), at(40))),
        ..spec(vec![build, runtime])
    }
}

/// What `go.binary(…)` makes.
fn gateway() -> ImageSpec {
    let golang = StageSource::Base(base("golang", "1.27", "debian", &["sh", "bash", "curl", "wget"]));
    let arg = |name: &str| StepKind::Arg { name: name.to_owned(), default: None };
    let compile = "CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH GOARM=${TARGETVARIANT#v} \
                   go build -trimpath -ldflags='-s -w' -o /out/gateway ./cmd/gateway";
    let build = stage(
        "build",
        golang,
        vec![
            StepKind::Copy {
                sources: texts(&["go.mod", "go.sum"]),
                to: "./".to_owned(),
                owner: None,
                mode: None,
            },
            run_with("go mod download", "/go/pkg/mod", false),
            copy("cmd", "./cmd"),
            arg("TARGETOS"),
            arg("TARGETARCH"),
            arg("TARGETVARIANT"),
            run_with(compile, "/root/.cache/go-build", true),
        ],
    );
    let distroless = BaseImage {
        user: Some(user("nonroot", 65532)),
        ..base("gcr.io/distroless/static-debian13", "nonroot", "distroless", &[])
    };
    let program = copy_from("build", "/out/gateway", "/usr/local/bin/gateway");
    ImageSpec {
        user: Some(Sourced::new(user("nonroot", 65532), at(22))),
        entrypoint: Some(Sourced::new(texts(&["/usr/local/bin/gateway"]), at(40))),
        ..spec(vec![
            Stage { on_build_platform: true, ..build },
            stage("runtime", StageSource::Base(distroless), vec![program]),
        ])
    }
}

/// What `rust.binary(…)` makes: only the compilation differs.
fn matcher(target: &str) -> ImageSpec {
    let rust = StageSource::Base(base("rust", "1.98-slim", "debian", &["sh", "bash"]));
    let linkers = ["AARCH64_UNKNOWN_LINUX_GNU", "ARMV7_UNKNOWN_LINUX_GNUEABIHF"];
    let linker = |name: &&str| (format!("CARGO_TARGET_{name}_LINKER"), "gcc".to_owned());
    let compile = "cargo build --release --locked --target \"$(cat /target)\" --bin matcher \
                   && install -D \"target/$(cat /target)/release/matcher\" /out/matcher";
    let build = stage(
        "build",
        rust,
        vec![
            apt(&["gcc-aarch64-linux-gnu", "gcc-arm-linux-gnueabihf"]),
            StepKind::SetEnv(linkers.iter().map(linker).collect()),
            run(&format!("echo {target} > /target")),
            copy("src", "./src"),
            run_with(compile, "/app/target", true),
        ],
    );
    let distroless = base("gcr.io/distroless/cc-debian13", "nonroot", "distroless", &[]);
    ImageSpec {
        user: Some(Sourced::new(user("nonroot", 65532), at(22))),
        entrypoint: Some(Sourced::new(texts(&["/usr/local/bin/matcher"]), at(40))),
        ..spec(vec![
            Stage { on_build_platform: true, ..build },
            stage(
                "runtime",
                StageSource::Base(distroless),
                vec![copy_from("build", "/out/matcher", "/usr/local/bin/matcher")],
            ),
        ])
    }
}

/// Everything that a Dockerfile needs care for at once: Alpine, scripts, pipes, quoting, and an entrypoint and a
/// variable that differ.
fn odds(heap: &str, extra: &[&str]) -> ImageSpec {
    let alpine = || StageSource::Base(base("alpine", "3.22", "alpine", &["sh", "wget", "nc"]));
    let debian = StageSource::Base(base("debian", "13-slim", "debian", &["sh", "bash"]));
    let fetch = stage(
        "fetch",
        debian,
        vec![
            apt(&["curl", "xz-utils"]),
            run("curl -fsSL https://example.com/data.tar.xz | tar -xJ -C /srv"),
            run("set -u\nfor f in /srv/*; do\n  test -s \"$f\"\ndone"),
        ],
    );
    let mut packages = texts(&["ca-certificates"]);
    packages.extend(texts(extra));
    let mut steps = vec![
        StepKind::Apk { packages: packages.into_iter().map(|p| Sourced::new(p, None)).collect() },
        copy_from("fetch", "/srv", "/srv"),
        copy("docs/read me.txt", "/srv/"),
        run("chmod -R go-w /srv # nobody else writes"),
    ];
    if extra.is_empty() {
        steps.push(run("echo narrow > /srv/width"));
    }
    ImageSpec {
        env: vec![("GREETING".to_owned(), text("it's \"$5\" \\o/", 50)), ("HEAP".to_owned(), text(heap, 51))],
        labels: vec![("com.example.notes".to_owned(), text("one\ntwo ${x}", 52))],
        user: Some(Sourced::new(user("odd", 10001), at(22))),
        ports: vec![port("http", 8080), port("admin", 8081)],
        health: Some(http("/", 8080)),
        stop_signal: Some(text("SIGQUIT", 26)),
        entrypoint: Some(Sourced::new(texts(&["/srv/run", &format!("-Xmx{heap}")]), at(40))),
        cmd: Some(Sourced::new(texts(&["--greeting", "a \"b\"\n"]), at(41))),
        ignore: vec![text("docs/*.draft", 60)],
        ..spec(vec![fetch, stage("runtime", alpine(), steps)])
    }
}

pub(super) fn everything() -> Project {
    let three = |spec: ImageSpec| vec![spec.clone(), spec.clone(), spec];
    let blas = ["libopenblas0-pthread", "libopenblas0-pthread", "libopenblas0"];
    let triples = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "armv7-unknown-linux-gnueabihf"];
    let images = vec![
        image(
            "candle-ingestor",
            "Reads candles from the exchanges. Python, on every platform.",
            blas.map(candle_ingestor).to_vec(),
        ),
        image(
            "strategy-engine",
            "Evaluates strategies. Java, with a heap that follows its container.",
            three(strategy_engine()),
        ),
        image("api", "", three(api())),
        image("gateway", "", three(gateway())),
        image("matcher", "", triples.map(matcher).to_vec()),
        image(
            "odds",
            "syntax = none of it\n\nTakes ${care}.",
            vec![odds("1g", &["libstdc++"]), odds("1g", &["libstdc++"]), odds("256m", &[])],
        ),
    ];
    project(platforms(), images)
}
