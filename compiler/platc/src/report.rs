//! Diagnostics for people, drawn by miette: this is the only file that names it. In: a diagnostic and the sources.
//! Out: text with the source around every label, of however many files.

use crate::console::wrapped;
use crate::files::Files;
use crate::machine::told;
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents, ThemeCharacters,
};
use plat_base::{Diagnostic, Severity, SourceFile, Span};
use std::fmt;

/// Draws diagnostics.
pub(crate) struct Reporter {
    handler: GraphicalReportHandler,
    colours: bool,
    width: usize,
}

impl Reporter {
    /// A reporter for so many columns, with or without colours.
    pub(crate) fn new(colours: bool, width: usize) -> Reporter {
        let theme = if colours { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let theme = GraphicalTheme { characters: characters(), ..theme };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(width)
            .with_links(false)
            .with_context_lines(1)
            .with_break_words(false);
        Reporter { handler, colours, width }
    }

    /// A diagnostic with the source around its labels.
    pub(crate) fn draw(&self, diagnostic: &Diagnostic, files: &Files<'_>) -> String {
        self.render(&Drawn::of(diagnostic, files))
    }

    /// A message without a place.
    pub(crate) fn draw_failure(&self, message: &str, help: Option<&str>) -> String {
        let text = Joined { parts: Vec::new() };
        let (message, help) = (message.to_owned(), help.map(str::to_owned));
        self.render(&Drawn { message, code: None, severity: Severity::Error, help, labels: Vec::new(), text })
    }

    fn render(&self, drawn: &Drawn<'_>) -> String {
        let mut text = String::new();
        // Only writing could fail, and a string takes everything.
        let _ = self.handler.render_report(&mut text, drawn);
        let below = text.lines().map(str::trim_end).skip_while(|line| is_empty(line));
        let below: String = below.map(|line| format!("{line}\n")).collect();
        match below.trim_end() {
            "" => format!("{}\n", self.head(drawn)),
            below => format!("{}{below}\n\n", self.head(drawn)),
        }
    }

    /// `error[code]: message`, wrapped. miette would take three lines for it.
    fn head(&self, drawn: &Drawn<'_>) -> String {
        let severity = drawn.severity.as_str();
        let title = drawn.code.as_ref().map_or(severity.to_owned(), |code| format!("{severity}[{code}]"));
        let mut text = String::new();
        for line in wrapped(&format!("{title}: {}", drawn.message), self.width, "  ") {
            match self.colours {
                // What people look for first: how bad it is, in the colour of the underlining.
                true if text.is_empty() => {
                    let colour = match drawn.severity {
                        Severity::Error => 31,
                        Severity::Warning => 33,
                        Severity::Advice => 36,
                    };
                    let rest = line.strip_prefix(&title).unwrap_or("");
                    text.push_str(&format!("\u{1b}[1;{colour}m{title}\u{1b}[0;1m{rest}\u{1b}[0m\n"));
                }
                true => text.push_str(&format!("\u{1b}[1m{line}\u{1b}[0m\n")),
                false => text.push_str(&format!("{line}\n")),
            }
        }
        text
    }
}

/// The characters of the frames. The mark before a message is empty, since the message stands in the head.
fn characters() -> ThemeCharacters {
    let mark = String::new();
    ThemeCharacters { error: mark.clone(), warning: mark.clone(), advice: mark, ..ThemeCharacters::unicode() }
}

/// Whether a line shows nothing but, perhaps, changes of colour.
fn is_empty(line: &str) -> bool {
    line.split('\u{1b}').enumerate().all(|(at, part)| {
        let shown = if at == 0 { part } else { part.split_once('m').map_or(part, |(_, rest)| rest) };
        shown.trim().is_empty()
    })
}

/// A diagnostic in miette's form.
#[derive(Debug)]
struct Drawn<'a> {
    message: String,
    code: Option<String>,
    severity: Severity,
    help: Option<String>,
    labels: Vec<LabeledSpan>,
    text: Joined<'a>,
}

impl<'a> Drawn<'a> {
    fn of(diagnostic: &Diagnostic, files: &'a Files<'_>) -> Drawn<'a> {
        let mut text = Joined { parts: Vec::new() };
        let mut labels = Vec::new();
        let mut message = told(diagnostic);
        for (at, label) in diagnostic.labels.iter().enumerate() {
            let Some(shown) = showable(label.span, files.sources.get(label.span.file)) else {
                let place = files.place(label.span);
                let (line, column) = (place.start.line, place.start.column);
                let colon = if label.text.is_empty() { "" } else { ": " };
                message.push_str(&format!("\nat {}:{line}:{column}{colon}{}", place.file, label.text));
                continue;
            };
            let start = text.base(shown, files) + shown.start as usize;
            let span = (start, shown.end.saturating_sub(shown.start) as usize);
            let words = (!label.text.is_empty()).then(|| label.text.clone());
            labels.push(match at {
                0 => LabeledSpan::new_primary_with_span(words, span),
                _ => LabeledSpan::new_with_span(words, span),
            });
        }
        Drawn {
            message,
            code: Some(diagnostic.code.clone()),
            severity: diagnostic.severity,
            help: diagnostic.help.clone(),
            labels,
            text,
        }
    }
}

/// Empty, because the message stands in the head.
impl fmt::Display for Drawn<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Drawn<'_> {}

impl miette::Diagnostic for Drawn<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Advice => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|h| Box::new(h) as Box<dyn fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty())
            .then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.text)
    }
}

/// The files of one diagnostic behind each other, in the order of the labels, so that miette, which knows one text per
/// diagnostic and shows it from its beginning to its end, can show places in several files, and the primary one first.
/// A file whose labels are far apart is there once for each group of them.
#[derive(Debug)]
struct Joined<'a> {
    parts: Vec<Part<'a>>,
}

#[derive(Debug)]
struct Part<'a> {
    name: &'a str,
    source: &'a SourceFile,
    base: usize,
    /// The first and the last line that its labels are on.
    lines: (usize, usize),
}

/// Labels with at most this many lines between them are shown in one frame.
const NEAR: usize = 3;

impl<'a> Joined<'a> {
    /// Where the file of a span begins in the joined text; it is added unless it is there with labels nearby.
    fn base(&mut self, span: Span, files: &'a Files<'_>) -> usize {
        let file = span.file;
        let lines = files.sources.get(file).lines();
        let (first, last) = (lines.line_of(span.start), lines.line_of(span.end.max(span.start)));
        let near =
            |p: &&mut Part<'_>| p.source.id == file && first <= p.lines.1 + NEAR && p.lines.0 <= last + NEAR;
        if let Some(part) = self.parts.iter_mut().find(near) {
            part.lines = (part.lines.0.min(first), part.lines.1.max(last));
            return part.base;
        }
        // One byte lies between two files, so that no span touches both.
        let base = self.parts.last().map_or(0, |p| p.base + p.source.text.len() + 1);
        let source = files.sources.get(file);
        self.parts.push(Part { name: files.name(file), source, base, lines: (first, last) });
        base
    }
}

impl SourceCode for Joined<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let part =
            self.parts.iter().rev().find(|p| p.base <= span.offset()).ok_or(MietteError::OutOfBounds)?;
        let contents = part.read(span.offset() - part.base, span.len(), lines_before, lines_after);
        contents.map(|c| Box::new(c) as Box<dyn SpanContents<'_>>).ok_or(MietteError::OutOfBounds)
    }
}

impl<'a> Part<'a> {
    /// The lines of a span and some around it. Unlike miette's own reading this does not go through the whole file,
    /// and columns count characters.
    fn read(
        &self,
        start: usize,
        length: usize,
        before: usize,
        after: usize,
    ) -> Option<MietteSpanContents<'a>> {
        let (text, lines): (&'a str, _) = (&self.source.text, self.source.lines());
        let end = start + length;
        if end > text.len() {
            return None; // The span reaches into the next file.
        }
        let first = lines.line_of(start as u32).saturating_sub(before);
        let last = lines.line_of(end.saturating_sub(1).max(start) as u32) + after;
        let line_start = |line: usize| lines.line_start(line).map_or(text.len(), |at| at as usize);
        let place = self.source.line_col(start as u32);
        let (from, to, column) = match before + after {
            0 => (start, end, place.column.saturating_sub(1) as usize),
            _ => (line_start(first), line_start(last + 1), 0),
        };
        let data = text.as_bytes().get(from..to)?;
        let shown = SourceSpan::from((self.base + from, to - from));
        let count = (last + 1).min(lines.line_count()) - first.min(lines.line_count());
        Some(MietteSpanContents::new_named(self.name.to_owned(), data, shown, first, column, count))
    }
}

/// The most lines of one label that are shown; of a longer one the first line is.
const MAX_LINES: usize = 24;
/// Lines longer than this, in bytes, are not shown: no terminal could.
const MAX_LINE: u32 = 1000;

/// The part of a span that can be shown; nothing if a line of it is too long.
fn showable(span: Span, file: &SourceFile) -> Option<Span> {
    let lines = file.lines();
    let first = lines.line_of(span.start);
    let mut last = lines.line_of(span.end.saturating_sub(1).max(span.start));
    let mut shown = span;
    if last - first > MAX_LINES {
        last = first;
        let line_end = lines.line_start(first + 1).unwrap_or(span.end).saturating_sub(1);
        shown.end = line_end.clamp(span.start, span.end);
    }
    let end = file.text.len() as u32;
    let length = |line: usize| {
        lines.line_start(line).map_or(0, |start| lines.line_start(line + 1).unwrap_or(end) - start)
    };
    (first.saturating_sub(1)..=last + 1).all(|line| length(line) <= MAX_LINE).then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plat_base::{FileId, SourceMap};

    fn drawn(texts: &[(&str, &str)], diagnostic: &Diagnostic) -> String {
        let mut sources = SourceMap::default();
        for (name, text) in texts {
            sources.add(*name, *text);
        }
        let files = Files::named(&sources, texts.iter().map(|(name, _)| (*name).to_owned()).collect());
        Reporter::new(false, 80).draw(diagnostic, &files)
    }

    fn at(file: u32, start: usize, end: usize) -> Span {
        Span::new(FileId(file), start, end)
    }

    #[test]
    fn labels_of_several_files_are_shown_each_in_its_file() {
        let texts = [("main.plat", "let a = 1\nlet 🦀 = 2g\n"), ("lib.plat", "\n\nlet limit = 1Gi\n")];
        let diagnostic = Diagnostic::error("unknown-unit", "`g` is no unit", at(0, 21, 23))
            .primary("this")
            .label(at(1, 14, 17), "the limit")
            .help("write `2G` or `2Gi`");
        let expected = "\
error[unknown-unit]: `g` is no unit
   ╭─[main.plat:2:9]
 1 │ let a = 1
 2 │ let 🦀 = 2g
   ·          ─┬
   ·           ╰── this
   ╰────
   ╭─[lib.plat:3:13]
 2 │
 3 │ let limit = 1Gi
   ·             ─┬─
   ·              ╰── the limit
   ╰────
  help: write `2G` or `2Gi`

";
        assert_eq!(drawn(&texts, &diagnostic), expected);
    }

    #[test]
    fn the_primary_place_is_shown_first_and_long_messages_are_wrapped() {
        let text = "let a = 1\n".repeat(9);
        let diagnostic = Diagnostic::error("code", "one two ".repeat(12).trim_end(), at(0, 84, 85))
            .label(at(0, 4, 5), "far");
        let drawn = drawn(&[("main.plat", &text)], &diagnostic);
        let places: Vec<usize> = ["9:5", "1:5"].iter().filter_map(|p| drawn.find(p)).collect();
        assert!(places.len() == 2 && places[0] < places[1], "{drawn}");
        assert!(drawn.starts_with("error[code]: one two ") && drawn.contains("\n  two one"), "{drawn}");
        assert!(drawn.lines().all(|l| l.chars().count() <= 80), "{drawn}");
    }

    #[test]
    fn colours_are_the_only_difference() {
        let mut sources = SourceMap::default();
        sources.add("main.plat", "let a = 2g\n");
        let files = Files::named(&sources, vec!["main.plat".to_owned()]);
        let diagnostic = Diagnostic::warning("code", "message", at(0, 8, 10)).primary("this").help("help");
        let coloured = Reporter::new(true, 80).draw(&diagnostic, &files);
        let plain = Reporter::new(false, 80).draw(&diagnostic, &files);
        assert!(coloured.starts_with("\u{1b}[1;33mwarning[code]"), "{coloured}");
        let mut stripped = String::new();
        for (at, part) in coloured.split('\u{1b}').enumerate() {
            stripped.push_str(if at == 0 { part } else { part.split_once('m').unwrap().1 });
        }
        assert_eq!(stripped, plain);
    }

    #[test]
    fn what_no_terminal_could_show_is_told_by_its_place() {
        let long = "[".repeat(5000);
        let diagnostic = Diagnostic::error("syntax", "too deep", at(0, 300, 301));
        let text = drawn(&[("main.plat", &long)], &diagnostic);
        assert!(text.contains("at main.plat:1:301") && text.len() < 300, "{text}");
        let many = "let a = [\n".to_owned() + &"  1,\n".repeat(100) + "]\n";
        let whole = Diagnostic::error("syntax", "m", at(0, 0, many.len()));
        assert!(drawn(&[("main.plat", &many)], &whole).lines().count() < 12);
    }

    #[test]
    fn the_end_of_a_file_can_be_shown() {
        for text in ["", "let a", "let a\n", "let a\r\n"] {
            let diagnostic = Diagnostic::error("syntax", "ends too early", at(0, text.len(), text.len()));
            let drawn = drawn(&[("main.plat", text)], &diagnostic);
            assert!(drawn.contains("ends too early") && !drawn.contains("Failed"), "{drawn}");
        }
    }
}
