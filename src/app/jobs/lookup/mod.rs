//! 查单: any number pasted, what the workspace knows of it, what WeChat Pay says, what to do.
//!
//! `recognise` finds the numbers in a text.

pub mod recognise;
