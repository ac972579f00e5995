use sha2::{Digest, Sha256};

use crate::model::{Policy, PolicyRef, TaskType};

/// What records refer to a policy by: the first eight bytes of SHA-256 over the JSON of task type and policy.
pub fn policy_ref(task_type: &TaskType, policy: &Policy) -> PolicyRef {
    let text = serde_json::to_vec(&(task_type, policy)).unwrap_or_default();
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&Sha256::digest(text)[..8]);
    PolicyRef::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_that_differ_have_different_references() {
        let noop = TaskType::new("noop", 1);
        let policy = Policy::default();
        let other = Policy { max_retries: 4, ..Policy::default() };
        assert_eq!(policy_ref(&noop, &policy), policy_ref(&noop, &policy.clone()));
        assert_ne!(policy_ref(&noop, &policy), policy_ref(&noop, &other));
        assert_ne!(policy_ref(&noop, &policy), policy_ref(&TaskType::new("noop", 2), &policy));
    }
}
