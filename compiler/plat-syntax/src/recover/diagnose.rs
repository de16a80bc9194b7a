//! What to say about a token that cannot be where it is. First what people of other languages mean by it (`hints`),
//! else what was expected and what is there.

use super::words::{describe, describe_all};
use super::{Mistake, Piece};
use crate::grammar::FailureAt;
use crate::lex::token;
use plat_base::{Diagnostic, Span};

mod habits;
mod hints;

pub(super) use hints::{STRAY_ARMS, foreign_declaration};

impl Piece<'_> {
    /// The mistake behind a failure.
    pub(super) fn diagnose(&self, at: &FailureAt) -> Mistake {
        if let Some(mistake) = self.hint(at) {
            return mistake;
        }
        Mistake { diagnostic: self.plain(at), repair: None }
    }

    /// "expected …, found …", at the token, or after the last one on its line if the next is on another.
    fn plain(&self, at: &FailureAt) -> Diagnostic {
        let expected = describe_all(&at.expected);
        let p = at.token;
        // After something complete, or if nothing begins like this, it is this token that is wrong.
        let strange = matches!(self.kind(p), b':' | b'=' | b',' | b'.' | b'@' | b'|' | token::JUNK);
        let complete = strange || at.expected.contains(&token::HOLE_ITEM) && p < self.kinds.len();
        if p > 0 && !complete && (p >= self.kinds.len() || self.first_on_line(p)) {
            let before = self.shown(p - 1);
            return Diagnostic::error(
                "syntax",
                format!("expected {expected} after {before}"),
                self.token_span(p - 1),
            )
            .primary("something is missing after this")
            .help(self.help_for(at));
        }
        let found = self.shown(p);
        Diagnostic::error("syntax", format!("expected {expected}, found {found}"), self.token_span(p))
            .help(self.help_for(at))
    }

    /// A token as a user sees it.
    pub(super) fn shown(&self, token: usize) -> String {
        let kind = self.kind(token);
        let text = self.text(token);
        match kind {
            0 => "the end".to_owned(),
            token::STRING if text.chars().count() > 24 || text.contains('\n') => "a string".to_owned(),
            token::STRING_HEAD | token::STRING_MIDDLE | token::STRING_TAIL => "a string".to_owned(),
            _ if text.is_empty() => describe(kind).to_owned(),
            _ => format!("`{text}`"),
        }
    }

    /// What to write, where no hint knows better: the form of what is around the token.
    fn help_for(&self, at: &FailureAt) -> String {
        let has = |kind| at.expected.contains(&kind);
        let after_value = has(token::ADD) && has(token::EQ);
        if has(token::HOLE_ITEM) {
            "a declaration is `KIND NAME { … }`, `KIND NAME = value`, or begins with `let`, `fn`, `type`, `enum`, `kind`, \
             `for`, `use`, `test`, `check` or `emit`"
                .to_owned()
        } else if has(token::FAT_ARROW) {
            "an arm of a `match` is `pattern => value`".to_owned()
        } else if has(b'H') && after_value {
            "write `if c then a else b`".to_owned()
        } else if has(b'E') && after_value {
            "an `if` has an `else`: `if c then a else b`".to_owned()
        } else if has(b'=') && has(b'{') && !after_value {
            "a field is `name = value`, `name { … }` or `name += list`".to_owned()
        } else if has(token::HOLE_TYPE) {
            "write a type, for instance `int`, `list[string]` or `{ cpu: cores }`; a default follows it: `x: int = 3`"
                .to_owned()
        } else if has(b',') && (has(b']') || has(b')')) {
            "elements and arguments are separated by commas".to_owned()
        } else if has(token::IN) && !after_value {
            "write `for x in xs`".to_owned()
        } else if has(token::HOLE_EXPR) {
            "write a value: a literal, a name, `[…]`, `{ … }`, a call, or the operands of an operator"
                .to_owned()
        } else {
            "complete it, or delete it".to_owned()
        }
    }

    /// From one token to another.
    pub(super) fn between(&self, first: usize, last: usize) -> Span {
        self.span(first, last + 1)
    }
}
