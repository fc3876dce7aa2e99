//! Names of columns and totals in traditional characters, as merchants of Hong Kong, Macao and Taiwan have them.

use std::borrow::Cow;

/// Traditional characters of those names, each with its simplified form.
const FORMS: [(char, char); 38] = [
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
    ('請', '请'),
    ('還', '还'),
    ('減', '减'),
    ('優', '优'),
    ('紅', '红'),
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
    use crate::bill::BillColumn;

    /// Every name that a bill may have, in traditional characters, beside the simplified one.
    const NAMES: &str = "\
        交易時間=交易时间 公眾賬號ID=公众账号ID 公眾帳號ID=公众账号ID 服務商的APPID=服务商的APPID 商戶號=商户号 \
        特約商戶號=特约商户号 子商戶號=子商户号 設備號=设备号 微信訂單號=微信订单号 商戶訂單號=商户订单号 \
        用戶標識=用户标识 交易類型=交易类型 交易狀態=交易状态 付款銀行=付款银行 貨幣種類=货币种类 \
        應結訂單金額=应结订单金额 總金額=总金额 代金券金額=代金券金额 代金券或立減優惠金額=代金券或立减优惠金额 \
        企業紅包金額=企业红包金额 退款申請時間=退款申请时间 退款成功時間=退款成功时间 微信退款單號=微信退款单号 \
        商戶退款單號=商户退款单号 退款金額=退款金额 充值券退款金額=充值券退款金额 \
        代金券或立減優惠退款金額=代金券或立减优惠退款金额 企業紅包退款金額=企业红包退款金额 退款類型=退款类型 \
        退款狀態=退款状态 商品名稱=商品名称 商戶數據包=商户数据包 手續費=手续费 返還手續費=返还手续费 費率=费率 \
        訂單金額=订单金额 申請退款金額=申请退款金额 費率備註=费率备注 費率備注=费率备注 總交易單數=总交易单数 \
        應結訂單總金額=应结订单总金额 總交易額=总交易额 退款總金額=退款总金额 總退款金額=总退款金额 \
        充值券退款總金額=充值券退款总金额 總企業紅包退款金額=总企业红包退款金额 手續費總金額=手续费总金额 \
        返還手續費總金額=返还手续费总金额 訂單總金額=订单总金额 申請退款總金額=申请退款总金额";

    #[test]
    fn traditional_names_become_simplified_ones() {
        let mut known = Vec::new();
        for pair in NAMES.split_whitespace() {
            let (traditional, simple) = pair.split_once('=').unwrap_or_default();
            assert_eq!(simplified(traditional), simple);
            assert!(matches!(simplified(simple), Cow::Borrowed(_)));
            known.push(simple);
        }
        for name in BillColumn::ALL.into_iter().flat_map(BillColumn::names) {
            assert!(known.contains(name), "{name} has no traditional form here");
        }
    }
}
