//! What the program can do, told without a window: jobs, commands, events, state.

mod failure;
pub mod jobs;
mod task;

pub use crate::ports::CancelToken;
pub use failure::{Failure, FailureKind, Words};
pub use task::{Progress, Reporter, Silent, Step, TaskId};
