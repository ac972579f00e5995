use std::io::Read;

use super::failure::Failure;

/// The ids of a command line; `-` stands for those on `stdin`, separated by white space.
pub(crate) fn read(words: Vec<String>, stdin: impl Read) -> Result<Vec<String>, Failure> {
    if words != ["-"] {
        return Ok(words);
    }
    let text = std::io::read_to_string(stdin).map_err(|error| Failure::Failed(format!("standard input: {error}")))?;
    Ok(text.split_whitespace().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_from_the_command_line_or_from_standard_input() {
        let ids = |words: &[&str], stdin: &str| {
            read(words.iter().map(|word| (*word).to_owned()).collect(), stdin.as_bytes()).expect("ids")
        };
        assert_eq!(ids(&["a", "b"], "c"), ["a", "b"]);
        assert_eq!(ids(&["-"], "a b\nc\n"), ["a", "b", "c"]);
        assert!(ids(&["-"], "\n").is_empty());
    }
}
