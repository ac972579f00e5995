//! Which name may have been meant.

/// The candidate that is nearest to `name`, if it is near enough to be a slip.
pub(super) fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let far = name.chars().count() / 3 + 1;
    candidates
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(away, _)| *away <= far)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Insertions, removals and replacements of characters from `a` to `b` (Levenshtein), with case ignored.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.to_lowercase().chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let known = ["word_count", "echo_task", "noop"];
        assert_eq!(nearest("wordcount", known.into_iter()), Some("word_count"));
        assert_eq!(nearest("Echo_Tsak", known.into_iter()), Some("echo_task"));
        assert_eq!(nearest("send_mail", known.into_iter()), None);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
