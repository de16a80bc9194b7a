//! What the codes of diagnostics mean. In: a code. Out: its page, embedded as text and not read until it is asked for; or,
//! for a check of the user's own, what the check itself says.

use crate::Outcome;
use plat_base::Span;
use plat_syntax::ast::{Check, CheckStatement, Item, ItemKind, Module};

static PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/codes.rs"));

/// All codes of the compiler and of the built-in checks, each with its page in Markdown; sorted.
pub fn all() -> &'static [(&'static str, &'static str)] {
    PAGES
}

/// The page of a code.
pub fn page(code: &str) -> Option<&'static str> {
    let at = PAGES.binary_search_by(|(known, _)| (*known).cmp(code)).ok()?;
    PAGES.get(at).map(|(_, page)| *page)
}

/// The sentence below the title of a page, on one line.
pub fn summary(page: &str) -> String {
    let lines = page.lines().skip(1).skip_while(|l| l.is_empty()).take_while(|l| !l.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

/// Whether this is how a code is written: words of lower case and digits, joined by hyphens.
pub fn is_code(text: &str) -> bool {
    let word = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    text.split('-').all(word)
}

/// A check that the project declares.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnCheck {
    /// Its name, which is the code of its diagnostics.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
    /// Its doc comment.
    pub doc: Option<String>,
    /// `error`, `warning` or `advice`.
    pub severity: String,
    /// What must hold.
    pub require: Option<Span>,
    /// What it says if that does not hold.
    pub message: Option<Span>,
    /// What it says is to be done.
    pub help: Option<Span>,
}

/// The checks of a program's own files, in source order, whether the program has errors or not.
pub fn own_checks(outcome: &Outcome) -> Vec<OwnCheck> {
    let files = outcome.sources.iter().zip(&outcome.paths).filter(|(_, path)| path.is_some());
    let modules = files.map(|(file, _)| plat_syntax::parse(file).module);
    modules
        .flat_map(|module| module.items.iter().filter_map(|i| own(i, &module)).collect::<Vec<_>>())
        .collect()
}

fn own(item: &Item, module: &Module) -> Option<OwnCheck> {
    let ItemKind::Check(check) = &item.kind else { return None };
    let find = |wanted: fn(&CheckStatement) -> Option<plat_syntax::ast::ExprId>| {
        check.statements.iter().find_map(wanted).map(|expr| module[expr].span)
    };
    Some(OwnCheck {
        name: check.name.name.as_str().to_owned(),
        span: check.name.span,
        doc: item.doc.as_ref().map(|d| d.text.clone()),
        severity: severity(check).to_owned(),
        require: find(|s| if let CheckStatement::Require(e) = s { Some(*e) } else { None }),
        message: find(|s| if let CheckStatement::Message(e) = s { Some(*e) } else { None }),
        help: find(|s| if let CheckStatement::Help(e) = s { Some(*e) } else { None }),
    })
}

fn severity(check: &Check) -> &'static str {
    match check.severity.map(|word| word.name) {
        Some(word) if word.as_str() == "warning" => "warning",
        Some(word) if word.as_str() == "advice" => "advice",
        _ => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_found_by_their_code() {
        assert!(all().is_sorted_by_key(|(code, _)| *code));
        assert!(page("unknown-unit").is_some_and(|p| p.starts_with("# unknown-unit\n")));
        assert_eq!(page("unknown-unitt"), None);
    }

    #[test]
    fn the_summary_is_the_paragraph_below_the_title() {
        assert_eq!(summary("# a\n\nOne\ntwo.\n\nThree.\n"), "One two.");
        assert_eq!(summary("# a\n"), "");
    }

    #[test]
    fn codes_are_words_with_hyphens() {
        for code in ["syntax", "not-utf8", "memory-exceeds-limit"] {
            assert!(is_code(code), "{code}");
        }
        for other in ["", "service.api", "main.plat:3", "A", "a-", "resources[\"x\"]"] {
            assert!(!is_code(other), "{other}");
        }
    }
}
