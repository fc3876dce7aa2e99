//! downloadbill: the ledger in the documented format.

use chrono::NaiveDate;

use super::ledger::{MerchantLedger, SandboxOrder, SandboxRefundOutcome};
use super::rules::{BillReadiness, SandboxRules};
use super::v2::{Reply, SignedCall, V2Refused, gzip};
use recondesk_domain::{BillDate, BillRefundState, BillState, Fen, Instant, MchId, WPay, WRefund};
use wechatpay_codec::bill::{BillForm, BillLine, BillPrinter, RefundColumns};

const BAD_DATE: V2Refused = V2Refused::Bill("20001", "invalid bill_date");
const BAD_TYPE: V2Refused = V2Refused::Bill("20001", "invalid bill_type");
const BAD_TAR: V2Refused = V2Refused::Bill("20001", "invalid tar_type");
const NONE: V2Refused = V2Refused::Bill("20002", "No Bill Exist");
const CREATING: V2Refused = V2Refused::Bill("20002", "Bill Creating");

/// A line of the bill, payment or refund.
enum LedgerRow<'a> {
    Pay(&'a WPay),
    Refund(&'a WRefund),
}

impl LedgerRow<'_> {
    fn time(&self) -> Instant {
        match self {
            Self::Pay(row) => row.time,
            Self::Refund(row) => row.time,
        }
    }
}

/// The trade bill of a day.
pub(crate) fn download_bill(call: &SignedCall<'_>) -> Result<Reply, V2Refused> {
    let day = bill_date(call).ok_or(BAD_DATE)?;
    let form = match call.params.filled("bill_type") {
        None | Some("ALL") => BillForm::All27,
        Some("SUCCESS") => BillForm::Success20,
        Some("REFUND") => BillForm::Refund29,
        Some(_) => return Err(BAD_TYPE),
    };
    let zipped = zipped(call)?;
    ready(call, day)?;
    let mch_id = &call.merchant.mch_id;
    let text = call.shared.with_book(mch_id, |book| {
        let sub = call.params.filled("sub_mch_id");
        trade_text(book, mch_id, day, form, sub)
    });
    let text = text.flatten().ok_or(NONE)?;
    Ok(file(text, zipped))
}

pub(super) fn bill_date(call: &SignedCall<'_>) -> Option<BillDate> {
    let text = call.params.filled("bill_date")?;
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let date = NaiveDate::parse_from_str(text, "%Y%m%d").ok()?;
    Some(BillDate::new(date))
}

pub(super) fn zipped(call: &SignedCall<'_>) -> Result<bool, V2Refused> {
    match call.params.filled("tar_type") {
        None => Ok(false),
        Some("GZIP") => Ok(true),
        Some(_) => Err(BAD_TAR),
    }
}

/// Why there is no bill of a day to give, whatever happened on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayRefusal {
    /// The day has not come.
    Future,
    /// Not made yet; so it is for today always.
    Creating,
    /// Older than three months.
    TooOld,
}

/// Whether the bill of a day is out. There is none for today or later
/// (unless the rule says so), and none after three months.
pub(crate) fn check_day(
    rules: &SandboxRules,
    day: BillDate,
    now: Instant,
) -> Result<(), DayRefusal> {
    let today = now.day();
    if day > today {
        return Err(DayRefusal::Future);
    }
    if today > day.bill_available_until() {
        return Err(DayRefusal::TooOld);
    }
    match rules.bill {
        BillReadiness::Today => Ok(()),
        _ if day == today => Err(DayRefusal::Creating),
        BillReadiness::Ready => Ok(()),
        BillReadiness::Creating => Err(DayRefusal::Creating),
        BillReadiness::Clock if now < day.bill_available_from() => Err(DayRefusal::Creating),
        BillReadiness::Clock => Ok(()),
    }
}

/// The same in the words of downloadbill.
pub(super) fn ready(call: &SignedCall<'_>, day: BillDate) -> Result<(), V2Refused> {
    check_day(&call.shared.rules(), day, call.now).map_err(|why| match why {
        DayRefusal::Future => BAD_DATE,
        DayRefusal::Creating => CREATING,
        DayRefusal::TooOld => NONE,
    })
}

pub(super) fn file(bytes: Vec<u8>, zip: bool) -> Reply {
    let bytes = if zip { gzip(&bytes) } else { bytes };
    Reply::File { zipped: zip, bytes }
}

/// The bytes of a bill, of one sub-merchant or of all; `None` for a day without rows.
pub(crate) fn trade_text(
    book: &MerchantLedger,
    mch_id: &str,
    day: BillDate,
    form: BillForm,
    sub_mch_id: Option<&str>,
) -> Option<Vec<u8>> {
    let is_asked = |sub: MchId| sub_mch_id.is_none_or(|wanted| wanted == sub.as_str());
    let mut rows: Vec<LedgerRow<'_>> = Vec::new();
    if form != BillForm::Refund29 {
        let pays = book
            .pay_rows
            .iter()
            .filter(|row| day.contains(row.time) && is_asked(row.sub_mch_id));
        let wanted = |row: &&WPay| form == BillForm::All27 || row.state == BillState::Success;
        rows.extend(pays.filter(wanted).map(LedgerRow::Pay));
    }
    if form != BillForm::Success20 {
        let refunds = book.refund_rows.iter();
        rows.extend(
            refunds
                .filter(|row| day.contains(row.time) && is_asked(row.sub_mch_id))
                .map(LedgerRow::Refund),
        );
    }
    if rows.is_empty() {
        return None;
    }
    rows.sort_by_key(LedgerRow::time);
    let mut printer = BillPrinter::new(form);
    let mut out = Vec::with_capacity(rows.len().saturating_mul(360));
    printer.header(&mut out);
    for row in &rows {
        let printed = match row {
            LedgerRow::Pay(pay) => printer.row(&pay_line(book, mch_id, pay), &mut out),
            LedgerRow::Refund(refund) => {
                printer.row(&refund_line(book, mch_id, refund, day), &mut out)
            }
        };
        // Only a sum beyond 64 bits is refused, and then there is no bill to give.
        printed.ok()?;
    }
    printer.summary(&mut out);
    Some(out)
}

fn pay_line<'a>(book: &'a MerchantLedger, mch_id: &'a str, pay: &'a WPay) -> BillLine<'a> {
    let order = book.orders.get(pay.out_trade_no.as_str());
    let text = |pick: fn(&SandboxOrder) -> &String| order.map_or("", |order| pick(order).as_str());
    BillLine {
        time: pay.time,
        appid: pay.appid.as_str(),
        mch_id,
        sub_mch_id: pay.sub_mch_id.as_str(),
        device: text(|order| &order.device_info),
        transaction_id: pay.transaction_id.as_str(),
        out_trade_no: pay.out_trade_no.as_str(),
        openid: text(|order| &order.openid),
        trade_type: order.map_or("JSAPI", |order| order.trade_type.as_str()),
        state: pay.state,
        bank: order.map_or("OTHERS", |order| order.bank_type.as_str()),
        currency: if pay.is_cny { "CNY" } else { "USD" },
        settled: pay.settled,
        coupon: pay.coupon,
        refund: None,
        goods: text(|order| &order.body),
        attach: text(|order| &order.attach),
        fee: pay.fee,
        rate: pay.rate,
        amount: pay.amount,
    }
}

fn refund_line<'a>(
    book: &'a MerchantLedger,
    mch_id: &'a str,
    refund: &'a WRefund,
    day: BillDate,
) -> BillLine<'a> {
    let order = book.orders.get(refund.out_trade_no.as_str());
    let text = |pick: fn(&SandboxOrder) -> &String| order.map_or("", |order| pick(order).as_str());
    // The state is frozen when the bill is made, on the morning after.
    let made_at = day.end().plus(9 * 3600);
    let live = book.refunds.get(refund.out_refund_no.as_str());
    let state = match (refund.state, live) {
        (BillRefundState::Processing, Some(live)) => frozen(live.status(made_at)),
        (BillRefundState::Success, _) => "SUCCESS",
        (BillRefundState::Processing, None) => "PROCESSING",
        (BillRefundState::Fail, _) => "FAIL",
        (BillRefundState::Change, _) => "CHANGE",
        (BillRefundState::Unknown, _) => "",
    };
    BillLine {
        time: refund.time,
        appid: refund.appid.as_str(),
        mch_id,
        sub_mch_id: refund.sub_mch_id.as_str(),
        device: text(|order| &order.device_info),
        transaction_id: refund.transaction_id.as_str(),
        out_trade_no: refund.out_trade_no.as_str(),
        openid: text(|order| &order.openid),
        trade_type: order.map_or("JSAPI", |order| order.trade_type.as_str()),
        state: BillState::Refund,
        bank: order.map_or("OTHERS", |order| order.bank_type.as_str()),
        currency: if refund.is_cny { "CNY" } else { "USD" },
        settled: Fen::ZERO,
        coupon: Fen::ZERO,
        refund: Some(RefundColumns {
            requested: refund.time,
            succeeded: live
                .filter(|_| state == "SUCCESS")
                .map(|live| live.settles_at),
            refund_id: refund.refund_id.as_str(),
            out_refund_no: refund.out_refund_no.as_str(),
            settled: refund.settled,
            coupon: refund.coupon,
            refund_type: "ORIGINAL",
            state,
            asked: refund.amount,
        }),
        goods: text(|order| &order.body),
        attach: text(|order| &order.attach),
        fee: refund.fee,
        rate: refund.rate,
        amount: Fen::ZERO,
    }
}

const fn frozen(status: SandboxRefundOutcome) -> &'static str {
    match status {
        SandboxRefundOutcome::Success => "SUCCESS",
        SandboxRefundOutcome::Processing => "PROCESSING",
        SandboxRefundOutcome::RefundClose => "FAIL",
        SandboxRefundOutcome::Change => "CHANGE",
    }
}
