//! Words of the Signature screen.

use super::{F, F2, T};

words! {
    /// Signature.
    Signature {
        tabs: [T; 5] = ["生成", "验证", "为何不同", "前端参数", "解密"], ["Sign", "Verify", "Why different", "Front end", "Decrypt"];
        paste: T = "粘贴识别", "Paste and take apart";
        self_test: T = "自检", "Self-test";
        endpoint: T = "接口", "Endpoint";
        algorithm: T = "算法", "Algorithm";
        key: T = "密钥", "Key";
        key_source: T = "密钥来源", "Key source";
        typed_key: T = "输入密钥", "Type a key";
        key_hint: T = "粘贴密钥，用后即擦除", "Paste the key; wiped after use";
        fields: T = "字段", "Fields";
        fields_note: F2 = |all, dropped| format!("{all} 项，{dropped} 项不参与签名"), |all, dropped| format!("{all}, {dropped} not signed");
        dropped: T = "空，不参与", "empty, dropped";
        new_field: T = "添加字段名", "add a field";
        add: T = "添加", "Add";
        given: T = "对方算出的签名", "The signature you got";
        given_hint: T = "MD5 32 位，HMAC 64 位，或 v3 Base64", "32 or 64 hex digits, or v3 Base64";
        other_side: T = "对方的待签串或 401 应答", "Their string, or the 401 answer";
        optional: T = "有则更准", "makes it surer";
        find: T = "查原因", "Find the reason";
        sign: T = "签名", "Sign";
        verify: T = "验证", "Verify";
        make: T = "生成参数", "Make the set";
        decrypt: T = "解密", "Decrypt";
        clear: T = "清空", "Clear";
        apply: T = "改到左侧", "Apply on the left";
        reason: T = "原因：", "Reason: ";
        right: T = "签名是对的", "The signature is right";
        equal: T = "改后签名完全相符", "equal with this change";
        tried: F = |n| format!("试过 {n} 种改法"), |n| format!("{n} changes tried");
        took: F = |ms| format!("用时 {ms} 毫秒"), |ms| format!("{ms} ms");
        unexplained: F = |n| format!("试过 {n} 种改法，都不成立"), |n| format!("None of {n} changes explains it");
        stopped: F = |n| format!("已停止，试过 {n} 种改法"), |n| format!("Stopped after {n} changes");
        trying: F2 = |n, all| format!("正在试改法 {n} / {all}"), |n, all| format!("Trying changes {n} / {all}");
        difference: T = "差异", "Difference";
        difference_note: T = "待签字符串，逐字节", "string to sign, byte by byte";
        byte: F = |n| format!("第 {n} 字节"), |n| format!("byte {n}");
        nth_of: F2 = |n, all| format!("{n} / {all}  F8"), |n, all| format!("{n} / {all}  F8");
        same_string: T = "待签字符串相同，差别在密钥、算法或写法", "The strings are equal; key, algorithm or form differ";
        theirs: T = "对方", "Yours";
        correct: T = "正确", "Correct";
        server: T = "微信支付", "WeChat Pay";
        ours: T = "本机", "Ours";
        steps: T = "步骤", "Steps";
        take: T = "取字段", "Take fields";
        sort: T = "排序", "Sort";
        join: T = "拼接", "Join";
        add_key: T = "加密钥", "Add key";
        by_name: T = "按字段名 ASCII 升序", "by name, ASCII";
        none_dropped: F = |n| format!("{n} 项，全部参与签名"), |n| format!("{n}, all signed");
        some_dropped: fn(&str, &str, &str) -> String = |all, names, left| format!("{all} 项，去掉 {names}，余 {left} 项"), |all, names, left| format!("{all}, less {names}: {left}");
        xml: T = "报文 XML", "XML to send";
        curl: T = "cURL 命令", "cURL command";
        header: T = "Authorization 头", "Authorization header";
        message: T = "五行待签串", "Five lines to sign";
        odd_key: T = "密钥不是 32 字节", "the key does not have 32 bytes";
        empty: T = "填好左侧，或粘贴 XML、JSON、cURL", "Fill in the left, or paste XML, JSON, cURL";
        empty_note: T = "字段、密钥和签名只在本机计算", "Everything is computed on this computer";
        paste_title: T = "粘贴报文", "Paste a message";
        paste_note: T = "XML、JSON、k=v、cURL、HTTP 报文；其中的密钥会去掉", "XML, JSON, k=v, cURL, HTTP; a key in it is taken out";
        paste_deed: T = "识别", "Take apart";
        text: T = "报文", "Message";
        verify_hint: T = "粘贴带签名的 XML、通知，或带 Wechatpay- 头的 HTTP 报文", "Paste signed XML, a notification, or HTTP with Wechatpay- headers";
        decrypt_hint: T = "粘贴退款通知 XML、req_info，或 v3 通知 JSON", "Paste a refund notification, req_info, or v3 JSON";
        fits: F2 = |name, kind| format!("签名有效：{name} {kind}"), |name, kind| format!("Valid: {name} {kind}");
        keys_tried: F = |n| format!("试过 {n} 把密钥、两种算法"), |n| format!("{n} keys, both algorithms tried");
        reply: T = "微信支付期待的应答", "The reply WeChat Pay expects";
        prepay: T = "prepay_id", "prepay_id";
        appid: T = "appid", "appid";
        appid_hint: T = "不填则用商户的第一个", "empty: the merchant's first";
        method: T = "签名方式", "Signed with";
        never_proof: T = "前端的成功不是付款凭据，以查单为准", "A front end's ok proves nothing; query the order";
        plain: T = "明文", "Plain text";
        checks: F2 = |ok, all| format!("自检 {ok} / {all} 通过"), |ok, all| format!("self-test {ok} / {all} passed");
        skipped: F = |n| format!("另有 {n} 条无法核实，跳过"), |n| format!("{n} more cannot be verified and are skipped");
        v3_note: T = "APIv3 报文", "APIv3 message";
        status_sign: T = "Ctrl Enter 签名", "Ctrl Enter sign";
        status_copy: T = "Ctrl Shift C 复制结果", "Ctrl Shift C copy result";
        status_key: T = "密钥不进剪贴板", "keys never copied";
        cut: T = "只画前 64 kB，签名覆盖全文", "only 64 kB are drawn; the signature covers all of it";
    }
}
