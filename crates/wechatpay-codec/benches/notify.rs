//! Notifications of APIv3, verified and decrypted, against the bare RSA and AES-GCM primitives on the same bytes, in
//! turns on one thread. `cargo bench -p wechatpay-codec --bench notify`; the number of notifications may be given.

#![expect(clippy::unwrap_used, reason = "a bench that cannot start should stop")]
#![expect(clippy::print_stdout, reason = "it says what it measured")]

use std::hint::black_box;
use std::time::{Duration, Instant as Clock};

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use recondesk_domain::{Instant, Secret};
use wechatpay_codec::v3::notify::{Envelope, Opener, Subject};
use wechatpay_codec::v3::{PrivateKey, SignatureHeaders, VerifyKey, seal_resource, verify_message};

const NOW: i64 = 1_772_935_200;
const V3_KEY: &str = "0123456789abcdef0123456789abcdef";
const ID: &str = "PUB_KEY_ID_0114232134912410000000000000";
/// Different notifications that are gone through over and over.
const KINDS: usize = 500;

/// A notification as it comes over the wire, and the parts that the primitives work on.
struct SealedNotice {
    headers: SignatureHeaders,
    body: Vec<u8>,
    envelope: Envelope,
    message: Vec<u8>,
    signature: Vec<u8>,
    nonce: String,
    sealed: Vec<u8>,
}

fn notice(at: usize, key: &PrivateKey, v3_key: &Secret<String>) -> SealedNotice {
    let nonce = format!("{at:012}");
    let plain = format!(
        r#"{{"transaction_id":"42000027{at:020}","amount":{{"payer_total":1990,"total":1990,"currency":"CNY","payer_currency":"CNY"}},"mchid":"1900009851","trade_state":"SUCCESS","bank_type":"OTHERS","success_time":"2026-03-08T10:02:44+08:00","payer":{{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}},"out_trade_no":"QH{at:018}","appid":"wx426b3015555a46be","trade_state_desc":"支付成功","trade_type":"JSAPI","attach":"shop=12"}}"#
    );
    let ciphertext = seal_resource(plain.as_bytes(), &nonce, "transaction", v3_key).unwrap();
    let sealed = BASE64.decode(&ciphertext).unwrap();
    let body = format!(
        r#"{{"id":"{at:036}","create_time":"2026-03-08T10:02:45+08:00","resource_type":"encrypt-resource","event_type":"TRANSACTION.SUCCESS","summary":"支付成功","resource":{{"original_type":"transaction","algorithm":"AEAD_AES_256_GCM","ciphertext":"{ciphertext}","associated_data":"transaction","nonce":"{nonce}"}}}}"#
    )
    .into_bytes();
    let mut headers = SignatureHeaders {
        serial: ID.to_owned(),
        timestamp: NOW.to_string(),
        nonce: format!("{at:032}"),
        signature: String::new(),
    };
    let message = headers.message(&body);
    headers.signature = key.sign(&message);
    SealedNotice {
        signature: BASE64.decode(&headers.signature).unwrap(),
        headers,
        envelope: Envelope::read(&body).unwrap(),
        body,
        message,
        nonce,
        sealed,
    }
}

fn main() {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let count: usize = asked.unwrap_or(100_000);
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let key = PrivateKey::from_pkcs8(pair.as_der().unwrap().as_ref()).unwrap();
    let verifying: VerifyKey = key.verifying(ID).unwrap();
    let v3_key = Secret::new(V3_KEY.to_owned());
    let notices: Vec<SealedNotice> = (0..KINDS).map(|at| notice(at, &key, &v3_key)).collect();
    let public = pair.public_key().as_ref().to_vec();
    let parsed = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &public).unwrap();
    let cipher = Aes256Gcm::new_from_slice(V3_KEY.as_bytes()).unwrap();
    let keys = [verifying];
    let [mut ours, mut opened, mut bare] = [Duration::ZERO; 3];
    let mut done = 0;
    while done < count {
        let start = Clock::now();
        for notice in &notices {
            let opener = Opener {
                keys: &keys,
                v3_key: &v3_key,
                now: Instant::from_unix(NOW),
            };
            let read = opener.open(&notice.headers, &notice.body).unwrap();
            assert!(matches!(black_box(read).1, Subject::Transaction(_)));
        }
        ours += start.elapsed();
        let start = Clock::now();
        for notice in &notices {
            let now = Instant::from_unix(NOW);
            verify_message(&notice.headers, &notice.body, &keys, now).unwrap();
            black_box(notice.envelope.open(&v3_key).unwrap());
        }
        opened += start.elapsed();
        let start = Clock::now();
        for notice in &notices {
            parsed
                .verify_sig(&notice.message, &notice.signature)
                .unwrap();
            let nonce = Nonce::try_from(notice.nonce.as_bytes()).unwrap();
            let payload = Payload {
                msg: &notice.sealed,
                aad: b"transaction",
            };
            black_box(cipher.decrypt(&nonce, payload).unwrap());
        }
        bare += start.elapsed();
        done += notices.len();
    }
    let bare = bare.as_secs_f64();
    println!("{done} notifications: {bare:.2} s bare RSA and AES-GCM");
    for (what, took) in [
        ("verified and decrypted", opened),
        ("and read as well", ours),
    ] {
        let took = took.as_secs_f64();
        println!("{what}: {took:.2} s, ratio {:.3}", took / bare);
    }
}
