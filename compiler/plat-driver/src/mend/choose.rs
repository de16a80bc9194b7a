//! Which mends of a run are applied together: the first certain one of each diagnostic, in the order of the report,
//! unless it touches what another one changes.

use crate::pipeline::Outcome;
use crate::world::World;
use plat_base::{Edit, FileId, Fix};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const MARK: &[u8] = b"\xEF\xBB\xBF";

/// The mends of one round.
#[derive(Default)]
pub(super) struct Chosen {
    files: BTreeMap<PathBuf, File>,
    mended: Vec<Problem>,
}

/// A file that is changed.
struct File {
    text: String,
    marked: bool,
    edits: Vec<Edit>,
}

/// A problem that a mend is for; its place is that before the mends.
struct Problem {
    path: PathBuf,
    start: u32,
    code: String,
    message: String,
}

/// The mends to apply to what `outcome` was made of.
pub(super) fn chosen(world: &dyn World, outcome: &Outcome) -> Chosen {
    let mut chosen = Chosen::default();
    for diagnostic in &outcome.diagnostics {
        let Some(fix) = diagnostic.fixes.iter().find(|f| f.certain && !f.edits.is_empty()) else { continue };
        let Some(span) = diagnostic.span() else { continue };
        let Some(path) = path_of(outcome, span.file) else { continue };
        if chosen.take(world, outcome, fix) {
            chosen.mended.push(Problem {
                path: path.to_owned(),
                start: span.start,
                code: diagnostic.code.clone(),
                message: diagnostic.message.clone(),
            });
        }
    }
    chosen
}

fn path_of(outcome: &Outcome, file: FileId) -> Option<&Path> {
    let path = outcome.paths.get(file.0 as usize)?.as_deref()?;
    path.starts_with(&outcome.layout.root).then_some(path)
}

impl Chosen {
    /// Whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        self.mended.is_empty()
    }

    /// How many mends there are.
    pub(super) fn count(&self) -> usize {
        self.mended.len()
    }

    /// Takes a mend if every file may be changed and nothing that it touches is changed already.
    fn take(&mut self, world: &dyn World, outcome: &Outcome, fix: &Fix) -> bool {
        for edit in &fix.edits {
            let Some(path) = path_of(outcome, edit.span.file) else { return false };
            if !self.files.contains_key(path) {
                let Some(file) = read(world, outcome, edit.span.file, path) else { return false };
                self.files.insert(path.to_owned(), file);
            }
            let Some(file) = self.files.get(path) else { return false };
            let whole = file.text.get(edit.span.start as usize..edit.span.end as usize).is_some();
            if !whole || file.edits.iter().any(|other| touches(edit, other)) {
                return false;
            }
        }
        for edit in &fix.edits {
            if let Some(file) = path_of(outcome, edit.span.file).and_then(|path| self.files.get_mut(path)) {
                file.edits.push(edit.clone());
            }
        }
        true
    }

    /// Whether the texts get shorter: so often a problem can come back, but not for ever.
    pub(super) fn shrinks(&self) -> bool {
        let edits = self.files.values().flat_map(|file| &file.edits);
        edits.map(|e| e.text.len() as i64 - i64::from(e.span.end - e.span.start)).sum::<i64>() < 0
    }

    /// The texts after the mends.
    pub(super) fn texts(&self) -> impl Iterator<Item = (PathBuf, Vec<u8>)> + '_ {
        let changed = self.files.iter().filter(|(_, file)| !file.edits.is_empty());
        changed.map(|(path, file)| (path.clone(), file.applied()))
    }

    /// Whether a problem at a place of the new texts is one that should be gone.
    pub(super) fn was(&self, path: &Path, start: u32, code: &str, message: &str) -> bool {
        let same = |p: &&Problem| p.path == path && p.code == code && p.message == message;
        let moved = |p: &Problem| self.files.get(path).map_or(p.start, |file| file.moved(p.start));
        self.mended.iter().filter(same).any(|p| moved(p) == start)
    }
}

impl File {
    fn applied(&self) -> Vec<u8> {
        let mut edits: Vec<&Edit> = self.edits.iter().collect();
        edits.sort_by_key(|e| (e.span.start, e.span.end));
        let mut bytes = if self.marked { MARK.to_vec() } else { Vec::new() };
        let mut done = 0;
        for edit in edits {
            bytes.extend(self.text.get(done..edit.span.start as usize).unwrap_or("").bytes());
            bytes.extend(edit.text.bytes());
            done = edit.span.end as usize;
        }
        bytes.extend(self.text.get(done..).unwrap_or("").bytes());
        bytes
    }

    /// Where an offset is after the edits before it.
    fn moved(&self, offset: u32) -> u32 {
        let before = self.edits.iter().filter(|e| e.span.end <= offset && e.span.start < offset);
        let shift: i64 = before.map(|e| e.text.len() as i64 - i64::from(e.span.end - e.span.start)).sum();
        u32::try_from(i64::from(offset) + shift).unwrap_or(offset)
    }
}

/// The text of a file, if what is on disk is what was compiled: of one that is not UTF-8 only the beginning is known.
fn read(world: &dyn World, outcome: &Outcome, file: FileId, path: &Path) -> Option<File> {
    let bytes = world.read(path).ok()?;
    let text = &outcome.sources.get(file).text;
    let rest = bytes.strip_prefix(MARK);
    let marked = rest.is_some();
    (rest.unwrap_or(&bytes) == text.as_bytes()).then(|| File {
        text: text.to_string(),
        marked,
        edits: Vec::new(),
    })
}

fn touches(a: &Edit, b: &Edit) -> bool {
    let (a, b) = (a.span, b.span);
    a.start == b.start || (a.start < b.end && b.start < a.end)
}
