//! Text from outside on its way to a terminal or a log: nothing in it may steer the one or forge a line of the other.
//!
//! Used in two places only, where text leaves the program: the writer of the terminal and the writer of the log.

use std::borrow::Cow;

/// The text on one line: every control character, line end and sign that turns the direction of writing becomes `�`.
///
/// ```
/// use recondesk_domain::printable;
/// assert_eq!(printable("青禾\u{1b}[31m\n"), "青禾\u{fffd}[31m\u{fffd}");
/// assert!(matches!(printable("plain 文字"), std::borrow::Cow::Borrowed(_)));
/// ```
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    replaced(text, steers)
}

/// The same for text of several lines: line feeds and tabs stay.
#[must_use]
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    replaced(text, |sign| !matches!(sign, '\n' | '\t') && steers(sign))
}

fn replaced(text: &str, is_bad: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_bad) {
        return Cow::Borrowed(text);
    }
    let mend = |sign| if is_bad(sign) { '\u{fffd}' } else { sign };
    Cow::Owned(text.chars().map(mend).collect())
}

/// True for what a terminal obeys, what ends a line, and what shows text in another order than it has.
fn steers(sign: char) -> bool {
    let is_mark = matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{feff}');
    let turns = matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}') || turns || is_mark
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        for code in 0..=0x0011_0000_u32 {
            let Some(sign) = char::from_u32(code) else {
                continue;
            };
            let text = format!("a{sign}b");
            let shown = printable(&text);
            if sign.is_control() {
                assert_eq!(shown, "a\u{fffd}b", "{code:x}");
            }
            assert_eq!(shown.chars().count(), 3);
        }
    }

    #[test]
    fn several_lines_stay_several_lines() {
        let text = "one\n\ttwo\r\n\u{1b}]0;title\u{7}\u{9b}2J\u{202e}gnp";
        assert_eq!(
            printable_lines(text),
            "one\n\ttwo\u{fffd}\n\u{fffd}]0;title\u{fffd}\u{fffd}2J\u{fffd}gnp"
        );
        assert_eq!(printable("a\nb\u{2028}c"), "a\u{fffd}b\u{fffd}c");
    }
}
