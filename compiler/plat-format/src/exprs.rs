//! Expressions.

use crate::Formatter;
use crate::doc::Doc;
use crate::sequence::{ARGS, ARMS, Extent, LIST};
use plat_base::Span;
use plat_syntax::ast::{Arg, Arm, BinaryOp, Clause, ExprId, ExprKind, PatternKind, UnaryOp};

impl<'s> Formatter<'s> {
    fn kind(&self, id: ExprId) -> &'s ExprKind {
        &self.module[id].kind
    }

    fn span(&self, id: ExprId) -> Span {
        self.module[id].span
    }

    /// A value after `=`: on the same line, or on the next one if only that makes it fit.
    pub(crate) fn value(&mut self, id: ExprId) -> Doc<'s> {
        let value = self.expr(id);
        if self.breaks_inside(id) {
            return Doc::concat(vec![Doc::Text(" "), value]);
        }
        Doc::group(Doc::indent(Doc::concat(vec![Doc::Line, value])))
    }

    /// Whether an expression has brackets of its own in which it can be broken.
    fn breaks_inside(&self, id: ExprId) -> bool {
        match self.kind(id) {
            ExprKind::List(_)
            | ExprKind::ListComp { .. }
            | ExprKind::MapComp { .. }
            | ExprKind::Record(_)
            | ExprKind::Amend { .. }
            | ExprKind::Match { .. }
            | ExprKind::Str(_)
            | ExprKind::Call { .. } => true,
            ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => self.breaks_inside(*base),
            ExprKind::Paren(inner) => self.breaks_inside(*inner),
            ExprKind::Binary { lhs, rhs, .. } => self.is_operand(*lhs) && self.breaks_inside(*rhs),
            _ => false,
        }
    }

    /// Whether an expression is a single word or number.
    fn is_operand(&self, id: ExprId) -> bool {
        match self.kind(id) {
            ExprKind::Name(_) | ExprKind::Number(_) | ExprKind::SelfRef => true,
            ExprKind::Field { base, .. } => self.is_operand(*base),
            _ => false,
        }
    }

    pub(crate) fn expr(&mut self, id: ExprId) -> Doc<'s> {
        let span = self.span(id);
        match self.kind(id) {
            ExprKind::Error => Doc::Verbatim(self.slice(span)),
            ExprKind::Bool(_)
            | ExprKind::Null
            | ExprKind::Unset
            | ExprKind::Number(_)
            | ExprKind::Name(_)
            | ExprKind::SelfRef => Doc::Text(self.slice(span)),
            ExprKind::Str(parts) => self.filled_string(span, parts),
            ExprKind::Field { base, name, optional } => {
                let dot = Doc::Text(if *optional { "?." } else { "." });
                Doc::concat(vec![self.expr(*base), dot, self.string(name.span)])
            }
            ExprKind::Index { base, index } => {
                Doc::concat(vec![self.expr(*base), Doc::Text("["), self.expr(*index), Doc::Text("]")])
            }
            ExprKind::Call { callee, args, args_span } => {
                let callee = self.expr(*callee);
                let args = self.arguments(args, (args_span.start + 1, args_span.end - 1));
                Doc::concat(vec![callee, args])
            }
            ExprKind::Unary { op, operand } => {
                let op = if *op == UnaryOp::Not { "not " } else { "-" };
                Doc::concat(vec![Doc::Text(op), self.expr(*operand)])
            }
            ExprKind::Binary { op, .. } => self.binary(id, level(*op)),
            ExprKind::If { .. } => self.if_expr(id),
            ExprKind::Match { subject, arms } => self.match_expr(span, *subject, arms),
            ExprKind::List(elements) => {
                let extents: Vec<Extent> = elements.iter().map(|e| self.span(*e).into()).collect();
                let inside = (span.start + 1, span.end - 1);
                let is_word =
                    |e: &ExprId| matches!(self.module[*e].kind, ExprKind::Name(_) | ExprKind::Number(_));
                if !elements.is_empty() && elements.iter().all(is_word) && !self.has_comment_before(inside.1)
                {
                    return self.filled(LIST, elements);
                }
                self.enclosed(LIST, inside, &extents, &mut |f, i| f.expr(elements[i]))
            }
            ExprKind::ListComp { clauses, value } => {
                let mut parts = vec![Doc::Soft];
                self.clauses(clauses, &mut parts);
                parts.extend([Doc::Text(":"), Doc::Line, self.expr(*value)]);
                let parts = vec![Doc::Text("["), Doc::indent(Doc::concat(parts)), Doc::Soft, Doc::Text("]")];
                Doc::group(Doc::concat(parts))
            }
            ExprKind::MapComp { clauses, key, value } => {
                let mut parts = vec![Doc::Soft];
                self.clauses(clauses, &mut parts);
                parts.extend([Doc::Text(":"), Doc::Line, self.key(key), Doc::Text(" = "), self.expr(*value)]);
                let parts = vec![Doc::Text("{"), Doc::indent(Doc::concat(parts)), Doc::Soft, Doc::Text("}")];
                Doc::group(Doc::concat(parts))
            }
            ExprKind::Record(body) => self.body(body),
            ExprKind::Amend { base, body } => {
                Doc::concat(vec![self.expr(*base), Doc::Text(" "), self.body(body)])
            }
            ExprKind::LetIn { .. } => self.let_in(id),
            ExprKind::Paren(inner) => {
                Doc::group(Doc::concat(vec![Doc::Text("("), self.expr(*inner), Doc::Text(")")]))
            }
        }
    }

    /// Operands of one level, broken before their operators.
    fn binary(&mut self, id: ExprId, of: u8) -> Doc<'s> {
        let mut chain = Vec::new();
        let mut first = id;
        while let ExprKind::Binary { op, lhs, rhs, op_span } = self.kind(first)
            && level(*op) == of
        {
            chain.push((*op_span, *rhs));
            first = *lhs;
        }
        let mut parts = vec![self.expr(first)];
        for (op_span, rhs) in chain.into_iter().rev() {
            let rhs = Doc::concat(vec![Doc::Text(self.slice(op_span)), Doc::Text(" "), self.expr(rhs)]);
            parts.push(Doc::indent(Doc::concat(vec![Doc::Line, rhs])));
        }
        Doc::group(Doc::concat(parts))
    }

    /// `if … else if … else …`, broken before each `else`.
    fn if_expr(&mut self, id: ExprId) -> Doc<'s> {
        let mut parts = Vec::new();
        let mut rest = id;
        while let ExprKind::If { condition, then, otherwise } = self.kind(rest) {
            parts.extend([Doc::Text("if "), self.expr(*condition), Doc::Text(" then "), self.expr(*then)]);
            parts.push(Doc::indent(Doc::concat(vec![Doc::Line, Doc::Text("else ")])));
            rest = *otherwise;
        }
        parts.push(self.expr(rest));
        Doc::group(Doc::concat(parts))
    }

    fn let_in(&mut self, id: ExprId) -> Doc<'s> {
        let mut parts = Vec::new();
        let mut rest = id;
        while let ExprKind::LetIn { name, ty, value, body } = self.kind(rest) {
            parts.extend([Doc::Text("let "), Doc::Text(self.slice(name.span))]);
            if let Some(ty) = ty {
                parts.extend([Doc::Text(": "), self.ty(ty)]);
            }
            parts.extend([Doc::Text(" ="), self.value(*value), Doc::Text(";"), Doc::Line]);
            rest = *body;
        }
        parts.push(self.expr(rest));
        Doc::group(Doc::concat(parts))
    }

    fn match_expr(&mut self, span: Span, subject: ExprId, arms: &'s [Arm]) -> Doc<'s> {
        let head = self.expr(subject);
        let open = self.after_next(b'{', self.span(subject).end);
        let extents: Vec<Extent> = arms.iter().map(|a| a.span.into()).collect();
        let arms = self.enclosed(ARMS, (open, span.end - 1), &extents, &mut |f, i| f.arm(&arms[i]));
        Doc::concat(vec![Doc::Text("match "), head, Doc::Text(" "), arms])
    }

    fn arm(&mut self, arm: &'s Arm) -> Doc<'s> {
        let mut parts = Vec::new();
        for (i, pattern) in arm.patterns.iter().enumerate() {
            if i > 0 {
                parts.push(Doc::Text(" | "));
            }
            parts.push(match &pattern.kind {
                PatternKind::Else => Doc::Text("else"),
                PatternKind::Literal(id) => self.expr(*id),
                PatternKind::Path(path) => self.path(path),
                PatternKind::Type(ty) => self.ty(ty),
            });
        }
        parts.extend([Doc::Text(" =>"), self.value(arm.value)]);
        Doc::concat(parts)
    }

    fn clauses(&mut self, clauses: &'s [Clause], parts: &mut Vec<Doc<'s>>) {
        for (i, clause) in clauses.iter().enumerate() {
            if i > 0 {
                parts.push(Doc::Line);
            }
            match clause {
                Clause::For { vars, source } => {
                    parts.extend([Doc::Text("for "), self.vars(vars), Doc::Text(" in "), self.expr(*source)]);
                }
                Clause::If(condition) => parts.extend([Doc::Text("if "), self.expr(*condition)]),
            }
        }
    }

    /// Arguments in parentheses. A last argument with brackets of its own opens them on the line of the call.
    pub(crate) fn arguments(&mut self, args: &'s [Arg], inside: (u32, u32)) -> Doc<'s> {
        let extent = |arg: &Arg| {
            let value = self.span(arg.value);
            Extent { start: arg.name.map_or(value.start, |n| n.span.start), end: value.end }
        };
        let extents: Vec<Extent> = args.iter().map(extent).collect();
        let open_line = extents.first().is_some_and(|e| !self.breaks_between(inside.0, e.start));
        let single = args.len() == 1;
        let last = args.last().is_some_and(|a| {
            a.name.is_none()
                && (self.hugs(a.value) || single && !self.is_string(a.value) && self.breaks_inside(a.value))
        });
        let plain = args.iter().rev().skip(1).all(|a| self.is_operand(a.value) || self.is_string(a.value));
        let clear = self.comments.peek_before(extents.last().map_or(inside.1, |e| e.start)).is_none();
        if open_line && last && plain && clear && args.len() <= 2 {
            let mut parts = vec![Doc::Text("(")];
            for (i, arg) in args.iter().enumerate() {
                if i > 0 {
                    parts.push(Doc::Text(", "));
                }
                parts.push(self.arg(arg));
            }
            parts.push(Doc::Text(")"));
            return Doc::concat(parts);
        }
        self.enclosed(ARGS, inside, &extents, &mut |f, i| f.arg(&args[i]))
    }

    fn is_string(&self, id: ExprId) -> bool {
        matches!(self.kind(id), ExprKind::Str(_))
    }

    fn hugs(&self, id: ExprId) -> bool {
        matches!(
            self.kind(id),
            ExprKind::List(_) | ExprKind::Record(_) | ExprKind::ListComp { .. } | ExprKind::MapComp { .. }
        )
    }

    fn arg(&mut self, arg: &'s Arg) -> Doc<'s> {
        let value = self.expr(arg.value);
        match arg.name {
            Some(name) => Doc::concat(vec![Doc::Text(self.slice(name.span)), Doc::Text(" = "), value]),
            None => value,
        }
    }
}

/// Operators of one level stand in one chain.
fn level(op: BinaryOp) -> u8 {
    use BinaryOp as B;
    match op {
        B::Or => 0,
        B::And => 1,
        B::Eq | B::Ne | B::Lt | B::Le | B::Gt | B::Ge | B::In | B::Matches => 2,
        B::Coalesce => 3,
        B::Add | B::Sub => 4,
        B::Mul | B::Div | B::IntDiv | B::Mod | B::Of => 5,
    }
}
