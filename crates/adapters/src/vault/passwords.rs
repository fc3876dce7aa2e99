//! Passwords of database servers in the keychain of the system, by the address that may be shown. Where there is no
//! keychain, none is kept.

use super::keychain::Keychain;
use recondesk_domain::Secret;
use recondesk_ports::VaultError;

/// What they are kept under; workspaces have names of another form.
const OF_SERVERS: &str = "database";

/// Keeps the password for an address.
pub(crate) fn keep(address: &str, password: &Secret<String>) -> Result<(), VaultError> {
    let bytes = Secret::new(password.expose().as_bytes().to_vec());
    Keychain::of(OF_SERVERS)?.set(address, &bytes)
}

/// The password that is kept for an address.
pub(crate) fn known(address: &str) -> Option<Secret<String>> {
    let bytes = Keychain::of(OF_SERVERS).ok()?.get(address).ok()??;
    let text = std::str::from_utf8(bytes.expose()).ok()?;
    Some(Secret::new(text.to_owned()))
}
