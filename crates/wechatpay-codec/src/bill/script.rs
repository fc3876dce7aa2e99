//! Names of columns and totals in traditional characters, as merchants of Hong Kong, Macao and Taiwan have them.

use std::borrow::Cow;

/// Traditional characters of those names, each with its simplified form.
const FORMS: [(char, char); 33] = [
    ('時', '时'),
    ('間', '间'),
    ('眾', '众'),
    ('賬', '账'),
    ('帳', '账'),
    ('號', '号'),
    ('戶', '户'),
    ('約', '约'),
    ('設', '设'),
    ('備', '备'),
    ('訂', '订'),
    ('單', '单'),
    ('標', '标'),
    ('識', '识'),
    ('類', '类'),
    ('狀', '状'),
    ('態', '态'),
    ('銀', '银'),
    ('貨', '货'),
    ('幣', '币'),
    ('種', '种'),
    ('應', '应'),
    ('結', '结'),
    ('額', '额'),
    ('稱', '称'),
    ('數', '数'),
    ('據', '据'),
    ('續', '续'),
    ('費', '费'),
    ('註', '注'),
    ('總', '总'),
    ('務', '务'),
    ('業', '业'),
];

/// A name in simplified characters.
pub(super) fn simplified(name: &str) -> Cow<'_, str> {
    let form = |sign: char| {
        FORMS
            .iter()
            .find(|(traditional, _)| *traditional == sign)
            .map(|(_, simple)| *simple)
    };
    if name.chars().all(|sign| form(sign).is_none()) {
        return Cow::Borrowed(name);
    }
    let simple: String = name
        .chars()
        .map(|sign| form(sign).unwrap_or(sign))
        .collect();
    Cow::Owned(simple)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traditional_names_become_simplified_ones() {
        assert_eq!(simplified("應結訂單金額"), "应结订单金额");
        assert_eq!(simplified("總交易單數"), "总交易单数");
        assert!(matches!(simplified("商户订单号"), Cow::Borrowed(_)));
    }
}
