//! Small projects, built in code.

use plat_base::{Dimension, FileId, Quantity, Rational, Span};
use plat_model::*;
use std::sync::Arc;

/// An origin: one character at this offset.
pub(super) fn at(offset: usize) -> Origin {
    Some(Span::new(FileId(0), offset, offset + 1))
}

pub(super) fn sourced<T>(value: T, offset: usize) -> Sourced<T> {
    Sourced::new(value, at(offset))
}

pub(super) fn cpu(name: &str, require: &[&str], cflags: &[&str], is_baseline: bool, offset: usize) -> Cpu {
    let feature = |name: &&str| sourced(CpuFeature { name: (*name).to_owned() }, offset);
    Cpu {
        name: name.to_owned(),
        origin: at(offset),
        is_baseline,
        features: Vec::new(),
        require: require.iter().map(feature).collect(),
        tune: None,
        cflags: cflags.iter().map(|f| (*f).to_owned()).collect(),
        rustflags: Vec::new(),
        node_labels: Vec::new(),
    }
}

fn base_platform(name: &str, arch: &str, variant: &str, cpu: Cpu, offset: usize) -> Platform {
    let (bazel_cpu, gnu, debian) = match (arch, variant) {
        ("amd64", _) => ("x86_64", "x86_64-linux-gnu", "amd64"),
        ("arm64", _) => ("aarch64", "aarch64-linux-gnu", "arm64"),
        _ => ("armv7", "arm-linux-gnueabihf", "armhf"),
    };
    let oci = if variant.is_empty() { format!("linux/{arch}") } else { format!("linux/{arch}/{variant}") };
    Platform {
        name: name.to_owned(),
        origin: at(offset),
        doc: None,
        os: "linux".to_owned(),
        arch: arch.to_owned(),
        variant: variant.to_owned(),
        bazel_name: oci.replace('/', "_"),
        oci: sourced(oci, offset),
        bazel_os: "@platforms//os:linux".to_owned(),
        bazel_cpu: format!("@platforms//cpu:{bazel_cpu}"),
        gnu: gnu.to_owned(),
        rust: vec![format!("{bazel_cpu}-unknown-linux-gnu")],
        go: GoTarget { os: "linux".to_owned(), arch: arch.to_owned(), level: None },
        debian: debian.to_owned(),
        kubernetes_arch: arch.to_owned(),
        kubernetes_os: "linux".to_owned(),
        uname: vec![bazel_cpu.to_owned()],
        word_bits: 64,
        cpu,
        cflags: sourced(vec!["-O2".to_owned()], offset),
        node: NodeSelection::default(),
    }
}

pub(super) fn amd64() -> Platform {
    base_platform("amd64", "amd64", "", cpu("x86-64", &[], &["-march=x86-64"], true, 11), 10)
}

pub(super) fn amd64_v3() -> Platform {
    let flags = ["-march=x86-64-v3"];
    base_platform("fast", "amd64", "v3", cpu("x86-64-v3", &[], &flags, false, 13), 12)
}

pub(super) fn environment(name: &str) -> Environment {
    Environment {
        quota: None,
        limit_range: None,
        name: name.to_owned(),
        origin: at(90),
        doc: None,
        namespace: None,
        context: None,
        domain: None,
        registry: None,
        pull_secrets: Vec::new(),
    }
}

pub(super) fn project(platforms: Vec<Platform>) -> Project {
    Project {
        name: "shop".to_owned(),
        platforms,
        environments: vec![environment("prod")],
        ..Project::default()
    }
}

pub(super) fn output(options: &[(&str, &str)]) -> Output {
    Output {
        target: "bazel".to_owned(),
        path: sourced("bazel".to_owned(), 1),
        origin: None,
        options: options.iter().map(|(k, v)| ((*k).to_owned(), sourced((*v).to_owned(), 2))).collect(),
    }
}

/// A table with a value for each platform, the same in every environment.
pub(super) fn per_platform<T>(values: Vec<T>, environments: usize) -> PerContext<T> {
    let mut table = PerContext::new(values.len(), environments);
    for (platform, value) in values.into_iter().enumerate() {
        let value = Arc::new(value);
        for environment in 0..environments {
            table.set(platform, environment, Arc::clone(&value));
        }
    }
    table
}

pub(super) fn bytes(mebi: i128, kibi: i128, offset: usize) -> Sourced<Quantity> {
    let amount = Rational::whole(mebi * 1024 * 1024 + kibi * 1024);
    sourced(Quantity::new(Dimension::Bytes, amount), offset)
}

pub(super) fn dependencies(name: &str, labels: Vec<Vec<&str>>, environments: usize) -> Dependencies {
    let sourced_labels = |list: Vec<&str>| {
        list.into_iter().enumerate().map(|(i, l)| sourced(l.to_owned(), 60 + i)).collect::<Vec<_>>()
    };
    Dependencies {
        name: name.to_owned(),
        origin: at(60),
        doc: None,
        labels: per_platform(labels.into_iter().map(sourced_labels).collect(), environments),
    }
}

pub(super) fn base(repository: &str, tag: &str, digest: Option<&str>) -> BaseImage {
    BaseImage {
        repository: repository.to_owned(),
        tag: tag.to_owned(),
        digest: digest.map(str::to_owned),
        platforms: Vec::new(),
        user: None,
        commands: Vec::new(),
        accounts: Vec::new(),
        family: repository.to_owned(),
        writes: Vec::new(),
        data: None,
    }
}

fn step(kind: StepKind) -> Step {
    Step { origin: at(75), kind }
}

fn copy(from: &str, to: &str) -> Step {
    step(StepKind::Copy { sources: vec![from.to_owned()], to: to.to_owned(), owner: None, mode: None })
}

pub(super) fn spec(base: BaseImage, steps: Vec<Step>, entrypoint: &[&str]) -> ImageSpec {
    let stage = Stage {
        name: "runtime".to_owned(),
        origin: at(72),
        from: sourced(StageSource::Base(base), 73),
        on_build_platform: false,
        steps,
    };
    ImageSpec {
        labels: Vec::new(),
        env: Vec::new(),
        workdir: None,
        user: None,
        writes: Vec::new(),
        ports: Vec::new(),
        health: None,
        entrypoint: Some(sourced(entrypoint.iter().map(|w| (*w).to_owned()).collect(), 74)),
        cmd: None,
        stop_signal: None,
        ignore: Vec::new(),
        stages: vec![stage],
    }
}

pub(super) fn image(name: &str, spec: PerContext<ImageSpec>, platforms: usize) -> Image {
    Image {
        name: name.to_owned(),
        origin: at(70),
        doc: None,
        registry: Some(sourced("docker.io/tradestreamhq".to_owned(), 71)),
        repository: sourced(name.to_owned(), 70),
        tag: sourced("2.4.1".to_owned(), 71),
        reference: format!("docker.io/tradestreamhq/{name}:2.4.1"),
        platforms: (0..platforms).collect(),
        environments: vec![0],
        platforms_origin: None,
        context: sourced(".".to_owned(), 70),
        spec,
    }
}

fn memory(heap: i128, stack_kibi: i128, gc: GarbageCollector) -> Memory {
    let name = format!("{gc:?}");
    Memory {
        runtime: sourced(Runtime::Jvm, 30),
        heap: Some(bytes(heap, 0, 31)),
        stack: Some(bytes(0, stack_kibi, 32)),
        gc: Some(sourced(gc, 33)),
        footprint: None,
        flags: Some(sourced(format!("-Xmx{heap}m -Xss{stack_kibi}k -XX:+Use{name}GC"), 30)),
    }
}

fn quota(cpu: i64, mebi: i128, offset: usize) -> Quota {
    Quota {
        cpu: Some(sourced(Quantity::whole(Dimension::Cores, cpu), offset)),
        memory: Some(bytes(mebi, 0, offset + 1)),
        ephemeral_storage: None,
    }
}

fn percent(value: i64, offset: usize) -> Option<Sourced<Quantity>> {
    Some(sourced(Quantity::whole(Dimension::Percent, value), offset))
}

/// The project of the design's first case, as far as Bazel reads it.
pub(super) fn tradestream() -> Project {
    let amd64_flags = ["-march=x86-64-v3", "-mtune=haswell"];
    let mut amd64 =
        base_platform("amd64", "amd64", "", cpu("x86-64-v3", &["avx2", "fma"], &amd64_flags, false, 11), 10);
    amd64.cpu.rustflags = vec!["-Ctarget-cpu=x86-64-v3".to_owned()];
    amd64.cflags = sourced(vec!["-O3".to_owned()], 12);
    let mut arm64 =
        base_platform("arm64", "arm64", "", cpu("armv8-a", &["neon"], &["-march=armv8-a"], true, 14), 13);
    arm64.cflags = sourced(vec!["-O3".to_owned()], 15);
    arm64.doc = Some("Graviton and Raspberry Pi.".to_owned());
    let armv7_flags = ["-march=armv7-a", "-mfloat-abi=hard", "-mfpu=neon"];
    let mut armv7 =
        base_platform("armv7", "arm", "v7", cpu("armv7-a", &["neon"], &armv7_flags, false, 17), 16);
    armv7.word_bits = 32;
    armv7.uname = vec!["armv7l".to_owned()];
    armv7.go.level = Some(("GOARM".to_owned(), "7".to_owned()));
    let gcs = [GarbageCollector::G1, GarbageCollector::Parallel, GarbageCollector::Serial];
    let memories = [(1024, 1024), (512, 512), (256, 256)].into_iter().zip(gcs);
    let memories: Vec<Memory> = memories.map(|((heap, stack), gc)| memory(heap, stack, gc)).collect();
    let quotas = vec![
        (quota(500, 1024, 40), quota(1000, 2048, 42)),
        (quota(250, 512, 44), quota(500, 1024, 46)),
        (quota(125, 256, 48), quota(250, 512, 50)),
    ];
    let (numpy, pandas) = ("//third_party/python:numpy", "//third_party/python:pandas");
    let labels = vec![
        vec![numpy, pandas, "//third_party/python:scipy", "//third_party/python:scikit-learn"],
        vec![numpy, pandas, "//third_party/python:scipy_arm64"],
        vec![numpy, pandas],
    ];
    let levels = [(80, 85, 90), (70, 80, 85), (70, 80, 85)].map(|(cpu, memory, disk)| Thresholds {
        cpu: percent(cpu, 81),
        memory: percent(memory, 82),
        disk: percent(disk, 83),
    });
    Project {
        name: "tradestream".to_owned(),
        doc: Some("One source for its Bazel targets, its images and its manifests.".to_owned()),
        environments: vec![environment("staging"), environment("prod")],
        platforms: vec![amd64, arm64, armv7],
        memories: vec![MemoryProfile {
            name: "java".to_owned(),
            origin: at(30),
            doc: Some("The Java services.".to_owned()),
            spec: per_platform(memories, 2),
        }],
        resources: vec![ResourceProfile {
            name: "standard".to_owned(),
            origin: at(40),
            doc: None,
            spec: per_platform(quotas, 2),
        }],
        dependencies: vec![dependencies("python-science", labels, 2)],
        thresholds: vec![ThresholdProfile {
            name: "candle-ingestor".to_owned(),
            origin: at(80),
            spec: per_platform(levels.to_vec(), 2),
        }],
        images: vec![candle_ingestor(), strategy_engine()],
        ..Project::default()
    }
}

fn candle_ingestor() -> Image {
    let entrypoint = ["python", "-m", "candle_ingestor"];
    let of = |package: &str| {
        let apt = step(StepKind::Apt { packages: vec![Sourced::new(package.to_owned(), None)] });
        let steps = vec![apt, copy("services/candle_ingestor", "/app/candle_ingestor")];
        let mut spec = spec(base("python", "3.13-slim", None), steps, &entrypoint);
        spec.workdir = Some(sourced("/app".to_owned(), 76));
        spec.user =
            Some(sourced(User { name: "ingestor".to_owned(), uid: 1000, gid: 1000, exists: false }, 77));
        spec.ports = vec![Port { name: "http".to_owned(), number: sourced(8080, 78) }];
        spec
    };
    let specs = vec![of("libopenblas0-pthread"), of("libopenblas0-pthread"), of("libopenblas0")];
    image("candle-ingestor", per_platform(specs, 1), 3)
}

fn strategy_engine() -> Image {
    let steps = vec![copy("strategy-engine.jar", "/app/strategy-engine.jar")];
    let base = base("eclipse-temurin", "17-jre", Some("sha256:0123456789abcdef"));
    let mut spec = spec(base, steps, &["java", "-jar", "/app/strategy-engine.jar"]);
    spec.user = Some(sourced(User { name: "engine".to_owned(), uid: 1000, gid: 1000, exists: false }, 77));
    spec.ports = vec![Port { name: "grpc".to_owned(), number: sourced(50051, 78) }];
    let mut image = image("strategy-engine", per_platform(vec![spec.clone(), spec.clone(), spec], 1), 3);
    image.doc = Some("Evaluates strategies.".to_owned());
    image
}
