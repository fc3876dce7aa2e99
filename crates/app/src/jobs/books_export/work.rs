//! The work of an export: merchant by merchant, table by table, day by day, a file each.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::manifest::{
    ColumnSums, ExportManifest, FileFacts, MANIFEST, MerchantFacts, RunFacts, add_batch,
};
use super::rows::FileOf;
use super::tables::{
    BILL_PAYMENTS, BILL_REFUNDS, CASES, FINDINGS, MERCHANT_REFUNDS, ORDERS, TABLES,
};
use super::{BooksExport, BooksExported, DayOf, no_folder};
use crate::jobs::reconcile::digest_now;
use crate::{Advice, Failure, FailureKind, MerchantRef, Message, Progress, Reporter, Step};
use recondesk_domain::{BillDate, Keyed as _, MerchantProfile};
use recondesk_ports::{
    BANK_KIND, Book, BookContents, BookRow, CaseQuery, CaseRecord, ColumnBatch, ColumnFiles,
    FolderDraft, Ports, Standing, TableShape,
};

/// Rows that lie together in a file; some megabytes in memory.
const GROUP_ROWS: usize = 1 << 16;

/// How Hive names the partition of rows that have no value for it.
const NO_DAY: &str = "__HIVE_DEFAULT_PARTITION__";

/// The books and their tables.
const BOOKS: [(Book, TableShape); 4] = [
    (Book::Orders, ORDERS),
    (Book::MerchantRefunds, MERCHANT_REFUNDS),
    (Book::Pays, BILL_PAYMENTS),
    (Book::Refunds, BILL_REFUNDS),
];

/// Enters the next rows into a batch; the rows of each import are counted beside.
type NextRows<'a> =
    dyn FnMut(&mut ColumnBatch, &mut BTreeMap<u32, u64>) -> Result<(), Failure> + 'a;

/// An export under way.
pub(super) struct ExportWork<'a> {
    ports: &'a Ports,
    ask: &'a BooksExport<'a>,
    columns: &'a dyn ColumnFiles,
    reporter: &'a dyn Reporter,
    draft: Box<dyn FolderDraft>,
    manifest: ExportManifest,
    /// Rows written, and rows expected.
    done: u64,
    total: u64,
}

impl<'a> ExportWork<'a> {
    pub(super) fn new(
        ports: &'a Ports,
        ask: &'a BooksExport<'a>,
        columns: &'a dyn ColumnFiles,
        reporter: &'a dyn Reporter,
        draft: Box<dyn FolderDraft>,
    ) -> Self {
        let manifest = ExportManifest {
            made_at: ports.clock.now(),
            from: ask.from,
            to: ask.to,
            merchants: Vec::new(),
            files: Vec::new(),
        };
        Self {
            ports,
            ask,
            columns,
            reporter,
            draft,
            manifest,
            done: 0,
            total: 0,
        }
    }

    pub(super) fn run(mut self) -> Result<BooksExported, Failure> {
        let mut all: Vec<(u32, Box<dyn BookContents>)> = Vec::new();
        for (id, _) in self.ask.profiles {
            let newest = self.ports.books.newest_import(*id)?;
            let contents = self.ports.books.contents_as_of(*id, newest)?;
            self.total += self.expected(contents.as_ref());
            all.push((newest, contents));
        }
        for ((id, profile), (newest, contents)) in self.ask.profiles.iter().zip(&all) {
            let merchant = self.merchant(MerchantRef { id: *id, profile }, *newest)?;
            self.books(&merchant, profile, contents.as_ref())?;
            let merchant = self.findings(
                merchant,
                MerchantRef { id: *id, profile },
                contents.as_ref(),
            )?;
            self.cases(&merchant, MerchantRef { id: *id, profile })?;
            self.manifest.merchants.push(merchant);
        }
        self.empty_tables()?;
        self.finish()
    }

    /// Rows of the books within the days, roughly.
    fn expected(&self, contents: &dyn BookContents) -> u64 {
        BOOKS
            .iter()
            .flat_map(|(book, _)| contents.days(*book))
            .filter(|stored| self.wants(stored.day))
            .map(|stored| stored.most_rows)
            .sum()
    }

    /// Rows without a day are of every day.
    fn wants(&self, day: Option<BillDate>) -> bool {
        let Some(day) = day else { return true };
        self.ask.from.is_none_or(|from| from <= day) && self.ask.to.is_none_or(|to| day <= to)
    }

    fn merchant(
        &self,
        MerchantRef { id, profile }: MerchantRef<'_>,
        newest: u32,
    ) -> Result<MerchantFacts, Failure> {
        let mut imports = self.ports.books.imports(id)?;
        imports.retain(|import| {
            let is_of_books = !import.kind.starts_with("fund.") && import.kind != BANK_KIND;
            is_of_books && import.import <= newest && self.wants(import.day)
        });
        imports.sort_by_key(|import| import.import);
        Ok(MerchantFacts {
            merchant: format!("{}-{}", profile.mch_id, id.0),
            mch_id: profile.mch_id.clone(),
            profile: profile.name.clone(),
            newest_import: newest,
            imports,
            runs: Vec::new(),
            not_compared: Vec::new(),
        })
    }

    fn books(
        &mut self,
        merchant: &MerchantFacts,
        profile: &MerchantProfile,
        contents: &dyn BookContents,
    ) -> Result<(), Failure> {
        for (book, shape) in BOOKS {
            for stored in contents.days(book) {
                if !self.wants(stored.day) {
                    continue;
                }
                let of = FileOf {
                    mch_id: &profile.mch_id,
                    profile: &profile.name,
                    day: stored.day,
                };
                let mut rows = contents.rows(book, stored.day)?;
                self.file(shape, merchant, of.day, &mut |batch, imports| {
                    let mut see = |row: &BookRow| {
                        *imports.entry(import_of(row)).or_default() += 1;
                        of.book_row(row, batch);
                    };
                    rows.visit(GROUP_ROWS, &mut see)?;
                    Ok(())
                })?;
            }
        }
        self.all_of_each_bill(merchant)
    }

    /// A bill whose rows are exported is exported whole.
    fn all_of_each_bill(&self, merchant: &MerchantFacts) -> Result<(), Failure> {
        let mut exported: BTreeMap<u32, u64> = BTreeMap::new();
        let files = self.manifest.files.iter();
        for file in files.filter(|file| file.merchant == merchant.merchant) {
            for (import, rows) in &file.imports {
                *exported.entry(*import).or_default() += rows;
            }
        }
        for bill in &merchant.imports {
            let Some(rows) = exported.get(&bill.import) else {
                continue;
            };
            let is_bad = bill.standing == Standing::Quarantined || bill.rows != *rows;
            if bill.kind.starts_with("bill.") && is_bad {
                let told = format!("{}: {} / {rows}", bill.name, bill.rows);
                return Err(not_whole().with_detail(told));
            }
        }
        Ok(())
    }

    fn findings(
        &mut self,
        mut merchant: MerchantFacts,
        MerchantRef { id, profile }: MerchantRef<'_>,
        contents: &dyn BookContents,
    ) -> Result<MerchantFacts, Failure> {
        let first = self.ask.from.or_else(|| BillDate::ymd(1970, 1, 1));
        let last = self.ask.to.or_else(|| BillDate::ymd(9999, 12, 31));
        let (Some(first), Some(last)) = (first, last) else {
            return Ok(merchant);
        };
        let runs = self.ports.records.current_runs(id, first, last)?;
        let mut days = contents.days(Book::Pays);
        days.extend(contents.days(Book::Refunds));
        let billed: Vec<BillDate> = days.iter().filter_map(|stored| stored.day).collect();
        for day in billed {
            let is_compared = runs.iter().any(|run| run.summary.day == day);
            if self.wants(Some(day)) && !is_compared && !merchant.not_compared.contains(&day) {
                merchant.not_compared.push(day);
            }
        }
        merchant.not_compared.sort_unstable();
        for run in runs {
            let day = run.summary.day;
            let findings = self.ports.records.findings(run.id)?;
            let is_outdated =
                digest_now(self.ports, MerchantRef { id, profile }, day)? != run.digest;
            let of = FileOf {
                mch_id: &profile.mch_id,
                profile: &profile.name,
                day: Some(day),
            };
            let mut places = (1_i64..).zip(&findings);
            self.file(FINDINGS, &merchant, of.day, &mut |batch, _| {
                for (place, finding) in places.by_ref().take(GROUP_ROWS) {
                    of.finding(finding, run.id, place, batch);
                }
                Ok(())
            })?;
            merchant.runs.push(RunFacts {
                run,
                findings: findings.len() as u64,
                is_outdated,
            });
        }
        Ok(merchant)
    }

    fn cases(
        &mut self,
        merchant: &MerchantFacts,
        MerchantRef { id, profile }: MerchantRef<'_>,
    ) -> Result<(), Failure> {
        let query = CaseQuery {
            profile: Some(id),
            closed_too: true,
            ..CaseQuery::default()
        };
        let mut days: BTreeMap<BillDate, Vec<CaseRecord>> = BTreeMap::new();
        for case in self.ports.records.cases(&query)? {
            if self.wants(Some(case.opened_on)) {
                days.entry(case.opened_on).or_default().push(case);
            }
        }
        for (day, mut cases) in days {
            cases.sort_by(|a, b| a.key.cmp(&b.key));
            let of = FileOf {
                mch_id: &profile.mch_id,
                profile: &profile.name,
                day: Some(day),
            };
            let mut cases = cases.iter();
            self.file(CASES, merchant, of.day, &mut |batch, _| {
                for case in cases.by_ref().take(GROUP_ROWS) {
                    of.case(case, batch);
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// A table without any day has a file of one all the same, of no rows, so that readers find its columns and tell
    /// that the partition is of days.
    fn empty_tables(&mut self) -> Result<(), Failure> {
        let Some(first) = self.manifest.merchants.first().cloned() else {
            return Ok(());
        };
        for shape in TABLES {
            let has_day = |file: &FileFacts| file.table == shape.name && file.day.is_some();
            if !self.manifest.files.iter().any(has_day) {
                self.file(shape, &first, BillDate::ymd(1970, 1, 1), &mut |_, _| Ok(()))?;
            }
        }
        Ok(())
    }

    /// Writes one file.
    fn file(
        &mut self,
        shape: TableShape,
        merchant: &MerchantFacts,
        day: Option<BillDate>,
        next: &mut NextRows<'_>,
    ) -> Result<(), Failure> {
        let folder = day.map_or_else(|| NO_DAY.to_owned(), |day| day.to_string());
        let path = format!(
            "{}/merchant={}/day={folder}/part-0.{}",
            shape.name,
            merchant.merchant,
            self.columns.ending()
        );
        let mut sums = ColumnSums::new();
        let mut imports = BTreeMap::new();
        let mut failed: Option<Failure> = None;
        let mut rows = 0;
        let (reporter, total) = (self.reporter, self.total);
        let mut done = self.done;
        let mut fill = |batch: &mut ColumnBatch| -> io::Result<()> {
            let entered = if reporter.cancelled() {
                Err(stopped())
            } else {
                next(batch, &mut imports).and_then(|()| add_batch(&mut sums, batch))
            };
            done += batch.rows() as u64;
            reporter.progress(Progress {
                step: Step::Export,
                done,
                total: Some(total.max(done)),
            });
            entered.map_err(|failure| {
                failed = Some(failure);
                io::Error::other("the rows cannot be read")
            })
        };
        let columns = self.columns;
        let written = self.draft.write(Path::new(&path), &mut |out| {
            rows = columns.write(shape, &mut fill, out)?;
            Ok(())
        });
        self.done = done;
        if let Some(failure) = failed {
            return Err(failure);
        }
        let written = written.map_err(|error| no_folder(self.ask.folder, &error))?;
        self.manifest.files.push(FileFacts {
            table: shape.name,
            path,
            merchant: merchant.merchant.clone(),
            day,
            rows,
            bytes: written.bytes,
            sha256: written.sha256,
            sums,
            imports,
        });
        Ok(())
    }

    fn finish(mut self) -> Result<BooksExported, Failure> {
        let document = self.manifest.json()?;
        let written = self.draft.write(Path::new(MANIFEST), &mut |out| {
            serde_json::to_writer_pretty(&mut *out, &document)?;
            out.write_all(b"\n")
        });
        let published = written.and_then(|_| self.draft.publish(Path::new(MANIFEST)));
        published.map_err(|error| no_folder(self.ask.folder, &error))?;
        let mut out = BooksExported {
            rows: self.manifest.rows(),
            files: self.manifest.files.len() as u64,
            ..BooksExported::default()
        };
        for merchant in &self.manifest.merchants {
            let of = |day, file: &str| DayOf {
                profile: merchant.profile.clone(),
                day,
                file: file.to_owned(),
            };
            let bad = merchant.in_quarantine();
            out.quarantined
                .extend(bad.map(|bill| of(bill.day, &bill.name)));
            let runs = merchant.runs.iter().filter(|facts| facts.is_outdated);
            out.outdated
                .extend(runs.map(|facts| of(Some(facts.run.summary.day), "")));
            let days = merchant.not_compared.iter();
            out.not_compared.extend(days.map(|day| of(Some(*day), "")));
        }
        Ok(out)
    }
}

fn import_of(row: &BookRow) -> u32 {
    match row {
        BookRow::Pay(row) => row.row().import,
        BookRow::Refund(row) => row.row().import,
        BookRow::Order(row) => row.row().import,
        BookRow::MerchantRefund(row) => row.row().import,
    }
}

fn stopped() -> Failure {
    Failure::new(
        FailureKind::Cancelled,
        "cancelled",
        Message::new("已取消，没有留下任何文件", "Cancelled, no file was left"),
        Message::default(),
    )
}

fn not_whole() -> Failure {
    Failure::new(
        FailureKind::Workspace,
        "export.rows",
        Message::new(
            "账本里的账单行数与导入时不符，没有导出",
            "The books have another number of rows of a bill than it was imported with; nothing was exported",
        ),
        Advice::by_place(
            Message::new(
                "用 recondesk check --deep 查看",
                "Look at the workspace with recondesk check --deep",
            ),
            Message::new("在“设置”里检查工作区", "Check the workspace under Settings"),
        ),
    )
}
