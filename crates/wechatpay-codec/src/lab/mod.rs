//! The signature laboratory: plain data for the screen and the command line, made by the very code that signs.
//!
//! Nothing here draws, reads a clock or holds a key longer than a call; keys never appear in what is shown.

pub mod explain;
pub mod hunks;
mod json_tree;
pub mod paste;
pub mod reading;
pub mod reprint;
mod rewriting;
pub mod sending;
mod shell_words;
pub mod steps;
pub mod template;
mod template_fields;
pub mod template_v3;
mod unwrap;
pub mod verify;
pub mod visible;

pub use template_fields::field_meaning;

/// What stands in shown text where the API key would.
pub const KEY_PLACEHOLDER: &str = "YOUR_KEY";
