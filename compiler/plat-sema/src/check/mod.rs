//! Types: every expression gets one, in both directions at once; every body fits its kind.

pub(crate) mod access;
pub(crate) mod assign;
pub(crate) mod bodies;
pub(crate) mod calls;
pub(crate) mod checks;
pub(crate) mod comprehensions;
pub(crate) mod control;
pub(crate) mod coverage;
pub(crate) mod expressions;
pub(crate) mod force;
pub(crate) mod generics;
pub(crate) mod items;
pub(crate) mod literals;
pub(crate) mod mismatch;
pub(crate) mod naming;
pub(crate) mod narrow;
pub(crate) mod operators;
pub(crate) mod order;
pub(crate) mod patterns;
pub(crate) mod present;
pub(crate) mod records;
pub(crate) mod settings;
pub(crate) mod show;
