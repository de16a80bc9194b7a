//! Look-ups by name: module scope, then prelude; dotted paths through imported modules; and what to say if nothing
//! has that name.

use crate::context::{Checker, Def, Frame, Local};
use crate::errors;
use crate::hir::{InstanceId, KindId};
use crate::resolve::types::BUILTIN;
use plat_base::{Name, Span, closest};
use plat_syntax::ast;

/// After so many errors with suggestions, further ones go without: each costs a pass over all names.
pub(crate) const MAX_SUGGESTIONS: u32 = 200;

impl<'a> Checker<'a> {
    /// What `name` means at top level: in the module's scope, otherwise in the prelude.
    pub(crate) fn find(&self, name: Name, fits: impl Fn(Def) -> bool) -> Option<(Def, Span)> {
        let own = self.scopes.get(self.env.module).map_or(&[][..], |s| s.get(name));
        let found = own.iter().chain(self.prelude.get(name)).find(|b| fits(b.def))?;
        Some((found.def, found.span))
    }

    /// The module that `name` stands for in this module.
    pub(crate) fn module_named(&self, name: Name) -> Option<usize> {
        match self.find(name, |d| matches!(d, Def::Module(_))) {
            Some((Def::Module(id), _)) => Some(id),
            _ => None,
        }
    }

    /// What a dotted path means.
    pub(crate) fn find_path(&self, path: &ast::Path, fits: impl Fn(Def) -> bool) -> Option<(Def, Span)> {
        match path.segments.as_slice() {
            [only] => self.find(only.name, fits),
            [module, name] => {
                if let Some(id) = self.module_named(module.name) {
                    let exported = self.exported(id, name.name);
                    return exported.iter().find(|b| fits(b.def)).map(|b| (b.def, b.span));
                }
                let broken = self.find(module.name, |d| d == Def::Broken)?;
                Some(broken)
            }
            _ => None,
        }
    }

    /// All that a path may mean, instances by `kind.name` included.
    pub(crate) fn find_path_all(&self, path: &ast::Path) -> Vec<Def> {
        match path.segments.as_slice() {
            [only] => {
                let own = self.scopes[self.env.module].get(only.name);
                own.iter().chain(self.prelude.get(only.name)).map(|b| b.def).collect()
            }
            [first, name] => {
                if let Some(id) = self.module_named(first.name) {
                    return self.exported(id, name.name).iter().map(|b| b.def).collect();
                }
                match self.find(first.name, |d| matches!(d, Def::Kind(_) | Def::Broken)) {
                    Some((Def::Kind(kind), _)) => self.instance_named(kind, name.name).map(Def::Instance),
                    Some((Def::Broken, _)) => Some(Def::Broken),
                    _ => None,
                }
                .into_iter()
                .collect()
            }
            _ => Vec::new(),
        }
    }

    /// The instance of this name of a kind (or of one that extends it).
    pub(crate) fn instance_named(&self, kind: KindId, name: Name) -> Option<InstanceId> {
        match self.named.get(&(kind, name))? {
            crate::context::Named::One(id) | crate::context::Named::Several(id) => Some(*id),
        }
    }

    /// The variable of this name, with its place: frames outwards and slot.
    pub(crate) fn local(&self, name: Name) -> Option<(u16, u16, Local)> {
        for (up, frame) in self.env.frames.iter().rev().enumerate() {
            if let Frame::Slots(slots) = frame
                && let Some(slot) = slots.iter().rposition(|l| l.name == name)
            {
                return Some((up as u16, slot as u16, slots[slot]));
            }
        }
        None
    }

    /// Whether an unknown name is surely the consequence of an error that has been reported.
    pub(crate) fn is_excused(&self, name: Name) -> bool {
        self.broken.contains(&name)
    }

    /// Whether to spend time on a suggestion.
    pub(crate) fn may_suggest(&mut self) -> bool {
        self.suggestions += 1;
        self.suggestions <= MAX_SUGGESTIONS
    }

    /// Reports a path that is no type, kind and so on.
    pub(crate) fn report_unknown_path(&mut self, path: &ast::Path, what: &str, fits: impl Fn(Def) -> bool) {
        let Some(last) = path.segments.last().copied() else { return };
        if self.is_excused(last.name) {
            return;
        }
        if let [module, name] = path.segments.as_slice() {
            match self.module_named(module.name) {
                Some(target) => self.report_unknown_export(target, *name),
                None => {
                    let modules = self.top_level_names(|d| matches!(d, Def::Module(_)));
                    let near = closest(module.name.as_str(), modules.iter().map(|n| n.as_str()));
                    self.report(errors::unknown_module(*module, near));
                }
            }
            return;
        }
        if let Some((def, declared)) = self.find(last.name, |_| true) {
            let is = self.describe(def);
            self.report(errors::not_a(what, last, is, declared));
            return;
        }
        let mut names = if self.may_suggest() { self.top_level_names(fits) } else { Vec::new() };
        if what == "type" {
            names.extend(BUILTIN.iter().map(|(b, _)| Name::new(b)));
            names.extend([Name::new("list"), Name::new("map")]);
        }
        let near = closest(last.name.as_str(), names.iter().map(|n| n.as_str()));
        self.report(errors::unknown_of(what, last, near));
    }

    /// The names at top level that stand for something fitting: the module's, then the prelude's.
    pub(crate) fn top_level_names(&self, fits: impl Fn(Def) -> bool) -> Vec<Name> {
        let module = &self.scopes[self.env.module];
        let own = module.order.iter().filter(|n| module.get(**n).iter().any(|b| fits(b.def)));
        let prelude = self.prelude.order.iter().filter(|n| self.prelude.get(**n).iter().any(|b| fits(b.def)));
        own.chain(prelude).copied().collect()
    }

    /// What a definition is, for messages.
    pub(crate) fn describe(&self, def: Def) -> &'static str {
        match def {
            Def::Let(_) => "a constant",
            Def::Fn(_) => "a function",
            Def::Alias(_) => "a type",
            Def::Enum(_) => "an enum",
            Def::Kind(_) => "a kind",
            Def::Instance(_) => "a declared instance",
            Def::Module(_) => "a module",
            Def::Broken => "a broken declaration",
        }
    }

    /// Warns if a kind is deprecated.
    pub(crate) fn note_deprecated_kind(&mut self, kind: KindId, span: Span) {
        if let Some(reason) = &self.program[kind].deprecated {
            let diagnostic = errors::deprecated(self.program[kind].name, reason, span);
            self.report(diagnostic);
        }
    }

    /// Warns if a constant is deprecated.
    pub(crate) fn note_deprecated_let(&mut self, id: crate::hir::LetId, span: Span) {
        let constant = &self.program.lets[id.0 as usize];
        if let Some(reason) = &constant.deprecated {
            let diagnostic = errors::deprecated(constant.name, reason, span);
            self.report(diagnostic);
        }
    }

    /// Warns if an instance is deprecated.
    pub(crate) fn note_deprecated_instance(&mut self, id: InstanceId, span: Span) {
        let instance = &self.program[id];
        if let (Some(reason), crate::hir::InstanceName::Static(name)) = (&instance.deprecated, instance.name)
        {
            let diagnostic = errors::deprecated(name, reason, span);
            self.report(diagnostic);
        }
    }
}
