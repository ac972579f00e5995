use crate::model::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    pub now: Timestamp,
    /// Tasks cancelled.
    pub moved: usize,
    /// When the next task expires (it may be past: then there is more to expire now); a hint that may be too early,
    /// never too late.
    pub next: Option<Timestamp>,
}
