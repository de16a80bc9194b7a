//! The real file system.

use super::{EntryKind, Stat, World};
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

/// The file system of the machine.
#[derive(Debug, Default, Clone, Copy)]
pub struct DiskWorld;

/// A folder that no other process can hold meanwhile.
#[derive(Debug)]
pub struct Hold {
    _folder: fs::File,
}

fn kind(ty: FileType) -> EntryKind {
    if ty.is_file() {
        EntryKind::File
    } else if ty.is_dir() {
        EntryKind::Folder
    } else if ty.is_symlink() {
        EntryKind::Link
    } else {
        EntryKind::Other
    }
}

impl World for DiskWorld {
    fn stat(&self, path: &Path) -> io::Result<Stat> {
        let meta = fs::metadata(path)?;
        Ok(Stat { kind: kind(meta.file_type()), size: meta.len() })
    }

    fn entry(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        match fs::symlink_metadata(path) {
            Ok(meta) => Ok(Some(kind(meta.file_type()))),
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        fs::canonicalize(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::write(path, bytes)
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        // Opening tells whether it may be written, which a rename would not ask.
        let permissions = fs::OpenOptions::new().write(true).open(path)?.metadata()?.permissions();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let beside = path.with_file_name(format!(".{name}.platc-{}", std::process::id()));
        let put = || {
            fs::write(&beside, bytes)?;
            fs::set_permissions(&beside, permissions)?;
            fs::rename(&beside, path)
        };
        put().inspect_err(|_| {
            let _ = fs::remove_file(&beside);
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn create_folders(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn hold(&self, folder: &Path) -> Option<Hold> {
        let open = folder.ancestors().find_map(|f| fs::File::open(f).ok())?;
        open.lock().ok()?;
        Some(Hold { _folder: open })
    }
}
