//! Messages that are not WeChat Pay's and stand in the same logs: of key files, certificates and the network.

use super::explain::{Explanation, MendAt};
use crate::Message;

/// What a message of another program means.
struct ForeignError {
    /// Parts of the message, any of which is enough.
    signs: &'static [&'static str],
    zh: &'static str,
    en: &'static str,
    mend_at: MendAt,
}

/// The order decides: the first that fits is told.
const KNOWN: [ForeignError; 5] = [
    ForeignError {
        signs: &[
            "no start line",
            "NO_START_LINE",
            "Expecting: ANY PRIVATE KEY",
        ],
        zh: "OpenSSL：密钥或证书文件缺少 -----BEGIN …----- 这一行，不是微信支付返回的错误；换成完整的 PEM 文件，检查配置里的换行是否丢了",
        en: "OpenSSL: a key or certificate file lacks its line -----BEGIN ...-----; no answer of WeChat Pay. Use the whole PEM file, and check that its line breaks survived the configuration",
        mend_at: MendAt::Certificate,
    },
    ForeignError {
        signs: &[
            "mac verify failure",
            "PKCS12 keystore password was incorrect",
            "mac verify error",
        ],
        zh: "证书 apiclient_cert.p12 的密码不对，不是微信支付返回的错误；密码默认是商户号",
        en: "The password of apiclient_cert.p12 is wrong; no answer of WeChat Pay. By default it is the merchant number",
        mend_at: MendAt::Certificate,
    },
    ForeignError {
        signs: &[
            "bad decrypt",
            "bad base64 decode",
            "bad end line",
            "wrong tag",
            "asn1 encoding",
        ],
        zh: "OpenSSL：密钥或证书文件的内容不完整或不是所要的格式，不是微信支付返回的错误；重新取得原始文件",
        en: "OpenSSL: a key or certificate file is cut, or of another format; no answer of WeChat Pay. Take the original file again",
        mend_at: MendAt::Certificate,
    },
    ForeignError {
        signs: &[
            "unable to get local issuer certificate",
            "certificate verify failed",
            "self signed certificate",
        ],
        zh: "本机不信任对方的 TLS 证书：根证书过旧，或中间有代理，不是微信支付返回的错误",
        en: "This computer does not trust the TLS certificate of the other side: old root certificates, or a proxy between; no answer of WeChat Pay",
        mend_at: MendAt::Nowhere,
    },
    ForeignError {
        signs: &[
            "ECONNRESET",
            "ETIMEDOUT",
            "ECONNREFUSED",
            "Connection reset by peer",
            "Connection refused",
        ],
        zh: "网络连接中断或被拒绝，没有收到微信支付的回答；先查单，再决定是否重发",
        en: "The network broke off or refused the connection, and WeChat Pay gave no answer: query the order before anything is sent again",
        mend_at: MendAt::Lookup,
    },
];

/// What a message of another program means, where it is one of the known ones.
pub(super) fn foreign(text: &str) -> Option<Explanation> {
    let lower = text.to_ascii_lowercase();
    let is_said = |sign: &&str| lower.contains(&sign.to_ascii_lowercase());
    let known = KNOWN.iter().find(|known| known.signs.iter().any(is_said))?;
    let line = text.lines().next().unwrap_or_default();
    Some(Explanation {
        subject: line.chars().take(120).collect(),
        calls: Vec::new(),
        words: Message::new(known.zh, known.en),
        mend_at: known.mend_at,
        said: String::new(),
    })
}
