//! Patterns: literals, variants, instances or types, by the type of the subject.

use super::assign::Want;
use super::show;
use crate::context::{Checker, Def};
use crate::errors;
use crate::hir::{Const, EnumId, ExprKind, InstanceId, Pattern, Ty, TyId};
use crate::resolve::types::is_type;
use plat_base::{Name, Quantity, Span};
use plat_syntax::ast::{self, PatternKind};
use std::collections::HashSet;

/// What the arms so far have covered.
#[derive(Default)]
pub(crate) struct Covered {
    /// Literals and variants.
    pub(crate) constants: Constants,
    /// Instances.
    pub(crate) instances: Vec<InstanceId>,
    /// Types.
    pub(crate) types: Vec<TyId>,
    /// Where `else` stands.
    pub(crate) otherwise: Option<Span>,
    /// Whether the subject is the current platform or environment itself.
    pub(crate) is_axis: bool,
    /// Whether a pattern was in error: then nothing is said about coverage.
    pub(crate) is_broken: bool,
}

/// Literals and variants that arms have taken.
#[derive(Default)]
pub(crate) struct Constants(HashSet<ConstKey>);

/// A constant as a key; floats by their bits.
#[derive(PartialEq, Eq, Hash)]
enum ConstKey {
    Null,
    Bool(bool),
    Int(i64),
    Float(u64),
    Str(Name),
    Quantity(Quantity),
    Variant(EnumId, u32),
}

impl Constants {
    pub(crate) fn contains(&self, value: &Const) -> bool {
        self.0.contains(&ConstKey::of(value))
    }

    fn push(&mut self, value: Const) {
        self.0.insert(ConstKey::of(&value));
    }
}

impl ConstKey {
    fn of(value: &Const) -> ConstKey {
        match *value {
            Const::Null => ConstKey::Null,
            Const::Bool(b) => ConstKey::Bool(b),
            Const::Int(n) => ConstKey::Int(n),
            // The two zeros are one value.
            Const::Float(f) => ConstKey::Float(if f == 0.0 { 0 } else { f.to_bits() }),
            Const::Str(text) => ConstKey::Str(text),
            Const::Quantity(quantity) => ConstKey::Quantity(quantity),
            Const::Variant(id, at) => ConstKey::Variant(id, at),
        }
    }
}

impl<'a> Checker<'a> {
    /// The patterns of an arm; warns about those that can never match.
    pub(crate) fn arm_patterns(
        &mut self,
        arm: &'a ast::Arm,
        subject: TyId,
        covered: &mut Covered,
    ) -> Vec<Pattern> {
        let mut resolved = Vec::with_capacity(arm.patterns.len());
        for pattern in &arm.patterns {
            let Some(one) = self.pattern(pattern, subject) else {
                covered.is_broken = true;
                continue;
            };
            if let Some(reason) = self.unreachable_reason(one, subject, covered) {
                self.report(errors::unreachable_arm(pattern.span, &reason));
            }
            match one {
                Pattern::Else => covered.otherwise = covered.otherwise.or(Some(pattern.span)),
                Pattern::Const(value) => covered.constants.push(value),
                Pattern::Instance(id) => covered.instances.push(id),
                Pattern::Type(ty) => covered.types.push(ty),
            }
            resolved.push(one);
        }
        if arm.patterns.is_empty() {
            covered.is_broken = true;
        }
        resolved
    }

    fn pattern(&mut self, pattern: &'a ast::Pattern, subject: TyId) -> Option<Pattern> {
        let present = self.program.types.present(subject);
        if present == TyId::ERROR && !matches!(pattern.kind, PatternKind::Else) {
            return None;
        }
        match &pattern.kind {
            PatternKind::Else => Some(Pattern::Else),
            PatternKind::Literal(id) => self.literal_pattern(*id, present),
            PatternKind::Path(path) => self.path_pattern(path, present),
            PatternKind::Type(ty) => {
                let span = ty.span;
                let ty = self.resolve_type(ty);
                self.type_pattern(ty, present, span)
            }
        }
    }

    fn literal_pattern(&mut self, id: ast::ExprId, subject: TyId) -> Option<Pattern> {
        let expr = self.expr(id, Some(Want::hint(subject)));
        let (ty, span) = (self.ty(expr), self.span(expr));
        let ExprKind::Const(value) = self.program[expr].kind else {
            if ty != TyId::ERROR {
                self.report(errors::computed_pattern(span));
            }
            return None;
        };
        if ty == TyId::STRING && self.holds_secret(subject) {
            self.report(errors::secret_compared(span, span));
            return None;
        }
        if !self.overlap(ty, subject) {
            let (have, want) = (show::a(&self.program, ty), show::a(&self.program, subject));
            self.report(errors::pattern_mismatch(span, &have, &want));
            return None;
        }
        if subject == TyId::FLOAT
            && let Const::Int(n) = value
        {
            return Some(Pattern::Const(Const::Float(n as f64)));
        }
        Some(Pattern::Const(value))
    }

    fn path_pattern(&mut self, path: &'a ast::Path, subject: TyId) -> Option<Pattern> {
        if let [only] = path.segments.as_slice()
            && let Some(found) = self.named_pattern(only.name, path.span, subject)
        {
            return found;
        }
        if path.segments.len() == 2
            && let Some(found) = self.qualified_pattern(path)
        {
            return Some(found);
        }
        if let Some(ty) = self.named_type_pattern(path) {
            return self.type_pattern(ty, subject, path.span);
        }
        self.report_unknown_pattern(path, subject);
        None
    }

    /// A variant or instance; `Some(None)` after a report.
    fn named_pattern(&mut self, name: Name, span: Span, subject: TyId) -> Option<Option<Pattern>> {
        let choices = self.choices(subject);
        for id in &choices.enums {
            if let Some(at) = self.program[*id].variants.iter().position(|v| v.name == name) {
                return Some(Some(Pattern::Const(Const::Variant(*id, at as u32))));
            }
        }
        if choices.kinds.is_empty() {
            return None;
        }
        let expr = self.chosen(name, span, subject)?;
        match self.program[expr].kind {
            ExprKind::Instance(id) => Some(Some(Pattern::Instance(id))),
            _ => Some(None),
        }
    }

    /// `service.api`, `gc.g1`, `platforms.arm64`.
    fn qualified_pattern(&mut self, path: &'a ast::Path) -> Option<Pattern> {
        let [first, name] = path.segments.as_slice() else { return None };
        if let Some((Def::Enum(id), _)) = self.find(first.name, |d| matches!(d, Def::Enum(_))) {
            let at = self.program[id].variants.iter().position(|v| v.name == name.name)?;
            return Some(Pattern::Const(Const::Variant(id, at as u32)));
        }
        let found = self.find_path_all(path);
        found.into_iter().find_map(|d| match d {
            Def::Instance(id) => Some(Pattern::Instance(id)),
            _ => None,
        })
    }

    fn named_type_pattern(&mut self, path: &'a ast::Path) -> Option<TyId> {
        match self.find_path(path, is_type) {
            Some((Def::Alias(id), _)) => Some(self.alias_type(id, path.span)),
            Some((Def::Enum(id), _)) => Some(self.program.types.intern(Ty::Enum(id))),
            Some((Def::Kind(id), _)) => Some(self.kind_type(id)),
            Some(_) => Some(TyId::ERROR),
            None => {
                let [only] = path.segments.as_slice() else { return None };
                let builtin = crate::resolve::types::BUILTIN;
                builtin.iter().find(|(b, _)| *b == only.name.as_str()).map(|(_, ty)| *ty)
            }
        }
    }

    fn type_pattern(&mut self, ty: TyId, subject: TyId, span: Span) -> Option<Pattern> {
        if ty == TyId::ERROR {
            return None;
        }
        let is_data = self.program.types.base(subject) == TyId::DATA;
        if !is_data && !self.overlap(ty, subject) {
            let (have, want) = (show::a(&self.program, ty), show::a(&self.program, subject));
            self.report(errors::pattern_mismatch(span, &have, &want));
            return None;
        }
        Some(Pattern::Type(ty))
    }

    fn report_unknown_pattern(&mut self, path: &'a ast::Path, subject: TyId) {
        let Some(last) = path.segments.last() else { return };
        if path.segments.len() == 1 && !self.choices(subject).is_empty() {
            self.report_unknown_name(last.name, last.span, Some(Want::hint(subject)));
        } else if let Some((def, declared)) = self.find(last.name, |_| true) {
            let diagnostic = errors::not_a_pattern(last.name, self.describe(def), path.span, declared);
            self.report(diagnostic);
        } else if !self.is_excused(last.name) {
            self.report_unknown_name(last.name, path.span, Some(Want::hint(subject)));
        }
    }

    /// Why a pattern can never match, if so.
    fn unreachable_reason(&mut self, pattern: Pattern, subject: TyId, covered: &Covered) -> Option<String> {
        if covered.otherwise.is_some() {
            return Some("`else` before it has taken everything".to_owned());
        }
        let taken = || Some("an arm before it has taken this".to_owned());
        match pattern {
            Pattern::Const(value) if covered.constants.contains(&value) => taken(),
            Pattern::Instance(id) if covered.instances.contains(&id) => taken(),
            Pattern::Instance(id) if covered.is_axis => self.not_in_force(id),
            Pattern::Type(ty) if self.is_covered_type(ty, covered) => taken(),
            Pattern::Else if !covered.is_broken && self.left_out(subject, covered).is_nothing() => {
                Some("the arms before it cover everything".to_owned())
            }
            _ => None,
        }
    }

    fn is_covered_type(&mut self, ty: TyId, covered: &Covered) -> bool {
        covered.types.iter().any(|seen| self.covers(*seen, ty))
    }
}
