//! The sealed file: right and wrong passphrases, damage, several programs.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use recondesk_adapters::vault::SystemVault;
use recondesk_domain::{ProfileId, Secret, SecretKind};
use recondesk_ports::{Vault as _, VaultError, VaultPlace};
use tempfile::TempDir;

const KEY: &[u8] = b"192006250b4c09247ec02edce69f6a2d";
const SHOP: ProfileId = ProfileId(1);

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("vault.sealed")
}

/// A vault that has been told its passphrase, which keeps it off the keychain of this computer.
fn open(folder: &TempDir, passphrase: &str) -> SystemVault {
    let answer = passphrase.to_owned();
    let ask = move |_| Some(Secret::new(answer.clone()));
    let vault = SystemVault::new("test".to_owned(), file(folder), Box::new(ask));
    if !file(folder).exists() {
        vault.unlock(Secret::new(passphrase.to_owned())).unwrap();
    }
    vault
}

fn filled() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let vault = open(&folder, "right");
    vault
        .set(SHOP, SecretKind::V2Key, Secret::new(KEY.to_vec()))
        .unwrap();
    folder
}

fn read(vault: &SystemVault) -> Result<Option<Vec<u8>>, VaultError> {
    let found = vault.get(SHOP, SecretKind::V2Key)?;
    Ok(found.map(|secret| secret.expose().clone()))
}

#[test]
fn a_secret_is_read_back_by_another_program_with_the_passphrase() {
    let folder = filled();

    let vault = open(&folder, "right");

    assert_eq!(vault.place(), VaultPlace::SealedFile);
    assert_eq!(read(&vault), Ok(Some(KEY.to_vec())));
    let other = vault.get(ProfileId(2), SecretKind::V2Key).unwrap();
    assert!(other.is_none());
}

#[test]
fn a_wrong_passphrase_is_told_apart_from_damage() {
    let folder = filled();

    assert_eq!(read(&open(&folder, "wrong")), Err(VaultError::Locked));

    let whole = std::fs::read(file(&folder)).unwrap();
    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 1;
    recondesk_adapters::files::replace(&file(&folder), &damaged).unwrap();
    assert!(matches!(
        read(&open(&folder, "right")),
        Err(VaultError::Broken(_))
    ));
}

#[test]
fn no_changed_byte_and_no_cut_goes_unnoticed() {
    let folder = filled();
    let whole = std::fs::read(file(&folder)).unwrap();
    let places = [0, 8, 12, 16, 20, 36, 52, 60, 76, 90, whole.len() - 1];
    for at in places {
        let mut changed = whole.clone();
        changed[at] ^= 0x80;
        recondesk_adapters::files::replace(&file(&folder), &changed).unwrap();
        assert!(read(&open(&folder, "right")).is_err(), "byte {at}");
    }
    for length in [0, 7, 50, 76, whole.len() - 1] {
        recondesk_adapters::files::replace(&file(&folder), &whole[..length]).unwrap();
        assert!(read(&open(&folder, "right")).is_err(), "{length} bytes");
    }
}

#[test]
fn a_refused_write_leaves_the_secrets_as_they_were() {
    let folder = filled();
    let before = std::fs::read(file(&folder)).unwrap();

    let stranger = open(&folder, "wrong");
    let refused = stranger.set(SHOP, SecretKind::V2Key, Secret::new(b"other".to_vec()));

    assert_eq!(refused, Err(VaultError::Locked));
    assert_eq!(std::fs::read(file(&folder)).unwrap(), before);
}

#[test]
fn a_removed_secret_is_gone_and_the_others_stay() {
    let folder = filled();
    let vault = open(&folder, "right");
    vault
        .set(SHOP, SecretKind::V3Key, Secret::new(b"3".repeat(32)))
        .unwrap();

    vault.remove(SHOP, SecretKind::V2Key).unwrap();

    assert_eq!(read(&vault), Ok(None));
    assert!(vault.get(SHOP, SecretKind::V3Key).unwrap().is_some());
}

#[test]
fn nobody_is_asked_for_a_passphrase_while_there_is_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let vault = SystemVault::new(
        "test".to_owned(),
        file(&folder),
        Box::new(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            None
        }),
    );

    drop(vault);

    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert!(!file(&folder).exists());
}

/// A vault of a workspace that remembers, told its passphrase.
fn of_workspace(folder: &TempDir, passphrase: &str) -> SystemVault {
    let database = recondesk_adapters::workspace::Workspace::at(folder.path())
        .unwrap()
        .open()
        .unwrap();
    open(folder, passphrase).remembering(Arc::new(database))
}

fn put(vault: &SystemVault) -> Result<(), VaultError> {
    vault.set(SHOP, SecretKind::V2Key, Secret::new(KEY.to_vec()))
}

#[test]
fn a_vault_that_was_deleted_or_exchanged_is_told_and_no_second_one_begins() {
    let folder = tempfile::tempdir().unwrap();
    put(&of_workspace(&folder, "right")).unwrap();
    assert_eq!(
        read(&of_workspace(&folder, "right")),
        Ok(Some(KEY.to_vec()))
    );
    assert_eq!(
        read(&of_workspace(&folder, "wrong")),
        Err(VaultError::Locked)
    );

    // Exchanged for one of another passphrase, then of the same, then deleted.
    let kept = std::fs::read(file(&folder)).unwrap();
    for passphrase in ["wrong", "right", ""] {
        std::fs::remove_file(file(&folder)).unwrap();
        if !passphrase.is_empty() {
            let other = tempfile::tempdir().unwrap();
            let vault = open(&other, passphrase);
            let key = Secret::new(KEY.to_vec());
            vault.set(ProfileId(9), SecretKind::V2Key, key).unwrap();
            std::fs::copy(file(&other), file(&folder)).unwrap();
        }
        assert_eq!(
            read(&of_workspace(&folder, "right")),
            Err(VaultError::Lost),
            "{passphrase}"
        );
        assert_eq!(
            put(&of_workspace(&folder, "right")),
            Err(VaultError::Lost),
            "{passphrase}"
        );
        assert_eq!(
            put(&of_workspace(&folder, "new")),
            Err(VaultError::Lost),
            "{passphrase}"
        );
    }
    assert!(!file(&folder).exists());

    // Put back, all is well; given up, a new one may begin.
    recondesk_adapters::files::replace(&file(&folder), &kept).unwrap();
    assert_eq!(
        read(&of_workspace(&folder, "right")),
        Ok(Some(KEY.to_vec()))
    );
    std::fs::remove_file(file(&folder)).unwrap();
    assert_eq!(of_workspace(&folder, "new").forget_lost(), Ok(1));
    assert_eq!(read(&of_workspace(&folder, "new")), Ok(None));
    put(&of_workspace(&folder, "new")).unwrap();
    assert_eq!(read(&of_workspace(&folder, "new")), Ok(Some(KEY.to_vec())));
}

#[test]
fn another_passphrase_opens_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let vault = of_workspace(&folder, "right");
    put(&vault).unwrap();

    vault
        .change_passphrase(Secret::new("other".to_owned()))
        .unwrap();

    assert_eq!(read(&vault), Ok(Some(KEY.to_vec())));
    assert_eq!(
        read(&of_workspace(&folder, "other")),
        Ok(Some(KEY.to_vec()))
    );
    assert_eq!(
        read(&of_workspace(&folder, "right")),
        Err(VaultError::Locked)
    );
    put(&of_workspace(&folder, "other")).unwrap();
}
