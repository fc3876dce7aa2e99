//! The sentence on top: what all that is known of an order means, and the next step. Pure.
//!
//! `money` adds up what all sources say, `advice` decides what it means, and here the cases and decisions come in: what
//! a comparison found and nobody has settled is never contradicted, and what a person has decided is not asked again.
//! Window, `query`, lists and exports speak from this; no step moves money or goods that the sums do not allow.

use super::advice::{advise, paid_words};
use super::collect::{CaseStory, OrderRecord};
use super::money::{OrderMoney, OrderWord};
use super::under_way::unless_begun;
use crate::Message;
use recondesk_casework::RefundStage;
use recondesk_domain::{
    CaseStatus, Category, Fen, Finding, Instant, MOrder, MchId, Severity, SuggestedAction, WPay,
};
use recondesk_ports::RefundRecord;

/// Whether a person must do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attention {
    /// Known, and the two books agree.
    Agrees,
    /// The books alone cannot tell: ask WeChat Pay, or fetch the bill.
    Open,
    /// A person must act.
    NeedsPerson,
}

impl Attention {
    /// The stable word of exports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Open => "open",
            Self::NeedsPerson => "needs_person",
        }
    }
}

/// What is to be told first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSummary {
    /// Whether a person must do something.
    pub standing: Attention,
    /// What happened.
    pub words: Message,
    /// The next step.
    pub step: SuggestedAction,
    /// What the comparison calls it; `None` where no category says it.
    pub category: Option<Category>,
    /// What it would be, had a person not decided it.
    pub decided: Option<Category>,
}

impl OrderSummary {
    pub(super) fn new(
        standing: Attention,
        step: SuggestedAction,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self {
            standing,
            words: Message::new(zh, en),
            step,
            category: None,
            decided: None,
        }
    }

    /// The same with another step than the category's.
    pub(super) const fn with_step(mut self, step: SuggestedAction) -> Self {
        self.step = step;
        self
    }

    /// Whether somebody must act now, by the measure of a comparison: what is only watched is no work.
    #[must_use]
    pub fn needs_person(&self) -> bool {
        match self.standing {
            Attention::Agrees => false,
            Attention::NeedsPerson => true,
            Attention::Open => self.category.is_none_or(|category| {
                matches!(category, Category::MCoverage | Category::WCoverage)
                    || !matches!(category.severity(), Severity::Watch | Severity::Info)
            }),
        }
    }

    /// Before anything is known.
    pub(super) fn nothing() -> Self {
        Self::new(Attention::Open, SuggestedAction::Review, "", "")
    }

    /// A case of a category: its severity says whether a person must act, its action what to do.
    pub(super) fn of(category: Category, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let standing = if category.severity().needs_person() {
            Attention::NeedsPerson
        } else if category.is_agreement() {
            Attention::Agrees
        } else {
            Attention::Open
        };
        Self {
            category: Some(category),
            ..Self::new(standing, category.action(), zh, en)
        }
    }
}

/// `03-08 10:02`, as it is said on the telephone.
pub(super) fn short(at: Option<Instant>) -> String {
    at.map_or_else(String::new, |at| {
        at.beijing().format("%m-%d %H:%M").to_string()
    })
}

pub(super) fn yuan(amount: Fen) -> String {
    format!("¥{}", amount.grouped())
}

/// Tells what an order means. One number at several sub-merchants is several orders; the most pressing one is told.
#[must_use]
pub fn sentence(record: &OrderRecord) -> OrderSummary {
    let subs = sub_merchants(record);
    if subs.len() < 2 {
        return of_one(record);
    }
    let each = subs.iter().map(|sub| of_one(&at_sub_merchant(record, sub)));
    let most = each.max_by_key(|summary| summary.standing);
    most.unwrap_or_else(|| of_one(record))
}

/// The sub-merchants under which the number stands.
pub(super) fn sub_merchants(record: &OrderRecord) -> Vec<MchId> {
    let orders = record.orders.iter().filter(|kept| !kept.superseded);
    let pays = record.pays.iter().filter(|kept| !kept.superseded);
    let mut out: Vec<MchId> = orders
        .map(|kept| kept.row.sub_mch_id)
        .chain(pays.map(|kept| kept.row.sub_mch_id))
        .filter(|sub| !sub.is_empty())
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}

impl OrderRecord {
    /// The sub-merchant of the order; empty for an ordinary merchant, and where several have its number.
    #[must_use]
    pub fn sub_mch_id(&self) -> String {
        match sub_merchants(self).as_slice() {
            [only] => only.to_string(),
            _ => String::new(),
        }
    }
}

/// What is known of the order of one sub-merchant.
pub(super) fn at_sub_merchant(record: &OrderRecord, sub: &MchId) -> OrderRecord {
    let mut own = record.clone();
    // An order that names no sub-merchant is that of the payment of its sum, or of any one.
    let fits = |order: &MOrder| {
        let mut pays = record.pays.iter().filter(|kept| !kept.superseded);
        let same = |pay: &WPay| {
            if order.transaction_id.is_empty() {
                pay.amount == order.amount
            } else {
                pay.transaction_id == order.transaction_id
            }
        };
        let theirs = pays
            .find(|kept| same(&kept.row))
            .map(|kept| kept.row.sub_mch_id);
        theirs.is_none_or(|theirs| theirs == *sub)
    };
    own.orders.retain(|kept| {
        let named = kept.row.sub_mch_id;
        named == *sub || named.is_empty() && fits(&kept.row)
    });
    own.pays.retain(|kept| kept.row.sub_mch_id == *sub);
    own.refunds.retain(|kept| kept.row.sub_mch_id == *sub);
    own.cases.retain(|story| {
        let named = story.case.finding.sub_mch_id;
        named.is_empty() || named == *sub
    });
    own.own_refunds.retain(|known| {
        let named = &known.draft.sub_mch_id;
        named.is_empty() || named == sub.as_str()
    });
    let paid: Vec<String> = own
        .pays
        .iter()
        .map(|kept| kept.row.transaction_id.to_string())
        .collect();
    let is_others = |transaction: &str| {
        let mut pays = record.pays.iter();
        pays.any(|kept| kept.row.transaction_id.as_str() == transaction)
    };
    own.observations.retain(|seen| {
        if !seen.sub_mch_id.is_empty() {
            return seen.sub_mch_id == sub.as_str();
        }
        let transaction = seen.transaction_id.as_str();
        transaction.is_empty()
            || paid.iter().any(|own| own == transaction)
            || !is_others(transaction)
    });
    own
}

fn of_one(record: &OrderRecord) -> OrderSummary {
    let money = OrderMoney::of(record);
    let said = advise(record, &money);
    if let Some(waits) = paid_by_hand(record, &money) {
        return waits;
    }
    match record.open_cases().first() {
        Some(case) => {
            let said = beside_a_case(record, &money, said, &case.finding);
            unless_begun(record, &money, said)
        }
        None => match decided(record, &said) {
            Some(story) => settled(&money, &said, story),
            None => said,
        },
    }
}

/// A refund that could not reach the customer and came to the merchant's own account: the customer waits until a
/// person has paid, and said so by closing the case.
fn paid_by_hand(record: &OrderRecord, money: &OrderMoney) -> Option<OrderSummary> {
    let came =
        |own: &&RefundRecord| own.refund.stage == RefundStage::Done && own.refund.to_merchant;
    let is_settled = |own: &RefundRecord| {
        let key = own.draft.case_key.as_str();
        let mut cases = record.cases.iter().map(|story| &story.case);
        cases.any(|case| case.key == key && case.status.is_closed())
    };
    let own = record.own_refunds.iter().filter(came);
    let waiting = own.filter(|own| !is_settled(own));
    let sum = waiting
        .map(|own| own.refund.amount)
        .reduce(|a, b| a.checked_add(b).unwrap_or(a))?;
    let (zh, en) = facts(money);
    let sum = sum.grouped();
    Some(OrderSummary::new(
        Attention::NeedsPerson,
        SuggestedAction::Review,
        format!(
            "{zh}，退款 ¥{sum} 退不到顾客，已退到商户账户：由人付给顾客，付清后把差错标为已处理"
        ),
        format!(
            "{en}; a refund of ¥{sum} could not reach the customer and came to the merchant's account: pay it by hand, then close the case"
        ),
    ))
}

/// What the comparison found and nobody has settled decides, unless WeChat Pay has said more since.
fn beside_a_case(
    record: &OrderRecord,
    money: &OrderMoney,
    said: OrderSummary,
    finding: &Finding,
) -> OrderSummary {
    let category = finding.category;
    // Once both books have it, the next run closes the case.
    if waits(category) && said.standing != Attention::Agrees && money.back() == Fen::ZERO {
        return in_transit(record, money, category);
    }
    let is_same = said
        .category
        .is_some_and(|said| said.family() == category.family());
    let is_held = finding.action() != category.action();
    if is_same {
        let stops_goods = category == Category::MOnlyPay;
        let gives = said.step.moves_money() || said.step.delivers();
        let contradicts = is_held && (gives || stops_goods);
        return if contradicts {
            over_a_case(money, finding)
        } else {
            said
        };
    }
    let severity = category.severity();
    let is_watch = severity == Severity::Watch;
    if !severity.needs_person() && !is_watch {
        return said;
    }
    let stops = matches!(
        said.category,
        Some(Category::OverRefund | Category::RefundAbnormal | Category::Revoked)
    );
    let has_news = has_news(record, money);
    let knows_less = matches!(said.category, None | Some(Category::WCoverage));
    let stays = match said.standing {
        Attention::NeedsPerson => stops || has_news || is_watch || said.category.is_none(),
        Attention::Open => has_news && !knows_less,
        Attention::Agrees => is_watch && has_news,
    };
    if stays {
        said
    } else if is_possible(finding, money) {
        over_a_case(money, finding)
    } else if said.standing == Attention::Agrees && !is_watch {
        over_an_old_case(record, money, category)
    } else {
        said
    }
}

/// True when WeChat Pay has said what its bills do not say.
fn has_news(record: &OrderRecord, money: &OrderMoney) -> bool {
    let has_row = record.pays.iter().any(|kept| !kept.superseded);
    match money.word {
        OrderWord::Nothing => has_refund_news(record),
        OrderWord::Paid => !has_row || has_refund_news(record),
        OrderWord::Refunded
        | OrderWord::Revoked
        | OrderWord::NotPaid
        | OrderWord::Paying
        | OrderWord::NotFound => true,
    }
}

/// True when WeChat Pay has told of a refund.
fn has_refund_news(record: &OrderRecord) -> bool {
    record.observations.iter().any(|seen| {
        seen.is_believed() && !(seen.refund_id.is_empty() && seen.out_refund_no.is_empty())
    })
}

/// True where the step of a case fits the sums: money leaves only where some is left, goods only where it was paid.
#[must_use]
pub fn is_possible(finding: &Finding, money: &OrderMoney) -> bool {
    let action = finding.action();
    let has_left = money.left() > Fen::ZERO && !money.is_refund_unknown();
    if action.moves_money() || action.delivers() {
        return has_left;
    }
    let needs = [
        (SuggestedAction::StopFulfilment, money.payments.is_empty()),
        (SuggestedAction::BookRefund, money.back() > Fen::ZERO),
        (
            SuggestedAction::ApplyAbnormal,
            money.refunds.stuck > Fen::ZERO,
        ),
    ];
    needs
        .iter()
        .all(|(needing, holds)| *needing != action || *holds)
}

/// True for a payment that the other book should have the day after.
const fn waits(category: Category) -> bool {
    matches!(category, Category::PayPendingW | Category::PayPendingM)
}

/// A case of the same family that a person has closed.
fn decided<'r>(record: &'r OrderRecord, said: &OrderSummary) -> Option<&'r CaseStory> {
    let family = said
        .category
        .filter(|_| said.standing == Attention::NeedsPerson)?
        .family();
    record.cases.iter().rev().find(|story| {
        let by_person = matches!(
            story.case.status,
            CaseStatus::Resolved | CaseStatus::ForceClosed
        );
        by_person && story.case.finding.category.family() == family
    })
}

pub(super) fn facts(money: &OrderMoney) -> (String, String) {
    let paid = money.payments.first();
    let Some(paid) = paid else {
        return (
            "微信没有收款".to_owned(),
            "WeChat Pay has no payment".to_owned(),
        );
    };
    paid_words(paid.at, paid.amount)
}

fn settled(money: &OrderMoney, said: &OrderSummary, story: &CaseStory) -> OrderSummary {
    let category = story.case.finding.category;
    let status = story.case.status;
    let (zh, en) = facts(money);
    let (code, name, english) = (category.code(), category.zh(), category.en().to_lowercase());
    OrderSummary {
        decided: said.category,
        ..OrderSummary::new(
            Attention::Agrees,
            SuggestedAction::None,
            format!("{zh}；差错 {code} {name}{}，不再提示", status.zh()),
            format!(
                "{en}; case {code} {english} is {}",
                status.en().to_lowercase()
            ),
        )
    }
}

fn in_transit(record: &OrderRecord, money: &OrderMoney, category: Category) -> OrderSummary {
    let (zh, en) = if money.payments.is_empty() {
        let order = record.order();
        let at = short(order.and_then(|order| order.paid_at));
        let sum = order.map_or_else(String::new, |order| yuan(order.amount));
        (
            format!("商户记 {at} 已付 {sum}"),
            format!("The merchant booked {sum} paid at {at}"),
        )
    } else {
        facts(money)
    };
    let (zh_where, en_where) = if category == Category::PayPendingW {
        ("商户账", "the merchant's book")
    } else {
        ("微信账单", "WeChat Pay's bill")
    };
    OrderSummary::of(
        category,
        format!("{zh}，临近零点，{zh_where}应在次日：跨日在途，等次日对账"),
        format!(
            "{en}, close to midnight; {en_where} should have it the day after: in transit, wait for the next run"
        ),
    )
}

/// The payment itself agrees, something else of the order does not.
fn over_a_case(money: &OrderMoney, finding: &Finding) -> OrderSummary {
    let (zh, en) = facts(money);
    let category = finding.category;
    let (code, action) = (category.code(), finding.action());
    let summary = OrderSummary::of(
        category,
        format!(
            "{zh}，另有未结差错 {code} {}：{}",
            category.zh(),
            action.zh()
        ),
        format!(
            "{en}, but case {code} {} is open: {}",
            category.en().to_lowercase(),
            action.en().to_lowercase()
        ),
    );
    summary.with_step(action)
}

/// A case that the money has overtaken: nothing of what it asks for is to be done any more.
fn over_an_old_case(record: &OrderRecord, money: &OrderMoney, category: Category) -> OrderSummary {
    // A comparison reads bills, orders and refunds; what was said of the order alone it does not.
    let is_compared = !has_news(record, money) || has_refund_news(record);
    let (end_zh, end_en) = if is_compared {
        ("重新对账即关闭", "compare again to close it")
    } else {
        ("人工复核后关闭", "review it and close it")
    };
    let (code, name, english) = (category.code(), category.zh(), category.en().to_lowercase());
    let (zh, en) = facts(money);
    let is_back = !money.payments.is_empty() && money.left() == Fen::ZERO;
    let (back_zh, back_en) = if is_back {
        ("，已全额退款", ", refunded in full")
    } else {
        ("", "")
    };
    OrderSummary::new(
        Attention::Open,
        SuggestedAction::Review,
        format!("{zh}{back_zh}；差错 {code} {name}未关闭，后来的事实已使它不成立：{end_zh}"),
        format!(
            "{en}{back_en}; case {code} {english} is still open, and later facts have ended it: {end_en}"
        ),
    )
}
