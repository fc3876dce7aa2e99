//! Where the files of a shared workspace lie in a test: in a folder, or in an object store where one is named.
//!
//! `RECONDESK_TEST_S3=s3://BUCKET` names it; keys and address come from the environment, as for everybody.

use std::path::Path;

fn store() -> Option<String> {
    std::env::var("RECONDESK_TEST_S3").ok()
}

/// True where the files lie in an object store.
pub(crate) fn is_stored() -> bool {
    store().is_some()
}

/// The location of files that belong to a folder and to no other test.
pub(crate) fn location(folder: &Path) -> String {
    let Some(store) = store() else {
        return format!("file://{}", folder.display());
    };
    let path = folder.to_str().unwrap();
    let name: String = path.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{store}/{name}")
}
