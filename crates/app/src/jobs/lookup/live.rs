//! Asking WeChat Pay live: the answer beside the local record, logged without secrets, kept on request.

use serde_json::{Value, json};

use super::collect::{KnownRefund, known_refunds};
use super::combined::ask_combined;
use super::heard::{entries, heard, order_behind};
use super::order_summary::{Attention, OrderSummary, at_sub_merchant, sentence};
use super::recognise::FoundNumber;
use super::under_way::awaits_orders;
use super::{OrderView, collect};
use crate::gateway::{AnsweredQuery, Exchange, ExchangeError, GatewayClient, RefundVerdict};
use crate::jobs::inquiry::{self, Difference, Inquiry, QueryVerdict, differences};
use crate::jobs::notify::local_order;
use crate::{Failure, FailureKind, MerchantRef, Message, Progress, Reporter, Step};
use recondesk_domain::{
    ApiVersion, Category, MOrder, MchId, MerchantProfile, OutRefundNo, OutTradeNo, ProfileId,
    RefundId, SuggestedAction, mask_message,
};
use recondesk_ports::{CancelToken, ExchangeRecord, NumberKind, Ports};
use wechatpay_codec::v2::OrderRef;

/// An answer with what it means for the local record.
#[derive(Debug, Clone)]
pub struct LiveAnswer {
    /// The number that was asked for.
    pub number: String,
    /// What it was taken for.
    pub kind: NumberKind,
    /// Questions and answers.
    pub inquiry: Inquiry,
    /// The sub-merchant that the question named; empty for none.
    pub sub_mch_id: String,
    /// The local order it was compared with.
    pub local: Option<MOrder>,
    /// Where they differ.
    pub differences: Vec<Difference>,
    /// What the order means with the answer: of all that the workspace knows and of what was heard.
    pub summary: OrderSummary,
    /// For a part of a combined order that is another merchant's: whose. Empty otherwise.
    pub other_merchant: String,
    /// The parts of a combined order, each an answer of its own; empty for an order by itself.
    pub parts: Vec<LiveAnswer>,
}

impl LiveAnswer {
    /// Why nothing can be said, of the order, its refunds, or a part.
    #[must_use]
    pub fn trouble(&self) -> Option<&ExchangeError> {
        match (&self.inquiry.verdict, &self.inquiry.refunds) {
            (QueryVerdict::ExchangeError(trouble), _) | (_, Some(Err(trouble))) => Some(trouble),
            _ => self.parts.iter().find_map(Self::trouble),
        }
    }

    /// True when nothing can be said: asking again is the right thing.
    #[must_use]
    pub fn is_unclear(&self) -> bool {
        self.trouble().is_some()
    }

    /// True when the answer is known and nothing is left to do.
    #[must_use]
    pub fn agrees(&self) -> bool {
        !self.is_unclear() && self.summary.standing == Attention::Agrees
    }
}

/// Asks about a number, compares, and logs. Changes no record of an order.
///
/// # Errors
/// When the question cannot be asked, or the log cannot be written.
pub fn ask(
    ports: &Ports,
    profile: MerchantRef<'_>,
    (number, kind): (&str, NumberKind),
    local: Option<MOrder>,
    cancel: &CancelToken,
) -> Result<LiveAnswer, Failure> {
    let sub = local.map_or_else(String::new, |order| order.sub_mch_id.to_string());
    ask_at(ports, profile, (number, kind), (local, sub), cancel)
}

/// Asks about the order of a story: of its sub-merchant, where several have its number.
///
/// # Errors
/// As [`ask`].
pub fn ask_of(
    ports: &Ports,
    view: &OrderView,
    cancel: &CancelToken,
) -> Result<LiveAnswer, Failure> {
    let record = &view.record;
    let mut orders = record.orders.iter().filter(|kept| !kept.superseded);
    let local = orders.next().map(|kept| kept.row);
    let profile = MerchantRef::new(record.profile.0, &record.profile.1);
    let what = (record.out_trade_no.as_str(), NumberKind::OutTradeNo);
    ask_at(ports, profile, what, (local, record.sub_mch_id()), cancel)
}

fn ask_at(
    ports: &Ports,
    profile: MerchantRef<'_>,
    (number, kind): (&str, NumberKind),
    (local, sub): (Option<MOrder>, String),
    cancel: &CancelToken,
) -> Result<LiveAnswer, Failure> {
    let client = GatewayClient::new(ports, profile, cancel);
    let asker = Asker {
        sub,
        known: match (&local, kind) {
            (Some(order), _) => known_refunds(ports, profile.id, order.out_trade_no.as_str())?,
            (None, NumberKind::OutTradeNo) => known_refunds(ports, profile.id, number)?,
            (None, _) => Vec::new(),
        },
        client: &client,
    };
    let inquiry = match kind {
        NumberKind::OutRefundNo => {
            let number = OutRefundNo::new(number).ok_or_else(|| too_long(number))?;
            asker.about_refund(client.query_refund(&number, &asker.sub)?)?
        }
        NumberKind::RefundId => {
            let id = RefundId::new(number).ok_or_else(|| too_long(number))?;
            let known = asker.known.iter().find(|known| known.refund_id == id);
            let known = known.map(|known| &known.out_refund_no);
            asker.about_refund(client.query_refund_id(&id, known, &asker.sub)?)?
        }
        NumberKind::OutTradeNo | NumberKind::TransactionId | NumberKind::OrderNo => {
            let order = inquiry::order_ref(number, kind == NumberKind::TransactionId);
            asker.about_order(order.ok_or_else(|| too_long(number))?)?
        }
    };
    for exchange in &inquiry.exchanges {
        let record = record(ports, profile.id, number, exchange);
        ports.records.log_exchange(&record)?;
    }
    let inquiry = match (may_be_combined(profile.profile, kind, &inquiry), inquiry) {
        (true, inquiry) => match OutTradeNo::new(number) {
            Some(whole) => match ask_combined(ports, &client, whole, inquiry)? {
                Ok(combined) => return Ok(combined),
                Err(inquiry) => inquiry,
            },
            None => inquiry,
        },
        (false, inquiry) => inquiry,
    };
    let what = (number, kind);
    finish(ports, profile, what, (local, &asker.sub), inquiry)
}

/// True where the number of no order may be that of a combined one.
fn may_be_combined(profile: &MerchantProfile, kind: NumberKind, inquiry: &Inquiry) -> bool {
    profile.api == ApiVersion::V3
        && matches!(kind, NumberKind::OutTradeNo | NumberKind::OrderNo)
        && inquiry.verdict == QueryVerdict::NotFound
}

/// Compares an answer with the workspace, and says what both mean.
pub(super) fn finish(
    ports: &Ports,
    profile: MerchantRef<'_>,
    (number, kind): (&str, NumberKind),
    (local, sub): (Option<MOrder>, &str),
    inquiry: Inquiry,
) -> Result<LiveAnswer, Failure> {
    // A refund leads to its order, which may be known although the refund is not.
    let local = match (&local, &inquiry.verdict) {
        (None, QueryVerdict::Known(state)) if sub.is_empty() => {
            local_order(ports, profile.id, &state.out_trade_no)?
        }
        _ => local,
    };
    let mut asked = LiveAnswer {
        number: number.to_owned(),
        kind,
        differences: differences(&inquiry, local.as_ref()),
        inquiry,
        sub_mch_id: sub.to_owned(),
        local,
        summary: OrderSummary::nothing(),
        other_merchant: String::new(),
        parts: Vec::new(),
    };
    let owner = (profile.id, profile.profile.clone());
    let mut record = collect::collect(ports, owner, &order_behind(&asked))?;
    if let Some(sub) = MchId::new(&asked.sub_mch_id).filter(|sub| !sub.is_empty()) {
        record = at_sub_merchant(&record, &sub);
    }
    record.observations.extend(heard(ports, profile.id, &asked));
    record.awaits_orders = awaits_orders(ports, &record)?;
    asked.summary = sentence(&record);
    asked.weigh();
    Ok(asked)
}

impl LiveAnswer {
    /// True when there is nothing to compare it with: the orders of its day are not here yet.
    #[must_use]
    pub fn awaits_orders(&self) -> bool {
        self.local.is_none() && self.summary.category == Some(Category::MCoverage)
    }

    /// True when it is about this order.
    #[must_use]
    pub fn is_about(&self, out_trade_no: &str) -> bool {
        order_behind(self) == out_trade_no
    }

    /// Differences that the sum of all facts explains are none, and an answer that differs is no agreement.
    fn weigh(&mut self) {
        if self.awaits_orders() {
            self.differences.clear();
        }
        if self.summary.standing != Attention::Agrees {
            return;
        }
        self.differences
            .retain(|differ| matches!(differ.field, "transaction_id" | "refund_fee"));
        if let Some(differ) = self.differences.first() {
            let (ours, theirs) = (&differ.ours, &differ.theirs);
            self.summary = OrderSummary::new(
                Attention::NeedsPerson,
                SuggestedAction::Review,
                format!(
                    "{}；但{}（商户 {ours}，微信 {theirs}）：人工复核",
                    self.summary.words.zh, differ.words.zh
                ),
                format!(
                    "{}; but: {} (merchant {ours}, WeChat Pay {theirs}), review it",
                    self.summary.words.en, differ.words.en
                ),
            );
        }
    }
}

/// Asks about a number of a text: as what the workspace knows it, else as what it may be, likeliest first.
///
/// # Errors
/// As [`ask`].
pub fn ask_any(
    ports: &Ports,
    profile: MerchantRef<'_>,
    found: &FoundNumber,
    cancel: &CancelToken,
) -> Result<LiveAnswer, Failure> {
    let number = found.number.as_str();
    let places = super::places::places(ports, number)?;
    let place = places.iter().find(|place| place.profile == profile.id);
    if let Some(place) = place {
        let local = local_order(ports, profile.id, &place.out_trade_no)?;
        // A business number is the merchant's own: WeChat Pay knows the order by the number it was sent.
        let what = match place.kind {
            NumberKind::OrderNo => (place.out_trade_no.as_str(), NumberKind::OutTradeNo),
            kind => (number, kind),
        };
        return ask(ports, profile, what, local, cancel);
    }
    let mut first = None;
    for kind in candidates(found, profile.profile.api) {
        let asked = ask(ports, profile, (number, kind), None, cancel)?;
        if asked.inquiry.verdict != QueryVerdict::NotFound {
            return Ok(asked);
        }
        first.get_or_insert(asked);
    }
    match first {
        Some(asked) => Ok(asked),
        None => ask(
            ports,
            profile,
            (number, NumberKind::OutTradeNo),
            None,
            cancel,
        ),
    }
}

/// What a number that the workspace does not know may be, each kind worth one question.
fn candidates(found: &FoundNumber, api: ApiVersion) -> Vec<NumberKind> {
    let looks_refunded = found.number.len() >= 28
        && found.number.starts_with('5')
        && found.number.bytes().all(|byte| byte.is_ascii_digit());
    let mut out = Vec::new();
    for kind in &found.kinds {
        let kind = match kind {
            NumberKind::OrderNo => NumberKind::OutTradeNo,
            kind => *kind,
        };
        // APIv3 knows refunds by the merchant's number only.
        let can_be_asked =
            kind != NumberKind::RefundId || (looks_refunded && api == ApiVersion::V2);
        let fits = kind != NumberKind::OutTradeNo || found.number.len() <= 32;
        if can_be_asked && fits && !out.contains(&kind) {
            out.push(kind);
        }
    }
    out.truncate(3);
    out
}

fn too_long(number: &str) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "query.number",
        Message::new("单号太长", "The number is too long"),
        Message::new(
            "商户订单号最多 32 位",
            "An order number has at most 32 signs",
        ),
    )
    .with_detail(number)
}

/// The local order behind a number of any kind.
///
/// # Errors
/// When the books cannot be read.
pub fn local_behind(
    ports: &Ports,
    profile: ProfileId,
    number: &str,
) -> Result<Option<MOrder>, Failure> {
    let places = super::places::places(ports, number)?;
    let place = places.iter().find(|place| place.profile == profile);
    let order = place.map_or(number, |place| place.out_trade_no.as_str());
    local_order(ports, profile, order)
}

/// Whom the questions go to, and what is known of the refunds of the order.
struct Asker<'a> {
    client: &'a GatewayClient<'a>,
    sub: String,
    known: Vec<KnownRefund>,
}

impl Asker<'_> {
    fn about_order(&self, order: OrderRef) -> Result<Inquiry, Failure> {
        let numbers: Vec<OutRefundNo> =
            self.known.iter().map(|known| known.out_refund_no).collect();
        inquiry::order(self.client, order, &self.sub, &numbers)
    }

    /// A refund leads to its order, and the order says what state it is in.
    fn about_refund(&self, asked: AnsweredQuery<RefundVerdict>) -> Result<Inquiry, Failure> {
        let first = asked.exchange;
        let unknown = |exchange: Exchange, verdict: QueryVerdict| Inquiry {
            exchanges: vec![exchange],
            verdict,
            refunds: None,
            all_refunds: false,
        };
        let told = match asked.outcome {
            RefundVerdict::Known(told) => told,
            RefundVerdict::NotFound => return Ok(unknown(first, QueryVerdict::NotFound)),
            RefundVerdict::ExchangeError(trouble) => {
                return Ok(unknown(first, QueryVerdict::ExchangeError(trouble)));
            }
        };
        let Some(order) = inquiry::order_ref(&told.out_trade_no, false) else {
            let why = ExchangeError::Unclear("the answer names no order".to_owned());
            let mut inquiry = unknown(first, QueryVerdict::ExchangeError(why));
            inquiry.refunds = Some(Ok(vec![told.refund]));
            return Ok(inquiry);
        };
        let mut inquiry = self.about_order(order)?;
        // The refund that was asked about belongs to the list, whether or not the list could find it.
        if let Some(Ok(lines)) = &mut inquiry.refunds
            && !lines
                .iter()
                .any(|line| line.refund_id == told.refund.refund_id)
        {
            lines.push(told.refund);
        }
        inquiry.exchanges.insert(0, first);
        Ok(inquiry)
    }
}

/// What the history keeps of a question: no key, no signature, the customer masked.
pub(crate) fn record(
    ports: &Ports,
    profile: ProfileId,
    number: &str,
    exchange: &Exchange,
) -> ExchangeRecord {
    let outcome = match &exchange.result {
        Ok(params) => params.filled("trade_state").unwrap_or("SUCCESS").to_owned(),
        Err(ExchangeError::Fault(fault)) => fault.code.clone(),
        Err(trouble) => trouble.code().to_owned(),
    };
    ExchangeRecord {
        profile,
        at: ports.clock.now(),
        operation: exchange.call.word().to_owned(),
        number: number.to_owned(),
        outcome,
        took_ms: exchange.answer.as_ref().map_or(0, |answer| answer.took_ms),
        document: document(exchange).to_string(),
    }
}

/// Request and answer as JSON, without secrets.
#[must_use]
pub fn document(exchange: &Exchange) -> Value {
    let answer = exchange.answer.as_ref().map(|answer| {
        json!({
            "address": answer.address,
            "status": answer.status,
            "headers": answer.headers,
            "body": mask_message(&answer.body),
            "clock_skew_s": answer.skew_s,
            "took_ms": answer.took_ms,
        })
    });
    json!({
        "method": exchange.method,
        "path": exchange.target,
        "request": mask_message(&exchange.body),
        "answer": answer,
        "trouble": exchange.result.as_ref().err().map(ToString::to_string),
    })
}

/// Keeps a believed answer as a new event beside the order; never over an old one.
///
/// # Errors
/// When there is nothing to keep, or it cannot be stored.
pub fn keep(ports: &Ports, profile: ProfileId, asked: &LiveAnswer) -> Result<bool, Failure> {
    let entries = entries(ports, profile, asked);
    if entries.is_empty() {
        return Err(Failure::new(
            FailureKind::Usage,
            "query.nothing",
            Message::new("没有可以记下的结果", "There is no answer to keep"),
            Message::default(),
        ));
    }
    let mut is_new = false;
    for entry in &entries {
        is_new |= ports.records.observe(entry)?.is_none();
    }
    Ok(is_new)
}

/// The sentence of a view that knows the answer, too; nothing is stored.
#[must_use]
pub fn told_with(ports: &Ports, view: &OrderView, asked: &LiveAnswer) -> OrderSummary {
    let mut record = view.record.clone();
    if record.out_trade_no == order_behind(asked) {
        return asked.summary.clone();
    }
    let entries = heard(ports, record.profile.0, asked);
    record.observations.extend(entries);
    record.awaits_orders = awaits_orders(ports, &record).unwrap_or(record.awaits_orders);
    sentence(&record)
}

/// Pause between two questions of a list: well below every documented rate.
const PACE: std::time::Duration = std::time::Duration::from_millis(20);

/// Asks about many numbers, one after the other; those that need a person come first.
///
/// # Errors
/// When the first question cannot be asked, a person stops it, or the workspace fails.
pub fn ask_many(
    ports: &Ports,
    profile: MerchantRef<'_>,
    numbers: &[FoundNumber],
    cancel: &CancelToken,
    reporter: &dyn Reporter,
) -> Result<Vec<LiveAnswer>, Failure> {
    let mut out = Vec::with_capacity(numbers.len());
    for (done, found) in (1..).zip(numbers) {
        if reporter.cancelled() || cancel.is_cancelled() {
            return Err(Failure::cancelled());
        }
        out.extend(ask_any(ports, profile, found, cancel)?.each());
        reporter.progress(Progress {
            step: Step::Download,
            done,
            total: Some(numbers.len() as u64),
        });
        std::thread::sleep(PACE);
    }
    out.sort_by_key(|asked| (asked.agrees(), !asked.is_unclear()));
    Ok(out)
}
