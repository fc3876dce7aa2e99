//! What WeChat Pay says of the order before anything moves: asked live, each time.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::gateway::{ExchangeError, GatewayClient, RefundsOf};
use crate::jobs::inquiry::QueryVerdict;
use crate::jobs::lookup::live;
use crate::{Advice, Failure, FailureKind, MerchantRef, Message};
use recondesk_casework::{OrderFacts, RefundPart, RemoteState, UNLISTED};
use recondesk_domain::{Category, Fen, OutRefundNo, OutTradeNo, ProfileId, case_key};
use recondesk_ports::{BookRow, CaseRecord, NumberKind, Ports, RefundQuery};
use wechatpay_codec::v2::{OrderRef, RefundState, TradeState};

use super::Pause;

/// A question that found no clear answer is put again so often: asking moves nothing.
const ATTEMPTS: u32 = 3;
const BETWEEN: Duration = Duration::from_millis(300);

/// An order by the number a refund of it goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSubject {
    /// `out_trade_no`.
    pub out_trade_no: OutTradeNo,
    /// Sub-merchant; empty otherwise.
    pub sub_mch_id: String,
}

impl OrderSubject {
    /// The order of that number, with the sub-merchant that the books have for it.
    ///
    /// # Errors
    /// When the number is none, or the books cannot be read.
    pub fn named(ports: &Ports, profile: ProfileId, number: &str) -> Result<Self, Failure> {
        let out_trade_no = OutTradeNo::new(number.trim()).filter(|number| !number.is_empty());
        let out_trade_no = out_trade_no.ok_or_else(|| {
            Failure::new(
                FailureKind::Usage,
                "refund.order",
                Message::new("这不是商户订单号", "This is no merchant order number"),
                Message::new(
                    "商户订单号最多 32 位",
                    "A merchant order number has at most 32 signs",
                ),
            )
            .with_detail(number)
        })?;
        let mut shops = sub_merchants_of(ports, profile, out_trade_no.as_str())?;
        if shops.len() > 1 {
            return Err(several_shops(&shops).with_detail(number));
        }
        Ok(Self {
            out_trade_no,
            sub_mch_id: shops.pop_first().unwrap_or_default(),
        })
    }
}

/// The order that a case is about.
///
/// # Errors
/// When the case is about no single order.
pub fn order_of_case(ports: &Ports, case: &CaseRecord) -> Result<OrderSubject, Failure> {
    let number = case.finding.out_trade_no;
    if number.is_empty() {
        return Err(Failure::new(
            FailureKind::Usage,
            "case.order",
            Message::new(
                "这条差错不是关于一个订单的",
                "This case is not about one order",
            ),
            Message::new(
                "补发货和退款要有商户订单号",
                "Reissue and refund need a merchant order number",
            ),
        )
        .with_detail(&*case.key));
    }
    let sub = case.finding.sub_mch_id;
    if sub.is_empty() {
        return OrderSubject::named(ports, case.profile, number.as_str());
    }
    Ok(OrderSubject {
        out_trade_no: number,
        sub_mch_id: sub.to_string(),
    })
}

/// The sub-merchants under which an order number stands in the books.
fn sub_merchants_of(
    ports: &Ports,
    profile: ProfileId,
    out_trade_no: &str,
) -> Result<BTreeSet<String>, Failure> {
    let found = ports.books.find(out_trade_no).map_err(Failure::from)?;
    let mine = found.into_iter().filter(|place| {
        place.profile == profile && !place.superseded && place.kind == NumberKind::OutTradeNo
    });
    let subs = mine.filter_map(|place| match place.row {
        BookRow::Order(order) => Some(order.sub_mch_id),
        BookRow::Pay(pay) => Some(pay.sub_mch_id),
        BookRow::Refund(_) | BookRow::MerchantRefund(_) => None,
    });
    Ok(subs
        .filter(|sub| !sub.is_empty())
        .map(|sub| sub.to_string())
        .collect())
}

fn several_shops(shops: &BTreeSet<String>) -> Failure {
    let all: Vec<&str> = shops.iter().map(String::as_str).collect();
    let all = all.join(", ");
    Failure::new(
        FailureKind::Usage,
        "refund.sub_merchants",
        Message::new(
            format!("这个单号在几个特约商户下都有：{all}"),
            format!("Several sub-merchants have this number: {all}"),
        ),
        Advice::by_place(
            Message::new(
                "从差错处理：recondesk cases list 里每个特约商户各有一条",
                "Work from the case: recondesk cases list has one for each sub-merchant",
            ),
            Message::new(
                "从“差错”处理，每个特约商户各有一条",
                "Work from Cases: there is one for each sub-merchant",
            ),
        ),
    )
}

/// The open case about the payment of an order: its refunds are those of the case, whichever way they are named.
///
/// # Errors
/// When the workspace cannot be read.
pub(super) fn case_of_order(
    ports: &Ports,
    MerchantRef {
        id: profile,
        profile: merchant,
    }: MerchantRef<'_>,
    order: &OrderSubject,
) -> Result<Option<CaseRecord>, Failure> {
    let families: BTreeSet<&str> = Category::all().map(Category::family).collect();
    let mut found: Option<CaseRecord> = None;
    for family in families {
        let number = order.out_trade_no.as_str();
        let named = case_key(&merchant.mch_id, &order.sub_mch_id, "pay", number, family);
        let mut case = ports.records.case(profile, &named)?;
        if case.is_none() {
            let unnamed = case_key(&merchant.mch_id, "", "pay", number, family);
            case = ports.records.case(profile, &unnamed)?;
        }
        let sub = order.sub_mch_id.as_str();
        let of_order = |case: &CaseRecord| {
            let known = case.finding.sub_mch_id;
            known.is_empty() || sub.is_empty() || known.as_str() == sub
        };
        let Some(case) = case.filter(|case| !case.status.is_closed() && of_order(case)) else {
            continue;
        };
        let is_more_urgent = found.as_ref().is_none_or(|known| {
            case.finding.category.severity() < known.finding.category.severity()
        });
        if is_more_urgent {
            found = Some(case);
        }
    }
    Ok(found)
}

/// Asks about an order and its refunds, and logs what was said. `number`: the refund that is to be sent.
///
/// # Errors
/// When the question cannot be asked, or no clear answer came after three times.
pub fn ask_order(
    ports: &Ports,
    client: &GatewayClient<'_>,
    order: &OrderSubject,
    number: Option<OutRefundNo>,
    pause: Pause<'_>,
) -> Result<OrderFacts, Failure> {
    let mut attempt = 1;
    loop {
        match ask_once(ports, client, order, number)? {
            Ok(facts) => return Ok(facts),
            Err(trouble) if attempt >= ATTEMPTS || client.cancel.is_cancelled() => {
                return Err(trouble.failure());
            }
            Err(trouble) => {
                tracing::info!(%trouble, attempt, "asking about the order again");
                attempt += 1;
                pause(BETWEEN);
            }
        }
    }
}

fn ask_once(
    ports: &Ports,
    client: &GatewayClient<'_>,
    order: &OrderSubject,
    number: Option<OutRefundNo>,
) -> Result<Result<OrderFacts, ExchangeError>, Failure> {
    let profile = client.merchant.id;
    let named = OrderRef::Merchant(order.out_trade_no);
    let asked = client.query_order(&named, &order.sub_mch_id)?;
    let log = |exchange| {
        let record = live::record(ports, profile, order.out_trade_no.as_str(), exchange);
        ports.records.log_exchange(&record)
    };
    log(&asked.exchange)?;
    let mut facts = OrderFacts {
        asked_at: ports.clock.now(),
        is_paid: false,
        paid: Fen::ZERO,
        coupon: Fen::ZERO,
        paid_at: None,
        transaction_id: String::new(),
        parts: Vec::new(),
    };
    let state = match asked.outcome {
        QueryVerdict::Known(state) => state,
        QueryVerdict::NotFound => return Ok(Ok(facts)),
        QueryVerdict::ExchangeError(trouble) => return Ok(Err(trouble)),
    };
    facts.is_paid = state.state.is_paid();
    facts.paid = state.total_fee.unwrap_or(Fen::ZERO);
    facts.coupon = state.coupon_fee.unwrap_or(Fen::ZERO);
    facts.paid_at = state.paid_at;
    facts.transaction_id.clone_from(&state.transaction_id);
    if state.state != TradeState::Refund {
        return Ok(Ok(facts));
    }
    let mut known = numbers_of(ports, profile, order.out_trade_no.as_str())?;
    known.extend(number.filter(|number| !known.contains(number)));
    let listed = client.refunds_of(&RefundsOf {
        order: named,
        known: &known,
        sub_mch_id: &order.sub_mch_id,
    })?;
    for exchange in &listed.exchanges {
        log(exchange)?;
    }
    let lines = match listed.refunds {
        Ok(lines) => lines,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let is_all = listed.is_all;
    facts.parts = lines
        .into_iter()
        .map(|line| RefundPart {
            state: remote_state(&line.state),
            number: line.out_refund_no,
            amount: line.refund_fee,
            sent_at: None,
        })
        .collect();
    // The order was refunded, and none of the refunds that could be asked about is why.
    if !is_all && !facts.parts.iter().any(|part| part.state.counts()) {
        facts.parts.push(RefundPart {
            number: UNLISTED.to_owned(),
            amount: Fen::ZERO,
            state: RemoteState::Other,
            sent_at: None,
        });
    }
    facts.asked_at = ports.clock.now();
    Ok(Ok(facts))
}

/// The refund numbers of an order that were made here.
fn numbers_of(ports: &Ports, profile: ProfileId, order: &str) -> Result<Vec<OutRefundNo>, Failure> {
    let ours = ports.casework.refunds(&RefundQuery {
        profile: Some(profile),
        out_trade_no: Some(order.to_owned()),
        ..RefundQuery::default()
    })?;
    Ok(ours.into_iter().map(|known| known.out_refund_no).collect())
}

/// The state of a refund in the words of casework.
pub(super) fn remote_state(state: &RefundState) -> RemoteState {
    match state {
        RefundState::Success => RemoteState::Success,
        RefundState::Closed => RemoteState::Closed,
        RefundState::Processing => RemoteState::Processing,
        RefundState::Abnormal => RemoteState::Abnormal,
        RefundState::Unknown(_) => RemoteState::Other,
    }
}

/// A client of a merchant that is never cancelled by itself.
pub(super) fn client<'a>(
    ports: &'a Ports,
    profile: MerchantRef<'a>,
    cancel: &'a recondesk_ports::CancelToken,
) -> GatewayClient<'a> {
    GatewayClient::new(ports, profile, cancel)
}
