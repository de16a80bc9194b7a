//! The vocabulary that every stage of the compiler shares: source files and spans, interned names,
//! exact quantities, and diagnostics as plain data. Nothing here reads a file, parses or prints a report.

mod diagnostic;
pub mod image;
mod limits;
