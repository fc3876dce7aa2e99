//! A value that must not be seen: masked in every print, wiped on drop, read only by name.

use std::fmt;

use zeroize::Zeroize;

/// A secret. `Debug` prints dots, there is no `Display`, no `Serialize` and no `PartialEq`.
///
/// ```
/// use recondesk_domain::Secret;
/// let key = Secret::new("192006250b4c09247ec02edce69f6a2d".to_owned());
/// assert_eq!(format!("{key:?}"), "Secret(••••)");
/// assert_eq!(key.expose().len(), 32);
/// ```
#[derive(Clone)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes a value into custody.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Lets the caller read the value; the name is what reviewers search for.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(••••)")
    }
}

impl From<String> for Secret<String> {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}
