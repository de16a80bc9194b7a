//! From entry files to modules in dependency order. In: a [`Layout`] and the standard library. Out: every module that
//! the program needs, parsed, with its imports resolved, and the diagnostics of reading and parsing. Nothing is
//! checked here. Files are read in waves (all that the last wave imports) and each wave is parsed in parallel; ids
//! and order depend on the sources alone.

mod imports;
mod order;

use crate::project::Layout;
use crate::stdlib::Stdlib;
use crate::world::World;
use crate::{Failure, errors, failure, limits, parallel, paths};
use plat_base::{Diagnostic, FileId, Limit, Limits, Name, SourceFile, SourceMap, Span, Text};
use plat_sema::SourceModule;
use plat_syntax::ast::ItemKind;
use plat_syntax::image::Tree;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Below this many bytes a wave is parsed on one thread: starting others would cost more than it saves.
const PARALLEL_FROM: usize = 128 * 1024;

/// Where a module's text comes from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// A file of the standard library: its path below `stdlib/`.
    Std(String),
    /// A file of the project, with links resolved.
    File(PathBuf),
}

/// What loading gives.
#[derive(Debug)]
pub struct Loaded {
    /// All texts.
    pub sources: SourceMap,
    /// The modules, in dependency order, the prelude first.
    pub modules: Vec<SourceModule>,
    /// What was checked before of the first of them, which [`plat_sema::analyze_on`] takes.
    pub checked: Option<&'static [u8]>,
    /// Where each text comes from, by its id; `None` for the standard library.
    pub paths: Vec<Option<PathBuf>>,
    /// The file of each module.
    pub files: Vec<FileId>,
    /// Which modules the user named.
    pub entries: Vec<usize>,
    /// What is wrong with files, imports and syntax.
    pub diagnostics: Vec<Diagnostic>,
    /// What the compilation may cost.
    pub limits: Limits,
    /// The project's files that were read, sorted.
    pub inputs: Vec<PathBuf>,
    /// Imports through links, and where these lead.
    pub links: Vec<(PathBuf, PathBuf)>,
    /// Whether a file could not be read at all.
    pub input_failed: bool,
}

/// A module on its way.
struct Node {
    place: Place,
    file: Arc<SourceFile>,
    ast: Option<Tree>,
    /// For each `use`: where it stands and what it leads to.
    imports: Vec<(Span, Option<usize>)>,
}

struct Loader<'a> {
    world: &'a dyn World,
    stdlib: &'a Stdlib,
    layout: &'a Layout,
    sources: SourceMap,
    paths: Vec<Option<PathBuf>>,
    nodes: Vec<Node>,
    /// `None` for what could not be read, which has been reported.
    known: BTreeMap<Place, Option<usize>>,
    diagnostics: Vec<Diagnostic>,
    limits: Limits,
    /// The project's modules so far.
    own: usize,
    /// Whether it was told that they are too many.
    too_many: bool,
    links: Vec<(PathBuf, PathBuf)>,
    input_failed: bool,
}

/// Loads a whole program. An entry file that cannot be read is a failure, anything else a diagnostic.
pub fn load(world: &dyn World, stdlib: &Stdlib, layout: &Layout) -> Result<Loaded, Failure> {
    let mut loader = Loader {
        world,
        stdlib,
        layout,
        sources: SourceMap::default(),
        paths: Vec::new(),
        nodes: Vec::new(),
        known: BTreeMap::new(),
        diagnostics: Vec::new(),
        limits: Limits::default(),
        own: 0,
        too_many: false,
        links: Vec::new(),
        input_failed: false,
    };
    let mut roots = loader.library()?;
    let library = if stdlib.checked().is_some() { roots.len() } else { 0 };
    // Limits hold for all other files, so this one is read before them.
    if let Some(path) = &layout.project_file
        && let Some(module) = loader.module(Place::File(path.clone()), None)?
    {
        loader.read_limits(module);
        roots.push(module);
    }
    for path in &layout.entries {
        let module = loader.module(Place::File(path.clone()), None)?;
        roots.extend(module.filter(|m| !roots.contains(m)));
    }
    loader.follow_imports(library);
    Ok(loader.finish(&roots))
}

impl Loader<'_> {
    /// The modules of the standard library that every program has. Those that were checked before have the ids and the
    /// order that they had then.
    fn library(&mut self) -> Result<Vec<usize>, Failure> {
        let stdlib = self.stdlib;
        let mut roots = Vec::new();
        let Some(checked) = stdlib.checked() else {
            for folder in ["prelude/", "checks/"] {
                for path in stdlib.below(folder) {
                    roots.extend(self.module(Place::Std(path.to_owned()), None)?);
                }
            }
            // Where no platform is declared, the implicit one extends an instance of this module.
            roots.extend(self.module(Place::Std("platforms.plat".to_owned()), None)?);
            return Ok(roots);
        };
        for (path, imports) in checked.modules {
            let module = self.module(Place::Std((*path).to_owned()), None)?;
            if let Some(node) = module.and_then(|at| self.nodes.get_mut(at)) {
                let nowhere = Span::new(node.file.id, 0, 0);
                node.ast = stdlib.parsed(path, node.file.id);
                node.imports = imports.iter().map(|import| (nowhere, *import)).collect();
            }
            roots.extend(module);
        }
        Ok(roots)
    }

    /// The module of a place, read if it is new. `from` is the `use` that wants it; without one, not being able to
    /// read it is a failure.
    fn module(&mut self, place: Place, from: Option<Span>) -> Result<Option<usize>, Failure> {
        if let Some(known) = self.known.get(&place) {
            return Ok(*known);
        }
        if let (Place::File(_), Some(span)) = (&place, from) {
            let limit = self.limits.get(Limit::Modules);
            if self.own as u64 >= limit {
                if !std::mem::replace(&mut self.too_many, true) {
                    self.diagnostics.push(errors::too_many_modules(span, limit));
                }
                return Ok(None);
            }
        }
        self.own += usize::from(matches!(place, Place::File(_)));
        let text = self.text(&place, from)?;
        let module = text.map(|text| {
            let file = self.add_source(&place, &text);
            self.nodes.push(Node { place: place.clone(), file, ast: None, imports: Vec::new() });
            self.nodes.len() - 1
        });
        self.known.insert(place, module);
        Ok(module)
    }

    /// Parses the project file, and takes the limits that it sets.
    fn read_limits(&mut self, at: usize) {
        let Some(node) = self.nodes.get_mut(at) else { return };
        let parse = plat_syntax::parse(&node.file);
        let (limits, found) = limits::read(&parse.module);
        self.limits = limits;
        self.diagnostics.extend(parse.diagnostics);
        self.diagnostics.extend(found);
        node.ast = Some(parse.module.into());
    }

    fn text(&mut self, place: &Place, from: Option<Span>) -> Result<Option<Text>, Failure> {
        let path = match place {
            Place::Std(path) => return Ok(self.stdlib.text(path).cloned()),
            Place::File(path) => path,
        };
        let shown = self.shown(place);
        let limit = self.limits.get(Limit::FileSize);
        let bytes = self.world.stat(path).and_then(|stat| {
            if stat.size > limit { Ok(Err(stat.size)) } else { self.world.read(path).map(Ok) }
        });
        match bytes {
            Ok(Ok(bytes)) => Ok(self.decode(place, bytes)),
            Ok(Err(size)) => {
                self.diagnostics.push(errors::file_too_big(from, &shown, size, limit));
                Ok(None)
            }
            Err(error) => {
                self.input_failed = true;
                let Some(span) = from else { return Err(Failure::io("read", path, &error)) };
                self.diagnostics.push(errors::unreadable_file(span, &shown, &failure::reason(&error)));
                Ok(None)
            }
        }
    }

    /// The text of a file, without a byte-order mark. Of a file that is not UTF-8 the readable beginning is kept for
    /// the report, and it is no module.
    fn decode(&mut self, place: &Place, mut bytes: Vec<u8>) -> Option<Text> {
        let mark = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        bytes.drain(..mark);
        match String::from_utf8(bytes) {
            Ok(text) => Some(text.into()),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let byte = error.as_bytes().get(valid).copied().unwrap_or(0);
                let prefix = String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or(&[]));
                let file = self.add_source(place, &Text::from(&*prefix));
                let at = Span::new(file.id, valid, valid);
                self.diagnostics.push(errors::not_utf8(at, &file.path, valid + mark, byte));
                None
            }
        }
    }

    fn add_source(&mut self, place: &Place, text: &Text) -> Arc<SourceFile> {
        self.paths.push(match place {
            Place::Std(_) => None,
            Place::File(path) => Some(path.clone()),
        });
        self.sources.add(self.shown(place), text.clone())
    }

    /// How reports call a place.
    fn shown(&self, place: &Place) -> String {
        match place {
            Place::Std(path) => format!("std/{path}"),
            Place::File(path) => paths::slashed(&paths::relative(&self.layout.root, path)),
        }
    }

    /// Parses what was read, but for the first modules, and reads what that imports, until nothing is new.
    fn follow_imports(&mut self, done: usize) {
        let mut parsed = done;
        for depth in 0.. {
            let wave = parsed..self.nodes.len();
            if wave.is_empty() {
                break;
            }
            parsed = wave.end;
            self.parse_wave(wave.clone());
            for node in wave {
                self.resolve_imports(node, depth);
            }
        }
    }

    /// Parses the modules of a wave, except for those of the standard library that were parsed before.
    fn parse_wave(&mut self, wave: std::ops::Range<usize>) {
        let (mut new, mut files) = (Vec::new(), Vec::new());
        for (at, node) in self.nodes.iter_mut().enumerate().skip(wave.start) {
            if let Place::Std(path) = &node.place {
                node.ast = self.stdlib.parsed(path, node.file.id);
            }
            if node.ast.is_none() {
                new.push(at);
                files.push(Arc::clone(&node.file));
            }
        }
        for (at, parse) in new.into_iter().zip(parse_all(&files, self.limits)) {
            let Some(node) = self.nodes.get_mut(at) else { continue };
            let ast = Tree::from(parse.module);
            if let (Place::Std(path), []) = (&node.place, parse.diagnostics.as_slice()) {
                self.stdlib.keep(path, &ast);
            }
            self.diagnostics.extend(parse.diagnostics);
            node.ast = Some(ast);
        }
    }

    fn resolve_imports(&mut self, at: usize, depth: usize) {
        let Some(node) = self.nodes.get(at) else { return };
        let (place, Some(ast)) = (node.place.clone(), node.ast.clone()) else { return };
        let uses = ast.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Use(import) => Some(import),
            _ => None,
        });
        let mut imports = Vec::new();
        let longest = self.limits.size(Limit::ImportDepth);
        for import in uses {
            let span = import.path_span;
            let target = imports::resolve(self.world, self.stdlib, &self.layout.root, &place, import);
            if let Ok(Place::File(real)) = &target
                && let Some(written) = imports::written_path(&place, import).filter(|path| path != real)
            {
                self.links.push((written, real.clone()));
            }
            let module = match target {
                Err(diagnostic) => {
                    self.diagnostics.push(*diagnostic);
                    None
                }
                Ok(target) if depth >= longest && !self.known.contains_key(&target) => {
                    self.diagnostics.push(errors::imports_too_deep(span, longest as u64));
                    None
                }
                Ok(target) => self.module(target, Some(span)).unwrap_or(None),
            };
            imports.push((span, module));
        }
        if let Some(node) = self.nodes.get_mut(at) {
            node.imports = imports;
        }
    }

    fn finish(mut self, roots: &[usize]) -> Loaded {
        let mut edges: Vec<Vec<(Span, Option<usize>)>> =
            self.nodes.iter_mut().map(|n| std::mem::take(&mut n.imports)).collect();
        let (order, rings) = order::sort(&mut edges, roots);
        for ring in rings {
            let ring: Vec<(Span, String)> = ring
                .into_iter()
                .filter_map(|(span, to)| Some((span, self.nodes.get(to)?.file.path.clone())))
                .collect();
            self.diagnostics.extend(errors::cyclic_import(&ring));
        }
        let mut position = vec![None; self.nodes.len()];
        for (at, node) in order.iter().enumerate() {
            if let Some(slot) = position.get_mut(*node) {
                *slot = Some(at);
            }
        }
        let place_of = |node: usize| position.get(node).copied().flatten();
        let mut modules = Vec::new();
        let mut files = Vec::new();
        for node in &order {
            let (Some(at), Some(edges)) = (self.nodes.get(*node), edges.get(*node)) else { continue };
            let Some(ast) = at.ast.clone() else { continue };
            let imports = edges.iter().map(|(_, to)| to.and_then(place_of)).collect();
            modules.push(source_module(&at.place, ast, imports));
            files.push(at.file.id);
        }
        let entry = |path: &PathBuf| self.known.get(&Place::File(path.clone())).copied().flatten();
        let entries = self.layout.entries.iter().filter_map(entry).filter_map(place_of).collect();
        let inputs = self.known.keys().filter_map(|place| match place {
            Place::File(path) => Some(path.clone()),
            Place::Std(_) => None,
        });
        Loaded {
            inputs: inputs.collect(),
            sources: self.sources,
            paths: self.paths,
            modules,
            checked: self.stdlib.checked().map(|checked| checked.image),
            files,
            entries,
            diagnostics: self.diagnostics,
            limits: self.limits,
            links: self.links,
            input_failed: self.input_failed,
        }
    }
}

fn source_module(place: &Place, ast: Tree, imports: Vec<Option<usize>>) -> SourceModule {
    let stem = |path: &Path| path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    match place {
        Place::Std(path) => SourceModule {
            ast,
            name: Name::new(&stem(Path::new(path))),
            is_std: true,
            is_prelude: path.starts_with("prelude/"),
            imports,
        },
        Place::File(path) => {
            SourceModule { ast, name: Name::new(&stem(path)), is_std: false, is_prelude: false, imports }
        }
    }
}

/// Parses files, in parallel if that pays; the results are in the order of the files.
fn parse_all(files: &[Arc<SourceFile>], limits: Limits) -> Vec<plat_syntax::Parse> {
    let size: usize = files.iter().map(|f| f.text.len()).sum();
    let threads = if size < PARALLEL_FROM { 1 } else { parallel::cores() };
    parallel::map(files, threads, |file| plat_syntax::parse_nested(file, limits.get(Limit::Nesting)))
}
