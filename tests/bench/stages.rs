//! How long each stage takes on the fleet: `cargo bench -p plat-tests`. Nothing is asserted about time.
//!
//! Each stage gets what the one before it made, so the figures of one size add up to a compilation without writing.

use std::path::Path;

use divan::Bencher;
use plat_driver::{DiskWorld, Loaded, Stdlib, discover, load};
use plat_eval::{Evaluator, Limits};
use plat_model::Project;
use plat_sema::hir::Program;
use plat_tests::fleet::{self, Layout};
use plat_tests::scratch::Scratch;

const SIZES: [usize; 2] = [100, 1000];

fn main() {
    divan::main();
}

fn with_fleet<R>(services: usize, f: impl FnOnce(&Path) -> R) -> R {
    let scratch = Scratch::new("stages");
    fleet::write(services, Layout::OneFile, scratch.path()).expect("the fleet can be written");
    f(scratch.path())
}

fn loaded(folder: &Path) -> Loaded {
    let layout = discover(&DiskWorld, folder, &[], None).expect("a project");
    load(&DiskWorld, &Stdlib::embedded(), &layout).expect("it can be read")
}

fn program(services: usize) -> Program {
    let Loaded { modules, checked, .. } = with_fleet(services, loaded);
    let (program, diagnostics) = plat_sema::analyze_on(checked, &modules);
    assert!(diagnostics.iter().all(|d| !d.is_error()), "{diagnostics:?}");
    program
}

fn project(program: &Program) -> Project {
    let mut eval = Evaluator::new(program, Limits::default());
    plat_model::read(&mut eval, "fleet", None).0
}

#[divan::bench(args = SIZES)]
fn load_and_parse(bencher: Bencher, services: usize) {
    with_fleet(services, |folder| bencher.bench(|| loaded(folder)));
}

#[divan::bench(args = SIZES)]
fn check(bencher: Bencher, services: usize) {
    let Loaded { modules, checked, .. } = with_fleet(services, loaded);
    bencher.bench(|| plat_sema::analyze_on(checked, &modules));
}

#[divan::bench(args = SIZES)]
fn evaluate(bencher: Bencher, services: usize) {
    let program = program(services);
    bencher.bench_local(|| {
        let mut eval = Evaluator::new(&program, Limits::default());
        eval.force_all();
        eval.diagnostics()
    });
}

#[divan::bench(args = SIZES)]
fn evaluate_and_run_checks(bencher: Bencher, services: usize) {
    let program = program(services);
    bencher.bench_local(|| {
        let mut eval = Evaluator::new(&program, Limits::default());
        eval.force_all();
        eval.run_checks(false);
        eval.diagnostics()
    });
}

#[divan::bench(args = SIZES)]
fn evaluate_and_read_model(bencher: Bencher, services: usize) {
    let program = program(services);
    bencher.bench_local(|| project(&program));
}

#[divan::bench(args = SIZES)]
fn emit(bencher: Bencher, services: usize) {
    let project = project(&program(services));
    bencher.bench(|| {
        let emit = |output: &plat_model::Output| {
            let target = plat_targets::TARGETS.iter().find(|t| t.name == output.target);
            target.map(|t| (t.emit)(&project, output))
        };
        project.outputs.iter().filter_map(emit).map(|e| e.artifacts.len()).sum::<usize>()
    });
}
