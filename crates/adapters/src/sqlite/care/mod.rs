//! Care for the database file: copying it, looking it over, making it anew.

mod inspection;
mod rebuild;
mod snapshot;

pub(crate) use inspection::sums_are_sound;
pub(super) use rebuild::finish;
pub(crate) use rebuild::{adopt, rebuild};
pub(crate) use snapshot::DatabaseFacts;
pub(super) use snapshot::copy;

/// Ends of the names of files that go with a database file.
pub(crate) const COMPANIONS: [&str; 4] = ["db-wal", "db-shm", "sums", "journal"];
