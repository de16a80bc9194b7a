//! The kinds of tokens: one ASCII character each, so that the grammar can be written over them. The end of
//! `grammar.pest` has the same table.

/// A token's kind.
pub(crate) type Kind = u8;

pub(crate) const NUMBER: Kind = b'0';
/// A string without interpolation, of any form.
pub(crate) const STRING: Kind = b'1';
/// From the opening quote to the first `\(`.
pub(crate) const STRING_HEAD: Kind = b'2';
/// From the `)` of an interpolation to the next `\(`.
pub(crate) const STRING_MIDDLE: Kind = b'3';
/// From the last `)` to the closing quote.
pub(crate) const STRING_TAIL: Kind = b'4';
pub(crate) const HOLE_ITEM: Kind = b'5';
pub(crate) const HOLE_ENTRY: Kind = b'6';
pub(crate) const HOLE_EXPR: Kind = b'7';
pub(crate) const HOLE_TYPE: Kind = b'8';
/// A character that no token begins with.
pub(crate) const JUNK: Kind = b'9';
/// A word without a meaning of its own.
pub(crate) const WORD: Kind = b'w';
pub(crate) const ARROW: Kind = b'_';
pub(crate) const APPEND: Kind = b'$';
pub(crate) const QUESTION_DOT: Kind = b'`';
pub(crate) const DOTS: Kind = b'~';
pub(crate) const FAT_ARROW: Kind = b'\'';

pub(crate) const EQ: Kind = 0x0e;
pub(crate) const NE: Kind = 0x0f;
pub(crate) const LT: Kind = 0x10;
pub(crate) const LE: Kind = 0x11;
pub(crate) const GT: Kind = 0x12;
pub(crate) const GE: Kind = 0x13;
pub(crate) const COALESCE: Kind = 0x14;
pub(crate) const ADD: Kind = 0x15;
pub(crate) const MULTIPLY: Kind = 0x16;
pub(crate) const DIVIDE: Kind = 0x17;
pub(crate) const AND_AND: Kind = 0x18;
pub(crate) const OR_OR: Kind = 0x19;
pub(crate) const AND: Kind = 0x1a;
pub(crate) const OR: Kind = 0x1b;
pub(crate) const MATCHES: Kind = 0x1c;
pub(crate) const OF: Kind = 0x1d;
pub(crate) const DIV: Kind = 0x1e;
pub(crate) const MOD: Kind = 0x1f;
pub(crate) const IN: Kind = b'N';
pub(crate) const NOT: Kind = b'P';
pub(crate) const WHEN: Kind = b'W';

/// Whether a token is a word, reserved or not.
pub(crate) fn is_word(kind: Kind) -> bool {
    kind.is_ascii_alphabetic() || (AND..=MOD).contains(&kind)
}

/// The kind of a word.
pub(crate) fn of_word(word: &str) -> Kind {
    match word.len() {
        2 => match word {
            "if" => b'I',
            "in" => IN,
            "of" => OF,
            "or" => OR,
            "as" => b'b',
            "at" => b'g',
            "fn" => b'f',
            _ => WORD,
        },
        3 => match word {
            "and" => AND,
            "div" => DIV,
            "for" => b'B',
            "let" => b'L',
            "mod" => MOD,
            "not" => NOT,
            "crd" => b'h',
            "use" => b'u',
            _ => WORD,
        },
        4 => match word {
            "else" => b'E',
            "null" => b'J',
            "then" => b'H',
            "true" => b'T',
            "when" => WHEN,
            "emit" => b'm',
            "enum" => b'e',
            "help" => b'n',
            "kind" => b'k',
            "test" => b's',
            "type" => b't',
            _ => WORD,
        },
        5 => match word {
            "false" => b'F',
            "match" => b'M',
            "unset" => b'U',
            "where" => b'V',
            "check" => b'c',
            "error" => b'i',
            "final" => b'l',
            "label" => b'o',
            _ => WORD,
        },
        6 => match word {
            "assert" => b'd',
            "expect" => b'j',
            _ => WORD,
        },
        7 => match word {
            "matches" => MATCHES,
            "extends" => b'x',
            "message" => b'q',
            "project" => b'p',
            "require" => b'r',
            _ => WORD,
        },
        8 if word == "abstract" => b'a',
        _ => WORD,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keywords;

    /// `kw_if = _{ "I" }` of the grammar, as (`if`, `I`).
    fn table_of_the_grammar() -> Vec<(String, u8)> {
        let grammar = include_str!("../grammar.pest");
        let entry = |line: &str| {
            let (word, rest) = line.strip_prefix("kw_")?.split_once(" = _{ \"")?;
            Some((word.to_owned(), rest.bytes().next()?))
        };
        grammar.lines().filter_map(entry).collect()
    }

    #[test]
    fn the_grammar_and_the_lexer_have_one_table() {
        let table = table_of_the_grammar();
        assert!(table.len() > 30);
        for (word, kind) in &table {
            assert_eq!(of_word(word), *kind, "{word}");
        }
        let mut kinds: Vec<u8> = table.iter().map(|(_, k)| *k).collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), table.len(), "a letter is used twice");
    }

    #[test]
    fn every_keyword_has_a_kind_and_only_reserved_words_have_upper_case_or_operator_kinds() {
        for word in keywords::RESERVED {
            let kind = of_word(word);
            assert!(kind.is_ascii_uppercase() || (AND..=MOD).contains(&kind), "{word}");
        }
        for word in keywords::DECLARATIONS.iter().chain(keywords::CONTEXTUAL) {
            let kind = of_word(word);
            let plain = matches!(*word, "it" | "self");
            assert!(
                keywords::is_reserved(word) || kind.is_ascii_lowercase() && (kind != WORD || plain),
                "{word}"
            );
        }
        assert_eq!(of_word("service"), WORD);
    }
}
