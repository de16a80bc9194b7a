//! Every emitted YAML file: linted, and read alike by independent readers of YAML 1.1 and 1.2.

use std::path::PathBuf;

use plat_tests::{examples, oracle, tree};

fn files() -> Vec<PathBuf> {
    let found: Vec<PathBuf> = examples::compiled()
        .iter()
        .flat_map(|(_, output)| {
            tree::matching(output, |f| f.extension().is_some_and(|e| e == "yaml" || e == "yml"))
        })
        .collect();
    assert!(!found.is_empty(), "the examples emit YAML");
    found
}

fn paths() -> Vec<String> {
    files().iter().map(|f| f.to_string_lossy().into_owned()).collect()
}

#[test]
fn yamllint_finds_nothing() {
    let profile = plat_tests::root().join("tests/oracles/yamllint.yaml").to_string_lossy().into_owned();
    let paths = paths();
    let mut arguments = vec!["--strict", "--format", "parsable", "-c", &profile];
    arguments.extend(paths.iter().map(String::as_str));
    oracle::ask("yamllint", &plat_tests::root(), &arguments).expect(0);
}

#[test]
fn readers_of_both_versions_agree() {
    let script = plat_tests::root().join("tests/oracles/yaml_agree.py");
    let paths = paths();
    let arguments: Vec<&str> = paths.iter().map(String::as_str).collect();
    oracle::python(&script, &arguments).expect(0);
}

/// The reader itself can tell the difference: a file on which the versions disagree is refused.
#[test]
fn a_file_that_reads_differently_is_refused() {
    let scratch = plat_tests::scratch::Scratch::new("yaml");
    let file = scratch.write("bad.yaml", "debug: yes\nwhen: 12:30:45\n").to_string_lossy().into_owned();
    let script = plat_tests::root().join("tests/oracles/yaml_agree.py");
    oracle::python(&script, &[&file]).expect(1);
}
