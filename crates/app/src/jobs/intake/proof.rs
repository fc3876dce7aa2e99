//! The proof of a mapping: the numbers and amounts of a file tried against bills.
//!
//! Where two columns could be the order number or the amount, the one whose values the bill has is meant.

use std::collections::{BTreeSet, HashMap};

use super::trial_clock::zone_name;
use crate::{Failure, Message};
use recondesk_domain::{BillDate, ProfileId, WPay, group_digits};
use recondesk_intake::{AmountUnit, Column, Mapping, RecordKind};
use recondesk_ports::{BilledNumber, BilledRow, Books, NumberKind, ProfileRecords};

/// The bills that a mapping is tried against.
#[derive(Clone, Copy)]
pub enum ProofBills<'a> {
    /// The verified bills of a merchant in the workspace.
    Stored(&'a dyn Books, ProfileId),
    /// The payments of a bill that was given beside the file.
    Given(&'a [WPay]),
}

/// How many numbers of a column a bill has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnProof {
    /// Header of the column.
    pub header: String,
    /// Rows whose number is the merchant's in a bill.
    pub own: u64,
    /// Rows whose number is WeChat Pay's in a bill.
    pub wechat: u64,
}

/// How many amounts of a column are those of the bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmountProof {
    /// Header of the column.
    pub header: String,
    /// The unit it was read in.
    pub unit: AmountUnit,
    /// Orders whose amount is that of their payment.
    pub agree: u64,
    /// Orders that have a payment.
    pub of: u64,
}

/// What bills say of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Days of bills with rows of the file.
    pub days: Vec<BillDate>,
    /// Paid rows of those days that were tried.
    pub rows: u64,
    /// Those whose number is in a bill.
    pub hits: u64,
    /// True when all rows of the file were tried.
    pub is_whole: bool,
    /// Every column that could be the number, the best first.
    pub columns: Vec<ColumnProof>,
    /// Every column that could be the amount, the best first.
    pub amounts: Vec<AmountProof>,
    /// Orders of the bills whose amount can be read in the column that was taken.
    pub amounts_read: u64,
    /// A second column whose numbers are other payments of the same rows.
    pub second: Option<String>,
}

impl Proof {
    /// True when most paid numbers are in the bills.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.hits > 0 && self.hits * 2 >= self.rows
    }

    /// True when not one of several numbers is in the bills.
    #[must_use]
    pub const fn fails(&self) -> bool {
        self.hits == 0 && self.rows >= 3
    }

    /// How many amounts are those of the bills, where not all are, and with which column more would be.
    fn amounts_told(&self, mapping: &Mapping) -> Message {
        let is_own = |proof: &&AmountProof| {
            mapping.columns.get(&Column::Amount) == Some(&proof.header)
                && mapping.amount_unit == proof.unit
        };
        let Some(own) = self.amounts.iter().find(is_own) else {
            return Message::default();
        };
        if own.agree == own.of {
            return Message::default();
        }
        let count = |n: u64| group_digits(&n.to_string());
        let (agree, of) = (count(own.agree), count(own.of));
        let others = self.amounts.iter().filter(|proof| !is_own(proof));
        let better = others
            .filter(|proof| proof.agree > own.agree)
            .max_by_key(|proof| proof.agree);
        let (zh, en) = better.map_or_else(Default::default, |better| {
            let agree = count(better.agree);
            (
                format!("（按「{}」：{agree}）", better.header),
                format!(" (with {}: {agree})", better.header),
            )
        });
        Message::new(
            format!("；金额 {of} 笔中 {agree} 笔与账单一致{zh}"),
            format!("; {agree} of {of} amounts are those of the bill{en}"),
        )
    }

    /// What was found, in one sentence.
    #[must_use]
    pub fn told(&self, mapping: &Mapping) -> Message {
        let count = |n: u64| group_digits(&n.to_string());
        let days = match (self.days.first(), self.days.last()) {
            (Some(first), Some(last)) if first != last => {
                (format!("{first} 至 {last}"), format!("{first} – {last}"))
            }
            (Some(day), _) => (day.to_string(), day.to_string()),
            (None, _) => (String::new(), String::new()),
        };
        let (rows, hits) = (count(self.rows), count(self.hits));
        let number = mapping.columns.get(&number_column(mapping.kind));
        let other = self
            .columns
            .iter()
            .filter(|column| Some(&column.header) != number)
            .max_by_key(|column| column.own.max(column.wechat));
        let (zh, en) = other.map_or_else(Default::default, |other| {
            let hits = count(other.own);
            (
                format!("；按「{}」：{hits}", other.header),
                format!("; with {}: {hits}", other.header),
            )
        });
        let amounts = self.amounts_told(mapping);
        let (clock_zh, clock_en) =
            mapping
                .utc_offset_minutes
                .map_or_else(Default::default, |minutes| {
                    let zone = zone_name(minutes);
                    (
                        format!("；时间按 {zone} 读，与账单一致"),
                        format!("; the times are read as {zone}, as the bill has them"),
                    )
                });
        Message::new(
            format!(
                "{rows} 个已付单号中 {hits} 个在 {} 的账单里{zh}{}{clock_zh}",
                days.0, amounts.zh
            ),
            format!(
                "{hits} of {rows} paid numbers are in the bill of {}{en}{}{clock_en}",
                days.1, amounts.en
            ),
        )
    }
}

/// The column of the number that a bill of this kind of rows has too.
pub(super) const fn number_column(kind: RecordKind) -> Column {
    match kind {
        RecordKind::Orders => Column::OutTradeNo,
        RecordKind::Refunds => Column::OutRefundNo,
    }
}

/// The numbers of a file that bills have.
pub(super) struct BilledNumbers {
    pub(super) own: HashMap<String, BilledRow>,
    pub(super) wechat: HashMap<String, BilledRow>,
    /// Numbers that several sub-merchants use, each for a payment of its own: they prove no amount.
    pub(super) several: BTreeSet<String>,
}

impl BilledNumbers {
    fn take_own(&mut self, number: &str, row: BilledRow) {
        let before = self.own.insert(number.to_owned(), row);
        if before.is_some_and(|before| before.amount != row.amount) {
            self.several.insert(number.to_owned());
        }
    }
}

impl ProofBills<'_> {
    pub(super) fn days(&self) -> Result<Vec<BillDate>, Failure> {
        match self {
            Self::Stored(books, profile) => Ok(books.billed_days(*profile)?),
            Self::Given(pays) => {
                let days: BTreeSet<BillDate> = pays.iter().map(|pay| pay.time.day()).collect();
                Ok(days.into_iter().collect())
            }
        }
    }

    pub(super) fn find(
        &self,
        kind: RecordKind,
        days: &[BillDate],
        numbers: &[&str],
    ) -> Result<BilledNumbers, Failure> {
        let mut known = BilledNumbers {
            own: HashMap::new(),
            wechat: HashMap::new(),
            several: BTreeSet::new(),
        };
        match self {
            Self::Stored(books, profile) => {
                for BilledNumber { at, kind, row } in books.billed(
                    ProfileRecords {
                        profile: *profile,
                        kind,
                    },
                    days,
                    numbers,
                )? {
                    let Some(number) = numbers.get(at) else {
                        continue;
                    };
                    match kind {
                        NumberKind::OutTradeNo | NumberKind::OutRefundNo => {
                            known.take_own(number, row);
                        }
                        NumberKind::TransactionId | NumberKind::RefundId | NumberKind::OrderNo => {
                            known.wechat.insert((*number).to_owned(), row);
                        }
                    }
                }
            }
            Self::Given(pays) => {
                let wanted: BTreeSet<&str> = numbers.iter().copied().collect();
                for pay in *pays {
                    let row = BilledRow {
                        day: pay.time.day(),
                        amount: pay.amount,
                        time: pay.time,
                    };
                    let (own, theirs) = (pay.out_trade_no.as_str(), pay.transaction_id.as_str());
                    if wanted.contains(own) {
                        known.take_own(own, row);
                    }
                    if wanted.contains(theirs) {
                        known.wechat.insert(theirs.to_owned(), row);
                    }
                }
            }
        }
        Ok(known)
    }
}
