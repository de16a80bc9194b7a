//! Carries a plan out: all of it, or nothing.
//!
//! Every new text is first written to a folder beside the files (so a full disk is found before anything changes),
//! then each file is put in place by a rename. Before the first rename the manifest names both the old and the new
//! content, so that a run that is killed half-way leaves files that the next one still knows as ours. If a step
//! fails, the steps before it are taken back.

use super::OutputFile;
use super::manifest::{MANIFEST, Manifest};
use super::plan::{Change, ChangeKind, Plan};
use crate::Failure;
use crate::world::World;
use std::io;
use std::path::{Path, PathBuf};

/// How the folder of unfinished files begins; a process adds its number.
pub(super) const STAGE: &str = ".platc-stage";

/// Applies a plan that has no errors; `files` are those that were planned. Nothing is touched if there is nothing to do.
pub fn apply(world: &dyn World, plan: &Plan, files: &[OutputFile]) -> Result<(), Failure> {
    if plan.changes.is_empty() && !plan.manifest_differs {
        return Ok(());
    }
    let stage = plan.folder.join(format!("{STAGE}-{}", std::process::id()));
    world.create_folders(&stage).map_err(|e| Failure::io("create the folder", &stage, &e))?;
    let result = staged(world, plan, files, &stage);
    clear(world, &stage);
    if result.is_err() && plan.before.files.is_empty() {
        // A folder that was made for this run and stayed empty goes again; any other stays.
        let _ = world.remove_folder(&plan.folder);
    }
    result
}

fn staged(world: &dyn World, plan: &Plan, files: &[OutputFile], stage: &Path) -> Result<(), Failure> {
    let text_of = |change: &Change| Some(files.get(change.after?)?.text.as_str());
    let new: Vec<(usize, &Change, &str)> =
        plan.changes.iter().enumerate().filter_map(|(at, c)| Some((at, c, text_of(c)?))).collect();
    // One after the other: threads that make files in one file system wait for each other in the kernel.
    for (at, change, text) in new {
        let written = world.write(&stage.join(at.to_string()), text.as_bytes());
        written.map_err(|e| Failure::io("write", &plan.folder.join(&change.path), &e))?;
    }
    let mut done = Vec::new();
    let outcome = commit(world, plan, stage, &mut done);
    if let Err(failure) = outcome {
        roll_back(world, plan, stage, &done);
        return Err(failure);
    }
    remove_empty_folders(world, plan);
    Ok(())
}

/// Puts everything in place; `done` counts what has been, for taking it back.
fn commit<'a>(
    world: &dyn World,
    plan: &'a Plan,
    stage: &Path,
    done: &mut Vec<(usize, &'a Change)>,
) -> Result<(), Failure> {
    put_manifest(world, plan, stage, &union(&plan.before, &plan.after))?;
    let changes = || plan.changes.iter().enumerate();
    // Removals first: a file of ours may have to make room for a folder.
    for (at, change) in changes().filter(|(_, c)| c.kind == ChangeKind::Remove) {
        let path = plan.folder.join(&change.path);
        world.remove_file(&path).map_err(|e| Failure::io("remove", &path, &e))?;
        done.push((at, change));
    }
    for (at, change) in changes().filter(|(_, c)| c.kind != ChangeKind::Remove) {
        let path = plan.folder.join(&change.path);
        let place = || -> io::Result<()> {
            if let Some(folder) = path.parent() {
                world.create_folders(folder)?;
            }
            world.rename(&stage.join(at.to_string()), &path)
        };
        if let Err(error) = place() {
            remove_folders_above(world, &plan.folder, &path);
            return Err(Failure::io("write", &path, &error));
        }
        done.push((at, change));
    }
    put_manifest(world, plan, stage, &plan.after)
}

fn put_manifest(world: &dyn World, plan: &Plan, stage: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let path = plan.folder.join(MANIFEST);
    put(world, stage, &path, manifest.print().as_bytes()).map_err(|e| Failure::io("write", &path, &e))
}

fn put(world: &dyn World, stage: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let staged = stage.join("file");
    world.write(&staged, bytes)?;
    world.rename(&staged, path)
}

/// Both manifests in one: what is ours whichever of the two states a file is in.
fn union(before: &Manifest, after: &Manifest) -> Manifest {
    let mut both = after.clone();
    for (path, entry) in &before.files {
        match both.files.get_mut(path) {
            Some(known) => {
                let new = entry.prints.iter().filter(|p| !known.prints.contains(p)).cloned();
                let new: Vec<String> = new.collect();
                known.prints.extend(new);
            }
            None => {
                both.files.insert(path.clone(), entry.clone());
            }
        }
    }
    both
}

/// Takes back what was done, last first. An error here cannot be mended; the manifest still knows both states.
fn roll_back(world: &dyn World, plan: &Plan, stage: &Path, done: &[(usize, &Change)]) {
    for (_, change) in done.iter().rev() {
        let path = plan.folder.join(&change.path);
        match &change.before {
            Some(bytes) => {
                let _ = put(world, stage, &path, bytes);
            }
            None => {
                let _ = world.remove_file(&path);
                remove_folders_above(world, &plan.folder, &path);
            }
        }
    }
    let manifest = plan.folder.join(MANIFEST);
    if plan.before.files.is_empty() {
        let _ = world.remove_file(&manifest);
    } else {
        let _ = put(world, stage, &manifest, plan.before.print().as_bytes());
    }
}

/// Removes the folders that the removals left empty.
fn remove_empty_folders(world: &dyn World, plan: &Plan) {
    for change in plan.changes.iter().filter(|c| c.kind == ChangeKind::Remove) {
        remove_folders_above(world, &plan.folder, &plan.folder.join(&change.path));
    }
}

fn remove_folders_above(world: &dyn World, top: &Path, file: &Path) {
    let folders: Vec<PathBuf> =
        file.ancestors().skip(1).take_while(|f| *f != top).map(Path::to_path_buf).collect();
    for folder in folders {
        if world.remove_folder(&folder).is_err() {
            break;
        }
    }
}

/// Removes the staging folder with what is left in it.
fn clear(world: &dyn World, stage: &Path) {
    for name in world.list(stage).unwrap_or_default() {
        let _ = world.remove_file(&stage.join(name));
    }
    let _ = world.remove_folder(stage);
}
