//! The emitted Bazel package under Bazel 7.7 with the real rules for C++ and Python, in a chroot: real
//! compilers build for three architectures at once, and a real test runs. Needs root.

use std::sync::OnceLock;

use plat_tests::bazel::Workspace;
use plat_tests::platc::Ran;
use plat_tests::privileged::Chroot;
use plat_tests::{examples, scratch, tree};

const USES: &str = "//example_tradestream";

/// Where the rules are that Debian packages, and the stand-ins for those that it does not.
const REPOSITORIES: [(&str, &str); 8] = [
    ("rules_license", "/usr/share/bazel/rules/license"),
    ("platforms", "/usr/share/bazel/tools/platforms"),
    ("bazel_skylib", "/usr/share/bazel/tools/skylib"),
    ("bazel_features", "/usr/share/bazel/tools/features"),
    ("rules_cc", "/usr/share/bazel/rules/cc"),
    ("rules_java", "/usr/share/bazel/rules/java"),
    ("rules_python", "/usr/share/bazel/rules/python"),
    ("rules_shell", "/usr/share/bazel/rules/shell"),
];

fn chroot() -> &'static Chroot {
    static CHROOT: OnceLock<Chroot> = OnceLock::new();
    CHROOT.get_or_init(|| {
        let (_, output) = examples::compiled().iter().find(|(n, _)| n == "tradestream").expect("an example");
        let workspace = Workspace::new("tradestream", "deep", output);
        tree::copy(&plat_tests::root().join("tests/fixtures/bazel-toolchains"), workspace.folder());
        let outputs = scratch::base().join("bazel/deep-outputs");
        std::fs::create_dir_all(&outputs).expect("a folder");
        Chroot::open(&[(workspace.folder(), "/workspace"), (&outputs, "/outputs")])
    })
}

fn shell(script: &str, arguments: &[&str]) -> Ran {
    chroot().shell(&format!("cd /workspace && {script}"), arguments)
}

fn bazel(startup: &[&str], command: &str, arguments: &[&str]) -> Ran {
    let mut all = vec!["bazel", "--max_idle_secs=20", "--output_user_root=/outputs", "--nohome_rc"];
    all.push("--noworkspace_rc");
    all.extend(startup);
    all.push(command);
    let overrides: Vec<String> =
        REPOSITORIES.iter().map(|(name, path)| format!("--override_repository={name}={path}")).collect();
    all.extend(["--noenable_bzlmod", "--enable_workspace", "--extra_toolchains=//toolchains:all"]);
    all.extend(["--nosandbox_debug", "--spawn_strategy=local", "--symlink_prefix=/"]);
    all.extend(overrides.iter().map(String::as_str));
    all.extend(arguments);
    shell("exec \"$@\"", &all)
}

/// The built files of a target.
fn files(platform: &str, target: &str) -> Vec<String> {
    let flag = format!("--platforms={platform}");
    let listed = bazel(&[], "cquery", &[&flag, "--output=files", target]).expect(0).stdout;
    let root = bazel(&[], "info", &["execution_root"]).expect(0).stdout;
    listed.lines().map(|l| format!("{}/{l}", root.trim())).collect()
}

#[test]
fn one_build_compiles_for_three_architectures() {
    let targets =
        ["hello_linux_amd64", "hello_linux_arm64", "hello_linux_arm_v7"].map(|t| format!("{USES}:{t}"));
    let mut arguments = vec!["--platforms=//platforms:linux_amd64"];
    arguments.extend(targets.iter().map(String::as_str));
    bazel(&[], "build", &arguments).expect(0);
    for (target, machine) in targets.iter().zip(["X86-64", "AArch64", "ARM"]) {
        let files = files("//platforms:linux_amd64", target);
        let program = files.iter().find(|f| f.ends_with(&target[USES.len() + 1..])).expect("the executable");
        let header = shell("readelf --file-header \"$1\"", &[program]).expect(0).stdout;
        let line = header.lines().find(|l| l.contains("Machine:")).expect("a machine").to_owned();
        assert!(line.contains(machine), "{target}: {line}");
        if machine == "X86-64" {
            assert_eq!(shell("exec \"$1\"", &[program]).expect(0).stdout, "hello\n");
        }
    }
}

#[test]
fn the_compiler_is_called_with_the_flags_of_the_platform() {
    for (variant, wanted, unwanted) in [
        ("linux_amd64", vec!["-march=x86-64-v3", "-mtune=haswell", "-O3"], vec!["-march=armv8-a"]),
        ("linux_arm64", vec!["-march=armv8-a", "-O3"], vec!["-mavx2"]),
        ("linux_arm_v7", vec!["-mfpu=neon", "-O2"], vec!["-mavx2", "-march=armv8-a"]),
    ] {
        let actions = format!("mnemonic('CppCompile', deps({USES}:hello_{variant}))");
        let arguments = ["--platforms=//platforms:linux_amd64", "--output=text", &actions];
        let text = bazel(&[], "aquery", &arguments).expect(0).stdout;
        for flag in wanted {
            assert!(text.contains(flag), "{variant} is not compiled with {flag}:\n{text}");
        }
        for flag in unwanted {
            assert!(!text.contains(flag), "{variant} is compiled with {flag}:\n{text}");
        }
    }
}

#[test]
fn python_builds_and_its_test_runs() {
    let arguments = [
        "--platforms=//platforms:linux_amd64",
        "--test_output=errors",
        &format!("{USES}:ingest_test_linux_amd64"),
        &format!("{USES}:ingest"),
    ];
    let ran = bazel(&[], "test", &arguments).expect(0);
    assert!(format!("{}{}", ran.stdout, ran.stderr).contains("PASSED"), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn the_test_of_another_platform_is_refused_by_name_and_skipped_by_pattern() {
    let other = format!("{USES}:ingest_test_linux_arm64");
    let flag = "--platforms=//platforms:linux_amd64";
    let ran = bazel(&[], "build", &[flag, &other]);
    assert_ne!(ran.status, 0);
    assert!(ran.stderr.contains("incompatible"), "{}", ran.stderr);
    let ran = bazel(&[], "test", &[flag, "--build_tests_only", &format!("{USES}:all")]).expect(0);
    let text = format!("{}{}", ran.stdout, ran.stderr);
    assert!(text.contains("PASSED") && text.contains("SKIPPED"), "{text}");
}

#[test]
fn the_emitted_bazelrc_has_a_configuration_per_platform() {
    for (config, machine) in [("linux_arm64", "AArch64"), ("linux_arm_v7", "ARM")] {
        let hello = format!("{USES}:hello");
        let rc = ["--bazelrc=/workspace/platforms.bazelrc"];
        bazel(&rc, "build", &[&format!("--config={config}"), &hello]).expect(0);
        let files = files(&format!("//platforms:{config}"), &hello);
        let program = files.iter().find(|f| f.ends_with("/hello")).expect("the executable");
        let header = shell("readelf --file-header \"$1\"", &[program]).expect(0).stdout;
        assert!(header.contains(machine), "{config}: {header}");
    }
}
