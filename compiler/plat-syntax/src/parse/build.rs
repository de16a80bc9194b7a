//! What every part of the builder shares: the state of one file, the state of one parsed piece, spans, names, docs.
//! In: the events of a piece that parsed. Out: nodes of the syntax tree. It reports only what the grammar lets
//! through on purpose, so that the message can be exact (a reserved word as a name, `&&`, a bad escape).

use super::events::Events;
use super::names::Names;
use crate::ast::{Annotation, Arg, Doc, Expr, ExprId, ExprKind, Ident, Path};
use crate::grammar::Rule;
use crate::lex::token::{self, Kind};
use crate::lex::{CommentAt, Extent};
use plat_base::{Diagnostic, FileId, Limit, LineIndex, Span};

/// What is collected over a whole file.
pub(super) struct FileState<'s> {
    pub(super) id: FileId,
    pub(super) source: &'s str,
    pub(super) lines: &'s LineIndex,
    /// The lines on which the lexer has reported something, in order.
    pub(super) lexer_lines: Vec<usize>,
    pub(super) names: Names,
    pub(super) exprs: Vec<Expr>,
    /// How deep the tree under each expression is.
    pub(super) depths: Vec<u16>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) comments: Vec<CommentAt>,
    /// Which comments became docs.
    pub(super) used: Vec<bool>,
    /// The first comment that no declaration has looked at yet.
    pub(super) next_comment: usize,
    /// Whether something was too deep for the stack that the parser runs on.
    pub(super) too_deep: bool,
    /// How many levels of the builder may be open; more need a larger stack.
    pub(super) max_open: u16,
    /// How deeply brackets may nest; the tree may be twice as deep.
    pub(super) nesting: u16,
    /// The words of pieces that did not parse.
    pub(super) lost: Vec<plat_base::Name>,
}

/// Builds the nodes of one piece. Positions are numbers of tokens of that piece.
pub(super) struct Builder<'b, 's, 'i> {
    pub(super) file: &'b mut FileState<'s>,
    pub(super) kinds: &'i [Kind],
    pub(super) extents: &'i [Extent],
    pub(super) ev: Events<'i>,
    /// How many levels are open.
    pub(super) open: u16,
}

impl<'s> Builder<'_, 's, '_> {
    /// Of the tokens from `start` to before `end`; empty if there are none.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let file = self.file.id;
        match (self.extents.get(start), end.checked_sub(1).and_then(|last| self.extents.get(last))) {
            (Some(first), Some(last)) if start < end => Span { file, start: first.start, end: last.end },
            (Some(first), _) => Span { file, start: first.start, end: first.start },
            (None, _) => {
                let end = self.extents.last().map_or(0, |e| e.end);
                Span { file, start: end, end }
            }
        }
    }

    /// From the token `start` to the last one that was read.
    pub(super) fn span_from(&self, start: usize) -> Span {
        self.span(start, self.ev.last_end)
    }

    /// The text of a token.
    pub(super) fn text(&self, token: usize) -> &'s str {
        let source: &'s str = self.file.source;
        self.extents.get(token).and_then(|e| source.get(e.start as usize..e.end as usize)).unwrap_or("")
    }

    pub(super) fn kind(&self, token: usize) -> Kind {
        self.kinds.get(token).copied().unwrap_or(token::JUNK)
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.file.diagnostics.push(diagnostic);
    }

    pub(super) fn alloc(&mut self, span: Span, kind: ExprKind, depth: u16) -> ExprId {
        let id = ExprId(self.file.exprs.len() as u32);
        let (kind, depth) = if depth > 2 * self.file.nesting {
            if !matches!(kind, ExprKind::Error) {
                self.too_deep(span);
            }
            (ExprKind::Error, 0)
        } else {
            (kind, depth)
        };
        self.file.exprs.push(Expr { span, kind });
        self.file.depths.push(depth);
        id
    }

    fn too_deep(&mut self, span: Span) {
        let text = "this expression nests too deeply";
        let nesting = self.file.nesting;
        self.report(
            Diagnostic::error("limit-exceeded", text, span)
                .primary(format!("more than {} levels", 2 * nesting))
                .help(format!("give parts of it a name with `let`; {}", Limit::Nesting.help(nesting.into()))),
        );
    }

    pub(super) fn depth(&self, id: ExprId) -> u16 {
        self.file.depths.get(id.0 as usize).copied().unwrap_or(0)
    }

    pub(super) fn error_expr(&mut self, span: Span) -> ExprId {
        self.alloc(span, ExprKind::Error, 0)
    }

    /// A token as an identifier.
    pub(super) fn ident_at(&mut self, token: usize) -> Ident {
        let text = self.text(token);
        Ident { name: self.file.names.intern(text), span: self.span(token, token + 1) }
    }

    /// The `name` or `word` that comes next.
    pub(super) fn name(&mut self) -> Ident {
        let (token, _) = self.ev.leaf();
        self.ident_at(token)
    }

    /// The `path` rule that comes next.
    pub(super) fn path(&mut self) -> Path {
        let (start, end) = self.ev.leaf();
        let segments = (start..end).step_by(2).map(|token| self.ident_at(token)).collect();
        Path { segments, span: self.span(start, end) }
    }

    /// The annotations that come next; their `@` stands right before the rule. One that nothing follows is reported.
    pub(super) fn annotations(&mut self) -> Vec<Annotation> {
        let mut found = Vec::new();
        while self.ev.at(Rule::annotation) {
            let start = self.ev.open();
            let name = self.name();
            let args = if self.ev.at(Rule::call) { self.args().0 } else { Vec::new() };
            self.ev.close();
            let span = self.span_from(start);
            found.push(Annotation { span, name, args });
        }
        if let Some(last) = found.last()
            && matches!(self.ev.peek(), None | Some(Rule::EOI))
        {
            let span = last.span;
            self.report(
                Diagnostic::error("syntax", "nothing follows this annotation", span)
                    .help("put it before the declaration or field that it is about"),
            );
        }
        found
    }

    /// The `call` rule that comes next: its arguments, and the span of its parentheses.
    pub(super) fn args(&mut self) -> (Vec<Arg>, Span) {
        let start = self.ev.open();
        let mut args = Vec::new();
        while self.ev.peek().is_some() {
            let name = if self.ev.at(Rule::arg_name) {
                self.ev.open();
                let name = self.name();
                self.ev.close();
                Some(name)
            } else {
                None
            };
            args.push(Arg { name, value: self.expr() });
        }
        self.ev.close();
        (args, self.span_from(start))
    }

    /// The doc comment that ends right before `start` (a token).
    pub(super) fn doc_before(&mut self, start: usize) -> Option<Doc> {
        let at = self.extents.get(start).map_or(self.file.source.len(), |e| e.start as usize);
        let first = self.file.next_comment;
        self.file.skip_comments(at);
        let end = self.file.next_comment;
        if first == end { None } else { self.file.take_docs(first, end, at) }
    }
}

impl FileState<'_> {
    /// Passes over the comments before `at`.
    pub(super) fn skip_comments(&mut self, at: usize) {
        while self.comments.get(self.next_comment).is_some_and(|c| (c.start as usize) < at) {
            self.next_comment += 1;
        }
    }

    /// Makes a doc of the doc comments among `first..end` that only white space and comments separate from `at`.
    pub(super) fn take_docs(&mut self, first: usize, end: usize, at: usize) -> Option<Doc> {
        let mut begin = end;
        let mut until = at;
        while begin > first {
            let comment = self.comments.get(begin - 1)?;
            let gap = self.source.get(comment.end as usize..until).unwrap_or("x");
            if !gap.bytes().all(|b| b.is_ascii_whitespace()) {
                break;
            }
            until = comment.start as usize;
            begin -= 1;
        }
        self.make_doc(begin, end)
    }

    /// One doc of all the doc comments among `begin..end`.
    pub(super) fn make_doc(&mut self, begin: usize, end: usize) -> Option<Doc> {
        let mut text = String::new();
        let mut span: Option<Span> = None;
        for i in begin..end {
            let Some(comment) = self.comments.get(i).copied().filter(|c| c.is_doc) else { continue };
            let line = self.source.get(comment.start as usize + 3..comment.end as usize).unwrap_or("");
            if span.is_some() {
                text.push('\n');
            }
            text.push_str(line.strip_prefix(' ').unwrap_or(line));
            let here = Span { file: self.id, start: comment.start, end: comment.end };
            span = Some(span.map_or(here, |s| s.to(here)));
            if let Some(used) = self.used.get_mut(i) {
                *used = true;
            }
        }
        span.map(|span| Doc { text, span })
    }
}
