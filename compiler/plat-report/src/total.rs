//! Sums over pods, from the fewest to the most. Sums stop at the end of 128 bits; a cost that does not fit is unknown.

use crate::{Group, Runs};
use plat_base::Rational;

/// From the least to the most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Range<T> {
    /// The least.
    pub min: T,
    /// The most.
    pub max: T,
}

impl<T: Copy> Range<T> {
    /// The same at both ends.
    pub fn of(value: T) -> Range<T> {
        Range { min: value, max: value }
    }
}

impl Range<i128> {
    fn add(self, other: Range<i128>) -> Range<i128> {
        Range { min: self.min.saturating_add(other.min), max: self.max.saturating_add(other.max) }
    }

    fn times(amount: i128, pods: Range<i128>) -> Range<i128> {
        Range { min: amount.saturating_mul(pods.min), max: amount.saturating_mul(pods.max) }
    }
}

/// The limits of several pods.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Limit {
    /// The sum of those that there are.
    pub sum: Range<i128>,
    /// How many pods have none.
    pub without: Range<i128>,
}

impl Limit {
    fn add(self, limit: Option<i128>, pods: Range<i128>) -> Limit {
        match limit {
            Some(limit) => Limit { sum: self.sum.add(Range::<i128>::times(limit, pods)), ..self },
            None => Limit { without: self.without.add(pods), ..self },
        }
    }
}

/// What several groups of pods come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Total {
    /// How many groups there are.
    pub groups: usize,
    /// How many pods.
    pub pods: Range<i128>,
    /// Thousandths of a core that are requested.
    pub cpu: Range<i128>,
    /// Bytes of memory that are requested.
    pub memory: Range<i128>,
    /// Bytes of local disk that are requested.
    pub ephemeral: Range<i128>,
    /// Thousandths of a core at most.
    pub cpu_limit: Limit,
    /// Bytes of memory at most.
    pub memory_limit: Limit,
    /// Bytes of local disk at most.
    pub ephemeral_limit: Limit,
    /// Bytes of storage that are claimed.
    pub claims: Range<i128>,
    /// What they cost; absent without prices.
    pub cost: Option<Range<Rational>>,
}

impl Total {
    /// The sum of some groups.
    pub(crate) fn of<'a>(groups: impl Iterator<Item = &'a Group>, has_prices: bool) -> Total {
        let start = Total { cost: has_prices.then(|| Range::of(Rational::ZERO)), ..Total::default() };
        groups.fold(start, |total, group| total.add(group))
    }

    fn add(self, group: &Group) -> Total {
        let pods = group.pods();
        let requested = |amount: Option<i128>| Range::<i128>::times(amount.unwrap_or(0), pods);
        let cost = self.cost.zip(group.cost).and_then(|(sum, cost)| {
            let (min, max) = (sum.min.add(cost.amount.min)?, sum.max.add(cost.amount.max)?);
            Some(Range { min, max })
        });
        Total {
            groups: self.groups + 1,
            pods: self.pods.add(pods),
            cpu: self.cpu.add(requested(group.requests.cpu)),
            memory: self.memory.add(requested(group.requests.memory)),
            ephemeral: self.ephemeral.add(requested(group.requests.ephemeral)),
            cpu_limit: self.cpu_limit.add(group.limits.cpu, pods),
            memory_limit: self.memory_limit.add(group.limits.memory, pods),
            ephemeral_limit: self.ephemeral_limit.add(group.limits.ephemeral, pods),
            claims: self.claims.add(Range::<i128>::times(group.claims, pods)).add(Range::of(group.existing)),
            cost,
        }
    }
}

impl Group {
    /// How many pods there are; on each node, or at a time.
    pub(crate) fn pods(&self) -> Range<i128> {
        match self.runs {
            Runs::Replicas(Range { min, max }) => Range { min: i128::from(min), max: i128::from(max) },
            Runs::EachNode | Runs::Once | Runs::Schedule(..) => Range::of(1),
        }
    }
}
