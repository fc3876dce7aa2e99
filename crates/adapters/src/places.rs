//! Shared workspaces that this user opened on this computer: their addresses, the newest first, and their passwords in the
//! keychain of the system.

use std::path::PathBuf;

use super::sqlite::Database;
use super::sqlite::shared::{Address, create};
use super::vault::passwords;
use super::workspace::shared_folder;
use recondesk_domain::Secret;
use recondesk_ports::StoreError;

/// Addresses that are remembered.
const MOST: usize = 8;
/// No list of them is longer.
const LARGEST: u64 = 64 << 10;

fn list() -> Option<PathBuf> {
    Some(shared_folder().ok()?.join("recent.txt"))
}

/// Addresses of shared workspaces that were opened here, the newest first. One that cannot be read names none.
#[must_use]
pub fn recent() -> Vec<String> {
    let Some(list) = list() else {
        return Vec::new();
    };
    let is_small = std::fs::metadata(&list).is_ok_and(|meta| meta.len() <= LARGEST);
    let text = is_small.then(|| std::fs::read_to_string(&list).ok());
    let text = text.flatten().unwrap_or_default();
    // What others may have put there is no address.
    let lines = text.lines().filter(|line| Address::is_one(line));
    lines.take(MOST).map(str::to_owned).collect()
}

/// Puts an address before those that were opened earlier. That it cannot is no reason to stay out of the workspace.
pub fn remember(address: &str) {
    let (Some(list), true) = (list(), is_plain(address)) else {
        return;
    };
    let mut all = recent();
    all.retain(|known| known != address);
    all.insert(0, address.to_owned());
    all.truncate(MOST);
    let folder = list.parent().map(std::fs::create_dir_all);
    let written = folder
        .transpose()
        .and_then(|_| super::files::replace(&list, (all.join("\n") + "\n").as_bytes()));
    if let Err(error) = written {
        tracing::warn!(%error, "the address of the workspace is not remembered");
    }
}

/// One line, and an address that can be used: so it has no password in it.
fn is_plain(address: &str) -> bool {
    Address::is_one(address) && !address.contains(['\n', '\r']) && Address::parse(address).is_ok()
}

/// Makes certain that a shared workspace can be opened: made there first, with its files at `files`, where that is named;
/// by the password that is given, else as for every command. The password goes to the keychain, where there is one.
///
/// # Errors
/// [`StoreError`]: there is none, there is one already, or the server cannot be used.
pub fn try_open(
    address: &str,
    files: Option<&str>,
    password: Option<&Secret<String>>,
) -> Result<(), StoreError> {
    let mut place = Address::parse(address)?;
    if let Some(password) = password {
        place = place.with_password(password);
    }
    if let Some(files) = files {
        create(&place, files)?;
    }
    drop(Database::open_shared(&place)?);
    if let Some(password) = password
        && let Err(error) = passwords::keep(&place.shown(), password)
    {
        tracing::info!(%error, "the password of the database is not in a keychain");
    }
    remember(address);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_password_or_of_two_lines_is_not_remembered() {
        for wrong in [
            "postgres://li:geheim@db.example.com/desk",
            "postgres://li@db.example.com/desk\npostgres://li@other/desk",
            "/srv/desk",
        ] {
            assert!(!is_plain(wrong), "{wrong}");
        }
        assert!(is_plain(
            "postgres://li@db.example.com/desk?sslmode=verify-full"
        ));
    }
}
