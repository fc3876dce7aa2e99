//! The search for APIv2: message, key and the signature that came out; up to two deviations explain it.

use hmac::Hmac;
use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::Sha256;

use super::edits::{Edit, edits};
use super::form::{Form, Given};
use super::v2_drops::{MOST_DROPPABLE, is_drop, next_choice, sign_of_first_try};
use super::v2_front_end::other_sets;
use super::v2_mask::{before_key, masked};
use super::v2_mutation::{Mutation, ValueEncoding, whole_message, whole_texts};
use super::v2_plan::{Builder, Built, MOST_EDITS};
use super::{
    Change, Counter, Explanation, SearchWatch, SignatureVerdict, first_difference, v2_words,
};
use crate::Params;
use crate::lab::KEY_PLACEHOLDER;
use recondesk_domain::{Message, Secret, SignType};

/// A key that may have been used.
#[derive(Debug, Clone)]
pub struct KeyCandidate {
    /// Name of its profile; shown.
    pub name: String,
    /// The key.
    pub key: Secret<String>,
}

/// What is known about a signature that does not fit.
#[derive(Debug, Clone)]
pub struct QuestionV2 {
    /// The message as it is, or should be, sent.
    pub message: Params,
    /// The signature that came out elsewhere.
    pub given: String,
    /// The right key first, then keys of other profiles.
    pub keys: Vec<KeyCandidate>,
    /// The algorithm that should be used.
    pub sign_type: SignType,
    /// The string that was signed elsewhere, where it is known, with or without its key.
    pub signed_text: Option<String>,
    /// Other values met beside the message (nonces, times, numbers of other profiles).
    pub seen: Vec<String>,
}

/// How a digest was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Md5,
    HmacSha256,
    HmacMd5,
    Sha256,
    Sha1,
}

impl Algorithm {
    const fn right(sign_type: SignType) -> Self {
        match sign_type {
            SignType::Md5 => Self::Md5,
            SignType::HmacSha256 => Self::HmacSha256,
        }
    }

    /// Those whose result has this many bytes, the usual ones first.
    fn of_length(bytes: usize, right: Self) -> Vec<Self> {
        let mut out = match bytes {
            8 => vec![Self::Md5],
            16 => vec![Self::Md5, Self::HmacMd5],
            20 => vec![Self::Sha1],
            32 => vec![Self::HmacSha256, Self::Sha256],
            _ => Vec::new(),
        };
        out.sort_by_key(|algorithm| *algorithm != right);
        out
    }

    fn gives(self, text: &[u8], key: &[u8], wanted: &[u8]) -> bool {
        fn mac<M: hmac::Mac + hmac::KeyInit>(text: &[u8], key: &[u8], wanted: &[u8]) -> bool {
            <M as hmac::KeyInit>::new_from_slice(key).is_ok_and(|mut mac| {
                mac.update(text);
                mac.finalize().into_bytes().as_slice() == wanted
            })
        }
        match self {
            Self::Md5 => {
                let digest = Md5::digest(text);
                if wanted.len() == 8 {
                    digest.get(4..12) == Some(wanted)
                } else {
                    digest.as_slice() == wanted
                }
            }
            Self::HmacSha256 => mac::<Hmac<Sha256>>(text, key, wanted),
            Self::HmacMd5 => mac::<Hmac<Md5>>(text, key, wanted),
            Self::Sha256 => Sha256::digest(text).as_slice() == wanted,
            Self::Sha1 => Sha1::digest(text).as_slice() == wanted,
        }
    }
}

/// A way under which the given signature verifies.
struct VerifiedForm<'e> {
    twists: Vec<Mutation<'e>>,
    algorithm: Algorithm,
}

/// Says why a signature of APIv2 differs, or honestly that it cannot.
#[must_use]
pub fn explain_v2(question: &QuestionV2, watch: SearchWatch<'_>) -> SignatureVerdict {
    let Some(given) = Given::v2(&question.given) else {
        return SignatureVerdict::NotASignature(v2_words::not_a_signature(&question.given));
    };
    let Some(first) = question.keys.first() else {
        return SignatureVerdict::Unexplained {
            tried: 0,
            hints: vec![Message::new("先给出 API 密钥", "Give the API key first")],
        };
    };
    let right = Algorithm::right(question.sign_type);
    let mut found = edits(&question.message, &question.seen);
    found.extend(sign_of_first_try(question, first));
    let keys: Vec<&[u8]> = question
        .keys
        .iter()
        .map(|candidate| candidate.key.expose().as_bytes())
        .collect();
    let mut search = SignatureSearch {
        builder: Builder::new(&question.message, &keys),
        room: Built {
            text: Vec::new(),
            key: Vec::new(),
        },
        algorithms: Algorithm::of_length(given.bytes.len(), right),
        wanted: &given.bytes,
        counter: Counter {
            tried: 0,
            total: 0,
            watch,
        },
    };
    if let Some(verdict) = from_text(question, &given, &mut search, first.key.expose()) {
        return verdict;
    }
    if let Some(verdict) = of_other_front_end(question, &given, &mut search, &keys) {
        return verdict;
    }
    match search.run(&found, keys.len()) {
        SearchOutcome::Hit(hit) => verdict(question, &given, &hit, search.counter.tried),
        SearchOutcome::Nothing => SignatureVerdict::Unexplained {
            tried: search.counter.tried,
            hints: v2_words::hints(question),
        },
        SearchOutcome::Stopped => SignatureVerdict::Cancelled {
            tried: search.counter.tried,
        },
    }
}

/// The parameters of a page signed with the fields of an app, or the reverse; `None` where that is not it.
fn of_other_front_end(
    question: &QuestionV2,
    given: &Given,
    search: &mut SignatureSearch<'_>,
    keys: &[&[u8]],
) -> Option<SignatureVerdict> {
    let labels: [&[u8]; 1] = [KEY_PLACEHOLDER.as_bytes()];
    let built = |mut builder: Builder<'_>| {
        let mut room = Built {
            text: Vec::new(),
            key: Vec::new(),
        };
        builder.build(&[], &mut room);
        room
    };
    for set in other_sets(&question.message, &question.seen) {
        search.counter.tried += 1;
        let Built { text, key } = built(Builder::new(&set.params, keys));
        let mut fitting = search.algorithms.iter();
        let Some(algorithm) = fitting.find(|algorithm| algorithm.gives(&text, &key, search.wanted))
        else {
            continue;
        };
        let mut changes = vec![v2_words::other_front_end(set.is_app)];
        changes.extend(v2_words::algorithm(*algorithm, question.sign_type));
        changes.extend(given.change(Form::HexUpper));
        let theirs = built(Builder::shown(&set.params, &labels)).text;
        let right = built(Builder::shown(&question.message, &labels)).text;
        return Some(SignatureVerdict::Explained(Box::new(Explanation {
            changes,
            first_difference: first_difference(&theirs, &right),
            theirs,
            right,
            tried: search.counter.tried,
        })));
    }
    None
}

enum SearchOutcome<'e> {
    Hit(VerifiedForm<'e>),
    Nothing,
    Stopped,
}

struct SignatureSearch<'a> {
    builder: Builder<'a>,
    room: Built,
    algorithms: Vec<Algorithm>,
    wanted: &'a [u8],
    counter: Counter<'a>,
}

/// No search goes on beyond this many strings.
const MOST_TRIES: u64 = 400_000;
/// Nor beyond this many bytes, so that a huge message ends early.
const MOST_BYTES: u64 = 300_000_000;

impl<'a> SignatureSearch<'a> {
    fn run<'e>(&mut self, edits: &'e [Edit], keys: usize) -> SearchOutcome<'e>
    where
        'e: 'a,
    {
        let whole = whole_message(keys, self.builder.count());
        // Trimmed values come last: where one field has white space, naming that field says more.
        let late = Mutation::ValueEncoding(ValueEncoding::Trimmed);
        let single: Vec<Mutation<'e>> = whole
            .iter()
            .copied()
            .filter(|twist| *twist != late)
            .chain(edits.iter().map(Mutation::Edit))
            .chain([late])
            .chain(whole_texts())
            .collect();
        let count = single.len() as u64;
        self.counter.total = (count * count / 2).min(MOST_TRIES);
        let drops: Vec<Mutation<'e>> = single.iter().copied().filter(is_drop).collect();
        match self.try_one(&[]) {
            Ok(None) => {}
            Ok(Some(algorithm)) => {
                return SearchOutcome::Hit(VerifiedForm {
                    twists: Vec::new(),
                    algorithm,
                });
            }
            Err(()) => return SearchOutcome::Stopped,
        }
        for twist in &single {
            match self.try_one(&[*twist]) {
                Ok(None) => {}
                Ok(Some(algorithm)) => {
                    return SearchOutcome::Hit(VerifiedForm {
                        twists: vec![*twist],
                        algorithm,
                    });
                }
                Err(()) => return SearchOutcome::Stopped,
            }
        }
        match self.many_dropped(&drops) {
            SearchOutcome::Nothing => self.pairs(&single),
            found @ (SearchOutcome::Hit(_) | SearchOutcome::Stopped) => found,
        }
    }

    /// Three or four fields left out at once, as a type that does not have them does.
    fn many_dropped<'e>(&mut self, drops: &[Mutation<'e>]) -> SearchOutcome<'e> {
        if drops.len() > MOST_DROPPABLE {
            return SearchOutcome::Nothing;
        }
        for count in 3..=MOST_EDITS {
            let mut chosen: Vec<usize> = (0..count.min(drops.len())).collect();
            while chosen.len() == count {
                let twists: Vec<Mutation<'e>> = chosen
                    .iter()
                    .filter_map(|at| drops.get(*at).copied())
                    .collect();
                match self.try_one(&twists) {
                    Ok(None) => {}
                    Ok(Some(algorithm)) => {
                        return SearchOutcome::Hit(VerifiedForm { twists, algorithm });
                    }
                    Err(()) => return SearchOutcome::Stopped,
                }
                if !next_choice(&mut chosen, drops.len()) {
                    break;
                }
            }
        }
        SearchOutcome::Nothing
    }

    fn pairs<'e>(&mut self, single: &[Mutation<'e>]) -> SearchOutcome<'e> {
        let mut bytes = 0_u64;
        for (at, one) in single.iter().enumerate() {
            for other in single.iter().skip(at + 1) {
                if excluded(one, other) {
                    continue;
                }
                match self.try_one(&[*one, *other]) {
                    Ok(None) => {}
                    Ok(Some(algorithm)) => {
                        return SearchOutcome::Hit(VerifiedForm {
                            twists: vec![*one, *other],
                            algorithm,
                        });
                    }
                    Err(()) => return SearchOutcome::Stopped,
                }
                bytes += self.room.text.len() as u64;
                if self.counter.tried >= MOST_TRIES || bytes >= MOST_BYTES {
                    return SearchOutcome::Nothing;
                }
            }
        }
        SearchOutcome::Nothing
    }

    /// Tries one way; an error means that a person stopped the search.
    fn try_one(&mut self, twists: &[Mutation<'_>]) -> Result<Option<Algorithm>, ()> {
        if !self.counter.step() {
            return Err(());
        }
        self.builder.build(twists, &mut self.room);
        let Built { text, key } = &self.room;
        Ok(self
            .algorithms
            .iter()
            .find(|algorithm| algorithm.gives(text, key, self.wanted))
            .copied())
    }
}

/// Twists that cannot stand together, or not sensibly.
fn excluded(one: &Mutation<'_>, other: &Mutation<'_>) -> bool {
    if let (Mutation::Edit(one), Mutation::Edit(other)) = (one, other) {
        // Both about one field, or both a guess of seconds: the second would only repeat the first.
        return (one.at.is_some() && one.at == other.at)
            || (one.at.is_none() && other.at.is_none() && one.name == other.name)
            || (one.code == "time-anew" && other.code == "time-anew");
    }
    one.slot() == other.slot()
}

/// When the foreign string is known: does it give the signature, and where does it part from ours?
fn from_text(
    question: &QuestionV2,
    given: &Given,
    search: &mut SignatureSearch<'_>,
    key: &str,
) -> Option<SignatureVerdict> {
    let text = question.signed_text.as_deref()?.as_bytes();
    let mut ours = Built {
        text: Vec::new(),
        key: Vec::new(),
    };
    search.builder.build(&[], &mut ours);
    let tail = format!("&key={key}");
    let with_key = [text, tail.as_bytes()].concat();
    for (candidate, lacks_key) in [(text, false), (with_key.as_slice(), true)] {
        search.counter.tried += 1;
        let Some(algorithm) = search
            .algorithms
            .iter()
            .find(|algorithm| algorithm.gives(candidate, key.as_bytes(), search.wanted))
        else {
            continue;
        };
        if candidate == ours.text {
            let hit = VerifiedForm {
                twists: Vec::new(),
                algorithm: *algorithm,
            };
            return Some(verdict(question, given, &hit, search.counter.tried));
        }
        // A named mistake is better than a bare difference, so the search goes first when the string leads there.
        let found = edits(&question.message, &question.seen);
        let keys: Vec<&[u8]> = question
            .keys
            .iter()
            .map(|candidate| candidate.key.expose().as_bytes())
            .collect();
        let mut named = SignatureSearch {
            builder: Builder::new(&question.message, &keys),
            room: Built {
                text: Vec::new(),
                key: Vec::new(),
            },
            algorithms: vec![*algorithm],
            wanted: search.wanted,
            counter: Counter {
                tried: search.counter.tried,
                total: 0,
                watch: search.counter.watch,
            },
        };
        return Some(match named.run(&found, keys.len()) {
            SearchOutcome::Hit(hit) => verdict(question, given, &hit, named.counter.tried),
            SearchOutcome::Stopped => SignatureVerdict::Cancelled {
                tried: named.counter.tried,
            },
            SearchOutcome::Nothing => {
                let mask = |bytes: &[u8]| masked(bytes, key);
                let (theirs, right) = (mask(candidate), mask(&ours.text));
                let is_other_key = before_key(candidate) == before_key(&ours.text);
                let mut changes = vec![if is_other_key {
                    v2_words::string_with_other_key()
                } else {
                    v2_words::other_string(lacks_key)
                }];
                changes.extend(v2_words::algorithm(*algorithm, question.sign_type));
                changes.extend(given.change(Form::HexUpper));
                SignatureVerdict::Explained(Box::new(Explanation {
                    changes,
                    first_difference: first_difference(&theirs, &right),
                    theirs,
                    right,
                    tried: named.counter.tried,
                }))
            }
        });
    }
    None
}

fn verdict(
    question: &QuestionV2,
    given: &Given,
    hit: &VerifiedForm<'_>,
    tried: u64,
) -> SignatureVerdict {
    let mut changes: Vec<Change> = hit
        .twists
        .iter()
        .map(|twist| v2_words::change(twist, question))
        .collect();
    changes.extend(v2_words::algorithm(hit.algorithm, question.sign_type));
    changes.extend(given.change(Form::HexUpper));
    // What is missing from the message is said first: nothing is right before it is there.
    let beside = v2_words::beside(question);
    let (missing, others): (Vec<_>, Vec<_>) = beside
        .into_iter()
        .partition(|change| change.code == "header-field-missing");
    changes.splice(0..0, missing);
    changes.extend(others);
    if changes.is_empty() {
        return SignatureVerdict::Right;
    }
    // Built once more with placeholders in the place of keys, so that no key can be shown.
    let labels: Vec<String> = question
        .keys
        .iter()
        .enumerate()
        .map(|(at, key)| match at {
            0 => KEY_PLACEHOLDER.to_owned(),
            _ => format!("KEY_OF({})", key.name),
        })
        .collect();
    let labels: Vec<&[u8]> = labels.iter().map(String::as_bytes).collect();
    let mut builder = Builder::shown(&question.message, &labels);
    let mut text = |twists: &[Mutation<'_>]| {
        let mut room = Built {
            text: Vec::new(),
            key: Vec::new(),
        };
        builder.build(twists, &mut room);
        room.text
    };
    let (theirs, right) = (text(&hit.twists), text(&[]));
    SignatureVerdict::Explained(Box::new(Explanation {
        changes,
        first_difference: first_difference(&theirs, &right),
        theirs,
        right,
        tried,
    }))
}
