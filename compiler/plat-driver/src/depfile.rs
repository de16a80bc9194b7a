//! Dependency files for build systems, in the syntax that both Make and Ninja read.

use std::path::Path;

/// `outputs: inputs`, each path as given, escaped, one per line.
pub fn depfile(outputs: &[impl AsRef<Path>], inputs: &[impl AsRef<Path>]) -> String {
    let mut text = String::new();
    for (at, path) in outputs.iter().enumerate() {
        text.push_str(if at == 0 { "" } else { " \\\n  " });
        text.push_str(&escaped(path.as_ref()));
    }
    text.push(':');
    for path in inputs {
        text.push_str(" \\\n  ");
        text.push_str(&escaped(path.as_ref()));
    }
    text.push('\n');
    text
}

/// Spaces and `#` take a backslash, `$` is doubled, and backslashes right before either are doubled: what GCC writes
/// and what Make and Ninja read.
fn escaped(path: &Path) -> String {
    let mut text = String::new();
    let mut backslashes = 0;
    for c in path.to_string_lossy().chars() {
        match c {
            '\\' => backslashes += 1,
            ' ' | '#' | '\t' => {
                text.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            '$' => {
                text.push('$');
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::depfile;

    #[test]
    fn names_are_escaped_as_make_and_ninja_read_them() {
        let text = depfile(&["out/a b.yaml", "out/$x"], &["main.plat", "c#\\ d.plat"]);
        assert_eq!(text, "out/a\\ b.yaml \\\n  out/$$x: \\\n  main.plat \\\n  c\\#\\\\\\ d.plat\n");
        assert_eq!(depfile(&["a"], &[] as &[&str]), "a:\n");
    }
}
