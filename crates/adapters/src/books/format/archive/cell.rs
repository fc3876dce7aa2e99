//! Cells of a table as integers: times, decimal numbers, digits and letters of small alphabets, and the way back.
//!
//! A cell is taken only where printing the integer gives the very same bytes. Eight bytes are looked at together.

/// Bytes of a time such as `2026-03-08 16:26:54`.
pub(super) const TIME_BYTES: usize = 19;
/// Bytes of its date.
const DATE_BYTES: usize = 10;
/// Seconds of a day.
const DAY: u64 = 86_400;
/// Most digits that an integer holds.
pub(super) const MOST_DIGITS: usize = 19;
/// Most digits of a decimal number.
const DECIMAL_DIGITS: usize = 16;
/// Most decimal places.
pub(super) const MOST_PLACES: usize = 6;
/// A nought in each of eight bytes.
const NOUGHTS: u64 = 0x3030_3030_3030_3030;
const UPPER_HALVES: u64 = 0xF0F0_F0F0_F0F0_F0F0;
/// What eight digits stay below.
const EIGHT_DIGITS: u64 = 100_000_000;

/// Eight digits as a number.
#[inline]
const fn eight(text: u64) -> Option<u64> {
    let above = text.wrapping_add(0x0606_0606_0606_0606);
    if (text | above) & UPPER_HALVES != NOUGHTS || text & UPPER_HALVES != NOUGHTS {
        return None;
    }
    let ones = (text & 0x0F0F_0F0F_0F0F_0F0F).wrapping_mul(2561) >> 8;
    let pairs = (ones & 0x00FF_00FF_00FF_00FF).wrapping_mul(6_553_601) >> 16;
    Some((pairs & 0x0000_FFFF_0000_FFFF).wrapping_mul(42_949_672_960_001) >> 32)
}

/// A number below 10⁸ as eight digits.
#[inline]
const fn print_eight(value: u64) -> u64 {
    let halves = value / 10_000 | (value % 10_000) << 32;
    let tops = (halves * 10_486 >> 20) & 0x0000_007F_0000_007F;
    let pairs = tops | (halves - tops * 100) << 16;
    let tens = (pairs * 103 >> 10) & 0x000F_000F_000F_000F;
    (tens | (pairs - tens * 10) << 8) | NOUGHTS
}

fn pair(text: [u8; 2]) -> Option<u64> {
    let [tens, ones] = text.map(|digit| digit.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then_some(u64::from(tens) * 10 + u64::from(ones))
}

#[inline]
const fn two(value: u64) -> [u8; 2] {
    let [value, ..] = (value % 100).to_le_bytes();
    [b'0' + value / 10, b'0' + value % 10]
}

/// Days as if every month had thirty-one and every year twelve such months: any date has its own.
fn date(text: [u8; DATE_BYTES]) -> Option<u64> {
    let [a, b, c, d, b'-', e, f, b'-', g, h] = text else {
        return None;
    };
    let year = pair([a, b])? * 100 + pair([c, d])?;
    let (month, day) = (pair([e, f])?, pair([g, h])?);
    ((1..=12).contains(&month) && (1..=31).contains(&day))
        .then_some((year * 12 + month - 1) * 31 + day - 1)
}

const fn print_date(days: u64) -> [u8; DATE_BYTES] {
    let months = days / 31;
    let year = months / 12;
    let [a, b] = two(year / 100);
    let [c, d] = two(year);
    let [e, f] = two(months % 12 + 1);
    let [g, h] = two(days % 31 + 1);
    [a, b, c, d, b'-', e, f, b'-', g, h]
}

/// Reads and prints times; those of one day come one after the other, so the date is kept.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Times {
    date: [u8; DATE_BYTES],
    start: u64,
}

impl Times {
    /// A time as seconds.
    #[inline]
    pub(super) fn read(&mut self, text: &[u8; TIME_BYTES]) -> Option<u64> {
        let (day, clock) = text.split_first_chunk::<DATE_BYTES>()?;
        if *day != self.date {
            self.start = date(*day)? * DAY;
            self.date = *day;
        }
        let [b' ', a, b, b':', c, d, b':', e, f] = *clock else {
            return None;
        };
        let (hour, minute, second) = (pair([a, b])?, pair([c, d])?, pair([e, f])?);
        (hour < 24 && minute < 60 && second < 60)
            .then_some(self.start + (hour * 60 + minute) * 60 + second)
    }

    /// The reverse of [`Times::read`].
    #[inline]
    pub(super) fn print(&mut self, value: u64) -> [u8; TIME_BYTES] {
        let mut second = value.wrapping_sub(self.start);
        if second >= DAY || self.date == [0; DATE_BYTES] {
            self.start = value - value % DAY;
            self.date = print_date(value / DAY);
            second = value % DAY;
        }
        let mut text = [b' '; TIME_BYTES];
        if let Some(to) = text.first_chunk_mut() {
            *to = self.date;
        }
        let [a, b] = two(second / 3600);
        let [c, d] = two(second / 60 % 60);
        let [e, f] = two(second % 60);
        if let Some(to) = text.last_chunk_mut() {
            *to = [b' ', a, b, b':', c, d, b':', e, f];
        }
        text
    }
}

/// A text of digits, at most [`MOST_DIGITS`], as a number.
#[inline]
pub(super) fn digits(text: &[u8]) -> Option<u64> {
    let (first, eights) = text.as_rchunks::<8>();
    let mut value = 0_u64;
    for digit in first {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    for text in eights {
        value = value
            .wrapping_mul(EIGHT_DIGITS)
            .wrapping_add(eight(u64::from_le_bytes(*text))?);
    }
    (text.len() <= MOST_DIGITS).then_some(value)
}

/// Digits in pieces of at most eight bytes, in order: each piece and how many of its bytes count.
#[inline]
pub(super) fn print_digits(
    value: u64,
    count: usize,
    mut put: impl FnMut(u64, usize) -> Option<()>,
) -> Option<()> {
    let first = count.checked_sub(1)? % 8 + 1;
    let shift = (8 - first) * 8;
    if count <= 8 {
        return put(print_eight(value % EIGHT_DIGITS) >> shift, first);
    }
    let (upper, lower) = (value / EIGHT_DIGITS, value % EIGHT_DIGITS);
    if count <= 16 {
        put(print_eight(upper % EIGHT_DIGITS) >> shift, first)?;
    } else {
        put(
            print_eight(upper / EIGHT_DIGITS % EIGHT_DIGITS) >> shift,
            first,
        )?;
        put(print_eight(upper % EIGHT_DIGITS), 8)?;
    }
    put(print_eight(lower), 8)
}

/// A decimal number with this many places, which ends before byte `end` of a block, as an integer of either sign.
#[inline]
pub(super) fn decimal(block: &[u8], (end, text): (usize, &[u8]), places: usize) -> Option<u64> {
    let whole = text.len().checked_sub(places + 1)?;
    let window = block.get(..end).and_then(<[u8]>::last_chunk::<8>);
    if let Some(window) = window.filter(|_| (1..=MOST_PLACES).contains(&places) && text.len() <= 8)
    {
        // What stands before the number, and then the point, gives way to noughts.
        let (len, places) = (text.len() * 8, places * 8);
        let window = u64::from_le_bytes(*window);
        let before = u64::MAX.checked_shr(u32::try_from(len).ok()?).unwrap_or(0);
        let padded = window & !before | NOUGHTS & before;
        let upper = u64::MAX << (64 - places);
        let point = padded >> (56 - places) & 0xff;
        let digits = padded & upper | (padded << 8) & !upper | 0x30;
        let is_padded = whole > 1 && text.first() == Some(&b'0');
        if whole > 0
            && point == u64::from(b'.')
            && !is_padded
            && let Some(value) = eight(digits)
        {
            return Some(value << 1);
        }
    }
    long_decimal(text, places)
}

/// The same of any length, or with a minus.
#[cold]
pub(super) fn long_decimal(text: &[u8], places: usize) -> Option<u64> {
    let (is_minus, body) = match text {
        [b'-', body @ ..] => (true, body),
        body => (false, body),
    };
    let whole = if places > 0 {
        body.len().checked_sub(places + 1)?
    } else {
        body.len()
    };
    let has_form = whole > 0
        && whole + places <= DECIMAL_DIGITS
        && (whole == 1 || body.first() != Some(&b'0'));
    has_form.then_some(())?;
    let mut value = 0_u64;
    for (at, byte) in body.iter().enumerate() {
        if at == whole {
            if *byte != b'.' {
                return None;
            }
            continue;
        }
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    (!is_minus || value > 0).then_some(value << 1 | u64::from(is_minus))
}

/// Bytes that long decimal numbers are printed to.
const DECIMAL_ROOM: usize = 32;

/// A decimal number in pieces, as [`print_digits`] gives them.
#[inline]
pub(super) fn print_decimal(
    value: u64,
    places: usize,
    mut put: impl FnMut(u64, usize) -> Option<()>,
) -> Option<()> {
    let number = value >> 1;
    if value & 1 == 1 || number >= EIGHT_DIGITS || places == 0 || places > MOST_PLACES {
        let (text, len) = print_long_decimal(value, places);
        let mut left = len;
        for piece in text.chunks(8) {
            let some = left.min(8);
            put(short(piece), some)?;
            left -= some;
        }
        return Some(());
    }
    let digits = print_eight(number);
    let leading = ((digits ^ NOUGHTS).trailing_zeros() / 8) as usize;
    let whole = 8 - leading.min(7 - places) - places;
    let shift = places * 8;
    put((digits << shift) >> ((8 - whole) * 8), whole)?;
    put((digits >> (64 - shift)) << 8 | u64::from(b'.'), places + 1)
}

#[cold]
fn print_long_decimal(value: u64, places: usize) -> ([u8; DECIMAL_ROOM], usize) {
    let mut text = [0; DECIMAL_ROOM];
    let mut at = DECIMAL_ROOM;
    let mut rest = value >> 1;
    let mut put = |byte: u8| {
        at = at.saturating_sub(1);
        if let Some(to) = text.get_mut(at) {
            *to = byte;
        }
    };
    let mut left = places.min(MOST_PLACES);
    let has_point = left > 0;
    loop {
        let [digit, ..] = (rest % 10).to_le_bytes();
        put(b'0' + digit);
        rest /= 10;
        if left > 0 {
            left -= 1;
            if left == 0 && has_point {
                put(b'.');
                continue;
            }
        }
        if rest == 0 && left == 0 {
            break;
        }
    }
    if value & 1 == 1 {
        at = at.saturating_sub(1);
        if let Some(to) = text.get_mut(at) {
            *to = b'-';
        }
    }
    let len = DECIMAL_ROOM - at;
    text.copy_within(at.., 0);
    (text, len)
}

/// Up to eight bytes as a number.
#[inline]
pub(super) fn short(text: &[u8]) -> u64 {
    let mut word = [0; 8];
    for (to, from) in word.iter_mut().zip(text) {
        *to = *from;
    }
    u64::from_le_bytes(word)
}
