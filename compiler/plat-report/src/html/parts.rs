//! What all parts of the page are made of.

use crate::{Limit, Range};

/// Text that means itself, between tags and in attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The id of an environment, or of a workload in one: `prod.api`. A dot in a name becomes two, so that no two ids are one.
pub(super) fn anchor(names: &[&str]) -> String {
    let part = |name: &&str| {
        let part = name.replace('.', "..");
        escaped(&part.split_whitespace().collect::<Vec<_>>().join("_"))
    };
    names.iter().map(part).collect::<Vec<_>>().join(".")
}

/// A doc comment as a paragraph.
pub(super) fn about(doc: Option<&str>) -> String {
    match doc.map(str::trim).filter(|doc| !doc.is_empty()) {
        Some(doc) => format!("<p class=\"about\">{}</p>\n", escaped(doc)),
        None => String::new(),
    }
}

/// What a bar is about, which decides its colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hue {
    Cpu,
    Memory,
    Money,
}

impl Hue {
    fn class(self) -> &'static str {
        match self {
            Hue::Cpu => "cpu",
            Hue::Memory => "memory",
            Hue::Money => "money",
        }
    }
}

/// A bar from nothing to `whole`: what is requested at least and at most, below the limit. For the eye alone, since the
/// numbers stand beside it.
pub(super) fn bar(hue: Hue, requested: Range<i128>, limit: Option<i128>, whole: i128) -> String {
    let part = |class: &str, amount: i128| match amount {
        0 => String::new(),
        _ => format!("<i class=\"{class}\" style=\"width:{}\"></i>", share(amount, whole)),
    };
    let limit = match limit {
        Some(limit) => part("limit", limit),
        None => "<i class=\"open\"></i>".to_owned(),
    };
    let most = if requested.max > requested.min { part("most", requested.max) } else { String::new() };
    let least = part("least", requested.min);
    format!("<span class=\"bar {}\" aria-hidden=\"true\">{limit}{most}{least}</span>", hue.class())
}

/// The limit of many for a bar: none if one of them has none.
pub(super) fn common_limit(limit: Limit) -> Option<i128> {
    (limit.without.max == 0).then_some(limit.sum.max)
}

/// `37.5%`, at most all of it.
fn share(part: i128, whole: i128) -> String {
    let thousandths = match whole {
        0 => 0,
        _ => part.saturating_mul(1000).checked_div(whole).unwrap_or(0).clamp(0, 1000),
    };
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_place() {
        assert_eq!(escaped("<b a='\"'>&"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;");
        assert_eq!(anchor(&["prod", "a \"b\""]), "prod.a_&quot;b&quot;");
        assert_ne!(anchor(&["a.b", "c"]), anchor(&["a", "b.c"]));
    }

    #[test]
    fn bars_stay_in_their_track() {
        assert_eq!(share(3, 8), "37.5%");
        assert_eq!([share(9, 8), share(1, 0), share(-1, 8)], ["100.0%", "0.0%", "0.0%"]);
        let open = bar(Hue::Cpu, Range { min: 1, max: 2 }, None, 4);
        assert!(
            open.contains("open") && open.contains("width:50.0%") && open.contains("width:25.0%"),
            "{open}"
        );
    }
}
