//! The search for APIv3: the digest is taken out of the signature once, then compared with every way of building the lines.
//!
//! A hit is confirmed by verifying the signature over the very string before it is told.

use super::form::{Form, Given};
use super::v3_forms;
use super::v3_pay::PayMessage;
use super::v3_search::{ExplainedLine, MutationV3, SearchOutcomeV3, SearchV3, join};
use super::{Change, Counter, Explanation, SearchWatch, SignatureVerdict, first_difference};
use super::{v3_sight, v3_words};
use crate::lab::reprint::reprint;
use crate::v3::{DigestName, PROBE_PREFIX, Recovered, SignInformation, VerifyKey, bare_content};
use recondesk_domain::Message;

/// A key the signature may belong to.
#[derive(Debug, Clone)]
pub struct VerifyCandidate {
    /// Name of its profile; shown.
    pub name: String,
    /// The public half.
    pub key: VerifyKey,
}

/// What was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedMessage {
    /// A request.
    Request {
        /// Method, upper case.
        method: String,
        /// Path and query as sent.
        target: String,
        /// Host, if known.
        host: String,
        /// Body as sent.
        body: Vec<u8>,
    },
    /// An answer or a notification of WeChat Pay.
    Reply {
        /// Raw body.
        body: Vec<u8>,
    },
    /// Parameters of a front end.
    Pay(PayMessage),
}

/// What is known about a signature that does not fit.
#[derive(Debug, Clone)]
pub struct QuestionV3 {
    /// The message as it is, or should be, sent.
    pub message: SignedMessage,
    /// Seconds, as in the header.
    pub timestamp: String,
    /// Nonce, as in the header.
    pub nonce: String,
    /// The signature that came out.
    pub given: String,
    /// The right key first, then others.
    pub keys: Vec<VerifyCandidate>,
    /// The serial number or key id that stands in the header; empty where none does.
    pub serial: String,
    /// The string that was signed elsewhere, where it is known.
    pub signed_text: Option<String>,
    /// Other values met beside the message: nonces, times, numbers.
    pub seen: Vec<String>,
    /// What is wrong with the header that carries the signature, seen by reading it.
    pub header_faults: Vec<Change>,
}

impl QuestionV3 {
    fn lines(&self) -> Vec<ExplainedLine> {
        let line = |name, right: &str, others| ExplainedLine {
            name,
            right: right.into(),
            others,
        };
        let time = line(
            "timestamp",
            &self.timestamp,
            v3_forms::timestamp(&self.timestamp, &self.seen),
        );
        let nonce = line(
            "nonce",
            &self.nonce,
            v3_forms::word(&self.nonce, &self.seen, "nonce-anew"),
        );
        let body_line = |body: &Vec<u8>| ExplainedLine {
            name: "body",
            right: body.clone(),
            others: v3_forms::body(body),
        };
        match &self.message {
            SignedMessage::Request {
                method,
                target,
                host,
                body,
            } => vec![
                line("method", method, v3_forms::method(method)),
                line("target", target, v3_forms::target(target, host, &self.seen)),
                time,
                nonce,
                body_line(body),
            ],
            SignedMessage::Reply { body } => vec![time, nonce, body_line(body)],
            SignedMessage::Pay(pay) => vec![
                line(
                    "appid",
                    &pay.appid,
                    v3_forms::word(&pay.appid, &self.seen, "value-of-other"),
                ),
                time,
                nonce,
                line("package", &pay.package, v3_forms::package(&pay.package)),
            ],
        }
    }

    /// What is wrong beside the string: the header, the unit of the time, the algorithm a front end names.
    fn beside(&self) -> Vec<Change> {
        let mut out = self.header_faults.clone();
        out.extend(v3_sight::time_fault(&self.message, &self.timestamp));
        if let SignedMessage::Pay(pay) = &self.message {
            out.extend(v3_sight::sign_type_fault(pay));
        }
        out
    }

    /// The right string.
    #[must_use]
    pub fn right_string(&self) -> Vec<u8> {
        let mut out = Vec::new();
        join(&self.lines(), &[], &mut out);
        out
    }
}

/// Says why a signature of APIv3 differs, or honestly that it cannot.
#[must_use]
pub fn explain_v3(question: &QuestionV3, watch: SearchWatch<'_>) -> SignatureVerdict {
    let readings = Given::v3_readings(&question.given);
    if readings.is_empty() || question.given.trim().starts_with(PROBE_PREFIX) {
        return SignatureVerdict::NotASignature(v3_sight::not_a_signature(&question.given));
    }
    let mut recovered: Vec<RecoveredGiven<'_>> = Vec::new();
    for given in &readings {
        for (at, candidate) in question.keys.iter().enumerate() {
            if let Some(digest) = candidate.key.recover(&given.bytes) {
                recovered.push(RecoveredGiven {
                    given,
                    at,
                    candidate,
                    digest,
                });
            }
        }
    }
    let certain = recovered.iter().position(|one| one.digest.is_certain());
    let Some(found) = (!recovered.is_empty()).then(|| recovered.swap_remove(certain.unwrap_or(0)))
    else {
        return SignatureVerdict::Unexplained {
            tried: 0,
            hints: unexplained_hints(question, false),
        };
    };
    let RecoveredGiven {
        given,
        at,
        candidate,
        digest,
    } = found;
    let lines = question.lines();
    let mut extra: Vec<Change> = Vec::new();
    if at > 0 {
        extra.push(v3_words::other_key(&candidate.name));
    }
    match &digest {
        Recovered::Digest { name, .. } => extra.extend(v3_words::other_digest(*name)),
        Recovered::Pss { .. } => extra.push(v3_words::pss()),
        Recovered::Bare(_) => {}
    }
    extra.extend(given.change(Form::Base64));
    let own = &candidate.key.id;
    if !own.is_empty() && !question.serial.is_empty() && !candidate.key.is_called(&question.serial)
    {
        extra.push(v3_words::serial(&question.serial, own));
    }
    extra.extend(question.beside());
    let mut search = SearchV3 {
        lines: &lines,
        digest,
        room: Vec::new(),
        counter: Counter {
            tried: 0,
            total: 0,
            watch,
        },
    };
    if let SignedMessage::Reply { body } = &question.message
        && let Some(verdict) = printed_again(question, body, &search, &extra)
    {
        return verdict;
    }
    let found = search.run(question.signed_text.as_deref());
    let finding = FindingV3 {
        found,
        extra,
        hints: unexplained_hints(question, search.digest.is_certain()),
    };
    conclude(finding, &search, |text| match search.digest {
        Recovered::Digest {
            name: DigestName::Sha256,
            ..
        } => candidate.key.verifies(text, &given.bytes),
        Recovered::Digest { .. } | Recovered::Pss { .. } | Recovered::Bare(_) => search.fits(text),
    })
}

/// A reading of the signature that a key undoes.
struct RecoveredGiven<'q> {
    given: &'q Given,
    at: usize,
    candidate: &'q VerifyCandidate,
    digest: Recovered,
}

/// What the search found, and what is wrong beside the string.
struct FindingV3 {
    found: SearchOutcomeV3,
    extra: Vec<Change>,
    hints: Vec<Message>,
}

/// What to look at when nothing is proven: what can be seen in the message first.
fn unexplained_hints(question: &QuestionV3, is_own_key: bool) -> Vec<Message> {
    let beside = question.beside();
    let mut out: Vec<Message> = beside.into_iter().map(|fault| fault.what).collect();
    if question.signed_text.is_some() {
        out.push(Message::new(
            "给出的字符串算不出这个签名：实际签的是另一个字符串",
            "The given string does not make this signature: another string was signed",
        ));
    }
    out.extend(match &question.message {
        SignedMessage::Reply { body } if !question.keys.is_empty() => {
            v3_sight::reply_hints(body, is_own_key)
        }
        _ if is_own_key => v3_words::other_text_hints(),
        SignedMessage::Request { .. } | SignedMessage::Reply { .. } | SignedMessage::Pay(_) => {
            v3_words::other_key_hints(question.keys.is_empty())
        }
    });
    out
}

/// A body of WeChat Pay that a framework printed again on the way; `None` where it verifies as it is, or no form does.
fn printed_again(
    question: &QuestionV3,
    body: &[u8],
    search: &SearchV3<'_>,
    extra: &[Change],
) -> Option<SignatureVerdict> {
    let text = |body: &[u8]| {
        let lines = [
            question.timestamp.as_bytes(),
            question.nonce.as_bytes(),
            body,
        ];
        crate::v3::lines(&lines)
    };
    let right = text(body);
    if search.fits(&right) {
        return None;
    }
    let tried = std::cell::Cell::new(0);
    let found = reprint(body, |form| {
        tried.set(tried.get() + 1);
        search.fits(&text(form))
    })?;
    let theirs = text(&found.original?);
    let mut changes: Vec<Change> = found
        .changes
        .iter()
        .map(|one| v3_words::printed(*one))
        .collect();
    changes.extend_from_slice(extra);
    Some(SignatureVerdict::Explained(Box::new(Explanation {
        changes,
        first_difference: first_difference(&theirs, &right),
        theirs,
        right,
        tried: tried.get(),
    })))
}

/// Turns what was found into an answer; `confirm` verifies the signature over the very string once more.
fn conclude(
    FindingV3 {
        found,
        extra,
        hints,
    }: FindingV3,
    search: &SearchV3<'_>,
    confirm: impl Fn(&[u8]) -> bool,
) -> SignatureVerdict {
    let tried = search.counter.tried;
    let unexplained = SignatureVerdict::Unexplained { tried, hints };
    let lines = search.lines;
    let (theirs, mut changes) = match found {
        SearchOutcomeV3::Stopped => return SignatureVerdict::Cancelled { tried },
        SearchOutcomeV3::Nothing => return unexplained,
        SearchOutcomeV3::Text(text) => (text, vec![v3_words::other_string()]),
        SearchOutcomeV3::DigestTwice(text) => (text, vec![v3_words::digest_twice()]),
        SearchOutcomeV3::Printed { text, codes, ends } => {
            let change = |code| v3_words::line("body", code, b"");
            let ends = ends.map(v3_words::ends);
            (text, codes.into_iter().map(change).chain(ends).collect())
        }
        SearchOutcomeV3::Twists(twists) => {
            let mut text = Vec::new();
            join(lines, &twists, &mut text);
            let changes = twists.iter().map(|twist| named(twist, lines)).collect();
            (text, changes)
        }
    };
    if !confirm(&theirs) {
        return unexplained;
    }
    if let Recovered::Bare(inner) = &search.digest {
        changes.extend(bare_content(inner, &theirs).map(v3_words::bare));
    }
    changes.extend(extra);
    if changes.is_empty() {
        return SignatureVerdict::Right;
    }
    let mut right = Vec::new();
    join(lines, &[], &mut right);
    SignatureVerdict::Explained(Box::new(Explanation {
        changes,
        first_difference: first_difference(&theirs, &right),
        theirs,
        right,
        tried,
    }))
}

fn named(twist: &MutationV3, lines: &[ExplainedLine]) -> Change {
    match *twist {
        MutationV3::Ends(ends) => v3_words::ends(ends),
        MutationV3::ExplainedLine(at, form) => lines
            .get(at)
            .and_then(|line| line.others.get(form).map(|form| (line.name, form)))
            .map_or_else(v3_words::other_string, |(name, (code, value))| {
                v3_words::line(name, code, value)
            }),
    }
}

/// The string of a 401 beside ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alignment {
    /// What the gateway computed, as far as it told.
    pub server: Vec<u8>,
    /// What was signed here, cut to the same length where theirs is cut.
    pub ours: Vec<u8>,
    /// Where the two part; `None` when they agree as far as told.
    pub first_difference: Option<usize>,
    /// The line of the first difference, counted from one.
    pub line: usize,
    /// True when the gateway told only the beginning.
    pub truncated: bool,
    /// What it means.
    pub words: Message,
}

/// Lays the string of a 401 beside the one that was signed, byte by byte.
#[must_use]
pub fn align_401(information: &SignInformation, ours: &[u8]) -> Alignment {
    let told = information.message.as_bytes();
    let length = information
        .length
        .and_then(|length| usize::try_from(length).ok());
    let truncated = length.is_some_and(|length| length > told.len());
    let told = if truncated {
        // The cut end is marked with dots or stars, which are not part of the string.
        let end = told
            .iter()
            .rposition(|byte| !matches!(byte, b'.' | b'*'))
            .map_or(0, |at| at + 1);
        told.get(..end).unwrap_or_default()
    } else {
        told
    };
    let visible = if truncated {
        ours.get(..told.len()).unwrap_or(ours)
    } else {
        ours
    };
    let first = first_difference(told, visible);
    let line = first.map_or(0, |at| {
        told.iter().take(at).filter(|byte| **byte == b'\n').count() + 1
    });
    let other_length = length.is_some_and(|length| length != ours.len());
    Alignment {
        server: told.to_vec(),
        ours: visible.to_vec(),
        first_difference: first,
        line,
        truncated,
        words: v3_words::aligned(first, line, other_length),
    }
}
