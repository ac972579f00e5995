use sha2::{Digest as _, Sha256};

use crate::model::{Policy, PolicyRef, TaskType};

/// The reference under which a task type's policy is stored: the first eight bytes of the SHA-256 of both as JSON.
pub fn policy_ref(task_type: &TaskType, policy: &Policy) -> PolicyRef {
    let text = serde_json::to_vec(&(task_type, policy)).unwrap_or_default();
    let digest = Sha256::digest(&text);
    let mut bytes = [0; PolicyRef::LEN];
    bytes.copy_from_slice(&digest[..PolicyRef::LEN]);
    PolicyRef::from_bytes(bytes)
}
