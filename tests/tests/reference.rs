//! What the language reference and the README show is true: each example is compiled, each mistake gets its code.

use std::collections::BTreeSet;

use plat_tests::{pages, root};

fn check(page: &str, at_least: usize) {
    let programs = pages::programs(&root().join(page));
    assert!(programs.len() >= at_least, "{page} has only {} examples", programs.len());
    for program in programs {
        let (all, ran) = program.mistakes();
        let errors: BTreeSet<_> = all.into_iter().filter(|(severity, _)| severity == "error").collect();
        let expected: BTreeSet<_> = program.mistake.into_iter().collect();
        assert_eq!(errors, expected, "{page}:{}\n{}{}", program.line, ran.stdout, ran.stderr);
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
