//! The promises of the parser.

use crate::{inside, well_formed};
use plat_base::{SourceFile, SourceMap};
use plat_syntax::{Parse, ast::Module};
use std::sync::Arc;

/// Parses a text and checks every place that the answer names.
pub fn check(text: &str) {
    let file = source(text);
    let parse = plat_syntax::parse(&file);
    spans(&file, &parse);
    assert_eq!(parse.module, plat_syntax::parse(&file).module, "the same text, another tree");
}

pub(crate) fn source(text: &str) -> Arc<SourceFile> {
    SourceMap::default().add("a.plat", text)
}

fn spans(file: &SourceFile, parse: &Parse) {
    let Module { items, exprs, comments, .. } = &parse.module;
    for expr in exprs {
        inside(file, expr.span, "expression");
    }
    let mut last = 0;
    for item in items {
        inside(file, item.span, "item");
        assert!(item.span.start >= last, "items out of order");
        last = item.span.start;
    }
    for comment in comments {
        inside(file, comment.span, "comment");
        assert!(file.slice(comment.span).starts_with("//"));
    }
    for diagnostic in &parse.diagnostics {
        well_formed(diagnostic, |_| Some(file));
    }
}
