//! The programs that the benchmark runs beside the compiler print the same objects. Here those in Python and Starlark,
//! for which the tests have all they need; the benchmark itself compares every language before it measures it.

use std::cell::RefCell;
use std::path::Path;

use plat_tests::fleet::peers::{Language, PYTHON, STARLARK, Source};
use plat_tests::fleet::typed;
use plat_tests::oracle;
use plat_tests::scratch::Scratch;
use serde_json::Value;
use starlark::PrintHandler;
use starlark::environment::{Globals, LibraryExtension, Module};
use starlark::eval::Evaluator;
use starlark::syntax::{AstModule, Dialect};

const SIZES: [usize; 2] = [1, 7];

fn prints_the_fleet(language: &Language, run: impl Fn(&Path) -> String) {
    for number in SIZES {
        let expected = expected(number);
        for source in [Source::Loop, Source::Written] {
            let scratch = Scratch::new("peers");
            language.write(source, number, scratch.path()).expect("the program can be written");
            let printed = read(&scratch.write("printed", run(scratch.path())));
            let name = source.name();
            assert!(printed == expected, "{name}.{} with {number} services", language.extension);
        }
    }
}

fn expected(number: usize) -> Value {
    let mut text = Vec::new();
    typed::print(number, &mut text).expect("memory can be written to");
    let scratch = Scratch::new("peers");
    read(&scratch.write("expected", text))
}

/// The one document of a file, which is JSON if it looks like that.
fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("the file is there");
    if text.starts_with('{') {
        return serde_json::from_str(&text).expect("it is JSON");
    }
    let script = plat_tests::root().join("tests/oracles/yaml_to_json.py");
    let ran = oracle::python(&script, &[&path.to_string_lossy()]).expect(0);
    let documents: Vec<Value> = serde_json::from_str(&ran.stdout).expect("the script prints JSON");
    assert!(documents.len() == 1, "{} holds {} documents", path.display(), documents.len());
    documents.into_iter().next().unwrap_or_default()
}

#[test]
fn python_prints_the_fleet() {
    for option in [&[][..], &["--json"]] {
        prints_the_fleet(&PYTHON, |folder| oracle::python(&folder.join("main.py"), option).expect(0).stdout);
    }
}

/// Keeps what a program prints.
#[derive(Default)]
struct Printed(RefCell<String>);

impl PrintHandler for Printed {
    fn println(&self, text: &str) -> starlark::Result<()> {
        self.0.borrow_mut().push_str(text);
        Ok(())
    }
}

#[test]
fn starlark_prints_the_fleet() {
    prints_the_fleet(&STARLARK, |folder| {
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).expect("the file is there");
        // The interpreters run one file after the other in one scope.
        let program = text("kubernetes.star") + &text("main.star");
        let program = AstModule::parse("main.star", program, &Dialect::Standard).expect("it is Starlark");
        let globals = Globals::extended_by(&[LibraryExtension::Json, LibraryExtension::Print]);
        let printed = Printed::default();
        Module::with_temp_heap(|module| {
            let mut eval = Evaluator::new(&module);
            eval.set_print_handler(&printed);
            eval.eval_module(program, &globals).map(|_| ())
        })
        .expect("it runs");
        printed.0.into_inner()
    });
}
