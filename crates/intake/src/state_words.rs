//! The words by which shops, ERPs and plugins call the states of orders, payments, deliveries and refunds.
//!
//! A word means what it says in its column: 已完成 of an order is delivered, of a payment paid, of a refund returned.
//! Only words with one meaning in every shop stand here; all others wait for a person.

mod delivery;
mod order;
mod payment;
mod refund;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fold::folded;
use super::state_core::core_of;
use super::status::StateSubject;
use super::{RecordKind, StatusWord};
use recondesk_domain::{FulfilStatus, PayStatus, RefundStatus};

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Meaning {
    /// Of the payment.
    pub(super) pay: Option<PayStatus>,
    /// Of the delivery.
    pub(super) fulfil: Option<FulfilStatus>,
    /// Of the refund: the status of a row of a refunds file, and on the row of an order how far its refund is.
    pub(super) refund: Option<RefundStatus>,
    /// Only a part of the money is returned.
    pub(super) in_part: bool,
    /// The word closes an after-sales case: a refund, an exchange or another parcel.
    pub(super) is_unsure: bool,
}

impl Meaning {
    pub(super) const NOTHING: Self = Self {
        pay: None,
        fulfil: None,
        refund: None,
        in_part: false,
        is_unsure: false,
    };

    /// Paid, and not a word of the delivery.
    pub(super) const fn paid() -> Self {
        Self::order(PayStatus::Paid, None)
    }

    const fn order(pay: PayStatus, fulfil: Option<FulfilStatus>) -> Self {
        Self {
            pay: Some(pay),
            fulfil,
            ..Self::NOTHING
        }
    }

    const fn delivery(fulfil: FulfilStatus) -> Self {
        Self {
            fulfil: Some(fulfil),
            ..Self::NOTHING
        }
    }

    const fn refund(status: RefundStatus) -> Self {
        Self {
            refund: Some(status),
            ..Self::NOTHING
        }
    }

    /// What a word of a mapping says.
    pub(super) fn of_mapping(word: &StatusWord) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            pay: PayStatus::parse(&text(&word.pay_status)),
            fulfil: FulfilStatus::parse(&text(&word.fulfil_status)),
            refund: RefundStatus::parse(&text(&word.refund_status)),
            ..Self::NOTHING
        }
    }

    /// True when a mapping can say all of it.
    pub(super) fn can_be_written(self, kind: RecordKind) -> bool {
        Self::of_mapping(&self.to_mapping(kind)) == self
    }

    /// The same as a mapping writes it, for a file of this kind.
    pub(super) fn to_mapping(self, kind: RecordKind) -> StatusWord {
        match kind {
            RecordKind::Refunds => StatusWord {
                refund_status: self.refund.map(|status| status.word().to_owned()),
                ..StatusWord::default()
            },
            RecordKind::Orders => {
                let by_refund = match self.refund {
                    Some(RefundStatus::Success) if self.in_part || self.is_unsure => None,
                    Some(RefundStatus::Success) => Some(PayStatus::Refunded),
                    Some(RefundStatus::Processing) => Some(PayStatus::Refunding),
                    Some(RefundStatus::Closed | RefundStatus::Abnormal) | None => None,
                };
                let pay = self.pay.or(by_refund);
                StatusWord {
                    pay_status: pay.map(|status| status.word().to_owned()),
                    fulfil_status: self.fulfil.map(|status| status.word().to_owned()),
                    refund_status: None,
                }
            }
        }
    }
}

/// Words of one meaning, one after another.
type WordGroup = (Meaning, &'static str);

/// The tables by subject, and the one of files of refunds.
struct Tables {
    orders: [HashMap<String, Meaning>; 4],
    refunds: HashMap<String, Meaning>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    orders: StateSubject::ALL.map(|subject| {
        table(match subject {
            StateSubject::Order => order::WORDS,
            StateSubject::Payment => payment::WORDS,
            StateSubject::Delivery => delivery::WORDS,
            StateSubject::Refund => refund::OF_ORDERS,
        })
    }),
    refunds: table(refund::OF_REFUNDS),
});

fn table(groups: &[WordGroup]) -> HashMap<String, Meaning> {
    let mut table = HashMap::new();
    for (meaning, words) in groups {
        for word in words.split_whitespace() {
            table.insert(folded(word), *meaning);
        }
    }
    table
}

/// What a word says in a column about this subject, where every shop means the same by it.
///
/// A word that its own subject does not know may be one of a neighbour: some shops write 已发货 as the state of a
/// payment, and 待付款 as the state of a delivery.
pub(super) fn known(kind: RecordKind, about: StateSubject, word: &str) -> Option<Meaning> {
    of_table(kind, about, word).or_else(|| {
        let is_word = |text: &str| {
            of_table(kind, StateSubject::Refund, text).is_some()
                || of_table(kind, about, text).is_some()
        };
        let core = core_of(word, &is_word)?;
        of_table(kind, about, core)
    })
}

/// The same for the word alone.
fn of_table(kind: RecordKind, about: StateSubject, word: &str) -> Option<Meaning> {
    let word = folded(word);
    let word = word
        .strip_prefix("wc")
        .filter(|rest| rest.len() > 2)
        .unwrap_or(&word);
    if kind == RecordKind::Refunds {
        return TABLES.refunds.get(word).copied();
    }
    let neighbours: &[StateSubject] = match about {
        StateSubject::Order => &[
            StateSubject::Order,
            StateSubject::Payment,
            StateSubject::Delivery,
        ],
        StateSubject::Payment => &[StateSubject::Payment, StateSubject::Order],
        StateSubject::Delivery => &[StateSubject::Delivery, StateSubject::Order],
        StateSubject::Refund => &[StateSubject::Refund],
    };
    let mut found = neighbours
        .iter()
        .filter_map(|subject| TABLES.orders.get(*subject as usize)?.get(word).copied());
    found.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stands_in_one_table_with_two_meanings() {
        for groups in [
            order::WORDS,
            payment::WORDS,
            delivery::WORDS,
            refund::OF_ORDERS,
            refund::OF_REFUNDS,
        ] {
            let mut seen: HashMap<String, Meaning> = HashMap::new();
            for (meaning, words) in groups {
                for word in words.split_whitespace() {
                    if let Some(before) = seen.insert(folded(word), *meaning) {
                        assert_eq!(before, *meaning, "{word}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_word_means_what_its_column_is_about() {
        let order = |word| known(RecordKind::Orders, StateSubject::Order, word);
        let pending = Some(Meaning::order(PayStatus::Paid, Some(FulfilStatus::Pending)));
        assert_eq!(order("买家已付款，等待卖家发货"), pending);
        assert_eq!(order("WAIT_SELLER_SEND_GOODS"), pending);
        assert_eq!(order("wc-processing"), pending);
        assert_eq!(order("預約中"), None);
        let done = |about| known(RecordKind::Orders, about, "已完成").unwrap();
        assert_eq!(
            done(StateSubject::Order).fulfil,
            Some(FulfilStatus::Fulfilled)
        );
        assert_eq!(
            done(StateSubject::Payment),
            Meaning::order(PayStatus::Paid, None)
        );
        assert_eq!(
            done(StateSubject::Refund).refund,
            Some(RefundStatus::Success)
        );
        let refund = known(RecordKind::Refunds, StateSubject::Refund, "退款完成");
        assert_eq!(refund, Some(Meaning::refund(RefundStatus::Success)));
    }
}
