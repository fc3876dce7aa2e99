//! Tells from the first bytes what a body or a file is, before anything is read into it.
//!
//! An error that is read as a bill looks like a day without orders, so this comes first, always.

use serde::Serialize;

use super::encoding::sniff_foreign;
use super::script::simplified;

/// What a body is, judged by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// Nothing, or nothing but blanks.
    Empty,
    /// A gzip stream: unpack and look again.
    Gzip,
    /// A zip archive, which is also what an XLSX workbook is: never a bill as WeChat Pay delivers it.
    Zip,
    /// The XML that says why there is no bill: see [`super::BillError`].
    XmlError,
    /// A trade bill.
    Bill,
    /// A fund-flow bill (资金账单).
    FundFlow,
    /// A bill of shared profits (分账账单).
    ProfitSharing,
    /// The bill of an acquirer or of another payment institution, about payments that went through WeChat Pay.
    Acquirer,
    /// The export that the WeChat app makes for consumers (微信支付账单明细).
    ConsumerExport,
    /// A web page, such as a login or a proxy's error.
    Html,
    /// A trade bill saved again by a spreadsheet or an editor in another encoding; ids in it are likely ruined.
    Resaved,
    /// A trade bill with English names, of which documents give the first three only.
    EnglishBill,
    /// An APIv3 error or another JSON text.
    Json,
    /// Something else, such as a file of the merchant's orders.
    Unknown,
}

const BOM: &[u8] = b"\xEF\xBB\xBF";
/// Columns of the bills of acquirers, beside those that they took over from WeChat Pay's.
const ACQUIRERS: [&str; 16] = [
    "威富通",
    "第三方订单号",
    "第三方商户号",
    "通联",
    "拉卡拉",
    "收钱吧",
    "汇付",
    "易宝",
    "富友",
    "乐刷",
    "随行付",
    "银盛",
    "银联",
    "收单",
    "平台订单号",
    "渠道订单号",
];
/// Columns that bills have and shops do not write: two of them in a header make it a bill's.
const BILL_COLUMNS: [&str; 11] = [
    "公众账号ID",
    "特约商户号",
    "子商户号",
    "付款银行",
    "货币种类",
    "应结订单金额",
    "代金券",
    "商户数据包",
    "微信退款单号",
    "充值券退款金额",
    "费率",
];
/// How far into the head the header line is looked for.
const LOOK_BYTES: usize = 4096;

/// Judges a body by its head; a few kilobytes are enough, fewer do if the body is shorter.
#[must_use]
pub fn sniff(head: &[u8]) -> BodyKind {
    if head.starts_with(b"\x1F\x8B") {
        return BodyKind::Gzip;
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return BodyKind::Zip;
    }
    let head = head.get(..LOOK_BYTES).unwrap_or(head);
    let text = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
    match text.first() {
        None => BodyKind::Empty,
        Some(b'<') => sniff_markup(text),
        Some(b'{') => BodyKind::Json,
        Some(_) if std::str::from_utf8(first_line(text)).is_ok() => sniff_text(text),
        // A bill in another encoding was saved again; everything else is named for what it is.
        Some(_) => match sniff_foreign(head, sniff_text) {
            Some(BodyKind::Bill) => BodyKind::Resaved,
            Some(kind) => kind,
            None => sniff_text(text),
        },
    }
}

fn first_line(text: &[u8]) -> &[u8] {
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

fn sniff_markup(text: &[u8]) -> BodyKind {
    let lower = text.to_ascii_lowercase();
    let is_xml = lower.starts_with(b"<xml") || lower.starts_with(b"<?xml");
    if is_xml && !contains(&lower, b"<html") {
        BodyKind::XmlError
    } else if lower.starts_with(b"<!doctype html") || contains(&lower, b"<html") {
        BodyKind::Html
    } else {
        BodyKind::Unknown
    }
}

fn sniff_text(text: &[u8]) -> BodyKind {
    let line = first_line(text);
    let traditional = std::str::from_utf8(line).map(simplified);
    let line = traditional.as_ref().map_or(line, |line| line.as_bytes());
    let title = "微信支付账单明细".as_bytes();
    if contains(line, title) {
        return BodyKind::ConsumerExport;
    }
    if contains(line, "记账时间".as_bytes()) && contains(line, "资金流水单号".as_bytes())
    {
        return BodyKind::FundFlow;
    }
    let has = |name: &str| contains(line, name.as_bytes());
    if has("分账方") || has("分账接收方") || has("分账明细单号") {
        return BodyKind::ProfitSharing;
    }
    if has("商户订单号") && !has("微信订单号") && ACQUIRERS.iter().any(|name| has(name)) {
        return BodyKind::Acquirer;
    }
    if has("Transaction time") && has("appid") && has("mch_id") {
        return BodyKind::EnglishBill;
    }
    let is_header = has("交易时间") && has("微信订单号") && has("商户订单号");
    // The consumer's own export names its columns 交易单号 and 商户单号; its title may have been cut away.
    if has("交易时间") && has("交易对方") && has("金额(元)") {
        return BodyKind::ConsumerExport;
    }
    let is_comma_separated = line.contains(&b',') || has("，");
    if is_header && is_comma_separated && !line.starts_with(b"\"") {
        return BodyKind::Bill;
    }
    if is_header {
        return BodyKind::Resaved;
    }
    // A bill in another column order, or one whose header lacks a column: the layout says which. A shop's own export
    // often has the one or the other of these two, and next to nothing else of a bill.
    let is_marked = has("交易状态") || has("微信订单号");
    let of_bills = BILL_COLUMNS.iter().filter(|name| has(name)).count();
    let is_of_bill = of_bills >= 2 || (has("交易时间") && has("商户号"));
    if line.contains(&b',') && is_marked && is_of_bill && !line.starts_with(b"\"") {
        return BodyKind::Bill;
    }
    // Below the header of a bill it is the name of some goods.
    if contains(text, title) {
        return BodyKind::ConsumerExport;
    }
    BodyKind::Unknown
}

fn contains(text: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(text, needle).is_some()
}

impl BodyKind {
    /// What it is and what to do, for finance staff.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Empty => "文件是空的，请重新下载账单",
            Self::Gzip => "这是压缩的账单，解压后再读取",
            Self::Zip => {
                "这是压缩包或 Excel 表格；装着账单的 zip 可以直接导入（bill import），表格只有在每一格都还带着反引号时才能代替原始 CSV"
            }
            Self::XmlError => "这是微信支付返回的错误信息，不是账单",
            Self::Bill => "微信支付交易账单",
            Self::FundFlow => "这是资金账单，不是交易账单",
            Self::ProfitSharing => "这是分账账单，不是交易账单",
            Self::Acquirer => {
                "这是收单机构或其他支付机构的账单，不是微信支付的账单；请到微信支付商户平台下载交易账单"
            }
            Self::ConsumerExport => {
                "这是微信 App 导出的个人账单（微信支付账单明细），不是商户账单；请到商户平台“交易中心—交易账单”下载"
            }
            Self::Html => "这是网页，不是账单；多半是登录页或代理服务器的错误页",
            Self::Resaved => {
                "账单被表格软件或编辑器另存过（编码或分隔符已变），已不能无损读回；请导入原始文件"
            }
            Self::EnglishBill => {
                "这是英文表头的交易账单，公开文档没有给出全部英文列名，程序不猜测；请在商户平台切换为中文后重新下载"
            }
            Self::Json => "这是接口返回的 JSON 信息，不是账单",
            Self::Unknown => "认不出这个文件，表头里没有交易账单的列名",
        }
    }

    /// What it is and what to do, in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Empty => "The file is empty: download the bill again",
            Self::Gzip => "A compressed bill: unpack it first",
            Self::Zip => {
                "A zip archive or a spreadsheet: bill import takes a zip with bills as it is, and a spreadsheet in place of the original CSV only while each cell has its backtick"
            }
            Self::XmlError => "An error message of WeChat Pay, not a bill",
            Self::Bill => "A trade bill of WeChat Pay",
            Self::FundFlow => "A fund-flow bill, not a trade bill",
            Self::ProfitSharing => "A bill of shared profits, not a trade bill",
            Self::Acquirer => {
                "The bill of an acquirer or another payment institution, not of WeChat Pay: download the trade bill from WeChat Pay's merchant platform"
            }
            Self::ConsumerExport => {
                "The personal export of the WeChat app, not a merchant's bill: download the trade bill from the merchant platform"
            }
            Self::Html => "A web page, not a bill: probably a login page or a proxy's error",
            Self::Resaved => {
                "A bill that a spreadsheet or an editor saved again (encoding or separator changed) and that cannot be read back without loss: import the original file"
            }
            Self::EnglishBill => {
                "A trade bill with English names: documents give only the first of them and the program does not guess; switch the merchant platform to Chinese and download it again"
            }
            Self::Json => "A JSON answer, not a bill",
            Self::Unknown => "Unknown file: its header has no column of a trade bill",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_told_apart() {
        for (head, kind) in [
            (&b""[..], BodyKind::Empty),
            (b"\xEF\xBB\xBF \r\n", BodyKind::Empty),
            (b"\x1F\x8B\x08\x08....All2017-07-12.csv", BodyKind::Gzip),
            (b"PK\x03\x04xl/workbook.xml", BodyKind::Zip),
            (b"<xml><return_code>", BodyKind::XmlError),
            (b"\n<?xml version='1.0'?><xml>", BodyKind::XmlError),
            (b"<!DOCTYPE html><html>", BodyKind::Html),
            (b"<HTML><body>404", BodyKind::Html),
            (b"<svg>", BodyKind::Unknown),
            (b"{\"code\":\"PARAM_ERROR\"}", BodyKind::Json),
            (b"out_trade_no,amount\n1,2\n", BodyKind::Unknown),
            (
                // 交易时间,公 of a shop's own list, in GB18030: one name of a bill makes no bill.
                b"\xBD\xBB\xD2\xD7\xCA\xB1\xBC\xE4,\xB9\xAB",
                BodyKind::Unknown,
            ),
        ] {
            assert_eq!(sniff(head), kind, "{head:?}");
        }
    }

    #[test]
    fn bodies_are_told_apart_by_the_names_of_their_columns() {
        for (head, kind) in [
            (
                "微信支付账单明细,,,,,,,,\n微信昵称：[x],,",
                BodyKind::ConsumerExport,
            ),
            (
                "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式",
                BodyKind::ConsumerExport,
            ),
            (
                "\u{feff}交易时间,公众账号ID,商户号,子商户号,设备号,微信订单号,商户订单号",
                BodyKind::Bill,
            ),
            (
                "交易时间,公众账号ID,商户号,微信订单号,商户订单号\n`2018,`wx,`1,`42,`微信支付账单明细",
                BodyKind::Bill,
            ),
            (
                "导出时间：2026-03-09\n微信支付账单明细,,,\n",
                BodyKind::ConsumerExport,
            ),
            ("记账时间,微信支付业务单号,资金流水单号", BodyKind::FundFlow),
            (
                "分账时间,分账发起方,分账方,微信订单号,微信分账/回退单号,分账明细单号",
                BodyKind::ProfitSharing,
            ),
            (
                "交易时间,公众账号ID,第三方商户号,威富通订单号,商户订单号,交易状态",
                BodyKind::Acquirer,
            ),
            ("交易时间,商户号,商户订单号,交易状态", BodyKind::Bill),
            (
                "公众账号ID,商户号,微信订单号,商户订单号,付款银行,应结订单金额",
                BodyKind::Bill,
            ),
            (
                "订单号,金额,支付状态,发货状态,下单时间,支付时间,微信订单号",
                BodyKind::Unknown,
            ),
            (
                "订单编号,商户号,实付金额,交易状态,付款时间",
                BodyKind::Unknown,
            ),
            ("交易时间\t微信订单号\t商户订单号", BodyKind::Resaved),
            (
                "\"交易时间\",\"微信订单号\",\"商户订单号\"",
                BodyKind::Resaved,
            ),
        ] {
            assert_eq!(sniff(head.as_bytes()), kind, "{head}");
            // In another encoding a bill was saved again, and anything else is what it was.
            let kind = match kind {
                BodyKind::Bill => BodyKind::Resaved,
                kind => kind,
            };
            let text = head.trim_start_matches('\u{feff}');
            let (gbk, _, _) = encoding_rs::GB18030.encode(text);
            if text.starts_with("交易") {
                assert_eq!(sniff(&gbk), kind, "{head} in GB18030");
            }
            let marked = format!("\u{feff}{text}");
            let utf16: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(sniff(&utf16), kind, "{head} in UTF-16");
        }
    }
}
