//! The promises of the formatter.

use crate::parse::source;
use plat_base::Diagnostic;
use std::fmt::Write;

/// Formats a text that parses, and what came of it again.
pub fn check(text: &str) {
    let file = source(text);
    // How deep brackets may nest is no concern of the formatter's.
    let parse = plat_syntax::parse_nested(&file, u64::MAX);
    let formatted = plat_format::format(&file);
    if parse.diagnostics.iter().any(Diagnostic::is_error) {
        assert!(formatted.is_err(), "a file with errors was formatted");
        return;
    }
    let Ok(formatted) = formatted else { panic!("a file without errors was not formatted") };
    let again = source(&formatted);
    let reparsed = plat_syntax::parse_nested(&again, u64::MAX);
    let errors: Vec<&Diagnostic> = reparsed.diagnostics.iter().filter(|d| d.is_error()).collect();
    assert!(errors.is_empty(), "formatting makes errors: {errors:?}\n{formatted}");
    assert_eq!(shape(&parse.module), shape(&reparsed.module), "formatting changes the program:\n{formatted}");
    assert_eq!(comments(&file), comments(&again), "formatting changes comments:\n{formatted}");
    match plat_format::format(&again) {
        Ok(twice) => assert_eq!(formatted, twice, "formatting twice is not the same as once"),
        Err(errors) => panic!("what was formatted cannot be: {errors:?}"),
    }
}

/// The tree without its spans.
fn shape(module: &plat_syntax::ast::Module) -> String {
    let mut printed = String::new();
    let _ = write!(printed, "{:?}", (&module.doc, &module.items, &module.exprs));
    let mut out = String::with_capacity(printed.len());
    let mut rest = printed.as_str();
    while let Some(at) = rest.find("Span { ") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = rest.find('}').map_or("", |end| &rest[end + 1..]);
    }
    out + rest
}

/// The comments, in order, as they are written.
fn comments(file: &plat_base::SourceFile) -> Vec<&str> {
    plat_syntax::comments(file).iter().map(|span| file.slice(*span).trim_end()).collect()
}
