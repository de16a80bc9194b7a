//! Values per platform to `select()`, or to a plain value where all platforms agree.

use super::Plan;
use super::plan::Row;
use crate::bazel::starlark::{Argument, Entry, Expr};
use plat_model::{Origin, around};

/// A list of strings with where each was set.
pub(super) type Items = Vec<(String, Origin)>;

/// Which condition of a platform decides.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Decides {
    /// Operating system and architecture.
    Platform,
    /// The declared processor as well: what is compiled for it does not run on lesser ones. Elsewhere (a host on
    /// which build tools run) the list is empty.
    Processor,
}

/// One list for each row; `None` where there is none.
pub(super) fn list(plan: &Plan<'_>, values: &[Option<Items>], decides: Decides, origin: Origin) -> Expr {
    let conditional = decides == Decides::Processor && plan.rows.iter().any(|row| row.level.is_some());
    if !conditional && let Some(first) = all_equal(values) {
        return strings(first).at(origin);
    }
    let arms = plan.rows.iter().zip(values).filter_map(|(row, value)| Some((row, value.as_ref()?)));
    match decides {
        Decides::Platform => with_common_part(plan, arms.collect(), origin),
        Decides::Processor => {
            let mut entries: Vec<Entry> = arms
                .map(|(row, items)| Entry::new(plan.label(&row.cpu_condition), arm(row, items)))
                .collect();
            entries.push(Entry::new("//conditions:default", Expr::list([])));
            Expr::call("select", vec![Argument::positional(Expr::dict(entries))]).at(origin)
        }
    }
}

/// What all platforms have, plus a `select()` of what they have besides. The order of such lists means nothing.
fn with_common_part(plan: &Plan<'_>, arms: Vec<(&Row<'_>, &Items)>, origin: Origin) -> Expr {
    let has = |items: &Items, text: &str| items.iter().any(|(other, _)| other == text);
    let common: Items = match arms.first() {
        Some((_, first)) => {
            first.iter().filter(|(text, _)| arms.iter().all(|(_, items)| has(items, text))).cloned().collect()
        }
        None => Items::new(),
    };
    let entries = arms.iter().map(|(row, items)| {
        let rest: Items = items.iter().filter(|(text, _)| !has(&common, text)).cloned().collect();
        Entry::new(plan.label(&row.condition), arm(row, &rest))
    });
    let select = or_no_match(Expr::dict(entries));
    if common.is_empty() { select.at(origin) } else { strings(&common).plus(select).at(origin) }
}

/// Like [`list`] for lists whose order counts: each platform has its own in full.
pub(super) fn list_in_order(plan: &Plan<'_>, values: &[Option<Items>], origin: Origin) -> Expr {
    if let Some(first) = all_equal(values) {
        return strings(first).at(origin);
    }
    let arms = plan.rows.iter().zip(values);
    let entries = arms
        .filter_map(|(row, value)| Some(Entry::new(plan.label(&row.condition), arm(row, value.as_ref()?))));
    or_no_match(Expr::dict(entries)).at(origin)
}

/// What holds on one platform: its own layer of the list, if it has anything of its own.
fn arm(row: &Row<'_>, items: &Items) -> Expr {
    let own = items.first().and_then(|(_, origin)| *origin);
    strings(items).at(around(own).or(row.platform.origin))
}

/// A `select()` without a default, that says what to do where nothing matches.
fn or_no_match(arms: Expr) -> Expr {
    let message = Argument::named("no_match_error", Expr::name("_NO_MATCH"));
    Expr::call("select", vec![Argument::positional(arms), message])
}

fn all_equal(values: &[Option<Items>]) -> Option<&Items> {
    let text = |items: &Items| items.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>();
    let first = values.first()?.as_ref()?;
    let wanted = text(first);
    values.iter().all(|v| v.as_ref().is_some_and(|items| text(items) == wanted)).then_some(first)
}

/// A list literal of strings.
pub(super) fn strings(items: &Items) -> Expr {
    Expr::list(items.iter().map(|(text, origin)| Expr::string(text).at(*origin)))
}
