//! The history of a case as people read it: what happened, and the words that were stored with it.

use crate::Message;
use crate::jobs::refund::TAKEN_OVER;
use recondesk_casework::{
    IgnoreReason, RefundStage, ReissueStage, ReissueWay, UNDONE, WithdrawnQuestion,
};
use recondesk_domain::{CaseStatus, Category};
use recondesk_ports::{CaseEvent, CaseEventKind};

/// What happened, in a word.
#[must_use]
pub fn kind_words(kind: CaseEventKind) -> Message {
    let zh = match kind {
        CaseEventKind::Found => "发现",
        CaseEventKind::Changed => "改判",
        CaseEventKind::Reopened => "重开",
        CaseEventKind::AutoClosed => "自动平账",
        CaseEventKind::Note => "备注",
        CaseEventKind::Status => "状态",
        CaseEventKind::Owner => "负责人",
    };
    Message::new(zh, kind.word())
}

/// What is told with it: categories and states by their names, a person's own words as they are.
#[must_use]
pub fn event_text(event: &CaseEvent) -> Message {
    let text = event.text.as_str();
    match event.kind {
        CaseEventKind::Found | CaseEventKind::Changed | CaseEventKind::Reopened => {
            Category::parse(text).map_or_else(
                || Message::new(text, text),
                |category| {
                    let code = category.code();
                    Message::new(
                        format!("{code} {}", category.zh()),
                        format!("{code} {}", category.en()),
                    )
                },
            )
        }
        CaseEventKind::Status => {
            let (word, reason) = text.split_once('\n').unwrap_or((text, ""));
            let reason = stored_words(reason);
            let (zh, en) =
                CaseStatus::parse(word).map_or((word, word), |status| (status.zh(), status.en()));
            Message::new(
                format!("{zh} {}", reason.zh.replace('\n', " ")).trim_end(),
                format!("{en} {}", reason.en.replace('\n', " ")).trim_end(),
            )
        }
        CaseEventKind::Note | CaseEventKind::Owner | CaseEventKind::AutoClosed => {
            Message::new(text, text)
        }
    }
}

/// Words that the program itself stored beside a step: of a refund, a reissue, or a note of a refund. A person's words
/// are none of these and stay as they are.
#[must_use]
pub fn stored_words(text: &str) -> Message {
    if text == TAKEN_OVER {
        return Message::new(
            "微信支付已有这笔退款，已接管",
            "Taken over: WeChat Pay has it already",
        );
    }
    if let Some(parsed) = WithdrawnQuestion::parse(text) {
        let (before, taken_back) = (
            stored_words(parsed.words),
            withdrawn_words(&parsed.question),
        );
        return Message::new(
            join(&before.zh, "；", &taken_back.zh),
            join(&before.en, "; ", &taken_back.en),
        );
    }
    if let Some(why) = text.strip_prefix(UNDONE) {
        return Message::new(
            format!("撤销{why}").trim_end(),
            format!("Taken back{why}").trim_end(),
        );
    }
    if let Some(way) = ReissueWay::parse(text) {
        return Message::new(
            format!("补发货：{}", way.zh()),
            format!("Reissue: {}", way.en()),
        );
    }
    if let Some(stage) = ReissueStage::parse(text) {
        return Message::new(
            format!("补发货{}", stage.zh()),
            format!("Reissue: {}", stage.en()),
        );
    }
    if let Some((before, left)) = text.split_once("尚欠 / left ") {
        return Message::new(
            format!("{before}尚欠 {left}"),
            format!("{before}left {left}"),
        );
    }
    let mut parts = text.splitn(3, ' ');
    if let (Some(number), Some(word), Some(sum)) = (parts.next(), parts.next(), parts.next())
        && sum.starts_with('¥')
        && let Some(stage) = RefundStage::parse(word)
    {
        return Message::new(
            format!("退款 {number} {} {sum}", stage.zh()),
            format!("Refund {number} {} {sum}", stage.en().to_lowercase()),
        );
    }
    Message::new(text, text)
}

/// That a question to a second person was taken back: what it asked, who asked it, and why.
#[must_use]
pub fn withdrawn_words(question: &WithdrawnQuestion) -> Message {
    let need = question.need;
    let maker = &question.maker;
    let reason = asked_reason(&question.reason);
    let (zh, en) = (
        format!("{maker} 的提请已撤回：{}", need.zh()),
        format!("The proposal of {maker} is withdrawn: {}", need.en()),
    );
    if reason.zh.is_empty() {
        return Message::new(zh, en);
    }
    Message::new(
        format!("{zh}（{}）", reason.zh),
        format!("{en} ({})", reason.en),
    )
}

/// A reason as a person reads it: one that was chosen from the list is in the words of the language.
#[must_use]
pub fn asked_reason(reason: &str) -> Message {
    let (code, more) = reason.split_once(": ").unwrap_or((reason, ""));
    let Some(known) = IgnoreReason::parse(code) else {
        return Message::new(reason, reason);
    };
    Message::new(join(known.zh(), "：", more), join(known.en(), ": ", more))
}

fn join(first: &str, between: &str, second: &str) -> String {
    match (first.is_empty(), second.is_empty()) {
        (true, _) => second.to_owned(),
        (_, true) => first.to_owned(),
        (false, false) => format!("{first}{between}{second}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::Instant;

    fn event(kind: CaseEventKind, text: &str) -> CaseEvent {
        CaseEvent {
            at: Instant::from_unix(1_772_899_200),
            actor: "li".to_owned(),
            kind,
            text: text.to_owned(),
            run: None,
        }
    }

    #[test]
    fn categories_states_and_steps_are_said_by_their_names() {
        for (kind, text, zh) in [
            (CaseEventKind::Found, "PAID_NOT_BOOKED", "P01 掉单"),
            (CaseEventKind::Status, "ASSIGNED", "已分派"),
            (CaseEventKind::Status, "RESOLVED\n已补发", "已解决 已补发"),
            (
                CaseEventKind::Status,
                "ASSIGNED\nRD19 ¥10.00 · 尚欠 / left ¥39.90",
                "已分派 RD19 ¥10.00 · 尚欠 ¥39.90",
            ),
            (
                CaseEventKind::Status,
                "EXECUTING\nRD19 drafted ¥39.90",
                "执行中 退款 RD19 已制单 ¥39.90",
            ),
            (
                CaseEventKind::Status,
                "WAITING\nwaiting",
                "等待外部 补发货待证实",
            ),
            (
                CaseEventKind::Status,
                "ASSIGNED\n提请已撤回 / proposal withdrawn · force_closed · 张三 · test-order: 试单",
                "已分派 张三 的提请已撤回：忽略差错（测试订单：试单）",
            ),
            (
                CaseEventKind::Status,
                "EXECUTING\nRD19 drafted ¥39.90 · 提请已撤回 / proposal withdrawn · carry · 张三 · ",
                "执行中 退款 RD19 已制单 ¥39.90；张三 的提请已撤回：差错挂账",
            ),
            (
                CaseEventKind::Status,
                "NEW\n撤销 / undone 点错了",
                "待处理 撤销 点错了",
            ),
            (CaseEventKind::Owner, "李四", "李四"),
            (CaseEventKind::Note, "drafted by hand", "drafted by hand"),
        ] {
            assert_eq!(event_text(&event(kind, text)).zh, zh);
        }
        let part = event(
            CaseEventKind::Status,
            "ASSIGNED\nRD19 ¥10.00 · 尚欠 / left ¥39.90",
        );
        assert_eq!(event_text(&part).en, "Assigned RD19 ¥10.00 · left ¥39.90");
    }
}
