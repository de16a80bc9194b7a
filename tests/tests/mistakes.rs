//! The page of forty mistakes shows what the compiler really prints: each program of it is a file of
//! `tests/suite/mistakes/`, without its annotations, and each message is what `platc check` says. `PLAT_UPDATE=1`
//! writes both into the page.

use std::path::Path;

use plat_tests::platc::platc;
use plat_tests::root;
use plat_tests::scratch::Scratch;

const PAGE: &str = "compiler/docs/mistakes.md";

/// Whether a line is an annotation of the suite.
fn is_annotation(line: &str) -> bool {
    let Some(rest) = line.trim_start().strip_prefix("//") else { return false };
    let text = rest.trim_start();
    rest.starts_with('@') || text.starts_with("help:") || text.starts_with('^') || text.starts_with("--")
}

fn program(path: &Path) -> String {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()));
    text.lines().filter(|line| !is_annotation(line)).flat_map(|line| [line, "\n"]).collect()
}

/// The program of a name, and what the compiler says to it.
fn shown(name: &str) -> (String, String) {
    let suite = root().join("tests/suite/mistakes");
    let scratch = Scratch::new(&format!("mistakes-{name}"));
    let folder = suite.join(name);
    let (main, files) = if folder.is_dir() {
        ("main.plat".to_owned(), plat_tests::tree::files(&folder))
    } else {
        (format!("{name}.plat"), vec![suite.join(format!("{name}.plat"))])
    };
    let mut text = String::new();
    for file in &files {
        let file = if folder.is_dir() { folder.join(file) } else { file.clone() };
        let source = program(&file);
        let called = file.file_name().expect("a file has a name").to_string_lossy().into_owned();
        scratch.write(&called, &source);
        if called == main {
            text = source;
        }
    }
    let ran = platc(scratch.path(), ["check", &main]).expect(1);
    (text, ran.stderr.trim_end().to_owned() + "\n")
}

/// The page with every program and message as they are.
fn written(page: &str) -> (String, Vec<String>) {
    let (mut out, mut names) = (String::new(), Vec::new());
    let mut message = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let body = match line.strip_prefix("```plat ") {
            Some(name) => {
                let (program, told) = shown(name);
                names.push(name.to_owned());
                message = Some(told);
                program
            }
            None if line == "```text" => match message.take() {
                Some(told) => told,
                None => continue,
            },
            None => continue,
        };
        out.push_str(&body);
        out.push_str("```\n");
        for skipped in lines.by_ref() {
            if skipped == "```" {
                break;
            }
        }
    }
    (out, names)
}

#[test]
fn the_page_shows_what_is_printed() {
    let path = root().join(PAGE);
    let page = std::fs::read_to_string(&path).expect("the page is there");
    let (fresh, names) = written(&page);
    assert_eq!(names.len(), 40, "the page has forty mistakes");
    if std::env::var_os("PLAT_UPDATE").is_some() {
        std::fs::write(&path, &fresh).expect("the page can be written");
        return;
    }
    for (at, (old, new)) in page.lines().zip(fresh.lines()).enumerate() {
        assert_eq!(old, new, "{PAGE}:{}: not what is printed; PLAT_UPDATE=1 writes the page anew", at + 1);
    }
    assert_eq!(page.lines().count(), fresh.lines().count());
}
