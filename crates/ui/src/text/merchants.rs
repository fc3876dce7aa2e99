//! Words of the Merchants screen and its form.

use super::{F, T};

words! {
    /// Merchants.
    Merchants {
        add: T = "新增商户…", "Add merchant...";
        new_title: T = "新增商户", "Add merchant";
        files_wait: F = |names| format!("保存后接着导入：{names}。密钥和规则以后再填。"), |names| format!("Imported once it is saved: {names}. Keys and rules can wait.");
        from_bill: T = "取自账单", "as in the bill";
        save_and_import: T = "保存并导入", "Save and import";
        basics: T = "基本", "Basics";
        keys: T = "密钥", "Keys";
        rules: T = "规则", "Rules";
        shop: T = "商城", "Shop";
        mappings: T = "映射", "Mappings";
        doctor: T = "体检", "Checks";
        shop_url: T = "商城地址", "Address of the shop";
        shop_url_help: T = "补发货时调用；https，本机可用 http", "called for reissues; https, or http of this computer";
        notify_url: T = "通知地址", "Notification address";
        notify_help: T = "商城接收支付通知的地址，补发时用（APIv2）", "where the shop takes payment notifications (APIv2)";
        read_only: T = "只读：从这里不退款，也不补发货", "Read-only: neither refunds nor reissues from here";
        read_only_help: T = "由数据库把关，终端同样不能", "kept by the database, for the terminal as well";
        mappings_none: T = "还没有保存列映射；导入订单时勾选“保存映射”就有", "No mapping is kept yet; an import of orders can keep one";
        mapping_name: T = "映射名称", "Name of the mapping";
        rename: T = "改名…", "Rename...";
        rename_do: T = "改名", "Rename";
        rename_title: F = |name| format!("改名 {name}"), |name| format!("Rename {name}");
        forget: T = "移除…", "Remove...";
        forget_title: F = |name| format!("移除映射 {name}？"), |name| format!("Remove mapping {name}?");
        forget_note: T = "已导入的订单不受影响；下次导入要重新选列。", "Imported orders stay; the next import asks for the columns again.";
        of_orders: T = "订单", "Orders";
        of_refunds: T = "退款", "Refunds";
        unreadable: T = "读不出来", "cannot be read";
        examine: T = "体检", "Check";
        examine_note: T = "看密钥、证书、时钟，并向微信支付提几个无害的问题", "Looks at keys, certificates and clock, and asks WeChat Pay some harmless questions";
        examined: F = |time| format!("{time} 查过"), |time| format!("checked {time}");
        shop_key: T = "商城接口密钥", "Key of the shop";
        needs_shop: T = "调用商城接口需要", "needed to call the shop";
        name: T = "名称", "Name";
        name_help: T = "列表和报表里显示", "shown in lists and reports";
        mch_id: T = "商户号", "Merchant number";
        mch_id_help: T = "8 到 10 位数字", "8 to 10 digits";
        appids: T = "appid", "appid";
        appids_help: T = "多个用逗号分开", "several separated by commas";
        sub_mch_ids: T = "特约商户号", "Sub-merchants";
        sub_help: T = "服务商模式才填", "service-provider mode only";
        api: T = "接口版本", "API version";
        sign: T = "签名算法", "Signature";
        gateway: T = "网关地址", "Gateway";
        gateway_help: T = "只接受 https，本机地址除外", "https only, except on this computer";
        cut_off: T = "切日窗（分钟）", "Cut-off window (minutes)";
        cut_off_help: T = "午夜前多少分钟内的单边先算在途", "single-sided rows this close to midnight wait in the pool";
        lookback: T = "回看（天）", "Lookback (days)";
        lookback_help: T = "未付订单多少天内仍参与对账", "how long an unpaid order stays a candidate";
        fulfil: T = "履约时限（分钟）", "Deliver within (minutes)";
        fulfil_help: T = "付款后超过此时仍未履约即为 P03", "later than this after payment is P03";
        rate: T = "合同费率（%）", "Contract rate (%)";
        rate_help: T = "留空则不核对费率", "leave empty not to check the rate";
        v2_key: T = "v2 API 密钥", "v2 API key";
        v3_key: T = "APIv3 密钥", "APIv3 key";
        client_cert: T = "商户证书", "Merchant certificate";
        client_key: T = "商户私钥", "Private key";
        platform_key: T = "微信支付公钥", "WeChat Pay public key";
        replace: T = "更换…", "Replace...";
        store: T = "存入…", "Store...";
        keep: T = "存入", "Store";
        none: T = "未存", "none";
        length: F = |n| format!("{n} 字节"), |n| format!("{n} bytes");
        locked: T = "已上锁", "locked";
        type_key: T = "粘贴密钥，存入后只显示圆点", "Paste the key; once stored only dots are shown";
        keys_note: T = "密钥只进系统密钥串或密封文件，不进数据库、日志和导出文件。", "Keys go to the system keychain or the sealed file, never into the database, logs or exports.";
        needs_v2: T = "下载 v2 账单需要", "needed to fetch v2 bills";
        needs_v3: T = "解密 v3 回调需要", "needed to decrypt v3 notifications";
        needs_pair: T = "v2 退款需要", "needed for v2 refunds";
        unsaved: T = "未保存", "unsaved";
        save: T = "保存", "Save";
        revert: T = "还原", "Revert";
        remove: T = "移除商户…", "Remove merchant...";
        remove_title: F = |name| format!("移除 {name}？"), |name| format!("Remove {name}?");
        remove_note: T = "移除商户和它的密钥。账单、订单、差错和历史仍保留在数据目录。", "Removes the merchant and its keys. Bills, orders, cases and history stay in the data folder.";
        remove_do: T = "移除", "Remove";
        ready: T = "可下载账单", "can fetch bills";
        files_only: T = "未存密钥，只用文件", "no key, files only";
        empty_title: T = "还没有商户", "No merchant yet";
        empty_note: T = "新增一家，存入密钥即可取账单", "Add one and store its key to fetch bills";
    }
}

words! {
    /// Why a field is refused.
    Problems {
        required: T = "必填", "required";
        name: T = "名称须为 1 到 128 字节，不含控制字符", "1 to 128 bytes, no control characters";
        mch_id: T = "商户号为 8 到 10 位数字", "8 to 10 digits";
        appid: T = "appid 只含字母和数字，最多 32 位", "letters and digits only, at most 32";
        gateway: T = "须为 https 地址；http 只用于本机", "an https address; http for this computer only";
        look_alike: T = "像微信支付的地址但不是，请核对拼写", "looks like WeChat Pay's address but is not: check the spelling";
        authority: T = "只有本机网关可以自带证书", "only a gateway on this computer may bring an authority";
        cut_off: T = "0 到 720 分钟", "0 to 720 minutes";
        lookback: T = "0 到 90 天", "0 to 90 days";
        fulfil: T = "填分钟数", "a number of minutes";
        tolerance: T = "容差为零或更大的金额", "an amount of zero or more";
        rate: T = "如 0.60，小于 100，最多四位小数", "such as 0.60, below 100, at most four decimals";
    }
}
