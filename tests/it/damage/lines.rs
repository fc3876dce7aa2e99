//! Damage by whole lines: rows lost, doubled, foreign; header and summary in the wrong place; two bills in one.

use fastrand::Rng;

use super::sheet::{BillSheet, ticked};
use super::{BillDamage, sure, text};

pub(crate) const KINDS: &[BillDamage] = &[
    sure("row lost", row_lost),
    sure("many rows lost", many_rows_lost),
    sure("row doubled", row_doubled),
    sure("row in place of another", row_in_place),
    sure("row of another day", row_of_another_day),
    sure("row of another merchant", row_of_another_merchant),
    sure("row blanked", row_blanked),
    sure("row cut short", row_cut),
    sure("two rows on one line", rows_joined),
    sure("row broken in two", row_broken),
    sure("rubbish between rows", rubbish_line),
    sure("header lost", header_lost),
    sure("header again in the middle", header_again),
    sure("header at the end", header_last),
    sure("summary lost", summary_lost),
    sure("summary values lost", values_lost),
    sure("summary names lost", names_lost),
    sure("summary first", summary_first),
    sure("summary in the middle", summary_in_the_middle),
    sure("summary twice", summary_twice),
    sure("summary lines exchanged", summary_exchanged),
    sure("row after the summary", row_after),
    sure("lines turned round", lines_reversed),
    sure("two days in one file", two_days),
    text("lines mixed", lines_mixed),
    sure("comment lines", comment_lines),
];

/// The lines without their ends, the byte order mark with the first.
fn split(bytes: &[u8]) -> Option<Vec<String>> {
    BillSheet::read(bytes)?;
    let text = std::str::from_utf8(bytes).ok()?;
    let lines: Vec<String> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect();
    (lines.len() >= 4).then_some(lines)
}

fn join(lines: &[String]) -> Vec<u8> {
    (lines.join("\r\n") + "\r\n").into_bytes()
}

/// Index of one of the rows.
fn a_row(lines: &[String], rng: &mut Rng) -> usize {
    rng.usize(1..lines.len() - 2)
}

fn row_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    lines.remove(a_row(&lines, rng));
    Some(join(&lines))
}

fn many_rows_lost(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let from = a_row(&lines, rng);
    let to = rng.usize(from + 1..=lines.len() - 2);
    lines.drain(from..to);
    Some(join(&lines))
}

fn row_doubled(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let at = a_row(&lines, rng);
    let again = a_row(&lines, rng);
    lines.insert(again, lines[at].clone());
    Some(join(&lines))
}

/// The count is the same, and so are the sums where both rows have the same amounts: then the copy shows (P10).
fn row_in_place(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let (one, other) = (a_row(&lines, rng), a_row(&lines, rng));
    if lines[one] == lines[other] {
        return None;
    }
    let copy = lines[other].clone();
    lines[one] = copy;
    Some(join(&lines))
}

fn row_of_another_day(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let at = a_row(&lines, rng);
    let mut changed = lines[at].clone();
    changed.replace_range(
        1..11,
        ["2017-01-01", "2031-12-31", "1999-02-28"][rng.usize(..3)],
    );
    // A REFUND bill belongs to the day of 退款申请时间, which stays.
    if lines[0].contains("退款申请时间") || lines.len() < 6 {
        return None;
    }
    // Old bills print other times on refund rows.
    if lines[0].contains("总金额,") && lines[at].contains("REFUND") {
        return None;
    }
    lines[at] = changed;
    Some(join(&lines))
}

fn row_of_another_merchant(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut sheet = BillSheet::read(bytes)?;
    let at = sheet.column(&["商户号"])?;
    if sheet.rows.len() < 2 {
        return None;
    }
    let row = rng.usize(..sheet.rows.len());
    "1999999999".clone_into(&mut sheet.rows[row][at]);
    Some(sheet.print())
}

fn row_blanked(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let at = a_row(&lines, rng);
    lines[at] = " ".repeat(lines[at].len());
    Some(join(&lines))
}

fn row_cut(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let at = a_row(&lines, rng);
    let cells = lines[at].matches(",`").count();
    let keep = rng.usize(1..=cells.saturating_sub(2).max(1));
    let end = lines[at].match_indices(",`").nth(keep)?.0;
    lines[at].truncate(end);
    Some(join(&lines))
}

fn rows_joined(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let at = a_row(&lines, rng);
    let next = lines.remove(at + 1);
    let between = ["", ",", " "][rng.usize(..3)];
    lines[at] = format!("{}{between}{next}", lines[at]);
    Some(join(&lines))
}

fn row_broken(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let at = a_row(&lines, rng);
    let cut = lines[at].floor_char_boundary(rng.usize(1..lines[at].len() - 1));
    let rest = lines[at].split_off(cut);
    lines.insert(at + 1, rest);
    Some(join(&lines))
}

fn rubbish_line(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let rubbish = ["<html>", "total: 3", "????", "`,`,`,`", ",,,,,,"];
    lines.insert(a_row(&lines, rng), rubbish[rng.usize(..5)].to_owned());
    Some(join(&lines))
}

fn header_lost(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    Some(join(&split(bytes)?[1..]))
}

fn header_again(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let header = lines[0].clone();
    let bare = header.trim_start_matches('\u{feff}').to_owned();
    let again = if rng.bool() { header } else { bare };
    lines.insert(a_row(&lines, rng) + 1, again);
    Some(join(&lines))
}

fn header_last(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let header = lines.remove(0);
    lines.push(header);
    Some(join(&lines))
}

fn summary_lost(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let lines = split(bytes)?;
    Some(join(&lines[..lines.len() - 2]))
}

fn values_lost(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let lines = split(bytes)?;
    Some(join(&lines[..lines.len() - 1]))
}

fn names_lost(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    lines.remove(lines.len() - 2);
    Some(join(&lines))
}

fn moved_summary(bytes: &[u8], to: impl FnOnce(usize) -> usize) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let values = lines.pop()?;
    let names = lines.pop()?;
    let at = to(lines.len());
    lines.insert(at, values);
    lines.insert(at, names);
    Some(join(&lines))
}

fn summary_first(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    moved_summary(bytes, |_| rng.usize(..2))
}

fn summary_in_the_middle(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    moved_summary(bytes, |len| rng.usize(1..len))
}

fn summary_twice(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let again = lines[lines.len() - 2..].to_vec();
    lines.extend(again);
    Some(join(&lines))
}

fn summary_exchanged(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let last = lines.len() - 1;
    lines.swap(last, last - 1);
    Some(join(&lines))
}

fn row_after(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    let row = lines[a_row(&lines, rng)].clone();
    lines.push(row);
    Some(join(&lines))
}

fn lines_reversed(bytes: &[u8], _: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    lines.reverse();
    Some(join(&lines))
}

/// A person joined two days; the summaries are those of the days, or one made up by hand.
fn two_days(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let sheet = BillSheet::read(bytes)?;
    let mut other = sheet.clone();
    let at = sheet.column(&["退款申请时间", "交易时间"])?;
    let is_loose = sheet.column(&["总金额"]).is_some() && sheet.column(&["退款申请时间"]).is_none();
    if is_loose || sheet.rows.is_empty() {
        return None;
    }
    let time = sheet.column(&["交易时间"])?;
    for row in &mut other.rows {
        row[at].replace_range(..10, "2018-01-01");
        row[time].replace_range(..10, "2018-01-01");
    }
    let both = match rng.u8(..3) {
        0 => [sheet.print(), other.print()].concat(),
        1 => {
            let mut whole = sheet;
            whole.rows.extend(other.rows);
            whole.print()
        }
        _ => {
            let mut whole = sheet;
            whole.rows.extend(other.rows);
            for total in &mut whole.totals {
                let fen: i64 = total.replace('.', "").parse().unwrap_or(0) * 2;
                let places = total.split_once('.').map_or(0, |(_, after)| after.len());
                *total = fixed(fen, places);
            }
            whole.print()
        }
    };
    Some(both)
}

/// A number with this many decimals.
pub(crate) fn fixed(value: i64, places: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", value.abs(), width = places + 1);
    let (whole, after) = digits.split_at(digits.len() - places);
    if places == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{after}")
    }
}

fn lines_mixed(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let mut lines = split(bytes)?;
    rng.shuffle(&mut lines);
    Some(join(&lines))
}

fn comment_lines(bytes: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let sheet = BillSheet::read(bytes)?;
    let mut lines = split(bytes)?;
    let note = ["# 财务备注", "已核对", "----------"][rng.usize(..3)];
    let at = rng.usize(1..=lines.len());
    let line = if rng.bool() {
        note.to_owned()
    } else {
        ticked(&vec![note.to_owned(); sheet.header.len()])
    };
    lines.insert(at, line);
    Some(join(&lines))
}
