//! Front-end parameters signed as those of another front end: a page's set with the fields of an app, and the reverse.

use crate::Params;

/// The set of the other front end, made of the same values.
pub(super) struct OtherSet {
    /// True for the set of an app.
    pub(super) is_app: bool,
    /// The fields.
    pub(super) params: Params,
}

/// The sets of the other front end that may have been signed; `seen` may hold the merchant's number.
pub(super) fn other_sets(params: &Params, seen: &[String]) -> Vec<OtherSet> {
    let one = |name: &str| params.filled(name);
    if let (Some(appid), Some(time), Some(nonce), Some(prepay)) = (
        one("appId"),
        one("timeStamp"),
        one("nonceStr"),
        one("package").and_then(|package| package.strip_prefix("prepay_id=")),
    ) {
        let own = ["partnerid", "partnerId", "mch_id", "mchid"];
        let named = own.iter().filter_map(|name| one(name));
        let partners = named.chain(seen.iter().map(String::as_str)).map(Some);
        let app = |partner: Option<&str>| {
            let mut fields = vec![
                ("appid", appid),
                ("noncestr", nonce),
                ("package", "Sign=WXPay"),
                ("prepayid", prepay),
                ("timestamp", time),
            ];
            fields.extend(partner.map(|partner| ("partnerid", partner)));
            OtherSet {
                is_app: true,
                params: of(&fields),
            }
        };
        return partners.chain([None]).map(app).collect();
    }
    if let (Some(appid), Some(time), Some(nonce), Some(prepay)) = (
        one("appid"),
        one("timestamp"),
        one("noncestr"),
        one("prepayid"),
    ) {
        let package = format!("prepay_id={prepay}");
        let page = |sign_type: &str| OtherSet {
            is_app: false,
            params: of(&[
                ("appId", appid),
                ("timeStamp", time),
                ("nonceStr", nonce),
                ("package", &package),
                ("signType", sign_type),
            ]),
        };
        return ["MD5", "HMAC-SHA256"].map(page).into();
    }
    Vec::new()
}

fn of(fields: &[(&str, &str)]) -> Params {
    let owned = fields
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    owned.collect()
}
