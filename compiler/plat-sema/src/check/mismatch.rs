//! "This is a `string`, but `heap` is `bytes`": what to say where a value does not fit, depending on both types, on
//! who expects one of them, and on how the other was written.

use super::assign::{Want, Why};
use super::literals::quoted_quantity;
use super::show;
use crate::context::{Checker, Frame};
use crate::hir::{Const, ExprId, ExprKind, InstanceName, Ty, TyId};
use plat_base::{Diagnostic, Dimension, Name, Span};

/// How deeply a type is searched for an error.
const MAX_DEPTH: usize = 8;

impl<'a> Checker<'a> {
    /// Reports that an expression does not fit.
    pub(crate) fn report_mismatch(&mut self, expr: ExprId, want: Want) {
        let have = self.ty(expr);
        let span = self.span(expr);
        // That a field may be absent does not matter to what is written there.
        let want = want.with(self.program.types.present(want.ty));
        if self.has_error_inside(have, 0) || self.has_error_inside(want.ty, 0) {
            return;
        }
        if self.has_secret_inside(have) && self.takes_text(want.ty) {
            let diagnostic = self.secret_in_text(expr, want);
            self.report(diagnostic);
            return;
        }
        let message = self.mismatch_message(have, want);
        let mut diagnostic = Diagnostic::error("type-mismatch", message, span)
            .primary(format!("this is {}", show::a(&self.program, have)));
        diagnostic = self.with_origin(diagnostic, want);
        if let Some((origin, text)) = self.origin_of(expr) {
            diagnostic = diagnostic.label(origin, text);
        }
        let name = match want.why {
            Why::Field(name, _) => Some(name),
            _ => None,
        };
        let diagnostic = self.with_mend(diagnostic, expr, want.ty, name);
        self.report(diagnostic);
    }

    /// Whether part of a type is an error: then nobody knows what it would have been, and that has been told.
    fn has_error_inside(&self, ty: TyId, depth: usize) -> bool {
        let inside = |ty: &TyId| self.has_error_inside(*ty, depth + 1);
        match self.program.types.get(ty) {
            Ty::Error => true,
            _ if depth > MAX_DEPTH => false,
            Ty::List(inner) | Ty::Map(inner) | Ty::Optional(inner) => inside(inner),
            Ty::Union(members) => members.iter().any(inside),
            Ty::Record(id) => {
                let record = self.program.types.record(*id);
                record.name.is_none() && record.fields.iter().map(|f| &f.ty).chain(&record.rest).any(inside)
            }
            _ => false,
        }
    }

    fn mismatch_message(&self, have: TyId, want: Want) -> String {
        let wanted = show::with_base(&self.program, want.ty);
        let have = show::a(&self.program, have);
        match want.why {
            Why::Field(name, _) => format!("`{name}` is {wanted}, but this is {have}"),
            Why::Element(name, ..) => format!("`{name}` is a list of {wanted}, but this element is {have}"),
            Why::Param(name, _) => format!("parameter `{name}` is {wanted}, but this is {have}"),
            Why::Result(name, _) => format!("`{name}` gives {wanted}, but this is {have}"),
            Why::Let(name, _) => format!("`{name}` is {wanted}, but this is {have}"),
            Why::Operand(_) | Why::Language => format!("{wanted} is needed here, but this is {have}"),
        }
    }

    fn with_origin(&self, diagnostic: Diagnostic, want: Want) -> Diagnostic {
        let wanted = show::show(&self.program, want.ty);
        match want.why {
            // The message says it all, and the standard library is not what has to be changed.
            Why::Field(_, span) | Why::Param(_, span) | Why::Result(_, span) | Why::Element(_, span, _)
                if self.is_std(span) =>
            {
                diagnostic
            }
            Why::Element(_, span, list) => {
                diagnostic.label(span, format!("declared here as `{}`", show::show(&self.program, list)))
            }
            Why::Field(_, span) | Why::Param(_, span) | Why::Let(_, span) => {
                diagnostic.label(span, format!("declared here as `{wanted}`"))
            }
            Why::Result(_, span) => {
                diagnostic.label(span, format!("the result is stated here as `{wanted}`"))
            }
            Why::Operand(span) => diagnostic.label(span, format!("because this is `{wanted}`")),
            Why::Language => diagnostic,
        }
    }

    /// Where the value at hand got its type, if it is a name.
    fn origin_of(&self, expr: ExprId) -> Option<(Span, String)> {
        let ty = show::show(&self.program, self.ty(expr));
        let (name, span): (Name, Span) = match &self.program[expr].kind {
            ExprKind::Let(id) => (self.program[*id].name, self.program[*id].name_span),
            ExprKind::Local { up, slot } => {
                let at = self.env.frames.len().checked_sub(1 + usize::from(*up))?;
                let Some(Frame::Slots(slots)) = self.env.frames.get(at) else { return None };
                let local = slots.get(usize::from(*slot))?;
                (local.name, local.span)
            }
            ExprKind::Field { base, name, .. } => {
                match self.program.types.get(self.program.types.present(self.ty(*base))) {
                    Ty::Kind(kind) => (*name, self.kind_field_named(*kind, *name)?.span),
                    _ => return None,
                }
            }
            ExprKind::Call { callee, .. } => (self.program[*callee].name, self.program[*callee].name_span),
            ExprKind::Instance(id) => match self.program[*id].name {
                InstanceName::Static(name) => (name, self.program[*id].name_span),
                InstanceName::Computed(_) => return None,
            },
            _ => return None,
        };
        Some((span, format!("`{name}` is `{ty}` by this declaration")))
    }

    fn takes_text(&self, ty: TyId) -> bool {
        match self.program.types.get(ty) {
            Ty::String | Ty::Data => true,
            Ty::Optional(inner) => self.takes_text(*inner),
            Ty::Refined(_) => self.takes_text(self.program.types.base(ty)),
            Ty::Union(members) => members.iter().any(|m| self.takes_text(*m)),
            Ty::List(inner) | Ty::Map(inner) => self.takes_text(*inner),
            _ => false,
        }
    }

    /// Whether a secret is among the values of a type or in its lists, maps and records.
    pub(crate) fn has_secret_inside(&self, ty: TyId) -> bool {
        match self.program.types.get(ty) {
            Ty::List(inner) | Ty::Map(inner) | Ty::Optional(inner) => self.has_secret_inside(*inner),
            Ty::Union(members) => members.iter().any(|m| self.has_secret_inside(*m)),
            Ty::Record(id) => {
                let record = self.program.types.record(*id);
                record.fields.iter().map(|f| f.ty).chain(record.rest).any(|t| self.has_secret_inside(t))
            }
            _ => self.holds_secret(ty),
        }
    }

    fn secret_in_text(&self, expr: ExprId, want: Want) -> Diagnostic {
        let wanted = show::show(&self.program, want.ty);
        let diagnostic = Diagnostic::error(
            "secret-in-text",
            format!("a secret stands where `{wanted}` is expected"),
            self.span(expr),
        )
        .primary("this is a secret")
        .help(
            "a secret never becomes text: pass it where `secret` is expected, such as the `env` of a service",
        );
        self.with_origin(diagnostic, want)
    }

    /// Adds what to write instead, by how the value is written.
    fn with_mend(
        &mut self,
        diagnostic: Diagnostic,
        expr: ExprId,
        want: TyId,
        want_name: Option<Name>,
    ) -> Diagnostic {
        let have = self.ty(expr);
        let present = self.program.types.present(have);
        if present != have && self.fits(present, want) != super::assign::Fit::No {
            return diagnostic
                .help("it may be absent: give a default with `?? …`, or test it with `!= unset` first");
        }
        let wanted = self.program.types.base(self.program.types.present(want));
        let span = self.span(expr);
        let constant = match &self.program[expr].kind {
            ExprKind::Const(value) => Some(*value),
            _ => None,
        };
        match (constant, self.program.types.get(wanted).clone()) {
            (Some(Const::Str(text)), _) => self.mend_text(diagnostic, text, span, wanted),
            (Some(Const::Quantity(q)), Ty::Quantity(to)) => mend_unit(diagnostic, q, to, span),
            (Some(Const::Int(n)), Ty::Quantity(to)) => mend_plain_number(diagnostic, n, to, span),
            (Some(Const::Float(f)), Ty::Quantity(Dimension::Percent)) => {
                let text = format!("{}%", f * 100.0);
                diagnostic.help(format!("percentages are written with `%`: `{text}`"))
            }
            (Some(Const::Int(n)), Ty::String) => self.mend_number(diagnostic, expr, n.to_string()),
            (Some(Const::Float(f)), Ty::String) => self.mend_number(diagnostic, expr, f.to_string()),
            (Some(Const::Bool(b)), Ty::String) => with_quotes(diagnostic, &b.to_string(), span, true),
            (Some(Const::Quantity(q)), Ty::String) => {
                let text = q.to_string();
                // `120s` prints as `2min`: only what is surely what was written is surely what was meant.
                let same = text.len() == (span.end - span.start) as usize && !text.ends_with("min");
                with_quotes(diagnostic, &text, span, same)
            }
            _ if have == TyId::NULL => {
                let help = match &want_name {
                    Some(name) => format!(
                        "what is absent is left out; `{name} = unset` takes back what a lower layer set"
                    ),
                    None => "only `data` can be `null`; what is absent is left out".to_owned(),
                };
                diagnostic.help(help)
            }
            (_, Ty::String) if self.is_scalar(have) => diagnostic.help("make it text: `\"\\(…)\"`"),
            (_, Ty::List(element)) if self.fits(have, element) != super::assign::Fit::No => {
                diagnostic.help("put it into a list: `[…]`")
            }
            (_, Ty::Int) if have == TyId::FLOAT => {
                diagnostic.help("make it whole: `to-int(floor(x))`, or divide with `div`")
            }
            (_, Ty::Record(_) | Ty::Map(_)) => self.mend_record(diagnostic, have, wanted),
            (_, Ty::Quantity(_)) if matches!(self.program.types.get(have), Ty::Int | Ty::Float) => {
                diagnostic.help("multiply by a unit: `n * 1Mi`, `n * 1s`")
            }
            _ => diagnostic,
        }
    }

    /// A number where text is expected: as it is written, because `1.10` is not `1.1`.
    fn mend_number(&self, diagnostic: Diagnostic, expr: ExprId, value: String) -> Diagnostic {
        let text = self.written.get(&expr).map_or(value, |written| written.as_str().to_owned());
        let certain = !text.contains(['_', 'o']);
        with_quotes(diagnostic, &text, self.span(expr), certain)
    }

    fn is_scalar(&self, ty: TyId) -> bool {
        let base = self.program.types.base(ty);
        matches!(self.program.types.get(base), Ty::Int | Ty::Float | Ty::Bool | Ty::Quantity(_) | Ty::Enum(_))
    }

    fn mend_text(&self, diagnostic: Diagnostic, text: Name, span: Span, wanted: TyId) -> Diagnostic {
        let written = text.as_str();
        let unquoted = |diagnostic: Diagnostic| {
            diagnostic.help(format!("leave out the quotes: `{written}`")).fix(
                format!("replace `\"{written}\"` by `{written}`"),
                span,
                written,
                true,
            )
        };
        match self.program.types.get(wanted) {
            Ty::Quantity(to) => match quoted_quantity(written) {
                Some((dimension, _)) if dimension == *to => unquoted(diagnostic),
                _ if *to == Dimension::Cores && is_number(written) => unquoted(diagnostic),
                _ => diagnostic.help(format!("write a quantity without quotes, such as `{}`", example(*to))),
            },
            Ty::Int if is_number(written) && written.parse::<i64>().is_ok() => unquoted(diagnostic),
            Ty::Float if is_number(written) => unquoted(diagnostic),
            Ty::Bool if matches!(written, "true" | "false") => unquoted(diagnostic),
            Ty::Enum(id) if self.program[*id].variants.iter().any(|v| v.name == text) => unquoted(diagnostic),
            Ty::Enum(id) => {
                let names: Vec<&str> = self.program[*id].variants.iter().map(|v| v.name.as_str()).collect();
                diagnostic.help(format!("name one of {}, without quotes", crate::errors::listed(&names)))
            }
            Ty::Kind(kind) if self.named.contains_key(&(*kind, text)) && is_word(written) => {
                unquoted(diagnostic)
            }
            Ty::List(element) if *element == TyId::STRING => {
                diagnostic.help(format!("put it into a list: `[\"{written}\"]`"))
            }
            _ => diagnostic,
        }
    }

    /// Names the first field that keeps a record from fitting.
    fn mend_record(&mut self, diagnostic: Diagnostic, have: TyId, want: TyId) -> Diagnostic {
        let (Ty::Record(from), Ty::Record(to)) =
            (self.program.types.get(have).clone(), self.program.types.get(want).clone())
        else {
            return diagnostic;
        };
        let from = self.program.types.record(from).clone();
        let to = self.program.types.record(to).clone();
        for field in &to.fields {
            match from.fields.iter().find(|f| f.name == field.name) {
                None if !field.optional => {
                    return diagnostic.help(format!("it has no field `{}`", field.name));
                }
                Some(f) if f.optional && !field.optional => {
                    return diagnostic.help(format!("its field `{}` may be absent", field.name));
                }
                Some(f) if self.fits(f.ty, field.ty) != super::assign::Fit::Yes => {
                    let (is, wants) = (show::show(&self.program, f.ty), show::show(&self.program, field.ty));
                    return diagnostic.help(format!("its field `{}` is `{is}`, not `{wants}`", field.name));
                }
                _ => {}
            }
        }
        diagnostic
    }
}

/// Whether a text is a number of Plat that means the same: no exponent, no sign but `-`, no zeros in front.
fn is_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0'))
}

/// Whether a name can stand in the source without quotes.
fn is_word(text: &str) -> bool {
    let part = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.split('-').all(part)
        && !plat_syntax::keywords::is_reserved(text)
}

fn with_quotes(diagnostic: Diagnostic, text: &str, span: Span, certain: bool) -> Diagnostic {
    let quoted = format!("\"{text}\"");
    diagnostic.help(format!("text stands in quotes: `{quoted}`")).fix(
        format!("replace `{text}` by `{quoted}`"),
        span,
        quoted,
        certain,
    )
}

fn example(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Bytes => "512Mi",
        Dimension::Cores => "250m",
        Dimension::Duration => "30s",
        Dimension::Percent => "70%",
    }
}

/// `5m` where a duration is expected, `512m` where bytes are.
fn mend_unit(diagnostic: Diagnostic, have: plat_base::Quantity, to: Dimension, span: Span) -> Diagnostic {
    let (Dimension::Cores, Some(n)) = (have.dimension, have.amount.to_whole()) else {
        return diagnostic.help(format!("write a `{}`, such as `{}`", to.type_name(), example(to)));
    };
    let diagnostic = diagnostic.primary(format!("`{n}m` is {n} thousandths of a core"));
    match to {
        Dimension::Duration => diagnostic.help(format!("minutes are `min`: write `{n}min`")).fix(
            format!("replace `{n}m` by `{n}min`"),
            span,
            format!("{n}min"),
            true,
        ),
        Dimension::Bytes => diagnostic
            .help(format!("write `{n}Mi` ({n} × 1024² bytes) or `{n}M` ({n} × 1000² bytes)"))
            .fix(format!("replace `{n}m` by `{n}Mi`"), span, format!("{n}Mi"), false),
        _ => diagnostic.help(format!("write a `{}`, such as `{}`", to.type_name(), example(to))),
    }
}

fn mend_plain_number(diagnostic: Diagnostic, n: i64, to: Dimension, span: Span) -> Diagnostic {
    let spellings: &[&str] = match to {
        Dimension::Bytes => &["Mi", "Gi", "B"],
        Dimension::Duration => &["s", "min"],
        Dimension::Percent => &["%"],
        Dimension::Cores => &["m"],
    };
    let texts: Vec<String> = spellings.iter().map(|s| format!("`{n}{s}`")).collect();
    let mut diagnostic = diagnostic.help(format!("give it a unit: {}", texts.join(", ")));
    for spelling in spellings {
        let text = format!("{n}{spelling}");
        // `1` may be meant as a whole, or as a hundredth.
        let certain = spellings.len() == 1 && n > 1;
        diagnostic = diagnostic.fix(format!("replace `{n}` by `{text}`"), span, text, certain);
    }
    diagnostic
}
