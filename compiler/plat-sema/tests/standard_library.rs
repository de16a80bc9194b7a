//! The standard library has nothing to complain about, and neither have whole projects that use it.

mod support;

use support::{check_files, own, standard_library};

#[test]
fn the_standard_library_is_clean() {
    let checked = check_files(&standard_library());
    assert!(checked.diagnostics.is_empty(), "{}", checked.report());
}

#[test]
fn whole_projects_are_clean() {
    let tradestream = [
        ("platforms", include_str!("projects/tradestream/platforms.plat")),
        ("profiles", include_str!("projects/tradestream/profiles.plat")),
        ("main", include_str!("projects/tradestream/main.plat")),
    ];
    let fastapi = [("main", include_str!("projects/fastapi/main.plat"))];
    for project in [&tradestream[..], &fastapi[..]] {
        let mut files = standard_library();
        files.extend(project.iter().map(|(name, text)| own(name, text)));
        let checked = check_files(&files);
        assert!(checked.diagnostics.is_empty(), "{}", checked.report());
    }
}
