//! The list of the files that platc wrote into a folder, kept there. It is what makes a file ours.

use super::is_safe;
use crate::world::World;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Its name in the output folder.
pub const MANIFEST: &str = ".platc-manifest.json";
const VERSION: u32 = 1;
const ABOUT: &str = "Written by platc. Only the files listed here are ever replaced or removed by it.";

/// What is known about a file of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The target that wrote it.
    pub(super) target: String,
    /// The fingerprint of what was written; several while a run is putting files in place.
    pub(crate) prints: Vec<String>,
}

/// The files of ours, by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) files: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Stored {
    version: u32,
    files: BTreeMap<String, Vec<String>>,
}

impl Manifest {
    /// The manifest of a folder. Without one, or with one that is damaged, no file is ours. Paths that would lead out
    /// of the folder are ignored: the file may have been written by anyone.
    pub(crate) fn read(world: &dyn World, folder: &Path) -> (Manifest, Option<Vec<u8>>) {
        let bytes = world.read(&folder.join(MANIFEST)).ok();
        let stored: Option<Stored> = bytes.as_deref().and_then(|b| serde_json::from_slice(b).ok());
        let mut manifest = Manifest::default();
        for (path, words) in stored.filter(|s| s.version == VERSION).map(|s| s.files).unwrap_or_default() {
            if let Some((target, prints)) = words.split_first().filter(|_| is_safe(&path)) {
                let entry = Entry { target: target.clone(), prints: prints.to_vec() };
                manifest.files.insert(path, entry);
            }
        }
        (manifest, bytes)
    }

    /// Its text: one line per file, sorted, so that it merges well.
    pub(super) fn print(&self) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let mut text =
            format!("{{\n  \"about\": {},\n  \"version\": {VERSION},\n  \"files\": {{", quoted(ABOUT));
        for (at, (path, entry)) in self.files.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let words: Vec<String> =
                std::iter::once(&entry.target).chain(&entry.prints).map(|w| quoted(w)).collect();
            // Writing to a string cannot fail.
            let _ = write!(text, "{comma}\n    {}: [{}]", quoted(path), words.join(", "));
        }
        text.push_str(if self.files.is_empty() { "}\n}\n" } else { "\n  }\n}\n" });
        text
    }

    /// Whether what is on disk is what was written.
    pub(super) fn wrote(&self, path: &str, print: &str) -> bool {
        self.files.get(path).is_some_and(|entry| entry.prints.iter().any(|p| p == print))
    }
}
