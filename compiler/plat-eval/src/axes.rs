//! The axes of variation: which platforms and environments there are, and in which contexts something exists.

use crate::evaluator::Evaluator;
use crate::object::Stack;
use crate::value::{Context, Object, Value};
use plat_base::Name;
use plat_sema::hir::{InstanceId, InstanceName, KindId, TyId};
use std::rc::Rc;

/// One of the axes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Axis {
    Platform,
    Environment,
}

impl<'p> Evaluator<'p> {
    /// The platforms: the non-abstract ones of the project's own modules in program order; if there is none, one
    /// made from the library's `linux-amd64` or the kind's defaults.
    pub fn platforms(&mut self) -> Vec<Object> {
        self.axis(Axis::Platform).to_vec()
    }

    /// The environments, likewise.
    pub fn environments(&mut self) -> Vec<Object> {
        self.axis(Axis::Environment).to_vec()
    }

    pub(crate) fn axis(&mut self, axis: Axis) -> Rc<[Object]> {
        let at = axis as usize;
        if let Some(known) = &self.axes[at] {
            return Rc::clone(known);
        }
        let (kind, implicit) = match axis {
            Axis::Platform => (self.program.platform_kind, "linux-amd64"),
            Axis::Environment => (self.program.environment_kind, "default"),
        };
        let mut found: Vec<Object> = Vec::new();
        if let Some(kind) = kind {
            for object in self.instances(kind) {
                let module = object.instance.map(|id| self.program[id].module);
                if module.is_some_and(|module| !self.program[module].is_std) {
                    found.push(object);
                }
            }
        }
        if found.is_empty() {
            found.push(self.implicit(kind, implicit));
        }
        let found: Rc<[Object]> = found.into();
        self.kept = true;
        self.axes[at] = Some(Rc::clone(&found));
        found
    }

    /// The axis that a kind's instances are.
    pub(crate) fn axis_of(&self, kind: KindId) -> Option<Axis> {
        match kind {
            _ if self.program.platform_kind == Some(kind) => Some(Axis::Platform),
            _ if self.program.environment_kind == Some(kind) => Some(Axis::Environment),
            _ => None,
        }
    }

    fn implicit(&mut self, kind: Option<KindId>, name: &str) -> Object {
        let name = Name::new(name);
        // The library has an abstract instance of that name, with everything that is known about it.
        let parent = self.program.instances.iter().position(|instance| {
            Some(instance.kind) == kind
                && instance.in_loop.is_none()
                && instance.name == InstanceName::Static(name)
        });
        let parent = parent.map(|at| self.declared_object(InstanceId(at as u32)));
        let inherited = parent.map(|parent| self.layers_of(parent));
        let id = self.next_id();
        let layers = match inherited {
            Some(stack) => stack.rebased(id),
            None => kind.map(|kind| self.default_layers(kind, id)).unwrap_or_default(),
        };
        let ty = kind.map_or(TyId::ERROR, |kind| self.kind_type(kind));
        let id = self.anonymous(ty, kind, Stack::from_vec(layers));
        self.data_mut(id).name = Some(name);
        self.handle(id)
    }

    /// Every combination of a platform and an environment; the environments change slowest.
    pub fn all_contexts(&mut self) -> Vec<Context> {
        let platforms = self.axis(Axis::Platform).len() as u16;
        let environments = self.axis(Axis::Environment).len() as u16;
        let pair = |e, p| Context { platform: Some(p), environment: Some(e) };
        (0..environments).flat_map(|e| (0..platforms).map(move |p| pair(e, p))).collect()
    }

    /// The contexts in which an instance exists: those that its `platforms` and `environments` name, if its kind has
    /// such fields; else all.
    pub fn contexts_of(&mut self, object: Object) -> Vec<Context> {
        if object.instance.is_none() {
            return self.find_contexts(object);
        }
        if let Some(known) = self.existence.get(&object.id.0) {
            return known.to_vec();
        }
        let found = self.find_contexts(object);
        self.kept = true;
        self.existence.insert(object.id.0, found.as_slice().into());
        found
    }

    fn find_contexts(&mut self, object: Object) -> Vec<Context> {
        let outside = Context::default();
        let environments = self.existing(object, Axis::Environment, outside);
        let mut contexts = Vec::new();
        for environment in environments {
            let at = Context { platform: None, environment: Some(environment) };
            for platform in self.existing(object, Axis::Platform, at) {
                contexts.push(Context { platform: Some(platform), environment: Some(environment) });
            }
        }
        contexts
    }

    fn existing(&mut self, object: Object, axis: Axis, at: Context) -> Vec<u16> {
        let all = self.axis(axis);
        let everything = || (0..all.len() as u16).collect();
        let field = Name::new(match axis {
            Axis::Platform => "platforms",
            Axis::Environment => "environments",
        });
        let Some(kind) = object.kind else { return everything() };
        if self.kind_field(kind, field).is_none() || !self.is_axis_list(kind, field, axis) {
            return everything();
        }
        let place = object.instance.map(|id| self.program[id].name_span);
        let pushed = place.map(|place| self.fixed.push((format!("`{field}`"), place)));
        let saved = self.mask;
        let value = self.field(object, field, at);
        self.mask = saved;
        if pushed.is_some() {
            self.fixed.pop();
        }
        match value {
            Value::List(items) => {
                let named =
                    |of: &Object| items.iter().any(|item| matches!(item, Value::Object(o) if o.id == of.id));
                (0..all.len()).filter(|at| named(&all[*at])).map(|at| at as u16).collect()
            }
            _ => everything(),
        }
    }

    /// Whether a field is a list of the axis's instances, not something else of that name.
    pub(crate) fn is_axis_list(&mut self, kind: KindId, field: Name, axis: Axis) -> bool {
        use plat_sema::hir::Ty;
        let wanted = match axis {
            Axis::Platform => self.program.platform_kind,
            Axis::Environment => self.program.environment_kind,
        };
        let Some(declared) = self.kind_field(kind, field) else { return false };
        match self.bare(declared.ty) {
            Ty::List(element) => matches!(self.bare(*element), Ty::Kind(k) if Some(*k) == wanted),
            _ => false,
        }
    }

    /// Contexts as people say them: `on arm64`, `in prod`, `on arm64 in prod`.
    pub fn describe_contexts(&mut self, contexts: &[Context]) -> Vec<String> {
        let platforms = self.axis(Axis::Platform);
        let environments = self.axis(Axis::Environment);
        let name = |this: &Self, of: &[Object], at: Option<u16>| {
            let object = at.and_then(|at| of.get(usize::from(at)));
            object.and_then(|o| this.data(o.id).name).map_or(String::new(), |n| n.to_string())
        };
        let distinct = |pick: fn(&Context) -> Option<u16>| {
            let mut seen: Vec<Option<u16>> = contexts.iter().map(pick).collect();
            seen.sort_unstable();
            seen.dedup();
            seen
        };
        let on = distinct(|c| c.platform);
        let within = distinct(|c| c.environment);
        let product = on.len() * within.len() == contexts.len();
        if product && within.len() == environments.len() {
            return on.into_iter().map(|p| format!("on {}", name(self, &platforms, p))).collect();
        }
        if product && on.len() == platforms.len() {
            return within.into_iter().map(|e| format!("in {}", name(self, &environments, e))).collect();
        }
        let pair = |c: &Context| {
            let (on, within) = (name(self, &platforms, c.platform), name(self, &environments, c.environment));
            if platforms.len() == 1 {
                format!("in {within}")
            } else if environments.len() == 1 {
                format!("on {on}")
            } else {
                format!("on {on} in {within}")
            }
        };
        contexts.iter().map(pair).collect()
    }

    /// What two contexts differ in, as people say it: their platforms or, if these are equal, their environments.
    pub(crate) fn difference(&mut self, a: Context, b: Context) -> (String, String) {
        let (axis, a, b) = match a.platform == b.platform {
            true => (Axis::Environment, a.environment, b.environment),
            false => (Axis::Platform, a.platform, b.platform),
        };
        let all = self.axis(axis);
        let name = |at: Option<u16>| {
            let object = at.and_then(|at| all.get(usize::from(at)));
            object.and_then(|o| self.data(o.id).name).map_or(String::new(), |n| n.to_string())
        };
        (name(a), name(b))
    }

    /// A context as people say it; empty if there is only one.
    pub fn describe_context(&mut self, at: Context) -> String {
        if self.all_contexts().len() <= 1 {
            return String::new();
        }
        self.describe_contexts(&[at]).into_iter().next().unwrap_or_default()
    }
}
