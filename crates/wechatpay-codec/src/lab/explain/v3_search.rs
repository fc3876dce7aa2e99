//! The search of APIv3: which way of building the lines gives the digest that stands in the signature.

use super::Counter;
use super::json_print::{Printing, printings};
use super::v3_forms::{Ends, LineForm};
use crate::v3::{DigestName, Recovered, digest_texts};

/// A line of the string, and what else may have stood in its place.
pub(super) struct ExplainedLine {
    pub(super) name: &'static str,
    pub(super) right: Vec<u8>,
    pub(super) others: Vec<LineForm>,
}

/// One deviation from the right string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MutationV3 {
    ExplainedLine(usize, usize),
    Ends(Ends),
}

/// No search goes on beyond this many strings, nor beyond this many bytes.
const MOST_TRIES: u64 = 200_000;
const MOST_BYTES: u64 = 100_000_000;

/// The string with these deviations.
pub(super) fn join(lines: &[ExplainedLine], twists: &[MutationV3], out: &mut Vec<u8>) {
    let mut ends = Ends::Right;
    let mut parts: Vec<&[u8]> = lines.iter().map(|line| line.right.as_slice()).collect();
    for twist in twists {
        match *twist {
            MutationV3::Ends(other) => ends = other,
            MutationV3::ExplainedLine(at, form) => {
                if let (Some(part), Some((_, value))) = (
                    parts.get_mut(at),
                    lines.get(at).and_then(|line| line.others.get(form)),
                ) {
                    *part = value;
                }
            }
        }
    }
    ends.join(&parts, out);
}

/// What a search came to.
pub(super) enum SearchOutcomeV3 {
    Twists(Vec<MutationV3>),
    /// The body as another printer writes it.
    Printed {
        text: Vec<u8>,
        codes: Vec<&'static str>,
        /// How the lines ended beside.
        ends: Option<Ends>,
    },
    /// The digest of the right string was signed as if it were the string.
    DigestTwice(Vec<u8>),
    Text(Vec<u8>),
    Nothing,
    Stopped,
}

pub(super) struct SearchV3<'a> {
    pub(super) lines: &'a [ExplainedLine],
    pub(super) digest: Recovered,
    pub(super) room: Vec<u8>,
    pub(super) counter: Counter<'a>,
}

impl SearchV3<'_> {
    pub(super) fn fits(&self, text: &[u8]) -> bool {
        self.digest.is_of(text)
    }

    pub(super) fn run(&mut self, text: Option<&str>) -> SearchOutcomeV3 {
        let single: Vec<MutationV3> = Ends::WRONG
            .into_iter()
            .map(MutationV3::Ends)
            .chain(self.lines.iter().enumerate().flat_map(|(at, line)| {
                (0..line.others.len()).map(move |form| MutationV3::ExplainedLine(at, form))
            }))
            .collect();
        let count = single.len() as u64;
        self.counter.total = (count * count / 2).min(MOST_TRIES);
        let singles = std::iter::once(Vec::new()).chain(single.iter().map(|twist| vec![*twist]));
        for twists in singles {
            match self.try_one(&twists) {
                Some(true) => return SearchOutcomeV3::Twists(twists),
                Some(false) => {}
                None => return SearchOutcomeV3::Stopped,
            }
        }
        match self.printed().or_else(|| self.digest_twice()) {
            Some(found) => return found,
            None => match self.pairs(&single) {
                SearchOutcomeV3::Nothing => {}
                found @ (SearchOutcomeV3::Twists(_)
                | SearchOutcomeV3::Printed { .. }
                | SearchOutcomeV3::DigestTwice(_)
                | SearchOutcomeV3::Text(_)
                | SearchOutcomeV3::Stopped) => return found,
            },
        }
        if let Some(found) = self.printed_with_ends() {
            return found;
        }
        match text {
            Some(text) if self.fits(text.as_bytes()) => SearchOutcomeV3::Text(text.into()),
            _ => SearchOutcomeV3::Nothing,
        }
    }

    /// The body of a request as every other printer writes it.
    fn printed(&mut self) -> Option<SearchOutcomeV3> {
        let lines = self.lines;
        let is_request = lines.first().is_some_and(|line| line.name == "method");
        let body = lines.last().filter(|_| is_request)?;
        let sent = std::str::from_utf8(&body.right).ok()?;
        for Printing { codes, text } in printings(sent) {
            if !self.counter.step() {
                return Some(SearchOutcomeV3::Stopped);
            }
            let mut parts: Vec<&[u8]> = lines.iter().map(|line| line.right.as_slice()).collect();
            *parts.last_mut()? = text.as_bytes();
            let text = crate::v3::lines(&parts);
            if self.fits(&text) {
                return Some(SearchOutcomeV3::Printed {
                    text,
                    codes,
                    ends: None,
                });
            }
        }
        None
    }

    /// The same with lines that end wrongly as well: two slips of one program.
    fn printed_with_ends(&mut self) -> Option<SearchOutcomeV3> {
        let lines = self.lines;
        let is_request = lines.first().is_some_and(|line| line.name == "method");
        let body = lines.last().filter(|_| is_request)?;
        let sent = std::str::from_utf8(&body.right).ok()?;
        let mut bytes = 0_u64;
        for Printing { codes, text } in printings(sent) {
            let mut parts: Vec<&[u8]> = lines.iter().map(|line| line.right.as_slice()).collect();
            *parts.last_mut()? = text.as_bytes();
            for ends in Ends::WRONG {
                if !self.counter.step() {
                    return Some(SearchOutcomeV3::Stopped);
                }
                let mut joined = Vec::new();
                ends.join(&parts, &mut joined);
                if self.fits(&joined) {
                    return Some(SearchOutcomeV3::Printed {
                        text: joined,
                        codes,
                        ends: Some(ends),
                    });
                }
                bytes += joined.len() as u64;
                if bytes >= MOST_BYTES {
                    return None;
                }
            }
        }
        None
    }

    /// The digest of the right string, signed as if it were the string: as bytes, as hex, as Base64.
    fn digest_twice(&mut self) -> Option<SearchOutcomeV3> {
        let mut right = Vec::new();
        join(self.lines, &[], &mut right);
        let digest = DigestName::Sha256.of(&right);
        let written = digest_texts(&digest).map(String::into_bytes);
        for text in std::iter::once(digest).chain(written) {
            if !self.counter.step() {
                return Some(SearchOutcomeV3::Stopped);
            }
            if self.fits(&text) {
                return Some(SearchOutcomeV3::DigestTwice(text));
            }
        }
        None
    }

    fn pairs(&mut self, single: &[MutationV3]) -> SearchOutcomeV3 {
        let mut bytes = 0_u64;
        for (at, one) in single.iter().enumerate() {
            for other in single.iter().skip(at + 1) {
                let same_slot = match (one, other) {
                    (MutationV3::ExplainedLine(one, _), MutationV3::ExplainedLine(other, _)) => {
                        one == other
                    }
                    (MutationV3::Ends(_), MutationV3::Ends(_)) => true,
                    _ => false,
                };
                if same_slot {
                    continue;
                }
                match self.try_one(&[*one, *other]) {
                    Some(true) => return SearchOutcomeV3::Twists(vec![*one, *other]),
                    Some(false) => {}
                    None => return SearchOutcomeV3::Stopped,
                }
                bytes += self.room.len() as u64;
                if self.counter.tried >= MOST_TRIES || bytes >= MOST_BYTES {
                    return SearchOutcomeV3::Nothing;
                }
            }
        }
        SearchOutcomeV3::Nothing
    }

    /// Tries one way; `None` when a person stopped the search.
    fn try_one(&mut self, twists: &[MutationV3]) -> Option<bool> {
        if !self.counter.step() {
            return None;
        }
        let mut room = std::mem::take(&mut self.room);
        join(self.lines, twists, &mut room);
        let fits = self.fits(&room);
        self.room = room;
        Some(fits)
    }
}
