//! Quantities of Kubernetes, by the grammar of its API server: an optional sign, digits with or without a point, and a
//! binary suffix (`Ki` … `Ei`), a decimal one (`n u m k M G T P E`) or an exponent (`e3`, `E-2`).

/// The parts of a unit in which quantities are compared.
const NANO: i128 = 1_000_000_000;

/// More digits than any quantity has; beyond it arithmetic could overflow.
const MAX_DIGITS: usize = 24;

/// The largest power of ten that is read: the API server itself spends minutes on absurd ones.
const MAX_EXPONENT: i32 = 24;

/// The family of a suffix, which the server keeps when it prints a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// `Ki`, `Mi`, ….
    Binary,
    /// `m`, `k`, `M`, ….
    Decimal,
    /// `e3`.
    Exponent,
}

/// A quantity as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Amount {
    /// Thousand-millionths of its unit. What is finer is rounded away from zero, as the server does.
    pub nano: i128,
    /// The family of its suffix.
    family: Family,
    /// The text, if the server keeps it although it has a shorter form.
    kept: Option<String>,
}

/// What a suffix multiplies by.
#[derive(Clone, Copy)]
struct Suffix {
    family: Family,
    /// The power of two or of ten.
    power: i32,
}

impl Amount {
    /// Reads a quantity; nothing if the API server refuses it.
    pub(crate) fn parse(text: &str) -> Option<Amount> {
        let (is_negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let (number, suffix) = rest.split_at(end);
        if rest.is_empty() {
            return None;
        }
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let suffix = suffix_of(suffix)?;
        let magnitude = magnitude(whole, fraction, suffix)?;
        let nano = if is_negative { -magnitude } else { magnitude };
        let is_small = magnitude != 0 && magnitude < NANO;
        let family =
            if is_small && suffix.family == Family::Binary { Family::Decimal } else { suffix.family };
        let mut amount = Amount { nano, family, kept: None };
        let (_, printed) = amount.shortest();
        if nano != 0 && fraction.is_empty() && printed == suffix.power {
            amount.kept = Some(text.to_owned());
        }
        Some(amount)
    }

    /// The number and the power of two or ten that the server prints.
    fn shortest(&self) -> (i128, i32) {
        let is_binary = self.family == Family::Binary && self.nano % NANO == 0;
        if is_binary && self.nano.abs() >= 1024 * NANO { self.in_binary() } else { self.in_decimal() }
    }

    fn in_binary(&self) -> (i128, i32) {
        let (mut number, mut power) = (self.nano / NANO, 0);
        while number % 1024 == 0 && power < 60 {
            number /= 1024;
            power += 10;
        }
        (number, power)
    }

    fn in_decimal(&self) -> (i128, i32) {
        let (mut number, mut power) = (self.nano, -9);
        while number != 0 && number % 1000 == 0 {
            number /= 1000;
            power += 3;
        }
        (number, power)
    }
}

#[cfg(test)]
impl Amount {
    /// As the server prints it.
    pub(crate) fn canonical(&self) -> String {
        if self.nano == 0 {
            return "0".to_owned();
        }
        if let Some(kept) = &self.kept {
            return kept.clone();
        }
        let (number, power) = self.shortest();
        let is_binary = self.family == Family::Binary && self.nano.abs() >= 1024 * NANO;
        let suffix = match power {
            0 => String::new(),
            _ if is_binary && self.nano % NANO == 0 => {
                ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][(power / 10 - 1) as usize].to_owned()
            }
            -9..=18 if self.family != Family::Exponent => {
                ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"][((power + 9) / 3) as usize].to_owned()
            }
            _ => format!("e{power}"),
        };
        format!("{number}{suffix}")
    }

    /// The name that the server gives to the family.
    pub(crate) fn format(&self) -> &'static str {
        match self.family {
            Family::Binary => "BinarySI",
            Family::Decimal => "DecimalSI",
            Family::Exponent => "DecimalExponent",
        }
    }

    /// In whole units, rounded away from zero.
    pub(crate) fn units(&self) -> i128 {
        away_from_zero(self.nano, NANO)
    }

    /// In whole thousandths, rounded away from zero.
    pub(crate) fn thousandths(&self) -> i128 {
        away_from_zero(self.nano, NANO / 1000)
    }
}

#[cfg(test)]
fn away_from_zero(nano: i128, unit: i128) -> i128 {
    let whole = (nano.abs() + unit - 1) / unit;
    if nano < 0 { -whole } else { whole }
}

/// The size of a number without its sign, in thousand-millionths. Binary quantities end at the largest number of 64 bits.
fn magnitude(whole: &str, fraction: &str, suffix: Suffix) -> Option<i128> {
    let digits = format!("{}{fraction}", whole.trim_start_matches('0'));
    if digits.len() > MAX_DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    let (factor, tens) = match suffix.family {
        Family::Binary => (1_i128 << suffix.power, 9),
        Family::Decimal | Family::Exponent => (1, 9 + suffix.power),
    };
    let tens = tens - i32::try_from(fraction.len()).ok()?;
    let power = 10_i128.checked_pow(tens.unsigned_abs())?;
    let scaled = number.checked_mul(factor)?;
    let nano = match tens {
        0.. => scaled.checked_mul(power)?,
        _ => scaled.checked_add(power - 1)? / power,
    };
    let most = i128::from(i64::MAX) * NANO;
    Some(if suffix.family == Family::Binary { nano.min(most) } else { nano })
}

fn suffix_of(text: &str) -> Option<Suffix> {
    let decimal = |power| Some(Suffix { family: Family::Decimal, power });
    let binary = |power| Some(Suffix { family: Family::Binary, power });
    match text {
        "" => decimal(0),
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        _ => {
            let power: i32 = text.strip_prefix(['e', 'E'])?.parse().ok()?;
            (power.abs() <= MAX_EXPONENT).then_some(Suffix { family: Family::Exponent, power })
        }
    }
}
