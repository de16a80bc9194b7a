//! What a `use` leads to. In: the path as written and the file that it stands in. Out: a [`Place`], or the diagnostic
//! that says why there is none.

use super::Place;
use crate::stdlib::Stdlib;
use crate::world::{EntryKind, World};
use crate::{errors, paths};
use plat_base::{Diagnostic, Span, closest};
use plat_syntax::ast::{Ident, Use, UsePath};
use std::path::{Path, PathBuf};

type Resolved = Result<Place, Box<Diagnostic>>;

/// Finds the module that `import`, written in the file at `from`, means.
pub(super) fn resolve(
    world: &dyn World,
    stdlib: &Stdlib,
    root: &Path,
    from: &Place,
    import: &Use,
) -> Resolved {
    let span = import.path_span;
    match (&import.path, from) {
        (UsePath::Dotted(segments), _) => dotted(stdlib, segments, span),
        (UsePath::File(path), Place::Std(file)) => within_std(stdlib, file, path.as_str(), span),
        (UsePath::File(path), Place::File(file)) => {
            FileImport { world, root, written: path.as_str(), span }.resolve(file)
        }
        (UsePath::Crd(_), _) => Err(errors::import_not_yet(
            span,
            "CustomResourceDefinitions",
            "write the manifest as data: `emit \"certificate.yaml\" = { … }`",
        )
        .into()),
    }
}

/// The path that the import of a file names, with links as they are.
pub(super) fn written_path(from: &Place, import: &Use) -> Option<PathBuf> {
    let (UsePath::File(path), Place::File(file)) = (&import.path, from) else { return None };
    Some(paths::normalize(&file.parent()?.join(path.as_str())))
}

fn dotted(stdlib: &Stdlib, segments: &[Ident], span: Span) -> Resolved {
    let words: Vec<&str> = segments.iter().map(|s| s.name.as_str()).collect();
    let written = words.join(".");
    let missing = |help: String| -> Diagnostic {
        errors::import_not_found(span, format!("there is no module `{written}`")).help(help)
    };
    let modules = stdlib.modules();
    let near = |name: &str| closest(name, modules.iter().map(String::as_str));
    let diagnostic = match words.split_first() {
        Some((&"std", [])) => missing("name a module of it: `use std.images`".to_owned()),
        Some((&"std", rest)) => {
            let path = format!("{}.plat", rest.join("/"));
            if stdlib.text(&path).is_some() {
                return Ok(Place::Std(path));
            }
            match near(&written) {
                Some(near) => missing(format!("did you mean `{near}`?")).fix(
                    format!("replace `{written}` by `{near}`"),
                    span,
                    near,
                    false,
                ),
                None => missing(format!("the standard library has {}", modules.join(", "))),
            }
        }
        Some((&"kubernetes", _)) => errors::import_not_yet(
            span,
            &format!("`{written}`"),
            "declare a `service`, `job`, `stateful` or `daemon`; the Kubernetes target makes the objects",
        ),
        _ => match (near(&format!("std.{written}")), words.as_slice()) {
            (Some(near), _) => missing(format!("did you mean `{near}`?")),
            (None, [file]) => missing(format!("a file is imported by its path: `use \"./{file}.plat\"`")),
            (None, _) => missing("a dotted name means the standard library: `use std.images`".to_owned()),
        },
    };
    Err(diagnostic.into())
}

fn within_std(stdlib: &Stdlib, file: &str, written: &str, span: Span) -> Resolved {
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let path = paths::slashed(&paths::normalize(&folder.join(written)));
    if stdlib.text(&path).is_some() {
        return Ok(Place::Std(path));
    }
    Err(errors::import_not_found(span, format!("there is no file `{path}` in the standard library")).into())
}

/// An import of a file by its path.
struct FileImport<'a> {
    world: &'a dyn World,
    root: &'a Path,
    written: &'a str,
    span: Span,
}

impl FileImport<'_> {
    fn resolve(&self, from: &Path) -> Resolved {
        if self.written.contains('\\') {
            let help = format!("write `{}`", self.written.replace('\\', "/"));
            return Err(self.missing("a path is written with `/` on every system").help(help).into());
        }
        if Path::new(self.written).is_absolute() {
            return Err(errors::import_outside_project(self.span, self.written, "is an absolute path").into());
        }
        let folder = from.parent().unwrap_or(self.root);
        let path = paths::normalize(&folder.join(self.written));
        if !path.starts_with(self.root) {
            return Err(
                errors::import_outside_project(self.span, self.written, "is outside the project").into()
            );
        }
        match self.world.stat(&path) {
            Ok(stat) if stat.kind == EntryKind::File => self.inside(&path),
            Ok(stat) if stat.kind == EntryKind::Folder => Err(self.folder(&path).into()),
            Ok(_) => Err(self.missing("it is not a file").into()),
            Err(_) => Err(self.not_found(&path).into()),
        }
    }

    /// A file that is there; links must not lead out of the project.
    fn inside(&self, path: &Path) -> Resolved {
        if path.extension().is_none_or(|e| e != "plat") {
            return Err(self.missing("only .plat files can be imported").into());
        }
        match self.world.real_path(path) {
            Ok(real) if real.starts_with(self.root) => Ok(Place::File(real)),
            Ok(_) => Err(errors::import_outside_project(
                self.span,
                self.written,
                "is a link that leads out of the project",
            )
            .into()),
            Err(_) => Err(self.not_found(path).into()),
        }
    }

    fn folder(&self, path: &Path) -> Diagnostic {
        let names = self.world.list(path).unwrap_or_default();
        let diagnostic = self.missing("it is a folder");
        match names.iter().find(|n| *n == "main.plat").or(names.iter().find(|n| n.ends_with(".plat"))) {
            Some(file) => {
                let meant = format!("{}/{file}", self.written.trim_end_matches('/'));
                self.suggest(diagnostic, &meant)
            }
            None => diagnostic.help("a module is a file: name it with its `.plat`"),
        }
    }

    fn not_found(&self, path: &Path) -> Diagnostic {
        let diagnostic = errors::import_not_found(self.span, format!("there is no file `{}`", self.written));
        let folder = path.parent().unwrap_or(self.root);
        let Ok(names) = self.world.list(folder) else {
            let folder = paths::slashed(&paths::relative(self.root, folder));
            return diagnostic.primary(format!("the folder `{folder}` does not exist"));
        };
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let files: Vec<&str> = names.iter().map(String::as_str).filter(|n| n.ends_with(".plat")).collect();
        let with_extension = format!("{name}.plat");
        let near = files.iter().find(|f| **f == with_extension).copied();
        match near.or_else(|| closest(&name, files.iter().copied())) {
            Some(near) => self.suggest(diagnostic, &self.beside(near)),
            None if files.is_empty() => diagnostic.help("there are no .plat files in that folder"),
            None => diagnostic.help(format!("in that folder there are {}", files.join(", "))),
        }
    }

    /// The written path with another file name.
    fn beside(&self, name: &str) -> String {
        match self.written.rfind('/') {
            Some(slash) => format!("{}/{name}", &self.written[..slash]),
            None => format!("./{name}"),
        }
    }

    fn missing(&self, why: &str) -> Diagnostic {
        errors::import_not_found(self.span, format!("cannot import `{}`: {why}", self.written))
    }

    fn suggest(&self, diagnostic: Diagnostic, meant: &str) -> Diagnostic {
        let written: PathBuf = PathBuf::from(meant);
        let meant = paths::slashed(&written);
        let title = format!("replace the path by \"{meant}\"");
        diagnostic.help(format!("did you mean \"{meant}\"?")).fix(
            title,
            self.span,
            format!("\"{meant}\""),
            false,
        )
    }
}
