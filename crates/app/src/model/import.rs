//! A merchant's file in the import assistant: what it is taken for, what is still missing, what would be stored.

use std::path::PathBuf;

use crate::Message;
use crate::jobs::intake::{Candidate, MappingChoice, MappingOrigin, Proof, Question};
use recondesk_domain::{Instant, ProfileId};
use recondesk_intake::{Column, Guess, Mapping, Preview, StateSubject};

/// A question of the assistant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportAsk {
    /// Merchant the file is for.
    pub profile: ProfileId,
    /// The file.
    pub path: PathBuf,
    /// How its mapping is found.
    pub choice: MappingChoice,
}

/// What is to be stored: the file, read by this mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportOrder {
    /// Merchant the file is for.
    pub profile: ProfileId,
    /// The file.
    pub path: PathBuf,
    /// The mapping.
    pub mapping: Box<Mapping>,
    /// Saves the mapping with the merchant, under its name.
    pub save: bool,
}

/// The answer: nothing of it is stored.
#[derive(Debug, Clone)]
pub struct ImportSheet {
    /// Merchant the file is for.
    pub profile: ProfileId,
    /// The file.
    pub path: PathBuf,
    /// Its name without folders.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Encoding, delimiter or sheet, headers, first rows.
    pub guess: Guess,
    /// The mapping that was tried.
    pub mapping: Mapping,
    /// Where that mapping comes from.
    pub origin: MappingOrigin,
    /// What bills say of it.
    pub proof: Option<Proof>,
    /// Columns that could be meant in place of the ones that were taken.
    pub others: Vec<Candidate>,
    /// What a person has to say first; empty where the file can be stored as it is.
    pub questions: Vec<Question>,
    /// A name for the mapping, to be saved under.
    pub name_for_mapping: String,
    /// Names of the merchant's saved mappings.
    pub saved: Vec<String>,
    /// Columns that are still missing.
    pub lacking: Vec<Column>,
    /// Why file and mapping do not go together, if they do not.
    pub problem: Option<Message>,
    /// The whole file as it would be stored; `None` while something is missing.
    pub preview: Option<Preview>,
    /// The import of the very same bytes, where there was one.
    pub known: Option<KnownFile>,
}

/// An import of the bytes that are in the assistant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFile {
    /// When.
    pub at: Instant,
    /// Name of the mapping it was read by.
    pub mapping: String,
}

/// What a column of the file is stored as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StoreAs {
    /// It is passed over.
    Nothing,
    /// A canonical column.
    Column(Column),
    /// The clock of a canonical time whose column has the date alone.
    Clock(Column),
    /// The words of a state.
    Words(StateSubject),
}

impl ImportSheet {
    /// True when the file needs no click: its mapping is saved, canonical or proven by bills, and nothing is refused,
    /// doubtful or asked.
    #[must_use]
    pub fn needs_nobody(&self) -> bool {
        let is_known = match self.origin {
            MappingOrigin::Saved | MappingOrigin::Canonical => true,
            MappingOrigin::Guessed => self.proof.as_ref().is_some_and(Proof::holds),
            MappingOrigin::Given => false,
        };
        let is_good = |preview: &Preview| {
            preview.stats.good > 0 && preview.stats.bad == 0 && preview.unit_doubt.is_none()
        };
        is_known
            && self.problem.is_none()
            && self.questions.is_empty()
            && self.guess.other_sheets.is_empty()
            && self.known.is_none()
            && self.preview.as_ref().is_some_and(is_good)
    }

    /// What a column of the file is stored as.
    #[must_use]
    pub fn stored_as(&self, header: &str) -> StoreAs {
        let header = header.trim();
        if let Some(rule) = self.mapping.rule_of(header) {
            return StoreAs::Words(rule.about);
        }
        let find = |columns: &std::collections::BTreeMap<Column, String>| {
            let mut columns = columns.iter();
            columns
                .find(|(_, source)| source.trim() == header)
                .map(|(column, _)| *column)
        };
        if let Some(column) = find(&self.mapping.clocks) {
            return StoreAs::Clock(column);
        }
        find(&self.mapping.columns).map_or(StoreAs::Nothing, StoreAs::Column)
    }

    /// The mapping with a column of the file stored as something else. What was stored so before is passed over.
    #[must_use]
    pub fn with(&self, header: &str, wanted: StoreAs) -> Mapping {
        let mut mapping = self.mapping.clone();
        let header = header.trim();
        mapping.columns.retain(|_, source| source.trim() != header);
        mapping.clocks.retain(|_, source| source.trim() != header);
        mapping.status.retain(|rule| rule.column.trim() != header);
        match wanted {
            StoreAs::Nothing => {}
            StoreAs::Column(column) => {
                match column {
                    Column::PayStatus => mapping.status.retain(|rule| {
                        !matches!(rule.about, StateSubject::Order | StateSubject::Payment)
                    }),
                    Column::FulfilStatus => mapping
                        .status
                        .retain(|rule| rule.about != StateSubject::Delivery),
                    Column::Status => mapping.status.clear(),
                    _ => {}
                }
                mapping.columns.insert(column, header.to_owned());
            }
            StoreAs::Clock(column) => {
                mapping.clocks.insert(column, header.to_owned());
            }
            StoreAs::Words(about) => mapping.read_words_of(header, about),
        }
        let columns = &mapping.columns;
        mapping
            .clocks
            .retain(|column, _| columns.contains_key(column));
        renamed(mapping)
    }
}

/// A changed mapping is no longer the canonical one, whose columns are optional.
#[must_use]
pub fn renamed(mut mapping: Mapping) -> Mapping {
    if mapping.name == Mapping::CANONICAL {
        "guess".clone_into(&mut mapping.name);
    }
    mapping
}
