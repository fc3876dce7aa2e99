//! The time zone that a header names: `支付时间(UTC)`, `date_paid_gmt`, `Created (UTC+08:00)`.
//!
//! Cells of such a column have no zone of their own; read as Beijing time they would be hours off, and payments of the
//! evening on another day.

use recondesk_domain::BEIJING_OFFSET_S;

/// Seconds to add to a time of such a column that was read as Beijing time; 0 where neither the header nor the mapping,
/// in minutes, names another zone.
pub(super) fn shift_of(header: &str, of_file: Option<i32>) -> i64 {
    let of_file = of_file.map(|minutes| i64::from(minutes).saturating_mul(60));
    let offset = offset_of(header).or(of_file);
    offset.map_or(0, |offset| BEIJING_OFFSET_S.saturating_sub(offset))
}

/// Seconds east of Greenwich that a header names.
fn offset_of(header: &str) -> Option<i64> {
    let header = header.to_ascii_lowercase();
    ["utc", "gmt"].into_iter().find_map(|zone| {
        let at = header.find(zone)?;
        let (before, after) = (header.get(..at)?, header.get(at + zone.len()..)?);
        let is_word = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_alphanumeric());
        // `gmt_create`, `gmt_payment`: a naming rule of Chinese Java shops whose times are local.
        if zone == "gmt" && before.trim().is_empty() && after.starts_with('_') {
            return None;
        }
        if is_word(before.chars().next_back()) || is_word(after.chars().next()) {
            return None;
        }
        Some(signed(after.trim_start()).unwrap_or(0))
    })
}

/// `+8`, `+08:00`, `-0330`.
fn signed(text: &str) -> Option<i64> {
    let mut signs = text.chars();
    let west = match signs.next()? {
        '+' | '＋' => false,
        '-' | '−' => true,
        _ => return None,
    };
    let digits: String = signs
        .take_while(|sign| sign.is_ascii_digit() || *sign == ':')
        .filter(char::is_ascii_digit)
        .collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.as_str(), "0"),
        3 | 4 => digits.split_at_checked(digits.len() - 2)?,
        _ => return None,
    };
    let seconds = hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60;
    Some(if west { -seconds } else { seconds })
}

/// True for a time that says where it is: with a zone or an offset, or counted from 1970.
pub(super) fn has_own_zone(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    if text.iter().all(u8::is_ascii_digit) {
        return matches!(text.len(), 10 | 13);
    }
    let Some(colon) = text.iter().position(|byte| *byte == b':') else {
        return false;
    };
    let clock = text.get(colon..).unwrap_or_default();
    matches!(clock.last(), Some(b'z' | b'Z'))
        || clock.iter().any(|byte| matches!(byte, b'+' | b'-'))
        || clock
            .to_ascii_lowercase()
            .windows(3)
            .any(|word| word == b"utc" || word == b"gmt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_names_its_zone_as_a_word() {
        for header in [
            "支付时间(UTC)",
            "date_paid_gmt",
            "Created (UTC)",
            "UTC 时间",
        ] {
            assert_eq!(shift_of(header, None), 8 * 3600, "{header}");
        }
        for header in [
            "支付时间",
            "支付时间(UTC+8)",
            "付款时间（GMT+08:00）",
            "augmtime",
            "gmt_create",
            "GMT_PAYMENT",
            "utcoffset",
        ] {
            assert_eq!(shift_of(header, None), 0, "{header}");
        }
        assert_eq!(shift_of("Paid at (UTC-5)", Some(0)), 13 * 3600);
        assert_eq!(shift_of("Paid at (UTC+05:30)", None), 9000);
        assert_eq!(shift_of("支付时间", Some(0)), 8 * 3600);
        assert_eq!(shift_of("支付时间(UTC+8)", Some(0)), 0);
    }

    #[test]
    fn a_cell_with_a_zone_of_its_own_is_told() {
        for text in [
            "2026-03-07T16:05:11Z",
            "2026-03-07 16:05:11+00:00",
            "2026-03-07 16:05:11 UTC",
            "1772928311",
        ] {
            assert!(has_own_zone(text.as_bytes()), "{text}");
        }
        for text in ["2026-03-07 16:05:11", "2026-03-07", "20260307160511"] {
            assert!(!has_own_zone(text.as_bytes()), "{text}");
        }
    }
}
