//! No core files: what a crash leaves on the disk must not hold a key.

/// Asks the system for none, for this program and all that it starts.
///
/// Elsewhere than on Linux this does nothing: macOS and Windows write none unless somebody turns them on.
pub fn forbid() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};

        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        if let Err(error) = setrlimit(Resource::Core, none) {
            tracing::warn!(%error, "core files could not be turned off");
        }
    }
}
