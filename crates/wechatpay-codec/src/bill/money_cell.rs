//! Reads the money cells of a bill: the usual shapes eight bytes at a time, all others through the domain's parser.
//!
//! Both ways give the same value for every text; a property test holds them together.

use recondesk_domain::{Fee, Fen, MoneyError};

/// Reads yuan with two decimals from `text[start..end]`.
#[inline]
pub(super) fn fen(text: &[u8], start: usize, end: usize) -> Result<Fen, MoneyError> {
    match quick::<2>(text, start, end) {
        Some(value) => Ok(Fen::new(value)),
        None => Fen::parse_yuan_bytes(text.get(start..end).unwrap_or_default().trim_ascii()),
    }
}

/// Reads yuan with five decimals from `text[start..end]`.
#[inline]
pub(super) fn fee(text: &[u8], start: usize, end: usize) -> Result<Fee, MoneyError> {
    match quick::<5>(text, start, end) {
        Some(value) => Ok(Fee::new(value)),
        None => Fee::parse_yuan_bytes(text.get(start..end).unwrap_or_default().trim_ascii()),
    }
}

/// The digits of `d.dd` … `ddddd.dd` (or with `PLACES` decimals) as one number; `None` for every other shape.
#[inline]
fn quick<const PLACES: usize>(text: &[u8], start: usize, end: usize) -> Option<i64> {
    let len = end.wrapping_sub(start);
    // Eight bytes that end where the cell ends; the first bytes may belong to the cell before.
    let window = text.get(..end)?.last_chunk::<8>()?;
    if len < PLACES + 2 || len > 8 {
        return None;
    }
    let word = u64::from_le_bytes(*window);
    let point = 8 * (7 - PLACES);
    if (word >> point) & 0xFF != u64::from(b'.') {
        return None;
    }
    // Close the gap of the point: digits before it move up by one byte.
    let after = word & (u64::MAX << (point + 8));
    let before = (word & ((1 << point) - 1)) << 8;
    let digits = (after | before) ^ 0x3030_3030_3030_3030;
    let digits = digits & (u64::MAX << (8 * (9 - len)));
    let is_digits = (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080;
    if is_digits != 0 {
        return None;
    }
    // Pairs, then fours, then eight: the first digit is in the lowest byte.
    let pairs = (digits.wrapping_mul(10).wrapping_add(digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    let eight = (fours.wrapping_mul(10_000).wrapping_add(fours >> 32)) & 0xFFFF_FFFF;
    i64::try_from(eight).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn both(cell: &str) {
        let text = format!("`7,`{cell},`9");
        let (start, end) = (4, 4 + cell.len());
        assert_eq!(
            fen(text.as_bytes(), start, end),
            Fen::parse_yuan(cell.trim()),
            "{cell}"
        );
        assert_eq!(
            fee(text.as_bytes(), start, end),
            Fee::parse_yuan_bytes(cell.trim().as_bytes()),
            "{cell}"
        );
    }

    #[test]
    fn usual_and_unusual_shapes_give_what_the_domain_says() {
        for cell in [
            "0.00",
            "0.01",
            "99999.99",
            "100000.00",
            "0.20000",
            "-0.02000",
            "12.34567",
            "0",
            "0.0",
            "45.0",
            "",
            ".00",
            "1.",
            "0.0a",
            "1,00",
            "0.001",
            "1.234567",
            "-1.00",
            "+1.00",
            " 1.00",
            "1e2",
            "12:34567",
            "::.::",
            "/.00",
            "1.0/",
            "9999999999999999999.99",
        ] {
            both(cell);
        }
    }

    proptest! {
        #[test]
        fn the_quick_way_never_differs(cell in "[0-9./:,-]{0,10}|[0-9]{1,6}\\.[0-9]{1,6}") {
            both(&cell);
        }
    }
}
