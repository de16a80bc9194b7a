//! Habits of other languages, and slips that have one clear meaning: each is told in the user's terms, and mended if
//! it can be, so that what follows is still read.

use crate::grammar::FailureAt;
use crate::lex::token::{self, Kind};
use crate::recover::brackets::nesting;
use crate::recover::{Mistake, Piece, Repair};
use plat_base::{Diagnostic, Span};

/// What is said of arms whose `match` is damaged. If the damage itself was told right before, this is its echo.
pub(in crate::recover) const STRAY_ARMS: &str = "this `match` does not reach its arms";

/// A mistake of one token that should be another.
fn replaced(diagnostic: Diagnostic, token: usize, with: Kind) -> Option<Mistake> {
    Some(Mistake { diagnostic, repair: Some(Repair { range: token..token + 1, with: vec![with] }) })
}

/// A mistake of tokens that should not be there.
fn removed(diagnostic: Diagnostic, range: std::ops::Range<usize>) -> Option<Mistake> {
    Some(Mistake { diagnostic, repair: Some(Repair { range, with: Vec::new() }) })
}

fn told(diagnostic: Diagnostic) -> Option<Mistake> {
    Some(Mistake { diagnostic, repair: None })
}

/// Whether a comma can stand there, and what it would separate needs it.
fn separated(at: &FailureAt) -> bool {
    let has = |kind: Kind| at.expected.contains(&kind);
    has(b',') && (has(b']') || has(b')') || has(b'}') && !has(token::HOLE_ENTRY))
}

fn error(message: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic::error("syntax", message, span)
}

/// A word that begins a declaration in another language: the kind of Plat's own word, a message and a help.
pub(in crate::recover) fn foreign_declaration(word: &str) -> Option<(Kind, &'static str, &'static str)> {
    Some(match word {
        "def" | "function" | "func" | "fun" => {
            (b'f', "a function is declared with `fn`", "write `fn name(x: int) -> int = x + 1`")
        }
        "var" | "const" | "val" | "local" => {
            (b'L', "a name is declared with `let`", "write `let name = value`")
        }
        "import" | "include" | "from" | "load" => {
            (b'u', "a module is brought in with `use`", "write `use \"./other.plat\"` or `use std.images`")
        }
        "class" | "struct" | "interface" | "schema" => (
            b'k',
            "a record type with a name is declared with `kind` or `type`",
            "write `kind name { field: int }`",
        ),
        "foreach" => (b'B', "a loop begins with `for`", "write `for x in xs { … }`"),
        _ => return None,
    })
}

impl Piece<'_> {
    /// The mistake, if it is a well-known one.
    pub(super) fn hint(&self, at: &FailureAt) -> Option<Mistake> {
        let p = at.token;
        let found = self.kind(p);
        if p < 6
            && let Some((kind, message, help)) = foreign_declaration(self.text(0))
        {
            return replaced(error(message, self.token_span(0)).help(help), 0, kind);
        }
        if let Some(mistake) = self.check_head().or_else(|| self.kind_head()).or_else(|| self.habit(at)) {
            return Some(mistake);
        }
        match found {
            b';' => self.body_without_sign(p).or_else(|| self.semicolon(p)),
            b':' if self.has_no_type(p) => self.no_type(p),
            b':' => self.colon(p, at),
            b'=' | token::EQ | token::FAT_ARROW | token::ARROW => self.equals(p, at),
            token::APPEND if self.has_no_value(p) => self.no_value(p),
            b'{' if self.has_no_value(p) => self.no_value(p),
            b'-' => self.dash(p, at),
            b'?' => self.optional_name(p).or_else(|| self.question(p)),
            _ if self.ends_in_dot(p) => self.no_field(p - 1),
            token::JUNK => self.junk(p),
            token::STRING | token::STRING_HEAD if self.has_no_value(p) => self.no_value(p),
            token::STRING | token::STRING_HEAD if self.ends_value(p) => self.two_values(p, at),
            token::DOTS => self.spread(p),
            b'|' if at.expected.contains(&b'=') => self.stray_arms(p),
            _ => None,
        }
        .or_else(|| self.if_with_braces(p, at))
        .or_else(|| self.missing_value(p, at))
        .or_else(|| self.foreign_word(p))
        .or_else(|| self.almost(p, at))
        .or_else(|| self.missing_comma(p, at))
        .or_else(|| self.reserved(p, at))
    }

    fn before(&self, p: usize) -> Kind {
        p.checked_sub(1).map_or(0, |b| self.kind(b))
    }

    /// Whether the token before `p` can be the end of a value.
    fn ends_value(&self, p: usize) -> bool {
        let before = self.before(p);
        token::is_word(before)
            || matches!(before, token::NUMBER | token::STRING | token::STRING_TAIL | b')' | b']' | b'}')
    }

    fn is_key(&self, token: usize) -> bool {
        token::is_word(self.kind(token)) || matches!(self.kind(token), token::STRING | token::STRING_TAIL)
    }

    /// A check whose first words are damaged: its body would be read as that of something else, line by line.
    fn check_head(&self) -> Option<Mistake> {
        let loop_at = (0..4).find(|t| self.kind(*t) == b'B')?;
        if loop_at == 2 && self.kind(0) == b'c' && token::is_word(self.kind(1)) {
            return None;
        }
        let body = |t: &usize| self.kind(*t) == b'{';
        let judged = |t: usize| {
            t > loop_at + 2
                && self.kind(t - 2) == b'g'
                && matches!(self.text(t - 1), "error" | "warning" | "advice")
        };
        let named = (0..loop_at).any(|t| self.kind(t) == b'c');
        let is_check = (loop_at..self.kinds.len())
            .filter(body)
            .any(|t| judged(t) || named && matches!(self.kind(t + 1), b'r' | b'q' | b'L'));
        if !is_check || !(0..loop_at).all(|t| token::is_word(self.kind(t))) {
            return None;
        }
        let name = (0..loop_at).find(|t| self.kind(*t) == token::WORD);
        let name = name.map_or("NAME", |t| self.text(t));
        let diagnostic =
            error("a check begins with `check`, its name and `for`", self.span(0, loop_at.max(1)))
                .help(format!("write `check {name} for x in KIND at warning {{ … }}`"));
        let repair = Repair { range: 0..loop_at, with: vec![b'c', token::WORD] };
        Some(Mistake { diagnostic, repair: Some(repair) })
    }

    /// `box kind {` and `box {` with the fields of a kind inside: the first words of a kind are damaged.
    fn kind_head(&self) -> Option<Mistake> {
        let (range, with) = match (self.kind(0), self.kind(1), self.kind(2)) {
            (token::WORD, b'k', b'{' | b'x') => (0..2, vec![b'k', token::WORD]),
            (token::WORD, b'{' | b'x', _) => (0..0, vec![b'k']),
            _ => return None,
        };
        let nesting = nesting(&self.kinds);
        let open = (0..self.kinds.len()).find(|t| self.kind(*t) == b'{')?;
        let is_entry =
            |t: &usize| nesting.parent.get(*t) == Some(&open) && self.first_on_line(*t) && self.is_key(*t);
        let (mut members, mut fields) = (0, 0);
        for t in (open + 1..nesting.close.get(open).copied()?).filter(is_entry) {
            // `final` and `abstract` stand before a name.
            let after = if token::is_word(self.kind(t + 1)) { t + 2 } else { t + 1 };
            match (self.kind(after), self.kind(after + 1)) {
                (b':', _) | (b'?', b':') => members += 1,
                (b'=' | b'{' | token::APPEND, _) => fields += 1,
                _ => {}
            }
        }
        if members < 2 || fields > 0 {
            return None;
        }
        let name = self.text(0);
        let diagnostic = error("a kind begins with `kind` and its name", self.token_span(0))
            .help(format!("write `kind {name} {{ … }}`"));
        Some(Mistake { diagnostic, repair: Some(Repair { range, with }) })
    }

    /// `fn f(x: int) -> int`, and on the next lines `let y = x; y + 1`: the function has a body, but no `=`.
    fn body_without_sign(&self, p: usize) -> Option<Mistake> {
        let body = (1..p).rev().find(|t| self.kind(*t) == b'L' && self.first_on_line(*t))?;
        let nesting = nesting(&self.kinds);
        let is_top = |t: usize| nesting.parent.get(t) == Some(&usize::MAX);
        let head = (0..body).rev().find(|t| is_top(*t) && self.kind(*t) == b'f' && self.first_on_line(*t))?;
        let has_sign = (head..body).any(|t| is_top(t) && self.kind(t) == b'=');
        if has_sign || !is_top(body) || self.indent(body) <= self.indent(head) {
            return None;
        }
        let diagnostic = error("`=` is missing before the body of this function", self.token_span(body - 1))
            .primary("the body follows after this")
            .help("write `=` at the end of this line");
        let repair = Repair { range: body..body, with: vec![b'='] };
        Some(Mistake { diagnostic, repair: Some(repair) })
    }

    /// Arms in braces that are no longer those of the `match` on their line.
    fn stray_arms(&self, p: usize) -> Option<Mistake> {
        let open = self.enclosing_brace(p)?;
        let first = (0..=open).rev().find(|t| self.first_on_line(*t))?;
        let word = (first..open).find(|t| self.kind(*t) == b'M')?;
        let last = self.kind(open - 1);
        if last == b'M' || (token::EQ..=token::MOD).contains(&last) {
            let text = self.text(open - 1);
            let diagnostic = error(format!("a value is missing after `{text}`"), self.token_span(open - 1))
                .help("write what is matched: `match platform { amd64 => 1, arm64 => 2 }`");
            let repair = Repair { range: open..open, with: vec![token::HOLE_EXPR] };
            return Some(Mistake { diagnostic, repair: Some(repair) });
        }
        let close = nesting(&self.kinds).close.get(open).copied()?;
        let diagnostic = error(STRAY_ARMS, self.token_span(word))
            .help("write `match value { pattern => value, else => value }`");
        let repair = Repair { range: open + 1..close, with: vec![token::HOLE_ENTRY] };
        Some(Mistake { diagnostic, repair: Some(repair) })
    }

    fn semicolon(&self, p: usize) -> Option<Mistake> {
        let span = self.token_span(p);
        let diagnostic = error("nothing ends with `;` here", span)
            .help("delete it: the end of a line, or a comma, is enough")
            .fix("delete the `;`", span, "", true);
        removed(diagnostic, p..p + 1)
    }

    /// `key: value`, `:=`.
    fn colon(&self, p: usize, at: &FailureAt) -> Option<Mistake> {
        let span = self.token_span(p);
        if self.kind(p + 1) == b'=' {
            let both = self.between(p, p + 1);
            let diagnostic = error("a value is set with `=`", both).help("write `=`").fix(
                "replace `:=` by `=`",
                both,
                "=",
                true,
            );
            return removed(diagnostic, p..p + 1);
        }
        if p == 0 || !self.is_key(p - 1) || !at.expected.contains(&b'=') {
            return None;
        }
        let key = self.plain_key(p - 1);
        if self.kind(p + 1) == b'{' && !self.first_on_line(p + 1) {
            let diagnostic = error("a block follows its name without `:`", span)
                .help(format!("write `{key} {{ … }}`"))
                .fix("delete the `:`", span, "", true);
            return removed(diagnostic, p..p + 1);
        }
        if self.first_on_line(p + 1) {
            let help = format!("write `{key} {{ … }}`, or a list: `{key} = [a, b]`");
            return self.yaml_block(p).or_else(|| {
                let repair =
                    Repair { range: p..self.end_of_block(p - 1, p + 1), with: vec![b'=', token::HOLE_EXPR] };
                let diagnostic = error("a value is missing after `:`", span).help(help);
                Some(Mistake { diagnostic, repair: Some(repair) })
            });
        }
        let (help, pair) = self.colon_pair(p);
        let diagnostic = error("a field is set with `=`, not `:`", span).help(help).fix(
            "replace `:` by `=`",
            pair,
            format!("{key} ="),
            true,
        );
        replaced(diagnostic, p, b'=')
    }

    /// `=` for `==`, `==` or `=>` for `=`, and `a =` without a value before the next field.
    fn equals(&self, p: usize, at: &FailureAt) -> Option<Mistake> {
        let span = self.token_span(p);
        let found = self.kind(p);
        if found == b'=' && matches!(self.before(p), token::EQ | token::NE) {
            let both = self.between(p - 1, p);
            let text = self.text(p - 1);
            let diagnostic = error(format!("`{text}=` is written `{text}` in Plat"), both)
                .help(format!("write `{text}`: values of different types are never equal"))
                .fix(format!("replace `{text}=` by `{text}`"), both, text, true);
            return removed(diagnostic, p..p + 1);
        }
        if found == b'=' && self.has_no_value(p) {
            return self.no_value(p);
        }
        let halves = match (self.before(p), found) {
            (token::LT, b'=') => Some((token::LE, "<=")),
            (token::GT, b'=') => Some((token::GE, ">=")),
            (b'!', b'=') => Some((token::NE, "!=")),
            _ => None,
        };
        if let Some((kind, text)) = halves {
            let both = self.between(p - 1, p);
            let diagnostic = error(format!("`{text}` is written without a space in it"), both)
                .help(format!("write `{text}`"))
                .fix(format!("write `{text}`"), both, text, true);
            return Some(Mistake {
                diagnostic,
                repair: Some(Repair { range: p - 1..p + 1, with: vec![kind] }),
            });
        }
        if found == token::FAT_ARROW
            && let Some(open) = self.match_without_subject(p)
        {
            let diagnostic = error("a value is missing after `match`", self.token_span(open - 1))
                .help("write what is matched: `match platform { amd64 => 1, arm64 => 2 }`");
            let repair = Repair { range: open..open, with: vec![token::HOLE_EXPR] };
            return Some(Mistake { diagnostic, repair: Some(repair) });
        }
        if found == b'=' && self.before(p) == b':' {
            let both = self.between(p - 1, p);
            // With a space between them, the type may be what was forgotten.
            let diagnostic = error("a value is set with `=`", both)
                .help("write `=`, or the type after the `:`")
                .fix("replace `:=` by `=`", both, "=", both.end - both.start == 2);
            return removed(diagnostic, p - 1..p);
        }
        if found == b'=' && at.expected.contains(&token::EQ) {
            // In the head of a comprehension the key and its `:` may be what was forgotten.
            let certain = !at.expected.contains(&b':');
            let diagnostic = error("values are compared with `==`", span)
                .help("write `==`; a single `=` sets a field")
                .fix("replace `=` by `==`", span, "==", certain);
            return replaced(diagnostic, p, token::EQ);
        }
        if found == token::FAT_ARROW
            && at.expected.contains(&b'=')
            && let Some(mistake) = self.stray_arms(p)
        {
            return Some(mistake);
        }
        if found != b'=' && at.expected.contains(&b'=') {
            let text = self.text(p);
            let diagnostic = error(format!("a value is set with `=`, not `{text}`"), span)
                .help("write `=`")
                .fix(format!("replace `{text}` by `=`"), span, "=", true);
            return replaced(diagnostic, p, b'=');
        }
        if found == token::EQ && at.expected.contains(&token::FAT_ARROW)
            || found == b'=' && at.expected.contains(&token::FAT_ARROW)
        {
            let diagnostic = error("an arm of a `match` has `=>` after its pattern", span)
                .help("write `=>`")
                .fix("write `=>`", span, "=>", true);
            return replaced(diagnostic, p, token::FAT_ARROW);
        }
        None
    }

    /// The brace after a `match` that has nothing to match, if `p` stands right inside of it.
    fn match_without_subject(&self, p: usize) -> Option<usize> {
        let open = (p.saturating_sub(8)..p).rev().find(|t| matches!(self.kind(*t), b'{' | b'}'))?;
        (self.kind(open) == b'{' && self.before(open) == b'M').then_some(open)
    }

    /// Whether the word before `p` begins a line, and the line before it ends where a value must follow.
    fn has_no_value(&self, p: usize) -> bool {
        let wants = |k: Kind| {
            matches!(k, b'=' | token::APPEND | b'-' | token::IN | b'.' | token::QUESTION_DOT)
                || (token::EQ..=token::MOD).contains(&k)
        };
        p > 1 && self.is_key(p - 1) && self.first_on_line(p - 1) && wants(self.kind(p - 2))
    }

    fn no_value(&self, p: usize) -> Option<Mistake> {
        let before = p - 2;
        if matches!(self.kind(before), b'.' | token::QUESTION_DOT) {
            return self.no_field(before);
        }
        let text = self.text(before);
        let diagnostic = error(format!("a value is missing after `{text}`"), self.token_span(before))
            .primary("nothing follows on this line")
            .help("write the value, or delete what needs it");
        Some(Mistake {
            diagnostic,
            repair: Some(Repair { range: before + 1..before + 1, with: vec![token::HOLE_EXPR] }),
        })
    }

    /// Whether a name must stand at `p`, after a dot, and something else does.
    fn ends_in_dot(&self, p: usize) -> bool {
        let named =
            token::is_word(self.kind(p)) || matches!(self.kind(p), token::STRING | token::STRING_HEAD);
        p > 0 && matches!(self.before(p), b'.' | token::QUESTION_DOT) && !named
    }

    /// `self.`: the name is still to be typed. The value that ends there is of no known type.
    fn no_field(&self, dot: usize) -> Option<Mistake> {
        let is_dot = |t: usize| matches!(self.kind(t), b'.' | token::QUESTION_DOT);
        let mut first = dot;
        while first > 0 && token::is_word(self.kind(first - 1)) && !self.first_on_line(first) {
            first -= 1;
            if first == 0 || !is_dot(first - 1) {
                break;
            }
            first -= 1;
        }
        let text = self.text(dot);
        let diagnostic = error(format!("a name is missing after `{text}`"), self.token_span(dot))
            .primary("nothing follows on this line")
            .help("write the name of a field, or delete the dot");
        let repair = Repair { range: first..dot + 1, with: vec![token::HOLE_EXPR] };
        (first < dot).then_some(Mistake { diagnostic, repair: Some(repair) })
    }

    /// Whether the word before the `:` at `p` begins a line, and the line before it ends where a type must follow.
    fn has_no_type(&self, p: usize) -> bool {
        let word = self.word_of_field(p);
        word > 0 && self.is_key(word) && self.first_on_line(word) && self.kind(word - 1) == b':'
    }

    /// The name of the field whose `:` is at `p`.
    fn word_of_field(&self, p: usize) -> usize {
        if self.before(p) == b'?' { p.saturating_sub(2) } else { p.saturating_sub(1) }
    }

    fn no_type(&self, p: usize) -> Option<Mistake> {
        let before = self.word_of_field(p) - 1;
        let diagnostic = error("a type is missing after `:`", self.token_span(before))
            .primary("nothing follows on this line")
            .help("write the type, for instance `int` or `list[string]`");
        let repair = Repair { range: before + 1..before + 1, with: vec![token::HOLE_TYPE] };
        Some(Mistake { diagnostic, repair: Some(repair) })
    }

    /// `if c { … }`: the braces are read as an amendment of `c`, and fail inside or after.
    fn if_with_braces(&self, p: usize, at: &FailureAt) -> Option<Mistake> {
        let mut depth = 0usize;
        let mut t = p;
        let mut brace = at.expected.contains(&b'H').then_some(p);
        while t > 0 && !self.first_on_line(t) {
            t -= 1;
            match self.kind(t) {
                b'}' | b')' | b']' => depth += 1,
                b'{' if depth == 0 => brace = Some(t),
                b'{' | b'(' | b'[' => depth = depth.saturating_sub(1),
                b'H' => return None,
                // `for x in xs if c { … }` is a filter.
                b'I' if self.is_filter(t) => return None,
                b'I' => {
                    let brace = brace.filter(|b| self.kind(*b) == b'{')?;
                    let diagnostic =
                        error("`if` chooses between two values with `then` and `else`", self.token_span(brace)).help(
                            "write `if c then a else b`; fields that are set under a condition stand in `when c { … }`",
                        );
                    return told(diagnostic);
                }
                _ => {}
            }
        }
        None
    }

    /// Whether an `if` stands in the head of a loop or a check.
    fn is_filter(&self, at: usize) -> bool {
        let before = (0..at).rev().take_while(|t| !self.first_on_line(t + 1));
        before.map(|t| self.kind(t)).find(|kind| matches!(kind, b'B' | b':' | b'=' | b'{')) == Some(b'B')
    }

    /// `- item`.
    fn dash(&self, p: usize, at: &FailureAt) -> Option<Mistake> {
        let entry = at.expected.contains(&token::HOLE_ENTRY);
        (self.first_on_line(p) && entry).then(|| Mistake {
            diagnostic: error("a list is not written with `-`", self.token_span(p))
                .help("write `name = [a, b]`, with commas between the elements"),
            repair: None,
        })
    }

    /// `x?: T` of a parameter or a constant, which is a field's.
    fn optional_name(&self, p: usize) -> Option<Mistake> {
        let names = token::is_word(self.before(p)) && self.kind(p + 1) == b':';
        let diagnostic = error("only a field of a kind or a record is marked with `?`", self.token_span(p))
            .help("say it in the type: `name: T?`");
        names.then(|| removed(diagnostic, p..p + 1)).flatten()
    }

    /// A `?` after a value.
    fn question(&self, p: usize) -> Option<Mistake> {
        if !self.ends_value(p) || self.first_on_line(p + 1) || matches!(self.kind(p + 1), b':' | b'=' | 0) {
            return None;
        }
        told(
            error("`?` does not choose between two values", self.token_span(p))
                .help("write `if c then a else b`"),
        )
    }

    fn junk(&self, p: usize) -> Option<Mistake> {
        let span = self.token_span(p);
        let text = self.text(p);
        match text {
            "$" => {
                let name = if self.kind(p + 1) == b'{' { self.text(p + 2) } else { self.text(p + 1) };
                let name = if name.is_empty() { "name" } else { name };
                told(
                    error("`$` has no meaning outside of strings", span)
                        .help(format!("write `{name}` for the value, and `\\({name})` inside of a string")),
                )
            }
            "%" => told(error("`%` is part of a percentage: `75%`", span).help("the remainder is `a mod b`")),
            "&" => told(error("`&` has no meaning here", span).help("both conditions are `a and b`")),
            "'" | "`" | "“" | "”" | "„" => told(
                error("this quote has no partner on its line", span)
                    .help("text stands between double quotes: `\"text\"`"),
            ),
            "\\" => told(
                error("a backslash has no meaning outside of strings", span)
                    .help("delete it: a line goes on by itself"),
            ),
            _ => removed(
                error(format!("`{}` has no meaning in Plat", text.escape_default()), span).help("delete it"),
                p..p + 1,
            ),
        }
    }

    /// `"a" "b"`.
    fn two_values(&self, p: usize, at: &FailureAt) -> Option<Mistake> {
        (self.before(p) == token::STRING && at.expected.contains(&token::ADD) && !self.first_on_line(p)).then(
            || Mistake {
                diagnostic: error("two strings stand side by side", self.token_span(p))
                    .help("join them with `+`, or put a comma between the elements of a list"),
                repair: separated(at).then(|| Repair { range: p..p, with: vec![b','] }),
            },
        )
    }

    /// `...base`.
    fn spread(&self, p: usize) -> Option<Mistake> {
        told(
            error("`...` does not spread a value", self.token_span(p)).help(
                "write `base { … }` to change fields of `base`, `merge(a, b)` for maps, `a + b` for lists",
            ),
        )
    }

    /// `a =` and nothing, or the next declaration.
    fn missing_value(&self, p: usize, at: &FailureAt) -> Option<Mistake> {
        let value = at.expected.contains(&token::HOLE_EXPR);
        let ends = self.first_on_line(p) || matches!(self.kind(p), 0 | b',' | b')' | b']' | b'}');
        let operator =
            (token::EQ..=token::MOD).contains(&self.before(p)) || self.before(p) == token::FAT_ARROW;
        let after = matches!(self.before(p), b'=' | token::APPEND) || operator && ends;
        if !(value && after) || token::JUNK == self.kind(p) {
            return None;
        }
        let text = self.text(p - 1);
        let diagnostic = error(format!("a value is missing after `{text}`"), self.token_span(p - 1))
            .primary("a value must follow")
            .help("write the value, or delete what needs it");
        let repair = ends.then(|| Repair { range: p..p, with: vec![token::HOLE_EXPR] });
        Some(Mistake { diagnostic, repair })
    }

    /// Words that begin declarations elsewhere, and `elif`.
    fn foreign_word(&self, p: usize) -> Option<Mistake> {
        for t in [Some(p), p.checked_sub(1), p.checked_sub(2)].into_iter().flatten() {
            if self.kind(t) != token::WORD {
                continue;
            }
            let first = t == 0 || self.first_on_line(t);
            if first && let Some((kind, message, help)) = foreign_declaration(self.text(t)) {
                return replaced(error(message, self.token_span(t)).help(help), t, kind);
            }
            let (message, help) = match self.text(t) {
                "elif" | "elsif" | "elseif" => {
                    ("a further condition is written `else if`", "write `else if c then a else b`")
                }
                "return" => (
                    "there is no `return`",
                    "the body of a function is one expression: `fn f(x: int) -> int = x + 1`",
                ),
                "while" | "loop" if first => {
                    ("there are only loops over lists and maps", "write `for x in xs { … }`")
                }
                "unless" => ("there is no `unless`", "write `when not (c) { … }`"),
                "instanceof" | "is" => {
                    ("there is no such operator", "write `a == b`, or `match x { type => … }`")
                }
                _ => continue,
            };
            return told(error(message, self.token_span(t)).help(help));
        }
        None
    }

    /// `for x of xs`, and a parameter without a type.
    fn almost(&self, p: usize, at: &FailureAt) -> Option<Mistake> {
        let after_value = at.expected.contains(&token::ADD);
        let span = self.token_span(p);
        if at.expected.contains(&token::IN) && !after_value && matches!(self.kind(p), token::OF | b':' | b'=')
        {
            let text = self.text(p);
            let diagnostic = error(format!("a loop is written with `in`, not `{text}`"), span)
                .help("write `for x in xs`")
                .fix("write `in`", span, "in", true);
            return replaced(diagnostic, p, token::IN);
        }
        if at.expected == [b':'] && p > 0 && matches!(self.kind(p), b')' | b',' | b'=') {
            let name = self.text(p - 1);
            let diagnostic = error(format!("the parameter `{name}` has no type"), self.token_span(p - 1))
                .help(format!("write `{name}: int`, or whatever type it has"));
            return Some(Mistake {
                diagnostic,
                repair: Some(Repair { range: p..p, with: vec![b':', token::HOLE_TYPE] }),
            });
        }
        None
    }

    /// Elements, arguments or arms without a comma between them.
    fn missing_comma(&self, p: usize, at: &FailureAt) -> Option<Mistake> {
        let begins_value = token::is_word(self.kind(p))
            || matches!(
                self.kind(p),
                token::NUMBER | token::STRING | token::STRING_HEAD | b'{' | b'[' | b'('
            );
        if !separated(at) || !self.ends_value(p) || !begins_value {
            return None;
        }
        let end = self.token_span(p - 1).end;
        let place = Span { file: self.file, start: end, end };
        let diagnostic = if self.first_on_line(p) {
            error(format!("a comma is missing after {}", self.shown(p - 1)), self.token_span(p - 1))
                .help("elements, arguments and arms are separated by commas, also at the end of a line")
        } else {
            error(format!("expected `,`, found {}", self.shown(p)), self.token_span(p))
                .help("elements, arguments and arms are separated by commas")
        };
        let diagnostic = diagnostic.fix("put a comma here", place, ",", true);
        Some(Mistake { diagnostic, repair: Some(Repair { range: p..p, with: vec![b','] }) })
    }

    /// A reserved word where a name is declared.
    fn reserved(&self, p: usize, at: &FailureAt) -> Option<Mistake> {
        let word = self.text(p);
        let names = at.expected.contains(&token::WORD);
        if !names || !crate::keywords::is_reserved(word) {
            return None;
        }
        let value = at.expected.contains(&token::HOLE_EXPR);
        if value && matches!(word, "if" | "let") {
            return self.bare_in_head(p);
        }
        let (message, help) = if value {
            (
                format!("expected a value, found the reserved word `{word}`"),
                format!("as text it is `\"{word}\"`"),
            )
        } else {
            (
                format!("`{word}` is a reserved word and cannot be a name"),
                format!("choose another name, for instance `{word}_`"),
            )
        };
        let diagnostic = error(message, self.token_span(p)).help(help);
        if value { told(diagnostic) } else { replaced(diagnostic, p, token::WORD) }
    }

    /// An `if` or a `let` in the head of a `when`, `for` or `match`, where a brace begins the body.
    fn bare_in_head(&self, p: usize) -> Option<Mistake> {
        let word = self.text(p);
        let diagnostic = error(format!("`{word}` needs parentheses in a head"), self.token_span(p))
            .primary("a `{` after it would begin the body")
            .help(format!("put the value in parentheses: `({word} …)`"));
        let opening = (p..self.kinds.len()).find(|t| self.kind(*t) == b'{');
        let repair = opening.map(|end| Repair { range: p..end, with: vec![token::HOLE_EXPR] });
        Some(Mistake { diagnostic, repair })
    }
}
