//! The writer of YAML documents.

use super::scalar::{self, Folds, Margins, WIDTH, push_spaces};
use crate::{Artifact, LineWriter};
use plat_base::Span;
use plat_model::Origin;
use std::fmt::Write;

/// Bytes of a key that need no mark before it. YAML allows 1,024 characters before the colon.
const LONGEST_KEY: usize = 1000;

/// The key of a mapping.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// A word of the format, written as it is.
    Word(&'static str),
    /// A text of the user's, quoted where it has to be.
    Text(&'a str),
}

impl From<&'static str> for Key<'_> {
    fn from(word: &'static str) -> Self {
        Key::Word(word)
    }
}

/// Writes documents, call by call. The origin of each line is that of the innermost [`YamlWriter::from`].
#[derive(Debug, Default)]
pub struct YamlWriter {
    lines: LineWriter,
    indent: usize,
    /// Dashes that the next line begins with.
    dashes: usize,
    origin: Option<Span>,
}

impl YamlWriter {
    /// Nothing yet.
    pub fn new() -> YamlWriter {
        YamlWriter::default()
    }

    /// Nothing yet, with room for so many bytes and lines.
    pub fn with_capacity(bytes: usize, lines: usize) -> YamlWriter {
        YamlWriter { lines: LineWriter::with_capacity(bytes, lines), ..YamlWriter::default() }
    }

    /// The file.
    pub fn finish(self, path: impl Into<String>) -> Artifact {
        self.lines.finish(path)
    }

    /// Begins a document.
    pub fn document(&mut self) {
        self.lines.buffer().push_str("---");
        self.lines.end_line(self.origin);
    }

    /// Writes what `body` writes with this origin; with the one in force if there is none.
    pub fn from(&mut self, origin: Option<Span>, body: impl FnOnce(&mut YamlWriter)) {
        let outer = self.origin;
        self.origin = origin.or(outer);
        body(self);
        self.origin = outer;
    }

    /// Says why the lines from here on are there that no source asks for: see [`LineWriter::because`].
    pub fn because(&mut self, reason: &'static str) {
        self.lines.because(reason);
    }

    /// Says what else had a say in the line that was written last: see [`LineWriter::also`].
    pub fn also(&mut self, origins: impl IntoIterator<Item = Origin>) {
        self.lines.also(origins);
    }

    /// A comment, broken into lines at its spaces and newlines.
    pub fn comment(&mut self, text: &str) {
        let room = WIDTH.saturating_sub(self.indent + 2).max(24);
        if text.is_empty() {
            self.comment_line("");
        }
        for paragraph in text.lines() {
            let mut pieces = Folds::new(paragraph.trim_end(), room).peekable();
            if pieces.peek().is_none() {
                self.comment_line("");
            }
            for piece in pieces {
                self.comment_line(piece);
            }
        }
    }

    fn comment_line(&mut self, piece: &str) {
        let indent = self.indent;
        let out = self.lines.buffer();
        push_spaces(out, indent);
        out.push('#');
        if !piece.is_empty() {
            out.push(' ');
            // A comment has no escapes: what could end its line, or what no reader accepts, becomes a space.
            out.extend(piece.chars().map(|c| if scalar::is_printable(c) { c } else { ' ' }));
        }
        self.lines.end_line(self.origin);
    }

    /// `key: "text"`.
    pub fn text<'a>(&mut self, key: impl Into<Key<'a>>, text: &str) {
        let start = self.key(key.into());
        self.lines.buffer().push(' ');
        self.scalar(text, start, self.indent + 2);
    }

    /// `key: text` for a word of the format, which needs no quotes.
    pub fn word<'a>(&mut self, key: impl Into<Key<'a>>, word: &'static str) {
        self.key(key.into());
        let out = self.lines.buffer();
        out.push(' ');
        out.push_str(word);
        self.lines.end_line(self.origin);
    }

    /// `key: 42`.
    pub fn int<'a>(&mut self, key: impl Into<Key<'a>>, number: i64) {
        self.key(key.into());
        // Writing to a string cannot fail.
        let _ = write!(self.lines.buffer(), " {number}");
        self.lines.end_line(self.origin);
    }

    /// `key: 0.5` for a number that the caller has printed.
    pub fn number<'a>(&mut self, key: impl Into<Key<'a>>, number: &str) {
        self.key(key.into());
        let out = self.lines.buffer();
        out.push(' ');
        out.push_str(number);
        self.lines.end_line(self.origin);
    }

    /// `key: true`.
    pub fn bool<'a>(&mut self, key: impl Into<Key<'a>>, value: bool) {
        self.word(key, if value { "true" } else { "false" });
    }

    /// A mapping; `{}` if `body` writes nothing.
    pub fn map<'a>(&mut self, key: impl Into<Key<'a>>, body: impl FnOnce(&mut YamlWriter)) {
        self.nested(key.into(), "{}", body);
    }

    /// A sequence, of what `body` writes with the `item` calls; `[]` if that is nothing.
    pub fn list<'a>(&mut self, key: impl Into<Key<'a>>, body: impl FnOnce(&mut YamlWriter)) {
        self.nested(key.into(), "[]", body);
    }

    /// A mapping as an element of a sequence.
    pub fn item(&mut self, body: impl FnOnce(&mut YamlWriter)) {
        self.element("{}", body);
    }

    /// A sequence as an element of a sequence.
    pub fn item_list(&mut self, body: impl FnOnce(&mut YamlWriter)) {
        self.element("[]", body);
    }

    /// A text as an element of a sequence.
    pub fn item_text(&mut self, text: &str) {
        self.dashes += 1;
        self.indent += 2;
        let start = self.begin();
        self.scalar(text, start, self.indent);
        self.indent -= 2;
    }

    /// A number as an element of a sequence.
    pub fn item_int(&mut self, number: i64) {
        self.item_number(&number.to_string());
    }

    /// A number that the caller has printed (or `true`, `false`, `null`) as an element of a sequence.
    pub fn item_number(&mut self, number: &str) {
        self.dashes += 1;
        self.indent += 2;
        self.begin();
        self.lines.buffer().push_str(number);
        self.lines.end_line(self.origin);
        self.indent -= 2;
    }

    /// Texts as a sequence.
    pub fn texts<'a, 't>(&mut self, key: impl Into<Key<'a>>, texts: impl IntoIterator<Item = &'t str>) {
        self.list(key, |w| texts.into_iter().for_each(|t| w.item_text(t)));
    }

    fn nested(&mut self, key: Key<'_>, empty: &str, body: impl FnOnce(&mut YamlWriter)) {
        self.key(key);
        self.lines.end_line(self.origin);
        let before = self.lines.buffer().len();
        self.indent += 2;
        body(self);
        self.indent -= 2;
        let out = self.lines.buffer();
        if out.len() == before {
            out.pop();
            out.push(' ');
            out.push_str(empty);
            out.push('\n');
        }
    }

    fn element(&mut self, empty: &str, body: impl FnOnce(&mut YamlWriter)) {
        let before = self.lines.buffer().len();
        self.dashes += 1;
        self.indent += 2;
        body(self);
        if self.lines.buffer().len() == before {
            self.begin();
            self.lines.buffer().push_str(empty);
            self.lines.end_line(self.origin);
        }
        self.indent -= 2;
    }

    /// Begins a line; gives the offset at which it starts.
    fn begin(&mut self) -> usize {
        let (indent, dashes) = (self.indent, self.dashes);
        self.dashes = 0;
        let out = self.lines.buffer();
        let start = out.len();
        push_spaces(out, indent - 2 * dashes);
        for _ in 0..dashes {
            out.push_str("- ");
        }
        start
    }

    /// Begins a line with a key and its colon; gives the offset at which the line starts.
    fn key(&mut self, key: Key<'_>) -> usize {
        let mut start = self.begin();
        let out = self.lines.buffer();
        match key {
            Key::Word(word) => out.push_str(word),
            Key::Text(text) if text.len() <= LONGEST_KEY && scalar::is_plain(text) => out.push_str(text),
            // A key stands in one line, so it is never broken; one that is too long for that has a mark of its own.
            Key::Text(text) => {
                let at = out.len();
                scalar::quote(out, text, None);
                if out.len() - at > LONGEST_KEY {
                    out.insert_str(at, "? ");
                    self.lines.end_line(self.origin);
                    start = self.begin();
                }
            }
        }
        let out = self.lines.buffer();
        out.push(':');
        start
    }

    /// Ends the line that starts at `start` with a text; what needs further lines is indented by `indent`.
    fn scalar(&mut self, text: &str, start: usize, indent: usize) {
        let column = self.lines.buffer().len() - start;
        let lines = scalar::push(self.lines.buffer(), text, Margins { column, indent });
        self.lines.add_origins(lines, self.origin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_yaml::Value;

    fn read(w: YamlWriter) -> (Value, Artifact) {
        let artifact = w.finish("a.yaml");
        assert_eq!(artifact.origins.len(), artifact.text.lines().count(), "{}", artifact.text);
        let value = serde_yaml::from_str(&artifact.text);
        (value.unwrap_or_else(|e| panic!("{e}\n{}", artifact.text)), artifact)
    }

    #[test]
    fn a_key_that_is_too_long_to_stand_before_a_colon_is_marked() {
        let long = "k".repeat(1500);
        for key in [long.clone(), format!("{long}\u{7}")] {
            let mut w = YamlWriter::new();
            w.text(Key::Text(&key), "value");
            w.list("items", |w| w.item(|w| w.map(Key::Text(&key), |w| w.int("n", 1))));
            let (value, _) = read(w);
            assert_eq!(value[key.as_str()], "value");
            assert_eq!(value["items"][0][key.as_str()]["n"], 1);
        }
    }

    #[test]
    fn a_comment_holds_nothing_that_a_reader_refuses() {
        let mut w = YamlWriter::new();
        w.comment("a\u{ffff}b\u{2028}c\u{85}d\u{feff}e\u{7}f\tg\u{1fffe}h\u{e9}");
        w.int("n", 1);
        let (value, artifact) = read(w);
        assert_eq!(artifact.text, "# a b c d e f g h\u{e9}\nn: 1\n");
        assert_eq!(value["n"], 1);
    }

    /// Pieces whose combinations have broken printers before.
    const NASTY: &[&str] = &[
        "",
        " ",
        "a",
        "yes",
        "012",
        "1e3",
        "12:30",
        ": ",
        " #",
        "#",
        "-",
        "- ",
        "---",
        "\n",
        "\n\n",
        "\t",
        "\r",
        "\u{0}",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "é",
        "日本",
        "🦀",
        "\"",
        "'",
        "\\",
        "|",
        ">",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&",
        "*",
        "!",
        "%",
        "@",
        "`",
        "$",
        "$(X)",
        "null",
        "~",
        "=",
        "<<",
        "a b c d e f g h i j k l m n o p q r s t u",
        "https://example.com/a-very-long-address-that-nobody-can-break/because-it-has-no-space-in-it-at-all",
        "double  spaces  are  kept  in  a  long  text  that  has  to  be  broken  somewhere  or  other  ok",
    ];

    #[test]
    fn every_string_is_read_back() {
        let mut texts: Vec<String> = Vec::new();
        for a in NASTY {
            for b in NASTY {
                texts.push(format!("{a}{b}"));
                texts.push(format!("x{a}\n{b}y"));
                texts.push(format!("{a}{b}{a}{b}{a} {b} {a} {b} {a}{a}"));
            }
        }
        let mut w = YamlWriter::new();
        w.document();
        w.list("texts", |w| texts.iter().for_each(|t| w.item_text(t)));
        w.map("nested", |w| {
            w.map("deeper", |w| {
                for (i, t) in texts.iter().enumerate() {
                    w.item_free_key(&format!("k{i}"), t);
                }
            });
        });
        let (value, _) = read(w);
        for (i, text) in texts.iter().enumerate() {
            assert_eq!(value["texts"][i].as_str(), Some(text.as_str()), "element {text:?}");
            let key = format!("k{i}");
            assert_eq!(
                value["nested"]["deeper"][key.as_str()].as_str(),
                Some(text.as_str()),
                "value {text:?}"
            );
        }
    }

    #[test]
    fn every_key_is_read_back() {
        let mut w = YamlWriter::new();
        w.document();
        let long = "a: very long key ".repeat(9);
        let texts = NASTY.iter().map(|k| format!("{k}k")).chain(NASTY.iter().map(|k| k.to_string()));
        let keys: Vec<String> = texts.chain([long]).collect();
        w.list("keys", |w| keys.iter().for_each(|k| w.item(|w| w.int(Key::Text(k), 1))));
        let (value, _) = read(w);
        for (i, key) in keys.iter().enumerate() {
            assert_eq!(value["keys"][i][key.as_str()].as_i64(), Some(1), "{key:?}");
        }
    }

    #[test]
    fn structure_and_origins() {
        let span = |n| Some(Span::new(plat_base::FileId(0), n, n + 1));
        let mut w = YamlWriter::new();
        w.comment("Generated.");
        w.document();
        w.from(span(1), |w| {
            w.map("a", |w| {
                w.list("b", |w| {
                    w.item(|w| {
                        w.from(span(2), |w| w.int("c", 1));
                        w.texts("d", ["u", "v"]);
                    });
                    w.item_list(|w| w.item_int(7));
                    w.item(|_| {});
                });
                w.map("e", |_| {});
                w.list("f", |_| {});
            });
        });
        let artifact = w.finish("a.yaml");
        let expected = "# Generated.\n---\na:\n  b:\n    - c: 1\n      d:\n        - u\n        - v\n    - - 7\n    - {}\n  e: {}\n  f: []\n";
        assert_eq!(artifact.text, expected);
        let starts: Vec<Option<u32>> = artifact.origins.iter().map(|o| o.map(|s| s.start)).collect();
        let one = Some(1);
        assert_eq!(starts, [None, None, one, one, Some(2), one, one, one, one, one, one, one]);
    }

    #[test]
    fn long_texts_are_broken_and_blocks_are_blocks() {
        let mut w = YamlWriter::new();
        w.document();
        w.text(
            "flags",
            "-Xmx1024m -Xss1024k -XX:MaxMetaspaceSize=192m -XX:MaxDirectMemorySize=128m -XX:+UseG1GC",
        );
        w.text("script", "set -e\n\necho done\n");
        w.text("bare", "a\nb");
        w.text("tabs", &"\tan \u{1}escape  \"and\" more\\ ".repeat(20));
        w.text("kept", &"two  spaces  ".repeat(9));
        let text = w.finish("a").text;
        assert!(text.lines().all(|l| l.len() <= 80), "{text}");
        assert!(text.contains("flags: >-\n  -Xmx1024m"), "{text}");
        assert!(text.contains("script: |\n  set -e\n\n  echo done\nbare: |-\n  a\n  b\n"), "{text}");
    }

    impl YamlWriter {
        fn item_free_key(&mut self, key: &str, text: &str) {
            self.text(Key::Text(key), text);
        }
    }
}
