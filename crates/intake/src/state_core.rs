//! The word of a state in a cell that says more: `已发货 2026-03-08 12:00`, `4-已发货`, `待发货（加急）`, `待付款→已发货`.

/// Digits that make a tail a time.
const TIME_DIGITS: usize = 4;
/// Letters of a word that is written in ASCII, at least.
const SHORTEST_ASCII: usize = 4;
/// Digits that a code in front may have.
const CODE_DIGITS: usize = 4;

/// The word itself, where the cell has a time, a code, a remark in brackets or earlier states beside it. `is_word` tells a
/// remark that is a state of its own: then the cell says two things, and a person is asked.
pub(super) fn core_of<'w>(cell: &'w str, is_word: &dyn Fn(&str) -> bool) -> Option<&'w str> {
    let mut core = cell.trim();
    for _ in 0..4 {
        let Some(shorter) = without_chain(core)
            .or_else(|| without_remark(core, is_word))
            .or_else(|| without_time(core))
            .or_else(|| without_code(core))
        else {
            break;
        };
        core = shorter.trim();
        if is_word(core) {
            break;
        }
    }
    // A letter or two beside a number are no word: `N12`, `NO (3)`.
    let is_wordy = if core.is_ascii() {
        core.len() >= SHORTEST_ASCII
    } else {
        core.chars().count() >= 2
    };
    (is_wordy && core != cell.trim()).then_some(core)
}

/// The last of several states in a row.
fn without_chain(cell: &str) -> Option<&str> {
    let arrows = ["→", "->", "=>", "⇒", "＞", "➜", "➔"];
    let last = arrows.iter().filter_map(|arrow| {
        let at = cell.rfind(arrow)?;
        cell.get(at.saturating_add(arrow.len())..)
    });
    last.min_by_key(|rest| rest.len())
}

fn without_remark<'w>(cell: &'w str, is_word: &dyn Fn(&str) -> bool) -> Option<&'w str> {
    let pairs = [('(', ')'), ('（', '）'), ('[', ']'), ('【', '】')];
    pairs.iter().find_map(|(open, close)| {
        let inner = cell.strip_suffix(*close)?;
        let at = inner.rfind(*open)?;
        let (before, remark) = inner.split_at_checked(at)?;
        let remark = remark.strip_prefix(*open)?;
        (!before.trim().is_empty() && !is_word(remark.trim())).then_some(before)
    })
}

fn without_time(cell: &str) -> Option<&str> {
    let is_of_time =
        |sign: char| sign.is_ascii_digit() || " \t\r\n-/:.：TZ+年月日时時分秒".contains(sign);
    let word = cell.trim_end_matches(is_of_time);
    let tail = cell.get(word.len()..)?;
    let digits = tail.bytes().filter(u8::is_ascii_digit).count();
    // `NO.0081000` is a number, and no word with a time behind it.
    let marks = tail.matches(['-', '/', '.']).count();
    let is_time = tail.contains([':', '：', '年', '月']) || marks >= 2;
    (digits >= TIME_DIGITS && is_time && !word.is_empty()).then_some(word)
}

fn without_code(cell: &str) -> Option<&str> {
    let bare = cell
        .strip_prefix(['[', '(', '（', '【', '#'])
        .unwrap_or(cell);
    let rest = bare.trim_start_matches(|sign: char| sign.is_ascii_digit());
    let digits = bare.len().saturating_sub(rest.len());
    if digits == 0 || digits > CODE_DIGITS {
        return None;
    }
    let rest = rest.trim_start_matches([
        ']', ')', '）', '】', '-', ':', '：', '.', '、', '_', ' ', '|', '=', '，', ',',
    ]);
    let is_word = rest
        .chars()
        .next()
        .is_some_and(|sign| !sign.is_ascii_digit());
    is_word.then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_says_more_has_its_word() {
        let is_word = |text: &str| ["已发货", "待发货", "已退款", "退款中"].contains(&text);
        for (cell, word) in [
            ("已发货 2026-03-08 12:00", Some("已发货")),
            ("已发货(2026-03-08 12:00:00)", Some("已发货")),
            ("已发货\n2026/3/8 12:00", Some("已发货")),
            ("已发货（顺丰）", Some("已发货")),
            ("4-已发货", Some("已发货")),
            ("30:已发货", Some("已发货")),
            ("[2] 待发货", Some("待发货")),
            ("待付款→已付款→已发货", Some("已发货")),
            ("待付款 -> 4-已发货 (加急)", Some("已发货")),
            // Numbers with letters beside them.
            ("NO.0081000", None),
            ("NO (2)", None),
            ("12-N", None),
            ("Y 2026-03-08 12:00", None),
            // Two things at once are for a person.
            ("已发货（退款中）", None),
            ("已发货", None),
            ("2026-03-08 12:00", None),
            ("", None),
        ] {
            assert_eq!(core_of(cell, &is_word), word, "{cell:?}");
        }
    }
}
