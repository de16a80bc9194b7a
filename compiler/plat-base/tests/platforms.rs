//! What the reference implementation says about platforms, and what we say.

#![allow(clippy::expect_used)]

use plat_base::{PlatformError, PlatformId};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    host_default: String,
    parse: Vec<Parse>,
    only_match: Vec<Match>,
}

#[derive(Deserialize)]
struct Parse {
    #[serde(rename = "in")]
    text: String,
    #[serde(default)]
    error: bool,
    parsed: Option<String>,
    normalized: Option<String>,
}

#[derive(Deserialize)]
struct Match {
    host: String,
    runs: Vec<String>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("platform-vectors.json")).expect("the vectors are JSON")
}

fn read(text: &str) -> PlatformId {
    PlatformId::parse(text, None).unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn specifiers_are_read_and_normalized_as_by_the_reference() {
    let vectors = vectors();
    let machine = read(&vectors.host_default);
    assert_eq!(vectors.parse.len(), 67);
    for vector in vectors.parse {
        let found = PlatformId::parse(&vector.text, Some(&machine));
        assert_eq!(found.is_err(), vector.error, "{}", vector.text);
        if let Ok(id) = found {
            assert_eq!(Some(id.to_string()), vector.parsed, "{}", vector.text);
            assert_eq!(Some(id.normalized().to_string()), vector.normalized, "{}", vector.text);
        }
    }
}

#[test]
fn machines_run_what_the_reference_lets_them_run() {
    // The reference was asked about these, on every machine.
    let vectors = vectors();
    let mut asked: Vec<&String> = vectors.only_match.iter().flat_map(|m| &m.runs).collect();
    asked.sort();
    asked.dedup();
    for Match { host, runs } in &vectors.only_match {
        let found: Vec<&String> = asked.iter().copied().filter(|p| read(host).runs(&read(p))).collect();
        let mut expected: Vec<&String> = runs.iter().collect();
        expected.sort();
        assert_eq!(found, expected, "{host}");
    }
}

#[test]
fn the_best_comes_first() {
    let names =
        |text: &str| -> Vec<String> { read(text).runnable().iter().map(ToString::to_string).collect() };
    assert_eq!(names("linux/amd64/v3"), ["linux/amd64/v3", "linux/amd64/v2", "linux/amd64", "linux/386"]);
    assert_eq!(names("linux/arm/v6"), ["linux/arm/v6", "linux/arm/v5"]);
    assert_eq!(names("linux/arm64/v9")[..3], ["linux/arm64/v9", "linux/arm64/v8.5", "linux/arm64/v8.4"]);
}

#[test]
fn half_a_platform_needs_a_machine() {
    assert_eq!(PlatformId::parse("arm64", None), Err(PlatformError::Half));
    assert_eq!(PlatformId::parse("arm63", None), Err(PlatformError::Unknown));
}

#[test]
fn names_of_other_tools_are_recognised() {
    let meant = |text: &str| read(text).meant().map(|id| id.to_string());
    assert_eq!(meant("linux/armv7l").as_deref(), Some("linux/arm/v7"));
    assert_eq!(meant("linux/ppc64el").as_deref(), Some("linux/ppc64le"));
    assert_eq!(meant("linux/arm64"), None);
}
