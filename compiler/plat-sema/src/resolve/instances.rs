//! The heads of instances: their kinds, their names in the whole program, and what they extend.

use crate::context::{Checker, Def, Named};
use crate::errors;
use crate::hash::FastMap;
use crate::hir::{self, Declaration, InstanceId, InstanceName, KindId};
use plat_base::Name;
use plat_syntax::ast::{self, InstanceInit};
use std::collections::hash_map::Entry;

impl<'a> Checker<'a> {
    /// Resolves the kinds and names of all instances, then their parents.
    pub(crate) fn resolve_instances(&mut self) {
        let mut first_of: FastMap<(KindId, Name), InstanceId> = FastMap::default();
        for (at, id) in (0..self.start.instances).zip((0..).map(InstanceId)) {
            let hir::Instance { kind, name, .. } = self.program.instances[at];
            if let InstanceName::Static(name) = name {
                first_of.insert((kind, name), id);
                self.add_to_lineage(id, kind, name);
            }
        }
        for at in self.start.instances..self.program.instances.len() {
            let id = InstanceId(at as u32);
            if let Some(kind) = self.instance_kind(id) {
                self.program.instances[at].kind = kind;
                self.tables.instances[at].has_kind = true;
                self.add_instance(id, kind, &mut first_of);
            }
        }
        self.drop_instances_without_kind();
        for at in self.start.instances..self.program.instances.len() {
            self.resolve_parent(InstanceId(at as u32));
        }
        self.break_extension_cycles();
    }

    fn instance_kind(&mut self, id: InstanceId) -> Option<KindId> {
        let source = self.tables.instances[id.0 as usize];
        let ast = source.ast?;
        let is_kind = |def| matches!(def, Def::Kind(_) | Def::Broken);
        self.in_module(source.module, |c| match c.find_path(&ast.kind, is_kind) {
            Some((Def::Kind(kind), _)) => {
                c.note_deprecated_kind(kind, ast.kind.span);
                Some(kind)
            }
            Some(_) => None,
            None => {
                c.report_unknown_path(&ast.kind, "kind", is_kind);
                None
            }
        })
    }

    fn add_instance(
        &mut self,
        id: InstanceId,
        kind: KindId,
        first_of: &mut FastMap<(KindId, Name), InstanceId>,
    ) {
        let is_axis = Some(kind) == self.program.platform_kind || Some(kind) == self.program.environment_kind;
        if is_axis && self.program[id].in_loop.is_some() {
            let diagnostic = errors::axis_in_a_loop(self.program[kind].name, self.program[id].name_span);
            self.report(diagnostic);
        }
        let InstanceName::Static(name) = self.program[id].name else {
            self.mark_generated(kind);
            return;
        };
        if self.program[id].in_loop.is_some() {
            self.mark_generated(kind);
            return;
        }
        match first_of.entry((kind, name)) {
            Entry::Occupied(first) => {
                let first = self.program[*first.get()].name_span;
                let diagnostic = errors::duplicate_instance(
                    self.program[kind].name,
                    name,
                    first,
                    self.program[id].name_span,
                );
                self.report(diagnostic);
                return;
            }
            Entry::Vacant(place) => place.insert(id),
        };
        self.add_to_lineage(id, kind, name);
        self.note_axis(id, kind);
    }

    /// Makes an instance known under its name, as one of its kind and of all that this extends.
    fn add_to_lineage(&mut self, id: InstanceId, kind: KindId, name: Name) {
        let mut at = Some(kind);
        while let Some(k) = at {
            let several = |found: &Named| match *found {
                Named::One(first) | Named::Several(first) => Named::Several(first),
            };
            self.named.entry((k, name)).and_modify(|found| *found = several(found)).or_insert(Named::One(id));
            at = self.program[k].parent;
        }
    }

    fn note_axis(&mut self, id: InstanceId, kind: KindId) {
        let instance = &self.program[id];
        if instance.is_abstract || self.program[instance.module].is_std {
            return;
        }
        if self.program.platform_kind.is_some_and(|k| self.program.is_a(kind, k)) {
            self.platforms.push(id);
        } else if self.program.environment_kind.is_some_and(|k| self.program.is_a(kind, k)) {
            self.environments.push(id);
        }
    }

    fn mark_generated(&mut self, kind: KindId) {
        let mut at = Some(kind);
        while let Some(k) = at {
            self.tables.kinds[k.0 as usize].generated = true;
            at = self.program[k].parent;
        }
    }

    /// What has no kind cannot be evaluated; its name stays silent wherever it is used.
    fn drop_instances_without_kind(&mut self) {
        for (at, source) in self.tables.instances.iter().enumerate() {
            if !source.has_kind
                && let InstanceName::Static(name) = self.program.instances[at].name
            {
                self.broken.insert(name);
            }
        }
        let tables = &self.tables;
        let keeps = |d: &Declaration| match d {
            Declaration::Instance(id) => tables.instances[id.0 as usize].has_kind,
            Declaration::Loop(_) => true,
        };
        self.program.declarations.retain(keeps);
        for l in &mut self.program.loops {
            l.declarations.retain(keeps);
        }
    }

    fn resolve_parent(&mut self, id: InstanceId) {
        let source = self.tables.instances[id.0 as usize];
        let Some(InstanceInit::Body { parent: Some(path), .. }) = source.ast.map(|ast| &ast.init) else {
            return;
        };
        if !source.has_kind {
            return;
        }
        let kind = self.program[id].kind;
        let parent = self.in_module(source.module, |c| c.find_instance(path, kind));
        let Some(parent) = parent else { return };
        if !self.program.is_a(kind, self.program[parent].kind) {
            let (child, other) = (self.program[kind].name, self.program[self.program[parent].kind].name);
            let declared = self.program[parent].name_span;
            self.report(errors::parent_of_another_kind(child, other, path.span, declared));
            return;
        }
        self.note_deprecated_instance(parent, path.span);
        self.program.instances[id.0 as usize].parent = Some(parent);
    }

    /// The instance that a path after `extends` means.
    fn find_instance(&mut self, path: &'a ast::Path, kind: KindId) -> Option<InstanceId> {
        let mut at = Some(kind);
        if let [only] = path.segments.as_slice() {
            while let Some(k) = at {
                if let Some(Named::One(id) | Named::Several(id)) = self.named.get(&(k, only.name)).copied() {
                    if self.is_in_reach(id) {
                        return Some(id);
                    }
                    self.report_without_import(id, *only, kind);
                    return None;
                }
                at = self.program[k].parent;
            }
        }
        let found = self.find_path_all(path);
        let fitting =
            |d: &Def| matches!(d, Def::Instance(i) if self.program.is_a(kind, self.program[*i].kind));
        let chosen = found
            .iter()
            .copied()
            .find(fitting)
            .or_else(|| found.iter().copied().find(|d| matches!(d, Def::Instance(_) | Def::Broken)));
        match chosen {
            Some(Def::Instance(id)) => Some(id),
            Some(_) => None,
            None => {
                self.report_unknown_parent(path, kind);
                None
            }
        }
    }

    /// Whether the module at hand may extend an instance by its bare name: one of the standard library only if it
    /// imports its module, so that the file shows where it comes from.
    fn is_in_reach(&self, id: InstanceId) -> bool {
        let home = self.program[id].module.0 as usize;
        let here = self.env.module;
        let is_imported = || self.sources[here].imports.contains(&Some(home));
        !self.sources[home].is_std
            || self.sources[here].is_std
            || self.sources[home].is_prelude
            || is_imported()
    }

    fn report_without_import(&mut self, id: InstanceId, ident: ast::Ident, kind: KindId) {
        let module = self.sources[self.program[id].module.0 as usize].name;
        let diagnostic = errors::not_imported(self.program[kind].name, ident, module);
        self.report(diagnostic);
    }

    fn report_unknown_parent(&mut self, path: &'a ast::Path, kind: KindId) {
        let Some(last) = path.segments.last().copied() else { return };
        if self.is_excused(last.name) {
            return;
        }
        if let [module, name] = path.segments.as_slice()
            && let Some(target) = self.module_named(module.name)
        {
            self.report_unknown_export(target, *name);
            return;
        }
        let names = self.names_of_kind(kind, true);
        let kind = self.program[kind].name;
        let names: Vec<&str> = names.iter().map(|n| n.as_str()).collect();
        self.report(errors::unknown_instance("unknown-name", kind, last, &names));
    }

    /// The static names of the instances of a kind, in program order.
    pub(crate) fn names_of_kind(&self, kind: KindId, with_abstract: bool) -> Vec<Name> {
        let all = self.program.instances.iter().zip(&self.tables.instances);
        all.filter(|(i, s)| {
            s.has_kind && (with_abstract || !i.is_abstract) && self.program.is_a(i.kind, kind)
        })
        .filter_map(|(i, _)| match i.name {
            InstanceName::Static(name) => Some(name),
            InstanceName::Computed(_) => None,
        })
        .collect()
    }

    fn break_extension_cycles(&mut self) {
        // 0: not seen, 1: on the path at hand, 2: known to end.
        let mut state = vec![0u8; self.program.instances.len()];
        state[..self.start.instances].fill(2);
        for start in self.start.instances..state.len() {
            let mut path = Vec::new();
            let mut at = start;
            loop {
                if state[at] == 2 {
                    break;
                }
                if state[at] == 1 {
                    let name = self.program.instances[at].name_span;
                    if let InstanceName::Static(text) = self.program.instances[at].name {
                        self.report(errors::cyclic_extends("instance", text, name));
                    }
                    self.program.instances[at].parent = None;
                    break;
                }
                state[at] = 1;
                path.push(at);
                match self.program.instances[at].parent {
                    Some(parent) => at = parent.0 as usize,
                    None => break,
                }
            }
            for seen in path {
                state[seen] = 2;
            }
        }
    }
}
