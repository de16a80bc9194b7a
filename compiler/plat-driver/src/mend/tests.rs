use super::*;
use crate::{Goal, MemoryWorld};

fn mended(files: &[(&str, &str)]) -> (MemoryWorld, Mended) {
    let world = MemoryWorld::new(files.iter().copied());
    let request = Request::new(Goal::Check, "/p");
    let mended = mend(&world, &Stdlib::embedded(), &request).unwrap();
    (world, mended)
}

fn text(file: &MendedFile) -> &str {
    std::str::from_utf8(&file.after).unwrap()
}

#[test]
fn what_is_certain_is_mended_in_all_files_and_the_rest_is_told() {
    let (world, mended) = mended(&[
        ("/p/main.plat", "use \"./lib.plat\"\nlet a = true && lib.b; # why\nlet c = 2g\n"),
        ("/p/lib.plat", "let b = !false\r\n"),
    ]);
    let texts: Vec<&str> = mended.files.iter().map(text).collect();
    assert_eq!(
        texts,
        ["let b = not false\r\n", "use \"./lib.plat\"\nlet a = true and lib.b // why\nlet c = 2g\n"]
    );
    let codes: Vec<&str> = mended.outcome.diagnostics.iter().map(|d| d.code.as_str()).collect();
    assert_eq!((mended.applied, codes), (4, vec!["unknown-unit"]));
    write_mended(&world, &mended.files).unwrap();
    assert_eq!(world.text("/p/lib.plat").unwrap(), "let b = not false\r\n");
}

#[test]
fn a_byte_order_mark_stays_and_a_file_that_is_not_utf8_is_left_alone() {
    let (_, marked) = mended(&[("/p/main.plat", "\u{feff}let a = 1;\n")]);
    assert_eq!(text(&marked.files[0]), "\u{feff}let a = 1\n");
    let world = MemoryWorld::new([]);
    world.add("/p/main.plat", b"let a = 1;\n\xff\n");
    let request = Request::new(Goal::Check, "/p");
    let broken = mend(&world, &Stdlib::embedded(), &request).unwrap();
    assert!(broken.files.is_empty() && broken.applied == 0);
}

#[test]
fn all_files_are_written_or_none() {
    let (world, mended) =
        mended(&[("/p/main.plat", "use \"./lib.plat\"\nlet a = 1;\n"), ("/p/lib.plat", "let b = 1;\n")]);
    world.refuse("/p/main.plat");
    assert!(write_mended(&world, &mended.files).is_err());
    assert_eq!(world.text("/p/lib.plat").unwrap(), "let b = 1;\n");
}
