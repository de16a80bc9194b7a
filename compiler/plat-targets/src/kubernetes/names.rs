//! Names as the API server takes them. In: words of the program. Out: newtypes that only a valid name can become, or
//! the reason why not. So no name of another world can be printed where Kubernetes wants one of its own.

use std::borrow::Cow;
use std::fmt;

/// The name of an object, and a value of the labels that repeat it: a DNS label.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct K8sName<'a>(Cow<'a, str>);

/// Why a name cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum NameError {
    /// It has other characters than lower-case letters, digits and inner hyphens.
    Characters,
    /// It begins with a digit, but names a Service.
    FirstLetter,
    /// It is longer than this.
    TooLong(usize),
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameError::Characters => {
                f.write_str("a name in Kubernetes has only lower-case letters, digits and inner hyphens")
            }
            NameError::FirstLetter => f.write_str("the name of a Service begins with a letter"),
            NameError::TooLong(limit) => write!(f, "it may have at most {limit} characters here"),
        }
    }
}

/// The names of pods are made from those of workloads, which leaves these so many characters.
pub(super) const WORKLOAD_LENGTH: usize = 52;

/// The length of a DNS label.
pub(super) const LABEL_LENGTH: usize = 63;

impl<'a> K8sName<'a> {
    /// A DNS label of at most `limit` characters.
    pub(super) fn label(text: impl Into<Cow<'a, str>>, limit: usize) -> Result<K8sName<'a>, NameError> {
        let text = text.into();
        if !is_dns_label(text.as_bytes()) {
            return Err(NameError::Characters);
        }
        if text.len() > limit {
            return Err(NameError::TooLong(limit));
        }
        Ok(K8sName(text))
    }

    /// A name that a Service may have, too: it begins with a letter.
    pub(super) fn service(text: impl Into<Cow<'a, str>>, limit: usize) -> Result<K8sName<'a>, NameError> {
        let name = K8sName::label(text, limit)?;
        if name.0.as_bytes().first().is_some_and(u8::is_ascii_digit) {
            return Err(NameError::FirstLetter);
        }
        Ok(name)
    }

    /// A DNS subdomain (labels joined by dots), as the names of ConfigMaps, Secrets and claims are.
    pub(super) fn subdomain(text: impl Into<Cow<'a, str>>) -> Result<K8sName<'a>, NameError> {
        let text = text.into();
        if !text.split('.').all(|part| is_dns_label(part.as_bytes())) {
            return Err(NameError::Characters);
        }
        if text.len() > 253 {
            return Err(NameError::TooLong(253));
        }
        Ok(K8sName(text))
    }

    /// The name, if it has at most `limit` characters.
    pub(super) fn within(self, limit: usize) -> Result<K8sName<'a>, NameError> {
        if self.0.len() > limit { Err(NameError::TooLong(limit)) } else { Ok(self) }
    }

    /// The text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_dns_label(bytes: &[u8]) -> bool {
    let inner = bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-');
    inner && !bytes.is_empty() && bytes.first() != Some(&b'-') && bytes.last() != Some(&b'-')
}

/// The nearest name that Kubernetes takes, for a help; `None` if nothing is left of it.
pub(super) fn nearest(text: &str, limit: usize) -> Option<String> {
    let mut mapped = String::with_capacity(text.len() + 4);
    let mut after_small = false;
    for c in text.chars() {
        if c.is_ascii_uppercase() && after_small {
            mapped.push('-');
        }
        mapped.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
        after_small = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    let cut: String = mapped.trim_matches('-').chars().take(limit).collect();
    let name = cut.trim_end_matches('-');
    (!name.is_empty()).then(|| name.to_owned())
}

/// Whether a text can be the value of a label.
pub(super) fn is_label_value(text: &str) -> bool {
    let bytes = text.as_bytes();
    let edge = |b: Option<&u8>| b.is_none_or(u8::is_ascii_alphanumeric);
    let inner = bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    bytes.len() <= LABEL_LENGTH && inner && edge(bytes.first()) && edge(bytes.last())
}

/// Whether a text can be the key of a label or an annotation: a name, perhaps after a subdomain and a slash.
pub(super) fn is_qualified_name(text: &str) -> bool {
    let (prefix, name) = match text.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text),
    };
    !name.is_empty() && is_label_value(name) && prefix.is_none_or(|p| K8sName::subdomain(p).is_ok())
}

/// Whether a text can be the name of a port: at most 15 characters, with a letter, without doubled hyphens.
pub(super) fn is_port_name(text: &str) -> bool {
    is_dns_label(text.as_bytes())
        && text.len() <= 15
        && text.bytes().any(|b| b.is_ascii_lowercase())
        && !text.contains("--")
}

/// Whether a text can be the key of a ConfigMap or a Secret.
pub(super) fn is_data_key(text: &str) -> bool {
    let inner = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    inner && !text.is_empty() && text.len() <= 253 && text != "." && text != ".."
}

/// Whether a text can be the name of a variable in every version of Kubernetes.
pub(super) fn is_variable(text: &str) -> bool {
    let inner = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    inner
        && text.bytes().next().is_some_and(|b| !b.is_ascii_digit())
        && text != "."
        && !text.starts_with("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_the_api_server() {
        assert!(K8sName::label("candle-ingestor", 52).is_ok());
        for bad in ["", "-a", "a-", "A", "a_b", "a.b", "é"] {
            assert_eq!(K8sName::label(bad, 63), Err(NameError::Characters), "{bad}");
        }
        assert_eq!(K8sName::label("a".repeat(53), 52), Err(NameError::TooLong(52)));
        assert_eq!(K8sName::service("1a", 63), Err(NameError::FirstLetter));
        assert!(K8sName::subdomain("a.b-c.d").is_ok());
        assert!(K8sName::subdomain("a..b").is_err());
        assert_eq!(nearest("My_Service-", 63).as_deref(), Some("my-service"));
        assert_eq!(nearest("MyApp", 63).as_deref(), Some("my-app"));
        assert_eq!(nearest("___", 63), None);
    }

    #[test]
    fn values_keys_and_ports() {
        assert!(is_label_value("") && is_label_value("2.4.1") && is_label_value("7-alpine"));
        assert!(!is_label_value("1.0+a") && !is_label_value("-a") && !is_label_value(&"a".repeat(64)));
        assert!(is_qualified_name("example.com/team") && is_qualified_name("team"));
        assert!(!is_qualified_name("a/b/c") && !is_qualified_name("/a") && !is_qualified_name(""));
        assert!(is_port_name("http") && !is_port_name("8080") && !is_port_name("a-very-long-port-name"));
        assert!(is_data_key("redis-url") && !is_data_key("a b") && !is_data_key(".."));
        assert!(is_variable("A_B") && is_variable("a.b") && !is_variable("1A") && !is_variable("A B"));
    }
}
