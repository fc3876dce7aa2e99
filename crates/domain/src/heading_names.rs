//! Which names of columns and fields say that personal data of customers stands below them.

/// What a name tells of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameContent {
    /// Nothing personal.
    Nothing,
    /// The customer's id at WeChat Pay.
    Openid,
    /// Something else that is personal.
    Personal,
}

const OPENIDS: [&str; 3] = ["openid", "unionid", "用户标识"];
/// Whole names.
const WHOLE: [&str; 17] = [
    "attach",
    "附加数据",
    "附加信息",
    "商户数据包",
    "数据包",
    "note",
    "notes",
    "noteattributes",
    "comment",
    "comments",
    "message",
    "username",
    "fullname",
    "firstname",
    "lastname",
    "买家",
    "客户",
];
/// Parts of names that are enough by themselves.
const PARTS: [&str; 34] = [
    "备注",
    "備註",
    "留言",
    "附言",
    "remark",
    "memo",
    "收货人",
    "收件人",
    "提货人",
    "收货信息",
    "联系人",
    "联系方式",
    "姓名",
    "昵称",
    "会员名",
    "手机",
    "电话",
    "地址",
    "邮箱",
    "身份证",
    "receiver",
    "consignee",
    "recipient",
    "phone",
    "mobile",
    "telephone",
    "address",
    "email",
    "nickname",
    "buyernick",
    "idcard",
    "buyermessage",
    "shippingname",
    "billingname",
];
/// Names of a person beside which one of the next words makes a personal column.
const PEOPLE: [&str; 9] = [
    "买家", "客户", "顾客", "用户", "会员", "buyer", "customer", "user", "member",
];
const OF_PEOPLE: [&str; 8] = [
    "名称", "账号", "帐号", "名", "id", "name", "account", "openid",
];
/// Words that make a name or an address the shop's own.
const OF_THE_SHOP: [&str; 3] = ["店铺", "门店", "商户"];
/// The bill's remark about a rate.
const ABOUT_A_RATE: &str = "费率备注";

/// What a name tells, whatever its letters, blanks and marks.
pub(crate) fn told_by(name: &str) -> NameContent {
    let name: String = name
        .chars()
        .filter(|sign| sign.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let has = |list: &[&str]| list.iter().any(|part| name.contains(part));
    if has(&OPENIDS) {
        return NameContent::Openid;
    }
    if WHOLE.contains(&name.as_str()) {
        return NameContent::Personal;
    }
    let is_remark = has(&["备注", "留言"]);
    if has(&OF_THE_SHOP) && !is_remark || name == ABOUT_A_RATE {
        return NameContent::Nothing;
    }
    let is_of_people = PEOPLE.iter().any(|person| {
        let rest = name.split_once(person).map(|(_, rest)| rest);
        rest.is_some_and(|rest| OF_PEOPLE.contains(&rest))
    });
    if has(&PARTS) || is_of_people {
        NameContent::Personal
    } else {
        NameContent::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_customers_are_told_from_names_of_everything_else() {
        for name in [
            "用户标识",
            "特约商户用户标识",
            "OpenID",
            "buyer_openid",
            "买家openid",
        ] {
            assert_eq!(told_by(name), NameContent::Openid, "{name}");
        }
        for name in [
            "商户数据包",
            "attach",
            "买家留言",
            "订单备注",
            "商家备注",
            "收货人姓名",
            "收货地址",
            "联系手机",
            "Shipping Name",
            "Shipping Phone",
            "Billing Address1",
            "Email",
            "Notes",
            "buyer_nick",
            "会员名称",
            "客户名称",
            "用户ID",
            "buyer id",
        ] {
            assert_eq!(told_by(name), NameContent::Personal, "{name}");
        }
        for name in [
            "商户订单号",
            "微信支付订单号",
            "订单号",
            "Name",
            "金额",
            "买家实付金额",
            "支付时间",
            "费率备注",
            "商品名称",
            "店铺名称",
            "商户名称",
            "门店地址",
            "付款银行",
            "订单状态",
            "Order ID",
            "会员优惠",
            "用户实付",
            "交易状态",
            "退款单号",
            "费率",
        ] {
            assert_eq!(told_by(name), NameContent::Nothing, "{name}");
        }
    }
}
