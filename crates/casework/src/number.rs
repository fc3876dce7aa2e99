//! The refund number: a pure function of merchant, order, case and the n-th refund of that case.
//!
//! Two computers with copies of one workspace, or one that was restored from a backup, arrive at the same
//! number, and WeChat Pay takes the same number for the same refund (申请退款, `out_refund_no`).

use recondesk_domain::OutRefundNo;
use sha2::{Digest as _, Sha256};

/// What a refund number is made of, its place in the row of refunds aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundSubject<'a> {
    /// `mch_id`.
    pub mch_id: &'a str,
    /// `out_trade_no` of the payment.
    pub out_trade_no: &'a str,
    /// Stable key of the case.
    pub case_key: &'a str,
}

/// Letters and digits that are not mistaken for one another when read aloud (Crockford).
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs of the hashed part: 80 bits, so that no two refunds of a merchant ever meet.
const LENGTH: usize = 16;

/// The number of the `nth` refund of a case, counted from 1: `RD`, the merchant, sixteen signs of a digest.
///
/// `None` only for a merchant number that is too long for any refund number.
///
/// ```
/// use recondesk_casework::{RefundSubject, refund_number};
/// let subject = RefundSubject {
///     mch_id: "1900000109",
///     out_trade_no: "QH260304113350780016",
///     case_key: "1900000109/pay/QH260304113350780016/DUP_PAY",
/// };
/// let first = refund_number(&subject, 1).unwrap();
/// assert_eq!(first, refund_number(&subject, 1).unwrap());
/// assert_ne!(first, refund_number(&subject, 2).unwrap());
/// assert!(first.as_str().starts_with("RD1900000109"));
/// ```
#[must_use]
pub fn refund_number(subject: &RefundSubject<'_>, nth: u16) -> Option<OutRefundNo> {
    let mut hash = Sha256::new();
    // Lengths keep two neighbouring fields from being read as others.
    for part in [
        "recondesk refund 1",
        subject.mch_id,
        subject.out_trade_no,
        subject.case_key,
    ] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.update(nth.to_be_bytes());
    let digest = hash.finalize();
    let mut text = format!("RD{}", subject.mch_id);
    let (mut held, mut count) = (0_u32, 0_u32);
    for byte in digest.iter().take(LENGTH * 5 / 8) {
        held = (held & 0xFF) << 8 | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            push_sign(&mut text, held >> count);
        }
    }
    debug_assert_eq!(text.len(), 2 + subject.mch_id.len() + LENGTH);
    OutRefundNo::new(&text)
}

fn push_sign(text: &mut String, value: u32) {
    let at = usize::try_from(value & 31).unwrap_or_default();
    if let Some(sign) = SIGNS.get(at) {
        text.push(char::from(*sign));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBJECT: RefundSubject<'_> = RefundSubject {
        mch_id: "1900000109",
        out_trade_no: "QH1",
        case_key: "1900000109/pay/QH1/unfulfilled",
    };

    #[test]
    fn the_number_never_changes_from_one_version_to_the_next() {
        // A changed number would be a second refund for everything that was under way.
        let number = refund_number(&SUBJECT, 1).unwrap();

        assert_eq!(number.as_str(), "RD1900000109VDFKD22AHF7P75DX");
        assert_eq!(number.as_str().len(), 28);
    }

    #[test]
    fn each_part_of_the_subject_counts() {
        let other = |change: fn(&mut RefundSubject<'_>)| {
            let mut subject = SUBJECT;
            change(&mut subject);
            refund_number(&subject, 1).unwrap()
        };
        let number = refund_number(&SUBJECT, 1).unwrap();

        assert_ne!(number, other(|s| s.out_trade_no = "QH2"));
        assert_ne!(number, other(|s| s.case_key = "1900000109/pay/QH1/DUP_PAY"));
        assert_ne!(number, other(|s| s.mch_id = "1900000110"));
        assert_ne!(
            refund_number(
                &RefundSubject {
                    out_trade_no: "A",
                    case_key: "BC",
                    ..SUBJECT
                },
                1
            ),
            refund_number(
                &RefundSubject {
                    out_trade_no: "AB",
                    case_key: "C",
                    ..SUBJECT
                },
                1
            )
        );
    }
}
