//! Quantities as Kubernetes spells them.

use plat_base::{Dimension, Quantity};
use std::borrow::Cow;

/// Bytes and cores in canonical form: `1536Mi`, `2G`, `512`, `500m`, `2`. A fraction of a base unit, which a bound
/// quantity never is, is rounded up.
pub(super) fn canonical(quantity: Quantity) -> Cow<'static, str> {
    let n = quantity.amount.ceil();
    match quantity.dimension {
        Dimension::Cores if n % 1000 == 0 => (n / 1000).to_string().into(),
        Dimension::Cores => format!("{n}m").into(),
        Dimension::Bytes => bytes(n),
        Dimension::Duration | Dimension::Percent => n.to_string().into(),
    }
}

fn bytes(n: i128) -> Cow<'static, str> {
    const UNITS: [(&str, i128); 12] = [
        ("Ei", 1 << 60),
        ("E", 1_000_000_000_000_000_000),
        ("Pi", 1 << 50),
        ("P", 1_000_000_000_000_000),
        ("Ti", 1 << 40),
        ("T", 1_000_000_000_000),
        ("Gi", 1 << 30),
        ("G", 1_000_000_000),
        ("Mi", 1 << 20),
        ("M", 1_000_000),
        ("Ki", 1 << 10),
        ("k", 1000),
    ];
    let unit = UNITS.iter().find(|(_, factor)| n != 0 && n % factor == 0);
    match unit {
        Some((suffix, factor)) => format!("{}{suffix}", n / factor).into(),
        None => n.to_string().into(),
    }
}

/// A duration in whole seconds, rounded up, and whether that changed it.
pub(super) fn seconds(quantity: Quantity) -> (i64, bool) {
    let thousand = plat_base::Rational::whole(1000);
    let Some(exact) = quantity.amount.div(thousand) else {
        return (i64::MAX, true);
    };
    let whole = exact.ceil();
    (i64::try_from(whole).unwrap_or(i64::MAX), exact.to_whole().is_none())
}

/// A percentage as a whole number, rounded to the nearest, and whether that changed it.
pub(super) fn percent(quantity: Quantity) -> (i64, bool) {
    let whole = quantity.amount.round();
    (i64::try_from(whole).unwrap_or(i64::MAX), quantity.amount.to_whole().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use plat_base::{Rational, Unit};

    fn q(number: &str, unit: &str) -> Quantity {
        Quantity::of(Rational::parse_decimal(number).unwrap(), Unit::parse(unit).unwrap()).unwrap()
    }

    #[test]
    fn canonical_spellings() {
        let pairs = [
            (q("2048", "Mi"), "2Gi"),
            (q("1536", "Mi"), "1536Mi"),
            (q("2", "G"), "2G"),
            (q("1024", "k"), "1000Ki"),
            (q("513", "B"), "513"),
            (q("0", "B"), "0"),
            (q("500", "m"), "500m"),
            (q("2000", "m"), "2"),
            (Quantity::whole(Dimension::Cores, 0), "0"),
        ];
        for (quantity, expected) in pairs {
            assert_eq!(canonical(quantity), expected);
        }
    }

    #[test]
    fn seconds_are_rounded_up() {
        assert_eq!(seconds(q("2", "min")), (120, false));
        assert_eq!(seconds(q("1500", "ms")), (2, true));
        assert_eq!(percent(q("70", "%")), (70, false));
        assert_eq!(percent(q("12.5", "%")), (13, true));
    }
}
