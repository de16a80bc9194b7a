//! The standard library itself has nothing to complain about.

mod support;

use support::{check_files, own, standard_library};

#[test]
fn the_standard_library_is_clean() {
    let checked = check_files(&standard_library());
    assert!(checked.diagnostics.is_empty(), "{}", checked.report());
}

#[test]
fn a_whole_project_is_clean() {
    let mut files = standard_library();
    files.push(own("main", include_str!("projects/shop.plat")));
    let checked = check_files(&files);
    assert!(checked.diagnostics.is_empty(), "{}", checked.report());
}
