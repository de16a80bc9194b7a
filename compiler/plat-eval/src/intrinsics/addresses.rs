//! Addresses in texts. In: variables. Out: the hosts, ports and users that it names.

use super::Call;
use crate::evaluator::Evaluator;
use crate::value::{Secret, SecretPart, Value};
use plat_base::Name;
use plat_sema::hir::{Ty, TyId};

/// What stands for a secret in a text.
const HIDDEN: &str = "***";

/// An address, with what the text says about it.
#[derive(Debug, PartialEq)]
struct Endpoint<'a> {
    scheme: Option<&'a str>,
    user: Option<&'a str>,
    password: Option<&'a str>,
    host: &'a str,
    port: Option<u16>,
}

/// `endpoints(texts)`: the addresses in the texts of a map or config, in their order. Secrets in them are `***`.
pub(super) fn endpoints(this: &mut Evaluator<'_>, call: &Call<'_>) -> Value {
    let Value::Object(texts) = call.arg(0) else { return Value::Poison };
    let Ty::List(element) = *this.bare(call.ty) else { return Value::Poison };
    let mut values = Vec::new();
    for (key, value) in this.entries_of(texts.id) {
        let hidden;
        let text = match &value {
            Value::Str(text) => &*text.text,
            Value::Secret(secret) => {
                hidden = shown(secret);
                hidden.as_str()
            }
            _ => continue,
        };
        // Most variables name no host.
        let found = match text.contains(':') {
            true => found_in(text),
            false if names_host(key.as_str()) => bare_host(text),
            false => continue,
        };
        for endpoint in found {
            values.push(record(this, call, element, key, &endpoint));
        }
    }
    this.list(values, call.span)
}

fn record(this: &mut Evaluator<'_>, call: &Call<'_>, ty: TyId, key: Name, endpoint: &Endpoint<'_>) -> Value {
    let texts = [
        ("key", Some(key.as_str())),
        ("scheme", endpoint.scheme),
        ("user", endpoint.user),
        ("password", endpoint.password),
        ("host", Some(endpoint.host)),
    ];
    let mut entries = Vec::with_capacity(6);
    for (name, text) in texts {
        if let Some(text) = text {
            entries.push((Name::new(name), this.string(text, call.span), None));
        }
    }
    if let Some(port) = endpoint.port {
        entries.push((Name::new("port"), Value::Int(i64::from(port)), None));
    }
    this.plain(ty, entries)
}

fn shown(secret: &Secret) -> String {
    let part = |part: &SecretPart| match part {
        SecretPart::Text(text) => text.to_string(),
        SecretPart::Entry(_) | SecretPart::Source => HIDDEN.to_owned(),
    };
    secret.parts.iter().map(part).collect()
}

/// Whether a variable or entry is a host by its name, so that a single word in it is one.
fn names_host(key: &str) -> bool {
    let key = key.to_ascii_uppercase().replace('-', "_");
    key.ends_with("_HOST") || key.ends_with("_HOSTNAME") || key == "PGHOST"
}

fn bare_host(text: &str) -> Vec<Endpoint<'_>> {
    let mut found = Vec::new();
    in_authority(None, text, &mut found);
    found.retain(|e| e.host == text);
    found
}

fn found_in(text: &str) -> Vec<Endpoint<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let scheme = before.rsplit(|c| !is_scheme(c)).next().unwrap_or("");
        let ends =
            |c: char| matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>' | '(' | ')') || c.is_whitespace();
        let authority = after.split(ends).next().unwrap_or("");
        if scheme.starts_with(|c: char| c.is_ascii_alphabetic()) {
            in_authority(Some(scheme), authority, &mut found);
        }
        rest = after;
    }
    if !text.contains("://") && !text.contains(char::is_whitespace) {
        in_authority(None, text, &mut found);
        // Without a scheme it is a list of addresses, or something else altogether.
        if found.len() != text.split(',').count() || found.iter().any(|e| e.port.is_none()) {
            found.clear();
        }
    }
    found
}

/// The hosts of `user:password@host:port,host:port`.
fn in_authority<'a>(scheme: Option<&'a str>, authority: &'a str, found: &mut Vec<Endpoint<'a>>) {
    let (login, hosts) = match authority.rsplit_once('@') {
        Some((login, hosts)) => (Some(login), hosts),
        None => (None, authority),
    };
    let (user, password) = match login.and_then(|login| login.split_once(':')) {
        Some((user, password)) => (Some(user), Some(password)),
        None => (login, None),
    };
    for piece in hosts.split(',') {
        let (host, port) = match piece.split_once(':') {
            Some((host, digits)) => (host, Some(digits)),
            None => (piece, None),
        };
        let number = port.and_then(|digits| digits.parse::<u16>().ok()).filter(|n| *n > 0);
        let is_host = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
        let is_name = host.bytes().any(|b| b.is_ascii_alphabetic());
        if is_host && is_name && port.is_some() == number.is_some() {
            found.push(Endpoint { scheme, user, password, host, port: number });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(text: &str) -> Vec<(&str, Option<u16>)> {
        found_in(text).iter().map(|e| (e.host, e.port)).collect()
    }

    #[test]
    fn addresses_are_found_in_urls_and_lists() {
        assert_eq!(hosts("redis://redis:6379/0"), [("redis", Some(6379))]);
        assert_eq!(hosts("jdbc:postgresql://db/shop?ssl=true"), [("db", None)]);
        assert_eq!(hosts("mongodb://a:27017,b:27018/x"), [("a", Some(27017)), ("b", Some(27018))]);
        assert_eq!(hosts("http://a:1,http://b:2"), [("a", Some(1)), ("b", Some(2))]);
        assert_eq!(hosts("kafka-0:9092,kafka-1:9092"), [("kafka-0", Some(9092)), ("kafka-1", Some(9092))]);
        assert_eq!(hosts("see http://x:80/ and (https://y)"), [("x", Some(80)), ("y", None)]);
    }

    #[test]
    fn a_variable_that_is_a_host_by_its_name_holds_one() {
        assert!(names_host("DB_HOST") && names_host("db-host") && names_host("PGHOST"));
        assert!(!names_host("HOST") && !names_host("HOSTNAME") && !names_host("VHOST"));
        let hosts = |text| bare_host(text).iter().map(|e| e.host.to_owned()).collect::<Vec<_>>();
        assert_eq!(hosts("db"), ["db"]);
        for text in ["0.0.0.0", "", "a b", "a,b", "app@db", "$DB"] {
            assert!(hosts(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_left_alone() {
        for text in [
            "10:30",
            "a:b",
            "redis",
            "http://127.0.0.1:80",
            "http://$HOST:80",
            "file:///etc/x",
            "://x",
            "a: 80",
        ] {
            assert_eq!(hosts(text), [], "{text}");
        }
        for text in ["http://[::1]:80/", "http://***:80/", "warn,db:80", "http://x:99999"] {
            assert_eq!(hosts(text), [], "{text}");
        }
    }

    #[test]
    fn users_and_passwords_are_told_apart() {
        let found = found_in("postgres://app:p@ss@db:5432/app");
        let expected = Endpoint {
            scheme: Some("postgres"),
            user: Some("app"),
            password: Some("p@ss"),
            host: "db",
            port: Some(5432),
        };
        assert_eq!(found, [expected]);
        assert_eq!(
            found_in("postgres://app@db").first().map(|e| (e.user, e.password)),
            Some((Some("app"), None))
        );
    }
}
