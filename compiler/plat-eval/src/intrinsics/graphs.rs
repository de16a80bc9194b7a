//! Graphs and repetitions among names.

use super::Call;
use crate::evaluator::Evaluator;
use crate::value::Value;
use std::collections::{HashMap, HashSet, VecDeque};

/// The strings of a list argument.
fn texts<'a>(value: &'a Value) -> Vec<&'a str> {
    let Value::List(items) = value else { return Vec::new() };
    let text = |item: &'a Value| match item {
        Value::Str(text) => Some(&*text.text),
        _ => None,
    };
    items.iter().filter_map(text).collect()
}

/// `circles(names, leads-to)`: the shortest way from a name back to itself, for each that has one and is in no circle
/// that was found before.
pub(super) fn circles(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let names = texts(call.arg(0));
    let mut seen = HashSet::new();
    let Value::List(lists) = call.arg(1) else { return Value::Poison };
    let mut edges: HashMap<&str, Vec<&str>> = HashMap::with_capacity(names.len());
    for (name, leads_to) in names.iter().zip(lists.iter()) {
        edges.entry(name).or_default().extend(texts(leads_to));
    }
    let names: Vec<&str> = names.into_iter().filter(|name| seen.insert(*name)).collect();
    this.steps += names.len() as u64;
    let candidates = core(&names, &edges);
    let mut found: Vec<Vec<&str>> = Vec::new();
    for name in names.iter().filter(|name| candidates.contains(*name)) {
        if found.iter().any(|circle| circle.contains(name)) {
            continue;
        }
        this.steps += candidates.len() as u64;
        if this.must_stop() {
            return Value::Poison;
        }
        found.extend(way_back(name, &edges, &candidates));
    }
    let circles = found
        .into_iter()
        .map(|circle| {
            let names = circle.into_iter().map(|name| this.string(name, call.span)).collect();
            this.list(names, call.span)
        })
        .collect();
    this.list(circles, call.span)
}

/// The names from which a circle can be reached: what is left when those that lead nowhere are taken away again and
/// again. It is empty for nearly every program, and found in time linear in the edges. No name comes twice.
fn core<'a>(names: &[&'a str], edges: &HashMap<&'a str, Vec<&'a str>>) -> HashSet<&'a str> {
    let mut left: HashSet<&str> = names.iter().copied().collect();
    let mut out: HashMap<&str, usize> = HashMap::with_capacity(names.len());
    let mut back: HashMap<&str, Vec<&str>> = HashMap::with_capacity(names.len());
    for name in names {
        let leads_to = edges.get(name).map_or(&[][..], Vec::as_slice);
        let known = leads_to.iter().filter(|to| left.contains(*to));
        for to in known.clone() {
            back.entry(to).or_default().push(name);
        }
        out.insert(name, known.count());
    }
    let mut ends: Vec<&str> = names.iter().copied().filter(|name| out.get(name) == Some(&0)).collect();
    while let Some(end) = ends.pop() {
        left.remove(end);
        for from in back.get(end).into_iter().flatten() {
            if let Some(count) = out.get_mut(from) {
                *count -= 1;
                if *count == 0 {
                    ends.push(from);
                }
            }
        }
    }
    left
}

/// The shortest way from a name to itself, the name first and once.
fn way_back<'a>(
    start: &'a str,
    edges: &HashMap<&'a str, Vec<&'a str>>,
    among: &HashSet<&'a str>,
) -> Option<Vec<&'a str>> {
    let mut from: HashMap<&str, &str> = HashMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for to in edges.get(at).into_iter().flatten().copied().filter(|to| among.contains(to)) {
            if to == start {
                let mut way = vec![at];
                let mut last = at;
                while let Some(before) = from.get(last).copied().filter(|_| last != start) {
                    way.push(before);
                    last = before;
                }
                way.reverse();
                return Some(way);
            }
            if !from.contains_key(to) {
                from.insert(to, at);
                queue.push_back(to);
            }
        }
    }
    None
}

/// `duplicates(items)`: those that stand in a list more than once, each once.
pub(super) fn duplicates(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let items = texts(call.arg(0));
    let mut repeated = Vec::new();
    for item in &items {
        let count = counts.entry(item).or_default();
        *count += 1;
        if *count == 2 {
            repeated.push(this.string(*item, call.span));
        }
    }
    this.list(repeated, call.span)
}

/// `nearest(word, among)`: what was probably meant.
pub(super) fn nearest(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let Some(word) = call.text(0) else { return Value::Poison };
    match plat_base::closest(word, texts(call.arg(1))) {
        Some(found) => this.string(found, call.span),
        None => Value::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles_of(edges: &[(&'static str, &[&'static str])]) -> Vec<Vec<&'static str>> {
        let names: Vec<&str> = edges.iter().map(|(name, _)| *name).collect();
        let edges: HashMap<&str, Vec<&str>> = edges.iter().map(|(name, to)| (*name, to.to_vec())).collect();
        let among = core(&names, &edges);
        names.iter().filter(|n| among.contains(*n)).filter_map(|n| way_back(n, &edges, &among)).collect()
    }

    #[test]
    fn the_shortest_circle_is_found() {
        assert_eq!(
            circles_of(&[("a", &["b"]), ("b", &["c", "a"]), ("c", &["a"])]),
            [vec!["a", "b"], vec!["b", "a"], vec!["c", "a", "b"]]
        );
        assert_eq!(circles_of(&[("a", &["a"])]), [vec!["a"]]);
    }

    #[test]
    fn what_only_leads_to_a_circle_is_in_none() {
        assert_eq!(circles_of(&[("web", &["a"]), ("a", &["b"]), ("b", &["a", "db"]), ("db", &[])]).len(), 2);
        assert!(circles_of(&[("web", &["api", "db"]), ("api", &["db"]), ("db", &["gone"])]).is_empty());
    }
}
