//! Numbers and their units.

use plat_base::{Diagnostic, Dimension, Span, Unit, closest};
use plat_syntax::ast::Ident;

/// What an unknown suffix probably means: spellings that are units, surest first.
fn readings(suffix: &str) -> (Vec<&'static str>, bool) {
    let bytes =
        |binary, decimal, certain| (if certain { vec![binary] } else { vec![binary, decimal] }, certain);
    match suffix {
        "K" | "kb" | "KB" | "kB" | "Kb" => bytes("Ki", "k", false),
        "g" | "gb" | "GB" | "Gb" | "gB" => bytes("Gi", "G", false),
        "mb" | "MB" | "Mb" | "mB" => bytes("Mi", "M", false),
        "t" | "tb" | "TB" | "Tb" => bytes("Ti", "T", false),
        "p" | "pb" | "PB" | "Pb" => bytes("Pi", "P", false),
        "e" | "eb" | "EB" | "Eb" => bytes("Ei", "E", false),
        "KiB" | "kib" | "Kib" | "ki" | "kiB" => bytes("Ki", "k", true),
        "MiB" | "mib" | "Mib" | "mi" | "miB" => bytes("Mi", "M", true),
        "GiB" | "gib" | "Gib" | "gi" | "giB" => bytes("Gi", "G", true),
        "TiB" | "tib" | "Tib" | "ti" | "tiB" => bytes("Ti", "T", true),
        "PiB" | "pib" | "Pib" | "pi" => bytes("Pi", "P", true),
        "EiB" | "eib" | "Eib" | "ei" => bytes("Ei", "E", true),
        // A `b` may be a bit.
        "b" => (vec!["B"], false),
        "byte" | "bytes" => (vec!["B"], true),
        "S" | "sec" | "secs" | "second" | "seconds" => (vec!["s"], true),
        "mins" | "minute" | "minutes" | "Min" => (vec!["min"], true),
        "hr" | "hrs" | "hour" | "hours" | "H" => (vec!["h"], true),
        "day" | "days" | "D" => (vec!["d"], true),
        "msec" | "msecs" | "millis" | "millisecond" | "milliseconds" => (vec!["ms"], true),
        "millicore" | "millicores" | "mcpu" => (vec!["m"], true),
        "pct" | "percent" => (vec!["%"], true),
        "c" => (vec![""], false),
        "core" | "cores" | "cpu" | "cpus" | "vcpu" | "vcpus" => (vec![""], true),
        _ => (Vec::new(), false),
    }
}

fn meaning(suffix: &str) -> &'static str {
    match suffix {
        "Ki" => "1024 bytes",
        "Mi" => "1024² bytes",
        "Gi" => "1024³ bytes",
        "Ti" => "1024⁴ bytes",
        "Pi" => "1024⁵ bytes",
        "Ei" => "1024⁶ bytes",
        "k" => "1000 bytes",
        "M" => "1000² bytes",
        "G" => "1000³ bytes",
        "T" => "1000⁴ bytes",
        "P" => "1000⁵ bytes",
        "E" => "1000⁶ bytes",
        "B" => "bytes",
        "s" => "seconds",
        "min" => "minutes",
        "h" => "hours",
        "d" => "days",
        "ms" => "milliseconds",
        "m" => "thousandths of a core",
        "%" => "percent",
        _ => "whole cores",
    }
}

pub(crate) fn unknown_unit(digits: &str, suffix: Ident, span: Span) -> Diagnostic {
    let written = suffix.name.as_str();
    let diagnostic = Diagnostic::error("unknown-unit", format!("there is no unit `{written}`"), span)
        .primary(format!("`{digits}{written}` is no quantity"));
    let (spellings, certain) = readings(written);
    let help = match spellings.as_slice() {
        [one] => format!("write `{digits}{one}` ({})", meaning(one)),
        [one, two] if matches!(written, "g" | "t") => format!(
            "write `{digits}{one}` ({digits} × {}), as the JVM and Docker mean it, or `{digits}{two}` ({digits} × {})",
            meaning(one),
            meaning(two)
        ),
        [one, two] => format!(
            "write `{digits}{one}` ({digits} × {}) or `{digits}{two}` ({digits} × {})",
            meaning(one),
            meaning(two)
        ),
        _ => unlisted(digits, written),
    };
    let mut diagnostic = diagnostic.help(help);
    for spelling in &spellings {
        let text = format!("{digits}{spelling}");
        diagnostic = diagnostic.fix(format!("replace `{digits}{written}` by `{text}`"), span, text, certain);
    }
    diagnostic
}

fn unlisted(digits: &str, written: &str) -> String {
    if matches!(written, "us" | "µs" | "ns" | "usec" | "nsec") {
        return "the smallest duration is a millisecond: `1ms`".to_owned();
    }
    if matches!(written, "w" | "wk" | "week" | "weeks") {
        return "write weeks in days: `7d`".to_owned();
    }
    let near = closest(written, Unit::all().iter().map(|u| u.suffix));
    let units =
        "bytes `B k M G T P E`, `Ki Mi Gi Ti Pi Ei`; cores `m`; durations `ms s min h d`; percent `%`";
    match near {
        Some(near) => format!("did you mean `{digits}{near}` ({})?", meaning(near)),
        None => format!("the units are {units}"),
    }
}

pub(crate) fn number_out_of_range(span: Span) -> Diagnostic {
    Diagnostic::error("out-of-range", "this number does not fit into 64 bits", span)
        .primary("too large")
        .help("whole numbers go from -9223372036854775808 to 9223372036854775807")
}

fn unit(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Bytes => "1Mi",
        Dimension::Cores => "1m",
        Dimension::Duration => "1s",
        Dimension::Percent => "1%",
    }
}

/// Two quantities of different types. `written_m` is whether one of them was written with the suffix `m`.
pub(crate) fn unit_mismatch(
    verb: &str,
    a: (Span, Dimension),
    b: (Span, Dimension),
    written_m: bool,
) -> Diagnostic {
    let (x, y) = (a.1.type_name(), b.1.type_name());
    let message = format!("cannot {verb} `{x}` and `{y}`");
    let diagnostic = Diagnostic::error("unit-mismatch", message, b.0)
        .primary(format!("this is `{y}`"))
        .label(a.0, format!("this is `{x}`"));
    let dimensions = [a.1, b.1];
    let help = if dimensions.contains(&Dimension::Percent) {
        "a share of a quantity is `75% of x`".to_owned()
    } else if written_m && dimensions.contains(&Dimension::Duration) {
        "`m` is a thousandth of a core; minutes are `min`".to_owned()
    } else if written_m && dimensions.contains(&Dimension::Bytes) {
        "`m` is a thousandth of a core; mebibytes are `Mi`".to_owned()
    } else {
        format!("they measure different things; to get a plain number, divide by a unit: `x / {}`", unit(a.1))
    };
    diagnostic.help(help)
}

/// What an operator does, as a verb.
pub(crate) fn verb_of(op: crate::hir::BinaryOp) -> &'static str {
    use crate::hir::BinaryOp as Op;
    match op {
        Op::Add => "add",
        Op::Sub => "subtract",
        Op::Mul => "multiply",
        Op::Div | Op::IntDiv | Op::Mod => "divide",
        _ => "compare",
    }
}
