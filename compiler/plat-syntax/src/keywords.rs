//! The one table of the language's words. Editors, completion and the grammar are tested against it.

/// Words that are no bare names. As keys (before `=`, `+=`, `{` and after `.`) they are as good as any other.
pub const RESERVED: &[&str] = &[
    "and", "div", "else", "false", "for", "if", "in", "let", "match", "matches", "mod", "not", "null", "of",
    "or", "then", "true", "unset", "when", "where",
];

/// Words that begin a declaration, besides the names of kinds.
pub const DECLARATIONS: &[&str] =
    &["abstract", "check", "emit", "enum", "fn", "for", "kind", "let", "project", "test", "type", "use"];

/// Operators that are words.
pub const OPERATORS: &[&str] = &["and", "div", "in", "matches", "mod", "not", "of", "or"];

/// Words that mean something only where they are expected, and are names everywhere else.
pub const CONTEXTUAL: &[&str] = &[
    "as", "assert", "at", "crd", "error", "expect", "extends", "final", "help", "it", "label", "message",
    "require", "self",
];

/// Words that are values.
pub const LITERALS: &[&str] = &["false", "null", "true", "unset"];

/// Whether `word` is no bare name.
pub fn is_reserved(word: &str) -> bool {
    // The longest is `matches`; most names are told apart by their length alone.
    (2..=7).contains(&word.len()) && RESERVED.binary_search(&word).is_ok()
}

/// Whether `word` is a word of the language: letters, digits and `_`, with single hyphens inside.
pub fn is_word(word: &str) -> bool {
    let mut pieces = word.split('-');
    let first = pieces.next().unwrap_or("");
    let plain =
        |piece: &str| !piece.is_empty() && piece.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    first.bytes().next().is_some_and(|b| !b.is_ascii_digit()) && plain(first) && pieces.all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_for_the_search() {
        for table in [RESERVED, DECLARATIONS, OPERATORS, CONTEXTUAL, LITERALS] {
            assert!(table.is_sorted(), "{table:?}");
        }
        assert!(LITERALS.iter().all(|w| is_reserved(w)));
        assert!(!is_reserved("self") && !is_reserved("service") && is_reserved("or"));
    }

    #[test]
    fn words_have_single_inner_hyphens() {
        for word in ["a", "_a", "x86-64-v3", "a_b-c"] {
            assert!(is_word(word), "{word}");
        }
        for text in ["", "-a", "a-", "a--b", "1a", "a.b", "é"] {
            assert!(!is_word(text), "{text}");
        }
    }
}
