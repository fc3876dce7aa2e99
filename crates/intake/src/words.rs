//! Words of states and channels while a file is read: looked up once, remembered for the rows that follow.

use std::collections::HashMap;

use super::state_core::core_of;
use super::state_words::{Meaning, known};
use super::yes_no::YesNo;
use super::{
    ChannelOwner, Encoding, Mapping, RecordKind, StateSubject, Stats, StatusRule, StatusWord,
    channel,
};
use recondesk_domain::RefundStatus;

/// Different words remembered of one column; a file has a dozen.
const MOST: usize = 256;

/// What the name of a column of states says of its words.
#[derive(Debug, Clone, Copy)]
struct HeaderHints {
    /// It asks a question that is answered with yes or no.
    is_flag: bool,
    /// It is of after-sales cases, of which a refund is one kind.
    is_of_after_sales: bool,
}

/// A column of states, joined to a file.
#[derive(Debug, Clone)]
pub(super) struct PlannedRule {
    /// Its slot among the kept cells.
    pub(super) slot: u8,
    pub(super) about: StateSubject,
    kind: RecordKind,
    known_words: bool,
    /// It tells how far a document is worked on; what it does not say otherwise is of no weight.
    pub(super) is_of_process: bool,
    /// The same, and it never says that an order was given up.
    pub(super) is_of_checking: bool,
    header: HeaderHints,
    /// Words of the mapping, as they are written.
    exact: HashMap<String, Meaning>,
    /// The same without case and width.
    folded: HashMap<String, Meaning>,
}

impl PlannedRule {
    pub(super) fn new(rule: &StatusRule, slot: u8, kind: RecordKind) -> Self {
        let words = rule
            .words
            .iter()
            .map(|(word, meaning)| (word.trim().to_owned(), Meaning::of_mapping(meaning)));
        let exact: HashMap<String, Meaning> = words.collect();
        let mut folded = HashMap::new();
        for (word, meaning) in &rule.words {
            let word = super::fold::folded(word);
            if !word.is_empty() {
                folded
                    .entry(word)
                    .or_insert_with(|| Meaning::of_mapping(meaning));
            }
        }
        Self {
            slot,
            about: rule.about,
            kind,
            is_of_process: super::names::is_of_process(&rule.column),
            is_of_checking: super::names::is_of_checking(&rule.column),
            header: HeaderHints {
                is_flag: super::names::asked_by(&rule.column).is_some(),
                is_of_after_sales: super::names::is_of_after_sales(&rule.column),
            },
            known_words: rule.known_words,
            exact,
            folded,
        }
    }

    /// True when an empty cell is a word of its own.
    pub(super) fn has_empty_word(&self) -> bool {
        self.exact.contains_key("")
    }

    /// What a word says; `None` for one that nobody knows.
    fn meaning(&self, word: &str) -> Option<Meaning> {
        let word = word.trim();
        if let Some(meaning) = self.exact.get(word) {
            return Some(*meaning);
        }
        let own = |word: &str| self.folded.get(&super::fold::folded(word)).copied();
        let mine = own(word).or_else(|| {
            let is_word = |text: &str| own(text).is_some();
            own(core_of(word, &is_word)?)
        });
        mine.or_else(|| {
            let answer = || YesNo::read(word).filter(|_| self.header.is_flag);
            let known = known(self.kind, self.about, word)
                .or_else(|| known(self.kind, self.about, answer()?.word()));
            let mut known = known.filter(|_| self.known_words)?;
            let names_refund = word.contains('退') || word.to_ascii_lowercase().contains("refund");
            known.is_unsure |= self.header.is_of_after_sales
                && !names_refund
                && self.kind == RecordKind::Orders
                && known.refund == Some(RefundStatus::Success);
            Some(known)
        })
    }

    /// True when some word of the table speaks of the delivery.
    pub(super) fn speaks_of_delivery(&self) -> bool {
        self.known_words || self.exact.values().any(|meaning| meaning.fulfil.is_some())
    }
}

/// The column of channels, joined to a file.
#[derive(Debug, Clone, Default)]
pub(super) struct PlannedChannels {
    exact: HashMap<String, ChannelOwner>,
    /// In a list of refunds a word may say only that the money goes back.
    is_of_refunds: bool,
}

impl PlannedChannels {
    pub(super) fn new(mapping: &Mapping) -> Self {
        let words = mapping.channels.iter();
        let exact = words
            .map(|(word, owner)| (super::fold::folded(word), *owner))
            .collect();
        Self {
            exact,
            is_of_refunds: mapping.kind == super::RecordKind::Refunds,
        }
    }

    fn owner(&self, word: &str) -> Option<ChannelOwner> {
        let mine = self.exact.get(&super::fold::folded(word)).copied();
        let way_back = self.is_of_refunds && channel::is_way_back(word);
        mine.or_else(|| channel::owner_of(word))
            .or_else(|| way_back.then_some(ChannelOwner::Wechat))
    }
}

/// What a word of a file is taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WordSays {
    /// A state, as a mapping writes it.
    State(StatusWord),
    /// A state that no mapping can write, as of a refund in part: the program knows the word.
    Known,
    /// Whose payment it is.
    Channel(ChannelOwner),
}

impl Mapping {
    /// What a word of a column of states or channels is taken for; `None` for one that nobody knows.
    #[must_use]
    pub fn says(&self, column: &str, word: &str) -> Option<WordSays> {
        let Some(rule) = self.rule_of(column) else {
            let owner = PlannedChannels::new(self).owner(word)?;
            return Some(WordSays::Channel(owner));
        };
        let meaning = PlannedRule::new(rule, 0, self.kind).meaning(word)?;
        let written = meaning.can_be_written(self.kind);
        Some(if written {
            WordSays::State(meaning.to_mapping(self.kind))
        } else {
            WordSays::Known
        })
    }
}

/// A word that was met, and what it says.
#[derive(Debug, Clone)]
struct MetWord<T> {
    bytes: Vec<u8>,
    says: Option<T>,
    count: u64,
}

/// The words met in one column.
#[derive(Debug, Clone)]
struct MetWords<T> {
    words: Vec<MetWord<T>>,
    /// The one met last: neighbours are often alike.
    last: usize,
}

impl<T> Default for MetWords<T> {
    fn default() -> Self {
        Self {
            words: Vec::new(),
            last: 0,
        }
    }
}

impl<T: Copy> MetWords<T> {
    fn find(&mut self, bytes: &[u8], look_up: impl FnOnce() -> Option<T>) -> Option<T> {
        let is = |word: &MetWord<T>| word.bytes == bytes;
        let at = if self.words.get(self.last).is_some_and(is) {
            Some(self.last)
        } else {
            self.words.iter().position(is)
        };
        if let Some((at, word)) = at.and_then(|at| Some((at, self.words.get_mut(at)?))) {
            self.last = at;
            word.count = word.count.saturating_add(1);
            return word.says;
        }
        let says = look_up();
        if self.words.len() < MOST {
            self.last = self.words.len();
            self.words.push(MetWord {
                bytes: bytes.to_vec(),
                says,
                count: 1,
            });
        }
        says
    }

    /// Hands the counts of the words over that were understood.
    fn tell(&mut self, header: &str, encoding: Encoding, stats: &mut Stats) {
        for word in &mut self.words {
            if word.says.is_some() && word.count > 0 {
                let text = encoding.decode_lossy(&word.bytes);
                stats.note_words(header, text.trim(), word.count);
            }
            word.count = 0;
        }
    }
}

/// The words met in a file so far.
#[derive(Debug, Clone, Default)]
pub(super) struct WordMemory {
    rules: Vec<MetWords<Meaning>>,
    channels: MetWords<ChannelOwner>,
}

impl WordMemory {
    /// What a cell of the rule says; `None` for a word that nobody knows.
    pub(super) fn meaning(
        &mut self,
        place: usize,
        rule: &PlannedRule,
        (bytes, encoding): (&[u8], Encoding),
    ) -> Option<Meaning> {
        while self.rules.len() <= place {
            self.rules.push(MetWords::default());
        }
        let met = self.rules.get_mut(place)?;
        met.find(bytes, || rule.meaning(&encoding.decode_lossy(bytes)))
    }

    /// Whose the word of a channel cell is.
    pub(super) fn owner(
        &mut self,
        channels: &PlannedChannels,
        (bytes, encoding): (&[u8], Encoding),
    ) -> Option<ChannelOwner> {
        self.channels
            .find(bytes, || channels.owner(&encoding.decode_lossy(bytes)))
    }

    /// Hands the counts of understood words over, by the headers of their columns.
    pub(super) fn tell<'h>(
        &mut self,
        headers: impl Iterator<Item = &'h str>,
        channel: Option<&str>,
        (encoding, stats): (Encoding, &mut Stats),
    ) {
        for (header, met) in headers.zip(&mut self.rules) {
            met.tell(header, encoding, stats);
        }
        if let Some(header) = channel {
            self.channels.tell(header, encoding, stats);
        }
    }
}
