//! Text with places where a line may be broken, and the printer that decides. In: a [`Doc`]. Out: lines of at most
//! [`WIDTH`] columns wherever that is possible. Widths are known when a document is made, so that printing is linear.

/// How long a line may be.
pub(crate) const WIDTH: usize = 100;
/// How many columns what follows a group on its line may take: a comma, or a brace that opens.
const SLACK: usize = 2;
const INDENT: usize = 2;
/// The width of what cannot stand on one line.
const ENDLESS: usize = usize::MAX;

/// A piece of a formatted text.
#[derive(Debug)]
pub(crate) enum Doc<'s> {
    /// Text without a line break.
    Text(&'s str),
    /// Text with line breaks that is not touched.
    Verbatim(&'s str),
    /// A `"""` string: its lines, each to be indented like the line it begins on; the first and empty ones are not.
    Block(Vec<&'s str>),
    /// A space, or a line break in a broken group.
    Line,
    /// Nothing, or a line break in a broken group.
    Soft,
    /// A line break.
    Hard,
    /// A line break and an empty line.
    Blank,
    /// Text that stands only in a broken group.
    IfBroken(&'s str),
    /// Text that stands only in a group on one line.
    IfFlat(&'s str),
    /// One after the other.
    Concat(Vec<Doc<'s>>, usize),
    /// One level further in.
    Indent(Box<Doc<'s>>),
    /// All on one line if it fits, else broken at every line of its own.
    Group(Box<Doc<'s>>, usize),
    /// All on one line, whether it fits or not: what is in a string.
    Flat(Box<Doc<'s>>, usize),
}

impl<'s> Doc<'s> {
    pub(crate) fn concat(parts: Vec<Doc<'s>>) -> Doc<'s> {
        let width = parts.iter().fold(0usize, |sum, part| sum.saturating_add(part.width()));
        Doc::Concat(parts, width)
    }

    pub(crate) fn indent(inner: Doc<'s>) -> Doc<'s> {
        Doc::Indent(Box::new(inner))
    }

    pub(crate) fn group(inner: Doc<'s>) -> Doc<'s> {
        let width = inner.width();
        Doc::Group(Box::new(inner), width)
    }

    /// The document on one line; nothing if it cannot stand on one.
    pub(crate) fn flat(inner: Doc<'s>) -> Option<Doc<'s>> {
        let width = inner.width();
        (width != ENDLESS && !inner.is_verbatim()).then(|| Doc::Flat(Box::new(inner), width))
    }

    /// Whether a text with line breaks is in it.
    fn is_verbatim(&self) -> bool {
        match self {
            Doc::Verbatim(_) | Doc::Block(_) => true,
            Doc::Concat(parts, _) => parts.iter().any(Doc::is_verbatim),
            Doc::Indent(inner) | Doc::Group(inner, _) | Doc::Flat(inner, _) => inner.is_verbatim(),
            _ => false,
        }
    }

    pub(crate) fn nothing() -> Doc<'s> {
        Doc::Text("")
    }

    /// How many columns it takes on one line.
    pub(crate) fn width(&self) -> usize {
        match self {
            Doc::Text(text) if text.is_ascii() => text.len(),
            Doc::Text(text) => text.chars().count(),
            Doc::Line => 1,
            Doc::Soft | Doc::IfBroken(_) => 0,
            Doc::IfFlat(text) => text.len(),
            // Breaks of these do not break the group around them: what opens before them stays on the line.
            Doc::Verbatim(_) | Doc::Block(_) => 0,
            Doc::Hard | Doc::Blank => ENDLESS,
            Doc::Concat(_, width) | Doc::Group(_, width) | Doc::Flat(_, width) => *width,
            Doc::Indent(inner) => inner.width(),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// On one line, and so is everything inside, wherever a text with line breaks in it ends.
    Flat,
    Broken,
}

/// Prints a document; no line ends in white space.
pub(crate) fn print(doc: &Doc<'_>, capacity: usize) -> String {
    let mut out = Printer { text: String::with_capacity(capacity), column: 0, pending: 0 };
    let mut stack: Vec<(usize, Mode, &Doc<'_>)> = vec![(0, Mode::Broken, doc)];
    while let Some((indent, mode, doc)) = stack.pop() {
        match doc {
            Doc::Text(text) => out.text(text),
            Doc::Verbatim(text) => out.verbatim(text),
            Doc::Block(lines) => out.block(lines, indent),
            Doc::IfBroken(text) if mode == Mode::Broken => out.text(text),
            Doc::Line if mode != Mode::Broken => out.text(" "),
            Doc::Soft if mode != Mode::Broken => {}
            Doc::IfFlat(text) if mode != Mode::Broken => out.text(text),
            Doc::IfBroken(_) | Doc::IfFlat(_) => {}
            Doc::Line | Doc::Soft | Doc::Hard => out.newline(indent),
            Doc::Blank => {
                out.newline(0);
                out.newline(indent);
            }
            Doc::Concat(parts, _) => stack.extend(parts.iter().rev().map(|part| (indent, mode, part))),
            Doc::Indent(inner) => stack.push((indent + INDENT, mode, inner)),
            Doc::Flat(inner, _) => stack.push((indent, Mode::Flat, inner)),
            Doc::Group(inner, _) if mode == Mode::Flat => stack.push((indent, mode, inner)),
            Doc::Group(inner, width) => {
                let fits = width.saturating_add(out.column + SLACK) <= WIDTH;
                stack.push((indent, if fits { Mode::Flat } else { Mode::Broken }, inner));
            }
        }
    }
    out.text
}

struct Printer {
    text: String,
    column: usize,
    /// White space that is written before the next text, if there is one on this line.
    pending: usize,
}

impl Printer {
    fn text(&mut self, text: &str) {
        if text == " " {
            self.pending += 1;
            self.column += 1;
            return;
        }
        if text.is_empty() {
            return;
        }
        self.text.extend(std::iter::repeat_n(' ', self.pending));
        self.pending = 0;
        self.text.push_str(text);
        self.column += if text.is_ascii() { text.len() } else { text.chars().count() };
    }

    fn verbatim(&mut self, text: &str) {
        self.text(text);
        if let Some((_, last)) = text.rsplit_once('\n') {
            self.column = last.chars().count();
        }
    }

    fn block(&mut self, lines: &[&str], indent: usize) {
        for (i, line) in lines.iter().enumerate() {
            if i > 0 {
                self.newline(if line.is_empty() { 0 } else { indent });
            }
            self.text.extend(std::iter::repeat_n(' ', self.pending));
            self.pending = 0;
            self.text.push_str(line);
            self.column += line.chars().count();
        }
    }

    fn newline(&mut self, indent: usize) {
        self.text.push('\n');
        self.pending = indent;
        self.column = indent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(n: usize) -> Doc<'static> {
        let mut parts = vec![Doc::Soft];
        for i in 0..n {
            parts.push(Doc::Text("element"));
            parts.extend(if i + 1 < n { vec![Doc::Text(","), Doc::Line] } else { vec![Doc::IfBroken(",")] });
        }
        Doc::group(Doc::concat(vec![
            Doc::Text("["),
            Doc::indent(Doc::concat(parts)),
            Doc::Soft,
            Doc::Text("]"),
        ]))
    }

    #[test]
    fn a_group_breaks_only_if_it_does_not_fit() {
        assert_eq!(print(&list(2), 0), "[element, element]");
        let long = print(&list(12), 0);
        assert!(long.starts_with("[\n  element,\n  element,\n") && long.ends_with("element,\n]"), "{long}");
    }

    #[test]
    fn what_follows_a_text_of_several_lines_does_not_break_by_itself() {
        let doc = || Doc::group(Doc::concat(vec![Doc::Verbatim("\"\"\"\n"), Doc::Line, list(2)]));
        assert_eq!(print(&doc(), 0), "\"\"\"\n [element, element]");
        let long = "-".repeat(95) + "\n" + &"-".repeat(95);
        let doc = Doc::group(Doc::concat(vec![Doc::Verbatim(&long), Doc::Line, list(2)]));
        assert!(print(&doc, 0).ends_with("- [element, element]"));
    }

    #[test]
    fn no_line_ends_in_white_space() {
        let doc = Doc::concat(vec![Doc::Text("a"), Doc::Text(" "), Doc::indent(Doc::Blank), Doc::Text("b")]);
        assert_eq!(print(&doc, 0), "a\n\n  b");
    }
}
