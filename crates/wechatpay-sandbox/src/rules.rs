//! How the sandbox behaves where the real gateway has choices; the control door and scenario files change it.

use serde::{Deserialize, Serialize};

use super::ledger::SandboxRefundOutcome;

/// Whether a bill is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillReadiness {
    /// From 10:00 of the next day, as the real one.
    #[default]
    Clock,
    /// Not yet, whatever the time.
    Creating,
    /// For every day that is over.
    Ready,
    /// For today as well, as far as it has come: the real one never does this.
    Today,
}

/// What becomes of a payment by the customer's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodePay {
    /// It is paid at once.
    #[default]
    Paid,
    /// The customer must type the password: USERPAYING until paid or cancelled.
    Password,
}

/// What `code_url` and `mweb_url` (`h5_url`) look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentLinks {
    /// Pages of the sandbox, to be opened in any browser.
    #[default]
    Page,
    /// As WeChat Pay's own: `weixin://…`, `https://wx.tenpay.com/…`.
    Wechat,
}

/// How the sandbox behaves where the real gateway has choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SandboxRules {
    /// Whether bills are out.
    pub bill: BillReadiness,
    /// What becomes of refunds accepted from now on.
    pub refund_outcome: SandboxRefundOutcome,
    /// How long a refund stays PROCESSING.
    pub refund_settles_s: i64,
    /// Shortest time between two refunds of one order; 0: not enforced.
    pub refund_gap_s: i64,
    /// Money available for refunds in fen; none: endless.
    pub balance_fen: Option<i64>,
    /// Which platform key signs answers and notifications of APIv3.
    pub answer_key: AnswerKey,
    /// How far the platform certificate has been replaced.
    pub certificate_roll: CertificateRoll,
    /// How long the address of a bill lives.
    pub download_url_lives_s: i64,
    /// Pays every order this many seconds after it was placed; none: a customer has to.
    pub pay_after_s: Option<u32>,
    /// What becomes of payments by code.
    pub code_pay: CodePay,
    /// What addresses for paying look like.
    pub payment_links: PaymentLinks,
    /// How many times faster than the official plan an unconfirmed notification is sent again.
    pub notify_speed: u32,
}

/// Which platform key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKey {
    /// The one that the request names in `Wechatpay-Serial`; without one the certificate's.
    #[default]
    Asked,
    /// Always the certificate's.
    Certificate,
    /// Always the WeChat Pay public key's; there are no certificates then.
    PublicKey,
}

/// Stages of replacing the platform certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateRoll {
    /// There is one certificate.
    #[default]
    Old,
    /// Both can be fetched, the old one signs.
    Published,
    /// Both can be fetched, the new one signs.
    Phased,
    /// Only the new one is left.
    New,
}

impl Default for SandboxRules {
    fn default() -> Self {
        Self {
            bill: BillReadiness::Clock,
            refund_outcome: SandboxRefundOutcome::Success,
            refund_settles_s: 3,
            refund_gap_s: 0,
            balance_fen: None,
            answer_key: AnswerKey::Asked,
            certificate_roll: CertificateRoll::Old,
            download_url_lives_s: 300,
            pay_after_s: None,
            code_pay: CodePay::Paid,
            payment_links: PaymentLinks::Page,
            notify_speed: 1,
        }
    }
}
