//! "Did you mean": the candidate nearest to what was written.

/// The candidate that `written` most probably meant, if one is near enough to be worth naming.
///
/// Distance is Damerau–Levenshtein (optimal string alignment) without regard to case, `-` and `_`; at most a third
/// of the longer word may differ. Of equally near candidates the first wins, so the result follows source order.
pub fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = fold(written);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let folded = fold(candidate);
        let limit = wanted.len().max(folded.len()).div_ceil(3);
        if wanted.len().abs_diff(folded.len()) > limit {
            continue;
        }
        let d = distance(&wanted, &folded);
        if d <= limit && d < wanted.len().max(folded.len()) && best.is_none_or(|(b, _)| d < b) {
            best = Some((d, candidate));
        }
    }
    best.map(|(_, c)| c)
}

fn fold(text: &str) -> Vec<char> {
    text.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
}

fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substitute = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut d = substitute.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                d = d.min(before[j - 2] + 1);
            }
            row.push(d);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn finds_what_was_meant_and_leaves_strangers_alone() {
        let fields = ["requests", "limits", "memory", "max-unavailable"];
        assert_eq!(closest("request", fields), Some("requests"));
        assert_eq!(closest("memroy", fields), Some("memory"));
        assert_eq!(closest("maxUnavailable", fields), Some("max-unavailable"));
        assert_eq!(closest("volume", fields), None);
        assert_eq!(closest("x", ["y"]), None);
    }
}
