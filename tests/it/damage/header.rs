//! Damage to the header, and columns lost, added or exchanged.

use fastrand::Rng;

use super::sheet::BillSheet;
use super::{BillDamage, sure, text};

pub(crate) const KINDS: &[BillDamage] = &[
    sure("name lost from the header", name_lost),
    sure("name added to the header", name_added),
    sure("name twice in the header", name_twice),
    text("name changed in the header", name_changed),
    text("one character of a name changed", character_changed),
    text("names exchanged in the header", names_exchanged),
    sure("money names exchanged in the header", money_names_exchanged),
    sure("names of the header turned", names_turned),
    sure("header cut short", header_cut),
    sure("header in English", header_in_english),
    sure("header with other separators", header_separators),
    sure("header with numbers", header_numbers),
    text("column lost", column_lost),
    sure("added column lost", added_column_lost),
    text("column twice", column_twice),
    text("columns exchanged", columns_exchanged),
];

fn a_name(sheet: &BillSheet, rng: &mut Rng) -> usize {
    rng.usize(..sheet.header.len())
}

fn name_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = a_name(&sheet, rng);
    sheet.header.remove(at);
    (!sheet.rows.is_empty()).then(|| sheet.print())
}

fn name_added(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = a_name(&sheet, rng);
    let name = ["", "备注", "x"][rng.usize(..3)];
    sheet.header.insert(at, name.to_owned());
    (!sheet.rows.is_empty()).then(|| sheet.print())
}

fn name_twice(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let (from, to) = (a_name(&sheet, rng), a_name(&sheet, rng));
    let name = sheet.header[from].clone();
    sheet.header.insert(to, name);
    (!sheet.rows.is_empty()).then(|| sheet.print())
}

fn name_changed(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = a_name(&sheet, rng);
    let name = ["", "金额", "订单号", "column", "\u{fffd}\u{fffd}"][rng.usize(..5)];
    name.clone_into(&mut sheet.header[at]);
    Some(sheet.print())
}

fn character_changed(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = a_name(&sheet, rng);
    let mut letters: Vec<char> = sheet.header[at].chars().collect();
    let letter = rng.usize(..letters.len().max(1));
    *letters.get_mut(letter)? = '额';
    sheet.header[at] = letters.into_iter().collect();
    Some(sheet.print())
}

fn names_exchanged(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let (one, other) = (a_name(&sheet, rng), a_name(&sheet, rng));
    sheet.header.swap(one, other);
    Some(sheet.print())
}

fn money_names_exchanged(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let added = sheet.added_columns();
    let money = sheet.money_columns();
    let (one, other) = (
        added[rng.usize(..added.len())],
        money[rng.usize(..money.len())],
    );
    sheet.header.swap(one, other);
    Some(sheet.print())
}

fn names_turned(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let by = rng.usize(1..sheet.header.len());
    sheet.header.rotate_left(by);
    (!sheet.rows.is_empty()).then(|| sheet.print())
}

fn header_cut(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let keep = a_name(&sheet, rng);
    sheet.header.truncate(keep);
    (!sheet.rows.is_empty()).then(|| sheet.print())
}

fn header_in_english(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let english = [
        "Transaction time",
        "Official account ID(appid)",
        "Vendor ID(mch_id)",
    ];
    for (at, name) in sheet.header.iter_mut().enumerate() {
        *name = english
            .get(at)
            .map_or_else(|| format!("Column {at}"), |name| (*name).to_owned());
    }
    Some(sheet.print())
}

fn header_separators(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let sheet = BillSheet::read(bytes)?;
    let separator = [";", "\t", "|", " "][rng.usize(..4)];
    let header = sheet.header.join(",");
    let text = String::from_utf8(sheet.print()).ok()?;
    Some(
        text.replacen(&header, &sheet.header.join(separator), 1)
            .into_bytes(),
    )
}

fn header_numbers(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    for (at, name) in sheet.header.iter_mut().enumerate() {
        *name = at.to_string();
    }
    Some(sheet.print())
}

fn without(mut sheet: BillSheet, at: usize) -> Vec<u8> {
    sheet.header.remove(at);
    for row in &mut sheet.rows {
        row.remove(at);
    }
    sheet.print()
}

fn column_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let sheet = BillSheet::read(bytes)?;
    let at = a_name(&sheet, rng);
    Some(without(sheet, at))
}

/// The summary still names the total of the column.
fn added_column_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let sheet = BillSheet::read(bytes)?;
    let columns = sheet.added_columns();
    let at = columns[rng.usize(..columns.len())];
    Some(without(sheet, at))
}

fn column_twice(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = a_name(&sheet, rng);
    let name = sheet.header[at].clone();
    sheet.header.insert(at, name);
    for row in &mut sheet.rows {
        let cell = row[at].clone();
        row.insert(at, cell);
    }
    Some(sheet.print())
}

/// Only the cells: the header stays.
fn columns_exchanged(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let (one, other) = (a_name(&sheet, rng), a_name(&sheet, rng));
    for row in &mut sheet.rows {
        row.swap(one, other);
    }
    Some(sheet.print())
}
