//! What happens to a piece of a file that does not parse. In: its tokens. Out: one diagnostic per mistake, and tokens
//! that parse: each mistake is mended if what was meant is clear, or else written over by a *hole*, as small as
//! possible, so that everything around it is still read and its names still exist. Nothing here builds the tree.

mod brackets;
mod diagnose;
mod layout;
mod slots;
mod words;

use crate::grammar::{self, Failure, FailureAt, first_failure};
use crate::lex::token::{self, Kind};
use crate::lex::{Extent, begins_declaration};
use plat_base::{Diagnostic, FileId, Span};

/// Tokens that recovery may change, with the text that they are from.
pub(crate) struct Piece<'s> {
    pub(crate) file: FileId,
    pub(crate) source: &'s str,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) extents: Vec<Extent>,
}

/// A change of tokens: those of `range` are replaced by one of each kind of `with`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Repair {
    pub(crate) range: std::ops::Range<usize>,
    pub(crate) with: Vec<Kind>,
}

/// A mistake: what to say, and what was probably meant.
pub(crate) struct Mistake {
    pub(crate) diagnostic: Diagnostic,
    pub(crate) repair: Option<Repair>,
}

/// How many mistakes of one declaration are told.
const MAX_MISTAKES: usize = 40;
/// How many tokens may be read again for one declaration, over all attempts to mend it.
const MAX_WORK: usize = 300_000;

/// The stack is too small to go on.
pub(crate) struct TooDeep;

/// Mends the tokens of a piece. Gives pieces that parse, in order, and what was wrong.
pub(crate) fn recover(piece: Piece<'_>) -> Result<(Vec<Piece<'_>>, Vec<Diagnostic>), TooDeep> {
    let mut diagnostics = Vec::new();
    let mut mended = Vec::new();
    for mut part in split(piece) {
        if part.balance(&mut diagnostics) {
            mend(&mut part, &mut diagnostics)?;
        } else {
            part.give_up();
        }
        mended.push(part);
    }
    Ok((mended, diagnostics))
}

/// Cuts a piece where a declaration seems to begin in column 0 although a bracket is open: most probably the bracket
/// was never closed. In a body that is not indented at all this says nothing.
fn split(piece: Piece<'_>) -> Vec<Piece<'_>> {
    let mut starts = vec![0];
    let mut with_annotations = None;
    let mut open: Vec<usize> = Vec::new();
    for i in 0..piece.kinds.len() {
        if i > 0 && piece.in_column_0(i) {
            let indented = open.last().is_none_or(|o| !piece.in_column_0(o + 1));
            if piece.kind(i) == b'@' {
                with_annotations = with_annotations.or(Some(i));
            } else if indented && piece.begins_declaration(i) {
                starts.push(with_annotations.take().unwrap_or(i));
                open.clear();
            } else {
                with_annotations = None;
            }
        }
        if brackets::closer(piece.kind(i)).is_some() {
            open.push(i);
        } else if brackets::is_closer(piece.kind(i)) {
            open.pop();
        }
    }
    starts.push(piece.kinds.len());
    let part = |w: &[usize]| Piece {
        file: piece.file,
        source: piece.source,
        kinds: piece.kinds.get(w[0]..w[1]).unwrap_or(&[]).to_vec(),
        extents: piece.extents.get(w[0]..w[1]).unwrap_or(&[]).to_vec(),
    };
    starts.windows(2).map(part).collect()
}

/// Mends one mistake after the other until the piece parses.
fn mend(piece: &mut Piece<'_>, diagnostics: &mut Vec<Diagnostic>) -> Result<(), TooDeep> {
    // Most parts of a piece that was cut apart have no mistake at all, and looking for one in detail takes longer.
    if std::str::from_utf8(&piece.kinds).is_ok_and(|kinds| grammar::parse(kinds).is_ok()) {
        return Ok(());
    }
    let mut budget = MAX_WORK;
    let start = diagnostics.len();
    let body = piece.body();
    // Whether what was told last has been mended as it was meant: then the same once more is no echo.
    let mut mended = false;
    for _ in 0..MAX_MISTAKES {
        let at = match first_failure(&piece.kinds) {
            Failure::None => return Ok(()),
            Failure::Stack => return Err(TooDeep),
            Failure::TooLong => {
                diagnostics.push(too_long(piece.span(0, piece.kinds.len())));
                break;
            }
            Failure::At(at) => at,
        };
        let mistake = piece.diagnose(&at);
        let count = diagnostics.len();
        let same = |last: &Diagnostic| {
            last.message == mistake.diagnostic.message && last.span() != mistake.diagnostic.span()
        };
        let again = diagnostics.last().is_some_and(same);
        if mended && again {
            diagnostics.push(mistake.diagnostic);
        } else {
            let is_headless = mistake.repair.is_none()
                && lost_its_head(diagnostics.get(start..), body, &mistake.diagnostic);
            if !is_headless && !is_echo(piece, diagnostics.last(), &mistake.diagnostic) {
                tell(piece, diagnostics, mistake.diagnostic);
            }
        }
        let meant = mistake.repair.clone();
        match apply_first(piece, &at, mistake.repair, &mut budget)? {
            Some(applied) => mended = diagnostics.len() > count && meant == Some(applied),
            None => break,
        }
    }
    match first_failure(&piece.kinds) {
        Failure::None => Ok(()),
        Failure::Stack => Err(TooDeep),
        Failure::TooLong => {
            piece.give_up();
            Ok(())
        }
        Failure::At(at) => {
            silence(piece, &at);
            Ok(())
        }
    }
}

/// Writes over all that is still wrong, which is more than is worth telling: the body, or else the declaration.
fn silence(piece: &mut Piece<'_>, at: &FailureAt) {
    for repair in piece.holes(at.token, is_complete(at)) {
        let mut kinds = piece.kinds.clone();
        if kinds.get(repair.range.clone()).is_none() {
            continue;
        }
        kinds.splice(repair.range.clone(), repair.with.iter().copied());
        if std::str::from_utf8(&kinds).is_ok_and(|kinds| grammar::parse(kinds).is_ok()) {
            return piece.apply(&repair);
        }
    }
    piece.give_up();
}

/// Whether a mistake is in a body of which nobody knows what it is the body of: what was told first of the declaration is
/// before it, and is nothing that is known to be mended.
fn lost_its_head(told: Option<&[Diagnostic]>, body: u32, next: &Diagnostic) -> bool {
    let first = told.and_then(|told| told.first());
    let is_plain = |d: &Diagnostic| d.message.starts_with("expected ");
    first.is_some_and(|d| is_plain(d) && d.span().is_some_and(|s| s.start < body))
        && next.span().is_some_and(|s| s.start > body)
}

/// Whether arms have lost their `match` by what was told last, on its line or the one before.
fn is_echo(piece: &Piece<'_>, last: Option<&Diagnostic>, arms: &Diagnostic) -> bool {
    let places = last.and_then(Diagnostic::span).zip(arms.span());
    let between = places.and_then(|(a, b)| piece.source.get(a.start as usize..b.start as usize));
    arms.message == diagnose::STRAY_ARMS && between.is_some_and(|text| text.matches('\n').count() < 2)
}

/// Reports a mistake, unless its line has one already: the second would be an echo of the first.
fn tell(piece: &Piece<'_>, diagnostics: &mut Vec<Diagnostic>, diagnostic: Diagnostic) {
    let Some(span) = diagnostic.span() else { return };
    let same_line = |other: &Diagnostic| {
        other.span().is_some_and(|o| {
            let (a, b) = (o.start.min(span.start) as usize, o.start.max(span.start) as usize);
            piece.source.get(a..b).is_some_and(|between| !between.contains('\n'))
        })
    };
    if !diagnostics.iter().rev().take(4).any(same_line) {
        diagnostics.push(diagnostic);
    }
}

/// Applies the first repair after which the grammar gets further than before, and gives it.
fn apply_first(
    piece: &mut Piece<'_>,
    at: &FailureAt,
    meant: Option<Repair>,
    budget: &mut usize,
) -> Result<Option<Repair>, TooDeep> {
    let failure = at.token;
    for repair in meant.into_iter().chain(piece.holes(failure, is_complete(at))) {
        let cost = piece.kinds.len();
        if *budget < cost {
            return Ok(None);
        }
        *budget -= cost;
        let mut kinds = piece.kinds.clone();
        if kinds.get(repair.range.clone()).is_none() {
            continue;
        }
        kinds.splice(repair.range.clone(), repair.with.iter().copied());
        // Past the repair, and past what was read before: otherwise nothing is gained.
        let past = repair.range.start + repair.with.len();
        let gained = match first_failure(&kinds) {
            Failure::None => true,
            Failure::Stack => return Err(TooDeep),
            Failure::TooLong => false,
            Failure::At(at) => {
                let rest_after = kinds.len() - at.token.min(kinds.len());
                at.token >= past && rest_after < piece.kinds.len() - failure.min(piece.kinds.len())
            }
        };
        if gained {
            piece.apply(&repair);
            return Ok(Some(repair));
        }
    }
    Ok(None)
}

/// Whether what stands before a failure is whole: something new could begin there, or a comma.
fn is_complete(at: &FailureAt) -> bool {
    [token::HOLE_ENTRY, token::HOLE_ITEM, b','].iter().any(|kind| at.expected.contains(kind))
}

fn too_long(span: Span) -> Diagnostic {
    Diagnostic::error("limit-exceeded", "this declaration takes too long to read", span)
        .help("divide it into several declarations")
}

impl Piece<'_> {
    pub(crate) fn kind(&self, token: usize) -> Kind {
        self.kinds.get(token).copied().unwrap_or(0)
    }

    /// The tokens from `start` to before `end`.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        let from = self.extents.get(start).or(self.extents.last());
        let to = end.checked_sub(1).and_then(|last| self.extents.get(last)).or(self.extents.last());
        let (start, end) = (from.map_or(0, |e| e.start), to.map_or(0, |e| e.end));
        Span { file: self.file, start, end: end.max(start) }
    }

    /// One token; at the end of the piece, right after the last one.
    pub(crate) fn token_span(&self, token: usize) -> Span {
        if token < self.extents.len() {
            self.span(token, token + 1)
        } else {
            let end = self.extents.last().map_or(0, |e| e.end);
            Span { file: self.file, start: end, end }
        }
    }

    pub(crate) fn text(&self, token: usize) -> &str {
        self.extents.get(token).and_then(|e| self.source.get(e.start as usize..e.end as usize)).unwrap_or("")
    }

    /// Whether there is a line break between a token and the one before it.
    pub(crate) fn first_on_line(&self, token: usize) -> bool {
        let Some(before) = token.checked_sub(1).and_then(|t| self.extents.get(t)) else { return true };
        let Some(here) = self.extents.get(token) else { return true };
        self.source.get(before.end as usize..here.start as usize).is_some_and(|gap| gap.contains('\n'))
    }

    /// The width of the white space that the line of a token begins with.
    pub(crate) fn indent(&self, token: usize) -> usize {
        let start = self.extents.get(token).map_or(0, |e| e.start as usize);
        let before = self.source.get(..start).unwrap_or("");
        let line = before.rfind('\n').map_or(0, |n| n + 1);
        let line = self.source.get(line..).unwrap_or("");
        line.bytes().take_while(|b| matches!(b, b' ' | b'\t')).count()
    }

    fn in_column_0(&self, token: usize) -> bool {
        self.first_on_line(token) && self.indent(token) == 0
    }

    fn begins_declaration(&self, token: usize) -> bool {
        let Some(extent) = self.extents.get(token).filter(|_| token::is_word(self.kind(token))) else {
            return false;
        };
        let after = self.source.as_bytes().get(extent.end as usize..).unwrap_or(&[]);
        begins_declaration(self.text(token), after)
    }

    /// Where the first bracket `{` begins, in the text; its end if there is none.
    fn body(&self) -> u32 {
        let open = self.kinds.iter().position(|kind| *kind == b'{');
        open.map_or(u32::MAX, |t| self.token_span(t).start)
    }

    /// Makes one hole of all of it.
    fn give_up(&mut self) {
        self.apply(&Repair { range: 0..self.kinds.len(), with: vec![token::HOLE_ITEM] });
    }

    /// Carries a repair out. A new token is where the ones that it replaces were.
    pub(crate) fn apply(&mut self, repair: &Repair) {
        let range = repair.range.clone();
        let (start, end) = if range.is_empty() {
            // Between two tokens, right after the first.
            let at = range.start.checked_sub(1).and_then(|t| self.extents.get(t)).map(|e| e.end);
            let at = at.or_else(|| self.extents.first().map(|e| e.start)).unwrap_or(0);
            (at, at)
        } else {
            let span = self.span(range.start, range.end);
            (span.start, span.end)
        };
        let count = repair.with.len();
        self.kinds.splice(range.clone(), repair.with.iter().copied());
        self.extents.splice(range, std::iter::repeat_n(Extent { start, end }, count));
    }
}

#[cfg(test)]
mod tests;
