use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::account::Account;
use super::{PASSWORD, USER, programs};

/// How a data folder is made. Small: it is copied for each server.
const INITDB: [&str; 7] =
    ["--auth=password", "--no-sync", "--encoding=UTF8", "--locale=C", "--wal-segsize=1", "--username", USER];

/// Who may come in. What SCRAM asks of a client takes long in a program that is not optimised: only who wants to see it has it.
const HBA: &str = "\
    host all scrammed 127.0.0.1/32 scram-sha-256\n\
    host all all 127.0.0.1/32 password\n";

/// Makes a data folder. What initdb takes a second for is done once for a build, and copied.
pub(super) fn create(data: &Path, account: Option<&Account>) {
    let template = template();
    if !template.is_dir() {
        let made = made_anew(account);
        // Another test may have come first, or nothing may be written here: then this one's is used once.
        let staging = template.with_extension(std::process::id().to_string());
        let kept = fs::create_dir_all(&staging).and_then(|()| copy(&made.path().join("data"), &staging));
        if kept.and_then(|()| fs::rename(&staging, &template)).is_err() {
            let _ = fs::remove_dir_all(&staging);
            copy(&made.path().join("data"), data).expect("a data folder can be copied");
            return;
        }
    }
    copy(&template, data).expect("a data folder can be copied");
}

/// Beside the programs that were built, for this version and these options.
fn template() -> PathBuf {
    let said = Command::new(programs::file("postgres")).arg("--version").output().expect("postgres can be started");
    let words = format!("{} {}", String::from_utf8_lossy(&said.stdout), INITDB.join(" "));
    let name: String = words.chars().filter(char::is_ascii_alphanumeric).collect();
    let own = std::env::current_exe().expect("the own path");
    let folder = own.parent().expect("a program is in a folder");
    // A test is in target/PROFILE/deps.
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    folder.join("postgres-templates").join(name)
}

fn made_anew(account: Option<&Account>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let password = folder.path().join("password");
    fs::write(&password, PASSWORD).expect("the password can be written");
    let mut command = Command::new(programs::file("initdb"));
    command
        .args(INITDB)
        .arg("--pwfile")
        .arg(&password)
        .arg("-D")
        .arg(folder.path().join("data"))
        .current_dir(folder.path())
        .stdin(Stdio::null());
    if let Some(account) = account {
        account.own(folder.path());
        account.run(&mut command);
    }
    let output = command.output().expect("initdb can be started");
    assert!(output.status.success(), "initdb failed:\n{}", String::from_utf8_lossy(&output.stderr));
    fs::write(folder.path().join("data/pg_hba.conf"), HBA).expect("pg_hba.conf can be written");
    folder
}

/// Copies a folder, with the rights of everything in it.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
