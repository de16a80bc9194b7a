//! Syntax trees to a typed program. In: the parsed modules and where each `use` leads. Out: a [`hir::Program`] and
//! the diagnostics. Imports, scopes and names are resolved, kinds and types checked in both directions; nothing is
//! evaluated here and no file is read.

mod base;
mod check;
mod context;
mod errors;
mod hash;
pub mod hir;
mod resolve;

pub use errors::leaves_out;

use context::Checker;
use plat_base::{Diagnostic, FileId, Name};
use plat_syntax::image::Tree;
use std::collections::HashMap;

pub use base::image;

/// A parsed file and where its imports lead; the driver makes these.
#[derive(Debug, Clone)]
pub struct SourceModule {
    /// The file's syntax tree.
    pub ast: Tree,
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
    match modules.first() {
        Some(first) => Checker::new(modules, &first.ast).finish(),
        None => (hir::Program::default(), Vec::new()),
    }
}

/// The same for a program of which the first modules were checked before, which made this [`image`], if there is one.
pub fn analyze_on(image: Option<&'static [u8]>, modules: &[SourceModule]) -> (hir::Program, Vec<Diagnostic>) {
    match image.and_then(base::read) {
        Some(base) => base.extended(modules),
        None => analyze(modules),
    }
}

impl Checker<'_> {
    /// Checks all that was not checked before.
    fn finish(mut self) -> (hir::Program, Vec<Diagnostic>) {
        self.check_modules();
        let Checker { sources, program, mut diagnostics, .. } = self;
        let order: HashMap<FileId, usize> =
            sources.iter().enumerate().map(|(at, m)| (m.ast.file(), at)).collect();
        diagnostics.sort_by_key(|d| d.span().map(|s| (order.get(&s.file).copied(), s.start)));
        (program, diagnostics)
    }

    fn check_modules(&mut self) {
        self.declare_all();
        self.import_all();
        self.resolve_kinds();
        self.resolve_instances();
        self.check_all();
        self.fill_exports();
        self.check_recursion();
        self.order_loops();
    }
}
