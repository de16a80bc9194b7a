//! What would change in an output folder, and whether it may.

use super::hash::fingerprint;
use super::manifest::{Entry, MANIFEST, Manifest};
use super::{OutputFile, is_safe};
use crate::world::{EntryKind, World};
use crate::{Failure, parallel};
use plat_base::{Diagnostic, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Above this many files they are compared on all cores.
const PARALLEL_FROM: usize = 64;
/// Files above this size are not compared line by line in a diff.
const MAX_DIFF: usize = 4 << 20;

/// Which files of ours a run speaks for: of these, the ones that it does not write are stale.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    /// All.
    All,
    /// Those of these targets.
    Targets(Vec<String>),
    /// None: only a part of the program was compiled.
    Nothing,
}

impl Scope {
    fn covers(&self, target: &str) -> bool {
        match self {
            Scope::All => true,
            Scope::Targets(targets) => targets.iter().any(|t| t == target),
            Scope::Nothing => false,
        }
    }
}

/// What happens to a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangeKind {
    /// It is new.
    Create,
    /// It gets another content.
    Update,
    /// It is ours and no longer written.
    Remove,
}

/// A change of one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Below the output folder, with `/`.
    pub path: String,
    /// What happens.
    pub kind: ChangeKind,
    /// The bytes on disk, if there are any.
    pub(super) before: Option<Vec<u8>>,
    /// The file to write, by its position among those that were planned; nothing if it is removed.
    pub(super) after: Option<usize>,
}

impl Change {
    /// The difference in unified form. `files` are those that were planned; `shown` is how the output folder is called.
    pub fn diff(&self, files: &[OutputFile], shown: &str) -> String {
        let name = format!("{shown}/{}", self.path);
        let before = self.before.as_deref().unwrap_or(&[]);
        let after = self.after.and_then(|at| files.get(at)).map_or("", |f| f.text.as_str());
        let from = self.before.as_ref().map_or("/dev/null".to_owned(), |_| format!("a/{name}"));
        let to = self.after.as_ref().map_or("/dev/null".to_owned(), |_| format!("b/{name}"));
        match std::str::from_utf8(before) {
            Ok(before) if before.len().max(after.len()) <= MAX_DIFF => unified(before, after, &from, &to),
            _ => format!("--- {from}\n+++ {to}\nthe files differ\n"),
        }
    }
}

/// The difference of two texts in unified form, under these names. Equal texts have only the two lines of the names.
pub fn unified(before: &str, after: &str, from: &str, to: &str) -> String {
    let diff = similar::TextDiff::from_lines(before, after);
    let text = diff.unified_diff().header(from, to).to_string();
    if text.is_empty() { format!("--- {from}\n+++ {to}\n") } else { text }
}

/// What a run would do to an output folder.
#[derive(Debug)]
pub struct Plan {
    /// The folder.
    pub folder: PathBuf,
    /// The changes: files to write in the order in which they were given, then files to remove, sorted.
    pub changes: Vec<Change>,
    /// `output-not-ours` and the like; with an error among them the plan must not be applied.
    pub diagnostics: Vec<Diagnostic>,
    /// How many files there are to have.
    pub total: usize,
    pub(super) before: Manifest,
    pub(super) after: Manifest,
    pub(super) manifest_differs: bool,
}

impl Plan {
    /// Whether the folder is already as it should be.
    pub fn is_clean(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether a file would be overwritten that is not as platc wrote it, which takes force.
    pub fn needs_force(&self) -> bool {
        let foreign = |change: &&Change| match &change.before {
            Some(bytes) => !self.before.wrote(&change.path, &fingerprint(bytes)),
            None => true,
        };
        self.changes.iter().filter(|c| c.kind == ChangeKind::Update).any(|c| foreign(&c))
    }
}

/// What was found about one file.
enum Found {
    Same,
    Change(Change),
    Refused(Diagnostic),
    Failed(Failure),
}

/// Compares `files` with what is in `folder`, which reports call `shown`. `protected` are files that are never overwritten, not even with
/// `force`: the sources.
pub fn plan(
    world: &dyn World,
    folder: &Path,
    shown: &str,
    files: &[OutputFile],
    scope: &Scope,
    protected: &[PathBuf],
    force: bool,
) -> Result<Plan, Failure> {
    match world.entry(folder) {
        Ok(Some(EntryKind::File | EntryKind::Other)) => {
            return Err(Failure::misuse(format!("the output folder `{shown}` is a file")));
        }
        Err(e) => return Err(Failure::io("open", folder, &e)),
        Ok(_) => {}
    }
    let (before, stored) = Manifest::read(world, folder);
    let wanted: BTreeSet<&str> = files.iter().map(|f| f.path.as_str()).collect();
    let stale: BTreeSet<&str> = before
        .files
        .iter()
        .filter(|(path, entry)| !wanted.contains(path.as_str()) && scope.covers(&entry.target))
        .map(|(path, _)| path.as_str())
        .collect();
    let look = Look { world, folder, shown, before: &before, stale: &stale, protected, force };
    let threads = if files.len() < PARALLEL_FROM { 1 } else { parallel::cores() };
    let numbered: Vec<(usize, &OutputFile)> = files.iter().enumerate().collect();
    let found = parallel::map(&numbered, threads, |(at, file)| {
        (look.file(*at, file), fingerprint(file.text.as_bytes()))
    });
    let mut after = Manifest::default();
    after.files.extend(
        before.files.iter().filter(|(p, _)| !stale.contains(p.as_str())).map(|(p, e)| (p.clone(), e.clone())),
    );
    for (file, (_, print)) in files.iter().zip(&found) {
        let entry = Entry { target: file.target.clone(), prints: vec![print.clone()] };
        after.files.insert(file.path.clone(), entry);
    }
    let mut plan = Plan {
        folder: folder.to_path_buf(),
        changes: Vec::new(),
        diagnostics: Vec::new(),
        total: files.len(),
        manifest_differs: stored.as_deref() != Some(after.print().as_bytes())
            && (stored.is_some() || !files.is_empty()),
        after,
        before: before.clone(),
    };
    let removals = stale.iter().map(|path| look.stale(path));
    for found in found.into_iter().map(|(found, _)| found).chain(removals) {
        match found {
            Found::Same => {}
            Found::Change(change) => plan.changes.push(change),
            Found::Refused(diagnostic) => plan.diagnostics.push(diagnostic),
            Found::Failed(failure) => return Err(failure),
        }
    }
    Ok(plan)
}

struct Look<'a> {
    world: &'a dyn World,
    folder: &'a Path,
    shown: &'a str,
    before: &'a Manifest,
    stale: &'a BTreeSet<&'a str>,
    protected: &'a [PathBuf],
    force: bool,
}

impl Look<'_> {
    /// What is to be done for a file that is wanted.
    fn file(&self, at: usize, file: &OutputFile) -> Found {
        let full = self.folder.join(&file.path);
        let change =
            |kind, before| Found::Change(Change { path: file.path.clone(), kind, before, after: Some(at) });
        match self.world.entry(&full) {
            Ok(None) => match self.blocked_folder(&file.path) {
                Some(diagnostic) => Found::Refused(diagnostic),
                None => change(ChangeKind::Create, None),
            },
            Ok(Some(EntryKind::File)) => match self.world.read(&full) {
                Ok(bytes) if bytes == file.text.as_bytes() => Found::Same,
                Ok(_) if self.is_protected(&full) => {
                    Found::Refused(self.not_ours(&file.path, "is a source of this project", None))
                }
                Ok(bytes) if self.force || self.before.wrote(&file.path, &fingerprint(&bytes)) => {
                    change(ChangeKind::Update, Some(bytes))
                }
                Ok(_) if self.before.files.contains_key(&file.path) => Found::Refused(self.not_ours(
                    &file.path,
                    "was changed by hand since platc wrote it",
                    HAND,
                )),
                Ok(_) => {
                    Found::Refused(self.not_ours(&file.path, "exists and was not written by platc", FORCE))
                }
                Err(e) => Found::Failed(Failure::io("read", &full, &e)),
            },
            Ok(Some(EntryKind::Folder)) => {
                Found::Refused(self.not_ours(&file.path, "is a folder", Some("move it away")))
            }
            Ok(Some(_)) if self.force => change(ChangeKind::Update, None),
            Ok(Some(_)) => Found::Refused(self.not_ours(&file.path, "is a link or a special file", FORCE)),
            Err(e) => Found::Failed(Failure::io("read", &full, &e)),
        }
    }

    /// What is to be done about a file of ours that is no longer wanted.
    fn stale(&self, path: &str) -> Found {
        let full = self.folder.join(path);
        if self.world.entry(&full).ok().flatten() != Some(EntryKind::File) {
            return Found::Same;
        }
        match self.world.read(&full) {
            Ok(bytes) if self.force || self.before.wrote(path, &fingerprint(&bytes)) => {
                let (path, before) = (path.to_owned(), Some(bytes));
                Found::Change(Change { path, kind: ChangeKind::Remove, before, after: None })
            }
            Ok(_) => {
                let what = "is no longer generated and was changed by hand, so it stays";
                let mut diagnostic = self.not_ours(path, what, Some("remove it if it is not needed"));
                diagnostic.severity = Severity::Warning;
                Found::Refused(diagnostic)
            }
            Err(e) => Found::Failed(Failure::io("read", &full, &e)),
        }
    }

    /// A file that stands where a folder is needed, unless it is ours and about to go.
    fn blocked_folder(&self, path: &str) -> Option<Diagnostic> {
        let cuts = path.match_indices('/').map(|(at, _)| &path[..at]);
        for folder in cuts {
            match self.world.entry(&self.folder.join(folder)) {
                Ok(Some(EntryKind::Folder | EntryKind::Link)) => {}
                Ok(Some(_)) if !self.stale.contains(folder) => {
                    return Some(self.not_ours(
                        folder,
                        "is a file where a folder is needed",
                        Some("move it away"),
                    ));
                }
                _ => return None,
            }
        }
        None
    }

    fn is_protected(&self, full: &Path) -> bool {
        let real = self.world.real_path(full).ok();
        self.protected.iter().any(|p| Some(p) == real.as_ref())
    }

    fn not_ours(&self, path: &str, what: &str, help: Option<&str>) -> Diagnostic {
        let shown = if self.shown == "." { path.to_owned() } else { format!("{}/{path}", self.shown) };
        placeless("output-not-ours", format!("`{shown}` {what}"), help)
    }
}

const FORCE: Option<&str> =
    Some("move it away, choose another folder with `-o`, or overwrite it with `--force`");
const HAND: Option<&str> =
    Some("make the change in the source that it is generated from, or overwrite the file with `--force`");

fn placeless(code: &str, message: String, help: Option<&str>) -> Diagnostic {
    Diagnostic {
        code: code.to_owned(),
        severity: Severity::Error,
        message,
        labels: Vec::new(),
        help: help.map(str::to_owned),
        fixes: Vec::new(),
        contexts: Vec::new(),
    }
}

/// What makes a set of paths impossible to write: paths that leave the folder, that are equal, or of which one is
/// a folder of another. Gives the index of the offending file, the index of the one that it clashes with, and why.
pub(crate) fn clashes(files: &[OutputFile]) -> Vec<(usize, Option<usize>, String)> {
    let mut clashes = Vec::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, file) in files.iter().enumerate() {
        if !is_safe(&file.path) {
            let reason =
                if file.path == MANIFEST { "is platc's own" } else { "does not stay in the output folder" };
            clashes.push((at, None, format!("the path `{}` {reason}", file.path)));
        } else if let Some(first) = seen.get(file.path.as_str()) {
            clashes.push((at, Some(*first), format!("`{}` is written twice", file.path)));
        } else {
            seen.insert(&file.path, at);
        }
    }
    for (at, file) in files.iter().enumerate() {
        let folders = file.path.match_indices('/').map(|(cut, _)| &file.path[..cut]);
        if let Some((folder, first)) = folders.filter_map(|f| Some((f, *seen.get(f)?))).next() {
            clashes.push((at, Some(first), format!("`{folder}` is both a file and a folder")));
        }
    }
    clashes
}
