//! Everything, everywhere: every field of every declared instance in every context that it exists in. What is wrong
//! anywhere is found here, whether some target reads it or not.

use crate::axes::Axis;
use crate::evaluator::Evaluator;
use crate::object::agrees;
use crate::provenance::LayerOwner;
use crate::value::{Context, Object, ObjectId, Value};
use plat_base::{Diagnostic, Name, Span};
use plat_sema::hir::{Axes, KindId, LetId};

/// A field whose kind says that it may not vary, and that read an axis.
type Suspect = (ObjectId, Name, Axes);

impl<'p> Evaluator<'p> {
    /// Computes every field of every declared instance in every context that it exists in, and every constant of the
    /// project's own modules. Each problem is reported once, with the contexts that it happens in.
    pub fn force_all(&mut self) {
        let all = self.all_contexts();
        for id in 0..self.program.lets.len() as u32 {
            let module = self.program[LetId(id)].module;
            if !self.program[module].is_std {
                self.covering(&all, |this| {
                    let value = this.constant_of_module(LetId(id));
                    this.force(&value, &mut Vec::new());
                });
            }
        }
        for id in 0..self.program.kinds.len() as u32 {
            // Which also finds generated names that come twice.
            if self.program[KindId(id)].parent.is_none() {
                self.instance_ids(KindId(id));
            }
        }
        for instance in self.all_instances() {
            self.force_instance(instance);
            if self.exhausted {
                break;
            }
        }
    }

    /// Runs `f` in contexts of `all`, as many as tell all of them apart on the axes that it reads.
    pub(crate) fn covering(&mut self, all: &[Context], mut f: impl FnMut(&mut Self)) {
        let mut done: Vec<(Axes, Context)> = Vec::new();
        for at in all {
            if done.iter().any(|(mask, known)| agrees(*mask, *known, *at)) {
                continue;
            }
            let ((), mask) = self.traced(|this| this.in_context(*at, &mut f));
            done.push((mask, *at));
        }
    }

    fn force_instance(&mut self, instance: Object) {
        let contexts = self.contexts_of(instance);
        let mut suspects: Vec<Suspect> = Vec::new();
        self.covering(&contexts, |this| this.force_object(instance.id, &mut suspects));
        suspects.sort_unstable_by_key(|(object, name, _)| (*object, *name));
        suspects.dedup();
        // What the program sets comes before the defaults, which may only follow what it sets.
        let at = contexts.first().copied().unwrap_or_default();
        let is_default = |this: &mut Self, (id, name, _): &Suspect| {
            let object = this.handle(*id);
            let layers = this.layers(object, *name, at);
            layers.last().is_none_or(|top| matches!(top.owner, LayerOwner::Kind(_)))
        };
        let (defaults, set): (Vec<Suspect>, Vec<Suspect>) =
            suspects.into_iter().partition(|suspect| is_default(self, suspect));
        let mut found = Vec::new();
        for (object, name, may_vary) in set.into_iter().chain(defaults.iter().copied()) {
            let follows = found.contains(&object) && defaults.contains(&(object, name, may_vary));
            if !follows && self.check_fixed(object, name, may_vary, &contexts) {
                found.push(object);
            }
        }
    }

    pub(crate) fn force(&mut self, value: &Value, suspects: &mut Vec<Suspect>) {
        match value {
            Value::List(items) => {
                self.steps += items.len() as u64 / 16;
                for item in items.iter() {
                    self.force(item, suspects);
                }
            }
            Value::Object(object) if object.instance.is_none() => self.force_object(object.id, suspects),
            _ => {}
        }
    }

    fn force_object(&mut self, id: ObjectId, suspects: &mut Vec<Suspect>) {
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
            let limit = self.limits.depth;
            if let Some(place) = self.place_of(id) {
                self.exceed(format!("this is nested more than {limit} levels deep"), place, false);
            }
            return;
        }
        self.data_mut(id).forcing = true;
        self.depth += 1;
        let saved = std::mem::replace(&mut self.mask, Axes::NONE);
        self.force_fields(id, suspects);
        let mask = self.mask;
        self.mask = saved.union(mask);
        self.depth -= 1;
        let at = self.at;
        let data = self.data_mut(id);
        data.forcing = false;
        data.set_forced(mask, at);
    }

    fn force_fields(&mut self, id: ObjectId, suspects: &mut Vec<Suspect>) {
        let kind = self.data(id).kind;
        for name in self.candidate_keys(id).iter().copied() {
            let saved = std::mem::replace(&mut self.mask, Axes::NONE);
            let value = self.read(id, name);
            self.force(&value, suspects);
            let mask = self.mask;
            self.mask = saved.union(mask);
            if mask == Axes::NONE {
                continue;
            }
            if let Some(field) = kind.and_then(|kind| self.kind_field(kind, name))
                && !field.may_vary.contains(mask)
            {
                suspects.push((id, name, field.may_vary));
            }
        }
    }

    /// A field that read an axis along which it may not vary: an error, and `true`, if its values differ.
    fn check_fixed(&mut self, id: ObjectId, name: Name, may_vary: Axes, contexts: &[Context]) -> bool {
        let object = self.handle(id);
        let mut first: Vec<(Context, Value)> = Vec::new();
        for at in contexts {
            let value = self.field(object, name, *at);
            let Some((known, before)) =
                first.iter().find(|(known, _)| agrees(may_vary, *known, *at)).cloned()
            else {
                first.push((*at, value));
                continue;
            };
            if self.equal_in(&before, known, &value, *at) == Some(false) {
                if self.is_told_as_existence(object, name, known.platform != at.platform) {
                    return true;
                }
                self.report_varying(object, name, (known, &before), (*at, &value));
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
        object: Object,
        name: Name,
        (known, before): (Context, &Value),
        (at, value): (Context, &Value),
    ) {
        let axis = if known.platform != at.platform { "platform" } else { "env" };
        let place = self.place_of(object.id);
        let (on_known, on_at) = self.difference(known, at);
        let told = |this: &mut Self, at: Context, value: &Value, on: String| {
            let span: Option<Span> = this.origin(object, name, at).or(place);
            let shown = this.in_context(at, |this| this.show(value));
            (span, format!("{shown} for {on}"))
        };
        let (first, on_first) = told(self, known, before, on_known);
        let (second, on_second) = told(self, at, value, on_at);
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
