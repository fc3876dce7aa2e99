//! A mapping on trial: which columns, unit and words make the file agree with the bills.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::paid_rows::PaidRow;
use super::proof::{BilledNumbers, ColumnProof, Proof, ProofBills, number_column};
use crate::Failure;
use recondesk_domain::BillDate;
use recondesk_intake::{
    ChannelOwner, Column, DayOrder, FileSample, Guess, Mapping, OrderBlock, Plan, RecordKind,
    SampleRow, clean_number, is_mixed_means, read_amount,
};
use recondesk_ports::BilledRow;

/// Rows that are tried.
pub(super) const MOST_ROWS: usize = 10_000;
/// Columns that are tried.
pub(super) const MOST_COLUMNS: usize = 12;

/// Rows to try, and the days of the bills that should have them.
type DatedRows<'a> = (Vec<PaidRow<'a>>, Vec<BillDate>);

/// A file whose mapping is on trial.
pub(super) struct MappingTrial<'a> {
    pub(super) guess: &'a Guess,
    pub(super) sample: &'a FileSample,
    pub(super) bills: ProofBills<'a>,
}

impl<'a> MappingTrial<'a> {
    pub(super) fn place(&self, header: &str) -> Option<usize> {
        self.guess
            .headers
            .iter()
            .position(|known| known.trim() == header)
    }

    pub(super) fn cell(&self, row: &'a SampleRow, header: &str) -> &'a str {
        let at = self.place(header);
        at.and_then(|at| row.cells.get(at))
            .map_or("", String::as_str)
    }

    /// Tries a mapping; `None` where no bill has a day of the file. With `may_change` the mapping becomes the one that
    /// the bills prove.
    pub(super) fn prove(
        &self,
        mapping: &mut Mapping,
        may_change: bool,
    ) -> Result<Option<Proof>, Failure> {
        let billed = self.bills.days()?;
        if billed.is_empty() || self.sample.rows.is_empty() {
            return Ok(None);
        }
        let (mut rows, mut days) = self.paid_rows(mapping, &billed);
        if may_change && mapping.day_order.is_none() && self.guess.has_unclear_dates() {
            let tried = [DayOrder::MonthFirst, DayOrder::DayFirst].map(|order| {
                let mut mapping = mapping.clone();
                mapping.day_order = Some(order);
                (self.paid_rows(&mapping, &billed), order)
            });
            // Dates of the other order lie in the future or in months without a bill.
            let [(month, _), (day, _)] = &tried;
            let hits = [
                self.known_rows(mapping, month)?,
                self.known_rows(mapping, day)?,
            ];
            // A bill that has none of the numbers proves nothing.
            let [by_month, by_day] = hits;
            if by_month != by_day {
                let [month, day] = tried;
                let (better, order) = if by_month > by_day { month } else { day };
                mapping.day_order = Some(order);
                (rows, days) = better;
            }
        }
        if may_change && let Some(fuller) = self.fuller_number(mapping, (&rows, &billed))? {
            (rows, days) = fuller;
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let headers = self.number_headers(mapping);
        let numbers = self.numbers_of(&headers, &rows);
        let asked: Vec<&str> = numbers.iter().map(String::as_str).collect();
        let known = self.bills.find(mapping.kind, &days, &asked)?;
        let mut columns = self.count_hits(&headers, &rows, &known);
        if may_change {
            take_numbers(mapping, &columns);
            self.take_channels(mapping, &rows, &known);
            if mapping.utc_offset_minutes.is_none()
                && let Some(minutes) = self.other_clock(mapping, &rows, &known)
            {
                // By its true times other rows are of the day.
                mapping.utc_offset_minutes = Some(minutes);
                return self.prove(mapping, may_change);
            }
        }
        let number = mapping
            .columns
            .get(&number_column(mapping.kind))
            .cloned()
            .unwrap_or_default();
        let is_known = |paid: &&PaidRow<'_>| self.billed(mapping, paid, &known).is_some();
        let hits = rows.iter().filter(is_known).count() as u64;
        columns.sort_by_key(|column| {
            (
                column.header != number,
                u64::MAX - column.own.max(column.wechat),
            )
        });
        let amounts = self.try_amounts(mapping, &rows, &known, may_change);
        let amounts_read = self.amounts_read(mapping, &rows, &known);
        // The row of a refund names its payment besides: that is no second one.
        let second = match mapping.kind {
            RecordKind::Orders => self.second_payment(&rows, (&number, &known), &columns),
            RecordKind::Refunds => None,
        };
        Ok(Some(Proof {
            days,
            rows: rows.len() as u64,
            hits,
            is_whole: self.sample.is_whole && rows.len() < MOST_ROWS,
            columns,
            amounts,
            amounts_read,
            second,
        }))
    }

    /// The rows to try where the column of numbers is empty in some that another fills: a shop and a market in one list,
    /// of which each has numbers of its own. The mapping is given the column that the bills have more of.
    fn fuller_number(
        &self,
        mapping: &mut Mapping,
        (rows, billed): (&[PaidRow<'a>], &[BillDate]),
    ) -> Result<Option<DatedRows<'a>>, Failure> {
        let number = number_column(mapping.kind);
        let Some(own) = mapping.columns.get(&number).cloned() else {
            return Ok(None);
        };
        let filled = |header: &str| {
            let rows = self.sample.rows.iter();
            rows.filter(|row| !self.cell(row, header).trim().is_empty())
                .count()
        };
        if filled(&own) == self.sample.rows.len() {
            return Ok(None);
        }
        let headers = self.number_headers(mapping);
        let others = headers
            .iter()
            .filter(|header| filled(header) > filled(&own));
        let days: BTreeSet<BillDate> = rows.iter().filter_map(|paid| paid.day).collect();
        let days: Vec<BillDate> = days.into_iter().collect();
        let mut most = self.hits_of(mapping, (&own, rows), &days)?;
        let mut best = None;
        for header in others {
            let mut tried = mapping.clone();
            tried.columns.retain(|_, source| source != header);
            tried.columns.insert(number, header.clone());
            let (rows, days) = self.paid_rows(&tried, billed);
            let hits = self.hits_of(&tried, (header, &rows), &days)?;
            if hits > most {
                most = hits;
                best = Some((tried, (rows, days)));
            }
        }
        Ok(best.map(|(tried, rows)| {
            *mapping = tried;
            rows
        }))
    }

    /// How many of these rows have a number in this column that the bills have.
    fn hits_of(
        &self,
        mapping: &Mapping,
        (header, rows): (&str, &[PaidRow<'a>]),
        days: &[BillDate],
    ) -> Result<u64, Failure> {
        let headers = [header.to_owned()];
        let numbers = self.numbers_of(&headers, rows);
        let asked: Vec<&str> = numbers.iter().map(String::as_str).collect();
        let known = self.bills.find(mapping.kind, days, &asked)?;
        let hits = self.count_hits(&headers, rows, &known);
        Ok(hits.iter().map(|proof| proof.own).sum())
    }

    /// How many of these rows have a number that the bills of their days have.
    fn known_rows(
        &self,
        mapping: &Mapping,
        (rows, days): &(Vec<PaidRow<'a>>, Vec<BillDate>),
    ) -> Result<usize, Failure> {
        let headers = self.number_headers(mapping);
        let numbers = self.numbers_of(&headers, rows);
        let asked: Vec<&str> = numbers.iter().map(String::as_str).collect();
        let known = self.bills.find(mapping.kind, days, &asked)?;
        let hits = self.count_hits(&headers, rows, &known);
        let most = hits.iter().map(|proof| proof.own.max(proof.wechat)).max();
        Ok(usize::try_from(most.unwrap_or(0)).unwrap_or(usize::MAX))
    }

    /// All numbers of these columns.
    fn numbers_of(&self, headers: &[String], rows: &[PaidRow<'a>]) -> BTreeSet<String> {
        rows.iter()
            .flat_map(|paid| {
                headers
                    .iter()
                    .map(|header| clean_number(self.cell(paid.row, header)))
            })
            .filter(|number| !number.is_empty() && number.len() <= 64)
            .collect()
    }

    /// How many numbers of each column the bills have.
    fn count_hits(
        &self,
        headers: &[String],
        rows: &[PaidRow<'a>],
        known: &BilledNumbers,
    ) -> Vec<ColumnProof> {
        headers
            .iter()
            .map(|header| {
                let has = |list: &HashMap<String, BilledRow>| {
                    let hit = |paid: &&PaidRow<'a>| {
                        list.contains_key(&clean_number(self.cell(paid.row, header)))
                    };
                    rows.iter().filter(hit).count() as u64
                };
                ColumnProof {
                    header: header.clone(),
                    own: has(&known.own),
                    wechat: has(&known.wechat),
                }
            })
            .collect()
    }

    /// Another column of numbers that the bills have beside the one that was taken, for most of the orders: each row is
    /// of two payments then.
    fn second_payment(
        &self,
        rows: &[PaidRow<'_>],
        (number, known): (&str, &BilledNumbers),
        columns: &[ColumnProof],
    ) -> Option<String> {
        let hits = |header: &str| columns.iter().find(|it| it.header == header);
        let least = hits(number).map_or(0, |it| it.own).div_ceil(2).max(1);
        // Hardly ever is there one, and then nothing is read a second time.
        let mut others = columns
            .iter()
            .filter(|it| it.header != number && it.own >= least)
            .map(|it| &it.header);
        let own = |paid: &PaidRow<'_>, header: &str| {
            let number = clean_number(self.cell(paid.row, header));
            known.own.contains_key(&number).then_some(number)
        };
        let both = |header: &String| {
            let is_pair = |paid: &&PaidRow<'_>| {
                own(paid, number)
                    .zip(own(paid, header))
                    .is_some_and(|(one, other)| one != other)
            };
            rows.iter().filter(is_pair).count() as u64
        };
        others.find(|header| both(header) >= least).cloned()
    }

    /// Columns that could hold the number, the one of the mapping first.
    fn number_headers(&self, mapping: &Mapping) -> Vec<String> {
        let own = mapping.columns.get(&number_column(mapping.kind));
        let mut headers: Vec<String> = own.into_iter().cloned().collect();
        let candidates = Mapping::candidates(self.guess, mapping.kind, number_column(mapping.kind));
        for header in candidates.into_iter().chain(self.guess.number_columns()) {
            if !headers.contains(&header) && headers.len() < MOST_COLUMNS {
                headers.push(header);
            }
        }
        headers
    }

    /// Words of the channel column that nobody knows: of WeChat Pay where its bill has such rows.
    fn take_channels(&self, mapping: &mut Mapping, rows: &[PaidRow<'_>], known: &BilledNumbers) {
        let (Some(channel), Some(number)) = (
            mapping.columns.get(&Column::Channel).cloned(),
            mapping.columns.get(&number_column(mapping.kind)).cloned(),
        ) else {
            return;
        };
        let mut plain = mapping.clone();
        plain.columns.remove(&Column::Channel);
        let Ok(plan) = Plan::new(mapping, self.guess) else {
            return;
        };
        let mut words: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        let mut out = OrderBlock::default();
        for row in &self.sample.rows {
            out.clear();
            plan.read_cells(row, &mut out);
            let is_unknown = out.stats.unmapped.contains_key(&channel);
            let word = self.cell(row, &channel);
            if is_unknown && !word.is_empty() {
                let counts = words.entry(word).or_default();
                counts.0 += 1;
                let billed = known.own.get(&clean_number(self.cell(row, &number)));
                // Of several means together the sum is WeChat Pay's only where its bill says so.
                let amount = || {
                    let header = mapping.columns.get(&Column::Amount)?;
                    read_amount(self.cell(row, header), mapping.amount_unit)
                };
                let is_it =
                    |billed: &BilledRow| !is_mixed_means(word) || amount() == Some(billed.amount);
                counts.1 += u64::from(billed.is_some_and(is_it));
            }
        }
        let any = rows.iter().any(|paid| {
            known
                .own
                .contains_key(&clean_number(self.cell(paid.row, &number)))
        });
        for (word, (count, hits)) in words {
            let owner = match hits {
                0 if any && count >= 3 => ChannelOwner::Other,
                0 => continue,
                _ => ChannelOwner::Wechat,
            };
            mapping.channels.insert(word.to_owned(), owner);
        }
    }
}

/// Takes the columns whose values the bills have, where they have more of them than of the ones chosen.
fn take_numbers(mapping: &mut Mapping, columns: &[ColumnProof]) {
    let number = number_column(mapping.kind);
    let hits = |mapping: &Mapping, column: Column, count: fn(&ColumnProof) -> u64| {
        let header = mapping.columns.get(&column);
        columns
            .iter()
            .find(|proof| Some(&proof.header) == header)
            .map_or(0, count)
    };
    let theirs = match mapping.kind {
        RecordKind::Orders => Column::TransactionId,
        RecordKind::Refunds => Column::RefundId,
    };
    for (column, count) in [
        (theirs, (|proof| proof.wechat) as fn(&ColumnProof) -> u64),
        (number, |proof| proof.own),
    ] {
        let best = columns.iter().max_by_key(|proof| count(proof));
        let Some(best) = best.filter(|best| count(best) > hits(mapping, column, count)) else {
            continue;
        };
        // The column may have been taken for another number.
        let before = mapping.columns.insert(column, best.header.clone());
        let numbers = [
            Column::OutTradeNo,
            Column::OrderNo,
            Column::TransactionId,
            Column::OutRefundNo,
            Column::RefundId,
        ];
        mapping.columns.retain(|other, header| {
            *other == column || !numbers.contains(other) || *header != best.header
        });
        if column == Column::OutTradeNo
            && let Some(before) = before.filter(|before| !Mapping::is_of_group(before))
            && !mapping.columns.contains_key(&Column::OrderNo)
            && mapping.kind == RecordKind::Orders
        {
            mapping.columns.insert(Column::OrderNo, before);
        }
    }
}
