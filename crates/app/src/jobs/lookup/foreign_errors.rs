//! Messages that are not WeChat Pay's and stand in the same logs: of key files, certificates and the network.

use super::explain::{CodeExplanation, MendAt};
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
const KNOWN: [ForeignError; 22] = [
    ForeignError {
        signs: &[
            "No required SSL certificate was sent",
            "The SSL certificate error",
        ],
        zh: "请求没有带上商户 API 证书，或证书不是这个商户号的、已过期：退款、撤销、资金账单要双向 TLS；给 HTTP 客户端设 apiclient_cert.pem 和 apiclient_key.pem（或 .p12，密码是商户号），连接池里旧的连接也要换；请求没有被受理",
        en: "The request carried no merchant API certificate, or one that is expired or of another merchant: refund, reverse and the fund-flow bill want mutual TLS. Give apiclient_cert.pem and apiclient_key.pem (or the .p12, whose password is the merchant number) to the HTTP client, for pooled connections too; nothing was carried out",
        mend_at: MendAt::Certificate,
    },
    ForeignError {
        signs: &["DECODER routines::unsupported", "1E08010C"],
        zh: "OpenSSL 3（Node 17 起、新版 Python）读不出密钥：文件不完整，换行丢了成了一行，或其实是证书；不是微信支付返回的错误。用 apiclient_key.pem 的全文，环境变量里的 \\n 先换回换行",
        en: "OpenSSL 3 (Node from 17 on, new Python) cannot read the key: the file is cut, its line breaks are lost, or it is a certificate; no answer of WeChat Pay. Take the whole of apiclient_key.pem, and turn \\n of an environment variable back into line breaks",
        mend_at: MendAt::Certificate,
    },
    ForeignError {
        signs: &["key values mismatch", "KEY_VALUES_MISMATCH"],
        zh: "证书和私钥不是一对：apiclient_cert.pem 与 apiclient_key.pem 必须来自同一次下载；不是微信支付返回的错误",
        en: "Certificate and private key do not belong together: apiclient_cert.pem and apiclient_key.pem must be of the same download; no answer of WeChat Pay",
        mend_at: MendAt::Certificate,
    },
    ForeignError {
        signs: &[
            "curl: (58)",
            "cURL error 58",
            "unable to set private key file",
            "unable to use client certificate",
            "could not load PEM client certificate",
        ],
        zh: "curl 用不了商户证书：路径不对、没有读权限、证书与私钥不是一对，或 .p12 的密码（默认是商户号）不对；不是微信支付返回的错误，请求没有发出",
        en: "curl cannot use the merchant's certificate: its path, the right to read it, a key of another certificate, or the password of the .p12 (by default the merchant number); no answer of WeChat Pay, nothing was sent",
        mend_at: MendAt::Certificate,
    },
    ForeignError {
        signs: &[
            "PKIX path building failed",
            "unable to find valid certification path",
        ],
        zh: "Java 不信任对方的 TLS 证书：JDK 的根证书过旧，或中间有代理换了证书；更新 JDK 或把代理的根证书加入信任库，不要关闭校验；不是微信支付返回的错误",
        en: "Java does not trust the TLS certificate of the other side: old root certificates of the JDK, or a proxy that exchanges it. Update the JDK, or add the proxy's root to the trust store; do not turn the check off. No answer of WeChat Pay",
        mend_at: MendAt::Nowhere,
    },
    ForeignError {
        signs: &[
            "ee key too small",
            "EE_KEY_TOO_SMALL",
            "ca md too weak",
            "CA_MD_TOO_WEAK",
        ],
        zh: "OpenSSL 的安全级别（SECLEVEL）不收这张证书：密钥太短或摘要太旧；不是微信支付返回的错误。到商户平台“API 安全”换一张新的 API 证书（2048 位），不要长期调低 SECLEVEL",
        en: "OpenSSL's security level does not take this certificate: its key is too short or its digest too old; no answer of WeChat Pay. Have a new API certificate made in the console, API security (2048 bits), and do not lower SECLEVEL for good",
        mend_at: MendAt::Certificate,
    },
    ForeignError {
        signs: &["Illegal key size"],
        zh: "这个 JDK 只许 128 位的 AES，而 APIv3 的解密要 256 位：8u161 以前的 JDK 8 默认有这个限制；升级 JDK，或装上无限强度策略文件（JCE）；不是密钥文件的错，也不是微信支付返回的错误",
        en: "This JDK allows AES of 128 bits only, and decrypting for APIv3 takes 256: JDK 8 before 8u161 has this limit. Update the JDK, or install its unlimited strength policy files (JCE); neither the key file's fault nor an answer of WeChat Pay",
        mend_at: MendAt::Nowhere,
    },
    ForeignError {
        signs: &[
            "WechatPay signature is incorrect",
            "Validate response failed",
        ],
        zh: "SDK 验不过微信支付应答的签名，应答内容不能用：① SDK 里的微信支付公钥（或平台证书）与公钥 ID、序列号是一对，且属于这个商户号；② 平台证书换过而没有更新；③ 中间的代理改写了应答；结果未知，先查单；用 verify v3 核对应答",
        en: "The SDK could not verify WeChat Pay's signature on the answer, which is of no use then: 1. the WeChat Pay public key (or platform certificate) of the SDK belongs to its id or serial and to this merchant; 2. the platform's certificate was changed and not fetched anew; 3. a proxy rewrote the answer. The outcome is unknown: query first; verify v3 checks the answer",
        mend_at: MendAt::Profile,
    },
    ForeignError {
        signs: &[
            "handshake failure",
            "handshake_failure",
            "SSLHandshakeException",
            "tlsv1 alert",
        ],
        zh: "TLS 握手失败，请求没有送到：系统的 OpenSSL、JDK 或 curl 太旧（要 TLS 1.2 以上），中间有代理，或商户证书对方不认；不是微信支付的业务应答",
        en: "The TLS handshake failed and nothing was sent: an old OpenSSL, JDK or curl (TLS 1.2 or newer is needed), a proxy between, or a merchant certificate that the other side refuses; no answer of WeChat Pay's interface",
        mend_at: MendAt::Certificate,
    },
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
            "digital envelope routines::unsupported",
            "RC2-40-CBC",
            "inner_evp_generic_fetch:unsupported",
        ],
        zh: "OpenSSL 3 默认不再支持 apiclient_cert.p12 用的旧算法，不是微信支付返回的错误；改用 apiclient_key.pem，或以 -legacy 转换一次",
        en: "OpenSSL 3 no longer reads the old algorithm of apiclient_cert.p12; no answer of WeChat Pay. Use apiclient_key.pem, or convert the file once with -legacy",
        mend_at: MendAt::Certificate,
    },
    ForeignError {
        signs: &[
            "AEADBadTag",
            "Tag mismatch",
            "message authentication failed",
            "unable to authenticate data",
            "cryptography.exceptions.InvalidTag",
        ],
        zh: "解密失败，不是微信支付返回的错误：① APIv3 密钥不是这个商户号的，或改过；② associated_data、nonce 没有原样使用；③ ciphertext 没有先做 Base64 解码",
        en: "Decrypting failed; no answer of WeChat Pay: 1. the APIv3 key is not this merchant's, or was changed; 2. associated_data and nonce must be used as they came; 3. ciphertext is Base64 first",
        mend_at: MendAt::Profile,
    },
    ForeignError {
        signs: &[
            "supplied key param cannot be coerced",
            "InvalidKeySpecException",
            "InvalidKeyException",
            "Could not deserialize key data",
            "Could not parse provided private key",
            "failed to parse private key",
        ],
        zh: "程序读不出私钥，不是微信支付返回的错误：① 用 apiclient_key.pem，不是 apiclient_cert.pem；② 保留 -----BEGIN 到 -----END 的全部行；③ 库要 PKCS#8 时看清 BEGIN PRIVATE KEY",
        en: "The program cannot read the private key; no answer of WeChat Pay: 1. it is apiclient_key.pem, not apiclient_cert.pem; 2. keep every line from -----BEGIN to -----END; 3. where PKCS#8 is wanted, the line says BEGIN PRIVATE KEY",
        mend_at: MendAt::Certificate,
    },
    ForeignError {
        signs: &[
            "no such file or directory",
            "ENOENT",
            "FileNotFoundException",
        ],
        zh: "程序找不到文件（多为证书或密钥的路径不对），不是微信支付返回的错误；用绝对路径，注意服务的工作目录和权限",
        en: "The program does not find a file, usually the path of a certificate or key; no answer of WeChat Pay. Use an absolute path, and mind the service's folder and rights",
        mend_at: MendAt::Certificate,
    },
    ForeignError {
        signs: &[
            "413 Request Entity Too Large",
            "405 Not Allowed",
            "403 Forbidden",
            "404 Not Found",
            "429 Too Many Requests",
            "500 Internal Server Error",
            "502 Bad Gateway",
            "503 Service",
            "504 Gateway",
        ],
        zh: "HTTP 层的错误页，多为自己的代理、网关或防火墙所发，不是微信支付的业务应答；结果未知：先查单再决定是否重发；404 核对地址，429 放慢",
        en: "An error page of HTTP, usually of an own proxy, gateway or firewall; no answer of WeChat Pay's interface. The outcome is unknown: query before anything is sent again; at 404 check the address, at 429 slow down",
        mend_at: MendAt::Lookup,
    },
    ForeignError {
        signs: &[
            "curl: (28)",
            "cURL error 28",
            "Operation timed out",
            "Read timed out",
        ],
        zh: "等待应答超时，没有收到微信支付的回答；结果未知：先查单再决定是否重发，退款用原退款单号",
        en: "The answer did not come in time; the outcome is unknown: query before anything is sent again, and keep the number of a refund",
        mend_at: MendAt::Lookup,
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
            "UnknownHostException",
            "Could not resolve host",
            "Name or service not known",
            "getaddrinfo",
            "no such host",
            "NameResolutionError",
        ],
        zh: "查不到域名的地址（DNS），请求没有送到：核对域名 api.mch.weixin.qq.com 的拼写，查服务器的 DNS 和网络出口；不是微信支付返回的错误",
        en: "The address of the host name was not found (DNS) and nothing was sent: check how api.mch.weixin.qq.com is spelled, and the server's DNS and way out; no answer of WeChat Pay",
        mend_at: MendAt::Nowhere,
    },
    ForeignError {
        signs: &[
            "\"errcode\":40029",
            "\"errcode\": 40029",
            "\"errcode\":40163",
            "\"errcode\": 40163",
        ],
        zh: "这是公众号、小程序登录接口（换取 openid）的错误，不是微信支付的：code 无效、过期（5 分钟）或已用过一次（40163），或是另一个 appid 的；重新取 code 再换 openid",
        en: "An error of the login interface of official accounts and mini programs (where the openid comes from), not of WeChat Pay: the code is invalid, older than 5 minutes, used before (40163), or of another appid; get a new code and ask again",
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
pub(super) fn foreign(text: &str) -> Option<CodeExplanation> {
    let lower = text.to_ascii_lowercase();
    let is_said = |sign: &&str| lower.contains(&sign.to_ascii_lowercase());
    let known = KNOWN.iter().find(|known| known.signs.iter().any(is_said))?;
    let line = text.lines().next().unwrap_or_default();
    Some(CodeExplanation {
        subject: line.chars().take(120).collect(),
        calls: Vec::new(),
        words: Message::new(known.zh, known.en),
        mend_at: known.mend_at,
        said: String::new(),
    })
}
