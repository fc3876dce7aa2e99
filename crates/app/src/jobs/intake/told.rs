//! What a person must hear of an import besides its rows.

use std::path::Path;

use crate::Message;
use recondesk_domain::group_digits;
use recondesk_intake::{AmountUnit, Guess, Mapping, RecordKind, Stats, UnitDoubt};

fn count(rows: u64) -> String {
    group_digits(&rows.to_string())
}

/// Remarks on the rows of a file, the ones that need a person first.
#[must_use]
pub fn remarks(stats: &Stats, unit: AmountUnit, guess: Option<&Guess>) -> Vec<Message> {
    let mut out = Vec::new();
    match stats.unit_doubt(unit) {
        Some(UnitDoubt::LooksLikeFen) => out.push(Message::new(
            "金额像是分而不是元：全部是整数且很大；确认后在映射里写 amount_unit = \"fen\"",
            "The amounts look like fen, not yuan: all are whole and large; if so say amount_unit = \"fen\" in the mapping",
        )),
        Some(UnitDoubt::LooksLikeYuan) => out.push(Message::new(
            "金额像是元而不是分：平均不到 2 元；确认后在映射里写 amount_unit = \"yuan\"",
            "The amounts look like yuan, not fen: their mean is below 2 yuan; if so say amount_unit = \"yuan\" in the mapping",
        )),
        None => {}
    }
    if let Some(guess) = guess.filter(|guess| !guess.other_sheets.is_empty()) {
        let names = guess.other_sheets.join(", ");
        out.push(Message::new(
            format!("另有工作表像是订单，没有导入：{names}"),
            format!("Other sheets look like lists and were not imported: {names}"),
        ));
    }
    let empty = stats.good == 0 && stats.bad == 0 && stats.others == 0 && stats.left_out() == 0;
    if empty {
        out.push(Message::new(
            "文件只有表头，没有一行数据",
            "The file has a header and not a single row",
        ));
    }
    out.extend(not_stored(stats));
    if stats.notes > 0 {
        let rows = count(stats.notes);
        out.push(Message::new(
            format!("{rows} 行不是订单（合计、签名等），已略过"),
            format!("{rows} rows are no orders (totals, signatures) and were passed over"),
        ));
    }
    if stats.lacks_delivery() {
        out.push(Message::new(
            "文件没有发货信息，无法发现「已收款未履约」（P03）",
            "The file says nothing of delivery: paid and not delivered (P03) cannot be found",
        ));
    }
    out
}

/// What a mapping does not read of a file of orders, where that may matter: columns of states, and that there is none.
#[must_use]
pub fn unread(guess: &Guess, mapping: &Mapping) -> Vec<Message> {
    if mapping.kind != RecordKind::Orders {
        return Vec::new();
    }
    let mut out = Vec::new();
    let columns = guess.unread_states(mapping);
    if !columns.is_empty() {
        let names = columns.join(", ");
        out.push(Message::new(
            format!("没有读取的状态列：{names}；其中有作废、取消、退款时，请在映射里写明"),
            format!("Columns of states that are not read: {names}; name them in the mapping where they tell of cancelled or refunded orders"),
        ));
    }
    if !mapping.says_payment() && !mapping.all_paid {
        out.push(Message::new(
            "文件没有支付状态列：有支付时间的行都按已支付处理",
            "The file has no column of payment states: every row with a time of payment counts as paid",
        ));
    }
    out
}

/// Rows that are good and left out, or kept by their numbers alone.
fn not_stored(stats: &Stats) -> Vec<Message> {
    let mut out = Vec::new();
    if stats.zero > 0 {
        let rows = count(stats.zero);
        out.push(Message::new(
            format!("{rows} 行实付金额为 0，微信支付没有这种交易，未导入"),
            format!(
                "{rows} rows were paid with 0.00 and left out: WeChat Pay books no such payment"
            ),
        ));
    }
    if stats.zero_refunds > 0 {
        let rows = count(stats.zero_refunds);
        out.push(Message::new(
            format!("{rows} 行退款金额为 0，微信支付没有这种退款，未导入"),
            format!("{rows} refunds of 0.00 were left out: WeChat Pay makes no such refund"),
        ));
    }
    if stats.no_refunds > 0 {
        let rows = count(stats.no_refunds);
        out.push(Message::new(
            format!("{rows} 行不是退款（付款、换货、补发等），未导入"),
            format!("{rows} rows are no refunds (payments, exchanges) and were left out"),
        ));
    }
    if stats.refunded_elsewhere > 0 {
        let rows = count(stats.refunded_elsewhere);
        out.push(Message::new(
            format!("{rows} 行的退款不经微信支付，按未退款导入"),
            format!("{rows} orders were refunded by other means: WeChat Pay's payment stands"),
        ));
    }
    if !stats.channels.is_empty() {
        let words: Vec<String> = stats
            .channels
            .iter()
            .take(8)
            .map(|(word, rows)| format!("{word} × {rows}"))
            .collect();
        let rows = count(stats.other_channels());
        out.push(Message::new(
            format!("{rows} 行不是微信支付，未导入：{}", words.join("，")),
            format!(
                "{rows} rows were paid by other means and left out: {}",
                words.join(", ")
            ),
        ));
    }
    if stats.outgoing > 0 {
        let rows = count(stats.outgoing);
        out.push(Message::new(
            format!("{rows} 行是退款或支出，不是订单，未导入；退款用退款明细导入"),
            format!("{rows} rows are money that went back, no orders, and were left out; refunds come in by a list of refunds"),
        ));
    }
    if stats.untimed > 0 {
        let rows = count(stats.untimed);
        out.push(Message::new(
            format!("{rows} 行未付款，没有时间，也没有可用的单号和金额，未导入"),
            format!("{rows} rows are not paid and have neither a time nor a number and a sum to be known by: left out"),
        ));
    }
    if stats.unnumbered > 0 {
        let rows = count(stats.unnumbered);
        out.push(Message::new(
            format!("{rows} 行还没有付款（或退款），没有单号或金额，未导入"),
            format!(
                "{rows} rows are not paid (or not refunded) yet and have no number or sum: left out"
            ),
        ));
    }
    if stats.timeless > 0 {
        let rows = count(stats.timeless);
        out.push(Message::new(
            format!("{rows} 行未付款或已关闭，文件里没有它们的时间：按单号记下，账单里有它们的付款时会报出（P01、P02）"),
            format!("{rows} rows are not paid or closed and have no time in the file: kept by their numbers; a payment of one of them will be told (P01, P02)"),
        ));
    }
    out
}

/// True when an import must be heard by a person: rows refused, a doubtful unit, nothing there at all, sheets left.
#[must_use]
pub fn attention(stats: &Stats, unit: AmountUnit, guess: Option<&Guess>) -> bool {
    let rows = stats
        .good
        .saturating_add(stats.bad)
        .saturating_add(stats.left_out());
    stats.bad > 0
        || stats.unit_doubt(unit).is_some()
        || rows == 0
        || stats.zero > stats.good
        || stats.notes > 20_u64.saturating_add(rows / 5)
        || guess.is_some_and(|guess| !guess.other_sheets.is_empty())
}

/// The name of a file without its days and numbers: next month's file has the same.
#[must_use]
pub fn name_for_mapping(path: &Path, saved: &[String]) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let bare: String = stem
        .chars()
        .filter(|sign| !sign.is_ascii_digit())
        .map(|sign| {
            if matches!(sign, '_' | '-' | '.' | '(' | ')') {
                ' '
            } else {
                sign
            }
        })
        .collect();
    let bare = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare: String = bare.chars().take(40).collect();
    let name = if bare.is_empty() {
        "orders".to_owned()
    } else {
        bare
    };
    let mut tried = name.clone();
    let mut nth = 2_u32;
    while saved.contains(&tried) {
        tried = format!("{name} {nth}");
        nth += 1;
    }
    tried
}
