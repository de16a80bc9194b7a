//! The tree to text, exactly as buildifier formats it. In: a [`File`]. Out: an artefact whose lines know their origin.
//! Strings of a project only ever pass through [`quote`] and [`comment_lines`].

use super::{Argument, Entry, Expr, ExprKind, File, Layout, Statement, StatementKind};
use crate::{Artifact, LineWriter};
use plat_model::Origin;
use std::fmt::Write as _;

/// Prints a file.
pub(crate) fn print(file: &File, path: &str) -> Artifact {
    let mut printer = Printer {
        lines: LineWriter::new(),
        indent: 0,
        origins: Vec::new(),
        line_origin: None,
        line_also: Vec::new(),
    };
    let mut previous: Option<&Statement> = None;
    for statement in &file.statements {
        if previous.is_some_and(|p| !stands_close(p, statement)) {
            printer.lines.blank();
        }
        printer.statement(statement);
        previous = Some(statement);
    }
    printer.lines.finish(path)
}

/// Whether two statements stand on adjacent lines: loads, one-line calls of the same function, and `use_repo` with
/// what it uses.
fn stands_close(above: &Statement, below: &Statement) -> bool {
    let called = |s: &Statement| match &s.kind {
        StatementKind::Call(Expr { kind: ExprKind::Call { function, layout, .. }, .. }) => {
            Some((*function, *layout))
        }
        _ => None,
    };
    let close = match (&above.kind, &below.kind) {
        (StatementKind::Load { .. }, StatementKind::Load { .. }) => true,
        _ => match (called(above), called(below)) {
            (Some((first, Layout::Inline)), Some((second, Layout::Inline))) => first == second,
            (Some(_), Some((second, _))) => second == "use_repo",
            _ => false,
        },
    };
    close && below.comment.is_none()
}

/// A Starlark string literal. Characters that a literal cannot hold are written as octal escapes.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => {
                let _ = write!(out, "\\{:03o}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The lines of a comment, with `#`. No character in it can end a line early.
pub(crate) fn comment_lines(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines().map(|line| {
        let shown: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        format!("# {}", shown.trim_end()).trim_end().to_owned()
    })
}

struct Printer {
    lines: LineWriter,
    indent: usize,
    /// The origins of the expressions around what is being printed, outermost first.
    origins: Vec<Origin>,
    /// The origin of the innermost expression on the line so far, and how deep it is.
    line_origin: Option<(usize, Origin)>,
    /// What else had a say in the line so far.
    line_also: Vec<Origin>,
}

impl Printer {
    fn statement(&mut self, statement: &Statement) {
        self.lines.because(reason(&statement.kind));
        self.comment(statement.comment.as_deref(), statement_origin(&statement.kind));
        match &statement.kind {
            StatementKind::Nothing => {}
            StatementKind::Docstring(text) => self.docstring(text),
            StatementKind::Load { label, symbols } => {
                let names: Vec<String> = symbols.iter().map(|s| quote(s)).collect();
                self.write(&format!("load({}, {})", quote(label), names.join(", ")));
                self.end_line();
            }
            StatementKind::Assign { name, value } => {
                self.write(&format!("{name} = "));
                self.expr(value);
                self.end_line();
            }
            StatementKind::Call(call) => {
                self.expr(call);
                self.end_line();
            }
            StatementKind::Verbatim(text) => self.lines.line(text.trim_end(), None),
        }
    }

    fn comment(&mut self, text: Option<&str>, origin: Origin) {
        for line in text.into_iter().flat_map(comment_lines) {
            let padded = format!("{:width$}{line}", "", width = self.indent * 4);
            self.lines.line(&padded, origin);
        }
    }

    fn docstring(&mut self, text: &str) {
        let safe: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
        let safe = safe.replace('\\', "\\\\").replace('"', "'");
        let end = if safe.contains('\n') { "\n" } else { "" };
        self.lines.line(&format!("\"\"\"{safe}{end}\"\"\""), None);
    }

    fn expr(&mut self, expr: &Expr) {
        self.origins.push(expr.origin.or(self.origins.last().copied().flatten()));
        self.line_also.extend(expr.also.iter().copied());
        match &expr.kind {
            ExprKind::Str(text) => self.write(&quote(text)),
            ExprKind::Int(value) => self.write(&value.to_string()),
            ExprKind::Float(value) => self.write(&format!("{value:?}")),
            ExprKind::Name(name) => self.write(name),
            ExprKind::List(items) => self.list(items),
            ExprKind::Dict(entries) => self.dict(entries),
            ExprKind::Call { function, arguments, layout } => self.call(function, arguments, *layout),
            ExprKind::Add(left, right) => {
                self.expr(left);
                self.write(" + ");
                self.expr(right);
            }
        }
        self.origins.pop();
    }

    fn list(&mut self, items: &[Expr]) {
        match items {
            [] => self.write("[]"),
            [only] if is_short(only) => {
                self.write("[");
                self.expr(only);
                self.write("]");
            }
            _ => self.block("[", "]", items, |p, item| p.expr(item)),
        }
    }

    fn dict(&mut self, entries: &[Entry]) {
        if entries.is_empty() {
            self.write("{}");
            return;
        }
        self.block("{", "}", entries, |p, entry| {
            p.comment(entry.comment.as_deref(), entry.value.origin);
            p.expr(&entry.key);
            p.write(": ");
            p.expr(&entry.value);
        });
    }

    fn call(&mut self, function: &str, arguments: &[Argument], layout: Layout) {
        self.write(function);
        if layout == Layout::Inline || arguments.len() < 2 {
            self.write("(");
            for (i, argument) in arguments.iter().enumerate() {
                self.write(if i > 0 { ", " } else { "" });
                self.argument(argument);
            }
            self.write(")");
        } else {
            self.block("(", ")", arguments, Printer::argument);
        }
    }

    fn argument(&mut self, argument: &Argument) {
        if let Some(name) = argument.name {
            self.write(&format!("{name} = "));
        }
        self.expr(&argument.value);
    }

    /// Items on lines of their own between brackets, each followed by a comma.
    fn block<T>(&mut self, open: &str, close: &str, items: &[T], mut item: impl FnMut(&mut Printer, &T)) {
        self.write(open);
        self.end_line();
        self.indent += 1;
        for one in items {
            item(self, one);
            self.write(",");
            self.end_line();
        }
        self.indent -= 1;
        self.write(close);
    }

    fn write(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let indent = self.indent * 4;
        let buffer = self.lines.buffer();
        if buffer.is_empty() || buffer.ends_with('\n') {
            buffer.extend(std::iter::repeat_n(' ', indent));
        }
        buffer.push_str(text);
        let depth = self.origins.len();
        if let Some(origin) = self.origins.last()
            && self.line_origin.is_none_or(|(d, _)| depth >= d)
        {
            self.line_origin = Some((depth, *origin));
        }
    }

    fn end_line(&mut self) {
        let origin = self.line_origin.take().and_then(|(_, origin)| origin);
        self.lines.end_line(origin);
        self.lines.also(self.line_also.drain(..));
    }
}

/// Why the lines of a statement are there that no source asks for.
fn reason(kind: &StatementKind) -> &'static str {
    match kind {
        StatementKind::Nothing => "to say where the file comes from and what it is for",
        StatementKind::Docstring(_) => "to document the file",
        StatementKind::Load { .. } => "for the functions below, which are the same in every project",
        StatementKind::Assign { .. } => {
            "in every project: the functions of these files look tables up by these names"
        }
        StatementKind::Call(_) => "in every project",
        StatementKind::Verbatim(_) => "in every project: it is code that reads the project's tables",
    }
}

fn statement_origin(kind: &StatementKind) -> Origin {
    match kind {
        StatementKind::Assign { value, .. } | StatementKind::Call(value) => value.origin,
        _ => None,
    }
}

/// Whether it is printed on one line.
fn is_short(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Str(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Name(_) => true,
        ExprKind::List(items) => items.len() < 2 && items.iter().all(is_short),
        ExprKind::Dict(entries) => entries.is_empty(),
        ExprKind::Call { arguments, layout, .. } => {
            (*layout == Layout::Inline || arguments.len() < 2) && arguments.iter().all(|a| is_short(&a.value))
        }
        ExprKind::Add(left, right) => is_short(left) && is_short(right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plat_base::{FileId, Span};

    fn text(statements: Vec<Statement>) -> String {
        print(&File { statements }, "x.bzl").text
    }

    #[test]
    fn strings_of_a_project_cannot_leave_their_quotes() {
        assert_eq!(quote("a\"b\\c\nd\u{1}\u{7f}é"), "\"a\\\"b\\\\c\\nd\\001\\177é\"");
        assert_eq!(comment_lines("a\rb\n\nc").collect::<Vec<_>>(), ["# a b", "#", "# c"]);
        let hostile = vec![Statement::docstring("a\"\"\"\nb\\")];
        assert_eq!(text(hostile), "\"\"\"a'''\nb\\\\\n\"\"\"\n");
    }

    #[test]
    fn lists_of_one_stand_inline_and_longer_ones_do_not() {
        let value = Expr::list([Expr::strings(["a"]), Expr::strings::<&str>([]), Expr::strings(["b", "c"])]);
        let printed = text(vec![Statement::assign("X", value)]);
        assert_eq!(
            printed,
            "X = [\n    [\"a\"],\n    [],\n    [\n        \"b\",\n        \"c\",\n    ],\n]\n"
        );
    }

    #[test]
    fn a_line_has_the_origin_of_its_innermost_expression() {
        let span = |at| Some(Span::new(FileId(0), at, at + 1));
        let inner = Expr::dict([Entry::new("heap", Expr::string("1g").at(span(2)))]).at(span(1));
        let value = Expr::dict([Entry::new("java", inner), Entry::new("x", Expr::string("y"))]).at(span(0));
        let file = File { statements: vec![Statement::assign("X", value)] };
        let artifact = print(&file, "x.bzl");
        assert_eq!(
            artifact.text,
            "X = {\n    \"java\": {\n        \"heap\": \"1g\",\n    },\n    \"x\": \"y\",\n}\n"
        );
        assert_eq!(artifact.origins, [span(0), span(1), span(2), span(1), span(0), span(0)]);
    }
}
