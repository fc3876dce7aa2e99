//! The parameters of a page, a mini program or an app: what of them is signed by APIv3.

use crate::Params;

/// The lines of a front-end signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayMessage {
    /// `appid`.
    pub appid: String,
    /// The right fourth line: `prepay_id=…` for JSAPI and mini programs, the bare number for apps.
    pub package: String,
    /// `signType`, which is not signed; empty where it is not there, as in apps.
    pub sign_type: String,
}

/// What of a front end's parameters is signed, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayParts {
    /// The lines beside time and nonce.
    pub message: PayMessage,
    /// `timeStamp`.
    pub timestamp: String,
    /// `nonceStr`.
    pub nonce: String,
    /// `paySign`, or `sign` for apps; empty where it is not there.
    pub signature: String,
}

impl PayParts {
    /// Reads the parameters of a page, a mini program or an app; `None` for anything else.
    #[must_use]
    pub fn of(params: &Params) -> Option<Self> {
        let one = |names: &[&str]| {
            let found = names.iter().find_map(|name| params.filled(name));
            found.map(str::to_owned)
        };
        let timestamp = one(&["timeStamp", "timestamp"])?;
        let nonce = one(&["nonceStr", "noncestr"])?;
        let appid = one(&["appId", "appid"])?;
        // Only apps pass the number on by itself.
        let package = one(&["prepayid", "prepay_id", "prepayId"]).or_else(|| one(&["package"]))?;
        Some(Self {
            message: PayMessage {
                appid,
                package,
                sign_type: one(&["signType", "sign_type"]).unwrap_or_default(),
            },
            timestamp,
            nonce,
            signature: one(&["paySign", "sign"]).unwrap_or_default(),
        })
    }
}
