//! The Cases screen: the list with its counts, its pages, and one case in full.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Views;
use super::case_facts::case_facts;
use super::compare::RowPair;
use super::orders::order_events;
use crate::Failure;
use crate::command::{CaseList, RowOrder};
use crate::model::{
    CaseClosing, CaseDetail, CaseFilter, CaseRow, CaseTotals, CaseWork, Proposal, RawLine,
    SeverityCounts, TimelineEvent, TimelineKind,
};
use crate::tables::{self, RowContext, TableView};
use recondesk_domain::{CaseStatus, Category, Fen, Finding, ProfileId, RowRef};
use recondesk_ports::{
    BookRow, CaseEvent, CaseEventKind, CaseQuery, CaseRecord, Occurrence, StoreError,
};

impl Views<'_> {
    /// Cases of a filter in order, with totals, and their rows for the pages.
    ///
    /// # Errors
    /// [`Failure`] when the workspace cannot be read.
    pub fn cases(&self, filter: &CaseFilter) -> Result<(CaseList, Vec<CaseRow>), Failure> {
        let (totals, _, rows) = self.list_cases(filter)?;
        let ids = rows.iter().map(|row| row.id).collect();
        Ok((RowOrder { ids, totals }, rows))
    }

    /// The same cases as they are stored.
    pub(in crate::jobs) fn listed_cases(
        &self,
        filter: &CaseFilter,
    ) -> Result<Vec<CaseRecord>, Failure> {
        Ok(self.list_cases(filter)?.1)
    }

    fn list_cases(
        &self,
        filter: &CaseFilter,
    ) -> Result<(CaseTotals, Vec<CaseRecord>, Vec<CaseRow>), Failure> {
        let names = self.names()?;
        let known = RowContext {
            today: self.now.day(),
            name_of: &|id| names.get(&id).cloned().unwrap_or_default(),
        };
        let wanted = filter.text.trim().to_ascii_lowercase();
        let mut totals = CaseTotals::default();
        let mut kept: Vec<(CaseRecord, Option<CaseRow>)> = Vec::new();
        for case in self.case_records(filter)? {
            // A row that was made to be looked at is listed as it is.
            let row = (!filter.view.filters.is_empty()).then(|| case_row(&case));
            let is_in_view = row
                .as_ref()
                .is_none_or(|row| tables::passes(row, &filter.view, &known));
            if is_in_view
                && matches_text(&case.finding, &wanted)
                && take(&mut totals, filter, &case)
            {
                kept.push((case, row));
            }
        }
        totals.categories.sort_unstable();
        kept.sort_by_cached_key(|(case, _)| {
            let finding = &case.finding;
            let severity = finding.category.severity();
            (severity, Reverse(finding.at_stake()), case.opened_on)
        });
        let whole = kept.into_iter().map(|(case, row)| {
            let row = row.unwrap_or_else(|| case_row(&case));
            (case, row)
        });
        let (mut listed, mut rows): (Vec<CaseRecord>, Vec<CaseRow>) = whole.unzip();
        if !filter.view.sorts.is_empty() {
            let order = TableView {
                sorts: filter.view.sorts.clone(),
                ..TableView::default()
            };
            let order = tables::arrange(&rows, &order, &known);
            rows = in_order(rows, &order);
            listed = in_order(listed, &order);
        }
        Ok((totals, listed, rows))
    }

    /// Names of merchants.
    ///
    /// # Errors
    /// As [`Views::cases`].
    pub fn names(&self) -> Result<BTreeMap<ProfileId, String>, Failure> {
        let profiles = self.records.profiles()?.into_iter();
        Ok(profiles.map(|(id, profile)| (id, profile.name)).collect())
    }

    /// One case in full.
    ///
    /// # Errors
    /// As [`Views::cases`], and when it is gone.
    pub fn case(&self, profile: ProfileId, key: &str) -> Result<CaseDetail, Failure> {
        let case = self
            .records
            .case(profile, key)?
            .ok_or_else(|| StoreError::Missing(key.to_owned()))?;
        let finding = &case.finding;
        let events = self.records.case_events(case.id)?;
        let bill_line = self.line(finding.bill_row);
        let order_line = self.line(finding.order_row);
        let pair = self.pair(profile, finding)?;
        let notes = events
            .iter()
            .filter(|event| event.kind == CaseEventKind::Note)
            .map(|event| (event.at, event.actor.clone(), event.text.clone()))
            .collect();
        Ok(CaseDetail {
            row: case_row(&case),
            tags: finding
                .tags
                .iter()
                .map(|tag| tag.word().to_owned())
                .collect(),
            facts: case_facts(finding),
            compare: pair.rows(),
            timeline: timeline(&pair, bill_line.as_ref(), order_line.as_ref(), &events),
            bill_line,
            order_line,
            notes,
            proposal: proposal(&case, &events),
            closing: closing(&case, &events),
            work: CaseWork::default(),
        })
    }

    fn case_records(&self, filter: &CaseFilter) -> Result<Vec<CaseRecord>, StoreError> {
        self.records.cases(&CaseQuery {
            profile: filter.profile,
            day: filter.day,
            categories: Vec::new(),
            closed_too: filter.closed_too,
        })
    }

    /// The line a finding points to; a damaged archive shows none here and says so where it is read.
    fn line(&self, row: Option<RowRef>) -> Option<RawLine> {
        let raw = self.books.raw_row(row.filter(|row| row.import > 0)?).ok()?;
        Some(self.raw_line(raw))
    }

    /// The rows of both books that a finding is about, by the places it names.
    fn pair(&self, profile: ProfileId, finding: &Finding) -> Result<RowPair, Failure> {
        let mut pair = RowPair {
            amounts: (finding.bill, finding.merchant),
            ..RowPair::default()
        };
        let refund = finding.out_refund_no.as_str();
        let trade = finding.out_trade_no.as_str();
        let number = if refund.is_empty() { trade } else { refund };
        for number in [number, trade, finding.transaction_id.as_str()] {
            if !number.is_empty() {
                for found in self
                    .books
                    .find(number)?
                    .iter()
                    .filter(|found| found.profile == profile)
                {
                    take_row(&mut pair, found, finding);
                }
            }
        }
        let about_refund = !refund.is_empty() || finding.category.code().starts_with('R');
        if about_refund {
            pair.pay = None;
        } else {
            (pair.refund, pair.merchant_refund) = (None, None);
        }
        Ok(pair)
    }
}

/// Counts a case for the chips; true when the list has it.
fn take(totals: &mut CaseTotals, filter: &CaseFilter, case: &CaseRecord) -> bool {
    let category = case.finding.category;
    let severity = category.severity();
    let is_severe = filter.severities.is_empty() || filter.severities.contains(&severity);
    let is_chosen = filter.categories.is_empty() || filter.categories.contains(&category);
    let is_wanted = !filter.unowned || case.owner.is_empty();
    let is_open = !case.status.is_closed();
    if is_chosen && is_wanted && is_open {
        totals.counts.add(severity, 1);
    }
    if is_severe && is_wanted {
        count(&mut totals.categories, category);
    }
    if is_chosen && is_severe && is_open && case.owner.is_empty() {
        totals.unowned = totals.unowned.saturating_add(1);
    }
    let is_listed = is_chosen && is_severe && is_wanted;
    if is_listed {
        totals.rows = totals.rows.saturating_add(1);
        if !is_open {
            totals.closed = totals.closed.saturating_add(1);
        }
        if severity.needs_person() && is_open {
            totals.to_work = totals.to_work.saturating_add(1);
            totals.at_stake = plus(totals.at_stake, case.finding.at_stake());
        }
    }
    is_listed
}

/// The same things in this order of their places.
fn in_order<T>(things: Vec<T>, order: &[u32]) -> Vec<T> {
    let mut things: Vec<Option<T>> = things.into_iter().map(Some).collect();
    let taken = |at: &u32| things.get_mut(usize::try_from(*at).ok()?)?.take();
    order.iter().filter_map(taken).collect()
}

/// Takes a row into the pair: the very row of the finding, else the newest version.
fn take_row(pair: &mut RowPair, found: &Occurrence, finding: &Finding) {
    let is_bill_row = |row: RowRef| finding.bill_row.is_none_or(|wanted| wanted == row);
    let is_order_row = |row: RowRef| finding.order_row == Some(row) || !found.superseded;
    match found.row {
        BookRow::Pay(row) if is_bill_row(row.row) => pair.pay = Some(row),
        BookRow::Refund(row) if is_bill_row(row.row) => pair.refund = Some(row),
        BookRow::Order(row) if is_order_row(row.row) => pair.order = Some(row),
        BookRow::MerchantRefund(row) if is_order_row(row.row) => pair.merchant_refund = Some(row),
        BookRow::Pay(_) | BookRow::Refund(_) | BookRow::Order(_) | BookRow::MerchantRefund(_) => {}
    }
}

fn timeline(
    pair: &RowPair,
    bill_line: Option<&RawLine>,
    order_line: Option<&RawLine>,
    events: &[CaseEvent],
) -> Vec<TimelineEvent> {
    let source = |line: Option<&RawLine>| {
        line.map(|l| format!("{} {}", l.file, l.line))
            .unwrap_or_default()
    };
    let mut out = Vec::new();
    if let Some(order) = &pair.order {
        out.extend(order_events(order, &source(order_line)));
    }
    if let Some(pay) = &pair.pay {
        let kind = TimelineKind::Paid(pay.amount);
        out.push(TimelineEvent {
            at: pay.time,
            kind,
            source: source(bill_line),
        });
    }
    if let Some(refund) = &pair.refund {
        let kind = TimelineKind::Refunded(refund.amount);
        out.push(TimelineEvent {
            at: refund.time,
            kind,
            source: source(bill_line),
        });
    }
    let is_told = |event: &&CaseEvent| !is_half_of_giving(event, events);
    out.extend(events.iter().filter(is_told).filter_map(case_event));
    out.sort_by_key(|event| event.at);
    out
}

/// True for the new status of a case that was taken or handed over: the new owner is told in a line of its own.
fn is_half_of_giving(event: &CaseEvent, all: &[CaseEvent]) -> bool {
    let is_status = event.kind == CaseEventKind::Status
        && moved(event).is_some_and(|to| to == (CaseStatus::Assigned, ""));
    let gives = |other: &CaseEvent| {
        other.kind == CaseEventKind::Owner && other.at == event.at && other.actor == event.actor
    };
    is_status && all.iter().any(gives)
}

fn case_event(event: &CaseEvent) -> Option<TimelineEvent> {
    let kind = match event.kind {
        CaseEventKind::Found | CaseEventKind::Changed | CaseEventKind::Reopened => {
            TimelineKind::Found(Category::parse(&event.text)?)
        }
        CaseEventKind::AutoClosed => TimelineKind::AutoClosed,
        CaseEventKind::Note => TimelineKind::Note(event.text.clone()),
        CaseEventKind::Status => {
            let (status, reason) = moved(event)?;
            TimelineKind::Moved(status, reason.to_owned())
        }
        CaseEventKind::Owner => TimelineKind::Given(event.text.clone()),
    };
    Some(TimelineEvent {
        at: event.at,
        kind,
        source: event.actor.clone(),
    })
}

/// Status and reason of a person's step.
fn moved(event: &CaseEvent) -> Option<(CaseStatus, &str)> {
    let (word, reason) = event
        .text
        .split_once('\n')
        .unwrap_or((event.text.as_str(), ""));
    Some((CaseStatus::parse(word)?, reason))
}

/// The proposal that waits for a second person.
fn proposal(case: &CaseRecord, events: &[CaseEvent]) -> Option<Proposal> {
    if case.status != CaseStatus::Proposed {
        return None;
    }
    let made = events.iter().rev().find_map(|event| {
        let is_step = event.kind == CaseEventKind::Status;
        let (status, reason) = moved(event).filter(|_| is_step)?;
        (status == CaseStatus::Proposed).then_some((event, reason))
    });
    made.map(|(event, reason)| Proposal {
        maker: event.actor.clone(),
        reason: reason.to_owned(),
    })
}

/// How a case was closed: by whom and when; `None` while it is open.
#[must_use]
pub fn closing(case: &CaseRecord, events: &[CaseEvent]) -> Option<CaseClosing> {
    if !case.status.is_closed() {
        return None;
    }
    events.iter().rev().find_map(|event| {
        let (by, reason) = match event.kind {
            CaseEventKind::AutoClosed => (String::new(), String::new()),
            CaseEventKind::Status => {
                let (status, reason) = moved(event)?;
                if !status.is_closed() {
                    return None;
                }
                (event.actor.clone(), reason.to_owned())
            }
            CaseEventKind::Found
            | CaseEventKind::Changed
            | CaseEventKind::Reopened
            | CaseEventKind::Note
            | CaseEventKind::Owner => return None,
        };
        Some(CaseClosing {
            at: event.at,
            by,
            status: case.status,
            reason,
        })
    })
}

fn case_row(case: &CaseRecord) -> CaseRow {
    let finding = &case.finding;
    CaseRow {
        id: u64::try_from(case.id.0).unwrap_or_default(),
        key: case.key.clone(),
        profile: case.profile,
        day: case.day,
        opened_on: case.opened_on,
        category: finding.category,
        action: finding.action(),
        number: number_of(finding).to_owned(),
        wechat: finding.bill,
        merchant: finding.merchant,
        paid_at: finding.paid_at,
        owner: case.owner.clone(),
        status: case.status,
    }
}

/// The number a person knows a finding by; empty for one about a whole day.
pub(in crate::jobs) fn number_of(finding: &Finding) -> &str {
    let numbers = [
        finding.out_trade_no.as_str(),
        finding.out_refund_no.as_str(),
        finding.transaction_id.as_str(),
    ];
    numbers
        .into_iter()
        .find(|number| !number.is_empty())
        .unwrap_or_default()
}

/// True when a text, in small letters, stands in a number or in the category of a finding.
fn matches_text(finding: &Finding, wanted: &str) -> bool {
    let texts = [
        finding.out_trade_no.as_str(),
        finding.order_no.as_str(),
        finding.transaction_id.as_str(),
        finding.out_refund_no.as_str(),
        finding.refund_id.as_str(),
        finding.category.code(),
        finding.category.zh(),
        finding.category.en(),
    ];
    let is_in = |text: &&str| {
        let mut places = text.as_bytes().windows(wanted.len());
        places.any(|place| place.eq_ignore_ascii_case(wanted.as_bytes()))
    };
    wanted.is_empty() || texts.iter().any(is_in)
}

fn count(categories: &mut Vec<(Category, u64)>, category: Category) {
    match categories.iter_mut().find(|(known, _)| *known == category) {
        Some((_, count)) => *count = count.saturating_add(1),
        None => categories.push((category, 1)),
    }
}

fn plus(a: Fen, b: Fen) -> Fen {
    a.checked_add(b).unwrap_or(a)
}

/// Open cases of a severity, for sign-off and the Overview.
pub(super) fn counts(cases: &[CaseRecord]) -> (SeverityCounts, Fen) {
    let mut counts = SeverityCounts::default();
    let mut at_stake = Fen::ZERO;
    for case in cases.iter().filter(|case| !case.status.is_closed()) {
        let severity = case.finding.category.severity();
        counts.add(severity, 1);
        if severity.needs_person() {
            at_stake = plus(at_stake, case.finding.at_stake());
        }
    }
    (counts, at_stake)
}
