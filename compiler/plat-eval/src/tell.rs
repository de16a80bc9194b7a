//! What an expression says, told part by part: a record that is only there to be printed is never made. What differs
//! between the rounds of a comprehension is evaluated in each of them; the text around it is made once per place
//! (see [`template`]), and what a round has made is given up after it.
//!
//! Only what is well is told. Whatever would be reported, or is told by other means, ends the telling ([`Untold`]): then
//! the values have to be made, which reports it.

mod emits;
mod reach;
mod template;

use crate::env::{self, Env};
use crate::evaluator::Evaluator;
use crate::object::{Layer, Layers, Stack};
use crate::plan::IdMap;
use crate::value::{Object, ObjectId, SecretPart, Value};
use plat_base::Name;
use plat_sema::hir::{Axes, BodyId, Clause, ExprId, ExprKind, FnBody, FnId, InterpPart, Ty, TyId};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::Hash;
use std::rc::Rc;
use template::{Direct, Template};

pub use emits::{Emission, ToldFile};

/// What is told data: it writes it down in some format.
pub trait Sink {
    /// Where a value stands. What is written at equal places is written in the same way.
    type Place: Copy + Eq + Hash;
    /// A map or list that has been begun.
    type Begun: Copy;
    /// An empty one that goes on at a place.
    fn at(place: Self::Place) -> Self;
    /// Where the next value or key stands.
    fn place(&self) -> Self::Place;
    /// How many maps and lists are around it, at least.
    fn depth(&self) -> usize;
    /// Goes on at a place, after what was pasted up to there.
    fn go_on(&mut self, place: Self::Place);
    /// Goes on after a value that is not written.
    fn skip(&mut self);
    /// What is written.
    fn written(&self) -> &str;
    /// Writes what was written at an equal place.
    fn paste(&mut self, text: &str);
    /// Begins a map.
    fn begin_map(&mut self) -> Self::Begun;
    /// Begins a list.
    fn begin_list(&mut self) -> Self::Begun;
    /// Ends a map.
    fn end_map(&mut self, begun: Self::Begun);
    /// Ends a list.
    fn end_list(&mut self, begun: Self::Begun);
    /// Ends a map or list that has something in it.
    fn end_filled(&mut self, begun: Self::Begun);
    /// Begins an entry of a map; `false` if this key cannot be told.
    fn key(&mut self, key: &str) -> bool;
    /// A value.
    fn null(&mut self);
    /// A value.
    fn boolean(&mut self, value: bool);
    /// A value.
    fn int(&mut self, value: i64);
    /// A value.
    fn float(&mut self, value: f64);
    /// A value.
    fn text(&mut self, value: &str);
}

/// Why something is not told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Untold {
    /// It has to be reported, or it is nothing that a [`Sink`] can be told.
    Other,
    /// It is large enough to be told in parts: see [`Share::may_be_large`].
    Large,
}

/// Whether it was told.
pub(crate) type Told = Result<(), Untold>;

/// Which part of the rounds of the outermost comprehensions is told: each teller of several has one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// Which, from 0.
    pub part: usize,
    /// Of how many.
    pub of: usize,
    /// Whether a comprehension that is worth dividing is told nevertheless.
    pub may_be_large: bool,
}

impl Share {
    /// All of it.
    pub const WHOLE: Share = Share { part: 0, of: 1, may_be_large: true };

    /// This part of so many things.
    pub fn range(self, number: usize) -> std::ops::Range<usize> {
        let cut = |part: usize| number * part / self.of.max(1);
        cut(self.part)..cut(self.part + 1)
    }
}

/// Rounds below which a comprehension is not divided.
const WORTH_DIVIDING: usize = 200;
/// How deep data is told.
const DEPTH: usize = 90;
/// The longest piece that is kept for later, in bytes.
const PIECE: usize = 1 << 14;

/// The text of a value that was told before.
struct Piece {
    text: Rc<str>,
    axes: Axes,
    steps: u64,
}

/// The text of each body at each place, where that can be laid out.
type Templates<S> = HashMap<(BodyId, <S as Sink>::Place), Option<Rc<Template<S>>>>;

/// Tells one value.
pub(crate) struct Teller<'e, 'p, S: Sink> {
    eval: &'e mut Evaluator<'p>,
    /// Objects below it were there before.
    base: u32,
    share: Share,
    /// Whether a round of a comprehension is being told.
    in_round: bool,
    /// Where the parts of divided comprehensions are in the text.
    pub(crate) cuts: Vec<(usize, usize)>,
    templates: Templates<S>,
    direct: IdMap<u32, Option<Rc<Direct>>>,
    /// Objects that were told before: once, or with their text.
    pieces: HashMap<(ObjectId, S::Place), Option<Piece>>,
    reach: IdMap<u32, u16>,
    scratch: String,
    /// How much may be written: more has to be reported.
    most: usize,
}

impl<'e, 'p, S: Sink> Teller<'e, 'p, S> {
    pub(crate) fn new(eval: &'e mut Evaluator<'p>, share: Share) -> Self {
        let base = eval.next_id().0;
        // A little less than may be written, so that the text need not grow to twice of that just before it ends.
        let most = eval.for_size(eval.limits.output, eval.limits.output_per_instance) / 16 * 15;
        Teller {
            eval,
            base,
            share,
            in_round: false,
            cuts: Vec::new(),
            templates: HashMap::new(),
            direct: IdMap::default(),
            pieces: HashMap::new(),
            reach: IdMap::default(),
            scratch: String::new(),
            most: usize::try_from(most).unwrap_or(usize::MAX),
        }
    }

    /// Tells the value of an expression, bound to a type if that has anything to check.
    pub(crate) fn tell(&mut self, id: ExprId, ty: Option<TyId>, env: &Env, sink: &mut S) -> Told {
        let ty = ty.filter(|ty| self.eval.needs_binding(*ty));
        match &self.eval.program[id].kind {
            ExprKind::Interp(parts) if ty.is_none() => return self.tell_text(id, parts, env, sink),
            kind if !is_structure(kind) => return self.tell_evaluated(id, ty, env, sink),
            _ => {}
        }
        self.eval.steps += 1;
        if self.eval.depth >= self.eval.limits.depth || self.eval.must_stop() || self.is_full(sink) {
            return Err(Untold::Other);
        }
        self.eval.depth += 1;
        let told = self.tell_structure(id, ty, env, sink);
        self.eval.depth -= 1;
        told
    }

    fn is_full(&self, sink: &S) -> bool {
        sink.written().len() > self.most
    }

    fn tell_evaluated(&mut self, id: ExprId, ty: Option<TyId>, env: &Env, sink: &mut S) -> Told {
        let value = self.value_of(id, ty, env);
        self.tell_value(&value, sink)
    }

    fn value_of(&mut self, id: ExprId, ty: Option<TyId>, env: &Env) -> Value {
        let value = self.eval.eval(id, env);
        match ty {
            Some(ty) => self.eval.bind(value, ty, self.eval.program[id].span),
            None => value,
        }
    }

    fn tell_structure(&mut self, id: ExprId, ty: Option<TyId>, env: &Env, sink: &mut S) -> Told {
        let program = self.eval.program;
        let expr = &program[id];
        match &expr.kind {
            ExprKind::Record(body) if ty.is_none_or(|ty| self.covers(ty, program[*body].target)) => {
                self.eval.steps += 4;
                match self.direct(*body) {
                    Some(_) => self.tell_record(*body, env, sink),
                    None => self.tell_evaluated(id, ty, env, sink),
                }
            }
            ExprKind::List(items) => {
                let Ok(element) = self.element(ty) else { return self.tell_evaluated(id, ty, env, sink) };
                self.eval.steps += items.len() as u64 / 2;
                let begun = sink.begin_list();
                for item in items {
                    self.tell(*item, element, env, sink)?;
                }
                sink.end_list(begun);
                Ok(())
            }
            ExprKind::ListComp { clauses, value } => {
                let Ok(element) = self.element(ty) else { return self.tell_evaluated(id, ty, env, sink) };
                let begun = sink.begin_list();
                let mut number = 0;
                self.tell_rounds(clauses, (*value, element), env, &mut number, sink)?;
                sink.end_list(begun);
                // Whether it is too long, only the whole list tells.
                if number.saturating_mul(self.share.of) > self.eval.limits.length {
                    Err(Untold::Other)
                } else {
                    Ok(())
                }
            }
            ExprKind::Call { callee, args } => self.tell_call(id, (*callee, args), ty, env, sink),
            ExprKind::If { condition, then, otherwise } => match self.eval.eval(*condition, env) {
                Value::Bool(true) => self.tell(*then, ty, env, sink),
                Value::Bool(false) => self.tell(*otherwise, ty, env, sink),
                _ => Err(Untold::Other),
            },
            ExprKind::Match { subject, arms } => {
                let value = self.eval.eval(*subject, env);
                if matches!(value, Value::Poison) {
                    return Err(Untold::Other);
                }
                for arm in arms {
                    self.eval.steps += 1;
                    if arm.patterns.iter().any(|pattern| self.eval.fits(pattern, &value)) {
                        return self.tell(arm.value, ty, env, sink);
                    }
                }
                Err(Untold::Other)
            }
            ExprKind::LetIn { ty: bound, value, body } => {
                let value = self.value_of(*value, Some(*bound), env);
                let inner = env::push(env, env::Slots::One(value));
                self.tell(*body, ty, &inner, sink)
            }
            _ => self.tell_evaluated(id, ty, env, sink),
        }
    }

    fn tell_call(
        &mut self,
        id: ExprId,
        (callee, args): (FnId, &[Option<ExprId>]),
        ty: Option<TyId>,
        env: &Env,
        sink: &mut S,
    ) -> Told {
        let function = &self.eval.program[callee];
        let FnBody::Expr(body) = function.body else { return self.tell_evaluated(id, ty, env, sink) };
        if ty.is_some_and(|ty| !self.covers(ty, function.result)) {
            return self.tell_evaluated(id, ty, env, sink);
        }
        let mut values = Vec::with_capacity(function.params.len());
        for (at, param) in function.params.iter().enumerate() {
            let (value, span) = match (args.get(at).copied().flatten(), param.default) {
                (Some(arg), _) => (self.eval.eval(arg, env), self.eval.program[arg].span),
                (None, Some(default)) => {
                    (self.eval.default_argument(default, &values, &[]), self.eval.program[default].span)
                }
                (None, None) => (Value::Absent, param.span),
            };
            values.push(self.eval.bind(value, param.ty, span));
        }
        let inner = env::push_values(&None, &mut values);
        self.tell(body, Some(function.result), &inner, sink)
    }

    /// Tells the rounds of a comprehension; `number` counts its elements.
    fn tell_rounds(
        &mut self,
        clauses: &'p [Clause],
        value: (ExprId, Option<TyId>),
        env: &Env,
        number: &mut usize,
        sink: &mut S,
    ) -> Told {
        let Some((clause, rest)) = clauses.split_first() else {
            *number += 1;
            return self.tell(value.0, value.1, env, sink);
        };
        let (vars, source) = match clause {
            Clause::For { vars, source } => (*vars, *source),
            Clause::If(condition) => {
                return match self.eval.eval(*condition, env) {
                    Value::Bool(true) => self.tell_rounds(rest, value, env, number, sink),
                    Value::Bool(false) => Ok(()),
                    _ => Err(Untold::Other),
                };
            }
        };
        let span = self.eval.program[source].span;
        let list = self.eval.eval(source, env);
        let rounds = self.eval.rounds(&list, vars, span).ok_or(Untold::Other)?;
        if !self.share.may_be_large && !self.in_round && rounds.len() >= WORTH_DIVIDING {
            return Err(Untold::Large);
        }
        let divided = self.share.of > 1 && !self.in_round && rounds.len() >= WORTH_DIVIDING;
        let range = if divided { self.share.range(rounds.len()) } else { 0..rounds.len() };
        let start = sink.written().len();
        let outer = std::mem::replace(&mut self.in_round, true);
        for round in rounds.into_iter().skip(range.start).take(range.len()) {
            self.eval.steps += 1;
            if self.eval.must_stop() {
                return Err(Untold::Other);
            }
            let env = env::push(env, round);
            let region = self.eval.begin_region();
            self.tell_rounds(rest, value, &env, number, sink)?;
            self.eval.end_region(region);
        }
        self.in_round = outer;
        if divided {
            let end = sink.written().len();
            if start == end {
                return Err(Untold::Other);
            }
            self.cuts.push((start, end));
        }
        Ok(())
    }

    /// A string with parts filled in.
    fn tell_text(&mut self, id: ExprId, parts: &[InterpPart], env: &Env, sink: &mut S) -> Told {
        self.eval.steps += 1;
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        for part in parts {
            match part {
                InterpPart::Text(literal) => text.push_str(literal.as_str()),
                InterpPart::Expr(part) => match self.eval.eval(*part, env) {
                    Value::Str(inner) => text.push_str(&inner.text),
                    Value::Int(number) => {
                        // Writing to a string cannot fail.
                        let _ = write!(text, "{number}");
                    }
                    _ => {
                        self.scratch = text;
                        return self.tell_evaluated(id, None, env, sink);
                    }
                },
            }
        }
        self.eval.steps += text.len() as u64 / 32;
        let fits = text.len() <= self.eval.limits.text;
        if fits {
            sink.text(&text);
        }
        self.scratch = text;
        if fits { Ok(()) } else { Err(Untold::Other) }
    }

    /// Tells a value that is known. What is absent is `null` as an element, and has been left out as a field.
    pub(crate) fn tell_value(&mut self, value: &Value, sink: &mut S) -> Told {
        if !self.eval.spend(1) || self.is_full(sink) {
            return Err(Untold::Other);
        }
        match value {
            Value::Poison => return Err(Untold::Other),
            Value::Absent | Value::Null => sink.null(),
            Value::Bool(b) => sink.boolean(*b),
            Value::Int(n) => sink.int(*n),
            Value::Float(f) => sink.float(*f),
            Value::Str(text) => sink.text(&text.text),
            Value::Quantity(quantity) => sink.text(&quantity.to_string()),
            Value::Variant(..) => sink.text(&self.eval.display(value)),
            Value::Secret(secret) => match secret.parts.as_slice() {
                [SecretPart::Text(text)] => sink.text(text),
                _ => return Err(Untold::Other),
            },
            Value::List(items) => {
                if sink.depth() > DEPTH {
                    return Err(Untold::Other);
                }
                let begun = sink.begin_list();
                for item in items.iter() {
                    self.tell_value(item, sink)?;
                }
                sink.end_list(begun);
            }
            Value::Object(object) => return self.tell_object(*object, sink),
        }
        Ok(())
    }

    /// Tells an object: what was there before the telling began is written once per place.
    fn tell_object(&mut self, object: Object, sink: &mut S) -> Told {
        if sink.depth() > DEPTH {
            return Err(Untold::Other);
        }
        if object.id.0 >= self.base || !self.in_round {
            return self.tell_fields(object, sink);
        }
        let key = (object.id, sink.place());
        let seen = self.pieces.get(&key);
        if let Some(Some(piece)) = seen {
            sink.paste(&piece.text);
            sink.skip();
            self.eval.mask = self.eval.mask.union(piece.axes);
            return if self.eval.spend(piece.steps) { Ok(()) } else { Err(Untold::Other) };
        }
        let again = seen.is_some();
        let (start, steps) = (sink.written().len(), self.eval.steps);
        let outer = self.eval.begin_trace();
        let told = self.tell_fields(object, sink);
        let axes = self.eval.end_trace(outer);
        let text = sink.written().get(start..).filter(|text| again && text.len() <= PIECE);
        let steps = self.eval.steps - steps;
        self.pieces.insert(key, text.map(|text| Piece { text: text.into(), axes, steps }));
        told
    }

    fn tell_fields(&mut self, object: Object, sink: &mut S) -> Told {
        let id = object.id;
        if object.kind.is_none()
            && let Layers::Fixed(Stack::One(Layer::Body { body, binds_self: false, env, .. })) =
                &self.eval.data(id).layers
        {
            let (body, env) = (*body, env.clone());
            if self.direct(body).is_some() {
                return self.tell_record(body, &env, sink);
            }
        }
        // What an anonymous instance lacks is found where everything of it is computed.
        if object.kind.is_some() && object.instance.is_none() {
            self.eval.force(&Value::Object(object));
        }
        let begun = sink.begin_map();
        for name in self.eval.candidate_keys(id).iter().copied() {
            let value = self.eval.read(id, name);
            if !matches!(value, Value::Absent) {
                self.tell_key(name, sink)?;
                self.tell_value(&value, sink)?;
            }
        }
        sink.end_map(begun);
        Ok(())
    }

    fn tell_key(&self, name: Name, sink: &mut S) -> Told {
        if sink.key(name.as_str()) { Ok(()) } else { Err(Untold::Other) }
    }

    /// The type that the elements of a list of this type are bound to; an error if it says more than that.
    fn element(&self, ty: Option<TyId>) -> Result<Option<TyId>, Untold> {
        let Some(ty) = ty else { return Ok(None) };
        match self.eval.program.types.get(ty) {
            Ty::List(element) => Ok(Some(*element)),
            Ty::Optional(inner) => self.element(Some(*inner)),
            _ => Err(Untold::Other),
        }
    }

    /// Whether what is bound to `own` part by part is thereby bound to `ty`.
    fn covers(&self, ty: TyId, own: TyId) -> bool {
        if ty == own {
            return true;
        }
        let types = &self.eval.program.types;
        match (types.get(ty), types.get(own)) {
            (Ty::Optional(inner), _) => self.covers(*inner, own),
            (Ty::Union(members), _) => members.iter().any(|member| self.covers(*member, own)),
            (Ty::List(a), Ty::List(b)) => self.covers(*a, *b),
            (Ty::Record(a), Ty::Record(b)) => a == b,
            _ => false,
        }
    }
}

/// Whether an expression makes a list or record, or chooses or names one, in ways that are told part by part.
fn is_structure(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Record(_)
            | ExprKind::List(_)
            | ExprKind::ListComp { .. }
            | ExprKind::Call { .. }
            | ExprKind::If { .. }
            | ExprKind::Match { .. }
            | ExprKind::LetIn { .. }
    )
}
