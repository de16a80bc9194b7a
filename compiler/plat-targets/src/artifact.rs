//! Artefacts: text whose every line knows the source that caused it.

use plat_base::Span;

/// One file to write.
#[derive(Clone, Debug, PartialEq)]
pub struct Artifact {
    /// Relative to the target's folder, with `/`.
    pub path: String,
    /// All of it, ending in a newline.
    pub text: String,
    /// For each line, the source span that caused it; `None` for lines that every project has.
    pub origins: Vec<Option<Span>>,
}

/// Collects lines with their origins.
#[derive(Debug, Default)]
pub struct LineWriter {
    text: String,
    origins: Vec<Option<Span>>,
}

impl LineWriter {
    /// Nothing yet.
    pub fn new() -> LineWriter {
        LineWriter::default()
    }

    /// Nothing yet, with room for so many bytes and lines.
    pub fn with_capacity(bytes: usize, lines: usize) -> LineWriter {
        LineWriter { text: String::with_capacity(bytes), origins: Vec::with_capacity(lines) }
    }

    /// Adds text that has no newline in it as one line; with newlines, as several lines of one origin.
    pub fn line(&mut self, text: &str, origin: Option<Span>) {
        for part in text.split('\n') {
            self.text.push_str(part);
            self.text.push('\n');
            self.origins.push(origin);
        }
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
        Artifact { path: path.into(), text: self.text, origins: self.origins }
    }
}
