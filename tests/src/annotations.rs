//! Annotated programs: the diagnostics that a program must get stand in it, as comments.
//!
//! ```text
//! let size = 512MB
//! //         ^^^^^ error[unknown-unit]: `MB`
//! //                help: 512M
//! let wait: duration = 5m
//! //        -------- label[type-mismatch]: duration
//! ```
//!
//! - `^^^^ SEVERITY[CODE]: TEXT` expects a diagnostic whose primary span is exactly the marked part of
//!   the line above (comment lines of this kind do not count as lines above); its message contains TEXT.
//! - `help: TEXT` on a line of its own: the help of the diagnostic expected last contains TEXT.
//! - `---- label[CODE]: TEXT` expects a diagnostic with that code to have a further label exactly there.
//! - `//@ LINE:COL-LINE:COL SEVERITY[CODE]: TEXT` gives the span in figures, for spans of several lines
//!   and those that begin in the first two columns; `//@ LINE SEVERITY[CODE]: TEXT` gives only the line;
//!   `//@ SEVERITY[CODE]: TEXT` says nothing about the place.
//!
//! All diagnostics must be expected: no more, no fewer. Labels and helps may be left unmentioned.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A part of a file: lines and columns from 1, in characters, the end excluded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    /// First line.
    pub line: usize,
    /// First column.
    pub column: usize,
    /// Last line.
    pub end_line: usize,
    /// One past the last column.
    pub end_column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}-{}:{}", self.line, self.column, self.end_line, self.end_column)
    }
}

/// Where an expected diagnostic may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Where {
    /// Exactly there.
    Exactly(Place),
    /// It begins on this line.
    Line(usize),
    /// Anywhere in the program.
    Anywhere,
}

/// A diagnostic that a program must get.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expected {
    /// The file with the annotation.
    pub file: PathBuf,
    /// The span.
    pub place: Where,
    /// `error`, `warning` or `advice`.
    pub severity: String,
    /// The stable code.
    pub code: String,
    /// Part of the message.
    pub message: String,
    /// Parts of the help.
    pub help: Vec<String>,
}

/// A label that some diagnostic must have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExpectedLabel {
    /// The file with the annotation.
    pub file: PathBuf,
    /// The span.
    pub place: Place,
    /// The code of the diagnostic that has it.
    pub code: String,
    /// Part of its text.
    pub text: String,
}

/// All annotations of a program.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Annotations {
    /// The diagnostics, in the order of the text.
    pub diagnostics: Vec<Expected>,
    /// The labels, in the order of the text.
    pub labels: Vec<ExpectedLabel>,
}

/// A diagnostic as `platc check --format json` gave it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    /// The file, as an absolute path where there is one.
    pub file: PathBuf,
    /// The span.
    pub place: Place,
    /// `error`, `warning` or `advice`.
    pub severity: String,
    /// The stable code.
    pub code: String,
    /// The message.
    pub message: String,
    /// The help, empty if there is none.
    pub help: String,
    /// Further places, with their texts.
    pub labels: Vec<(PathBuf, Place, String)>,
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
        write!(f, "{file}: //@ {} {}[{}]: {}", self.place, self.severity, self.code, self.message)?;
        if !self.help.is_empty() {
            write!(f, "\n      help: {}", self.help)?;
        }
        for (file, place, text) in &self.labels {
            let file = file.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
            write!(f, "\n      label {file} {place}: {text}")?;
        }
        Ok(())
    }
}

/// Reads the annotations of one file into `into`. An annotation that cannot be read is an error.
pub fn read(file: &Path, text: &str, into: &mut Annotations) -> Result<(), String> {
    let mut above = 0;
    for (index, line) in text.lines().enumerate() {
        let complain = |what: &str| Err(format!("{}:{}: {what}: {line}", file.display(), index + 1));
        let trimmed = line.trim_start();
        if let Some(rest) = trimmed.strip_prefix("//@") {
            match in_figures(rest.trim()) {
                Some((place, head, message)) => into.diagnostics.push(expected(file, place, head, message)),
                None => return complain("not an annotation"),
            }
        } else if let Some(rest) = trimmed.strip_prefix("//").map(str::trim_start).filter(|r| is_marked(r)) {
            let mark = rest.as_bytes()[0];
            let width = rest.bytes().take_while(|b| *b == mark).count();
            let column = line.chars().count() - rest.chars().count() + 1;
            let place = Place { line: above, column, end_line: above, end_column: column + width };
            let Some((head, message)) = severity_and_code(rest[width..].trim()) else {
                return complain("expected SEVERITY[CODE]: TEXT");
            };
            if mark == b'^' {
                into.diagnostics.push(expected(file, Where::Exactly(place), head, message));
            } else {
                let (file, code, text) = (file.to_owned(), head.1.to_owned(), message.to_owned());
                into.labels.push(ExpectedLabel { file, place, code, text });
            }
        } else if let Some(help) =
            trimmed.strip_prefix("//").map(str::trim).and_then(|r| r.strip_prefix("help:"))
        {
            match into.diagnostics.last_mut().filter(|d| d.file == file) {
                Some(last) => last.help.push(help.trim().to_owned()),
                None => return complain("a help without a diagnostic"),
            }
        } else {
            above = index + 1;
        }
    }
    Ok(())
}

/// Whether a comment's text is a mark under the line above: `^^^ error[…` or `--- label[…`.
fn is_marked(text: &str) -> bool {
    let mark = text.trim_start_matches(['^', '-']);
    text.len() > mark.len() && severity_and_code(mark.trim()).is_some()
}

fn expected(file: &Path, place: Where, head: (&str, &str), message: &str) -> Expected {
    Expected {
        file: file.to_owned(),
        place,
        severity: head.0.to_owned(),
        code: head.1.to_owned(),
        message: message.to_owned(),
        help: Vec::new(),
    }
}

/// `error[code]: text` → (("error", "code"), "text").
fn severity_and_code(text: &str) -> Option<((&str, &str), &str)> {
    let (severity, rest) = text.split_once('[')?;
    let (code, rest) = rest.split_once(']')?;
    let message = rest.strip_prefix(':').or(rest.is_empty().then_some(""))?;
    ["error", "warning", "advice", "label"].contains(&severity).then_some(((severity, code), message.trim()))
}

fn in_figures(text: &str) -> Option<(Where, (&str, &str), &str)> {
    if let Some((head, message)) = severity_and_code(text) {
        return Some((Where::Anywhere, head, message));
    }
    let (place, rest) = text.split_once(' ')?;
    let (head, message) = severity_and_code(rest.trim())?;
    let point = |text: &str| -> Option<(usize, usize)> {
        let (line, column) = text.split_once(':')?;
        Some((line.parse().ok()?, column.parse().ok()?))
    };
    let place = match place.split_once('-') {
        Some((from, to)) => {
            let ((line, column), (end_line, end_column)) = (point(from)?, point(to)?);
            Where::Exactly(Place { line, column, end_line, end_column })
        }
        None => Where::Line(place.parse().ok()?),
    };
    Some((place, head, message))
}

/// Reads what `platc check --format json` printed in folder `cwd`: one object per line.
pub fn given(json_lines: &str, cwd: &Path) -> Result<Vec<Given>, String> {
    json_lines.lines().filter(|l| !l.trim().is_empty()).map(|line| given_line(line, cwd)).collect()
}

fn given_line(line: &str, cwd: &Path) -> Result<Given, String> {
    let value: Value = serde_json::from_str(line).map_err(|e| format!("not JSON ({e}): {line}"))?;
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let file = |value: &Value| {
        let path = cwd.join(text(value, "file"));
        path.canonicalize().unwrap_or(path)
    };
    let place = |value: &Value| {
        let number = |key: &str| value[key].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
        Place {
            line: number("line"),
            column: number("column"),
            end_line: number("end_line"),
            end_column: number("end_column"),
        }
    };
    for key in ["code", "severity", "message"] {
        if value[key].as_str().is_none_or(str::is_empty) {
            return Err(format!("a diagnostic without `{key}`: {line}"));
        }
    }
    let labels = value["labels"].as_array().cloned().unwrap_or_default();
    Ok(Given {
        file: file(&value),
        place: place(&value),
        severity: text(&value, "severity"),
        code: text(&value, "code"),
        message: text(&value, "message"),
        help: text(&value, "help"),
        labels: labels.iter().map(|l| (file(l), place(l), text(l, "text"))).collect(),
    })
}

/// The disagreements between what was expected and what was given, as a report; none if empty.
pub fn compare(annotations: &Annotations, given: &[Given]) -> Vec<String> {
    let mut disagreements = Vec::new();
    let mut left: Vec<&Given> = given.iter().collect();
    // The most exact expectations choose first.
    let mut wanted: Vec<&Expected> = annotations.diagnostics.iter().collect();
    wanted.sort_by_key(|e| match e.place {
        Where::Exactly(_) => 0,
        Where::Line(_) => 1,
        Where::Anywhere => 2,
    });
    for expected in wanted {
        match left.iter().position(|g| fits(expected, g)) {
            Some(index) => {
                let given = left.remove(index);
                for help in expected.help.iter().filter(|h| !given.help.contains(h.as_str())) {
                    disagreements.push(format!("the help lacks `{help}`:\n      {given}"));
                }
            }
            None => disagreements.push(format!("expected, but not given: {}", describe(expected))),
        }
    }
    for label in &annotations.labels {
        let found = given.iter().filter(|g| g.code == label.code).flat_map(|g| &g.labels).any(
            |(file, place, text)| *file == label.file && *place == label.place && text.contains(&label.text),
        );
        if !found {
            disagreements.push(format!("no {} has a label at {}: {}", label.code, label.place, label.text));
        }
    }
    disagreements.extend(left.iter().map(|g| format!("given, but not expected: {g}")));
    disagreements
}

fn fits(expected: &Expected, given: &Given) -> bool {
    let placed = match expected.place {
        Where::Exactly(place) => place == given.place && expected.file == given.file,
        Where::Line(line) => line == given.place.line && expected.file == given.file,
        Where::Anywhere => true,
    };
    placed
        && expected.severity == given.severity
        && expected.code == given.code
        && given.message.contains(&expected.message)
}

fn describe(expected: &Expected) -> String {
    let file = expected.file.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
    let place = match expected.place {
        Where::Exactly(place) => format!("{place} "),
        Where::Line(line) => format!("{line} "),
        Where::Anywhere => String::new(),
    };
    format!("{file}: //@ {place}{}[{}]: {}", expected.severity, expected.code, expected.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: usize, column: usize, end_column: usize) -> Place {
        Place { line, column, end_line: line, end_column }
    }

    fn a(text: &str) -> Annotations {
        let mut annotations = Annotations::default();
        read(Path::new("/case.plat"), text, &mut annotations).expect("readable");
        annotations
    }

    fn g(place: Place, code: &str, message: &str) -> Given {
        Given {
            file: PathBuf::from("/case.plat"),
            place,
            severity: "error".to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
            help: "write `2Gi`".to_owned(),
            labels: Vec::new(),
        }
    }

    const TWO: &str =
        "let a = 2g\n//      ^^ error[unknown-unit]: `g`\n//         help: 2Gi\n//  ^ error[x]: y\n";

    #[test]
    fn marks_belong_to_the_code_line_above() {
        let two = a(TWO).diagnostics;
        assert_eq!(two.len(), 2);
        assert_eq!(two[0].place, Where::Exactly(place(1, 9, 11)));
        assert_eq!(two[0].help, ["2Gi"]);
        assert_eq!(two[1].place, Where::Exactly(place(1, 5, 6)));
    }

    #[test]
    fn figures_are_read() {
        let three = a("//@ 1:1-2:3 error[a]: b\n//@ 4 warning[c]:\n//@ error[d]: e: f\n").diagnostics;
        assert_eq!(three[0].place, Where::Exactly(Place { line: 1, column: 1, end_line: 2, end_column: 3 }));
        assert_eq!(three[1].place, Where::Line(4));
        assert_eq!((three[2].place, three[2].message.as_str()), (Where::Anywhere, "e: f"));
    }

    #[test]
    fn plain_comments_are_no_annotations() {
        assert_eq!(
            a("// ^ is a caret\n// --- a rule ---\nlet a = 1 // error[x]: y\n"),
            Annotations::default()
        );
    }

    #[test]
    fn all_agree() {
        let given = [g(place(1, 5, 6), "x", "why y"), g(place(1, 9, 11), "unknown-unit", "no unit `g`")];
        assert_eq!(compare(&a(TWO), &given), Vec::<String>::new());
    }

    #[test]
    fn one_column_off_is_a_disagreement() {
        let given = [g(place(1, 5, 6), "x", "y"), g(place(1, 9, 12), "unknown-unit", "`g`")];
        assert_eq!(compare(&a(TWO), &given).len(), 2, "one missing, one too many");
    }

    #[test]
    fn too_many_are_a_disagreement() {
        let given = [g(place(1, 1, 2), "x", "y")];
        assert_eq!(compare(&Annotations::default(), &given).len(), 1);
    }

    #[test]
    fn a_label_must_be_there() {
        let annotations = a("let a = 1Gi + 1s\n//            -- label[unit-mismatch]: duration\n");
        let mut with = g(place(1, 9, 12), "unit-mismatch", "");
        assert_eq!(compare(&annotations, std::slice::from_ref(&with)).len(), 2);
        with.labels.push((with.file.clone(), place(1, 15, 17), "a duration".to_owned()));
        assert_eq!(compare(&annotations, &[with]).len(), 1, "only the diagnostic itself is unexpected");
    }

    #[test]
    fn json_lines_are_read() {
        let line = r#"{"code":"c","severity":"error","message":"m","file":"x.plat","line":1,"column":2,"end_line":1,"end_column":4,"labels":[{"file":"x.plat","line":3,"column":1,"end_line":3,"end_column":2,"text":"t"}],"help":null}"#;
        let given = given(line, Path::new("/nowhere")).expect("readable");
        assert_eq!(given[0].place, place(1, 2, 4));
        assert_eq!(given[0].labels[0].1, place(3, 1, 2));
        assert!(super::given("{}", Path::new("/")).is_err());
    }
}
