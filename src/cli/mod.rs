//! The command line: the same jobs as the window.
//!
//! Data goes to standard output, progress and messages to standard error. The exit codes are a contract:
//! 0 done, 1 findings need a person, 2 wrong use, 3 not ready, 4 refused input, 5 gateway, 6 workspace.
//! One file a family of commands; each has its arguments and one `run`. Help texts are written
//! `中文 | English` and cut to one language before they are shown.

mod audit;
mod bill;
mod books;
mod bundle;
mod care;
mod case_choice;
mod cases;
mod certificate;
mod close;
mod context;
mod day;
mod decrypt;
mod demo;
mod documents;
mod explain;
mod explain_error;
mod findings;
mod funds;
mod handbook;
mod help_language;
mod lab_keys;
mod licences;
mod mapping;
mod misuse;
mod notify;
mod operator;
mod order_preview;
mod orders;
mod out_file;
mod person;
mod profile;
mod profile_doctor;
mod profile_fields;
mod profile_show;
mod profile_transfer;
mod prompt;
mod query;
mod reconcile;
mod refund;
mod reissue;
mod report;
mod sandbox;
mod schedule;
mod selftest;
mod sign;
mod sign_front_end;
mod sign_off;
mod sign_send;
mod table;
mod terminal;
mod terminal_output;
mod vault;
mod verify;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use context::CommandContext;
pub use context::{WindowStart, World};
pub use demo::{DemoShop, ORDERS as DEMO_ORDERS};
pub use prompt::passphrase;
use recondesk_app::{Failure, Language as Lang};
use recondesk_casework::Judgement;
use recondesk_intake::RecordKind;
use terminal_output::Speech;

/// 对账台：微信支付账单与商户订单逐笔核对 | Recondesk: reconciles WeChat Pay bills with a merchant's orders
#[derive(Debug, Parser)]
#[command(name = "recondesk", version = crate::VERSION, disable_help_subcommand = true)]
struct Cli {
    /// 工作区文件夹，或共用工作区的地址 postgres://… | Folder of the workspace, or postgres://… of a shared one
    #[arg(long, global = true, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// 语言：zh 或 en | Language: zh or en
    #[arg(long, global = true, value_name = "zh|en", value_parser = lang)]
    lang: Option<Lang>,
    #[command(subcommand)]
    command: Option<CliCommand>,
}

#[derive(Debug, Subcommand)]
enum CliCommand {
    /// 演示：一家虚构商城的一天 | Demo: one day of an invented shop
    Demo(demo::DemoCommand),
    /// 商户档案：新增、列出、查看、删除、设置密钥 | Merchant profiles
    #[command(subcommand)]
    Profile(profile::ProfileCommand),
    /// 商户订单 | The merchant's orders
    #[command(subcommand)]
    Orders(orders::OrdersCommand),
    /// 商户退款 | The merchant's refunds
    #[command(subcommand)]
    Refunds(orders::OrdersCommand),
    /// 列映射：推断、检查、列出、查看、删除、导出 | Column mappings: guess, check, list, show, remove, export
    #[command(subcommand)]
    Mapping(mapping::MappingCommand),
    /// 微信支付账单：下载、导入、检查 | Bills of WeChat Pay: download, import, check
    #[command(subcommand)]
    Bill(bill::BillCommand),
    /// 对账：比较某一天的两本账 | Reconcile: compare the two books of a day
    Reconcile(reconcile::ReconcileCommand),
    /// 差错：列出、查看、处理 | Cases: list, show, decide
    #[command(subcommand)]
    Cases(cases::CasesCommand),
    /// 补发货：清单、商城接口或补发通知 | Reissue: a list, a call to the shop, or the missed notification
    Reissue(reissue::ReissueCommand),
    /// 退款：制单、发送、续办、列表 | Refunds to customers: prepare, send, resume, list
    #[command(subcommand)]
    Refund(refund::RefundCommand),
    /// 操作人和复核界限 | Operators, and from when on a second person must agree
    #[command(subcommand)]
    Operator(operator::OperatorCommand),
    /// 复核同意 | Agree as the second person
    Approve(operator::JudgeCommand),
    /// 复核驳回 | Refuse as the second person
    Reject(operator::JudgeCommand),
    /// 操作留痕：核验 | The audit trail: verify it
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// 签账证书：导出、核验 | Certificates of signed days: write, verify
    #[command(subcommand)]
    Certificate(certificate::CertificateCommand),
    /// 证据包：打包、核验 | Evidence of one order: make a bundle, verify one
    #[command(subcommand)]
    Bundle(bundle::BundleCommand),
    /// 一天的例行工作：下载、对账、汇总 | A whole morning: download, reconcile, sum up
    Day(day::DayCommand),
    /// 把整个工作区备份成一个文件 | Copy the whole workspace to one file
    Backup(care::BackupCommand),
    /// 从备份恢复 | Put a copy back
    Restore(care::RestoreCommand),
    /// 检查工作区：数据库、日志、归档、账本 | Look the workspace over: database, journal, archive, books
    Check(care::CareCheckCommand),
    /// 工作区维护 | Care for the workspace
    #[command(subcommand)]
    Workspace(care::WorkspaceCommand),
    /// 密钥库：改口令、放弃丢失的密钥 | The vault: another passphrase, giving lost keys up
    #[command(subcommand)]
    Vault(vault::VaultCommand),
    /// 资金账：账户余额核对，从交易到余额的桥 | Fund flow: accounts checked, and the bridge from trades to balances
    Funds(funds::FundsCommand),
    /// 报表：日报、月报、凭证 | Reports: day, month, journal
    #[command(subcommand)]
    Report(report::ReportCommand),
    /// 账本：导出给数据仓库 | The books: export them for data warehouses
    #[command(subcommand)]
    Books(books::BooksCommand),
    /// 启动一个本机的微信支付沙箱 | Start a look-alike of WeChat Pay on this computer
    Sandbox(sandbox::SandboxCommand),
    /// 签名，步骤可见 | Sign, every step visible
    #[command(subcommand)]
    Sign(sign::SignCommand),
    /// 验签：哪把密钥、哪种算法相符 | Verify: which key and algorithm fit
    #[command(subcommand)]
    Verify(verify::VerifyCommand),
    /// 解密退款通知或 APIv3 资源 | Decrypt a refund notification or an APIv3 resource
    #[command(subcommand)]
    Decrypt(decrypt::DecryptCommand),
    /// 签名为何不同 | Why a signature differs
    #[command(subcommand)]
    Explain(explain::ExplainCommand),
    /// 用公开的样例自检签名、验签和解密 | Check signing, verifying and decrypting with published vectors
    Selftest(selftest::SelftestCommand),
    /// 程序所含组件与字体的许可 | Licences of what is in the program
    Licences,
    /// 查单：任意单号，从工作区到微信支付 | Look a number up, in the workspace and at WeChat Pay
    Query(query::QueryCommand),
    /// 关单：没有付款的订单不能再付 | Close an order that nobody paid
    Close(close::CloseCommand),
    /// 支付和退款通知 | Notifications of payments and refunds
    #[command(subcommand)]
    Notify(notify::NotifyCommand),
    /// 每天自动运行：打印 cron、systemd、launchd 或任务计划的写法 | Every morning by itself: prints what cron, systemd, launchd or Task Scheduler needs
    #[command(subcommand)]
    Schedule(schedule::ScheduleCommand),
    /// 财务人员手册，写成网页 | The handbook for finance staff, as web pages
    Handbook(handbook::HandbookCommand),
    /// 命令行补全脚本 | Completions for a shell
    Completions(documents::CompletionsCommand),
    /// 手册页（man） | Manual pages for man
    Man(documents::ManCommand),
    /// 解释错误码、Request-ID 或错误答复 | Explain a code, a Request-ID or an error answer
    ExplainError(explain_error::ExplainErrorCommand),
}

/// How a command ended, when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CommandEnd {
    /// Nothing needs a person.
    Clean,
    /// Findings need a person.
    NeedsPerson,
}

/// Runs the program with these arguments (the first is the program itself).
pub fn run(arguments: impl IntoIterator<Item = OsString>, world: &World) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let guess = help_language::lang_of(&arguments);
    let speech = Speech::new(&arguments);
    let takes_secret = misuse::takes_secret(&arguments);
    let parsed = help_language::localise(Cli::command(), guess)
        .try_get_matches_from(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Help asked for goes to standard output; nobody is left to tell if that is closed.
            if !error.use_stderr() {
                drop(error.print());
                return ExitCode::SUCCESS;
            }
            let speech = if takes_secret {
                speech.without(misuse::values(&error))
            } else {
                speech
            };
            let told = misuse::zh(&error).filter(|_| guess == Lang::Zh);
            let told = told.unwrap_or_else(|| error.render().to_string());
            speech.say(told.trim_end());
            return ExitCode::from(u8::from(error.use_stderr()) * 2);
        }
    };
    let context = CommandContext::new(world, cli.lang, guess, cli.workspace, speech);
    match dispatch(cli.command, &context) {
        Ok(CommandEnd::Clean) => ExitCode::SUCCESS,
        Ok(CommandEnd::NeedsPerson) => ExitCode::from(1),
        Err(failure) => {
            context.tell_failure(&failure);
            ExitCode::from(failure.kind.exit_code())
        }
    }
}

fn dispatch(
    command: Option<CliCommand>,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    match command {
        None => context.window(),
        Some(CliCommand::Demo(command)) => demo::run(&command, context),
        Some(CliCommand::Profile(command)) => profile::run(command, context),
        Some(CliCommand::Orders(command)) => orders::run(&command, RecordKind::Orders, context),
        Some(CliCommand::Refunds(command)) => orders::run(&command, RecordKind::Refunds, context),
        Some(CliCommand::Mapping(command)) => mapping::run(&command, context),
        Some(CliCommand::Bill(command)) => bill::run(&command, context),
        Some(CliCommand::Reconcile(command)) => reconcile::run(&command, context),
        Some(CliCommand::Cases(command)) => cases::run(&command, context),
        Some(CliCommand::Reissue(command)) => reissue::run(&command, context),
        Some(CliCommand::Audit(command)) => audit::run(&command, context),
        Some(CliCommand::Bundle(command)) => bundle::run(&command, context),
        Some(CliCommand::Certificate(command)) => certificate::run(&command, context),
        Some(CliCommand::Refund(command)) => refund::run(&command, context),
        Some(CliCommand::Operator(command)) => operator::run(&command, context),
        Some(CliCommand::Approve(command)) => {
            operator::judge(&command, Judgement::Approved, context)
        }
        Some(CliCommand::Reject(command)) => {
            operator::judge(&command, Judgement::Declined, context)
        }
        Some(CliCommand::Day(command)) => day::run(&command, context),
        Some(CliCommand::Backup(command)) => care::backup(&command, context),
        Some(CliCommand::Restore(command)) => care::restore(&command, context),
        Some(CliCommand::Check(command)) => care::check(&command, context),
        Some(CliCommand::Workspace(command)) => care::workspace(&command, context),
        Some(CliCommand::Vault(command)) => vault::run(&command, context),
        Some(CliCommand::Funds(command)) => funds::run(&command, context),
        Some(CliCommand::Report(command)) => report::run(&command, context),
        Some(CliCommand::Books(command)) => books::run(&command, context),
        Some(CliCommand::Sandbox(command)) => sandbox::run(&command, context),
        Some(CliCommand::Sign(command)) => sign::run(&command, context),
        Some(CliCommand::Verify(command)) => verify::run(&command, context),
        Some(CliCommand::Decrypt(command)) => decrypt::run(&command, context),
        Some(CliCommand::Explain(command)) => explain::run(&command, context),
        Some(CliCommand::Selftest(command)) => selftest::run(&command, context),
        Some(CliCommand::Licences) => licences::run(),
        Some(CliCommand::Query(command)) => query::run(&command, context),
        Some(CliCommand::Close(command)) => close::run(&command, context),
        Some(CliCommand::Notify(command)) => notify::run(&command, context),
        Some(CliCommand::Schedule(command)) => schedule::run(&command, context),
        Some(CliCommand::Handbook(command)) => handbook::run(&command, context),
        Some(CliCommand::Completions(command)) => documents::completions(&command, context),
        Some(CliCommand::Man(command)) => documents::man(&command, context),
        Some(CliCommand::ExplainError(command)) => explain_error::run(&command, context),
    }
}

fn lang(word: &str) -> Result<Lang, String> {
    Lang::parse(word).ok_or_else(|| "zh, en".to_owned())
}
