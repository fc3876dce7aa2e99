//! `recondesk selftest`: the published vectors, or vector files of the same format.

#![expect(
    clippy::format_push_string,
    reason = "a few lines for a person are no hot path, and writing to a string has no error to handle"
)]

use std::path::PathBuf;

use clap::Args;

use super::CommandEnd;
use super::context::CommandContext;
use super::lab_keys::{read_file, refused};
use super::terminal_output::print_text;
use recondesk_app::Failure;
use wechatpay_codec::lab::visible::harmless_line;
use wechatpay_codec::selftest::{Check, CheckOutcome, run as run_file, run_embedded};

#[derive(Debug, Args)]
pub(super) struct SelftestCommand {
    /// 样例文件；不写则用自带的 | Vector files; without one, those that come with the program
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) fn run(
    command: &SelftestCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let not_vectors = |detail: String| {
        refused(
            "selftest.file",
            ("不是样例文件", "This is not a vector file"),
            detail,
        )
    };
    let mut checks: Vec<Check> = Vec::new();
    if command.files.is_empty() {
        checks = run_embedded().map_err(|error| not_vectors(error.to_string()))?;
    }
    for file in &command.files {
        let bytes = read_file(Some(file))?;
        let found = run_file(&bytes)
            .map_err(|error| not_vectors(format!("{}: {error}", file.display())))?;
        checks.extend(found);
    }
    let mut text = String::new();
    let (mut ok, mut failed, mut skipped) = (0_u32, 0_u32, 0_u32);
    for check in &checks {
        let id = harmless_line(check.id.as_bytes());
        match &check.outcome {
            CheckOutcome::Ok => {
                ok += 1;
                text.push_str(&format!("{id} ok\n"));
            }
            CheckOutcome::Failed(reason) => {
                failed += 1;
                let reason = harmless_line(reason.as_bytes());
                text.push_str(&format!("{id} FAILED {reason}\n"));
            }
            CheckOutcome::Skipped => skipped += 1,
        }
    }
    print_text(&text)?;
    context.tell(
        &format!("通过 {ok}，失败 {failed}，不可核实而跳过 {skipped}"),
        &format!("{ok} ok, {failed} failed, {skipped} skipped as not verifiable"),
    );
    Ok(if failed == 0 {
        CommandEnd::Clean
    } else {
        CommandEnd::NeedsPerson
    })
}
