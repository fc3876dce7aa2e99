//! downloadfundflow: what moved on the account, in the documented format.

use super::bills::{bill_date, file, ready, zipped};
use super::ledger::MerchantLedger;
use super::trade::no_book;
use super::v2::{Reply, SignedCall, V2Refused};
use recondesk_domain::{BillDate, BillState, Fee, Fen, Instant, SignType};

/// The fund-flow bill of a day: HMAC only, and `account_type` instead of `bill_type`.
pub(crate) fn download_fund_flow(call: &SignedCall<'_>) -> Result<Reply, V2Refused> {
    if call.sign_type != SignType::HmacSha256 {
        return Err(V2Refused::transport("sign_type参数错误，仅支持HMAC-SHA256"));
    }
    let bad = |name: &str| V2Refused::business("PARAM_ERROR", format!("{name}参数格式错误"));
    let day = bill_date(call).ok_or_else(|| bad("bill_date"))?;
    match call.params.filled("account_type") {
        Some("Basic") => {}
        Some("Operation" | "Fees") => {
            return Err(V2Refused::business("NO_BILL_EXIST", "账单不存在"));
        }
        _ => return Err(bad("account_type")),
    }
    let zip = zipped(call).map_err(|_error| bad("tar_type"))?;
    ready(call, day).map_err(|refused| match refused {
        V2Refused::Bill(_, "Bill Creating") => V2Refused::business("BILL_CREATING", "账单生成中"),
        V2Refused::Bill(_, "No Bill Exist") => V2Refused::business("NO_BILL_EXIST", "账单不存在"),
        V2Refused::Transport(_) | V2Refused::Business(..) | V2Refused::Bill(..) => bad("bill_date"),
    })?;
    let mch_id = &call.merchant.mch_id;
    let text = call
        .shared
        .with_book(mch_id, |book| fund_text(book, mch_id, None, day));
    match text {
        Some(Some(text)) => Ok(file(text.into_bytes(), zip)),
        Some(None) => Err(V2Refused::business("NO_BILL_EXIST", "账单不存在")),
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

impl Flow {
    const fn signed(&self) -> i64 {
        if self.income {
            self.fen
        } else {
            self.fen.saturating_neg()
        }
    }
}

/// What the account holds before the first payment that the sandbox knows, fen.
const FIRST_BALANCE: i64 = 100_000_000;

/// The bill of the basic account, the merchant's or of one of its sub-merchants. Its balance goes on from the day before.
pub(crate) fn fund_text(
    book: &MerchantLedger,
    mch_id: &str,
    sub: Option<&str>,
    day: BillDate,
) -> Option<String> {
    let mut flows = flows_until(book, mch_id, sub, day.next().start());
    let today = flows.split_off(flows.partition_point(|flow| flow.time < day.start()));
    if today.is_empty() {
        return None;
    }
    let signed = flows.iter().map(Flow::signed);
    let opening = signed.fold(FIRST_BALANCE, i64::saturating_add);
    Some(printed(opening, &today))
}

/// Everything that moved before `end`, in order of time.
fn flows_until(book: &MerchantLedger, mch_id: &str, sub: Option<&str>, end: Instant) -> Vec<Flow> {
    let is_meant = |theirs: &str| sub.is_none_or(|sub| sub == theirs);
    let mut flows: Vec<Flow> = Vec::new();
    for pay in &book.pay_rows {
        if pay.time < end && is_meant(pay.sub_mch_id.as_str()) && pay.state == BillState::Success {
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
        if refund.time < end && is_meant(refund.sub_mch_id.as_str()) {
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
    flows.sort_by_key(|flow| flow.time);
    flows
}

fn printed(opening: i64, flows: &[Flow]) -> String {
    let mut out = "\u{feff}记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号\r\n".to_owned();
    let mut balance = opening;
    let (mut incomes, mut expenses) = ((0_u64, 0_i64), (0_u64, 0_i64));
    for (at, flow) in flows.iter().enumerate() {
        let side = if flow.income {
            &mut incomes
        } else {
            &mut expenses
        };
        side.0 = side.0.saturating_add(1);
        side.1 = side.1.saturating_add(flow.fen);
        balance = balance.saturating_add(flow.signed());
        let mut cells = FundFlowCells(&mut out, true);
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
    let mut cells = FundFlowCells(&mut out, true);
    cells.put(&flows.len().to_string());
    for (count, sum) in [incomes, expenses] {
        cells.put(&count.to_string());
        cells.put(&Fen::new(sum).to_string());
    }
    out.push_str("\r\n");
    out
}

/// Cells of one line, each with its backtick.
struct FundFlowCells<'a>(&'a mut String, bool);

impl FundFlowCells<'_> {
    fn put(&mut self, value: &str) {
        if !self.1 {
            self.0.push(',');
        }
        self.1 = false;
        self.0.push('`');
        self.0.push_str(value);
    }
}
