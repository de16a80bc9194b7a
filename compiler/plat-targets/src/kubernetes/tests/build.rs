//! Projects made in code: those of the two cases, as far as this target reads them.

use plat_base::{Dimension, FileId, Quantity, Rational, Span, Unit};
use plat_model::*;
use std::sync::Arc;

/// A quantity as the language writes it.
pub(super) fn q(text: &str) -> Quantity {
    let at = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number = Rational::parse_decimal(&text[..at]).unwrap();
    match &text[at..] {
        "" => Quantity::cores(number).unwrap(),
        suffix => Quantity::of(number, Unit::parse(suffix).unwrap()).unwrap(),
    }
}

pub(super) fn s<T>(value: T) -> Sourced<T> {
    Sourced::new(value, None)
}

pub(super) fn at<T>(value: T, line: usize) -> Sourced<T> {
    Sourced::new(value, Some(Span::new(FileId(0), line * 100, line * 100 + 9)))
}

pub(super) fn seconds(n: i64) -> Option<Sourced<Quantity>> {
    Some(s(Quantity::whole(Dimension::Duration, n * 1000)))
}

pub(super) fn platform(name: &str, arch: &str, variant: &str) -> Platform {
    let oci = if variant.is_empty() { format!("linux/{arch}") } else { format!("linux/{arch}/{variant}") };
    Platform {
        name: name.into(),
        origin: None,
        doc: None,
        os: "linux".into(),
        arch: arch.into(),
        variant: variant.into(),
        oci: s(oci),
        bazel_name: String::new(),
        bazel_os: String::new(),
        bazel_cpu: String::new(),
        gnu: String::new(),
        rust: Vec::new(),
        go: GoTarget { os: "linux".into(), arch: arch.into(), level: None },
        debian: String::new(),
        kubernetes_arch: arch.into(),
        kubernetes_os: "linux".into(),
        uname: Vec::new(),
        word_bits: 64,
        cpu: Cpu {
            name: "baseline".into(),
            origin: None,
            is_baseline: true,
            features: Vec::new(),
            require: Vec::new(),
            tune: None,
            cflags: Vec::new(),
            rustflags: Vec::new(),
            node_labels: Vec::new(),
        },
        cflags: s(Vec::new()),
        node: NodeSelection::default(),
    }
}

pub(super) fn environment(name: &str, namespace: Option<&str>) -> Environment {
    Environment {
        quota: None,
        limit_range: None,
        name: name.into(),
        origin: None,
        doc: None,
        namespace: namespace.map(|n| s(n.to_owned())),
        context: None,
        domain: None,
        registry: None,
        pull_secrets: Vec::new(),
    }
}

pub(super) fn image(name: &str, registry: &str, tag: &str, uid: i64, platforms: usize) -> Image {
    let spec = ImageSpec {
        labels: Vec::new(),
        env: Vec::new(),
        workdir: None,
        user: Some(s(User { name: "app".into(), uid, gid: uid, exists: false })),
        writes: Vec::new(),
        ports: Vec::new(),
        health: None,
        entrypoint: None,
        cmd: None,
        stop_signal: None,
        ignore: Vec::new(),
        stages: Vec::new(),
    };
    let mut table = PerContext::new(platforms, 1);
    let shared = Arc::new(spec);
    (0..platforms).for_each(|p| table.set(p, 0, Arc::clone(&shared)));
    Image {
        name: name.into(),
        origin: None,
        doc: None,
        registry: Some(s(registry.into())),
        repository: s(name.into()),
        tag: s(tag.into()),
        reference: format!("{registry}/{name}:{tag}"),
        platforms: (0..platforms).collect(),
        environments: vec![0],
        platforms_origin: None,
        context: s(".".into()),
        spec: table,
    }
}

pub(super) fn published(repository: &str, tag: &str, uid: i64, gid: i64) -> ImageRef {
    ImageRef::Published(BaseImage {
        repository: repository.into(),
        tag: tag.into(),
        digest: None,
        platforms: Vec::new(),
        user: None,
        accounts: vec![User { name: "service".into(), uid, gid, exists: true }],
        commands: Vec::new(),
        family: "alpine".into(),
        writes: if repository == "postgres" {
            vec!["/var/run/postgresql".into()]
        } else {
            vec!["/data".into()]
        },
        data: (repository == "postgres")
            .then(|| DataDirectory { path: "/var/lib/postgresql/data".into(), variable: "PGDATA".into() }),
    })
}

/// A service as the prelude's defaults make it.
pub(super) fn spec(name: &str, image: ImageRef) -> WorkloadSpec {
    WorkloadSpec {
        image: s(image),
        command: None,
        args: None,
        ports: Vec::new(),
        env: Vec::new(),
        volumes: Vec::new(),
        storage: Vec::new(),
        resources: None,
        memory: None,
        live: None,
        ready: None,
        start: None,
        replicas: None,
        scale: None,
        rollout: Rollout {
            strategy: s(RolloutStrategy::Rolling),
            max_surge: Some(s("25%".into())),
            max_unavailable: Some(s("0".into())),
            deadline: None,
        },
        disruption: Some(Disruption {
            min_available: None,
            max_unavailable: Some(s("1".into())),
            origin: None,
        }),
        expose: None,
        needs: Vec::new(),
        account: ServiceAccount { create: true, name: name.into(), token: false, annotations: Vec::new() },
        network: None,
        security: Security {
            standard: s("restricted".into()),
            read_only_root: s(true),
            user: None,
            group: None,
            fs_group: None,
            capabilities: Vec::new(),
        },
        thresholds: None,
        across_platforms: AcrossPlatforms::Split,
        grace: None,
        drain: seconds(5),
        labels: Vec::new(),
        annotations: Vec::new(),
        schedule: None,
        retries: None,
        deadline: None,
        keep: None,
        time_zone: None,
        overlap: None,
        start_within: None,
    }
}

pub(super) fn ports(list: &[(&str, i64)]) -> Vec<Port> {
    list.iter().map(|(name, n)| Port { name: (*name).into(), number: s(*n) }).collect()
}

pub(super) fn text(name: &str, value: &str) -> EnvVar {
    EnvVar { name: name.into(), value: s(EnvValue::Text(value.into())) }
}

pub(super) fn secret(name: &str, credentials: &str, key: &str) -> EnvVar {
    let value = EnvValue::Credential { credentials: credentials.into(), key: key.into() };
    EnvVar { name: name.into(), value: s(value) }
}

pub(super) fn quota(cpu: &str, memory: &str) -> Quota {
    Quota { cpu: Some(s(q(cpu))), memory: Some(s(q(memory))), ephemeral_storage: None }
}

pub(super) fn resources(requests: (&str, &str), limits: (&str, &str)) -> Option<Resources> {
    Some(Resources { requests: quota(requests.0, requests.1), limits: quota(limits.0, limits.1) })
}

pub(super) fn http(path: &str, port: i64, every: i64, after: i64) -> Option<Sourced<Health>> {
    health(Probe::Http { path: s(path.into()), port: s(port) }, every, after)
}

pub(super) fn health(probe: Probe, every: i64, after: i64) -> Option<Sourced<Health>> {
    let after = if after == 0 { None } else { seconds(after) };
    Some(s(Health { probe, every: seconds(every), timeout: None, after, retries: None }))
}

pub(super) fn command(words: &[&str], every: i64) -> Option<Sourced<Health>> {
    health(Probe::Command(s(words.iter().map(|w| (*w).to_owned()).collect())), every, 0)
}

/// A workload whose specification depends on (platform, environment).
pub(super) fn workload(
    name: &str,
    kind: WorkloadKind,
    size: (usize, usize),
    make: impl Fn(usize, usize) -> WorkloadSpec,
) -> Workload {
    let mut table = PerContext::new(size.0, size.1);
    for p in 0..size.0 {
        for e in 0..size.1 {
            table.set(p, e, Arc::new(make(p, e)));
        }
    }
    let origin = Some(Span::new(FileId(0), 1, 2));
    Workload { name: name.into(), origin, doc: None, kind, spec: table }
}

pub(super) fn output(options: &[(&str, &str)]) -> Output {
    Output {
        target: "kubernetes".into(),
        path: s("kubernetes".into()),
        origin: None,
        options: options.iter().map(|(k, v)| ((*k).to_owned(), s((*v).to_owned()))).collect(),
    }
}

fn config(name: &str, list: &[(&str, &str)], size: (usize, usize)) -> Config {
    let entries: Vec<ConfigEntry> =
        list.iter().map(|(k, v)| ConfigEntry { key: (*k).into(), text: s((*v).into()) }).collect();
    let mut table = PerContext::new(size.0, size.1);
    let shared = Arc::new(entries);
    for p in 0..size.0 {
        (0..size.1).for_each(|e| table.set(p, e, Arc::clone(&shared)));
    }
    Config { name: name.into(), origin: None, doc: None, entries: table }
}

/// Three platforms with resources and JVM flags of their own, two environments.
pub(super) fn tradestream() -> Project {
    let mut amd64 = platform("amd64", "amd64", "");
    amd64.cpu.node_labels = ["AVX2", "FMA3", "MOVBE"]
        .iter()
        .map(|f| format!("feature.node.kubernetes.io/cpu-cpuid.{f}"))
        .collect();
    let mut armv7 = platform("armv7", "arm", "v7");
    armv7.cpu.node_labels = vec!["feature.node.kubernetes.io/cpu-cpuid.NEON".into()];
    let of_platform = |p: usize| match p {
        0 => resources(("500m", "1Gi"), ("1", "2Gi")),
        1 => resources(("250m", "512Mi"), ("500m", "1Gi")),
        _ => resources(("125m", "256Mi"), ("250m", "512Mi")),
    };
    let mut ingestor = workload("candle-ingestor", WorkloadKind::Service, (3, 2), |p, e| WorkloadSpec {
        replicas: Some(s(if e == 1 { 3 } else { 1 })),
        ports: ports(&[("http", 8080)]),
        resources: of_platform(p),
        env: vec![
            text("LOG_LEVEL", if e == 0 { "debug" } else { "info" }),
            secret("SENTRY_DSN", "sentry", "dsn"),
        ],
        live: http("/healthz", 8080, 10, 30),
        ready: http("/ready", 8080, 5, 5),
        ..spec("candle-ingestor", ImageRef::Built(0))
    });
    ingestor.doc = Some("Reads candles from the exchanges. Python, on every platform.".into());
    let flags = [
        "-Xmx1024m -Xss1024k -XX:MaxMetaspaceSize=192m -XX:MaxDirectMemorySize=128m -XX:ReservedCodeCacheSize=128m -XX:+UseG1GC",
        "-Xmx512m -Xss512k -XX:MaxMetaspaceSize=96m -XX:MaxDirectMemorySize=64m -XX:ReservedCodeCacheSize=64m -XX:+UseParallelGC",
        "-Xmx256m -Xss256k -XX:MaxMetaspaceSize=64m -XX:MaxDirectMemorySize=16m -XX:ReservedCodeCacheSize=32m -XX:+UseSerialGC",
    ];
    let engine = workload("strategy-engine", WorkloadKind::Service, (3, 2), |p, _| WorkloadSpec {
        ports: ports(&[("grpc", 50051)]),
        resources: of_platform(p),
        env: vec![text("JAVA_TOOL_OPTIONS", flags[p])],
        ready: health(Probe::Grpc { port: s(50051), service: None }, 10, 0),
        scale: Some(s(Scale { min: s(2), max: s(6), cpu: Some(s(q("70%"))), memory: None })),
        ..spec("strategy-engine", ImageRef::Built(1))
    });
    Project {
        name: "tradestream".into(),
        platforms: vec![amd64, platform("arm64", "arm64", ""), armv7],
        environments: vec![
            environment("staging", Some("tradestream-staging")),
            environment("prod", Some("tradestream")),
        ],
        images: vec![
            image("candle-ingestor", "docker.io/tradestreamhq", "2.4.1", 1000, 3),
            image("strategy-engine", "docker.io/tradestreamhq", "2.4.1", 1000, 3),
        ],
        workloads: vec![ingestor, engine],
        ..Project::default()
    }
}

/// Two platforms with equal pods, a database, a cache, a host.
pub(super) fn fastapi() -> Project {
    let api = workload("api", WorkloadKind::Service, (2, 2), |_, e| WorkloadSpec {
        ports: ports(&[("http", 8000)]),
        env: vec![
            secret("DATABASE_URL", "api-secrets", "database-url"),
            EnvVar {
                name: "REDIS_URL".into(),
                value: s(EnvValue::Config {
                    config: "api-config".into(),
                    key: "redis-url".into(),
                    text: "redis://redis:6379".into(),
                }),
            },
            text("DEBUG", if e == 0 { "true" } else { "false" }),
        ],
        resources: resources(("250m", "256Mi"), ("500m", "512Mi")),
        live: http("/health", 8000, 10, 30),
        ready: http("/ready", 8000, 5, 5),
        scale: Some(s(Scale { min: s(3), max: s(10), cpu: Some(s(q("70%"))), memory: None })),
        expose: Some(s(Expose {
            port: s(80),
            to: s(8000),
            host: Some(s(if e == 0 { "api.localhost" } else { "api.example.com" }.into())),
            path: s("/".into()),
            tls: s(e == 1),
        })),
        needs: vec![s("db".into()), s("redis".into())],
        ..spec("api", ImageRef::Built(0))
    });
    let db = workload("db", WorkloadKind::Stateful, (2, 2), |_, _| WorkloadSpec {
        ports: ports(&[("postgres", 5432)]),
        env: vec![text("POSTGRES_USER", "user"), secret("POSTGRES_PASSWORD", "db", "password")],
        storage: vec![Storage {
            name: "data".into(),
            size: s(q("10Gi")),
            mount: s("/var/lib/postgresql/data".into()),
            class: None,
        }],
        ready: command(&["pg_isready", "-U", "user"], 10),
        resources: resources(("250m", "512Mi"), ("1", "1Gi")),
        drain: None,
        ..spec("db", published("postgres", "15-alpine", 70, 70))
    });
    let redis = workload("redis", WorkloadKind::Service, (2, 2), |_, _| WorkloadSpec {
        ports: ports(&[("redis", 6379)]),
        ready: command(&["redis-cli", "ping"], 10),
        resources: resources(("100m", "128Mi"), ("250m", "256Mi")),
        ..spec("redis", published("redis", "7-alpine", 999, 1000))
    });
    Project {
        name: "fastapi".into(),
        platforms: vec![platform("amd64", "amd64", ""), platform("arm64", "arm64", "")],
        environments: vec![environment("dev", Some("dev")), environment("prod", Some("default"))],
        images: vec![image("api", "ghcr.io/org", "1.0.0", 10001, 2)],
        workloads: vec![api, db, redis],
        configs: vec![config("api-config", &[("redis-url", "redis://redis:6379")], (2, 2))],
        ..Project::default()
    }
}
