//! Window tests: one binary, one module a subject.

mod fonts;
mod frame;
mod lookup;
mod lookup_sample;
mod pictures;
mod sample;
mod screens;
mod stage;
