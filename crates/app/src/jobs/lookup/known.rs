//! What the workspace says of the numbers of a text before any is told: whether pieces are one number or several, and
//! which known number was meant by one that nobody knows.

use super::collect;
use super::recognise::near::near;
use super::recognise::{FoundNumber, Recognised, recognise};
use crate::Failure;
use recondesk_domain::ProfileId;
use recondesk_ports::Ports;

/// Known numbers told for one that is not known, at most.
const MOST: usize = 5;

/// Finds the numbers of a text. Where it can be read as one number or as several, the one that the workspace knows
/// counts; where it knows neither, the text is one number.
///
/// # Errors
/// When the workspace cannot be read.
pub fn recognise_known(
    ports: &Ports,
    text: &str,
    only: Option<ProfileId>,
) -> Result<Recognised, Failure> {
    let mut found = recognise(text);
    let mut numbers: Vec<FoundNumber> = Vec::with_capacity(found.numbers.len());
    for number in std::mem::take(&mut found.numbers) {
        let parts = if number.pieces.is_empty() || is_known(ports, &number.number, only)? {
            Vec::new()
        } else {
            known_of(ports, &number.pieces, only)?
        };
        if parts.is_empty() {
            numbers.push(number);
        } else {
            numbers.extend(parts);
        }
    }
    found.numbers = numbers;
    Ok(found)
}

/// The known ones among the pieces; nothing when none is.
fn known_of(
    ports: &Ports,
    pieces: &[FoundNumber],
    only: Option<ProfileId>,
) -> Result<Vec<FoundNumber>, Failure> {
    let mut out: Vec<FoundNumber> = Vec::new();
    for piece in pieces {
        let twice = out.iter().any(|known| known.number == piece.number);
        if !twice && is_known(ports, &piece.number, only)? {
            out.push(piece.clone());
        }
    }
    Ok(out)
}

/// Known numbers that differ from one that is not known by a sign that looks alike, by small letters, or by what
/// stands before or behind an order number.
///
/// # Errors
/// When the workspace cannot be read.
pub fn near_misses(
    ports: &Ports,
    number: &str,
    only: Option<ProfileId>,
) -> Result<Vec<String>, Failure> {
    let mut out = Vec::new();
    for candidate in near(number) {
        if out.len() < MOST && is_known(ports, &candidate, only)? {
            out.push(candidate);
        }
    }
    Ok(out)
}

fn is_known(ports: &Ports, number: &str, only: Option<ProfileId>) -> Result<bool, Failure> {
    let asked = |profile: ProfileId| only.is_none_or(|only| only == profile);
    let places = super::places::places(ports, number)?;
    if places.iter().any(|place| asked(place.profile)) {
        return Ok(true);
    }
    for (profile, _) in ports.records.profiles()? {
        if asked(profile) && collect::refused(ports, profile, number)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
