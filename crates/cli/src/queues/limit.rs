/// A number of tasks, or none at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit(pub(super) Option<u32>);

/// A limit as it is written on the command line.
pub(super) fn limit(text: &str) -> Result<Limit, String> {
    match text {
        "none" => Ok(Limit(None)),
        number => match number.parse() {
            Ok(0) => Err("none stands for no limit; a limit is 1 or more".to_owned()),
            Ok(number) => Ok(Limit(Some(number))),
            Err(_) => Err(format!("a number from 1 to {} or none is expected", u32::MAX)),
        },
    }
}

/// The same, as it is shown.
pub(super) fn shown(limit: Option<u32>) -> String {
    limit.map_or_else(|| "none".to_owned(), |limit| limit.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_read_as_it_is_shown() {
        for limit_of in [None, Some(1), Some(u32::MAX)] {
            assert_eq!(limit(&shown(limit_of)), Ok(Limit(limit_of)));
        }
        for text in ["", "0", "-1", "1.5", "4294967296", "all"] {
            assert!(limit(text).is_err(), "{text}");
        }
    }
}
