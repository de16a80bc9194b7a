//! What each `use` brings into its module's scope, and what each module exports.

use crate::context::{Binding, Checker, Def};
use crate::errors;
use crate::hir::Export;
use plat_base::Name;
use plat_syntax::ast::{self, ItemKind, UseNames};

impl<'a> Checker<'a> {
    /// Binds the imports of all modules and gathers the prelude.
    pub(crate) fn import_all(&mut self) {
        for module in self.start.modules..self.sources.len() {
            let ast = self.module_ast(module);
            let uses = ast.items.iter().filter_map(|item| match &item.kind {
                ItemKind::Use(decl) => Some(decl),
                _ => None,
            });
            for (at, decl) in uses.enumerate() {
                let target = self.sources[module].imports.get(at).copied().flatten();
                self.import(module, decl, target);
            }
        }
        for module in self.start.modules..self.sources.len() {
            if self.sources[module].is_prelude {
                self.add_to_prelude(module);
            }
        }
    }

    fn import(&mut self, module: usize, decl: &'a ast::Use, target: Option<usize>) {
        match &decl.names {
            UseNames::Whole => {
                let def = target.map_or(Def::Broken, Def::Module);
                let name = target.and_then(|t| self.sources.get(t)).map(|s| s.name);
                if let Some(name) = name.or_else(|| last_name(&decl.path)) {
                    self.bind_import(module, ast::Ident { name, span: decl.path_span }, def);
                }
            }
            UseNames::As(name) => self.bind_import(module, *name, target.map_or(Def::Broken, Def::Module)),
            UseNames::Some(names) => {
                for name in names {
                    self.import_name(module, name, target);
                }
            }
        }
    }

    fn import_name(&mut self, module: usize, name: &ast::UseName, target: Option<usize>) {
        let bound = name.rename.unwrap_or(name.name);
        let Some(target) = target else {
            self.bind_import(module, bound, Def::Broken);
            return;
        };
        let found = self.exported(target, name.name.name);
        if found.is_empty() {
            self.report_unknown_export(target, name.name);
            self.bind_import(module, bound, Def::Broken);
            return;
        }
        for binding in found {
            self.bind_import(module, bound, binding.def);
        }
    }

    /// What a module exports under a name: its own declarations only.
    pub(crate) fn exported(&self, module: usize, name: Name) -> Vec<Binding> {
        if name.as_str().starts_with('_') {
            return Vec::new();
        }
        let file = self.sources[module].ast.file();
        let all = self.scopes[module].get(name).iter();
        all.filter(|b| !matches!(b.def, Def::Module(_)) && self.is_own(b.def, module) && b.span.file == file)
            .copied()
            .collect()
    }

    fn is_own(&self, def: Def, module: usize) -> bool {
        match def {
            Def::Let(id) => self.tables.lets[id.0 as usize].module == module,
            Def::Fn(id) => self.tables.fns[id.0 as usize].module == module,
            Def::Alias(id) => self.tables.aliases[id].module == module,
            Def::Enum(id) => self.program[id].module.0 as usize == module,
            Def::Kind(id) => self.tables.kinds[id.0 as usize].module == module,
            Def::Instance(id) => self.tables.instances[id.0 as usize].module == module,
            Def::Module(_) | Def::Broken => false,
        }
    }

    /// Reports that a module does not export a name.
    pub(crate) fn report_unknown_export(&mut self, module: usize, name: ast::Ident) {
        if self.is_excused(name.name) {
            return;
        }
        let order = &self.scopes[module].order;
        let private = name.name.as_str().starts_with('_') && !self.scopes[module].get(name.name).is_empty();
        let exports: Vec<&str> = order.iter().map(|n| n.as_str()).filter(|n| !n.starts_with('_')).collect();
        let diagnostic = errors::unknown_export(self.sources[module].name, name, private, &exports);
        self.report(diagnostic);
    }

    fn bind_import(&mut self, module: usize, ident: ast::Ident, def: Def) {
        let same = |a: Def, b: Def| matches!((a, b), (Def::Instance(_), _) | (_, Def::Instance(_))) || a == b;
        let taken = self.scopes[module].get(ident.name);
        let conflict = taken.iter().find(|b| !same(b.def, def) && b.def != Def::Broken && def != Def::Broken);
        if let Some(first) = conflict.map(|b| b.span) {
            self.report(errors::duplicate_name(ident.name, first, ident.span));
            return;
        }
        self.scopes[module].add(ident.name, Binding { def, span: ident.span });
    }

    /// Adds what a module exports to the names that are in scope everywhere.
    pub(crate) fn add_to_prelude(&mut self, module: usize) {
        let names: Vec<Name> = self.scopes[module].order.clone();
        for name in names {
            for binding in self.exported(module, name) {
                self.prelude.add(name, binding);
            }
        }
    }

    /// Fills in what each module exports, once the types of aliases are known.
    pub(crate) fn fill_exports(&mut self) {
        for module in self.start.modules..self.sources.len() {
            let mut exports = Vec::new();
            for name in &self.scopes[module].order {
                for binding in self.exported(module, *name) {
                    let export = match binding.def {
                        Def::Let(id) => Export::Let(id),
                        Def::Fn(id) => Export::Fn(id),
                        Def::Alias(id) => Export::Type(self.tables.aliases[id].ty),
                        Def::Enum(id) => Export::Enum(id),
                        Def::Kind(id) => Export::Kind(id),
                        Def::Instance(id) => Export::Instance(id),
                        Def::Module(_) | Def::Broken => continue,
                    };
                    exports.push((*name, export));
                }
            }
            self.program.modules[module].exports = exports;
        }
    }
}

fn last_name(path: &ast::UsePath) -> Option<Name> {
    match path {
        ast::UsePath::Dotted(parts) => parts.last().map(|p| p.name),
        ast::UsePath::File(text) | ast::UsePath::Crd(text) => {
            let file = text.as_str().rsplit('/').next()?;
            Some(Name::new(file.split('.').next().unwrap_or(file)))
        }
    }
}
