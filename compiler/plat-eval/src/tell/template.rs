//! The text of a record at one place, with gaps for what differs from round to round. What stands in the record
//! itself, lists and records in it included, is laid out once.

use super::{Sink, Teller, Told, Untold, is_structure};
use crate::env::Env;
use crate::value::Value;
use plat_base::Name;
use plat_sema::hir::{Axes, BodyId, Entry, ExprId, ExprKind, FnBody, Key, Ty, TyId, Verb};
use std::rc::Rc;

/// A body that says what its fields are, each once and without conditions: its fields in the order of its keys.
pub(super) struct Direct {
    pub(super) fields: Vec<DirectField>,
}

/// One field of such a body.
pub(super) struct DirectField {
    name: Name,
    value: ExprId,
    ty: TyId,
    /// Whether its value may be absent, which leaves it out.
    may_be_absent: bool,
    is_required: bool,
}

/// What is written for a record at a place.
pub(super) struct Template<S: Sink> {
    steps: Vec<Step<S>>,
    /// The axes that the text depends on.
    axes: Axes,
    /// The steps that its text took.
    cost: u64,
    end: S::Place,
}

enum Step<S: Sink> {
    Text(Box<str>),
    /// A value at a place.
    Gap(ExprId, Option<TyId>, S::Place),
    /// A field of the body with this number among `fields`, at a place: it may be absent.
    Field(BodyId, usize, S::Place),
}

/// A template that is being made.
struct Builder<S: Sink> {
    sink: S,
    /// How much of the sink's text is in the steps.
    taken: usize,
    steps: Vec<Step<S>>,
    axes: Axes,
}

impl<S: Sink> Builder<S> {
    fn flush(&mut self) {
        let text = &self.sink.written()[self.taken..];
        if !text.is_empty() {
            self.steps.push(Step::Text(text.into()));
        }
        self.taken = self.sink.written().len();
    }
}

impl<'p, S: Sink> Teller<'_, 'p, S> {
    /// What a body says, if that is plain to see.
    pub(super) fn direct(&mut self, id: BodyId) -> Option<Rc<Direct>> {
        if let Some(known) = self.direct.get(&id.0) {
            return known.clone();
        }
        let found = self.find_direct(id).map(Rc::new);
        self.direct.insert(id.0, found.clone());
        found
    }

    fn find_direct(&mut self, id: BodyId) -> Option<Direct> {
        let program = self.eval.program;
        let body = &program[id];
        if body.binds_self {
            return None;
        }
        let mut fields = Vec::with_capacity(body.entries.len());
        for entry in &body.entries {
            let Entry::Field(field) = entry else { return None };
            let (Key::Static(name), Verb::Set(value)) = (field.key, field.verb) else { return None };
            let may_be_absent = self.eval.may_be_absent(program[value].ty);
            fields.push(DirectField { name, value, ty: field.ty, may_be_absent, is_required: false });
        }
        let is_twice = |at: usize| fields[..at].iter().any(|field| field.name == fields[at].name);
        if (1..fields.len()).any(is_twice) {
            return None;
        }
        match self.eval.bare(body.target) {
            Ty::Map(_) | Ty::Data => {}
            Ty::Record(record) => {
                let record = program.types.record(*record);
                let place = |name: Name| record.fields.iter().position(|f| f.name == name);
                if record.fields.iter().any(|f| !f.optional && fields.iter().all(|own| own.name != f.name)) {
                    return None;
                }
                for field in &mut fields {
                    field.is_required = place(field.name).is_some_and(|at| !record.fields[at].optional);
                }
                fields.sort_by_key(|field| place(field.name).unwrap_or(usize::MAX));
            }
            _ => return None,
        }
        Some(Direct { fields })
    }

    /// Tells a record of a body that is plain to see.
    pub(super) fn tell_record(&mut self, body: BodyId, env: &Env, sink: &mut S) -> Told {
        let Some(direct) = self.direct(body) else { return Err(Untold::Other) };
        if sink.depth() > super::DEPTH {
            return Err(Untold::Other);
        }
        if self.in_round
            && let Some(template) = self.template(body, sink.place())
        {
            return self.fill(&template, env, sink);
        }
        let begun = sink.begin_map();
        for at in 0..direct.fields.len() {
            self.tell_field(&direct, at, env, sink)?;
        }
        sink.end_map(begun);
        Ok(())
    }

    fn tell_field(&mut self, direct: &Direct, at: usize, env: &Env, sink: &mut S) -> Told {
        let field = &direct.fields[at];
        let ty = Some(field.ty);
        if !field.may_be_absent && self.is_structure(field.value) {
            self.tell_key(field.name, sink)?;
            return self.tell(field.value, ty, env, sink);
        }
        let ty = ty.filter(|ty| self.eval.needs_binding(*ty));
        match self.value_of(field.value, ty, env) {
            Value::Absent if field.is_required => Err(Untold::Other),
            Value::Absent => Ok(()),
            value => {
                self.tell_key(field.name, sink)?;
                self.tell_value(&value, sink)
            }
        }
    }

    /// Whether an expression is told without being evaluated as a whole.
    fn is_structure(&self, id: ExprId) -> bool {
        match &self.eval.program[id].kind {
            ExprKind::Call { callee, .. } => {
                let function = &self.eval.program[*callee];
                matches!(function.body, FnBody::Expr(_)) && !self.eval.may_be_absent(function.result)
            }
            kind => is_structure(kind),
        }
    }

    fn fill(&mut self, template: &Template<S>, env: &Env, sink: &mut S) -> Told {
        self.eval.mask = self.eval.mask.union(template.axes);
        if !self.eval.spend(template.cost) {
            return Err(Untold::Other);
        }
        for step in &template.steps {
            match step {
                Step::Text(text) => sink.paste(text),
                Step::Gap(id, ty, place) => {
                    sink.go_on(*place);
                    self.tell_present(*id, *ty, env, sink)?;
                }
                Step::Field(body, at, place) => {
                    sink.go_on(*place);
                    let Some(direct) = self.direct(*body) else { return Err(Untold::Other) };
                    self.tell_field(&direct, *at, env, sink)?;
                }
            }
        }
        sink.go_on(template.end);
        Ok(())
    }

    /// Tells the value of a field whose key is written, or of an element.
    fn tell_present(&mut self, id: ExprId, ty: Option<TyId>, env: &Env, sink: &mut S) -> Told {
        match &self.eval.program[id].kind {
            ExprKind::Local { up, slot } if ty.is_none() => {
                let value = crate::env::local(env, *up, *slot).cloned().ok_or(Untold::Other)?;
                self.tell_there(&value, sink)
            }
            ExprKind::Interp(_) => self.tell(id, ty, env, sink),
            _ if self.is_structure(id) => self.tell(id, ty, env, sink),
            _ => {
                let value = self.value_of(id, ty, env);
                self.tell_there(&value, sink)
            }
        }
    }

    fn tell_there(&mut self, value: &Value, sink: &mut S) -> Told {
        if matches!(value, Value::Absent) {
            return Err(Untold::Other);
        }
        self.tell_value(value, sink)
    }

    fn template(&mut self, body: BodyId, place: S::Place) -> Option<Rc<Template<S>>> {
        let key = (body, place);
        if let Some(known) = self.templates.get(&key) {
            return known.clone();
        }
        // While it is made, the body is told without one.
        self.templates.insert(key, None);
        let made = self.make_template(body, place).map(Rc::new);
        self.templates.insert(key, made.clone());
        made
    }

    fn make_template(&mut self, body: BodyId, place: S::Place) -> Option<Template<S>> {
        let mut builder = Builder { sink: S::at(place), taken: 0, steps: Vec::new(), axes: Axes::NONE };
        let before = self.eval.steps;
        self.lay_out_record(body, &mut builder)?;
        builder.flush();
        let end = builder.sink.place();
        let cost = self.eval.steps - before;
        Some(Template { steps: builder.steps, axes: builder.axes, cost, end })
    }

    /// `None` if it cannot be laid out, because the line that it begins on is not known beforehand.
    fn lay_out_record(&mut self, body: BodyId, builder: &mut Builder<S>) -> Option<()> {
        let direct = self.direct(body)?;
        if direct.fields.first().is_none_or(|first| first.may_be_absent)
            || builder.sink.depth() > super::DEPTH
        {
            return None;
        }
        self.eval.steps += 4;
        let begun = builder.sink.begin_map();
        for (at, field) in direct.fields.iter().enumerate() {
            if field.may_be_absent {
                builder.flush();
                builder.steps.push(Step::Field(body, at, builder.sink.place()));
                continue;
            }
            if !builder.sink.key(field.name.as_str()) {
                return None;
            }
            self.lay_out(field.value, Some(field.ty), builder)?;
        }
        builder.sink.end_filled(begun);
        Some(())
    }

    fn lay_out(&mut self, id: ExprId, ty: Option<TyId>, builder: &mut Builder<S>) -> Option<()> {
        let ty = ty.filter(|ty| self.eval.needs_binding(*ty));
        let program = self.eval.program;
        if self.is_closed(id) && !self.eval.may_be_absent(program[id].ty) {
            let outer = self.eval.begin_trace();
            let told = self.tell_present(id, ty, &None, &mut builder.sink);
            builder.axes = builder.axes.union(self.eval.end_trace(outer));
            return told.ok();
        }
        match &program[id].kind {
            ExprKind::Record(body)
                if ty.is_none_or(|ty| self.covers(ty, program[*body].target))
                    && self
                        .direct(*body)
                        .is_some_and(|d| d.fields.first().is_some_and(|f| !f.may_be_absent)) =>
            {
                self.eval.steps += 1;
                self.lay_out_record(*body, builder)
            }
            ExprKind::List(items) if !items.is_empty() && self.element(ty).is_ok() => {
                let element = self.element(ty).ok().flatten();
                self.eval.steps += 1 + items.len() as u64 / 2;
                let begun = builder.sink.begin_list();
                for item in items {
                    self.lay_out(*item, element, builder)?;
                }
                builder.sink.end_filled(begun);
                Some(())
            }
            _ => {
                builder.flush();
                builder.steps.push(Step::Gap(id, ty, builder.sink.place()));
                builder.sink.skip();
                Some(())
            }
        }
    }
}
