//! Damage within rows: sums, states, times and numbers changed; cells lost, added, exchanged.

use fastrand::Rng;

use super::sheet::BillSheet;
use super::{BillDamage, sure, text};

pub(crate) const KINDS: &[BillDamage] = &[
    sure("digit of a sum changed", digit_changed),
    sure("sign of a sum changed", sign_changed),
    sure("point of a sum moved", point_moved),
    sure("point of a sum lost", point_lost),
    sure("sum with thousands separator", thousands),
    sure("sum with currency sign", currency_sign),
    sure("sum in full-width digits", full_width),
    sure("sum emptied", sum_emptied),
    sure("sum as a word", sum_as_word),
    sure("sum with more decimals", more_decimals),
    sure("sum beyond 64 bits", sum_huge),
    sure("sums of one column emptied", column_emptied),
    sure("sums of one column zero", column_zero),
    sure("two sums of a row exchanged", sums_exchanged),
    sure("state changed", state_changed),
    sure("time that is none", time_broken),
    sure("order number lost", number_lost),
    sure("merchant number cut", merchant_cut),
    sure("cell lost", cell_lost),
    sure("cell added", cell_added),
    text("two cells exchanged", cells_exchanged),
    text("cells of a column moved down", column_moved),
    text("sums of two rows exchanged", rows_exchanged),
    sure("refund numbers blanked", refund_blanked),
    text("backticks of a row lost", ticks_lost),
    text("backtick doubled", tick_doubled),
];

/// A row and one of the columns that the summary adds up.
fn a_sum(sheet: &BillSheet, rng: &mut Rng) -> Option<(usize, usize)> {
    let columns = sheet.added_columns();
    if sheet.rows.is_empty() || columns.is_empty() {
        return None;
    }
    let row = rng.usize(..sheet.rows.len());
    // Where there is money, rather than zero, most of the time.
    let filled: Vec<usize> = columns
        .iter()
        .copied()
        .filter(|at| {
            sheet.rows[row][*at]
                .bytes()
                .any(|b| (b'1'..=b'9').contains(&b))
        })
        .collect();
    let from = if filled.is_empty() || rng.u8(..8) == 0 {
        &columns
    } else {
        &filled
    };
    Some((row, from[rng.usize(..from.len())]))
}

fn with_sum(
    bytes: &[u8],
    rng: &mut Rng,
    change: impl Fn(&str, &mut Rng) -> Option<String>,
) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let (row, column) = a_sum(&sheet, rng)?;
    let changed = change(&sheet.rows[row][column], rng)?;
    sheet.rows[row][column] = changed;
    Some(sheet.print())
}

fn digit_changed(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    with_sum(bytes, rng, |cell, rng| {
        let digits: Vec<usize> = cell
            .bytes()
            .enumerate()
            .filter(|(_, b)| b.is_ascii_digit())
            .map(|(at, _)| at)
            .collect();
        let at = *digits.get(rng.usize(..digits.len().max(1)))?;
        let old = cell.as_bytes()[at] - b'0';
        let new = (old + 1 + rng.u8(..9)) % 10;
        let mut changed = cell.to_owned();
        changed.replace_range(at..=at, &new.to_string());
        Some(changed)
    })
}

fn sign_changed(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    with_sum(bytes, rng, |cell, _| match cell.strip_prefix('-') {
        Some(rest) => Some(rest.to_owned()),
        None => Some(format!("-{cell}")),
    })
}

fn point_moved(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    with_sum(bytes, rng, |cell, _| {
        let at = cell.find('.')?;
        let mut digits = cell.replacen('.', "", 1);
        let to = if at + 1 < digits.len() {
            at + 1
        } else {
            at - 1
        };
        digits.insert(to, '.');
        Some(digits)
    })
}

fn point_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    with_sum(bytes, rng, |cell, _| {
        cell.contains('.').then(|| cell.replacen('.', "", 1))
    })
}

fn thousands(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    with_sum(bytes, rng, |cell, _| Some(format!("1,{cell}")))
}

fn currency_sign(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    with_sum(bytes, rng, |cell, rng| {
        Some(match rng.u8(..3) {
            0 => format!("¥{cell}"),
            1 => format!("{cell}元"),
            _ => format!("CNY {cell}"),
        })
    })
}

fn full_width(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    with_sum(bytes, rng, |cell, _| {
        let wide = |c: char| match c {
            '0'..='9' => char::from_u32(c as u32 + 0xFEE0).unwrap_or(c),
            '.' => '．',
            c => c,
        };
        Some(cell.chars().map(wide).collect())
    })
}

fn sum_emptied(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    with_sum(bytes, rng, |_, _| Some(String::new()))
}

fn sum_as_word(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    with_sum(bytes, rng, |_, rng| {
        Some(["NULL", "-", "#REF!", "NaN", "0x10", "壹元", "1e2"][rng.usize(..7)].to_owned())
    })
}

fn more_decimals(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    with_sum(bytes, rng, |cell, _| Some(format!("{cell}0000001")))
}

fn sum_huge(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    with_sum(bytes, rng, |_, rng| {
        let huge = [
            "92233720368547758.07",
            "99999999999999999999.99",
            "-92233720368547758.08",
        ];
        Some(huge[rng.usize(..3)].to_owned())
    })
}

fn column_set(bytes: &[u8], rng: &mut Rng, to: &str) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let (_, column) = a_sum(&sheet, rng)?;
    for row in &mut sheet.rows {
        to.clone_into(&mut row[column]);
    }
    Some(sheet.print())
}

fn column_emptied(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    column_set(bytes, rng, "")
}

fn column_zero(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    column_set(bytes, rng, "0.00")
}

fn sums_exchanged(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let (row, one) = a_sum(&sheet, rng)?;
    let columns = sheet.money_columns();
    let other = columns[rng.usize(..columns.len())];
    sheet.rows[row].swap(one, other);
    Some(sheet.print())
}

fn state_changed(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = sheet.column(&["交易状态"])?;
    if sheet.rows.is_empty() {
        return None;
    }
    let row = rng.usize(..sheet.rows.len());
    let words = [
        "",
        "SUCCES",
        "success",
        "REFUND",
        "FAIL",
        "支付成功",
        "NOTPAY",
    ];
    words[rng.usize(..words.len())].clone_into(&mut sheet.rows[row][at]);
    Some(sheet.print())
}

fn time_broken(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = sheet.column(&["退款申请时间", "交易时间"])?;
    if sheet.rows.is_empty() {
        return None;
    }
    let row = rng.usize(..sheet.rows.len());
    let words = [
        "",
        "2026-02-30 10:00:00",
        "2026-03-08 24:00:00",
        "2026-13-01 00:00:00",
        "2026/3/8 10:00",
        "46089.4166666667",
        "昨天",
        "2026-03-08T10:00:00Z",
        "2026-03-08 10:00:60",
    ];
    let word = words[rng.usize(..words.len())];
    if word.is_empty() && sheet.header[at] != "交易时间" {
        return None;
    }
    word.clone_into(&mut sheet.rows[row][at]);
    Some(sheet.print())
}

fn number_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let name = ["微信订单号", "商户订单号", "商户号"][rng.usize(..3)];
    let at = sheet.column(&[name])?;
    if sheet.rows.is_empty() {
        return None;
    }
    let row = rng.usize(..sheet.rows.len());
    let long = "9".repeat(70);
    let to = ["", "  ", "\u{1}", &long][rng.usize(..4)];
    to.clone_into(&mut sheet.rows[row][at]);
    Some(sheet.print())
}

fn merchant_cut(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = sheet.column(&["商户号"])?;
    if sheet.rows.len() < 2 {
        return None;
    }
    let row = rng.usize(..sheet.rows.len());
    sheet.rows[row][at].pop();
    Some(sheet.print())
}

fn cell_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    if sheet.rows.is_empty() {
        return None;
    }
    let row = rng.usize(..sheet.rows.len());
    let at = rng.usize(..sheet.header.len());
    sheet.rows[row].remove(at);
    Some(sheet.print())
}

/// An added cell within merchant text is merchant text; elsewhere it shifts what follows.
fn cell_added(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let goods = sheet.column(&["商品名称"])?;
    if sheet.rows.is_empty() {
        return None;
    }
    let row = rng.usize(..sheet.rows.len());
    let at = rng.usize(..sheet.header.len());
    if at >= goods && at <= goods + 2 {
        return None;
    }
    let cell = ["", "0", "0.00", "x"][rng.usize(..4)];
    sheet.rows[row].insert(at, cell.to_owned());
    Some(sheet.print())
}

fn cells_exchanged(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    if sheet.rows.is_empty() {
        return None;
    }
    let row = rng.usize(..sheet.rows.len());
    let (one, other) = (
        rng.usize(..sheet.header.len()),
        rng.usize(..sheet.header.len()),
    );
    sheet.rows[row].swap(one, other);
    Some(sheet.print())
}

/// A spreadsheet's "insert cells, shift down": each value of a column stands in the row after its own.
fn column_moved(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = rng.usize(..sheet.header.len());
    let values: Vec<String> = sheet.rows.iter().map(|row| row[at].clone()).collect();
    for (row, value) in sheet.rows.iter_mut().skip(1).zip(values) {
        row[at] = value;
    }
    Some(sheet.print())
}

/// The totals stay as they are: only the rate of the fee or the merchant's own book can tell.
fn rows_exchanged(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let columns = sheet.money_columns();
    let (one, other) = (
        rng.usize(..sheet.rows.len().max(1)),
        rng.usize(..sheet.rows.len().max(1)),
    );
    for at in columns {
        let left = sheet.rows.get(one)?[at].clone();
        let right = std::mem::replace(&mut sheet.rows[other][at], left);
        sheet.rows[one][at] = right;
    }
    Some(sheet.print())
}

fn refund_blanked(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let state = sheet.column(&["交易状态"])?;
    let name = ["微信退款单号", "商户退款单号"][rng.usize(..2)];
    let at = sheet.column(&[name])?;
    let to = ["", "0"][rng.usize(..2)];
    let row = sheet.rows.iter_mut().find(|row| row[state] == "REFUND")?;
    to.clone_into(&mut row[at]);
    Some(sheet.print())
}

fn ticks_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let sheet = BillSheet::read(bytes)?;
    if sheet.rows.is_empty() {
        return None;
    }
    let row = super::sheet::ticked(&sheet.rows[rng.usize(..sheet.rows.len())]);
    let text = String::from_utf8(bytes.to_vec()).ok()?;
    let bare = row.replace(",`", ",");
    Some(
        text.replacen(&row, bare.trim_start_matches('`'), 1)
            .into_bytes(),
    )
}

fn tick_doubled(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    if sheet.rows.is_empty() {
        return None;
    }
    let row = rng.usize(..sheet.rows.len());
    let at = rng.usize(..sheet.header.len());
    sheet.rows[row][at].insert(0, '`');
    Some(sheet.print())
}
