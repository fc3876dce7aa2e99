//! What is wrong with a case, out of the facts of its finding: what was expected, by how much it differs, what it belongs to.

use crate::model::CaseFact;
use recondesk_domain::{Category, Fee, Fen, Finding};

/// The facts of a finding that a person reads; none where it has none, or where they cannot be read.
pub(super) fn case_facts(finding: &Finding) -> Vec<CaseFact> {
    let facts = FactPairs(&finding.detail);
    let fact = match finding.category {
        Category::FeeCalc | Category::FeeRefund => facts.fee(),
        Category::FeeRate => facts.rate(),
        Category::AmountDiff => facts.fen("difference").map(CaseFact::Apart),
        Category::DupRowW | Category::DupRowM => facts
            .word("first_row")
            .and_then(|line| line.parse().ok())
            .map(CaseFact::CopyOf),
        Category::OverRefund => facts.over_refund(),
        Category::DupPay => return facts.numbers("numbers", finding.out_trade_no.as_str()),
        Category::DupRefundSuspect => {
            return facts.numbers("twins", finding.out_refund_no.as_str());
        }
        _ => None,
    };
    fact.into_iter().collect()
}

/// `key=value` pairs between blanks.
struct FactPairs<'a>(&'a str);

impl FactPairs<'_> {
    fn word(&self, wanted: &str) -> Option<&str> {
        let mut pairs = self
            .0
            .split_whitespace()
            .filter_map(|pair| pair.split_once('='));
        pairs.find_map(|(key, value)| (key == wanted).then_some(value))
    }

    fn fen(&self, wanted: &str) -> Option<Fen> {
        self.word(wanted)?.parse().ok().map(Fen::new)
    }

    fn fee(&self) -> Option<CaseFact> {
        let units = |wanted| self.word(wanted)?.parse::<i64>().ok();
        let (billed, expected) = (units("fee")?, units("expected")?);
        Some(CaseFact::Fee {
            billed: Fee::new(billed),
            expected: Fee::new(expected),
            apart: Fee::new(billed.checked_sub(expected)?),
            rate: self.rate_of("rate")?,
        })
    }

    fn rate(&self) -> Option<CaseFact> {
        Some(CaseFact::Rate {
            billed: self.rate_of("rate")?,
            contract: self.rate_of("contract"),
        })
    }

    fn rate_of(&self, wanted: &str) -> Option<String> {
        super::compare::rate(self.word(wanted)?.parse().ok()?)
    }

    fn over_refund(&self) -> Option<CaseFact> {
        let (refunded, paid) = (self.fen("refunded")?, self.fen("paid")?);
        Some(CaseFact::OverRefund {
            refunded,
            paid,
            apart: refunded.checked_sub(paid)?,
        })
    }

    fn numbers(&self, wanted: &str, own: &str) -> Vec<CaseFact> {
        let list = self.word(wanted).unwrap_or_default().split(',');
        let others = list.filter(|number| !number.is_empty() && *number != own);
        others
            .map(|number| CaseFact::SameAs(number.to_owned()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::OutTradeNo;

    fn facts(category: Category, detail: &str) -> Vec<CaseFact> {
        let mut finding = Finding::new(category);
        finding.out_trade_no = OutTradeNo::new("QH1").unwrap();
        finding.detail = detail.to_owned();
        case_facts(&finding)
    }

    #[test]
    fn a_fee_says_what_was_expected_and_by_how_much_it_differs() {
        let found = facts(Category::FeeCalc, "fee=13000 expected=12000 rate=6000");
        let [
            CaseFact::Fee {
                billed,
                expected,
                apart,
                rate,
            },
        ] = found.as_slice()
        else {
            panic!("{found:?}");
        };
        assert_eq!(
            (billed.get(), expected.get(), apart.get()),
            (13_000, 12_000, 1_000)
        );
        assert_eq!(rate, "0.60%");
        let found = facts(Category::FeeRate, "rate=6000 contract=3800 product=JSAPI");
        let contract = Some("0.38%".to_owned());
        assert_eq!(
            found,
            [CaseFact::Rate {
                billed: "0.60%".to_owned(),
                contract
            }]
        );
    }

    #[test]
    fn copies_and_payments_of_one_order_lead_to_the_other() {
        assert_eq!(
            facts(Category::DupRowW, "first_row=12044"),
            [CaseFact::CopyOf(12_044)]
        );
        let found = facts(Category::DupPay, "numbers=QH1,QH2,QH3");
        let others = ["QH2", "QH3"].map(|number| CaseFact::SameAs(number.to_owned()));
        assert_eq!(found, others, "its own number is no other");
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        for detail in [
            "",
            "fee=x expected=1 rate=6000",
            "fee=1",
            "expected= fee=1 rate=1",
        ] {
            assert_eq!(facts(Category::FeeCalc, detail), [], "{detail}");
        }
        assert_eq!(
            facts(Category::PaidNotBooked, "fee=1 expected=2 rate=3"),
            []
        );
    }
}
