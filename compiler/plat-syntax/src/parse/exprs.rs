//! Expressions. The grammar gives an expression as a flat run of operands, suffixes and operators; the precedence
//! table here makes the tree. The table and the rule `infix` name the same operators, which a test compares.

use super::build::Builder;
use crate::ast::{
    Arm, BinaryOp, Body, Clause, ExprId, ExprKind, Ident, Key, Number, Pattern, PatternKind, StrPart,
    TypeKind, UnaryOp,
};
use crate::grammar::Rule;
use crate::lex::token::{self, Kind};
use plat_base::{Diagnostic, Span};

/// How tightly each operator binds, loosest first.
mod level {
    pub(super) const OR: u8 = 1;
    pub(super) const AND: u8 = 2;
    pub(super) const NOT: u8 = 3;
    pub(super) const COMPARE: u8 = 4;
    pub(super) const COALESCE: u8 = 5;
    pub(super) const ADD: u8 = 6;
    pub(super) const MULTIPLY: u8 = 7;
}

/// What an operator between two operands means, and its level.
fn operator(kind: Kind) -> (BinaryOp, u8) {
    use BinaryOp as B;
    match kind {
        token::OR | token::OR_OR => (B::Or, level::OR),
        token::AND | token::AND_AND => (B::And, level::AND),
        token::EQ => (B::Eq, level::COMPARE),
        token::NE => (B::Ne, level::COMPARE),
        token::LT => (B::Lt, level::COMPARE),
        token::LE => (B::Le, level::COMPARE),
        token::GT => (B::Gt, level::COMPARE),
        token::GE => (B::Ge, level::COMPARE),
        token::IN => (B::In, level::COMPARE),
        token::MATCHES => (B::Matches, level::COMPARE),
        token::COALESCE => (B::Coalesce, level::COALESCE),
        token::ADD => (B::Add, level::ADD),
        token::MULTIPLY => (B::Mul, level::MULTIPLY),
        token::DIVIDE => (B::Div, level::MULTIPLY),
        token::DIV => (B::IntDiv, level::MULTIPLY),
        token::MOD => (B::Mod, level::MULTIPLY),
        token::OF => (B::Of, level::MULTIPLY),
        _ => (B::Sub, level::ADD),
    }
}

fn is_comparison(op: BinaryOp) -> bool {
    use BinaryOp as B;
    matches!(op, B::Eq | B::Ne | B::Lt | B::Le | B::Gt | B::Ge | B::In | B::Matches)
}

impl Builder<'_, '_, '_> {
    /// The expression that comes next; a body after it amends it.
    pub(super) fn expr(&mut self) -> ExprId {
        self.binary(0, false)
    }

    /// The head of a `when`, `for` or `match`: a body after it is not its own.
    pub(super) fn head(&mut self) -> ExprId {
        self.binary(0, true)
    }

    fn binary(&mut self, min: u8, head: bool) -> ExprId {
        if self.open >= self.file.max_open {
            // The caller tries again with a larger stack, or reports it; something is read, so that loops end.
            self.file.too_deep = true;
            let (start, end) = self.ev.leaf();
            let span = self.span(start, end);
            return self.error_expr(span);
        }
        self.open += 1;
        let mut lhs = self.unary(min, head);
        while self.ev.at(Rule::infix_mark) {
            let token = self.ev.position();
            let (op, level) = operator(self.kind(token));
            if level < min {
                break;
            }
            self.ev.leaf();
            let op_span = self.span(token, token + 1);
            self.check_operator(op, token, op_span);
            let rhs = self.binary(level + 1, head);
            let span = self.expr_span(lhs).to(self.expr_span(rhs));
            self.check_spaces(op, op_span, span);
            if level == level::COMPARE && self.is_chained(lhs, op_span) {
                lhs = self.error_expr(span);
                continue;
            }
            let depth = self.depth(lhs).max(self.depth(rhs)) + 1;
            lhs = self.alloc(span, ExprKind::Binary { op, op_span, lhs, rhs }, depth);
        }
        self.open -= 1;
        lhs
    }

    pub(super) fn expr_span(&self, id: ExprId) -> Span {
        self.file.exprs.get(id.0 as usize).map_or_else(|| self.span(0, 0), |e| e.span)
    }

    /// Operators of other languages.
    fn check_operator(&mut self, op: BinaryOp, token: usize, span: Span) {
        let kind = self.kind(token);
        if matches!(kind, token::AND_AND | token::OR_OR) {
            let (written, word) = (self.text(token), op.as_str());
            self.report(
                Diagnostic::error("syntax", format!("`{written}` is written `{word}` in Plat"), span)
                    .help(format!("write `{word}`"))
                    .fix(format!("replace `{written}` by `{word}`"), span, word, true),
            );
        }
    }

    /// Subtraction that could be read as part of a word; `whole` is from the left operand to the right one.
    fn check_spaces(&mut self, op: BinaryOp, span: Span, whole: Span) {
        if op != BinaryOp::Sub {
            return;
        }
        let space = |b: Option<&u8>| b.is_none_or(u8::is_ascii_whitespace);
        let bytes = self.file.source.as_bytes();
        let before = (span.start as usize).checked_sub(1).and_then(|i| bytes.get(i));
        let (left, right) = (space(before), space(bytes.get(span.end as usize)));
        if left && right {
            return;
        }
        let text = |from: u32, to: u32| self.file.source.get(from as usize..to as usize).map(str::trim);
        let spaced = text(whole.start, span.start).zip(text(span.end, whole.end));
        let help = match spaced {
            Some((a, b))
                if a.len() + b.len() <= 60 && !a.is_empty() && !a.contains('\n') && !b.contains('\n') =>
            {
                format!("write `{a} - {b}`")
            }
            _ => "put a space before and after the `-`".to_owned(),
        };
        self.report(
            Diagnostic::error("syntax", "subtraction needs a space on both sides of `-`", span)
                .primary("a hyphen can be part of a word")
                .help(help)
                // With a space on one side, `[1 -1]` may lack a comma.
                .fix("put spaces around the `-`", span, " - ", !left && !right),
        );
    }

    /// Whether this would be `a < b < c`, which is not a comparison of three; reports it.
    fn is_chained(&mut self, lhs: ExprId, op_span: Span) -> bool {
        let first = match self.file.exprs.get(lhs.0 as usize).map(|e| &e.kind) {
            Some(ExprKind::Binary { op, op_span: first, .. }) if is_comparison(*op) => *first,
            _ => return false,
        };
        self.report(
            Diagnostic::error("syntax", "comparisons cannot be chained", op_span)
                .primary("a second comparison")
                .label(first, "of what this comparison gives")
                .help("join two comparisons with `and`: `a < b and b < c`"),
        );
        true
    }

    fn unary(&mut self, min: u8, head: bool) -> ExprId {
        if !self.ev.at(Rule::prefix_mark) {
            return self.postfix(head);
        }
        let (start, end) = self.ev.leaf();
        let kind = self.kind(start);
        let (op, operand) = if kind == b'-' {
            // Tighter than every operator between two operands.
            (UnaryOp::Neg, self.binary(u8::MAX, head))
        } else {
            let span = self.span(start, end);
            if kind == b'!' {
                self.report(
                    Diagnostic::error("syntax", "`!` is written `not` in Plat", span)
                        .help("write `not x`")
                        .fix("replace `!` by `not `", span, "not ", true),
                );
            } else if min > level::NOT {
                self.report(
                    Diagnostic::error("syntax", "`not` binds more loosely than the operator before it", span)
                        .help("put parentheses around it: `(not x)`"),
                );
            }
            (UnaryOp::Not, self.binary(level::NOT, head))
        };
        let depth = self.depth(operand) + 1;
        let span = self.span(start, end).to(self.expr_span(operand));
        self.alloc(span, ExprKind::Unary { op, operand }, depth)
    }

    /// An operand with its calls, indices, fields and amendments.
    fn postfix(&mut self, head: bool) -> ExprId {
        let mut base = self.operand();
        while let Some(rule) = self.ev.peek() {
            let start = self.expr_span(base);
            let depth = self.depth(base);
            let (kind, depth) = match rule {
                Rule::call => {
                    let (args, args_span) = self.args();
                    let deepest = args.iter().map(|a| self.depth(a.value)).max().unwrap_or(0);
                    (ExprKind::Call { callee: base, args, args_span }, depth.max(deepest))
                }
                Rule::index => {
                    self.ev.open();
                    let index = self.expr();
                    self.ev.close();
                    (ExprKind::Index { base, index }, depth.max(self.depth(index)))
                }
                Rule::field | Rule::field_optional => {
                    self.ev.open();
                    let name = if self.ev.at(Rule::word) { self.name() } else { self.string_ident() };
                    self.ev.close();
                    (ExprKind::Field { base, name, optional: rule == Rule::field_optional }, depth)
                }
                Rule::body if !head => {
                    let body = self.body();
                    (ExprKind::Amend { base, body }, depth)
                }
                _ => break,
            };
            let span = Span { end: self.span_from(0).end, ..start };
            base = self.alloc(span, kind, depth + 1);
        }
        base
    }

    fn operand(&mut self) -> ExprId {
        match self.ev.peek() {
            Some(Rule::chain) => self.chain(),
            Some(Rule::string_plain | Rule::string_parts) => self.string(),
            Some(Rule::list) => self.list(),
            Some(Rule::paren) => {
                let start = self.ev.open();
                let inner = self.expr();
                let end = self.ev.close();
                let (span, depth) = (self.span(start, end), self.depth(inner) + 1);
                self.alloc(span, ExprKind::Paren(inner), depth)
            }
            Some(Rule::record) => self.record(),
            Some(Rule::if_expr) => self.if_expr(),
            Some(Rule::match_expr) => self.match_expr(),
            Some(Rule::let_expr) => self.let_expr(),
            // A hole; or grammar and builder disagree, and the stream goes on with the next rule.
            _ => {
                let (start, end) = self.ev.leaf();
                let span = self.span(start, end);
                self.error_expr(span)
            }
        }
    }

    /// A name or literal with the fields after it.
    fn chain(&mut self) -> ExprId {
        let (start, end) = self.ev.leaf();
        let mut base = match self.kind(start) {
            token::NUMBER => self.number(start),
            token::STRING => {
                let parts = self.plain_string(start);
                let span = self.span(start, start + 1);
                self.alloc(span, ExprKind::Str(parts), 0)
            }
            _ => self.first_word(start),
        };
        let mut depth = 0;
        for token in (start + 2..end).step_by(2) {
            let name = self.ident_at(token);
            let span = self.span(start, token + 1);
            depth += 1;
            base = self.alloc(span, ExprKind::Field { base, name, optional: false }, depth);
        }
        base
    }

    /// A word that stands as a value.
    fn first_word(&mut self, token: usize) -> ExprId {
        let span = self.span(token, token + 1);
        let kind = match self.kind(token) {
            token::WORD => match self.text(token) {
                "self" => ExprKind::SelfRef,
                word => ExprKind::Name(self.file.names.intern(word)),
            },
            b'T' => ExprKind::Bool(true),
            b'F' => ExprKind::Bool(false),
            b'J' => ExprKind::Null,
            b'U' => ExprKind::Unset,
            _ => ExprKind::Name(self.file.names.intern(self.text(token))),
        };
        self.alloc(span, kind, 0)
    }

    /// Digits and suffix. `0o755` is digits alone; of everything else the letters are a suffix.
    fn number(&mut self, token: usize) -> ExprId {
        let text = self.text(token);
        let octal = text
            .strip_prefix("0o")
            .is_some_and(|d| !d.is_empty() && d.bytes().all(|b| (b'0'..=b'7').contains(&b)));
        let is_digit = |b: u8| b.is_ascii_digit() || b == b'_' || b == b'.';
        let split =
            if octal { text.len() } else { text.bytes().position(|b| !is_digit(b)).unwrap_or(text.len()) };
        let digits = self.file.names.intern(text.get(..split).unwrap_or(""));
        let span = self.span(token, token + 1);
        let suffix = text.get(split..).filter(|s| !s.is_empty()).map(|suffix| Ident {
            name: self.file.names.intern(suffix),
            span: Span { start: span.start + split as u32, ..span },
        });
        self.alloc(span, ExprKind::Number(Number { digits, suffix }), 0)
    }

    fn list(&mut self) -> ExprId {
        let start = self.ev.open();
        let mut depth = 0;
        let kind = if self.ev.at(Rule::comp_for) {
            let clauses = self.clauses(&mut depth);
            let value = self.expr();
            depth = depth.max(self.depth(value));
            ExprKind::ListComp { clauses, value }
        } else {
            let mut elements = Vec::new();
            while self.ev.peek().is_some() {
                let element = self.expr();
                depth = depth.max(self.depth(element));
                elements.push(element);
            }
            ExprKind::List(elements)
        };
        self.ev.close();
        let span = self.span_from(start);
        self.alloc(span, kind, depth + 1)
    }

    fn record(&mut self) -> ExprId {
        let start = self.ev.open();
        let mut depth = 0;
        if self.ev.at(Rule::map_comp) {
            self.ev.open();
            let clauses = self.clauses(&mut depth);
            let key = self.key();
            let value = self.expr();
            depth = depth.max(self.depth(value));
            self.ev.close();
            self.ev.close();
            let span = self.span_from(start);
            return self.alloc(span, ExprKind::MapComp { clauses, key, value }, depth + 1);
        }
        let entries = self.entries();
        self.ev.close();
        let span = self.span_from(start);
        self.alloc(span, ExprKind::Record(Body { span, entries }), 1)
    }

    fn clauses(&mut self, depth: &mut u16) -> Vec<Clause> {
        let mut clauses = Vec::new();
        loop {
            match self.ev.peek() {
                Some(Rule::comp_for) => {
                    self.ev.open();
                    let vars = self.vars();
                    let source = self.expr();
                    *depth = (*depth).max(self.depth(source));
                    self.ev.close();
                    clauses.push(Clause::For { vars, source });
                }
                Some(Rule::comp_if) => {
                    self.ev.open();
                    let condition = self.expr();
                    *depth = (*depth).max(self.depth(condition));
                    self.ev.close();
                    clauses.push(Clause::If(condition));
                }
                _ => return clauses,
            }
        }
    }

    /// The variables of a loop.
    pub(super) fn vars(&mut self) -> Vec<Ident> {
        self.ev.open();
        let mut vars = Vec::with_capacity(1);
        while self.ev.at(Rule::name) {
            vars.push(self.name());
        }
        self.ev.close();
        vars
    }

    fn if_expr(&mut self) -> ExprId {
        let start = self.ev.open();
        let condition = self.expr();
        let then = self.expr();
        let otherwise = self.expr();
        self.ev.close();
        let span = self.span_from(start);
        let depth = self.depth(condition).max(self.depth(then)).max(self.depth(otherwise)) + 1;
        self.alloc(span, ExprKind::If { condition, then, otherwise }, depth)
    }

    fn let_expr(&mut self) -> ExprId {
        let start = self.ev.open();
        let name = self.name();
        let ty = self.optional_type().map(Box::new);
        let value = self.expr();
        let body = self.expr();
        self.ev.close();
        let span = self.span_from(start);
        let depth = self.depth(value).max(self.depth(body)) + 1;
        self.alloc(span, ExprKind::LetIn { name, ty, value, body }, depth)
    }

    fn match_expr(&mut self) -> ExprId {
        let start = self.ev.open();
        let subject = self.head();
        let mut depth = self.depth(subject);
        let mut arms = Vec::new();
        while self.ev.at(Rule::arm) {
            let arm = self.arm();
            depth = depth.max(self.depth(arm.value));
            arms.push(arm);
        }
        self.ev.close();
        let span = self.span_from(start);
        self.alloc(span, ExprKind::Match { subject, arms }, depth + 1)
    }

    fn arm(&mut self) -> Arm {
        let start = self.ev.open();
        if self.ev.at(Rule::hole_entry) {
            self.ev.close();
            let span = self.span_from(start);
            return Arm { span, patterns: Vec::new(), value: self.error_expr(span) };
        }
        let mut patterns = Vec::with_capacity(1);
        while let Some(pattern) = self.pattern() {
            patterns.push(pattern);
        }
        let value = self.expr();
        self.ev.close();
        let span = self.span_from(start);
        Arm { span, patterns, value }
    }

    /// The pattern that comes next; `None` at the value of the arm, which the mark before it announces.
    fn pattern(&mut self) -> Option<Pattern> {
        let start = self.ev.position();
        let kind = match self.ev.peek() {
            Some(Rule::pattern_else) => {
                self.ev.leaf();
                PatternKind::Else
            }
            Some(Rule::pattern_literal) => {
                self.ev.open();
                let literal = self.literal();
                self.ev.close();
                PatternKind::Literal(literal)
            }
            Some(Rule::fat_arrow) => {
                self.ev.leaf();
                return None;
            }
            None => return None,
            Some(_) => {
                let ty = self.type_one();
                match ty.kind {
                    TypeKind::Path(path) => PatternKind::Path(path),
                    kind => PatternKind::Type(crate::ast::Type { span: ty.span, kind }),
                }
            }
        };
        Some(Pattern { span: self.span_from(start), kind })
    }

    /// A literal pattern: a number, perhaps negative, a string, `true`, `false` or `null`.
    fn literal(&mut self) -> ExprId {
        self.unary(0, true)
    }

    /// A string that names a field: it has no interpolation.
    pub(super) fn string_ident(&mut self) -> Ident {
        let start = self.ev.position();
        let parts = self.string_parts();
        let span = self.span_from(start);
        self.plain_text(&parts, span)
    }

    /// The text of a string that must not be computed.
    fn plain_text(&mut self, parts: &[StrPart], span: Span) -> Ident {
        let mut text = String::new();
        for part in parts {
            match part {
                StrPart::Text(name) => text.push_str(name.as_str()),
                StrPart::Interp(_) => {
                    self.report(
                        Diagnostic::error("syntax", "this text must be plain, without `\\(…)`", span)
                            .help("write the text out; a computed field is read with `[…]`"),
                    );
                    break;
                }
            }
        }
        Ident { name: self.file.names.intern(&text), span }
    }

    /// A key or the name of an instance.
    pub(super) fn key(&mut self) -> Key {
        if self.ev.at(Rule::word) {
            return Key::Static(self.name());
        }
        let start = self.ev.position();
        let parts = self.string_parts();
        let span = self.span_from(start);
        match parts.as_slice() {
            [] => Key::Static(Ident { name: self.file.names.intern(""), span }),
            [StrPart::Text(name)] => Key::Static(Ident { name: *name, span }),
            _ => {
                let id = self.string_of(parts, span);
                Key::Computed(id, span)
            }
        }
    }

    fn string(&mut self) -> ExprId {
        let start = self.ev.position();
        let parts = self.string_parts();
        let span = self.span_from(start);
        self.string_of(parts, span)
    }

    fn string_of(&mut self, parts: Vec<StrPart>, span: Span) -> ExprId {
        let depth =
            parts.iter().map(|p| if let StrPart::Interp(e) = p { self.depth(*e) + 1 } else { 0 }).max();
        self.alloc(span, ExprKind::Str(parts), depth.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::{is_comparison, level, operator};
    use crate::lex::{lex, token};
    use plat_base::FileId;

    #[test]
    fn the_table_has_every_operator_of_the_lexer() {
        for text in [
            "or", "and", "==", "!=", "<", "<=", ">", ">=", "in", "matches", "??", "+", "-", "*", "/", "div",
            "mod", "of",
        ] {
            let tokens = lex(FileId(0), text, 256);
            let (op, level) = operator(tokens.kinds[0]);
            assert_eq!(op.as_str(), text);
            assert_eq!(is_comparison(op), level == level::COMPARE);
            assert!((token::EQ..=token::MOD).contains(&tokens.kinds[0]) || matches!(text, "-" | "in"));
        }
    }
}
