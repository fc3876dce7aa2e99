//! The choice of a file's mapping: given, saved, canonical, or proposed by names and proven by bills.

use super::preview::{look, refused};
use super::proof::{Proof, ProofBills};
use super::questions::denied_amounts;
use super::trial::MappingTrial;
use crate::Failure;
use recondesk_domain::ProfileId;
use recondesk_intake::{Column, FileSample, Guess, Mapping, RecordKind, Workbook};
use recondesk_ports::{BooksError, Ports, Source, StoreError};

/// How the mapping of a file is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MappingChoice {
    /// A saved one that fits, else canonical headers, else a proposal; for a list of this kind, or of either.
    Any(Option<RecordKind>),
    /// A proposal, for this kind of file.
    Guessed(RecordKind),
    /// The saved one of this name.
    Saved(String),
    /// This one.
    Given(Box<Mapping>),
}

/// Where a mapping comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappingOrigin {
    /// Somebody gave it.
    Given,
    /// It is saved with the merchant.
    Saved,
    /// The headers are canonical.
    Canonical,
    /// It is proposed.
    Guessed,
}

/// A column of the file that could be meant in place of the one that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// For which canonical column.
    pub column: Column,
    /// Its header.
    pub header: String,
    /// How many of its values the bills have, where they were asked.
    pub hits: Option<u64>,
}

/// The mapping of a file, and what speaks for it.
#[derive(Debug, Clone)]
pub struct ProposedMapping {
    /// The file's beginning, seen by that mapping.
    pub guess: Guess,
    /// The mapping; it may lack columns.
    pub mapping: Mapping,
    /// Where it comes from.
    pub origin: MappingOrigin,
    /// What bills say of it; `None` where none is of a day of the file.
    pub proof: Option<Proof>,
    /// Other columns that could be meant.
    pub others: Vec<Candidate>,
}

/// Chooses the mapping of a file; the source stands at its first byte again.
///
/// # Errors
/// [`Failure`] when it is no file of a merchant's rows, or a saved mapping is gone.
pub fn choose(
    ports: &Ports,
    profile: ProfileId,
    (source, choice): (&mut Source, &MappingChoice),
    bills: Option<ProofBills<'_>>,
) -> Result<ProposedMapping, Failure> {
    let bills = bills.unwrap_or(ProofBills::Stored(ports.books.as_ref(), profile));
    let mut denied = None;
    if let MappingChoice::Any(kind) = choice {
        // Of several saved ones the bills decide: a shop may have changed from fen to yuan.
        for mapping in saved(ports, profile, (source, *kind))? {
            let chosen = weigh(source, (mapping, MappingOrigin::Saved), bills)?;
            if denied_amounts(&chosen).is_none() {
                return Ok(chosen);
            }
            denied.get_or_insert(chosen);
        }
    }
    if let Some(chosen) = denied {
        return Ok(chosen);
    }
    let found = find(ports, profile, (source, choice))?;
    weigh(source, found, bills)
}

/// Proposes a mapping for a list of this kind, or of either, without a workspace.
///
/// # Errors
/// As above.
pub fn propose(
    source: &mut Source,
    kind: Option<RecordKind>,
    bills: ProofBills<'_>,
) -> Result<ProposedMapping, Failure> {
    let kind = match kind {
        Some(kind) => kind,
        None => kind_of(&look(source, None, None)?),
    };
    let found = proposed(source, kind)?;
    weigh(source, found, bills)
}

/// Takes a mapping that somebody gave, and tries it against bills.
///
/// # Errors
/// As above.
pub fn given(
    source: &mut Source,
    mapping: Mapping,
    bills: ProofBills<'_>,
) -> Result<ProposedMapping, Failure> {
    weigh(source, (mapping, MappingOrigin::Given), bills)
}

fn weigh(
    source: &mut Source,
    (mut mapping, origin): (Mapping, MappingOrigin),
    bills: ProofBills<'_>,
) -> Result<ProposedMapping, Failure> {
    let guess = look(source, Some(&mapping), Some(mapping.kind))?;
    let has = |name: &str| {
        guess
            .headers
            .iter()
            .any(|header| header.trim() == name.trim())
    };
    if origin == MappingOrigin::Canonical {
        mapping.columns.retain(|_, source| has(source));
    }
    let proof = prove(source, (&guess, &mut mapping), origin, bills)?;
    let others = others(&guess, &mapping, proof.as_ref());
    Ok(ProposedMapping {
        guess,
        mapping,
        origin,
        proof,
        others,
    })
}

/// What kind of list a file is: refunds have numbers of their own.
#[must_use]
pub fn kind_of(guess: &Guess) -> RecordKind {
    let [orders, refunds] =
        [RecordKind::Orders, RecordKind::Refunds].map(|kind| Mapping::propose(guess, kind));
    match (orders.lacking().len(), refunds.lacking().len()) {
        (0, 0) => {
            // Both could be: an order says that it was paid, a refund does not.
            let says = orders.says_payment() || orders.columns.contains_key(&Column::PaidAt);
            if says {
                RecordKind::Orders
            } else {
                RecordKind::Refunds
            }
        }
        (some, none) if none < some => RecordKind::Refunds,
        _ => RecordKind::Orders,
    }
}

fn find(
    ports: &Ports,
    profile: ProfileId,
    (source, choice): (&mut Source, &MappingChoice),
) -> Result<(Mapping, MappingOrigin), Failure> {
    match choice {
        MappingChoice::Given(mapping) => Ok((mapping.as_ref().clone(), MappingOrigin::Given)),
        MappingChoice::Saved(name) => {
            let text = ports.records.mapping(profile, name)?;
            let text = text.ok_or_else(|| StoreError::Missing(format!("mapping {name}")))?;
            let mapping =
                Mapping::from_toml(&text).map_err(|error| BooksError::Mapping(Box::new(error)))?;
            Ok((mapping, MappingOrigin::Saved))
        }
        MappingChoice::Guessed(kind) => proposed(source, *kind),
        MappingChoice::Any(kind) => {
            let kind = match kind {
                Some(kind) => *kind,
                None => kind_of(&look(source, None, None)?),
            };
            proposed(source, kind)
        }
    }
}

fn proposed(source: &mut Source, kind: RecordKind) -> Result<(Mapping, MappingOrigin), Failure> {
    let guess = look(source, None, Some(kind))?;
    let Ok(mapping) = Mapping::guess(&guess, kind) else {
        return Ok((Mapping::propose(&guess, kind), MappingOrigin::Guessed));
    };
    let origin = if mapping.name == Mapping::CANONICAL {
        MappingOrigin::Canonical
    } else {
        MappingOrigin::Guessed
    };
    Ok((mapping, origin))
}

/// The saved mappings of this header: all their columns are there. The one that names most of them comes first.
fn saved(
    ports: &Ports,
    profile: ProfileId,
    (source, kind): (&mut Source, Option<RecordKind>),
) -> Result<Vec<Mapping>, Failure> {
    let mut fitting: Vec<(usize, Mapping)> = Vec::new();
    for name in ports.records.mappings(profile)? {
        let text = ports.records.mapping(profile, &name)?.unwrap_or_default();
        let Ok(mapping) = Mapping::from_toml(&text) else {
            continue;
        };
        if kind.is_some_and(|kind| kind != mapping.kind) {
            continue;
        }
        let Ok(guess) = look(source, Some(&mapping), Some(mapping.kind)) else {
            continue;
        };
        let has = |name: &str| guess.headers.iter().any(|header| header.trim() == name);
        let count = mapping.sources().count();
        if mapping.sources().all(has) {
            fitting.push((count, mapping));
        }
    }
    fitting.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    Ok(fitting.into_iter().map(|(_, mapping)| mapping).collect())
}

/// Tries the mapping against bills. Canonical headers need no proof, and a given or saved mapping is not changed.
fn prove(
    source: &mut Source,
    (guess, mapping): (&Guess, &mut Mapping),
    origin: MappingOrigin,
    bills: ProofBills<'_>,
) -> Result<Option<Proof>, Failure> {
    if origin == MappingOrigin::Canonical {
        return Ok(None);
    }
    let unread = |error: std::io::Error| Failure::from(BooksError::source(&error));
    let sample = if guess.delimiter.is_some() {
        FileSample::of_text(&mut source.bytes, guess, source.size)
    } else {
        Workbook::open_for(&mut source.bytes, Some(mapping), Some(mapping.kind))
            .and_then(|mut book| FileSample::of_workbook(&mut book))
    };
    let sample = sample.map_err(refused)?;
    source.bytes.rewind().map_err(unread)?;
    let trial = MappingTrial {
        guess,
        sample: &sample,
        bills,
    };
    trial.prove(mapping, origin == MappingOrigin::Guessed)
}

/// Columns that could be meant in place of the ones that were taken.
fn others(guess: &Guess, mapping: &Mapping, proof: Option<&Proof>) -> Vec<Candidate> {
    let mut out = Vec::new();
    let asked: &[Column] = match mapping.kind {
        RecordKind::Orders => &[Column::OutTradeNo, Column::Amount],
        RecordKind::Refunds => &[Column::OutRefundNo, Column::OutTradeNo, Column::Amount],
    };
    for column in asked {
        let taken = mapping.columns.get(column);
        for header in Mapping::candidates(guess, mapping.kind, *column) {
            if Some(&header) == taken {
                continue;
            }
            let hits = proof.and_then(|proof| match column {
                Column::Amount => proof
                    .amounts
                    .iter()
                    .find(|known| known.header == header)
                    .map(|known| known.agree),
                _ => proof
                    .columns
                    .iter()
                    .find(|known| known.header == header)
                    .map(|known| known.own),
            });
            out.push(Candidate {
                column: *column,
                header,
                hits,
            });
        }
    }
    out
}
