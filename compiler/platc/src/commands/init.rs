//! `platc init`: a small project that compiles. Files that exist are never overwritten.

use crate::args::InitArgs;
use crate::session::{Session, Status};
use plat_driver::{Failure, MAIN_FILE, PROJECT_FILE, World, slashed};
use std::path::Path;

const MAIN: &str = include_str!("init/main.plat");
const PROJECT: &str = include_str!("init/project.plat");

pub(super) fn run(session: &mut Session, args: &InitArgs) -> Result<Status, Failure> {
    let folder = session.cwd.join(&args.folder);
    let files = [(PROJECT_FILE, project(&folder)), (MAIN_FILE, MAIN.to_owned())];
    for (name, _) in &files {
        let path = folder.join(name);
        if matches!(session.world.entry(&path), Ok(Some(_))) {
            let shown = slashed(&args.folder.join(name));
            return Err(Failure::misuse(format!("`{shown}` exists already"))
                .help("`platc init` never overwrites a file; choose another folder: `platc init DIR`"));
        }
    }
    session.world.create_folders(&folder).map_err(|e| Failure::io("create", &args.folder, &e))?;
    for (name, text) in &files {
        let path = folder.join(name);
        session.world.write(&path, text.as_bytes()).map_err(|e| Failure::io("write", &path, &e))?;
    }
    let shown = slashed(&args.folder);
    let there = if shown == "." { String::new() } else { format!("cd {shown} && ") };
    session.say(&format!("made {PROJECT_FILE} and {MAIN_FILE} in {shown}/"));
    session.say(&format!("next: {there}platc compile"));
    Ok(Status::Clean)
}

/// The project file, named after the folder as far as that is a name.
fn project(folder: &Path) -> String {
    let folder = folder.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    let word: String = folder.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let word = word.trim_matches(|c: char| !c.is_ascii_alphabetic());
    let name = if word.is_empty() || word.contains("--") { "app" } else { word };
    PROJECT.replace("NAME", name)
}
