//! The evaluator: its state, and what the later stages ask of it.

use crate::env::Env;
use crate::errors::Problems;
use crate::intrinsics::Intrinsic;
use crate::limits::Limits;
use crate::object::{ComputedKey, Layers, ObjectData, Stack};
use crate::plan::{BodyPlan, IdMap};
use crate::provenance::LayerOwner;
use crate::value::{Context, Object, ObjectId, Value};
use plat_base::{Name, Quantity, Span};
use plat_sema::hir::{Axes, BodyId, ExprId, FnId, InstanceId, KindId, LetId, LoopId, Program, Ty, TyId};
use std::collections::HashMap;
use std::rc::Rc;

/// What the driver knows and the program may ask for: tables that are not written in Plat.
pub trait Tables {
    /// The platforms (`linux/arm64`) that a base image is published for, if it is a known one.
    fn published_platforms(&self, image: &str, tag: &str) -> Option<Vec<String>>;

    /// The names of the time zones, sorted; none if nobody knows.
    fn time_zones(&self) -> &'static [&'static str] {
        &[]
    }
}

/// Something whose evaluation is under way, for the report of a cycle.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Pending {
    Field(ObjectId, Name),
    Let(LetId),
    Layers(ObjectId),
}

/// What is precomputed about a kind.
#[derive(Debug)]
pub(crate) struct KindInfo {
    /// Position in `Kind::fields` by name.
    pub(crate) fields: IdMap<Name, u32>,
    /// The bodies of its defaults and its ancestors', the root's first.
    pub(crate) defaults: Vec<(KindId, BodyId)>,
    pub(crate) has_final: bool,
    pub(crate) by_reference: bool,
}

/// Evaluates a program. Nothing is computed before it is asked for, and nothing twice in contexts that agree on the
/// axes that it reads.
pub struct Evaluator<'p> {
    pub(crate) program: &'p Program,
    pub(crate) limits: Limits,
    pub(crate) tables: Option<Box<dyn Tables>>,
    pub(crate) objects: Vec<ObjectData>,
    pub(crate) plans: Vec<Option<Rc<BodyPlan<'p>>>>,
    pub(crate) kinds: Vec<Option<Rc<KindInfo>>>,
    pub(crate) static_instances: IdMap<u32, ObjectId>,
    /// The instances that each loop made; `None` while it runs.
    pub(crate) loops: IdMap<u32, Option<Rc<[ObjectId]>>>,
    pub(crate) loop_emits: Vec<(LoopId, usize, Env)>,
    pub(crate) generated: usize,
    pub(crate) of_kind: IdMap<u32, Rc<[ObjectId]>>,
    pub(crate) kind_maps: IdMap<u32, ObjectId>,
    pub(crate) axes: [Option<Rc<[Object]>>; 2],
    pub(crate) lets: Vec<crate::object::Slot>,
    pub(crate) texts: IdMap<Name, Rc<str>>,
    /// Written quantities, by their place in the program.
    pub(crate) quantities: IdMap<usize, Rc<Quantity>>,
    pub(crate) intrinsics: IdMap<u32, Option<Intrinsic>>,
    pub(crate) patterns: HashMap<Rc<str>, Option<crate::patterns::Pattern>>,
    pub(crate) binds: Vec<u8>,
    /// How deep the lists are that hold lists, by address.
    pub(crate) nested: IdMap<usize, (usize, Rc<[Value]>)>,
    /// The fields that objects of the same type and bodies may have.
    pub(crate) shapes: IdMap<(TyId, Vec<BodyId>), Rc<[Name]>>,
    /// The contexts in which declared instances exist.
    pub(crate) existence: IdMap<u32, Rc<[Context]>>,
    pub(crate) name_field: Name,
    pub(crate) no_keys: Rc<[ComputedKey]>,
    // What is going on right now.
    pub(crate) at: Context,
    pub(crate) mask: Axes,
    pub(crate) depth: usize,
    pub(crate) steps: u64,
    /// At how many steps to look at the limits again.
    pub(crate) next_check: u64,
    /// How many steps there were when the current field or constant began, and those of what it reads; outside of any
    /// the highest number, so that no step is one's own.
    pub(crate) others: u64,
    /// What is gone through right now, for the report of a limit.
    pub(crate) visiting: Option<Span>,
    /// How many instances the project's own modules declare outside loops.
    pub(crate) declared: u64,
    pub(crate) exhausted: bool,
    /// The limits that were reached, as they were told.
    pub(crate) exceeded: Vec<String>,
    pub(crate) pending: Vec<Pending>,
    /// What is being computed that may not vary, for the message.
    pub(crate) fixed: Vec<(String, Span)>,
    /// Values of sub-expressions, recorded while an assertion is explained.
    pub(crate) witness: Option<Vec<(ExprId, Value)>>,
    /// Whether a check's own expression is evaluated, in which what is absent is no error.
    pub(crate) in_check: bool,
    /// The axes along which a file that is emitted has a place of its own: a map of instances has only those that
    /// exist there.
    pub(crate) listed_along: Axes,
    /// In whose layer the expression stands that is evaluated.
    pub(crate) owner: LayerOwner,
    pub(crate) problems: Problems,
    /// The first object of the region that is being made, which is given up as a whole: see [`Self::begin_region`].
    pub(crate) floor: u32,
    /// Whether something older may refer to objects of the region.
    pub(crate) kept: bool,
    /// In how many contexts something was computed as a whole, and in how many it was known from others.
    pub(crate) covered: (u64, u64),
    /// What the checks of the subject at hand have found out.
    pub(crate) known: Option<Box<crate::calls::Known>>,
    /// What checks have asked of words and numbers alone.
    pub(crate) plain_calls: crate::calls::PlainCalls,
    /// Empty lists with room, for lists that are being made.
    pub(crate) spare: Vec<Vec<Value>>,
    /// What values were computed from, if anybody asked.
    pub(crate) reads: Option<Box<crate::reads::Recorder>>,
}

impl<'p> Evaluator<'p> {
    /// An evaluator of `program`, which has evaluated nothing yet. Declaration loops run when instances of a kind
    /// that they make are asked for.
    pub fn new(program: &'p Program, limits: Limits) -> Evaluator<'p> {
        let own = |i: &&plat_sema::hir::Instance| !program[i.module].is_std && i.in_loop.is_none();
        let declared = program.instances.iter().filter(own);
        let idle = || crate::object::Slot { busy: false, memos: crate::object::Memos::None };
        Evaluator {
            program,
            limits,
            tables: None,
            objects: Vec::new(),
            plans: program.bodies.iter().map(|_| None).collect(),
            kinds: program.kinds.iter().map(|_| None).collect(),
            static_instances: IdMap::default(),
            loops: IdMap::default(),
            loop_emits: Vec::new(),
            generated: 0,
            of_kind: IdMap::default(),
            kind_maps: IdMap::default(),
            axes: [None, None],
            lets: program.lets.iter().map(|_| idle()).collect(),
            texts: IdMap::default(),
            quantities: IdMap::default(),
            intrinsics: IdMap::default(),
            patterns: HashMap::new(),
            binds: Vec::new(),
            nested: IdMap::default(),
            shapes: IdMap::default(),
            existence: IdMap::default(),
            name_field: Name::new("name"),
            no_keys: Rc::new([]),
            at: Context::default(),
            mask: Axes::NONE,
            depth: 0,
            steps: 0,
            next_check: 4096,
            others: u64::MAX,
            visiting: None,
            declared: declared.count() as u64,
            exhausted: false,
            exceeded: Vec::new(),
            pending: Vec::new(),
            fixed: Vec::new(),
            witness: None,
            in_check: false,
            listed_along: Axes::NONE,
            owner: LayerOwner::Expression,
            problems: Problems::default(),
            floor: 0,
            kept: false,
            covered: (0, 0),
            known: None,
            plain_calls: crate::calls::PlainCalls::default(),
            spare: Vec::new(),
            reads: None,
        }
    }

    /// Gives the program the tables that its intrinsics ask for.
    pub fn set_base_images(&mut self, tables: Box<dyn Tables>) {
        self.tables = Some(tables);
    }

    /// In how many contexts constants and instances were computed, and in how many they were known from others.
    pub fn covered(&self) -> (u64, u64) {
        self.covered
    }

    /// How many steps it has taken so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether a program like this one may take so many steps.
    pub fn may_take(&self, steps: u64) -> bool {
        steps <= self.for_size(self.limits.steps, self.limits.steps_per_instance)
    }

    /// A limit that grows with the program: `whatever` its size, and more `for_each` instance in each context.
    pub(crate) fn for_size(&self, whatever: u64, for_each: u64) -> u64 {
        let contexts = self.axes.iter().flatten().map(|axis| axis.len().max(1)).product::<usize>() as u64;
        let instances = self.declared + self.generated as u64;
        whatever.saturating_add(instances.saturating_mul(contexts.max(1)).saturating_mul(for_each))
    }

    /// What the evaluation may cost from now on.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// The program that is evaluated.
    pub fn program(&self) -> &'p Program {
        self.program
    }

    /// The declared name of an instance (of an implicit platform or environment, what it is called).
    pub fn name(&self, object: Object) -> Option<Name> {
        if object.instance.is_none() && !self.is_axis(&object) {
            return None;
        }
        self.objects.get(object.id.0 as usize)?.name
    }

    /// The name that an object was declared under or, if it was made from a declared instance by an amendment or a
    /// refinement, the name of that one.
    pub fn nearest_name(&self, object: Object) -> Option<Name> {
        self.objects.get(object.id.0 as usize)?.name
    }

    /// Where the name of a declared instance stands.
    pub fn declaration(&self, object: Object) -> Option<Span> {
        object.instance.map(|id| self.program[id].name_span)
    }

    /// The value of a field: [`Value::Absent`] if it is not set, [`Value::Poison`] if an error has been reported.
    pub fn field(&mut self, object: Object, field: Name, at: Context) -> Value {
        self.in_context(at, |this| this.read(object.id, field))
    }

    /// The fields that are present, in order: those that the kind or record type declares first, then the others
    /// in source order; a refined key keeps its place.
    pub fn keys(&mut self, object: Object, at: Context) -> Vec<Name> {
        self.in_context(at, |this| this.present_keys(object.id))
    }

    /// The value of an expression outside any declaration: a project setting, a constant.
    pub fn evaluate(&mut self, expr: ExprId, at: Context) -> Value {
        self.in_context(at, |this| this.eval(expr, &None))
    }

    /// Runs `f` and says which axes were read, those of remembered values included.
    pub fn traced<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> (R, Axes) {
        let outer = self.begin_trace();
        let result = f(self);
        (result, self.end_trace(outer))
    }

    /// Begins to note which axes are read. Gives what [`Self::end_trace`] takes; traces nest.
    pub fn begin_trace(&mut self) -> Axes {
        std::mem::replace(&mut self.mask, Axes::NONE)
    }

    /// The axes that were read since the trace began.
    pub fn end_trace(&mut self, outer: Axes) -> Axes {
        let read = self.mask;
        self.mask = outer.union(read);
        read
    }

    /// A value as interpolation prints it; lists and objects as a program would write them, `at` in no context.
    pub fn display(&mut self, value: &Value) -> String {
        self.show(value)
    }

    pub(crate) fn in_context<R>(&mut self, at: Context, f: impl FnOnce(&mut Self) -> R) -> R {
        let saved = std::mem::replace(&mut self.at, at);
        let result = f(self);
        self.at = saved;
        result
    }

    pub(crate) fn data(&self, id: ObjectId) -> &ObjectData {
        &self.objects[id.0 as usize]
    }

    pub(crate) fn data_mut(&mut self, id: ObjectId) -> &mut ObjectData {
        &mut self.objects[id.0 as usize]
    }

    /// The handle of an object.
    pub(crate) fn handle(&self, id: ObjectId) -> Object {
        let data = self.data(id);
        Object { id, kind: data.kind, instance: data.instance, ty: data.ty }
    }

    pub(crate) fn next_id(&self) -> ObjectId {
        ObjectId(self.objects.len() as u32)
    }

    pub(crate) fn add_object(&mut self, data: ObjectData) -> ObjectId {
        // An object takes the memory of several values.
        self.steps += 4;
        let id = self.next_id();
        self.objects.push(data);
        id
    }

    /// Begins to make objects that will be given up by [`Self::end_region`], which takes what this gives.
    pub(crate) fn begin_region(&mut self) -> (u32, bool) {
        let here = self.next_id().0;
        let floor = std::mem::replace(&mut self.floor, here);
        (floor, std::mem::replace(&mut self.kept, false))
    }

    /// Gives up the objects that were made since, unless what was there before refers to some of them. The caller has no
    /// value any more that does.
    pub(crate) fn end_region(&mut self, (floor, kept): (u32, bool)) {
        if !self.kept {
            self.objects.truncate(self.floor as usize);
        }
        self.kept |= kept;
        self.floor = floor;
    }

    /// A value is remembered by this object.
    pub(crate) fn keep_in(&mut self, id: ObjectId) {
        self.kept |= id.0 < self.floor;
    }

    /// Whether a problem was found, or a limit was reached.
    pub fn has_problems(&self) -> bool {
        self.exhausted || !self.problems.is_empty()
    }

    /// A new anonymous object.
    pub(crate) fn anonymous(&mut self, ty: TyId, kind: Option<KindId>, layers: Stack) -> ObjectId {
        self.add_object(ObjectData::new(ty, kind, Layers::Fixed(layers)))
    }

    pub(crate) fn plan(&mut self, body: BodyId) -> Rc<BodyPlan<'p>> {
        let program = self.program;
        let slot = &mut self.plans[body.0 as usize];
        Rc::clone(slot.get_or_insert_with(|| Rc::new(BodyPlan::new(&program[body]))))
    }

    pub(crate) fn kind_info(&mut self, kind: KindId) -> Rc<KindInfo> {
        let program = self.program;
        let slot = &mut self.kinds[kind.0 as usize];
        Rc::clone(slot.get_or_insert_with(|| Rc::new(KindInfo::new(program, kind))))
    }

    /// The text of an interned name, shared.
    pub(crate) fn text_of(&mut self, name: Name) -> Rc<str> {
        Rc::clone(self.texts.entry(name).or_insert_with(|| Rc::from(name.as_str())))
    }

    /// Whether binding a value to this type has anything to check.
    pub(crate) fn needs_binding(&mut self, ty: TyId) -> bool {
        let at = ty.0 as usize;
        if at >= self.binds.len() {
            self.binds.resize(at + 64, 0);
        }
        if self.binds[at] == 0 {
            self.binds[at] = 1 + u8::from(self.program.needs_binding(ty));
        }
        self.binds[at] == 2
    }

    /// The type without `?` and refinements.
    pub(crate) fn bare(&self, ty: TyId) -> &'p Ty {
        let types = &self.program.types;
        types.get(types.base(types.present(types.base(ty))))
    }

    pub(crate) fn intrinsic(&mut self, id: FnId, name: Name) -> Option<Intrinsic> {
        *self.intrinsics.entry(id.0).or_insert_with(|| crate::intrinsics::lookup(name.as_str()))
    }

    /// The type of a kind's instances.
    pub(crate) fn kind_type(&self, kind: KindId) -> TyId {
        self.program.types.find(&Ty::Kind(kind)).unwrap_or(TyId::ERROR)
    }

    /// The type of the map of a kind's instances.
    pub(crate) fn instances_type(&self, kind: KindId) -> TyId {
        self.program.types.find(&Ty::Instances(kind)).unwrap_or(TyId::DATA)
    }

    pub(crate) fn instance_name(&self, id: InstanceId) -> Span {
        self.program[id].name_span
    }
}

impl KindInfo {
    fn new(program: &Program, id: KindId) -> KindInfo {
        let kind = &program[id];
        let by_name = kind.fields.iter().enumerate().map(|(at, field)| (field.name, at as u32));
        let lineage = program.lineage(id).into_iter();
        KindInfo {
            fields: by_name.collect(),
            defaults: lineage.filter_map(|k| Some((k, program[k].defaults?))).collect(),
            has_final: kind.fields.iter().any(|f| f.is_final),
            by_reference: kind.rest.is_some_and(|rest| rest.by_reference),
        }
    }
}
