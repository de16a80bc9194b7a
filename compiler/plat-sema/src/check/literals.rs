//! Numbers, quantities and strings.

use super::assign::Want;
use crate::context::Checker;
use crate::errors;
use crate::hir::{Const, ExprId, ExprKind, InterpPart, Ty, TyId};
use plat_base::{Dimension, Name, Quantity, Rational, Span, Unit};
use plat_syntax::ast::{self, ExprKind as Syntax, StrPart};

impl<'a> Checker<'a> {
    /// A number, perhaps negated.
    pub(crate) fn number(
        &mut self,
        number: ast::Number,
        span: Span,
        negative: bool,
        want: Option<Want>,
    ) -> ExprId {
        let Some(value) = magnitude(number.digits.as_str()) else {
            self.report(errors::number_out_of_range(span));
            return self.poison(span);
        };
        let value = if negative { value.neg() } else { value };
        match number.suffix {
            Some(suffix) => self.quantity(number, suffix, value, span),
            None => {
                let id = self.plain_number(number.digits, value, span, want);
                let digits = number.digits.as_str();
                if digits.len() > 1 && (digits.starts_with('0') || digits.contains(['.', '_'])) {
                    let sign = if negative { "-" } else { "" };
                    self.written.insert(id, Name::new(&format!("{sign}{digits}")));
                }
                id
            }
        }
    }

    fn quantity(&mut self, number: ast::Number, suffix: ast::Ident, value: Rational, span: Span) -> ExprId {
        let Some(unit) = Unit::parse(suffix.name.as_str()) else {
            self.report(errors::unknown_unit(number.digits.as_str(), suffix, span));
            return self.poison(span);
        };
        let Some(quantity) = Quantity::of(value, unit) else {
            self.report(errors::number_out_of_range(span));
            return self.poison(span);
        };
        let ty = self.program.types.intern(Ty::Quantity(unit.dimension));
        self.constant(span, ty, Const::Quantity(quantity))
    }

    fn plain_number(&mut self, digits: Name, value: Rational, span: Span, want: Option<Want>) -> ExprId {
        let wanted = want.map(|w| self.program.types.base(self.program.types.present(w.ty)));
        if let Some(TyId::CORES) = wanted
            && let Some(quantity) = Quantity::cores(value)
        {
            return self.constant(span, TyId::CORES, Const::Quantity(quantity));
        }
        if digits.as_str().contains('.') || wanted == Some(TyId::FLOAT) {
            return self.constant(span, TyId::FLOAT, Const::Float(value.to_f64()));
        }
        match value.to_whole().and_then(|n| i64::try_from(n).ok()) {
            Some(n) => self.constant(span, TyId::INT, Const::Int(n)),
            None => {
                self.report(errors::number_out_of_range(span));
                self.poison(span)
            }
        }
    }

    /// `-e`.
    pub(crate) fn negation(&mut self, span: Span, operand: ast::ExprId, want: Option<Want>) -> ExprId {
        let ast = self.env.ast;
        if let Syntax::Number(number) = &ast[operand].kind {
            return self.number(*number, span, true, want);
        }
        let operand = self.expr(operand, want.map(|w| Want::hint(w.ty)));
        let operand = self.operand(operand);
        let ty = self.program.types.base(self.ty(operand));
        match self.program.types.get(ty) {
            Ty::Int | Ty::Float | Ty::Quantity(_) | Ty::Param(_) => {
                self.push(span, ty, ExprKind::Neg(operand))
            }
            Ty::Error => self.poison(span),
            _ => {
                let what = super::show::a(&self.program, ty);
                self.report(errors::not_a_number(self.span(operand), "-", &what));
                self.poison(span)
            }
        }
    }

    /// A string, with or without parts to fill in.
    pub(crate) fn string(&mut self, parts: &'a [StrPart], span: Span) -> ExprId {
        match parts {
            [] => return self.constant(span, TyId::STRING, Const::Str(Name::new(""))),
            [StrPart::Text(text)] => return self.constant(span, TyId::STRING, Const::Str(*text)),
            _ => {}
        }
        if let Some(text) = whole_text(parts) {
            return self.constant(span, TyId::STRING, Const::Str(text));
        }
        let mut filled = Vec::with_capacity(parts.len());
        let mut ty = TyId::STRING;
        for part in parts {
            match part {
                StrPart::Text(text) => filled.push(InterpPart::Text(*text)),
                StrPart::Interp(id) => {
                    let value = self.infer(*id);
                    let value = self.present(value).unwrap_or(value);
                    let part = self.text_type(value);
                    ty = self.text_with(ty, part);
                    filled.push(InterpPart::Expr(value));
                }
            }
        }
        self.push(span, ty, ExprKind::Interp(filled))
    }

    /// `string`, `secret` or both, by what is filled in; reports what does not print as text.
    fn text_type(&mut self, value: ExprId) -> TyId {
        let ty = self.ty(value);
        match self.program.types.get(ty).clone() {
            Ty::Secret => TyId::SECRET,
            Ty::Union(members) if members.contains(&TyId::SECRET) && self.prints_as_text(ty) => {
                self.union(&[TyId::STRING, TyId::SECRET])
            }
            _ if self.prints_as_text(ty) => TyId::STRING,
            _ => {
                let diagnostic = errors::not_text(&self.program, value);
                self.report(diagnostic);
                TyId::STRING
            }
        }
    }

    fn text_with(&mut self, a: TyId, b: TyId) -> TyId {
        if a == TyId::SECRET || b == TyId::SECRET {
            return TyId::SECRET;
        }
        if a == TyId::STRING { b } else { a }
    }

    fn prints_as_text(&self, ty: TyId) -> bool {
        match self.program.types.get(ty) {
            Ty::Refined(_) => self.prints_as_text(self.program.types.base(ty)),
            Ty::Union(members) => members.iter().all(|m| self.prints_as_text(*m)),
            Ty::Bool | Ty::Int | Ty::Float | Ty::String | Ty::Quantity(_) | Ty::Secret | Ty::Enum(_) => true,
            Ty::Error | Ty::Never | Ty::Param(_) => true,
            _ => false,
        }
    }
}

fn whole_text(parts: &[StrPart]) -> Option<Name> {
    let mut text = String::new();
    for part in parts {
        match part {
            StrPart::Text(piece) => text.push_str(piece.as_str()),
            StrPart::Interp(_) => return None,
        }
    }
    Some(Name::new(&text))
}

/// The value of digits as they are written.
fn magnitude(digits: &str) -> Option<Rational> {
    match digits.strip_prefix("0o") {
        Some(octal) => {
            let plain: String = octal.chars().filter(|c| *c != '_').collect();
            i64::from_str_radix(&plain, 8).ok().map(|n| Rational::whole(i128::from(n)))
        }
        None => Rational::parse_decimal(digits),
    }
}

/// What a quoted quantity would be without its quotes.
pub(crate) fn quoted_quantity(text: &str) -> Option<(Dimension, String)> {
    let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_'))?;
    let (digits, suffix) = text.split_at(split);
    magnitude(digits)?;
    let unit = Unit::parse(suffix)?;
    Some((unit.dimension, text.to_owned()))
}
