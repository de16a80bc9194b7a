//! What values were computed from: for each field, constant and list element the places in the sources that its
//! computation went through, and the computations that it used. Recorded only for those who ask
//! ([`Evaluator::record_reads`]); without that nothing is kept, and nothing costs anything.
//!
//! A computation has its own places (the entries and the expressions that were evaluated for it) and those that it
//! is made from. Arguments, variables and list elements are computations of their own, which count for whoever looks
//! at them: a function that ignores a parameter does not depend on what was given for it, and the third element of
//! a list does not depend on the second.

use crate::env::{self, Env, Frame};
use crate::evaluator::Evaluator;
use crate::object::Plain;
use crate::value::{Context, Object, ObjectId, Value};
use plat_base::{Name, Span};
use plat_sema::hir::{ExprId, ExprKind, LetId};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// A computation that was recorded.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ReadId(u32);

/// What is known about a computation.
#[derive(Debug, Default)]
struct Computation {
    spans: Vec<Span>,
    from: Vec<ReadId>,
    /// The field whose value it is, if it is a field's.
    field: Option<(ObjectId, Name, Context)>,
    /// Whether it says that there is a value (how an object came to be, the condition of a `when`), not what it is.
    is_condition: bool,
}

/// The reads of one evaluator. Tables by address keep alive what they are about.
#[derive(Default)]
pub(crate) struct Recorder {
    done: Vec<Computation>,
    open: Vec<Computation>,
    fields: HashMap<(ObjectId, Name, Context), ReadId>,
    layers: HashMap<(ObjectId, Context), ReadId>,
    lets: HashMap<(LetId, Context), ReadId>,
    frames: HashMap<usize, (Rc<Frame>, Vec<ReadId>)>,
    lists: HashMap<usize, (Rc<[Value]>, Vec<ReadId>)>,
    plains: HashMap<usize, (Rc<Plain>, Vec<ReadId>)>,
    checks: Vec<(Name, ReadId)>,
}

impl Recorder {
    fn close(&mut self, computation: Computation) -> ReadId {
        self.done.push(computation);
        ReadId(self.done.len() as u32 - 1)
    }

    fn get(&self, id: ReadId) -> Option<&Computation> {
        self.done.get(id.0 as usize)
    }
}

/// The head of a construct: the place at which it begins.
pub(crate) fn head(span: Span) -> Span {
    Span { end: span.start, ..span }
}

impl<'p> Evaluator<'p> {
    /// Records from now on what values are computed from. To be called before anything is evaluated.
    pub fn record_reads(&mut self) {
        self.reads = Some(Box::default());
    }

    /// The computation of a field that has been read in this context.
    pub fn reads_of(&self, object: Object, field: Name, at: Context) -> Option<ReadId> {
        let memo = self.data(object.id).slot(field)?.memos.find(at)?;
        self.reads.as_ref()?.fields.get(&(object.id, field, memo.at)).copied()
    }

    /// The computations of a list's elements, if it was written or joined element by element.
    pub fn element_reads(&self, list: &Value) -> &[ReadId] {
        match (list, &self.reads) {
            (Value::List(items), Some(reads)) => {
                reads.lists.get(&address(items)).map_or(&[], |(_, ids)| ids.as_slice())
            }
            _ => &[],
        }
    }

    /// The places of a computation itself, nearest first, without those of the fields that it read.
    pub fn own_spans(&self, id: ReadId) -> Vec<Span> {
        let Some(reads) = &self.reads else { return Vec::new() };
        let (mut spans, mut next, mut seen) = (Vec::new(), vec![id], BTreeSet::new());
        while !next.is_empty() {
            let mut further = Vec::new();
            for (at, computation) in next.iter().filter_map(|i| Some((*i, reads.get(*i)?))) {
                if seen.insert(at) && (at == id || (computation.field.is_none() && !computation.is_condition))
                {
                    spans.extend(computation.spans.iter().copied());
                    further.extend(computation.from.iter().copied());
                }
            }
            next = further;
        }
        spans
    }

    /// Every place that computations went through, directly or through what they used; sorted.
    pub fn all_spans(&self, ids: &[ReadId]) -> Vec<Span> {
        let Some(reads) = &self.reads else { return Vec::new() };
        let mut spans = BTreeSet::new();
        for computation in self.closure(ids).iter().filter_map(|i| reads.get(*i)) {
            spans.extend(computation.spans.iter().copied());
        }
        spans.into_iter().collect()
    }

    fn closure(&self, ids: &[ReadId]) -> BTreeSet<ReadId> {
        let mut seen = BTreeSet::new();
        let mut next = ids.to_vec();
        while let Some(id) = next.pop() {
            if seen.insert(id)
                && let Some(computation) = self.reads.as_ref().and_then(|r| r.get(id))
            {
                next.extend(computation.from.iter().copied());
            }
        }
        seen
    }

    /// For each check, in the order in which they ran, the computations that it looked at.
    pub fn check_reads(&self) -> Vec<(Name, BTreeSet<ReadId>)> {
        let mut known: Vec<(Name, BTreeSet<ReadId>)> = Vec::new();
        for (name, check) in self.reads.iter().flat_map(|r| &r.checks) {
            let looked_at = self.closure(&[*check]);
            match known.iter_mut().find(|(other, _)| other == name) {
                Some((_, all)) => all.extend(looked_at),
                None => known.push((*name, looked_at)),
            }
        }
        known
    }

    /// Every place that the checks went through.
    pub fn spans_of_checks(&self) -> Vec<Span> {
        let ids: Vec<ReadId> = self.reads.iter().flat_map(|r| r.checks.iter().map(|(_, id)| *id)).collect();
        self.all_spans(&ids)
    }

    /// Every place that anything went through.
    pub fn spans_of_everything(&self) -> Vec<Span> {
        let all: BTreeSet<Span> =
            self.reads.iter().flat_map(|r| r.done.iter().flat_map(|c| c.spans.iter().copied())).collect();
        all.into_iter().collect()
    }

    /// Runs `f` as a computation of its own, which whoever uses the result has to adopt.
    pub fn recorded<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> (R, Option<ReadId>) {
        let Some(reads) = &mut self.reads else { return (f(self), None) };
        reads.open.push(Computation::default());
        let result = f(self);
        let id = self.reads.as_mut().and_then(|reads| {
            let computation = reads.open.pop()?;
            Some(reads.close(computation))
        });
        (result, id)
    }

    pub(crate) fn records(&self) -> bool {
        self.reads.is_some()
    }

    /// The current computation went through this place.
    pub(crate) fn note(&mut self, span: Span) {
        if let Some(open) = self.reads.as_mut().and_then(|r| r.open.last_mut()) {
            open.spans.push(span);
        }
    }

    /// The current computation uses another.
    pub(crate) fn adopt(&mut self, id: Option<ReadId>) {
        if let (Some(id), Some(open)) = (id, self.reads.as_mut().and_then(|r| r.open.last_mut()))
            && !open.from.contains(&id)
        {
            open.from.push(id);
        }
    }

    /// What `id` is, is the value of a field.
    pub(crate) fn file_field(&mut self, key: (ObjectId, Name, Context), id: Option<ReadId>) {
        if let (Some(id), Some(reads)) = (id, &mut self.reads) {
            if let Some(computation) = reads.done.get_mut(id.0 as usize) {
                computation.field = Some(key);
            }
            reads.fields.insert(key, id);
        }
    }

    /// The current computation was made because a condition holds.
    pub(crate) fn adopt_condition(&mut self, id: Option<ReadId>) {
        if let (Some(id), Some(reads)) = (id, &mut self.reads)
            && let Some(computation) = reads.done.get_mut(id.0 as usize)
        {
            computation.is_condition = true;
        }
        self.adopt(id);
    }

    pub(crate) fn adopt_field(&mut self, key: (ObjectId, Name, Context)) {
        let id = self.reads.as_ref().and_then(|r| r.fields.get(&key).copied());
        self.adopt(id);
    }

    pub(crate) fn file_layers(&mut self, object: ObjectId, at: Context, id: Option<ReadId>) {
        if let (Some(id), Some(reads)) = (id, &mut self.reads) {
            if let Some(computation) = reads.done.get_mut(id.0 as usize) {
                computation.is_condition = true;
            }
            reads.layers.insert((object, at), id);
        }
    }

    pub(crate) fn adopt_layers(&mut self, object: ObjectId, at: Context) {
        let id = self.reads.as_ref().and_then(|r| r.layers.get(&(object, at)).copied());
        self.adopt(id);
    }

    pub(crate) fn file_let(&mut self, constant: LetId, at: Context, id: Option<ReadId>) {
        if let (Some(id), Some(reads)) = (id, &mut self.reads) {
            reads.lets.insert((constant, at), id);
        }
    }

    pub(crate) fn adopt_let(&mut self, constant: LetId, at: Context) {
        let id = self.reads.as_ref().and_then(|r| r.lets.get(&(constant, at)).copied());
        self.adopt(id);
    }

    pub(crate) fn file_check(&mut self, name: Name, id: Option<ReadId>) {
        if let (Some(id), Some(reads)) = (id, &mut self.reads) {
            reads.checks.push((name, id));
        }
    }

    /// The variables of a frame come from these computations.
    pub(crate) fn file_frame(&mut self, env: &Env, ids: Vec<Option<ReadId>>) {
        let (Some(frame), Some(reads)) = (env, &mut self.reads) else { return };
        let ids: Option<Vec<ReadId>> = ids.into_iter().collect();
        if let Some(ids) = ids {
            reads.frames.insert(Rc::as_ptr(frame) as usize, (Rc::clone(frame), ids));
        }
    }

    /// The elements of a list come from these computations.
    pub(crate) fn file_list(&mut self, list: &Value, ids: Vec<Option<ReadId>>) {
        let (Value::List(items), Some(reads)) = (list, &mut self.reads) else { return };
        let ids: Option<Vec<ReadId>> = ids.into_iter().collect();
        if let Some(ids) = ids.filter(|ids| ids.len() == items.len() && !ids.is_empty()) {
            reads.lists.insert(address(items), (Rc::clone(items), ids));
        }
    }

    /// The entries of fields that are values already come from these computations.
    pub(crate) fn file_plain(&mut self, plain: &Rc<Plain>, ids: Vec<Option<ReadId>>) {
        let Some(reads) = &mut self.reads else { return };
        let ids: Option<Vec<ReadId>> = ids.into_iter().collect();
        if let Some(ids) = ids {
            reads.plains.insert(Rc::as_ptr(plain) as usize, (Rc::clone(plain), ids));
        }
    }

    pub(crate) fn adopt_plain(&mut self, plain: &Rc<Plain>, field: Name) {
        let Some(reads) = &self.reads else { return };
        let at = plain.entries.iter().position(|(name, ..)| *name == field);
        let known = reads.plains.get(&(Rc::as_ptr(plain) as usize));
        let id = known.and_then(|(_, ids)| ids.get(at?).copied());
        self.adopt(id);
    }

    /// Both lists in one.
    pub(crate) fn file_joined(&mut self, whole: &Value, parts: [&Rc<[Value]>; 2]) {
        if !self.records() {
            return;
        }
        let (_, nothing) = self.recorded(|_| ());
        let mut ids = Vec::new();
        for part in parts {
            let known = self.element_reads(&Value::List(Rc::clone(part))).to_vec();
            match known.is_empty() {
                true => ids.extend(part.iter().map(|_| nothing)),
                false => ids.extend(known.into_iter().map(Some)),
            }
        }
        self.file_list(whole, ids);
    }

    /// The current computation looks at all of a value's elements.
    pub(crate) fn adopt_elements(&mut self, value: &Value) {
        if !self.records() {
            return;
        }
        if let Value::List(items) = value {
            for id in self.element_reads(value).to_vec() {
                self.adopt(Some(id));
            }
            for item in items.iter() {
                self.adopt_elements(item);
            }
        }
    }

    /// The computation of element `at` of a list.
    pub(crate) fn adopt_element(&mut self, list: &Value, at: usize) {
        let id = self.element_reads(list).get(at).copied();
        self.adopt(id);
    }

    /// What each round of a loop over `source` is bound to comes from.
    pub(crate) fn round_reads(&mut self, source: &Value, vars: u8) -> Vec<Vec<Option<ReadId>>> {
        if !self.records() {
            return Vec::new();
        }
        let (_, nothing) = self.recorded(|_| ());
        let each: Vec<Option<ReadId>> = match source {
            Value::List(items) => {
                let known = self.element_reads(source).to_vec();
                (0..items.len()).map(|at| known.get(at).copied().or(nothing)).collect()
            }
            Value::Object(object) => {
                let at = self.at;
                let names: Vec<Name> = self.entries_of(object.id).into_iter().map(|(name, _)| name).collect();
                names.into_iter().map(|name| self.reads_of(*object, name, at).or(nothing)).collect()
            }
            _ => Vec::new(),
        };
        each.into_iter().map(|id| if vars == 2 { vec![id, id] } else { vec![id] }).collect()
    }

    /// The current computation goes through an expression: its own place, not those of what it is made of, which are
    /// evaluated if they count.
    pub(crate) fn note_expression(&mut self, id: ExprId, env: &Env) {
        let expr = &self.program[id];
        match &expr.kind {
            ExprKind::Local { up, slot } => {
                self.note(expr.span);
                let read = self.variable_reads(env, *up, *slot);
                self.adopt(read);
            }
            ExprKind::Const(_)
            | ExprKind::SelfRef { .. }
            | ExprKind::Interp(_)
            | ExprKind::Let(_)
            | ExprKind::Instance(_)
            | ExprKind::Instances(_)
            | ExprKind::Platform
            | ExprKind::Environment => self.note(expr.span),
            ExprKind::Field { name_span, .. } => self.note(*name_span),
            ExprKind::List(items) if items.is_empty() => self.note(expr.span),
            ExprKind::Call { .. } => self.note(head(expr.span)),
            ExprKind::Record(body) => self.note(head(self.program[*body].span)),
            ExprKind::New { body, .. } | ExprKind::Amend { body, .. } => {
                self.note(head(self.program[*body].span));
            }
            _ => {}
        }
    }

    fn variable_reads(&self, env: &Env, up: u16, slot: u16) -> Option<ReadId> {
        let frame = env::frame(env, up)?;
        let known = self.reads.as_ref()?.frames.get(&(std::ptr::from_ref(frame) as usize));
        known.and_then(|(_, ids)| ids.get(slot as usize).copied())
    }
}

fn address(items: &Rc<[Value]>) -> usize {
    items.as_ptr() as usize
}
