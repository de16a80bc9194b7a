//! Values to the domain: reads the typed fields that the standard library declares into plain structs.
//!
//! A field that is poisoned or absent where it should not be has been reported by the evaluator; the reader then
//! takes an empty value and goes on, since nothing is written when there is an error.

mod fields;
mod image;
mod platform;
mod project;
mod workload;

use crate::ledger::Cause;
use crate::{Ledger, Origin, PerContext, Project, Sourced};
use fields::{Place, name};
use plat_base::{Diagnostic, FileId, Name};
use plat_eval::{Context, Evaluator, Object, ReadId, Share};
use plat_sema::hir::{Axes, KindId};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Reads a whole project. `name` is what it is called unless `project.plat` says so; `doc` is the doc comment of its
/// entry module.
pub fn read(eval: &mut Evaluator<'_>, name: &str, doc: Option<String>) -> (Project, Vec<Diagnostic>) {
    read_share(eval, name, doc, Share::WHOLE)
}

/// The same for one of several evaluators, each of which reads a part of the images and workloads: see
/// [`Project::join`].
pub fn read_share(
    eval: &mut Evaluator<'_>,
    name: &str,
    doc: Option<String>,
    share: Share,
) -> (Project, Vec<Diagnostic>) {
    let (project, diagnostics, _) = read_with(eval, name, doc, None, share);
    (project, diagnostics)
}

/// The same, with a ledger of what was read: origins are its entries. The evaluator has to record reads.
pub fn read_traced(
    eval: &mut Evaluator<'_>,
    name: &str,
    doc: Option<String>,
) -> (Project, Vec<Diagnostic>, Ledger) {
    let (project, diagnostics, ledger) = read_with(eval, name, doc, Some(Ledger::default()), Share::WHOLE);
    (project, diagnostics, ledger.unwrap_or_default())
}

fn read_with(
    eval: &mut Evaluator<'_>,
    name: &str,
    doc: Option<String>,
    ledger: Option<Ledger>,
    share: Share,
) -> (Project, Vec<Diagnostic>, Option<Ledger>) {
    let platforms = eval.platforms();
    let environments = eval.environments();
    let std_files = eval.program().modules.iter().filter(|m| m.is_std).map(|m| m.file).collect();
    let mut reader = Reader {
        eval,
        platforms,
        environments,
        images: HashMap::new(),
        std_files,
        diagnostics: Vec::new(),
        ledger,
        gathered: Vec::new(),
    };
    let project = reader.project(name, doc, share);
    (project, reader.diagnostics, reader.ledger)
}

/// The state of one reading.
struct Reader<'e, 'p> {
    eval: &'e mut Evaluator<'p>,
    platforms: Vec<Object>,
    environments: Vec<Object>,
    /// The position of each declared image.
    images: HashMap<Object, usize>,
    std_files: HashSet<FileId>,
    diagnostics: Vec<Diagnostic>,
    /// What was read, in a traced reading.
    ledger: Option<Ledger>,
    /// What was read of each of the things that are being read as a whole.
    gathered: Vec<Vec<ReadId>>,
}

impl Reader<'_, '_> {
    fn kind(&self, name: &str) -> Option<KindId> {
        self.eval.program().prelude_kind(name)
    }

    /// The declared instances of a kind of the prelude.
    fn instances(&mut self, kind: &str) -> Vec<Object> {
        match self.kind(kind) {
            Some(kind) => self.eval.instances(kind),
            None => Vec::new(),
        }
    }

    fn declared_name(&self, object: Object) -> String {
        self.eval.name(object).map(|n| n.as_str().to_owned()).unwrap_or_default()
    }

    /// Where an object is declared; in a traced reading, the entry of that.
    fn origin_of(&mut self, object: Object) -> Origin {
        self.declared_at(object, Context::default())
    }

    fn declared_at(&mut self, object: Object, at: Context) -> Origin {
        let place = self.eval.declaration(object);
        let library = place.filter(|span| self.std_files.contains(&span.file));
        let own = place.filter(|_| library.is_none());
        match &mut self.ledger {
            None => place,
            Some(ledger) => ledger.add(Cause {
                object,
                at,
                field: None,
                element: None,
                own,
                is_outer: false,
                library,
                reads: Vec::new(),
                outer: None,
            }),
        }
    }

    fn doc_of(&self, object: Object) -> Option<String> {
        object.instance.and_then(|id| self.eval.program()[id].doc.clone())
    }

    /// The nearest name among the object's kind and its ancestors that `known` has an answer for.
    fn by_kind<T>(&self, object: Object, known: impl Fn(&str) -> Option<T>) -> Option<T> {
        let program = self.eval.program();
        let mut at = object.kind;
        while let Some(kind) = at {
            if let Some(found) = known(program[kind].name.as_str()) {
                return Some(found);
            }
            at = program[kind].parent;
        }
        None
    }

    /// Reads something once per context that it depends on and shares the result with the contexts that agree.
    fn per_context<T>(
        &mut self,
        contexts: &[(usize, usize)],
        mut read: impl FnMut(&mut Self, Context) -> T,
    ) -> PerContext<T> {
        let mut table = PerContext::new(self.platforms.len(), self.environments.len());
        let mut known: Vec<(Axes, usize, usize, Arc<T>)> = Vec::new();
        for &(platform, environment) in contexts {
            let shared = known.iter().find(|(axes, p, e, _)| {
                (!axes.contains(Axes::PLATFORM) || *p == platform)
                    && (!axes.contains(Axes::ENVIRONMENT) || *e == environment)
            });
            let value = match shared {
                Some((.., value)) => Arc::clone(value),
                None => {
                    let at = crate::sourced::context(platform, environment);
                    let outer = self.eval.begin_trace();
                    let value = read(self, at);
                    let axes = self.eval.end_trace(outer);
                    let value = Arc::new(value);
                    known.push((axes, platform, environment, Arc::clone(&value)));
                    value
                }
            };
            table.set(platform, environment, value);
        }
        table
    }

    /// Every pair of positions, platforms outermost.
    fn all_contexts(&self) -> Vec<(usize, usize)> {
        let environments = self.environments.len();
        (0..self.platforms.len()).flat_map(|p| (0..environments).map(move |e| (p, e))).collect()
    }

    /// The contexts in which an instance exists.
    fn contexts_of(&mut self, object: Object) -> Vec<(usize, usize)> {
        let contexts = self.eval.contexts_of(object);
        contexts.iter().filter_map(|c| Some((c.platform? as usize, c.environment? as usize))).collect()
    }

    /// A place from which fields are read.
    fn place(&mut self, object: Object, at: Context) -> Place {
        Place { object, at, origin: self.declared_at(object, at) }
    }

    /// Reads the entries of a map of texts.
    fn text_map(&mut self, place: Place, field: Name) -> Vec<(String, Sourced<String>)> {
        let Some(map) = self.object(place, field) else { return Vec::new() };
        let inner = place.into(map);
        let keys = self.eval.keys(map.value, place.at);
        keys.into_iter().filter_map(|k| Some((k.as_str().to_owned(), self.text(inner, k)?))).collect()
    }

    /// Reads the ports of an image or workload.
    fn ports(&mut self, place: Place) -> Vec<crate::Port> {
        let Some(map) = self.object(place, name!("ports")) else { return Vec::new() };
        let inner = place.into(map);
        let keys = self.eval.keys(map.value, place.at);
        let port = |k: Name, n| crate::Port { name: k.as_str().to_owned(), number: n };
        keys.into_iter().filter_map(|k| Some(port(k, self.int(inner, k)?))).collect()
    }
}
