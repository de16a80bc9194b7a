//! The programs that the benchmark measures print exactly what it says: their text is compared, byte by byte, with one
//! that is written without the compiler.

use plat_tests::fleet::typed;
use plat_tests::platc;
use plat_tests::scratch::Scratch;
use std::io;
use std::path::Path;
use std::process::Command;

/// The largest is told in parts.
const SIZES: [usize; 4] = [0, 1, 7, 500];

fn prints_what_is_expected(number: usize, source: fn(usize, &Path) -> io::Result<usize>) {
    let scratch = Scratch::new("fleet");
    source(number, scratch.path()).expect("the project can be written");
    let output = scratch.path().join("out");
    let mut compile = Command::new(platc::binary());
    compile.arg("compile").arg(scratch.path().join("main.plat")).arg("-o").arg(&output).arg("--target=emit");
    platc::run(&mut compile).expect(0);
    let mut expected = Vec::new();
    typed::print(number, &mut expected).expect("memory can be written to");
    let found = std::fs::read(output.join(typed::OUTPUT)).expect("the file is there");
    assert!(found == expected, "{number} services: the text differs");
}

#[test]
fn the_loop_prints_the_fleet() {
    for number in SIZES {
        prints_what_is_expected(number, typed::write_loop);
    }
}

#[test]
fn the_declarations_print_the_fleet() {
    for number in SIZES {
        prints_what_is_expected(number, typed::write_declarations);
    }
}
