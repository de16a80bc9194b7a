//! What tokens are called in messages. No name of a grammar rule ever reaches a user.

use crate::lex::token::{self, Kind};

/// What a kind of token is called where it is expected.
pub(super) fn describe(kind: Kind) -> &'static str {
    match kind {
        token::NUMBER => "a number",
        token::STRING | token::STRING_HEAD => "a string",
        token::STRING_MIDDLE | token::STRING_TAIL => "`)`",
        token::WORD => "a name",
        token::ARROW => "`->`",
        token::APPEND => "`+=`",
        token::QUESTION_DOT => "`?.`",
        token::DOTS => "`...`",
        token::FAT_ARROW => "`=>`",
        token::HOLE_ITEM => "a declaration",
        token::HOLE_ENTRY => "a field",
        token::HOLE_EXPR => "a value",
        token::HOLE_TYPE => "a type",
        b'(' => "`(`",
        b')' => "`)`",
        b'[' => "`[`",
        b']' => "`]`",
        b'{' => "`{`",
        b'}' => "`}`",
        b',' => "`,`",
        b':' => "`:`",
        b';' => "`;`",
        b'@' => "`@`",
        b'.' => "`.`",
        b'=' => "`=`",
        b'-' => "`-`",
        b'|' => "`|`",
        b'?' => "`?`",
        b'!' => "`!`",
        b'B' => "`for`",
        b'E' => "`else`",
        b'I' => "`if`",
        b'L' => "`let`",
        b'M' => "`match`",
        token::IN => "`in`",
        token::NOT => "`not`",
        b'H' => "`then`",
        b'V' => "`where`",
        token::WHEN => "`when`",
        b'F' => "`false`",
        b'J' => "`null`",
        b'T' => "`true`",
        b'U' => "`unset`",
        b'a' => "`abstract`",
        b'b' => "`as`",
        b'c' => "`check`",
        b'd' => "`assert`",
        b'e' => "`enum`",
        b'f' => "`fn`",
        b'g' => "`at`",
        b'h' => "`crd`",
        b'i' => "`error`",
        b'j' => "`expect`",
        b'k' => "`kind`",
        b'l' => "`final`",
        b'm' => "`emit`",
        b'n' => "`help`",
        b'o' => "`label`",
        b'p' => "`project`",
        b'q' => "`message`",
        b'r' => "`require`",
        b's' => "`test`",
        b't' => "`type`",
        b'u' => "`use`",
        b'x' => "`extends`",
        token::EQ..=token::MOD => "an operator",
        _ => "something else",
    }
}

/// What could stand at one place: a few words, "or" before the last.
pub(super) fn describe_all(expected: &[Kind]) -> String {
    let has = |kind: Kind| expected.contains(&kind);
    let mut names: Vec<&str> = Vec::new();
    // The holes are in the grammar wherever a declaration, field, value or type can be: they name the place.
    let holes = [token::HOLE_ITEM, token::HOLE_ENTRY, token::HOLE_EXPR, token::HOLE_TYPE];
    let value = has(token::HOLE_EXPR);
    let ty = has(token::HOLE_TYPE);
    names.extend(holes.into_iter().filter(|h| has(*h)).map(describe));
    if names.is_empty() && has(token::WORD) {
        names.push(if has(token::STRING) { "a name or a string" } else { "a name" });
    } else if names.is_empty() && has(token::STRING) {
        names.push("a string");
    }
    let after_value = has(token::ADD) && has(token::EQ);
    let symbols =
        [b'=', b'{', token::APPEND, b':', token::FAT_ARROW, token::ARROW, b'H', b'E', token::IN, b'B', b';'];
    let closing = [b',', b')', b']', b'}', token::STRING_TAIL];
    for kind in symbols.into_iter().chain(closing) {
        let begins = kind == b'{' && (after_value || value || ty) || kind == token::IN && after_value;
        let ends = value && matches!(kind, b')' | b']' | b'}' | b',' | b':' | token::STRING_TAIL);
        if has(kind) && !begins && !ends && !names.contains(&describe(kind)) {
            names.push(describe(kind));
        }
    }
    if names.is_empty() {
        let words = expected.iter().filter(|k| k.is_ascii_lowercase() && **k != token::WORD);
        names.extend(words.map(|k| describe(*k)));
    }
    if names.is_empty() && after_value {
        names.push("an operator or the end of the expression");
    }
    names.truncate(5);
    match names.as_slice() {
        [] => "the end of the declaration".to_owned(),
        [one] => (*one).to_owned(),
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keywords;

    #[test]
    fn every_token_of_the_language_has_a_description() {
        let symbols = b"0123456w_$`~'()[]{},:;@.=-|?!";
        for kind in symbols.iter().copied().chain(token::EQ..=token::MOD) {
            assert_ne!(describe(kind), "something else", "{}", kind as char);
        }
        for word in keywords::RESERVED.iter().chain(keywords::DECLARATIONS).chain(keywords::CONTEXTUAL) {
            let kind = token::of_word(word);
            let operator = (token::AND..=token::MOD).contains(&kind);
            if kind != token::WORD && !operator {
                assert_eq!(describe(kind), format!("`{word}`"));
            }
        }
    }
}
