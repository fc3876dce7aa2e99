//! `recondesk cases attach` and `attachments`: files that people hang on a case, byte for byte.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::cli::CommandEnd;
use crate::cli::case_choice;
use crate::cli::context::CommandContext;
use crate::cli::person::PersonArgs;
use crate::cli::profile::ListFormat;
use crate::cli::table::TextTable;
use crate::cli::terminal_output::{print_json, print_text};
use recondesk_app::jobs::decisions::{MOST_ATTACHED_BYTES, attach_files};
use recondesk_app::model::person_in_words;
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_casework::Role;
use recondesk_ports::{AttachmentRecord, CaseRef};

#[derive(Debug, Args)]
pub(in crate::cli) struct AttachArgs {
    /// 差错：编号、键或单号 | The case by id, key or number
    case: String,
    /// 文件，可多个，每个不超过 16 MiB | Files, each at most 16 MiB
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    person: PersonArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AttachmentsArgs {
    /// 差错：编号、键或单号 | The case by id, key or number
    case: String,
    /// 取出这一个：名称或摘要开头 | Take this one out, by its name or the beginning of its digest
    #[arg(long, value_name = "NAME", requires = "out")]
    save: Option<String>,
    /// 写到文件 | Write it to a file
    #[arg(long, value_name = "FILE", requires = "save")]
    out: Option<PathBuf>,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
}

pub(super) fn attach(
    args: &AttachArgs,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let ports = context.open()?;
    let case = case_choice::by_word(&ports, &args.case)?;
    let mut files = Vec::with_capacity(args.files.len());
    for path in &args.files {
        let bytes = context.head(path, MOST_ATTACHED_BYTES)?;
        let name = path.file_name().unwrap_or(path.as_os_str());
        files.push((name.to_string_lossy().into_owned(), bytes));
    }
    let actor = args.person.check(context, &ports, Role::Work)?;
    let count = files.len();
    attach_files(&ports, CaseRef::new(case.profile, &case.key), files, &actor)?;
    let key = &case.key;
    context.tell(
        &format!("已附上 {count} 个文件：{key}"),
        &format!("{count} files attached to {key}"),
    );
    Ok(CommandEnd::Clean)
}

pub(super) fn attachments(
    args: &AttachmentsArgs,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let ports = context.open()?;
    let case = case_choice::by_word(&ports, &args.case)?;
    let files = ports.casework.attachments(case.profile, &case.key)?;
    if let (Some(word), Some(out)) = (&args.save, &args.out) {
        let found: Vec<&AttachmentRecord> = files
            .iter()
            .filter(|file| file.name == *word || digest(file).starts_with(word.as_str()))
            .collect();
        let [file] = found.as_slice() else {
            return Err(not_one(word));
        };
        super::sheet::save(context, out, &file.bytes)?;
        return Ok(CommandEnd::Clean);
    }
    if args.format == ListFormat::Json {
        let value: Vec<_> = files
            .iter()
            .map(|file| {
                json!({
                    "name": file.name,
                    "size_bytes": file.bytes.len(),
                    "sha256": digest(file),
                    "actor": file.actor,
                    "at": file.at.to_string(),
                })
            })
            .collect();
        print_json(&value)?;
        return Ok(CommandEnd::Clean);
    }
    let lang = context.lang;
    let mut table = TextTable::new([
        lang.pick("名称", "name"),
        lang.pick("字节", "bytes"),
        lang.pick("附上的人", "actor"),
        lang.pick("时间", "at"),
        "SHA-256",
    ])
    .right(1);
    for file in &files {
        table.row([
            file.name.clone(),
            file.bytes.len().to_string(),
            person_in_words(&file.actor, lang).to_owned(),
            file.at.to_string(),
            digest(file),
        ]);
    }
    print_text(&table.print())?;
    Ok(CommandEnd::Clean)
}

fn not_one(word: &str) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "case.attachment",
        Message::new(
            "没有这个附件，或不止一个",
            "There is no such attachment, or more than one",
        ),
        Message::new(
            "写名称，或摘要的开头",
            "Name it, or give the beginning of its digest",
        ),
    )
    .with_detail(word)
}

fn digest(file: &AttachmentRecord) -> String {
    crate::cli::audit::hex(&file.sha256)
}
