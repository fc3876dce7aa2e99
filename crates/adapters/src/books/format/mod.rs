//! How the books look on disk: segment files of column groups and index pages, archive files of raw bytes.
//!
//! A segment file is `sections`, each the rows of one book and one business day in order of (fingerprint of the
//! key, key, line): groups of 2048 rows, column by column ([`group`], [`mod@column`]); two paged indexes of short
//! fingerprints ([`index_page`]), of the keys and of every other number in the row; a footer ([`segment`]).
//! A sieve ([`sieve`]) has the fingerprints of many imports, to be asked before their segments are opened.
//! A fingerprint only narrows: the whole text is compared on every hit. Nothing here opens a file but
//! [`archive`], and nothing knows where rows come from or what is asked of them.

pub(crate) mod archive;
pub(crate) mod column;
pub(crate) mod group;
pub(crate) mod index_page;
pub(crate) mod packed_digits;
pub(crate) mod record;
pub(crate) mod segment;
pub(crate) mod sieve;
