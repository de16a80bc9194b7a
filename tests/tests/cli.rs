//! The command line as a user and a build script meet it: what is written, what never is, and the status.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use plat_tests::platc::{Ran, platc};
use plat_tests::scratch::Scratch;
use plat_tests::{annotations, examples, tree};

const GOOD: &str = "/// One file of data.\nlet size = 2\nemit \"size.json\" = { size = size }\n";
const BAD: &str = "let a = 2g\nemit \"size.json\" = { size = 2 }\n";

fn compile(folder: &Path) -> Ran {
    platc(folder, ["compile", "-o", "out"])
}

fn codes(ran: &Ran) -> Vec<String> {
    let given = annotations::given(&ran.stdout, Path::new("/")).expect("one JSON object per line");
    given.into_iter().map(|g| g.code).collect()
}

#[test]
fn compile_writes_and_check_agrees() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", GOOD);
    compile(scratch.path()).expect(0);
    let files = tree::files(&scratch.path().join("out"));
    let emitted = files.iter().find(|f| f.ends_with("size.json")).expect("it was emitted");
    let text = fs::read_to_string(scratch.path().join("out").join(emitted)).expect("readable");
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(value, serde_json::json!({ "size": 2 }));
    platc(scratch.path(), ["compile", "-o", "out", "--check"]).expect(0);
}

#[test]
fn check_mode_shows_the_difference_and_writes_nothing() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", GOOD);
    compile(scratch.path()).expect(0);
    scratch.write("main.plat", GOOD.replace("let size = 2", "let size = 3"));
    let before = tree::contents(&scratch.path().join("out"));
    let ran = platc(scratch.path(), ["compile", "-o", "out", "--check"]).expect(1);
    let text = format!("{}{}", ran.stdout, ran.stderr);
    assert!(text.contains("size.json"), "the file is named: {text}");
    assert!(text.lines().any(|l| l.trim_start().starts_with('-') && l.contains('2')), "a diff: {text}");
    assert!(text.lines().any(|l| l.trim_start().starts_with('+') && l.contains('3')), "a diff: {text}");
    assert_eq!(before, tree::contents(&scratch.path().join("out")));
}

#[test]
fn check_mode_on_an_empty_folder_fails_and_makes_none() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", GOOD);
    platc(scratch.path(), ["compile", "-o", "out", "--check"]).expect(1);
    assert!(!scratch.path().join("out").exists());
}

#[test]
fn an_error_writes_nothing() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", BAD);
    compile(scratch.path()).expect(1);
    assert!(!scratch.path().join("out").exists(), "no partial output");
}

#[test]
fn an_error_leaves_the_last_output_alone() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", GOOD);
    compile(scratch.path()).expect(0);
    let before = tree::contents(&scratch.path().join("out"));
    scratch.write("main.plat", BAD);
    compile(scratch.path()).expect(1);
    assert_eq!(before, tree::contents(&scratch.path().join("out")));
}

#[test]
fn stale_files_go_and_foreign_files_stay() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", "emit \"a.json\" = { a = 1 }\nemit \"b.json\" = { b = 1 }\n");
    compile(scratch.path()).expect(0);
    let notes = scratch.write("out/NOTES.md", "mine\n");
    scratch.write("main.plat", "emit \"a.json\" = { a = 1 }\n");
    compile(scratch.path()).expect(0);
    let files = tree::files(&scratch.path().join("out"));
    assert!(files.iter().any(|f| f.ends_with("a.json")), "{files:?}");
    assert!(!files.iter().any(|f| f.ends_with("b.json")), "{files:?}");
    assert_eq!(fs::read_to_string(notes).expect("still there"), "mine\n");
}

#[test]
fn a_foreign_file_in_the_way_is_refused() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", GOOD);
    let mine = scratch.write("out/size.json", "mine\n");
    let ran = platc(scratch.path(), ["compile", "-o", "out", "--format", "json"]).expect(1);
    assert_eq!(codes(&ran), ["output-not-ours"]);
    assert_eq!(fs::read_to_string(mine).expect("still there"), "mine\n");
}

#[test]
fn a_check_says_whether_it_takes_force() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", GOOD);
    compile(scratch.path()).expect(0);
    let check = || platc(scratch.path(), ["compile", "-o", "out", "--check"]).expect(1).stderr;
    let file = scratch.path().join("out/size.json");
    fs::write(&file, "mine\n").expect("written");
    assert!(check().contains("run `platc compile --force`"), "{}", check());
    fs::remove_file(&file).expect("removed");
    assert!(check().contains("run `platc compile`"), "{}", check());
}

#[test]
fn unchanged_files_keep_their_timestamps() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", GOOD);
    compile(scratch.path()).expect(0);
    let output = scratch.path().join("out");
    let old = SystemTime::now() - Duration::from_secs(3_600);
    for file in tree::files(&output) {
        let file = fs::File::options().write(true).open(output.join(file)).expect("writable");
        file.set_modified(old).expect("settable");
    }
    compile(scratch.path()).expect(0);
    for file in tree::files(&output) {
        let modified = fs::metadata(output.join(&file)).expect("there").modified().expect("known");
        assert!(modified <= old + Duration::from_secs(1), "{} was written again", file.display());
    }
}

#[test]
fn the_machine_formats_agree() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", "let a = 1\nlet b = 2g\n");
    let short = platc(scratch.path(), ["check", "--format", "short", "main.plat"]).expect(1);
    let text = format!("{}{}", short.stdout, short.stderr);
    assert!(text.contains("main.plat:2:9: error[unknown-unit]: "), "{text}");
    let json = platc(scratch.path(), ["check", "--format", "json", "main.plat"]).expect(1);
    let value: serde_json::Value = serde_json::from_str(json.stdout.trim()).expect("one object");
    let figure = |key: &str| value[key].as_u64().unwrap_or_default();
    assert_eq!([figure("line"), figure("column"), figure("end_line"), figure("end_column")], [2, 9, 2, 11]);
    for key in ["labels", "fixes", "contexts"] {
        assert!(value[key].is_array(), "{key} in {value}");
    }
    let human = platc(scratch.path(), ["check", "main.plat"]).expect(1);
    let text = format!("{}{}", human.stdout, human.stderr);
    assert!(text.contains("unknown-unit") && text.contains("2Gi"), "the code and the help: {text}");
}

#[test]
fn misuse_is_status_two() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", GOOD);
    platc(scratch.path(), ["compile", "--no-such-option"]).expect(2);
    platc(scratch.path(), ["no-such-command"]).expect(2);
    platc(scratch.path(), ["compile", "--target", "nomad"]).expect(2);
    platc(scratch.path(), Vec::<&str>::new()).expect(2);
}

#[test]
fn what_cannot_be_read_or_written_is_status_three() {
    let scratch = Scratch::new("cli");
    let ran = platc(scratch.path(), ["check", "nowhere.plat"]).expect(3);
    assert!(ran.stderr.contains("nowhere.plat") || ran.stdout.contains("nowhere.plat"), "it is named");
    scratch.write("main.plat", GOOD);
    scratch.write("a-file", "not a folder");
    platc(scratch.path(), ["compile", "-o", "a-file/out"]).expect(3);
}

#[test]
fn a_folder_where_a_file_should_be_is_told_once() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", "use \"./dir.plat\"\nlet a = 1\n");
    fs::create_dir(scratch.path().join("dir.plat")).expect("made");
    let ran = platc(scratch.path(), ["check", "--format", "json", "main.plat"]);
    assert!([1, 3].contains(&ran.status), "{ran:?}");
    assert!(!ran.stdout.contains("panicked") && !ran.stderr.contains("panicked"), "{ran:?}");
}

#[test]
fn a_file_that_is_not_utf8_is_a_diagnostic() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", b"let a = \"caf\xe9\"\nlet b = nobody\n");
    let ran = platc(scratch.path(), ["check", "--format", "json", "main.plat"]);
    assert!([1, 3].contains(&ran.status), "{ran:?}");
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
    let text = format!("{}{}", ran.stdout, ran.stderr);
    assert!(text.contains("UTF-8"), "it says what is wrong: {text}");
}

#[test]
fn ten_megabytes_of_brackets_end_in_a_diagnostic() {
    for (name, text) in [
        ("open", format!("let a = {}", "[".repeat(10_000_000))),
        ("records", format!("let a = {}", "{x=".repeat(3_000_000))),
        ("closed", format!("let a = {}1{}", "(".repeat(5_000_000), ")".repeat(5_000_000))),
        ("interpolated", format!("let a = {}", "\"\\(".repeat(3_000_000))),
        ("minus", format!("let a = {}1", "-".repeat(1_000_000))),
    ] {
        let scratch = Scratch::new("cli");
        scratch.write("main.plat", text);
        let start = Instant::now();
        let ran = platc(scratch.path(), ["check", "--format", "json", "main.plat"]).expect(1);
        assert!(!codes(&ran).is_empty(), "{name}");
        assert!(start.elapsed() < Duration::from_secs(60), "{name} took {:?}", start.elapsed());
    }
}

#[test]
fn nesting_that_people_write_is_fine() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", format!("let a = {}1{}\n", "[".repeat(60), "]".repeat(60)));
    platc(scratch.path(), ["check", "main.plat"]).expect(0);
}

#[test]
fn line_ends_of_windows_are_fine() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", "let a = 1\r\nlet b = 2g\r\n");
    let ran = platc(scratch.path(), ["check", "--format", "short", "main.plat"]).expect(1);
    let text = format!("{}{}", ran.stdout, ran.stderr);
    assert!(text.contains("main.plat:2:9: error[unknown-unit]"), "{text}");
}

#[test]
fn an_empty_program_is_fine() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", "");
    platc(scratch.path(), ["check", "main.plat"]).expect(0);
}

#[test]
fn a_new_project_compiles_and_is_formatted() {
    let scratch = Scratch::new("cli");
    platc(scratch.path(), ["init", "shop"]).expect(0);
    let project = scratch.path().join("shop");
    assert!(project.join("project.plat").is_file(), "{:?}", tree::files(scratch.path()));
    platc(&project, ["check"]).expect(0);
    platc(&project, ["test"]).expect(0);
    platc(&project, ["fmt", "--check"]).expect(0);
    platc(&project, ["compile"]).expect(0);
    // A second `init` would overwrite what is there.
    assert_ne!(platc(scratch.path(), ["init", "shop"]).status, 0);
}

#[test]
fn a_failing_test_declaration_fails_the_run() {
    let scratch = Scratch::new("cli");
    scratch.write(
        "main.plat",
        "let a = 1\ntest \"a is two\" { assert a == 2 }\ntest \"a is one\" { assert a == 1 }\n",
    );
    let ran = platc(scratch.path(), ["test"]).expect(1);
    let text = format!("{}{}", ran.stdout, ran.stderr);
    assert!(text.contains("a is two"), "{text}");
}

#[test]
fn fmt_check_changes_nothing() {
    let scratch = Scratch::new("cli");
    let ugly = "let   a=1\nlet b   =   [1,2 ,3]\n";
    let file = scratch.write("main.plat", ugly);
    platc(scratch.path(), ["fmt", "--check"]).expect(1);
    assert_eq!(fs::read_to_string(&file).expect("readable"), ugly);
    platc(scratch.path(), ["fmt"]).expect(0);
    let once = fs::read_to_string(&file).expect("readable");
    assert_ne!(once, ugly);
    platc(scratch.path(), ["fmt", "--check"]).expect(0);
    platc(scratch.path(), ["fmt"]).expect(0);
    assert_eq!(fs::read_to_string(&file).expect("readable"), once, "formatting twice is formatting once");
}

#[test]
fn help_has_examples_and_completions_are_scripts() {
    let scratch = Scratch::new("cli");
    let help = platc(scratch.path(), ["compile", "--help"]).expect(0).stdout;
    for wanted in ["--check", "--target", "--depfile", "--list-outputs", "Examples"] {
        assert!(help.contains(wanted), "{wanted} in {help}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = platc(scratch.path(), ["completions", shell]).expect(0).stdout;
        assert!(script.contains("platc"), "{shell}");
    }
    platc(scratch.path(), ["--version"]).expect(0);
}

#[test]
fn build_scripts_get_outputs_and_dependencies() {
    let scratch = Scratch::new("cli");
    let project = examples::folder("tradestream");
    let output = scratch.path().join("out").to_string_lossy().into_owned();
    let depfile = scratch.path().join("out.d").to_string_lossy().into_owned();
    let listed = platc(&project, ["compile", "-o", &output, "--list-outputs"]).expect(0).stdout;
    assert!(!Path::new(&output).exists(), "listing writes nothing");
    platc(&project, ["compile", "-o", &output, "--depfile", &depfile]).expect(0);
    let mut written: Vec<String> = tree::files(Path::new(&output))
        .into_iter()
        .map(|f| f.to_string_lossy().into_owned())
        .filter(|f| !f.rsplit('/').next().is_some_and(|n| n.starts_with(".plat")))
        .collect();
    written.sort();
    let mut listed: Vec<String> = listed
        .lines()
        .map(|l| l.strip_prefix(&format!("{output}/")).unwrap_or(l).to_owned())
        .filter(|f| !f.rsplit('/').next().is_some_and(|n| n.starts_with(".plat")))
        .collect();
    listed.sort();
    assert_eq!(listed, written, "what is listed is what is written");
    let rules = fs::read_to_string(&depfile).expect("a dependency file");
    let (targets, dependencies) = rules.split_once(": ").expect("`targets: dependencies`");
    assert!(!targets.is_empty());
    for source in ["main.plat", "platforms.plat", "profiles.plat", "project.plat"] {
        assert!(dependencies.contains(source), "{source} in {rules}");
    }
}

#[test]
fn targets_can_be_chosen() {
    let scratch = Scratch::new("cli");
    let output = scratch.path().join("out");
    let project = examples::folder("fastapi");
    platc(&project, ["compile", "-o", &output.to_string_lossy(), "--target", "docker"]).expect(0);
    assert!(output.join("docker").is_dir());
    assert!(!output.join("kubernetes").exists() && !output.join("bazel").exists());
}

#[test]
fn environments_can_be_chosen() {
    let scratch = Scratch::new("cli");
    let output = scratch.path().join("out");
    let project = examples::folder("fastapi");
    let ran = ["compile", "-o", &output.to_string_lossy(), "--target", "kubernetes", "--env", "dev"];
    platc(&project, ran).expect(0);
    assert!(output.join("kubernetes/dev").is_dir());
    assert!(!output.join("kubernetes/prod").exists());
}

/// What a target cannot express is told, and an error if that is asked for.
#[test]
fn what_is_lost_is_told() {
    let scratch = Scratch::new("cli");
    scratch.write(
        "main.plat",
        r#"use std.images
image api {
  registry   = "ghcr.io/org"
  tag        = "1.0.0"
  user       = { name = "app", uid = 1000 }
  env        { NOTE = "one\ntwo" }
  stages     { runtime { from = images.python-slim("3.13"), steps = [copy("a.py", to = "/app/a.py")] } }
  entrypoint = ["python", "/app/a.py"]
}
"#,
    );
    let compile = ["compile", "-o", "out", "--target", "docker", "--format", "json"];
    let ran = platc(scratch.path(), compile).expect(0);
    assert_eq!(codes(&ran), ["lossy"]);
    let denied = ["compile", "-o", "denied", "--target", "docker", "--format", "json", "--deny", "lossy"];
    let ran = platc(scratch.path(), denied).expect(1);
    assert_eq!(codes(&ran), ["lossy"]);
    assert!(!scratch.path().join("denied").exists(), "nothing is written");
}

const TWO_PLACES: &str = r#"environment dev {}
environment prod {}
image app { stages { runtime { from = "scratch" } } }
image late { environments = [prod], stages { runtime { from = "scratch" } } }
service a { image = app, command = ["a"] }
service b { image = late, command = ["b"], environments = [prod] }
output docker { path = "containers", output-folder = "out" }
output kubernetes {}
output edge { target = "kubernetes", path = "edge/k8s", ingress-class = "nginx" }
emit "in-\(env.name).json" = [for s in service: s.name]
emit "all.json" = [for s in service: s.name]
"#;

#[test]
fn outputs_say_what_is_written_and_files_of_an_environment_list_what_is_there() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", TWO_PLACES);
    compile(scratch.path()).expect(0);
    let json = |path: &str| -> serde_json::Value {
        let text = fs::read_to_string(scratch.path().join("out").join(path)).expect("readable");
        serde_json::from_str(&text).expect("JSON")
    };
    assert_eq!(json("in-dev.json"), serde_json::json!(["a"]));
    assert_eq!(json("in-prod.json"), serde_json::json!(["a", "b"]));
    assert_eq!(json("all.json"), serde_json::json!(["a", "b"]));
    let bake = json("containers/docker-bake.json");
    assert_eq!(bake["target"]["app"]["dockerfile"], "out/containers/app/Dockerfile");
    for path in ["kubernetes/dev/a.yaml", "edge/k8s/prod/b.yaml"] {
        assert!(scratch.path().join("out").join(path).is_file(), "{path}");
    }
    assert!(!scratch.path().join("out/bazel").exists(), "only what is asked for");
    let dev = platc(scratch.path(), ["compile", "-o", "dev", "--env", "dev"]).expect(0);
    assert!(!scratch.path().join("dev/containers/late").exists(), "{}", dev.stderr);
}

#[test]
fn two_runs_at_once_both_stay_in_the_manifest() {
    let scratch = Scratch::new("cli");
    scratch.write("main.plat", TWO_PLACES);
    std::thread::scope(|scope| {
        for target in ["docker", "kubernetes", "emit"] {
            let folder = scratch.path();
            scope.spawn(move || platc(folder, ["compile", "-o", "out", "--target", target]).expect(0));
        }
    });
    platc(scratch.path(), ["compile", "-o", "out", "--check"]).expect(0);
    let text = fs::read_to_string(scratch.path().join("out/.platc-manifest.json")).expect("a manifest");
    for file in ["containers/docker-bake.json", "kubernetes/dev/a.yaml", "in-dev.json"] {
        assert!(text.contains(file), "{file} is ours: {text}");
    }
}
