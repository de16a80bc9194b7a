//! Loading, end to end over files in memory: which modules a program has, in which order, and what is said of
//! imports and files that are wrong.

#![allow(clippy::unwrap_used)]

use plat_driver::{Goal, MemoryWorld, Outcome, Place, Request, Stdlib, discover, load, run};
use std::path::{Path, PathBuf};

fn stdlib() -> Stdlib {
    Stdlib::of([
        ("prelude/a.plat", "enum color { red, green }"),
        ("images.plat", "use std.cpus\nlet x = 1"),
        ("cpus.plat", "let y = 2"),
        ("checks/memory.plat", "let z = 3"),
    ])
}

fn outcome(files: &[(&str, &str)]) -> Outcome {
    let world = MemoryWorld::new(files.iter().copied());
    check(&world)
}

fn check(world: &MemoryWorld) -> Outcome {
    run(world, &stdlib(), &Request::new(Goal::Check, "/p")).unwrap()
}

/// `code @ place: message / help` of each diagnostic.
fn told(outcome: &Outcome) -> Vec<String> {
    let line = |d: &plat_base::Diagnostic| {
        let place = d.span().map(|s| outcome.sources.location(s)).unwrap_or_default();
        format!("{} @ {place}: {} / {}", d.code, d.message, d.help.as_deref().unwrap_or("-"))
    };
    outcome.diagnostics.iter().map(line).collect()
}

#[test]
fn a_module_comes_after_all_that_it_imports() {
    let world = MemoryWorld::new([
        ("/p/main.plat", "use \"./b.plat\"\nuse \"./a.plat\"\nuse std.images\n"),
        ("/p/a.plat", "use \"./b.plat\" as base\n"),
        ("/p/b.plat", "let n = 1\n"),
        ("/p/project.plat", "project p { edition = 2026 }\n"),
    ]);
    let layout = discover(&world, Path::new("/p"), &[], None).unwrap();
    let loaded = load(&world, &stdlib(), &layout).unwrap();
    let names: Vec<&str> = loaded.files.iter().map(|f| loaded.sources.get(*f).path.as_str()).collect();
    let order = [
        "std/prelude/a.plat",
        "std/checks/memory.plat",
        "project.plat",
        "b.plat",
        "a.plat",
        "std/cpus.plat",
        "std/images.plat",
        "main.plat",
    ];
    assert_eq!(names, order);
    assert_eq!(loaded.modules[7].imports, [Some(3), Some(4), Some(6)]);
    assert_eq!(loaded.modules[7].name.as_str(), "main");
    let flags: Vec<_> = loaded.modules.iter().map(|m| (m.is_std, m.is_prelude)).collect();
    assert_eq!(flags[..3], [(true, true), (true, false), (false, false)]);
    assert_eq!(
        loaded.inputs,
        ["/p/a.plat", "/p/b.plat", "/p/main.plat", "/p/project.plat"].map(PathBuf::from)
    );
    assert_eq!(loaded.entries, [7]);
    assert!(Place::Std("a".into()) < Place::File("/a".into()), "the standard library sorts first");
}

#[test]
fn imports_that_lead_nowhere_name_what_was_meant() {
    let out = outcome(&[
        (
            "/p/main.plat",
            "use \"./platform.plat\"\nuse \"./sub\"\nuse \"./sub/x\"\nuse std.image\nuse kubernetes.apps.v1 as apps\n\
             use crd \"./c.yaml\" as c\nuse \"./none/a.plat\"\nuse images\nuse \"a\\\\b.plat\"\nuse \"./x.txt\"\n",
        ),
        ("/p/platforms.plat", ""),
        ("/p/sub/x.plat", ""),
        ("/p/x.txt", ""),
    ]);
    let expected = [
        "import-not-found @ main.plat:1:5: there is no file `./platform.plat` / did you mean \"./platforms.plat\"?",
        "import-not-found @ main.plat:2:5: cannot import `./sub`: it is a folder / did you mean \"./sub/x.plat\"?",
        "import-not-found @ main.plat:3:5: there is no file `./sub/x` / did you mean \"./sub/x.plat\"?",
        "import-not-found @ main.plat:4:5: there is no module `std.image` / did you mean `std.images`?",
        "import-not-found @ main.plat:5:5: `kubernetes.apps.v1` cannot be imported yet / declare a `service`, `job`, \
         `stateful` or `daemon`; the Kubernetes target makes the objects",
        "import-not-found @ main.plat:6:9: CustomResourceDefinitions cannot be imported yet / write the manifest as \
         data: `emit \"certificate.yaml\" = { … }`",
        "import-not-found @ main.plat:7:5: there is no file `./none/a.plat` / -",
        "import-not-found @ main.plat:8:5: there is no module `images` / did you mean `std.images`?",
        "import-not-found @ main.plat:9:5: cannot import `a\\b.plat`: a path is written with `/` on every system / \
         write `a/b.plat`",
        "import-not-found @ main.plat:10:5: cannot import `./x.txt`: only .plat files can be imported / -",
    ];
    assert_eq!(told(&out), expected);
}

#[test]
fn no_import_leaves_the_project() {
    let world = MemoryWorld::new([
        (
            "/p/main.plat",
            "use \"../secret.plat\"\nuse \"/secret.plat\"\nuse \"./link.plat\"\nuse \"./inner.plat\"\n",
        ),
        ("/secret.plat", ""),
        ("/p/a/real.plat", ""),
    ]);
    world.add_link("/p/link.plat", "/secret.plat");
    world.add_link("/p/inner.plat", "a/real.plat");
    let out = check(&world);
    let codes: Vec<&str> = out.diagnostics.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["import-outside-project"; 3]);
    let messages: Vec<&str> = out.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert!(messages[2].contains("a link that leads out"), "{messages:?}");
}

#[test]
fn rings_of_imports_are_told_once_with_every_link() {
    let out = outcome(&[
        ("/p/main.plat", "use \"./a.plat\"\nuse \"./main.plat\"\n"),
        ("/p/a.plat", "use \"./b.plat\"\n"),
        ("/p/b.plat", "\nuse \"./a.plat\"\n"),
    ]);
    let told = told(&out);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("cyclic-import @ b.plat:2:5: `a.plat` imports itself through other files"));
    let labels: Vec<(String, &str)> =
        out.diagnostics[0].labels.iter().map(|l| (out.sources.location(l.span), l.text.as_str())).collect();
    assert_eq!(labels[1], ("a.plat:1:5".to_owned(), "imports `b.plat`"));
    assert!(told[1].starts_with("cyclic-import @ main.plat:2:5: `main.plat` imports itself"));
}

#[test]
fn files_that_are_no_text_are_told_with_their_place() {
    let world = MemoryWorld::new([(
        "/p/main.plat",
        "use \"./latin.plat\"\nuse \"./locked.plat\"\nuse \"./bom.plat\"\n",
    )]);
    world.add("/p/latin.plat", b"let a = 1\nlet b = \"caf\xE9\"\n");
    world.add("/p/bom.plat", b"\xEF\xBB\xBFlet a = 1\n");
    world.add_unreadable("/p/locked.plat");
    let out = check(&world);
    assert!(out.input_failed);
    let expected = [
        "unreadable-file @ main.plat:2:5: cannot read `locked.plat`: permission denied / make the file readable, or \
         remove the import",
        "not-utf8 @ latin.plat:2:13: `latin.plat` is not UTF-8: byte 0xE9 at offset 22 / save the file as UTF-8, \
         or convert it: `iconv -f LATIN1 -t UTF-8 latin.plat`",
    ];
    assert_eq!(told(&out), expected);
}

#[test]
fn an_entry_that_cannot_be_read_is_a_failure() {
    let world = MemoryWorld::default();
    world.add_unreadable("/p/main.plat");
    let failure = run(&world, &stdlib(), &Request::new(Goal::Check, "/p")).unwrap_err();
    assert_eq!(failure.message, "cannot read `/p/main.plat`: permission denied");
}

#[test]
fn a_chain_of_imports_has_a_limit() {
    let world = MemoryWorld::new([("/p/main.plat", "use \"./m0.plat\"\n")]);
    for i in 0..300 {
        world.add(format!("/p/m{i}.plat"), format!("use \"./m{}.plat\"\n", i + 1).as_bytes());
    }
    let out = check(&world);
    assert_eq!(out.diagnostics[0].code, "limit-exceeded", "{:?}", told(&out));
    assert_eq!(out.diagnostics.len(), 1);
}
