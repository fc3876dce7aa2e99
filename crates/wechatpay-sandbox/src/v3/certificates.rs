//! 下载平台证书: sealed with the merchant's APIv3 key; old and new ones stand side by side during a roll-over.

use serde_json::{Value, json};

use super::{V3Call, V3Refused, V3Reply, V3Result};
use crate::rules::{AnswerKey, CertificateRoll};
use wechatpay_codec::v3::{AEAD, Certificate, seal_resource};

pub(crate) fn list(call: &V3Call<'_>) -> V3Result {
    let rules = call.shared.rules();
    if rules.answer_key == AnswerKey::PublicKey {
        return Err(V3Refused::new(
            404,
            "RESOURCE_NOT_EXISTS",
            "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。可查看指引https://pay.weixin.qq.com/doc/v3/merchant/4012153196",
        ));
    }
    let keys = &call.shared.platform;
    let listed = match rules.certificate_roll {
        CertificateRoll::Old => vec![&keys.old],
        CertificateRoll::Published | CertificateRoll::Phased => vec![&keys.old, &keys.new],
        CertificateRoll::New => vec![&keys.new],
    };
    let mut data: Vec<Value> = Vec::new();
    for key in listed {
        let nonce = call.shared.with_numbers(|numbers| numbers.letters(12));
        let sealed = seal_resource(
            key.pem.as_bytes(),
            &nonce,
            "certificate",
            &call.merchant.v3_key,
        );
        let certificate = Certificate::from_pem(&key.pem);
        let (Ok(ciphertext), Ok(certificate)) = (sealed, certificate) else {
            return Err(V3Refused::system());
        };
        data.push(json!({
            "serial_no": key.id,
            "effective_time": certificate.not_before.rfc3339(),
            "expire_time": certificate.not_after.rfc3339(),
            "encrypt_certificate": {
                "algorithm": AEAD, "nonce": nonce,
                "associated_data": "certificate", "ciphertext": ciphertext,
            },
        }));
    }
    Ok(V3Reply::Json(json!({ "data": data })))
}
