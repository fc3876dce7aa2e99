//! Fields left out several at once, coupons that were lost on the way, and fields that were signed a second time with the
//! sign of the first try among them.

use super::edits::Edit;
use super::v2::{KeyCandidate, QuestionV2};
use super::v2_mutation::Mutation;
use crate::v2::{SIGN, sign};
use crate::{Param, Params};
use recondesk_domain::{Message, SignType};

/// Of more fields than this only single ones and pairs are left out.
pub(super) const MOST_DROPPABLE: usize = 20;

/// True for a field left out.
pub(super) const fn is_drop(twist: &Mutation<'_>) -> bool {
    matches!(twist, Mutation::Edit(edit) if edit.value.is_none())
}

/// The next choice of places out of `of`, in order; false after the last.
pub(super) fn next_choice(chosen: &mut [usize], of: usize) -> bool {
    let count = chosen.len();
    let last = |at: usize| of - count + at;
    let Some(at) = (0..count)
        .rev()
        .find(|at| chosen.get(*at).is_some_and(|place| *place < last(*at)))
    else {
        return false;
    };
    let first = chosen.get(at).map_or(0, |place| place + 1);
    for (place, slot) in (first..).zip(chosen.iter_mut().skip(at)) {
        *slot = place;
    }
    true
}

/// The right signature of the fields, signed with them: a retry that signed the same object again.
pub(super) fn sign_of_first_try(question: &QuestionV2, key: &KeyCandidate) -> Vec<Edit> {
    let mut fields = question.message.clone();
    fields.remove(SIGN);
    [SignType::Md5, SignType::HmacSha256]
        .map(|sign_type| Edit {
            code: "sign-of-first-try",
            at: None,
            name: SIGN.to_owned(),
            value: Some(sign(&fields, &key.key, sign_type).into_bytes()),
        })
        .into()
}

/// That the fields of single coupons are gone, which a message that counts coupons says itself.
pub(super) fn coupons_lost(params: &Params) -> Option<Message> {
    let count: u32 = params.filled("coupon_count")?.parse().ok()?;
    let is_there = |param: &Param| {
        let number = param.name.strip_prefix("coupon_");
        number.is_some_and(|rest| rest.ends_with(|sign: char| sign.is_ascii_digit()))
    };
    if count == 0 || params.get("return_code").is_none() || params.iter().any(is_there) {
        return None;
    }
    Some(Message::new(
        format!(
            "报文写着 coupon_count={count}，却没有 coupon_id_0、coupon_fee_0 等带序号的字段：它们在验签前丢了（多半是类里没有这些字段），而微信支付签的时候有；用收到的原始 XML 验签"
        ),
        format!(
            "The message says coupon_count={count} and has no coupon_id_0, coupon_fee_0 or other numbered field: they were lost before the check (usually a class without them), and WeChat Pay signed them; verify the raw XML as received"
        ),
    ))
}
