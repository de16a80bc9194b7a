//! Changes to programs that keep most of them a program: expressions and declarations are exchanged as a whole, with
//! those of other programs, of the same one, and with fresh ones. Every third change is libFuzzer's own, byte by byte.

use crate::parse::source;
use crate::produce::{Random, entry, expression, item};
use plat_syntax::ast::Module;
use std::ops::Range;
use std::sync::OnceLock;

/// Pieces of the programs in the folder that `PLAT_FUZZ_SEEDS` names.
struct Pool {
    expressions: Vec<String>,
    items: Vec<String>,
    lines: Vec<String>,
}

fn pool() -> &'static Pool {
    static POOL: OnceLock<Pool> = OnceLock::new();
    POOL.get_or_init(|| {
        let mut pool = Pool { expressions: Vec::new(), items: Vec::new(), lines: Vec::new() };
        let Some(folder) = std::env::var_os("PLAT_FUZZ_SEEDS") else { return pool };
        let mut paths: Vec<_> =
            std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
        paths.sort();
        for path in paths {
            if let Ok(text) = std::fs::read_to_string(path) {
                pool.take(&text);
            }
        }
        pool
    })
}

impl Pool {
    fn take(&mut self, text: &str) {
        let module = plat_syntax::parse(&source(text)).module;
        let piece = |r: Range<usize>| text.get(r).unwrap_or("").to_owned();
        let short = |r: &Range<usize>| r.len() <= 200;
        self.expressions.extend(expressions(&module).into_iter().filter(short).map(piece));
        self.items.extend(items(&module).into_iter().filter(|r| r.len() <= 1500).map(piece));
        self.lines.extend(text.lines().filter(|l| l.len() < 200).map(str::to_owned));
    }
}

fn expressions(module: &Module) -> Vec<Range<usize>> {
    module.exprs.iter().map(|e| e.span.start as usize..e.span.end as usize).collect()
}

fn items(module: &Module) -> Vec<Range<usize>> {
    module.items.iter().map(|i| i.span.start as usize..i.span.end as usize).collect()
}

/// Changes `data[..size]` in place, up to `max_size` bytes; gives the new size.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = Random(u64::from(seed));
    if random.below(3) == 0 {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    let Some(text) = data.get(..size).and_then(|d| std::str::from_utf8(d).ok()) else {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    };
    let mut text = text.to_owned();
    for _ in 0..=random.below(3) {
        text = change(text, &mut random);
    }
    match data.get_mut(..text.len()) {
        Some(room) if text.len() <= max_size => {
            room.copy_from_slice(text.as_bytes());
            text.len()
        }
        _ => libfuzzer_sys::fuzzer_mutate(data, size, max_size),
    }
}

fn change(mut text: String, random: &mut Random) -> String {
    match random.below(12) {
        0..=2 => replace(&mut text, random, expressions, |random| match random.below(3) {
            0 => expression(random),
            _ => pick(&pool().expressions, random),
        }),
        3 => {
            let module = plat_syntax::parse(&source(&text)).module;
            let own: Vec<String> =
                expressions(&module).into_iter().filter_map(|r| text.get(r).map(str::to_owned)).collect();
            replace(&mut text, random, expressions, |random| pick(&own, random));
        }
        4 => replace(&mut text, random, items, |random| match random.below(3) {
            0 => item(random),
            1 => String::new(),
            _ => pick(&pool().items, random),
        }),
        5 => {
            let new = if random.below(2) == 0 { item(random) } else { pick(&pool().items, random) };
            text = if random.below(2) == 0 { format!("{text}\n{new}\n") } else { format!("{new}\n{text}") };
        }
        6 => wrap(&mut text, random),
        7 | 8 => lines(&mut text, random),
        9 | 10 => words(&mut text, random),
        _ => {
            let new = if random.below(2) == 0 { entry(random) } else { pick(&pool().lines, random) };
            let places: Vec<usize> = text.match_indices(['{', '\n']).map(|(at, _)| at + 1).collect();
            if let Some(at) = places.get(random.below(places.len())) {
                text.insert_str(*at, &format!(" {new}\n"));
            }
        }
    }
    text
}

fn pick(pieces: &[String], random: &mut Random) -> String {
    pieces.get(random.below(pieces.len())).cloned().unwrap_or_default()
}

/// Replaces one of the ranges that `ranges` finds.
fn replace(
    text: &mut String,
    random: &mut Random,
    ranges: fn(&Module) -> Vec<Range<usize>>,
    new: impl FnOnce(&mut Random) -> String,
) {
    let module = plat_syntax::parse(&source(text)).module;
    let found = ranges(&module);
    if let Some(range) = found.get(random.below(found.len()))
        && text.get(range.clone()).is_some()
    {
        text.replace_range(range.clone(), &new(random));
    }
}

/// Puts an expression into a construct, often many times.
fn wrap(text: &mut String, random: &mut Random) {
    const AROUND: &[(&str, &str)] = &[
        ("(", ")"),
        ("[", "]"),
        ("-", ""),
        ("not ", ""),
        ("{ a = ", " }"),
        ("\"\\(", ")\""),
        ("if a then ", " else b"),
        ("let a = 1; ", ""),
        ("match a { else => ", " }"),
        ("[for a in ", ": a]"),
        ("range(", ")"),
        ("a { b = ", " }"),
        ("", ".a"),
        ("", " + 1"),
        ("", " { a = 1 }"),
        ("", "[0]"),
        ("join(", ")"),
        ("keys(", ")"),
        ("f(", ")"),
        ("flatten([", "])"),
        ("let a = ", "; a"),
    ];
    let module = plat_syntax::parse(&source(text)).module;
    let found = expressions(&module);
    let Some(range) = found.get(random.below(found.len())).cloned() else { return };
    let (before, after) = AROUND[random.below(AROUND.len())];
    let times = [1, 1, 1, 2, 3, 30, 300][random.below(7)];
    if text.get(range.clone()).is_some() {
        text.insert_str(range.end, &after.repeat(times));
        text.insert_str(range.start, &before.repeat(times));
    }
}

/// Removes, repeats, moves or replaces a line.
fn lines(text: &mut String, random: &mut Random) {
    let mut all: Vec<&str> = text.lines().collect();
    let (at, to) = (random.below(all.len()), random.below(all.len()));
    if all.is_empty() {
        return;
    }
    let replaced;
    match random.below(5) {
        0 => {
            all.remove(at);
        }
        1 => all.insert(to, all[at]),
        2 => all.swap(at, to),
        3 => {
            let end = (at + random.below(6)).min(all.len());
            all.drain(at..end);
        }
        _ => {
            replaced = pick(&pool().lines, random);
            all[at] = &replaced;
        }
    }
    *text = all.join("\n") + "\n";
}

/// Replaces a word by another of the same program.
fn words(text: &mut String, random: &mut Random) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-' || c == '.';
    let found: Vec<Range<usize>> = text
        .split(|c| !is_word(c))
        .filter(|w| !w.is_empty())
        .map(|w| {
            let start = w.as_ptr() as usize - text.as_ptr() as usize;
            start..start + w.len()
        })
        .collect();
    if found.is_empty() {
        return;
    }
    let (to, from) = (found[random.below(found.len())].clone(), found[random.below(found.len())].clone());
    let new = text[from].to_owned();
    text.replace_range(to, &new);
}
