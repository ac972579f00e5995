/// A name outside of what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a name: 1 to 64 characters of A-Z a-z 0-9 _ . : - are allowed")]
pub struct InvalidName {
    name: String,
}

/// Checks the name of a queue, a role or a task.
pub fn check_name(name: &str) -> Result<(), InvalidName> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    if (1..=64).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    Err(InvalidName { name: name.chars().take(80).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_plain() {
        assert!(check_name("reports.eu-1:a_B").is_ok());
        assert!(check_name(&"a".repeat(64)).is_ok());
        for name in ["", "a b", "ä", "a/b", &"a".repeat(65)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
