//! Everything, everywhere: every field of every declared instance in every context that it exists in. What is wrong
//! anywhere is found here, whether some target reads it or not.

use crate::axes::Axis;
use crate::evaluator::Evaluator;
use crate::layers::Among;
use crate::object::agrees;
use crate::provenance::LayerOwner;
use crate::tell::Share;
use crate::value::{Context, Object, ObjectId, Value};
use plat_base::{Diagnostic, Limit, Name, Span};
use plat_sema::hir::{Axes, KindId, LetId};

/// A step from a value to one inside of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Field(Name),
    Element(usize),
}

/// A field whose kind says that it may not vary, and that read an axis.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Suspect {
    /// The object that it is a field of: which one that is may itself differ between contexts.
    object: ObjectId,
    /// How one gets there from the declared instance.
    path: Vec<Step>,
    name: Name,
}

/// A walk through everything that a value holds.
#[derive(Default)]
struct Walk {
    path: Vec<Step>,
    /// The axes that were read on the way: they may have chosen among several objects.
    chosen_by: Axes,
    suspects: Vec<Suspect>,
}

impl<'p> Evaluator<'p> {
    /// Computes every field of every declared instance in every context that it exists in, and every constant of the
    /// project's own modules. Each problem is reported once, with the contexts that it happens in.
    pub fn force_all(&mut self) {
        self.force_share(Share::WHOLE);
    }

    /// The same for one of several evaluators, each of which has a part of the instances.
    pub fn force_share(&mut self, share: Share) {
        let all = self.all_contexts();
        if self.has_too_many_contexts() {
            return;
        }
        for id in 0..self.program.lets.len() as u32 {
            if share.part > 0 {
                break;
            }
            let module = self.program[LetId(id)].module;
            if !self.program[module].is_std {
                self.covering(&all, |this| {
                    let value = this.constant_of_module(LetId(id));
                    this.visiting = Some(this.program[LetId(id)].name_span);
                    this.force(&value);
                });
            }
        }
        for id in 0..self.program.kinds.len() as u32 {
            // Which also finds generated names that come twice.
            if self.program[KindId(id)].parent.is_none() {
                self.instance_ids(KindId(id));
            }
        }
        let instances = self.all_instances();
        for instance in instances.get(share.range(instances.len())).unwrap_or_default().iter().copied() {
            self.visiting = self.declaration(instance);
            self.force_instance(instance);
            if self.exhausted {
                break;
            }
        }
    }

    /// Whether there are more contexts than there may be, which is told; then nothing is evaluated.
    fn has_too_many_contexts(&mut self) -> bool {
        let (platforms, environments) = (self.platforms(), self.environments());
        let count = platforms.len() * environments.len();
        if count <= self.limits.contexts {
            return false;
        }
        let message = format!(
            "{} platforms and {} environments make {count} contexts",
            platforms.len(),
            environments.len()
        );
        let last = if environments.len() > platforms.len() { &environments } else { &platforms };
        if let Some(place) = last.last().and_then(|object| self.declaration(*object)) {
            self.exceed(Limit::Contexts, message, place, true);
        }
        true
    }

    /// Runs `f` in contexts of `all`, as many as tell all of them apart on the axes that it reads.
    pub(crate) fn covering(&mut self, all: &[Context], mut f: impl FnMut(&mut Self)) {
        let mut done: Vec<(Axes, Context)> = Vec::new();
        for at in all {
            if done.iter().any(|(mask, known)| agrees(*mask, *known, *at)) {
                self.covered.1 += 1;
                continue;
            }
            self.covered.0 += 1;
            let ((), mask) = self.traced(|this| this.in_context(*at, &mut f));
            done.push((mask, *at));
        }
    }

    fn force_instance(&mut self, instance: Object) {
        let contexts = self.contexts_of(instance);
        let mut walk = Walk::default();
        let outer = self.begin_value();
        self.covering(&contexts, |this| this.force_object(instance.id, &mut walk));
        self.end_value(outer);
        let mut suspects = walk.suspects;
        suspects.sort_unstable();
        suspects.dedup_by(|a, b| a.path == b.path && a.name == b.name);
        // What the program sets comes before the defaults, which may only follow what it sets.
        let at = contexts.first().copied().unwrap_or_default();
        let is_default = |this: &mut Self, suspect: &Suspect| {
            let object = this.handle(suspect.object);
            let layers = this.layers(object, suspect.name, at);
            layers.last().is_none_or(|top| matches!(top.owner, LayerOwner::Kind(_)))
        };
        let (defaults, set): (Vec<Suspect>, Vec<Suspect>) =
            suspects.into_iter().partition(|suspect| is_default(self, suspect));
        let mut found: Vec<&[Step]> = Vec::new();
        for suspect in set.iter().chain(&defaults) {
            let follows = found.contains(&suspect.path.as_slice()) && defaults.contains(suspect);
            if !follows && self.check_fixed(instance, suspect, &contexts) {
                found.push(&suspect.path);
            }
        }
    }

    /// Computes everything that a value holds.
    pub(crate) fn force(&mut self, value: &Value) {
        let outer = self.begin_value();
        self.force_in(value, &mut Walk::default());
        self.end_value(outer);
    }

    fn force_in(&mut self, value: &Value, walk: &mut Walk) {
        match value {
            Value::List(items) => {
                // Lists share their parts, so a few of them may have more elements than anybody can visit.
                self.steps += 1 + items.len() as u64 / 16;
                if self.must_stop() {
                    return;
                }
                for (at, item) in items.iter().enumerate() {
                    if matches!(item, Value::List(_) | Value::Object(_)) {
                        walk.path.push(Step::Element(at));
                        self.force_in(item, walk);
                        walk.path.pop();
                    }
                }
            }
            Value::Object(object) if object.instance.is_none() => self.force_object(object.id, walk),
            _ => {}
        }
    }

    fn force_object(&mut self, id: ObjectId, walk: &mut Walk) {
        if let Some(mask) = self.data(id).forced_in(self.at) {
            self.mask = self.mask.union(mask);
            return;
        }
        if self.data(id).forcing {
            return;
        }
        if self.exhausted {
            return;
        }
        if self.depth >= self.limits.depth {
            if let Some(place) = self.place_of(id) {
                self.too_deep(place);
            }
            return;
        }
        self.data_mut(id).forcing = true;
        self.depth += 1;
        let saved = std::mem::replace(&mut self.mask, Axes::NONE);
        self.force_fields(id, walk);
        let mask = self.mask;
        self.mask = saved.union(mask);
        self.depth -= 1;
        let at = self.at;
        let data = self.data_mut(id);
        data.forcing = false;
        data.set_forced(mask, at);
    }

    fn force_fields(&mut self, id: ObjectId, walk: &mut Walk) {
        let kind = self.data(id).kind;
        for name in self.candidate_keys(id).iter().copied() {
            let saved = std::mem::replace(&mut self.mask, Axes::NONE);
            let value = self.read(id, name);
            let outer = walk.chosen_by;
            walk.chosen_by = outer.union(self.mask);
            walk.path.push(Step::Field(name));
            if !self.is_told_as_unnamed(id, name, &value) {
                self.force_in(&value, walk);
            }
            walk.path.pop();
            walk.chosen_by = outer;
            let mask = self.mask;
            self.mask = saved.union(mask);
            if let Some(field) = kind.and_then(|kind| self.kind_field(kind, name))
                && !field.may_vary.contains(mask.union(outer))
            {
                walk.suspects.push(Suspect { object: id, path: walk.path.clone(), name });
            }
        }
    }

    /// Whether the value of a field is an instance that is not declared and so lacks the name that its kind needs. That
    /// is told where it is used: where it was made may be a function of the standard library.
    fn is_told_as_unnamed(&mut self, holder: ObjectId, field: Name, value: &Value) -> bool {
        let Value::Object(Object { id, kind: Some(kind), instance: None, .. }) = *value else { return false };
        let own = self.name_field;
        let needs_name = self.kind_field(kind, own).is_some_and(|f| !f.optional && !f.has_default);
        if !needs_name || self.data(id).name.is_some() {
            return false;
        }
        let given = self.contributions(id, own, Among::All, false);
        let (Some([]), Some(span)) = (given.as_deref(), self.origin_of(holder, field)) else { return false };
        let kind = self.program[kind].name;
        let name = self.data(holder).name.unwrap_or(field);
        let message = format!("this `{kind}` has no name, because it is not declared");
        self.report(
            Diagnostic::error("missing-field", message, span)
                .primary("made here")
                .help(format!("declare it, `{kind} {name} = …`, and name it here: `{field} = {name}`")),
        );
        true
    }

    /// The object at the end of a path, in a context.
    fn object_at(&mut self, from: Object, path: &[Step], at: Context) -> Option<Object> {
        let mut value = Value::Object(from);
        for step in path {
            value = match (step, &value) {
                (Step::Field(name), Value::Object(object)) => self.field(*object, *name, at),
                (Step::Element(index), Value::List(items)) => items.get(*index)?.clone(),
                _ => return None,
            };
        }
        match value {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// A field that read an axis along which it may not vary: an error, and `true`, if its values differ.
    fn check_fixed(&mut self, instance: Object, suspect: &Suspect, contexts: &[Context]) -> bool {
        let name = suspect.name;
        let mut first: Vec<(Context, Object, Value)> = Vec::new();
        for at in contexts {
            let Some(object) = self.object_at(instance, &suspect.path, *at) else { continue };
            let field = object.kind.and_then(|kind| self.kind_field(kind, name));
            let Some(may_vary) = field.map(|field| field.may_vary) else { continue };
            let value = self.field(object, name, *at);
            let Some((known, owner, before)) =
                first.iter().find(|(known, ..)| agrees(may_vary, *known, *at)).cloned()
            else {
                first.push((*at, object, value));
                continue;
            };
            if self.equal_in(&before, known, &value, *at) == Some(false) {
                if self.is_told_as_existence(object, name, known.platform != at.platform) {
                    return true;
                }
                self.report_varying(name, (known, owner, &before), (*at, object, &value));
                return true;
            }
        }
        false
    }

    /// Whether where something exists was found to depend on the axis itself, when that was asked: the environments
    /// come before both axes, the platforms after the environment.
    fn is_told_as_existence(&mut self, object: Object, name: Name, by_platform: bool) -> bool {
        let Some(kind) = object.kind else { return false };
        match name.as_str() {
            "environments" => self.is_axis_list(kind, name, Axis::Environment),
            "platforms" => by_platform && self.is_axis_list(kind, name, Axis::Platform),
            _ => false,
        }
    }

    fn report_varying(
        &mut self,
        name: Name,
        (known, owner, before): (Context, Object, &Value),
        (at, object, value): (Context, Object, &Value),
    ) {
        let axis = if known.platform != at.platform { "platform" } else { "env" };
        let place = self.place_of(object.id);
        let (on_known, on_at) = self.difference(known, at);
        let told = |this: &mut Self, at: Context, object: Object, value: &Value, on: String| {
            let span: Option<Span> = this.origin(object, name, at).or(place);
            let shown = this.in_context(at, |this| this.show(value));
            (span, format!("{shown} for {on}"))
        };
        let (first, on_first) = told(self, known, owner, before, on_known);
        let (second, on_second) = told(self, at, object, value, on_at);
        let (Some(first), Some(second)) = (first, second) else { return };
        let subject = self.describe(object.id);
        let message = format!("`{name}` of {subject} may not vary by {axis}");
        let mut diagnostic = Diagnostic::error("varies-where-fixed", message, second)
            .help(format!("give it one value, or move what differs by `{axis}` into a field that may vary"));
        diagnostic = if first == second {
            diagnostic.primary(format!("{on_first}, {on_second}"))
        } else {
            diagnostic.primary(on_second).label(first, on_first)
        };
        self.problems.add(diagnostic, Some(Axes::NONE), at);
    }
}
