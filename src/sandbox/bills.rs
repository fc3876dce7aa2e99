//! downloadbill and downloadfundflow: the ledger in the documented format.

use chrono::NaiveDate;

use super::ledger::{BillReadiness, Book};
use super::trade::no_book;
use super::v2::{Call, Refused, Reply, gzip};
use crate::domain::{
    BillDate, BillRefundState, BillState, Fee, Fen, Instant, SignType, WPay, WRefund,
};

const BAD_DATE: Refused = Refused::Bill("20001", "invalid bill_date");
const BAD_TYPE: Refused = Refused::Bill("20001", "invalid bill_type");
const BAD_TAR: Refused = Refused::Bill("20001", "invalid tar_type");
const NONE: Refused = Refused::Bill("20002", "No Bill Exist");
const CREATING: Refused = Refused::Bill("20002", "Bill Creating");

/// Which rows a bill has, and which columns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    All,
    Success,
    Refund,
}

/// A line of the bill, payment or refund.
enum Row<'a> {
    Pay(&'a WPay),
    Refund(&'a WRefund, Option<BillRefundState>),
}

impl Row<'_> {
    fn time(&self) -> Instant {
        match self {
            Self::Pay(row) => row.time,
            Self::Refund(row, _) => row.time,
        }
    }
}

/// The trade bill of a day.
pub(crate) fn download_bill(call: &Call<'_>) -> Result<Reply, Refused> {
    let day = bill_date(call).ok_or(BAD_DATE)?;
    let kind = match call.params.filled("bill_type") {
        None | Some("ALL") => Kind::All,
        Some("SUCCESS") => Kind::Success,
        Some("REFUND") => Kind::Refund,
        Some(_) => return Err(BAD_TYPE),
    };
    let zipped = zipped(call)?;
    ready(call, day)?;
    let mch_id = &call.merchant.mch_id;
    let text = call
        .shared
        .with_book(mch_id, |book| trade_bill(book, mch_id, day, kind));
    let text = text.flatten().ok_or(NONE)?;
    Ok(file(text, zipped))
}

fn bill_date(call: &Call<'_>) -> Option<BillDate> {
    let text = call.params.filled("bill_date")?;
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let date = NaiveDate::parse_from_str(text, "%Y%m%d").ok()?;
    Some(BillDate::new(date))
}

fn zipped(call: &Call<'_>) -> Result<bool, Refused> {
    match call.params.filled("tar_type") {
        None => Ok(false),
        Some("GZIP") => Ok(true),
        Some(_) => Err(BAD_TAR),
    }
}

/// Whether the bill is out. There is none for today or later, and none after three months.
fn ready(call: &Call<'_>, day: BillDate) -> Result<(), Refused> {
    let today = call.now.day();
    if day > today {
        return Err(BAD_DATE);
    }
    if today > day.bill_available_until() {
        return Err(NONE);
    }
    match call.shared.rules().bill {
        BillReadiness::Ready => Ok(()),
        BillReadiness::Creating => Err(CREATING),
        BillReadiness::Clock if day == today => Err(BAD_DATE),
        BillReadiness::Clock if call.now < day.bill_available_from() => Err(CREATING),
        BillReadiness::Clock => Ok(()),
    }
}

fn file(text: String, zip: bool) -> Reply {
    let bytes = if zip {
        gzip(text.as_bytes())
    } else {
        text.into_bytes()
    };
    Reply::File { zipped: zip, bytes }
}

/// The text of a bill, `None` for a day without rows.
fn trade_bill(book: &Book, mch_id: &str, day: BillDate, kind: Kind) -> Option<String> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    if kind != Kind::Refund {
        let pays = book.pay_rows.iter().filter(|row| day.contains(row.time));
        rows.extend(
            pays.filter(|row| kind == Kind::All || row.state == BillState::Success)
                .map(Row::Pay),
        );
    }
    if kind != Kind::Success {
        let refunds = book.refund_rows.iter().filter(|row| day.contains(row.time));
        // The state is frozen when the bill is made, on the morning after.
        let made_at = day.end().plus(9 * 3600);
        rows.extend(refunds.map(|row| {
            let live = book.refunds.get(row.out_refund_no.as_str());
            let state = live.map(|refund| frozen(refund.status(made_at)));
            Row::Refund(
                row,
                state.filter(|_| row.state == BillRefundState::Processing),
            )
        }));
    }
    if rows.is_empty() {
        return None;
    }
    rows.sort_by_key(Row::time);
    let mut out = String::with_capacity(rows.len().saturating_mul(360));
    out.push('\u{feff}');
    out.push_str(&header(kind));
    out.push_str("\r\n");
    let mut sums = Sums::default();
    for row in &rows {
        sums.add(row);
        line(&mut out, book, mch_id, kind, row);
    }
    sums.write(&mut out);
    Some(out)
}

const fn frozen(status: super::ledger::RefundOutcome) -> BillRefundState {
    use super::ledger::RefundOutcome as Outcome;
    match status {
        Outcome::Success => BillRefundState::Success,
        Outcome::Processing => BillRefundState::Processing,
        Outcome::RefundClose => BillRefundState::Fail,
        Outcome::Change => BillRefundState::Change,
    }
}

/// Header of the current layout (v2-bill, "current": 27, 20 and 29 columns).
fn header(kind: Kind) -> String {
    let mut out = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额".to_owned();
    if kind == Kind::Refund {
        out.push_str(",退款申请时间,退款成功时间");
    }
    if kind != Kind::Success {
        out.push_str(",微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态");
    }
    out.push_str(",商品名称,商户数据包,手续费,费率,订单金额");
    if kind != Kind::Success {
        out.push_str(",申请退款金额");
    }
    out.push_str(",费率备注");
    out
}

fn line(out: &mut String, book: &Book, mch_id: &str, kind: Kind, row: &Row<'_>) {
    let number = match row {
        Row::Pay(pay) => pay.out_trade_no,
        Row::Refund(refund, _) => refund.out_trade_no,
    };
    let order = book.orders.get(number.as_str());
    let text = |pick: fn(&super::ledger::Order) -> &String| order.map_or("", |o| pick(o).as_str());
    let mut cells = Cells(out, true);
    cells.put(&row.time().to_string());
    let (appid, sub, transaction) = match row {
        Row::Pay(pay) => (pay.appid, pay.sub_mch_id, pay.transaction_id),
        Row::Refund(refund, _) => (refund.appid, refund.sub_mch_id, refund.transaction_id),
    };
    cells.put(appid.as_str());
    cells.put(mch_id);
    cells.put(if sub.is_empty() { "0" } else { sub.as_str() });
    cells.put(text(|o| &o.device_info));
    cells.put(transaction.as_str());
    cells.put(number.as_str());
    cells.put(text(|o| &o.openid));
    cells.put(order.map_or("JSAPI", |o| o.trade_type.as_str()));
    cells.put(match row {
        Row::Pay(pay) if pay.state == BillState::Revoked => "REVOKED",
        Row::Pay(_) => "SUCCESS",
        Row::Refund(..) => "REFUND",
    });
    cells.put(order.map_or("OTHERS", |o| o.bank_type.as_str()));
    cells.put("CNY");
    let (settled, coupon) = match row {
        Row::Pay(pay) => (pay.settled, pay.coupon),
        Row::Refund(..) => (Fen::ZERO, Fen::ZERO),
    };
    cells.put(&settled.to_string());
    cells.put(&coupon.to_string());
    if kind != Kind::Success {
        refund_cells(&mut cells, kind, row);
    }
    cells.put(&escape(text(|o| &o.body)));
    cells.put(&escape(text(|o| &o.attach)));
    let (fee, rate) = match row {
        Row::Pay(pay) => (pay.fee, pay.rate),
        Row::Refund(refund, _) => (refund.fee, refund.rate),
    };
    cells.put(&fee.to_string());
    let rate = rate.max(0);
    cells.put(&format!("{}.{:02}%", rate / 10_000, rate % 10_000 / 100));
    match row {
        Row::Pay(pay) => cells.put(&pay.amount.to_string()),
        Row::Refund(..) => cells.put("0.00"),
    }
    if kind != Kind::Success {
        match row {
            Row::Pay(_) => cells.put("0.00"),
            Row::Refund(refund, _) => cells.put(&refund.amount.to_string()),
        }
    }
    cells.put("");
    out.push_str("\r\n");
}

fn refund_cells(cells: &mut Cells<'_>, kind: Kind, row: &Row<'_>) {
    let Row::Refund(refund, live) = row else {
        for value in ["0", "0", "0.00", "0.00", "", ""] {
            cells.put(value);
        }
        return;
    };
    let state = live.unwrap_or(refund.state);
    if kind == Kind::Refund {
        cells.put(&refund.time.to_string());
        let done = state == BillRefundState::Success;
        cells.put(&if done {
            refund.time.plus(3).to_string()
        } else {
            String::new()
        });
    }
    cells.put(refund.refund_id.as_str());
    cells.put(refund.out_refund_no.as_str());
    cells.put(&refund.settled.to_string());
    cells.put(&refund.coupon.to_string());
    cells.put("ORIGINAL");
    cells.put(match state {
        BillRefundState::Success => "SUCCESS",
        BillRefundState::Processing => "PROCESSING",
        BillRefundState::Fail => "FAIL",
        BillRefundState::Change => "CHANGE",
        BillRefundState::Unknown => "",
    });
}

/// Cells of one line, each with its backtick.
struct Cells<'a>(&'a mut String, bool);

impl Cells<'_> {
    fn put(&mut self, value: &str) {
        if !self.1 {
            self.0.push(',');
        }
        self.1 = false;
        self.0.push('`');
        self.0.push_str(value);
    }
}

/// Merchant text as bills print it: a comma becomes a backslash and a blank, a line feed `\n`.
fn escape(text: &str) -> String {
    text.replace(',', "\\ ")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
}

/// What the summary adds up.
#[derive(Default)]
struct Sums {
    rows: u64,
    settled: i64,
    refunded: i64,
    coupon_refunded: i64,
    fee: i64,
    amount: i64,
    asked: i64,
}

impl Sums {
    fn add(&mut self, row: &Row<'_>) {
        let plus = |sum: &mut i64, value: i64| *sum = sum.saturating_add(value);
        self.rows = self.rows.saturating_add(1);
        match row {
            Row::Pay(pay) => {
                plus(&mut self.settled, pay.settled.get());
                plus(&mut self.amount, pay.amount.get());
                plus(&mut self.fee, pay.fee.get());
            }
            Row::Refund(refund, _) => {
                plus(&mut self.refunded, refund.settled.get());
                plus(&mut self.coupon_refunded, refund.coupon.get());
                plus(&mut self.asked, refund.amount.get());
                plus(&mut self.fee, refund.fee.get());
            }
        }
    }

    fn write(&self, out: &mut String) {
        out.push_str("总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n");
        let mut cells = Cells(out, true);
        cells.put(&self.rows.to_string());
        cells.put(&Fen::new(self.settled).to_string());
        cells.put(&Fen::new(self.refunded).to_string());
        cells.put(&Fen::new(self.coupon_refunded).to_string());
        cells.put(&Fee::new(self.fee).to_string());
        cells.put(&Fen::new(self.amount).to_string());
        cells.put(&Fen::new(self.asked).to_string());
        out.push_str("\r\n");
    }
}

/// The fund-flow bill of a day: HMAC only, and `account_type` instead of `bill_type`.
pub(crate) fn download_fund_flow(call: &Call<'_>) -> Result<Reply, Refused> {
    if call.sign_type != SignType::HmacSha256 {
        return Err(Refused::transport("sign_type参数错误，仅支持HMAC-SHA256"));
    }
    let bad = |name: &str| Refused::business("PARAM_ERROR", format!("{name}参数格式错误"));
    let day = bill_date(call).ok_or_else(|| bad("bill_date"))?;
    match call.params.filled("account_type") {
        Some("Basic") => {}
        Some("Operation" | "Fees") => {
            return Err(Refused::business("NO_BILL_EXIST", "账单不存在"));
        }
        _ => return Err(bad("account_type")),
    }
    let zip = zipped(call).map_err(|_error| bad("tar_type"))?;
    ready(call, day).map_err(|refused| match refused {
        Refused::Bill(_, "Bill Creating") => Refused::business("BILL_CREATING", "账单生成中"),
        Refused::Bill(_, "No Bill Exist") => Refused::business("NO_BILL_EXIST", "账单不存在"),
        _ => bad("bill_date"),
    })?;
    let mch_id = &call.merchant.mch_id;
    let text = call
        .shared
        .with_book(mch_id, |book| fund_flow(book, mch_id, day));
    match text {
        Some(Some(text)) => Ok(file(text, zip)),
        Some(None) => Err(Refused::business("NO_BILL_EXIST", "账单不存在")),
        None => no_book(),
    }
}

/// A movement of money.
struct Flow {
    time: Instant,
    number: String,
    name: &'static str,
    kind: &'static str,
    income: bool,
    fen: i64,
    by: String,
    voucher: String,
}

fn fund_flow(book: &Book, mch_id: &str, day: BillDate) -> Option<String> {
    let mut flows: Vec<Flow> = Vec::new();
    for pay in &book.pay_rows {
        if day.contains(pay.time) && pay.state == BillState::Success {
            let flow = |kind, income, fen| Flow {
                time: pay.time,
                number: pay.transaction_id.as_str().to_owned(),
                name: "交易",
                kind,
                income,
                fen,
                by: "system".to_owned(),
                voucher: pay.out_trade_no.as_str().to_owned(),
            };
            flows.push(flow("交易", true, pay.settled.get()));
            flows.push(flow(
                "扣除交易手续费",
                false,
                pay.fee.get() / Fee::UNITS_PER_FEN,
            ));
        }
    }
    for refund in &book.refund_rows {
        if day.contains(refund.time) {
            let fee = refund.fee.get().saturating_neg() / Fee::UNITS_PER_FEN;
            flows.push(Flow {
                time: refund.time,
                number: refund.refund_id.as_str().to_owned(),
                name: "退款",
                kind: "退款",
                income: false,
                fen: refund.settled.get().saturating_sub(fee),
                by: format!("{mch_id}API"),
                voucher: refund.out_refund_no.as_str().to_owned(),
            });
        }
    }
    flows.retain(|flow| flow.fen != 0);
    if flows.is_empty() {
        return None;
    }
    flows.sort_by_key(|flow| flow.time);
    Some(fund_text(&flows))
}

fn fund_text(flows: &[Flow]) -> String {
    let mut out = "\u{feff}记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号\r\n".to_owned();
    let mut balance: i64 = 100_000_000;
    let (mut incomes, mut expenses) = ((0_u64, 0_i64), (0_u64, 0_i64));
    for (at, flow) in flows.iter().enumerate() {
        let side = if flow.income {
            &mut incomes
        } else {
            &mut expenses
        };
        side.0 = side.0.saturating_add(1);
        side.1 = side.1.saturating_add(flow.fen);
        let signed = if flow.income {
            flow.fen
        } else {
            flow.fen.saturating_neg()
        };
        balance = balance.saturating_add(signed);
        let mut cells = Cells(&mut out, true);
        cells.put(&flow.time.to_string());
        cells.put(&flow.number);
        cells.put(&format!("{}{at:04}", flow.number));
        cells.put(flow.name);
        cells.put(flow.kind);
        cells.put(if flow.income { "收入" } else { "支出" });
        cells.put(&Fen::new(flow.fen).to_string());
        cells.put(&Fen::new(balance).to_string());
        cells.put(&flow.by);
        cells.put("");
        cells.put(&flow.voucher);
        out.push_str("\r\n");
    }
    out.push_str("资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\r\n");
    let mut cells = Cells(&mut out, true);
    cells.put(&flows.len().to_string());
    for (count, sum) in [incomes, expenses] {
        cells.put(&count.to_string());
        cells.put(&Fen::new(sum).to_string());
    }
    out.push_str("\r\n");
    out
}
