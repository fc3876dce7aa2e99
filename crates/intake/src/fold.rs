//! Characters that mean the same to a person: full-width and half-width forms, cases, blanks of all kinds,
//! signs that nobody sees, traditional and simplified forms of the characters of headers and state words.

use std::borrow::Cow;

/// True for signs that take no room on a screen and stand in texts by accident: zero-width blanks, joiners, marks
/// of direction, soft hyphens, byte order marks.
pub(super) const fn is_invisible(sign: char) -> bool {
    matches!(
        sign,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{180B}'..='\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
    )
}

/// The usual form of a character that stands in full width.
pub(super) const fn half_width(sign: char) -> char {
    match sign {
        '\u{FF01}'..='\u{FF5E}' => match char::from_u32(sign as u32 - 0xFEE0) {
            Some(half) => half,
            None => sign,
        },
        '￥' => '¥',
        '\u{3000}' => ' ',
        '\u{2212}' | '\u{2010}'..='\u{2015}' | '\u{FE63}' => '-',
        '。' => '.',
        '、' => ',',
        sign => sign,
    }
}

/// A text without blanks and invisible signs at its ends, and without invisible signs inside.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    let ends = |sign: char| sign.is_whitespace() || is_invisible(sign);
    let bare = text.trim_matches(ends);
    if bare.is_ascii() || !bare.contains(is_invisible) {
        return Cow::Borrowed(bare);
    }
    let shown = bare.chars().filter(|sign| !is_invisible(*sign));
    Cow::Owned(shown.collect::<String>().trim().to_owned())
}

/// What is left of a word when case, width, blanks, punctuation and the form of its characters are put aside.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        let sign = simplified(half_width(sign));
        if sign.is_alphanumeric() {
            out.extend(sign.to_lowercase());
        }
    }
    out
}

/// The simplified form of a traditional character, for those that stand in headers and state words.
fn simplified(sign: char) -> char {
    if sign < '\u{4E00}' {
        return sign;
    }
    let mut pairs = TRADITIONAL.chars().zip(SIMPLIFIED.chars());
    pairs
        .find(|(traditional, _)| *traditional == sign)
        .map_or(sign, |(_, simple)| simple)
}

/// Traditional characters, each above its simplified form.
const TRADITIONAL: &str = "訂單號編碼務實際額總應價幣種狀態時間創關閉發貨業經買賣認對賬帳戶費貿訖約過處請審從運輸達遞簽銷門電話幾異敗無許記錄網頁銀聯餘購標題稱類產詳細數據備註優減計結場鋪後還給轉進個動確絕廣寶線現儲積點員會禮滿揀裝攬讓繳匯參見開啟為內別貼補損驗證條項樣體驛遲鎖週劃贖財";
const SIMPLIFIED: &str = "订单号编码务实际额总应价币种状态时间创关闭发货业经买卖认对账账户费贸讫约过处请审从运输达递签销门电话几异败无许记录网页银联余购标题称类产详细数据备注优减计结场铺后还给转进个动确绝广宝线现储积点员会礼满拣装揽让缴汇参见开启为内别贴补损验证条项样体驿迟锁周划赎财";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_fold_to_one() {
        for (word, same) in [
            ("Paid", "ＰＡＩＤ"),
            ("买家已付款，等待卖家发货", "買家已付款,等待賣家發貨"),
            ("wc-completed", "WC_COMPLETED"),
            ("已 发 货", "已发货\u{200B}"),
            ("WAIT_BUYER_PAY", "wait buyer pay"),
        ] {
            assert_eq!(folded(word), folded(same), "{word}");
        }
        assert_ne!(folded("已发货"), folded("未发货"));
    }

    #[test]
    fn each_traditional_character_has_one_simple_form() {
        assert_eq!(TRADITIONAL.chars().count(), SIMPLIFIED.chars().count());
        assert_eq!(folded("訂單編號"), "订单编号");
        assert_eq!(folded("實付金額"), "实付金额");
    }

    #[test]
    fn what_nobody_sees_is_taken_off() {
        for text in [
            "A1\u{A0}",
            "\u{200B}A1",
            "A1\u{3000}",
            "A\u{FEFF}1",
            "\u{202D}A1\u{202C}",
            "\tA1 \r\n",
        ] {
            assert_eq!(visible(text), "A1", "{text:?}");
        }
        assert_eq!(visible("A\u{A0}1"), "A\u{A0}1");
    }
}
