//! What pages and apps need: signed parameters to pay, and `wx.config`.
//!
//! A front end's "ok" is never a proof of payment; only a query of the order decides.

use serde_json::{Map, Value};
use sha1::{Digest as _, Sha1};
use zeroize::Zeroize;

use super::v2::{hex_lower, sign};
use super::v3::{PrivateKey, lines};
use super::{Param, Params};
use recondesk_domain::{Instant, Secret, SignType, Term};

/// What every front end is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prepaid<'a> {
    /// App id of the page, mini program or app.
    pub appid: &'a str,
    /// `mch_id`; only apps pass it on.
    pub mch_id: &'a str,
    /// `prepay_id`, good for two hours.
    pub prepay_id: &'a str,
    /// Nonce.
    pub nonce: &'a str,
    /// Now; front ends want seconds.
    pub now: Instant,
}

/// Where the parameters are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrontEnd {
    /// `WeixinJSBridge.invoke('getBrandWCPayRequest', …)`.
    Bridge,
    /// `wx.chooseWXPay`: `timestamp` in lower case when passed, `timeStamp` when signed.
    ChooseWxPay,
    /// `wx.requestPayment` of a mini program: `appId` is signed but not passed.
    MiniProgram,
    /// The app SDK.
    App,
}

impl FrontEnd {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Bridge,
        Self::ChooseWxPay,
        Self::MiniProgram,
        Self::App,
    ];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> Term {
        match self {
            Self::Bridge => Term::new("公众号 WeixinJSBridge", "Official account, WeixinJSBridge"),
            Self::ChooseWxPay => {
                Term::new("公众号 wx.chooseWXPay", "Official account, wx.chooseWXPay")
            }
            Self::MiniProgram => Term::new(
                "小程序 wx.requestPayment",
                "Mini program, wx.requestPayment",
            ),
            Self::App => Term::new("APP（iOS、Android）", "App (iOS, Android)"),
        }
    }
}

/// A signed parameter set, with what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaySet {
    /// Where it is used.
    pub front_end: FrontEnd,
    /// The parameters to pass on, in the order of the documents.
    pub params: Params,
    /// The signed text: for APIv2 without the key, for APIv3 the four lines.
    pub signed: String,
}

impl PaySet {
    /// The parameters as JSON to paste; all values are strings.
    #[must_use]
    pub fn json(&self) -> String {
        let object: Map<String, Value> = self
            .params
            .iter()
            .map(|Param { name, value }| (name.clone(), Value::from(value.as_str())))
            .collect();
        serde_json::to_string_pretty(&object).unwrap_or_default()
    }
}

/// Signs for a front end with APIv2. `sign_type` must equal that of the order.
#[must_use]
pub fn pay_v2<K: AsRef<[u8]> + Zeroize>(
    front_end: FrontEnd,
    prepaid: &Prepaid<'_>,
    sign_type: SignType,
    key: &Secret<K>,
) -> PaySet {
    let seconds = prepaid.now.unix().to_string();
    let signed = if front_end == FrontEnd::App {
        app_params(prepaid, &seconds)
    } else {
        Params::from_iter([
            ("appId", prepaid.appid.to_owned()),
            ("timeStamp", seconds.clone()),
            ("nonceStr", prepaid.nonce.to_owned()),
            ("package", format!("prepay_id={}", prepaid.prepay_id)),
            ("signType", sign_type.wire().to_owned()),
        ])
    };
    let signature = sign(&signed, key, sign_type);
    PaySet {
        front_end,
        signed: super::v2::canonical(&signed),
        params: passed_on(front_end, &signed, signature),
    }
}

/// Signs for a front end with APIv3, with the private key that ordered.
#[must_use]
pub fn pay_v3(front_end: FrontEnd, prepaid: &Prepaid<'_>, key: &PrivateKey) -> PaySet {
    let seconds = prepaid.now.unix().to_string();
    let message = v3_message(front_end, prepaid, &seconds);
    let signature = key.sign(message.as_bytes());
    let signed = if front_end == FrontEnd::App {
        app_params(prepaid, &seconds)
    } else {
        Params::from_iter([
            ("appId", prepaid.appid.to_owned()),
            ("timeStamp", seconds),
            ("nonceStr", prepaid.nonce.to_owned()),
            ("package", format!("prepay_id={}", prepaid.prepay_id)),
            ("signType", "RSA".to_owned()),
        ])
    };
    PaySet {
        front_end,
        signed: message,
        params: passed_on(front_end, &signed, signature),
    }
}

/// The four lines of APIv3; an app's fourth line is the bare `prepay_id` (pitfall A11).
#[must_use]
pub fn v3_message(front_end: FrontEnd, prepaid: &Prepaid<'_>, seconds: &str) -> String {
    let package = match front_end {
        FrontEnd::App => prepaid.prepay_id.to_owned(),
        FrontEnd::Bridge | FrontEnd::ChooseWxPay | FrontEnd::MiniProgram => {
            format!("prepay_id={}", prepaid.prepay_id)
        }
    };
    let bytes = lines(&[
        prepaid.appid.as_bytes(),
        seconds.as_bytes(),
        prepaid.nonce.as_bytes(),
        package.as_bytes(),
    ]);
    String::from_utf8(bytes).unwrap_or_default()
}

fn app_params(prepaid: &Prepaid<'_>, seconds: &str) -> Params {
    Params::from_iter([
        ("appid", prepaid.appid),
        ("partnerid", prepaid.mch_id),
        ("prepayid", prepaid.prepay_id),
        ("package", "Sign=WXPay"),
        ("noncestr", prepaid.nonce),
        ("timestamp", seconds),
    ])
}

fn passed_on(front_end: FrontEnd, signed: &Params, signature: String) -> Params {
    let mut out = Params::new();
    for Param { name, value } in signed {
        match (front_end, name.as_str()) {
            (FrontEnd::MiniProgram | FrontEnd::ChooseWxPay, "appId") => {}
            (FrontEnd::ChooseWxPay, "timeStamp") => out.push("timestamp", value),
            _ => out.push(name, value),
        }
    }
    let name = if front_end == FrontEnd::App {
        "sign"
    } else {
        "paySign"
    };
    out.push(name, signature);
    out
}

/// The parameters of `wx.config` and what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsConfig {
    /// The signed text; it holds the ticket.
    pub signed: String,
    /// Lower-case hex of SHA-1.
    pub signature: String,
    /// The address that was signed: without `#…`.
    pub url: String,
}

/// Signs `wx.config` with a `jsapi_ticket` (not with the token of web authorisation).
#[must_use]
pub fn js_config(ticket: &Secret<String>, nonce: &str, timestamp: &str, url: &str) -> JsConfig {
    let url = url.split('#').next().unwrap_or_default().to_owned();
    let ticket = ticket.expose();
    let signed = format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}");
    JsConfig {
        signature: hex_lower(&Sha1::digest(signed.as_bytes())),
        signed,
        url,
    }
}

/// `wx.config` ready to paste, and what was signed, with a placeholder for the ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsSet {
    /// The object for `wx.config`.
    pub json: String,
    /// The signed text without the ticket.
    pub shown: String,
    /// The address that was signed.
    pub url: String,
}

/// Makes `wx.config` for a page that pays.
#[must_use]
pub fn js_set(ticket: &Secret<String>, appid: &str, nonce: &str, now: Instant, url: &str) -> JsSet {
    let timestamp = now.unix().to_string();
    let config = js_config(ticket, nonce, &timestamp, url);
    let mut object = Map::new();
    object.insert("debug".to_owned(), false.into());
    object.insert("appId".to_owned(), appid.into());
    object.insert("timestamp".to_owned(), timestamp.clone().into());
    object.insert("nonceStr".to_owned(), nonce.into());
    object.insert("signature".to_owned(), config.signature.into());
    object.insert("jsApiList".to_owned(), Value::from(vec!["chooseWXPay"]));
    let url = config.url;
    JsSet {
        json: serde_json::to_string_pretty(&Value::Object(object)).unwrap_or_default(),
        shown: format!("jsapi_ticket=YOUR_TICKET&noncestr={nonce}&timestamp={timestamp}&url={url}"),
        url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PREPAID: Prepaid<'_> = Prepaid {
        appid: "wxd678efh567hg6787",
        mch_id: "1305176001",
        prepay_id: "wx2017033010242291fcfe0db70013231072",
        nonce: "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        now: Instant::from_unix(1_490_840_662),
    };

    fn names(set: &PaySet) -> Vec<&str> {
        set.params.iter().map(|param| param.name.as_str()).collect()
    }

    #[test]
    fn each_front_end_gets_its_own_names_and_one_signature() {
        let key = Secret::new("qazwsxedcrfvtgbyhnujmikolp111111".to_owned());
        let of = |front_end| pay_v2(front_end, &PREPAID, SignType::Md5, &key);

        let bridge = of(FrontEnd::Bridge);
        assert_eq!(
            bridge.params.get("paySign"),
            Some("22D9B4E54AB1950F51E0649E8810ACD6")
        );
        assert_eq!(
            names(&bridge),
            [
                "appId",
                "timeStamp",
                "nonceStr",
                "package",
                "signType",
                "paySign"
            ]
        );
        let mini = of(FrontEnd::MiniProgram);
        assert_eq!(
            names(&mini),
            ["timeStamp", "nonceStr", "package", "signType", "paySign"]
        );
        assert_eq!(mini.params.get("paySign"), bridge.params.get("paySign"));
        let choose = of(FrontEnd::ChooseWxPay);
        assert_eq!(choose.params.get("timestamp"), Some("1490840662"));
        assert_eq!(choose.params.get("paySign"), bridge.params.get("paySign"));
        let app = of(FrontEnd::App);
        assert_eq!(
            names(&app),
            [
                "appid",
                "partnerid",
                "prepayid",
                "package",
                "noncestr",
                "timestamp",
                "sign"
            ]
        );
    }

    #[test]
    fn a_config_to_paste_does_not_hold_the_ticket() {
        let ticket = Secret::new(
            "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg".to_owned(),
        );
        let now = Instant::from_unix(1_414_587_457);
        let set = js_set(
            &ticket,
            "wx1",
            "Wm3WZYTPz0wzccnW",
            now,
            "http://mp.weixin.qq.com?params=value#x",
        );
        let object: Value = serde_json::from_str(&set.json).unwrap();
        // The example of the documents.
        assert_eq!(
            object["signature"],
            "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
        );
        assert_eq!(object["timestamp"], "1414587457");
        assert_eq!(set.url, "http://mp.weixin.qq.com?params=value");
        assert!(!format!("{set:?}").contains("sM4AOV"));
    }

    #[test]
    fn an_address_loses_its_fragment_before_signing() {
        let ticket = Secret::new("t".to_owned());
        let one = js_config(&ticket, "n", "1", "https://a.cn/x?b=1#top");
        assert_eq!(one, js_config(&ticket, "n", "1", "https://a.cn/x?b=1"));
    }
}
