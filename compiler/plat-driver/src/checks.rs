//! Which checks there are: those of the standard library and those of a program, each with what the project makes of it.
//! Nothing is evaluated, so they are listed whether the program has errors or not.

use crate::load::{self, Loaded};
use crate::project::Layout;
use crate::stdlib::Stdlib;
use crate::world::World;
use crate::{Failure, on_deep_stack, order};
use plat_base::{Diagnostic, Severity, SourceMap, Span};
use plat_sema::hir::{Check, Program, Setting};
use std::path::{Path, PathBuf};

/// The checks of a program.
#[derive(Debug)]
pub struct Checks {
    /// The standard library's first, by group; then the program's own.
    pub checks: Vec<CheckEntry>,
    /// All texts that the spans point into.
    pub sources: SourceMap,
    /// Where each text comes from, by its id; `None` for the standard library.
    pub paths: Vec<Option<PathBuf>>,
    /// What is wrong with the program, as far as it is known without evaluation.
    pub diagnostics: Vec<Diagnostic>,
}

/// A check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckEntry {
    /// Its name, which is the code of its diagnostics.
    pub name: String,
    /// The file of `stdlib/checks/` that it is in, without ending; `None` for a check of the program's own.
    pub group: Option<String>,
    /// What the group is about, in a sentence.
    pub about: Option<String>,
    /// How bad a violation is by itself.
    pub declared: Severity,
    /// How bad a violation is in this project.
    pub severity: Severity,
    /// Why the project silences it, if it does.
    pub allowed: Option<String>,
    /// What it looks at, mostly a kind: `service`.
    pub subject: String,
    /// Its doc comment.
    pub doc: Option<String>,
    /// Where its name stands.
    pub span: Span,
}

/// Lists the checks of the program at `layout`; without one, those of the standard library. `cwd` is absolute.
pub fn checks(
    world: &dyn World,
    stdlib: &Stdlib,
    layout: Option<Layout>,
    cwd: &Path,
) -> Result<Checks, Failure> {
    let nowhere = || Layout { root: cwd.to_owned(), project_file: None, entries: Vec::new() };
    let layout = layout.unwrap_or_else(nowhere);
    on_deep_stack(|| {
        let Loaded { sources, paths, modules, checked, files, mut diagnostics, .. } =
            load::load(world, stdlib, &layout)?;
        let (program, found) = plat_sema::analyze_on(checked, &modules);
        diagnostics.extend(found);
        diagnostics.retain(Diagnostic::is_error);
        let mut checks: Vec<CheckEntry> =
            program.checks.iter().map(|check| entry(&program, check, &sources)).collect();
        // Modules come after those that they import; readers look for names. The project's own checks come last.
        checks.sort_by(|a, b| (a.group.is_none(), &a.group).cmp(&(b.group.is_none(), &b.group)));
        let diagnostics = order::limited(order::sorted(diagnostics, &files));
        Ok(Checks { checks, sources, paths, diagnostics })
    })?
}

fn entry(program: &Program, check: &Check, sources: &SourceMap) -> CheckEntry {
    let file = sources.get(check.name_span.file);
    let group = file.path.strip_prefix("std/checks/").map(|name| name.trim_end_matches(".plat").to_owned());
    let module = program.modules.get(check.module.0 as usize);
    let about = module.filter(|_| group.is_some()).and_then(|m| m.doc.as_deref()).map(sentence);
    CheckEntry {
        name: check.name.as_str().to_owned(),
        about,
        group,
        declared: check.declared,
        severity: check.severity,
        allowed: match &check.setting {
            Some(Setting::Allowed(reason)) => Some(reason.clone()),
            _ => None,
        },
        subject: match check.subject_kind {
            Some(kind) => program[kind].name.as_str().to_owned(),
            None => {
                let words: Vec<&str> = sources.slice(program[check.source].span).split_whitespace().collect();
                words.join(" ")
            }
        },
        doc: check.doc.clone(),
        span: check.name_span,
    }
}

impl CheckEntry {
    /// The first sentence of its doc comment, on one line.
    pub fn summary(&self) -> String {
        self.doc.as_deref().map(sentence).unwrap_or_default()
    }

    /// Whether each of some words stands in its name, its group, what it looks at or its doc comment; capitals make no
    /// difference.
    pub fn matches(&self, words: &[String]) -> bool {
        let parts = [Some(&self.name), self.group.as_ref(), Some(&self.subject), self.doc.as_ref()];
        let text: Vec<String> = parts.into_iter().flatten().map(|part| part.to_lowercase()).collect();
        words.iter().all(|word| text.iter().any(|part| part.contains(&word.to_lowercase())))
    }
}

/// The first sentence of a doc comment, on one line.
fn sentence(doc: &str) -> String {
    let words: Vec<&str> = doc.split_whitespace().collect();
    let text = words.join(" ");
    match text.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MemoryWorld, discover};

    fn listed(files: &[(&str, &str)]) -> Checks {
        let world = MemoryWorld::default();
        for (path, text) in files {
            world.add(format!("/p/{path}"), text.as_bytes());
        }
        let layout = discover(&world, Path::new("/p"), &[], None).ok();
        checks(&world, &Stdlib::embedded(), layout, Path::new("/p")).unwrap()
    }

    fn named<'a>(all: &'a Checks, name: &str) -> &'a CheckEntry {
        all.checks.iter().find(|c| c.name == name).unwrap()
    }

    const OWN: &str = "/// Small things. They fit.\ncheck small for p in platform at advice { require true  message \"m\" }\n";

    #[test]
    fn outside_of_a_project_there_are_the_built_in_ones_by_group() {
        let all = listed(&[]);
        assert!(all.diagnostics.is_empty(), "{:?}", all.diagnostics);
        let groups: Vec<&str> = all.checks.iter().filter_map(|c| c.group.as_deref()).collect();
        assert!(groups.len() == all.checks.len() && groups.is_sorted(), "{groups:?}");
        let limit = named(&all, "memory-exceeds-limit");
        assert_eq!((limit.subject.as_str(), limit.severity), ("workload", Severity::Error));
        assert!(limit.about.as_deref().is_some_and(|about| about.ends_with('.')));
    }

    #[test]
    fn a_program_adds_its_own_and_changes_others() {
        let project = "@allow(base-not-published, \"mirrored by hand\")\nproject p { checks { port-not-in-image = error, small = warning } }\n";
        let all = listed(&[("main.plat", OWN), ("project.plat", project)]);
        assert!(all.diagnostics.is_empty(), "{:?}", all.diagnostics);
        let last = all.checks.last().unwrap();
        assert_eq!(
            (last.name.as_str(), last.group.as_ref(), last.summary().as_str()),
            ("small", None, "Small things.")
        );
        assert_eq!((last.declared, last.severity), (Severity::Advice, Severity::Warning));
        let port = named(&all, "port-not-in-image");
        assert_eq!((port.declared, port.severity), (Severity::Warning, Severity::Error));
        assert_eq!(named(&all, "base-not-published").allowed.as_deref(), Some("mirrored by hand"));
    }

    #[test]
    fn a_program_with_errors_has_its_checks_all_the_same() {
        let all = listed(&[("main.plat", &format!("{OWN}let a = 2g\n"))]);
        assert_eq!(all.diagnostics.len(), 1);
        assert_eq!(named(&all, "small").subject, "platform");
    }

    #[test]
    fn words_are_looked_for_in_all_that_is_said() {
        let all = listed(&[("main.plat", OWN)]);
        let with = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
            all.checks.iter().filter(|c| c.matches(&words)).count()
        };
        assert_eq!(with(&[]), all.checks.len());
        assert!(with(&["MEMORY"]) > with(&["memory", "heap"]) && with(&["memory", "heap"]) > 0);
        assert_eq!(with(&["things", "fit"]), 1);
        assert_eq!(with(&["nobody-says-this"]), 0);
    }
}
