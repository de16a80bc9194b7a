//! The report as plain data. Amounts are those of one pod; [`Total`] has what all of them come to.

use crate::{Amounts, Qos, Range, Total};
use plat_base::Rational;
use plat_model::WorkloadKind;

/// What a project asks for.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// The project's name.
    pub project: String,
    /// What the project is.
    pub about: Option<String>,
    /// What the costs are reckoned by; without it there are none.
    pub prices: Option<PriceNote>,
    /// The platforms, in source order; others are positions in this list.
    pub platforms: Vec<String>,
    /// The environments, in source order.
    pub environments: Vec<Environment>,
}

/// The prices that costs are reckoned by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PriceNote {
    /// As they are declared.
    pub name: String,
    /// ISO 4217: `EUR`.
    pub currency: String,
    /// What is said about them.
    pub about: Option<String>,
}

/// An environment.
#[derive(Clone, PartialEq, Debug)]
pub struct Environment {
    /// As it is declared: `prod`.
    pub name: String,
    /// What is said about it.
    pub about: Option<String>,
    /// Namespace of the cluster.
    pub namespace: Option<String>,
    /// The workloads that exist in it, in source order.
    pub workloads: Vec<Workload>,
    /// What always runs, as often as it is replicated.
    pub running: Total,
    /// What runs on every node, once.
    pub per_node: Total,
    /// What runs to its end, all at once.
    pub to_end: Total,
    /// What always runs, by the platforms that it may run on.
    pub placements: Vec<(Vec<usize>, Total)>,
}

/// What sort of workload it is.
pub type Kind = WorkloadKind;

/// A workload in an environment.
#[derive(Clone, PartialEq, Debug)]
pub struct Workload {
    /// As it is declared: `api`.
    pub name: String,
    /// What is said about it.
    pub about: Option<String>,
    /// What sort it is.
    pub kind: Kind,
    /// Its pods, by platforms on which they are equal.
    pub groups: Vec<Group>,
}

/// Equal pods.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    /// The platforms that they may run on, by position, ascending.
    pub platforms: Vec<usize>,
    /// How many there are, and when.
    pub runs: Runs,
    /// What each requests.
    pub requests: Amounts,
    /// Where each is stopped.
    pub limits: Amounts,
    /// Bytes of storage that each claims.
    pub claims: i128,
    /// Bytes of the claims that exist once for all of them; a claim counts where it is mounted first.
    pub existing: i128,
    /// Its class.
    pub qos: Qos,
    /// What all of them cost; absent without prices.
    pub cost: Option<Cost>,
}

/// How many pods there are, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Runs {
    /// Always, so many.
    Replicas(Range<i64>),
    /// Always, one on each node.
    EachNode,
    /// Once, to its end.
    Once,
    /// To its end, by this `cron` line in this time zone.
    Schedule(String, String),
}

/// What something costs at least and at most: with the fewest replicas on the cheapest platform, and with the most on the
/// dearest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    /// For what.
    pub per: Per,
    /// How much.
    pub amount: Range<Rational>,
}

/// What a cost is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Per {
    /// All replicas, for a month.
    Month,
    /// Each node, for a month.
    NodeMonth,
    /// Each hour that it runs.
    Hour,
}

impl Per {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Per::Month => "a month",
            Per::NodeMonth => "a month for each node",
            Per::Hour => "for each hour that it runs",
        }
    }
}
