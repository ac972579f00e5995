use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::TaskId;

/// A fresh id. The time in it is of this host and only makes ids sort roughly by age: nothing is decided by it.
pub(super) fn new_id() -> TaskId {
    let milliseconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    TaskId::from_parts(u64::try_from(milliseconds).unwrap_or_default(), rand::random())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_read_back() {
        let (one, other) = (new_id(), new_id());
        assert_ne!(one, other);
        assert_eq!(one.to_string().parse(), Ok(one));
    }
}
