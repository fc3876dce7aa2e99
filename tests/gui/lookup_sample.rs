//! A made-up order for the Lookup screen: paid at WeChat Pay, still unpaid at the merchant.

use recondesk::app::gateway::{Exchange, ExchangeError, PaymentCall};
use recondesk::app::jobs::inquiry::{Inquiry, QueryVerdict, differences};
use recondesk::app::jobs::lookup::OrderView;
use recondesk::app::jobs::lookup::collect::{CaseStory, DatedRow, OrderRecord};
use recondesk::app::jobs::lookup::fields::fields;
use recondesk::app::jobs::lookup::live::LiveAnswer;
use recondesk::app::jobs::lookup::order_summary::sentence;
use recondesk::app::jobs::lookup::recognise::recognise;
use recondesk::app::jobs::lookup::session::{GatewayQuestion, Live, Local, LookUp};
use recondesk::app::jobs::lookup::timeline::{EntryKind, TimelineEntry};
use recondesk::app::{Language, Message};
use recondesk::domain::*;
use recondesk::ports::{CaseId, CaseRecord, HttpAnswer, NumberKind};
use recondesk::wechat::Params;
use recondesk::wechat::v2::OrderState;

use crate::sample::{at, day};

pub(crate) const NUMBER: &str = "QH260308100244120077";
pub(crate) const PAYMENT: &str = "4200002781202603087745393918";

fn order() -> MOrder {
    MOrder {
        out_trade_no: OutTradeNo::new(NUMBER).unwrap(),
        order_no: OrderNo::new(NUMBER).unwrap(),
        transaction_id: Text::EMPTY,
        appid: Text::EMPTY,
        sub_mch_id: Text::EMPTY,
        amount: Fen::new(29_900),
        is_cny: true,
        pay_status: PayStatus::Created,
        fulfil_status: FulfilStatus::Pending,
        created_at: at("2026-03-08 10:02:31"),
        paid_at: None,
        closed_at: None,
        fulfilled_at: None,
        refund_total: None,
        refund_no: Text::EMPTY,
        refund_at: None,
        row: RowRef {
            import: 1,
            line: 9318,
            offset: 0,
        },
    }
}

fn bill_row() -> WPay {
    WPay {
        product: recondesk::domain::TradeType::NotKnown,
        out_trade_no: OutTradeNo::new(NUMBER).unwrap(),
        transaction_id: TransactionId::new(PAYMENT).unwrap(),
        appid: Text::EMPTY,
        sub_mch_id: Text::EMPTY,
        time: at("2026-03-08 10:02:44"),
        state: BillState::Success,
        is_cny: true,
        amount: Fen::new(29_900),
        settled: Fen::new(29_900),
        coupon: Fen::ZERO,
        fee: Fee::default(),
        rate: 6000,
        row: RowRef {
            import: 2,
            line: 12_044,
            offset: 0,
        },
    }
}

fn case() -> CaseRecord {
    CaseRecord {
        id: CaseId(1),
        profile: ProfileId(1),
        key: format!("1900000109/pay/{NUMBER}/payment"),
        status: CaseStatus::New,
        owner: String::new(),
        opened_on: day(),
        day: day(),
        finding: Finding::new(Category::PaidNotBooked),
    }
}

fn entry(time: &str, kind: EntryKind, zh: &str, en: &str) -> TimelineEntry {
    TimelineEntry {
        at: Some(at(time)),
        kind,
        words: Message::new(zh, en),
        amount: None,
        state: String::new(),
        source: String::new(),
        row: None,
    }
}

fn entries(english: bool) -> Vec<TimelineEntry> {
    let amount = Some(Fen::new(29_900));
    let row = |line| {
        Some(RowRef {
            import: 1,
            line,
            offset: 0,
        })
    };
    let bill = if english {
        "bill 03-08"
    } else {
        "账单 03-08"
    };
    vec![
        TimelineEntry {
            amount,
            source: "orders_0308.csv:9318".to_owned(),
            row: row(9318),
            ..entry(
                "2026-03-08 10:02:31",
                EntryKind::Order,
                "商户下单",
                "Order created",
            )
        },
        TimelineEntry {
            amount,
            state: "SUCCESS".to_owned(),
            source: format!("{bill}:12044"),
            row: row(12_044),
            ..entry(
                "2026-03-08 10:02:44",
                EntryKind::BillPayment,
                "微信账单：支付成功",
                "Bill: paid",
            )
        },
        TimelineEntry {
            state: "found".to_owned(),
            source: format!("1900000109/pay/{NUMBER}/payment"),
            ..entry(
                "2026-03-09 10:05:12",
                EntryKind::Case,
                "对账判为 P01 掉单",
                "Run found P01",
            )
        },
        TimelineEntry {
            state: "note".to_owned(),
            ..entry(
                "2026-03-09 10:08:20",
                EntryKind::Case,
                "李雯：顾客来电，称未收到兑换码",
                "Li Wen: the customer called, no code arrived",
            )
        },
        TimelineEntry {
            state: "SUCCESS".to_owned(),
            source: NUMBER.to_owned(),
            ..entry(
                "2026-03-09 10:11:58",
                EntryKind::Question,
                "向微信支付查询 orderquery",
                "Asked WeChat Pay: orderquery",
            )
        },
    ]
}

/// The story of the order.
pub(crate) fn view(language: Language) -> OrderView {
    let english = language == Language::En;
    let name = if english {
        "Qinghe Mall"
    } else {
        "青禾商城"
    };
    let record = OrderRecord {
        profile: (ProfileId(1), MerchantProfile::new(name, "1900000109")),
        out_trade_no: NUMBER.to_owned(),
        orders: vec![DatedRow {
            day: Some(day()),
            row: order(),
            superseded: false,
        }],
        pays: vec![DatedRow {
            day: Some(day()),
            row: bill_row(),
            superseded: false,
        }],
        refunds: Vec::new(),
        merchant_refunds: Vec::new(),
        reissues: Vec::new(),
        answers: Vec::new(),
        awaits_orders: None,
        own_refunds: Vec::new(),
        observations: Vec::new(),
        exchanges: Vec::new(),
        cases: vec![CaseStory {
            case: case(),
            events: Vec::new(),
        }],
        has_bill_of_day: true,
        is_notice_denied: false,
        covered: None,
        refused: None,
        is_taken_back: false,
    };
    OrderView {
        kind: NumberKind::OutTradeNo,
        sentence: sentence(&record),
        entries: entries(english),
        record,
    }
}

/// The local answer to a pasted text.
pub(crate) fn local(text: &str, stories: Vec<OrderView>) -> Box<Local> {
    let recognised = recognise(text);
    Box::new(Local {
        near: Vec::new(),
        ask: LookUp {
            text: text.to_owned(),
            live: true,
            ..LookUp::default()
        },
        number: recognised
            .numbers
            .first()
            .map(|n| n.number.clone())
            .unwrap_or_default(),
        recognised,
        stories,
        explained: Vec::new(),
        notices: 0,
        took_ms: 1,
    })
}

fn answer_params(state: &str) -> Params {
    let mut params: Params = [
        ("return_code", "SUCCESS"),
        ("result_code", "SUCCESS"),
        ("appid", "wx2421b1c4370ec43b"),
        ("mch_id", "1900000109"),
        ("nonce_str", "f0f1f2"),
        ("openid", "o5dKa1bcdefghijklmnopqrstupQ"),
        ("trade_type", "JSAPI"),
        ("trade_state", state),
        ("bank_type", "OTHERS"),
        ("total_fee", "29900"),
        ("fee_type", "CNY"),
        ("out_trade_no", NUMBER),
        ("sign", "C380BEC2BFD727A4B6845133519F3AD6"),
    ]
    .into_iter()
    .collect();
    if state == "SUCCESS" {
        params.push("transaction_id", PAYMENT);
        params.push("time_end", "20260308100244");
    }
    params
}

/// The question that the window asks by itself.
pub(crate) fn question() -> GatewayQuestion {
    GatewayQuestion {
        profile: ProfileId(1),
        number: NUMBER.to_owned(),
        kind: NumberKind::OutTradeNo,
        poll: None,
        after_ms: 0,
    }
}

/// A live answer with that state, or with that trouble.
pub(crate) fn live(result: Result<&str, ExchangeError>) -> Box<Live> {
    let result = result.map(answer_params);
    let verdict = match &result {
        Ok(params) => QueryVerdict::Known(Box::new(OrderState::read(params).unwrap())),
        Err(trouble) => QueryVerdict::ExchangeError(trouble.clone()),
    };
    let exchange = Exchange {
        call: PaymentCall::OrderQuery,
        api: ApiVersion::V2,
        method: "POST",
        target: "/pay/orderquery".to_owned(),
        body:
            b"<xml><out_trade_no>QH260308100244120077</out_trade_no><sign>SECRETSIGN</sign></xml>"
                .to_vec(),
        answer: Some(HttpAnswer {
            status: 200,
            headers: vec![("request-id".to_owned(), "08F3AB6610".to_owned())],
            body: b"<xml><return_code>SUCCESS</return_code><sign>OTHERSIGN</sign></xml>".to_vec(),
            skew_s: Some(0),
            took_ms: 184,
            address: "api.mch.weixin.qq.com".to_owned(),
        }),
        result,
    };
    let inquiry = Inquiry {
        exchanges: vec![exchange],
        verdict,
        refunds: None,
        all_refunds: false,
    };
    let local = Some(order());
    let asked = LiveAnswer {
        number: NUMBER.to_owned(),
        kind: NumberKind::OutTradeNo,
        sub_mch_id: String::new(),
        differences: differences(&inquiry, local.as_ref()),
        inquiry,
        local,
        summary: sentence(&view(Language::Zh).record),
        other_merchant: String::new(),
        parts: Vec::new(),
    };
    Box::new(Live {
        question: question(),
        at: at("2026-03-09 10:11:58"),
        fields: fields(&asked, Some(&bill_row())),
        asked,
        following: None,
    })
}
