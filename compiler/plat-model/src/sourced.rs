//! Values that remember where they were set, and values per context.

use plat_base::Span;
use plat_eval::Context;
use std::ops::Deref;
use std::sync::Arc;

/// Where a value was set: the span of the topmost layer that set it. `None` for what no source says, such as the
/// implicit platform of a project that declares none.
pub type Origin = Option<Span>;

/// A value and where it was set. Two are equal if their values are: origins never make a difference.
#[derive(Clone, Copy, Debug)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it was set.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// A value that was set at `origin`.
    pub fn new(value: T, origin: Origin) -> Sourced<T> {
        Sourced { value, origin }
    }

    /// Another value with the same origin.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: f(self.value), origin: self.origin }
    }
}

impl<T> Deref for Sourced<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Sourced<T> {
    fn eq(&self, other: &Sourced<T>) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Sourced<T> {}

/// One value per context in which its subject exists: a table of platforms × environments with shared cells.
#[derive(Clone, Debug)]
pub struct PerContext<T> {
    environments: usize,
    cells: Vec<Option<Arc<T>>>,
}

impl<T> PerContext<T> {
    /// A table of this size with nothing in it.
    pub fn new(platforms: usize, environments: usize) -> PerContext<T> {
        PerContext {
            environments,
            cells: std::iter::repeat_with(|| None).take(platforms * environments).collect(),
        }
    }

    /// The value for a platform and an environment, by their positions in the project; `None` where the subject
    /// does not exist.
    pub fn get(&self, platform: usize, environment: usize) -> Option<&Arc<T>> {
        self.cells.get(platform * self.environments + environment)?.as_ref()
    }

    /// Puts a value into one cell.
    pub fn set(&mut self, platform: usize, environment: usize, value: Arc<T>) {
        if let Some(cell) = self.cells.get_mut(platform * self.environments + environment) {
            *cell = Some(value);
        }
    }

    /// The filled cells as (platform, environment, value), platforms outermost.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize, &Arc<T>)> {
        let width = self.environments.max(1);
        self.cells.iter().enumerate().filter_map(move |(i, c)| Some((i / width, i % width, c.as_ref()?)))
    }

    /// The value of the first context in which the subject exists.
    pub fn first(&self) -> Option<&Arc<T>> {
        self.cells.iter().flatten().next()
    }
}

impl<T> PerContext<T> {
    /// Puts, in each environment and for each group of values that are the `same`, the `turn`th in the place of the
    /// first, as `put(first, turnth)` says.
    pub(crate) fn turn(
        &mut self,
        turn: usize,
        same: impl Fn(&T, &T) -> bool,
        put: impl Fn(&Arc<T>, &Arc<T>) -> Arc<T>,
    ) {
        for environment in 0..self.environments {
            let mut groups: Vec<Vec<(usize, Arc<T>)>> = Vec::new();
            for (platform, _, value) in self.iter().filter(|(_, at, _)| *at == environment) {
                let alike = |group: &&mut Vec<(usize, Arc<T>)>| same(&group[0].1, value);
                match groups.iter_mut().find(alike) {
                    Some(group) => group.push((platform, Arc::clone(value))),
                    None => groups.push(vec![(platform, Arc::clone(value))]),
                }
            }
            for group in groups {
                let (first, other) = (&group[0], &group[turn % group.len()]);
                self.set(first.0, environment, put(&first.1, &other.1));
            }
        }
    }
}

impl<T: PartialEq> PerContext<T> {
    /// The platforms of one environment, grouped by equal values, in the order of the platforms.
    pub fn groups(&self, environment: usize) -> Vec<(Vec<usize>, &Arc<T>)> {
        let mut groups: Vec<(Vec<usize>, &Arc<T>)> = Vec::new();
        for (platform, at, value) in self.iter() {
            if at != environment {
                continue;
            }
            let same = groups.iter_mut().find(|(_, v)| Arc::ptr_eq(v, value) || **v == *value);
            match same {
                Some((platforms, _)) => platforms.push(platform),
                None => groups.push((vec![platform], value)),
            }
        }
        groups
    }
}

/// The context of a cell.
pub(crate) fn context(platform: usize, environment: usize) -> Context {
    Context { platform: Some(platform as u16), environment: Some(environment as u16) }
}
