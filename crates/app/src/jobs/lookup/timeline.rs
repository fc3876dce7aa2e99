//! One timeline of an order from all that the workspace knows, each entry with its source.

use super::collect::{OrderRecord, pay_status_words};
use crate::gateway::PaymentCall;
use crate::jobs::notify::stored_words;
use crate::{Failure, Message};
use recondesk_casework::RefundStage;
use recondesk_domain::{
    BillRefundState, BillState, CaseStatus, Category, Fen, FulfilStatus, Instant, MOrder,
    PayStatus, RefundStatus, RowRef,
};
use recondesk_ports::{CaseEvent, CaseEventKind, ObservationSource, Ports};

/// What sort of entry it is; the window picks icon and colour by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// The merchant's order: created, paid, delivered, closed, refunded.
    Order,
    /// An older version of the order, replaced by a newer file.
    OlderOrder,
    /// A payment row of a bill.
    BillPayment,
    /// A refund row of a bill.
    BillRefund,
    /// A refund row of the merchant.
    MerchantRefund,
    /// A notification that is believed.
    Notice,
    /// A message that was put aside.
    Aside,
    /// An answer that a person kept.
    Answer,
    /// A question that was asked.
    Question,
    /// Something that happened to a case.
    Case,
}

impl EntryKind {
    /// The stable word of exports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::OlderOrder => "older_order",
            Self::BillPayment => "bill_payment",
            Self::BillRefund => "bill_refund",
            Self::MerchantRefund => "merchant_refund",
            Self::Notice => "notice",
            Self::Aside => "aside",
            Self::Answer => "answer",
            Self::Question => "question",
            Self::Case => "case",
        }
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    /// When it happened; `None` where the source does not say.
    pub at: Option<Instant>,
    /// What sort.
    pub kind: EntryKind,
    /// What happened.
    pub words: Message,
    /// The amount it names.
    pub amount: Option<Fen>,
    /// State, in the source's own word.
    pub state: String,
    /// File and line (`orders.csv:12`), who did it, or empty.
    pub source: String,
    /// The row, where there is one.
    pub row: Option<RowRef>,
}

impl TimelineEntry {
    /// The state as people say it: words of this program by their names, those of WeChat Pay as they are.
    #[must_use]
    pub fn state_words(&self) -> Message {
        let state = self.state.as_str();
        let pair = match self.kind {
            EntryKind::Order | EntryKind::OlderOrder => {
                PayStatus::parse(state).map(pay_status_words)
            }
            EntryKind::MerchantRefund => RefundStage::parse(state)
                .map(|stage| (stage.zh(), stage.en()))
                .or_else(|| refund_status_words(state)),
            // What happened to a case is told in full beside it.
            EntryKind::Case => Some(("", "")),
            EntryKind::BillPayment
            | EntryKind::BillRefund
            | EntryKind::Notice
            | EntryKind::Aside
            | EntryKind::Answer
            | EntryKind::Question => None,
        };
        pair.map_or_else(
            || Message::new(state, state),
            |(zh, en)| Message::new(zh, en),
        )
    }
}

fn refund_status_words(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match RefundStatus::parse(word)? {
        RefundStatus::Processing => ("处理中", "Processing"),
        RefundStatus::Success => ("已退款", "Refunded"),
        RefundStatus::Closed => ("已关闭", "Closed"),
        RefundStatus::Abnormal => ("异常", "Abnormal"),
    })
}

/// Puts the entries together, oldest first; those without a time come first.
///
/// # Errors
/// When the archive cannot be read.
pub fn timeline(ports: &Ports, record: &OrderRecord) -> Result<Vec<TimelineEntry>, Failure> {
    let mut out = Vec::new();
    for (at, kept) in record.orders.iter().enumerate() {
        order_entries(&mut out, &kept.row, at > 0 || kept.superseded);
    }
    bill_entries(&mut out, record);
    said_entries(&mut out, record);
    case_entries(&mut out, record);
    for entry in &mut out {
        if let Some(row) = entry.row.filter(|row| row.import > 0) {
            let raw = ports.books.raw_row(row).map_err(Failure::from)?;
            entry.source = format!("{}:{}", raw.file, row.line);
        }
    }
    out.sort_by_key(|entry| entry.at);
    Ok(out)
}

fn order_entries(out: &mut Vec<TimelineEntry>, order: &MOrder, older: bool) {
    let (zh, en) = pay_status_words(order.pay_status);
    let mut add = |at, kind, words: Message, amount| {
        out.push(TimelineEntry {
            at,
            kind,
            words,
            amount,
            state: order.pay_status.word().to_owned(),
            source: String::new(),
            row: Some(order.row),
        });
    };
    if older {
        let words = Message::new(
            format!("旧版本的商户订单：{zh}"),
            format!("An older version of the order: {en}"),
        );
        add(
            order.created(),
            EntryKind::OlderOrder,
            words,
            Some(order.amount),
        );
        return;
    }
    let kind = EntryKind::Order;
    add(
        order.created(),
        kind,
        Message::new("商户下单", "Order created"),
        Some(order.amount),
    );
    if order.paid_at.is_some() {
        // An order that gives a time of payment and is not paid says two things: both are told, neither is decided here.
        let words = if order.is_booked() {
            Message::new("商户记为已支付", "Booked as paid")
        } else {
            Message::new("商户写有支付时间", "The order gives a time of payment")
        };
        add(order.paid_at, kind, words, Some(order.amount));
    }
    if order.fulfilled_at.is_some() || order.fulfil_status == FulfilStatus::Fulfilled {
        add(
            order.fulfilled_at,
            kind,
            Message::new("已发货", "Delivered"),
            None,
        );
    }
    if order.closed_at.is_some() {
        add(
            order.closed_at,
            kind,
            Message::new("商户关闭订单", "Order closed"),
            None,
        );
    }
    if let Some(total) = order.refund_total.filter(|total| *total > Fen::ZERO) {
        let words = Message::new("商户记有退款", "The merchant booked refunds");
        add(order.refund_at, kind, words, Some(total));
    }
}

fn bill_entries(out: &mut Vec<TimelineEntry>, record: &OrderRecord) {
    for kept in &record.pays {
        let (zh, en, state) = match kept.row.state {
            BillState::Success => ("微信账单：支付成功", "Bill: paid", "SUCCESS"),
            BillState::Revoked => ("微信账单：已撤销", "Bill: reversed", "REVOKED"),
            BillState::Refund => ("微信账单：退款", "Bill: refund", "REFUND"),
            BillState::Unknown => ("微信账单：未知状态", "Bill: unknown state", "?"),
        };
        out.push(TimelineEntry {
            at: Some(kept.row.time),
            kind: EntryKind::BillPayment,
            words: replaced(zh, en, kept.superseded),
            amount: Some(kept.row.amount),
            state: state.to_owned(),
            source: String::new(),
            row: Some(kept.row.row),
        });
    }
    for kept in &record.refunds {
        let state = match kept.row.state {
            BillRefundState::Success => "SUCCESS",
            BillRefundState::Processing => "PROCESSING",
            BillRefundState::Fail => "FAIL",
            BillRefundState::Change => "CHANGE",
            BillRefundState::Unknown => "?",
        };
        out.push(TimelineEntry {
            at: Some(kept.row.time),
            kind: EntryKind::BillRefund,
            words: replaced(
                &format!("微信账单：退款 {}", kept.row.out_refund_no),
                &format!("Bill: refund {}", kept.row.out_refund_no),
                kept.superseded,
            ),
            amount: Some(kept.row.amount),
            state: state.to_owned(),
            source: String::new(),
            row: Some(kept.row.row),
        });
    }
    for own in &record.own_refunds {
        let state = crate::jobs::refund::state_words(own);
        out.push(TimelineEntry {
            at: Some(own.changed_at),
            kind: EntryKind::MerchantRefund,
            words: Message::new(
                format!("从这里发起的退款 {}：{}", own.out_refund_no, state.zh),
                format!("Refund begun here, {}: {}", own.out_refund_no, state.en),
            ),
            amount: Some(own.refund.amount),
            state: own.refund.stage.word().to_owned(),
            source: String::new(),
            row: None,
        });
    }
    for kept in &record.merchant_refunds {
        out.push(TimelineEntry {
            at: kept.row.time(),
            kind: EntryKind::MerchantRefund,
            words: replaced(
                &format!("商户退款 {}", kept.row.out_refund_no),
                &format!("Merchant's refund {}", kept.row.out_refund_no),
                kept.superseded,
            ),
            amount: Some(kept.row.amount),
            state: kept.row.status.word().to_owned(),
            source: String::new(),
            row: Some(kept.row.row),
        });
    }
}

fn replaced(zh: &str, en: &str, superseded: bool) -> Message {
    if superseded {
        Message::new(
            format!("{zh}（已被新文件替换）"),
            format!("{en} (replaced by a newer file)"),
        )
    } else {
        Message::new(zh, en)
    }
}

fn aside_words(stored: &str) -> Message {
    let Message { zh, en } = stored_words(stored);
    Message::new(format!("搁置的消息：{zh}"), format!("Put aside: {en}"))
}

fn said_entries(out: &mut Vec<TimelineEntry>, record: &OrderRecord) {
    for seen in &record.observations {
        let (kind, words) = match (seen.aside.is_empty(), seen.source) {
            (false, _) => (EntryKind::Aside, aside_words(&seen.aside)),
            (true, ObservationSource::Notice) => (
                EntryKind::Notice,
                if seen.refund_id.is_empty() {
                    Message::new("收到支付通知", "Payment notification")
                } else {
                    Message::new("收到退款通知", "Refund notification")
                },
            ),
            (true, ObservationSource::Query) => (
                EntryKind::Answer,
                Message::new("记下查询结果", "Answer kept"),
            ),
        };
        out.push(TimelineEntry {
            at: Some(seen.at),
            kind,
            words,
            amount: seen.amount,
            state: seen.state.clone(),
            source: String::new(),
            row: None,
        });
    }
    for asked in &record.exchanges {
        out.push(TimelineEntry {
            at: Some(asked.at),
            kind: EntryKind::Question,
            words: Message::new(
                format!("向微信支付{}", operation_zh(&asked.operation)),
                format!("Asked WeChat Pay: {}", asked.operation),
            ),
            amount: None,
            state: asked.outcome.clone(),
            source: asked.number.clone(),
            row: None,
        });
    }
}

/// The call by its name; one that is not known by its own word.
fn operation_zh(word: &str) -> String {
    let call = PaymentCall::named(word);
    call.map_or_else(|| format!(" {word}"), |call| call.name().zh.to_owned())
}

fn case_entries(out: &mut Vec<TimelineEntry>, record: &OrderRecord) {
    for view in &record.cases {
        let category = view.case.finding.category;
        for event in &view.events {
            let said = case_words(event);
            let (zh, en) = (category.zh(), category.en());
            let code = category.code();
            let found = event.kind == CaseEventKind::Found;
            let words = if found && Category::parse(&event.text) == Some(category) {
                Message::new(
                    format!("对账判为差错 {code} {zh}"),
                    format!("Found as case {code} {en}"),
                )
            } else {
                Message::new(
                    format!("差错 {code} {zh}：{}", said.zh),
                    format!("Case {code} {en}: {}", said.en),
                )
            };
            out.push(TimelineEntry {
                at: Some(event.at),
                kind: EntryKind::Case,
                words,
                amount: None,
                state: event.kind.word().to_owned(),
                source: event.actor.clone(),
                row: None,
            });
        }
    }
}

/// What happened to a case, as people say it; categories and states by their names.
fn case_words(event: &CaseEvent) -> Message {
    let text = event.text.replace('\n', " ");
    let named = |zh: &str, en: &str| match Category::parse(&text) {
        Some(category) => Message::new(
            format!("{zh} {}", category.zh()),
            format!("{en} {}", category.en()),
        ),
        None => Message::new(zh, en),
    };
    let by = |zh: String, en: String| {
        if event.actor.is_empty() {
            Message::new(zh, en)
        } else {
            let who = &event.actor;
            Message::new(format!("{who} {zh}"), format!("{who} {en}"))
        }
    };
    match event.kind {
        CaseEventKind::Found => named("对账判为", "found as"),
        CaseEventKind::Changed => named("改判为", "now found as"),
        CaseEventKind::Reopened => named("再次发现，重开为", "found again, reopened as"),
        CaseEventKind::AutoClosed => Message::new("自动平账", "closed by itself, it agrees now"),
        CaseEventKind::Owner => by(format!("交给 {text}"), format!("gave it to {text}")),
        CaseEventKind::Note => by(format!("备注：{text}"), format!("noted: {text}")),
        CaseEventKind::Status => {
            let (word, reason) = text.split_once(' ').unwrap_or((text.as_str(), ""));
            let status = CaseStatus::parse(word);
            let zh = status.map_or_else(|| word.to_owned(), |status| status.zh().to_owned());
            let en = status.map_or_else(|| word.to_owned(), |status| status.en().to_owned());
            let said = Message::new(
                format!("改为{zh} {reason}").trim_end(),
                format!("moved it to {en} {reason}").trim_end(),
            );
            by(said.zh, said.en)
        }
    }
}
