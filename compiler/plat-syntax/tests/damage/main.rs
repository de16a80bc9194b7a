//! One damaged token in a clean program: one message, near the damage, and every other declaration is still there.
//! The programs are all that are known to be clean; the damage is a fixed sample of all single-token damages.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod programs;
mod tokens;

use plat_base::{SourceFile, SourceMap};
use plat_syntax::ast::{Item, ItemKind, Key};
use plat_syntax::{Parse, parse};
use std::sync::Arc;
use tokens::{Token, tokens};

/// How many damaged programs are judged.
const SAMPLE: usize = 2400;

/// What is done to one token.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Damage {
    Delete,
    Duplicate,
    SwapWithNext,
    Insert(&'static str),
    /// One of the quotes of a string is forgotten.
    Unquote,
}

const DAMAGES: [Damage; 8] = [
    Damage::Delete,
    Damage::Duplicate,
    Damage::SwapWithNext,
    Damage::Insert("}"),
    Damage::Insert(")"),
    Damage::Insert("\""),
    Damage::Insert(":"),
    Damage::Unquote,
];

/// A damaged program.
struct Mutant {
    text: String,
    /// The bytes that are different from the original, in the damaged text.
    place: std::ops::Range<usize>,
    /// The bytes of the original that were touched.
    original: std::ops::Range<usize>,
    /// Whether a bracket or quote has lost its partner, so that its end is a guess.
    unbalanced: bool,
}

fn damage(text: &str, all: &[Token], at: usize, how: Damage) -> Option<Mutant> {
    let token = all[at].range.clone();
    let word = &text[token.clone()];
    let bracket = |t: &str| {
        matches!(t, "(" | ")" | "[" | "]" | "{" | "}") || t.starts_with(['"', 'r']) && t.contains('"')
    };
    let (range, with, unbalanced) = match how {
        // The first word of a line goes together with the space after it.
        Damage::Delete => {
            let first = text[..token.start].rsplit('\n').next().is_none_or(|line| line.trim().is_empty());
            let end = if first && text[token.end..].starts_with(' ') { token.end + 1 } else { token.end };
            (token.start..end, String::new(), bracket(word))
        }
        Damage::Duplicate => (token.clone(), format!("{word} {word}"), bracket(word)),
        Damage::SwapWithNext => {
            let next = all.get(at + 1)?.range.clone();
            let (other, gap) = (&text[next.clone()], &text[token.end..next.start]);
            if other == word || gap.contains('/') {
                return None;
            }
            let gap = if gap.is_empty() { " " } else { gap };
            (token.start..next.end, format!("{other}{gap}{word}"), bracket(word) || bracket(other))
        }
        Damage::Unquote if !word.starts_with('"') || word.len() < 3 || word.contains('\n') => return None,
        Damage::Unquote if !at.is_multiple_of(3) => (token.clone(), word[..word.len() - 1].to_owned(), true),
        Damage::Unquote => (token.clone(), word[1..].to_owned(), true),
        Damage::Insert(stray) => (token.start..token.start, format!("{stray} "), stray != ":"),
    };
    let damaged = format!("{}{with}{}", &text[..range.start], &text[range.end..]);
    Some(Mutant { text: damaged, place: range.start..range.start + with.len(), original: range, unbalanced })
}

fn source(text: &str) -> Arc<SourceFile> {
    SourceMap::default().add("a.plat", text)
}

/// What is declared: the sort of the declaration and its name.
fn shown(item: &Item) -> String {
    let key = |key: &Key| match key {
        Key::Static(i) => i.name.to_string(),
        Key::Computed(..) => "computed".to_owned(),
    };
    match &item.kind {
        ItemKind::Project(x) => format!("project {}", x.name.name),
        ItemKind::Use(x) => format!("use {:?}", x.path).chars().take(60).collect(),
        ItemKind::Let(x) => format!("let {}", x.name.name),
        ItemKind::Fn(x) => format!("fn {}", x.name.name),
        ItemKind::Type(x) => format!("type {}", x.name.name),
        ItemKind::Enum(x) => format!("enum {}", x.name.name),
        ItemKind::Kind(x) => format!("kind {}", x.name.name),
        ItemKind::Instance(x) => format!("instance {}", key(&x.name)),
        ItemKind::For(_) => "for".to_owned(),
        ItemKind::Test(_) => "test".to_owned(),
        ItemKind::Check(x) => format!("check {}", x.name.name),
        ItemKind::Emit(_) => "emit".to_owned(),
        ItemKind::Error => "!".to_owned(),
    }
}

/// The declarations that were not touched and are gone.
fn lost(clean: &Parse, damaged: &Parse, mutant: &Mutant) -> Vec<String> {
    let touched = |item: &Item| {
        (item.span.start as usize) <= mutant.original.end && (item.span.end as usize) >= mutant.original.start
    };
    let mut left: Vec<String> = damaged.module.items.iter().map(shown).collect();
    let mut gone = Vec::new();
    for item in clean.module.items.iter().filter(|i| !touched(i)) {
        let name = shown(item);
        match left.iter().position(|n| *n == name) {
            Some(at) => {
                left.remove(at);
            }
            None => gone.push(name),
        }
    }
    gone
}

/// How far the first message is from the damage, in lines.
fn distance(damaged: &Parse, file: &SourceFile, mutant: &Mutant) -> usize {
    let line = |at: usize| file.lines().line_of(at as u32);
    let (from, to) = (line(mutant.place.start), line(mutant.place.end));
    // A bracket is told where it is opened; a label shows where its partner is missing.
    let labels = damaged.diagnostics.iter().flat_map(|d| d.labels.iter().map(|l| l.span));
    let lines = labels.map(|span| line(span.start as usize));
    lines.map(|l| if l < from { from - l } else { l.saturating_sub(to) }).min().unwrap_or(0)
}

/// What came of the sample.
#[derive(Default)]
struct Tally {
    judged: usize,
    silent: usize,
    messages: usize,
    most: usize,
    several: usize,
    /// More than three.
    many: usize,
    far: usize,
    far_brackets: usize,
    losing: usize,
    worst: Vec<String>,
}

impl Tally {
    fn judge(&mut self, name: &str, clean: &Parse, mutant: &Mutant, how: Damage) {
        let file = source(&mutant.text);
        let damaged = parse(&file);
        let count = damaged.diagnostics.len();
        self.judged += 1;
        if count == 0 {
            // What is left is another program: a field fewer, or a name of another sort.
            self.silent += 1;
            return;
        }
        self.messages += count;
        self.most = self.most.max(count);
        self.several += usize::from(count > 1);
        self.many += usize::from(count > 3);
        let distance = distance(&damaged, &file, mutant);
        let far = distance > if mutant.unbalanced { 12 } else { 1 };
        self.far += usize::from(far && !mutant.unbalanced);
        self.far_brackets += usize::from(far && mutant.unbalanced);
        let gone = lost(clean, &damaged, mutant);
        self.losing += usize::from(!gone.is_empty());
        if count > 2 || far || !gone.is_empty() {
            let line = file.lines().line_of(mutant.place.start as u32);
            let text = mutant.text.lines().nth(line).unwrap_or("");
            let told: Vec<String> = damaged
                .diagnostics
                .iter()
                .map(|d| {
                    format!("{}: {}", d.span().map_or(0, |s| file.lines().line_of(s.start) + 1), d.message)
                })
                .collect();
            let sort = match (count > 2, far, gone.is_empty()) {
                (true, _, _) => "MANY",
                (_, true, _) => "FAR",
                _ => "LOST",
            };
            self.worst.push(format!(
                "{sort} {name}:{} {how:?}\n    | {}\n    {}\n    lost {gone:?}",
                line + 1,
                text.trim_end(),
                told.join("\n    ")
            ));
        }
    }
}

#[test]
fn one_damaged_token_is_one_message_near_it_and_nothing_else_is_lost() {
    let programs = programs::clean();
    let lists: Vec<Vec<Token>> = programs.iter().map(|p| tokens(&p.text)).collect();
    let total: usize = lists.iter().map(Vec::len).sum();
    let step = (total * DAMAGES.len() / SAMPLE).max(1) as u64;
    let mut tally = Tally::default();
    let mut number: u64 = 0;
    for (program, all) in programs.iter().zip(&lists) {
        let clean = parse(&source(&program.text));
        assert!(clean.diagnostics.is_empty(), "{} is not clean", program.name);
        for at in 0..all.len() {
            for how in DAMAGES {
                number += 1;
                // Multiplied and cut, the number is as good as random, and the same in every run.
                if !(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40).is_multiple_of(step) {
                    continue;
                }
                if let Some(mutant) = damage(&program.text, all, at, how) {
                    tally.judge(&program.name, &clean, &mutant, how);
                }
            }
        }
    }
    if std::env::var_os("DAMAGE_SHOW").is_some() {
        eprintln!("{}", tally.worst.join("\n"));
    }
    let told = tally.judged - tally.silent;
    let mean = tally.messages as f64 / told as f64;
    eprintln!(
        "damage: {} programs, {} mutants, {} without a message, {:.3} messages per mistake, at most {}, {} with several, {} with more than three, \
         {} far away, {} far from a bracket, {} lose a declaration",
        programs.len(),
        tally.judged,
        tally.silent,
        mean,
        tally.most,
        tally.several,
        tally.many,
        tally.far,
        tally.far_brackets,
        tally.losing,
    );
    assert!(tally.judged >= 2000);
    assert!(
        mean <= 1.1 && tally.many * 500 < told && tally.far * 100 < told && tally.losing * 100 < told,
        "{}",
        tally.worst.join("\n")
    );
}
