//! Findings on their way out: the formats, `--out`, and the sentence that sums a day up.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::context::{CommandContext, not_written};
use super::terminal_output::print;
use recondesk_app::jobs::case_step::CasePayouts;
use recondesk_app::jobs::export::{with_cases, with_findings, write_csv, write_json, write_table};
use recondesk_app::jobs::spreadsheet_csv::write_spreadsheet_csv;
use recondesk_app::{Failure, FailureKind, Language as Lang, Message};
use recondesk_domain::{Finding, Sheet, group_digits};
use recondesk_ports::CaseRecord;
use recondesk_reconcile::Headline;

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FindingsFormat {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For programs, with long numbers as they are; spreadsheets round them on opening: take xlsx or csv-text there.
    Csv,
    /// CSV for spreadsheets: numbers stay text in Excel and LibreOffice, amounts are in yuan.
    CsvText,
    /// For spreadsheets: a workbook in the words of the language, amounts in yuan, every long number as text; needs `--out`.
    Xlsx,
}

#[derive(Debug, Args)]
pub(super) struct FindingsOutput {
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = FindingsFormat::Table)]
    pub(super) format: FindingsFormat,
    /// 写到文件，默认标准输出 | Write to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

impl FindingsOutput {
    /// Refuses what cannot be done, before any work is.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.format == FindingsFormat::Xlsx && self.out.is_none() {
            return Err(Failure::new(
                FailureKind::Usage,
                "usage.xlsx",
                Message::new(
                    "XLSX 不能写到标准输出",
                    "A workbook cannot go to standard output",
                ),
                Message::new("加上 --out 文件名", "Add --out FILE"),
            ));
        }
        CommandContext::check_out(self.out.as_deref())
    }

    /// Writes findings.
    pub(super) fn write(
        &self,
        findings: &[Finding],
        context: &CommandContext<'_>,
    ) -> Result<(), Failure> {
        let mut fill = |out: &mut (dyn Write + Send)| {
            with_findings(findings.iter(), self.people(context), |sheet| {
                self.write_sheet(sheet, context, out)
            })
        };
        self.deliver(context, &mut fill)
    }

    /// Writes cases: their findings, with number, day, state, owner and next step.
    pub(super) fn write_cases(
        &self,
        cases: &[CaseRecord],
        payouts: &CasePayouts,
        context: &CommandContext<'_>,
    ) -> Result<(), Failure> {
        let people = self.people(context);
        let mut fill = |out: &mut (dyn Write + Send)| {
            with_cases(cases, &|case| payouts.step(case), people, |sheet| {
                self.write_sheet(sheet, context, out)
            })
        };
        self.deliver(context, &mut fill)
    }

    /// Whose words tags and facts have: those of a reader, or the stable ones.
    const fn people(&self, context: &CommandContext<'_>) -> Option<Lang> {
        match self.format {
            FindingsFormat::Table | FindingsFormat::CsvText | FindingsFormat::Xlsx => {
                Some(context.lang)
            }
            FindingsFormat::Json | FindingsFormat::Csv => None,
        }
    }

    fn write_sheet(
        &self,
        sheet: Sheet<'_>,
        context: &CommandContext<'_>,
        out: &mut (dyn Write + Send),
    ) -> std::io::Result<()> {
        let lang = context.lang;
        match self.format {
            FindingsFormat::Table => write_table(sheet, lang, out),
            FindingsFormat::Json => write_json(sheet, out),
            FindingsFormat::Csv => write_csv(sheet, out),
            FindingsFormat::CsvText => write_spreadsheet_csv(sheet, lang, out),
            FindingsFormat::Xlsx => context.workbooks().write(sheet, Some(lang), out),
        }
    }

    fn deliver(
        &self,
        context: &CommandContext<'_>,
        fill: &mut dyn FnMut(&mut (dyn Write + Send)) -> std::io::Result<()>,
    ) -> Result<(), Failure> {
        if let Some(path) = &self.out {
            return context.write_file(path, fill);
        }
        let mut bytes = Vec::new();
        fill(&mut bytes).map_err(|error| not_written(std::path::Path::new("-"), &error))?;
        print(&bytes)
    }
}

/// `昨日 48,213 笔，平账 48,190；跨日 19；需处理 4，涉及 ¥1,288.00`.
pub(super) fn sentence(when: &str, headline: &Headline, lang: Lang) -> String {
    let number = |n: u64| group_digits(&n.to_string());
    let (rows, matched) = (number(headline.rows), number(headline.matched));
    let (cross, work) = (number(headline.cross_day), number(headline.to_work));
    let stake = headline.at_stake.grouped();
    match lang {
        Lang::Zh => {
            format!("{when} {rows} 笔，平账 {matched}；跨日 {cross}；需处理 {work}，涉及 ¥{stake}")
        }
        Lang::En => format!(
            "{when}: {rows} rows, {matched} matched; {cross} across days; {work} need a person, ¥{stake} at stake"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::Fen;

    #[test]
    fn the_morning_is_one_sentence() {
        let headline = Headline {
            rows: 48_213,
            matched: 48_190,
            cross_day: 19,
            to_work: 4,
            at_stake: Fen::new(128_800),
        };

        assert_eq!(
            sentence("昨日", &headline, Lang::Zh),
            "昨日 48,213 笔，平账 48,190；跨日 19；需处理 4，涉及 ¥1,288.00"
        );
    }
}
