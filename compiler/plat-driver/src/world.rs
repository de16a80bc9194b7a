//! The only way to files. In: paths. Out: their bytes, or an I/O error. Nothing else in the compiler reads or writes
//! a file, so a test that gives it a [`MemoryWorld`] sees all that it does.

mod disk;
mod memory;

pub use disk::{DiskWorld, Hold};
pub use memory::MemoryWorld;

use std::io;
use std::path::{Path, PathBuf};

/// What stands at a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link (only where links are not followed).
    Link,
    /// A pipe, a device, a socket.
    Other,
}

/// A file's kind and size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stat {
    /// What it is, links followed.
    pub kind: EntryKind,
    /// Its size in bytes.
    pub size: u64,
}

/// File access. Paths are absolute.
pub trait World: Sync {
    /// What stands at `path`, following links.
    fn stat(&self, path: &Path) -> io::Result<Stat>;
    /// What stands at `path` itself, links not followed; `None` if nothing does.
    fn entry(&self, path: &Path) -> io::Result<Option<EntryKind>>;
    /// The path with every link resolved.
    fn real_path(&self, path: &Path) -> io::Result<PathBuf>;
    /// All bytes of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// The names in a folder, sorted.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;
    /// Writes a file whose folder exists; it replaces what is there.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Gives a file that exists a new content, in one step that no reader sees half of. It keeps its permissions; if
    /// these forbid writing, it is an error.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.write(path, bytes)
    }
    /// Moves a file over another, in one step that no reader sees half of.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes a folder and those above it.
    fn create_folders(&self, path: &Path) -> io::Result<()>;
    /// Removes a file or link.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder, which must be empty.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
    /// Waits until no other process holds this folder (or the nearest one above it that exists), and holds it until
    /// the result is dropped. Where that is not possible, nothing is held.
    fn hold(&self, folder: &Path) -> Option<Hold> {
        let _ = folder;
        None
    }
}
