//! Brackets that do not match: which one is missing, told from the indentation, and where it should be.

use super::{MAX_MISTAKES, Piece, Repair};
use crate::lex::token::{self, Kind};
use plat_base::Diagnostic;

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

impl Piece<'_> {
    /// Reports brackets without a partner and gives them one. Says whether they all have one now.
    pub(super) fn balance(&mut self, diagnostics: &mut Vec<Diagnostic>) -> bool {
        if balanced(&self.kinds) {
            return true;
        }
        let mut stack: Vec<usize> = Vec::new();
        let mut at = 0;
        let told = diagnostics.len();
        while at < self.kinds.len() {
            if diagnostics.len() - told > MAX_MISTAKES {
                return false;
            }
            let kind = self.kind(at);
            if closer(kind).is_some() {
                stack.push(at);
            } else if is_closer(kind) {
                let Some(&open) = stack.last() else {
                    self.drop_closer(at, diagnostics);
                    continue;
                };
                let matches = closer(self.kind(open)) == Some(kind);
                if matches && !self.belongs_further_out(at, &stack) {
                    stack.pop();
                } else if stack.iter().any(|o| closer(self.kind(*o)) == Some(kind)) {
                    stack.pop();
                    at = self.insert_closer(open, at, diagnostics);
                } else if kind != b'}' && matches!(self.kind(open), b'(' | b'[') {
                    self.replace_closer(open, at, diagnostics);
                    stack.pop();
                } else {
                    self.drop_closer(at, diagnostics);
                    continue;
                }
            }
            at += 1;
        }
        while let Some(open) = stack.pop() {
            let end = self.kinds.len();
            self.insert_closer(open, end, diagnostics);
        }
        balanced(&self.kinds)
    }

    /// Whether a closing bracket at the start of a line lines up with a bracket further out than the innermost one.
    fn belongs_further_out(&self, at: usize, stack: &[usize]) -> bool {
        let [outer @ .., inner] = stack else { return false };
        if !self.first_on_line(at) || self.kind(*inner) == token::STRING_HEAD {
            return false;
        }
        let indent = self.indent(at);
        let same_line =
            |o: &&usize| closer(self.kind(**o)) == Some(self.kind(at)) && self.indent(**o) == indent;
        self.indent(*inner) > indent && outer.iter().rev().any(|o| same_line(&o))
    }

    /// `f(1]`: the bracket is taken for the one that must stand there.
    fn replace_closer(&mut self, open: usize, at: usize, diagnostics: &mut Vec<Diagnostic>) {
        let Some(close) = closer(self.kind(open)) else { return };
        let (opened, text) = (self.text(open).to_owned(), self.text(at).to_owned());
        let wanted = closing_text(close);
        let span = self.token_span(at);
        diagnostics.push(
            Diagnostic::error("syntax", format!("`{opened}` is closed by `{wanted}`, not by `{text}`"), span)
                .label(self.token_span(open), "opened here")
                .help(format!("write `{wanted}`"))
                .fix(format!("replace `{text}` by `{wanted}`"), span, wanted, false),
        );
        self.apply(&Repair { range: at..at + 1, with: vec![close] });
    }

    fn drop_closer(&mut self, at: usize, diagnostics: &mut Vec<Diagnostic>) {
        let text = self.text(at).to_owned();
        diagnostics.push(
            Diagnostic::error("syntax", format!("this `{text}` closes nothing"), self.token_span(at))
                .help(format!("delete it, or open a bracket before it with `{}`", opener_of(&text))),
        );
        self.apply(&Repair { range: at..at + 1, with: Vec::new() });
    }

    /// Closes `open` before the token `latest`, or earlier where a line goes back to its indentation. Gives the
    /// place at which to go on.
    fn insert_closer(&mut self, open: usize, latest: usize, diagnostics: &mut Vec<Diagnostic>) -> usize {
        let Some(close) = closer(self.kind(open)) else { return latest };
        let indent = self.indent(open);
        let dedent = self.dedent(open, latest, indent);
        let at = dedent.unwrap_or(latest);
        let written = if close == token::STRING_TAIL { ")" } else { closing_text(close) };
        let opened = self.text(open);
        let opened = if close == token::STRING_TAIL { "\\(" } else { opened };
        let mut diagnostic =
            Diagnostic::error("syntax", format!("this `{opened}` is never closed"), self.token_span(open))
                .primary("opened here")
                .help(format!("put `{written}` at its end"));
        if let Some(before) = at.checked_sub(1).filter(|b| *b > open) {
            let end = self.token_span(before).end;
            let place = plat_base::Span { file: self.file, start: end, end };
            diagnostic = diagnostic.label(place, format!("`{written}` is missing here at the latest"));
        }
        diagnostics.push(diagnostic);
        self.apply(&Repair { range: at..at, with: vec![close] });
        // What was read between the insertion and here has to be read again, now outside of the bracket.
        if at < latest { at } else { latest }
    }

    /// The first token directly in `open`, before `latest`, whose line goes back to `indent`.
    fn dedent(&self, open: usize, latest: usize, indent: usize) -> Option<usize> {
        let mut depth = 0usize;
        for i in open + 1..latest {
            let closes = is_closer(self.kind(i));
            if depth == 0 && !closes && self.first_on_line(i) && self.indent(i) <= indent {
                return Some(i);
            }
            depth += usize::from(closer(self.kind(i)).is_some());
            depth = depth.saturating_sub(usize::from(closes));
        }
        None
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
