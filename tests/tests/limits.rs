//! Programs that would explode: each stops at a limit, soon and in bounded memory, and says which limit and where.

use plat_tests::platc::{Ran, binary, run};
use plat_tests::scratch::Scratch;
use std::fmt::Write;
use std::process::Command;
use std::time::{Duration, Instant};

/// Only to catch what never ends: an unoptimised build on a busy machine takes its time.
const LONGEST: Duration = Duration::from_secs(180);
/// Kibibytes of address space, thread stacks of 256 MiB each included.
const MEMORY: u32 = 3 << 20;

/// Checks a program with bounded memory.
fn check(scratch: &Scratch, command: &str) -> Ran {
    let limited = format!("ulimit -v {MEMORY}; exec \"$0\" {command} --format json");
    let start = Instant::now();
    let ran = run(Command::new("sh").arg("-c").arg(limited).arg(binary()).current_dir(scratch.path()));
    assert!(start.elapsed() < LONGEST, "{:?}", start.elapsed());
    assert!(matches!(ran.status, 0 | 1), "{}\n{}", ran.status, ran.stderr);
    ran
}

/// Checks one file and gives the first error: its code, its line, and its help.
fn first_error(program: &str) -> Option<(String, u64, String)> {
    let scratch = Scratch::new("limits");
    scratch.write("main.plat", program);
    let ran = check(&scratch, "compile --output out main.plat");
    let first = ran.stdout.lines().next()?;
    let told: serde_json::Value = serde_json::from_str(first).expect("one object per line");
    let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
    Some((text("code"), told["line"].as_u64().unwrap_or(0), text("help")))
}

/// A program of `count` lines after a first one; each may say `{n}` and, for the number before, `{m}`.
fn chain(first: &str, line: &str, count: usize, last: &str) -> String {
    let mut program = format!("{first}\n");
    for n in 1..=count {
        let line = line.replace("{n}", &n.to_string()).replace("{m}", &(n - 1).to_string());
        let _ = writeln!(program, "{line}");
    }
    program + last
}

fn stops(program: &str, limit: &str) {
    let shown: String = program.lines().take(4).collect::<Vec<_>>().join("\n");
    match first_error(program) {
        Some((code, line, help)) => {
            assert_eq!(code, "limit-exceeded", "{shown}");
            assert!(line > 0, "{shown}: no place");
            assert!(help.contains(&format!("`{limit}`")), "{shown}: {help}");
        }
        None => panic!("{shown}: nothing was said"),
    }
}

#[test]
fn loops_in_loops_in_loops() {
    stops("let a = [for x in range(1000) for y in range(1000) for z in range(1000): x]", "length");
    stops(
        "let a = [for x in range(9999) for y in range(9999) for z in range(9999) if x > y and y > x: z]",
        "steps-per-value",
    );
    let program = "kind k { n: int }\n\
        for x in range(1000) { for y in range(1000) { for z in range(1000) if z > 1000 { k \"\\(x)-\\(y)-\\(z)\" { n = x } } } }";
    stops(program, "steps-per-value");
    stops("let a = range(1_000_000_000)", "length");
    stops("let a = [for i in range(1000): range(1_000_000)]", "steps-per-value");
}

#[test]
fn texts_that_double() {
    stops(&chain("let a0 = \"xxxxxxxxxxxxxxxx\"", "let a{n} = \"\\(a{m})\\(a{m})\"", 60, ""), "text");
    stops(
        &chain(
            "fn f0(x: string) -> string = \"\\(x)\\(x)\"",
            "fn f{n}(x: string) -> string = f{m}(f{m}(x))",
            60,
            "let a = f60(\"x\").length",
        ),
        "text",
    );
    stops(
        "let t = replace(join([for i in range(99_999): \"aaaaaaaaaa\"]), \"a\", \"0123456789012345678901234567890123456789\")",
        "text",
    );
}

#[test]
fn lists_records_and_data_that_double() {
    let lists = |last: &str| chain("let a0 = [1]", "let a{n} = [a{m}, a{m}]", 60, last);
    stops(&lists(""), "steps");
    stops(&lists("let t = json(a60)"), "steps");
    stops(&chain("let a0: list[int] = [1]", "let a{n} = flatten([a{m}, a{m}])", 60, ""), "length");
    let data = |last: &str| chain("let a0: data = [1]", "let a{n}: data = { x = a{m}, y = a{m} }", 60, last);
    stops(&data("emit \"a.yaml\" = a60"), "steps");
    stops(&data("let t = yaml(a60)"), "steps-per-value");
    // Types have no setting: who needs more can say `data`.
    let records = chain("let a0 = { x = 1 }", "let a{n} = { x = a{m}, y = a{m} }", 60, "");
    assert_eq!(first_error(&records).map(|e| e.0).as_deref(), Some("limit-exceeded"));
    let types = chain("type a0 = { x: int }", "type a{n} = { x: a{m}, y: a{m} }", 60, "let b: a60 = 1");
    assert_eq!(first_error(&types).map(|e| e.0).as_deref(), Some("limit-exceeded"));
}

#[test]
fn functions_that_call_twice() {
    let program = |last: &str| {
        chain("fn f0(x: int) -> int = x + 1", "fn f{n}(x: int) -> int = f{m}(x) + f{m}(x)", 60, last)
    };
    stops(&program("let a = f60(1)"), "steps-per-value");
    stops(&program("resources a { requests { cpu = f60(1) } }"), "steps-per-value");
    // In a field or a loop of a big program it is found as soon.
    let big =
        program("for i in range(2000) { resources \"r\\(i)\" { requests { cpu = 1 } } }\nlet a = f60(1)");
    stops(&big, "steps-per-value");
}

#[test]
fn layers_upon_layers() {
    stops(&chain("let a0 = { x = 1 }", "let a{n} = a{m} { x = {n} }", 1500, ""), "layers");
    stops(
        &chain(
            "resources a0 { requests { cpu = 1 } }",
            "resources a{n} = resources.a{m} { requests { cpu = {n} } }",
            1500,
            "",
        ),
        "layers",
    );
    stops(
        &chain(
            "resources a0 { requests { cpu = 1 } }",
            "resources a{n} extends a{m} { requests { cpu = {n} } }",
            1500,
            "",
        ),
        "layers",
    );
}

#[test]
fn work_on_long_lists_counts() {
    let list = "let l = [for i in range(500_000): (i * 7919) mod 1_000_003]\n";
    for call in ["sort(l)", "reverse(l)", "sum(l)", "unique(l)", "zip(l, l)", "[l, l]"] {
        let program = format!("{list}let a = [for i in range(100_000): {call}]");
        match first_error(&program) {
            Some((code, ..)) => assert_eq!(code, "limit-exceeded", "{call}"),
            // A list of the same two lists costs nothing.
            None => assert_eq!(call, "[l, l]"),
        }
    }
    stops(
        "let t = join([for i in range(500_000): \"a\"], by = \",\")\nlet a = [for i in range(1000): split(t, by = \",\")]",
        "steps",
    );
    stops(
        "let m = {for i in range(10_000): \"k\\(i)\" = i}\nlet a = [for i in range(10_000): merge(m, m)]",
        "steps",
    );
}

#[test]
fn patterns_are_linear_and_small() {
    let too_big = first_error("let a = \"a\" matches r\"((a{1000}){1000}){1000}\"");
    assert!(too_big.is_some());
    let program = "let t = join([for i in range(500_000): \"a\"])\nlet a = t matches r\"(a|a)*(a|aa)*(aa|aaa)*b\"\n\
        emit \"a.json\" = { found = a }";
    assert_eq!(first_error(program), None);
}

#[test]
fn big_programs_are_no_explosions() {
    let many = |line: &str, count| chain("", line, count, "");
    for program in [
        many("resources a{n} { requests { cpu = 1 } }", 3000),
        format!("resources a {{\n requests {{ cpu = 1 }}\n{}}}", "when env.name == \"x\" { requests { cpu = 2 } }\n".repeat(3000)),
        format!("let a = match 5 {{\n{} else => 0 }}", chain("", " {n} => {n},", 5000, "")),
        format!("let a = \"{}\"", "x".repeat(10 << 20)),
        format!("let a = [{}]", (0..50_000).map(|i| i.to_string()).collect::<Vec<_>>().join(", ")),
        chain("let a0 = 1", "let a{n} = a{m} + 1", 1500, ""),
        "kind k { n: int }\nfor i in range(20_000) { k \"k\\(i)\" { n = i } }\nlet all = sum([for x in k: x.n])".to_owned(),
    ] {
        assert_eq!(first_error(&program), None, "{}", program.chars().take(80).collect::<String>());
    }
}

#[test]
fn nesting_stops() {
    for program in [
        format!("let a = {}1", "-".repeat(100_000)),
        format!("let a = {}1", "- ".repeat(100_000)),
        format!("let a = {}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("let a = 1{}", " + 1".repeat(50_000)),
        format!("resources a {{\n{}{}}}", "when env.name == \"x\" {\n".repeat(20_000), "}\n".repeat(20_000)),
    ] {
        let shown: String = program.chars().take(40).collect();
        assert_eq!(first_error(&program).map(|e| e.0).as_deref(), Some("limit-exceeded"), "{shown}");
    }
}

#[test]
fn files_and_output() {
    stops("for i in range(1_000_000) { emit \"f\\(i).txt\" = \"x\" }", "files");
    let program = "let t = join([for i in range(900_000): \"0123456789\"])\nfor i in range(1000) { emit \"f\\(i).txt\" = t }";
    stops(program, "output");
}

#[test]
fn modules_and_chains_of_imports() {
    let scratch = Scratch::new("limits");
    scratch.write("project.plat", "project p { limits { modules = 100, import-depth = 50 } }");
    let mut main = String::new();
    for i in 0..120 {
        scratch.write(&format!("m{i}.plat"), "let x = 1");
        let _ = writeln!(main, "use \"./m{i}.plat\"");
    }
    scratch.write("main.plat", main);
    let told = check(&scratch, "check main.plat").stdout;
    assert!(
        told.lines().next().is_some_and(|l| l.contains("limit-exceeded") && l.contains("`modules`")),
        "{told}"
    );
    for i in 0..80 {
        scratch.write(&format!("c{i}.plat"), format!("use \"./c{}.plat\"", i + 1));
    }
    scratch.write("c80.plat", "let x = 1");
    scratch.write("chain.plat", "use \"./c0.plat\"");
    let told = check(&scratch, "check chain.plat").stdout;
    assert!(told.contains("`import-depth`") && told.lines().count() == 1, "{told}");
}
