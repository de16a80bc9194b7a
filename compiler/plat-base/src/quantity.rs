//! Exact quantities: bytes, cores, durations and percentages, how they are written and how they are printed.

use crate::Rational;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a quantity measures. Each is a type of the language.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Dimension {
    /// Memory and storage; base unit: one byte.
    Bytes,
    /// Processor time; base unit: a thousandth of a core.
    Cores,
    /// Time; base unit: a millisecond.
    Duration,
    /// A share; base unit: one percent.
    Percent,
}

impl Dimension {
    /// The name of the type in the language.
    pub fn type_name(self) -> &'static str {
        match self {
            Dimension::Bytes => "bytes",
            Dimension::Cores => "cores",
            Dimension::Duration => "duration",
            Dimension::Percent => "percent",
        }
    }

    /// What one base unit is called in a message.
    pub fn grain(self) -> &'static str {
        match self {
            Dimension::Bytes => "byte",
            Dimension::Cores => "thousandth of a core",
            Dimension::Duration => "millisecond",
            Dimension::Percent => "percent",
        }
    }
}

/// A unit suffix of the language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unit {
    /// As it is written: `Mi`, `m`, `min`, `%`.
    pub suffix: &'static str,
    /// What it measures.
    pub dimension: Dimension,
    /// How many base units one of it is.
    pub factor: i64,
}

const fn unit(suffix: &'static str, dimension: Dimension, factor: i64) -> Unit {
    Unit { suffix, dimension, factor }
}

const K: i64 = 1000;
const KI: i64 = 1024;

/// Every unit, per dimension from the largest to the smallest; where two print equally long, binary first.
const UNITS: &[Unit] = &[
    unit("Ei", Dimension::Bytes, KI * KI * KI * KI * KI * KI),
    unit("E", Dimension::Bytes, K * K * K * K * K * K),
    unit("Pi", Dimension::Bytes, KI * KI * KI * KI * KI),
    unit("P", Dimension::Bytes, K * K * K * K * K),
    unit("Ti", Dimension::Bytes, KI * KI * KI * KI),
    unit("T", Dimension::Bytes, K * K * K * K),
    unit("Gi", Dimension::Bytes, KI * KI * KI),
    unit("G", Dimension::Bytes, K * K * K),
    unit("Mi", Dimension::Bytes, KI * KI),
    unit("M", Dimension::Bytes, K * K),
    unit("Ki", Dimension::Bytes, KI),
    unit("k", Dimension::Bytes, K),
    unit("B", Dimension::Bytes, 1),
    unit("m", Dimension::Cores, 1),
    unit("d", Dimension::Duration, 86_400_000),
    unit("h", Dimension::Duration, 3_600_000),
    unit("min", Dimension::Duration, 60_000),
    unit("s", Dimension::Duration, 1000),
    unit("ms", Dimension::Duration, 1),
    unit("%", Dimension::Percent, 1),
];

impl Unit {
    /// The unit with this suffix, if the language has one.
    pub fn parse(suffix: &str) -> Option<Unit> {
        UNITS.iter().copied().find(|u| u.suffix == suffix)
    }

    /// All units, grouped by dimension, the largest first.
    pub fn all() -> &'static [Unit] {
        UNITS
    }
}

/// Why a quantity cannot be bound to a name, a field or a parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QuantityError {
    /// It is a fraction of its base unit.
    NotWhole,
    /// It does not fit in 64 bits, sign included.
    OutOfRange,
}

/// An exact amount of one dimension, in its base units.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Quantity {
    /// What it measures.
    pub dimension: Dimension,
    /// How many base units (bytes, thousandths of a core, milliseconds, percent).
    pub amount: Rational,
}

impl Quantity {
    /// `amount` base units.
    pub fn new(dimension: Dimension, amount: Rational) -> Quantity {
        Quantity { dimension, amount }
    }

    /// A whole number of base units.
    pub fn whole(dimension: Dimension, amount: i64) -> Quantity {
        Quantity { dimension, amount: Rational::whole(i128::from(amount)) }
    }

    /// `number` of `unit`, exactly; `None` if it does not fit.
    pub fn of(number: Rational, unit: Unit) -> Option<Quantity> {
        Some(Quantity::new(unit.dimension, number.mul(Rational::whole(i128::from(unit.factor)))?))
    }

    /// A number of cores.
    pub fn cores(number: Rational) -> Option<Quantity> {
        Some(Quantity::new(Dimension::Cores, number.mul(Rational::whole(1000))?))
    }

    /// The whole number of base units that every bound quantity is. A percentage may be a fraction: it is only
    /// checked for its range, and gives its whole part.
    pub fn check(self) -> Result<i64, QuantityError> {
        let whole = match self.amount.to_whole() {
            Some(n) => n,
            None if self.dimension == Dimension::Percent => self.amount.floor(),
            None => return Err(QuantityError::NotWhole),
        };
        i64::try_from(whole).map_err(|_| QuantityError::OutOfRange)
    }

    /// The factor that a percentage stands for: `70%` is seven tenths.
    pub fn as_factor(self) -> Option<Rational> {
        self.amount.div(Rational::whole(100))
    }
}

impl fmt::Display for Quantity {
    /// With the largest unit that divides it exactly: `1536Mi`, `2Gi`, `2G`, `500m`, `2`, `90s`, `2min`, `70%`.
    /// A fraction of a base unit (which can only occur in a message) is printed as a decimal or a fraction.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dimension == Dimension::Cores
            && let Some(n) = self.amount.div(Rational::whole(1000)).and_then(Rational::to_whole)
        {
            return write!(f, "{n}");
        }
        let Some(n) = self.amount.to_whole() else {
            let suffix = match self.dimension {
                Dimension::Bytes => "B",
                Dimension::Cores => "m",
                Dimension::Duration => "ms",
                Dimension::Percent => "%",
            };
            return write!(f, "{}{suffix}", self.amount.to_f64());
        };
        let units = UNITS.iter().filter(|u| u.dimension == self.dimension);
        for u in units {
            if n % i128::from(u.factor) == 0 && (n != 0 || u.factor == 1) {
                return write!(f, "{}{}", n / i128::from(u.factor), u.suffix);
            }
        }
        write!(f, "{n}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(number: &str, suffix: &str) -> Quantity {
        Quantity::of(Rational::parse_decimal(number).unwrap(), Unit::parse(suffix).unwrap()).unwrap()
    }

    #[test]
    fn prints_the_largest_exact_unit() {
        let shown = |n, s| q(n, s).to_string();
        assert_eq!(shown("1536", "Mi"), "1536Mi");
        assert_eq!(shown("2048", "Mi"), "2Gi");
        assert_eq!(shown("2000", "M"), "2G");
        assert_eq!(shown("512000000", "B"), "512M");
        assert_eq!(shown("1.5", "Gi"), "1536Mi");
        assert_eq!(shown("500", "m"), "500m");
        assert_eq!(shown("2000", "m"), "2");
        assert_eq!(shown("90", "s"), "90s");
        assert_eq!(shown("120", "s"), "2min");
        assert_eq!(shown("70", "%"), "70%");
        assert_eq!(shown("12.5", "%"), "12.5%");
        assert_eq!(shown("0", "Gi"), "0B");
        assert_eq!(shown("0", "s"), "0ms");
        assert_eq!(Quantity::whole(Dimension::Cores, 0).to_string(), "0");
    }

    #[test]
    fn wholeness_and_range_are_checked_at_binding() {
        assert_eq!(q("0.5", "Ki").check(), Ok(512));
        assert_eq!(q("0.3", "B").check(), Err(QuantityError::NotWhole));
        assert_eq!(q("8", "Ei").check(), Err(QuantityError::OutOfRange));
        assert_eq!(q("12.5", "%").check(), Ok(12));
    }

    #[test]
    fn foreign_suffixes_are_no_units() {
        for foreign in ["g", "MB", "GiB", "K", "mi", "Kb", "sec", "H"] {
            assert_eq!(Unit::parse(foreign), None, "{foreign}");
        }
    }
}
