//! `recondesk completions` and `recondesk man`: what a shell and `man` want to know of the command line.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::context::{CommandContext, not_written};
use super::terminal_output::print;
use super::{Cli, CommandEnd, help_language};
use recondesk_app::Failure;

#[derive(Debug, Args)]
pub(super) struct CompletionsCommand {
    /// 哪种命令行 | Which shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManCommand {
    /// 每个命令一页，写到这个文件夹；默认只把总页写到标准输出 | One page a command into this folder; by default the first page alone, to standard output
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn completions(
    command: &CompletionsCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let mut cli = help_language::localise(Cli::command(), context.lang);
    let mut script = Vec::new();
    clap_complete::generate(command.shell, &mut cli, "recondesk", &mut script);
    print(&script)?;
    Ok(CommandEnd::Clean)
}

pub(super) fn man(
    command: &ManCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let cli = help_language::localise(Cli::command(), context.lang);
    let Some(folder) = &command.out else {
        let mut page = Vec::new();
        let failed = |error| not_written(std::path::Path::new("-"), &error);
        clap_mangen::Man::new(cli)
            .render(&mut page)
            .map_err(failed)?;
        print(&page)?;
        return Ok(CommandEnd::Clean);
    };
    let failed = |error| not_written(folder, &error);
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(cli, folder).map_err(failed)?;
    Ok(CommandEnd::Clean)
}
