//! All Plat programs of the repository that are known to be clean.

use std::path::{Path, PathBuf};

/// A program of one file.
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The examples, the standard library, the examples of the pages, and the programs of the suite that get no diagnostic.
pub(crate) fn clean() -> Vec<Program> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut programs = Vec::new();
    for folder in ["examples", "stdlib", "tests/suite"] {
        for path in plat_files(&root.join(folder)) {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let expects = ["error[", "warning[", "advice["].iter().any(|sign| text.contains(sign));
            // Long tables say little per second.
            let table = text.lines().count() > 400;
            if !expects && !table && !text.is_empty() {
                let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().into_owned();
                programs.push(Program { name, text });
            }
        }
    }
    for page in ["README.md", "stdlib/LANGUAGE.md"] {
        let text = std::fs::read_to_string(root.join(page)).unwrap_or_default();
        programs.extend(blocks(page, &text));
    }
    programs
}

fn plat_files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().filter_map(|e| Some(e.ok()?.path())).collect();
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(plat_files(&path));
        } else if path.extension().is_some_and(|e| e == "plat") {
            files.push(path);
        }
    }
    files
}

/// The fenced blocks of a page that are programs without a mistake.
fn blocks(page: &str, text: &str) -> Vec<Program> {
    let mut found: Vec<Program> = Vec::new();
    let mut open = None;
    for (at, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), open) {
            (Some(_), Some(_)) => open = None,
            (Some(info), None) => {
                open = Some(info == "plat");
                if info == "plat" {
                    found.push(Program { name: format!("{page}:{}", at + 1), text: String::new() });
                }
            }
            (None, Some(true)) => {
                if let Some(program) = found.last_mut() {
                    program.text.push_str(line);
                    program.text.push('\n');
                }
            }
            _ => {}
        }
    }
    found
}
