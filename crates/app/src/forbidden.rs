//! What a rule of the workspace says when it refuses a change, in both languages, with the way on that exists.
//!
//! The store says why in one English sentence, the same for every database; here alone it is read.

mod payout;

use super::{Advice, FailureKind, Message};
use crate::jobs::refund::limit_failure;
use payout::payout;
use recondesk_casework::{CaseOutcome, LimitError};
use recondesk_domain::{CaseStatus, Fen, Instant};

/// Fact and way on of a refusal; nothing where it is none of those that people meet.
pub(crate) fn words(why: &str) -> Option<(Message, Advice)> {
    limit(why)
        .or_else(|| outcome(why))
        .or_else(|| transition(why))
        .or_else(|| payout(why))
        .or_else(|| person(why))
        .or_else(|| plain(why))
}

/// True where only time stands in the way: the same will succeed by itself.
pub(crate) fn is_early(why: &str) -> bool {
    too_soon(why).is_some()
}

fn too_soon(why: &str) -> Option<LimitError> {
    let until = why.split_once("less than a minute ago, wait until ")?.1;
    Some(LimitError::TooSoon(Instant::parse_beijing(until)?))
}

fn said(zh: impl Into<String>, en: impl Into<String>) -> Message {
    Message::new(zh, en)
}

/// A way on: on the terminal, and in the window.
fn by_place(terminal: (&str, &str), window: (&str, &str)) -> Advice {
    Advice::by_place(said(terminal.0, terminal.1), said(window.0, window.1))
}

/// A limit of refunds that was checked again when it was to be sent.
fn limit(why: &str) -> Option<(Message, Advice)> {
    let unit = [
        LimitError::NotPaid,
        LimitError::NotPositive,
        LimitError::OverOneYear,
        LimitError::TooManyParts,
        LimitError::Stale,
        LimitError::Sum,
    ];
    let known = unit.into_iter().find(|limit| limit.to_string() == why);
    let left = || {
        let text = why.strip_prefix("only ")?.strip_suffix(" yuan are left")?;
        Some(LimitError::OverRemainder(Fen::parse_yuan(text).ok()?))
    };
    let failure = limit_failure(
        known.or_else(left).or_else(|| too_soon(why))?,
        FailureKind::Usage,
    );
    Some((failure.title, failure.advice))
}

/// Another outcome stands in the way.
fn outcome(why: &str) -> Option<(Message, Advice)> {
    let word = why
        .strip_prefix("the outcome is ")?
        .strip_suffix(" already")?;
    let standing = CaseOutcome::parse(word)?;
    let title = said(
        format!("这条差错或它的订单已有处理：{}", standing.zh()),
        format!(
            "The case or its order has an outcome already: {}",
            standing.en().to_lowercase()
        ),
    );
    let advice = match standing {
        CaseOutcome::Reissue => by_place(
            (
                "要改用别的办法，先撤回补发货：recondesk reissue 编号 --withdraw --reason 原因",
                "To do otherwise, withdraw the reissue first: recondesk reissue ID --withdraw --reason WHY",
            ),
            (
                "要改用别的办法，先撤回补发货",
                "To do otherwise, withdraw the reissue first",
            ),
        ),
        CaseOutcome::Refund => by_place(
            (
                "先了结它的退款：recondesk refund list 查看，refund send 发送，refund withdraw 撤回",
                "Settle its refund first: recondesk refund list shows it, refund send sends it, refund withdraw gives it up",
            ),
            (
                "先了结它的退款：发送或撤回",
                "Settle its refund first: send it or withdraw it",
            ),
        ),
        CaseOutcome::WrittenOff => reopen(),
    };
    Some((title, advice))
}

fn reopen() -> Advice {
    by_place(
        (
            "先重开：recondesk cases reopen 编号 --reason 原因",
            "Open it again first: recondesk cases reopen ID --reason WHY",
        ),
        ("先重开这条差错", "Open the case again first"),
    )
}

/// A state that does not follow from the one the case has.
fn transition(why: &str) -> Option<(Message, Advice)> {
    let (from, next) = why.split_once(" → ")?;
    let (from, next) = (CaseStatus::parse(from)?, CaseStatus::parse(next)?);
    let title = said(
        format!("差错现在是“{}”，不能直接改为“{}”", from.zh(), next.zh()),
        format!(
            "The case is {}, it cannot become {} from there",
            from.en().to_lowercase(),
            next.en().to_lowercase()
        ),
    );
    let advice = if from.is_closed() {
        reopen()
    } else if from == CaseStatus::Executing {
        by_place(
            (
                "退款或补发货进行中，先跟进：recondesk cases show 编号",
                "A refund or a reissue is under way, follow it up first: recondesk cases show ID",
            ),
            (
                "退款或补发货进行中，先跟进",
                "A refund or a reissue is under way, follow it up first",
            ),
        )
    } else if from.may_become(CaseStatus::Assigned) && CaseStatus::Assigned.may_become(next) {
        by_place(
            (
                "先接手：recondesk cases take 编号",
                "Take it first: recondesk cases take ID",
            ),
            ("先接手这条差错", "Take the case first"),
        )
    } else {
        by_place(
            (
                "看它的经过：recondesk cases show 编号",
                "See what happened to it: recondesk cases show ID",
            ),
            ("看它的经过", "See what happened to it"),
        )
    };
    Some((title, advice))
}

/// Where operators are seen and added.
fn operators() -> Advice {
    by_place(
        (
            "查看或新增操作人：recondesk operator list、recondesk operator add",
            "See them or add one: recondesk operator list, recondesk operator add",
        ),
        (
            "在“设置”里查看或新增操作人",
            "See them or add one under Settings",
        ),
    )
}

/// The second person's part.
fn another() -> Advice {
    by_place(
        (
            "由另一位有复核权限的人执行：recondesk approve",
            "Another person with the role approve: recondesk approve",
        ),
        (
            "由另一位有复核权限的人在“复核”里决定",
            "Another person decides under Approvals",
        ),
    )
}

/// Who it is, or is not.
fn person(why: &str) -> Option<(Message, Advice)> {
    if let Some(name) = why.strip_suffix(" is no operator") {
        let title = said(
            format!("{name} 不是操作人"),
            format!("{name} is no operator"),
        );
        return Some((title, operators()));
    }
    if let Some(word) = why.strip_suffix(" needs a second person")
        && let Some(status) = CaseStatus::parse(word)
    {
        let title = said(
            format!("改为“{}”须由另一人同意，提请人不能自己同意", status.zh()),
            format!(
                "{} needs a second person, not whoever proposed it",
                status.en()
            ),
        );
        return Some((title, another()));
    }
    Some(match why {
        "the maker is no second person" => (
            said(
                "提请人不能复核自己的提请",
                "Whoever asked is no second person",
            ),
            another(),
        ),
        "only an operator with the role approve decides" => (
            said(
                "没有复核权限",
                "Only an operator with the role approve decides",
            ),
            another(),
        ),
        "a second person must agree first" | "unlocking needs a second person" => (
            said("须先由另一人同意", "A second person must agree first"),
            another(),
        ),
        "with the other refunds of the order it is above the limit: a second person must agree" => {
            (
                said(
                    "加上这个订单的其他退款已超过限额，须由另一人同意",
                    "With the other refunds of the order it is above the limit: a second person must agree",
                ),
                another(),
            )
        }
        "it is not abnormal, or a second person must agree to this account first" => (
            said(
                "这笔退款没有异常，或改退到这个账户还须另一人同意",
                "It is not abnormal, or a second person must agree to this account first",
            ),
            another(),
        ),
        "the last who may administer cannot be removed" => (
            said(
                "最后一位有管理权限的人不能移除",
                "The last who may administer cannot be removed",
            ),
            by_place(
                (
                    "先让另一人有管理权限：recondesk operator add 姓名 --role administer",
                    "Let another administer first: recondesk operator add NAME --role administer",
                ),
                (
                    "先新增一位有管理权限的人",
                    "Add another who administers first",
                ),
            ),
        ),
        _ => return None,
    })
}

/// Sentences without anything in them that changes: English, Chinese, the way on.
const SENTENCES: [(&str, &str, (&str, &str)); 18] = [
    (
        "one case has one outcome",
        "一条差错只能有一种处理",
        (
            "先了结或撤回已有的处理",
            "Settle or withdraw what was begun first",
        ),
    ),
    ("the day is signed off already", "这一天已签账", ("", "")),
    (
        "another result speaks for the day now",
        "这一天已有新的对账结果",
        (
            "看过新的结果再签账",
            "Look at the new result, then sign off",
        ),
    ),
    (
        "a signed day does not change",
        "这一天已签账，不再变动",
        ("先解锁这一天", "Unlock the day first"),
    ),
    ("an approval is given once", "已经复核过了", ("", "")),
    (
        "there is no decision to take back",
        "没有可撤销的决定",
        ("", ""),
    ),
    (
        "the last decision is of somebody else",
        "最后一个决定是别人作的，不能由您撤销",
        (
            "由作决定的人撤销，或另作决定",
            "Whoever decided takes it back, or decide anew",
        ),
    ),
    (
        "a comparison has spoken since",
        "之后又对过账，不能撤销",
        ("按现在的内容另作决定", "Decide anew by what it says now"),
    ),
    (
        "this decision is not taken back; open the case again instead",
        "这个决定不能撤销",
        ("改为重开这条差错", "Open the case again instead"),
    ),
    (
        "a second person was asked, who may refuse it",
        "已提请另一人复核，不能撤销",
        ("由复核人驳回", "The second person may refuse it"),
    ),
    ("FORCE_CLOSED needs a reason", "忽略差错要写原因", ("", "")),
    (
        "the refunds of the order do not add up",
        "这个订单的退款合计对不上，已停止",
        ("到商户平台核对", "Check in the merchant console"),
    ),
    (
        "too many refunds of one case",
        "这条差错的退款次数已用完",
        (
            "请线下退还，并在差错里记录",
            "Pay back otherwise and note it in the case",
        ),
    ),
    (
        "the order was not asked about",
        "还没有查过这个订单",
        ("先查单再办理", "Query the order first"),
    ),
    (
        "the merchant is read-only",
        "这个商户只读",
        ("在原来的工作区办理", "Do it in the workspace it is of"),
    ),
    (
        "the refund was sent",
        "退款已发送，不能再改",
        ("查询它的结果", "Query what came of it"),
    ),
    (
        "the refund stands in a batch file",
        "退款已写入批量文件，不能再改",
        (
            "上传后查询，或撤回",
            "Query it once it is uploaded, or withdraw it",
        ),
    ),
    ("history is append-only", "历史只增不改", ("", "")),
];

/// A sentence without anything in it that changes.
fn plain(why: &str) -> Option<(Message, Advice)> {
    let (en, zh, way) = SENTENCES.into_iter().find(|known| known.0 == why)?;
    let mut letters = en.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    let en: String = first.into_iter().chain(letters).collect();
    Some((said(zh, en), said(way.0, way.1).into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Failure, Surface};
    use recondesk_casework::{OutcomeError, UndoError};
    use recondesk_ports::StoreError;

    fn told(why: &str) -> Failure {
        StoreError::Forbidden(why.to_owned()).into()
    }

    /// Latin words are commands, numbers and their like alone.
    fn is_chinese(text: &str) -> bool {
        text.split(|c: char| !c.is_ascii_lowercase() && c != ' ')
            .all(|part| part.split_whitespace().count() < 6)
            && text.chars().any(|c| c > '\u{2e80}')
    }

    #[test]
    fn what_is_refused_is_said_in_both_languages_with_a_way_on() {
        for why in [
            "NEW → RESOLVED",
            "RESOLVED → ASSIGNED",
            "EXECUTING → FORCE_CLOSED",
            "refund RD1900000109DMFQP5K2T8TS98R7 of this case is drafted",
            "refund RD1900000109DMFQP5K2T8TS98R7 of this case is accepted",
            "a reissue by webhook is under way",
            "the case is RESOLVED, open it again first",
            "Withdraw is not possible when the refund is done",
            "李四 is no operator",
            "FORCE_CLOSED needs a second person",
            "the last who may administer cannot be removed",
            "the maker is no second person",
            "the refund before was sent less than a minute ago, wait until 2026-11-29 22:45:53",
            "only 49.90 yuan are left",
            "the order is not paid",
            "one case has one outcome",
        ] {
            let failure = told(why);
            assert_ne!(failure.title.zh, "规则不允许这样做", "{why}");
            assert!(is_chinese(&failure.title.zh), "{why}: {}", failure.title.zh);
            assert!(!failure.advice_at(Surface::Terminal).zh.is_empty(), "{why}");
            assert!(!failure.advice_at(Surface::Window).en.is_empty(), "{why}");
            assert!(
                !failure.advice_at(Surface::Window).zh.contains("recondesk "),
                "{why}"
            );
            assert_eq!(failure.code, "workspace.forbidden");
        }
    }

    #[test]
    fn the_sentences_of_the_rules_are_known() {
        for outcome in CaseOutcome::ALL {
            assert!(words(&OutcomeError(outcome).to_string()).is_some());
        }
        for undo in [
            UndoError::Nothing,
            UndoError::Foreign,
            UndoError::Overtaken,
            UndoError::Settled,
        ] {
            assert!(words(&undo.to_string()).is_some(), "{undo}");
        }
    }

    #[test]
    fn a_new_case_is_taken_before_it_is_solved() {
        let failure = told("NEW → RESOLVED");
        assert_eq!(failure.title.zh, "差错现在是“待处理”，不能直接改为“已解决”");
        let way = failure.advice_at(Surface::Terminal);
        assert_eq!(way.zh, "先接手：recondesk cases take 编号");
        assert_eq!(failure.advice_at(Surface::Window).en, "Take the case first");
    }

    #[test]
    fn what_nobody_knows_keeps_its_own_words() {
        let failure = told("something new");
        assert_eq!(failure.title.zh, "规则不允许这样做");
        assert_eq!(failure.detail, "something new");
    }
}
