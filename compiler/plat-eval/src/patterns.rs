//! Patterns of `matches`. Most are asked of a handful of short texts, where making a fast automaton would cost more than
//! it saves: that is made for those that are asked often. Both are the same engine, so they agree.

use regex_automata::meta::{BuildError, Config, Regex};
use regex_automata::nfa::thompson::WhichCaptures;

/// How much text a pattern is asked of until it is worth an automaton, in bytes.
const MUCH: usize = 8_000;

/// What a question costs beside the text, in bytes.
const QUESTION: usize = 16;

/// The most memory of a pattern, in bytes.
const SIZE: usize = 1 << 20;

/// A pattern that a whole text has to match.
#[derive(Debug)]
pub(crate) struct Pattern {
    text: String,
    engine: Regex,
    asked: usize,
}

impl Pattern {
    /// The pattern that `text` is, or why it is none.
    pub(crate) fn new(text: &str) -> Result<Pattern, String> {
        let text = format!("^(?:{text})$");
        let plain = Config::new().hybrid(false).dfa(false).onepass(false).auto_prefilter(false);
        engine(&text, plain).map(|engine| Pattern { text, engine, asked: 0 })
    }

    /// Whether the whole of `text` matches.
    pub(crate) fn fits(&mut self, text: &str) -> bool {
        if self.asked < MUCH {
            self.asked += text.len() + QUESTION;
            if self.asked >= MUCH
                && let Ok(fast) = engine(&self.text, Config::new())
            {
                self.engine = fast;
            }
        }
        self.engine.is_match(text)
    }
}

fn engine(text: &str, config: Config) -> Result<Regex, String> {
    let config = config.which_captures(WhichCaptures::None).nfa_size_limit(Some(SIZE));
    Regex::builder().configure(config).build(text).map_err(|error| reason(&error))
}

fn reason(error: &BuildError) -> String {
    if let Some(limit) = error.size_limit() {
        return format!("it would take more than {limit} bytes");
    }
    let text = error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string);
    let last = text.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_asked_of_the_whole_text() {
        let mut name = Pattern::new("[a-z]([-a-z0-9]*[a-z0-9])?|é+").unwrap();
        for _ in 0..MUCH / QUESTION {
            let asked = ["a", "a-b", "éé", "a-", "ab\n", "", "Aé"].map(|text| name.fits(text));
            assert_eq!(asked, [true, true, true, false, false, false, false]);
        }
    }

    #[test]
    fn what_is_no_pattern_is_told_in_a_line() {
        assert_eq!(Pattern::new("(a").unwrap_err(), "unclosed group");
        assert_eq!(Pattern::new("a{1000}{1000}").unwrap_err(), "it would take more than 1048576 bytes");
    }
}
