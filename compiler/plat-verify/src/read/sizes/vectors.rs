//! What the real parsers make of some hundred spellings (`tests/data/size-vectors.json` names them and their versions),
//! against what the readers make of them.

use super::quantity::Amount;
use super::{go, jvm};
use serde_json::Value;

const VECTORS: &str = include_str!("../../../tests/data/size-vectors.json");

/// The vectors of one grammar: the text, and the whole vector.
fn of(grammar: &str) -> Vec<(String, Value)> {
    let all: Value = serde_json::from_str(VECTORS).unwrap();
    let list = all[grammar].as_array().unwrap().clone();
    list.into_iter().map(|v| (v["in"].as_str().unwrap().to_owned(), v)).collect()
}

fn is_refused(vector: &Value) -> bool {
    vector.get("error").is_some_and(|e| e.as_bool() == Some(true))
}

/// Compares a reader of bytes with all vectors of its grammar; gives their number.
fn bytes(grammar: &str, read: impl Fn(&str) -> Option<i128>) -> usize {
    let vectors = of(grammar);
    for (text, vector) in &vectors {
        let expected = vector.get("bytes").and_then(Value::as_i64).map(i128::from);
        assert_eq!(is_refused(vector), expected.is_none(), "{grammar}: {text:?} is not told of");
        assert_eq!(read(text), expected, "{grammar}: {text:?}");
    }
    vectors.len()
}

#[test]
fn every_spelling_is_read_as_the_real_parser_reads_it() {
    let quantities = of("kubernetes_quantity");
    for (text, vector) in &quantities {
        let amount = Amount::parse(text);
        assert_eq!(amount.is_none(), is_refused(vector), "{text:?}");
        let Some(amount) = amount else { continue };
        assert_eq!(amount.canonical(), vector["canonical"].as_str().unwrap(), "{text:?}");
        assert_eq!(amount.format(), vector["format"].as_str().unwrap(), "{text:?}");
        if let Some(units) = vector.get("value_ceil").and_then(Value::as_i64) {
            assert_eq!(amount.units(), i128::from(units), "{text:?}");
        }
        if let Some(thousandths) = vector.get("milli_ceil").and_then(Value::as_i64) {
            assert_eq!(amount.thousandths(), i128::from(thousandths), "{text:?}");
        }
    }
    let others = bytes("docker_bytes", docker) + bytes("jvm_size", jvm) + bytes("go_memlimit", go);
    assert_eq!(quantities.len() + others, 178);
}

/// A size of Docker and Compose in bytes, truncated: `1.5g`, `512 MiB`, `1024`. No artefact has one yet.
fn docker(text: &str) -> Option<i128> {
    let end = text.rfind(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '))? + 1;
    let (number, unit) = text.split_at(end);
    let number = number.strip_suffix(' ').unwrap_or(number);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let unit = unit.to_ascii_lowercase();
    let shift = match unit.as_bytes().first() {
        None | Some(b'b') => 0,
        Some(letter) => 10 * (1 + "kmgtp".find(char::from(*letter))?),
    };
    let rest = unit.get(1..).unwrap_or("");
    if !matches!(rest, "" | "b" | "ib") || (shift == 0 && !rest.is_empty()) {
        return None;
    }
    let places = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    Some((digits.parse::<i128>().ok()? << shift) / places)
}
