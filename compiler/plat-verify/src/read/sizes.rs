//! Amounts as other worlds spell them, each by its own grammar: quantities of Kubernetes, sizes of the JVM and of Go,
//! durations of Docker.

/// The parts of a unit in which quantities are compared.
const NANO: i128 = 1_000_000_000;

/// A quantity of Kubernetes in thousand-millionths of its unit: a number, then a binary suffix (`Ki` … `Ei`), a decimal
/// one (`n u m k M G T P E`) or an exponent (`e3`, `E-2`). What is finer is rounded up, as the API server does.
pub(crate) fn kubernetes(text: &str) -> Option<i128> {
    let number_end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-')));
    let (number, suffix) = text.split_at(number_end.unwrap_or(text.len()));
    let (mantissa, places) = decimal(number)?;
    let (factor, tens): (i128, i32) = match suffix {
        "" => (1, 0),
        "n" => (1, -9),
        "u" => (1, -6),
        "m" => (1, -3),
        "k" => (1, 3),
        "M" => (1, 6),
        "G" => (1, 9),
        "T" => (1, 12),
        "P" => (1, 15),
        "E" => (1, 18),
        "Ki" => (1 << 10, 0),
        "Mi" => (1 << 20, 0),
        "Gi" => (1 << 30, 0),
        "Ti" => (1 << 40, 0),
        "Pi" => (1 << 50, 0),
        "Ei" => (1 << 60, 0),
        _ => (1, suffix.strip_prefix(['e', 'E'])?.parse().ok()?),
    };
    let tens = tens.checked_sub(places)?;
    let scaled = mantissa.checked_mul(factor)?.checked_mul(NANO)?;
    let power = 10i128.checked_pow(tens.unsigned_abs())?;
    if tens >= 0 { scaled.checked_mul(power) } else { Some(-(-scaled).div_euclid(power)) }
}

/// A decimal number as its digits, and how many of them are behind the point.
fn decimal(text: &str) -> Option<(i128, i32)> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((sign * all.parse::<i128>().ok()?, i32::try_from(fraction.len()).ok()?))
}

/// A size of the JVM in bytes: `512k`, `1024m`, `2G`, `1073741824`.
pub(crate) fn jvm(text: &str) -> Option<i128> {
    let (number, factor) = match text.as_bytes().last()?.to_ascii_lowercase() {
        b'k' => (&text[..text.len() - 1], 1 << 10),
        b'm' => (&text[..text.len() - 1], 1 << 20),
        b'g' => (&text[..text.len() - 1], 1 << 30),
        b't' => (&text[..text.len() - 1], 1 << 40),
        _ => (text, 1),
    };
    number.parse::<i128>().ok()?.checked_mul(factor)
}

/// A size of Go's runtime in bytes: `768MiB`, `1024`.
pub(crate) fn go(text: &str) -> Option<i128> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let factor = match &text[end..] {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        _ => return None,
    };
    text[..end].parse::<i128>().ok()?.checked_mul(factor)
}

/// A duration of Docker in milliseconds: `1m30s`, `500ms`.
pub(crate) fn duration(text: &str) -> Option<i128> {
    let mut rest = text;
    let mut sum = 0i128;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i128 = rest[..digits].parse().ok()?;
        let unit = &rest[digits..];
        let end = unit.find(|c: char| c.is_ascii_digit()).unwrap_or(unit.len());
        let factor = match &unit[..end] {
            "h" => 3_600_000,
            "m" => 60_000,
            "s" => 1000,
            "ms" => 1,
            _ => return None,
        };
        sum = sum.checked_add(number.checked_mul(factor)?)?;
        rest = &unit[end..];
    }
    (!text.is_empty()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_of_kubernetes() {
        assert_eq!(kubernetes("500m"), Some(NANO / 2));
        assert_eq!(kubernetes("0.5"), kubernetes("500m"));
        assert_eq!(kubernetes("1Gi"), Some((1 << 30) * NANO));
        assert_eq!(kubernetes("1.5Ki"), kubernetes("1536"));
        assert_eq!(kubernetes("2E"), kubernetes("2000P"));
        assert_eq!(kubernetes("2e3"), kubernetes("2k"));
        assert_eq!(kubernetes("1E-3"), kubernetes("1m"));
        assert_ne!(kubernetes("512Mi"), kubernetes("512M"));
        for wrong in ["", "Gi", "1Mib", "1K", "1 Gi", "1GB", "."] {
            assert_eq!(kubernetes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes_and_durations() {
        assert_eq!(jvm("1024m"), Some(1 << 30));
        assert_eq!(jvm("512k"), Some(512 << 10));
        assert_eq!(go("768MiB"), Some(768 << 20));
        assert_eq!(duration("1m30s"), Some(90_000));
        assert_eq!(duration("250ms"), Some(250));
        assert_eq!(duration("5"), None);
    }
}
