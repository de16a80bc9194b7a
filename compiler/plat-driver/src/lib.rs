//! Strings the stages together. In: the paths that the user named. Out: artefacts and diagnostics, and files on disk
//! if asked. Files are only ever touched through [`World`]; no rule of the language is decided here.

mod checks;
pub mod codes;
mod depfile;
mod documentation;
mod emit;
mod errors;
mod evaluate;
mod explain;
mod failure;
mod host;
mod limits;
mod load;
mod mend;
mod order;
mod output;
mod parallel;
mod parts;
mod paths;
mod pipeline;
mod project;
mod recall;
mod stdlib;
mod tables;
mod testing;
mod trace;
mod verify;
mod world;

pub use checks::{CheckEntry, Checks, checks};
pub use depfile::depfile;
/// The one table of the language's words.
pub use plat_syntax::keywords;

pub use documentation::{Article, Documentation, Entry, Part, documentation};
pub use explain::{Step, Story};
pub use failure::{Failure, FailureKind};
pub use host::{Host, Machine, Needs, Verdict, host, needs_of};
pub use load::{Loaded, Place, load};
pub use mend::{Mended, MendedFile, mend, write_mended};
pub use order::MAX_DIAGNOSTICS;
pub use output::{Change, ChangeKind, MANIFEST, OutputFile, Plan, Scope, apply, plan, unified};
pub use paths::{relative, slashed};
pub use pipeline::{Counts, Goal, Outcome, Request, Watcher, on_deep_stack, run};
pub use project::{Layout, MAIN_FILE, PROJECT_FILE, discover, sources_below};
pub use recall::{MEMORY, OUTPUT, remember, unchanged};
pub use stdlib::Stdlib;
pub use testing::TestResult;
pub use trace::{CauseTrace, LineTrace, Trace};
pub use verify::verify;
pub use world::{DiskWorld, EntryKind, Hold, MemoryWorld, Stat, World};
