//! Cases: how runs open, change and close them, and how people move them.
//!
//! A case hangs on its stable key, so it outlives the run that found it. A later day speaks louder: a
//! re-run of an older day never takes back what a later one said.

use std::collections::BTreeSet;

use crate::sqlite::session::{OptionalExtension as _, Statement, Transaction, params};

use super::DbError;
use super::casework::seal_case_event;
use recondesk_domain::{CaseStatus, Category, Finding, Instant, MchId, OutRefundNo};
use recondesk_ports::{CaseEvent, CaseEventKind, RunRecord};

/// Files the findings of one run into cases.
pub(super) struct CaseWriter<'a> {
    tx: &'a Transaction<'a>,
    run: &'a RunRecord,
    mch_id: &'a str,
    filed: BTreeSet<i64>,
    find: Statement<'a>,
    open: Statement<'a>,
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

impl<'a> CaseWriter<'a> {
    pub(super) fn new(
        tx: &'a Transaction<'a>,
        run: &'a RunRecord,
        mch_id: &'a str,
    ) -> Result<Self, DbError> {
        Ok(Self {
            tx,
            run,
            mch_id,
            filed: BTreeSet::new(),
            find: tx.prepare_cached(
                "SELECT c.id, c.status, c.spoken_on, f.category, f.sub_mch_id FROM case_file c
                 LEFT JOIN finding f ON f.run = c.run AND f.seq = c.seq
                 WHERE c.profile = ?1 AND c.key = ?2",
            )?,
            open: tx.prepare_cached(
                "INSERT INTO case_file (profile, key, status, opened_on, day, spoken_on, run, seq)
                 VALUES (?1, ?2, 'NEW', ?3, ?3, ?3, ?4, ?5) RETURNING id",
            )?,
            point: tx.prepare_cached(
                "UPDATE case_file SET day = ?2, spoken_on = ?2, run = ?3, seq = ?4, status = ?5
                 WHERE id = ?1",
            )?,
        })
    }

    /// The case of a finding: opened, moved to this finding, or reopened.
    pub(super) fn file(&mut self, seq: i64, finding: &Finding) -> Result<i64, DbError> {
        let key = finding.case_key(self.mch_id);
        let day = self.run.day.number();
        let name = finding.category.name();
        let Some(known) = self.known_of(finding)? else {
            let row = params![self.run.profile.0, key, day, self.run.id.0, seq];
            let id = self.open.query_row(row, |row| row.get(0))?;
            self.filed.insert(id);
            self.event(id, CaseEventKind::Found, name)?;
            return Ok(id);
        };
        if !self.filed.insert(known.id) || day < known.seen_on {
            return Ok(known.id);
        }
        let status = if known.status == CaseStatus::AutoClosed {
            self.event(known.id, CaseEventKind::Reopened, name)?;
            CaseStatus::Reopened
        } else {
            if known.category.as_deref() != Some(name) {
                self.event(known.id, CaseEventKind::Changed, name)?;
            }
            known.status
        };
        self.point
            .execute(params![known.id, day, self.run.id.0, seq, status.word()])?;
        Ok(known.id)
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
        if known.is_some() || finding.sub_mch_id.is_empty() {
            return Ok(known);
        }
        let unnamed = Finding {
            sub_mch_id: MchId::EMPTY,
            ..finding.clone()
        };
        let known = self.known(&unnamed.case_key(self.mch_id))?;
        let sub = finding.sub_mch_id.as_str();
        Ok(known.filter(|known| known.sub_mch_id.is_empty() || known.sub_mch_id == sub))
    }

    fn known(&mut self, key: &str) -> Result<Option<KnownCase>, DbError> {
        let row = self
            .find
            .query_row(params![self.run.profile.0, key], |row| {
                Ok((
                    row.get(0)?,
                    row.get::<_, String>(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get::<_, Option<String>>(4)?,
                ))
            })
            .optional()?;
        row.map(|(id, status, seen_on, category, sub)| {
            Ok(KnownCase {
                id,
                status: read_status(&status)?,
                seen_on,
                category,
                sub_mch_id: sub.unwrap_or_default(),
            })
        })
        .transpose()
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
    tx: &Transaction<'_>,
    run: &RunRecord,
    findings: &[Finding],
    (mch_id, now): (&str, Instant),
) -> Result<(), DbError> {
    let speaking = RunRecord {
        made_at: now,
        ..run.clone()
    };
    let mut filer = CaseWriter::new(tx, &speaking, mch_id)?;
    for (seq, finding) in (0_i64..).zip(findings) {
        filer.file(seq, finding)?;
    }
    filer.close_what_is_gone()
}

/// Lets a case follow what is done about it; the caller knows that it may.
pub(super) fn set_status(
    tx: &Transaction<'_>,
    (case, next): (i64, CaseStatus),
    actor: &str,
    text: &str,
    at: Instant,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE case_file SET status = ?2 WHERE id = ?1",
        params![case, next.word()],
    )?;
    let event = CaseEvent {
        at,
        actor: actor.to_owned(),
        kind: CaseEventKind::Status,
        text: format!("{}\n{text}", next.word()),
        run: None,
    };
    write_event(tx, case, &event)
}

pub(super) fn write_event(
    tx: &Transaction<'_>,
    case: i64,
    event: &CaseEvent,
) -> Result<(), DbError> {
    let id = tx.query_row(
        "INSERT INTO case_event (case_id, at, actor, kind, text, run)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
        params![
            case,
            event.at.unix(),
            event.actor,
            event.kind.word(),
            event.text,
            event.run.map(|run| run.0)
        ],
        |row| row.get(0),
    )?;
    // What a run writes is sealed together, once it is done.
    if event.run.is_none() {
        seal_case_event(tx, id, (case, event))?;
    }
    Ok(())
}

pub(super) fn read_status(word: &str) -> Result<CaseStatus, DbError> {
    CaseStatus::parse(word).ok_or_else(|| DbError::broken(format!("case status {word}")))
}
