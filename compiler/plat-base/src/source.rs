//! Source files, spans in them, and the way from a byte offset to a line and column.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// Identifies a file of one compilation; an index into its [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Span {
    /// The file that the range is in.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The range from `start` to `end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        Span { file, start: start as u32, end: end as u32 }
    }

    /// The smallest span that has both in it. Both are of one file.
    pub fn to(self, other: Span) -> Span {
        debug_assert_eq!(self.file, other.file);
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// A position as people count: both numbers from 1. The column counts characters, not bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LineCol {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// The starts of the lines of a text. Lines end at `\n`; a `\r` before it belongs to the line's end.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes `text`.
    pub fn new(text: &str) -> LineIndex {
        let newlines = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        let starts = std::iter::once(0).chain(newlines.map(|(i, _)| i as u32 + 1)).collect();
        LineIndex { starts }
    }

    /// How many lines there are; a text that ends in a newline has an empty last one.
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// The line (from 0) that `offset` is in.
    pub fn line_of(&self, offset: u32) -> usize {
        self.starts.partition_point(|s| *s <= offset).saturating_sub(1)
    }

    /// The offset at which line `line` (from 0) starts.
    pub fn line_start(&self, line: usize) -> Option<u32> {
        self.starts.get(line).copied()
    }
}

/// The text of a file: part of the binary, or read and shared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text(Held);

#[derive(Clone, Eq, Debug)]
enum Held {
    Embedded(&'static str),
    Read(Arc<str>),
}

impl PartialEq for Held {
    fn eq(&self, other: &Held) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Held {
    fn as_str(&self) -> &str {
        match self {
            Held::Embedded(text) => text,
            Held::Read(text) => text,
        }
    }
}

impl Text {
    /// A text that is part of the binary.
    pub const fn embedded(text: &'static str) -> Text {
        Text(Held::Embedded(text))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.as_str()
    }
}

impl From<Arc<str>> for Text {
    fn from(text: Arc<str>) -> Text {
        Text(Held::Read(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Arc::<str>::from(text).into()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Arc::<str>::from(text).into()
    }
}

/// One source file: what it is called, what it says.
#[derive(Debug)]
pub struct SourceFile {
    /// Its id in the compilation.
    pub id: FileId,
    /// How reports call it: relative to the project's root, with `/`; files of the standard library are `std/…`.
    pub path: String,
    /// Its text.
    pub text: Text,
    lines: OnceLock<LineIndex>,
}

impl SourceFile {
    /// Its lines. They are looked for when somebody first asks: of most files nobody does.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// The line and column of a byte offset. An offset inside a character counts as its start.
    pub fn line_col(&self, offset: u32) -> LineCol {
        let line = self.lines().line_of(offset);
        let start = self.lines().line_start(line).unwrap_or(0) as usize;
        let end = floor_boundary(&self.text, offset as usize);
        let column = self.text.get(start..end).map_or(0, |s| s.chars().count());
        LineCol { line: line as u32 + 1, column: column as u32 + 1 }
    }

    /// The line (from 0) and the column in UTF-16 units (from 0) of a byte offset, as language servers count.
    pub fn utf16_position(&self, offset: u32) -> (u32, u32) {
        let line = self.lines().line_of(offset);
        let start = self.lines().line_start(line).unwrap_or(0) as usize;
        let end = floor_boundary(&self.text, offset as usize);
        let column = self.text.get(start..end).map_or(0, |s| s.encode_utf16().count());
        (line as u32, column as u32)
    }

    /// The text of a span of this file.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// All the files of one compilation, in the order in which they were read.
#[derive(Debug, Default, Clone)]
pub struct SourceMap {
    files: Vec<Arc<SourceFile>>,
}

impl SourceMap {
    /// Adds a file and gives it its id.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Text>) -> Arc<SourceFile> {
        let text = text.into();
        let id = FileId(self.files.len() as u32);
        let file = Arc::new(SourceFile { id, path: path.into(), text, lines: OnceLock::new() });
        self.files.push(Arc::clone(&file));
        file
    }

    /// The file of an id that this map gave out.
    pub fn get(&self, id: FileId) -> &Arc<SourceFile> {
        &self.files[id.0 as usize]
    }

    /// The files in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<SourceFile>> {
        self.files.iter()
    }

    /// `path:line:column` of the start of a span.
    pub fn location(&self, span: Span) -> String {
        let file = self.get(span.file);
        let at = file.line_col(span.start);
        format!("{}:{}:{}", file.path, at.line, at.column)
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).slice(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_survive_crlf_and_emoji() {
        let mut map = SourceMap::default();
        let file = map.add("a.plat", "let x = \"🦀\" + y\r\nlet z = 1\n");
        let y = file.text.find('y').unwrap() as u32;
        assert_eq!(file.line_col(y), LineCol { line: 1, column: 15 });
        assert_eq!(file.utf16_position(y), (0, 15));
        let z = file.text.find('z').unwrap() as u32;
        assert_eq!(file.line_col(z), LineCol { line: 2, column: 5 });
        assert_eq!(file.line_col(u32::MAX).line, 3);
    }
}
