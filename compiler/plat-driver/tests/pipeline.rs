//! The pipeline, end to end over files in memory, with a standard library of a few lines: what is emitted, what tests
//! say, where values come from.

#![allow(clippy::unwrap_used)]

use plat_driver::{Failure, Goal, MemoryWorld, Outcome, Request, Stdlib, run};

/// The axes and one kind that takes any fields.
const PRELUDE: &str = "\
/// Where things run.
kind platform { name: string, arch: string = \"amd64\" }
/// Where things are deployed.
kind environment { name: string, namespace?: string }
kind quota { name: string, cpu: int = 1, tags: list[string] = [] }
";

const AXES: &str = "platform amd64 {}\nplatform arm64 { arch = \"arm64\" }\n\
                    environment dev {}\nenvironment prod { namespace = \"live\" }\n";

fn request(goal: Goal) -> Request {
    Request::new(goal, "/p")
}

fn outcome(source: &str, request: &Request) -> Result<Outcome, Failure> {
    let world = MemoryWorld::new([("/p/main.plat", source)]);
    run(&world, &Stdlib::of([("prelude/all.plat", PRELUDE)]), request)
}

fn told(outcome: &Outcome) -> Vec<String> {
    let line = |d: &plat_base::Diagnostic| {
        let place = d.span().map(|s| outcome.sources.location(s)).unwrap_or_default();
        format!("{place} {}: {}", d.code, d.message)
    };
    outcome.diagnostics.iter().map(line).collect()
}

fn compiled(source: &str) -> Outcome {
    let mut request = request(Goal::Compile);
    request.targets = vec!["emit".to_owned()];
    let outcome = outcome(source, &request).unwrap();
    assert_eq!(told(&outcome), [""; 0]);
    outcome
}

fn files(outcome: &Outcome) -> Vec<(&str, &str)> {
    outcome.files.iter().map(|f| (f.path.as_str(), f.text.as_str())).collect()
}

#[test]
fn an_emit_is_written_in_the_format_of_its_ending() {
    let source = "let data = { name = \"api\", ports = [80, 443], deep = { on = true } }\n\
                  emit \"a.json\" = data\nemit \"b.yaml\" = data\nemit \"c.toml\" = data\nemit \"d.txt\" = \"hello\"\n";
    let out = compiled(source);
    let expected = [
        (
            "a.json",
            "{\n  \"name\": \"api\",\n  \"ports\": [\n    80,\n    443\n  ],\n  \"deep\": {\n    \"on\": true\n  }\n}\n",
        ),
        ("b.yaml", "---\nname: api\nports:\n  - 80\n  - 443\ndeep:\n  \"on\": true\n"),
        ("c.toml", "name = \"api\"\nports = [80, 443]\n\n[deep]\non = true\n"),
        ("d.txt", "hello\n"),
    ];
    assert_eq!(files(&out), expected);
    let at = |path: &str, line: usize| out.origin(path, line).map(|s| out.sources.location(s));
    assert_eq!(at("a.json", 2).as_deref(), Some("main.plat:1:14"));
    assert_eq!(at("b.yaml", 7).as_deref(), Some("main.plat:1:56"));
    assert_eq!(at("d.txt", 1).as_deref(), Some("main.plat:5:1"));
    assert_eq!(at("d.txt", 2), None);
}

#[test]
fn an_emit_may_have_the_axis_in_its_path() {
    let source =
        format!("{AXES}emit \"limits-\\(env.name).json\" = {{ namespace = env.namespace ?? \"none\" }}\n");
    let out = compiled(&source);
    let paths: Vec<&str> = out.files.iter().map(|f| f.path.as_str()).collect();
    assert_eq!(paths, ["limits-dev.json", "limits-prod.json"]);
    let mut only = request(Goal::Compile);
    only.targets = vec!["emit".to_owned()];
    only.environments = vec!["prod".to_owned()];
    let out = outcome(&source, &only).unwrap();
    assert_eq!(files(&out), [("limits-prod.json", "{\n  \"namespace\": \"live\"\n}\n")]);
    only.environments = vec!["production".to_owned()];
    let failure = outcome(&source, &only).unwrap_err();
    assert_eq!(failure.message, "there is no environment `production`");
    let broken = outcome("let b = nobody\n", &only).unwrap();
    assert!(broken.has_errors(), "what is wrong with the program is told first");
}

#[test]
fn paths_stay_in_the_output_folder() {
    let mut request = request(Goal::Compile);
    request.targets = vec!["emit".to_owned()];
    let out =
        outcome("emit \"../a.json\" = {}\nemit \"b\" = \"x\"\nemit \"b/c.json\" = {}\n", &request).unwrap();
    let expected = [
        "main.plat:1:6 output-path: the path `../a.json` does not stay in the output folder",
        "main.plat:3:6 duplicate-name: `b` is both a file and a folder",
    ];
    assert_eq!(told(&out), expected);
    assert_eq!(out.files, []);
}

#[test]
fn an_error_anywhere_leaves_no_files() {
    let out = outcome("emit \"a.json\" = { a = 1 }\nlet b = nobody\n", &request(Goal::Compile)).unwrap();
    assert!(out.has_errors());
    assert_eq!(out.files, []);
}

#[test]
fn tests_hold_or_say_what_they_saw() {
    let source = "let a = 1\ntest \"one\" { assert a == 1 }\ntest \"two\" { assert a + 1 == 3 }\n\
                  test \"wrong type\" { expect error type-mismatch { let b: string = a } }\n\
                  test \"no error\" { expect error type-mismatch { let c: int = a } }\n";
    let out = outcome(source, &request(Goal::Test)).unwrap();
    assert_eq!(told(&out), [""; 0]);
    let verdicts: Vec<(&str, usize)> =
        out.tests.iter().map(|t| (t.name.as_str(), t.failures.len())).collect();
    assert_eq!(verdicts, [("one", 0), ("two", 1), ("wrong type", 0), ("no error", 1)]);
    let labels: Vec<&str> = out.tests[1].failures[0].labels.iter().map(|l| l.text.as_str()).collect();
    assert!(labels.contains(&"1") || labels.contains(&"2"), "the values are told: {labels:?}");
    assert_eq!(
        out.tests[3].failures[0].help.as_deref(),
        Some("remove the expectation, or write what must not compile")
    );
    let mut some = request(Goal::Test);
    some.filter = Some("type".to_owned());
    assert_eq!(outcome(source, &some).unwrap().tests.len(), 1);
    let source = "kind box { size: int, wide?: bool }\ncheck wide-enough for b in box at error { require b.wide == true  message \"narrow\" }\n\
                  test \"code\" { expect error not-whole { box a { wide = false } } }\n";
    let out = outcome(source, &request(Goal::Test)).unwrap();
    let message = &out.tests[0].failures[0].message;
    assert!(message.contains("`missing-field`"), "its own error comes first: {message}");
}

#[test]
fn the_story_of_a_value_has_every_layer() {
    let source = format!(
        "{AXES}quota small {{ cpu = 2 }}\nquota big extends small {{\n  cpu = 4\n  when platform == arm64 {{ cpu = 3 }}\n}}\n"
    );
    let mut request = request(Goal::Explain);
    request.value = Some("quota.big.cpu".to_owned());
    let out = outcome(&source, &request).unwrap();
    assert_eq!(told(&out), [""; 0]);
    let values: Vec<(&str, usize)> = out.stories.iter().map(|s| (s.value.as_str(), s.steps.len())).collect();
    assert_eq!(values, [("4", 4), ("3", 4)], "also the `when` that does not hold");
    let last = out.stories[1].steps.last().unwrap();
    assert_eq!((out.sources.location(last.span).as_str(), last.conditional), ("main.plat:8:28", true));
    request.value = Some("quota.bigg.cpu".to_owned());
    let failure = outcome(&source, &request).unwrap_err();
    assert_eq!(failure.help.as_deref(), Some("did you mean `big`?"));
}

#[test]
fn the_order_of_the_files_makes_no_difference() {
    let files = [
        ("/p/a.plat", "quota a { cpu = 5 }\nemit \"a.json\" = { cpu = quota.a.cpu }\n"),
        ("/p/b.plat", "use \"./a.plat\"\nemit \"b.json\" = { all = [for q in quota: q.cpu] }\n"),
    ];
    let world = MemoryWorld::new(files);
    let compile = |paths: [&str; 2]| {
        let mut request = request(Goal::Compile);
        request.targets = vec!["emit".to_owned()];
        request.paths = paths.iter().map(Into::into).collect();
        run(&world, &Stdlib::of([("prelude/all.plat", PRELUDE)]), &request).unwrap()
    };
    let (one, two) = (compile(["a.plat", "b.plat"]), compile(["b.plat", "a.plat"]));
    assert_eq!(told(&one), [""; 0]);
    assert_eq!(files_of(&one), files_of(&two));
    assert_eq!(one.files.len(), 2);
}

fn files_of(outcome: &Outcome) -> Vec<(String, String)> {
    files(outcome).into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}
