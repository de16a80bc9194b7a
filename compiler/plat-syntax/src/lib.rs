//! Text to syntax tree. In: one [`plat_base::SourceFile`]. Out: an [`ast::Module`], its comments and the syntax
//! errors, always all three: a file that does not parse still yields every declaration that does. No name is
//! looked up here and no type is known. This is the only crate that names pest.

pub mod ast;
mod grammar;
pub mod keywords;
mod lex;
mod parse;
mod recover;

pub use parse::{Parse, parse};
