//! Paying back: written down, confirmed, sent, followed to its end, taken up again after a crash.
//!
//! What may happen when is decided by `recondesk_casework::Refund` alone; here its moves are carried out:
//! `order_facts` asks about the order, `prepare` writes the intent, `carry_on` does what is due,
//! `send` is the one place from which a refund leaves, `redirect` the one from which an abnormal one is sent elsewhere,
//! `read_answer` says what an answer means, `many` keeps the distance between refunds.

mod batch_file;
mod carry_on;
mod delivered;
mod many;
mod order_facts;
mod prepare;
mod proposal;
mod read_answer;
mod redirect;
mod resume;
mod send;
mod unpayable;
mod withdraw;
mod words;

pub use batch_file::{MOST_LINES, batch_file};
pub use carry_on::{
    Carried, ConfirmedSums, Pause, RefundPace, carry_on, confirm, confirm_anew, confirm_with,
};
pub use many::send_each;
pub use order_facts::{OrderSubject, ask_order, order_of_case};
pub(in crate::jobs) use prepare::TAKEN_OVER;
pub use prepare::{
    Prepared, REASON_BYTES, RefundAsk, RefundOf, next_number, prepare, reason_problem,
};
pub use proposal::proposed;
pub use redirect::{RedirectWish, redirect};
pub use resume::{
    HeldRefunds, ResumeAsk, is_unfinished, resume, resume_each, unfinished, waits_to_be_sent,
};
pub use unpayable::is_unpayable;
pub use withdraw::withdraw;
pub use words::{advice_of, customer_reason, limit_failure, state_words, window_advice};

use crate::{Advice, Failure, FailureKind, Message};
use recondesk_domain::{MerchantProfile, OutRefundNo, ProfileId};
use recondesk_ports::{Ports, RefundQuery, RefundRecord, RefundRowId};

/// The refund that a person names: by its number in the workspace, or by its refund number.
///
/// # Errors
/// When there is none.
pub fn named(ports: &Ports, word: &str) -> Result<RefundRecord, Failure> {
    let word = word.trim();
    let found = match word.parse::<i64>() {
        Ok(id) => ports.casework.refund(RefundRowId(id))?,
        Err(_) => None,
    };
    let found = match (found, OutRefundNo::new(word)) {
        (Some(found), _) => Some(found),
        (None, Some(number)) => ports
            .casework
            .refunds(&RefundQuery::default())?
            .into_iter()
            .find(|known| known.out_refund_no == number),
        (None, None) => None,
    };
    found.ok_or_else(|| {
        Failure::new(
            FailureKind::Usage,
            "refund.missing",
            Message::new("没有这笔退款", "There is no such refund"),
            Advice::by_place(
                Message::new(
                    "用 recondesk refund list 查看",
                    "recondesk refund list shows those there are",
                ),
                Message::new("在“差错 › 未了退款”查看", "See Open refunds on Cases"),
            ),
        )
        .with_detail(word)
    })
}

/// The living profile behind a number.
///
/// # Errors
/// When it was removed.
pub fn profile_of(ports: &Ports, id: ProfileId) -> Result<MerchantProfile, Failure> {
    let profiles = ports.records.profiles()?;
    let found = profiles.into_iter().find(|(known, _)| *known == id);
    found.map(|(_, profile)| profile).ok_or_else(|| {
        Failure::new(
            FailureKind::Usage,
            "profile.missing",
            Message::new(
                "这个商户的档案已删除",
                "The profile of this merchant was removed",
            ),
            Message::new("重新建立档案后再试", "Make it again, then try again"),
        )
    })
}
