//! The vocabulary that every stage of the compiler shares: source files and spans, interned names,
//! exact quantities, and diagnostics as plain data. Nothing here reads a file, parses or prints a report.

mod diagnostic;
pub mod image;
mod limits;
mod name;
mod platform;
mod quantity;
mod rational;
mod source;
mod suggest;

pub use diagnostic::{Diagnostic, Edit, Fix, Label, Severity};
pub use limits::{Limit, Limits};
pub use name::Name;
pub use platform::{PlatformError, PlatformId, platform_meant};
pub use quantity::{Dimension, Quantity, QuantityError, Unit};
pub use rational::Rational;
pub use source::{FileId, LineCol, LineIndex, SourceFile, SourceMap, Span, Text};
pub use suggest::closest;
