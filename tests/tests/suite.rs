//! Runs `platc check` on every annotated program under `tests/suite` and compares the diagnostics with
//! those that the program's comments expect. Where a program is without errors, its tests are run too. A folder with a `main.plat` is one program of several files.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::{Arguments, Failed, Trial};
use plat_tests::annotations::{self, Annotations};
use plat_tests::{platc, tree};

fn main() {
    let arguments = Arguments::from_args();
    let suite = plat_tests::root().join("tests/suite");
    let mut trials = Vec::new();
    collect(&suite, &suite, &mut trials);
    trials.push(Trial::test("many programs have several mistakes", move || many(&suite.join(SEVERAL))));
    let conclusion = libtest_mimic::run(&arguments, trials);
    let count = |n: &AtomicUsize| n.load(Ordering::Relaxed);
    if count(&TALLY.programs) > 0 {
        println!(
            "several: {} programs, {} errors, {} missing, {} extra",
            count(&TALLY.programs),
            count(&TALLY.errors),
            count(&TALLY.missing),
            count(&TALLY.extra),
        );
    }
    conclusion.exit();
}

/// The folder of the programs with several independent mistakes, of which one run must tell all and nothing else.
const SEVERAL: &str = "several";

/// What came of the programs in that folder.
struct Tally {
    programs: AtomicUsize,
    errors: AtomicUsize,
    missing: AtomicUsize,
    extra: AtomicUsize,
}

static TALLY: Tally = Tally {
    programs: AtomicUsize::new(0),
    errors: AtomicUsize::new(0),
    missing: AtomicUsize::new(0),
    extra: AtomicUsize::new(0),
};

impl Tally {
    fn count(&self, expected: &Annotations, disagreements: &[String]) {
        let with = |start: &str| disagreements.iter().filter(|d| d.starts_with(start)).count();
        self.programs.fetch_add(1, Ordering::Relaxed);
        self.errors.fetch_add(expected.diagnostics.len(), Ordering::Relaxed);
        self.missing.fetch_add(with("expected, but not given"), Ordering::Relaxed);
        self.extra.fetch_add(with("given, but not expected"), Ordering::Relaxed);
    }
}

/// There are at least 60 programs with three mistakes or more.
fn many(folder: &Path) -> Result<(), Failed> {
    let mut programs = 0;
    let entries = std::fs::read_dir(folder).map_err(|e| format!("cannot list {}: {e}", folder.display()))?;
    for path in entries.filter_map(|e| Some(e.ok()?.path())) {
        let files =
            if path.is_dir() { tree::matching(&path, |f| f.extension().is_some()) } else { vec![path] };
        let mut annotations = Annotations::default();
        for file in files {
            let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
            annotations::read(&file, &text, &mut annotations)?;
        }
        programs += usize::from(annotations.diagnostics.len() >= 3);
    }
    if programs >= 60 { Ok(()) } else { Err(format!("only {programs} programs").into()) }
}

fn collect(folder: &Path, suite: &Path, trials: &mut Vec<Trial>) {
    let is_plat = |path: &Path| path.extension().is_some_and(|e| e == "plat");
    let main = folder.join("main.plat");
    if main.is_file() {
        add(main, tree::matching(folder, is_plat), suite, trials);
        return;
    }
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|e| panic!("cannot list {}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("a folder entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, suite, trials);
        } else if is_plat(&path) {
            add(path.clone(), vec![path], suite, trials);
        }
    }
}

fn add(entry: PathBuf, files: Vec<PathBuf>, suite: &Path, trials: &mut Vec<Trial>) {
    let name = entry.strip_prefix(suite).expect("it lies in the suite").with_extension("");
    trials.push(Trial::test(name.to_string_lossy(), move || case(&entry, &files)));
}

/// Whether one of the files declares a test.
fn has_tests(files: &[PathBuf]) -> bool {
    let declares = |text: String| text.lines().any(|line| line.starts_with("test \""));
    files.iter().any(|file| std::fs::read_to_string(file).is_ok_and(declares))
}

fn case(entry: &Path, files: &[PathBuf]) -> Result<(), Failed> {
    let mut annotations = Annotations::default();
    for file in files {
        // A file that is not UTF-8 is a case of its own, and annotated in another one.
        let bytes = std::fs::read(file).map_err(|e| format!("cannot read {}: {e}", file.display()))?;
        annotations::read(file, &String::from_utf8_lossy(&bytes), &mut annotations)?;
    }
    let folder = entry.parent().expect("a file lies in a folder");
    let name = entry.file_name().expect("a file has a name").to_string_lossy().into_owned();
    let ran = platc::platc(folder, ["check", "--format", "json", &name]);
    let given = annotations::given(&ran.stdout, folder)?;
    let mut disagreements = annotations::compare(&annotations, &given);
    if entry.starts_with(plat_tests::root().join("tests/suite").join(SEVERAL)) {
        TALLY.count(&annotations, &disagreements);
    }
    let status = i32::from(annotations.diagnostics.iter().any(|d| d.severity == "error"));
    if ran.status != status {
        disagreements.push(format!("exit status {} instead of {status}", ran.status));
    }
    if disagreements.is_empty() && status == 0 && has_tests(files) {
        let tests = platc::platc(folder, ["test", "--quiet", &name]);
        if tests.status != 0 {
            disagreements.push(format!("its tests fail:\n{}{}", tests.stdout, tests.stderr));
        }
    }
    if disagreements.is_empty() {
        return Ok(());
    }
    let all = disagreements.join("\n  ");
    Err(format!("{}\n  {all}\n{}", entry.display(), ran.stderr).into())
}
