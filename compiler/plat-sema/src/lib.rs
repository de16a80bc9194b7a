//! Syntax trees to a typed program. In: the parsed modules and where each `use` leads. Out: a [`hir::Program`] and
//! the diagnostics. Imports, scopes and names are resolved, kinds and types checked in both directions; nothing is
//! evaluated here and no file is read.

mod check;
mod context;
mod errors;
mod hash;
pub mod hir;
mod resolve;

pub use errors::leaves_out;

use context::Checker;
use plat_base::{Diagnostic, FileId, Name};
use plat_syntax::ast;
use std::collections::HashMap;
use std::sync::Arc;

/// A parsed file and where its imports lead; the driver makes these.
#[derive(Debug, Clone)]
pub struct SourceModule {
    /// The file's syntax tree.
    pub ast: Arc<ast::Module>,
    /// What `use` calls it unless renamed: the last segment of `std.images`, the file stem of `./platforms.plat`.
    pub name: Name,
    /// Whether it belongs to the standard library.
    pub is_std: bool,
    /// Whether it belongs to the prelude: its names are in scope everywhere.
    pub is_prelude: bool,
    /// For each `use` item of the file, in order, the index of the module that it leads to; `None` if it could not
    /// be loaded, which the driver has reported.
    pub imports: Vec<Option<usize>>,
}

/// A type as a user would write it.
pub fn type_name(program: &hir::Program, ty: hir::TyId) -> String {
    check::show::show(program, ty)
}

/// Checks a whole program. `modules` is in dependency order (a module after all that it imports), the prelude first.
///
/// The diagnostics come in the order of the source. Even of a program in error every declaration is in the result:
/// what could not be understood has the type [`hir::Ty::Error`].
pub fn analyze(modules: &[SourceModule]) -> (hir::Program, Vec<Diagnostic>) {
    let Some(first) = modules.first() else { return (hir::Program::default(), Vec::new()) };
    let mut checker = Checker::new(modules, &first.ast);
    checker.declare_all();
    checker.import_all();
    checker.resolve_kinds();
    checker.resolve_instances();
    checker.check_all();
    checker.fill_exports();
    checker.check_recursion();
    checker.order_loops();
    let Checker { program, mut diagnostics, .. } = checker;
    let order: HashMap<FileId, usize> = modules.iter().enumerate().map(|(at, m)| (m.ast.file, at)).collect();
    diagnostics.sort_by_key(|d| d.span().map(|s| (order.get(&s.file).copied(), s.start)));
    (program, diagnostics)
}
