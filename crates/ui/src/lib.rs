//! The window.
//!
//! Views read [`recondesk_app::State`] and push actions; the shell carries them out. Nothing here opens a
//! file, asks a database or waits. Sizes and colours are those of the design, set in [`theme`].

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positions on the screen are f32, and no count that is drawn as a length needs more"
)]
#![expect(
    clippy::many_single_char_names,
    reason = "p, t, w, x, y are painter, tokens, words and place everywhere in the window"
)]

mod action;
mod app;
mod closing;
mod file_picks;
pub mod fonts;
mod format;
mod help;
pub mod icons;
mod keys;
mod open_shared;
mod page;
mod paint;
mod palette;
mod pinyin;
mod rail;
mod run;
mod screens;
mod shell;
mod sign_in;
mod text;
pub mod theme;
pub mod tokens;
mod topbar;
mod unlock;
mod widgets;

pub use app::{App, Backend};
pub use run::{Wake, WindowParts, run};
pub use screens::Screen;
