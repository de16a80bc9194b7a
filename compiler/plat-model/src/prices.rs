//! What is paid for what is set aside.

use crate::{Origin, PerContext};
use plat_base::Rational;

/// A `prices` declaration.
#[derive(Clone, Debug)]
pub struct Prices {
    /// Its name.
    pub name: String,
    /// The declaration.
    pub origin: Origin,
    /// Its doc comment.
    pub doc: Option<String>,
    /// What it is in each context.
    pub spec: PerContext<PriceList>,
}

/// Prices in one context, exactly as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceList {
    /// The currency by its code in ISO 4217: `EUR`. It is the same in every context.
    pub currency: String,
    /// One core for an hour.
    pub core_hour: Rational,
    /// One GiB of memory for an hour.
    pub memory_gib_hour: Rational,
    /// One GiB of local disk for a month.
    pub ephemeral_gib_month: Rational,
    /// One GiB of claimed storage for a month.
    pub storage_gib_month: Rational,
    /// The hours of a month; more than zero.
    pub hours_per_month: Rational,
}
