//! Which type fits where: assignability with the two conversions, the join of branches, and how an expression is
//! made to fit what is expected of it.

use crate::context::Checker;
use crate::hir::{Conversion, ExprId, ExprKind, KindId, Record, RecordField, RecordId, Ty, TyId};
use plat_base::{Dimension, Name, Span};

/// What an expression has to be, and who says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Want {
    /// The type.
    pub(crate) ty: TyId,
    /// Whether the expression must fit; otherwise the type only helps to understand bare names and literals.
    pub(crate) must: bool,
    /// Who says so.
    pub(crate) why: Why,
}

/// Who expects a type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Why {
    /// The language.
    Language,
    /// A field.
    Field(Name, Span),
    /// The elements of a list that a field, a parameter or a constant is, with the type of the list.
    Element(Name, Span, TyId),
    /// A parameter of a function.
    Param(Name, Span),
    /// The stated result of a function.
    Result(Name, Span),
    /// The stated type of a constant.
    Let(Name, Span),
    /// The other operand.
    Operand(Span),
}

impl Want {
    /// It must fit.
    pub(crate) fn must(ty: TyId, why: Why) -> Want {
        Want { ty, must: true, why }
    }

    /// The expectation of an element where a list is written.
    pub(crate) fn of_element(self, ty: TyId) -> Want {
        let why = match self.why {
            Why::Field(name, span) | Why::Param(name, span) | Why::Let(name, span) => {
                Why::Element(name, span, self.ty)
            }
            Why::Element(..) => Why::Language,
            other => other,
        };
        Want { ty, why, ..self }
    }

    /// It is only a hint.
    pub(crate) fn hint(ty: TyId) -> Want {
        Want { ty, must: false, why: Why::Language }
    }

    /// The same expectation of another type.
    pub(crate) fn with(self, ty: TyId) -> Want {
        Want { ty, ..self }
    }
}

/// Whether a type fits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fit {
    /// As it is.
    Yes,
    /// After a conversion.
    Convert(Conversion),
    /// Not at all.
    No,
}

impl Fit {
    fn is_exact(self) -> bool {
        self == Fit::Yes
    }
}

impl<'a> Checker<'a> {
    /// Whether a value of type `from` can stand where `to` is expected.
    pub(crate) fn fits(&mut self, from: TyId, to: TyId) -> Fit {
        if from == to || from == TyId::ERROR || to == TyId::ERROR || from == TyId::NEVER {
            return Fit::Yes;
        }
        let types = &self.program.types;
        match (types.get(from).clone(), types.get(to).clone()) {
            (_, Ty::Optional(inner)) => {
                let present = self.program.types.present(from);
                self.fits(present, inner)
            }
            (Ty::Optional(_), _) => Fit::No,
            (_, Ty::Refined(id)) => {
                let base = self.program.types.refinement(id).base;
                self.fits(from, base)
            }
            (Ty::Refined(id), _) => {
                let base = self.program.types.refinement(id).base;
                self.fits(base, to)
            }
            (Ty::Union(members), _) => {
                if members.iter().all(|m| self.fits(*m, to).is_exact()) {
                    Fit::Yes
                } else {
                    Fit::No
                }
            }
            (_, Ty::Union(members)) => self.fits_member(from, &members),
            (_, Ty::Data) => {
                if self.is_plain_data(from) {
                    Fit::Yes
                } else {
                    Fit::No
                }
            }
            (Ty::Int, Ty::Float) => Fit::Convert(Conversion::IntToFloat),
            (Ty::Int | Ty::Float, Ty::Quantity(Dimension::Cores)) => Fit::Convert(Conversion::NumberToCores),
            (Ty::List(a), Ty::List(b)) | (Ty::Map(a), Ty::Map(b)) => self.fits_inside(a, b),
            (Ty::Kind(a), Ty::Kind(b)) => yes_if(self.program.is_a(a, b)),
            (Ty::Instances(k), Ty::Map(b)) => {
                let element = self.kind_type(k);
                self.fits_inside(element, b)
            }
            (Ty::Record(a), Ty::Record(b)) => yes_if(self.record_fits(a, b)),
            (Ty::Record(a), Ty::Map(b)) => yes_if(self.record_fits_map(a, b)),
            (Ty::Map(a), Ty::Record(b)) => yes_if(self.map_fits_record(a, b)),
            _ => Fit::No,
        }
    }

    fn fits_inside(&mut self, from: TyId, to: TyId) -> Fit {
        yes_if(self.fits(from, to).is_exact())
    }

    fn fits_member(&mut self, from: TyId, members: &[TyId]) -> Fit {
        let mut best = Fit::No;
        for member in members {
            match self.fits(from, *member) {
                Fit::Yes => return Fit::Yes,
                other if best == Fit::No => best = other,
                _ => {}
            }
        }
        best
    }

    fn record_fits(&mut self, from: RecordId, to: RecordId) -> bool {
        let from = self.program.types.record(from).clone();
        let to = self.program.types.record(to).clone();
        let declared = to.fields.iter().all(|want| match from.fields.iter().find(|f| f.name == want.name) {
            Some(have) => (want.optional || !have.optional) && self.fits(have.ty, want.ty).is_exact(),
            None => want.optional,
        });
        declared && self.further_fit(&from, &to)
    }

    /// Whether what `from` has beyond the fields of `to` fits its rest.
    fn further_fit(&mut self, from: &Record, to: &Record) -> bool {
        let is_declared = |f: &RecordField| to.fields.iter().any(|t| t.name == f.name);
        let further = from.fields.iter().filter(|f| !is_declared(f)).map(|f| f.ty).chain(from.rest);
        for ty in further {
            let Some(rest) = to.rest else { return false };
            if !self.fits(ty, rest).is_exact() {
                return false;
            }
        }
        true
    }

    fn record_fits_map(&mut self, from: RecordId, element: TyId) -> bool {
        let from = self.program.types.record(from).clone();
        from.fields.iter().map(|f| f.ty).chain(from.rest).all(|ty| self.fits(ty, element).is_exact())
    }

    fn map_fits_record(&mut self, element: TyId, to: RecordId) -> bool {
        let to = self.program.types.record(to).clone();
        let Some(rest) = to.rest else { return false };
        to.fields.iter().all(|f| f.optional && self.fits(element, f.ty).is_exact())
            && self.fits(element, rest).is_exact()
    }

    /// Whether every value of a type is data: no secret is in it, at any depth.
    pub(crate) fn is_plain_data(&mut self, ty: TyId) -> bool {
        if let Some(known) = self.plain.get(&ty) {
            return *known;
        }
        // A kind may lead back to itself: what is being asked is taken as true meanwhile.
        self.plain.insert(ty, true);
        let answer = match self.program.types.get(ty).clone() {
            Ty::Secret => false,
            Ty::Param(_) => false,
            Ty::List(t) | Ty::Map(t) | Ty::Optional(t) => self.is_plain_data(t),
            Ty::Union(members) => members.iter().all(|m| self.is_plain_data(*m)),
            Ty::Refined(id) => {
                let base = self.program.types.refinement(id).base;
                self.is_plain_data(base)
            }
            Ty::Record(id) => {
                let record = self.program.types.record(id).clone();
                record.fields.iter().map(|f| f.ty).chain(record.rest).all(|t| self.is_plain_data(t))
            }
            Ty::Kind(kind) | Ty::Instances(kind) => self.is_plain_kind(kind),
            _ => true,
        };
        self.plain.insert(ty, answer);
        answer
    }

    fn is_plain_kind(&mut self, kind: KindId) -> bool {
        let mut types: Vec<TyId> = self.program[kind].fields.iter().map(|f| f.ty).collect();
        types.extend(self.program[kind].rest.map(|r| r.ty));
        types.into_iter().all(|t| self.is_plain_data(t))
    }

    /// The type of what is either an `a` or a `b`.
    pub(crate) fn join(&mut self, a: TyId, b: TyId) -> TyId {
        if a == b || b == TyId::NEVER {
            return a;
        }
        if a == TyId::NEVER {
            return b;
        }
        if a == TyId::ERROR || b == TyId::ERROR {
            return TyId::ERROR;
        }
        let (present_a, present_b) = (self.program.types.present(a), self.program.types.present(b));
        if present_a != a || present_b != b {
            let joined = self.join(present_a, present_b);
            return self.optional(joined);
        }
        match (self.fits(a, b), self.fits(b, a)) {
            (Fit::Yes | Fit::Convert(_), _) if !matches!(self.program.types.get(b), Ty::Refined(_)) => b,
            (_, Fit::Yes | Fit::Convert(_)) if !matches!(self.program.types.get(a), Ty::Refined(_)) => a,
            _ => self.join_unlike(a, b),
        }
    }

    fn join_unlike(&mut self, a: TyId, b: TyId) -> TyId {
        let (base_a, base_b) = (self.program.types.base(a), self.program.types.base(b));
        if base_a != a || base_b != b {
            return self.join(base_a, base_b);
        }
        match (self.program.types.get(a).clone(), self.program.types.get(b).clone()) {
            (Ty::List(x), Ty::List(y)) => {
                let element = self.join(x, y);
                self.list_of(element)
            }
            (Ty::Map(x), Ty::Map(y)) => {
                let element = self.join(x, y);
                self.map_of(element)
            }
            (Ty::Record(x), Ty::Record(y)) => self.join_records(x, y),
            (Ty::Kind(x), Ty::Kind(y)) => match self.common_kind(x, y) {
                Some(kind) => self.kind_type(kind),
                None => self.union(&[a, b]),
            },
            _ => self.union(&[a, b]),
        }
    }

    fn join_records(&mut self, a: RecordId, b: RecordId) -> TyId {
        let a = self.program.types.record(a).clone();
        let b = self.program.types.record(b).clone();
        let mut fields = Vec::with_capacity(a.fields.len());
        for field in &a.fields {
            let mut field = field.clone();
            match b.fields.iter().find(|f| f.name == field.name) {
                Some(other) => {
                    field.ty = self.join(field.ty, other.ty);
                    field.optional |= other.optional;
                }
                None => field.optional = true,
            }
            fields.push(field);
        }
        let only_b = b.fields.iter().filter(|f| !a.fields.iter().any(|x| x.name == f.name));
        fields.extend(only_b.map(|f| RecordField { optional: true, ..f.clone() }));
        let rest = match (a.rest, b.rest) {
            (Some(x), Some(y)) => Some(self.join(x, y)),
            (one, other) => one.or(other),
        };
        self.program.types.intern_record(Record { name: None, fields, rest })
    }

    fn common_kind(&self, a: KindId, b: KindId) -> Option<KindId> {
        let mut at = self.program[a].parent;
        while let Some(kind) = at {
            if self.program.is_a(b, kind) {
                return Some(kind);
            }
            at = self.program[kind].parent;
        }
        None
    }

    /// Joins the types of several branches and converts each to the result.
    pub(crate) fn unify_branches(&mut self, branches: &mut [ExprId]) -> TyId {
        let mut ty = TyId::NEVER;
        for branch in branches.iter() {
            let branch = self.ty(*branch);
            ty = self.join(ty, branch);
        }
        for branch in branches.iter_mut() {
            *branch = self.convert(*branch, ty).unwrap_or(*branch);
        }
        ty
    }

    /// The expression as `ty`, if it fits.
    pub(crate) fn convert(&mut self, expr: ExprId, ty: TyId) -> Option<ExprId> {
        match self.fits(self.ty(expr), ty) {
            Fit::Yes => Some(expr),
            Fit::Convert(how) => Some(self.convert_by(expr, how)),
            Fit::No => None,
        }
    }

    fn convert_by(&mut self, expr: ExprId, how: Conversion) -> ExprId {
        let to = match how {
            Conversion::IntToFloat => TyId::FLOAT,
            Conversion::NumberToCores => TyId::CORES,
            Conversion::Present => self.program.types.present(self.ty(expr)),
        };
        let is_optional = matches!(self.program.types.get(self.ty(expr)), Ty::Optional(_));
        let to = if is_optional && how != Conversion::Present { self.optional(to) } else { to };
        self.push(self.span(expr), to, ExprKind::Convert(how, expr))
    }

    /// The expression as what is wanted; reports it if it does not fit.
    pub(crate) fn coerce(&mut self, expr: ExprId, want: Want) -> ExprId {
        if !want.must {
            return expr;
        }
        if let Some(fitting) = self.convert(expr, want.ty) {
            return fitting;
        }
        if let Some(present) = self.present(expr)
            && let Some(fitting) = self.convert(present, want.ty)
        {
            return fitting;
        }
        self.report_mismatch(expr, want);
        self.poison(self.span(expr))
    }

    /// An optional expression as a present value, in the places where that is allowed (see
    /// [`Conversion::Present`]).
    pub(crate) fn present(&mut self, expr: ExprId) -> Option<ExprId> {
        if !matches!(self.program.types.get(self.ty(expr)), Ty::Optional(_)) {
            return None;
        }
        if self.env.in_check || self.is_surely_set(expr) {
            return Some(self.convert_by(expr, Conversion::Present));
        }
        None
    }
}

fn yes_if(fits: bool) -> Fit {
    if fits { Fit::Yes } else { Fit::No }
}
