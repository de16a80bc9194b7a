//! The part of the standard library that every program has, checked before: its modules are the first of every program
//! and import nothing else, so that nothing in them depends on what comes after. In: these modules. Out: an image, and
//! from it a checker that has them done. What a project says of the library's checks, and what it adds to the library's
//! kinds, is added to the copy that each program has.

use crate::context::{
    Alias, Binding, Checker, FnSource, InstanceSource, KindSource, LetSource, Progress, Scope, Start, Tables,
};
use crate::hir::{self, Program, TyId};
use crate::{SourceModule, analyze};
use plat_base::image::{self, Files};
use plat_base::{Diagnostic, Name};
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;

/// What later modules need of those that were checked.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Base {
    program: Program,
    /// The names of each module, in source order.
    scopes: Vec<Vec<(Name, Vec<Binding>)>>,
    /// The module and the type of each alias.
    aliases: Vec<(usize, TyId)>,
}

/// The image of these modules, checked. `None` if there is anything to tell of them, or if they declare what needs more
/// than the image has: a loop, an `emit`, a test, a project, an instance whose name is computed.
pub fn image(modules: &[SourceModule]) -> Option<Vec<u8>> {
    let base = Base::of(modules)?;
    let (written, names) = image::writing(Files::Many, || postcard::to_stdvec(&base));
    postcard::to_stdvec(&(image::join(&names), written.ok()?)).ok()
}

/// What an image holds; `None` if this is none.
pub(crate) fn read(image: &'static [u8]) -> Option<Base> {
    type Parts = ((&'static str, Vec<u32>), &'static [u8]);
    let ((texts, lengths), written): Parts = postcard::from_bytes(image).ok()?;
    let names = image::split(texts, &lengths);
    let mut base: Base = image::reading(names, Files::Many, || postcard::from_bytes(written)).ok()?;
    base.program.types.index();
    Some(base)
}

impl Base {
    fn of(modules: &[SourceModule]) -> Option<Base> {
        let mut checker = Checker::new(modules, &modules.first()?.ast);
        checker.check_modules();
        let Checker { program, scopes, tables, diagnostics, broken, .. } = checker;
        let is_computed = |i: &hir::Instance| matches!(i.name, hir::InstanceName::Computed(_));
        let has_more = !program.loops.is_empty()
            || !program.emits.is_empty()
            || !program.tests.is_empty()
            || program.project.is_some()
            || program.instances.iter().any(is_computed)
            || modules.iter().any(|m| !m.is_std);
        let scopes = scopes.iter().map(Scope::entries).collect();
        let aliases = tables.aliases.iter().map(|a| (a.module, a.ty)).collect();
        (diagnostics.is_empty() && broken.is_empty() && !has_more).then_some(Base {
            program,
            scopes,
            aliases,
        })
    }

    /// The program of `modules`, of which the first are these.
    pub(crate) fn extended(self, modules: &[SourceModule]) -> (Program, Vec<Diagnostic>) {
        let done = self.program.modules.len();
        match modules.get(done) {
            Some(first) => Checker::on(self, modules, first).finish(),
            None if modules.len() == done => (self.program, Vec::new()),
            None => analyze(modules),
        }
    }
}

impl<'a> Checker<'a> {
    /// A checker of `sources`, of which those before `first` are `base`.
    fn on(base: Base, sources: &'a [SourceModule], first: &'a SourceModule) -> Checker<'a> {
        let Base { program, scopes, aliases } = base;
        let mut checker = Checker::new(sources, &first.ast);
        checker.start = Start {
            modules: program.modules.len(),
            kinds: program.kinds.len(),
            aliases: aliases.len(),
            fns: program.fns.len(),
            instances: program.instances.len(),
            declarations: program.declarations.len(),
        };
        checker.tables = tables(&program, &aliases);
        checker.check_names = program.checks.iter().map(|check| check.name).collect();
        checker.program = program;
        checker.scopes = scopes.into_iter().map(Scope::from).collect();
        for (module, source) in sources.iter().enumerate().take(checker.start.modules) {
            if source.is_prelude {
                checker.add_to_prelude(module);
            }
        }
        checker
    }
}

/// The tables of what is done: nobody asks for its syntax trees, but for those of instances and kinds.
fn tables<'a>(program: &Program, aliases: &[(usize, TyId)]) -> Tables<'a> {
    let at = |module: hir::ModuleId| module.0 as usize;
    let done = Progress::Done;
    let kind = |k: &hir::Kind| KindSource {
        module: at(k.module),
        ast: None,
        progress: done,
        index: OnceCell::new(),
        is_open: false,
        generated: false,
    };
    let function = |f: &hir::Fn| FnSource {
        module: at(f.module),
        ast: None,
        signature: done,
        body: done,
        calls: Vec::new(),
    };
    let instance = |i: &hir::Instance| InstanceSource {
        module: at(i.module),
        ast: None,
        annotations: &[],
        has_kind: true,
    };
    let alias = |(module, ty): &(usize, TyId)| Alias {
        module: *module,
        ast: None,
        doc: None,
        progress: done,
        ty: *ty,
    };
    Tables {
        lets: program
            .lets
            .iter()
            .map(|l| LetSource { module: at(l.module), ast: None, progress: done })
            .collect(),
        fns: program.fns.iter().map(function).collect(),
        kinds: program.kinds.iter().map(kind).collect(),
        aliases: aliases.iter().map(alias).collect(),
        instances: program.instances.iter().map(instance).collect(),
        ..Tables::default()
    }
}
