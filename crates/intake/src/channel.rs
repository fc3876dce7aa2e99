//! Whose payment a row is: the words by which shops call means of payment, and the numbers that means give.

use super::ChannelOwner;
use super::fold::folded;

/// Parts of words that mean WeChat Pay.
const WECHAT: [&str; 12] = [
    "微信",
    "wechat",
    "weixin",
    "wxpay",
    "财付通",
    "tenpay",
    "公众号支付",
    "wxjsapi",
    "wxpub",
    "wxlite",
    "wxapp",
    "wxnative",
];
/// Whole words that mean it: names of its own products.
const PRODUCTS: [&str; 6] = ["jsapi", "native", "mweb", "micropay", "wx", "wxh5"];
/// Parts of words that mean another means of payment.
const OTHER: [&str; 82] = [
    "支付宝",
    "alipay",
    "zhifubao",
    "余额",
    "balance",
    "货到付款",
    "cashondelivery",
    "现金",
    "银行卡",
    "银联",
    "unionpay",
    "云闪付",
    "信用卡",
    "creditcard",
    "debitcard",
    "储蓄卡",
    "paypal",
    "stripe",
    "applepay",
    "googlepay",
    "samsungpay",
    "klarna",
    "京东",
    "jdpay",
    "qq钱包",
    "qqpay",
    "qqwallet",
    "花呗",
    "抖音支付",
    "抖音月付",
    "douyinpay",
    "百度",
    "baidu",
    "储值",
    "会员卡",
    "礼品卡",
    "giftcard",
    "购物卡",
    "积分",
    "points",
    "优惠券",
    "优惠",
    "红包",
    "代金券",
    "卡券",
    "coupon",
    "线下",
    "offline",
    "对公",
    "转账",
    "转帐",
    "banktransfer",
    "wiretransfer",
    "银行汇款",
    "汇款",
    "支票",
    "cheque",
    "checkmoneyorder",
    "挂账",
    "赊账",
    "月结",
    "预存",
    "预付",
    "白条",
    "分期",
    "数字人民币",
    "ecny",
    "美团",
    "免费",
    "free",
    "零元",
    "0元",
    "zerosubtotal",
    "无需支付",
    "兑换",
    "刷卡",
    "快手支付",
    "多多钱包",
    "招行",
    "拉卡拉刷卡",
    "储蓄",
    "钱包",
];
/// Whole words of others that are too short to be looked for inside words.
const OTHER_WORDS: [&str; 10] = [
    "cod",
    "cash",
    "bacs",
    "ali",
    "bank",
    "card",
    "free",
    "wallet",
    "purchaseorder",
    "check",
];
/// What makes the sum smaller and is paid by nobody.
const DISCOUNTS: [&str; 9] = [
    "积分",
    "points",
    "优惠券",
    "优惠",
    "红包",
    "代金券",
    "卡券",
    "coupon",
    "兑换",
];
/// Words that say that it is not WeChat Pay.
const NOT_WECHAT: [&str; 7] = [
    "非微信",
    "不是微信",
    "除微信",
    "nonwechat",
    "notwechat",
    "nonweixin",
    "notweixin",
];
/// Words of what a merchant is paid with in WeChat beside WeChat Pay: no bill has such a payment.
const PERSONAL: [&str; 12] = [
    "红包",
    "转账",
    "转帐",
    "个人",
    "私人",
    "好友",
    "亲属",
    "redpacket",
    "luckymoney",
    "transfer",
    "personal",
    "赞赏",
];
/// Words of WeChat Pay as a merchant's means of payment, whatever stands beside them.
const OF_MERCHANTS: [&str; 4] = ["微信支付", "wechatpay", "weixinpay", "wxpay"];
/// A code on the counter: a merchant's or a person's, the word does not say.
const CODES: [&str; 3] = ["收款码", "收钱码", "二维码收款"];
/// Words of orders that were not paid at all, or of which the shop does not say.
const NOBODY: [&str; 8] = [
    "未支付",
    "未付款",
    "待付款",
    "待支付",
    "未知",
    "unknown",
    "其他",
    "其它",
];

/// Parts of words by which lists of refunds say no more than that the money goes back the way it came, or what kind of
/// return it is.
const WAYS_BACK: [&str; 12] = [
    "原路",
    "退回原",
    "原支付",
    "原渠道",
    "仅退款",
    "退货退款",
    "退款退货",
    "换货",
    "自动退款",
    "手动退款",
    "全额退款",
    "部分退款",
];

/// True for a word in a list of refunds that names no means of payment.
pub(super) fn is_way_back(word: &str) -> bool {
    let word = folded(word);
    WAYS_BACK.iter().any(|way| word.contains(way))
}

/// Whose a word of a channel column is; `None` where shops mean different things by it.
pub(super) fn owner_of(word: &str) -> Option<ChannelOwner> {
    let has_several = word.contains(['+', '＋', '&', '、', ';', '；', '，', ',', '/']);
    let word = folded(word);
    if NOBODY.iter().take(4).any(|nobody| *nobody == word) {
        return Some(ChannelOwner::Wechat);
    }
    if NOBODY.contains(&word.as_str()) {
        return None;
    }
    let has = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
    if let Some(denied) = NOT_WECHAT.iter().find(|denied| word.contains(*denied)) {
        // 微信支付（非微信） says both.
        let rest = word.replace(denied, "");
        let says_both = WECHAT.iter().any(|part| rest.contains(part));
        return (!says_both).then_some(ChannelOwner::Other);
    }
    if has(&WECHAT) && !has(&OF_MERCHANTS) {
        if has(&PERSONAL) {
            return Some(ChannelOwner::Other);
        }
        if has(&CODES) {
            return None;
        }
    }
    let is_wechat = has(&WECHAT) || PRODUCTS.contains(&word.as_str());
    let is_other = has(&OTHER) || OTHER_WORDS.contains(&word.as_str()) || word.starts_with("ali");
    // 微信/支付宝 is either of them; of 微信+余额 only a part came by WeChat Pay, and the row does not say which.
    let is_paid_too = |part: &str| word.contains(part) && !DISCOUNTS.contains(&part);
    let is_either =
        has(&["支付宝", "alipay"]) || has_several && OTHER.iter().any(|part| is_paid_too(part));
    match (is_wechat, is_other) {
        (true, true) if is_either => None,
        (true, _) => Some(ChannelOwner::Wechat),
        (false, true) => Some(ChannelOwner::Other),
        (false, false) => None,
    }
}

/// True for a word of several means of payment, WeChat Pay among them: the sum beside it is not WeChat Pay's alone.
#[must_use]
pub fn is_mixed_means(word: &str) -> bool {
    let text = folded(word);
    let has = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    has(&WECHAT) && has(&OTHER) && owner_of(word).is_none()
}

/// Whose a payment with this number is: 微信支付 numbers have 28 digits and begin with 4200, or with 100 and 400 before
/// 2017; those of 支付宝 begin with the day and 22001.
pub(super) fn owner_of_number(number: &[u8]) -> Option<ChannelOwner> {
    if number.len() != 28 || !number.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if number.starts_with(b"4200") || number.starts_with(b"100") || number.starts_with(b"400") {
        return Some(ChannelOwner::Wechat);
    }
    let is_day = number.starts_with(b"20") && number.get(8..13) == Some(b"22001");
    is_day.then_some(ChannelOwner::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_of_payment_are_told_apart() {
        for word in [
            "微信支付",
            "微信",
            "WeChat Pay",
            "WECHAT",
            "weixin",
            "wxpay",
            "wx_pub",
            "微信支付-小程序",
            "JSAPI",
            "微信+优惠券",
            "微信支付 & 积分",
            "wechat_jsapi",
            "微信安全支付-代销",
            "Weixin Pay",
            "財付通",
            "ＷｅＣｈａｔ",
            "未付款",
        ] {
            assert_eq!(owner_of(word), Some(ChannelOwner::Wechat), "{word}");
        }
        for word in [
            "支付宝",
            "Alipay",
            "余额支付",
            "货到付款",
            "COD",
            "优惠券全额抵扣",
            "银行卡",
            "PayPal",
            "Cash on delivery",
            "Check / Money order",
            "Bank transfer",
            "会员卡支付",
            "对公转账",
            "QQ钱包",
            "Credit Card (Stripe)",
            "0元购",
            "现金",
            "非微信支付",
            "Non-WeChat",
            "微信红包",
            "微信转账",
            "微信个人收款码",
            "WeChat transfer",
        ] {
            assert_eq!(owner_of(word), Some(ChannelOwner::Other), "{word}");
        }
        for word in [
            "在线支付",
            "微信/支付宝",
            "微信支付+余额",
            "Gift Card + WeChat Pay",
            "1",
            "线上",
            "聚合支付",
            "其他",
            "微信支付（非微信）",
            "微信收款码",
        ] {
            assert_eq!(owner_of(word), None, "{word}");
        }
    }

    #[test]
    fn numbers_say_whose_they_are() {
        assert_eq!(
            owner_of_number(b"4200002781202603087745300001"),
            Some(ChannelOwner::Wechat)
        );
        assert_eq!(
            owner_of_number(b"2026030822001412345678901234"),
            Some(ChannelOwner::Other)
        );
        assert_eq!(owner_of_number(b"2026030810024412345678901234"), None);
        assert_eq!(owner_of_number(b"A20260308001"), None);
    }
}
