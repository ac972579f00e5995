use std::io;

/// Places for connections that are sent away because there are too many.
pub(super) const REFUSED_AT_ONCE: usize = 64;

/// Files besides the connections: stores, subscriptions, logs, and connections that are being refused.
const OTHER_FILES: usize = 192 + REFUSED_AT_ONCE;

/// How many files this process may have open, and what follows from that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Files {
    pub(crate) limit: usize,
    /// How many of them may be connections.
    pub(crate) connections: usize,
}

impl Files {
    /// Raises the limit of this process (`RLIMIT_NOFILE`) as far as `wanted` connections need it and as it may.
    pub(crate) fn make_room(wanted: usize) -> io::Result<Self> {
        let (soft, hard) = rlimit::Resource::NOFILE.get()?;
        let raised = raised(soft, hard, wanted);
        // Some systems name a hard limit that they do not give.
        let limit = if raised > soft && rlimit::Resource::NOFILE.set(raised, hard).is_ok() { raised } else { soft };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(Self { limit, connections: connections(limit, wanted) })
    }
}

fn raised(soft: u64, hard: u64, wanted: usize) -> u64 {
    let needed = u64::try_from(wanted.saturating_add(OTHER_FILES)).unwrap_or(u64::MAX);
    soft.max(needed.min(hard))
}

/// At least a half of the files stay for connections, so that a manager serves under any limit.
fn connections(limit: usize, wanted: usize) -> usize {
    wanted.min(limit.saturating_sub(OTHER_FILES).max(limit / 2)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_as_far_as_needed_and_allowed_and_never_lowered() {
        assert_eq!(raised(1024, 1 << 20, 16_384), 16_384 + 256);
        assert_eq!(raised(1024, 4096, 16_384), 4096);
        assert_eq!(raised(20_000, 20_000, 100), 20_000);
        assert_eq!(raised(1024, u64::MAX, usize::MAX), u64::MAX);
    }

    #[test]
    fn connections_leave_files_for_everything_else() {
        assert_eq!(connections(20_000, 16_384), 16_384);
        assert_eq!(connections(4096, 16_384), 4096 - 256);
        assert_eq!(connections(256, 16_384), 128);
        assert_eq!(connections(0, 16_384), 1);
    }
}
