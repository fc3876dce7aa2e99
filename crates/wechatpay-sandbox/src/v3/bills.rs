//! Bills of APIv3: an application gives address and digest, the address gives the file for five minutes.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::{V3Call, V3Refused, V3Reply, V3Result};
use crate::bills::{DayRefusal, check_day, trade_text};
use crate::fund_flow::fund_text;
use crate::v2::gzip;
use chrono::NaiveDate;
use recondesk_domain::{BillDate, Instant, Secret};
use wechatpay_codec::bill::BillForm;
use wechatpay_codec::v3::{encrypt_field, seal_resource};

/// Files that were applied for, by their token.
#[derive(Default)]
pub(crate) struct BillShelf(HashMap<String, Shelved>);

struct Shelved {
    mch_id: String,
    until: Instant,
    bytes: Vec<u8>,
    is_zipped: bool,
}

/// More files at once are a mistake of the caller.
const MOST_SHELVED: usize = 64;

impl BillShelf {
    fn put(&mut self, token: String, file: Shelved, now: Instant) {
        self.0.retain(|_, held| held.until > now);
        if self.0.len() < MOST_SHELVED {
            self.0.insert(token, file);
        }
    }
}

/// 申请交易账单.
pub(crate) fn trade(call: &V3Call<'_>) -> V3Result {
    let day = asked_day(call)?;
    let form = match call.request.asked("bill_type") {
        None | Some("ALL") => BillForm::All27,
        Some("SUCCESS") => BillForm::Success20,
        Some("REFUND") => BillForm::Refund29,
        Some(_) => return Err(bad("bill_type")),
    };
    let sub = call.request.asked("sub_mchid");
    let mch_id = &call.merchant.mch_id;
    let text = call
        .shared
        .with_book(mch_id, |book| trade_text(book, mch_id, day, form, sub))
        .flatten()
        .ok_or_else(no_statement)?;
    ticket(call, text)
}

/// 申请资金账单.
pub(crate) fn fund_flow(call: &V3Call<'_>) -> V3Result {
    let day = asked_day(call)?;
    ticket(call, fund_bytes(call, None, day)?)
}

fn fund_bytes(call: &V3Call<'_>, sub: Option<&str>, day: BillDate) -> Result<Vec<u8>, V3Refused> {
    match call.request.asked("account_type") {
        None | Some("BASIC" | "ALL") => {}
        Some("OPERATION" | "FEES" | "DEPOSIT") => return Err(no_statement()),
        Some(_) => return Err(bad("account_type")),
    }
    let mch_id = &call.merchant.mch_id;
    call.shared
        .with_book(mch_id, |book| fund_text(book, mch_id, sub, day))
        .flatten()
        .map(String::into_bytes)
        .ok_or_else(no_statement)
}

/// 申请单个子商户资金账单: the file in parts, each sealed with a key of its own, which is sealed with the merchant's.
pub(crate) fn sub_fund_flow(call: &V3Call<'_>) -> V3Result {
    let day = asked_day(call)?;
    let sub = call.request.asked("sub_mchid");
    if sub.is_none() {
        return Err(bad("sub_mchid"));
    }
    if call.request.asked("algorithm") != Some("AEAD_AES_256_GCM") {
        return Err(bad("algorithm"));
    }
    let whole = fund_bytes(call, sub, day)?;
    let own = call
        .shared
        .certificate(&call.merchant.mch_id)
        .ok_or_else(V3Refused::system)?;
    let cut = whole.len().div_ceil(2).max(1);
    let mut list: Vec<Value> = Vec::new();
    for (at, part) in whole.chunks(cut).enumerate() {
        let (key, nonce) = call
            .shared
            .with_numbers(|numbers| (numbers.letters(32), numbers.letters(16)));
        let bytes = if is_zipped(call)? {
            gzip(part)
        } else {
            part.to_vec()
        };
        let sealed = seal_resource(&bytes, &nonce, "", &Secret::new(key.clone()))
            .ok()
            .and_then(|text| BASE64.decode(text).ok())
            .ok_or_else(V3Refused::system)?;
        let encrypt_key = encrypt_field(&key, own).map_err(|_error| V3Refused::system())?;
        list.push(json!({
            "bill_sequence": at.saturating_add(1),
            "hash_type": "SHA1",
            "hash_value": sha1_hex(part),
            "download_url": shelve(call, sealed, false),
            "encrypt_key": encrypt_key,
            "nonce": nonce,
        }));
    }
    Ok(V3Reply::Json(json!({
        "download_bill_count": list.len(), "download_bill_list": list,
    })))
}

/// 下载账单 at the address of an application, by the merchant that applied.
pub(crate) fn download(call: &V3Call<'_>) -> V3Result {
    let token = call.request.asked("token").unwrap_or_default();
    let found = call.shared.with_shelf(|shelf| {
        shelf.0.get(token).map(|file| {
            let state = (file.mch_id == call.merchant.mch_id, call.now < file.until);
            (state, file.bytes.clone(), file.is_zipped)
        })
    });
    match found {
        Some(((true, true), bytes, zipped)) => Ok(V3Reply::File { zipped, bytes }),
        Some(((false, _), ..)) => Err(V3Refused::new(
            403,
            "NO_AUTH",
            "下载账单的商户与申请的商户不一致",
        )),
        Some(((true, false), ..)) | None => Err(V3Refused::new(
            400,
            "INVALID_REQUEST",
            "下载地址无效或已过期，请重新申请",
        )),
    }
}

fn ticket(call: &V3Call<'_>, text: Vec<u8>) -> V3Result {
    let hash = sha1_hex(&text);
    let zipped = is_zipped(call)?;
    let bytes = if zipped { gzip(&text) } else { text };
    let url = shelve(call, bytes, zipped);
    Ok(V3Reply::Json(json!({
        "hash_type": "SHA1", "hash_value": hash, "download_url": url,
    })))
}

/// Keeps a file for some minutes and tells its address.
fn shelve(call: &V3Call<'_>, bytes: Vec<u8>, is_zipped: bool) -> String {
    let token = call.shared.with_numbers(|numbers| numbers.letters(40));
    let life = call.shared.rules().download_url_lives_s;
    let file = Shelved {
        mch_id: call.merchant.mch_id.clone(),
        until: call.now.plus(life),
        bytes,
        is_zipped,
    };
    call.shared
        .with_shelf(|shelf| shelf.put(token.clone(), file, call.now));
    let (scheme, host) = (call.request.scheme, call.request.header("host"));
    let tail = if is_zipped { "&tartype=gzip" } else { "" };
    format!("{scheme}://{host}/v3/billdownload/file?token={token}{tail}")
}

fn sha1_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    Sha1::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            _ = write!(text, "{byte:02x}");
            text
        })
}

fn is_zipped(call: &V3Call<'_>) -> Result<bool, V3Refused> {
    match call.request.asked("tar_type") {
        None => Ok(false),
        Some("GZIP") => Ok(true),
        Some(_) => Err(bad("tar_type")),
    }
}

fn asked_day(call: &V3Call<'_>) -> Result<BillDate, V3Refused> {
    let text = call.request.asked("bill_date").unwrap_or_default();
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| text.len() == 10)
        .map(BillDate::new)
        .ok_or_else(|| bad("bill_date"))?;
    let rules = call.shared.rules();
    check_day(&rules, day, call.now).map_err(|why| match why {
        DayRefusal::Future => V3Refused::new(400, "INVALID_REQUEST", "bill_date不能晚于今天"),
        DayRefusal::TooOld => no_statement(),
        DayRefusal::Creating => {
            V3Refused::new(400, "STATEMENT_CREATING", "账单生成中，请于次日10点后再试")
        }
    })?;
    Ok(day)
}

fn no_statement() -> V3Refused {
    V3Refused::new(400, "NO_STATEMENT_EXIST", "账单文件不存在")
}

fn bad(name: &str) -> V3Refused {
    V3Refused::new(400, "INVALID_REQUEST", format!("{name}参数格式错误")).with(json!({
        "location": "query", "field": name, "issue": "格式错误",
    }))
}
