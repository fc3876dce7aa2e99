//! Fields left out several at once, and fields that were signed a second time with the sign of the first try among them.

use super::edits::Edit;
use super::v2::{KeyCandidate, QuestionV2};
use super::v2_mutation::Mutation;
use crate::v2::{SIGN, sign};
use recondesk_domain::SignType;

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
