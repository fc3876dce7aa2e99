//! Codes, answers and log lines as they are pasted, and what is said of each.

use super::*;

#[test]
fn a_code_is_explained_for_each_call_that_means_something_else_by_it() {
    let closed = explain("ORDERCLOSED");
    assert_eq!(closed.len(), 2);
    assert!(closed.iter().all(|one| !one.words.zh.is_empty()));

    let sign = explain("SIGN_ERROR");
    assert_eq!(sign.len(), 1);
    assert_eq!(sign[0].mend_at, MendAt::Profile);
    assert!(sign[0].calls.is_empty());
    assert_eq!(explain("CERT_ERROR")[0].mend_at, MendAt::Certificate);
}

#[test]
fn a_request_id_tells_by_its_tail() {
    let found = explain("Request-ID: 08F7E2B10610-268443699");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].words.en, "signature error");
}

#[test]
fn error_bodies_are_read_as_what_they_are() {
    let body = "<xml><return_code>FAIL</return_code><return_msg>Bill Creating</return_msg><error_code>20002</error_code></xml>";
    assert!(
        explain(body)[0]
            .words
            .en
            .starts_with("The bill is being made")
    );
    let fail = "<xml><return_code>FAIL</return_code><return_msg>签名错误</return_msg></xml>";
    assert_eq!(explain(fail)[0].said, "签名错误");
}

#[test]
fn an_explanation_fits_the_text_beside_the_code() {
    let body = r#"{"code":"RESOURCE_NOT_EXISTS","message":"无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。"}"#;
    let found = explain(body);
    assert_eq!(found.len(), 1);
    assert!(found[0].words.en.contains("public key"), "{found:?}");
    let order = explain(r#"{"code":"RESOURCE_NOT_EXISTS","message":"订单不存在"}"#);
    assert!(!order[0].words.en.contains("public key"), "{order:?}");
}

#[test]
fn the_words_beside_a_code_are_weighed_whatever_the_message_is_written_in() {
    let xml = "<xml><return_code>SUCCESS</return_code><result_code>FAIL</result_code><err_code>PARAM_ERROR</err_code><err_code_des>appid and openid not match</err_code_des></xml>";
    let json = r#"{"code":"PARAM_ERROR","message":"appid和openid不匹配"}"#;
    for body in [xml, json] {
        let found = explain(body);
        assert_eq!(found.len(), 1, "{body}");
        assert_eq!(found[0].subject, "PARAM_ERROR");
        assert!(found[0].words.en.contains("Authorise anew"), "{found:?}");
    }
    let page = r#"{"err_msg":"get_brand_wcpay_request:fail"}"#;
    assert!(explain(page)[0].words.en.contains("check in this order"));
    assert!(
        explain("errCode -1")[0]
            .words
            .en
            .contains("signing certificate")
    );
}

#[test]
fn pages_of_proxies_and_the_tails_of_request_ids_are_known_for_what_they_are() {
    let page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
    assert!(
        explain(page)[0].words.en.contains("HTTP"),
        "{:?}",
        explain(page)
    );
    for id in ["08F7E2B10610-268443699", "268443699"] {
        assert_eq!(explain(id)[0].words.en, "signature error", "{id}");
    }
    for (text, part) in [
        (
            "error:0308010C:digital envelope routines::unsupported",
            "OpenSSL 3",
        ),
        (
            "javax.crypto.AEADBadTagException: Tag mismatch!",
            "APIv3 key",
        ),
        ("cipher: message authentication failed", "APIv3 key"),
        (
            "ENOENT: no such file or directory, open 'apiclient_key.pem'",
            "path",
        ),
    ] {
        assert!(explain(text)[0].words.en.contains(part), "{text}");
    }
}

#[test]
fn messages_of_other_programs_are_not_taken_for_codes() {
    let key = explain("error:0909006C:PEM routines:get_name:no start line");
    assert_eq!(key.len(), 1);
    assert!(key[0].words.en.contains("-----BEGIN"), "{key:?}");
    assert_eq!(explain("an error of ours, see the log"), []);
    assert_eq!(
        explain("the answer was SYSTEMERROR").len(),
        explain("SYSTEMERROR").len()
    );
}

#[test]
fn what_is_unknown_stays_unknown() {
    for text in [
        "",
        "{\"a\":1} {",
        "log line <xml> without an end",
        "WHAT_IS_THIS",
        "<html></html>",
        "{}",
        "<xml></xml>",
        "08F7-1",
        "你好",
    ] {
        assert_eq!(explain(text), [], "{text}");
    }
}

/// The first sentence in English, and how many explanations there are.
fn first(text: &str) -> (String, usize) {
    let found = explain(text);
    let words = found.first().map(|one| one.words.en.clone());
    (words.unwrap_or_default(), found.len())
}

#[test]
fn the_codes_of_payments_by_code_are_known_with_what_to_do() {
    for (code, part) in [
        ("AUTHCODEEXPIRE", "refresh it and scan again"),
        ("AUTH_CODE_ERROR", "scan again"),
        ("AUTH_CODE_INVALID", "18 digits"),
        ("BUYER_MISMATCH", "Another customer"),
        ("NOTSUPORTCARD", "another way to pay"),
        ("ORDERREVERSED", "was reversed"),
        ("REVERSE_EXPIRE", "refund instead"),
        ("USERPAYING", "no failure"),
        ("BANKERROR", "outcome unknown"),
    ] {
        let (words, count) = first(code);
        assert!(words.contains(part), "{code}: {words}");
        assert_eq!(count, 1, "{code}");
    }
}

#[test]
fn the_text_beside_a_code_decides_which_call_is_meant() {
    let refund = "{\"code\":\"NOT_ENOUGH\",\"message\":\"基本账户余额不足，请充值后重新发起\"}";
    let v2 = "<xml><return_code>SUCCESS</return_code><result_code>FAIL</result_code><err_code>NOTENOUGH</err_code><err_code_des>基本账户余额不足，请充值后重新发起</err_code_des></xml>";
    for body in [refund, v2] {
        assert!(
            first(body).0.contains("merchant's account"),
            "{:?}",
            first(body)
        );
    }
    for (body, part) in [
        (
            r#"{"code":"RESOURCE_NOT_EXISTS","message":"退款单不存在"}"#,
            "no such refund",
        ),
        (
            r#"{"code":"INVALID_REQUEST","message":"订单已全额退款"}"#,
            "refunded in full",
        ),
        (
            r#"{"code":"INVALID_REQUEST","message":"退款请求不合规则"}"#,
            "repeating will not help",
        ),
        (
            r#"{"code":"PARAM_ERROR","message":"appid与openid不匹配"}"#,
            "Authorise anew",
        ),
        (
            r#"{"code":"SIGN_ERROR","message":"商户证书序列号有误。请使用签名私钥匹配的证书序列号","detail":{"field":"serial_no","location":"authorization"}}"#,
            "serial_no",
        ),
        (
            r#"{"code":"SIGN_ERROR","message":"?","detail":{"field":"timestamp","location":"authorization"}}"#,
            "5 minutes",
        ),
        (
            r#"{"code":"PARAM_ERROR","message":"?","detail":{"location":"body","field":"/amount/total","value":"100","issue":"需要整数"}}"#,
            "/amount/total",
        ),
        (
            r#"2026-03-08 ERROR 401 {"code":"SIGN_ERROR","message":"Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"}"#,
            "5 minutes",
        ),
        (
            r#"body="{\"code\":\"SIGN_ERROR\",\"message\":\"时间不得超过5分钟\"}" status=401"#,
            "5 minutes",
        ),
        (
            "12:00 wx answered <xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[certificate not match]]></return_msg></xml> in 3 ms",
            "another merchant",
        ),
    ] {
        let (words, count) = first(body);
        assert!(words.contains(part), "{body}: {words}");
        assert!(count >= 1);
    }
}

#[test]
fn texts_without_a_code_are_known() {
    for (text, part) in [
        ("201 商户订单号重复", "sent again"),
        ("No Bill Exist", "no bill"),
        ("NO Bill Exist", "no bill"),
        ("Bill Creating", "being made"),
        ("invalid bill_type", "ALL"),
        ("invalid bill_date", "yyyyMMdd"),
        ("data format error", "XML"),
        ("missing parameter", "missing or empty"),
        ("nonce_str too long", "32"),
        ("Only GZIP supported", "GZIP"),
        ("CompressGZip Error", "compress"),
        ("400 No required SSL certificate was sent", "mutual TLS"),
        ("400 The SSL certificate error", "mutual TLS"),
        (
            "<html><head><title>400 No required SSL certificate was sent</title></head><body>nginx</body></html>",
            "mutual TLS",
        ),
        ("订单已全额退款", "refunded in full"),
        ("基本账户余额不足，请充值后重新发起", "top up"),
        ("参数格式校验错误", "whole numbers of fen"),
        ("mch_id参数格式错误", "wrong form"),
        (
            "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。",
            "public key",
        ),
        ("error:1E08010C:DECODER routines::unsupported", "OpenSSL 3"),
        (
            "X509_check_private_key:key values mismatch",
            "belong together",
        ),
        (
            "curl: (58) unable to set private key file: 'apiclient_key.pem' type PEM",
            "curl",
        ),
        (
            "curl: (35) error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure",
            "handshake",
        ),
        (
            "PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException",
            "Java",
        ),
        ("cryptography.exceptions.InvalidTag", "APIv3 key"),
        ("支付签名验证失败", "front end"),
        ("缺少参数appId", "missing or empty"),
    ] {
        let (words, _) = first(text);
        assert!(words.contains(part), "{text}: {words}");
    }
}

#[test]
fn the_text_beside_a_code_wins_over_what_the_code_alone_says() {
    for (body, part) in [
        (
            r#"{"code":"NO_AUTH","message":"此商家的收款功能已被限制，暂无法支付。"}"#,
            "restricts the collection",
        ),
        (
            r#"{"code":"NO_AUTH","message":"请求IP不在白名单"}"#,
            "outgoing IP",
        ),
        (
            r#"{"code":"INVALID_REQUEST","message":"HTTP头Wechatpay-Serial错误"}"#,
            "PUB_KEY_ID_",
        ),
        (
            r#"{"code":"INVALID_REQUEST","message":"Http头缺少Accept或User-Agent"}"#,
            "User-Agent",
        ),
        (
            r#"{"code":"INVALID_REQUEST","message":"受理关单失败，订单已支付"}"#,
            "cannot be closed",
        ),
        (
            r#"{"code":"NO_AUTH","message":"特约子商户商户号未授权服务商的产品权限"}"#,
            "sub-merchant",
        ),
        (
            "<xml><return_code>SUCCESS</return_code><result_code>FAIL</result_code><err_code>NOAUTH</err_code><err_code_des>商户收款受限</err_code_des></xml>",
            "restricts the collection",
        ),
    ] {
        let (words, count) = first(body);
        assert!(words.contains(part), "{body}: {words}");
        assert_eq!(count, 1, "{body}: nothing else beside it");
    }
    // What the words do not narrow down stays with the code.
    let plain = first(r#"{"code":"NO_AUTH","message":"商户号该产品权限未开通"}"#);
    assert!(plain.0.contains("lacks this product"), "{plain:?}");
}

#[test]
fn the_request_id_of_a_log_line_is_read_beside_the_answer() {
    let line = "ServiceException: Wrong HttpStatusCode[403]\nhttpResponseBody[{\"code\":\"NO_AUTH\",\"message\":\"?\"}] Request-ID[08B6C2A6-268448010]";
    let found = explain(line);
    let last = found.last().unwrap();
    assert_eq!(last.words.en, "collection restricted");
    assert_eq!(last.subject, "08B6C2A6-268448010");
}

#[test]
fn an_error_of_the_runtime_is_not_told_as_another_one() {
    for (text, part, not) in [
        (
            "javax.net.ssl.SSLHandshakeException: PKIX path building failed",
            "does not trust",
            "merchant certificate",
        ),
        (
            "java.security.InvalidKeyException: Illegal key size",
            "AES",
            "apiclient_key.pem",
        ),
        (
            "error:0A00018F:SSL routines::ee key too small",
            "security level",
            "TLS 1.2",
        ),
        (
            "ValidationException: Validate response failed, the WechatPay signature is incorrect. Request-ID[08B6-268435462]",
            "verify v3",
            "sign_type",
        ),
        ("UnknownHostException: api.mch.weixin.qq.com", "DNS", "TLS"),
        (
            "curl: (6) Could not resolve host: api.mch.weixin.qq.com",
            "DNS",
            "TLS",
        ),
        (
            r#"{"errcode":40029,"errmsg":"invalid code"}"#,
            "login interface",
            "key",
        ),
    ] {
        let (words, count) = first(text);
        assert!(words.contains(part), "{text}: {words}");
        assert!(!words.contains(not), "{text}: {words}");
        assert_eq!(count, 1, "{text}");
    }
    assert_eq!(explain(r#"{"errcode":0,"errmsg":"ok"}"#), []);
}
