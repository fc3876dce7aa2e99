//! What somebody may have meant whose number nobody knows: the same but for letters and digits that look alike, for
//! small letters, or for what a shop system puts before or behind an order number. Pure.

/// Letters and the digits that they are taken for, when read from a picture or over the telephone.
const ALIKE: [(char, char); 9] = [
    ('O', '0'),
    ('o', '0'),
    ('D', '0'),
    ('l', '1'),
    ('I', '1'),
    ('i', '1'),
    ('Z', '2'),
    ('S', '5'),
    ('B', '8'),
];

/// More candidates than this are not asked about.
const MOST: usize = 40;

/// Other forms of a number, the likeliest first; never the number itself.
#[must_use]
pub fn near(number: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut add = |candidate: String| {
        let new = candidate != number && candidate.len() >= 4 && !out.contains(&candidate);
        if new && out.len() < MOST {
            out.push(candidate);
        }
    };
    add(number.to_ascii_uppercase());
    add(number.to_ascii_lowercase());
    add(digits_only(number));
    let head = number.chars().next().map_or(0, char::len_utf8);
    let (first, rest) = number.split_at(head);
    add(format!("{first}{}", digits_only(rest)));
    for (letter, digit) in ALIKE {
        add(number.replace(letter, digit.encode_utf8(&mut [0; 4])));
        add(number.replace(digit, letter.encode_utf8(&mut [0; 4])));
        for (at, _) in number.match_indices(letter) {
            let (before, behind) = number.split_at(at);
            let tail = behind.get(letter.len_utf8()..).unwrap_or_default();
            add(format!("{before}{digit}{tail}"));
        }
    }
    for joint in ['_', '-', '|', '*', '@'] {
        if let Some((before, behind)) = number.rsplit_once(joint) {
            add(before.to_owned());
            add(behind.to_owned());
        }
        if let Some((before, behind)) = number.split_once(joint) {
            add(before.to_owned());
            add(behind.to_owned());
        }
    }
    out
}

/// Every letter that looks like a digit read as that digit.
fn digits_only(text: &str) -> String {
    text.chars()
        .map(|sign| {
            let alike = ALIKE.iter().find(|(letter, _)| *letter == sign);
            alike.map_or(sign, |(_, digit)| *digit)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn a_number_read_wrongly_has_the_right_one_among_its_forms() {
        for (typed, meant) in [
            ("m00000181", "M00000181"),
            ("MOOOOO181", "M00000181"),
            ("M0000O181", "M00000181"),
            (
                "4200003202609050000000001B10",
                "4200003202609050000000001810",
            ),
            (
                "42l0003202609O50000000001810",
                "4210003202609050000000001810",
            ),
            ("M00000181_1", "M00000181"),
            ("SHOP-M00000181", "M00000181"),
            ("SHOP-M00000181-2", "M00000181-2"),
        ] {
            assert!(
                near(typed).contains(&meant.to_owned()),
                "{typed}: {:?}",
                near(typed)
            );
        }
    }

    #[test]
    fn no_form_is_the_number_itself_and_their_count_is_bounded() {
        let long = "0O1lB8".repeat(10);
        for number in ["", "A", "订单", "M00000181", long.as_str()] {
            let forms = near(number);
            assert!(forms.len() <= super::MOST);
            assert!(!forms.iter().any(|form| form == number));
        }
    }
}
