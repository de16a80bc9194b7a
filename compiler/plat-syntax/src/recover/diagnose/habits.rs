//! Whole lines of other formats: blocks and lists of YAML, members of JSON, lines of a Dockerfile, the condition of C.
//! Each is one mistake, however many tokens it has: it is told with the line to write instead, made of what was
//! written, and read over as a whole.

use crate::grammar::FailureAt;
use crate::lex::token::{self, Kind};
use crate::recover::{Mistake, Piece, Repair};
use plat_base::{Diagnostic, Span};
use std::ops::Range;

/// The longest text that is quoted in a help.
const SHOWN: usize = 60;

fn error(message: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic::error("syntax", message, span)
}

fn instead(diagnostic: Diagnostic, range: Range<usize>, with: &[Kind]) -> Option<Mistake> {
    Some(Mistake { diagnostic, repair: Some(Repair { range, with: with.to_vec() }) })
}

impl Piece<'_> {
    /// The mistake, if a whole line or more is of another format.
    pub(super) fn habit(&self, at: &FailureAt) -> Option<Mistake> {
        let p = at.token;
        match self.kind(p) {
            b'.' => self.dotted_key(p, at),
            b'?' => self.ternary(p),
            b',' => self.comma_of_clauses(p),
            token::LT => self.merge_key(p),
            b'|' | token::GT => self.block_text(p),
            token::STRING => self.second_name(p),
            _ => None,
        }
        .or_else(|| self.document_mark(p))
        .or_else(|| self.dockerfile(p))
    }

    /// `check c for s in service { require …, message "x" }`, and the same of the assertions of a test.
    fn comma_of_clauses(&self, p: usize) -> Option<Mistake> {
        let clause = matches!(self.kind(p + 1), b'r' | b'q' | b'o' | b'n' | b'd' | b'j' | b'L' | b'}');
        let brace = self.enclosing_brace(p).filter(|_| clause)?;
        let what =
            (0..brace).rev().find_map(|t| match (self.kind(t), self.kind(t + 1), self.kind(t + 2)) {
                (b'c', name, b'B') if token::is_word(name) => Some("the clauses of a check"),
                (b's', token::STRING, b'{') if t + 2 == brace => Some("the lines of a test"),
                _ => None,
            })?;
        let span = self.span(p, p + 1);
        let diagnostic = error(format!("no comma between {what}"), span)
            .help("delete it: each begins with its own word")
            .fix("delete the `,`", span, "", true);
        instead(diagnostic, p..p + 1, &[])
    }

    /// The `{` of the body that a token stands in.
    pub(super) fn enclosing_brace(&self, p: usize) -> Option<usize> {
        let mut depth = 0usize;
        for t in (0..p).rev() {
            match self.kind(t) {
                b'}' | b')' | b']' => depth += 1,
                b'{' | b'(' | b'[' if depth > 0 => depth -= 1,
                b'{' => return Some(t),
                b'(' | b'[' => return None,
                _ => {}
            }
        }
        None
    }

    /// The text of some tokens, as far as it is short enough to be quoted.
    fn quoted(&self, range: Range<usize>) -> Option<&str> {
        if range.is_empty() {
            return None;
        }
        let span = self.span(range.start, range.end);
        let text = self.source.get(span.start as usize..span.end as usize)?;
        (text.len() <= SHOWN && !text.contains('\n')).then_some(text)
    }

    /// The token after the value that begins at `from`: the next line, a comma, or the bracket that it stands in.
    fn end_of_value(&self, from: usize) -> usize {
        let mut depth = 0usize;
        for t in from..self.kinds.len() {
            match self.kind(t) {
                _ if t > from && depth == 0 && self.first_on_line(t) => return t,
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth == 0 => return t,
                b')' | b']' | b'}' => depth -= 1,
                b',' if depth == 0 => return t,
                _ => {}
            }
        }
        self.kinds.len()
    }

    /// The token after the lines below that of `head` that are indented further.
    pub(super) fn end_of_block(&self, head: usize, from: usize) -> usize {
        let indent = self.indent(head);
        let is_out = |t: usize| {
            self.first_on_line(t)
                && (self.indent(t) < indent
                    || self.indent(t) == indent && self.kind(t) != b'-'
                    || matches!(self.kind(t), b'}' | b')' | b']'))
        };
        (from..self.kinds.len()).find(|t| is_out(*t)).unwrap_or(self.kinds.len())
    }

    /// `key: value` of YAML or JSON: what to write, with the value if it is short.
    pub(super) fn colon_pair(&self, p: usize) -> (String, Span) {
        let key = self.plain_key(p - 1);
        let end = self.end_of_value(p + 1);
        let value = self.quoted(p + 1..end).filter(|v| !v.contains(": ")).unwrap_or("…");
        (format!("write `{key} = {value}`"), self.span(p - 1, p + 1))
    }

    /// A key without the quotes that it does not need.
    pub(super) fn plain_key(&self, token: usize) -> &str {
        let text = self.text(token);
        let inner = text.trim_matches('"');
        let word = inner.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
            && inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if word { inner } else { text }
    }

    /// `key:` with a list or a block on the lines below.
    pub(super) fn yaml_block(&self, p: usize) -> Option<Mistake> {
        let end = self.end_of_block(p - 1, p + 1);
        if end <= p + 1 {
            return None;
        }
        let key = self.plain_key(p - 1);
        let span = self.span(p + 1, end);
        let text = self.source.get(span.start as usize..span.end as usize).unwrap_or("");
        let is_list = self.kind(p + 1) == b'-';
        let lines: Vec<&str> =
            text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("//")).collect();
        let parts: Option<Vec<String>> =
            lines.iter().map(|l| if is_list { item(l) } else { member(l) }).collect();
        let parts = parts.map(|p| p.join(", ")).filter(|p| p.len() <= SHOWN);
        let diagnostic = if is_list {
            error("a list stands in brackets", self.between(p - 1, p))
                .help(format!("write `{key} = [{}]`", parts.unwrap_or_else(|| "a, b".to_owned())))
        } else {
            let inner = parts.unwrap_or_else(|| "… = …".to_owned());
            error("a block stands in braces", self.between(p - 1, p))
                .help(format!("write `{key} {{ {inner} }}`: indentation has no meaning"))
        };
        instead(diagnostic, p..end, &[b'=', token::HOLE_EXPR])
    }

    /// `= |` or `= >` with indented text below.
    fn block_text(&self, p: usize) -> Option<Mistake> {
        let before = p.checked_sub(1)?;
        if !matches!(self.kind(before), b'=' | b':') || !self.first_on_line(p + 1) {
            return None;
        }
        let key = self.plain_key(before.checked_sub(1)?);
        let end = self.end_of_block(before - 1, p + 1);
        let diagnostic =
            error("text of several lines stands between `\"\"\"` and `\"\"\"`", self.token_span(p))
                .help(format!("write `{key} = \"\"\"`, then the lines, then `\"\"\"` on a line of its own"));
        instead(diagnostic, p..end, &[token::HOLE_EXPR])
    }

    /// `---` between the documents of YAML.
    fn document_mark(&self, p: usize) -> Option<Mistake> {
        let start = (p.saturating_sub(3)..=p).find(|t| self.first_on_line(*t) && self.kind(*t) == b'-')?;
        if (start..start + 3).any(|t| self.kind(t) != b'-') {
            return None;
        }
        let diagnostic = error("nothing separates declarations", self.between(start, start + 2))
            .help("delete `---`: one declaration simply follows the other");
        instead(diagnostic, start..start + 3, &[])
    }

    /// `<<: *base`.
    fn merge_key(&self, p: usize) -> Option<Mistake> {
        if self.kind(p + 1) != token::LT || !self.first_on_line(p) {
            return None;
        }
        let end = self.end_of_value(p);
        let base = self.text(end - 1);
        let diagnostic = error("`<<` merges nothing here", self.span(p, end))
            .help(format!("to take over another declaration, extend it: `KIND NAME extends {base} {{ … }}`"));
        instead(diagnostic, p..end, &[token::HOLE_ENTRY])
    }

    /// `limits.cpu = 1`.
    fn dotted_key(&self, p: usize, at: &FailureAt) -> Option<Mistake> {
        let first = p.checked_sub(1)?;
        if !at.expected.contains(&b'=') || !token::is_word(self.kind(first)) {
            return None;
        }
        let mut last = first;
        while self.kind(last + 1) == b'.' && token::is_word(self.kind(last + 2)) {
            last += 2;
        }
        if last == first || !matches!(self.kind(last + 1), b'=' | b':' | b'{' | token::APPEND) {
            return None;
        }
        let end = self.end_of_value(last + 1);
        let names: Vec<&str> = (first..=last).step_by(2).map(|t| self.text(t)).collect();
        let value = match self.kind(last + 1) {
            b'{' => " { … }".to_owned(),
            _ => format!(" = {}", self.quoted(last + 2..end).unwrap_or("…")),
        };
        let (inner, outer) = names.split_last()?;
        let written =
            outer.iter().rev().fold(format!("{inner}{value}"), |body, name| format!("{name} {{ {body} }}"));
        let diagnostic = error("a field inside of another is set in braces", self.span(first, last + 1))
            .help(format!("write `{written}`"));
        instead(diagnostic, first..end, &[token::HOLE_ENTRY])
    }

    /// `c ? a : b`.
    fn ternary(&self, p: usize) -> Option<Mistake> {
        let end = self.end_of_value(p + 1);
        let colon = (p + 1..end).find(|t| self.kind(*t) == b':')?;
        if colon == p + 1 {
            return None;
        }
        let begins =
            |k: Kind| matches!(k, b'=' | b'(' | b'[' | b'{' | b',' | b':' | token::APPEND | token::FAT_ARROW);
        let mut start = p;
        let mut depth = 0usize;
        while start > 0 {
            match self.kind(start - 1) {
                b')' | b']' | b'}' => depth += 1,
                b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
                k if depth == 0 && begins(k) => break,
                _ => {}
            }
            start -= 1;
        }
        let texts = (self.quoted(start..p), self.quoted(p + 1..colon), self.quoted(colon + 1..end));
        let (Some(c), Some(a), Some(b)) = texts else { return None };
        let written = format!("if {c} then {a} else {b}");
        let diagnostic = error("`?` does not choose between two values", self.token_span(p))
            .help(format!("write `{written}`"))
            .fix(format!("write `{written}`"), self.span(start, end), written, false);
        instead(diagnostic, start..end, &[token::HOLE_EXPR])
    }

    /// `resource "aws_instance" "web" {`.
    fn second_name(&self, p: usize) -> Option<Mistake> {
        let is_head = p == 2 && token::is_word(self.kind(0)) && self.kind(1) == token::STRING;
        if !is_head || self.kind(3) != b'{' {
            return None;
        }
        let name = self.plain_key(2);
        let diagnostic = error("a declaration has one name", self.token_span(2))
            .help(format!("write what it is, and its name: `service {name} {{ … }}`"));
        instead(diagnostic, 1..2, &[])
    }

    /// `FROM python:3.13`.
    fn dockerfile(&self, p: usize) -> Option<Mistake> {
        let mut first = p.min(self.kinds.len().checked_sub(1)?);
        while first > 0 && !self.first_on_line(first) {
            first -= 1;
        }
        let help = instruction(self.text(first))?;
        if matches!(self.kind(first + 1), b'=' | b'{' | b':' | token::APPEND | 0)
            || self.first_on_line(first + 1)
        {
            return None;
        }
        let end = (first + 1..self.kinds.len()).find(|t| self.first_on_line(*t)).unwrap_or(self.kinds.len());
        let hole = if self.indent(first) == 0 { token::HOLE_ITEM } else { token::HOLE_ENTRY };
        let diagnostic = error("this is a line of a Dockerfile", self.span(first, end))
            .help(format!("in an `image`, write {help}"));
        instead(diagnostic, first..end, &[hole])
    }
}

/// What stands in an image for an instruction of a Dockerfile.
fn instruction(word: &str) -> Option<&'static str> {
    Some(match word {
        "FROM" => "`stages { runtime { from = images.python-slim(\"3.13\") } }`",
        "RUN" => "`stages { runtime { steps = [run(\"…\")] } }`",
        "COPY" | "ADD" => "`stages { runtime { steps = [copy(\"app\", to = \"/app\")] } }`",
        "EXPOSE" => "`ports { http = 8080 }`",
        "ENV" => "`env { NAME = \"value\" }`",
        "ARG" => "`steps = [arg(\"NAME\", value = \"x\")]` in a stage",
        "WORKDIR" => "`workdir = \"/app\"`",
        "USER" => "`user = { name = \"app\", uid = 10001 }`",
        "CMD" => "`cmd = [\"serve\"]`",
        "ENTRYPOINT" => "`entrypoint = [\"python\", \"-m\", \"app\"]`",
        "LABEL" => "`labels { team = \"web\" }`",
        "HEALTHCHECK" => "`health = http(\"/healthz\", port = self.ports.http)`",
        _ => return None,
    })
}

/// One line of a list of YAML, as an element.
fn item(line: &str) -> Option<String> {
    let text = line.strip_prefix('-')?.trim();
    if text.contains(": ") || text.ends_with(':') || text.is_empty() { None } else { Some(scalar(text)) }
}

/// One line of a block of YAML, as a field.
fn member(line: &str) -> Option<String> {
    let (key, value) = line.split_once(':')?;
    let value = value.trim();
    let is_word = key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if value.is_empty()
        || key.contains(' ')
        || matches!(value.as_bytes().first(), Some(b'|' | b'>' | b'&' | b'*'))
    {
        return None;
    }
    let key = if is_word { key.to_owned() } else { format!("\"{}\"", key.trim_matches('"')) };
    Some(format!("{key} = {}", scalar(value)))
}

/// A value of YAML, as Plat writes it.
fn scalar(text: &str) -> String {
    let is_number = text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && text.starts_with(|c: char| c.is_ascii_digit());
    let inner = text.trim_matches('\'');
    match text {
        "true" | "yes" | "on" => "true".to_owned(),
        "false" | "no" | "off" => "false".to_owned(),
        _ if text.starts_with('"') || text.starts_with('[') || is_number && text.matches('.').count() < 2 => {
            text.to_owned()
        }
        _ => format!("\"{}\"", inner.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}
