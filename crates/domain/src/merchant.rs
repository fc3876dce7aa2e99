//! A merchant's profile: everything about it that is not secret.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Fen;
use crate::gateway_address::{GatewayFault, GatewayKind, OFFICIAL_GATEWAY, judge_gateway};

/// Number of a profile in the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProfileId(pub i64);

/// Which generation of the API a profile uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApiVersion {
    /// XML, MD5 or HMAC-SHA256.
    #[default]
    V2,
    /// JSON, RSA.
    V3,
}

/// How APIv2 messages are signed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Hash, PartialOrd, Ord,
)]
pub enum SignType {
    /// MD5, the default of the protocol.
    #[default]
    #[serde(rename = "md5")]
    Md5,
    /// HMAC-SHA256; `sign_type` must then be sent.
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
}

impl SignType {
    /// The word on the wire.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::HmacSha256 => "HMAC-SHA256",
        }
    }
}

/// A fee rate of the contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeRate {
    /// 交易类型 it holds for; empty for all.
    #[serde(default)]
    pub trade_type: String,
    /// In 10⁻⁴ of one per cent: `0.60%` is 6000.
    pub rate: i32,
    /// First day, `YYYY-MM-DD`; empty for ever.
    #[serde(default)]
    pub from: String,
}

/// What is known of a merchant, secrets excepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantProfile {
    /// The name people use; unique in the workspace.
    pub name: String,
    /// `mch_id`, 8 to 10 digits.
    pub mch_id: String,
    /// App ids bound to the merchant.
    #[serde(default)]
    pub appids: Vec<String>,
    /// Sub-merchants, in service-provider mode.
    #[serde(default)]
    pub sub_mch_ids: Vec<String>,
    /// Generation of the API.
    #[serde(default)]
    pub api: ApiVersion,
    /// How APIv2 messages are signed.
    #[serde(default)]
    pub sign_type: SignType,
    /// Base address of the gateway.
    pub gateway: String,
    /// PEM of the authority to trust; loopback gateways only.
    #[serde(default)]
    pub gateway_ca: Option<String>,
    /// Cut-off window in minutes (reconciliation rule X5).
    pub cut_off_minutes: u32,
    /// How many days an unpaid order stays a candidate (rule X2).
    pub lookback_days: u32,
    /// Minutes after payment within which goods must be delivered (P03).
    pub fulfil_minutes: u32,
    /// Rates of the contract; empty: the bill's own rate is not questioned.
    #[serde(default)]
    pub fee_rates: Vec<FeeRate>,
    /// By how much a bill may have more than the order before the amounts differ (P07), in fen.
    #[serde(default)]
    pub tolerance_above: Fen,
    /// By how much a bill may have less, in fen.
    #[serde(default)]
    pub tolerance_below: Fen,
    /// Serial number of the merchant's API certificate (APIv3).
    #[serde(default)]
    pub cert_serial: String,
    /// `PUB_KEY_ID_…` of the WeChat Pay public key (APIv3).
    #[serde(default)]
    pub public_key_id: String,
    /// Where WeChat Pay sends notifications.
    #[serde(default)]
    pub notify_url: String,
    /// The shop's own address for reissues; empty when it has none.
    #[serde(default)]
    pub shop_url: String,
    /// The folder that the shop's exports are put into; empty when there is none.
    #[serde(default)]
    pub orders_from: String,
    /// True when nothing that moves goods or money may be done for this merchant from here.
    #[serde(default)]
    pub read_only: bool,
}

impl MerchantProfile {
    /// A profile with the defaults of the rules.
    #[must_use]
    pub fn new(name: &str, mch_id: &str) -> Self {
        Self {
            name: name.to_owned(),
            mch_id: mch_id.to_owned(),
            appids: Vec::new(),
            sub_mch_ids: Vec::new(),
            api: ApiVersion::V2,
            sign_type: SignType::Md5,
            gateway: OFFICIAL_GATEWAY.to_owned(),
            gateway_ca: None,
            cut_off_minutes: 30,
            lookback_days: 7,
            fulfil_minutes: 30,
            fee_rates: Vec::new(),
            tolerance_above: Fen::ZERO,
            tolerance_below: Fen::ZERO,
            cert_serial: String::new(),
            public_key_id: String::new(),
            notify_url: String::new(),
            shop_url: String::new(),
            orders_from: String::new(),
            read_only: false,
        }
    }

    /// True when both profiles keep the books of one merchant: the same number, for the same sub-merchants.
    #[must_use]
    pub fn is_same_merchant(&self, other: &Self) -> bool {
        let subs =
            |profile: &Self| -> BTreeSet<String> { profile.sub_mch_ids.iter().cloned().collect() };
        self.mch_id == other.mch_id && subs(self) == subs(other)
    }

    /// What is wrong with the profile, as (field, reason) pairs; empty when it can be saved.
    #[must_use]
    pub fn problems(&self) -> Vec<(&'static str, ProfileProblem)> {
        let mut out = Vec::new();
        if self.name.trim().is_empty()
            || self.name.len() > 128
            || self.name.chars().any(char::is_control)
        {
            out.push(("name", ProfileProblem::Name));
        }
        if !is_mch_id(&self.mch_id) {
            out.push(("mch_id", ProfileProblem::MchId));
        }
        if self.appids.iter().any(|id| {
            id.is_empty() || id.len() > 32 || !id.bytes().all(|b| b.is_ascii_alphanumeric())
        }) {
            out.push(("appid", ProfileProblem::AppId));
        }
        if !self.sub_mch_ids.iter().all(|id| is_mch_id(id)) {
            out.push(("sub_mch_id", ProfileProblem::MchId));
        }
        match judge_gateway(&self.gateway) {
            Err(GatewayFault::NotAllowed) => out.push(("gateway", ProfileProblem::Gateway)),
            Err(GatewayFault::LookAlike) => out.push(("gateway", ProfileProblem::LookAlike)),
            Ok(GatewayKind::Remote) if self.gateway_ca.is_some() => {
                out.push(("gateway_ca", ProfileProblem::CaNotLoopback));
            }
            Ok(GatewayKind::Remote | GatewayKind::Loopback) => {}
        }
        if !self.shop_url.is_empty() && crate::gateway_kind(&self.shop_url).is_none() {
            out.push(("shop_url", ProfileProblem::ShopUrl));
        }
        if self.cut_off_minutes > 720 {
            out.push(("cut_off", ProfileProblem::CutOff));
        }
        if self.lookback_days > 90 {
            out.push(("lookback", ProfileProblem::Lookback));
        }
        if self.tolerance_above.is_negative() || self.tolerance_below.is_negative() {
            out.push(("tolerance", ProfileProblem::Tolerance));
        }
        out
    }
}

/// Why a field of a profile is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProfileProblem {
    /// The name.
    #[error("the name must have 1 to 128 bytes and no control characters")]
    Name,
    /// A merchant number.
    #[error("a merchant number has 8 to 10 digits")]
    MchId,
    /// An app id.
    #[error("an appid has letters and digits only, at most 32")]
    AppId,
    /// The gateway address.
    #[error("the gateway must be an https address; http is accepted for loopback only")]
    Gateway,
    /// The gateway address looks like WeChat Pay's and is not.
    #[error("the gateway looks like WeChat Pay's but is another host")]
    LookAlike,
    /// An authority for an address that is not loopback.
    #[error("only a loopback gateway may name an authority of its own")]
    CaNotLoopback,
    /// The shop's address.
    #[error("the shop's address must be an https address; http is accepted for loopback only")]
    ShopUrl,
    /// The cut-off window.
    #[error("the cut-off window is at most 720 minutes")]
    CutOff,
    /// The lookback.
    #[error("the lookback is at most 90 days")]
    Lookback,
    /// The time for delivery.
    #[error("the time for delivery is given in minutes")]
    Fulfil,
    /// How far amounts may lie apart.
    #[error("a tolerance is an amount of money, zero or more")]
    Tolerance,
    /// A fee rate.
    #[error("a rate is a per cent below 100 with at most four decimals")]
    Rate,
}

fn is_mch_id(text: &str) -> bool {
    (8..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// Which secret of a profile is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretKind {
    /// The 32-byte API key of APIv2.
    V2Key,
    /// The 32-byte APIv3 key.
    V3Key,
    /// The merchant's API certificate, PEM.
    ClientCert,
    /// The private key of that certificate, PEM.
    ClientKey,
    /// A WeChat Pay platform certificate or public key, PEM (not secret, kept beside the rest).
    PlatformKey,
    /// Platform certificates that were fetched, PEM, one after the other (not secret either).
    PlatformCerts,
    /// What calls to the shop's own address are signed with (HMAC-SHA256).
    ShopKey,
    /// The address that the message of the morning goes to, with its form.
    Webhook,
    /// What such messages are signed with.
    WebhookSecret,
}

impl SecretKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::V2Key,
        Self::V3Key,
        Self::ClientCert,
        Self::ClientKey,
        Self::PlatformKey,
        Self::PlatformCerts,
        Self::ShopKey,
        Self::Webhook,
        Self::WebhookSecret,
    ];

    /// The word of the command line and of the vault's entries.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::V2Key => "v2",
            Self::V3Key => "v3",
            Self::ClientCert => "client-cert",
            Self::ClientKey => "client-key",
            Self::PlatformKey => "platform-key",
            Self::PlatformCerts => "platform-certs",
            Self::ShopKey => "shop",
            Self::Webhook => "webhook",
            Self::WebhookSecret => "webhook-secret",
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_needs_a_loopback_gateway() {
        let mut profile = MerchantProfile::new("a", "1900000109");
        assert_eq!(profile.problems(), []);
        profile.gateway_ca = Some("pem".to_owned());
        assert_eq!(
            profile.problems(),
            [("gateway_ca", ProfileProblem::CaNotLoopback)]
        );
    }
}
