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

use crate::ast::{Comment, Doc, Fn, Item, ItemKind, Module, TypeKind};
use crate::grammar::{self, Failure};
use crate::lex::{self, Extent, Tokens};
use crate::recover::{self, Piece, TooDeep};
use build::{Builder, FileState};
use events::Events;
use names::Names;
use pest::iterators::Pairs;
use plat_base::{Diagnostic, Limit, Name, SourceFile, Span};

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
    parse_nested(file, Limit::Nesting.default_value())
}

/// Parses a file in which brackets may nest this deeply.
pub fn parse_nested(file: &SourceFile, nesting: u64) -> Parse {
    let (_, most) = Limit::Nesting.range();
    let nesting = nesting.min(most) as u16;
    let tokens = lex::lex(file.id, &file.text, usize::from(nesting));
    if let Some(parse) = parse_on(file, &tokens, SMALL_STACK_LEVELS, nesting) {
        return parse;
    }
    // Deep nesting: again, on a thread whose stack is known to be large enough.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(LARGE_STACK);
        let deep = thread.spawn_scoped(scope, || parse_on(file, &tokens, LARGE_STACK_LEVELS, nesting));
        deep.ok().and_then(|t| t.join().ok()).flatten()
    })
    .unwrap_or_else(|| give_up(file))
}

/// How many levels of the builder fit into any thread's stack.
const SMALL_STACK_LEVELS: u16 = 48;
/// How many levels a program may have. Brackets and expressions have stricter limits, which are met first.
const LARGE_STACK_LEVELS: u16 = 4000;
/// Bytes. Only what is touched is ever backed by memory.
const LARGE_STACK: usize = 256 << 20;

/// One attempt; `None` if the stack is too small for it.
fn parse_on(file: &SourceFile, tokens: &Tokens, levels: u16, nesting: u16) -> Option<Parse> {
    let mut state = FileState::new(file, tokens, levels, nesting);
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

/// Parses the piece at the start of `bounds` and says how many pieces that were; `None` if the stack is too small.
fn parse_piece(
    state: &mut FileState<'_>,
    tokens: &Tokens,
    kinds: &str,
    bounds: &[usize],
    items: &mut Vec<Item>,
) -> Option<usize> {
    let (Some(start), Some(end)) = (bounds.first().copied(), bounds.get(1).copied()) else { return Some(1) };
    let too_deep =
        |end: usize| tokens.too_deep.iter().map(|d| *d as usize).find(|d| (start..end).contains(d));
    if let Some(deep) = too_deep(end).and_then(|d| tokens.extents.get(d)) {
        // Strings that nest too deeply are not told apart from the text between them: one message is enough.
        let until = tokens.extents.get(end).map_or(u32::MAX, |e| e.start);
        state.diagnostics.retain(|d| d.span().is_none_or(|s| s.start < deep.start || s.start >= until));
        state.diagnostics.push(brackets_too_deep(
            state.nesting,
            Span { file: state.id, start: deep.start, end: deep.end },
        ));
        items.push(error_item(state, tokens.extents.get(start..end).unwrap_or(&[])));
        state.lose(tokens.extents.get(start..end).unwrap_or(&[]));
        return Some(1);
    }
    // A declaration that goes on in column 0 may have been cut in two: the second attempt joins them.
    let joined = bounds.get(2).copied().filter(|end| too_deep(*end).is_none());
    for (extra, end) in [Some(end), joined].into_iter().flatten().enumerate() {
        let (kinds, extents) =
            (kinds.get(start..end).unwrap_or(""), tokens.extents.get(start..end).unwrap_or(&[]));
        match grammar::parse(kinds) {
            Ok(pairs) => {
                items.extend(build(state, kinds, extents, pairs)?);
                return Some(extra + 1);
            }
            Err(Failure::Stack) => return None,
            Err(_) => {}
        }
    }
    let piece = Piece {
        file: state.id,
        source: state.source,
        kinds: kinds.as_bytes().get(start..end).unwrap_or(&[]).to_vec(),
        extents: tokens.extents.get(start..end).unwrap_or(&[]).to_vec(),
    };
    recover_piece(state, piece, items)?;
    Some(1)
}

/// Parses a piece that has mistakes, after mending them.
fn recover_piece(state: &mut FileState<'_>, piece: Piece<'_>, items: &mut Vec<Item>) -> Option<()> {
    let extents = piece.extents.clone();
    let (parts, diagnostics) = recover::recover(piece).map_err(|TooDeep| ()).ok()?;
    // A second report on a line where the lexer has found something would be an echo of the first.
    let line = |d: &Diagnostic| d.span().map_or(0, |s| state.lines.line_of(s.start));
    let told: Vec<Diagnostic> =
        diagnostics.into_iter().filter(|d| state.lexer_lines.binary_search(&line(d)).is_err()).collect();
    state.diagnostics.extend(told);
    for part in parts {
        let kinds = String::from_utf8(part.kinds).unwrap_or_default();
        let Ok(pairs) = grammar::parse(&kinds) else { continue };
        let mut found = build(state, &kinds, &part.extents, pairs)?;
        for item in &mut found {
            // Half a head says nothing about the parameters.
            let half = |f: &Fn| {
                f.body.is_none() && f.result.as_ref().is_none_or(|ty| matches!(ty.kind, TypeKind::Error))
            };
            if matches!(&item.kind, ItemKind::Fn(f) if half(f)) {
                item.kind = ItemKind::Error;
            }
        }
        if found.iter().any(|item| matches!(item.kind, ItemKind::Error)) {
            state.lose(&extents);
        }
        items.extend(found);
    }
    Some(())
}

/// Builds the tree of what parsed; `None` if the stack is too small.
fn build(
    state: &mut FileState<'_>,
    kinds: &str,
    extents: &[Extent],
    pairs: Pairs<'_, grammar::Rule>,
) -> Option<Vec<Item>> {
    let mut builder =
        Builder { file: state, kinds: kinds.as_bytes(), extents, ev: Events::new(pairs), open: 0 };
    builder.ev.open();
    let items = builder.items();
    (!state.too_deep).then_some(items)
}

fn brackets_too_deep(nesting: u16, span: Span) -> Diagnostic {
    Diagnostic::error("limit-exceeded", "brackets nest too deeply", span)
        .primary(format!("more than {nesting} levels"))
        .help(format!("give inner parts a name with `let`; {}", Limit::Nesting.help(nesting.into())))
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
    let module = Module {
        file: file.id,
        doc: None,
        items: Vec::new(),
        exprs: Vec::new(),
        comments: Vec::new(),
        lost: Vec::new(),
    };
    Parse { module, diagnostics: vec![diagnostic] }
}

impl<'s> FileState<'s> {
    fn new(file: &'s SourceFile, tokens: &Tokens, max_open: u16, nesting: u16) -> FileState<'s> {
        let expected = file.text.len() / 12 + 8;
        FileState {
            id: file.id,
            source: &file.text,
            lines: file.lines(),
            lexer_lines: lines_of(file, &tokens.diagnostics),
            names: Names::new(),
            exprs: Vec::with_capacity(expected),
            depths: Vec::with_capacity(expected),
            diagnostics: tokens.diagnostics.clone(),
            used: vec![false; tokens.comments.len()],
            comments: tokens.comments.clone(),
            next_comment: 0,
            too_deep: false,
            max_open,
            nesting,
            lost: Vec::new(),
        }
    }
}

impl FileState<'_> {
    /// Remembers the words of a piece that did not parse.
    fn lose(&mut self, extents: &[Extent]) {
        let texts = extents.iter().filter_map(|e| self.source.get(e.start as usize..e.end as usize));
        // A path between quotes names the module at its end.
        let file =
            |t: &str| t.trim_matches('"').rsplit('/').next().unwrap_or("").trim_end_matches(".plat").len();
        let words = texts.map(|t| if t.starts_with('"') { (t, file(t)) } else { (t, t.len()) });
        let words = words.filter_map(|(t, len)| {
            let t = t.trim_end_matches('"');
            let t = t.strip_suffix(".plat").unwrap_or(t);
            t.get(t.len().checked_sub(len)?..)
        });
        let words = words.filter(|t| t.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'));
        self.lost.extend(words.map(Name::new));
    }
}

/// The lines of diagnostics, in order.
fn lines_of(file: &SourceFile, diagnostics: &[Diagnostic]) -> Vec<usize> {
    let line = |d: &Diagnostic| Some(file.lines().line_of(d.span()?.start));
    let mut lines: Vec<usize> = diagnostics.iter().filter_map(line).collect();
    lines.sort_unstable();
    lines
}

fn finish(mut state: FileState<'_>, doc: Option<Doc>, items: Vec<Item>) -> Parse {
    let comments = state
        .comments
        .iter()
        .zip(&state.used)
        .filter(|(_, used)| !**used)
        .map(|(c, _)| Comment { span: Span { file: state.id, start: c.start, end: c.end } })
        .collect();
    let module = Module { file: state.id, doc, items, exprs: state.exprs, comments, lost: state.lost };
    state.diagnostics.sort_by_key(|d| d.span());
    Parse { module, diagnostics: state.diagnostics }
}
