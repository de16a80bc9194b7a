//! Declarations that several targets share (memory, resources, dependencies, thresholds) as tables: name → platform
//! → value. Bazel knows no environments: a declaration that differs by environment gives one table for each, under
//! `name@environment`.

use super::Plan;
use super::plan::Row;
use crate::bazel::starlark::{Entry, Expr};
use plat_model::{Origin, PerContext};
use std::sync::Arc;

/// The value of each row, in the order of the plan; `None` where the subject does not exist.
pub(super) type Column<T> = Vec<Option<Arc<T>>>;

/// The tables of one declaration: under which key, and the value of each row.
pub(super) fn columns<T: PartialEq>(
    plan: &Plan<'_>,
    name: &str,
    spec: &PerContext<T>,
) -> Vec<(String, Column<T>)> {
    let environments = &plan.project.environments;
    let column = |environment: usize| -> Column<T> {
        let positions = 0..plan.project.platforms.len();
        positions
            .filter(|p| plan.row(*p).is_some())
            .map(|platform| spec.get(platform, environment).cloned())
            .collect()
    };
    let mut all: Vec<(usize, Column<T>)> = (0..environments.len().max(1))
        .map(|environment| (environment, column(environment)))
        .filter(|(_, column)| column.iter().any(Option::is_some))
        .collect();
    let Some((_, first)) = all.first() else {
        return Vec::new();
    };
    if all.iter().all(|(_, column)| column == first) {
        all.truncate(1);
        return all.into_iter().map(|(_, column)| (name.to_owned(), column)).collect();
    }
    let key = |environment: usize| {
        let environment = environments.get(environment).map_or("default", |e| e.name.as_str());
        format!("{name}@{environment}")
    };
    all.into_iter().map(|(environment, column)| (key(environment), column)).collect()
}

/// What a profile is called, where it stands and what its author says about it.
pub(super) struct Heading<'a> {
    pub(super) name: &'a str,
    pub(super) origin: Origin,
    pub(super) doc: Option<&'a String>,
}

/// The entries of one declaration in a table of tables.
pub(super) fn entries<T: PartialEq>(
    plan: &Plan<'_>,
    heading: &Heading<'_>,
    spec: &PerContext<T>,
    value: impl Fn(&T) -> Expr,
) -> Vec<Entry> {
    let mut found = Vec::new();
    for (i, (key, column)) in columns(plan, heading.name, spec).into_iter().enumerate() {
        let rows = rows(plan, &column).map(|(row, v)| Entry::new(row.key(), value(v)));
        let table = Expr::dict(rows).at(heading.origin);
        found.push(Entry::new(key, table).comment(heading.doc.filter(|_| i == 0).cloned()));
    }
    found
}

/// The rows that have a value, with it.
pub(super) fn rows<'p, 'a, T>(
    plan: &'p Plan<'a>,
    column: &'p Column<T>,
) -> impl Iterator<Item = (&'p Row<'a>, &'p T)> {
    plan.rows.iter().zip(column).filter_map(|(row, value)| Some((row, value.as_deref()?)))
}
