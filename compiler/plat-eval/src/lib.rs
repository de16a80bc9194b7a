//! Typed program to values. In: a [`plat_sema::hir::Program`]. Out: the values of its instances per context, with
//! provenance, and the diagnostics of evaluation, tests and checks. No name is resolved and no type inferred here.
//!
//! Values are computed when they are asked for. Which axes (platform, environment) a computation reads is recorded,
//! and its result is used in all contexts that agree on those.

mod access;
mod axes;
mod bind;
mod calls;
mod checks;
mod compare;
mod comprehensions;
mod construct;
mod emits;
mod env;
mod errors;
mod evaluator;
mod expr;
mod force;
mod intrinsics;
mod keys;
mod layers;
mod limits;
mod literals;
mod loops;
mod object;
mod ops;
mod patterns;
mod plan;
mod print;
mod provenance;
mod reads;
mod tell;
mod testing;
mod value;

pub use emits::Emitted;
pub use evaluator::{Evaluator, Tables};
pub use limits::Limits;
pub use provenance::{Influence, Input, InputSource, LayerOrigin, LayerOwner, LayerVerb};
pub use reads::ReadId;
pub use tell::{Emission, Share, Sink, ToldFile, Untold};
pub use testing::{Expectation, TestFailure, TestOutcome};
pub use value::{Context, Object, ObjectId, Secret, SecretPart, Text, TextRef, Value};
