//! The amounts of a file on trial: which column, unit and shape agree with the bills.

use std::collections::BTreeMap;

use super::paid_rows::PaidRow;
use super::proof::{AmountProof, BilledNumbers, number_column};
use super::trial::{MOST_COLUMNS, MappingTrial};
use recondesk_domain::Fen;
use recondesk_intake::{
    AmountUnit, Column, Mapping, RecordKind, RowAmount, SampleRow, StateSubject, clean_number,
    read_amount,
};
use recondesk_ports::BilledRow;

impl MappingTrial<'_> {
    /// What a bill has of a row: by the merchant's number, else by WeChat Pay's own, under which it is compared, too.
    pub(super) fn billed<'k>(
        &self,
        mapping: &Mapping,
        paid: &PaidRow<'_>,
        known: &'k BilledNumbers,
    ) -> Option<(String, &'k BilledRow)> {
        self.billed_row(mapping, paid.row, known)
    }

    fn billed_row<'k>(
        &self,
        mapping: &Mapping,
        row: &SampleRow,
        known: &'k BilledNumbers,
    ) -> Option<(String, &'k BilledRow)> {
        let read = |column: Column| {
            let header = mapping.columns.get(&column)?;
            let cell = row.cells.get(self.place(header)?)?;
            Some(clean_number(cell))
        };
        let number = read(number_column(mapping.kind))?;
        if let Some(billed) = known.own.get(&number) {
            return Some((number, billed));
        }
        let theirs = match mapping.kind {
            RecordKind::Orders => Column::TransactionId,
            RecordKind::Refunds => Column::RefundId,
        };
        let number = read(theirs)?;
        let billed = known.wechat.get(&number)?;
        Some((number, billed))
    }

    /// Amounts of the orders that the bills have, in every column that could be meant.
    pub(super) fn try_amounts(
        &self,
        mapping: &mut Mapping,
        rows: &[PaidRow<'_>],
        known: &BilledNumbers,
        may_change: bool,
    ) -> Vec<AmountProof> {
        let mut groups: BTreeMap<(String, Fen), Vec<&SampleRow>> = BTreeMap::new();
        for paid in rows {
            let billed = self.billed(mapping, paid, known);
            if let Some((number, billed)) =
                billed.filter(|(number, _)| !known.several.contains(number))
            {
                groups
                    .entry((number, billed.amount))
                    .or_default()
                    .push(paid.row);
            }
        }
        if groups.is_empty() {
            return Vec::new();
        }
        // Items below merged cells count with their order where that is the sum of the bill, and do not where it is not:
        // a sale without a number stands below an order, too.
        let alone = groups.clone();
        self.add_items_below(mapping, known, &mut groups);
        let own = mapping.columns.get(&Column::Amount).cloned();
        let mut headers: Vec<String> = own.iter().cloned().collect();
        for header in self.guess.amount_columns() {
            if !headers.contains(&header) && headers.len() < MOST_COLUMNS {
                headers.push(header);
            }
        }
        let mut found: Vec<(AmountProof, RowAmount)> = Vec::new();
        for header in headers {
            for unit in [AmountUnit::Yuan, AmountUnit::Fen] {
                for shape in [RowAmount::Order, RowAmount::Share] {
                    let agrees = |(order, rows): (&(String, Fen), &Vec<&SampleRow>)| {
                        let is_billed = |rows: &Vec<&SampleRow>| {
                            self.amount_of(rows, (&header, unit), shape) == Some(order.1)
                        };
                        is_billed(rows) || alone.get(order).is_some_and(is_billed)
                    };
                    let agree = groups.iter().filter(|group| agrees(*group)).count() as u64;
                    let proof = AmountProof {
                        header: header.clone(),
                        unit,
                        agree,
                        of: groups.len() as u64,
                    };
                    found.push((proof, shape));
                }
            }
        }
        let is_own = |(proof, shape): &(AmountProof, RowAmount), mapping: &Mapping| {
            Some(&proof.header) == own.as_ref()
                && proof.unit == mapping.amount_unit
                && *shape == mapping.row_amount
        };
        let current = found
            .iter()
            .find(|entry| is_own(entry, mapping))
            .map_or(0, |(proof, _)| proof.agree);
        let named = Mapping::candidates(self.guess, mapping.kind, Column::Amount);
        // A column of another name is meant only where nearly all of it agrees, and never one that says it is another
        // sum: a unit price is the amount of an order of one piece.
        let may_be = |proof: &AmountProof| {
            Some(&proof.header) == own.as_ref()
                || named.contains(&proof.header)
                || proof.agree.saturating_mul(10) >= proof.of.saturating_mul(9)
                    && !Mapping::is_other_money(&proof.header)
        };
        let best = found
            .iter()
            .filter(|(proof, _)| may_be(proof))
            .max_by_key(|(proof, _)| (proof.agree, Some(&proof.header) == own.as_ref()));
        if may_change && let Some((best, shape)) = best.filter(|(proof, _)| proof.agree > current) {
            mapping.columns.insert(Column::Amount, best.header.clone());
            mapping.amount_unit = best.unit;
            mapping.row_amount = *shape;
        }
        let chosen = mapping.clone();
        found.retain(|entry| entry.0.agree > 0 || is_own(entry, &chosen));
        found.sort_by_key(|entry| (!is_own(entry, &chosen), u64::MAX - entry.0.agree));
        found.dedup_by(|a, b| a.0.header == b.0.header && a.0.unit == b.0.unit);
        found.into_iter().map(|(proof, _)| proof).collect()
    }

    /// Columns that only the first row of an order fills where its cells are merged.
    fn places_of_orders(&self, mapping: &Mapping) -> Vec<usize> {
        const OF_ORDERS: [Column; 6] = [
            Column::TransactionId,
            Column::CreatedAt,
            Column::PaidAt,
            Column::ClosedAt,
            Column::Channel,
            Column::PayStatus,
        ];
        let columns = OF_ORDERS
            .iter()
            .filter_map(|column| mapping.columns.get(column));
        let is_of_order =
            |about: &StateSubject| matches!(about, StateSubject::Order | StateSubject::Payment);
        let states = mapping.status.iter();
        let states = states.filter(|rule| is_of_order(&rule.about));
        let headers = columns.chain(states.map(|rule| &rule.column));
        headers.filter_map(|header| self.place(header)).collect()
    }

    /// Adds the items below an order whose cells are merged: they stand right behind it, and have no number.
    fn add_items_below<'r>(
        &'r self,
        mapping: &Mapping,
        known: &BilledNumbers,
        groups: &mut BTreeMap<(String, Fen), Vec<&'r SampleRow>>,
    ) {
        let number = mapping.columns.get(&number_column(mapping.kind));
        let Some(at) = number.and_then(|header| self.place(header)) else {
            return;
        };
        let own = self.places_of_orders(mapping);
        let has = |row: &SampleRow, at: usize| {
            let cell = row.cells.get(at);
            cell.is_some_and(|cell| !cell.trim().is_empty())
        };
        let mut above: Option<((String, Fen), u32)> = None;
        for row in &self.sample.rows {
            // A row with a time, a means or a state of its own is a sale without a number, and no item.
            let is_sale = own.iter().any(|at| has(row, *at));
            let is_item = !has(row, at) && !is_sale;
            above = if is_item {
                // What a long file's sample left out may lie between.
                above.filter(|(_, line)| line.checked_add(1) == Some(row.line))
            } else {
                let billed = self.billed_row(mapping, row, known);
                billed.map(|(number, billed)| ((number, billed.amount), row.line))
            };
            if let Some((order, line)) = above.as_mut().filter(|_| is_item) {
                *line = row.line;
                if let Some(rows) = groups.get_mut(order) {
                    rows.push(row);
                }
            }
        }
    }

    /// Rows with a number of the bills whose amount can be read: a formula without a result is no other amount.
    pub(super) fn amounts_read(
        &self,
        mapping: &Mapping,
        rows: &[PaidRow<'_>],
        known: &BilledNumbers,
    ) -> u64 {
        let Some(header) = mapping.columns.get(&Column::Amount) else {
            return 0;
        };
        let is_read = |paid: &&PaidRow<'_>| {
            self.billed(mapping, paid, known).is_some()
                && read_amount(self.cell(paid.row, header), mapping.amount_unit).is_some()
        };
        rows.iter().filter(is_read).count() as u64
    }

    fn amount_of(
        &self,
        rows: &[&SampleRow],
        (header, unit): (&str, AmountUnit),
        shape: RowAmount,
    ) -> Option<Fen> {
        let place = self.place(header)?;
        let is_empty = |row: &SampleRow| row.cells.get(place).is_none_or(String::is_empty);
        // An item below an order without a sum of its own adds nothing to that of the order.
        let (first, below) = rows.split_first()?;
        let below = below.iter().filter(|row| !is_empty(row));
        let mut amounts = std::iter::once(first).chain(below).map(|row| {
            row.cells
                .get(place)
                .and_then(|cell| read_amount(cell, unit))
        });
        match shape {
            RowAmount::Order => {
                let first = amounts.next().flatten();
                amounts
                    .all(|amount| amount == first)
                    .then_some(first)
                    .flatten()
            }
            RowAmount::Share => amounts.try_fold(Fen::ZERO, |sum, amount| sum.checked_add(amount?)),
        }
    }
}
