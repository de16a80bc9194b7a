//! The rules of the house that a machine can see: who may name what, and which crate may depend on which.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// The crates in the order of the pipeline; each may depend only on those before it.
const ORDER: &[&str] = &[
    "plat-base",
    "plat-syntax",
    "plat-format",
    "plat-sema",
    "plat-eval",
    "plat-model",
    "plat-targets",
    "plat-verify",
    "plat-report",
    "plat-driver",
    "plat-lsp",
    "platc",
];

fn compiler() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// All sources below the `src` folders (and all build scripts), as (path below `compiler/`, text without comments and
/// without its test module).
fn sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for member in fs::read_dir(compiler()).unwrap() {
        let member = member.unwrap().path();
        collect(&member.join("src"), &mut files);
        files.extend(Some(member.join("build.rs")).filter(|f| f.is_file()));
    }
    files.sort();
    let strip = |path: PathBuf| {
        let name = path.strip_prefix(compiler()).unwrap().to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or("").to_owned();
        let lines = code.lines().filter(|l| !l.trim_start().starts_with("//"));
        (name, lines.collect::<Vec<_>>().join("\n"))
    };
    files
        .into_iter()
        .map(strip)
        .filter(|(name, _)| !name.ends_with("tests.rs") && !name.contains("/tests/"))
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// Asserts that only files that begin with one of `allowed` name `word`.
fn only(word: &str, allowed: &[&str]) {
    let named: Vec<String> = sources()
        .into_iter()
        .filter(|(name, text)| text.contains(word) && !allowed.iter().any(|a| name.starts_with(a)))
        .map(|(name, _)| name)
        .collect();
    assert!(named.is_empty(), "only {allowed:?} may name `{word}`, but these do: {named:?}");
}

#[test]
fn only_the_report_names_miette() {
    only("miette", &["platc/src/report.rs"]);
}

#[test]
fn only_the_syntax_names_pest() {
    only("pest", &["plat-syntax/"]);
}

#[test]
fn only_the_command_line_names_clap() {
    only("clap", &["platc/src/args.rs", "platc/src/main.rs", "platc/src/commands/completions.rs"]);
}

#[test]
fn only_the_disk_world_touches_files() {
    for word in ["std::fs", "fs::File", "OpenOptions"] {
        only(word, &["plat-driver/src/world/disk.rs", "plat-driver/build.rs"]);
    }
    only("use std::{env, fs", &["plat-driver/build.rs"]);
}

#[test]
fn what_a_program_means_depends_on_no_clock_network_or_environment() {
    for word in ["SystemTime", "std::net", "thread_rng"] {
        only(word, &[]);
    }
    only("rustix", &["plat-driver/src/host.rs"]);
    only("Instant::now", &["plat-driver/src/pipeline.rs", "platc/src/commands/", "platc/src/progress.rs"]);
    only("env::var", &["platc/src/console.rs", "plat-driver/build.rs"]);
}

#[test]
fn only_the_console_writes_to_the_streams() {
    for word in ["io::stdout", "io::stderr"] {
        only(word, &["platc/src/console.rs"]);
    }
}

#[test]
fn no_stage_depends_on_a_later_one() {
    let rank = |name: &str| ORDER.iter().position(|o| *o == name);
    for member in fs::read_dir(compiler()).unwrap() {
        let manifest = member.unwrap().path().join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&manifest) else { continue };
        let name = text.lines().find_map(|l| l.strip_prefix("name = ")).unwrap().trim_matches('"');
        let own = rank(name).unwrap_or_else(|| panic!("{name} has no place in the order"));
        let dependencies =
            text.split("[dependencies]").nth(1).unwrap_or("").split("\n[").next().unwrap_or("");
        for line in dependencies.lines().filter(|l| l.starts_with("plat")) {
            let dependency = line.split(['.', ' ', '=']).next().unwrap();
            let at = rank(dependency).unwrap_or_else(|| panic!("{dependency} has no place in the order"));
            assert!(at < own, "{name} depends on {dependency}, which comes after it");
            let no_sibling = dependency != "plat-format" || matches!(name, "plat-lsp" | "platc");
            assert!(no_sibling, "{name} depends on the formatter");
            let independent = name != "plat-verify" || matches!(dependency, "plat-base" | "plat-model");
            assert!(independent, "what judges the artefacts depends on {dependency}");
            let reads_domain = name != "plat-report" || matches!(dependency, "plat-base" | "plat-model");
            assert!(reads_domain, "the report depends on {dependency}");
        }
    }
}

#[test]
fn no_file_is_a_room_that_has_grown_too_big() {
    for (name, _) in sources() {
        let lines = fs::read_to_string(compiler().join(&name)).unwrap().lines().count();
        // The typed program is one recursive family of plain data.
        assert!(lines <= 800 || name == "plat-sema/src/hir.rs", "{name} has {lines} lines");
    }
}
