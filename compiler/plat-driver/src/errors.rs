//! The diagnostics of loading: what an import leads to, and what a file is.

use plat_base::{Diagnostic, Limit, Span};

/// A file that no `use` can find.
pub(crate) fn import_not_found(span: Span, message: String) -> Diagnostic {
    Diagnostic::error("import-not-found", message, span)
}

/// An import that leaves the project.
pub(crate) fn import_outside_project(span: Span, path: &str, how: &str) -> Diagnostic {
    Diagnostic::error("import-outside-project", format!("`{path}` {how}"), span)
        .primary("leaves the project")
        .help("move the file into the project, or choose a root that contains both with `--root`")
}

/// `kubernetes.…` and `crd`, which later versions have.
pub(crate) fn import_not_yet(span: Span, what: &str, instead: &str) -> Diagnostic {
    import_not_found(span, format!("{what} cannot be imported yet"))
        .primary("not part of this version of platc")
        .help(instead)
}

/// A file that exists and cannot be read.
pub(crate) fn unreadable_file(span: Span, path: &str, reason: &str) -> Diagnostic {
    Diagnostic::error("unreadable-file", format!("cannot read `{path}`: {reason}"), span)
        .help("make the file readable, or remove the import")
}

/// A file that is not text. `at` is an empty span before the first bad byte.
pub(crate) fn not_utf8(at: Span, path: &str, offset: usize, byte: u8) -> Diagnostic {
    let message = format!("`{path}` is not UTF-8: byte 0x{byte:02X} at offset {offset}");
    Diagnostic::error("not-utf8", message, at)
        .primary("the text ends to be UTF-8 here")
        .help(format!("save the file as UTF-8, or convert it: `iconv -f LATIN1 -t UTF-8 {path}`"))
}

/// A file that is too big.
pub(crate) fn file_too_big(span: Option<Span>, path: &str, size: u64, limit: u64) -> Diagnostic {
    let message = format!("`{path}` is {size} bytes long");
    let help = Limit::FileSize.help(limit);
    without_place("limit-exceeded", message, span).help(format!("split the file into modules; {help}"))
}

/// A chain of imports that is too long.
pub(crate) fn imports_too_deep(span: Span, limit: u64) -> Diagnostic {
    let message = format!("imports are nested more than {limit} deep");
    Limit::ImportDepth.exceeded(limit, message, span).primary("this import is not followed")
}

/// A program of too many files: told at the first `use` that leads to one more.
pub(crate) fn too_many_modules(span: Span, limit: u64) -> Diagnostic {
    let message = format!("the program has more than {limit} source files");
    Limit::Modules.exceeded(limit, message, span).primary("this import is not followed, nor any other")
}

/// More is written than may be: what the limit is, and what it allows this program. `span` is what asks for the file
/// that is one too many.
pub(crate) fn too_much_output(limit: Limit, (value, most): (u64, u64), span: Option<Span>) -> Diagnostic {
    let message = match limit {
        Limit::Files => format!("more than {} files would be written", limit.show(most)),
        _ => format!("the files to write would have more than {} together", limit.show(most)),
    };
    without_place("limit-exceeded", message, span).help(limit.help(value))
}

/// Modules that import each other: the `use` that closes the ring, then the others in the order of the ring, each
/// with the path of the file that it leads to.
pub(crate) fn cyclic_import(ring: &[(Span, String)]) -> Option<Diagnostic> {
    let ((last, target), others) = ring.split_last()?;
    if others.is_empty() {
        let message = format!("`{target}` imports itself");
        return Some(Diagnostic::error("cyclic-import", message, *last).help("remove this import"));
    }
    let mut diagnostic =
        Diagnostic::error("cyclic-import", format!("`{target}` imports itself through other files"), *last)
            .primary(format!("imports `{target}`, which closes the ring"));
    for (span, target) in others {
        diagnostic = diagnostic.label(*span, format!("imports `{target}`"));
    }
    Some(diagnostic.help("move what the files share into a module of its own, which imports none of them"))
}

fn without_place(code: &str, message: String, span: Option<Span>) -> Diagnostic {
    match span {
        Some(span) => Diagnostic::error(code, message, span),
        None => Diagnostic {
            code: code.to_owned(),
            severity: plat_base::Severity::Error,
            message,
            labels: Vec::new(),
            help: None,
            fixes: Vec::new(),
            contexts: Vec::new(),
        },
    }
}
