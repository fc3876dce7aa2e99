//! Writes a scene as files: the shop's orders with their mapping, and the lines of the bill.

use super::{GeneratedOrder, Scenario};
use recondesk_domain::{BillRefundState, BillState, Fen, FulfilStatus, Instant, MOrder, PayStatus};
use wechatpay_codec::bill::{BillLine, BillPrinter, PrintError, RefundColumns};

/// Which columns the shop exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderColumns {
    /// Those of a typical small shop: no business number, no payment number, no currency.
    Example,
    /// The same and `order_no,transaction_id,currency,closed_at` after them.
    Full,
}

const EXAMPLE_HEADER: &str = "out_trade_no,mchid,product,amount,status,created_at,paid_at,fulfilled_at,refund_no,refund_amount,refund_at,openid";

const EXAMPLE_MAPPING: &str = r#"name = "shop export"
kind = "orders"
amount_unit = "yuan"
refunds = "running_total"

[columns]
out_trade_no = "out_trade_no"
goods = "product"
amount = "amount"
created_at = "created_at"
paid_at = "paid_at"
fulfilled_at = "fulfilled_at"
refund_no = "refund_no"
refund_amount = "refund_amount"
refund_at = "refund_at"
openid = "openid"
"#;

const FULL_MAPPING: &str = r#"order_no = "order_no"
transaction_id = "transaction_id"
currency = "currency"
closed_at = "closed_at"
"#;

const STATUS_MAPPING: &str = r#"
[status]
column = "status"

[status.words]
CREATED = { pay_status = "created" }
CLOSED = { pay_status = "closed" }
PAID = { pay_status = "paid", fulfil_status = "pending" }
FULFILLED = { pay_status = "paid", fulfil_status = "fulfilled" }
REFUNDED = { pay_status = "refunded", fulfil_status = "fulfilled" }
"#;

/// The column mapping of the orders file.
#[must_use]
pub fn mapping_toml(columns: OrderColumns) -> String {
    let more = match columns {
        OrderColumns::Example => "",
        OrderColumns::Full => FULL_MAPPING,
    };
    format!("{EXAMPLE_MAPPING}{more}{STATUS_MAPPING}")
}

/// Writes the shop's orders as CSV into buffers of the caller.
#[derive(Debug, Clone)]
pub struct OrdersWriter {
    columns: OrderColumns,
    mch_id: String,
    /// Beginning of the day last written, and its date.
    day: (i64, [u8; 10]),
}

impl OrdersWriter {
    /// A writer for the orders of a scene.
    #[must_use]
    pub fn new(scene: &Scenario, columns: OrderColumns) -> Self {
        Self {
            columns,
            mch_id: scene.mch_id.as_str().to_owned(),
            day: (i64::MIN, [b'0'; 10]),
        }
    }

    /// The header line.
    pub fn header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(EXAMPLE_HEADER.as_bytes());
        if self.columns == OrderColumns::Full {
            out.extend_from_slice(b",order_no,transaction_id,currency,closed_at");
        }
        out.push(b'\n');
    }

    /// The order of a deal, twice where the deal says so; nothing where the shop knows nothing.
    /// Returns the number of lines.
    pub fn deal(&mut self, deal: &GeneratedOrder, out: &mut Vec<u8>) -> u64 {
        let Some(order) = &deal.order else {
            return 0;
        };
        let start = out.len();
        self.line(order, deal, out);
        if deal.order_twice {
            let line = out.get(start..).unwrap_or_default().to_vec();
            out.extend_from_slice(&line);
            return 2;
        }
        1
    }

    fn line(&mut self, order: &MOrder, deal: &GeneratedOrder, out: &mut Vec<u8>) {
        out.extend_from_slice(order.out_trade_no.as_bytes());
        out.push(b',');
        out.extend_from_slice(self.mch_id.as_bytes());
        out.push(b',');
        quoted(deal.goods, out);
        out.push(b',');
        yuan(order.amount, out);
        out.push(b',');
        out.extend_from_slice(status(order).as_bytes());
        for time in [Some(order.created_at), order.paid_at, order.fulfilled_at] {
            out.push(b',');
            self.time(time, out);
        }
        out.push(b',');
        out.extend_from_slice(order.refund_no.as_bytes());
        out.push(b',');
        if let Some(total) = order.refund_total.filter(|total| *total != Fen::ZERO) {
            yuan(total, out);
        }
        out.push(b',');
        self.time(order.refund_at, out);
        out.push(b',');
        out.extend_from_slice(deal.openid.as_bytes());
        if self.columns == OrderColumns::Full {
            out.push(b',');
            out.extend_from_slice(order.order_no.as_bytes());
            out.push(b',');
            out.extend_from_slice(order.transaction_id.as_bytes());
            out.extend_from_slice(if order.is_cny { b",CNY," } else { b",HKD," });
            self.time(order.closed_at, out);
        }
        out.push(b'\n');
    }

    fn time(&mut self, time: Option<Instant>, out: &mut Vec<u8>) {
        let Some(time) = time else {
            return;
        };
        let mut second = time.unix().wrapping_sub(self.day.0);
        if !(0..86_400).contains(&second) {
            let day = time.day();
            let mut text = [b'0'; 10];
            for (to, from) in text.iter_mut().zip(day.to_string().bytes()) {
                *to = from;
            }
            self.day = (day.start().unix(), text);
            second = time.unix() - self.day.0;
        }
        let mut text = *b" 00:00:00";
        let second = second.unsigned_abs();
        for (at, value) in [(1, second / 3600), (4, second / 60 % 60), (7, second % 60)] {
            super::digits(&mut text, at, 2, value);
        }
        out.extend_from_slice(&self.day.1);
        out.extend_from_slice(&text);
    }
}

/// The one word of the export for both statuses.
fn status(order: &MOrder) -> &'static str {
    match (order.pay_status, order.fulfil_status) {
        (PayStatus::Refunded, _) => "REFUNDED",
        (PayStatus::Closed, _) => "CLOSED",
        (PayStatus::Paid, FulfilStatus::Fulfilled) => "FULFILLED",
        (PayStatus::Paid, _) => "PAID",
        _ => "CREATED",
    }
}

fn yuan(amount: Fen, out: &mut Vec<u8>) {
    let value = amount.get().unsigned_abs();
    if amount.is_negative() {
        out.push(b'-');
    }
    let mut text = *b"00000000000000000.00";
    super::digits(&mut text, 18, 2, value % 100);
    super::digits(&mut text, 0, 17, value / 100);
    let first = text.iter().take(16).take_while(|&&b| b == b'0').count();
    out.extend_from_slice(text.get(first..).unwrap_or_default());
}

/// A CSV field, quoted where it must be.
fn quoted(text: &str, out: &mut Vec<u8>) {
    let plain = !text
        .bytes()
        .any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r'));
    if plain {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

/// Prints the bill rows of a deal that belong to the scene's day. Returns how many there were.
///
/// # Errors
/// [`PrintError`] when a sum of the bill leaves its range.
pub fn bill_lines(
    scene: &Scenario,
    deal: &GeneratedOrder,
    printer: &mut BillPrinter,
    out: &mut Vec<u8>,
) -> Result<u64, PrintError> {
    let before = printer.rows();
    for pay in deal.pays().filter(|w| scene.day.contains(w.time)) {
        let line = BillLine {
            transaction_id: pay.transaction_id.as_str(),
            out_trade_no: pay.out_trade_no.as_str(),
            state: pay.state,
            settled: pay.settled,
            coupon: pay.coupon,
            fee: pay.fee,
            rate: pay.rate,
            amount: pay.amount,
            ..frame(scene, deal, pay.time)
        };
        printer.row(&line, out)?;
    }
    for refund in deal.refunds.iter().filter(|w| scene.day.contains(w.time)) {
        let line = BillLine {
            transaction_id: refund.transaction_id.as_str(),
            out_trade_no: refund.out_trade_no.as_str(),
            state: BillState::Refund,
            refund: Some(RefundColumns {
                requested: refund.time,
                succeeded: Some(refund.time.plus(3)),
                refund_id: refund.refund_id.as_str(),
                out_refund_no: refund.out_refund_no.as_str(),
                settled: refund.settled,
                coupon: refund.coupon,
                refund_type: "ORIGINAL",
                state: match refund.state {
                    BillRefundState::Processing => "PROCESSING",
                    BillRefundState::Fail => "FAIL",
                    BillRefundState::Change => "CHANGE",
                    BillRefundState::Success | BillRefundState::Unknown => "SUCCESS",
                },
                asked: refund.amount,
            }),
            fee: refund.fee,
            rate: refund.rate,
            ..frame(scene, deal, refund.time)
        };
        printer.row(&line, out)?;
    }
    Ok(printer.rows() - before)
}

/// What all rows of a deal have in common.
fn frame<'a>(scene: &'a Scenario, deal: &'a GeneratedOrder, time: Instant) -> BillLine<'a> {
    BillLine {
        time,
        appid: scene.appid.as_str(),
        mch_id: scene.mch_id.as_str(),
        sub_mch_id: "",
        device: "",
        transaction_id: "",
        out_trade_no: "",
        openid: deal.openid.as_str(),
        trade_type: deal.trade_type,
        state: BillState::Success,
        bank: deal.bank,
        currency: "CNY",
        settled: Fen::ZERO,
        coupon: Fen::ZERO,
        refund: None,
        goods: deal.goods,
        attach: deal.attach,
        fee: recondesk_domain::Fee::ZERO,
        rate: -1,
        amount: Fen::ZERO,
    }
}
