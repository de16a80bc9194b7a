//! Numbers for people. Amounts are exact: a sum that is no short decimal of a unit is shown in a smaller one. Money alone
//! is rounded, halves away from zero.

use crate::{Cost, Limit, Per, Range, Report, Runs};
use plat_base::{Dimension, Quantity, Rational};

/// Nothing is said.
pub(crate) const NONE: &str = "–";

/// `2–6`, or `2` where both ends are the same.
pub(crate) fn range<T: Copy + PartialEq>(range: Range<T>, show: impl Fn(T) -> String) -> String {
    match range.min == range.max {
        true => show(range.min),
        false => format!("{}–{}", show(range.min), show(range.max)),
    }
}

/// The CPU of a pod, as sources have it: `250m`, `2`.
pub(crate) fn cpu(millis: i128) -> String {
    Quantity::new(Dimension::Cores, Rational::whole(millis)).to_string()
}

/// The CPU of many: `12.35`.
pub(crate) fn cores(millis: i128) -> String {
    let text = decimal(Rational::new(millis, 1000), 3);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The bytes of a pod, as sources have them: `512Mi`, `1536Mi`, `2G`.
pub(crate) fn bytes(number: i128) -> String {
    match number {
        0 => "0".to_owned(),
        _ => Quantity::new(Dimension::Bytes, Rational::whole(number)).to_string(),
    }
}

/// The bytes of many: `126.0625Gi`; a sum that is no short decimal of a GiB has a smaller unit.
pub(crate) fn gibibytes(number: i128) -> String {
    let sixteenths = Rational::new(number, 1 << 26).and_then(Rational::to_whole);
    match sixteenths.filter(|n| *n > 16 && n % 16 != 0) {
        Some(n) => format!("{}Gi", decimal(Rational::new(n, 16), 4).trim_end_matches('0')),
        None => bytes(number),
    }
}

/// What is requested and where it is stopped: `250m / 500m`.
pub(crate) fn pair(request: Option<i128>, limit: Option<i128>, show: impl Fn(i128) -> String) -> String {
    let side = |amount: Option<i128>| amount.map_or(NONE.to_owned(), &show);
    match (request, limit) {
        (None, None) => NONE.to_owned(),
        _ => format!("{} / {}", side(request), side(limit)),
    }
}

/// The same of many.
pub(crate) fn pair_of_many(sum: Range<i128>, limit: Limit, show: impl Fn(i128) -> String + Copy) -> String {
    let none = Range::default();
    match (sum == none, limit.sum == none) {
        (true, true) => NONE.to_owned(),
        (_, is_unlimited) => {
            let limit = if is_unlimited { NONE.to_owned() } else { limited(limit, show) };
            format!("{} / {limit}", range(sum, show))
        }
    }
}

/// The limits of many; a plus says that some have none.
pub(crate) fn limited(limit: Limit, show: impl Fn(i128) -> String) -> String {
    let plus = if limit.without.max > 0 { "+" } else { "" };
    format!("{}{plus}", range(limit.sum, show))
}

/// Money in units of its currency: `12.30`; what is paid by the hour has four places.
pub(crate) fn money(amount: Rational, per: Per) -> String {
    decimal(Some(amount), if per == Per::Hour { 4 } else { 2 })
}

/// A cost with what it is for, unless that is a month of all.
pub(crate) fn cost(cost: Cost) -> String {
    let amount = range_of_money(cost.amount, cost.per);
    match cost.per {
        Per::Month => amount,
        Per::NodeMonth => format!("{amount}/node"),
        Per::Hour => format!("{amount}/h"),
    }
}

/// From the least to the most; what is equal once it is rounded is shown once.
pub(crate) fn range_of_money(amount: Range<Rational>, per: Per) -> String {
    let (min, max) = (money(amount.min, per), money(amount.max, per));
    if min == max { min } else { format!("{min}–{max}") }
}

/// A number with so many decimals; a dash if it does not fit.
pub(crate) fn decimal(number: Option<Rational>, places: u32) -> String {
    let scale = 10i128.pow(places);
    let Some(scaled) = number.and_then(|n| n.mul(Rational::whole(scale))) else { return NONE.to_owned() };
    let rounded = scaled.round();
    let sign = if rounded < 0 { "-" } else { "" };
    let (whole, rest) = (rounded.unsigned_abs() / scale as u128, rounded.unsigned_abs() % scale as u128);
    match places {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{rest:0width$}", width = places as usize),
    }
}

/// How many pods there are, and when.
pub(crate) fn runs(runs: &Runs) -> String {
    match runs {
        Runs::Replicas(replicas) => range(*replicas, |n| n.to_string()),
        Runs::EachNode => "1/node".to_owned(),
        Runs::Once => "once".to_owned(),
        Runs::Schedule(cron, _) => cron.clone(),
    }
}

/// Platforms by position as names: `amd64 or arm64`.
pub(crate) fn places(report: &Report, platforms: &[usize]) -> String {
    let names = platforms.iter().filter_map(|p| report.platforms.get(*p)).map(String::as_str);
    let names: Vec<&str> = names.collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// What a workload is called.
pub(crate) fn kind(kind: crate::Kind) -> &'static str {
    match kind {
        crate::Kind::Service => "service",
        crate::Kind::Stateful => "stateful",
        crate::Kind::Daemon => "daemon",
        crate::Kind::Job => "job",
        crate::Kind::Schedule => "schedule",
    }
}

/// `1 pod`, `3 pods`.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        let gi = 1 << 30;
        assert_eq!([bytes(gi), bytes(3 * gi / 2), bytes(0)], ["1Gi", "1536Mi", "0"]);
        assert_eq!([gibibytes(11 * gi / 8), gibibytes(2017 * gi / 16)], ["1.375Gi", "126.0625Gi"]);
        assert_eq!([gibibytes(10922 << 20), gibibytes(gi / 4), gibibytes(gi)], ["10922Mi", "256Mi", "1Gi"]);
        assert_eq!(bytes(3_000_000_000), "3G");
        assert_eq!([cores(12_350), cores(2_000), cores(1), cores(0)], ["12.35", "2", "0.001", "0"]);
    }

    #[test]
    fn money_is_rounded_once_and_halves_go_away_from_zero() {
        let exact = |n, d| Rational::new(n, d).unwrap();
        assert_eq!(money(exact(5, 1000), Per::Month), "0.01");
        assert_eq!(money(exact(4_999, 1_000_000), Per::Month), "0.00");
        assert_eq!(money(exact(1, 3), Per::Hour), "0.3333");
        assert_eq!(decimal(Rational::new(-5, 2), 0), "-3");
        assert_eq!(decimal(Some(Rational::whole(i128::MAX)), 2), NONE);
        let near = Range { min: exact(1000, 1000), max: exact(1001, 1000) };
        assert_eq!(range_of_money(near, Per::Month), "1.00");
    }

    #[test]
    fn a_limit_that_is_missing_is_told() {
        assert_eq!(pair(Some(250), None, cpu), "250m / –");
        assert_eq!(pair(None, None, cpu), "–");
        let limit = Limit { sum: Range { min: 1000, max: 2000 }, without: Range { min: 1, max: 3 } };
        assert_eq!(pair_of_many(Range { min: 500, max: 1500 }, limit, cores), "0.5–1.5 / 1–2+");
    }
}
