//! Whole folders as values: read, copied, compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// All files under `folder`, as paths relative to it, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    fn walk(folder: &Path, base: &Path, found: &mut Vec<PathBuf>) {
        let entries =
            std::fs::read_dir(folder).unwrap_or_else(|e| panic!("cannot list {}: {e}", folder.display()));
        for entry in entries {
            let path = entry.expect("a folder entry").path();
            if path.is_dir() {
                walk(&path, base, found);
            } else {
                found.push(path.strip_prefix(base).expect("it lies below").to_owned());
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found);
    found.sort();
    found
}

/// All files under `folder` for which `wanted` holds, as absolute paths.
pub fn matching(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    files(folder).into_iter().map(|f| folder.join(f)).filter(|f| wanted(f)).collect()
}

/// The folder's files with their bytes.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    files(folder)
        .into_iter()
        .map(|name| {
            let path = folder.join(&name);
            let bytes =
                std::fs::read(&path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()));
            (name, bytes)
        })
        .collect()
}

/// Copies the files under `from` to `to`.
pub fn copy(from: &Path, to: &Path) {
    for name in files(from) {
        let target = to.join(&name);
        std::fs::create_dir_all(target.parent().expect("it lies below")).expect("folders can be made");
        std::fs::copy(from.join(&name), &target)
            .unwrap_or_else(|e| panic!("cannot copy {}: {e}", name.display()));
    }
}

/// Panics, naming the first difference, unless the two folders hold the same files with the same bytes.
pub fn assert_same(left: &Path, right: &Path) {
    let (a, b) = (contents(left), contents(right));
    let names = |tree: &BTreeMap<PathBuf, Vec<u8>>| tree.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&a), names(&b), "different files in {} and {}", left.display(), right.display());
    for (name, bytes) in &a {
        if bytes != &b[name] {
            let line = 1 + bytes
                .iter()
                .zip(&b[name])
                .take_while(|(x, y)| x == y)
                .filter(|(x, _)| **x == b'\n')
                .count();
            panic!(
                "{} differs at line {line} between {} and {}",
                name.display(),
                left.display(),
                right.display()
            );
        }
    }
}
