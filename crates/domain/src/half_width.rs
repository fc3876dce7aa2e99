//! Numbers as people type them with a Chinese input method: full-width digits and signs stand for the plain ones.

use std::borrow::Cow;

/// The same text with full-width digits, letters and signs as plain ones; all else stays as it is.
///
/// A sign becomes one sign, so that a cursor in the text stays where it is.
///
/// ```
/// use recondesk_domain::half_width;
/// assert_eq!(half_width("１，２８０．１２"), "1,280.12");
/// assert_eq!(half_width("￥２０。５"), "¥20.5");
/// assert_eq!(half_width("青禾商城"), "青禾商城");
/// ```
#[must_use]
pub fn half_width(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    text.chars().map(plain).collect::<String>().into()
}

fn plain(sign: char) -> char {
    match sign {
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(u32::from(sign).saturating_sub(0xFEE0)).unwrap_or(sign)
        }
        '\u{3000}' => ' ',
        '。' => '.',
        '￥' => '¥',
        _ => sign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_of_a_number_is_taken_and_keeps_its_place() {
        let typed = "－１９００００１０９：３％／Ａ＠";
        assert_eq!(half_width(typed), "-190000109:3%/A@");
        assert_eq!(half_width(typed).chars().count(), typed.chars().count());
        assert_eq!(half_width("12.30"), "12.30");
    }
}
