//! How runs open, change and close cases.
//!
//! A case hangs on its stable key, so it outlives the run that found it. A later day speaks louder: a
//! re-run of an older day never takes back what a later one said.

use std::collections::{BTreeMap, BTreeSet};

use crate::sqlite::session::{
    OptionalExtension as _, Row, RowInsertion, SessionTransaction, Statement, ValueRef,
    insert_rows, insert_rows_returning, params,
};

use super::DbError;
use super::cases::{read_status, write_event};
use recondesk_domain::{CaseStatus, Category, Finding, MchId, OutRefundNo};
use recondesk_ports::{Author, CaseEvent, CaseEventKind, RunRecord};

/// Findings that are filed at once.
const AT_ONCE: usize = 512;
/// Keys that are asked for at once, at most.
const KEYS: usize = 256;
/// What is known of a case: the end of a question for cases of a merchant.
const KNOWN: &str = "c.id, c.status, c.spoken_on, f.category, f.sub_mch_id FROM case_file c
     LEFT JOIN finding f ON f.run = c.run AND f.seq = c.seq WHERE c.profile = ?1";

/// Gets findings with their cases, and the place of the first of them.
type Filed<'a> = dyn FnMut(i64, &[Finding], &[i64]) -> Result<(), DbError> + 'a;

/// Files the findings of one run into cases.
pub(super) struct CaseWriter<'a> {
    tx: &'a SessionTransaction<'a>,
    run: &'a RunRecord,
    mch_id: &'a str,
    filed: BTreeSet<i64>,
    find: Statement<'a>,
    point: Statement<'a>,
}

/// What is known of a case when a run speaks of it.
struct KnownCase {
    id: i64,
    status: CaseStatus,
    seen_on: i32,
    category: Option<String>,
    /// The sub-merchant of what was found last; empty where nothing named one.
    sub_mch_id: String,
}

impl KnownCase {
    /// Reads the columns of [`KNOWN`], the first of which is that one.
    fn read(row: Row<'_>, at: usize) -> Result<Self, DbError> {
        let column = |nth: usize| at.saturating_add(nth);
        let status: String = row.get(column(1))?;
        let sub: Option<String> = row.get(column(4))?;
        Ok(Self {
            id: row.get(column(0))?,
            status: read_status(&status)?,
            seen_on: row.get(column(2))?,
            category: row.get(column(3))?,
            sub_mch_id: sub.unwrap_or_default(),
        })
    }
}

/// Cases that are there.
#[derive(Default)]
struct KnownCases {
    ids: BTreeMap<String, i64>,
    cases: BTreeMap<i64, KnownCase>,
}

/// The case of a finding.
#[derive(Clone, Copy)]
enum CasePlace {
    /// With this number.
    Stored(i64),
    /// The nth that is opened now.
    New(usize),
}

impl CasePlace {
    fn id(self, opened: &[i64]) -> Result<i64, DbError> {
        match self {
            Self::Stored(id) => Ok(id),
            Self::New(nth) => opened
                .get(nth)
                .copied()
                .ok_or_else(|| DbError::broken("a case was not opened".to_owned())),
        }
    }
}

/// What some findings mean for cases.
#[derive(Default)]
struct CaseEffects {
    /// Cases to open: their keys, and the place of the finding.
    new: Vec<(String, i64)>,
    /// Their places by their keys.
    places: BTreeMap<String, usize>,
    /// What happened to cases.
    events: Vec<(CasePlace, CaseEventKind, &'static str)>,
}

impl CaseEffects {
    fn open(&mut self, key: String, seq: i64, finding: &Finding) -> usize {
        let place = self.new.len();
        self.places.insert(key.clone(), place);
        self.new.push((key, seq));
        let name = finding.category.name();
        self.events
            .push((CasePlace::New(place), CaseEventKind::Found, name));
        place
    }
}

/// The finding as it was while nothing named its sub-merchant; nothing where it has none.
fn without_sub_merchant(finding: &Finding) -> Option<Finding> {
    (!finding.sub_mch_id.is_empty()).then(|| Finding {
        sub_mch_id: MchId::EMPTY,
        ..finding.clone()
    })
}

impl<'a> CaseWriter<'a> {
    pub(super) fn new(
        tx: &'a SessionTransaction<'a>,
        run: &'a RunRecord,
        mch_id: &'a str,
    ) -> Result<Self, DbError> {
        Ok(Self {
            tx,
            run,
            mch_id,
            filed: BTreeSet::new(),
            find: tx.prepare_cached(&format!("SELECT {KNOWN} AND c.key = ?2"))?,
            point: tx.prepare_cached(
                "UPDATE case_file SET day = ?2, spoken_on = ?2, run = ?3, seq = ?4, status = ?5
                 WHERE id = ?1",
            )?,
        })
    }

    /// Files all findings of the run, some at a time; `each` gets the place of the first, and them with their cases.
    pub(super) fn file_all(
        &mut self,
        findings: &[Finding],
        each: &mut Filed<'_>,
    ) -> Result<(), DbError> {
        let mut first = 0_i64;
        for some in findings.chunks(AT_ONCE) {
            let cases = self.file(first, some)?;
            each(first, some, &cases)?;
            first = first.saturating_add(i64::try_from(some.len()).unwrap_or(i64::MAX));
        }
        Ok(())
    }

    /// The cases of findings, the first of which is the `first`-th of the run: opened, moved to these findings, or
    /// reopened. A database is asked once for many of them.
    fn file(&mut self, first: i64, findings: &[Finding]) -> Result<Vec<i64>, DbError> {
        let mut known = self.known_of_all(findings)?;
        let mut cases = Vec::with_capacity(findings.len());
        let mut told = CaseEffects::default();
        for (seq, finding) in (first..).zip(findings) {
            let key = finding.case_key(self.mch_id);
            if let Some(place) = told.places.get(&key) {
                cases.push(CasePlace::New(*place));
                continue;
            }
            let found = match known.ids.get(&key) {
                Some(id) => Some(CasePlace::Stored(*id)),
                None => self.unnamed_of(finding, &known, &told),
            };
            let place = match found {
                Some(place) => place,
                None => CasePlace::New(told.open(key, seq, finding)),
            };
            if let CasePlace::Stored(id) = place
                && let Some(case) = known.cases.get_mut(&id)
            {
                self.point_to(case, seq, finding, &mut told)?;
            }
            cases.push(place);
        }
        let opened = self.open(&told)?;
        self.tell(&told, &opened)?;
        let ids = cases.iter().map(|place| place.id(&opened));
        ids.collect()
    }

    /// Moves a case to a finding, unless this run moved it already or a later day has spoken.
    fn point_to(
        &mut self,
        known: &mut KnownCase,
        seq: i64,
        finding: &Finding,
        told: &mut CaseEffects,
    ) -> Result<(), DbError> {
        let day = self.run.day.number();
        let name = finding.category.name();
        if !self.filed.insert(known.id) || day < known.seen_on {
            return Ok(());
        }
        let place = CasePlace::Stored(known.id);
        let status = if known.status == CaseStatus::AutoClosed {
            told.events.push((place, CaseEventKind::Reopened, name));
            CaseStatus::Reopened
        } else {
            if known.category.as_deref() != Some(name) {
                told.events.push((place, CaseEventKind::Changed, name));
            }
            known.status
        };
        self.point
            .execute(params![known.id, day, self.run.id.0, seq, status.word()])?;
        finding
            .sub_mch_id
            .as_str()
            .clone_into(&mut known.sub_mch_id);
        Ok(())
    }

    /// Opens cases; their numbers, in the order in which they were found.
    fn open(&mut self, told: &CaseEffects) -> Result<Vec<i64>, DbError> {
        const HEAD: &str =
            "INSERT INTO case_file (profile, key, status, opened_on, day, spoken_on, run, seq)";
        let day = ValueRef::Integer(self.run.day.number().into());
        let mut rows = Vec::with_capacity(told.new.len().saturating_mul(8));
        for (key, seq) in &told.new {
            rows.push(ValueRef::Integer(self.run.profile.0));
            rows.push(ValueRef::Text(key));
            rows.push(ValueRef::Text(CaseStatus::New.word()));
            rows.extend([day, day, day]);
            rows.push(ValueRef::Integer(self.run.id.0));
            rows.push(ValueRef::Integer(*seq));
        }
        let mut opened = Vec::with_capacity(told.new.len());
        let insertion = RowInsertion {
            head: HEAD,
            tail: "RETURNING id",
            width: 8,
        };
        insert_rows_returning(self.tx, insertion, &rows, &mut |row| {
            opened.push(row.get(0)?);
            Ok(())
        })?;
        self.filed.extend(&opened);
        Ok(opened)
    }

    /// Writes what happened to cases, in the order in which it was found.
    fn tell(&self, told: &CaseEffects, opened: &[i64]) -> Result<(), DbError> {
        const HEAD: &str = "INSERT INTO case_event (case_id, at, actor, kind, text, run)";
        let mut rows = Vec::with_capacity(told.events.len().saturating_mul(6));
        for (place, kind, text) in &told.events {
            rows.push(ValueRef::Integer(place.id(opened)?));
            rows.push(ValueRef::Integer(self.run.made_at.unix()));
            rows.push(ValueRef::Text(""));
            rows.push(ValueRef::Text(kind.word()));
            rows.push(ValueRef::Text(text));
            rows.push(ValueRef::Integer(self.run.id.0));
        }
        insert_rows(self.tx, HEAD, 6, &rows)
    }

    /// The cases that there are already under the keys of findings, with and without their sub-merchants.
    fn known_of_all(&self, findings: &[Finding]) -> Result<KnownCases, DbError> {
        let mut keys = BTreeSet::new();
        for finding in findings {
            keys.insert(finding.case_key(self.mch_id));
            if let Some(unnamed) = without_sub_merchant(finding) {
                keys.insert(unnamed.case_key(self.mch_id));
            }
        }
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let mut out = KnownCases::default();
        let mut rest = keys.as_slice();
        let mut most = KEYS;
        while !rest.is_empty() {
            while most > 1 && most > rest.len() {
                most /= 2;
            }
            let (some, others) = rest.split_at(most.min(rest.len()));
            let places: Vec<String> = (2..).take(some.len()).map(|it| format!("?{it}")).collect();
            let sql = format!("SELECT c.key, {KNOWN} AND c.key IN ({})", places.join(", "));
            let mut values = vec![ValueRef::Integer(self.run.profile.0)];
            values.extend(some.iter().map(|key| ValueRef::Text(key)));
            let mut statement = self.tx.prepare_cached(&sql)?;
            let mut rows = statement.query(values)?;
            while let Some(row) = rows.next()? {
                let case = KnownCase::read(row, 1)?;
                out.ids.insert(row.get(0)?, case.id);
                out.cases.insert(case.id, case);
            }
            rest = others;
        }
        Ok(out)
    }

    /// The case of a finding that was found while nothing named its sub-merchant.
    fn unnamed_of(
        &self,
        finding: &Finding,
        known: &KnownCases,
        told: &CaseEffects,
    ) -> Option<CasePlace> {
        let key = without_sub_merchant(finding)?.case_key(self.mch_id);
        if let Some(place) = told.places.get(&key) {
            // A case that was opened a moment ago.
            return Some(CasePlace::New(*place));
        }
        let case = known.cases.get(known.ids.get(&key)?)?;
        let sub = finding.sub_mch_id.as_str();
        let fits = case.sub_mch_id.is_empty() || case.sub_mch_id == sub;
        fits.then_some(CasePlace::Stored(case.id))
    }

    /// Closes the open cases of this day that this run no longer finds.
    pub(super) fn close_what_is_gone(&self) -> Result<(), DbError> {
        let mut statement = self.tx.prepare_cached(
            "SELECT id, status FROM case_file
             WHERE profile = ?1 AND day = ?2 AND spoken_on = ?2 ORDER BY id",
        )?;
        let gone: Vec<(i64, String)> = statement
            .query_map(params![self.run.profile.0, self.run.day.number()], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect::<Result<_, _>>()?;
        for (id, status) in gone {
            if !self.filed.contains(&id) && !read_status(&status)?.is_closed() {
                self.close(id, &format!("GONE {}", self.run.day))?;
            }
        }
        Ok(())
    }

    /// Closes open cases of other days about rows that agreed today (rule X7).
    pub(super) fn close_what_matched(&mut self, cleared: &[Finding]) -> Result<(), DbError> {
        const PAYS: [Category; 2] = [Category::WOnlyPay, Category::MOnlyPay];
        const REFUNDS: [Category; 2] = [Category::WOnlyRefund, Category::MOnlyRefund];
        for finding in cleared {
            let mut stand_ins: Vec<Finding> = Vec::with_capacity(4);
            let is_refund = !finding.out_refund_no.is_empty();
            for category in if is_refund { REFUNDS } else { PAYS } {
                let mut asked = finding.clone();
                asked.category = category;
                stand_ins.push(asked.clone());
                // A merchant who keeps running totals had no refund number for its case.
                if is_refund {
                    asked.out_refund_no = OutRefundNo::EMPTY;
                    stand_ins.push(asked);
                }
            }
            for asked in stand_ins {
                let Some(known) = self.known_of(&asked)? else {
                    continue;
                };
                let later = known.seen_on > self.run.day.number();
                if known.status.is_closed() || self.filed.contains(&known.id) || later {
                    continue;
                }
                let text = format!("{} {}", finding.category.name(), self.run.day);
                self.close(known.id, &text)?;
            }
        }
        Ok(())
    }

    fn close(&self, id: i64, text: &str) -> Result<(), DbError> {
        self.tx.execute(
            "UPDATE case_file SET status = ?2, spoken_on = ?3 WHERE id = ?1",
            params![id, CaseStatus::AutoClosed.word(), self.run.day.number()],
        )?;
        self.event(id, CaseEventKind::AutoClosed, text)
    }

    /// The case of a finding. One that was found while nothing named its sub-merchant is the same case.
    fn known_of(&mut self, finding: &Finding) -> Result<Option<KnownCase>, DbError> {
        let known = self.known(&finding.case_key(self.mch_id))?;
        let unnamed = match &known {
            Some(_) => None,
            None => without_sub_merchant(finding),
        };
        let Some(unnamed) = unnamed else {
            return Ok(known);
        };
        let known = self.known(&unnamed.case_key(self.mch_id))?;
        let sub = finding.sub_mch_id.as_str();
        Ok(known.filter(|known| known.sub_mch_id.is_empty() || known.sub_mch_id == sub))
    }

    fn known(&mut self, key: &str) -> Result<Option<KnownCase>, DbError> {
        let values = params![self.run.profile.0, key];
        let read = |row: Row<'_>| KnownCase::read(row, 0);
        self.find.query_row(values, read).optional()
    }

    fn event(&self, case: i64, kind: CaseEventKind, text: &str) -> Result<(), DbError> {
        let event = CaseEvent {
            at: self.run.made_at,
            actor: String::new(),
            kind,
            text: text.to_owned(),
            run: Some(self.run.id),
        };
        write_event(self.tx, case, &event)
    }
}

/// Lets the cases of a day tell again what an older result of that day says.
pub(super) fn refile(
    tx: &SessionTransaction<'_>,
    run: &RunRecord,
    findings: &[Finding],
    Author {
        name: mch_id,
        at: now,
    }: Author<'_>,
) -> Result<(), DbError> {
    let speaking = RunRecord {
        made_at: now,
        ..run.clone()
    };
    let mut filer = CaseWriter::new(tx, &speaking, mch_id)?;
    filer.file_all(findings, &mut |_, _, _| Ok(()))?;
    filer.close_what_is_gone()
}
