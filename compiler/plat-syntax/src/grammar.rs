//! The parser that pest makes of `grammar.pest`, and what it says when tokens do not parse. In: the kinds of tokens.
//! Out: the rules that they match, or the first token that cannot be there and what could.

use crate::lex::token::{self, Kind};
use pest::Parser;
use pest::error::{Error, ErrorVariant};
use pest::iterators::Pairs;
use std::num::NonZeroUsize;
use std::sync::{Mutex, Once};

#[derive(pest_derive::Parser)]
#[grammar = "grammar.pest"]
struct Grammar;

/// How many steps the grammar may take for one declaration: far more than 10 MB of source need.
const MAX_CALLS: usize = 1_000_000_000;
static CALL_LIMIT: Once = Once::new();

/// pest collects details of failures for the whole process or not at all, so only one thread asks for them at a time.
static DETAIL: Mutex<()> = Mutex::new(());

/// Why tokens do not parse.
pub(crate) enum Failure {
    /// They do.
    None,
    /// The stack of this thread is too small.
    Stack,
    /// It took too many steps.
    TooLong,
    At(FailureAt),
}

/// The first token that cannot be where it is.
pub(crate) struct FailureAt {
    /// Its number; the number of tokens if more are needed.
    pub(crate) token: usize,
    /// What could be there.
    pub(crate) expected: Vec<Kind>,
}

/// Parses tokens that are whole declarations.
pub(crate) fn parse(kinds: &str) -> Result<Pairs<'_, Rule>, Failure> {
    CALL_LIMIT.call_once(|| pest::set_call_limit(NonZeroUsize::new(MAX_CALLS)));
    Grammar::parse(Rule::file, kinds).map_err(|error| failure(&error))
}

/// Why tokens do not parse, in detail.
pub(crate) fn first_failure(kinds: &[Kind]) -> Failure {
    let Ok(text) = std::str::from_utf8(kinds) else { return Failure::None };
    let _one_at_a_time = DETAIL.lock().unwrap_or_else(|e| e.into_inner());
    pest::set_error_detail(true);
    let result = parse(text);
    pest::set_error_detail(false);
    match result {
        Ok(_) => Failure::None,
        Err(failure) => failure,
    }
}

fn failure(error: &Error<Rule>) -> Failure {
    if let ErrorVariant::CustomError { message } = &error.variant {
        return if message.starts_with("stack") { Failure::Stack } else { Failure::TooLong };
    }
    let Some(attempts) = error.parse_attempts() else {
        return Failure::At(FailureAt { token: 0, expected: Vec::new() });
    };
    // The type of these is not public, its text is: a token as it stands in the grammar, or a range `a..z`.
    let mut expected: Vec<Kind> = Vec::new();
    for shown in attempts.expected_tokens().iter().map(ToString::to_string) {
        match shown.as_bytes() {
            [one] => expected.push(*one),
            [first, b'.', b'.', last] => expected.extend(*first..=*last),
            _ => {}
        }
    }
    expected.sort_unstable();
    expected.dedup();
    // `A` and `z` are no tokens: with them, any word can be there, and no single one of them is worth naming.
    if expected.contains(&b'A') {
        expected.retain(|k| !k.is_ascii_uppercase());
    }
    if expected.contains(&b'z') {
        expected.retain(|k| !k.is_ascii_lowercase() || *k == token::WORD);
    }
    Failure::At(FailureAt { token: attempts.max_position, expected })
}
