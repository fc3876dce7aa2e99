//! Many numbers, each asked live: one row for each, those that need a person first.

use std::io::Write;
use std::path::Path;

use super::{
    AnswerFormat, NamedProfile, QueryCommand, nothing_found, tell_cleaning, tell_unused, usage,
};
use crate::cli::CommandEnd;
use crate::cli::context::{CommandContext, not_written};
use crate::cli::terminal_output::print;
use recondesk_app::gateway::ExchangeError;
use recondesk_app::jobs::export::{write_csv, write_json};
use recondesk_app::jobs::lookup::answers::with_answers;
use recondesk_app::jobs::lookup::live::{self, LiveAnswer};
use recondesk_app::jobs::lookup::recognise::{MAX_NUMBERS, recognise_list};
use recondesk_app::jobs::spreadsheet_csv::write_spreadsheet_csv;
use recondesk_app::{Failure, FailureKind, MerchantRef, Message, Silent};
use recondesk_intake::list_text;
use recondesk_ports::{CancelToken, Ports};

/// Bytes of a list: many times what [`MAX_NUMBERS`] numbers need.
const LARGEST_LIST: usize = 8 << 20;
/// Bytes of its file: a workbook may hold much beside its numbers.
const LARGEST_FILE: u64 = 64 << 20;

/// A list that would be answered in part only is not answered at all.
fn too_long(path: &Path) -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "query.list",
        Message::new(
            format!("清单太长：一次最多 {MAX_NUMBERS} 个单号"),
            format!("The list is too long: at most {MAX_NUMBERS} numbers at a time"),
        ),
        Message::new(
            "确认这是单号清单，分成几份再查",
            "Check that it is a list of numbers, and split it",
        ),
    )
    .with_detail(path.display().to_string())
}

/// The text of a list: of a text file, or of the first sheet of a workbook.
fn read(context: &CommandContext<'_>, path: &Path) -> Result<String, Failure> {
    let source = context.source(path)?;
    if source.size > LARGEST_FILE {
        return Err(too_long(path));
    }
    match list_text(source.bytes, LARGEST_LIST) {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err(too_long(path)),
        Err(error) => Err(Failure::new(
            FailureKind::RefusedInput,
            "query.file",
            Message::new(error.zh(), error.to_string()),
            Message::new(
                "单号清单可以是文本、CSV 或 .xlsx，一行一个单号",
                "A list is text, CSV or .xlsx, one number a line",
            ),
        )
        .with_detail(path.display().to_string())),
    }
}

/// Many numbers, all asked live.
pub(super) fn list(
    command: &QueryCommand,
    context: &CommandContext<'_>,
    ports: &Ports,
    path: &Path,
    profile: NamedProfile,
) -> Result<CommandEnd, Failure> {
    let (Some((id, profile)), true) = (profile, command.live) else {
        return Err(usage(
            Message::new(
                "--list 需要 --profile 和 --live",
                "--list needs --profile and --live",
            ),
            Message::default(),
        ));
    };
    let text = read(context, path)?;
    let recognised = recognise_list(&text);
    tell_cleaning(context, &recognised);
    tell_unused(context, &recognised);
    if recognised.cut {
        return Err(too_long(path));
    }
    if recognised.numbers.is_empty() {
        return Err(nothing_found());
    }
    let cancel = CancelToken::default();
    let asked = live::ask_many(
        ports,
        MerchantRef::new(id, &profile),
        &recognised.numbers,
        &cancel,
        &Silent,
    )?;
    let people = match command.format {
        AnswerFormat::Xlsx | AnswerFormat::CsvText => Some(context.lang),
        AnswerFormat::Json | AnswerFormat::Csv | AnswerFormat::Text => None,
    };
    let mut fill = |out: &mut (dyn Write + Send)| {
        with_answers(&asked, people, |sheet| match command.format {
            AnswerFormat::Json => write_json(sheet, out),
            AnswerFormat::Xlsx => context.workbooks().write(sheet, people, out),
            AnswerFormat::CsvText => write_spreadsheet_csv(sheet, context.lang, out),
            AnswerFormat::Csv | AnswerFormat::Text => write_csv(sheet, out),
        })
    };
    if let Some(path) = &command.out {
        context.write_file(path, &mut fill)?;
    } else {
        let mut bytes = Vec::new();
        fill(&mut bytes).map_err(|error| not_written(Path::new("-"), &error))?;
        print(&bytes)?;
    }
    if let Some(unclear) = asked.iter().find(|asked| asked.is_unclear()) {
        return Err(unclear
            .trouble()
            .map_or_else(Failure::cancelled, ExchangeError::failure));
    }
    Ok(
        if recognised.unused.is_empty() && asked.iter().all(LiveAnswer::agrees) {
            CommandEnd::Clean
        } else {
            CommandEnd::NeedsPerson
        },
    )
}
