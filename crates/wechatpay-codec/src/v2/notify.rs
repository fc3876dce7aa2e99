//! Notifications of APIv2: payments (signed) and refunds (encrypted, not signed), and what WeChat Pay expects back.
//!
//! A payment notification without `sign` or `return_code` is rejected (pitfall E2).
//! A refund notification proves only that somebody knows the API key; confirm with 查询退款 before acting.

use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use md5::{Digest as _, Md5};
use zeroize::{Zeroize, Zeroizing};

use super::reply::{require_accepted, single};
use super::sign::hex_lower;
use super::{OrderState, RefundState, ReplyError, SignError, TradeState, XmlLimits, verify, xml};
use crate::Params;
use recondesk_domain::{Fen, Instant, Secret, SignType};

/// The exact answer that ends the repetitions: one line, no BOM.
pub const SUCCESS_ANSWER: &str = "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>";

/// The `Content-Type` of an answer.
pub const ANSWER_TYPE: &str = "text/xml; charset=utf-8";

/// Seconds between the deliveries of a notification that is not answered: 15 times in 24 hours and 4 minutes.
pub const RETRY_AFTER_S: [u32; 15] = [
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600,
];

/// The answer that asks for another delivery.
#[must_use]
pub fn failure_answer(reason: &str) -> String {
    let reason: String = reason
        .chars()
        .filter(|c| !c.is_control())
        .take(128)
        .collect();
    let params: Params = [("return_code", "FAIL"), ("return_msg", reason.as_str())]
        .into_iter()
        .collect();
    xml::write(&params)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| "<xml><return_code><![CDATA[FAIL]]></return_code></xml>".to_owned())
}

/// Which notification a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// 支付结果通知.
    Payment,
    /// 退款结果通知, known by `req_info`.
    Refund,
}

/// Tells the kinds apart (pitfall D10); the message is not verified yet.
#[must_use]
pub fn kind(params: &Params) -> NoticeKind {
    if params.filled("req_info").is_some() {
        NoticeKind::Refund
    } else {
        NoticeKind::Payment
    }
}

/// A payment notification whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentNotice {
    /// `appid`.
    pub appid: String,
    /// `mch_id`.
    pub mch_id: String,
    /// Algorithm that fitted.
    pub sign_type: SignType,
    /// The payment.
    pub order: OrderState,
    /// Everything as received.
    pub params: Params,
}

impl PaymentNotice {
    /// Opens a notification; without a configured algorithm the length of `sign` tells it.
    ///
    /// # Errors
    /// [`ReplyError`]; a message without `sign`, `return_code`, merchant, numbers or amount is refused.
    pub fn open<K: AsRef<[u8]> + Zeroize>(
        body: &[u8],
        key: &Secret<K>,
        sign_type: Option<SignType>,
    ) -> Result<Self, ReplyError> {
        let params = xml::read(body)?;
        require_accepted(&params)?;
        let sign_type = sign_type
            .or_else(|| sign_type_by_length(&params))
            .ok_or(SignError::Missing)?;
        verify(&params, key, sign_type)?;
        let result = single(&params, "result_code")?;
        if result != "SUCCESS" {
            return Err(ReplyError::Field {
                field: "result_code".to_owned(),
                found: result.to_owned(),
            });
        }
        Ok(Self {
            appid: single(&params, "appid")?.to_owned(),
            mch_id: single(&params, "mch_id")?.to_owned(),
            sign_type,
            order: OrderState::read_as(&params, TradeState::Success)?,
            params,
        })
    }

    /// What does not fit the local order; empty when all fits.
    #[must_use]
    pub fn mismatches(&self, expected: &Expected<'_>) -> Vec<Mismatch> {
        let mut out = Vec::new();
        let mut compare = |field, ours: &str, theirs: &str| {
            if ours != theirs {
                out.push(Mismatch {
                    field,
                    ours: ours.to_owned(),
                    theirs: theirs.to_owned(),
                });
            }
        };
        compare("mch_id", expected.mch_id, &self.mch_id);
        if !expected.appids.iter().any(|appid| *appid == self.appid) {
            compare("appid", &expected.appids.join(", "), &self.appid);
        }
        compare(
            "out_trade_no",
            expected.out_trade_no,
            &self.order.out_trade_no,
        );
        if self.order.total_fee != Some(expected.total_fee) {
            let theirs = self
                .order
                .total_fee
                .map_or_else(String::new, |fee| fee.get().to_string());
            compare("total_fee", &expected.total_fee.get().to_string(), &theirs);
        }
        let currency = match self.order.currency.as_str() {
            "" => "CNY",
            other => other,
        };
        compare("fee_type", "CNY", currency);
        out
    }
}

/// What the local order says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected<'a> {
    /// Our merchant number.
    pub mch_id: &'a str,
    /// App ids bound to it.
    pub appids: &'a [&'a str],
    /// Merchant order number.
    pub out_trade_no: &'a str,
    /// Amount of the order.
    pub total_fee: Fen,
}

/// A field of a notification that differs from the local order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Its name.
    pub field: &'static str,
    /// Our value.
    pub ours: String,
    /// Their value.
    pub theirs: String,
}

/// The algorithm that a `sign` of this length must have come from.
#[must_use]
pub fn sign_type_by_length(params: &Params) -> Option<SignType> {
    match params.get(super::SIGN)?.len() {
        32 => Some(SignType::Md5),
        64 => Some(SignType::HmacSha256),
        _ => None,
    }
}

/// Why a refund notification cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefundNoticeError {
    /// The outer message.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// `req_info` is not Base64.
    #[error("req_info is not Base64")]
    Base64,
    /// `req_info` does not decrypt: wrong API key, or damaged.
    #[error("req_info does not decrypt with this key")]
    Decrypt,
}

/// A decrypted refund notification. It is not signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundNotice {
    /// `appid` of the outer message.
    pub appid: String,
    /// `mch_id` of the outer message.
    pub mch_id: String,
    /// `sub_mch_id` of the outer message, service-provider mode.
    pub sub_mch_id: String,
    /// `out_refund_no`.
    pub out_refund_no: String,
    /// `refund_id`.
    pub refund_id: String,
    /// `out_trade_no`.
    pub out_trade_no: String,
    /// `transaction_id`.
    pub transaction_id: String,
    /// `refund_status`.
    pub state: RefundState,
    /// `refund_fee`.
    pub refund_fee: Fen,
    /// `total_fee`.
    pub total_fee: Fen,
    /// `success_time`.
    pub succeeded_at: Option<Instant>,
    /// `refund_recv_accout` (so spelt on the wire).
    pub received_by: String,
    /// Everything that was encrypted.
    pub params: Params,
}

impl RefundNotice {
    /// Opens and decrypts a notification.
    ///
    /// # Errors
    /// [`RefundNoticeError`].
    pub fn open<K: AsRef<[u8]> + Zeroize>(
        body: &[u8],
        key: &Secret<K>,
    ) -> Result<Self, RefundNoticeError> {
        let outer = xml::read(body).map_err(ReplyError::from)?;
        require_accepted(&outer)?;
        let plain = decrypt_req_info(single(&outer, "req_info")?, key)?;
        let params =
            xml::read_root(&plain, "root", XmlLimits::default()).map_err(ReplyError::from)?;
        let own = |field: &str| single(&params, field).map(str::to_owned);
        let fen = |field: &str| {
            let text = single(&params, field)?;
            Fen::parse_fen(text).ok().ok_or_else(|| ReplyError::Field {
                field: field.to_owned(),
                found: text.to_owned(),
            })
        };
        let succeeded_at = match params.filled("success_time") {
            None => None,
            Some(text) => Some(
                Instant::parse_beijing(text).ok_or_else(|| ReplyError::Field {
                    field: "success_time".to_owned(),
                    found: text.to_owned(),
                })?,
            ),
        };
        Ok(Self {
            appid: outer.get("appid").unwrap_or_default().to_owned(),
            mch_id: single(&outer, "mch_id")?.to_owned(),
            sub_mch_id: outer.get("sub_mch_id").unwrap_or_default().to_owned(),
            out_refund_no: own("out_refund_no")?,
            refund_id: own("refund_id")?,
            out_trade_no: own("out_trade_no")?,
            transaction_id: own("transaction_id")?,
            state: RefundState::parse(single(&params, "refund_status")?),
            refund_fee: fen("refund_fee")?,
            total_fee: fen("total_fee")?,
            succeeded_at,
            received_by: params
                .get("refund_recv_accout")
                .unwrap_or_default()
                .to_owned(),
            params,
        })
    }
}

/// Decrypts `req_info`: Base64, then AES-256-ECB with PKCS#7, key = lower-case hex MD5 of the API key.
///
/// # Errors
/// [`RefundNoticeError::Base64`] or [`RefundNoticeError::Decrypt`].
pub fn decrypt_req_info<K: AsRef<[u8]> + Zeroize>(
    req_info: &str,
    key: &Secret<K>,
) -> Result<Vec<u8>, RefundNoticeError> {
    let mut text = req_info.to_owned();
    if text.contains('%') {
        // A form on the way percent-encoded what is not a letter or digit of Base64.
        for (escape, sign) in [("%2B", "+"), ("%2F", "/"), ("%3D", "=")] {
            text = text.replace(escape, sign);
            text = text.replace(&escape.to_ascii_lowercase(), sign);
        }
    }
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let sealed = BASE64
        .decode(compact)
        .ok()
        .ok_or(RefundNoticeError::Base64)?;
    aes_ecb_open(&sealed, notice_key(key).as_bytes()).ok_or(RefundNoticeError::Decrypt)
}

/// Encrypts `req_info`, for the sandbox and for tests.
#[must_use]
pub fn encrypt_req_info<K: AsRef<[u8]> + Zeroize>(plain: &[u8], key: &Secret<K>) -> Option<String> {
    let cipher = UnboundCipherKey::new(&AES_256, notice_key(key).as_bytes()).ok()?;
    let mut text = plain.to_vec();
    let sealing = PaddedBlockEncryptingKey::ecb_pkcs7(cipher).ok()?;
    let context: DecryptionContext = sealing
        .less_safe_encrypt(&mut text, EncryptionContext::None)
        .ok()?;
    drop(context);
    Some(BASE64.encode(text))
}

/// The 32 ASCII characters with which refund notifications are encrypted.
fn notice_key<K: AsRef<[u8]> + Zeroize>(key: &Secret<K>) -> Zeroizing<String> {
    Zeroizing::new(hex_lower(&Md5::digest(key.expose().as_ref())))
}

/// AES-256-ECB with PKCS#7 over bytes; `None` for any failure.
pub(crate) fn aes_ecb_open(sealed: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    if sealed.is_empty() || !sealed.len().is_multiple_of(16) {
        return None;
    }
    let cipher = UnboundCipherKey::new(&AES_256, key).ok()?;
    let opening = PaddedBlockDecryptingKey::ecb_pkcs7(cipher).ok()?;
    let mut text = sealed.to_vec();
    let length = opening
        .decrypt(&mut text, DecryptionContext::None)
        .ok()?
        .len();
    text.truncate(length);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::super::sign;
    use super::*;

    fn key() -> Secret<String> {
        Secret::new("192006250b4c09247ec02edce69f6a2d".to_owned())
    }

    fn paid(fee: &str, sign_type: SignType) -> Params {
        let mut params: Params = [
            ("return_code", "SUCCESS"),
            ("result_code", "SUCCESS"),
            ("appid", "wx1"),
            ("mch_id", "1900009851"),
            ("transaction_id", "42"),
            ("out_trade_no", "A1"),
            ("total_fee", fee),
        ]
        .into_iter()
        .collect();
        let signature = sign(&params, &key(), sign_type);
        params.push("sign", signature);
        params
    }

    fn body(params: &Params) -> Vec<u8> {
        xml::write(params).unwrap()
    }

    #[test]
    fn a_sealed_text_that_was_percent_encoded_on_the_way_is_opened() {
        let key = Secret::new("0123456789abcdef0123456789abcdef".to_owned());
        // Some plain text of these gives each sign that is escaped.
        for count in 1..40_usize {
            let plain = "退".repeat(count);
            let sealed = encrypt_req_info(plain.as_bytes(), &key).unwrap();
            let upper = sealed
                .replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D");
            let lower = upper
                .replace("%2B", "%2b")
                .replace("%2F", "%2f")
                .replace("%3D", "%3d");
            for escaped in [upper, lower] {
                let opened = decrypt_req_info(&escaped, &key).unwrap();
                assert_eq!(opened, plain.as_bytes());
            }
        }
    }

    #[test]
    fn the_algorithm_is_told_by_the_length_of_the_signature() {
        for kind in [SignType::Md5, SignType::HmacSha256] {
            let notice = PaymentNotice::open(&body(&paid("1990", kind)), &key(), None).unwrap();
            assert_eq!(notice.sign_type, kind);
        }
    }

    #[test]
    fn a_notification_without_a_signature_or_return_code_is_forged() {
        for missing in [
            "sign",
            "return_code",
            "mch_id",
            "transaction_id",
            "total_fee",
        ] {
            let mut params = paid("1990", SignType::Md5);
            params.remove(missing);
            if missing != "sign" {
                let signature = sign(&params, &key(), SignType::Md5);
                params.set("sign", signature);
            }
            assert!(
                PaymentNotice::open(&body(&params), &key(), None).is_err(),
                "{missing}"
            );
        }
    }

    #[test]
    fn a_notification_for_another_amount_or_appid_is_told() {
        let notice =
            PaymentNotice::open(&body(&paid("1990", SignType::Md5)), &key(), None).unwrap();
        let expected = Expected {
            mch_id: "1900009851",
            appids: &["wx1", "wx2"],
            out_trade_no: "A1",
            total_fee: Fen::new(1990),
        };
        assert_eq!(notice.mismatches(&expected), []);

        let other = Expected {
            total_fee: Fen::new(1),
            appids: &["wx2"],
            ..expected
        };
        let fields: Vec<_> = notice.mismatches(&other).iter().map(|m| m.field).collect();
        assert_eq!(fields, ["appid", "total_fee"]);
    }

    #[test]
    fn a_refund_notification_opens_only_with_its_key() {
        let inner = b"<root><out_refund_no>R1</out_refund_no><refund_id>50</refund_id><out_trade_no>A1</out_trade_no><transaction_id>42</transaction_id><refund_status>CHANGE</refund_status><refund_fee>3</refund_fee><total_fee>9</total_fee></root>";
        let sealed = encrypt_req_info(inner, &key()).unwrap();
        let mut outer: Params = [("return_code", "SUCCESS"), ("mch_id", "1900009851")]
            .into_iter()
            .collect();
        outer.push("req_info", sealed);
        assert_eq!(kind(&outer), NoticeKind::Refund);

        let notice = RefundNotice::open(&body(&outer), &key()).unwrap();
        assert_eq!(
            (notice.state, notice.refund_fee),
            (RefundState::Abnormal, Fen::new(3))
        );

        let wrong = Secret::new("another key".to_owned());
        assert!(RefundNotice::open(&body(&outer), &wrong).is_err());
        outer.set("req_info", "not base64 !");
        assert_eq!(
            RefundNotice::open(&body(&outer), &key()),
            Err(RefundNoticeError::Base64)
        );
    }

    #[test]
    fn answers_are_one_line_and_readable() {
        let text = failure_answer("签名失败\n]]> & <x>");
        assert!(!text.contains('\n'));
        let params = xml::read(text.as_bytes()).unwrap();
        assert_eq!(params.get("return_msg"), Some("签名失败]]> & <x>"));
        assert_eq!(
            xml::read(SUCCESS_ANSWER.as_bytes())
                .unwrap()
                .get("return_msg"),
            Some("OK")
        );
        assert_eq!(RETRY_AFTER_S.iter().sum::<u32>(), 24 * 3600 + 4 * 60);
    }
}
