//! What looks odd and is allowed: none of it may be refused, none of it changes what the bill says.

use std::io::Write as _;

use fastrand::Rng;

use super::packing::gzip;
use super::sheet::{BillSheet, ticked};
use super::{BillDamage, sure};

pub(crate) const KINDS: &[BillDamage] = &[
    sure("as it is", as_it_is),
    sure("no byte order mark", no_mark),
    sure("byte order mark", with_mark),
    sure("line feeds alone", line_feeds),
    sure("no line end at the end", no_end),
    sure("blank line before the summary", blank_before_summary),
    sure("blank lines at the end", blank_at_end),
    sure("blank lines between rows", blank_between),
    sure("blanks at the ends of lines", trailing_blanks),
    sure("gzip", packed),
    sure("gzip with a name", packed_with_name),
    sure("gzip in several members", packed_in_pieces),
    sure("columns in another order", columns_turned),
    sure("unknown column", unknown_column),
    sure("rows in another order", rows_mixed),
    sure("full-width commas in the header", wide_commas),
    sure("names of older documents", older_names),
    sure("full-width colons in times", wide_colons),
    sure("count with a decimal", count_with_decimal),
    sure("totals with fewer zeros", short_totals),
    sure("first total without backtick", first_total_bare),
    sure("sums with fewer zeros", short_sums),
    sure("goods with every sign", odd_goods),
    sure("goods beyond any length", long_goods),
    sure("goods in other scripts", foreign_goods),
    sure("unknown bank and trade type", unknown_words),
    sure("no openid", no_openid),
    sure("blanks around values", blanks_around),
    sure("rate with other decimals", other_rates),
    sure("backticks at every empty cell lost", empty_ticks_lost),
];

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn as_it_is(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some(bytes.to_vec())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn no_mark(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some(
        bytes
            .strip_prefix(b"\xEF\xBB\xBF")
            .unwrap_or(bytes)
            .to_vec(),
    )
}

fn with_mark(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    Some([b"\xEF\xBB\xBF", &no_mark(bytes, rng)?[..]].concat())
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn line_feeds(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some(text(bytes)?.replace("\r\n", "\n").into_bytes())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn no_end(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some(bytes.trim_ascii_end().to_vec())
}

fn blank_before_summary(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some(
        text(bytes)?
            .replace("\n总交易单数", "\n\r\n总交易单数")
            .into_bytes(),
    )
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn blank_at_end(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let ends = ["\r\n\r\n", "\n\n\n", " \r\n", "\t\n"];
    Some([bytes, ends[rng.usize(..4)].as_bytes()].concat())
}

fn blank_between(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some(text(bytes)?.replace("\n`2", "\n\r\n`2").into_bytes())
}

fn trailing_blanks(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let lines = text(bytes)?.lines().map(|line| format!("{line} \r\n"));
    Some(lines.collect::<String>().into_bytes())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn packed(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some(gzip(bytes))
}

fn packed_with_name(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut out = flate2::GzBuilder::new()
        .filename("1480780492All2017-07-12.csv")
        .comment("WeChat Pay")
        .extra([1, 2, 3, 4])
        .mtime(1_499_817_600)
        .write(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).ok()?;
    out.finish().ok()
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the table of damages"
)]
fn packed_in_pieces(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let (first, second) = bytes.split_at(rng.usize(..=bytes.len()));
    Some([gzip(first), gzip(b""), gzip(second)].concat())
}

/// Goods and attach stay side by side: only so can commas within them be told from separators.
fn columns_turned(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let goods = sheet.column(&["商品名称"])?;
    let attach = sheet.column(&["商户数据包"])?;
    let (one, other) = (
        rng.usize(..sheet.header.len()),
        rng.usize(..sheet.header.len()),
    );
    if [one, other].iter().any(|at| *at == goods || *at == attach) {
        return None;
    }
    sheet.header.swap(one, other);
    for row in &mut sheet.rows {
        row.swap(one, other);
    }
    Some(sheet.print())
}

fn unknown_column(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let goods = sheet.column(&["商品名称"])?;
    let at = rng.usize(..=goods);
    sheet.header.insert(at, "门店编号".to_owned());
    for row in &mut sheet.rows {
        row.insert(at, "S001".to_owned());
    }
    Some(sheet.print())
}

fn rows_mixed(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    rng.shuffle(&mut sheet.rows);
    Some(sheet.print())
}

fn wide_commas(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let sheet = BillSheet::read(bytes)?;
    let plain = sheet.header.join(",");
    let mut wide = plain.clone();
    let commas: Vec<usize> = plain.match_indices(',').map(|(at, _)| at).collect();
    let at = commas[rng.usize(1..commas.len())];
    wide.replace_range(at..=at, "，");
    Some(
        text(&sheet.print())?
            .replacen(&plain, &wide, 1)
            .into_bytes(),
    )
}

fn older_names(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    sheet.column(&["总金额"])?;
    for name in &mut sheet.header {
        match name.as_str() {
            "企业红包金额" => "代金券或立减优惠金额".clone_into(name),
            "企业红包退款金额" => "代金券或立减优惠退款金额".clone_into(name),
            "公众账号ID" => "服务商的APPID".clone_into(name),
            _ => {}
        }
    }
    for name in &mut sheet.total_names {
        if name == "总企业红包退款金额" {
            "总代金券或立减优惠退款金额".clone_into(name);
        }
    }
    Some(sheet.print())
}

fn wide_colons(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = sheet.column(&["交易时间"])?;
    for row in &mut sheet.rows {
        row[at] = row[at].replace(':', "：");
    }
    Some(sheet.print())
}

fn count_with_decimal(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    if !sheet.totals[0].contains('.') {
        sheet.totals[0].push_str(".0");
    }
    Some(sheet.print())
}

fn short(cell: &str) -> String {
    match cell.split_once('.') {
        Some((whole, after)) => match after.trim_end_matches('0') {
            "" => format!("{whole}.0"),
            after => format!("{whole}.{after}"),
        },
        None => cell.to_owned(),
    }
}

fn short_totals(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    for total in sheet.totals.iter_mut().skip(1) {
        *total = short(total);
    }
    Some(sheet.print())
}

fn first_total_bare(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let sheet = BillSheet::read(bytes)?;
    let values = ticked(&sheet.totals);
    let bare = values.trim_start_matches('`').to_owned();
    Some(
        text(&sheet.print())?
            .replacen(&values, &bare, 1)
            .into_bytes(),
    )
}

fn short_sums(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let columns = sheet.money_columns();
    for row in &mut sheet.rows {
        for at in &columns {
            row[*at] = short(&row[*at]);
        }
    }
    Some(sheet.print())
}

fn with_texts(bytes: &[u8], goods: &str, attach: &str) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let places = (sheet.column(&["商品名称"])?, sheet.column(&["商户数据包"])?);
    for row in &mut sheet.rows {
        goods.clone_into(&mut row[places.0]);
        attach.clone_into(&mut row[places.1]);
    }
    Some(sheet.print())
}

fn odd_goods(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let texts = [
        "a,b,,c",
        "`",
        ",`,`",
        "\"half",
        "'",
        "=1+1",
        "-12.00",
        "{\"a\":[1,2],\"b\":\"`\"}",
        "\\ \\n\\r\\t",
        "总交易单数",
        "\u{1b}[31m",
        "\0",
        "1,`2,`3,`4,`5,`6",
        "<xml>",
        "\u{202e}gnp.exe",
        "，、；",
        // What other files are known by, where it is only the name of some goods.
        "微信支付账单明细",
        "交易时间,交易对方,金额(元)",
        "记账时间,资金流水单号",
        "分账明细单号",
        "<html>",
    ];
    let goods = texts[rng.usize(..texts.len())];
    with_texts(bytes, goods, texts[rng.usize(..2)])
}

fn long_goods(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    with_texts(bytes, &"茶".repeat(rng.usize(1..9000)), "")
}

fn foreign_goods(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let texts = [
        "🍵🀄️",
        "чай",
        "شاي",
        "𠮷野家",
        "é\u{301}",
        "\u{feff}x",
        "\u{200b}",
    ];
    with_texts(bytes, texts[rng.usize(..texts.len())], texts[0])
}

fn unknown_words(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let places = [sheet.column(&["交易类型"])?, sheet.column(&["付款银行"])?];
    for row in &mut sheet.rows {
        for at in places {
            "NEW_KIND_2031".clone_into(&mut row[at]);
        }
    }
    Some(sheet.print())
}

fn no_openid(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = sheet.column(&["用户标识"])?;
    for row in &mut sheet.rows {
        row[at].clear();
    }
    Some(sheet.print())
}

fn blanks_around(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let columns = sheet.money_columns();
    for row in &mut sheet.rows {
        let at = columns[rng.usize(..columns.len())];
        row[at] = format!(" {} ", row[at]);
    }
    Some(sheet.print())
}

fn other_rates(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = sheet.column(&["费率"])?;
    let rate = ["0.6%", "0.38%", "0%", "", "1.00%"][rng.usize(..5)];
    for row in &mut sheet.rows {
        rate.clone_into(&mut row[at]);
    }
    Some(sheet.print())
}

fn empty_ticks_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let sheet = BillSheet::read(bytes)?;
    if sheet.rows.is_empty() {
        return None;
    }
    let row = ticked(&sheet.rows[rng.usize(..sheet.rows.len())]);
    // Where all cells lack it, the row is cut at its commas; a mixture cannot be cut and is not allowed.
    let bare = row.replace(",`", ",");
    Some(text(&sheet.print())?.replacen(&row, &bare, 1).into_bytes())
}
