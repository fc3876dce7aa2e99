//! Signatures a second on one core, and a whole search for a mistake that is not there.

#![expect(clippy::unwrap_used, reason = "a bench that cannot start should stop")]

use std::hint::black_box;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use md5::{Digest as _, Md5};
use recondesk::domain::{Secret, SignType};
use recondesk::wechat::Params;
use recondesk::wechat::lab::explain::{KeyCandidate, QuestionV2, explain_v2, unwatched};
use recondesk::wechat::v2::{canonical, sign, verify};
use recondesk::wechat::v3::{PrivateKey, RequestParts, authorize, request_message};

fn message() -> Params {
    [
        ("appid", "wx426b3015555a46be"),
        ("mch_id", "1900009851"),
        ("nonce_str", "8VMExX7gt3imLgbM8VMExX7gt3imLgbM"),
        ("body", "青禾水果 礼盒"),
        ("attach", "shop=12"),
        ("out_trade_no", "QH260308100244120077"),
        ("total_fee", "1990"),
        ("spbill_create_ip", "123.12.12.123"),
        ("time_expire", "20260308103244"),
        ("notify_url", "https://pay.qinghe.cn/notify"),
        ("trade_type", "JSAPI"),
        ("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"),
    ]
    .into_iter()
    .collect()
}

fn v2(c: &mut Criterion) {
    let key = Secret::new("192006250b4c09247ec02edce69f6a2d".to_owned());
    let params = message();
    let mut signed = params.clone();
    signed.push("sign", sign(&params, &key, SignType::Md5));
    let mut group = c.benchmark_group("v2");
    group.throughput(Throughput::Elements(1));
    // The bare digest over the finished string: what signing can at best cost.
    let text = format!("{}&key={}", canonical(&params), key.expose());
    group.bench_function("bare_md5", |b| b.iter(|| Md5::digest(black_box(&text))));
    group.bench_function("sign_md5", |b| {
        b.iter(|| sign(black_box(&params), &key, SignType::Md5));
    });
    group.bench_function("sign_hmac_sha256", |b| {
        b.iter(|| sign(black_box(&params), &key, SignType::HmacSha256));
    });
    group.bench_function("verify_md5", |b| {
        b.iter(|| verify(black_box(&signed), &key, SignType::Md5).unwrap());
    });
    group.finish();
}

fn v3(c: &mut Criterion) {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let key = PrivateKey::from_pkcs8(der.as_ref()).unwrap();
    let parts = RequestParts {
        method: "POST",
        target: "/v3/pay/transactions/jsapi",
        timestamp: "1554208460",
        nonce: "593BEC0C930BF1AFEB40B4A08C8FB242",
        body: br#"{"appid":"wxd678efh567hg6787","mchid":"1900007291","amount":{"total":100,"currency":"CNY"}}"#,
    };
    let text = request_message(&parts);
    let mut room = vec![0; pair.public_modulus_len()];
    let random = SystemRandom::new();
    let mut group = c.benchmark_group("v3");
    group.throughput(Throughput::Elements(1));
    group.bench_function("bare_rsa", |b| {
        b.iter(|| {
            pair.sign(&RSA_PKCS1_SHA256, &random, black_box(&text), &mut room)
                .unwrap();
        });
    });
    group.bench_function("authorize", |b| {
        b.iter(|| authorize(black_box(&parts), "1900007291", "408B07E7", &key).header());
    });
    group.finish();
}

fn search(c: &mut Criterion) {
    let question = QuestionV2 {
        message: message(),
        given: "00112233445566778899AABBCCDDEEFF".to_owned(),
        keys: vec![KeyCandidate {
            name: "a".to_owned(),
            key: Secret::new("192006250b4c09247ec02edce69f6a2d".to_owned()),
        }],
        sign_type: SignType::Md5,
        signed_text: None,
        seen: Vec::new(),
    };
    let mut group = c.benchmark_group("explain");
    group.sample_size(10);
    group.bench_function("v2_nothing_found", |b| {
        b.iter(|| explain_v2(black_box(&question), &unwatched));
    });
    group.finish();
}

criterion_group!(benches, v2, v3, search);
criterion_main!(benches);
