//! Declarations: constants, functions, kinds' defaults, instances, loops, tests, checks, emits, the project.

use super::assign::{Want, Why};
use super::bodies::Target;
use crate::context::{Checker, Frame, Local, Progress};
use crate::errors;
use crate::hash::FastMap;
use crate::hir::{
    self, Body, Entry, ExprId, Field, FnBody, FnId, InstanceId, InstanceInit, InstanceName, Key, KindId,
    LetId, ModuleId, Param, TyId, Verb,
};
use crate::resolve::annotations::Annotated;
use plat_base::{Name, Span};
use plat_syntax::ast::{self, Member};

impl<'a> Checker<'a> {
    /// Checks everything that has an expression in it.
    pub(crate) fn check_all(&mut self) {
        for id in 0..self.program.fns.len() {
            self.sign(FnId(id as u32));
        }
        for id in self.start.aliases..self.tables.aliases.len() {
            if let Some(ast) = self.tables.aliases[id].ast {
                self.alias_type(id, ast.name.span);
            }
        }
        for id in self.start.kinds..self.program.kinds.len() {
            self.check_defaults(KindId(id as u32));
        }
        for id in 0..self.program.lets.len() {
            self.check_let(LetId(id as u32));
        }
        for id in 0..self.program.fns.len() {
            self.check_fn(FnId(id as u32));
        }
        let declarations = self.program.declarations.split_at(self.start.declarations).1.to_vec();
        for declaration in declarations {
            self.check_declaration(declaration);
        }
        self.check_conditions();
        self.check_tests();
        self.check_checks();
        self.check_emits();
        self.check_project();
        self.check_settings();
        self.check_item_annotations();
    }

    /// Checks a constant, unless that is done or being done.
    pub(crate) fn check_let(&mut self, id: LetId) {
        let source = &self.tables.lets[id.0 as usize];
        if source.progress != Progress::Todo {
            return;
        }
        let (module, Some(decl)) = (source.module, source.ast) else { return };
        self.tables.lets[id.0 as usize].progress = Progress::Busy;
        self.in_module(module, |c| {
            if let Some(stated) = &decl.ty {
                let ty = c.resolve_type(stated);
                c.program.lets[id.0 as usize].ty = ty;
                let value = c.check(decl.value, Want::must(ty, Why::Let(decl.name.name, stated.span)));
                c.program.lets[id.0 as usize].value = value;
            } else {
                let value = c.infer(decl.value);
                let ty = c.ty(value);
                let decl: &mut hir::Let = &mut c.program.lets[id.0 as usize];
                (decl.value, decl.ty) = (value, ty);
            }
        });
        self.tables.lets[id.0 as usize].progress = Progress::Done;
    }

    /// Resolves the parameters and the stated result of a function.
    pub(crate) fn sign(&mut self, id: FnId) {
        let source = &self.tables.fns[id.0 as usize];
        if source.signature != Progress::Todo {
            return;
        }
        let (module, Some(decl)) = (source.module, source.ast) else { return };
        self.tables.fns[id.0 as usize].signature = Progress::Busy;
        self.in_module(module, |c| {
            c.env.type_params = decl.type_params.iter().map(|p| p.name).collect();
            let mut params: Vec<Param> = Vec::with_capacity(decl.params.len());
            for param in &decl.params {
                if let Some(first) = params.iter().find(|p| p.name == param.name.name) {
                    let first = first.span;
                    c.report(errors::duplicate_name(param.name.name, first, param.name.span));
                }
                let ty = c.resolve_type(&param.ty);
                // The expression is filled in when the body is checked; that there is one matters to callers.
                let default = param.default.map(|_| ExprId(0));
                params.push(Param { name: param.name.name, span: param.name.span, ty, default });
            }
            c.program.fns[id.0 as usize].params = params;
            if let Some(result) = &decl.result {
                let result = c.resolve_type(result);
                c.program.fns[id.0 as usize].result = result;
            }
        });
        self.tables.fns[id.0 as usize].signature = Progress::Done;
    }

    /// Makes sure that the result of a called function is known: its body is checked if it states none.
    pub(crate) fn infer_result(&mut self, id: FnId, call: Span) {
        let source = &self.tables.fns[id.0 as usize];
        if source.ast.is_none_or(|ast| ast.result.is_some()) {
            return;
        }
        match source.body {
            Progress::Done | Progress::Busy => {}
            Progress::Todo if self.depth < crate::context::MAX_DEPTH / 2 => self.check_fn(id),
            Progress::Todo => self.report(errors::too_deep(call)),
        }
    }

    fn check_fn(&mut self, id: FnId) {
        let source = &self.tables.fns[id.0 as usize];
        if source.body != Progress::Todo {
            return;
        }
        let (module, Some(decl)) = (source.module, source.ast) else { return };
        self.tables.fns[id.0 as usize].body = Progress::Busy;
        self.in_module(module, |c| {
            c.env.function = Some(id);
            c.env.type_params = decl.type_params.iter().map(|p| p.name).collect();
            c.env.frames.push(Frame::Slots(Vec::with_capacity(decl.params.len())));
            for (at, param) in decl.params.iter().enumerate() {
                c.check_default(id, at, param);
                let ty = c.program[id].params[at].ty;
                let local = Local { name: param.name.name, ty, span: param.name.span };
                if let Some(Frame::Slots(slots)) = c.env.frames.last_mut() {
                    slots.push(local);
                }
            }
            c.check_fn_body(id, module, decl);
        });
        self.tables.fns[id.0 as usize].body = Progress::Done;
    }

    fn check_default(&mut self, id: FnId, at: usize, param: &'a ast::Param) {
        let Some(default) = param.default else { return };
        let ty = self.program[id].params[at].ty;
        if matches!(self.env.ast[default].kind, ast::ExprKind::Unset)
            && matches!(self.program.types.get(ty), hir::Ty::Optional(_))
        {
            // An optional parameter is absent unless given; saying so changes nothing.
            self.program.fns[id.0 as usize].params[at].default = None;
            return;
        }
        let expr = self.check(default, Want::must(ty, Why::Param(param.name.name, param.name.span)));
        self.program.fns[id.0 as usize].params[at].default = Some(expr);
    }

    fn check_fn_body(&mut self, id: FnId, module: usize, decl: &'a ast::Fn) {
        let Some(body) = decl.body else {
            if !self.sources[module].is_std {
                self.report(errors::function_without_body(decl.name));
            }
            self.program.fns[id.0 as usize].body = FnBody::Intrinsic(decl.name.name);
            return;
        };
        let expr = match &decl.result {
            Some(stated) => {
                let ty = self.program[id].result;
                self.check(body, Want::must(ty, Why::Result(decl.name.name, stated.span)))
            }
            None => self.infer(body),
        };
        if decl.result.is_none() {
            self.program.fns[id.0 as usize].result = self.ty(expr);
        }
        self.program.fns[id.0 as usize].body = FnBody::Expr(expr);
    }

    fn check_defaults(&mut self, id: KindId) {
        let source = &self.tables.kinds[id.0 as usize];
        let (module, Some(decl)) = (source.module, source.ast) else { return };
        let has_any = decl.members.iter().any(|m| match m {
            Member::Field(f) => f.default.is_some(),
            Member::Entry(_) => true,
            Member::Rest(_) => false,
        });
        if !has_any {
            return;
        }
        let defaults = self.in_module(module, |c| {
            let ty = c.kind_type(id);
            let mut allows = Vec::new();
            let entries = c.in_frame(Frame::Object(ty), |c| c.default_entries(id, decl, &mut allows));
            c.push_body(Body { span: decl.body_span, target: ty, binds_self: true, entries, allows })
        });
        self.program.kinds[id.0 as usize].defaults = Some(defaults);
    }

    fn default_entries(
        &mut self,
        id: KindId,
        decl: &'a ast::Kind,
        allows: &mut Vec<hir::Allow>,
    ) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(decl.members.len());
        let mut whens = Vec::new();
        let mut seen: FastMap<Name, Span> = FastMap::default();
        for member in &decl.members {
            let key = match member {
                Member::Field(field) if field.default.is_some() => Some(field.name),
                Member::Entry(entry) => match super::bodies::entry_key(entry) {
                    Some(ast::Key::Static(key)) => Some(*key),
                    _ => None,
                },
                _ => None,
            };
            if let Some(key) = key
                && let Some(first) = seen.insert(key.name, key.span)
            {
                self.report(errors::duplicate_field(key.name, first, key.span));
            }
            match member {
                Member::Field(field) => {
                    if let Some(default) = field.default {
                        entries.extend(self.field_default(id, field, default));
                    }
                }
                Member::Rest(_) => {}
                Member::Entry(entry) => {
                    self.check_final_default(id, entry);
                    let mut checked = self.layer(std::slice::from_ref(entry), Target::Kind(id), allows);
                    match checked.first() {
                        Some(Entry::When { .. }) => whens.append(&mut checked),
                        _ => entries.append(&mut checked),
                    }
                }
            }
        }
        entries.append(&mut whens);
        entries
    }

    fn field_default(
        &mut self,
        id: KindId,
        field: &'a ast::KindField,
        default: ast::ExprId,
    ) -> Option<Entry> {
        let declared = self.kind_field_named(id, field.name.name)?;
        let (ty, optional, name) = (declared.ty, declared.optional, field.name);
        let wanted = if optional { self.optional(ty) } else { ty };
        let value = self.check(default, Want::must(wanted, Why::Field(name.name, name.span)));
        Some(Entry::Field(Field {
            key: Key::Static(name.name),
            key_span: name.span,
            span: field.span,
            ty,
            verb: Verb::Set(value),
        }))
    }

    fn check_final_default(&mut self, id: KindId, entry: &'a ast::Entry) {
        let Some(ast::Key::Static(key)) = super::bodies::entry_key(entry) else { return };
        let Some(parent) = self.program[id].parent else { return };
        if let Some(field) = self.kind_field_named(parent, key.name)
            && field.is_final
            && field.has_default
        {
            let diagnostic =
                errors::final_overridden(key.name, key.span, field.span, "it has its value here");
            self.report(diagnostic);
        }
    }

    pub(crate) fn check_declaration(&mut self, declaration: hir::Declaration) {
        match declaration {
            hir::Declaration::Instance(id) => {
                let module = self.tables.instances[id.0 as usize].module;
                self.in_module(module, |c| c.check_instance(id));
            }
            hir::Declaration::Loop(id) => {
                let module = self.tables.loops[id.0 as usize].module;
                self.in_module(module, |c| c.check_loop(id, Vec::new()));
            }
        }
    }

    /// Checks an instance in the environment around it.
    fn check_instance(&mut self, id: InstanceId) {
        let source = self.tables.instances[id.0 as usize];
        let kind = self.program[id].kind;
        let Some(ast) = source.ast else { return };
        self.check_annotations(source.annotations, Annotated::Instance);
        let allows = self.allows(source.annotations, self.program[id].span);
        self.program.instances[id.0 as usize].allows.extend(allows);
        if let ast::Key::Computed(name, _) = &ast.name {
            let name = self.where_fixed("the name of a declaration", |c| {
                c.check(*name, Want::must(TyId::STRING, Why::Language))
            });
            self.program.instances[id.0 as usize].name = InstanceName::Computed(name);
        }
        self.env.declaration = Some(id);
        let gaps = self.gaps;
        let init = match &ast.init {
            ast::InstanceInit::Body { parent, body } => {
                let overridden = self.check_final_fields(id, body);
                let checked = self.body(body, Target::Kind(kind), true);
                self.drop_fields(checked, &overridden);
                let lacks_parent = parent.is_some() && self.program[id].parent.is_none();
                // What is missing then is not the fault of this declaration.
                if lacks_parent || self.gaps != gaps || self.tables.kinds[kind.0 as usize].is_open {
                    InstanceInit::Value(self.poison(body.span))
                } else {
                    InstanceInit::Body(checked)
                }
            }
            ast::InstanceInit::Value(value) => {
                let ty = self.kind_type(kind);
                let why = Why::Let(self.program[kind].name, ast.kind.span);
                InstanceInit::Value(self.check(*value, Want::must(ty, why)))
            }
        };
        self.env.declaration = None;
        self.program.instances[id.0 as usize].init = init;
    }

    /// Takes fields out of a layer that have been reported.
    fn drop_fields(&mut self, body: hir::BodyId, keys: &[Span]) {
        if !keys.is_empty() {
            let entries = &mut self.program.bodies[body.0 as usize].entries;
            entries.retain(|e| !matches!(e, Entry::Field(f) if keys.contains(&f.key_span)));
        }
    }

    /// A final field may be set once: by the kind's default, or by one layer. Gives the keys that come too late.
    fn check_final_fields(&mut self, id: InstanceId, body: &'a ast::Body) -> Vec<Span> {
        let kind = self.program[id].kind;
        let mut overridden = Vec::new();
        for entry in &body.entries {
            let Some(ast::Key::Static(key)) = super::bodies::entry_key(entry) else { continue };
            let Some(field) = self.kind_field_named(kind, key.name) else { continue };
            if !field.is_final {
                continue;
            }
            if field.has_default {
                let declared = field.span;
                let note = "it is final and has its value here";
                self.report(errors::final_overridden(key.name, key.span, declared, note));
                overridden.push(key.span);
            } else if let Some(first) = self.set_in_parents(id, key.name) {
                self.report(errors::final_overridden(key.name, key.span, first, "it is final and set here"));
                overridden.push(key.span);
            }
        }
        overridden
    }

    fn set_in_parents(&self, id: InstanceId, name: Name) -> Option<Span> {
        let mut at = self.program[id].parent;
        while let Some(instance) = at {
            if let Some(ast::InstanceInit::Body { body, .. }) =
                self.instance_ast(instance).map(|ast| &ast.init)
            {
                let set = body.entries.iter().find_map(|e| match super::bodies::entry_key(e) {
                    Some(ast::Key::Static(key)) if key.name == name => Some(key.span),
                    _ => None,
                });
                if set.is_some() {
                    return set;
                }
            }
            at = self.program[instance].parent;
        }
        None
    }

    fn check_loop(&mut self, id: hir::LoopId, outer: Vec<hir::Allow>) {
        let source = self.tables.loops[id.0 as usize].clone();
        let decl = source.ast;
        let iterated = self.where_fixed("the head of a loop", |c| c.iterated(decl.source));
        let slots = self.loop_variables(&decl.vars, iterated);
        self.env.frames.push(Frame::Slots(slots));
        let filter = decl.filter.map(|f| self.where_fixed("the head of a loop", |c| c.condition(f)));
        let mut allows = outer;
        allows.extend(self.loop_allows(source.item));
        let declarations = self.program[id].declarations.clone();
        for declaration in declarations {
            match declaration {
                hir::Declaration::Instance(instance) => {
                    self.program.instances[instance.0 as usize].allows.extend(allows.iter().copied());
                    self.check_instance(instance);
                }
                hir::Declaration::Loop(inner) => self.check_loop(inner, allows.clone()),
            }
        }
        let emits: Vec<hir::Emit> =
            source.emits.iter().map(|(item, emit)| self.emit(source.module, item, emit)).collect();
        self.env.frames.pop();
        let decl: &mut hir::Loop = &mut self.program.loops[id.0 as usize];
        (decl.source, decl.filter, decl.emits) = (iterated, filter, emits);
    }

    /// `@allow` before a loop covers what the loop declares.
    fn loop_allows(&mut self, item: &'a ast::Item) -> Vec<hir::Allow> {
        self.check_annotations(&item.annotations, Annotated::Instance);
        self.allows(&item.annotations, item.span)
    }

    fn check_conditions(&mut self) {
        // Checking a condition may resolve types with further conditions.
        let mut at = 0;
        while let Some(condition) = self.tables.conditions.get(at).copied() {
            at += 1;
            let span = self.module_ast(condition.module)[condition.expr].span;
            let checked = self.in_module(condition.module, |c| {
                c.env.fixed = Some("a type");
                let it = Local { name: Name::new("it"), ty: condition.base, span };
                c.in_frame(Frame::Slots(vec![it]), |c| c.condition(condition.expr))
            });
            self.program.types.set_condition(condition.refinement, checked);
        }
    }

    fn check_emits(&mut self) {
        for at in 0..self.tables.emits.len() {
            let (module, item, emit) = self.tables.emits[at];
            let checked = self.in_module(module, |c| c.emit(module, item, emit));
            self.program.emits.push(checked);
        }
    }

    fn emit(&mut self, module: usize, item: &'a ast::Item, emit: &'a ast::Emit) -> hir::Emit {
        let path = self.check(emit.path, Want::must(TyId::STRING, Why::Language));
        let value = self.check(emit.value, Want::must(TyId::DATA, Why::Language));
        hir::Emit { span: item.span, path, value, module: ModuleId(module as u32) }
    }

    fn check_project(&mut self) {
        let Some((module, _, project)) = self.tables.project else { return };
        let kind = self.program.prelude_kind("project");
        let span = project.body.span;
        let value = self.in_module(module, |c| match kind {
            Some(kind) => {
                let ty = c.kind_type(kind);
                let body = c.body(&project.body, Target::Kind(kind), true);
                c.push(span, ty, hir::ExprKind::New { kind, body })
            }
            None => c.record(span, &project.body, None),
        });
        let (name, name_span) = (project.name.name, project.name.span);
        self.program.project = Some(hir::Project { name, name_span, value });
    }

    fn check_item_annotations(&mut self) {
        for module in self.start.modules..self.sources.len() {
            let ast = self.module_ast(module);
            for item in ast.items.iter().filter(|i| !i.annotations.is_empty()) {
                let on = match &item.kind {
                    ast::ItemKind::Instance(_) | ast::ItemKind::For(_) => continue,
                    ast::ItemKind::Let(_) | ast::ItemKind::Fn(_) | ast::ItemKind::Kind(_) => {
                        Annotated::Deprecable
                    }
                    ast::ItemKind::Project(_) => Annotated::Project,
                    _ => Annotated::Other,
                };
                self.in_module(module, |c| c.check_annotations(&item.annotations, on));
            }
        }
    }
}
