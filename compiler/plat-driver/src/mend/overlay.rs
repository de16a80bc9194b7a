//! Files as they would be: a world in which some texts are already other ones.

use crate::Failure;
use crate::mend::MendedFile;
use crate::world::{EntryKind, Stat, World};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// A world with some files replaced. It is only read.
#[derive(Clone)]
pub(super) struct Overlay<'w> {
    world: &'w dyn World,
    texts: BTreeMap<PathBuf, Vec<u8>>,
}

impl<'w> Overlay<'w> {
    /// The world as it is.
    pub(super) fn new(world: &'w dyn World) -> Overlay<'w> {
        Overlay { world, texts: BTreeMap::new() }
    }

    /// Replaces a file.
    pub(super) fn put(&mut self, path: PathBuf, text: Vec<u8>) {
        self.texts.insert(path, text);
    }

    /// The files that differ from the world's.
    pub(super) fn changed(self) -> Result<Vec<MendedFile>, Failure> {
        let mut files = Vec::new();
        for (path, after) in self.texts {
            let before = self.world.read(&path).map_err(|e| Failure::io("read", &path, &e))?;
            if before != after {
                files.push(MendedFile { path, before, after });
            }
        }
        Ok(files)
    }
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "an overlay is only read")
}

impl World for Overlay<'_> {
    fn stat(&self, path: &Path) -> io::Result<Stat> {
        let stat = self.world.stat(path)?;
        Ok(match self.texts.get(path) {
            Some(text) => Stat { size: text.len() as u64, ..stat },
            None => stat,
        })
    }

    fn entry(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        self.world.entry(path)
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        self.world.real_path(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.texts.get(path) {
            Some(text) => Ok(text.clone()),
            None => self.world.read(path),
        }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.world.list(folder)
    }

    fn write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(read_only())
    }

    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        Err(read_only())
    }

    fn create_folders(&self, _: &Path) -> io::Result<()> {
        Err(read_only())
    }

    fn remove_file(&self, _: &Path) -> io::Result<()> {
        Err(read_only())
    }

    fn remove_folder(&self, _: &Path) -> io::Result<()> {
        Err(read_only())
    }
}
