/// Why a document cannot take what was measured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misplaced {
    #[error("there is no line `{marker}`")]
    Missing { marker: String },
    #[error("`{marker}` is there twice")]
    Twice { marker: String },
    #[error("the block `{name}` ends before it begins")]
    EndsBeforeItBegins { name: String },
}

/// The document with `content` between `<!-- begin NAME -->` and `<!-- end NAME -->`, in place of what was there.
/// Everything around the markers stays as it is.
pub fn replace(document: &str, name: &str, content: &str) -> Result<String, Misplaced> {
    let (begin, end) = (format!("<!-- begin {name} -->"), format!("<!-- end {name} -->"));
    let inner = only(document, &begin)? + begin.len();
    let outer = only(document, &end)?;
    if outer < inner {
        return Err(Misplaced::EndsBeforeItBegins { name: name.to_owned() });
    }
    Ok(format!("{}\n\n{}\n\n{}", &document[..inner], content.trim(), &document[outer..]))
}

fn only(document: &str, marker: &str) -> Result<usize, Misplaced> {
    let mut places = document.match_indices(marker).map(|(at, _)| at);
    match (places.next(), places.next()) {
        (Some(at), None) => Ok(at),
        (None, _) => Err(Misplaced::Missing { marker: marker.to_owned() }),
        (Some(_), Some(_)) => Err(Misplaced::Twice { marker: marker.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str =
        "Before.\n<!-- begin w1 -->\nold\n<!-- end w1 -->\nBetween.\n<!-- begin w2 -->\n<!-- end w2 -->\n";

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let expected =
            "Before.\n<!-- begin w1 -->\n\nnew\n\n<!-- end w1 -->\nBetween.\n<!-- begin w2 -->\n<!-- end w2 -->\n";
        assert_eq!(replace(DOCUMENT, "w1", "new\n").as_deref(), Ok(expected));
    }

    #[test]
    fn writing_the_same_twice_changes_nothing_more() {
        let once = replace(DOCUMENT, "w2", "| a |").expect("both markers");
        assert_eq!(replace(&once, "w2", "| a |"), Ok(once));
    }

    #[test]
    fn markers_that_are_missing_or_misplaced_are_named() {
        let missing = |marker: &str| Err(Misplaced::Missing { marker: marker.to_owned() });
        assert_eq!(replace(DOCUMENT, "w3", ""), missing("<!-- begin w3 -->"));
        assert_eq!(replace("<!-- begin w1 -->", "w1", ""), missing("<!-- end w1 -->"));
        let twice = replace(&DOCUMENT.repeat(2), "w1", "");
        assert_eq!(twice, Err(Misplaced::Twice { marker: "<!-- begin w1 -->".to_owned() }));
        let turned = replace("<!-- end w1 --><!-- begin w1 -->", "w1", "");
        assert_eq!(turned, Err(Misplaced::EndsBeforeItBegins { name: "w1".to_owned() }));
    }
}
