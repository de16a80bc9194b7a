//! Environment variables. Text is escaped, so that it arrives as it was written; text with secrets in it refers to
//! helper variables, which stand before it, because Kubernetes expands `$(NAME)` only for variables defined earlier.

use super::tree::{Variable, VariableValue};
use plat_model::{EnvValue, EnvVar, Origin, SecretText, TextPart};
use std::borrow::Cow;

/// The variables of a container, with the helpers that they need.
pub(super) fn lower(env: &[EnvVar]) -> Vec<Variable<'_>> {
    let mut variables: Vec<Variable<'_>> = Vec::with_capacity(env.len());
    for variable in env {
        let origin = variable.value.origin;
        let value = match &variable.value.value {
            EnvValue::Text(text) => VariableValue::Text(escape(text, false)),
            EnvValue::Config { config, key, .. } => VariableValue::Config { name: config, key },
            EnvValue::Credential { credentials, key } => VariableValue::Secret { name: credentials, key },
            EnvValue::Composed(text) => VariableValue::Text(compose(text, env, &mut variables, origin)),
        };
        variables.push(Variable { name: Cow::Borrowed(&variable.name), value, origin });
    }
    variables
}

/// Text that refers to its secrets by variables, which are defined if they are not yet.
fn compose<'a>(
    text: &'a SecretText,
    env: &'a [EnvVar],
    variables: &mut Vec<Variable<'a>>,
    origin: Origin,
) -> Cow<'a, str> {
    let mut composed = String::new();
    for (i, part) in text.parts.iter().enumerate() {
        match part {
            TextPart::Text(text_part) => {
                let before_reference = matches!(text.parts.get(i + 1), Some(TextPart::Credential { .. }));
                composed.push_str(&escape(text_part, before_reference));
            }
            TextPart::Credential { credentials, key } => {
                let name = helper(credentials, key, env, variables, origin);
                composed.push_str("$(");
                composed.push_str(&name);
                composed.push(')');
            }
        }
    }
    Cow::Owned(composed)
}

/// The name of a variable that is this secret: an earlier one, or a new one.
fn helper<'a>(
    credentials: &'a str,
    key: &'a str,
    env: &'a [EnvVar],
    variables: &mut Vec<Variable<'a>>,
    origin: Origin,
) -> Cow<'a, str> {
    let earlier = variables.iter().find(
        |v| matches!(v.value, VariableValue::Secret { name, key: k } if name == credentials && k == key),
    );
    if let Some(variable) = earlier {
        return variable.name.clone();
    }
    let wanted = variable_name(&format!("{credentials}_{key}"));
    let mut name = wanted.clone();
    let mut number = 1;
    while env.iter().any(|v| v.name == name) || variables.iter().any(|v| v.name == name) {
        number += 1;
        name = format!("{wanted}_{number}");
    }
    let value = VariableValue::Secret { name: credentials, key };
    variables.push(Variable { name: Cow::Owned(name.clone()), value, origin });
    Cow::Owned(name)
}

/// `api-secrets_database-url` as `API_SECRETS_DATABASE_URL`.
fn variable_name(text: &str) -> String {
    let upper = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let name: String = text.chars().map(upper).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// Text of a variable, a command or an argument such that Kubernetes gives it to the process unchanged: it reads
/// `$$` as `$` and `$(NAME)` as a variable. A final `$` counts as doubled if a reference follows.
pub(super) fn escape(text: &str, before_reference: bool) -> Cow<'_, str> {
    let last = text.len().saturating_sub(1);
    let needs = |i: usize| match text.as_bytes().get(i + 1) {
        Some(next) => matches!(next, b'$' | b'('),
        None => before_reference,
    };
    if !text.bytes().enumerate().any(|(i, b)| b == b'$' && needs(i)) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(last + 8);
    for (i, c) in text.char_indices() {
        escaped.push(c);
        if c == '$' && needs(i) {
            escaped.push('$');
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plat_model::Sourced;

    /// How Kubernetes expands a value (`third_party/forked/golang/expansion`), with unknown variables left alone.
    fn expand(text: &str, lookup: impl Fn(&str) -> Option<String>) -> String {
        let (mut out, mut rest) = (String::new(), text);
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            if let Some(tail) = after.strip_prefix('$') {
                out.push('$');
                rest = tail;
            } else if let Some((name, tail)) = after.strip_prefix('(').and_then(|a| a.split_once(')')) {
                out.push_str(&lookup(name).unwrap_or(format!("$({name})")));
                rest = tail;
            } else {
                out.push('$');
                rest = after;
            }
        }
        out.push_str(rest);
        out
    }

    #[test]
    fn text_arrives_as_it_was_written() {
        for text in
            ["", "$", "$$", "$$$", "$(HOME)", "$$(HOME)", "a$b", "${X}", "$(", "x$($", "é$$(é)", "$ $", "a$"]
        {
            let value = escape(text, false);
            assert_eq!(expand(&value, |_| Some("expanded".into())), text, "{value}");
            let before = format!("{}$(X)", escape(text, true));
            assert_eq!(expand(&before, |_| Some("!".into())), format!("{text}!"), "{before}");
        }
    }

    fn variable(name: &str, value: EnvValue) -> EnvVar {
        EnvVar { name: name.into(), value: Sourced::new(value, None) }
    }

    fn composed(parts: Vec<TextPart>) -> EnvValue {
        EnvValue::Composed(SecretText { parts })
    }

    fn password() -> TextPart {
        TextPart::Credential { credentials: "db".into(), key: "password".into() }
    }

    #[test]
    fn helpers_stand_before_their_use_and_are_shared() {
        let env = [
            variable(
                "A",
                composed(vec![
                    TextPart::Text("postgres://app:".into()),
                    password(),
                    TextPart::Text("@db".into()),
                ]),
            ),
            variable("B", composed(vec![password()])),
            variable("DB_PASSWORD", EnvValue::Text("mine".into())),
        ];
        let lowered = lower(&env);
        let names: Vec<&str> = lowered.iter().map(|v| v.name.as_ref()).collect();
        assert_eq!(names, ["DB_PASSWORD_2", "A", "B", "DB_PASSWORD"]);
        let text = |i: usize| match &lowered[i].value {
            VariableValue::Text(t) => t.to_string(),
            _ => String::new(),
        };
        assert_eq!(text(1), "postgres://app:$(DB_PASSWORD_2)@db");
        assert_eq!(text(2), "$(DB_PASSWORD_2)");
    }

    #[test]
    fn a_variable_that_is_the_secret_already_is_used() {
        let env = [
            variable("PASSWORD", EnvValue::Credential { credentials: "db".into(), key: "password".into() }),
            variable("URL", composed(vec![TextPart::Text("$".into()), password()])),
        ];
        let lowered = lower(&env);
        assert_eq!(lowered.len(), 2);
        assert!(matches!(&lowered[1].value, VariableValue::Text(t) if t == "$$$(PASSWORD)"));
    }
}
