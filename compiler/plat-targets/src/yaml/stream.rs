//! YAML written part by part, for data that is too large to be built first. The text is what [`super::YamlWriter`] writes;
//! lines have no origins.

use super::scalar;
use std::fmt::Write;

/// Where the next value or key goes. Values that are written at equal places are written in the same way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct YamlPlace {
    /// Of the keys of the mapping or the dashes of the sequence.
    indent: u32,
    /// Dashes that the next line begins with.
    dashes: u32,
    /// How much of the line is written.
    column: u32,
    within: Within,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Within {
    /// Nothing is written yet.
    Document,
    /// A mapping, before a key.
    Map,
    /// A mapping, after a key.
    Key,
    /// A sequence.
    List,
}

/// A mapping or sequence that has been begun.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    place: YamlPlace,
    /// How long the text was.
    length: usize,
}

/// A YAML document that is being written.
#[derive(Debug)]
pub struct YamlStream {
    text: String,
    place: YamlPlace,
    /// Whether the document is a scalar or empty, which stands on the line of the `---`.
    is_bare: bool,
}

const SPACES: &str = "                                                                ";

impl Default for YamlStream {
    fn default() -> YamlStream {
        let place = YamlPlace { indent: 0, dashes: 0, column: 0, within: Within::Document };
        YamlStream { text: "---\n".to_owned(), place, is_bare: false }
    }
}

impl YamlStream {
    /// Nothing, at a place inside a document.
    pub fn at(place: YamlPlace) -> YamlStream {
        YamlStream { text: String::new(), place, is_bare: false }
    }

    /// What is written; `None` if the document is neither a mapping nor a sequence with something in it.
    pub fn finish(self) -> Option<String> {
        (!self.is_bare).then_some(self.text)
    }

    /// What is written so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the next value or key goes.
    pub fn place(&self) -> YamlPlace {
        self.place
    }

    /// Goes on at a place, after what [`Self::paste`] has written up to there.
    pub fn go_on(&mut self, place: YamlPlace) {
        self.place = place;
    }

    /// Writes text that was written at an equal place.
    pub fn paste(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A value is written, or would be: goes on after it.
    pub fn skip(&mut self) {
        self.place.dashes = 0;
        self.place.column = 0;
        match self.place.within {
            Within::Key => self.place.within = Within::Map,
            Within::Document => self.is_bare = true,
            Within::Map | Within::List => {}
        }
    }

    /// Begins a mapping.
    pub fn begin_map(&mut self) -> Begun {
        self.begin(Within::Map)
    }

    /// Begins a sequence.
    pub fn begin_list(&mut self) -> Begun {
        self.begin(Within::List)
    }

    fn begin(&mut self, within: Within) -> Begun {
        let place = self.place;
        if place.within == Within::Key {
            self.text.push('\n');
        }
        let begun = Begun { place, length: self.text.len() };
        self.place = match place.within {
            Within::Document => YamlPlace { within, ..place },
            Within::List => {
                YamlPlace { indent: place.indent + 2, dashes: place.dashes + 1, column: 0, within }
            }
            Within::Map | Within::Key => YamlPlace { indent: place.indent + 2, dashes: 0, column: 0, within },
        };
        begun
    }

    /// Ends a mapping.
    pub fn end_map(&mut self, begun: Begun) {
        self.end(begun, "{}");
    }

    /// Ends a sequence.
    pub fn end_list(&mut self, begun: Begun) {
        self.end(begun, "[]");
    }

    fn end(&mut self, begun: Begun, empty: &str) {
        let inside = std::mem::replace(&mut self.place, begun.place);
        if self.text.len() > begun.length {
            self.end_filled(begun);
            return;
        }
        match begun.place.within {
            Within::Document => {}
            Within::Map | Within::Key => {
                self.text.pop();
                self.text.push(' ');
                self.text.push_str(empty);
                self.text.push('\n');
            }
            Within::List => {
                self.place = inside;
                self.begin_line();
                self.place = begun.place;
                self.text.push_str(empty);
                self.text.push('\n');
            }
        }
        self.skip();
    }

    /// Ends a mapping or sequence that has something in it.
    pub fn end_filled(&mut self, begun: Begun) {
        self.place = begun.place;
        if begun.place.within == Within::Document {
            self.place.dashes = 0;
        } else {
            self.skip();
        }
    }

    /// Begins an entry of a mapping; `false` if the key is so long that it has to be marked, which this cannot.
    pub fn key(&mut self, key: &str) -> bool {
        let start = self.begin_line();
        if scalar::is_plain(key) {
            self.text.push_str(key);
        } else {
            scalar::quote(&mut self.text, key, None);
        }
        self.text.push(':');
        self.place.column = (self.text.len() - start) as u32;
        self.place.within = Within::Key;
        key.len() < 200
    }

    /// A text.
    pub fn text_value(&mut self, text: &str) {
        let (column, indent) = self.begin_scalar();
        scalar::push(&mut self.text, text, scalar::Margins { column, indent });
        self.skip();
    }

    /// A scalar that is no text, as it is to be written.
    pub fn word(&mut self, word: &str) {
        self.begin_scalar();
        self.text.push_str(word);
        self.text.push('\n');
        self.skip();
    }

    /// A whole number.
    pub fn int(&mut self, number: i64) {
        self.begin_scalar();
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{number}");
        self.skip();
    }

    /// How many mappings and sequences are around the place, but for one.
    pub fn depth(&self) -> usize {
        self.place.indent as usize / 2
    }

    /// Goes to where a scalar begins; gives its column and that of its further lines.
    fn begin_scalar(&mut self) -> (usize, usize) {
        let indent = self.place.indent as usize + 2;
        match self.place.within {
            Within::List => {
                let outer = self.place;
                self.place.indent += 2;
                self.place.dashes += 1;
                let start = self.begin_line();
                self.place = outer;
                (self.text.len() - start, indent)
            }
            _ => {
                self.text.push(' ');
                (self.place.column as usize + 1, indent)
            }
        }
    }

    /// Begins a line; gives the offset at which it starts.
    fn begin_line(&mut self) -> usize {
        let YamlPlace { indent, dashes, .. } = self.place;
        self.place.dashes = 0;
        let start = self.text.len();
        let spaces = (indent as usize).saturating_sub(2 * dashes as usize);
        match SPACES.get(..spaces) {
            Some(spaces) => self.text.push_str(spaces),
            None => scalar::push_spaces(&mut self.text, spaces),
        }
        for _ in 0..dashes {
            self.text.push_str("- ");
        }
        start
    }
}
