//! What a database server says when it does not do what it was asked for.

/// A statement that the server of a shared workspace refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the database server refused ({code}): {said}")]
pub struct ServerRefusal {
    /// Its code (SQLSTATE).
    pub code: String,
    /// Its words.
    pub said: String,
}
