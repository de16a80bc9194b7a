//! Where a project is and which files it starts from. In: the paths that the user named. Out: the root and the entry
//! files. No file's content is read here.

use crate::paths::normalize;
use crate::world::{EntryKind, World};
use crate::{Failure, paths};
use std::io;
use std::path::{Path, PathBuf};

/// The file that makes a folder a project.
pub const PROJECT_FILE: &str = "project.plat";
/// The file that a folder stands for.
pub const MAIN_FILE: &str = "main.plat";

/// A project's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The root, with links resolved; no import leaves it.
    pub root: PathBuf,
    /// Its `project.plat`, if it has one.
    pub project_file: Option<PathBuf>,
    /// The files that the program starts from, with links resolved, sorted; at least one.
    pub entries: Vec<PathBuf>,
}

/// Finds the entry files and the root. `paths` are files or folders as the user wrote them, relative to `cwd`;
/// without any, the program is that of the project which `cwd` is in.
pub fn discover(
    world: &dyn World,
    cwd: &Path,
    paths: &[PathBuf],
    root: Option<&Path>,
) -> Result<Layout, Failure> {
    let root = root.map(|r| existing_root(world, cwd, r)).transpose()?;
    let mut entries = Vec::new();
    for path in paths {
        entries.push(entry_file(world, cwd, path)?);
    }
    if paths.is_empty() {
        entries.push(default_entry(world, cwd, root.as_deref())?);
    }
    entries.sort();
    entries.dedup();
    let root = match root {
        Some(root) => root,
        None => root_of(world, &entries)?,
    };
    if let Some(outside) = entries.iter().find(|e| !e.starts_with(&root)) {
        let (outside, root) = (outside.display(), root.display());
        return Err(Failure::misuse(format!("`{outside}` is outside the project root `{root}`"))
            .help("give a root that contains every entry file"));
    }
    let file = root.join(PROJECT_FILE);
    let project_file = matches!(world.stat(&file), Ok(s) if s.kind == EntryKind::File).then_some(file);
    Ok(Layout { root, project_file, entries })
}

fn existing_root(world: &dyn World, cwd: &Path, root: &Path) -> Result<PathBuf, Failure> {
    let real = world.real_path(&cwd.join(root)).map_err(|e| Failure::io("open the root", root, &e))?;
    match world.stat(&real) {
        Ok(stat) if stat.kind == EntryKind::Folder => Ok(real),
        Ok(_) => Err(Failure::misuse(format!("the root `{}` is not a folder", root.display()))),
        Err(e) => Err(Failure::io("open the root", root, &e)),
    }
}

fn entry_file(world: &dyn World, cwd: &Path, path: &Path) -> Result<PathBuf, Failure> {
    let full = normalize(&cwd.join(path));
    let stat = world.stat(&full).map_err(|e| not_found(world, path, &full, &e))?;
    let file = match stat.kind {
        EntryKind::Folder => main_of(world, path, &full)?,
        EntryKind::File if path.extension().is_some_and(|e| e == "plat") => full,
        EntryKind::File => {
            return Err(Failure::misuse(format!("`{}` is not a .plat file", path.display()))
                .help("give a .plat file, or a folder that has a main.plat"));
        }
        _ => return Err(Failure::misuse(format!("`{}` is not a file or a folder", path.display()))),
    };
    world.real_path(&file).map_err(|e| Failure::io("read", path, &e))
}

fn main_of(world: &dyn World, shown: &Path, folder: &Path) -> Result<PathBuf, Failure> {
    let main = folder.join(MAIN_FILE);
    if matches!(world.stat(&main), Ok(s) if s.kind == EntryKind::File) {
        return Ok(main);
    }
    let names = world.list(folder).map_err(|e| Failure::io("read", shown, &e))?;
    let mut sources = names.iter().filter(|n| n.ends_with(".plat") && n.as_str() != PROJECT_FILE);
    let failure = Failure::input(format!("there is no {MAIN_FILE} in `{}`", shown.display()));
    Err(match sources.next() {
        Some(first) => {
            let candidate = paths::slashed(&shown.join(first));
            Failure {
                candidate: Some(candidate.clone()),
                ..failure.help(format!("name the file: `{candidate}`"))
            }
        }
        None => failure.help("`platc init` makes a small project"),
    })
}

fn not_found(world: &dyn World, shown: &Path, full: &Path, error: &io::Error) -> Failure {
    let failure = Failure::io("read", shown, error);
    let name = full.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let names = full.parent().and_then(|folder| world.list(folder).ok()).unwrap_or_default();
    match plat_base::closest(&name, names.iter().map(String::as_str)) {
        Some(near) if error.kind() == io::ErrorKind::NotFound => {
            failure.help(format!("did you mean `{}`?", paths::slashed(&shown.with_file_name(near))))
        }
        _ => failure,
    }
}

fn default_entry(world: &dyn World, cwd: &Path, root: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(root) = root {
        return main_of(world, root, root);
    }
    let here = world.real_path(cwd).map_err(|e| Failure::io("read", cwd, &e))?;
    if matches!(world.stat(&here.join(MAIN_FILE)), Ok(s) if s.kind == EntryKind::File) {
        return main_of(world, Path::new("."), &here);
    }
    match project_root(world, &here) {
        Some(root) => main_of(world, &root, &root),
        None => main_of(world, Path::new("."), &here),
    }
}

/// The nearest folder upwards with a `project.plat`.
fn project_root(world: &dyn World, folder: &Path) -> Option<PathBuf> {
    let has_project =
        |f: &&Path| matches!(world.stat(&f.join(PROJECT_FILE)), Ok(s) if s.kind == EntryKind::File);
    folder.ancestors().find(has_project).map(Path::to_path_buf)
}

fn root_of(world: &dyn World, entries: &[PathBuf]) -> Result<PathBuf, Failure> {
    let folders: Vec<&Path> = entries.iter().filter_map(|e| e.parent()).collect();
    let roots: Vec<Option<PathBuf>> = folders.iter().map(|f| project_root(world, f)).collect();
    let Some((first, rest)) = roots.split_first() else {
        return Err(Failure::misuse("there is no entry file"));
    };
    if rest.iter().any(|r| r != first) {
        return Err(Failure::misuse("the entry files belong to different projects")
            .help("compile each project by itself, or give the `--root` that they share"));
    }
    match first {
        Some(root) => Ok(root.clone()),
        None => Ok(common_folder(&folders)),
    }
}

fn common_folder(folders: &[&Path]) -> PathBuf {
    let Some((first, rest)) = folders.split_first() else { return PathBuf::new() };
    let shared = |folder: &&Path| rest.iter().all(|r| r.starts_with(folder));
    first.ancestors().find(shared).unwrap_or(first).to_path_buf()
}

/// Folders that hold what others made.
const SKIPPED: [&str; 2] = ["target", "node_modules"];

/// The `.plat` files that the user means: files as they are, of folders all that are below, hidden ones and what tools
/// made left out. Sorted; relative paths are relative to `cwd`.
pub fn sources_below(world: &dyn World, cwd: &Path, paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let full = normalize(&cwd.join(path));
        let stat = world.stat(&full).map_err(|e| not_found(world, path, &full, &e))?;
        match stat.kind {
            EntryKind::Folder => collect(world, &full, &mut files)?,
            EntryKind::File if path.extension().is_some_and(|e| e == "plat") => files.push(full),
            _ => {
                return Err(Failure::misuse(format!("`{}` is not a .plat file or a folder", path.display())));
            }
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn collect(world: &dyn World, top: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let mut folders = vec![top.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for name in world.list(&folder).map_err(|e| Failure::io("read", &folder, &e))? {
            let path = folder.join(&name);
            // Links are not followed: they may lead round in a ring, or out of the project.
            match world.entry(&path) {
                Ok(Some(EntryKind::Folder))
                    if !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) =>
                {
                    folders.push(path);
                }
                Ok(Some(EntryKind::File)) if name.ends_with(".plat") && !name.starts_with('.') => {
                    files.push(path)
                }
                _ => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FailureKind, MemoryWorld};

    fn find(world: &MemoryWorld, paths: &[&str], root: Option<&str>) -> Result<Layout, Failure> {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        discover(world, Path::new("/home/app/sub"), &paths, root.map(Path::new))
    }

    #[test]
    fn the_root_is_the_nearest_folder_with_a_project_file() {
        let world = MemoryWorld::new([
            ("/home/app/project.plat", ""),
            ("/home/app/main.plat", ""),
            ("/home/app/sub/x.plat", ""),
        ]);
        let layout = find(&world, &["x.plat"], None).unwrap();
        assert_eq!(layout.root, Path::new("/home/app"));
        assert_eq!(layout.project_file.as_deref(), Some(Path::new("/home/app/project.plat")));
        assert_eq!(find(&world, &[], None).unwrap().entries, [Path::new("/home/app/main.plat")]);
        let alone = find(&world, &["x.plat"], Some(".")).unwrap();
        assert_eq!((alone.root.to_str(), alone.project_file), (Some("/home/app/sub"), None));
    }

    #[test]
    fn without_a_project_file_the_root_is_the_entries_folder() {
        let world = MemoryWorld::new([("/home/app/sub/main.plat", ""), ("/home/app/b/y.plat", "")]);
        assert_eq!(find(&world, &["main.plat"], None).unwrap().root, Path::new("/home/app/sub"));
        let both = find(&world, &[".", "../b/y.plat", "main.plat"], None).unwrap();
        assert_eq!(both.root, Path::new("/home/app"));
        let entries = [Path::new("/home/app/b/y.plat"), Path::new("/home/app/sub/main.plat")];
        assert_eq!(both.entries, entries);
    }

    #[test]
    fn the_sources_of_a_folder_are_those_that_people_wrote() {
        let world = MemoryWorld::new([
            ("/p/a.plat", ""),
            ("/p/b/c.plat", ""),
            ("/p/b/d.txt", ""),
            ("/p/target/e.plat", ""),
            ("/p/.git/f.plat", ""),
        ]);
        world.add_link("/p/b/up", "/p");
        let sources = sources_below(&world, Path::new("/p"), &["b/c.plat".into(), ".".into()]).unwrap();
        assert_eq!(sources, [Path::new("/p/a.plat"), Path::new("/p/b/c.plat")]);
        assert_eq!(
            sources_below(&world, Path::new("/p"), &["b/d.txt".into()]).unwrap_err().kind,
            FailureKind::Misuse
        );
    }

    #[test]
    fn what_cannot_be_an_entry_is_refused_with_help() {
        let world = MemoryWorld::new([
            ("/home/app/sub/api.plat", ""),
            ("/home/app/sub/README.md", ""),
            ("/home/b/project.plat", ""),
            ("/home/b/main.plat", ""),
        ]);
        let missing = find(&world, &["app.plat"], None).unwrap_err();
        assert_eq!(missing.kind, FailureKind::Io);
        assert_eq!(missing.help.as_deref(), Some("did you mean `api.plat`?"));
        assert_eq!(find(&world, &["README.md"], None).unwrap_err().kind, FailureKind::Misuse);
        assert!(find(&world, &["."], None).unwrap_err().help.unwrap().contains("api.plat"));
        let different = find(&world, &["api.plat", "/home/b"], None).unwrap_err();
        assert_eq!(different.kind, FailureKind::Misuse);
        assert!(find(&world, &["/home/b"], Some(".")).unwrap_err().message.contains("outside"));
    }
}
