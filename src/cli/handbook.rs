//! `recondesk handbook`: writes the handbook for finance staff as a page with its pictures.

use std::path::{Path, PathBuf};

use clap::Args;

use super::CommandEnd;
use super::context::{CommandContext, not_written};
use super::terminal_output::print_text;
use crate::handbook::handbook;
use recondesk_app::Failure;

#[derive(Debug, Args)]
pub(super) struct HandbookCommand {
    /// 写到这个文件夹；语言由 --lang 决定 | Folder to write it into; --lang says the language
    #[arg(long, value_name = "DIR", default_value = "recondesk-handbook")]
    out: PathBuf,
}

/// Prints the path of the page.
pub(super) fn run(
    command: &HandbookCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let folder = &command.out;
    std::fs::create_dir_all(folder).map_err(|error| not_written(folder, &error))?;
    let book = handbook(context.lang);
    for picture in &book.pictures {
        write(context, &folder.join(picture.name), picture.bytes)?;
    }
    let page = folder.join("index.html");
    write(context, &page, book.page.as_bytes())?;
    print_text(&format!("{}\n", page.display()))?;
    Ok(CommandEnd::Clean)
}

fn write(context: &CommandContext<'_>, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    context.write_file(path, &mut |to| to.write_all(bytes))
}
