//! Readers of foreign formats, each by a parser that no printer of this compiler shares. In: text. Out: trees with the
//! line of every value. Nothing is judged here.

pub(crate) mod dockerfile;
pub(crate) mod json;
pub(crate) mod node;
pub(crate) mod sizes;
pub(crate) mod starlark;
pub(crate) mod yaml;

/// Why a text cannot be read: the line (0: unknown) and the reason.
pub(crate) type Refusal = (u32, String);

/// More values than any artefact has.
const MAX_NODES: usize = 4_000_000;

/// Deeper nesting than any artefact has.
const MAX_DEPTH: usize = 200;
