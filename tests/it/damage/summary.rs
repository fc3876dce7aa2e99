//! Damage to the two summary lines.

use fastrand::Rng;

use super::lines::fixed;
use super::sheet::BillSheet;
use super::{BillDamage, always, sure};

pub(crate) const KINDS: &[BillDamage] = &[
    always("total off by one", total_off),
    always("total rounded", total_rounded),
    sure("total of another sign", total_sign),
    always("total emptied", total_emptied),
    always("total as a word", total_as_word),
    sure("totals exchanged", totals_exchanged),
    always("total lost", total_lost),
    always("total added", total_added),
    always("name of a total lost", total_name_lost),
    always("name of a total changed", total_name_changed),
    sure("names of totals exchanged", total_names_exchanged),
    always("name of a total twice", total_name_twice),
    always("total with its name lost", total_pair_lost),
    always("only the count left", only_count),
    always("summary of zeros", zeros),
    always("summary values cut", values_cut),
];

fn changed(
    bytes: &[u8],
    rng: &mut Rng,
    change: impl FnOnce(&mut BillSheet, usize, &mut Rng) -> Option<()>,
) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = rng.usize(..sheet.totals.len());
    change(&mut sheet, at, rng)?;
    Some(sheet.print())
}

fn total_off(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, at, rng| {
        let total = &mut sheet.totals[at];
        let places = total.split_once('.').map_or(0, |(_, after)| after.len());
        let value: i64 = total.replacen('.', "", 1).parse().ok()?;
        let by = if rng.bool() { 1 } else { -1 };
        *total = fixed(value + by, places);
        Some(())
    })
}

fn total_rounded(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, at, _| {
        let (whole, after) = sheet.totals[at].split_once('.')?;
        if after.bytes().all(|b| b == b'0') {
            return None;
        }
        sheet.totals[at] = whole.to_owned();
        Some(())
    })
}

fn total_sign(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, at, _| {
        let total = &sheet.totals[at];
        if total.bytes().all(|b| !(b'1'..=b'9').contains(&b)) {
            return None;
        }
        sheet.totals[at] = match total.strip_prefix('-') {
            Some(rest) => rest.to_owned(),
            None => format!("-{total}"),
        };
        Some(())
    })
}

fn total_emptied(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, at, _| {
        sheet.totals[at].clear();
        Some(())
    })
}

fn total_as_word(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, at, rng| {
        let words = ["-", "N/A", "#DIV/0!", "¥1.00", "1e3", "=SUM(A1:A9)"];
        words[rng.usize(..words.len())].clone_into(&mut sheet.totals[at]);
        Some(())
    })
}

fn totals_exchanged(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, at, rng| {
        let other = rng.usize(..sheet.totals.len());
        sheet.totals.swap(at, other);
        Some(())
    })
}

fn total_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, at, _| {
        sheet.totals.remove(at);
        Some(())
    })
}

fn total_added(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, at, _| {
        sheet.totals.insert(at, "0.00".to_owned());
        Some(())
    })
}

fn total_name_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, at, _| {
        sheet.total_names.remove(at);
        Some(())
    })
}

fn total_name_changed(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, at, rng| {
        let words = ["", "合计", "订单总额", "\u{fffd}"];
        words[rng.usize(..words.len())].clone_into(&mut sheet.total_names[at]);
        Some(())
    })
}

fn total_names_exchanged(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, at, rng| {
        let other = rng.usize(..sheet.totals.len());
        sheet.total_names.swap(at, other);
        Some(())
    })
}

fn total_name_twice(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, at, rng| {
        let other = rng.usize(..sheet.totals.len());
        if other == at {
            return None;
        }
        sheet.total_names[at] = sheet.total_names[other].clone();
        Some(())
    })
}

fn total_pair_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, at, _| {
        sheet.totals.remove(at);
        let name = sheet.total_names.remove(at);
        // Bills of payments alone have refund totals in some years and none in others.
        let is_needed = sheet.column(&["退款金额"]).is_some() || !name.contains("退款");
        is_needed.then_some(())
    })
}

fn only_count(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, _, _| {
        sheet.totals.truncate(1);
        sheet.total_names.truncate(1);
        Some(())
    })
}

fn zeros(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    changed(bytes, rng, |sheet, _, _| {
        for total in &mut sheet.totals {
            "0".clone_into(total);
        }
        (!sheet.rows.is_empty()).then_some(())
    })
}

fn values_cut(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut out = BillSheet::read(bytes)?.print();
    let end = out.len() - 2;
    // Within the last total it may cut zeros that say nothing.
    let last = out[..end].iter().rposition(|b| *b == b',')?;
    let first = out[..end].iter().rposition(|b| *b == b'\n')? + 1;
    out.truncate(rng.usize(first..=last));
    Some(out)
}
