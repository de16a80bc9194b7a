//! Brackets without a partner, found by the layout. In: the tokens of a piece whose brackets do not match. Out: the
//! fewest changes that make them match, one message each.
//!
//! Lines that are indented more than the line before belong to it, so a piece falls into *chunks* that have to match
//! by themselves, and so do the lines inside of a chunk. A mistake is looked for in the smallest chunk that does not
//! match, so that it disturbs nothing around it, and several mistakes are found apart. There, every single change that
//! makes the brackets match is tried, and the first with which the chunk parses is taken.

use super::brackets::{Edit, balanced, closer, is_closer};
use super::{MAX_MISTAKES, Piece};
use crate::grammar;
use crate::lex::token::{self, Kind};
use plat_base::Diagnostic;

/// How deeply chunks are looked into.
const MAX_LEVELS: usize = 64;
/// How many tokens a chunk may have for single changes to be tried.
const MAX_CHUNK: usize = 400;
/// How many tokens are read over all attempts in one piece.
const MAX_WORK: usize = 200_000;
/// How many tokens a piece may have whose brackets match to be looked through for an exchange.
const MAX_EXCHANGE: usize = 2000;
/// How many lines a body that is not indented is followed.
const MAX_JOINED: usize = 60;

/// A line of a piece.
#[derive(Clone, Copy)]
struct Line {
    /// Its first token.
    start: usize,
    /// One past its last token.
    end: usize,
    indent: usize,
}

/// What stands around a chunk: enough of it to be parsed.
#[derive(Clone, Default)]
struct Around {
    before: Vec<Kind>,
    after: Vec<Kind>,
}

/// What has been found.
struct Plan {
    edits: Vec<Edit>,
    work: usize,
}

impl Piece<'_> {
    /// Reports brackets without a partner and gives them one. Says whether they all have one now.
    pub(super) fn balance(&mut self, diagnostics: &mut Vec<Diagnostic>) -> bool {
        if balanced(&self.kinds) {
            self.exchange(diagnostics);
            return true;
        }
        let lines = self.lines();
        let mut plan = Plan { edits: Vec::new(), work: MAX_WORK };
        self.level(&lines, &Around::default(), 0, &mut plan);
        plan.edits.sort_by_key(|edit| edit.at());
        diagnostics.extend(plan.edits.iter().take(MAX_MISTAKES).map(|edit| self.unpaired(*edit)));
        if plan.edits.len() > MAX_MISTAKES {
            return false;
        }
        let repairs: Vec<_> = plan.edits.iter().map(|edit| self.repair(*edit)).collect();
        for repair in repairs.iter().rev() {
            self.apply(repair);
        }
        balanced(&self.kinds)
    }

    /// Brackets that match, but not as the lines are indented: an exchange is taken if all parses with it.
    fn exchange(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        let parses =
            |kinds: &[Kind]| std::str::from_utf8(kinds).is_ok_and(|kinds| grammar::parse(kinds).is_ok());
        if self.kinds.len() > MAX_EXCHANGE || parses(&self.kinds) {
            return;
        }
        let lines = self.lines();
        let mut plan = Plan { edits: Vec::new(), work: MAX_WORK };
        self.chunk(&lines, &Around::default(), 0, &mut plan);
        let [edit] = plan.edits.as_slice() else { return };
        let all: Vec<usize> = (0..self.kinds.len()).collect();
        if parses(&self.edited(&all, *edit)) {
            diagnostics.push(self.unpaired(*edit));
            let repair = self.repair(*edit);
            self.apply(&repair);
        }
    }

    fn lines(&self) -> Vec<Line> {
        let count = self.kinds.len();
        let mut starts: Vec<usize> = (0..count).filter(|t| *t == 0 || self.first_on_line(*t)).collect();
        starts.push(count);
        starts.windows(2).map(|w| Line { start: w[0], end: w[1], indent: self.indent(w[0]) }).collect()
    }

    /// Looks into lines that stand side by side: fields of a body, elements of a list, declarations.
    fn level(&self, lines: &[Line], around: &Around, depth: usize, plan: &mut Plan) {
        let begins = |l: &&Line| self.begins_chunk(l);
        let base = lines.iter().filter(begins).map(|l| l.indent).min().unwrap_or(0);
        let mut starts: Vec<usize> =
            (1..lines.len()).filter(|i| lines[*i].indent <= base && begins(&&lines[*i])).collect();
        starts.insert(0, 0);
        starts.push(lines.len());
        let mut at = 0;
        while at + 1 < starts.len() {
            let chunk = &lines[starts[at]..starts[at + 1]];
            at += 1;
            if self.matches(chunk) {
                continue;
            }
            // A body that is not indented: its lines belong together if they match together.
            let ends = starts.iter().enumerate().skip(at + 1).take(MAX_JOINED);
            let joined = ends.filter(|_| self.opens(chunk)).find(|(_, end)| {
                plan.work = plan.work.saturating_sub(1);
                self.matches(&lines[starts[at - 1]..**end])
            });
            match joined {
                Some((end, _)) => at = end,
                None => self.chunk(chunk, around, depth, plan),
            }
        }
    }

    /// Whether a line does not go on with the one above: it begins with no closing bracket, or a declaration follows it.
    fn begins_chunk(&self, line: &Line) -> bool {
        let after = (line.start..line.end).find(|t| !is_closer(self.kind(*t)));
        after.is_some_and(|t| t == line.start || self.begins_declaration(t))
    }

    fn matches(&self, lines: &[Line]) -> bool {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return true };
        self.kinds.get(first.start..last.end).is_none_or(balanced)
    }

    /// Whether a bracket is open at the end.
    fn opens(&self, lines: &[Line]) -> bool {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return false };
        let kinds = self.kinds.get(first.start..last.end).unwrap_or(&[]);
        let opened = kinds.iter().filter(|k| closer(**k).is_some()).count();
        opened > kinds.iter().filter(|k| is_closer(**k)).count()
    }

    /// Looks into one chunk: the lines that are indented like its first one, and those between them.
    fn chunk(&self, lines: &[Line], around: &Around, depth: usize, plan: &mut Plan) {
        let indent = lines.first().map_or(0, |l| l.indent);
        let inner: Vec<&[Line]> = lines
            .chunk_by(|a, b| (a.indent > indent) == (b.indent > indent))
            .filter(|run| run[0].indent > indent)
            .collect();
        let all: Vec<usize> = tokens_of(lines);
        let frame: Vec<usize> =
            lines.iter().filter(|l| l.indent <= indent).flat_map(|l| l.start..l.end).collect();
        let broken: Vec<&[Line]> = inner.iter().copied().filter(|run| !self.matches(run)).collect();
        let frame_matches = balanced(&self.kinds_of(&frame));
        // What looking at each of them costs, at most.
        let cost = all.len() + broken.len() * (frame.len() + around.before.len() + around.after.len());
        if inner.is_empty() || depth > MAX_LEVELS || plan.work < cost {
            return self.search(&all, &all, around, plan);
        }
        plan.work -= cost;
        if broken.is_empty() {
            return self.search(&frame, &all, around, plan);
        }
        // A bracket of the first line is closed in the lines that belong to it.
        if !frame_matches && self.single(&all, &all, around, plan) {
            return;
        }
        for run in broken {
            let split = frame.partition_point(|t| *t < run[0].start);
            let mut inside = around.clone();
            inside.before.extend(self.kinds_of(&frame[..split]));
            inside.after.splice(0..0, self.kinds_of(&frame[split..]));
            self.level(run, &inside, depth + 1, plan);
        }
        if !frame_matches {
            self.search(&frame, &all, around, plan);
        }
    }

    fn kinds_of(&self, tokens: &[usize]) -> Vec<Kind> {
        tokens.iter().map(|t| self.kind(*t)).collect()
    }

    /// Finds the mistake among `tokens`, all others of the chunk `all` being right.
    fn search(&self, tokens: &[usize], all: &[usize], around: &Around, plan: &mut Plan) {
        if !self.single(tokens, all, around, plan) {
            self.one_after_the_other(tokens, all, plan);
        }
    }

    /// Tries single changes; says whether one is enough.
    fn single(&self, tokens: &[usize], all: &[usize], around: &Around, plan: &mut Plan) -> bool {
        if tokens.len() > MAX_CHUNK {
            return false;
        }
        let mut fallback = None;
        for edit in self.candidates(tokens, all) {
            if plan.work < tokens.len() {
                break;
            }
            plan.work -= tokens.len();
            if !balanced(&self.edited(tokens, edit)) {
                continue;
            }
            let parses = [all, tokens].into_iter().any(|some| {
                let mut kinds = around.before.clone();
                kinds.extend(self.edited(some, edit));
                kinds.extend(&around.after);
                plan.work = plan.work.saturating_sub(kinds.len());
                std::str::from_utf8(&kinds).is_ok_and(|kinds| grammar::parse(kinds).is_ok())
            });
            if parses {
                plan.edits.push(self.with_partner(edit, tokens));
                return true;
            }
            fallback = fallback.or(Some(edit));
        }
        if let Some(edit) = fallback {
            plan.edits.push(self.with_partner(edit, tokens));
        }
        fallback.is_some()
    }

    /// The tokens after a change.
    fn edited(&self, tokens: &[usize], edit: Edit) -> Vec<Kind> {
        let repair = self.repair(edit);
        let from = tokens.partition_point(|t| *t < repair.range.start);
        let to = tokens.partition_point(|t| *t < repair.range.end);
        let mut kinds = self.kinds_of(tokens);
        kinds.splice(from..to, repair.with);
        kinds
    }

    /// The single changes that can make the brackets match, the most probable first. The partners in them are of the
    /// right kind, but not yet the right ones.
    fn candidates(&self, tokens: &[usize], all: &[usize]) -> Vec<Edit> {
        let kinds = [(b'(', b')'), (b'[', b']'), (b'{', b'}'), (token::STRING_HEAD, token::STRING_TAIL)];
        let count = |kind: Kind| tokens.iter().filter(|t| self.kind(**t) == kind).count();
        let find = |kind: Kind| tokens.iter().copied().find(|t| self.kind(*t) == kind);
        let rev = |kind: Kind| tokens.iter().rev().copied().filter(move |t| self.kind(*t) == kind);
        let mut lacking = Vec::new();
        let mut extra = Vec::new();
        for (open, close) in kinds {
            let (opened, closed) = (count(open), count(close));
            match opened.cmp(&closed) {
                std::cmp::Ordering::Greater => lacking.push((open, close, opened - closed)),
                std::cmp::Ordering::Less => extra.push((open, close, closed - opened)),
                std::cmp::Ordering::Equal => {}
            }
        }
        let end = all.last().map_or(0, |t| t + 1);
        match (lacking.as_slice(), extra.as_slice()) {
            ([(open, _, 1)], []) => {
                let Some(some) = find(*open) else { return Vec::new() };
                let places = std::iter::once(end).chain(tokens.iter().rev().copied());
                places
                    .map(|at| Edit::Close { at, open: some })
                    .chain(rev(*open).map(Edit::DropOpener))
                    .collect()
            }
            ([], [(_, close, 1)]) => {
                let Some(some) = find(*close) else { return Vec::new() };
                let places = tokens.iter().rev().map(|t| t + 1);
                rev(*close)
                    .map(Edit::DropCloser)
                    .chain(places.map(|at| Edit::Open { at, close: some }))
                    .collect()
            }
            ([(open, _, 1)], [(_, close, 1)]) => {
                let Some(open) = find(*open) else { return Vec::new() };
                rev(*close).map(|at| Edit::Replace { at, open }).collect()
            }
            ([], []) => {
                let bracket = |t: usize| is_closer(self.kind(t)) || closer(self.kind(t)).is_some();
                let pairs = tokens.iter().filter(|t| bracket(**t) && bracket(**t + 1));
                pairs.map(|at| Edit::Swap { at: *at, open: 0 }).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The change with the partner that the bracket really gets.
    fn with_partner(&self, edit: Edit, tokens: &[usize]) -> Edit {
        let kinds = self.edited(tokens, edit);
        let place = tokens.partition_point(|t| *t < edit.at());
        // Where a token of the changed row was before.
        let back = |i: usize| match edit {
            Edit::Close { .. } | Edit::Open { .. } if i > place => tokens.get(i - 1),
            _ => tokens.get(i),
        };
        let mut stack = Vec::new();
        for (i, kind) in kinds.iter().enumerate() {
            if closer(*kind).is_some() {
                stack.push(i);
            } else if is_closer(*kind) {
                let Some(open) = stack.pop() else { return edit };
                match edit {
                    Edit::Close { at, .. } if i == place => {
                        return Edit::Close { at, open: back(open).copied().unwrap_or(0) };
                    }
                    Edit::Replace { at, .. } if i == place => {
                        return Edit::Replace { at, open: back(open).copied().unwrap_or(0) };
                    }
                    Edit::Swap { at, .. } if i == place => {
                        return Edit::Swap { at, open: back(open).copied().unwrap_or(0) };
                    }
                    Edit::Open { at, .. } if open == place => {
                        return Edit::Open { at, close: back(i).copied().unwrap_or(0) };
                    }
                    _ => {}
                }
            }
        }
        edit
    }

    /// Gives each bracket without a partner one where it is found: for more than one mistake in a place.
    fn one_after_the_other(&self, tokens: &[usize], all: &[usize], plan: &mut Plan) {
        let end = all.last().map_or(0, |t| t + 1);
        let mut stack: Vec<usize> = Vec::new();
        for &at in tokens {
            let kind = self.kind(at);
            if closer(kind).is_some() {
                stack.push(at);
            }
            if !is_closer(kind) {
                continue;
            }
            let fits = |open: &usize| closer(self.kind(*open)) == Some(kind);
            match stack.last().copied() {
                Some(open) if fits(&open) => {
                    stack.pop();
                }
                // One that nothing needs: without it, all that follows has its partner.
                Some(_) if self.closes(&stack, &[], tokens, at, plan) => {
                    plan.edits.push(Edit::DropCloser(at));
                }
                Some(open) if self.closes(&stack, &[self.kind(at + 1), kind], tokens, at + 1, plan) => {
                    plan.edits.push(Edit::Swap { at, open });
                    return;
                }
                Some(_) if stack.iter().any(fits) => {
                    while let Some(open) = stack.pop().filter(|open| !fits(open)) {
                        plan.edits.push(Edit::Close { at, open });
                    }
                }
                Some(open) if kind != b'}' && matches!(self.kind(open), b'(' | b'[') => {
                    plan.edits.push(Edit::Replace { at, open });
                    stack.pop();
                }
                _ => plan.edits.push(Edit::DropCloser(at)),
            }
        }
        plan.edits.extend(stack.into_iter().rev().map(|open| Edit::Close { at: end, open }));
    }
    /// Whether what is open is closed by `first` and the tokens after `at`, each bracket by its partner.
    fn closes(&self, open: &[usize], first: &[Kind], tokens: &[usize], at: usize, plan: &mut Plan) -> bool {
        let rest = tokens.get(tokens.partition_point(|t| *t <= at)..).unwrap_or(&[]);
        if plan.work < rest.len() + open.len() {
            return false;
        }
        plan.work -= rest.len() + open.len();
        let open: Vec<Kind> = open.iter().map(|t| self.kind(*t)).collect();
        balanced(&[open.as_slice(), first, self.kinds_of(rest).as_slice()].concat())
    }
}

fn tokens_of(lines: &[Line]) -> Vec<usize> {
    lines.iter().flat_map(|l| l.start..l.end).collect()
}
