use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

/// Another user, as whom PostgreSQL runs: it refuses to run as root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    user: u32,
    group: u32,
}

impl Account {
    /// None if this process is not root's: then it runs as whoever that is.
    pub(super) fn to_run_as() -> Option<Self> {
        let probe = tempfile::tempdir().expect("a temporary folder");
        let own = std::fs::metadata(probe.path()).expect("its owner").uid();
        if own != 0 {
            return None;
        }
        let accounts = std::fs::read_to_string("/etc/passwd").expect("/etc/passwd");
        let found = ["postgres", "nobody"].iter().find_map(|name| Self::named(name, &accounts));
        Some(found.expect("a user postgres or nobody, since PostgreSQL does not run as root"))
    }

    fn named(name: &str, accounts: &str) -> Option<Self> {
        accounts.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let &[found, _, user, group, ..] = fields.as_slice() else { return None };
            (found == name).then_some(Self { user: user.parse().ok()?, group: group.parse().ok()? })
        })
    }

    /// Lets a command run as this user.
    pub(super) fn run(self, command: &mut Command) {
        command.uid(self.user).gid(self.group);
    }

    /// Gives the user a folder with everything in it.
    pub(super) fn own(self, place: &Path) {
        chown(place, Some(self.user), Some(self.group)).expect("root may give away what is its own");
        if place.is_dir() {
            for entry in std::fs::read_dir(place).expect("a folder") {
                self.own(&entry.expect("an entry").path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Account;

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        let accounts = "root:x:0:0:root:/root:/bin/sh\nnobody2:x:7:8::/:\nnobody:x:65534:65533:nobody:/:/bin/false\n";
        assert_eq!(Account::named("nobody", accounts), Some(Account { user: 65534, group: 65533 }));
        assert_eq!(Account::named("postgres", accounts), None);
    }
}
