use super::*;
use crate::world::MemoryWorld;
use crate::{Goal, Scope, Stdlib, apply, plan, run};

const MAIN: &str =
    "/// Main.\nuse \"./part.plat\".{text}\nemit \"a.txt\" = text\nemit \"b.yaml\" = { text = text }\n";

fn world() -> MemoryWorld {
    let world = MemoryWorld::default();
    for (path, text) in [("project.plat", "project p { edition = 2026 }\n"), ("main.plat", MAIN)] {
        put(&world, path, text);
    }
    put(&world, "part.plat", "let text = \"one\"\n");
    world
}

fn put(world: &MemoryWorld, path: &str, text: &str) {
    let path = Path::new("/p").join(path);
    if let Some(folder) = path.parent() {
        world.create_folders(folder).unwrap();
    }
    world.write(&path, text.as_bytes()).unwrap();
}

fn request() -> Request {
    let mut request = Request::new(Goal::Compile, "/p");
    request.targets = vec!["emit".to_owned()];
    request.origins = false;
    request
}

fn compile(world: &MemoryWorld, request: &Request) {
    let outcome = run(world, &Stdlib::embedded(), request).unwrap();
    assert!(!outcome.has_errors(), "{:?}", outcome.diagnostics);
    let scope = Scope::Targets(request.targets.clone());
    let folder = outcome.layout.root.join(OUTPUT);
    let plan = plan(world, &folder, OUTPUT, &outcome.files, &scope, &outcome.inputs, false).unwrap();
    apply(world, &plan, &outcome.files).unwrap();
    remember(world, request, &outcome, &plan, None);
}

fn note(world: &MemoryWorld) -> PathBuf {
    let names = world.list(Path::new("/p/.plat-cache")).unwrap();
    let name = names.into_iter().find(|name| name.ends_with(".json")).unwrap();
    Path::new("/p/.plat-cache").join(name)
}

#[test]
fn the_same_again_is_known() {
    let world = world();
    assert_eq!(unchanged(&world, &request(), None), None);
    compile(&world, &request());
    assert_eq!(unchanged(&world, &request(), None), Some(2));
    assert_eq!(world.read(Path::new("/p/.plat-cache/.gitignore")).unwrap(), b"*\n");
}

#[test]
fn whatever_differs_is_compiled() {
    let changes: [(&str, &str); 5] = [
        ("main.plat", "emit \"a.txt\" = \"x\"\n"),
        ("part.plat", "let text = \"two\"\n"),
        ("project.plat", "project q { edition = 2026 }\n"),
        ("generated/a.txt", "changed by hand\n"),
        ("generated/.platc-manifest.json", "{}"),
    ];
    for (path, text) in changes {
        let world = world();
        compile(&world, &request());
        put(&world, path, text);
        assert_eq!(unchanged(&world, &request(), None), None, "{path}");
    }
    let world = world();
    compile(&world, &request());
    world.remove_file(Path::new("/p/generated/b.yaml")).unwrap();
    assert_eq!(unchanged(&world, &request(), None), None);
}

#[test]
fn another_request_is_another_compilation() {
    let world = world();
    compile(&world, &request());
    let all = Request { targets: Vec::new(), ..request() };
    let strict = Request { deny_lossy: true, ..request() };
    let prod = Request { environments: vec!["prod".to_owned()], ..request() };
    for other in [&all, &strict, &prod] {
        assert_eq!(unchanged(&world, other, None), None);
    }
    assert_eq!(unchanged(&world, &request(), Some(Path::new("/p/elsewhere"))), None);
    assert_eq!(unchanged(&world, &request(), None), Some(2));
}

#[test]
fn a_note_that_is_damaged_or_foreign_is_none() {
    let world = world();
    compile(&world, &request());
    let path = note(&world);
    let whole = world.read(&path).unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        world.write(&path, &damaged).unwrap();
        assert_eq!(unchanged(&world, &request(), None), None, "byte {at}");
        world.write(&path, &whole[..at]).unwrap();
        assert_eq!(unchanged(&world, &request(), None), None, "cut at {at}");
    }
    let body = String::from_utf8(whole.clone()).unwrap().split_once('\n').unwrap().1.to_owned();
    for foreign in [body.replace(COMPILER, "another"), body.replace("/p", "/q"), "[]".to_owned()] {
        assert_ne!(foreign, body);
        let text = format!("{}\n{foreign}", fingerprint(foreign.as_bytes()));
        world.write(&path, text.as_bytes()).unwrap();
        assert_eq!(unchanged(&world, &request(), None), None);
    }
    world.write(&path, &whole).unwrap();
    assert_eq!(unchanged(&world, &request(), None), Some(2));
}

#[test]
fn what_has_something_to_say_is_said_again() {
    let world = world();
    let warned = "check odd for s in [1] at warning { require s != 1 message \"odd\" }\n";
    compile(&world, &request());
    put(&world, "main.plat", &format!("{MAIN}{warned}"));
    compile(&world, &request());
    assert_eq!(unchanged(&world, &request(), None), None);
}
