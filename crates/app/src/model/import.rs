//! A merchant's file in the import assistant: what it is taken for, what is still missing, what would be stored.

use std::path::PathBuf;

use crate::Message;
use recondesk_domain::{Instant, ProfileId};
use recondesk_intake::{Column, Guess, Mapping, Preview, RecordKind, StatusRule};

/// How the mapping of a file is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MappingChoice {
    /// A saved one that fits, else canonical headers, else a guess.
    Any,
    /// A guess by the names of the columns, for this kind of file.
    Guessed(RecordKind),
    /// The saved one of this name.
    Saved(String),
    /// This one, as far as the file has its columns.
    Given(Box<Mapping>),
}

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
    /// The words of a status.
    Message,
}

impl ImportSheet {
    /// What a column of the file is stored as.
    #[must_use]
    pub fn stored_as(&self, header: &str) -> StoreAs {
        let header = header.trim();
        let is_rule = |rule: &StatusRule| rule.column.trim() == header;
        if self.mapping.status.as_ref().is_some_and(is_rule) {
            return StoreAs::Message;
        }
        let mut columns = self.mapping.columns.iter();
        columns
            .find(|(_, source)| source.trim() == header)
            .map_or(StoreAs::Nothing, |(column, _)| StoreAs::Column(*column))
    }

    /// The mapping with a column of the file stored as something else. What was stored so before is passed over.
    #[must_use]
    pub fn with(&self, header: &str, wanted: StoreAs) -> Mapping {
        let mut mapping = self.mapping.clone();
        let header = header.trim();
        mapping.columns.retain(|_, source| source.trim() != header);
        if let Some(rule) = &mapping.status
            && rule.column.trim() == header
        {
            mapping.status = None;
        }
        match wanted {
            StoreAs::Nothing => {}
            StoreAs::Column(column) => {
                if matches!(column, Column::PayStatus | Column::Status) {
                    mapping.status = None;
                }
                mapping.columns.insert(column, header.to_owned());
            }
            StoreAs::Message => mapping.read_words_of(header),
        }
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
