//! Amounts as other worlds spell them, each by its own grammar: quantities of Kubernetes, sizes of the JVM, of Go and of
//! .NET, durations of Docker.

mod quantity;
#[cfg(test)]
mod vectors;

/// A quantity of Kubernetes in thousand-millionths of its unit.
pub(crate) fn kubernetes(text: &str) -> Option<i128> {
    quantity::Amount::parse(text).map(|amount| amount.nano)
}

/// A size of the JVM in bytes: `512k`, `1024m`, `2G`, `1073741824`, `0x40000000`.
pub(crate) fn jvm(text: &str) -> Option<i128> {
    let (number, factor) = match text.as_bytes().last()?.to_ascii_lowercase() {
        b'k' => (&text[..text.len() - 1], 1 << 10),
        b'm' => (&text[..text.len() - 1], 1 << 20),
        b'g' => (&text[..text.len() - 1], 1 << 30),
        b't' => (&text[..text.len() - 1], 1 << 40),
        _ => (text, 1),
    };
    match number.strip_prefix("0x") {
        Some(_) => hexadecimal(number)?.checked_mul(factor),
        None => decimal(number)?.checked_mul(factor),
    }
}

/// A limit of Go's runtime in bytes: `768MiB`, `1024`, `off`.
pub(crate) fn go(text: &str) -> Option<i128> {
    if text == "off" {
        return Some(i64::MAX.into());
    }
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let factor = match &text[end..] {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        _ => return None,
    };
    decimal(&text[..end])?.checked_mul(factor)
}

/// A number of .NET's variables, which are hexadecimal with or without `0x`.
pub(crate) fn hexadecimal(text: &str) -> Option<i128> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let are_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    are_digits.then(|| i128::from_str_radix(digits, 16).ok()).flatten()
}

/// A whole number without a sign.
fn decimal(text: &str) -> Option<i128> {
    let are_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    are_digits.then(|| text.parse().ok()).flatten()
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
        assert_eq!(kubernetes("500m"), Some(500_000_000));
        assert_eq!(kubernetes("0.5"), kubernetes("500m"));
        assert_eq!(kubernetes("1.5Ki"), kubernetes("1536"));
        assert_eq!(kubernetes("2E"), kubernetes("2000P"));
        assert_eq!(kubernetes("2e3"), kubernetes("2k"));
        assert_eq!(kubernetes("1E-3"), kubernetes("1m"));
        assert_ne!(kubernetes("512Mi"), kubernetes("512M"));
        for wrong in ["+", "1Mib", "1e2147483648", "1..5", "1é"] {
            assert_eq!(kubernetes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes_and_durations() {
        assert_eq!(jvm("512k"), Some(512 << 10));
        assert_eq!(jvm("0xg"), None);
        assert_eq!(hexadecimal("0x20000000"), Some(512 << 20));
        assert_eq!(hexadecimal("+1"), None);
        assert_eq!(duration("1m30s"), Some(90_000));
        assert_eq!(duration("250ms"), Some(250));
        assert_eq!(duration("5"), None);
    }
}
