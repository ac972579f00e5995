/// Reads a number of bytes, such as `1048576`, `512KiB` or `1MiB`, from 1 to `most`; `variable` goes into the error.
pub fn parse_size(variable: &str, text: &str, most: usize) -> Result<usize, String> {
    let (digits, unit) = match text.find(|character: char| !character.is_ascii_digit()) {
        Some(end) => text.split_at(end),
        None => (text, ""),
    };
    let factor = match unit.trim() {
        "" | "B" => Some(1),
        "KiB" => Some(1024),
        "MiB" => Some(1024 * 1024),
        _ => None,
    };
    digits
        .parse::<usize>()
        .ok()
        .zip(factor)
        .and_then(|(number, factor)| number.checked_mul(factor))
        .filter(|bytes| (1..=most).contains(bytes))
        .ok_or_else(|| {
            let most = most >> 20;
            format!("{variable} is a number of bytes such as 1048576, 512KiB or 1MiB, at most {most}MiB")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_and_without_a_unit() {
        assert_eq!(parse_size("MAX_BODY", "2 KiB", 1 << 20), Ok(2048));
        assert_eq!(parse_size("MAX_BODY", "17", 1 << 20), Ok(17));
        for text in ["", "0", "1GB", "-1", "1.5MiB", "2MiB", "99999999999999999999MiB"] {
            let error = parse_size("MAX_BODY", text, 1 << 20).unwrap_err();
            assert_eq!(error, "MAX_BODY is a number of bytes such as 1048576, 512KiB or 1MiB, at most 1MiB", "{text}");
        }
    }
}
