//! Declared instances: the objects of static declarations, and those that declaration loops make. A loop runs when
//! the instances of a kind that it makes are asked for; the checker has proved that the loops can be ordered so.

use crate::env::{self, Env, Slots};
use crate::evaluator::Evaluator;
use crate::object::{Layers, ObjectData, agrees};
use crate::plan::IdMap;
use crate::value::{Context, Object, ObjectId, Value};
use plat_base::{Diagnostic, Limit, Name};
use plat_sema::hir::{Axes, Declaration, InstanceId, InstanceName, KindId, LoopId};
use std::rc::Rc;

impl<'p> Evaluator<'p> {
    /// The instances of a kind and of those that extend it, without the abstract ones, in program order; generated
    /// ones stand at their loop's place.
    pub fn instances(&mut self, kind: KindId) -> Vec<Object> {
        let ids = self.instance_ids(kind);
        ids.iter().map(|id| self.handle(*id)).collect()
    }

    /// All instances that are not abstract, in program order.
    pub fn all_instances(&mut self) -> Vec<Object> {
        let program = self.program;
        let mut all = Vec::new();
        for declaration in &program.declarations {
            match declaration {
                Declaration::Instance(id) if program[*id].is_abstract => {}
                Declaration::Instance(id) => all.push(self.declared_object(*id)),
                Declaration::Loop(id) => all.extend(self.loop_instances(*id).iter().copied()),
            }
        }
        all.retain(|id| !self.is_abstract(*id));
        all.into_iter().map(|id| self.handle(id)).collect()
    }

    fn is_abstract(&self, id: ObjectId) -> bool {
        self.data(id).instance.is_some_and(|i| self.program[i].is_abstract)
    }

    pub(crate) fn instance_ids(&mut self, kind: KindId) -> Rc<[ObjectId]> {
        if let Some(known) = self.of_kind.get(&kind.0) {
            return Rc::clone(known);
        }
        let program = self.program;
        let (mut ids, mut complete) = (Vec::new(), true);
        for declaration in &program.declarations {
            if !self.may_make(*declaration, kind) {
                continue;
            }
            match declaration {
                Declaration::Instance(id) => ids.push(self.declared_object(*id)),
                Declaration::Loop(id) => {
                    complete &= self.loops.get(&id.0).is_none_or(Option::is_some);
                    ids.extend(self.loop_instances(*id).iter().copied());
                }
            }
        }
        ids.retain(|id| {
            let data = self.data(*id);
            !self.is_abstract(*id) && data.kind.is_some_and(|own| program.is_a(own, kind))
        });
        let ids: Rc<[ObjectId]> = ids.into();
        if complete {
            self.check_names(&ids);
            self.kept = true;
            self.of_kind.insert(kind.0, Rc::clone(&ids));
        }
        ids
    }

    /// Whether a declaration can make an instance of a kind.
    fn may_make(&self, declaration: Declaration, kind: KindId) -> bool {
        match declaration {
            Declaration::Instance(id) => {
                let instance = &self.program[id];
                !instance.is_abstract && self.program.is_a(instance.kind, kind)
            }
            Declaration::Loop(id) => self.program[id].declarations.iter().any(|d| self.may_make(*d, kind)),
        }
    }

    /// Names are unique per kind; of static declarations the checker knows, of generated ones only we do.
    fn check_names(&mut self, ids: &[ObjectId]) {
        let mut seen: IdMap<Name, Vec<ObjectId>> = IdMap::default();
        for id in ids {
            let data = self.data(*id);
            let (Some(name), Some(instance), kind) = (data.name, data.instance, data.kind) else { continue };
            let same = seen.entry(name).or_default();
            let first = same.iter().find(|other| self.objects[other.0 as usize].kind == kind).copied();
            same.push(*id);
            let Some(first) = first.and_then(|first| self.data(first).instance) else { continue };
            let (again, first) = (&self.program[instance], &self.program[first]);
            if again.in_loop.is_none() && first.in_loop.is_none() {
                continue;
            }
            let kind = self.program[again.kind].name;
            let message = format!("there are two instances of `{kind}` named `{name}`");
            let mut diagnostic = Diagnostic::error("duplicate-name", message, again.name_span)
                .help("put what differs between the rounds of the loop into the name");
            if first.name_span != again.name_span {
                diagnostic = diagnostic.primary("the second").label(first.name_span, "the first");
            } else {
                diagnostic = diagnostic.primary("made twice by this loop");
            }
            self.report(diagnostic);
        }
    }

    /// The object of a declaration that is not in a loop (of one in a loop: the latest that it made).
    pub(crate) fn declared_object(&mut self, id: InstanceId) -> ObjectId {
        if let Some(known) = self.static_instances.get(&id.0) {
            return *known;
        }
        match self.program[id].name {
            InstanceName::Static(name) => self.declare(id, Some(name), &None),
            InstanceName::Computed(expr) => {
                // Declared before its name is known: a name that asks for the kind's instances ends here.
                let object = self.declare(id, None, &None);
                let name = self.in_context(Context::default(), |this| this.key_name(expr, &None));
                self.data_mut(object).name = name;
                object
            }
        }
    }

    fn declare(&mut self, id: InstanceId, name: Option<Name>, env: &Env) -> ObjectId {
        let kind = self.program[id].kind;
        let ty = self.kind_type(kind);
        let deferred = Layers::Deferred { instance: id, env: env.clone() };
        let mut data = ObjectData::new(ty, Some(kind), deferred);
        data.instance = Some(id);
        data.name = name;
        let object = self.add_object(data);
        // Registered first: a parent that leads back here finds a deferred object, not an endless descent.
        self.kept = true;
        self.static_instances.insert(id.0, object);
        if let Some(stack) = self.fixed_layers(object, id, env) {
            self.data_mut(object).layers = Layers::Fixed(stack);
        }
        object
    }

    pub(crate) fn loop_instances(&mut self, id: LoopId) -> Rc<[ObjectId]> {
        match self.loops.get(&id.0) {
            Some(Some(known)) => return Rc::clone(known),
            Some(None) => {
                let span = self.program[id].span;
                let message = "this loop reads the instances that it creates";
                self.report(
                    Diagnostic::error("cyclic-generation", message, span)
                        .help("read from a list or map that does not depend on what the loop declares"),
                );
                return Rc::new([]);
            }
            None => {}
        }
        self.loops.insert(id.0, None);
        let mut made = Vec::new();
        let outer = self.begin_value();
        self.apart(|this| this.run_loop(id, &None, &mut made));
        self.end_value(outer);
        let made: Rc<[ObjectId]> = made.into();
        self.kept = true;
        self.loops.insert(id.0, Some(Rc::clone(&made)));
        made
    }

    /// Runs `f` outside whatever is going on: in no context, leaving no trace of the axes.
    pub(crate) fn apart<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let saved = std::mem::replace(&mut self.mask, plat_sema::hir::Axes::NONE);
        let result = self.in_context(Context::default(), f);
        self.mask = saved;
        result
    }

    fn run_loop(&mut self, id: LoopId, env: &Env, made: &mut Vec<ObjectId>) {
        let the_loop = &self.program[id];
        let source = self.program[the_loop.source].span;
        self.fixed.push(("the head of a declaration loop".to_owned(), source));
        let value = self.eval(the_loop.source, env);
        let rounds = self.rounds(&value, the_loop.vars, source);
        let mut reads = self.round_reads(&value, the_loop.vars).into_iter();
        for round in rounds.unwrap_or_default() {
            self.steps += 1;
            self.visiting = Some(the_loop.span);
            if self.must_stop() {
                break;
            }
            let env = env::push(env, round);
            if let Some(reads) = reads.next() {
                self.file_frame(&env, reads);
            }
            if let Some(filter) = the_loop.filter
                && !matches!(self.eval(filter, &env), Value::Bool(true))
            {
                continue;
            }
            for emit in 0..the_loop.emits.len() {
                self.loop_emits.push((id, emit, env.clone()));
            }
            for declaration in &the_loop.declarations {
                match declaration {
                    Declaration::Loop(inner) => self.run_loop(*inner, &env, made),
                    Declaration::Instance(instance) => self.generate(*instance, &env, made),
                }
            }
            if self.exhausted {
                break;
            }
        }
        self.fixed.pop();
    }

    fn generate(&mut self, id: InstanceId, env: &Env, made: &mut Vec<ObjectId>) {
        let instance = &self.program[id];
        self.generated += 1;
        if self.generated > self.limits.instances {
            let limit = self.limits.instances;
            let message = format!("more than {limit} instances are generated");
            self.exceed(Limit::Instances, message, instance.name_span, true);
            return;
        }
        let name = match instance.name {
            InstanceName::Static(name) => Some(name),
            InstanceName::Computed(expr) => self.key_name(expr, env),
        };
        // Without a name, which has been reported, there is nothing to refer to.
        if let Some(name) = name {
            made.push(self.declare(id, Some(name), env));
        }
    }

    /// What the variables of a `for` are bound to, round by round; `None` if the source is poisoned.
    pub(crate) fn rounds(&mut self, source: &Value, vars: u8, span: plat_base::Span) -> Option<Vec<Slots>> {
        let pairs = vars == 2;
        match source {
            Value::List(items) => {
                let numbered = items.iter().enumerate();
                let round = |(at, item): (usize, &Value)| match pairs {
                    true => Slots::Many(Box::new([Value::Int(at as i64), item.clone()])),
                    false => Slots::One(item.clone()),
                };
                Some(numbered.map(round).collect())
            }
            Value::Object(object) => {
                let mut rounds = Vec::new();
                for (name, value) in self.entries_of(object.id) {
                    rounds.push(match pairs {
                        true => Slots::Many(Box::new([self.text_value(name), value])),
                        false => Slots::One(value),
                    });
                }
                Some(rounds)
            }
            Value::Poison => None,
            Value::Absent => Some(Vec::new()),
            other => {
                let what = self.show(other);
                let message = format!("`for` needs a list or a map, and this is {what}");
                self.report(Diagnostic::error("type-mismatch", message, span));
                None
            }
        }
    }

    /// The ordered map of a kind's instances; in what is emitted, of those that exist where the file belongs.
    pub(crate) fn listed_instances(&mut self, kind: KindId) -> Value {
        let along = self.listed_along;
        if along == Axes::NONE {
            return self.instance_map(kind);
        }
        let ids = self.instance_ids(kind);
        let at = self.at;
        let mut there: Vec<(Name, Value, Option<plat_base::Span>)> = Vec::with_capacity(ids.len());
        for id in ids.iter() {
            let object = self.handle(*id);
            let exists = self.contexts_of(object).iter().any(|known| agrees(along, *known, at));
            let Some(name) = self.data(*id).name.filter(|_| exists) else { continue };
            let place = object.instance.map(|i| self.program[i].name_span);
            there.push((name, Value::Object(object), place));
        }
        if there.len() == ids.len() {
            return self.instance_map(kind);
        }
        self.mask = self.mask.union(along);
        let ty = self.instances_type(kind);
        self.plain(ty, there)
    }

    /// The ordered map of a kind's instances.
    pub(crate) fn instance_map(&mut self, kind: KindId) -> Value {
        if let Some(known) = self.kind_maps.get(&kind.0) {
            return Value::Object(self.handle(*known));
        }
        let mut ids = self.instance_ids(kind);
        if ids.is_empty()
            && let Some(axis) = self.axis_of(kind)
        {
            ids = self.axis(axis).iter().map(|object| object.id).collect();
        }
        let named = |id: &ObjectId| {
            let handle = self.handle(*id);
            let place = handle.instance.map(|i| self.program[i].name_span);
            Some((self.data(*id).name?, Value::Object(handle), place))
        };
        let entries: Vec<_> = ids.iter().filter_map(named).collect();
        let ty = self.instances_type(kind);
        let value = self.plain(ty, entries);
        if let Value::Object(map) = &value
            && self.of_kind.contains_key(&kind.0)
        {
            self.kept = true;
            self.kind_maps.insert(kind.0, map.id);
        }
        value
    }
}
