//! The mends that are surely right, applied. In: a request. Out: what the program is after them, and the new texts of
//! its files. Nothing is written before all of it is known; files outside of the project's root and the standard
//! library are never changed.

mod choose;
mod overlay;

use crate::Failure;
use crate::pipeline::{Outcome, Request, run};
use crate::stdlib::Stdlib;
use crate::world::World;
use choose::{Chosen, chosen};
use overlay::Overlay;
use plat_base::Severity;
use std::path::PathBuf;

/// A mend may bring a further mistake to light, but never this often.
const MAX_ROUNDS: usize = 24;

/// A program after its mends.
#[derive(Debug)]
pub struct Mended {
    /// What the program is now; its sources are the new texts.
    pub outcome: Outcome,
    /// How many mends were applied.
    pub applied: usize,
    /// The files that differ, sorted by path.
    pub files: Vec<MendedFile>,
}

/// A file whose text differs from what is on disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MendedFile {
    /// Where it is; absolute.
    pub path: PathBuf,
    /// What is there before.
    pub before: Vec<u8>,
    /// What it is to be.
    pub after: Vec<u8>,
}

/// Applies every certain mend, round by round, until none is left. A round that leaves a problem where it was, and has
/// nothing else to show for it, is taken back, and ends the search.
pub fn mend(world: &dyn World, stdlib: &Stdlib, request: &Request) -> Result<Mended, Failure> {
    let mut overlay = Overlay::new(world);
    let mut outcome = run(&overlay, stdlib, request)?;
    let mut applied = 0;
    for _ in 0..MAX_ROUNDS {
        let round = chosen(&overlay, &outcome);
        if round.is_empty() {
            break;
        }
        let mut next = overlay.clone();
        for (path, text) in round.texts() {
            next.put(path, text);
        }
        let after = run(&next, stdlib, request)?;
        let better = after.count(Severity::Error) < outcome.count(Severity::Error) || round.shrinks();
        if !better && !is_mended(&round, &after) {
            break;
        }
        applied += round.count();
        outcome = after;
        overlay = next;
    }
    Ok(Mended { outcome, applied, files: overlay.changed()? })
}

/// Whether none of the problems of a round is left.
fn is_mended(round: &Chosen, after: &Outcome) -> bool {
    after.diagnostics.iter().all(|diagnostic| {
        let Some(span) = diagnostic.span() else { return true };
        let path = after.paths.get(span.file.0 as usize).and_then(Option::as_ref);
        path.is_none_or(|path| !round.was(path, span.start, &diagnostic.code, &diagnostic.message))
    })
}

/// Puts mended files in place, each in one step; if one fails, those before it are taken back.
pub fn write_mended(world: &dyn World, files: &[MendedFile]) -> Result<(), Failure> {
    for (at, file) in files.iter().enumerate() {
        let Err(error) = world.replace(&file.path, &file.after) else { continue };
        for done in files.iter().take(at) {
            // What cannot be put back stays mended, which is no worse than before.
            let _ = world.replace(&done.path, &done.before);
        }
        return Err(Failure::io("write", &file.path, &error));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
