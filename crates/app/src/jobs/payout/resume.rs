//! Asking again about refunds that are not at their end, as the window does it: with progress, and the outcome in words.

use std::time::Duration;

use super::{FOLLOWED, sleep, told};
use crate::jobs::desk::identify;
use crate::jobs::refund::{
    Carried, HeldRefunds, RefundPace, ResumeAsk, carry_on, confirm, is_unpayable, resume_each,
    state_words, waits_to_be_sent, window_advice,
};
use crate::model::{RefundChoice, SendRefundWish};
use crate::{Failure, FailureKind, Message, NoticeText, Progress, Reporter, Step, Surface};
use recondesk_casework::{RefundStage, Role};
use recondesk_ports::{Ports, RefundRecord, RefundRowId, StoreError};

/// Sends a refund that was held back, in the name of the person whose PIN fits.
///
/// # Errors
/// When nobody says who sends it, the workspace fails, or keys are missing. What was sent by then is on disk.
pub(super) fn send_held(
    ports: &Ports,
    wish: &SendRefundWish,
    user: &str,
    reporter: &dyn Reporter,
) -> Result<NoticeText, Failure> {
    let actor = identify(ports, wish.identity.as_ref(), Role::Work, user)?;
    let record = record_of(ports, wish.refund)?;
    if record.refund.amount != wish.amount {
        return Err(Failure::new(
            FailureKind::Usage,
            "refund.confirm",
            Message::new(
                "退款金额已变，没有发送",
                "The sum of the refund has changed; nothing was sent",
            ),
            Message::new("看过现在的金额再发送", "Look at its sum, then send it"),
        ));
    }
    let cancel = reporter.token();
    let pace = RefundPace {
        patience: FOLLOWED,
        pause: &sleep,
        cancel: &cancel,
    };
    let record = confirm(ports, &record, wish.amount, &actor)?;
    Ok(told_of(&carry_on(ports, record, &pace)?))
}

fn record_of(ports: &Ports, id: RefundRowId) -> Result<RefundRecord, Failure> {
    let record = ports.casework.refund(id)?;
    Ok(record.ok_or_else(|| StoreError::Missing("refund".to_owned()))?)
}

/// Asks about one refund, or about every one that is not at its end: what is due under the number it has. What waits
/// to be sent stays as it is.
///
/// # Errors
/// When the workspace fails, or keys are missing. What was sent by then is on disk.
pub(super) fn resume_refunds(
    ports: &Ports,
    which: RefundChoice,
    reporter: &dyn Reporter,
) -> Result<NoticeText, Failure> {
    let cancel = reporter.token();
    let mut pace = RefundPace {
        patience: FOLLOWED,
        pause: &sleep,
        cancel: &cancel,
    };
    let profile = match which {
        RefundChoice::One(id) => {
            let record = record_of(ports, id)?;
            if waits_to_be_sent(&record) {
                let trouble = None;
                return Ok(told_of(&Carried { record, trouble }));
            }
            return Ok(told_of(&carry_on(ports, record, &pace)?));
        }
        RefundChoice::Unfinished(profile) => profile,
    };
    // Many are each asked once: whoever waits for one would wait for all before it.
    pace.patience = Duration::ZERO;
    let mut all = 0;
    let ask = ResumeAsk {
        profile,
        held: HeldRefunds::Stay,
    };
    let carried = resume_each(ports, ask, &pace, &mut |done, total| {
        all = total;
        reporter.progress(Progress {
            step: Step::Ask,
            done: count(done),
            total: Some(count(total)),
        });
    })?;
    let mut troubles = carried.iter().map(|one| one.trouble.as_ref());
    // A sealed key stops every one of them alike: the window asks for the passphrase.
    let locked = |trouble: Option<&Failure>| trouble.is_some_and(|why| why.code == "vault.locked");
    if let (false, true, Some(Some(failure))) = (
        carried.is_empty(),
        troubles.clone().all(locked),
        troubles.next(),
    ) {
        return Err(failure.clone());
    }
    Ok(told_of_many(&carried, all))
}

/// Where one refund stands after it was carried on.
pub(super) fn told_of(carried: &Carried) -> NoticeText {
    let record = &carried.record;
    let (state, advice) = (state_words(record), window_advice(record));
    let (number, sum) = (record.out_refund_no, record.refund.amount.grouped());
    let note = match &carried.trouble {
        // Its way on is not the refund's own: that would be sending it again.
        Some(failure) if is_unpayable(failure) => {
            let way = failure.advice_at(Surface::Window);
            Message::new(
                format!("{}；{}", failure.title.zh, way.zh),
                format!("{}; {}", failure.title.en, way.en),
            )
        }
        Some(failure) => Message::new(
            format!("{}；{}", failure.title.zh, advice.zh),
            format!("{}; {}", failure.title.en, advice.en),
        ),
        None => advice,
    };
    told(
        Message::new(
            format!("退款 ¥{sum} {}：{number}", state.zh),
            format!("Refund of ¥{sum}: {} ({number})", state.en),
        ),
        note,
        record.refund.stage != RefundStage::Done,
    )
}

/// How many stand where, the first trouble, and how many were left because of a wish to stop.
fn told_of_many(carried: &[Carried], all: usize) -> NoticeText {
    if all == 0 {
        return told(
            Message::new("没有未了的退款", "No refund is unfinished"),
            Message::default(),
            false,
        );
    }
    let mut states: Vec<(Message, usize)> = Vec::new();
    for one in carried {
        let state = state_words(&one.record);
        match states.iter_mut().find(|(known, _)| *known == state) {
            Some((_, n)) => *n += 1,
            None => states.push((state, 1)),
        }
    }
    let zh: Vec<String> = states
        .iter()
        .map(|(s, n)| format!("{} {n}", s.zh))
        .collect();
    let en: Vec<String> = states
        .iter()
        .map(|(s, n)| format!("{} {n}", s.en))
        .collect();
    let n = carried.len();
    let (zh, en) = (zh.join("，"), en.join(", "));
    let title = if n == 0 {
        Message::new("已停止，没有查询", "Stopped, nothing was asked")
    } else {
        Message::new(
            format!("已查询 {n} 笔退款：{zh}"),
            format!("Refunds asked about: {n} ({en})"),
        )
    };
    let trouble = carried.iter().find_map(|one| one.trouble.as_ref());
    let mut note = trouble.map_or_else(Message::default, |failure| failure.title.clone());
    let left = all.saturating_sub(n);
    if left > 0 {
        let stopped = Message::new(
            format!("已停止，余 {left} 笔没有查"),
            format!("Stopped; {left} were not asked about"),
        );
        note = if note.zh.is_empty() {
            stopped
        } else {
            Message::new(
                format!("{}；{}", note.zh, stopped.zh),
                format!("{}; {}", note.en, stopped.en),
            )
        };
    }
    let done = |one: &Carried| one.record.refund.stage == RefundStage::Done;
    told(title, note, left > 0 || !carried.iter().all(done))
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
