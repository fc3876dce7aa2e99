//! What may happen to the disk below a workspace: calls that fail, programs that are killed, power cuts, damaged copies.
//!
//! Programs run under a layer between them and the system, `crates/adapters/tests/it/fault_layer.c`. The short forms
//! run always; `RECONDESK_THOROUGH=1` asks for the full ones.

mod damaged_copies;
#[cfg(target_os = "linux")]
mod failing_calls;
#[cfg(target_os = "linux")]
mod jobs;
#[cfg(target_os = "linux")]
mod more_jobs;
#[cfg(target_os = "linux")]
mod power_cut;
#[cfg(target_os = "linux")]
mod seen;
#[cfg(target_os = "linux")]
mod trace;
mod view;
mod yard;

use std::path::Path;

#[cfg(target_os = "linux")]
pub(crate) use jobs::TraceLayer;
pub(crate) use view::tables;

/// True when the full form is asked for.
pub(crate) fn is_thorough() -> bool {
    std::env::var_os("RECONDESK_THOROUGH").is_some()
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a damaged or half-written file is what the tests need"
)]
fn overwrite(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}
