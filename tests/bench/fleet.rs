//! Writes the fleet project: N services of one kind, as a Plat program.
//!
//! ```text
//! cargo run -p plat-tests --bin fleet -- 1000 FOLDER                 in one file
//! cargo run -p plat-tests --bin fleet -- 1000 FOLDER --split         ten services per file
//! ```

use std::path::Path;
use std::process::ExitCode;

use plat_tests::fleet::{self, Layout};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (number, folder, layout) = match arguments.as_slice() {
        [number, folder] => (number, folder, Layout::OneFile),
        [number, folder, split] if split == "--split" => (number, folder, Layout::Split),
        _ => {
            eprintln!("usage: fleet N FOLDER [--split]");
            return ExitCode::from(2);
        }
    };
    let Ok(number) = number.parse() else {
        eprintln!("fleet: `{number}` is not a number");
        return ExitCode::from(2);
    };
    match fleet::write(number, layout, Path::new(folder)) {
        Ok(bytes) => {
            println!("{number} services, {bytes} bytes in {folder}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("fleet: {folder}: {error}");
            ExitCode::from(3)
        }
    }
}
