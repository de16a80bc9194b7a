//! Which optional fields of declared instances are surely set: the first case of [`Conversion::Present`]. It looks at
//! the layers as written; nothing is evaluated.
//!
//! [`Conversion::Present`]: crate::hir::Conversion::Present

use crate::context::{Checker, Def, Frame};
use crate::hir::{ExprId, ExprKind, InstanceId, KindId, Ty, TyId};
use plat_base::Name;
use plat_syntax::ast::{self, EntryKind, InstanceInit, Key, Member};

/// How long a chain of instances that are set to each other is followed.
const MAX_HOPS: usize = 16;

/// One layer of an object, as written.
#[derive(Clone, Copy)]
enum Layer<'a> {
    /// A body of a module.
    Body(usize, &'a ast::Body),
    /// The defaults that a kind declares.
    Defaults(KindId),
}

/// What a layer does to a field.
enum Found<'a> {
    /// It sets it to an expression of a module.
    Set(usize, ast::ExprId),
    /// It refines it.
    Refined(usize, &'a ast::Body),
    /// It appends to it.
    Appended,
    /// It makes it absent.
    Unset,
}

impl<'a> Checker<'a> {
    /// Whether an optional expression is a path from a declared instance (or its `self`) whose steps are all set.
    pub(crate) fn is_surely_set(&self, expr: ExprId) -> bool {
        let mut steps = Vec::new();
        let Some(root) = self.rooted_path(expr, &mut steps) else { return false };
        steps.reverse();
        let mut layers = self.layers_of(root, 0);
        let mut ty = TyId::ERROR;
        if let Some(kind) = self.kind_of_instance(root) {
            ty = kind;
        }
        for step in steps {
            let Some((field, optional)) = self.step_type(ty, step) else { return false };
            let (is_set, next) = self.step_into(&layers, step, field);
            if optional && !is_set {
                return false;
            }
            (ty, layers) = (field, next);
        }
        true
    }

    fn kind_of_instance(&self, id: InstanceId) -> Option<TyId> {
        let kind = self.program[id].kind;
        self.program.types.find(&Ty::Kind(kind))
    }

    /// The instance at the root of a chain of fields; the steps from the last to the first.
    fn rooted_path(&self, expr: ExprId, steps: &mut Vec<Name>) -> Option<InstanceId> {
        match &self.program[expr].kind {
            ExprKind::Field { base, name, .. } => {
                steps.push(*name);
                self.rooted_path(*base, steps)
            }
            ExprKind::Convert(_, inner) => self.rooted_path(*inner, steps),
            ExprKind::Instance(id) => Some(*id),
            ExprKind::SelfRef { up } => {
                let frame = self.env.frames.len().checked_sub(1 + usize::from(*up))?;
                let is_object = |f: &Frame| matches!(f, Frame::Object(_));
                let outermost = self.env.frames.iter().position(is_object)?;
                if frame == outermost { self.env.declaration } else { None }
            }
            _ => None,
        }
    }

    fn step_type(&self, ty: TyId, step: Name) -> Option<(TyId, bool)> {
        match self.program.types.get(self.program.types.base(ty)) {
            Ty::Kind(kind) => match self.kind_field_named(*kind, step) {
                Some(field) => Some((field.ty, field.optional)),
                None => self.program[*kind].rest.map(|r| (r.ty, false)),
            },
            Ty::Record(id) => {
                let record = self.program.types.record(*id);
                match record.fields.iter().find(|f| f.name == step) {
                    Some(field) => Some((field.ty, field.optional)),
                    None => record.rest.map(|r| (r, false)),
                }
            }
            Ty::Map(element) => Some((*element, false)),
            _ => None,
        }
    }

    /// The layers of a declared instance, the top one first.
    fn layers_of(&self, id: InstanceId, hops: usize) -> Vec<Layer<'a>> {
        let mut layers = Vec::new();
        let mut at = Some(id);
        while let Some(instance) = at {
            let module = self.tables.instances[instance.0 as usize].module;
            let Some(ast) = self.instance_ast(instance) else { break };
            match &ast.init {
                InstanceInit::Body { body, .. } => layers.push(Layer::Body(module, body)),
                InstanceInit::Value(value) => {
                    let kind = self.kind_of_instance(instance).unwrap_or(TyId::ERROR);
                    layers.extend(self.layers_of_value(module, *value, kind, hops + 1));
                    return layers;
                }
            }
            at = self.program[instance].parent;
        }
        self.push_defaults(self.program[id].kind, &mut layers);
        layers
    }

    fn push_defaults(&self, kind: KindId, layers: &mut Vec<Layer<'a>>) {
        let mut at = Some(kind);
        while let Some(k) = at {
            layers.push(Layer::Defaults(k));
            at = self.program[k].parent;
        }
    }

    /// The layers of the value of an expression, as far as they can be seen.
    fn layers_of_value(&self, module: usize, value: ast::ExprId, ty: TyId, hops: usize) -> Vec<Layer<'a>> {
        if hops > MAX_HOPS {
            return Vec::new();
        }
        let kind = match self.program.types.get(self.program.types.base(ty)) {
            Ty::Kind(kind) => Some(*kind),
            _ => None,
        };
        let mut layers = Vec::new();
        match &self.module_ast(module)[value].kind {
            ast::ExprKind::Paren(inner) => return self.layers_of_value(module, *inner, ty, hops),
            ast::ExprKind::Record(body) => {
                layers.push(Layer::Body(module, body));
                if let Some(kind) = kind {
                    self.push_defaults(kind, &mut layers);
                }
            }
            ast::ExprKind::Amend { base, body } => {
                layers.push(Layer::Body(module, body));
                layers.extend(self.layers_of_value(module, *base, ty, hops + 1));
            }
            _ => match self.instance_written(module, value, kind) {
                Some(Def::Instance(id)) => layers = self.layers_of(id, hops + 1),
                Some(Def::Kind(named)) => self.push_defaults(named, &mut layers),
                _ => {}
            },
        }
        layers
    }

    /// The instance or kind that an expression of a module names, if it only names one.
    fn instance_written(&self, module: usize, value: ast::ExprId, kind: Option<KindId>) -> Option<Def> {
        let ast = self.module_ast(module);
        let fits = |d: Def| matches!(d, Def::Instance(_) | Def::Kind(_));
        match &ast[value].kind {
            ast::ExprKind::Name(name) => {
                let named = kind.and_then(|k| self.instance_named(k, *name)).map(Def::Instance);
                named.or_else(|| {
                    let all = self.scopes[module].get(*name).iter().chain(self.prelude.get(*name));
                    all.map(|b| b.def).find(|d| fits(*d))
                })
            }
            ast::ExprKind::Field { base, name, .. } => {
                let ast::ExprKind::Name(first) = ast[*base].kind else { return None };
                let all = self.scopes[module].get(first).iter().chain(self.prelude.get(first));
                let defs: Vec<Def> = all.map(|b| b.def).collect();
                for def in defs {
                    let found = match def {
                        Def::Module(id) => {
                            self.exported(id, name.name).iter().map(|b| b.def).find(|d| fits(*d))
                        }
                        Def::Kind(k) => self.instance_named(k, name.name).map(Def::Instance),
                        _ => None,
                    };
                    if found.is_some() {
                        return found;
                    }
                }
                None
            }
            _ => None,
        }
    }

    /// Whether the layers set a field, and the layers of its value.
    fn step_into(&self, layers: &[Layer<'a>], step: Name, ty: TyId) -> (bool, Vec<Layer<'a>>) {
        let mut next = Vec::new();
        let mut is_set = false;
        for layer in layers {
            match self.found_in(*layer, step) {
                Some(Found::Set(module, value)) => {
                    next.extend(self.layers_of_value(module, value, ty, 1));
                    return (true, next);
                }
                Some(Found::Refined(module, body)) => {
                    is_set = true;
                    next.push(Layer::Body(module, body));
                }
                Some(Found::Appended) => is_set = true,
                Some(Found::Unset) => return (is_set, next),
                None => {}
            }
        }
        if let Ty::Kind(kind) = self.program.types.get(self.program.types.base(ty)) {
            self.push_defaults(*kind, &mut next);
        }
        (is_set, next)
    }

    fn found_in(&self, layer: Layer<'a>, step: Name) -> Option<Found<'a>> {
        match layer {
            Layer::Body(module, body) => found_in_entries(module, body.entries.iter(), step),
            Layer::Defaults(kind) => {
                let module = self.tables.kinds[kind.0 as usize].module;
                let ast = self.kind_ast(kind)?;
                let default = ast.members.iter().find_map(|m| match m {
                    Member::Field(f) if f.name.name == step => f.default,
                    _ => None,
                });
                let entries = ast.members.iter().filter_map(|m| match m {
                    Member::Entry(e) => Some(e),
                    _ => None,
                });
                let default = default.map(|value| Found::Set(module, value));
                default.or_else(|| found_in_entries(module, entries, step))
            }
        }
    }
}

fn found_in_entries<'a>(
    module: usize,
    mut entries: impl Iterator<Item = &'a ast::Entry>,
    step: Name,
) -> Option<Found<'a>> {
    entries.find_map(|entry| match &entry.kind {
        EntryKind::Set(Key::Static(k), value) if k.name == step => Some(Found::Set(module, *value)),
        EntryKind::Refine(Key::Static(k), body) if k.name == step => Some(Found::Refined(module, body)),
        EntryKind::Append(Key::Static(k), _) if k.name == step => Some(Found::Appended),
        EntryKind::Unset(Key::Static(k)) if k.name == step => Some(Found::Unset),
        _ => None,
    })
}
