//! Which bracket belongs to which, and what is said about one that has no partner. Which one that is, `layout` knows.

use super::{Piece, Repair};
use crate::lex::token::{self, Kind};
use plat_base::{Diagnostic, Span};

/// The bracket that closes what `kind` opens. A string with interpolations is a bracket of its own.
pub(super) fn closer(kind: Kind) -> Option<Kind> {
    match kind {
        b'(' => Some(b')'),
        b'[' => Some(b']'),
        b'{' => Some(b'}'),
        token::STRING_HEAD => Some(token::STRING_TAIL),
        _ => None,
    }
}

pub(super) fn is_closer(kind: Kind) -> bool {
    matches!(kind, b')' | b']' | b'}' | token::STRING_TAIL)
}

/// Whether every bracket has its partner.
pub(super) fn balanced(kinds: &[Kind]) -> bool {
    let mut stack = Vec::new();
    for kind in kinds {
        if let Some(close) = closer(*kind) {
            stack.push(close);
        } else if is_closer(*kind) && stack.pop() != Some(*kind) {
            return false;
        }
    }
    stack.is_empty()
}

/// For each token, the bracket that is its partner, or the one that it stands in (`usize::MAX` at top level).
pub(super) struct Nesting {
    /// The innermost bracket that is open before the token; for a closing bracket, its partner.
    pub(super) parent: Vec<usize>,
    /// The closing bracket of an opening one.
    pub(super) close: Vec<usize>,
}

/// Reads balanced tokens.
pub(super) fn nesting(kinds: &[Kind]) -> Nesting {
    let mut parent = vec![usize::MAX; kinds.len() + 1];
    let mut close = vec![kinds.len(); kinds.len() + 1];
    let mut stack: Vec<usize> = Vec::new();
    for (i, kind) in kinds.iter().enumerate() {
        parent[i] = stack.last().copied().unwrap_or(usize::MAX);
        if closer(*kind).is_some() {
            stack.push(i);
        } else if is_closer(*kind)
            && let Some(open) = stack.pop()
        {
            close[open] = i;
        }
    }
    parent[kinds.len()] = stack.last().copied().unwrap_or(usize::MAX);
    Nesting { parent, close }
}

/// A change that gives brackets their partners. Tokens are counted before any change.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Edit {
    /// This bracket closes nothing.
    DropCloser(usize),
    /// This bracket is one too many.
    DropOpener(usize),
    /// A closing bracket is missing before `at`, for what `open` opens.
    Close { at: usize, open: usize },
    /// An opening bracket is missing before `at`, for what `close` closes.
    Open { at: usize, close: usize },
    /// What `open` opens is closed by a bracket of another kind.
    Replace { at: usize, open: usize },
    /// Two closing brackets, this one and the next, are in the wrong order.
    Swap { at: usize, open: usize },
}

impl Edit {
    /// The token at which something changes.
    pub(super) fn at(self) -> usize {
        match self {
            Edit::DropCloser(at) | Edit::DropOpener(at) => at,
            Edit::Close { at, .. }
            | Edit::Open { at, .. }
            | Edit::Replace { at, .. }
            | Edit::Swap { at, .. } => at,
        }
    }
}

impl Piece<'_> {
    /// The change of tokens behind an edit.
    pub(super) fn repair(&self, edit: Edit) -> Repair {
        let closing = |open| closer(self.kind(open)).unwrap_or(b'}');
        match edit {
            Edit::DropCloser(at) | Edit::DropOpener(at) => Repair { range: at..at + 1, with: Vec::new() },
            Edit::Close { at, open } => Repair { range: at..at, with: vec![closing(open)] },
            Edit::Open { at, close } => Repair { range: at..at, with: vec![opener(self.kind(close))] },
            Edit::Replace { at, open } => Repair { range: at..at + 1, with: vec![closing(open)] },
            Edit::Swap { at, .. } => {
                Repair { range: at..at + 2, with: vec![self.kind(at + 1), self.kind(at)] }
            }
        }
    }

    /// What is said about an edit.
    pub(super) fn unpaired(&self, edit: Edit) -> Diagnostic {
        match edit {
            Edit::DropCloser(at) => {
                let text = self.text(at);
                let help = format!("delete it, or open a bracket before it with `{}`", opener_of(text));
                Diagnostic::error("syntax", format!("this `{text}` closes nothing"), self.token_span(at))
                    .help(help)
            }
            Edit::DropOpener(open) => {
                let opened = self.text(open);
                Diagnostic::error("syntax", format!("this `{opened}` is never closed"), self.token_span(open))
                    .primary("opened here")
                    .help("delete it, or close it")
            }
            Edit::Close { at, open } => self.unclosed(at, open),
            Edit::Open { at, close } => self.unopened(at, close),
            Edit::Replace { at, open } | Edit::Swap { at, open } => self.closed_by_another(at, open),
        }
    }

    fn unclosed(&self, at: usize, open: usize) -> Diagnostic {
        let string = self.kind(open) == token::STRING_HEAD;
        let written = if string { ")" } else { closing_text(closer(self.kind(open)).unwrap_or(b'}')) };
        let opened = if string { "\\(" } else { self.text(open) };
        let diagnostic =
            Diagnostic::error("syntax", format!("this `{opened}` is never closed"), self.token_span(open))
                .primary("opened here")
                .help(format!("put `{written}` at its end"));
        match at.checked_sub(1).filter(|b| *b > open) {
            Some(before) => diagnostic
                .label(self.after_token(before), format!("`{written}` is missing here at the latest")),
            None => diagnostic,
        }
    }

    fn unopened(&self, at: usize, close: usize) -> Diagnostic {
        let (closing, text) = (self.text(close), opener_of(self.text(close)));
        let Some(before) = at.checked_sub(1) else { return self.unpaired(Edit::DropCloser(close)) };
        Diagnostic::error(
            "syntax",
            format!("expected `{text}` after {}", self.shown(before)),
            self.token_span(before),
        )
        .primary("something is missing after this")
        .label(self.token_span(close), format!("this `{closing}` closes it"))
        .help(format!("put `{text}` before what stands in the brackets"))
        .fix(format!("insert `{text}`"), self.after_token(before), format!(" {text}"), false)
    }

    /// `f(1]`: the bracket is taken for the one that must stand there.
    fn closed_by_another(&self, at: usize, open: usize) -> Diagnostic {
        let (opened, text) = (self.text(open), self.text(at));
        let wanted = closing_text(closer(self.kind(open)).unwrap_or(b'}'));
        let span = self.token_span(at);
        Diagnostic::error("syntax", format!("`{opened}` is closed by `{wanted}`, not by `{text}`"), span)
            .label(self.token_span(open), "opened here")
            .help(format!("write `{wanted}`"))
            .fix(format!("replace `{text}` by `{wanted}`"), span, wanted, false)
    }

    /// Right after a token.
    fn after_token(&self, token: usize) -> Span {
        let end = self.token_span(token).end;
        Span { file: self.file, start: end, end }
    }
}

/// The bracket that opens what `kind` closes.
pub(super) fn opener(kind: Kind) -> Kind {
    match kind {
        b')' => b'(',
        b']' => b'[',
        token::STRING_TAIL => token::STRING_HEAD,
        _ => b'{',
    }
}

fn closing_text(kind: Kind) -> &'static str {
    match kind {
        b')' => ")",
        b']' => "]",
        _ => "}",
    }
}

fn opener_of(text: &str) -> &'static str {
    match text {
        ")" => "(",
        "]" => "[",
        _ => "{",
    }
}
