//! Merchant files to canonical rows: sniff, map, validate, reject.
//!
//! [`sniff()`] judges the head of a file, [`Mapping`] says what its columns mean, [`Plan`] joins the
//! two. Text goes through a [`RecordSplitter`], which gives [`Block`]s that end with a record, so that
//! [`Plan::parse_block`] may run on any thread; workbooks go through [`Workbook`]. Both end in an
//! [`OrderBlock`]: rows, refused rows with their reasons, and the figures a person checks first.

mod block;
mod cells;
mod column;
mod damage;
mod delimiter_scan;
mod error;
mod guess;
mod list;
mod mapping;
mod mapping_toml;
mod names;
mod plan;
mod preview;
mod record;
mod record_splitter;
mod rejects;
mod row;
mod sniff;
mod value;
mod workbook;
mod xlsx_container;

pub use block::{DayStats, MAX_REJECTS_PER_BLOCK, OrderBlock, Reject, RowReason, Stats, UnitDoubt};
pub use column::Column;
pub use damage::Damage;
pub use error::{IntakeError, MappingError, NotOrders};
pub use list::list_text;
pub use mapping::{AmountUnit, Mapping, RecordKind, RefundShape, StatusRule, StatusWord};
pub use plan::{KnownContext, Plan};
pub use preview::{Preview, PreviewRow, RowFate, Watcher};
pub use record_splitter::{Block, MAX_COLUMNS, MAX_RECORD_BYTES, RecordSplitter};
pub use rejects::{ReasonLanguage, RejectWriter};
pub use sniff::{Encoding, Guess, HEAD_BYTES, SampleRow, sniff, sniff_text};
pub use workbook::Workbook;
pub use xlsx_container::MAX_UNPACKED_BYTES;
