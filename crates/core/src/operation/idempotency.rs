use sha2::{Digest, Sha256};

use crate::model::IdempotencyKey;

/// What stands for an idempotency key in the store: the first bytes of a SHA-256 over whose key it is, the key, and
/// which item of a batch. So callers do not meet each other's keys, and a batch needs one key only.
pub fn idempotency_key(caller: &str, key: &str, item: Option<usize>) -> IdempotencyKey {
    let mut hash = Sha256::new();
    for part in [caller, key] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    if let Some(index) = item {
        hash.update((index as u64).to_be_bytes());
    }
    let mut first = IdempotencyKey::default();
    let length = first.len();
    first.copy_from_slice(&hash.finalize()[..length]);
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_of_its_caller_and_of_its_item() {
        let keys = [
            idempotency_key("a", "bc", None),
            idempotency_key("ab", "c", None),
            idempotency_key("a", "bc", Some(0)),
            idempotency_key("a", "bc", Some(1)),
            idempotency_key("", "bc", None),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[index + 1..].contains(key), "{index}");
        }
        assert_eq!(keys[0], idempotency_key("a", "bc", None));
    }
}
