//! Making invisible characters visible, so that hostile or broken text shows harmlessly everywhere.

/// A piece of text to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Ordinary text, spaces included.
    Text(String),
    /// A character that cannot be seen, by its name: `LF`, `CR`, `TAB`, `200B`, or `xFF` for a byte that is not UTF-8.
    Mark(String),
}

/// How much of a long text is drawn; signatures cover all of it.
pub const DRAWN_BYTES: usize = 64 << 10;

/// Takes a text apart for drawing; true when only the beginning was taken.
#[must_use]
pub fn pieces(text: &[u8], limit: usize) -> (Vec<Piece>, bool) {
    let cut = text.len() > limit;
    let text = text.get(..limit).unwrap_or(text);
    let mut out: Vec<Piece> = Vec::new();
    let mut push = |character: char| match name(character) {
        Some(mark) => out.push(Piece::Mark(mark)),
        None => match out.last_mut() {
            Some(Piece::Text(text)) => text.push(character),
            _ => out.push(Piece::Text(character.to_string())),
        },
    };
    for chunk in text.utf8_chunks() {
        chunk.valid().chars().for_each(&mut push);
        for byte in chunk.invalid() {
            // A private character stands for the byte that is no UTF-8; `name` knows it.
            push(char::from_u32(0xF_0000 + u32::from(*byte)).unwrap_or('\u{FFFD}'));
        }
    }
    (out, cut)
}

/// The name of a character that cannot be seen or changes how others are shown.
#[must_use]
pub fn name(character: char) -> Option<String> {
    let code = u32::from(character);
    match character {
        '\n' => Some("LF".to_owned()),
        '\r' => Some("CR".to_owned()),
        '\t' => Some("TAB".to_owned()),
        '\0' => Some("NUL".to_owned()),
        '\u{1B}' => Some("ESC".to_owned()),
        '\u{F0000}'..='\u{F00FF}' => Some(format!("x{:02X}", code - 0xF_0000)),
        _ if character.is_control() => Some(format!("{code:02X}")),
        '\u{A0}'
        | '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{115F}'..='\u{1160}'
        | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{2000}'..='\u{200F}'
        | '\u{2028}'..='\u{202F}'
        | '\u{205F}'..='\u{206F}'
        | '\u{3000}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E0FFF}'
        | '\u{F0100}'.. => Some(format!("{code:02X}")),
        _ => None,
    }
}

/// A text for a terminal: marks in brackets, line feeds shown and kept.
#[must_use]
pub fn harmless(text: &[u8]) -> String {
    let (pieces, cut) = pieces(text, DRAWN_BYTES);
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(&text),
            Piece::Mark(mark) if mark == "LF" => out.push_str("⟨LF⟩\n"),
            Piece::Mark(mark) => {
                out.push('⟨');
                out.push_str(&mark);
                out.push('⟩');
            }
        }
    }
    if cut {
        out.push_str("⟨…⟩");
    }
    out
}

/// As [`harmless`] on one line.
#[must_use]
pub fn harmless_line(text: &[u8]) -> String {
    harmless(text).replace("⟨LF⟩\n", "⟨LF⟩")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_invisible_is_left() {
        let hostile = b"a\x1b[2Jb\xe2\x80\xae\xff\xc2\xa0\r\nend \xe2\x80\x8b";
        let shown = harmless(hostile);
        assert_eq!(shown, "a⟨ESC⟩[2Jb⟨202E⟩⟨xFF⟩⟨A0⟩⟨CR⟩⟨LF⟩\nend ⟨200B⟩");
        assert_eq!(harmless_line(b"a\nb"), "a⟨LF⟩b");
    }

    #[test]
    fn ten_megabytes_are_cut_for_drawing() {
        let (pieces, cut) = pieces(&vec![0xFF; 10 << 20], DRAWN_BYTES);
        assert!(cut);
        assert_eq!(pieces.len(), DRAWN_BYTES);
    }
}
