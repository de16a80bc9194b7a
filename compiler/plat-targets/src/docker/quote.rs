//! Quoting: the only way from a string to the text of a Dockerfile. Each place of the format has its own rule, and
//! none lets a string become more than one word.

/// Characters that are plain in an unquoted word of `ENV`, `LABEL` and the shell.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_./:,=@%+~-".contains(c)
}

/// A word of the shell: `gfortran`, `'a b'`.
pub(super) fn shell_word(text: &str) -> String {
    // A leading `~` would be expanded.
    if !text.is_empty() && !text.starts_with('~') && text.chars().all(is_plain) {
        return text.to_owned();
    }
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The value of `ENV` or `ARG`: bare if it is plain, else in double quotes. If `expands`, a `$` stays special.
pub(super) fn value(text: &str, expands: bool) -> String {
    let plain = |c: char| is_plain(c) && c != '~' || expands && "${}".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    quoted(text, expands)
}

/// In double quotes, as `LABEL` values are written.
pub(super) fn quoted(text: &str, expands: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if matches!(c, '\\' | '"') || c == '$' && !expands {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// The key of a label: bare if it is plain.
pub(super) fn key(text: &str) -> String {
    let plain = |c: char| is_plain(c) && c != '=' && c != '~';
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { quoted(text, false) }
}

/// A path in `COPY` and `WORKDIR`, where the builder takes quotes, backslashes and `$` for its own.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '$' | '"' | '\'') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The path of `WORKDIR`.
pub(super) fn path(text: &str) -> String {
    escaped(text)
}

/// The paths of `COPY`: words, or a JSON array where a path has white space in it or could be taken for a flag or
/// a here-document.
pub(super) fn paths(texts: &[String]) -> String {
    let awkward = |t: &String| {
        t.is_empty()
            || t.starts_with("--")
            || t.contains("<<")
            || t.starts_with('[')
            || t.chars().any(char::is_whitespace)
    };
    let words: Vec<String> = texts.iter().map(|t| escaped(t)).collect();
    if texts.iter().any(awkward) { json_array(&words) } else { words.join(" ") }
}

/// A list of strings in exec form: `["java", "-jar", "/app/app.jar"]`.
pub(super) fn json_array(texts: &[String]) -> String {
    let items: Vec<String> = texts.iter().map(|t| json(t)).collect();
    format!("[{}]", items.join(", "))
}

/// A JSON string.
pub(super) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                let mut units = [0u16; 2];
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A reference of an image or the name of a stage, without any character that neither may have.
pub(super) fn reference(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "._/:@-".contains(*c)).collect()
}

/// A name for a folder or a target of bake: what is neither letter, digit, `_` nor `-` becomes `-`.
pub(super) fn file_name(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '-' }).collect()
}

/// One or more lines of comment, without control characters.
pub(super) fn comment(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("# {}", clean.trim_end()).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_shell() {
        assert_eq!(shell_word("libfoo-dev=1.2~rc1+b1"), "libfoo-dev=1.2~rc1+b1");
        assert_eq!(shell_word("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_word("a\nUSER root"), "'aUSER root'");
        assert_eq!(shell_word("~root"), "'~root'");
    }

    #[test]
    fn values() {
        assert_eq!(value("/opt/venv/bin:$PATH", true), "/opt/venv/bin:$PATH");
        assert_eq!(value("/opt/venv/bin:$PATH", false), r#""/opt/venv/bin:\$PATH""#);
        assert_eq!(value(r#"a "b" \c"#, false), r#""a \"b\" \\c""#);
        assert_eq!(value("", false), r#""""#);
    }

    #[test]
    fn exec_form_is_json() {
        let argv = ["sh".to_owned(), "-c".to_owned(), "echo \"$A\"\n\\ \u{7}".to_owned()];
        assert_eq!(json_array(&argv), r#"["sh", "-c", "echo \"$A\"\n\\ \u0007"]"#);
    }

    #[test]
    fn paths_of_copy() {
        let paths_of = |texts: &[&str]| paths(&texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>());
        assert_eq!(paths_of(&["a", "b/"]), "a b/");
        assert_eq!(paths_of(&["a b", "$c/"]), r#"["a b", "\\$c/"]"#);
        assert_eq!(paths_of(&["--from=x", "."]), r#"["--from=x", "."]"#);
    }

    #[test]
    fn references_cannot_break_out() {
        assert_eq!(reference("python:3.13-slim\nRUN rm -rf /"), "python:3.13-slimRUNrm-rf/");
        assert_eq!(comment("a\nRUN x"), "# a RUN x");
    }
}
