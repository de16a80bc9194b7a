//! The set in force: the platforms (environments) that a declaration says it is for, as far as that is written as
//! lists of names; otherwise all of the project's.

use crate::context::Checker;
use crate::hir::{InstanceId, InstanceName, KindId};
use plat_base::{Name, Span};
use plat_syntax::ast::{self, EntryKind, ExprKind as Syntax, InstanceInit, Key};

impl<'a> Checker<'a> {
    /// All platforms (environments) of the project, in program order.
    pub(crate) fn axis_instances(&self, is_platform: bool) -> Vec<InstanceId> {
        if is_platform { self.platforms.clone() } else { self.environments.clone() }
    }

    /// The platforms (environments) for which the declaration at hand is evaluated.
    pub(crate) fn in_force(&self, is_platform: bool) -> Vec<InstanceId> {
        match self.force_written(is_platform) {
            Some((listed, _)) => {
                self.axis_instances(is_platform).into_iter().filter(|id| listed.contains(id)).collect()
            }
            None => self.axis_instances(is_platform),
        }
    }

    /// Where the declaration at hand limits the axis.
    pub(crate) fn limit_of_force(&self, is_platform: bool) -> Option<Span> {
        self.force_written(is_platform).map(|(_, span)| span)
    }

    /// Why an instance can never be the current one here.
    pub(crate) fn not_in_force(&self, id: InstanceId) -> Option<String> {
        let kind = self.program[id].kind;
        let is_platform = Some(kind) == self.program.platform_kind;
        let (listed, _) = self.force_written(is_platform)?;
        if listed.contains(&id) {
            return None;
        }
        let InstanceName::Static(name) = self.program[id].name else { return None };
        let field = field_of(is_platform);
        Some(format!("`{name}` is not among the `{field}` of this declaration"))
    }

    fn force_written(&self, is_platform: bool) -> Option<(Vec<InstanceId>, Span)> {
        let kind = if is_platform { self.program.platform_kind? } else { self.program.environment_kind? };
        let field = Name::new(field_of(is_platform));
        let mut written = Written::default();
        let mut at = self.env.declaration;
        while let Some(id) = at {
            let source = self.tables.instances[id.0 as usize];
            let module = self.module_ast(source.module);
            let body = match &self.instance_ast(id)?.init {
                InstanceInit::Body { body, .. } => body,
                InstanceInit::Value(value) => match &module[*value].kind {
                    Syntax::Amend { body, .. } => body,
                    _ => return None,
                },
            };
            let is_set = self.collect(module, &body.entries, field, kind, &mut written);
            if written.unknown {
                return None;
            }
            if let (true, Some(span)) = (is_set, written.span) {
                return Some((written.listed, span));
            }
            at = self.program[id].parent;
        }
        None
    }

    /// Adds what one body says; whether it always says something. What is set only sometimes adds to what layers
    /// below give at other times.
    fn collect(
        &self,
        module: &ast::Module,
        entries: &[ast::Entry],
        field: Name,
        kind: KindId,
        written: &mut Written,
    ) -> bool {
        let mut is_set = false;
        for entry in entries {
            match &entry.kind {
                EntryKind::Set(Key::Static(key), value) if key.name == field => {
                    self.collect_list(module, *value, kind, written);
                    written.span = written.span.or(Some(entry.span));
                    is_set = true;
                }
                EntryKind::Append(Key::Static(key), _) | EntryKind::Unset(Key::Static(key))
                    if key.name == field =>
                {
                    written.unknown = true;
                }
                EntryKind::When(_, body) => {
                    self.collect(module, &body.entries, field, kind, written);
                }
                _ => {}
            }
        }
        is_set
    }

    /// What a list may hold: of a choice, all that its branches hold.
    fn collect_list(&self, module: &ast::Module, value: ast::ExprId, kind: KindId, written: &mut Written) {
        match &module[value].kind {
            Syntax::List(items) => {
                for item in items {
                    match self.listed(module, *item, kind) {
                        Some(id) => written.listed.push(id),
                        None => written.unknown = true,
                    }
                }
            }
            Syntax::Paren(inner) => self.collect_list(module, *inner, kind, written),
            Syntax::If { then, otherwise, .. } => {
                self.collect_list(module, *then, kind, written);
                self.collect_list(module, *otherwise, kind, written);
            }
            Syntax::Match { arms, .. } => {
                arms.iter().for_each(|arm| self.collect_list(module, arm.value, kind, written));
            }
            _ => written.unknown = true,
        }
    }

    fn listed(&self, module: &ast::Module, item: ast::ExprId, kind: KindId) -> Option<InstanceId> {
        match &module[item].kind {
            Syntax::Name(name) => self.instance_named(kind, *name),
            Syntax::Paren(inner) => self.listed(module, *inner, kind),
            Syntax::Field { name, .. } => self.instance_named(kind, name.name),
            _ => None,
        }
    }
}

#[derive(Default)]
struct Written {
    listed: Vec<InstanceId>,
    span: Option<Span>,
    unknown: bool,
}

fn field_of(is_platform: bool) -> &'static str {
    if is_platform { "platforms" } else { "environments" }
}
