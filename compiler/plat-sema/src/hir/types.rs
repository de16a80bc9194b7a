//! Types, interned: equal types have equal ids.

use super::{EnumId, ExprId, KindId, ModuleId};
use crate::hash::{FastMap, WordHasher};
use plat_base::{Dimension, Name, Span};
use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};

/// An interned type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct TyId(pub u32);

/// Index into [`Types::record`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct RecordId(pub u32);

/// Index into [`Types::refinement`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct RefinementId(pub u32);

/// A type.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Ty {
    /// Reported already; fits everything.
    Error,
    /// No value: the element of an empty list, the result of what cannot happen. Fits everything.
    Never,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `float`.
    Float,
    /// `string`.
    String,
    /// `bytes`, `cores`, `duration`, `percent`.
    Quantity(Dimension),
    /// `secret`.
    Secret,
    /// `data`: any JSON-like value.
    Data,
    /// The type of `null` alone, which only `data` accepts.
    Null,
    /// `list[T]`.
    List(TyId),
    /// `map[T]`.
    Map(TyId),
    /// `T?`.
    Optional(TyId),
    /// A record type.
    Record(RecordId),
    /// `A | B`; flattened, without duplicates, at least two, in source order.
    Union(Vec<TyId>),
    /// An enum.
    Enum(EnumId),
    /// An instance of a kind or of one that extends it.
    Kind(KindId),
    /// The ordered map of a kind's instances.
    Instances(KindId),
    /// `T where c`.
    Refined(RefinementId),
    /// A type parameter of a function of the standard library, by position.
    Param(u32),
}

/// A record type. Records are compared by structure: equal fields in equal order give one id.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The alias that named it, for messages; the first one if there are several.
    pub name: Option<Name>,
    /// In source order.
    pub fields: Vec<RecordField>,
    /// The type of every further field.
    pub rest: Option<TyId>,
}

/// A field of a record type.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct RecordField {
    /// Its name.
    pub name: Name,
    /// The type of a present value.
    pub ty: TyId,
    /// Whether it may be absent.
    pub optional: bool,
    /// Where it is declared; the literal's key for an inferred type.
    pub span: Span,
    /// Its doc comment.
    pub doc: Option<String>,
}

/// `type NAME = base where condition`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Refinement {
    /// The alias that names it.
    pub name: Option<Name>,
    /// The alias's doc comment.
    pub doc: Option<String>,
    /// What it refines.
    pub base: TyId,
    /// The condition, in a frame of one slot: `it`.
    pub condition: ExprId,
    /// Where the condition stands.
    pub span: Span,
    /// The module that declares it.
    pub module: ModuleId,
}

/// The table of types.
#[derive(Debug, Serialize, Deserialize)]
pub struct Types {
    types: Vec<Ty>,
    /// How many parts each type has when it is written out.
    weights: Vec<u32>,
    /// Whether a type was asked for that has too many.
    is_too_big: bool,
    #[serde(skip)]
    ids: Index,
    records: Vec<Record>,
    #[serde(skip)]
    record_ids: Index,
    refinements: Vec<Refinement>,
}

/// Where entries of a table with a certain hash are, for a table that has each entry once.
#[derive(Debug, Default)]
struct Index {
    /// The last entry of each hash.
    last: FastMap<u64, u32>,
    /// For each entry the one before it with the same hash.
    before: Vec<Option<u32>>,
}

impl Index {
    /// The place of the entry with this hash that `is` the wanted one.
    fn find(&self, hash: u64, is: impl Fn(usize) -> bool) -> Option<u32> {
        let mut at = self.last.get(&hash).copied();
        while let Some(place) = at.filter(|place| !is(*place as usize)) {
            at = self.before.get(place as usize).copied().flatten();
        }
        at
    }

    /// Notes the hash of the table's next entry.
    fn push(&mut self, hash: u64) {
        let next = self.before.len() as u32;
        self.before.push(self.last.insert(hash, next));
    }
}

fn hash_of(ty: &Ty) -> u64 {
    let mut hasher = WordHasher::default();
    ty.hash(&mut hasher);
    hasher.finish()
}

/// Of the places and types of the fields only, which tell records apart well enough: texts are long.
fn hash_of_record(record: &Record) -> u64 {
    let mut hasher = WordHasher::default();
    for field in &record.fields {
        (field.ty, field.span).hash(&mut hasher);
    }
    (record.fields.len(), record.rest).hash(&mut hasher);
    hasher.finish()
}

impl Default for Types {
    fn default() -> Types {
        let mut types = Types {
            types: Vec::new(),
            weights: Vec::new(),
            is_too_big: false,
            ids: Index::default(),
            records: Vec::new(),
            record_ids: Index::default(),
            refinements: Vec::new(),
        };
        for ty in FIXED {
            types.intern(ty.clone());
        }
        types
    }
}

/// The most parts of a type.
const MAX_WEIGHT: u32 = 300_000;

const FIXED: &[Ty] = &[
    Ty::Error,
    Ty::Never,
    Ty::Bool,
    Ty::Int,
    Ty::Float,
    Ty::String,
    Ty::Quantity(Dimension::Bytes),
    Ty::Quantity(Dimension::Cores),
    Ty::Quantity(Dimension::Duration),
    Ty::Quantity(Dimension::Percent),
    Ty::Secret,
    Ty::Data,
    Ty::Null,
];

impl TyId {
    /// [`Ty::Error`].
    pub const ERROR: TyId = TyId(0);
    /// [`Ty::Never`].
    pub const NEVER: TyId = TyId(1);
    /// [`Ty::Bool`].
    pub const BOOL: TyId = TyId(2);
    /// [`Ty::Int`].
    pub const INT: TyId = TyId(3);
    /// [`Ty::Float`].
    pub const FLOAT: TyId = TyId(4);
    /// [`Ty::String`].
    pub const STRING: TyId = TyId(5);
    /// `bytes`.
    pub const BYTES: TyId = TyId(6);
    /// `cores`.
    pub const CORES: TyId = TyId(7);
    /// `duration`.
    pub const DURATION: TyId = TyId(8);
    /// `percent`.
    pub const PERCENT: TyId = TyId(9);
    /// [`Ty::Secret`].
    pub const SECRET: TyId = TyId(10);
    /// [`Ty::Data`].
    pub const DATA: TyId = TyId(11);
    /// [`Ty::Null`].
    pub const NULL: TyId = TyId(12);
}

impl Types {
    /// The id of a type. One of too many parts becomes [`Ty::Error`], and [`Types::take_too_big`] says so.
    pub fn intern(&mut self, ty: Ty) -> TyId {
        let hash = hash_of(&ty);
        if let Some(id) = self.ids.find(hash, |at| self.types.get(at) == Some(&ty)) {
            return TyId(id);
        }
        let weight = self.weight(&ty);
        if weight > MAX_WEIGHT {
            self.is_too_big = true;
            return TyId::ERROR;
        }
        self.weights.push(weight);
        let id = TyId(self.types.len() as u32);
        self.types.push(ty);
        self.ids.push(hash);
        id
    }

    /// How many parts a type has when it is written out. Types share their parts, so a few of them may have more than
    /// anybody can visit.
    fn weight(&self, ty: &Ty) -> u32 {
        let of = |id: &TyId| self.weights.get(id.0 as usize).copied().unwrap_or(1);
        let parts = match ty {
            Ty::List(t) | Ty::Map(t) | Ty::Optional(t) => of(t),
            Ty::Union(members) => members.iter().map(of).fold(0, u32::saturating_add),
            Ty::Record(id) => {
                let record = self.record(*id);
                let fields = record.fields.iter().map(|f| f.ty).chain(record.rest);
                fields.map(|ty| of(&ty)).fold(0, u32::saturating_add)
            }
            Ty::Refined(id) => of(&self.refinement(*id).base),
            _ => 0,
        };
        parts.saturating_add(1)
    }

    /// Whether a type of too many parts was asked for since the last call.
    pub(crate) fn take_too_big(&mut self) -> bool {
        std::mem::take(&mut self.is_too_big)
    }

    /// The id of a type, if it occurs in the program.
    pub fn find(&self, ty: &Ty) -> Option<TyId> {
        self.ids.find(hash_of(ty), |at| self.types.get(at) == Some(ty)).map(TyId)
    }

    /// The type of an id.
    pub fn get(&self, id: TyId) -> &Ty {
        &self.types[id.0 as usize]
    }

    /// The id of a record type.
    pub fn intern_record(&mut self, record: Record) -> TyId {
        let hash = hash_of_record(&record);
        let id = match self.record_ids.find(hash, |at| self.records.get(at) == Some(&record)) {
            Some(id) => RecordId(id),
            None => {
                let id = RecordId(self.records.len() as u32);
                self.records.push(record);
                self.record_ids.push(hash);
                id
            }
        };
        self.intern(Ty::Record(id))
    }

    /// Makes the indexes, which an image does not have.
    pub(crate) fn index(&mut self) {
        (self.ids, self.record_ids) = (Index::default(), Index::default());
        self.types.iter().for_each(|ty| self.ids.push(hash_of(ty)));
        self.records.iter().for_each(|record| self.record_ids.push(hash_of_record(record)));
    }

    /// A record type.
    pub fn record(&self, id: RecordId) -> &Record {
        &self.records[id.0 as usize]
    }

    /// Adds a refinement; each declaration is a type of its own.
    pub fn add_refinement(&mut self, refinement: Refinement) -> TyId {
        let id = RefinementId(self.refinements.len() as u32);
        self.refinements.push(refinement);
        self.intern(Ty::Refined(id))
    }

    /// A refinement.
    pub fn refinement(&self, id: RefinementId) -> &Refinement {
        &self.refinements[id.0 as usize]
    }

    /// Sets the condition of a refinement, once its expression has been checked.
    pub fn set_condition(&mut self, id: RefinementId, condition: ExprId) {
        if let Some(refinement) = self.refinements.get_mut(id.0 as usize) {
            refinement.condition = condition;
        }
    }

    /// The type without its refinements: `int` of `port`.
    pub fn base(&self, id: TyId) -> TyId {
        match self.get(id) {
            Ty::Refined(r) => self.base(self.refinement(*r).base),
            _ => id,
        }
    }

    /// The type of a present value: `T` of `T?`.
    pub fn present(&self, id: TyId) -> TyId {
        match self.get(id) {
            Ty::Optional(inner) => *inner,
            _ => id,
        }
    }

    /// See [`super::Program::needs_binding`].
    pub fn needs_binding(&self, id: TyId) -> bool {
        match self.get(id) {
            Ty::Quantity(_) | Ty::Refined(_) => true,
            Ty::List(t) | Ty::Map(t) | Ty::Optional(t) => self.needs_binding(*t),
            Ty::Union(members) => members.iter().any(|t| self.needs_binding(*t)),
            // Those of a literal that was written as such a record are bound one by one, when they are read.
            Ty::Record(id) => {
                let record = self.record(*id);
                record.fields.iter().map(|f| f.ty).chain(record.rest).any(|t| self.needs_binding(t))
            }
            // The fields of kinds are bound one by one, when they are read.
            _ => false,
        }
    }
}
