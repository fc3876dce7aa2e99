//! What the program can do, told without a window: jobs, commands, events, state.
//!
//! A click pushes a [`Command`]; [`State::enter`] numbers it and the [`Worker`] takes it.
//! A thread carries it out through its [`Jobs`] and sends [`Event`]s, each of which wakes the window.
//! [`State::apply`] puts the answer where it was asked for and says what to ask next; the screens draw the state.

mod advice;
pub mod command;
mod desk_state;
pub mod event;
mod failure;
mod forbidden;
pub mod gateway;
mod import_state;
pub mod jobs;
mod lab_state;
mod list_state;
mod lookup_state;
mod merchant_ref;
mod merchant_state;
pub mod model;
mod notice_list;
mod payout_state;
mod people_state;
mod places;
mod preferences;
mod refused_state;
mod reload;
mod remote;
mod rows;
pub mod schedule;
mod server_failure;
mod state;
pub mod tables;
mod task;
mod worker;

pub use advice::{Advice, Surface};
pub use command::{
    BillChoice, Command, Export, ExportFormat, Lane, ListKind, SheetRows, TaskKind, Welcome,
};
pub use desk_state::{Bulk, DeskState};
pub use event::{Changed, Event, NextDeed, NoticeText, Outcome};
pub use failure::{Failure, FailureKind, Message};
pub use import_state::Import;
pub use lab_state::Lab;
pub use list_state::{Cases, ListAnswers, Orders};
pub use lookup_state::{Ask, Lookup, Paused};
pub use merchant_ref::MerchantRef;
pub use merchant_state::MerchantAnswers;
pub use notice_list::Notice;
pub use payout_state::{Payouts, RunningPayout};
pub use people_state::People;
pub use places::{SharedPlaceAsk, SharedPlaces};
pub use preferences::{Density, Preferences, ThemeChoice};
pub use recondesk_domain::Language;
pub use recondesk_ports::{CancelToken, ReportFormat};
pub use refused_state::RefusedState;
pub use remote::Remote;
pub use rows::{PAGE_ROWS, PageWanted, RowWindow};
pub use state::{State, Task};
pub use task::{Progress, Reporter, Silent, Step, TaskId};
pub use worker::{Bell, Jobs, QueueFull, Worker, WorkerSet};
