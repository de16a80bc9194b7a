//! What the grammar found, as a flat stream of events: a rule starts, a rule ends. The builder reads it once, from
//! left to right. Nothing here knows what a rule means.

use crate::grammar::Rule;
use pest::Token;
use pest::iterators::{Pairs, Tokens};

/// A reader of events with one event of look-ahead. Positions are numbers of tokens of the parsed piece.
pub(super) struct Events<'i> {
    tokens: Tokens<'i, Rule>,
    next: Option<Token<'i, Rule>>,
    /// Where the last rule that was read ended.
    pub(super) last_end: usize,
}

impl<'i> Events<'i> {
    pub(super) fn new(pairs: Pairs<'i, Rule>) -> Events<'i> {
        let mut tokens = pairs.tokens();
        let next = tokens.next();
        Events { tokens, next, last_end: 0 }
    }

    fn advance(&mut self) -> Option<Token<'i, Rule>> {
        let current = self.next.take();
        self.next = self.tokens.next();
        if let Some(Token::End { pos, .. }) = &current {
            self.last_end = pos.pos();
        }
        current
    }

    /// The rule that starts next; `None` at the end of the surrounding rule.
    pub(super) fn peek(&self) -> Option<Rule> {
        match &self.next {
            Some(Token::Start { rule, .. }) => Some(*rule),
            _ => None,
        }
    }

    /// The first token of the rule that starts next, or else where the surrounding rule ends.
    pub(super) fn position(&self) -> usize {
        match &self.next {
            Some(Token::Start { pos, rule }) => pos.pos().saturating_sub(usize::from(begins_late(*rule))),
            Some(Token::End { pos, .. }) => pos.pos(),
            None => self.last_end,
        }
    }

    /// Whether `rule` starts next.
    pub(super) fn at(&self, rule: Rule) -> bool {
        self.peek() == Some(rule)
    }

    /// Enters the rule that starts next and says where it starts.
    pub(super) fn open(&mut self) -> usize {
        let at = self.position();
        if self.peek().is_some() {
            self.advance();
        }
        at
    }

    /// Leaves the surrounding rule, over whatever of it was not read, and says where it ends.
    pub(super) fn close(&mut self) -> usize {
        let mut depth = 0usize;
        while let Some(token) = self.advance() {
            match token {
                Token::Start { .. } => depth += 1,
                Token::End { .. } if depth > 0 => depth -= 1,
                Token::End { pos, .. } => return pos.pos(),
            }
        }
        self.last_end
    }

    /// Reads a rule as one token: where it starts and ends. At the end of the surrounding rule it reads nothing.
    pub(super) fn leaf(&mut self) -> (usize, usize) {
        if self.peek().is_none() {
            return (self.last_end, self.last_end);
        }
        let start = self.open();
        (start, self.close())
    }

    /// Reads the rule if it starts next.
    pub(super) fn take(&mut self, rule: Rule) -> Option<(usize, usize)> {
        self.at(rule).then(|| self.leaf())
    }
}

/// Whether the grammar lets a rule begin after its first token, so that trying it in vain costs next to nothing.
fn begins_late(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::annotation
            | Rule::body
            | Rule::call
            | Rule::chain
            | Rule::comp_for
            | Rule::comp_if
            | Rule::entry_append
            | Rule::entry_when
            | Rule::field
            | Rule::field_optional
            | Rule::hole
            | Rule::hole_entry
            | Rule::hole_item
            | Rule::hole_type
            | Rule::if_expr
            | Rule::index
            | Rule::infix_mark
            | Rule::let_expr
            | Rule::list
            | Rule::match_expr
            | Rule::member_rest
            | Rule::paren
            | Rule::prefix_mark
            | Rule::record
            | Rule::string_parts
            | Rule::string_plain
            | Rule::type_args
            | Rule::type_record
    )
}
