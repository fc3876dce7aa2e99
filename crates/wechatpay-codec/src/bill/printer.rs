//! Prints bills in the documented form: byte order mark, CRLF, one backtick before each value, summary at the end.
//!
//! The sandbox makes its bills with it, and the generator of test data; parsing what it prints gives the same rows back.

use super::block::Sums;
use super::column::BillColumn;
use recondesk_domain::{BillState, Fee, Fen, Instant};

/// A documented layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillForm {
    /// ALL, current, 27 columns.
    All27,
    /// SUCCESS, current, 20 columns.
    Success20,
    /// REFUND, current, 29 columns.
    Refund29,
    /// ALL, legacy, 24 columns.
    All24,
    /// SUCCESS, legacy, 18 columns.
    Success18,
    /// REFUND, legacy, 26 columns.
    Refund26,
}

impl BillForm {
    const fn is_legacy(self) -> bool {
        matches!(self, Self::All24 | Self::Success18 | Self::Refund26)
    }

    /// The columns in their order.
    #[must_use]
    pub fn columns(self) -> Vec<BillColumn> {
        let is_success = matches!(self, Self::Success20 | Self::Success18);
        let is_refund = matches!(self, Self::Refund29 | Self::Refund26);
        BillColumn::ALL
            .into_iter()
            .filter(|column| match column {
                BillColumn::RefundRequested | BillColumn::RefundSucceeded => is_refund,
                BillColumn::RefundId
                | BillColumn::OutRefundNo
                | BillColumn::Refunded
                | BillColumn::RefundCoupon
                | BillColumn::RefundType
                | BillColumn::RefundState => !is_success,
                BillColumn::Amount | BillColumn::RateNote => !self.is_legacy(),
                BillColumn::RefundAsked => !self.is_legacy() && !is_success,
                _ => true,
            })
            .collect()
    }

    const fn name(self, column: BillColumn) -> &'static str {
        match column {
            BillColumn::SubMchId if self.is_legacy() => "子商户号",
            BillColumn::Settled if self.is_legacy() => "总金额",
            BillColumn::Coupon if self.is_legacy() => "企业红包金额",
            BillColumn::RefundCoupon if self.is_legacy() => "企业红包退款金额",
            _ => column.name(),
        }
    }

    const fn summary_header(self) -> &'static str {
        if self.is_legacy() {
            "总交易单数,总交易额,总退款金额,总企业红包退款金额,手续费总金额\r\n"
        } else {
            "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n"
        }
    }
}

/// How merchant text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MerchantText {
    /// As the format page says: `,` becomes `\` and a blank, a line feed `\n`, a carriage return `\r`.
    Escaped,
    /// Commas stay, as in files of some years; line ends are escaped all the same.
    RawCommas,
}

/// One row to print. Texts are written as they are, but for the escapes of merchant text.
#[derive(Debug, Clone, Copy)]
pub struct BillLine<'a> {
    /// 交易时间.
    pub time: Instant,
    /// 公众账号ID.
    pub appid: &'a str,
    /// 商户号.
    pub mch_id: &'a str,
    /// 特约商户号; empty is printed as `0`.
    pub sub_mch_id: &'a str,
    /// 设备号.
    pub device: &'a str,
    /// 微信订单号.
    pub transaction_id: &'a str,
    /// 商户订单号.
    pub out_trade_no: &'a str,
    /// 用户标识.
    pub openid: &'a str,
    /// 交易类型.
    pub trade_type: &'a str,
    /// 交易状态; `Unknown` is printed as an empty value.
    pub state: BillState,
    /// 付款银行.
    pub bank: &'a str,
    /// 货币种类.
    pub currency: &'a str,
    /// 应结订单金额.
    pub settled: Fen,
    /// 代金券金额.
    pub coupon: Fen,
    /// The refund, on refund rows.
    pub refund: Option<RefundColumns<'a>>,
    /// 商品名称.
    pub goods: &'a str,
    /// 商户数据包.
    pub attach: &'a str,
    /// 手续费.
    pub fee: Fee,
    /// 费率 in 10⁻⁴ of one per cent; printed with two decimals, negative as an empty value.
    pub rate: i32,
    /// 订单金额.
    pub amount: Fen,
}

/// The refund columns of a row; payment rows print `0` and `0.00` there.
#[derive(Debug, Clone, Copy)]
pub struct RefundColumns<'a> {
    /// 退款申请时间.
    pub requested: Instant,
    /// 退款成功时间, once there is one.
    pub succeeded: Option<Instant>,
    /// 微信退款单号.
    pub refund_id: &'a str,
    /// 商户退款单号.
    pub out_refund_no: &'a str,
    /// 退款金额.
    pub settled: Fen,
    /// 充值券退款金额.
    pub coupon: Fen,
    /// 退款类型.
    pub refund_type: &'a str,
    /// 退款状态.
    pub state: &'a str,
    /// 申请退款金额.
    pub asked: Fen,
}

/// A sum of the summary left the range of 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sum of a column is out of range")]
pub struct PrintError;

/// Prints one bill into buffers of the caller, row by row.
#[derive(Debug, Clone)]
pub struct BillPrinter {
    form: BillForm,
    columns: Vec<BillColumn>,
    text: MerchantText,
    rows: u64,
    sums: Sums,
    day: (i64, i64, [u8; 10]),
}

impl BillPrinter {
    /// A printer with the documented escapes.
    #[must_use]
    pub fn new(form: BillForm) -> Self {
        Self::with_text(form, MerchantText::Escaped)
    }

    /// A printer that writes merchant text in this way.
    #[must_use]
    pub fn with_text(form: BillForm, text: MerchantText) -> Self {
        Self {
            form,
            columns: form.columns(),
            text,
            rows: 0,
            sums: Sums::default(),
            day: (0, 0, [b'0'; 10]),
        }
    }

    /// Byte order mark and header line.
    pub fn header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\xEF\xBB\xBF");
        for (at, column) in self.columns.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(self.form.name(*column).as_bytes());
        }
        out.extend_from_slice(b"\r\n");
    }

    /// One row, counted into the summary.
    ///
    /// # Errors
    /// [`PrintError`], with nothing written, when a sum would leave its range.
    pub fn row(&mut self, line: &BillLine<'_>, out: &mut Vec<u8>) -> Result<(), PrintError> {
        let refund = line.refund;
        let refunded = refund.map_or(Fen::ZERO, |refund| refund.settled);
        let row = Sums {
            settled: line.settled,
            coupon: line.coupon,
            refunded,
            refund_coupon: refund.map_or(Fen::ZERO, |refund| refund.coupon),
            fee: line.fee,
            amount: line.amount,
            refund_asked: refund.map_or(Fen::ZERO, |refund| refund.asked),
        };
        self.sums = self.sums.checked_add(&row).ok_or(PrintError)?;
        self.rows += 1;
        let columns = std::mem::take(&mut self.columns);
        for (at, column) in columns.iter().enumerate() {
            out.extend_from_slice(if at == 0 { b"`" } else { b",`" });
            self.cell(*column, line, &row, out);
        }
        self.columns = columns;
        out.extend_from_slice(b"\r\n");
        Ok(())
    }

    fn cell(&mut self, column: BillColumn, line: &BillLine<'_>, row: &Sums, out: &mut Vec<u8>) {
        match column {
            BillColumn::Time => self.time(line.time, out),
            BillColumn::AppId => plain(line.appid, out),
            BillColumn::MchId => plain(line.mch_id, out),
            BillColumn::SubMchId if line.sub_mch_id.is_empty() => out.push(b'0'),
            BillColumn::SubMchId => plain(line.sub_mch_id, out),
            BillColumn::Device => merchant_text(line.device, self.text, out),
            BillColumn::TransactionId => plain(line.transaction_id, out),
            BillColumn::OutTradeNo => plain(line.out_trade_no, out),
            BillColumn::OpenId => plain(line.openid, out),
            BillColumn::TradeType => plain(line.trade_type, out),
            BillColumn::State => plain(state_word(line.state), out),
            BillColumn::Bank => plain(line.bank, out),
            BillColumn::Currency => plain(line.currency, out),
            BillColumn::Settled => yuan(line.settled, out),
            BillColumn::Coupon => yuan(line.coupon, out),
            BillColumn::Refunded => yuan(row.refunded, out),
            BillColumn::RefundCoupon => yuan(row.refund_coupon, out),
            BillColumn::Goods => merchant_text(line.goods, self.text, out),
            BillColumn::Attach => merchant_text(line.attach, self.text, out),
            BillColumn::Fee => fee_text(line.fee, out),
            BillColumn::Rate => rate(line.rate, out),
            BillColumn::Amount => yuan(line.amount, out),
            BillColumn::RefundAsked => yuan(row.refund_asked, out),
            BillColumn::RateNote => {}
            BillColumn::RefundRequested
            | BillColumn::RefundSucceeded
            | BillColumn::RefundId
            | BillColumn::OutRefundNo
            | BillColumn::RefundType
            | BillColumn::RefundState => self.refund_cell(column, line.refund.as_ref(), out),
        }
    }

    fn refund_cell(
        &mut self,
        column: BillColumn,
        part: Option<&RefundColumns<'_>>,
        out: &mut Vec<u8>,
    ) {
        match (column, part) {
            (BillColumn::RefundId | BillColumn::OutRefundNo, None) => out.push(b'0'),
            (BillColumn::RefundRequested, Some(part)) => self.time(part.requested, out),
            (BillColumn::RefundSucceeded, Some(part)) => {
                if let Some(time) = part.succeeded {
                    self.time(time, out);
                }
            }
            (BillColumn::RefundId, Some(part)) => plain(part.refund_id, out),
            (BillColumn::OutRefundNo, Some(part)) => plain(part.out_refund_no, out),
            (BillColumn::RefundType, Some(part)) => plain(part.refund_type, out),
            (BillColumn::RefundState, Some(part)) => plain(part.state, out),
            _ => {}
        }
    }

    /// The two summary lines.
    pub fn summary(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.form.summary_header().as_bytes());
        let Sums {
            settled,
            coupon: _,
            refunded,
            refund_coupon,
            fee,
            amount,
            refund_asked,
        } = self.sums;
        out.extend_from_slice(format!("`{},`", self.rows).as_bytes());
        yuan(settled, out);
        for sum in [refunded, refund_coupon] {
            out.extend_from_slice(b",`");
            yuan(sum, out);
        }
        out.extend_from_slice(b",`");
        fee_text(fee, out);
        if !self.form.is_legacy() {
            for sum in [amount, refund_asked] {
                out.extend_from_slice(b",`");
                yuan(sum, out);
            }
        }
        out.extend_from_slice(b"\r\n");
    }

    /// Rows printed so far.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Sums of the rows printed so far.
    #[must_use]
    pub const fn sums(&self) -> &Sums {
        &self.sums
    }

    fn time(&mut self, time: Instant, out: &mut Vec<u8>) {
        let (start, end, _) = self.day;
        if time.unix() < start || time.unix() >= end {
            let day = time.day();
            let mut text = [b'0'; 10];
            for (to, from) in text.iter_mut().zip(day.to_string().bytes()) {
                *to = from;
            }
            self.day = (day.start().unix(), day.end().unix(), text);
        }
        let (start, _, day) = self.day;
        out.extend_from_slice(&day);
        let second = time.unix().saturating_sub(start).unsigned_abs();
        let two = |value: u64| [digit(value / 10), digit(value)];
        let ([h1, h2], [m1, m2], [s1, s2]) =
            (two(second / 3600), two(second / 60 % 60), two(second % 60));
        out.extend_from_slice(&[b' ', h1, h2, b':', m1, m2, b':', s1, s2]);
    }
}

const fn state_word(state: BillState) -> &'static str {
    match state {
        BillState::Success => "SUCCESS",
        BillState::Refund => "REFUND",
        BillState::Revoked => "REVOKED",
        BillState::Unknown => "",
    }
}

/// A value that is no merchant text; line ends and separators cannot be in one.
fn plain(text: &str, out: &mut Vec<u8>) {
    merchant_text(text, MerchantText::Escaped, out);
}

fn merchant_text(text: &str, way: MerchantText, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some(at) = memchr::memchr3(b',', b'\n', b'\r', rest) {
        let (clean, tail) = rest.split_at(at);
        out.extend_from_slice(clean);
        out.extend_from_slice(match (tail.first(), way) {
            (Some(b','), MerchantText::Escaped) => b"\\ ",
            (Some(b','), MerchantText::RawCommas) => b",",
            (Some(b'\n'), _) => b"\\n",
            _ => b"\\r",
        });
        rest = tail.get(1..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

pub(super) fn yuan(amount: Fen, out: &mut Vec<u8>) {
    decimal(amount.get(), 100, 2, out);
}

pub(super) fn fee_text(fee: Fee, out: &mut Vec<u8>) {
    decimal(fee.get(), 100_000, 5, out);
}

fn rate(rate: i32, out: &mut Vec<u8>) {
    if rate < 0 {
        return;
    }
    if rate % 100 == 0 {
        decimal(i64::from(rate / 100), 100, 2, out);
    } else {
        decimal(i64::from(rate), 10_000, 4, out);
    }
    out.push(b'%');
}

/// Writes `value / scale` with `places` decimals.
fn decimal(value: i64, scale: u64, places: usize, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    let value = value.unsigned_abs();
    let mut buffer = [b'0'; 20];
    let mut whole = value / scale;
    let mut used = 0;
    for slot in buffer.iter_mut().rev() {
        *slot = digit(whole);
        whole /= 10;
        used += 1;
        if whole == 0 {
            break;
        }
    }
    out.extend_from_slice(
        buffer
            .last_chunk::<20>()
            .map_or(&[], |b| b.get(20 - used..).unwrap_or_default()),
    );
    out.push(b'.');
    let mut unit = scale / 10;
    for _ in 0..places {
        out.push(digit(value / unit.max(1)));
        unit /= 10;
    }
}

const fn digit(value: u64) -> u8 {
    b'0' + (value % 10) as u8
}
