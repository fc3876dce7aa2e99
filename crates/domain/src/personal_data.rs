//! Personal data of customers (openid, attach, remarks, contacts) in messages and rows, masked wherever they are shown.
//!
//! The files in the archive keep them byte for byte; the books never have them.

use crate::heading_names::{NameContent, told_by};

/// What stands in the place of personal data.
const MASK: &str = "***";
/// How much of an openid stays, so that two customers can be told apart.
const OPENID_HEAD: usize = 6;
/// An openid is as long as this.
const OPENID_LENGTH: usize = 28;

/// Whether personal data of customers is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PersonalData {
    /// Masked.
    #[default]
    Masked,
    /// As it is, because somebody asked for it.
    Shown,
}

impl PersonalData {
    /// Shown when it was asked for.
    #[must_use]
    pub const fn shown_if(is_asked: bool) -> Self {
        if is_asked { Self::Shown } else { Self::Masked }
    }
}

/// Fields of messages that nobody else may see, with how much of their beginning may stay.
const FIELDS: [(&str, usize); 20] = [
    ("sign", 0),
    ("openid", OPENID_HEAD),
    ("open_id", OPENID_HEAD),
    ("sub_openid", OPENID_HEAD),
    ("sp_openid", OPENID_HEAD),
    ("unionid", OPENID_HEAD),
    ("attach", 0),
    ("remark", 0),
    ("remarks", 0),
    ("memo", 0),
    ("buyer_message", 0),
    ("phone", 0),
    ("mobile", 0),
    ("req_info", 0),
    ("refund_recv_accout", 0),
    ("user_truename", 0),
    ("user_creid", 0),
    ("user_received_account", 0),
    ("bank_account", 0),
    ("real_name", 0),
];
/// The sealed part of a notification.
const SEALED: &str = "ciphertext";

/// True for the name of a field or a column that holds personal data of customers.
///
/// ```
/// use recondesk_domain::is_personal;
/// assert!(is_personal("商户数据包") && is_personal("Buyer_Remark") && is_personal("openid"));
/// assert!(!is_personal("费率备注") && !is_personal("商户订单号") && !is_personal("买家实付金额"));
/// ```
#[must_use]
pub fn is_personal(name: &str) -> bool {
    told_by(name) != NameContent::Nothing
}

/// A cell under a heading, masked when the heading says that it is personal.
#[must_use]
pub fn mask_cell(heading: &str, cell: &str) -> String {
    let keep = match told_by(heading) {
        NameContent::Nothing => return cell.to_owned(),
        NameContent::Openid => OPENID_HEAD,
        NameContent::Personal => 0,
    };
    let plain = cell.trim_matches(['`', '"', '\'', ' ', '\t']);
    if plain.is_empty() {
        return cell.to_owned();
    }
    plain.chars().take(keep).chain(MASK.chars()).collect()
}

/// The text of a field of a document, masked when its name is that of a personal one; else what is personal within it.
#[must_use]
pub fn mask_value(name: &str, text: &str) -> String {
    match FIELDS.iter().find(|(known, _)| *known == name) {
        Some((_, keep)) if !text.is_empty() => {
            text.chars().take(*keep).chain(MASK.chars()).collect()
        }
        Some(_) | None => mask_message(text.as_bytes()),
    }
}

/// A row of a file, its text and its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainRow<'a> {
    /// Headings of the file; none where they cannot be read.
    pub header: &'a [String],
    /// Cells beside them.
    pub cells: &'a [String],
    /// The line that they were read from.
    pub text: &'a str,
}

impl PlainRow<'_> {
    /// The cells, masked. Where their number is not that of the headings, all from the first personal one on.
    #[must_use]
    pub fn masked_cells(&self) -> Vec<String> {
        let first = self.header.iter().position(|heading| is_personal(heading));
        let is_shifted = self.cells.len() > self.header.len();
        let masked = self.cells.iter().enumerate().map(|(at, cell)| {
            let is_unsure = is_shifted && first.is_none_or(|first| at >= first);
            match self.header.get(at) {
                Some(heading) if !is_unsure => mask_cell(heading, cell),
                _ if cell.is_empty() => String::new(),
                _ => MASK.to_owned(),
            }
        });
        masked.collect()
    }

    /// The line with the masked cells in the places of the personal ones; all of it masked where a cell is not found.
    #[must_use]
    pub fn masked_text(&self) -> String {
        if self.text.is_empty() {
            return String::new();
        }
        if self.cells.is_empty() {
            return MASK.to_owned();
        }
        let mut out = String::with_capacity(self.text.len());
        let mut rest = self.text;
        for (cell, masked) in self.cells.iter().zip(self.masked_cells()) {
            if cell.is_empty() {
                continue;
            }
            let quoted = cell.replace('"', "\"\"");
            let Some((before, found)) = [cell, &quoted]
                .iter()
                .filter_map(|form| Some((rest.find(form.as_str())?, form.len())))
                .min_by_key(|(at, length)| (*at, usize::MAX - length))
                .filter(|(at, _)| rest.get(..*at).is_some_and(is_between))
            else {
                return MASK.to_owned();
            };
            out.push_str(rest.get(..before).unwrap_or_default());
            if masked == *cell {
                out.push_str(rest.get(before..before + found).unwrap_or_default());
            } else {
                out.push_str(&masked);
            }
            rest = rest.get(before + found..).unwrap_or_default();
        }
        // What no heading and no cell stands for is not known to be harmless.
        out.push_str(if is_between(rest) { rest } else { MASK });
        out
    }
}

/// What stands between two cells: delimiters, quotes, backticks, blanks.
fn is_between(text: &str) -> bool {
    text.chars().all(|sign| {
        sign.is_whitespace()
            || matches!(sign, ',' | ';' | '|' | '"' | '\'' | '`' | '=' | '\u{feff}')
    })
}

/// A message with its secret and personal fields masked; everything else byte for byte.
///
/// Takes XML, JSON, JSON within a text, and forms; where none of these names a field, openids by their form.
#[must_use]
pub fn mask_message(body: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(body).into_owned();
    for (name, keep) in FIELDS.into_iter().chain([(SEALED, 0)]) {
        text = mask_field(&text, name, keep);
    }
    mask_openids(&text)
}

/// Masks the value of every field of that name; `refund_recv_accout_0` is `refund_recv_accout` too.
fn mask_field(text: &str, name: &str, keep: usize) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in lower.match_indices(name) {
        let after_name = at + name.len();
        if at < done || !is_whole(&lower, at) {
            continue;
        }
        let Some(value) = value_after(text, at, after_name) else {
            continue;
        };
        let plain = text.get(value.start..value.end).unwrap_or_default();
        if plain.is_empty() {
            continue;
        }
        out.push_str(text.get(done..value.from).unwrap_or_default());
        out.extend(plain.chars().take(keep));
        out.push_str(MASK);
        done = value.to;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

fn is_whole(lower: &str, at: usize) -> bool {
    let before = lower.get(..at).unwrap_or_default();
    !before.ends_with(|sign: char| sign.is_alphanumeric() || sign == '_')
}

/// Where a value lies: `from..to` is replaced, `start..end` is the value itself.
struct ValuePlace {
    from: usize,
    start: usize,
    end: usize,
    to: usize,
}

fn value_after(text: &str, at: usize, after_name: usize) -> Option<ValuePlace> {
    let rest = text.get(after_name..)?;
    let index = rest.strip_prefix('_').map_or(0, |digits| {
        let count = digits.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 { 0 } else { count + 1 }
    });
    let rest = rest.get(index..)?;
    let base = after_name + index;
    if text.get(..at)?.ends_with('<') {
        return element(rest, base);
    }
    let after = rest.trim_start_matches(['\\', '"', '\'']).trim_start();
    let after = after.strip_prefix([':', '='])?.trim_start();
    let is_escaped = after.starts_with('\\');
    let inner = after.strip_prefix('\\').unwrap_or(after);
    let quote = inner
        .chars()
        .next()
        .filter(|sign| matches!(sign, '"' | '\''));
    let value = quote.map_or(after, |_| inner.get(1..).unwrap_or_default());
    let start = base + (rest.len() - value.len());
    let length = match quote {
        Some(quote) => quoted_length(value, quote, is_escaped),
        None => plain_length(value)?,
    };
    let end = start + length;
    Some(ValuePlace {
        from: start,
        start,
        end,
        to: end,
    })
}

fn quoted_length(value: &str, quote: char, is_escaped: bool) -> usize {
    let mut escaped = false;
    let ends = |(_, sign): &(usize, char)| {
        let ends = *sign == quote && escaped == is_escaped;
        escaped = *sign == '\\' && !escaped;
        ends
    };
    match value.char_indices().find(ends) {
        Some((at, _)) => at - usize::from(is_escaped),
        None => value.len(),
    }
}

/// A value without quotes; none for numbers and nested values of JSON.
fn plain_length(value: &str) -> Option<usize> {
    let length = value
        .find(|sign: char| sign.is_whitespace() || "&,;}])<>\"'".contains(sign))
        .unwrap_or(value.len());
    let word = value.get(..length)?;
    let is_kept = word.bytes().all(|byte| byte.is_ascii_digit())
        || word.starts_with(['{', '[', '\\'])
        || matches!(word, "null" | "true" | "false");
    (!is_kept).then_some(length)
}

/// The content of an element; `rest` begins behind its name.
fn element(rest: &str, base: usize) -> Option<ValuePlace> {
    if !rest.starts_with('>') && !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let open = rest.find('>')? + 1;
    let inner = rest.get(open..)?;
    let stop = inner.find("</").unwrap_or(inner.len());
    let value = inner.get(..stop)?;
    let (skip, cut) = value.strip_prefix("<![CDATA[").map_or((0, 0), |plain| {
        (9, if plain.ends_with("]]>") { 3 } else { 0 })
    });
    let from = base + open;
    Some(ValuePlace {
        from,
        start: from + skip,
        end: from + stop - cut,
        to: from + stop,
    })
}

/// Masks what has the form of an openid, wherever it stands.
fn mask_openids(text: &str) -> String {
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '-';
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|sign: char| !is_part(sign)) {
        let word = piece.trim_end_matches(|sign: char| !is_part(sign));
        let is_openid = word.len() == OPENID_LENGTH
            && word.starts_with('o')
            && word.contains(|sign: char| sign.is_ascii_uppercase())
            && word.contains(|sign: char| sign.is_ascii_lowercase());
        if is_openid {
            out.push_str(word.get(..OPENID_HEAD).unwrap_or_default());
            out.push_str(MASK);
            out.push_str(piece.get(word.len()..).unwrap_or_default());
        } else {
            out.push_str(piece);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENID: &str = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o";

    #[test]
    fn what_is_secret_or_personal_is_masked_and_the_rest_stays() {
        let body = "<xml><appid><![CDATA[wx1]]></appid><sign><![CDATA[ABCDEF]]></sign>\
            <openid>oUpF8uMuAJO_M2pxb1Q9zNjWeS6o</openid><sign_type>MD5</sign_type>\
            <attach><![CDATA[张三 138]]></attach><attach></attach>\
            <refund_recv_accout_0><![CDATA[招商银行0001]]></refund_recv_accout_0></xml>";

        assert_eq!(
            mask_message(body.as_bytes()),
            "<xml><appid><![CDATA[wx1]]></appid><sign>***</sign>\
            <openid>oUpF8u***</openid><sign_type>MD5</sign_type>\
            <attach>***</attach><attach></attach>\
            <refund_recv_accout_0>***</refund_recv_accout_0></xml>"
        );
    }

    #[test]
    fn personal_fields_of_json_are_masked_too() {
        let body = br#"{"payer":{"openid" : "oUpF8uMuAJO_M2p\"xb1Q9"},"user_received_account":"x1","attach":"MuAJ a","amount":{"total":8},"openid":1,"phone":null}"#;

        assert_eq!(
            mask_message(body),
            r#"{"payer":{"openid" : "oUpF8u***"},"user_received_account":"***","attach":"***","amount":{"total":8},"openid":1,"phone":null}"#
        );
        for cut in 0..body.len() {
            assert!(!mask_message(&body[..cut]).contains("MuAJ"));
        }
    }

    #[test]
    fn a_message_within_a_text_and_a_form_are_masked() {
        for (text, masked) in [
            (
                r#"{"body":"{\"attach\":\"x y\",\"total\":1}"}"#,
                r#"{"body":"{\"attach\":\"***\",\"total\":1}"}"#,
            ),
            (
                "a=1&attach=x%20y&openid=oUpF8uAbc&b=2",
                "a=1&attach=***&openid=oUpF8u***&b=2",
            ),
            ("2026 INFO attach: x, done", "2026 INFO attach: ***, done"),
        ] {
            assert_eq!(mask_message(text.as_bytes()), masked);
        }
        let said = format!("user {OPENID} paid 42000027812026112087453939");
        assert_eq!(
            mask_message(said.as_bytes()),
            "user oUpF8u*** paid 42000027812026112087453939"
        );
    }

    #[test]
    fn broken_messages_are_masked_without_a_panic() {
        for text in [
            "<sign",
            "<sign>abc",
            "<sign>",
            "<openid>o",
            "",
            "<sign><![CDATA[x",
            "attach=",
            "attach:\\",
            "attach=\\\"",
            "<attach>张",
            "\"attach\":\"张",
            "attach_",
            "attach_1",
        ] {
            let masked = mask_message(text.as_bytes());
            assert!(
                !masked.contains("abc") && !masked.contains('张'),
                "{masked}"
            );
        }
    }

    fn row(header: &[&str], cells: &[&str], text: &str) -> String {
        let own = |list: &[&str]| {
            list.iter()
                .map(|cell| (*cell).to_owned())
                .collect::<Vec<_>>()
        };
        let (header, cells) = (own(header), own(cells));
        PlainRow {
            header: &header,
            cells: &cells,
            text,
        }
        .masked_text()
    }

    #[test]
    fn the_line_of_a_row_keeps_all_but_its_personal_cells() {
        let header = [
            "商户订单号",
            "用户标识",
            "商品名称",
            "商户数据包",
            "费率备注",
        ];
        let line = format!("`A1,`{OPENID},`tea,`张三,0,`0.60%\r");
        assert_eq!(
            row(&header, &["A1", OPENID, "tea", "张三,0", "0.60%"], &line),
            "`A1,`oUpF8u***,`tea,`***,`0.60%\r"
        );
        let header = ["单号", "备注", "状态"];
        assert_eq!(row(&header, &["1", "1", "1"], "1,1,1"), "1,***,1");
        assert_eq!(
            row(&header, &["1", "a \"b\"", "x"], "1,\"a \"\"b\"\"\",x"),
            "1,\"***\",x"
        );
        assert_eq!(row(&header, &["1", "", "x"], "1,,x"), "1,,x");
    }

    #[test]
    fn a_line_that_does_not_fit_its_headings_shows_nothing_personal() {
        let header = ["单号", "备注", "状态"];
        for (cells, text) in [
            (&["1", "张", "三", "x"][..], "1,张,三,x"),
            (&[], "1,张三,x"),
            (&["1", "张三", "x"], "1,other 张三 x"),
            (&["1"], "1,张三"),
        ] {
            let masked = row(&header, cells, text);
            assert!(!masked.contains(['张', '三']), "{masked}");
        }
        assert!(!row(&[], &["张三"], "张三").contains('张'));
    }
}
