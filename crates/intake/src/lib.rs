//! Merchant files to canonical rows: sniff, map, validate, reject.
//!
//! [`sniff()`] judges the head of a file, [`Mapping`] says what its columns mean, [`Plan`] joins the
//! two. Text goes through a [`RecordSplitter`], which gives [`Block`]s that end with a record, so that
//! [`Plan::parse_block`] may run on any thread; workbooks go through [`Workbook`]. Both end in an
//! [`OrderBlock`]: rows, refused rows with their reasons, and the figures a person checks first.

mod amount;
mod bank_statement;
mod binary_book;
mod block;
mod book;
mod candidates;
mod cells;
mod channel;
mod channel_parts;
mod column;
mod column_words;
mod damage;
mod delimiter_scan;
mod direction;
mod encoding;
mod error;
mod fold;
mod guess;
mod header;
mod header_zone;
mod html_tables;
mod items;
mod list;
mod loaded_sheet;
mod mapping;
mod mapping_toml;
mod moment;
mod names;
mod notes;
mod ods_book;
mod ole_container;
mod plain_cells;
mod plan;
mod plan_read;
mod preview;
mod profile;
mod reason;
mod record;
mod record_splitter;
mod rejects;
mod row;
mod row_cells;
mod row_state;
mod sampling;
mod sheet_row;
mod sheet_texts;
mod sniff;
mod state_core;
mod state_words;
mod stats;
mod status;
mod toml_slip;
mod unpack;
mod value;
mod words;
mod workbook;
mod xlsx_book;
mod xlsx_container;
mod xml_sheets;
mod yes_no;

pub use bank_statement::{BankStatement, StatementFault, StatementReason, read_statement};
pub use block::{MAX_REJECTS_PER_BLOCK, OrderBlock};
pub use channel::is_mixed_means;
pub use column::Column;
pub use damage::Damage;
pub use encoding::Encoding;
pub use error::{IntakeError, MappingError, NotOrders};
pub use items::{merge_orders, merge_refunds};
pub use list::list_text;
pub use mapping::{
    AmountUnit, ChannelOwner, DayOrder, Mapping, RecordKind, RefundShape, RowAmount,
};
pub use plan::{KnownContext, Plan};
pub use preview::{Preview, PreviewRow, RowFate, Watcher};
pub use profile::{clean_number, read_amount};
pub use reason::{LeftOut, LeftOutReason, Reject, RowReason, ruined_forms};
pub use record_splitter::{Block, MAX_COLUMNS, MAX_RECORD_BYTES, RecordSplitter};
pub use rejects::{ReasonLanguage, RejectWriter};
pub use sampling::FileSample;
pub use sheet_texts::{TextRow, each_text_row};
pub use sniff::{Guess, HEAD_BYTES, LineEnd, SampleRow, sniff, sniff_text};
pub use stats::{DayStats, Stats, UnitDoubt};
pub use status::{StateSubject, StatusRule, StatusWord};
pub use toml_slip::TomlSlip;
pub use unpack::{NOTE_BYTES, PackedFile, packed_files, reads_as_note};
pub use words::WordSays;
pub use workbook::Workbook;
pub use xlsx_container::MAX_UNPACKED_BYTES;
