//! Diagnostics for people, drawn by miette: this is the only file that names it. In: a diagnostic and the sources.
//! Out: text with the source around every label, of however many files.

use crate::files::Files;
use crate::machine::told;
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use plat_base::{Diagnostic, FileId, Severity};
use std::fmt;

/// Draws diagnostics.
pub(crate) struct Reporter {
    handler: GraphicalReportHandler,
}

impl Reporter {
    /// A reporter for so many columns, with or without colours.
    pub(crate) fn new(colours: bool, width: usize) -> Reporter {
        let theme = if colours { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(width)
            .with_links(false)
            .with_context_lines(1)
            .with_break_words(false);
        Reporter { handler }
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
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        format!("{}\n\n", lines.join("\n").trim_start_matches('\n').trim_end())
    }
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
        for (at, label) in diagnostic.labels.iter().enumerate() {
            let start = text.base(label.span.file, files) + label.span.start as usize;
            let span = (start, label.span.end.saturating_sub(label.span.start) as usize);
            let words = (!label.text.is_empty()).then(|| label.text.clone());
            labels.push(match at {
                0 => LabeledSpan::new_primary_with_span(words, span),
                _ => LabeledSpan::new_with_span(words, span),
            });
        }
        Drawn {
            message: told(diagnostic),
            code: Some(diagnostic.code.clone()),
            severity: diagnostic.severity,
            help: diagnostic.help.clone(),
            labels,
            text,
        }
    }
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawn<'_> {}

impl miette::Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let code = self.code.as_ref()?;
        Some(Box::new(format!("{}[{code}]", self.severity.as_str())))
    }

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
/// diagnostic, can show places in several files.
#[derive(Debug)]
struct Joined<'a> {
    parts: Vec<Part<'a>>,
}

#[derive(Debug)]
struct Part<'a> {
    file: FileId,
    name: &'a str,
    text: &'a str,
    base: usize,
}

impl<'a> Joined<'a> {
    /// Where a file begins in the joined text; it is added if it is new.
    fn base(&mut self, file: FileId, files: &'a Files<'_>) -> usize {
        if let Some(part) = self.parts.iter().find(|p| p.file == file) {
            return part.base;
        }
        // One byte lies between two files, so that no span touches both.
        let base = self.parts.last().map_or(0, |p| p.base + p.text.len() + 1);
        let text: &str = &files.sources.get(file).text;
        self.parts.push(Part { file, name: files.name(file), text, base });
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
        let inner = SourceSpan::from((span.offset() - part.base, span.len()));
        let contents = part.text.read_span(&inner, lines_before, lines_after)?;
        let shown = contents.span();
        let shown = SourceSpan::from((shown.offset() + part.base, shown.len()));
        Ok(Box::new(MietteSpanContents::new_named(
            part.name.to_owned(),
            contents.data(),
            shown,
            contents.line(),
            contents.column(),
            contents.line_count(),
        )))
    }
}
