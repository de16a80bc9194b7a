//! The first pass: gives every declaration of every module an id and a name in its module's scope. No type and no
//! expression is looked at.

use crate::context::{
    Alias, Binding, Checker, Def, Enclosing, FnSource, InstanceSource, KindSource, LetSource, LoopSource,
    Progress, Scope,
};
use crate::errors;
use crate::hash::FastMap;
use crate::hir::{self, Declaration, ExprId, InstanceInit, InstanceName, KindId, ModuleId, TyId};
use plat_base::{Name, Span};
use plat_syntax::ast::{self, EntryKind, ItemKind, Member};
use std::cell::OnceCell;

impl<'a> Checker<'a> {
    /// Declares everything in every module.
    pub(crate) fn declare_all(&mut self) {
        for module in self.start.modules..self.sources.len() {
            let ast = self.module_ast(module);
            // What did not parse may have declared any of its words.
            self.broken.extend(ast.lost.iter().copied());
            self.scopes.push(Scope::default());
            self.program.modules.push(hir::Module {
                file: ast.file,
                is_std: self.sources[module].is_std,
                doc: ast.doc.as_ref().map(|d| d.text.clone()),
                exports: Vec::new(),
            });
            for item in &ast.items {
                self.declare(module, item);
            }
        }
    }

    fn declare(&mut self, module: usize, item: &'a ast::Item) {
        let doc = item.doc.as_ref().map(|d| d.text.clone());
        match &item.kind {
            ItemKind::Let(decl) => self.declare_let(module, item, decl, doc),
            ItemKind::Fn(decl) => self.declare_fn(module, item, decl, doc),
            ItemKind::Type(decl) => {
                self.declare_alias(module, decl, item.doc.as_ref().map(|d| d.text.as_str()))
            }
            ItemKind::Enum(decl) => self.declare_enum(module, decl, doc),
            ItemKind::Kind(decl) => self.declare_kind(module, item, decl, doc),
            ItemKind::Instance(_) | ItemKind::For(_) => {
                if let Some(declaration) = self.declare_maker(module, item, None) {
                    self.program.declarations.push(declaration);
                }
            }
            ItemKind::Test(test) => self.tables.tests.push((module, test)),
            ItemKind::Check(check) => self.declare_check(module, item, check),
            ItemKind::Emit(emit) => self.tables.emits.push((module, item, emit)),
            ItemKind::Project(project) => self.declare_project(module, item, project),
            ItemKind::Use(_) => {}
            ItemKind::Error => {}
        }
    }

    /// Adds a name that is no instance's: only one declaration of a module may have it.
    fn name(&mut self, module: usize, ident: ast::Ident, def: Def) {
        let taken = self.scopes[module].get(ident.name).iter().find(|b| !matches!(b.def, Def::Instance(_)));
        if let Some(first) = taken.map(|b| b.span) {
            self.report(errors::duplicate_name(ident.name, first, ident.span));
            return;
        }
        self.scopes[module].add(ident.name, Binding { def, span: ident.span });
    }

    fn declare_let(&mut self, module: usize, item: &'a ast::Item, decl: &'a ast::Let, doc: Option<String>) {
        let id = hir::LetId(self.program.lets.len() as u32);
        self.env.ast = self.module_ast(module);
        let deprecated = self.deprecation(&item.annotations);
        self.program.lets.push(hir::Let {
            name: decl.name.name,
            name_span: decl.name.span,
            module: ModuleId(module as u32),
            doc,
            ty: TyId::ERROR,
            value: ExprId(0),
            deprecated,
        });
        self.tables.lets.push(LetSource { module, ast: Some(decl), progress: Progress::Todo });
        self.name(module, decl.name, Def::Let(id));
    }

    fn declare_fn(&mut self, module: usize, item: &'a ast::Item, decl: &'a ast::Fn, doc: Option<String>) {
        let id = hir::FnId(self.program.fns.len() as u32);
        self.env.ast = self.module_ast(module);
        let deprecated = self.deprecation(&item.annotations);
        self.program.fns.push(hir::Fn {
            name: decl.name.name,
            name_span: decl.name.span,
            module: ModuleId(module as u32),
            doc,
            type_params: decl.type_params.iter().map(|p| p.name).collect(),
            params: Vec::new(),
            result: TyId::ERROR,
            body: hir::FnBody::Expr(ExprId(0)),
            deprecated,
        });
        let (signature, body) = (Progress::Todo, Progress::Todo);
        self.tables.fns.push(FnSource { module, ast: Some(decl), signature, body, calls: Vec::new() });
        self.name(module, decl.name, Def::Fn(id));
    }

    fn declare_alias(&mut self, module: usize, decl: &'a ast::TypeAlias, doc: Option<&'a str>) {
        let id = self.tables.aliases.len();
        let progress = Progress::Todo;
        self.tables.aliases.push(Alias { module, ast: Some(decl), doc, progress, ty: TyId::ERROR });
        self.name(module, decl.name, Def::Alias(id));
    }

    fn declare_enum(&mut self, module: usize, decl: &'a ast::Enum, doc: Option<String>) {
        let id = hir::EnumId(self.program.enums.len() as u32);
        let mut variants: Vec<hir::EnumVariant> = Vec::with_capacity(decl.variants.len());
        let mut seen: FastMap<Name, Span> = FastMap::default();
        for variant in &decl.variants {
            if let Some(first) = seen.insert(variant.name.name, variant.name.span) {
                self.report(errors::duplicate_name(variant.name.name, first, variant.name.span));
                continue;
            }
            let doc = variant.doc.as_ref().map(|d| d.text.clone());
            variants.push(hir::EnumVariant { name: variant.name.name, span: variant.name.span, doc });
        }
        self.program.enums.push(hir::Enum {
            name: decl.name.name,
            name_span: decl.name.span,
            module: ModuleId(module as u32),
            doc,
            variants,
        });
        self.name(module, decl.name, Def::Enum(id));
    }

    fn declare_kind(&mut self, module: usize, item: &'a ast::Item, decl: &'a ast::Kind, doc: Option<String>) {
        let id = KindId(self.program.kinds.len() as u32);
        self.env.ast = self.module_ast(module);
        let deprecated = self.deprecation(&item.annotations);
        self.program.kinds.push(hir::Kind {
            name: decl.name.name,
            name_span: decl.name.span,
            module: ModuleId(module as u32),
            doc,
            parent: None,
            fields: Vec::new(),
            rest: None,
            defaults: None,
            deprecated,
        });
        let is_gap = |m: &Member| matches!(m, Member::Entry(e) if e.kind == EntryKind::Error);
        self.tables.kinds.push(KindSource {
            module,
            ast: Some(decl),
            progress: Progress::Todo,
            index: OnceCell::new(),
            is_open: decl.members.iter().any(is_gap),
            generated: false,
        });
        self.name(module, decl.name, Def::Kind(id));
        if self.sources[module].is_prelude {
            match decl.name.name.as_str() {
                "platform" => self.program.platform_kind = Some(id),
                "environment" => self.program.environment_kind = Some(id),
                _ => {}
            }
        }
    }

    fn declare_maker(
        &mut self,
        module: usize,
        item: &'a ast::Item,
        within: Enclosing,
    ) -> Option<Declaration> {
        match &item.kind {
            ItemKind::Instance(decl) => Some(self.declare_instance(module, item, decl, within)),
            ItemKind::For(decl) => Some(self.declare_loop(module, item, decl, within)),
            _ => None,
        }
    }

    fn declare_instance(
        &mut self,
        module: usize,
        item: &'a ast::Item,
        decl: &'a ast::Instance,
        within: Enclosing,
    ) -> Declaration {
        let id = hir::InstanceId(self.program.instances.len() as u32);
        let name = match &decl.name {
            ast::Key::Static(ident) => InstanceName::Static(ident.name),
            ast::Key::Computed(..) => InstanceName::Computed(ExprId(0)),
        };
        self.env.ast = self.module_ast(module);
        let deprecated = self.deprecation(&item.annotations);
        self.program.instances.push(hir::Instance {
            kind: KindId(0),
            name,
            name_span: decl.name.span(),
            span: item.span,
            module: ModuleId(module as u32),
            doc: item.doc.as_ref().map(|d| d.text.clone()),
            is_abstract: decl.is_abstract,
            parent: None,
            init: InstanceInit::Value(ExprId(0)),
            in_loop: within,
            allows: Vec::new(),
            deprecated,
        });
        let annotations = item.annotations.as_slice();
        self.tables.instances.push(InstanceSource { module, ast: Some(decl), annotations, has_kind: false });
        if let (ast::Key::Static(ident), None) = (&decl.name, within) {
            self.scopes[module].add(ident.name, Binding { def: Def::Instance(id), span: ident.span });
        }
        Declaration::Instance(id)
    }

    fn declare_loop(
        &mut self,
        module: usize,
        item: &'a ast::Item,
        decl: &'a ast::For,
        within: Enclosing,
    ) -> Declaration {
        let id = hir::LoopId(self.program.loops.len() as u32);
        self.program.loops.push(hir::Loop {
            span: item.span,
            vars: decl.vars.len().clamp(1, 2) as u8,
            source: ExprId(0),
            filter: None,
            declarations: Vec::new(),
            emits: Vec::new(),
            reads: Vec::new(),
        });
        let nested = within.is_some();
        self.tables.loops.push(LoopSource { module, item, ast: decl, emits: Vec::new(), nested });
        let mut declarations = Vec::with_capacity(decl.items.len());
        for inner in &decl.items {
            match &inner.kind {
                ItemKind::Emit(emit) => self.tables.loops[id.0 as usize].emits.push((inner, emit)),
                ItemKind::Error => {}
                ItemKind::Instance(_) | ItemKind::For(_) => {
                    declarations.extend(self.declare_maker(module, inner, Some(id)));
                }
                _ => self.report(errors::not_in_a_loop(inner.span)),
            }
        }
        self.program.loops[id.0 as usize].declarations = declarations;
        Declaration::Loop(id)
    }

    fn declare_check(&mut self, module: usize, item: &'a ast::Item, check: &'a ast::Check) {
        let name = check.name;
        let before = self.program.checks.iter().map(|c| (c.name, c.name_span));
        let beside = self.tables.checks.iter().map(|(_, _, c)| (c.name.name, c.name.span));
        if let Some((_, first)) = before.chain(beside).find(|(other, _)| *other == name.name) {
            self.report(errors::duplicate_name(name.name, first, name.span));
            return;
        }
        // The standard library's own checks are where some of the compiler's codes come from.
        if errors::is_compiler_code(name.name.as_str()) && !self.sources[module].is_std {
            self.report(errors::check_named_like_a_code(name));
        }
        self.check_names.push(name.name);
        self.tables.checks.push((module, item, check));
    }

    fn declare_project(&mut self, module: usize, item: &'a ast::Item, project: &'a ast::Project) {
        if let Some((_, _, first)) = self.tables.project {
            self.report(errors::duplicate_name(project.name.name, first.name.span, project.name.span));
            return;
        }
        self.tables.project = Some((module, item, project));
    }
}
