//! Making objects: the layers of declared instances, of records, of `K { … }` and of amendments.

use crate::env::Env;
use crate::evaluator::{Evaluator, Pending};
use crate::object::{Layer, LayerSource, Layers, Memo, ObjectData, Plain, Receivers, Stack};
use crate::provenance::LayerOwner;
use crate::value::{Object, ObjectId, Value};
use plat_base::{Limit, Name, Span};
use plat_sema::hir::{Axes, BodyId, InstanceId, InstanceInit, KindId, Ty, TyId};
use std::rc::Rc;

impl<'p> Evaluator<'p> {
    /// The layers of an object in the current context.
    pub(crate) fn layers_of(&mut self, id: ObjectId) -> Stack {
        match &self.data(id).layers {
            Layers::Fixed(stack) => stack.clone(),
            Layers::Deferred { instance, env } => {
                let (instance, env) = (*instance, env.clone());
                self.deferred_layers(id, instance, &env)
            }
        }
    }

    fn deferred_layers(&mut self, id: ObjectId, instance: InstanceId, env: &Env) -> Stack {
        if let Some(memo) = self.data(id).known().and_then(|extra| extra.layers.find(self.at)) {
            let (mask, at, stack) = (memo.mask, memo.at, memo.value.clone());
            self.mask = self.mask.union(mask);
            self.adopt_layers(id, at);
            return stack;
        }
        if std::mem::replace(&mut self.data_mut(id).extra().busy, true) {
            self.cycle(Pending::Layers(id));
            return Stack::from_vec(Vec::new());
        }
        self.pending.push(Pending::Layers(id));
        let saved = std::mem::replace(&mut self.mask, Axes::NONE);
        let mark = self.problems.mark();
        let in_check = std::mem::replace(&mut self.in_check, false);
        let owner = std::mem::replace(&mut self.owner, LayerOwner::Instance(instance));
        let (stack, read) = self.recorded(|this| this.compute_layers(id, instance, env));
        self.file_layers(id, self.at, read);
        self.adopt(read);
        self.owner = owner;
        self.in_check = in_check;
        let mask = self.mask;
        self.mask = saved.union(mask);
        self.pending.pop();
        self.problems.settle(mark, mask);
        let at = self.at;
        let extra = self.data_mut(id).extra();
        extra.busy = false;
        self.kept = true;
        let extra = self.data_mut(id).extra();
        extra.layers.add(Memo { mask, at, value: stack.clone() });
        stack
    }

    fn compute_layers(&mut self, id: ObjectId, instance: InstanceId, env: &Env) -> Stack {
        let declared = &self.program[instance];
        match declared.init {
            InstanceInit::Value(expr) => match self.eval(expr, env) {
                Value::Object(object) => Stack::from_vec(self.layers_of(object.id).rebased(id)),
                _ => Stack::from_vec(vec![Layer::Plain(Rc::new(Plain::poisoned()))]),
            },
            InstanceInit::Body(body) => {
                let mut layers = self.default_layers(declared.kind, id);
                if let Some(parent) = declared.parent {
                    let parent = self.declared_object(parent);
                    let inherited = self.layers_of(parent);
                    if inherited.is_poisoned() {
                        return inherited;
                    }
                    if self.is_too_high(&inherited, declared.name_span) {
                        return Stack::from_vec(vec![Layer::Plain(Rc::new(Plain::poisoned()))]);
                    }
                    let inherited = inherited.rebased(id);
                    layers.extend(inherited.into_iter().filter(|layer| !is_default(layer)));
                }
                layers.push(self.own_layer(body, env, id, LayerSource::Instance(instance)));
                Stack::from_vec(layers)
            }
        }
    }

    /// The layers of a declared instance if they are the same in every context.
    pub(crate) fn fixed_layers(&mut self, id: ObjectId, instance: InstanceId, env: &Env) -> Option<Stack> {
        let declared = &self.program[instance];
        let InstanceInit::Body(body) = declared.init else { return None };
        let mut layers = Vec::with_capacity(6);
        let mut receivers = Receivers::new(id);
        self.push_defaults(declared.kind, &mut layers, &mut receivers);
        if let Some(parent) = declared.parent {
            let parent = self.declared_object(parent);
            let Layers::Fixed(inherited) = &self.data(parent).layers else { return None };
            let inherited = inherited.clone();
            if inherited.is_poisoned() {
                return Some(inherited);
            }
            if self.is_too_high(&inherited, declared.name_span) {
                return Some(Stack::from_vec(vec![Layer::Plain(Rc::new(Plain::poisoned()))]));
            }
            for layer in inherited.as_slice().iter().filter(|layer| !is_default(layer)) {
                layers.push(rebound(layer, &mut receivers));
            }
        }
        let source = LayerSource::Instance(instance);
        layers.push(self.layer(body, env, &mut receivers, source));
        Some(Stack::from_vec(layers))
    }

    /// Whether a stack has as many layers as there may be, which is told.
    fn is_too_high(&mut self, stack: &Stack, span: Span) -> bool {
        let limit = self.limits.layers;
        let is_too_high = stack.as_slice().len() > limit;
        if is_too_high {
            self.exceed(Limit::Layers, format!("this has more than {limit} layers under it"), span, false);
        }
        is_too_high
    }

    fn layer(&self, body: BodyId, env: &Env, receivers: &mut Receivers, source: LayerSource) -> Layer {
        let binds_self = self.program[body].binds_self;
        let env = if binds_self { receivers.bind(env) } else { env.clone() };
        Layer::Body { body, binds_self, env, source }
    }

    fn own_layer(&self, body: BodyId, env: &Env, id: ObjectId, source: LayerSource) -> Layer {
        self.layer(body, env, &mut Receivers::new(id), source)
    }

    fn push_defaults(&mut self, kind: KindId, layers: &mut Vec<Layer>, receivers: &mut Receivers) {
        for (kind, body) in &self.kind_info(kind).defaults {
            layers.push(self.layer(*body, &None, receivers, LayerSource::Kind(*kind)));
        }
    }

    pub(crate) fn default_layers(&mut self, kind: KindId, id: ObjectId) -> Vec<Layer> {
        let mut layers = Vec::with_capacity(6);
        self.push_defaults(kind, &mut layers, &mut Receivers::new(id));
        layers
    }

    /// A new object of one layer on top of the defaults of its kind, if it has one.
    pub(crate) fn fresh(&mut self, ty: TyId, kind: Option<KindId>, body: BodyId, env: &Env) -> Value {
        let id = self.next_id();
        let stack = match kind {
            None => Stack::One(self.own_layer(body, env, id, LayerSource::Expression(self.owner))),
            Some(kind) => {
                let mut receivers = Receivers::new(id);
                let mut layers = Vec::with_capacity(4);
                self.push_defaults(kind, &mut layers, &mut receivers);
                layers.push(self.layer(body, env, &mut receivers, LayerSource::Expression(self.owner)));
                Stack::from_vec(layers)
            }
        };
        let id = self.anonymous(ty, kind, stack);
        Value::Object(self.handle(id))
    }

    /// An object with one more layer on top: anonymous, whatever it was.
    pub(crate) fn amended(&mut self, base: Object, body: BodyId, env: &Env) -> Value {
        let stack = self.layers_of(base.id);
        if stack.as_slice().len() > self.limits.layers {
            let span = self.program[body].span;
            self.is_too_high(&stack, span);
            return Value::Poison;
        }
        self.steps += stack.as_slice().len() as u64 / 4;
        let id = self.next_id();
        let mut layers = stack.rebased(id);
        layers.push(self.own_layer(body, env, id, LayerSource::Expression(self.owner)));
        let ty = match self.bare(base.ty) {
            // The map of a kind's instances is an ordinary map once something is added to it.
            Ty::Instances(_) => self.program[body].target,
            _ => base.ty,
        };
        let mut data = ObjectData::new(ty, base.kind, Layers::Fixed(Stack::from_vec(layers)));
        data.name = self.data(base.id).name;
        let id = self.add_object(data);
        Value::Object(self.handle(id))
    }

    /// A map of values that are known.
    pub(crate) fn plain(&mut self, ty: TyId, entries: Vec<(Name, Value, Option<Span>)>) -> Value {
        self.plain_of(ty, entries, Vec::new())
    }

    /// The same, with what each entry was computed from if that is recorded.
    pub(crate) fn plain_of(
        &mut self,
        ty: TyId,
        entries: Vec<(Name, Value, Option<Span>)>,
        reads: Vec<Option<crate::reads::ReadId>>,
    ) -> Value {
        self.steps += entries.len() as u64 / 2;
        let plain = Rc::new(Plain::new(entries));
        self.file_plain(&plain, reads);
        let id = self.anonymous(ty, None, Stack::One(Layer::Plain(plain)));
        Value::Object(self.handle(id))
    }
}

pub(crate) fn is_default(layer: &Layer) -> bool {
    matches!(layer, Layer::Body { source: LayerSource::Kind(_), .. })
}

fn rebound(layer: &Layer, receivers: &mut Receivers) -> Layer {
    match layer {
        Layer::Body { body, binds_self: true, env, source } => {
            let outer = env.as_ref().and_then(|frame| frame.parent.clone());
            Layer::Body { body: *body, binds_self: true, env: receivers.bind(&outer), source: *source }
        }
        other => other.clone(),
    }
}
