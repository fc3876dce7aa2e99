//! Rows that an import refused, mended cell by cell: read again from the stored original, tried and stored by the way
//! that a file of refused rows goes.

mod stored;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::ops::ControlFlow;

use self::stored::{fact, has_sibling, is_replaced, kind_of, mended_lines, mended_name};
use super::intake::{self, MappingChoice};
use crate::event::{NextDeed, NoticeText};
use crate::model::{
    CellEdit, CellFault, MendedRows, RefusedCell, RefusedFile, RefusedRow, RefusedRows, StoreAs,
};
use crate::{Failure, FailureKind, Message, Reporter};
use recondesk_domain::{ProfileId, group_digits, mask_cell};
use recondesk_intake::{
    Column, Mapping, Plan, ReasonLanguage, RecordKind, Reject, RejectWriter, RowAmount,
};
use recondesk_ports::{Books, BooksError, ImportRecord, OrdersTarget, Ports, Source, StoreError};

/// Rows that are mended at once.
const MOST: usize = 200;
/// Columns that a file of refused rows has before those of the file: number of the line, and reason.
const OWN_COLUMNS: usize = 2;
/// Longest text that a cell may be given, in bytes.
const LONGEST_CELL: usize = 4096;

/// Files of which refused rows are left, the newest first.
///
/// # Errors
/// [`Failure`] when the workspace cannot be read.
pub fn files(books: &dyn Books, profile: ProfileId) -> Result<Vec<RefusedFile>, Failure> {
    let imports = books.imports(profile)?;
    let mut out = Vec::new();
    for record in &imports {
        if kind_of(record).is_none() {
            continue;
        }
        let refused = fact(record, "bad")?.unwrap_or(0);
        if refused == 0 {
            continue;
        }
        let mended = mended_lines(books, record, &imports)?.len() as u64;
        if refused > mended {
            out.push(RefusedFile {
                profile,
                import: record.import,
                name: record.name.clone(),
                at: record.imported_at,
                left: refused - mended,
            });
        }
    }
    out.sort_by_key(|file| std::cmp::Reverse(file.import));
    Ok(out)
}

/// The refused rows of an import.
///
/// # Errors
/// [`Failure`] when the original cannot be read as it was, or a person stops it.
pub fn open(
    ports: &Ports,
    profile: ProfileId,
    import: u32,
    reporter: &dyn Reporter,
) -> Result<RefusedRows, Failure> {
    let refused = gather(ports, profile, import, reporter)?;
    let faults = refused.rejects.iter().map(|reject| {
        let why = Message::new(reject.reason.zh(), reject.reason.en());
        (reject.row.line, CellFault { at: reject.at, why })
    });
    let faults = faults.collect();
    Ok(refused.shown(&faults))
}

/// The same rows with changed cells, each told whether it would be stored now; nothing is stored.
///
/// # Errors
/// As [`open`].
pub fn attempt(
    ports: &Ports,
    wish: &MendedRows,
    reporter: &dyn Reporter,
) -> Result<RefusedRows, Failure> {
    let refused = changed(ports, wish, reporter)?;
    let faults = refused.faults(ports, reporter)?;
    Ok(refused.shown(&faults))
}

/// Stores the rows that are well now, as a file of its own; the others stay refused.
///
/// # Errors
/// [`Failure`] when no row is well, or the file as a whole is refused; nothing is stored then.
pub fn import(
    ports: &Ports,
    wish: &MendedRows,
    reporter: &dyn Reporter,
) -> Result<NoticeText, Failure> {
    let refused = changed(ports, wish, reporter)?;
    let faults = refused.faults(ports, reporter)?;
    let well = |reject: &&Reject| !faults.contains_key(&reject.row.line);
    let bytes = refused.file(refused.rejects.iter().filter(well))?;
    let stored = refused.rejects.iter().filter(well).count() as u64;
    if stored == 0 {
        return Err(Failure::new(
            FailureKind::RefusedInput,
            "refused.none",
            Message::new("还没有一行改好", "No row is well yet"),
            Message::new(
                "改正标红的单元格后再导入",
                "Mend the cells marked in red, then import",
            ),
        ));
    }
    let source = Source::from_bytes(&mended_name(&refused.record), bytes);
    let mapping = refused.mapping_of_file();
    let done = intake::import(
        ports.books.as_ref(),
        OrdersTarget {
            profile: wish.profile,
            mapping: &mapping,
        },
        source,
        &mut |_| {},
        reporter,
    )?;
    let left = refused.rejects.len() as u64 - stored + refused.beyond + done.bad;
    let (n, rest) = (count(stored - done.bad.min(stored)), count(left));
    let name = &refused.record.name;
    Ok(NoticeText {
        title: Message::new(
            format!("{name}：补正的 {n} 行已导入"),
            format!("{name}: {n} mended rows imported"),
        ),
        note: if left == 0 {
            Message::default()
        } else {
            Message::new(
                format!("还有 {rest} 行待改"),
                format!("{rest} rows are left"),
            )
        },
        day: done.days.map(|(_, last)| (wish.profile, last)),
        next: if left == 0 {
            NextDeed::Compare
        } else {
            NextDeed::Mend(wish.profile, wish.import)
        },
        attention: left > 0,
    })
}

/// The refused rows of an import, and how its file is read.
struct RefusedImport {
    record: ImportRecord,
    plan: Plan,
    rejects: Vec<Reject>,
    beyond: u64,
    replaced: u64,
}

impl RefusedImport {
    /// The mapping by which a file of refused rows is read: no matter what the original was, this one is text.
    fn mapping_of_file(&self) -> Mapping {
        let mapping = self.plan.mapping();
        Mapping {
            encoding: None,
            sheet: None,
            delimiter: Some(mapping.delimiter.unwrap_or(',')),
            ..mapping.clone()
        }
    }

    fn file<'a>(&self, rejects: impl Iterator<Item = &'a Reject>) -> Result<Vec<u8>, Failure> {
        let unwritten = |error: std::io::Error| Failure::from(BooksError::source(&error));
        let mut writer =
            RejectWriter::new(Vec::new(), &self.plan, ReasonLanguage::Zh).map_err(unwritten)?;
        for reject in rejects {
            writer.write(reject).map_err(unwritten)?;
        }
        writer.finish().map_err(unwritten)
    }

    /// What is wrong with each row now, by its line: the file of refused rows is read as an import would read it.
    fn faults(
        &self,
        ports: &Ports,
        reporter: &dyn Reporter,
    ) -> Result<BTreeMap<u32, CellFault>, Failure> {
        let mut faults = BTreeMap::new();
        if self.rejects.is_empty() {
            return Ok(faults);
        }
        let bytes = self.file(self.rejects.iter())?;
        let mapping = self.mapping_of_file();
        let beside = ports.books.beside(self.record.profile, mapping.kind)?;
        let mut numbers = BTreeSet::new();
        let mut nameless = None;
        intake::each_block(
            Source::from_bytes(&mended_name(&self.record), bytes),
            (&mapping, &beside),
            &mut |block| {
                for reject in &block.rejects {
                    let fault = CellFault {
                        at: reject.at.and_then(|at| at.checked_sub(OWN_COLUMNS)),
                        why: Message::new(reject.reason.zh(), reject.reason.en()),
                    };
                    let line = reject.cells.first().and_then(|cell| cell.parse().ok());
                    match line {
                        Some(line) => drop(faults.insert(line, fault)),
                        None => nameless = Some(fault),
                    }
                }
                let orders = block.orders.iter().map(|order| order.out_trade_no.as_str());
                let refunds = block.refunds.iter().map(|row| row.out_refund_no.as_str());
                numbers.extend(orders.chain(refunds).map(str::to_owned));
                ControlFlow::Continue(())
            },
            reporter,
        )?;
        // A row that cannot be told from the others casts doubt on each.
        if let Some(fault) = nameless {
            for reject in &self.rejects {
                faults
                    .entry(reject.row.line)
                    .or_insert_with(|| fault.clone());
            }
        }
        for number in &numbers {
            if !has_sibling(ports.books.as_ref(), &self.record, number)? {
                continue;
            }
            let rows = self.rejects.iter();
            for reject in
                rows.filter(|reject| reject.cells.iter().any(|cell| cell.trim() == number))
            {
                faults.entry(reject.row.line).or_insert_with(|| CellFault {
                    at: None,
                    why: Message::new(
                        "同一单号在文件里还有其他行，请改原文件后整份导入",
                        "other rows of the file have this number: mend the file itself and import it whole",
                    ),
                });
            }
        }
        Ok(faults)
    }

    /// The rows as a person sees them.
    fn shown(&self, faults: &BTreeMap<u32, CellFault>) -> RefusedRows {
        let headers = self.plan.headers();
        let is_personal = |at: usize| {
            let stored = headers
                .get(at)
                .map(|header| stored_as(self.plan.mapping(), header));
            matches!(
                stored,
                Some(StoreAs::Nothing | StoreAs::Column(Column::Openid | Column::Attach))
            )
        };
        let row = |reject: &Reject| {
            let fault = faults.get(&reject.row.line);
            let bad = fault.and_then(|fault| fault.at);
            let cell = |(at, header): (usize, &String)| {
                let plain = reject.cells.get(at).map_or("", String::as_str);
                let text = if is_personal(at) && bad != Some(at) {
                    mask_cell(header, plain)
                } else {
                    plain.to_owned()
                };
                RefusedCell {
                    masked: text != plain,
                    text,
                }
            };
            RefusedRow {
                line: reject.row.line,
                cells: headers.iter().enumerate().map(cell).collect(),
                fault: fault.cloned(),
            }
        };
        RefusedRows {
            profile: self.record.profile,
            import: self.record.import,
            name: self.record.name.clone(),
            headers: headers.to_vec(),
            rows: self.rejects.iter().map(row).collect(),
            beyond: self.beyond,
            replaced: self.replaced,
        }
    }
}

fn changed(
    ports: &Ports,
    wish: &MendedRows,
    reporter: &dyn Reporter,
) -> Result<RefusedImport, Failure> {
    let mut refused = gather(ports, wish.profile, wish.import, reporter)?;
    let columns = refused.plan.headers().len();
    for CellEdit { line, column, text } in &wish.edits {
        let row = refused.rejects.iter_mut();
        let Some(row) = row.into_iter().find(|row| row.row.line == *line) else {
            continue;
        };
        if *column >= columns || text.len() > LONGEST_CELL {
            continue;
        }
        if row.cells.len() < columns {
            row.cells.resize(columns, String::new());
        }
        // A row with more cells than the header has them cut with the first change.
        row.cells.truncate(columns);
        if let Some(cell) = row.cells.get_mut(*column) {
            cell.clone_from(text);
        }
    }
    Ok(refused)
}

/// Reads the original of an import again, by the mapping of that import, and keeps the rows that it refused.
fn gather(
    ports: &Ports,
    profile: ProfileId,
    import: u32,
    reporter: &dyn Reporter,
) -> Result<RefusedImport, Failure> {
    let books = ports.books.as_ref();
    let imports = books.imports(profile)?;
    let record = imports.iter().find(|record| record.import == import);
    let record = record.ok_or_else(|| StoreError::Missing(format!("import {import}")))?;
    let kind =
        kind_of(record).ok_or_else(|| StoreError::Missing(format!("rows of import {import}")))?;
    let mended = mended_lines(books, record, &imports)?;
    let mut source = original(ports, record)?;
    let mapping = mapping_of(ports, record, kind, &mut source)?;
    if mapping.row_amount == RowAmount::Share {
        return Err(Failure::new(
            FailureKind::RefusedInput,
            "refused.shares",
            Message::new(
                "这份文件一单多行、金额按行相加，不能只补几行",
                "The file has several rows per order whose amounts add up: rows cannot be mended alone",
            ),
            Message::new(
                "改原文件后整份重新导入",
                "Mend the file itself and import it whole",
            ),
        ));
    }
    let beside = ports.books.beside(profile, mapping.kind)?;
    let mut found = Vec::new();
    let (mut beyond, mut replaced) = (0_u64, 0_u64);
    let mut failed = None;
    let guess = intake::each_block(
        source,
        (&mapping, &beside),
        &mut |block| {
            beyond = beyond.saturating_add(block.stats.bad_untold);
            for reject in &block.rejects {
                if mended.contains(&reject.row.line) {
                    continue;
                }
                if found.len() >= MOST {
                    beyond = beyond.saturating_add(1);
                    continue;
                }
                match is_replaced(books, record, reject) {
                    Ok(true) => replaced = replaced.saturating_add(1),
                    Ok(false) => found.push(reject.clone()),
                    Err(error) => {
                        failed = Some(error);
                        return ControlFlow::Break(());
                    }
                }
            }
            ControlFlow::Continue(())
        },
        reporter,
    );
    if let Some(error) = failed {
        return Err(error);
    }
    Ok(RefusedImport {
        plan: intake::plan(&mapping, &guess?)?,
        record: record.clone(),
        rejects: found,
        beyond,
        replaced,
    })
}

/// The stored bytes of an import, under the name of its file.
fn original(ports: &Ports, record: &ImportRecord) -> Result<Source, Failure> {
    let unread = |error: std::io::Error| Failure::from(BooksError::source(&error));
    let mut scratch = ports.writers.scratch().map_err(unread)?;
    let mut failed = Ok(());
    ports.books.raw_file(record.import, &mut |piece| {
        if failed.is_ok() {
            failed = scratch.write_all(piece);
        }
    })?;
    failed.map_err(unread)?;
    scratch.into_source(&record.name).map_err(unread)
}

/// The mapping by which a file was imported: kept with the import, else the saved one of its name, else chosen anew.
fn mapping_of(
    ports: &Ports,
    record: &ImportRecord,
    kind: RecordKind,
    source: &mut Source,
) -> Result<Mapping, Failure> {
    let facts: serde_json::Value = record.read_facts()?;
    let text = facts
        .get("mapping_text")
        .and_then(serde_json::Value::as_str);
    if let Some(text) = text {
        return intake::read_mapping(text, kind);
    }
    let chosen = intake::choose(
        ports,
        record.profile,
        (source, &MappingChoice::Any(Some(kind))),
        None,
    )?;
    Ok(chosen.mapping)
}

/// What a column of the file is stored as.
fn stored_as(mapping: &Mapping, header: &str) -> StoreAs {
    let header = header.trim();
    if let Some(rule) = mapping.rule_of(header) {
        return StoreAs::Words(rule.about);
    }
    let mut columns = mapping.columns.iter();
    let column = columns.find(|(_, source)| source.trim() == header);
    let clock = mapping
        .clocks
        .values()
        .any(|source| source.trim() == header);
    match column {
        Some((column, _)) => StoreAs::Column(*column),
        None if clock => StoreAs::Clock(Column::CreatedAt),
        None => StoreAs::Nothing,
    }
}

fn count(rows: u64) -> String {
    group_digits(&rows.to_string())
}
