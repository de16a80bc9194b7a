//! `platc impact`: the lines of the output that a line of a source reaches, or why it reaches none.

use super::lines::Lines;
use crate::args::{Format, ImpactArgs, ProgramArgs};
use crate::session::{Session, Status, counted, status_of};
use plat_base::{FileId, Span, closest};
use plat_driver::{Failure, Goal};
use serde::Serialize;

pub(super) fn run(session: &mut Session, args: &ImpactArgs) -> Result<Status, Failure> {
    let places: Vec<(&str, usize)> = args.places.iter().map(|p| place(p)).collect::<Result<_, _>>()?;
    let program = ProgramArgs { paths: args.program.paths.clone(), root: args.program.root.clone() };
    let mut request = session.request(Goal::Compile, &program);
    request.trace = true;
    let outcome = session.run(&request)?;
    if outcome.has_errors() {
        session.sum_up(&outcome.diagnostics);
        return Ok(status_of(&outcome));
    }
    let lines = Lines::new(session, args.output.as_deref(), &outcome);
    let mut text = String::new();
    for (file, line) in places {
        let source = find_source(session, &lines, file, line)?;
        let reached = reached(&lines, source, line);
        let why = if reached.is_empty() { Some(why_none(&lines, source, line)) } else { None };
        text.push_str(&match args.format {
            Format::Json => json(&lines, source, line, &reached, why.as_deref()),
            _ => human(&lines, source, line, &reached, why.as_deref()),
        });
    }
    session.console.out(&text);
    Ok(Status::Clean)
}

fn place(text: &str) -> Result<(&str, usize), Failure> {
    super::explain::place(text).ok_or_else(|| {
        Failure::misuse(format!("`{text}` is not a line of a source"))
            .help("write the file and the number of the line: `main.plat:12`")
    })
}

/// A run of lines of one file that a source line reaches: the position of the file, first and last line, texts.
struct Range<'a> {
    file: usize,
    first: usize,
    last: usize,
    texts: Vec<&'a str>,
}

/// The source that a path means: as reports call it, or relative to the current folder.
fn find_source(session: &Session, lines: &Lines<'_>, file: &str, line: usize) -> Result<FileId, Failure> {
    let full = session.cwd.join(file);
    let known = lines.outcome.sources.iter().zip(&lines.outcome.paths);
    let is = |(source, path): &(&std::sync::Arc<plat_base::SourceFile>, &Option<std::path::PathBuf>)| {
        lines.files.name(source.id) == file || source.path == file || path.as_ref() == Some(&full)
    };
    let mut known = known;
    let Some((source, _)) = known.find(is) else {
        let names: Vec<&str> = lines.outcome.sources.iter().map(|s| lines.files.name(s.id)).collect();
        let failure = Failure::misuse(format!("`{file}` is not a source of this program"));
        return Err(match closest(file, names.iter().copied()) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("name a .plat file that the program imports"),
        });
    };
    let count = source.text.lines().count();
    if line > count {
        return Err(Failure::misuse(format!("`{file}` has {}", counted(count, "line"))));
    }
    Ok(source.id)
}

/// The bytes of a line (from 1) of a file.
fn bytes_of(lines: &Lines<'_>, file: FileId, line: usize) -> Span {
    let source = lines.outcome.sources.get(file);
    let start = source.lines().line_start(line - 1).unwrap_or(0) as usize;
    let end = source.lines().line_start(line).map_or(source.text.len(), |end| end as usize);
    Span::new(file, start, end)
}

/// Whether a span, which may be empty, lies on a line.
fn touches(span: Span, line: Span) -> bool {
    span.file == line.file && span.start < line.end && span.end.max(span.start + 1) > line.start
}

fn reached<'a>(lines: &Lines<'a>, source: FileId, line: usize) -> Vec<Range<'a>> {
    let doc = Doc::of(&lines.outcome.sources.get(source).text, line);
    let place = bytes_of(lines, source, doc.as_ref().map_or(line, |doc| doc.declaration));
    let hit: Vec<bool> = lines
        .outcome
        .trace
        .causes
        .iter()
        .map(|cause| {
            let own = cause.own.map(|span| Span { end: span.start, ..span });
            cause.reads.iter().copied().chain(own).any(|span| touches(span, place))
        })
        .collect();
    let mut ranges: Vec<Range<'a>> = Vec::new();
    for file in 0..lines.outcome.files.len() {
        for (number, text, trace) in lines.of(file) {
            let is_hit = trace.causes.iter().any(|at| hit.get(*at).copied().unwrap_or(false));
            let reaches = match &doc {
                // The text of a file's doc has no place in the model.
                Some(doc) => (is_hit || trace.causes.is_empty()) && doc.is_told_by(text),
                None => is_hit,
            };
            if !reaches {
                continue;
            }
            match ranges.last_mut() {
                Some(range) if range.file == file && range.last + 1 == number => {
                    range.last = number;
                    range.texts.push(text);
                }
                _ => ranges.push(Range { file, first: number, last: number, texts: vec![text] }),
            }
        }
    }
    ranges
}

/// A line of a doc comment. It reaches what its declaration reaches and shows its words.
struct Doc {
    /// The line of the declaration, from 1.
    declaration: usize,
    words: String,
}

impl Doc {
    fn of(text: &str, line: usize) -> Option<Doc> {
        let doc = |line: &str| line.trim().strip_prefix("///").map(words);
        let own = doc(text.lines().nth(line.checked_sub(1)?)?).filter(|words| !words.is_empty())?;
        let below = text.lines().enumerate().skip(line);
        let mut below = below.filter(|(_, text)| !text.trim().is_empty() && doc(text).is_none());
        Some(Doc { declaration: below.next().map_or(line, |(at, _)| at + 1), words: own })
    }

    /// Whether a line of the output shows the text, joined to its other lines or not.
    fn is_told_by(&self, text: &str) -> bool {
        words(text).contains(&self.words)
    }
}

/// The letters and digits of a text: each format has quotes, escapes and marks of its own.
fn words(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Why a line reaches nothing that is written.
fn why_none(lines: &Lines<'_>, source: FileId, line: usize) -> String {
    let file = lines.outcome.sources.get(source);
    let text = file.text.lines().nth(line - 1).unwrap_or("").trim();
    if text.is_empty() {
        return "the line is empty".to_owned();
    }
    if text.starts_with("///") {
        return "it is a doc comment, and no file that is written shows its text".to_owned();
    }
    if text.starts_with("//") {
        return "it is a comment".to_owned();
    }
    if text.chars().all(|c| matches!(c, ')' | ']' | '}' | ',' | ' ')) {
        return "it only closes what was opened further up".to_owned();
    }
    let head =
        file.text.lines().take(line).filter(|l| l.starts_with(|c: char| c.is_ascii_alphabetic())).last();
    let head = head.unwrap_or("");
    let place = bytes_of(lines, source, line);
    let touched = |spans: &[Span]| spans.iter().any(|span| touches(*span, place));
    let why = match head.split_whitespace().next().unwrap_or("") {
        "use" => "an import is not written: what it brings in reaches the output where it is used",
        "test" => "it belongs to a test, and tests are not written",
        "check" => "it belongs to a check, and checks are not written",
        "kind" | "type" | "enum" => "it declares a type, and no value that is written comes from this line",
        "project" => "the output does not depend on this setting",
        _ if touched(&lines.outcome.trace.checked) => "only checks look at it",
        _ if touched(&lines.outcome.trace.evaluated) => {
            "it is evaluated, but no file that is written shows it"
        }
        "abstract" => {
            "it belongs to an abstract declaration that nothing extends, or whose value is replaced"
        }
        "let" | "fn" => "nothing that is evaluated uses it",
        _ => {
            "it is never evaluated: another layer replaces it, its condition never holds, or nothing asks for it"
        }
    };
    why.to_owned()
}

fn human(lines: &Lines<'_>, source: FileId, line: usize, ranges: &[Range<'_>], why: Option<&str>) -> String {
    let file = lines.outcome.sources.get(source);
    let text = file.text.lines().nth(line - 1).unwrap_or("").trim();
    let mut out = format!("{}:{line}: {text}\n", lines.files.name(source));
    if let Some(why) = why {
        out.push_str(&format!("  reaches no line of the output: {why}\n"));
        return out;
    }
    let total: usize = ranges.iter().map(|r| r.texts.len()).sum();
    let mut files: Vec<usize> = ranges.iter().map(|r| r.file).collect();
    files.dedup();
    out.push_str(&format!("  reaches {} in {}\n", counted(total, "line"), counted(files.len(), "file")));
    for range in ranges {
        let lines_of = match range.first == range.last {
            true => format!("{}", range.first),
            false => format!("{}-{}", range.first, range.last),
        };
        out.push_str(&format!("\n{}:{lines_of}\n", lines.name(range.file)));
        for (at, text) in range.texts.iter().enumerate() {
            out.push_str(format!("{:>5} | {text}", range.first + at).trim_end());
            out.push('\n');
        }
    }
    out
}

#[derive(Serialize)]
struct Json<'a> {
    file: &'a str,
    line: usize,
    source: &'a str,
    /// Why it reaches nothing.
    reason: Option<&'a str>,
    reached: Vec<JsonRange<'a>>,
}

#[derive(Serialize)]
struct JsonRange<'a> {
    file: String,
    line: usize,
    end_line: usize,
    text: &'a [&'a str],
}

fn json(lines: &Lines<'_>, source: FileId, line: usize, ranges: &[Range<'_>], why: Option<&str>) -> String {
    let file = lines.outcome.sources.get(source);
    let reached = ranges.iter().map(|r| JsonRange {
        file: lines.name(r.file),
        line: r.first,
        end_line: r.last,
        text: &r.texts,
    });
    crate::machine::line(&Json {
        file: lines.files.name(source),
        line,
        source: file.text.lines().nth(line - 1).unwrap_or("").trim(),
        reason: why,
        reached: reached.collect(),
    })
}
