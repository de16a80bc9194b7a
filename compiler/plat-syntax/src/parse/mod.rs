//! Text to syntax tree. In: a source file. Out: its module and its syntax errors. The text is scanned once, cut
//! apart where declarations begin, and each part is given to the grammar; a part that does not parse goes to
//! recovery. No input makes it fail, panic or overflow the stack.

mod bodies;
mod build;
mod docs;
mod events;
mod exprs;
mod items;
mod names;
mod strings;
mod types;

use crate::ast::{Comment, Doc, Item, ItemKind, Module};
use crate::lex::{self, Extent, Tokens};
use build::{Builder, FileState};
use events::{Events, Grammar, Rule};
use names::Names;
use pest::Parser;
use pest::error::ErrorVariant;
use plat_base::{Diagnostic, SourceFile, Span};
use std::num::NonZeroUsize;
use std::sync::Once;

/// A parsed file.
#[derive(Clone, Debug)]
pub struct Parse {
    /// Every declaration that could be read, in source order.
    pub module: Module,
    /// The syntax errors, in source order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a file. There is always a module; what did not parse is an error node in it and a diagnostic.
pub fn parse(file: &SourceFile) -> Parse {
    CALL_LIMIT.call_once(|| pest::set_call_limit(NonZeroUsize::new(MAX_CALLS)));
    let tokens = lex::lex(file.id, &file.text);
    if let Some(parse) = parse_on(file, &tokens, SMALL_STACK_LEVELS) {
        return parse;
    }
    // Deep nesting: again, on a thread whose stack is known to be large enough.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(LARGE_STACK);
        let deep = thread.spawn_scoped(scope, || parse_on(file, &tokens, LARGE_STACK_LEVELS));
        deep.ok().and_then(|t| t.join().ok()).flatten()
    })
    .unwrap_or_else(|| give_up(file))
}

/// How many levels of the builder fit into any thread's stack.
const SMALL_STACK_LEVELS: u16 = 48;
/// How many levels a program may have. Brackets and expressions have stricter limits, which are met first.
const LARGE_STACK_LEVELS: u16 = 2000;
/// Bytes. Only what is touched is ever backed by memory.
const LARGE_STACK: usize = 256 << 20;
/// How many steps the grammar may take for one declaration: far more than 10 MB of source need.
const MAX_CALLS: usize = 1_000_000_000;
static CALL_LIMIT: Once = Once::new();

/// One attempt; `None` if the stack is too small for it.
fn parse_on(file: &SourceFile, tokens: &Tokens, levels: u16) -> Option<Parse> {
    let mut state = FileState::new(file, tokens, levels);
    let doc = state.module_doc();
    let mut items = Vec::new();
    let kinds = std::str::from_utf8(&tokens.kinds).unwrap_or("");
    let mut bounds: Vec<usize> = vec![0];
    bounds.extend(tokens.cuts.iter().map(|c| *c as usize).filter(|c| *c > 0));
    bounds.push(kinds.len());
    let mut at = 0;
    while at + 1 < bounds.len() {
        at += parse_piece(&mut state, tokens, kinds, &bounds[at..], &mut items)?;
    }
    Some(finish(state, doc, items))
}

/// What became of one attempt at a piece.
enum Attempt {
    Parsed(Vec<Item>),
    Failed,
    /// It needs a larger stack.
    TooDeep,
}

/// Parses the piece at the start of `bounds` and says how many pieces that were; `None` if the stack is too small.
fn parse_piece(
    state: &mut FileState<'_>,
    tokens: &Tokens,
    kinds: &str,
    bounds: &[usize],
    items: &mut Vec<Item>,
) -> Option<usize> {
    let (Some(start), Some(end)) = (bounds.first().copied(), bounds.get(1).copied()) else { return Some(1) };
    let extents = |end: usize| tokens.extents.get(start..end).unwrap_or(&[]);
    let deep = tokens.too_deep.iter().map(|d| *d as usize).find(|d| (start..end).contains(d));
    if let Some(deep) = deep.and_then(|d| tokens.extents.get(d)) {
        state.diagnostics.push(brackets_too_deep(Span { file: state.id, start: deep.start, end: deep.end }));
        items.push(error_item(state, extents(end)));
        return Some(1);
    }
    let ends = [Some(end), bounds.get(2).copied()];
    for (extra, end) in ends.into_iter().flatten().enumerate() {
        match attempt(state, kinds.get(start..end).unwrap_or(""), extents(end)) {
            Attempt::Parsed(found) => {
                items.extend(found);
                return Some(extra + 1);
            }
            Attempt::TooDeep => return None,
            // A declaration that goes on in column 0 may have been cut in two: the second attempt joins them.
            Attempt::Failed => {}
        }
    }
    let item = error_item(state, extents(end));
    state.diagnostics.push(Diagnostic::error("syntax", "this declaration does not parse", item.span));
    items.push(item);
    Some(1)
}

fn attempt(state: &mut FileState<'_>, kinds: &str, extents: &[Extent]) -> Attempt {
    match Grammar::parse(Rule::file, kinds) {
        Ok(pairs) => {
            let mut builder =
                Builder { file: state, kinds: kinds.as_bytes(), extents, ev: Events::new(pairs), open: 0 };
            builder.ev.open();
            let items = builder.items();
            if state.too_deep { Attempt::TooDeep } else { Attempt::Parsed(items) }
        }
        Err(e) if matches!(&e.variant, ErrorVariant::CustomError { message } if message.starts_with("stack")) => {
            Attempt::TooDeep
        }
        Err(_) => Attempt::Failed,
    }
}

fn brackets_too_deep(span: Span) -> Diagnostic {
    Diagnostic::error("limit-exceeded", "brackets nest too deeply", span)
        .primary(format!("more than {} levels", lex::MAX_DEPTH))
        .help("give inner parts a name with `let`")
}

fn error_item(state: &FileState<'_>, extents: &[Extent]) -> Item {
    let (start, end) = (extents.first().map_or(0, |e| e.start), extents.last().map_or(0, |e| e.end));
    let span = Span { file: state.id, start, end };
    Item { span, doc: None, annotations: Vec::new(), kind: ItemKind::Error }
}

/// What is left to say if not even a large stack is enough.
fn give_up(file: &SourceFile) -> Parse {
    let span = Span::new(file.id, 0, 0);
    let message = "this file nests too deeply to be read";
    let diagnostic =
        Diagnostic::error("limit-exceeded", message, span).help("give inner parts a name with `let`");
    let module =
        Module { file: file.id, doc: None, items: Vec::new(), exprs: Vec::new(), comments: Vec::new() };
    Parse { module, diagnostics: vec![diagnostic] }
}

impl<'s> FileState<'s> {
    fn new(file: &'s SourceFile, tokens: &Tokens, max_open: u16) -> FileState<'s> {
        let expected = file.text.len() / 12 + 8;
        FileState {
            id: file.id,
            source: &file.text,
            names: Names::new(),
            exprs: Vec::with_capacity(expected),
            depths: Vec::with_capacity(expected),
            diagnostics: tokens.diagnostics.clone(),
            used: vec![false; tokens.comments.len()],
            comments: tokens.comments.clone(),
            next_comment: 0,
            too_deep: false,
            max_open,
        }
    }
}

fn finish(mut state: FileState<'_>, doc: Option<Doc>, items: Vec<Item>) -> Parse {
    let comments = state
        .comments
        .iter()
        .zip(&state.used)
        .filter(|(_, used)| !**used)
        .map(|(c, _)| Comment { span: Span { file: state.id, start: c.start, end: c.end } })
        .collect();
    let module = Module { file: state.id, doc, items, exprs: state.exprs, comments };
    state.diagnostics.sort_by_key(|d| d.span());
    Parse { module, diagnostics: state.diagnostics }
}
