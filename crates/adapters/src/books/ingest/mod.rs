//! From a file to the books: reading and checking it, ordering its rows, writing segment, archive and catalog entry.
//!
//! [`bill`], [`fund_flow`], [`bank_statement`] and [`orders`] are the jobs; [`draft`] owns the order in which their files become part of the books.

mod bank_statement;
mod bill;
mod bill_lines;
mod bucket_sort;
mod draft;
mod fund_flow;
mod known_file;
mod orders;
mod partition;
mod pipeline;
mod re_read;
mod read_bill;
mod read_orders;
mod repeats;
mod row_buffer;
mod section_writer;
mod sieve_builder;
mod upsert;
mod varint;

pub(crate) use orders::reads_alike;
