//! Reading the sheet back: every row is checked against the case as it is now before anything is applied.

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::ops::ControlFlow;

use recondesk_casework::Role;
use recondesk_intake::{IntakeError, NotOrders, TextRow, each_text_row};
use recondesk_ports::{CaseEvent, CaseQuery, CaseRecord, CaseRef, Ports};

use super::done::{SheetRowWords, done_before};
use super::stale::{is_untaken, refused_by, stale};
use super::{MARK, OLD_MARK, SheetColumn, SheetDeed, digest_of, plain, workspace_of};
use crate::jobs::decisions::{self, DecisionsOfCase};
use crate::jobs::report::notes;
use crate::model::Decision;
use crate::{Failure, FailureKind, Message};

/// Rows of one file.
const MOST_ROWS: usize = 200_000;
/// Bytes of a note or a reason.
const MOST_WORDS: usize = 4_000;
/// Bytes of a name.
const MOST_NAME: usize = 100;

/// What became of a row, or would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetRowFate {
    /// Nothing was filled in.
    Same,
    /// The case is what the row asks for: it was read before.
    Already,
    /// What it asks for; it was done unless only looked at.
    Changes(Vec<Message>),
    /// The case is another one than when the sheet was written: how it was, how it is.
    Stale(Message, Message),
    /// It cannot be done, and why.
    Refused(Message),
}

/// A row of the sheet with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRowResult {
    /// Row of the sheet, counted from 1.
    pub line: u32,
    /// The key of the case; empty where it is unknown.
    pub case: String,
    /// What became of it.
    pub fate: SheetRowFate,
}

/// Reads a sheet, and applies what people filled in; `actor` decides, or nobody where it is only looked at.
///
/// # Errors
/// When the file is no workbook, or no sheet of this program.
pub fn import_sheet<R: Read + Seek>(
    ports: &Ports,
    file: R,
    actor: Option<&str>,
) -> Result<Vec<SheetRowResult>, Failure> {
    let filled = read(file)?;
    let cases: BTreeMap<i64, CaseRecord> = ports
        .records
        .cases(&CaseQuery {
            closed_too: true,
            ..CaseQuery::default()
        })?
        .into_iter()
        .map(|case| (case.id.0, case))
        .collect();
    let operators = ports.casework.operators()?;
    let workers: Vec<&str> = operators
        .iter()
        .filter(|known| known.removed_at.is_none() && known.roles.has(Role::Work))
        .map(|known| known.name.as_str())
        .collect();
    let is_named = operators.iter().any(|known| known.removed_at.is_none());
    let desk = SheetContext {
        ports,
        cases,
        workers: is_named.then_some(workers),
        together: decided(&filled),
        workspace: workspace_of(ports)?,
    };
    let mut seen: BTreeMap<i64, u32> = BTreeMap::new();
    let mut out = Vec::with_capacity(filled.len());
    for row in &filled {
        let (case, fate) = desk.judge(row, &mut seen)?;
        let fate = match (fate, case, actor) {
            (SheetVerdict::Does(wish), Some(case), Some(actor)) => desk.apply(case, wish, actor)?,
            (SheetVerdict::Does(wish), _, _) => SheetRowFate::Changes(wish.words()),
            (SheetVerdict::Is(fate), _, _) => fate,
        };
        out.push(SheetRowResult {
            line: row.line,
            case: case.map_or_else(String::new, |case| case.key.clone()),
            fate,
        });
    }
    Ok(out)
}

/// How many rows hold a decision.
fn decided(rows: &[Filled]) -> u32 {
    let decided = rows
        .iter()
        .filter(|row| !row.get(SheetColumn::Decision).is_empty());
    u32::try_from(decided.count()).unwrap_or(u32::MAX)
}

/// The cells of a row that are read, by column.
pub(super) struct Filled {
    line: u32,
    cells: BTreeMap<SheetColumn, String>,
}

impl Filled {
    pub(super) fn get(&self, column: SheetColumn) -> &str {
        self.cells.get(&column).map_or("", String::as_str)
    }
}

fn read<R: Read + Seek>(file: R) -> Result<Vec<Filled>, Failure> {
    let mut places: Option<(usize, BTreeMap<SheetColumn, usize>)> = None;
    let mut rows: Vec<Filled> = Vec::new();
    let mut is_over = false;
    let mut take = |row: TextRow| {
        if places.as_ref().is_none_or(|(sheet, _)| *sheet != row.sheet) {
            // The list may have been copied below others, or to a sheet of its own.
            if places.is_none() {
                places = header(&row.cells).map(|found| (row.sheet, found));
            }
            return ControlFlow::Continue(());
        }
        let Some((_, columns)) = &places else {
            return ControlFlow::Continue(());
        };
        let cells: BTreeMap<SheetColumn, String> = columns
            .iter()
            .map(|(column, at)| {
                (
                    *column,
                    plain(row.cells.get(*at).map_or("", String::as_str)),
                )
            })
            .collect();
        if cells.values().any(|cell| !cell.is_empty()) {
            rows.push(Filled {
                line: row.line,
                cells,
            });
        }
        is_over = rows.len() > MOST_ROWS;
        if is_over {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    each_text_row(file, &mut take).map_err(|error| unreadable(&error))?;
    if is_over {
        return Err(no_sheet().with_detail(format!("more than {MOST_ROWS} rows")));
    }
    if places.is_none() {
        return Err(no_sheet());
    }
    Ok(rows)
}

/// What is no workbook at all is told so; a CSV has lost what a sheet needs to be read back.
fn unreadable(error: &IntakeError) -> Failure {
    let IntakeError::NotOrders(NotOrders::Binary) = error else {
        return no_sheet().with_detail(error.to_string());
    };
    Failure::new(
        FailureKind::RefusedInput,
        "case.sheet",
        Message::new(
            "只读回 .xlsx 工作簿",
            "Only a workbook (.xlsx) is read back",
        ),
        Message::new(
            "在 Excel 或 WPS 里把填好的表另存为 .xlsx",
            "Save the sheet as .xlsx in the program it was filled in with",
        ),
    )
}

fn no_sheet() -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "case.sheet",
        Message::new(
            "这不是 recondesk cases export 写出的表",
            "This is no sheet of recondesk cases export",
        ),
        Message::new(
            "表头和“标记”“摘要”两列要保留",
            "The headings and the columns Mark and Digest must stay",
        ),
    )
}

/// Where each column stands, when this is the row of headings.
fn header(cells: &[String]) -> Option<BTreeMap<SheetColumn, usize>> {
    let mut found = BTreeMap::new();
    for column in SheetColumn::ALL {
        let title = column.title();
        let at = cells.iter().position(|cell| {
            let cell = cell.trim();
            cell == title.zh || cell == title.en
        })?;
        found.insert(column, at);
    }
    Some(found)
}

/// What a row asks for.
struct Wish {
    owner: Option<String>,
    /// The case is nobody's yet, and is taken before it is solved.
    takes_first: bool,
    deed: Option<(SheetDeed, Decision)>,
    note: Option<String>,
}

impl Wish {
    fn words(&self) -> Vec<Message> {
        let owner = self
            .owner
            .as_ref()
            .map(|name| Message::new(format!("交给 {name}"), format!("Hand over to {name}")));
        let taken = self.takes_first.then(|| SheetDeed::Take.words());
        let deed = self.deed.as_ref().map(|(deed, _)| deed.words());
        let note = self
            .note
            .as_ref()
            .map(|text| Message::new(format!("备注：{text}"), format!("Note: {text}")));
        let decided = owner.into_iter().chain(taken).chain(deed);
        decided.chain(note).collect()
    }
}

enum SheetVerdict {
    Does(Wish),
    Is(SheetRowFate),
}

struct SheetContext<'a> {
    ports: &'a Ports,
    cases: BTreeMap<i64, CaseRecord>,
    /// Who may be given a case; anybody while no operator is named.
    workers: Option<Vec<&'a str>>,
    together: u32,
    /// What tells this workspace from others.
    workspace: String,
}

const fn refused(zh: String, en: String) -> SheetVerdict {
    SheetVerdict::Is(SheetRowFate::Refused(Message { zh, en }))
}

fn refused_words(zh: &'static str, en: &'static str) -> SheetVerdict {
    SheetVerdict::Is(SheetRowFate::Refused(Message::new(zh, en)))
}

impl SheetContext<'_> {
    /// What a row asks for, and whether it may.
    fn judge(
        &self,
        row: &Filled,
        seen: &mut BTreeMap<i64, u32>,
    ) -> Result<(Option<&CaseRecord>, SheetVerdict), Failure> {
        let Some(mark) = SheetMark::parse(row.get(SheetColumn::Mark)) else {
            let why = refused_words("这一行没有标记", "This row has no mark");
            return Ok((None, why));
        };
        if mark.workspace.is_some_and(|of| of != self.workspace) {
            let why = refused_words(
                "这张表是另一个工作区导出的",
                "This sheet was written by another workspace",
            );
            return Ok((None, why));
        }
        let SheetMark { list, id, .. } = mark;
        let Some(case) = self.cases.get(&id) else {
            let why = refused_words(
                "这里没有这一行的差错",
                "The case of this row is not in this workspace",
            );
            return Ok((None, why));
        };
        if let Some(first) = seen.insert(id, row.line) {
            let why = refused(
                format!("第 {first} 行已有这条差错"),
                format!("Row {first} is about this case, too"),
            );
            return Ok((Some(case), why));
        }
        let events = self.ports.records.case_events(case.id)?;
        Ok((Some(case), self.compare(row, list, case, &events)))
    }

    fn compare(
        &self,
        row: &Filled,
        list: &str,
        case: &CaseRecord,
        events: &[CaseEvent],
    ) -> SheetVerdict {
        let is_filled = [
            SheetColumn::NewOwner,
            SheetColumn::Decision,
            SheetColumn::Remark,
        ]
        .iter()
        .any(|column| !row.get(*column).is_empty());
        let is_as_it_was = digest_of(list, case, events) == row.get(SheetColumn::Digest);
        let before = plain(&notes(events));
        if !is_as_it_was {
            // Whether the notes were written in is unknown then; what was filled in is certain.
            let was_written = is_filled || !before.starts_with(row.get(SheetColumn::Notes));
            return SheetVerdict::Is(match was_written {
                false => SheetRowFate::Same,
                true if done_before(&SheetRowWords::of(row), case, events) => SheetRowFate::Already,
                true => stale(row, case, &before),
            });
        }
        if row.get(SheetColumn::Order) != case.finding.out_trade_no.as_str() {
            return refused_words(
                "这一行的订单号和标记不是同一条差错，可能只排序了一部分列",
                "The order number of this row is not of the case of its mark; perhaps some columns were sorted alone",
            );
        }
        let Some(added) = added_note(row.get(SheetColumn::Notes), &before) else {
            return refused_words(
                "已有的备注不能改，新的写在下面或“说明”里",
                "Notes that are there do not change; write new ones below them, or in the last column",
            );
        };
        self.wish(row, &added, case)
    }

    fn wish(&self, row: &Filled, added: &str, case: &CaseRecord) -> SheetVerdict {
        let owner = row.get(SheetColumn::NewOwner);
        let (words, remark) = (row.get(SheetColumn::Decision), row.get(SheetColumn::Remark));
        let is_long = [remark, added].iter().any(|text| text.len() > MOST_WORDS);
        if is_long || owner.len() > MOST_NAME || owner.contains('\n') {
            return refused_words("写得太长", "This is too long");
        }
        let is_unknown = self
            .workers
            .as_ref()
            .is_some_and(|known| !known.contains(&owner));
        if !owner.is_empty() && is_unknown {
            return refused(
                format!("{owner} 不是可以处理差错的操作人"),
                format!("{owner} is no operator who may work on cases"),
            );
        }
        let deed = SheetDeed::parse(words);
        if !words.is_empty() && deed.is_none() {
            return refused(
                format!("没有“{words}”这个决定"),
                format!("There is no decision {words:?}"),
            );
        }
        if deed == Some(SheetDeed::Take) && !owner.is_empty() {
            return refused_words(
                "接手和交给不能同时填",
                "Taking a case and handing it over do not go together",
            );
        }
        let decided = deed.map(|deed| deed.decision(remark).map(|decision| (deed, decision)));
        let deed_taken = match decided {
            Some(None) => {
                return refused_words(
                    "这个决定要写说明",
                    "This decision needs words in the last column",
                );
            }
            Some(Some(taken)) => Some(taken),
            None => None,
        };
        let beside = match deed {
            Some(deed) if deed.takes_remark() => "",
            _ => remark,
        };
        let note = [added, beside]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("\n");
        let wish = Wish {
            takes_first: deed == Some(SheetDeed::Resolve) && owner.is_empty() && is_untaken(case),
            owner: (!owner.is_empty()).then(|| owner.to_owned()),
            deed: deed_taken,
            note: (!note.is_empty()).then_some(note),
        };
        if wish.owner.is_none() && wish.deed.is_none() && wish.note.is_none() {
            return SheetVerdict::Is(SheetRowFate::Same);
        }
        SheetVerdict::Does(wish)
    }

    /// Does what a row asks for, by the rules that hold for everybody.
    fn apply(&self, case: &CaseRecord, wish: Wish, actor: &str) -> Result<SheetRowFate, Failure> {
        let words = wish.words();
        let place = CaseRef::new(case.profile, case.key.as_str());
        let handed = wish.owner.map(Decision::HandOver);
        let taken = wish.takes_first.then_some(Decision::Take);
        let decided = wish.deed.map(|(_, decision)| decision);
        let all: Vec<Decision> = handed.into_iter().chain(taken).chain(decided).collect();
        let together = self.together;
        let is_solved = matches!(all.last(), Some(Decision::Resolve(_)));
        let decided = DecisionsOfCase {
            decisions: all,
            note: wish.note,
            together,
        };
        match decisions::decide_all(self.ports, place, decided, actor) {
            // "Solved" would say too much while a second person has not agreed.
            Ok(done) => {
                let asked = done.asked.filter(|_| is_solved);
                let told = words.into_iter().chain(asked).chain(done.withdrawn);
                Ok(SheetRowFate::Changes(told.collect()))
            }
            Err(failure) if failure.code == "workspace.forbidden" => {
                Ok(SheetRowFate::Refused(refused_by(&failure)))
            }
            Err(failure) => Err(failure),
        }
    }
}

/// What a mark names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct SheetMark<'a> {
    /// The workspace; older marks do not say it.
    workspace: Option<&'a str>,
    list: &'a str,
    /// Number of the case.
    id: i64,
}

impl<'a> SheetMark<'a> {
    fn parse(mark: &'a str) -> Option<Self> {
        let parts: Vec<&str> = mark.trim().split('-').collect();
        let (workspace, list, id) = match parts.as_slice() {
            [version, list, _row, id] if *version == OLD_MARK => (None, *list, *id),
            [version, of, list, _row, id] if *version == MARK => (Some(*of), *list, *id),
            _ => return None,
        };
        Some(Self {
            workspace,
            list,
            id: id.parse().ok()?,
        })
    }
}

/// What was written below the notes that were there; `None` when those were changed.
fn added_note(now: &str, before: &str) -> Option<String> {
    let rest = now.strip_prefix(before)?;
    Some(rest.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_names_list_and_case() {
        let read = |workspace| SheetMark {
            workspace,
            list: "D0a1b2c3d",
            id: 42,
        };
        assert_eq!(SheetMark::parse("RDC1-D0a1b2c3d-7-42"), Some(read(None)));
        let named = SheetMark::parse("RDC2-Dffeedd-D0a1b2c3d-7-42");
        assert_eq!(named, Some(read(Some("Dffeedd"))));
        for bad in [
            "",
            "RDC1-D0a-7",
            "RDC2-D0a-7-42",
            "RDC1-D0a-7-x",
            "RDC1-a-1-2-3",
        ] {
            assert_eq!(SheetMark::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_written_below_the_notes_is_a_note() {
        assert_eq!(added_note("一\n二", "一"), Some("二".to_owned()));
        assert_eq!(added_note("一", "一"), Some(String::new()));
        assert_eq!(added_note("二", "一"), None);
        assert_eq!(added_note("", "一"), None);
    }
}
