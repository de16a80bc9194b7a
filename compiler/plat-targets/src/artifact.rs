//! Artefacts: text whose every line knows the source that caused it.

use plat_base::Span;
use plat_model::{Origin, is_entry};

/// One file to write.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Artifact {
    /// Relative to the target's folder, with `/`.
    pub path: String,
    /// All of it, ending in a newline.
    pub text: String,
    /// For each line, the source span that caused it; `None` for lines that every project has.
    pub origins: Vec<Option<Span>>,
    /// Further spans that had a say in a line (from 0), where the project was read with a ledger.
    pub further: Vec<(usize, Span)>,
    /// From which line on (from 0) lines without an origin are there for which reason.
    pub reasons: Vec<(usize, &'static str)>,
}

impl Artifact {
    /// Why a line (from 0) without an origin is there.
    pub fn reason(&self, line: usize) -> Option<&'static str> {
        self.reasons.iter().take_while(|(from, _)| *from <= line).last().map(|(_, reason)| *reason)
    }
}

/// Collects lines with their origins.
#[derive(Debug, Default)]
pub struct LineWriter {
    text: String,
    origins: Vec<Option<Span>>,
    further: Vec<(usize, Span)>,
    reasons: Vec<(usize, &'static str)>,
}

impl LineWriter {
    /// Nothing yet.
    pub fn new() -> LineWriter {
        LineWriter::default()
    }

    /// Nothing yet, with room for so many bytes and lines.
    pub fn with_capacity(bytes: usize, lines: usize) -> LineWriter {
        LineWriter {
            text: String::with_capacity(bytes),
            origins: Vec::with_capacity(lines),
            ..LineWriter::default()
        }
    }

    /// Adds text that has no newline in it as one line; with newlines, as several lines of one origin.
    pub fn line(&mut self, text: &str, origin: Option<Span>) {
        for part in text.split('\n') {
            self.text.push_str(part);
            self.text.push('\n');
            self.origins.push(origin);
        }
    }

    /// Says why the lines from here on are there that no source asks for. Such a reason completes the sentence
    /// “platc writes this line …”.
    pub fn because(&mut self, reason: &'static str) {
        if self.reasons.last().is_none_or(|(_, known)| *known != reason) {
            self.reasons.push((self.origins.len(), reason));
        }
    }

    /// Says what else had a say in the line that was ended last. This is of interest only if the project was read
    /// with a ledger.
    pub fn also(&mut self, origins: impl IntoIterator<Item = Origin>) {
        let Some(line) = self.origins.len().checked_sub(1) else { return };
        self.further.extend(origins.into_iter().flatten().filter(|s| is_entry(*s)).map(|span| (line, span)));
    }

    /// Adds an empty line.
    pub fn blank(&mut self) {
        self.line("", None);
    }

    /// The buffer, for printers that append pieces of a line themselves; each line is ended by [`Self::end_line`].
    pub fn buffer(&mut self) -> &mut String {
        &mut self.text
    }

    /// Ends the line that was begun in [`Self::buffer`].
    pub fn end_line(&mut self, origin: Option<Span>) {
        self.text.push('\n');
        self.origins.push(origin);
    }

    /// The origin of lines that were ended in [`Self::buffer`] itself.
    pub(crate) fn add_origins(&mut self, lines: usize, origin: Option<Span>) {
        self.origins.extend(std::iter::repeat_n(origin, lines));
    }

    /// The file.
    pub fn finish(self, path: impl Into<String>) -> Artifact {
        Artifact {
            path: path.into(),
            text: self.text,
            origins: self.origins,
            further: self.further,
            reasons: self.reasons,
        }
    }
}
