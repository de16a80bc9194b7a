//! Typed program to values. In: a [`plat_sema::hir::Program`]. Out: the values of its instances per context, with
//! provenance, and the diagnostics of evaluation, tests and checks. No name is resolved and no type inferred here.

mod value;

pub use value::{Context, Object, ObjectId, Secret, SecretPart, Text, TextRef, Value};
