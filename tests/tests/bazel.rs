//! The emitted Bazel package: judged by buildifier, loaded and built by a real Bazel on every platform, and
//! its `select()` and transitions watched at work.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use plat_tests::bazel::Workspace;
use plat_tests::oracle::{self, Findings};
use plat_tests::{examples, tree};
use serde_json::{Value, json};

const PLATFORMS: [(&str, &str, &str); 3] = [
    ("//platforms:linux_amd64", "linux/amd64", "amd64"),
    ("//platforms:linux_arm64", "linux/arm64", "arm64"),
    ("//platforms:linux_arm_v7", "linux/arm/v7", "armv7"),
];

const USES: &str = "//example_tradestream";

/// What each target gave on each platform, built once.
fn built(platform: &str) -> &'static BTreeMap<String, Value> {
    static BUILT: OnceLock<BTreeMap<String, BTreeMap<String, Value>>> = OnceLock::new();
    let all = BUILT.get_or_init(|| {
        let workspace = workspace("built");
        let targets = [
            "tables",
            "lookup_linux_amd64",
            "lookup_linux_arm64",
            "lookup_linux_arm_v7",
            "lookup_armv7",
            "lookup_by_label",
            "copts",
            "memory_flags",
            "dependencies",
            "chosen",
            "moved",
            "spread",
            "hello",
            "hello_linux_amd64",
            "hello_linux_arm64",
            "hello_linux_arm_v7",
            "ingest",
            "ingest_linux_amd64",
            "ingest_linux_arm64",
            "ingest_linux_arm_v7",
            "plain_image",
            "candle_ingestor_image",
            "candle_ingestor_image_load",
            "candle_ingestor_image_push",
        ]
        .map(|t| format!("{USES}:{t}"));
        let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        PLATFORMS
            .iter()
            .map(|(label, _, _)| ((*label).to_owned(), workspace.build(label, &targets)))
            .collect()
    });
    &all[platform]
}

fn workspace(purpose: &str) -> Workspace {
    let (_, output) = examples::compiled().iter().find(|(n, _)| n == "tradestream").expect("an example");
    Workspace::new("tradestream", purpose, output)
}

fn target<'a>(all: &'a BTreeMap<String, Value>, name: &str) -> &'a Value {
    all.get(&format!("{USES}:{name}")).unwrap_or_else(|| panic!("{name} gave nothing: {:?}", all.keys()))
}

/// The `name` of a platform's target: `linux_amd64`.
fn short(label: &str) -> &str {
    label.rsplit(':').next().unwrap_or(label)
}

#[test]
fn buildifier_finds_nothing() {
    let mut findings = Findings::default();
    let mut files: Vec<PathBuf> = Vec::new();
    for (_, output) in examples::compiled() {
        files.extend(tree::matching(&output.join("bazel"), |f| {
            let name = f.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".bzl") || name.starts_with("BUILD") || name.starts_with("MODULE")
        }));
    }
    assert!(files.len() >= 10, "the emitted packages: {files:?}");
    files.extend(tree::matching(&plat_tests::root().join("tests/fixtures/bazel"), |f| {
        let name = f.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".bzl") || name.starts_with("BUILD") || name == "WORKSPACE"
    }));
    for file in files {
        let path = file.to_string_lossy().into_owned();
        let folder = file.parent().expect("it lies in a folder");
        let ran = oracle::ask("buildifier", folder, &["-mode=check", "-lint=warn", &path]);
        findings.check(&file, &ran);
    }
    findings.none("buildifier");
}

#[test]
fn every_package_loads_and_builds_on_every_platform() {
    for (name, output) in examples::compiled() {
        let workspace = Workspace::new(name, "loads", output);
        let listed = workspace.bazel("query", &["kind(platform, //platforms:all)"]).expect(0).stdout;
        let platforms: Vec<&str> = listed.lines().filter(|l| l.starts_with("//")).collect();
        assert!(platforms.len() >= 2, "{name} declares platforms: {listed}");
        for platform in platforms {
            workspace.bazel("build", &[&format!("--platforms={platform}"), "//platforms/..."]).expect(0);
        }
    }
}

#[test]
fn the_tables_say_what_the_source_says() {
    let tables = target(built(PLATFORMS[0].0), "tables");
    let names: Vec<&str> = PLATFORMS.iter().map(|p| p.1).collect();
    assert_eq!(tables["SUPPORTED_PLATFORMS"], json!(names));
    for (label, oci, _) in PLATFORMS {
        assert_eq!(tables["BAZEL_PLATFORMS"][oci], label, "{tables}");
    }
    let figure = |oci: &str, key: &str| tables["PLATFORM_CONFIGS"][oci][key].clone();
    assert_eq!(figure("linux/amd64", "cpu"), "x86_64");
    assert_eq!(figure("linux/arm64", "cpu"), "aarch64");
    assert_eq!(figure("linux/arm/v7", "cpu"), "armv7");
    assert_eq!(figure("linux/arm/v7", "os"), "linux");
    assert_eq!(figure("linux/arm/v7", "arch"), "arm");
    let flags = &tables["CPU_OPTIMIZATIONS"];
    let text = flags.to_string();
    assert!(text.contains("-march=x86-64-v3") && text.contains("-mtune=haswell"), "{text}");
    assert!(!text.contains("native"), "what is built on one machine must run on another: {text}");
}

#[test]
fn the_look_ups_take_every_name_of_a_platform() {
    let all = built(PLATFORMS[0].0);
    for (name, heap, gc, cpu) in [
        ("linux_amd64", 1024, "g1", 80),
        ("linux_arm64", 512, "serial", 70),
        ("linux_arm_v7", 256, "serial", 70),
    ] {
        let row = target(all, &format!("lookup_{name}"));
        let said = row["memory"].to_string();
        assert_eq!(mebibytes(&row["memory"]["heap_size"]), heap, "{said}");
        assert!(said.contains(gc), "{said}");
        let threshold = row["thresholds"]["cpu"].as_f64().expect("a number");
        assert!((threshold - f64::from(cpu)).abs() < 1e-9, "{row}");
    }
    assert_eq!(target(all, "lookup_linux_arm_v7"), target(all, "lookup_armv7"), "one platform, two names");
    assert_eq!(&target(all, "lookup_armv7")["cflags"], target(all, "lookup_by_label"));
}

/// `1g`, `512m`, `1Gi` or `512Mi` as MiB: the figure matters here, not its spelling.
fn mebibytes(value: &Value) -> u64 {
    let text = value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_lowercase();
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let number: u64 = digits.parse().unwrap_or_else(|_| panic!("{text} has no figure"));
    if text.contains('g') { number * 1024 } else { number }
}

#[test]
fn select_chooses_by_the_platform_in_force() {
    for (label, _, name) in PLATFORMS {
        let all = built(label);
        assert_eq!(
            target(all, "chosen"),
            &json!({"mode": "fastbuild", "platform": short(label), "values": [name]})
        );
        let copts = target(all, "copts");
        let row = target(all, &format!("lookup_{}", short(label)));
        // The macro's form and the table's are one list of flags.
        assert_eq!(copts["values"], row["cflags"], "{label}");
        let flags = copts["values"].to_string();
        assert_eq!(flags.contains("-march=x86-64-v3"), name == "amd64", "{label}: {flags}");
        assert_eq!(flags.contains("-O2"), name == "armv7", "{label}: {flags}");
    }
}

#[test]
fn dependencies_follow_the_platform() {
    for (label, extra) in [
        ("//platforms:linux_amd64", vec!["scikit-learn", "scipy"]),
        ("//platforms:linux_arm64", vec!["scipy_arm64"]),
        ("//platforms:linux_arm_v7", vec![]),
    ] {
        let mut wanted: Vec<String> = ["numpy", "pandas"]
            .into_iter()
            .chain(extra)
            .map(|n| format!("//third_party/python:{n}"))
            .collect();
        wanted.sort();
        for (name, list) in [("dependencies", "values"), ("ingest", "")] {
            let value = target(built(label), name);
            let list = if list.is_empty() { &value["attributes"]["deps"] } else { &value[list] };
            let mut given: Vec<String> = list
                .as_array()
                .expect("a list")
                .iter()
                .filter_map(|v| v.as_str().map(str::to_owned))
                .collect();
            given.sort();
            assert_eq!(given, wanted, "{name} on {label}");
        }
    }
}

#[test]
fn a_transition_moves_its_target_whatever_the_command_line_says() {
    for (label, _, _) in PLATFORMS {
        let moved = target(built(label), "moved");
        assert_eq!(moved["platform"], "linux_arm64");
        assert_eq!(moved["mode"], "opt", "the transition says how it compiles");
        assert_eq!(moved["values"], target(built("//platforms:linux_arm64"), "copts")["values"]);
    }
}

#[test]
fn a_split_transition_builds_for_all_platforms_at_once() {
    for (label, _, _) in PLATFORMS {
        let spread = target(built(label), "spread").as_array().expect("a list");
        let mut seen: Vec<(&str, &str)> = spread
            .iter()
            .map(|p| {
                (p["platform"].as_str().unwrap_or_default(), p["values"][0].as_str().unwrap_or_default())
            })
            .collect();
        seen.sort_unstable();
        assert_eq!(seen, [("linux_amd64", "amd64"), ("linux_arm64", "arm64"), ("linux_arm_v7", "armv7")]);
    }
}

#[test]
fn each_variant_of_a_binary_is_built_for_its_platform() {
    for (label, _, _) in PLATFORMS {
        for (of, _, _) in PLATFORMS {
            let variant = target(built(label), &format!("hello_{}", short(of)));
            assert_eq!(variant["platform"], short(of), "hello_{} on {label}", short(of));
            assert_eq!(variant["attributes"]["copts"], target(built(of), "copts")["values"]);
            let variant = target(built(label), &format!("ingest_{}", short(of)));
            assert_eq!(variant["platform"], short(of));
            assert_eq!(variant["attributes"]["deps"], target(built(of), "ingest")["attributes"]["deps"]);
        }
        assert_eq!(
            target(built(label), "hello")["platform"],
            short(label),
            "the plain one follows the command line"
        );
    }
}

#[test]
fn an_image_index_has_one_manifest_per_platform() {
    for index in ["plain_image", "candle_ingestor_image"] {
        let value = target(built(PLATFORMS[0].0), index);
        let manifests = value["parts"].as_array().expect("manifests");
        let mut seen: Vec<&str> = manifests.iter().filter_map(|m| m["platform"].as_str()).collect();
        seen.sort_unstable();
        assert_eq!(seen, ["linux_amd64", "linux_arm64", "linux_arm_v7"], "{index}");
        for manifest in manifests {
            // The layer in it, and the program in the layer, are for the same platform.
            let program = &manifest["parts"][0]["parts"][0];
            assert_eq!(program["platform"], manifest["platform"], "{manifest}");
            let of = PLATFORMS.iter().find(|p| short(p.0) == manifest["platform"]).expect("one of the three");
            assert_eq!(program["attributes"]["deps"], target(built(of.0), "ingest")["attributes"]["deps"]);
        }
    }
    let declared = &target(built(PLATFORMS[0].0), "candle_ingestor_image")["parts"][0]["attributes"];
    assert_eq!(declared["entrypoint"], json!(["python", "-m", "candle_ingestor"]));
    let user = declared["user"].as_str().expect("text");
    assert!(user == "1000" || user.starts_with("1000:"), "{user}");
    assert_eq!(declared["exposed_ports"], json!(["8080/tcp"]));
}

#[test]
fn tests_run_on_their_own_platform_only() {
    for (label, _, _) in PLATFORMS {
        let workspace = tests_workspace();
        let flag = format!("--platforms={label}");
        // A pattern skips what is not for the platform; a name does not.
        workspace.bazel("build", &[&flag, "--build_tests_only", &format!("{USES}:all")]).expect(0);
        for (of, _, _) in PLATFORMS {
            let test = format!("{USES}:ingest_test_{}", short(of));
            let ran = workspace.bazel("build", &[&flag, &test]);
            assert_eq!(ran.status == 0, of == label, "{test} on {label}:\n{}", ran.stderr);
        }
    }
}

fn tests_workspace() -> &'static Workspace {
    static WORKSPACE: OnceLock<Workspace> = OnceLock::new();
    WORKSPACE.get_or_init(|| workspace("tests"))
}

#[test]
fn an_unknown_platform_is_an_error() {
    let workspace = tests_workspace();
    let folder = workspace.folder().join("bad");
    std::fs::create_dir_all(&folder).expect("a folder");
    let build = "load(\"//platforms:defs.bzl\", \"get_platform_cflags\")\n\nfilegroup(name = \"x\", srcs = get_platform_cflags(\"linux/riscv64\"))\n";
    std::fs::write(folder.join("BUILD.bazel"), build).expect("writable");
    let ran = workspace.bazel("query", &["//bad:all"]);
    std::fs::remove_dir_all(&folder).expect("removable");
    assert_ne!(ran.status, 0);
    assert!(ran.stderr.contains("linux/riscv64"), "{}", ran.stderr);
}

#[test]
fn the_monitor_knows_the_declared_platforms_and_thresholds() {
    let (_, output) = examples::compiled().iter().find(|(n, _)| n == "tradestream").expect("an example");
    let folder = output.join("bazel/platforms");
    let script = r#"
import platform_monitor as m
for machine in [("Linux", "x86_64", 64), ("Linux", "aarch64", 64), ("Linux", "armv7l", 32), ("Linux", "armv6l", 32)]:
    try:
        print(m.detect_platform(*machine))
    except m.UnknownPlatformError as error:
        print("unknown")
m.detect_platform = lambda: "linux/arm64"
monitor = m.PlatformMonitor()
print(monitor.exceeded({"cpu_percent": 75.0, "memory_percent": 75.0, "disk_percent": 86.0}))
print(sorted(monitor.collect_metrics()))
"#;
    let ran = oracle::ask("oracle-python", &folder, &["-B", "-c", script]).expect(0);
    assert_eq!(
        ran.stdout.lines().collect::<Vec<_>>(),
        [
            "linux/amd64",
            "linux/arm64",
            "linux/arm/v7",
            "unknown",
            "['cpu', 'disk']",
            "['architecture', 'cpu_count', 'cpu_percent', 'disk_percent', 'memory_available', 'memory_percent', \
             'memory_total', 'platform']",
        ]
    );
}
