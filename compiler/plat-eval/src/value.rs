//! Values as the evaluator hands them out.

use plat_base::{Name, Quantity};
use plat_sema::hir::{EnumId, InstanceId, KindId, TyId};
use std::rc::Rc;

/// Where a value is looked at: a platform and an environment, by their positions in
/// `Evaluator::platforms` and `Evaluator::environments`. An axis that is `None` may not be read
/// (`varies-where-fixed`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Context {
    /// The platform, if one is given.
    pub platform: Option<u16>,
    /// The environment, if one is given.
    pub environment: Option<u16>,
}

/// A value, cheap to clone. Quantities are whole where they were bound.
#[derive(Clone, Debug)]
pub enum Value {
    /// An error stands behind it and has been reported; what depends on it stays silent.
    Poison,
    /// No value: an optional field that is not set, `m[k]` without such a key.
    Absent,
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string.
    Str(Text),
    /// A quantity; shared, since its exact amount would make every value twice as large.
    Quantity(Rc<Quantity>),
    /// A variant of an enum, by position.
    Variant(EnumId, u32),
    /// A secret, or a string with one in it.
    Secret(Rc<Secret>),
    /// A list.
    List(Rc<[Value]>),
    /// An instance, a record or a map.
    Object(Object),
}

impl From<Quantity> for Value {
    fn from(quantity: Quantity) -> Value {
        Value::Quantity(Rc::new(quantity))
    }
}

/// A string, which may remember the `config` entry that it was read from.
#[derive(Clone, Debug)]
pub struct Text {
    /// What it says.
    pub text: Rc<str>,
    /// The entry that it is, unchanged.
    pub reference: Option<Rc<TextRef>>,
}

/// An entry of an instance whose kind takes its further fields by reference.
#[derive(Clone, Debug, PartialEq)]
pub struct TextRef {
    /// The instance, such as `config api-config`.
    pub owner: Object,
    /// Its name.
    pub instance: Name,
    /// The key of the entry.
    pub key: Name,
}

/// A secret: text and references in order. A plain secret is one reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Secret {
    /// The parts.
    pub parts: Vec<SecretPart>,
}

/// A part of a secret string.
#[derive(Clone, Debug, PartialEq)]
pub enum SecretPart {
    /// Public text around it.
    Text(Rc<str>),
    /// An entry of a `credentials` instance.
    Entry(TextRef),
    /// `secret()` itself, before it was read through the field of a declared instance.
    Source,
}

/// A handle on an object of the evaluator's arena: an instance, a record or a map. Fields are evaluated when asked
/// for, once per context that they depend on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Object {
    /// Which.
    pub id: ObjectId,
    /// The kind, for instances and anonymous `K { … }`.
    pub kind: Option<KindId>,
    /// The declaration that made it, for declared instances.
    pub instance: Option<InstanceId>,
    /// Its type.
    pub ty: TyId,
}

/// Index of an object in its evaluator.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ObjectId(pub u32);
