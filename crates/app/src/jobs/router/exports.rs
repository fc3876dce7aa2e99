//! What leaves the window as a file: findings, reports, answers about many numbers.

use std::path::Path;

use super::super::books_export::{self, BooksExport, BooksExported, TableWriters};
use super::super::export::{with_findings, write_csv, write_json};
use super::super::lookup::answers::with_answers;
use super::super::lookup::live::LiveAnswer;
use super::super::report;
use super::{WindowJobs, cannot_write, changed, count, told};
use crate::command::{Export, ExportFormat};
use crate::event::{Changed, NoticeText};
use crate::{Failure, Language, Message, Outcome, Reporter};
use recondesk_domain::{BillDate, ProfileId, group_digits};
use recondesk_ports::StoreError;

impl WindowJobs {
    pub(super) fn export(
        &self,
        (id, day): (ProfileId, BillDate),
        what: Export,
        path: &Path,
        reporter: &dyn Reporter,
    ) -> Result<Outcome, Failure> {
        let format = match what {
            Export::Findings(format) => return self.export_findings(id, day, format, path),
            Export::DayReport(format) | Export::MonthReport(format) => format,
        };
        let profile = self.profile(id)?;
        let request = report::ReportRequest {
            ports: &self.ports,
            id,
            profile: &profile,
            language: self.preferences()?.language,
            reporter,
        };
        let made = match what {
            Export::MonthReport(_) => report::of_month(&request, report::Month::of(day))?,
            Export::Findings(_) | Export::DayReport(_) => report::of_day(&request, day)?,
        };
        let reports = self.around.reports.as_ref();
        let written = self
            .around
            .files
            .write(path, &mut |out| reports.write(&made.report, format, out));
        written.map_err(|error| cannot_write(&error))?;
        let name = file_name(path);
        Ok(told(Message::new(
            format!("{} {} 已写到 {name}", made.report.title, made.report.period),
            format!(
                "{} {} written to {name}",
                made.report.title, made.report.period
            ),
        )))
    }

    /// Who reads a file of this format: people of the language of the window, or programs.
    pub(super) fn readers(&self, format: ExportFormat) -> Result<Option<Language>, Failure> {
        Ok(match format {
            ExportFormat::Xlsx => Some(self.preferences()?.language),
            ExportFormat::Csv | ExportFormat::Json => None,
        })
    }

    fn export_findings(
        &self,
        id: ProfileId,
        day: BillDate,
        format: ExportFormat,
        path: &Path,
    ) -> Result<Outcome, Failure> {
        let run = self.ports.records.current_run(id, day)?;
        let run = run.ok_or_else(|| StoreError::Missing(format!("run of {day}")))?;
        let findings = self.ports.records.findings(run.id)?;
        let people = self.readers(format)?;
        let written = self.around.files.write(path, &mut |out| {
            with_findings(findings.iter(), people, |sheet| match format {
                ExportFormat::Csv => write_csv(sheet, out),
                ExportFormat::Json => write_json(sheet, out),
                ExportFormat::Xlsx => self.around.workbooks.write(sheet, people, out),
            })
        });
        written.map_err(|error| cannot_write(&error))?;
        let count = count(findings.len() as u64);
        let name = file_name(path);
        let title = Message::new(
            format!("已导出 {count} 笔到 {name}"),
            format!("{count} findings written to {name}"),
        );
        Ok(told(title))
    }

    /// Writes the books into a new folder of its own within the one that a person chose.
    pub(super) fn export_books(
        &self,
        chosen: Option<ProfileId>,
        within: &Path,
        reporter: &dyn Reporter,
    ) -> Result<Outcome, Failure> {
        let mut profiles = self.ports.records.profiles()?;
        profiles.retain(|(id, _)| chosen.is_none_or(|chosen| chosen == *id));
        let now = self.ports.clock.now().to_string();
        let stamp: String = now.chars().filter(char::is_ascii_digit).take(12).collect();
        let folder = within.join(format!("recondesk_books_{stamp}"));
        let ask = BooksExport {
            profiles: &profiles,
            from: None,
            to: None,
            folder: &folder,
        };
        let writers = TableWriters {
            files: self.around.files.as_ref(),
            columns: self.around.columns.as_ref(),
        };
        let done = books_export::export(&self.ports, &ask, writers, reporter)?;
        Ok(changed(Changed::Nothing, told_of_books(&done, &folder)))
    }

    pub(super) fn export_answers(
        &self,
        answers: &[LiveAnswer],
        format: ExportFormat,
        path: &Path,
    ) -> Result<Outcome, Failure> {
        let people = self.readers(format)?;
        let written = self.around.files.write(path, &mut |out| {
            with_answers(answers, people, |sheet| match format {
                ExportFormat::Csv => write_csv(sheet, out),
                ExportFormat::Json => write_json(sheet, out),
                ExportFormat::Xlsx => self.around.workbooks.write(sheet, people, out),
            })
        });
        written.map_err(|error| cannot_write(&error))?;
        let count = group_digits(&answers.len().to_string());
        let name = file_name(path);
        Ok(told(Message::new(
            format!("已导出 {count} 条答复到 {name}"),
            format!("{count} answers written to {name}"),
        )))
    }
}

/// What was exported and where to; what a reader must know of it needs a person.
fn told_of_books(done: &BooksExported, folder: &Path) -> NoticeText {
    let (rows, files) = (count(done.rows), count(done.files));
    let folder = folder.display();
    let mut zh = vec![folder.to_string()];
    let mut en = vec![folder.to_string()];
    let parts = [
        (
            done.quarantined.len(),
            "份账单已隔离，没有导出",
            "quarantined bills left out",
        ),
        (
            done.outdated.len(),
            "天的账在对账后又变了",
            "days changed since they were compared",
        ),
        (
            done.not_compared.len(),
            "天还没有对账，没有差异",
            "days never compared, without findings",
        ),
    ];
    for (n, of_zh, of_en) in parts.into_iter().filter(|(n, ..)| *n > 0) {
        zh.push(format!("{n} {of_zh}"));
        en.push(format!("{n} {of_en}"));
    }
    NoticeText {
        title: Message::new(
            format!("账本已导出：{rows} 行，{files} 个文件"),
            format!("Books exported: {rows} rows in {files} files"),
        ),
        note: Message::new(zh.join("；"), en.join("; ")),
        day: None,
        next: crate::NextDeed::None,
        attention: done.needs_person(),
    }
}

pub(super) fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
