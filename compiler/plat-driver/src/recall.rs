//! What a compilation came to is remembered, so that the same one need not be done again. In: what is asked for, and what
//! came of it. Out: whether the sources and the files that were written are still what they were.
//!
//! Everything is compared by content: the sources, the list of the files that platc wrote and each of these. Times are
//! never looked at. A compilation that had anything to say is not remembered, since it would have to say it again. The
//! note is `.plat-cache/compile-….json` in the project's root. One that is damaged, or was made by another compiler, for
//! another project or for another request, is as good as none; the worst that comes of any is a compilation.

use crate::output::{Manifest, fingerprint};
use crate::pipeline::{Outcome, Request};
use crate::world::World;
use crate::{Layout, MANIFEST, Plan, parallel, project};
use plat_base::FileId;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The folder in the project's root for what platc remembers; it may be removed at any time.
pub const MEMORY: &str = ".plat-cache";
/// What was compiled into this compiler.
const COMPILER: &str = env!("PLATC_COMPILER");
const FORM: u32 = 1;
/// The folder in the project's root that is written to unless another is named.
pub const OUTPUT: &str = "generated";

/// A remembered compilation.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    form: u32,
    compiler: String,
    /// What was asked for, and where.
    request: String,
    /// The sources and their fingerprints.
    inputs: Vec<(PathBuf, String)>,
    /// Imports through links, and where these led.
    links: Vec<(PathBuf, PathBuf)>,
    /// The fingerprint of the list of files in the output folder.
    manifest: String,
    /// How many files were to be there.
    total: usize,
}

/// How many files a request would write, if it was compiled before and neither the sources nor the files have changed.
pub fn unchanged(world: &dyn World, request: &Request, output: Option<&Path>) -> Option<usize> {
    let layout = project::discover(world, &request.cwd, &request.paths, request.root.as_deref()).ok()?;
    let asked = asked(request, &layout, output);
    let text = world.read(&place(&layout.root, &asked)).ok()?;
    let note = read(&text).filter(|note| note.request == asked)?;
    let leads_there = |(link, to): &(PathBuf, PathBuf)| world.real_path(link).is_ok_and(|real| real == *to);
    if !note.links.iter().all(leads_there) {
        return None;
    }
    let folder = folder(&layout, output);
    let (manifest, bytes) = Manifest::read(world, &folder);
    if fingerprint(&bytes?) != note.manifest {
        return None;
    }
    let files = manifest.files.iter().map(|(path, entry)| (folder.join(path), entry.prints.as_slice()));
    let inputs = note.inputs.iter().map(|(path, print)| (path.clone(), std::slice::from_ref(print)));
    let all: Vec<(PathBuf, &[String])> = inputs.chain(files).collect();
    let threads = if all.len() < 16 { 1 } else { parallel::cores() };
    let same = parallel::map(&all, threads, |(path, prints)| {
        let [print] = *prints else { return false };
        world.read(path).is_ok_and(|bytes| fingerprint(&bytes) == *print || print_of_text(&bytes) == *print)
    });
    same.into_iter().all(|same| same).then_some(note.total)
}

/// Remembers a compilation whose files have been written. If that fails, the next one is done again.
pub fn remember(world: &dyn World, request: &Request, outcome: &Outcome, plan: &Plan, output: Option<&Path>) {
    let asked = asked(request, &outcome.layout, output);
    let path = place(&outcome.layout.root, &asked);
    if !outcome.diagnostics.is_empty() || !plan.diagnostics.is_empty() || outcome.input_failed {
        let _ = world.remove_file(&path);
        return;
    }
    let sources = outcome.paths.iter().zip(0..).filter_map(|(path, id)| {
        let path = path.clone()?;
        Some((path, fingerprint(outcome.sources.get(FileId(id)).text.as_bytes())))
    });
    let inputs = sources.collect();
    let Ok(manifest) = world.read(&plan.folder.join(MANIFEST)) else { return };
    let note = Note {
        form: FORM,
        compiler: COMPILER.to_owned(),
        request: asked,
        inputs,
        links: outcome.links.clone(),
        manifest: fingerprint(&manifest),
        total: plan.total,
    };
    write(world, &path, &note);
}

/// The fingerprint of a source without its byte-order mark, if it has one: of what the compiler reads.
fn print_of_text(bytes: &[u8]) -> String {
    bytes.strip_prefix(b"\xEF\xBB\xBF").map(fingerprint).unwrap_or_default()
}

/// All that decides, besides the sources, what a request writes and where.
fn asked(request: &Request, layout: &Layout, output: Option<&Path>) -> String {
    let Request { targets, environments, platforms, deny_warnings, deny_lossy, .. } = request;
    format!(
        "{layout:?} {targets:?} {environments:?} {platforms:?} {deny_warnings} {deny_lossy} {:?}",
        folder(layout, output)
    )
}

/// The folder that is written to.
fn folder(layout: &Layout, output: Option<&Path>) -> PathBuf {
    output.map_or_else(|| layout.root.join(OUTPUT), Path::to_path_buf)
}

/// Where the note of a request is: different ones do not drive each other out.
fn place(root: &Path, asked: &str) -> PathBuf {
    let name = fingerprint(asked.as_bytes());
    root.join(MEMORY).join(format!("compile-{}.json", &name[..16]))
}

/// The note in a text that begins with its own fingerprint, if it is one of this compiler.
fn read(text: &[u8]) -> Option<Note> {
    let end = text.iter().position(|b| *b == b'\n')?;
    let (print, body) = (text.get(..end)?, text.get(end + 1..)?);
    if fingerprint(body).as_bytes() != print {
        return None;
    }
    let note: Note = serde_json::from_slice(body).ok()?;
    (note.form == FORM && note.compiler == COMPILER).then_some(note)
}

fn write(world: &dyn World, path: &Path, note: &Note) {
    let (Some(folder), Ok(body)) = (path.parent(), serde_json::to_string(note)) else { return };
    let text = format!("{}\n{body}", fingerprint(body.as_bytes()));
    let ignore = folder.join(".gitignore");
    if world.create_folders(folder).is_err() {
        return;
    }
    if !matches!(world.entry(&ignore), Ok(Some(_))) {
        let _ = world.write(&ignore, b"*\n");
    }
    // What is half written has another fingerprint.
    let _ = world.write(path, text.as_bytes());
}

#[cfg(test)]
mod tests;
