//! Merchant files to canonical rows: sniff, map, validate, reject.
//!
//! [`sniff()`] judges the head of a file, [`Mapping`] says what its columns mean, [`Plan`] joins the
//! two. Text goes through a [`RecordSplitter`], which gives [`Block`]s that end with a record, so that
//! [`Plan::parse_block`] may run on any thread; workbooks go through [`Workbook`]. Both end in an
//! [`OrderBlock`]: rows, refused rows with their reasons, and the figures a person checks first.

mod block;
mod cells;
mod column;
mod cutter;
mod damage;
mod error;
mod guess;
mod list;
mod mapping;
mod mapping_toml;
mod names;
mod parts;
mod plan;
mod preview;
mod record;
mod rejects;
mod row;
mod sniff;
mod stops;
mod value;
mod workbook;

pub use block::{DayStats, MAX_REJECTS_PER_BLOCK, OrderBlock, Reason, Reject, Stats, UnitDoubt};
pub use column::Column;
pub use cutter::{Block, MAX_COLUMNS, MAX_RECORD_BYTES, RecordSplitter};
pub use damage::Damage;
pub use error::{IntakeError, MappingError, NotOrders};
pub use list::list_text;
pub use mapping::{AmountUnit, Kind, Mapping, RefundShape, StatusRule, StatusWord};
pub use parts::MAX_UNPACKED_BYTES;
pub use plan::{KnownContext, Plan};
pub use preview::{Fate, Preview, PreviewRow, Watcher};
pub use rejects::{ReasonLanguage, RejectWriter};
pub use sniff::{Encoding, Guess, HEAD_BYTES, SampleRow, sniff, sniff_text};
pub use workbook::Workbook;
