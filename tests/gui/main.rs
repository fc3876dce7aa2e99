//! Window tests: one binary, one module a subject.
//!
//! With the feature `pictures` they draw as well, which takes a renderer and a Vulkan adapter.

#![cfg(test)]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the numbers of made-up rows are small"
)]

mod bulk;
mod care;
mod casework;
mod clicks;
mod craft;
mod decisions;
mod first_run;
mod fonts;
mod frame;
mod funds;
mod import;
mod lookup;
mod lookup_sample;
mod merchants;
mod open_shared;
mod payout;
mod people;
mod personal_data;
#[cfg(feature = "pictures")]
mod pictures;
mod refused;
mod row_menus;
mod sample;
mod screens;
mod sign_off;
mod signature;
#[cfg(feature = "pictures")]
mod snapshots;
mod stage;
mod tables;
mod unlock;
