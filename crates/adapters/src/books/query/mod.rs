//! What is asked of the books: a day's rows in key order, numbers anywhere, tables, raw rows.
//!
//! [`sieves`] says which imports may have a number,
//! [`snapshot`] says which sections and rows count; [`segment_cache`] reads them; the others answer questions.

mod billed;
mod contents;
mod evidence;
mod find;
mod known_numbers;
mod liveness;
mod lookup;
mod raw_row;
mod row_test;
pub(crate) mod scan;
pub(crate) mod segment_cache;
pub(crate) mod sieves;
pub(crate) mod snapshot;
mod table;
mod table_sort;
mod table_values;

pub(crate) use contents::MerchantContents;
pub(crate) use evidence::MerchantBooks;
