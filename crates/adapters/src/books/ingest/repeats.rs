//! Rows of one file that share their number: one order with several items becomes one row.
//!
//! Rows that contradict each other stay as they are, to be told as duplicates (P10).

use std::collections::BTreeMap;

use super::partition::{PartitionedRows, Ranges, Sorted, TOO_MANY_ROWS};
use super::read_orders::{place_order, place_refund};
use super::row_buffer::{RowEntry, lost};
use crate::books::disk_error;
use crate::books::format::record::Record;
use recondesk_domain::{Fen, MOrder, MRefund, MchId};
use recondesk_intake::{RowAmount, merge_orders, merge_refunds};
use recondesk_ports::BooksError;

/// A row of the merchant's books: where it is kept, and what several of one number are together.
pub(crate) trait Merged: Record {
    /// Day, whether it is hot, and what the catalog says of it.
    fn place(&self) -> ((i32, bool), Ranges);
    /// Its amount.
    fn amount(&self) -> Fen;
    /// The sub-merchant that numbers it; empty where there is none.
    fn shop(&self) -> MchId;
    /// The rows of one number as one; `None` where they contradict each other.
    fn merged(rows: &[Self], amounts: RowAmount) -> Option<Self>;
}

impl Merged for MOrder {
    fn place(&self) -> ((i32, bool), Ranges) {
        place_order(self)
    }

    fn amount(&self) -> Fen {
        self.amount
    }

    fn shop(&self) -> MchId {
        self.sub_mch_id
    }

    fn merged(rows: &[Self], amounts: RowAmount) -> Option<Self> {
        merge_orders(rows, amounts)
    }
}

impl Merged for MRefund {
    fn place(&self) -> ((i32, bool), Ranges) {
        place_refund(self)
    }

    fn amount(&self) -> Fen {
        self.amount
    }

    fn shop(&self) -> MchId {
        MchId::EMPTY
    }

    fn merged(rows: &[Self], _: RowAmount) -> Option<Self> {
        merge_refunds(rows)
    }
}

/// What became of rows that share their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repeats {
    /// Rows that are part of another one now.
    pub(crate) merged: u64,
    /// Rows that contradict another one of their number.
    pub(crate) contrary: u64,
    /// What the rows of items repeat of the amounts of their orders; `None` where it cannot be counted.
    pub(crate) twice: Option<Fen>,
}

impl Default for Repeats {
    fn default() -> Self {
        Self {
            merged: 0,
            contrary: 0,
            twice: Some(Fen::ZERO),
        }
    }
}

impl Repeats {
    /// Both together.
    pub(crate) fn with(self, other: Self) -> Self {
        let twice = self.twice.zip(other.twice);
        Self {
            merged: self.merged + other.merged,
            contrary: self.contrary + other.contrary,
            twice: twice.and_then(|(mine, theirs)| mine.checked_add(theirs)),
        }
    }
}

/// The amounts of rows beyond the amount of the row that they became.
fn beyond<R: Merged>(rows: &[R], one: &R) -> Option<Fen> {
    let all = rows
        .iter()
        .try_fold(Fen::ZERO, |sum, row| sum.checked_add(row.amount()))?;
    all.checked_sub(one.amount())
}

/// The rows that share their key, each with its place.
type EntriesOfKey<R> = Vec<(RowEntry, R)>;

/// Puts the rows in order and makes one of those that share their number.
pub(crate) fn sort<R: Merged>(
    rows: &mut PartitionedRows<R>,
    amounts: RowAmount,
) -> Result<Repeats, BooksError> {
    rows.buffer.sort();
    let groups = groups(rows);
    if groups.is_empty() {
        return Ok(Repeats::default());
    }
    let mut found = Repeats::default();
    let mut gone = Vec::new();
    let mut made = Sorted::default();
    for group in groups {
        // Each sub-merchant numbers its own.
        let mut by_key: BTreeMap<(Vec<u8>, MchId), EntriesOfKey<R>> = BTreeMap::new();
        for entry in group {
            let row = rows
                .buffer
                .row(entry, 0)
                .ok_or_else(|| disk_error(&lost()))?;
            by_key
                .entry((row.key().to_vec(), row.shop()))
                .or_default()
                .push((entry, row));
        }
        for mut same in by_key.into_values().filter(|same| same.len() > 1) {
            same.sort_by_key(|(_, row)| row.row().line);
            let all: Vec<R> = same.iter().map(|(_, row)| *row).collect();
            let Some(one) = R::merged(&all, amounts) else {
                found.contrary += all.len() as u64;
                continue;
            };
            found = found.with(Repeats {
                merged: all.len() as u64 - 1,
                contrary: 0,
                twice: beyond(&all, &one),
            });
            gone.extend(same.iter().map(|(entry, _)| *entry));
            let (key, ranges) = one.place();
            made.push(&one, key, &ranges);
        }
    }
    if gone.is_empty() {
        return Ok(found);
    }
    gone.sort_unstable_by_key(|entry| entry.order());
    let is_gone = |entry: &RowEntry| {
        gone.binary_search_by_key(&entry.order(), |gone| gone.order())
            .is_ok()
    };
    rows.buffer.entries.retain(|entry| !is_gone(entry));
    if !rows.take(made) {
        return Err(BooksError::TooMuch(TOO_MANY_ROWS));
    }
    rows.buffer.sort();
    Ok(found)
}

/// Rows of a day with equal fingerprints. Cold and hot ones lie apart, each in order.
fn groups<R: Merged>(rows: &PartitionedRows<R>) -> Vec<Vec<RowEntry>> {
    let mut runs: BTreeMap<u64, &[RowEntry]> = BTreeMap::new();
    for run in rows
        .buffer
        .entries
        .chunk_by(|a, b| a.section() == b.section())
    {
        if let Some(first) = run.first() {
            runs.insert(first.section(), run);
        }
    }
    let mut days: BTreeMap<i32, Vec<&[RowEntry]>> = BTreeMap::new();
    for ((day, _), (section, _)) in &rows.sections {
        if let Some(run) = runs.get(section) {
            days.entry(*day).or_default().push(run);
        }
    }
    let mut out = Vec::new();
    for runs in days.into_values() {
        for run in &runs {
            for same in run.chunk_by(|a, b| a.fingerprint == b.fingerprint) {
                if same.len() > 1 {
                    out.push(same.to_vec());
                }
            }
        }
        if let [cold, hot] = runs.as_slice() {
            across(cold, hot, &mut out);
        }
    }
    out
}

/// Fingerprints that stand in both of two sorted runs.
fn across(cold: &[RowEntry], hot: &[RowEntry], out: &mut Vec<Vec<RowEntry>>) {
    let (mut cold, mut hot) = (cold, hot);
    while let (Some(a), Some(b)) = (cold.first(), hot.first()) {
        let (x, y) = (a.fingerprint, b.fingerprint);
        let take = |run: &mut &[RowEntry], print: u64| {
            let len = run
                .iter()
                .take_while(|entry| entry.fingerprint == print)
                .count();
            let (same, rest) = run.split_at_checked(len).unwrap_or((run, &[]));
            *run = rest;
            same.to_vec()
        };
        match x.cmp(&y) {
            std::cmp::Ordering::Less => drop(take(&mut cold, x)),
            std::cmp::Ordering::Greater => drop(take(&mut hot, y)),
            std::cmp::Ordering::Equal => {
                let mut group = take(&mut cold, x);
                group.append(&mut take(&mut hot, y));
                // Those of one run alone were found already: the whole group replaces them.
                out.retain(|known| known.first().is_none_or(|entry| !group.contains(entry)));
                out.push(group);
            }
        }
    }
}
