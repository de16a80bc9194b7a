//! `platc host` on the machine that the tests run on: its exit statuses as an entry point would use them.

use plat_tests::examples;
use plat_tests::platc::platc;
use plat_tests::scratch::Scratch;

#[test]
fn a_machine_runs_what_it_is_and_nothing_foreign() {
    let scratch = Scratch::new("host");
    let ran = platc(scratch.path(), ["host", "--format", "json"]).expect(0);
    let host: serde_json::Value = serde_json::from_str(&ran.stdout).expect("one JSON object");
    let own = host["platform"].as_str().expect("a platform");
    for platform in host["runs"].as_array().expect("a list") {
        platc(scratch.path(), ["host", "--satisfies", platform.as_str().expect("text")]).expect(0);
    }
    let foreign = if own.starts_with("linux/s390x") { "linux/ppc64le" } else { "linux/s390x" };
    let ran = platc(scratch.path(), ["host", "--satisfies", foreign]).expect(1);
    assert!(ran.stderr.contains(own) && ran.stdout.is_empty(), "{}", ran.stderr);
    let ran = platc(scratch.path(), ["host", "--quiet", "--satisfies", foreign]).expect(1);
    assert!(ran.stderr.is_empty(), "{}", ran.stderr);
}

#[test]
fn what_is_no_platform_is_told_with_what_was_meant() {
    let scratch = Scratch::new("host");
    let ran = platc(scratch.path(), ["host", "--satisfies", "linux/armv7l"]).expect(2);
    assert!(ran.stderr.contains("linux/arm/v7"), "{}", ran.stderr);
    for (written, meant) in [
        ("linux//amd64", "linux/amd64"),
        ("armv7l", "linux/arm/v7"),
        ("linux/amd46", "linux/amd64"),
        ("linux-arm64", "linux/arm64"),
    ] {
        let ran = platc(scratch.path(), ["host", "--satisfies", written]).expect(2);
        assert!(ran.stderr.contains(&format!("did you mean `{meant}`?")), "{}", ran.stderr);
    }
    let ran = platc(scratch.path(), ["host", "--satisfies", "s390x"]);
    assert!(ran.status != 2, "{}", ran.stderr);
}

#[test]
fn a_platform_of_a_project_counts_with_its_processor() {
    let scratch = Scratch::new("host");
    scratch.write(
        "main.plat",
        "use std.platforms\nuse std.cpus\n\nplatform z extends platforms.linux-s390x { cpu = cpus.z17 }\n",
    );
    let ran = platc(scratch.path(), ["host", "--project", "--satisfies", "z"]).expect(1);
    assert!(ran.stderr.contains("`z` does not run here"), "{}", ran.stderr);
    let ran = platc(scratch.path(), ["host", "--project", "--satisfies", "zz"]).expect(2);
    assert!(ran.stderr.contains("did you mean `z`?"), "{}", ran.stderr);
    let example = examples::folder("tradestream");
    platc(&example, ["host", "--project", "--satisfies", "armv8"]).expect(2);
}
