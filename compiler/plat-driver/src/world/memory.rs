//! A file system in memory, for tests: it also makes failures on demand.

use super::{EntryKind, Stat, World};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

#[derive(Debug, Clone)]
enum Node {
    File(Vec<u8>),
    Folder,
    Link(PathBuf),
    Unreadable,
}

#[derive(Debug, Default)]
struct State {
    nodes: BTreeMap<PathBuf, Node>,
    refused: BTreeSet<PathBuf>,
    writes: Vec<PathBuf>,
}

/// Files in memory. Folders exist as soon as a file is in them.
#[derive(Debug, Default)]
pub struct MemoryWorld {
    state: Mutex<State>,
}

impl MemoryWorld {
    /// A world with these files.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> MemoryWorld {
        let world = MemoryWorld::default();
        for (path, text) in files {
            world.add(path, text.as_bytes());
        }
        world
    }

    /// Adds or replaces a file.
    pub fn add(&self, path: impl AsRef<Path>, bytes: &[u8]) {
        self.put(path.as_ref(), Node::File(bytes.to_vec()));
    }

    /// Adds a symbolic link.
    pub fn add_link(&self, path: impl AsRef<Path>, target: impl Into<PathBuf>) {
        self.put(path.as_ref(), Node::Link(target.into()));
    }

    /// Adds a file that exists and cannot be read.
    pub fn add_unreadable(&self, path: impl AsRef<Path>) {
        self.put(path.as_ref(), Node::Unreadable);
    }

    /// From now on, writing, renaming to or removing this path fails.
    pub fn refuse(&self, path: impl Into<PathBuf>) {
        self.lock().refused.insert(path.into());
    }

    /// The text of a file, if it is one.
    pub fn text(&self, path: impl AsRef<Path>) -> Option<String> {
        match self.lock().nodes.get(path.as_ref()) {
            Some(Node::File(bytes)) => Some(String::from_utf8_lossy(bytes).into_owned()),
            _ => None,
        }
    }

    /// All files, sorted.
    pub fn files(&self) -> Vec<PathBuf> {
        let state = self.lock();
        state.nodes.iter().filter(|(_, n)| !matches!(n, Node::Folder)).map(|(p, _)| p.clone()).collect()
    }

    /// The paths that were put in place by a rename since the last call, in order.
    pub fn take_writes(&self) -> Vec<PathBuf> {
        std::mem::take(&mut self.lock().writes)
    }

    fn put(&self, path: &Path, node: Node) {
        let mut state = self.lock();
        for folder in path.ancestors().skip(1) {
            state.nodes.entry(folder.to_path_buf()).or_insert(Node::Folder);
        }
        state.nodes.insert(path.to_path_buf(), node);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        let state = self.lock();
        let mut at = PathBuf::new();
        let mut rest: Vec<PathBuf> = path.components().rev().map(|c| PathBuf::from(c.as_os_str())).collect();
        let mut links = 0;
        while let Some(part) = rest.pop() {
            match part.components().next() {
                Some(Component::ParentDir) => {
                    at.pop();
                    continue;
                }
                Some(Component::CurDir) => continue,
                _ => at.push(&part),
            }
            match state.nodes.get(&at) {
                Some(Node::Link(target)) => {
                    links += 1;
                    if links > 40 {
                        return Err(io::Error::other("too many links"));
                    }
                    at.pop();
                    rest.extend(target.components().rev().map(|c| PathBuf::from(c.as_os_str())));
                }
                Some(_) => {}
                None => return Err(ErrorKind::NotFound.into()),
            }
        }
        Ok(at)
    }

    fn check_writable(&self, path: &Path) -> io::Result<()> {
        if self.lock().refused.contains(path) { Err(ErrorKind::PermissionDenied.into()) } else { Ok(()) }
    }
}

impl World for MemoryWorld {
    fn stat(&self, path: &Path) -> io::Result<Stat> {
        let real = self.resolve(path)?;
        Ok(match self.lock().nodes.get(&real) {
            Some(Node::File(bytes)) => Stat { kind: EntryKind::File, size: bytes.len() as u64 },
            Some(Node::Unreadable) => Stat { kind: EntryKind::File, size: 0 },
            _ => Stat { kind: EntryKind::Folder, size: 0 },
        })
    }

    fn entry(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        Ok(self.lock().nodes.get(path).map(|node| match node {
            Node::File(_) | Node::Unreadable => EntryKind::File,
            Node::Folder => EntryKind::Folder,
            Node::Link(_) => EntryKind::Link,
        }))
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        self.resolve(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let real = self.resolve(path)?;
        match self.lock().nodes.get(&real) {
            Some(Node::File(bytes)) => Ok(bytes.clone()),
            Some(Node::Unreadable) => Err(ErrorKind::PermissionDenied.into()),
            _ => Err(ErrorKind::IsADirectory.into()),
        }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let real = self.resolve(folder)?;
        let state = self.lock();
        let below = state.nodes.keys().filter(|p| p.parent() == Some(real.as_path()));
        Ok(below.filter_map(|p| p.file_name()).map(|n| n.to_string_lossy().into_owned()).collect())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.check_writable(path)?;
        let folder = path.parent().unwrap_or(Path::new("/")).to_path_buf();
        if !matches!(self.lock().nodes.get(&folder), Some(Node::Folder)) {
            return Err(ErrorKind::NotFound.into());
        }
        self.lock().nodes.insert(path.to_path_buf(), Node::File(bytes.to_vec()));
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.check_writable(to)?;
        let mut state = self.lock();
        let node = state.nodes.remove(from).ok_or(ErrorKind::NotFound)?;
        state.nodes.insert(to.to_path_buf(), node);
        state.writes.push(to.to_path_buf());
        Ok(())
    }

    fn create_folders(&self, path: &Path) -> io::Result<()> {
        self.check_writable(path)?;
        for folder in path.ancestors() {
            let mut state = self.lock();
            match state.nodes.get(folder) {
                Some(Node::File(_) | Node::Unreadable) => return Err(ErrorKind::NotADirectory.into()),
                Some(_) => {}
                None => {
                    state.nodes.insert(folder.to_path_buf(), Node::Folder);
                }
            }
        }
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.check_writable(path)?;
        self.lock().nodes.remove(path).map(|_| ()).ok_or(ErrorKind::NotFound.into())
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        if state.nodes.keys().any(|p| p.parent() == Some(path)) {
            return Err(ErrorKind::DirectoryNotEmpty.into());
        }
        state.nodes.remove(path).map(|_| ()).ok_or(ErrorKind::NotFound.into())
    }
}
