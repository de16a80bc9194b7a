//! Starlark by the parser of starlark-rust. Only literals, calls, sums and names are looked into; nothing is run.

use super::node::{Data, Key, Node};
use super::{MAX_DEPTH, Refusal};
use starlark_syntax::codemap::Span;
use starlark_syntax::lexer::TokenInt;
use starlark_syntax::syntax::ast::{
    ArgumentP, AssignTargetP, AstExpr, AstLiteral, AstStmt, BinOp, ExprP, StmtP,
};
use starlark_syntax::syntax::{AstModule, Dialect};

/// The top level of a file.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// `NAME = value`, in order.
    pub(crate) assigned: Vec<(String, Node)>,
    /// Calls that stand alone: `platform(…)`, in order.
    pub(crate) calls: Vec<Node>,
}

impl Module {
    /// The value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.assigned.iter().find(|(n, _)| n == name).map(|(_, node)| node)
    }
}

/// Reads a file.
pub(crate) fn read(text: &str) -> Result<Module, Refusal> {
    if let Some(line) = too_deep(text) {
        return Err((line, "it is nested too deep".to_owned()));
    }
    let dialect = Dialect { enable_top_level_stmt: false, enable_lambda: false, ..Dialect::Standard };
    let ast = AstModule::parse("artefact", text.to_owned(), &dialect).map_err(|error| {
        let line = error.span().map_or(0, |span| span.resolve_span().begin.line as u32 + 1);
        (line, error.without_diagnostic().to_string())
    })?;
    let mut reader = Reader { starts: line_starts(text), module: Module::default() };
    reader.statement(ast.statement());
    Ok(reader.module)
}

/// The tables of a Python file: assignments at the top level whose value is a literal that Starlark shares. The rest is
/// blanked, so that lines stay where they are.
pub(crate) fn read_python(text: &str) -> Result<Module, Refusal> {
    let mut kept = String::with_capacity(text.len());
    let mut inside = false;
    for line in text.lines() {
        let name = line.split_once(" = ").map_or("", |(name, _)| name);
        let constant = !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        if constant || inside {
            kept.push_str(line);
            inside = if constant { line.ends_with(['{', '[', '(']) } else { line.starts_with([' ', '#']) };
        }
        kept.push('\n');
    }
    read(&kept)
}

/// The parser goes down with each bracket, so the depth is bounded before.
fn too_deep(text: &str) -> Option<u32> {
    let mut depth = 0usize;
    for (at, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        for b in line.bytes() {
            match b {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        let words = line.split([' ', '-', '+', '~']).count();
        if depth > MAX_DEPTH || indent > 4 * MAX_DEPTH || words > 20 * MAX_DEPTH {
            return Some(at as u32 + 1);
        }
    }
    None
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

struct Reader {
    starts: Vec<usize>,
    module: Module,
}

impl Reader {
    fn line(&self, span: Span) -> u32 {
        let at = span.begin().get() as usize;
        self.starts.partition_point(|start| *start <= at) as u32
    }

    fn statement(&mut self, statement: &AstStmt) {
        match &statement.node {
            StmtP::Statements(all) => all.iter().for_each(|s| self.statement(s)),
            StmtP::Assign(assign) => {
                if let AssignTargetP::Identifier(name) = &assign.lhs.node {
                    let value = self.expression(&assign.rhs);
                    self.module.assigned.push((name.node.ident.clone(), value));
                }
            }
            StmtP::Expression(expression) => {
                let call = self.expression(expression);
                self.module.calls.push(call);
            }
            _ => {}
        }
    }

    fn expression(&self, expression: &AstExpr) -> Node {
        let data = match &expression.node {
            ExprP::Literal(AstLiteral::Int(number)) => match &number.node {
                TokenInt::I32(number) => Data::Int(i128::from(*number)),
                TokenInt::BigInt(number) => number.to_string().parse().map_or(Data::Opaque, Data::Int),
            },
            ExprP::Literal(AstLiteral::Float(number)) => Data::Float(number.node.to_string()),
            ExprP::Literal(AstLiteral::String(text)) => Data::Text(text.node.clone()),
            ExprP::List(items) | ExprP::Tuple(items) => {
                Data::List(items.iter().map(|i| self.expression(i)).collect())
            }
            ExprP::Dict(entries) => Data::Map(entries.iter().map(|(k, v)| self.entry(k, v)).collect()),
            ExprP::Op(left, BinOp::Add, right) => {
                Data::Sum(Box::new((self.expression(left), self.expression(right))))
            }
            ExprP::Identifier(name) => match name.node.ident.as_str() {
                "None" => Data::Null,
                "True" => Data::Bool(true),
                "False" => Data::Bool(false),
                name => Data::Name(name.to_owned()),
            },
            ExprP::Call(function, arguments) => {
                let arguments = arguments.args.iter().filter_map(|a| match &a.node {
                    ArgumentP::Positional(value) => Some((String::new(), self.expression(value))),
                    ArgumentP::Named(name, value) => Some((name.node.clone(), self.expression(value))),
                    ArgumentP::Args(_) | ArgumentP::KwArgs(_) => None,
                });
                Data::Call(function_name(function), arguments.collect())
            }
            _ => Data::Opaque,
        };
        Node::new(self.line(expression.span), data)
    }

    fn entry(&self, key: &AstExpr, value: &AstExpr) -> (Key, Node) {
        let key = self.expression(key);
        (Key { text: key.bare(), line: key.line }, self.expression(value))
    }
}

fn function_name(function: &AstExpr) -> String {
    match &function.node {
        ExprP::Identifier(name) => name.node.ident.clone(),
        ExprP::Dot(owner, name) => format!("{}.{}", function_name(owner), name.node),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_calls_and_selects() {
        let text = "\"\"\"doc\"\"\"\nA = {\n    \"x\": [1, \"y\"] + select({\"//c\": []}),\n}\nplatform(\n    name = \"p\",\n)\ndef f(x):\n    return x\n";
        let module = read(text).unwrap();
        let x = module.get("A").and_then(|a| a.get("x")).unwrap();
        assert_eq!(x.line, 3);
        assert!(
            matches!(&x.data, Data::Sum(sides) if matches!(&sides.1.data, Data::Call(n, _) if n == "select"))
        );
        let call = module.calls.iter().find(|c| matches!(c.data, Data::Call(..))).unwrap();
        assert!(matches!(&call.data, Data::Call(n, a) if n == "platform" && a[0].1.line == 6));
        assert!(read("A = [").is_err());
        assert!(read(&format!("A = {}", "[".repeat(100_000))).is_err());
    }

    #[test]
    fn tables_of_python() {
        let text = "import os\n\n# what\nA = {\n    \"x\": 1.0,\n    # why\n}\nB = 2\n\n\nclass C(Exception):\n    D = 3\n";
        let module = read_python(text).unwrap();
        assert_eq!(module.get("A").and_then(|a| a.get("x")).map(|n| n.line), Some(5));
        assert_eq!(module.get("B").map(Node::whole).as_deref(), Some("2"));
        assert_eq!(module.assigned.len(), 2);
    }
}
