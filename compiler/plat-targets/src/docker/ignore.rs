//! What the build may read. In: what an image copies, and the patterns that its source adds. Out: its ignore file.
//!
//! The file stands next to the Dockerfile as `Dockerfile.dockerignore`, which BuildKit reads before any
//! `.dockerignore` at the root of the context: the context is the project's own folder, in which this target writes
//! nothing, and each image copies something else. Since that is known exactly, the file is a list of what may be
//! read: whatever else lies in the folder, secrets or gigabytes, never reaches the builder.

use super::errors;
use super::lower;
use super::print::{HEADER, HEADER_REASON};
use super::quote;
use crate::{Artifact, LineWriter};
use plat_base::Diagnostic;
use plat_model::{Image, ImageSpec, Origin, Sourced};

/// What no image wants, even from a folder that it copies as a whole. The last match wins, so these come after.
const NEVER: &[&str] =
    &["**/.git", "**/.env", "**/.env.*", "**/.venv", "**/__pycache__", "**/*.pyc", "**/node_modules"];

/// The ignore file of an image.
pub(super) fn file(
    image: &Image,
    specs: &[&ImageSpec],
    path: String,
    said: &mut Vec<Diagnostic>,
) -> Artifact {
    let copied = copied(specs);
    let patterns: &[Sourced<String>] = specs.first().map_or(&[], |s| &s.ignore);
    let mut out = LineWriter::new();
    out.because(HEADER_REASON);
    out.line(HEADER, None);
    out.blank();
    if copied.iter().any(|(path, _)| path == ".") {
        out.line("# The image copies the whole folder, but for this.", image.origin);
    } else {
        out.line("# Nothing but what the image copies.", image.origin);
        out.line("*", image.origin);
        for (path, origin) in &copied {
            out.line(&format!("!{}", one_line(path)), *origin);
        }
    }
    let never: Vec<&&str> =
        NEVER.iter().filter(|p| !copied.iter().any(|(path, _)| matches_path(p, path))).collect();
    if !copied.is_empty() {
        for pattern in never {
            out.line(pattern, image.origin);
        }
    }
    for pattern in patterns {
        out.line(&one_line(pattern), pattern.origin);
    }
    for (path, origin) in &copied {
        if let Some(pattern) = hidden_by(patterns, path) {
            said.extend(errors::ignored_copy(&image.name, path, *origin, pattern));
        }
    }
    out.finish(path)
}

/// The paths that the image copies from the context, without duplicates.
fn copied(specs: &[&ImageSpec]) -> Vec<(String, Origin)> {
    let mut paths: Vec<(String, Origin)> = Vec::new();
    for (path, origin) in specs.iter().flat_map(|s| lower::copied(s)) {
        let path = normal(path);
        if !paths.iter().any(|(p, _)| *p == path) {
            paths.push((path, origin));
        }
    }
    paths
}

/// Without `./`, `//`, and slashes at either end; `.` for the context itself.
fn normal(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// A pattern as one line that is no comment.
fn one_line(pattern: &str) -> String {
    let line: String = pattern.chars().filter(|c| !c.is_control()).collect();
    if line.starts_with('#') { format!("\\{line}") } else { line }
}

/// The pattern that hides a path in the end.
fn hidden_by<'a>(patterns: &'a [Sourced<String>], path: &str) -> Option<&'a Sourced<String>> {
    let mut hidden = None;
    for pattern in patterns {
        match pattern.trim().strip_prefix('!') {
            Some(back) if matches_path(back, path) => hidden = None,
            None if matches_path(pattern.trim(), path) => hidden = Some(pattern),
            _ => {}
        }
    }
    hidden
}

/// Whether a pattern matches a path or one of the folders above it.
fn matches_path(pattern: &str, path: &str) -> bool {
    let pattern = normal(pattern);
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    (1..=path.len()).any(|n| matches_parts(&pattern, &path[..n]))
}

fn matches_parts(pattern: &[&str], path: &[&str]) -> bool {
    match pattern.split_first() {
        None => path.is_empty(),
        Some((&"**", rest)) => (0..=path.len()).any(|n| matches_parts(rest, &path[n..])),
        Some((first, rest)) => path
            .split_first()
            .is_some_and(|(name, others)| matches_name(first, name) && matches_parts(rest, others)),
    }
}

/// `*` for any characters and `?` for one.
fn matches_name(pattern: &str, name: &str) -> bool {
    // The classic two-pointer match: at most one place to come back to, so it is quadratic at worst.
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n, mut back) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                back = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((star, from)) = back else { return false };
                back = Some((star, from + 1));
                p = star + 1;
                n = from + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// Where the ignore file of an image stands.
pub(super) fn path(image: &str) -> String {
    format!("{}/Dockerfile.dockerignore", quote::file_name(image))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_docker_does() {
        assert!(matches_path("services", "services/candle_ingestor"));
        assert!(matches_path("**/*.py", "a/b/c.py"));
        assert!(matches_path("/a/*/c?/", "a/b/cd/e"));
        assert!(!matches_path("*.py", "a/b.py"));
        assert!(matches_path("**/node_modules", "node_modules"));
    }

    #[test]
    fn the_last_match_wins() {
        let patterns: Vec<Sourced<String>> =
            ["services", "!services/a"].iter().map(|p| Sourced::new((*p).to_owned(), None)).collect();
        assert!(hidden_by(&patterns, "services/a").is_none());
        assert_eq!(hidden_by(&patterns, "services/b").map(|p| p.value.as_str()), Some("services"));
    }

    #[test]
    fn paths_are_compared_in_one_form() {
        assert_eq!(normal("./a//b/"), "a/b");
        assert_eq!(normal("./"), ".");
    }
}
