//! Exact fractions in 128 bits, every operation checked.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A fraction in lowest terms; the denominator is positive.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Rational {
    num: i128,
    den: i128,
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

// The operations are named after the operators, but give `None` where the result does not fit.
#[allow(clippy::should_implement_trait)]
impl Rational {
    /// Zero.
    pub const ZERO: Rational = Rational { num: 0, den: 1 };

    /// `num / den` in lowest terms; `None` if `den` is zero or the value does not fit.
    pub fn new(num: i128, den: i128) -> Option<Rational> {
        if den == 0 || num == i128::MIN || den == i128::MIN {
            return None;
        }
        let g = gcd(num.unsigned_abs(), den.unsigned_abs()).max(1) as i128;
        let sign = if den < 0 { -1 } else { 1 };
        Some(Rational { num: sign * (num / g), den: sign * (den / g) })
    }

    /// A whole number.
    pub fn whole(n: i128) -> Rational {
        Rational { num: n, den: 1 }
    }

    /// The exact value of a decimal such as `1.25`, `1_000` or `-3`; `None` if it is not one or does not fit.
    pub fn parse_decimal(text: &str) -> Option<Rational> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mut num, mut den, mut seen_point, mut any) = (0i128, 1i128, false, false);
        for c in digits.chars() {
            match c {
                '_' => {}
                '.' if !seen_point => seen_point = true,
                '0'..='9' => {
                    any = true;
                    num = num.checked_mul(10)?.checked_add(i128::from(c as u8 - b'0'))?;
                    if seen_point {
                        den = den.checked_mul(10)?;
                    }
                }
                _ => return None,
            }
        }
        if any { Rational::new(if negative { -num } else { num }, den) } else { None }
    }

    /// The value of the shortest decimal that reads back as `f`; `None` if it is not finite or does not fit.
    ///
    /// So the float that was written `0.1` becomes one tenth, not the nearest binary fraction.
    pub fn from_f64(f: f64) -> Option<Rational> {
        if f.is_finite() { Rational::parse_decimal(&format!("{f}")) } else { None }
    }

    /// Numerator, in lowest terms.
    pub fn numerator(self) -> i128 {
        self.num
    }

    /// Denominator, in lowest terms, positive.
    pub fn denominator(self) -> i128 {
        self.den
    }

    /// The whole number that it is, if it is one.
    pub fn to_whole(self) -> Option<i128> {
        (self.den == 1).then_some(self.num)
    }

    /// The nearest float.
    pub fn to_f64(self) -> f64 {
        self.num as f64 / self.den as f64
    }

    /// The sum, if it fits.
    pub fn add(self, other: Rational) -> Option<Rational> {
        let num = self.num.checked_mul(other.den)?.checked_add(other.num.checked_mul(self.den)?)?;
        Rational::new(num, self.den.checked_mul(other.den)?)
    }

    /// The difference, if it fits.
    pub fn sub(self, other: Rational) -> Option<Rational> {
        self.add(other.neg())
    }

    /// The product, if it fits.
    pub fn mul(self, other: Rational) -> Option<Rational> {
        // Cancel crosswise first, so that only results that do not fit fail.
        let a = Rational::new(self.num, other.den)?;
        let b = Rational::new(other.num, self.den)?;
        Rational::new(a.num.checked_mul(b.num)?, a.den.checked_mul(b.den)?)
    }

    /// The quotient; `None` for a zero divisor or a result that does not fit.
    pub fn div(self, other: Rational) -> Option<Rational> {
        self.mul(Rational::new(other.den, other.num)?)
    }

    /// The negation.
    #[must_use]
    pub fn neg(self) -> Rational {
        Rational { num: -self.num, den: self.den }
    }

    /// The largest whole number that is not above it.
    pub fn floor(self) -> i128 {
        self.num.div_euclid(self.den)
    }

    /// The smallest whole number that is not below it.
    pub fn ceil(self) -> i128 {
        -(-self.num).div_euclid(self.den)
    }

    /// The nearest whole number; halves go away from zero.
    pub fn round(self) -> i128 {
        let twice = self.num.unsigned_abs().saturating_mul(2);
        let magnitude = (twice.saturating_add(self.den as u128) / (2 * self.den as u128)) as i128;
        if self.num < 0 { -magnitude } else { magnitude }
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Rational) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Rational) -> Ordering {
        match (self.num.checked_mul(other.den), other.num.checked_mul(self.den)) {
            (Some(a), Some(b)) => a.cmp(&b),
            // Out of 128 bits: compare whole parts, then the remainders' reciprocals.
            _ => match self.floor().cmp(&other.floor()) {
                Ordering::Equal => {
                    let a = (self.num.rem_euclid(self.den), self.den);
                    let b = (other.num.rem_euclid(other.den), other.den);
                    match (a.0, b.0) {
                        (0, 0) => Ordering::Equal,
                        (0, _) => Ordering::Less,
                        (_, 0) => Ordering::Greater,
                        _ => Rational { num: b.1, den: b.0 }.cmp(&Rational { num: a.1, den: a.0 }),
                    }
                }
                unequal => unequal,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rational;

    fn r(n: i128, d: i128) -> Rational {
        Rational::new(n, d).unwrap()
    }

    #[test]
    fn arithmetic_is_exact_and_checked() {
        assert_eq!(r(1, 3).add(r(1, 6)), Some(r(1, 2)));
        assert_eq!(r(3, 4).mul(r(-8, 9)), Some(r(-2, 3)));
        assert_eq!(r(1, 2).div(Rational::ZERO), None);
        assert_eq!(Rational::whole(i128::MAX).add(Rational::whole(1)), None);
        assert_eq!(Rational::parse_decimal("1_000.25"), Some(r(4001, 4)));
        assert_eq!(Rational::from_f64(0.1), Some(r(1, 10)));
    }

    #[test]
    fn rounding_goes_where_its_name_says() {
        assert_eq!((r(-7, 2).floor(), r(-7, 2).ceil(), r(-7, 2).round()), (-4, -3, -4));
        assert_eq!((r(7, 2).floor(), r(7, 2).ceil(), r(7, 3).round()), (3, 4, 2));
    }

    #[test]
    fn comparison_survives_overflow() {
        let big = i128::MAX / 3;
        assert!(r(big, 7) < r(big, 5));
        assert!(r(big, big - 1) < r(big - 1, big - 2));
    }
}
