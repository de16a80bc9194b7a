//! Paths as reports and artefacts spell them: relative, with `/`.

use std::path::{Component, Path, PathBuf};

/// The path with `.` and `..` resolved by their spelling alone.
pub(crate) fn normalize(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

/// `path` as seen from `base`, both absolute: `../shared/a.plat`; the path itself if they have nothing in common.
pub fn relative(base: &Path, path: &Path) -> PathBuf {
    let from: Vec<Component<'_>> = base.components().collect();
    let to: Vec<Component<'_>> = path.components().collect();
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if common <= 1 && from.len() > 1 {
        return path.to_path_buf();
    }
    let up = from.iter().skip(common).map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(to.iter().skip(common).copied()).collect();
    if relative.as_os_str().is_empty() { PathBuf::from(".") } else { relative }
}

/// The path with `/` between its parts, whatever the system uses.
pub fn slashed(path: &Path) -> String {
    let mut text = String::new();
    for part in path.components() {
        match part {
            Component::RootDir => text.push('/'),
            other => {
                if !text.is_empty() && !text.ends_with('/') {
                    text.push('/');
                }
                text.push_str(&other.as_os_str().to_string_lossy());
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_a_folder() {
        let at = |base: &str, path: &str| slashed(&relative(Path::new(base), Path::new(path)));
        assert_eq!(at("/a/b", "/a/b/c.plat"), "c.plat");
        assert_eq!(at("/a/b", "/a/x/c.plat"), "../x/c.plat");
        assert_eq!(at("/a/b", "/a/b"), ".");
        assert_eq!(at("/a/b", "/z/c.plat"), "/z/c.plat");
        assert_eq!(at("/", "/z/c.plat"), "z/c.plat");
        assert_eq!(slashed(&normalize(Path::new("/a/./b/../c"))), "/a/c");
    }
}
