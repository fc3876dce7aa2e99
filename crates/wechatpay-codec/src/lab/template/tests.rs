//! Templates prefill, and tell what is wrong with a field.

use super::*;

fn now() -> Instant {
    Instant::parse_beijing("2026-03-08 10:00:00").unwrap()
}

fn profile() -> MerchantProfile {
    let mut profile = MerchantProfile::new("青禾", "1900009851");
    profile.appids.push("wx426b3015555a46be".to_owned());
    profile.notify_url = "https://pay.qinghe.cn/notify".to_owned();
    profile
}

fn wrong(template: Template, params: &Params) -> Vec<String> {
    check(template, params, now())
        .into_iter()
        .map(|p| p.field)
        .collect()
}

#[test]
fn a_prefilled_order_lacks_only_what_a_person_must_say() {
    let params = Template::OrderJsapi.prefill(&profile(), "n", now());
    assert_eq!(
        wrong(Template::OrderJsapi, &params),
        [
            "body",
            "out_trade_no",
            "total_fee",
            "spbill_create_ip",
            "openid"
        ]
    );
    let params = Template::OrderNative.prefill(&profile(), "n", now());
    assert!(wrong(Template::OrderNative, &params).contains(&"product_id".to_owned()));
}

#[test]
fn each_limit_is_told_at_its_field() {
    for (name, bad) in [
        ("total_fee", "19.90"),
        ("total_fee", "0"),
        ("out_trade_no", "A 1"),
        ("notify_url", "https://pay.qinghe.cn/n?x=1"),
        ("notify_url", "http://192.168.0.1/n"),
        ("time_expire", "2026-03-08 12:00:00"),
        ("time_expire", "20260308100100"),
        ("spbill_create_ip", "here"),
        ("body", " x"),
        ("scene_info", "{"),
    ] {
        let mut params = Template::OrderH5.prefill(&profile(), "n", now());
        for (field, good) in [
            ("body", "x"),
            ("out_trade_no", "QH1"),
            ("total_fee", "1"),
            ("spbill_create_ip", "1.2.3.4"),
            ("scene_info", "{}"),
        ] {
            params.set(field, good);
        }
        assert_eq!(wrong(Template::OrderH5, &params), Vec::<String>::new());
        params.set(name, bad);
        assert_eq!(wrong(Template::OrderH5, &params), [name], "{bad}");
    }
}

#[test]
fn a_query_needs_one_of_its_numbers() {
    let mut params = Template::OrderQuery.prefill(&profile(), "n", now());
    assert_eq!(wrong(Template::OrderQuery, &params), ["transaction_id"]);
    params.set("out_trade_no", "QH1");
    assert_eq!(wrong(Template::OrderQuery, &params), Vec::<String>::new());
}

#[test]
fn every_template_prefills_and_has_a_name() {
    for template in Template::ALL {
        assert!(!template.name().zh.is_empty());
        let names: Vec<_> = template.fields().iter().map(|f| f.name).collect();
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len(), "{template:?}");
    }
}
