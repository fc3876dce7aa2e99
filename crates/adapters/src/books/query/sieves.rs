//! The sieves of a workspace: which sections may have a number, without opening the others.
//!
//! A sieve counts only when its seal says that it was made of these very imports, all before them included; imports
//! without one are asked themselves, and so are those of a sieve with a page that is not as it was written.

use std::fs::File;

use crate::books::Bookshelf;
use crate::books::catalog::{Catalog, ImportIdentity, SectionMeta};
use crate::books::format::index_page::short;
use crate::books::format::sieve::{
    SIEVE_PAGE, SPAN, SieveTail, TAIL_BYTES, is_sound, sieve_name, sift,
};
use crate::checksum::checksum;
use crate::disk::{Disk, read_at, room_for_files};
use crate::object_store::store_error;
use recondesk_domain::fingerprint;
use recondesk_ports::{BooksError, StoreError};
use std::sync::{Arc, PoisonError};

/// Sieves kept open at least.
const OPEN_SIEVES: usize = 32;

/// One sieve that counts.
#[derive(Debug)]
pub(crate) struct Sieve {
    /// Kept open where the system allows so many files.
    file: Option<File>,
    pub(crate) tail: SieveTail,
}

/// All sieves, and what none of them covers.
#[derive(Debug)]
pub(crate) struct Sieves {
    /// The newest import that is known.
    newest: u32,
    sieves: Vec<Sieve>,
    /// Sections of imports without a sieve.
    rest: Vec<SectionMeta>,
    /// First import and seal of each sieve that could be there and is not.
    pub(crate) missing: Vec<(u32, u64)>,
}

/// Goes on from the seal of all imports before.
fn seal_on(before: u64, identity: &ImportIdentity) -> u64 {
    let ImportIdentity {
        import,
        profile,
        sha256,
        recipe,
        imported_at,
    } = identity;
    let mut bytes = Vec::with_capacity(64 + recipe.len());
    bytes.extend_from_slice(&before.to_le_bytes());
    bytes.extend_from_slice(&import.to_le_bytes());
    bytes.extend_from_slice(&profile.0.to_le_bytes());
    bytes.extend_from_slice(&imported_at.to_le_bytes());
    bytes.extend_from_slice(sha256);
    bytes.extend_from_slice(recipe.as_bytes());
    checksum(&bytes)
}

/// The seals of the sieves that can be made, by their first import.
fn seals(identities: &[ImportIdentity]) -> Vec<(u32, u64)> {
    let mut seal = 0;
    let mut out = Vec::new();
    for (number, identity) in (1_u32..).zip(identities) {
        seal = seal_on(seal, identity);
        if identity.import != number {
            // Numbers that are missing end what can be told by counting.
            return out;
        }
        if number % SPAN == 0 {
            out.push((number + 1 - SPAN, seal));
        }
    }
    out
}

impl Sieve {
    /// Opens a sieve; `None` when there is none of these imports.
    ///
    /// # Errors
    /// Those of an object store that is away: each further sieve would wait for it as long.
    fn open(disk: &Disk, first: u32, seal: u64) -> Result<Option<Self>, StoreError> {
        match disk.open(&sieve_name(first + SPAN - 1)) {
            Ok(file) => Ok(Self::read(file, first, seal)),
            Err(error) => store_error(&error).map_or(Ok(None), Err),
        }
    }

    fn read(file: File, first: u32, seal: u64) -> Option<Self> {
        let pages = file.metadata().ok()?.len().checked_sub(TAIL_BYTES as u64)?;
        let tail = SieveTail::decode(&read_at(&file, pages, TAIL_BYTES).ok()?)?;
        let is_this = tail.first == first
            && tail.seal == seal
            && u64::from(tail.pages) * SIEVE_PAGE as u64 == pages;
        is_this.then_some(Self {
            file: Some(file),
            tail,
        })
    }

    fn page(&self, disk: &Disk, at: u32) -> Option<Vec<u8>> {
        let place = u64::from(at) * SIEVE_PAGE as u64;
        let read = match &self.file {
            Some(file) => read_at(file, place, SIEVE_PAGE),
            None => disk
                .open(&sieve_name(self.tail.first + SPAN - 1))
                .and_then(|file| read_at(&file, place, SIEVE_PAGE)),
        };
        read.ok()
    }

    /// Imports that may have a number, a bit each; all of them when the sieve cannot tell.
    fn places(&self, disk: &Disk, number: u32) -> u32 {
        let places = sift(&self.tail, number, |at| self.page(disk, at).ok_or(()));
        places.ok().flatten().unwrap_or_else(|| {
            let file = sieve_name(self.tail.first + SPAN - 1);
            tracing::warn!(
                file,
                "a sieve is not what was written; its imports are asked"
            );
            u32::MAX
        })
    }

    /// True when every page is as it was written.
    fn is_whole(&self, disk: &Disk) -> bool {
        let mut pages = 0..self.tail.pages;
        pages.all(|at| {
            let page = self.page(disk, at);
            page.is_some_and(|page| is_sound(&page, &self.tail, at))
        })
    }
}

impl Sieves {
    /// Opens the sieves of the imports up to one.
    pub(crate) fn load(
        disk: &Disk,
        catalog: &dyn Catalog,
        newest: u32,
    ) -> Result<Self, StoreError> {
        let seals = seals(&catalog.identities(newest)?);
        let room = room_for_files(OPEN_SIEVES);
        let mut sieves: Vec<Sieve> = Vec::with_capacity(seals.len());
        let mut missing = Vec::new();
        for (first, seal) in &seals {
            match Sieve::open(disk, *first, *seal)? {
                Some(mut sieve) => {
                    sieve.file.take_if(|_| sieves.len() >= room);
                    sieves.push(sieve);
                }
                None => missing.push((*first, *seal)),
            }
        }
        let mut rest = Vec::new();
        let sieved = seals.last().map_or(0, |(first, _)| first + SPAN - 1);
        let ranges = missing
            .chunk_by(|one, next| one.0 + SPAN == next.0)
            .filter_map(|run| Some(run.first()?.0..=run.last()?.0 + SPAN - 1));
        for range in ranges.chain(std::iter::once(sieved + 1..=newest)) {
            if !range.is_empty() {
                rest.extend(catalog.sections_of(range)?);
            }
        }
        Ok(Self {
            newest,
            sieves,
            rest,
            missing,
        })
    }

    /// Sections that may have a number.
    pub(crate) fn sections(
        &self,
        disk: &Disk,
        catalog: &dyn Catalog,
        number: &str,
    ) -> Result<Vec<SectionMeta>, StoreError> {
        let number = short(fingerprint(number.as_bytes()));
        let mut sections = self.rest.clone();
        for sieve in &self.sieves {
            let places = sieve.places(disk, number);
            let imports = sieve.tail.first..sieve.tail.first + SPAN;
            for ((place, import), run) in (0_u32..).zip(imports).zip(sieve.tail.sections) {
                if places & (1 << place) == 0 || run.count == 0 {
                    continue;
                }
                let last = run.first.saturating_add(run.count - 1);
                let mut found = catalog.sections_numbered(run.first..=last)?;
                if found.len() != run.count as usize || found.iter().any(|one| one.import != import)
                {
                    found = catalog.sections_of(import..=import)?;
                }
                sections.extend(found);
            }
        }
        Ok(sections)
    }

    /// Names of the sieves with a page or a tail that is not as it was written, or not of these imports.
    pub(crate) fn damaged(&self, disk: &Disk) -> Vec<String> {
        let damaged = self.sieves.iter().filter(|sieve| !sieve.is_whole(disk));
        let unread = self.missing.iter().map(|(first, _)| *first);
        let mut names: Vec<String> = damaged
            .map(|sieve| sieve.tail.first)
            .chain(unread)
            .map(|first| sieve_name(first + SPAN - 1))
            .filter(|name| disk.path(name).exists())
            .collect();
        names.sort_unstable();
        names
    }
}

impl Bookshelf {
    /// The sieves, opened anew when there is a newer import.
    pub(crate) fn sieves(&self, newest: u32) -> Result<Arc<Sieves>, BooksError> {
        let mut cached = self.sieves.lock().unwrap_or_else(PoisonError::into_inner);
        match &*cached {
            Some(sieves) if sieves.newest == newest => Ok(Arc::clone(sieves)),
            _ => {
                let sieves = Sieves::load(self.segments.disk(), self.catalog.as_ref(), newest)?;
                let sieves = Arc::new(sieves);
                *cached = Some(Arc::clone(&sieves));
                Ok(sieves)
            }
        }
    }
}
