//! APIv3 as the gateway sees it: check the signature, dispatch, sign the answer with a platform key.

mod answer;
mod bills;
mod body;
mod certificates;
mod combined;
pub(crate) mod notice;
mod orders;
mod refunds;
mod request;

use std::sync::Arc;

use axum::response::Response;
use serde_json::Value;

use super::Merchant;
use super::fault::InjectedFault;
use super::server::Shared;
use recondesk_domain::Instant;

pub(crate) use bills::BillShelf;
pub(crate) use request::V3Request;

/// A request whose signature holds.
pub(crate) struct V3Call<'a> {
    pub(crate) shared: &'a Arc<Shared>,
    pub(crate) merchant: &'a Merchant,
    pub(crate) request: &'a V3Request<'a>,
    pub(crate) now: Instant,
}

/// What a request gets.
pub(crate) enum V3Reply {
    /// A signed object.
    Json(Value),
    /// A signed 204.
    Nothing,
    /// A file, which is not signed.
    File {
        /// True for gzip.
        zipped: bool,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

/// Why a request is not carried out.
#[derive(Debug)]
pub(crate) struct V3Refused {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) detail: Option<Value>,
}

impl V3Refused {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            detail: None,
        }
    }

    fn with(mut self, detail: Value) -> Self {
        self.detail = Some(detail);
        self
    }

    /// For a merchant without books, which cannot be after the signature was checked.
    fn system() -> Self {
        Self::new(500, "SYSTEM_ERROR", "系统异常，请稍后重试")
    }
}

type V3Result = Result<V3Reply, V3Refused>;

/// Answers a request. Only a request with a right signature reaches the books.
pub(crate) fn answer(
    shared: &Arc<Shared>,
    request: &V3Request<'_>,
    fault: Option<&InjectedFault>,
) -> Response {
    let seal = answer::Seal::for_request(shared, request, fault);
    if let Some(InjectedFault::Fail { text }) = fault {
        let refused = V3Refused::new(400, "PARAM_ERROR", text.clone());
        return answer::unsigned(shared, &refused);
    }
    let call = match request::admit(shared, request) {
        Ok(call) => call,
        Err(refused) => return answer::unsigned(shared, &refused),
    };
    if let Some(InjectedFault::Error { code, text }) = fault {
        let refused = V3Refused::new(status_of(code), code, text.clone());
        return seal.refusal(&refused);
    }
    match (dispatch(&call), fault) {
        (_, Some(InjectedFault::DoneButError)) => seal.refusal(&V3Refused::system()),
        (Ok(V3Reply::Json(value)), _) => seal.object(200, value),
        (Ok(V3Reply::Nothing), _) => seal.nothing(),
        (Ok(V3Reply::File { zipped, bytes }), _) => answer::file(shared, zipped, bytes),
        (Err(refused), _) => seal.refusal(&refused),
    }
}

fn dispatch(call: &V3Call<'_>) -> V3Result {
    let path: Vec<&str> = call.request.segments.iter().map(String::as_str).collect();
    let is_post = call.request.method == "POST";
    match (is_post, path.as_slice()) {
        (
            true,
            [
                "pay",
                "transactions",
                kind @ ("jsapi" | "app" | "h5" | "native"),
            ],
        ) => orders::place(call, kind, orders::Party::Merchant),
        (
            true,
            [
                "pay",
                "partner",
                "transactions",
                kind @ ("jsapi" | "app" | "h5" | "native"),
            ],
        ) => orders::place(call, kind, orders::Party::Partner),
        (true, ["pay", "transactions", "out-trade-no", number, "close"]) => {
            orders::close(call, number, orders::Party::Merchant)
        }
        (
            true,
            [
                "pay",
                "partner",
                "transactions",
                "out-trade-no",
                number,
                "close",
            ],
        ) => orders::close(call, number, orders::Party::Partner),
        (
            false,
            [
                "pay",
                "transactions",
                which @ ("id" | "out-trade-no"),
                number,
            ],
        ) => orders::query(call, which, number, orders::Party::Merchant),
        (
            false,
            [
                "pay",
                "partner",
                "transactions",
                which @ ("id" | "out-trade-no"),
                number,
            ],
        ) => orders::query(call, which, number, orders::Party::Partner),
        (
            true,
            [
                "combine-transactions",
                kind @ ("jsapi" | "app" | "h5" | "native"),
            ],
        ) => combined::place(call, kind),
        (false, ["combine-transactions", "out-trade-no", number]) => combined::query(call, number),
        (true, ["combine-transactions", "out-trade-no", number, "close"]) => {
            combined::close(call, number)
        }
        (true, ["refund", "domestic", "refunds"]) => refunds::refund(call),
        (false, ["refund", "domestic", "refunds", number]) => refunds::query(call, number),
        (true, ["refund", "domestic", "refunds", id, "apply-abnormal-refund"]) => {
            refunds::abnormal(call, id)
        }
        (false, ["bill", "tradebill"]) => bills::trade(call),
        (false, ["bill", "fundflowbill"]) => bills::fund_flow(call),
        (false, ["bill", "sub-merchant-fundflowbill"]) => bills::sub_fund_flow(call),
        (false, ["billdownload", "file"]) => bills::download(call),
        (false, ["certificates"]) => certificates::list(call),
        _ => Err(V3Refused::new(404, "NOT_FOUND", "请求的资源不存在")),
    }
}

/// The status that goes with a documented code.
fn status_of(code: &str) -> u16 {
    let letters = code.replace('_', "");
    match letters.as_str() {
        "SIGNERROR" => 401,
        "NOAUTH"
        | "NOTENOUGH"
        | "ACCOUNTERROR"
        | "RULELIMIT"
        | "TRADEERROR"
        | "OUTTRADENOUSED"
        | "USERACCOUNTABNORMAL" => 403,
        "ORDERNOTEXIST" | "RESOURCENOTEXISTS" => 404,
        "FREQUENCYLIMITED" | "RATELIMITEXCEEDED" => 429,
        "SYSTEMERROR" | "BANKERROR" | "OPENIDMISMATCH" => 500,
        "USERPAYING" => 202,
        _ => 400,
    }
}
