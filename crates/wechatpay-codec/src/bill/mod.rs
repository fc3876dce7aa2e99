//! Trade bills of WeChat Pay (`downloadbill`): telling bodies apart, reading, checking, printing.
//!
//! A bill is not RFC 4180 text: nothing is quoted, each value starts with one backtick, merchant text may hold
//! anything. [`sniff()`] tells what a body is, [`BillError`] reads the error XML, [`Layout`] understands the header line and
//! parses blocks of whole lines, [`BillReader`] feeds it from a stream, [`Certificate`] says what the result is worth,
//! [`BillPrinter`] writes bills in the documented form. No file, socket, clock or thread is used here.

mod block;
mod bounds;
mod cell;
mod certificate;
mod column;
mod cut;
mod days;
mod encoding;
mod error_body;
mod identity;
mod layout;
mod lines;
mod money_cell;
mod printer;
mod reader;
mod reason;
mod reasons;
mod row;
mod saved_again;
mod script;
mod sniff;
mod subject;
mod summary;

pub use block::{BillBlock, DayCount, MerchantCount, Problem, QuarterHours, RowFault, Sums, Tally};
pub use bounds::{BoundBreak, Bounds};
pub use certificate::{
    BadRow, Certificate, Digests, Expect, Identity, MerchantRows, SumFigures, UnknownValue, Verdict,
};
pub use column::BillColumn;
pub use days::{DayBill, MOST_DAYS, split_days};
pub use encoding::text_of;
pub use error_body::BillError;
pub use layout::{BillKind, Family, HeaderFault, Layout, MAX_COLUMNS};
pub use printer::{BillForm, BillLine, BillPrinter, MerchantText, PrintError, RefundColumns};
pub use reader::{
    BillFault, BillReader, LineBlock, MAX_LINE_BYTES, Opened, line_blocks, row_start,
};
pub use reason::{Effect, Reason};
pub use saved_again::SavedAgain;
pub use sniff::{BodyKind, sniff};
pub use summary::{Summary, SummaryCell, SummaryColumn, is_header as is_summary_header};
