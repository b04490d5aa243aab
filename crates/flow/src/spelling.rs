//! The nearest known word to one that is not known, for mends.

/// Longest word that is compared, in characters; longer ones are no slips of the pen.
const WORD_CHARS_MAX: usize = 64;

/// The candidate that `word` was most likely meant to be; `None` when nothing is near.
///
/// Near is: equal without regard to case, `-` and `_`; or at most one change for each three letters (at least one).
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted = fold(word);
    let allowed = (wanted.len() / 3).max(1);
    candidates
        .into_iter()
        .filter_map(|candidate| Some((distance(&wanted, &fold(candidate), allowed)?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn fold(word: &str) -> Vec<char> {
    word.chars()
        .filter(|c| !matches!(c, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
        .take(WORD_CHARS_MAX)
        .collect()
}

/// Insertions, deletions, replacements and swaps of neighbours between two words, if at most `allowed`.
fn distance(a: &[char], b: &[char], allowed: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > allowed || a.is_empty() || b.is_empty() {
        return None;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(from != to)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *from == b[j - 1] && a[i - 1] == *to {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    let found = *last.last()?;
    (found <= allowed).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_slips_and_no_strangers() {
        let filters = ["capitalize", "upper", "lower", "trim", "default", "date", "join"];
        assert_eq!(nearest("capitalise", filters), Some("capitalize"));
        assert_eq!(nearest("uper", filters), Some("upper"));
        assert_eq!(nearest("dfeault", filters), Some("default"));
        assert_eq!(nearest("Join", filters), Some("join"));
        assert_eq!(nearest("encrypt", filters), None);
        assert_eq!(nearest("", filters), None);
        assert_eq!(nearest("customer-email", ["customer_email"]), Some("customer_email"));
    }
}
