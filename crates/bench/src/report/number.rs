/// A number with that many decimals, and a comma after each three digits before them.
pub fn grouped(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    // Rounding may leave a minus before nothing.
    let is_zero = !text.contains(|digit: char| digit.is_alphabetic() || ('1'..='9').contains(&digit));
    let text = if is_zero { text.replace('-', "") } else { text };
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let first = whole.len() % 3;
    let mut parts = vec![&whole[..first]];
    parts.extend((first..whole.len()).step_by(3).map(|at| &whole[at..at + 3]));
    parts.retain(|part| !part.is_empty());
    format!("{sign}{}{fraction}", parts.join(","))
}

/// How often something was measured, and so what its figures are.
pub fn runs(number: usize) -> String {
    match number {
        1 => "1 run".to_owned(),
        _ => format!("{number} runs; median (smallest – largest)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let texts =
            [(0.0, "0"), (999.4, "999"), (1_000.0, "1,000"), (-45_678.0, "-45,678"), (1_234_567.0, "1,234,567")];
        for (number, text) in texts {
            assert_eq!(grouped(number, 0), text);
        }
        assert_eq!(grouped(12_345.678, 2), "12,345.68");
    }

    #[test]
    fn nothing_has_no_sign() {
        assert_eq!((grouped(-0.2, 0), grouped(-0.04, 1)), ("0".to_owned(), "0.0".to_owned()));
        assert_eq!(grouped(-0.06, 1), "-0.1");
    }

    #[test]
    fn one_run_has_no_spread_to_speak_of() {
        assert_eq!(runs(1), "1 run");
        assert_eq!(runs(3), "3 runs; median (smallest – largest)");
    }

    #[test]
    fn what_is_no_number_says_so() {
        assert_eq!(grouped(f64::NAN, 1), "NaN");
    }
}
