//! The arena's objects: stacks of layers with the values that have been computed so far.

use crate::env::{self, Env, Slots};
use crate::plan::IdMap;
use crate::provenance::LayerOwner;
use crate::value::{Context, ObjectId, Value};
use plat_base::{Name, Span};
use plat_sema::hir::{Axes, BodyId, InstanceId, KindId, TyId};
use std::rc::Rc;

/// Whose layer it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LayerSource {
    /// The defaults of a kind.
    Kind(KindId),
    /// A declared instance's own fields.
    Instance(InstanceId),
    /// A record, an amendment, `K { … }` or a refinement, written in a layer of this owner.
    Expression(LayerOwner),
}

impl LayerSource {
    /// Whose declaration the layer is written in.
    pub(crate) fn owner(self) -> LayerOwner {
        match self {
            LayerSource::Kind(kind) => LayerOwner::Kind(kind),
            LayerSource::Instance(instance) => LayerOwner::Instance(instance),
            LayerSource::Expression(owner) => owner,
        }
    }
}

/// One layer.
#[derive(Clone, Debug)]
pub(crate) enum Layer {
    /// A body in the environment that it captured, the self frame included if it binds one.
    Body { body: BodyId, binds_self: bool, env: Env, source: LayerSource },
    /// Fields that are values already: what a comprehension or an intrinsic made.
    Plain(Rc<Plain>),
}

/// Fields that are values already, in order.
#[derive(Debug, Default)]
pub(crate) struct Plain {
    pub(crate) entries: Vec<(Name, Value, Option<Span>)>,
    index: Option<IdMap<Name, u32>>,
    /// Stands for layers that could not be computed: every field is poisoned.
    poisoned: bool,
}

impl Plain {
    pub(crate) fn new(entries: Vec<(Name, Value, Option<Span>)>) -> Plain {
        // Of several entries of one name, which only maps of instances have, the first is found.
        let index = (entries.len() > 8)
            .then(|| entries.iter().enumerate().rev().map(|(at, (name, ..))| (*name, at as u32)).collect());
        Plain { entries, index, poisoned: false }
    }

    pub(crate) fn poisoned() -> Plain {
        Plain { poisoned: true, ..Plain::default() }
    }

    /// What this layer says about a field.
    pub(crate) fn value(&self, name: Name) -> Option<(Value, Option<Span>)> {
        match self.get(name) {
            Some((_, value, span)) => Some((value.clone(), *span)),
            None => self.poisoned.then_some((Value::Poison, None)),
        }
    }

    pub(crate) fn get(&self, name: Name) -> Option<&(Name, Value, Option<Span>)> {
        match &self.index {
            Some(index) => index.get(&name).and_then(|at| self.entries.get(*at as usize)),
            None => self.entries.iter().find(|(n, ..)| *n == name),
        }
    }
}

/// Layers, the lowest first; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) enum Stack {
    One(Layer),
    Many(Rc<[Layer]>),
}

impl Stack {
    pub(crate) fn as_slice(&self) -> &[Layer] {
        match self {
            Stack::One(layer) => std::slice::from_ref(layer),
            Stack::Many(layers) => layers,
        }
    }

    pub(crate) fn from_vec(mut layers: Vec<Layer>) -> Stack {
        match (layers.len(), layers.pop()) {
            (1, Some(only)) => Stack::One(only),
            (_, Some(last)) => {
                layers.push(last);
                Stack::Many(layers.into())
            }
            (_, None) => Stack::Many(Rc::new([])),
        }
    }

    /// Whether it stands for layers that could not be computed.
    pub(crate) fn is_poisoned(&self) -> bool {
        matches!(self, Stack::One(Layer::Plain(plain)) if plain.poisoned)
    }

    /// These layers as layers of another object: `self` in them means that one.
    pub(crate) fn rebased(&self, to: ObjectId) -> Vec<Layer> {
        let mut receivers = Receivers::new(to);
        let rebase = |layer: &Layer| match layer {
            Layer::Body { body, binds_self: true, env, source } => {
                let outer = env.as_ref().and_then(|frame| frame.parent.clone());
                let env = receivers.bind(&outer);
                Layer::Body { body: *body, binds_self: true, env, source: *source }
            }
            other => other.clone(),
        };
        self.as_slice().iter().map(rebase).collect()
    }
}

/// Makes self frames, one for each run of layers with the same surroundings.
pub(crate) struct Receivers {
    id: ObjectId,
    last: Option<(Env, Env)>,
}

impl Receivers {
    pub(crate) fn new(id: ObjectId) -> Receivers {
        Receivers { id, last: None }
    }

    pub(crate) fn bind(&mut self, outer: &Env) -> Env {
        if let Some((known, bound)) = &self.last
            && same_env(known, outer)
        {
            return bound.clone();
        }
        let bound = env::push(outer, Slots::Receiver(self.id));
        self.last = Some((outer.clone(), bound.clone()));
        bound
    }
}

fn same_env(a: &Env, b: &Env) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => Rc::ptr_eq(a, b),
        _ => false,
    }
}

/// Where an object's layers come from.
#[derive(Clone, Debug)]
pub(crate) enum Layers {
    /// Known.
    Fixed(Stack),
    /// Computed per context: a declaration `KIND NAME = e`, or one that extends such.
    Deferred { instance: InstanceId, env: Env },
}

/// A value and the contexts that it holds in: those that agree with `at` on the axes of `mask`.
#[derive(Clone, Debug)]
pub(crate) struct Memo<T> {
    pub(crate) mask: Axes,
    pub(crate) at: Context,
    pub(crate) value: T,
}

/// What was computed, per context; usually one entry.
#[derive(Clone, Debug)]
pub(crate) enum Memos<T> {
    None,
    One(Memo<T>),
    Many(Vec<Memo<T>>),
}

impl<T> Memos<T> {
    pub(crate) fn find(&self, at: Context) -> Option<&Memo<T>> {
        match self {
            Memos::None => None,
            Memos::One(memo) => agrees(memo.mask, memo.at, at).then_some(memo),
            Memos::Many(memos) => memos.iter().find(|memo| agrees(memo.mask, memo.at, at)),
        }
    }

    pub(crate) fn add(&mut self, memo: Memo<T>) {
        *self = match std::mem::replace(self, Memos::None) {
            Memos::None => Memos::One(memo),
            Memos::One(first) => Memos::Many(vec![first, memo]),
            Memos::Many(mut memos) => {
                memos.push(memo);
                Memos::Many(memos)
            }
        };
    }
}

/// Whether two contexts are the same on the axes of `mask`.
pub(crate) fn agrees(mask: Axes, a: Context, b: Context) -> bool {
    mask == Axes::NONE
        || ((!mask.contains(Axes::PLATFORM) || a.platform == b.platform)
            && (!mask.contains(Axes::ENVIRONMENT) || a.environment == b.environment))
}

/// The memory of one field.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) busy: bool,
    pub(crate) memos: Memos<Value>,
}

/// A computed key: layer, entry in the layer's plan, name.
pub(crate) type ComputedKey = (u32, u32, Name);

/// What only some objects need.
#[derive(Debug)]
pub(crate) struct Extra {
    /// The names that computed keys have.
    pub(crate) keys: Memos<Rc<[ComputedKey]>>,
    /// The layers of a deferred declaration.
    pub(crate) layers: Memos<Stack>,
    /// Where every field has been forced, besides the first such context.
    pub(crate) forced: Vec<(Axes, Context)>,
    pub(crate) busy: bool,
}

impl Default for Extra {
    fn default() -> Extra {
        Extra { keys: Memos::None, layers: Memos::None, forced: Vec::new(), busy: false }
    }
}

/// One object.
#[derive(Debug)]
pub(crate) struct ObjectData {
    pub(crate) kind: Option<KindId>,
    pub(crate) instance: Option<InstanceId>,
    pub(crate) ty: TyId,
    /// The declared name; of a value made from a declared instance, that one's.
    pub(crate) name: Option<Name>,
    pub(crate) layers: Layers,
    names: Vec<Name>,
    slots: Vec<Slot>,
    /// Where the slot of a name is, once there are too many to scan.
    index: Option<Box<IdMap<Name, u32>>>,
    /// The first context in which every field has been forced.
    forced: Option<(Axes, Context)>,
    /// Whether its fields are being forced right now.
    pub(crate) forcing: bool,
    extra: Option<Box<Extra>>,
}

const SCAN: usize = 24;

impl ObjectData {
    pub(crate) fn new(ty: TyId, kind: Option<KindId>, layers: Layers) -> ObjectData {
        let (names, slots) = (Vec::new(), Vec::new());
        ObjectData {
            kind,
            instance: None,
            ty,
            name: None,
            layers,
            names,
            slots,
            index: None,
            forced: None,
            forcing: false,
            extra: None,
        }
    }

    fn position(&self, name: Name) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(&name).map(|at| *at as usize),
            None => self.names.iter().position(|n| *n == name),
        }
    }

    pub(crate) fn slot(&self, name: Name) -> Option<&Slot> {
        self.slots.get(self.position(name)?)
    }

    pub(crate) fn slot_mut(&mut self, name: Name) -> &mut Slot {
        let at = match self.position(name) {
            Some(at) => at,
            None => self.add_slot(name),
        };
        &mut self.slots[at]
    }

    fn add_slot(&mut self, name: Name) -> usize {
        let at = self.slots.len();
        self.names.push(name);
        self.slots.push(Slot { busy: false, memos: Memos::None });
        if let Some(index) = &mut self.index {
            index.insert(name, at as u32);
        } else if self.names.len() > SCAN {
            self.index = Some(Box::new(self.names.iter().enumerate().map(|(i, n)| (*n, i as u32)).collect()));
        }
        at
    }

    /// The axes on which the values depend that were forced in a context like this one, if they were.
    pub(crate) fn forced_in(&self, at: Context) -> Option<Axes> {
        let more = self.extra.iter().flat_map(|extra| &extra.forced);
        let mut all = self.forced.iter().chain(more);
        all.find(|(mask, known)| agrees(*mask, *known, at)).map(|(mask, _)| *mask)
    }

    pub(crate) fn set_forced(&mut self, mask: Axes, at: Context) {
        match self.forced {
            None => self.forced = Some((mask, at)),
            Some(_) => self.extra().forced.push((mask, at)),
        }
    }

    pub(crate) fn extra(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }

    pub(crate) fn known(&self) -> Option<&Extra> {
        self.extra.as_deref()
    }
}
