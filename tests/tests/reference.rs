//! What the language reference and the README show is true: each example is compiled, each mistake gets its code.

use std::collections::BTreeSet;

use plat_tests::platc::platc;
use plat_tests::root;
use plat_tests::scratch::Scratch;

/// A fenced block of Plat: its line, the code of the mistake that it shows, and the program.
struct Example {
    line: usize,
    mistake: Option<String>,
    program: String,
}

fn examples(page: &str) -> Vec<Example> {
    let text =
        std::fs::read_to_string(root().join(page)).unwrap_or_else(|e| panic!("cannot read {page}: {e}"));
    let mut found: Vec<Example> = Vec::new();
    let mut open = false;
    for (at, line) in text.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(_) if open => open = false,
            Some(info) if info.split_whitespace().next() == Some("plat") => {
                let mistake = info.split_whitespace().find_map(|word| word.strip_prefix("error="));
                let example =
                    Example { line: at + 1, mistake: mistake.map(str::to_owned), program: String::new() };
                found.push(example);
                open = true;
            }
            Some(_) => {}
            None if open => {
                if let Some(example) = found.last_mut() {
                    example.program.push_str(line);
                    example.program.push('\n');
                }
            }
            None => {}
        }
    }
    found
}

fn codes(json_lines: &str) -> BTreeSet<String> {
    let diagnostics = json_lines.lines().map(|line| serde_json::from_str(line).expect("one object per line"));
    let errors = diagnostics.filter(|d: &serde_json::Value| d["severity"] == "error");
    errors.map(|d| d["code"].as_str().unwrap_or_default().to_owned()).collect()
}

fn check(page: &str, at_least: usize) {
    let examples = examples(page);
    assert!(examples.len() >= at_least, "{page} has only {} examples", examples.len());
    for example in examples {
        let scratch = Scratch::new("reference");
        scratch.write("main.plat", &example.program);
        let ran = platc(scratch.path(), ["check", "--format", "json"]);
        let expected: BTreeSet<String> = example.mistake.into_iter().collect();
        assert_eq!(codes(&ran.stdout), expected, "{page}:{}\n{}{}", example.line, ran.stdout, ran.stderr);
    }
}

#[test]
fn every_example_of_the_reference_is_as_it_says() {
    check("stdlib/LANGUAGE.md", 16);
}

#[test]
fn the_readme_shows_a_program_that_compiles() {
    check("README.md", 1);
}
