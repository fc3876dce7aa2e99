//! Fills the models of the screens from the ports: one file a screen, nothing stored, nothing sent.

mod day;

pub use day::{Figures, figures, is_matched, sign_off};
