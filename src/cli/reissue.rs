//! `recondesk reissue`: the shop learns what it must deliver; only proof of delivery closes a case.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::CommandEnd;
use super::case_choice::CaseChoice;
use super::cases::unconfirmed;
use super::context::{CommandContext, not_written};
use super::person::PersonArgs;
use super::profile::ListFormat;
use super::table::TextTable;
use super::terminal_output::{print_json, print_text};
use recondesk_app::jobs::export::{write_csv, write_json};
use recondesk_app::jobs::reissue::{
    HandedList, REISSUE_HEADINGS, ReissueAsk, ReissueWithdrawal, Reissued, choices_checked,
    handed_over, reissue, reissue_rows, withdraw,
};
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_casework::{ReissueStage, ReissueWay, Role};
use recondesk_domain::Sheet;
use recondesk_ports::{CancelToken, CaseRecord, Ports, ReissueRecord};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReissueChannel {
    /// A list for the shop system.
    List,
    /// A call to the shop's own address.
    Webhook,
    /// The payment notification that was missed.
    Notification,
}

#[derive(Debug, Args)]
pub(super) struct ReissueCommand {
    #[command(flatten)]
    choice: CaseChoice,
    /// 方式：list、webhook、notification | How the shop learns of it
    #[arg(long, value_enum, required_unless_present = "withdraw")]
    by: Option<ReissueChannel>,
    /// 撤回进行中的补发货；已交商城的须另一人复核 | Take a reissue under way back; one that lies with the shop needs a second person
    #[arg(long, conflicts_with_all = ["by", "out"], requires = "reason")]
    withdraw: bool,
    /// 撤回的原因 | Why it is taken back
    #[arg(long, value_name = "TEXT", requires = "withdraw")]
    reason: Option<String>,
    /// 清单文件，csv、json 或 xlsx | File of the list: csv, json or xlsx
    #[arg(long, value_name = "FILE", required_if_eq("by", "list"))]
    out: Option<PathBuf>,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
    #[command(flatten)]
    person: PersonArgs,
}

/// A reissue as programs read it.
pub(super) fn reissue_json(record: &ReissueRecord) -> Value {
    json!({
        "reissue": record.id.0,
        "case": record.draft.case_key,
        "out_trade_no": record.draft.out_trade_no,
        "by": record.draft.way.word(),
        "state": record.stage.word(),
        "idempotency_key": record.draft.key,
        "maker": record.draft.maker,
        "created_at": record.created_at.to_string(),
        "changed_at": record.changed_at.to_string(),
    })
}

pub(super) fn run(
    command: &ReissueCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    CommandContext::check_out(command.out.as_deref())?;
    let ports = context.open()?;
    let chosen = command.choice.read(context, &ports)?;
    if !chosen.is_confirmed {
        return Ok(unconfirmed(context));
    }
    let actor = command.person.check(context, &ports, Role::Work)?;
    let Some(way) = command.by else {
        let why = command.reason.as_deref().unwrap_or_default();
        return take_back(context, &ports, &chosen.cases, &actor, why);
    };
    let choice = choices_checked(&ports, &chosen.cases, &actor)?;
    if let Some(asked) = &choice.waits_for {
        let id = asked.id.0;
        context.tell(
            &format!("超过批量界限，须另一人复核：recondesk approve {id} --operator 姓名，之后再执行一次"),
            &format!("More than the limit at once: another person must agree (recondesk approve {id} --operator NAME), then run this again"),
        );
        return Ok(CommandEnd::NeedsPerson);
    }
    let cancel = CancelToken::default();
    let pause = |time| std::thread::sleep(time);
    let ask = ReissueAsk {
        way: match way {
            ReissueChannel::List => ReissueWay::List,
            ReissueChannel::Webhook => ReissueWay::Webhook,
            ReissueChannel::Notification => ReissueWay::Notification,
        },
        maker: &actor,
        pause: &pause,
        cancel: &cancel,
    };
    let mut done = Vec::new();
    for case in &chosen.cases {
        done.push((case, reissue(&ports, case, &ask)));
    }
    if let Some(path) = &command.out {
        write_list(context, &ports, path, &actor, &mut done)?;
    }
    tell(context, &done, command.format)?;
    end_of(&done)
}

/// Takes the reissues of these cases back, or asks a second person for it.
fn take_back(
    context: &CommandContext<'_>,
    ports: &Ports,
    cases: &[CaseRecord],
    actor: &str,
    why: &str,
) -> Result<CommandEnd, Failure> {
    let mut end = CommandEnd::Clean;
    let mut failed = None;
    for case in cases {
        let number = &case.finding.out_trade_no;
        match withdraw(ports, case, actor, why) {
            Ok(ReissueWithdrawal::Done(_)) => context.tell(
                &format!("{number}：补发货已撤回，可以退款或另行补发"),
                &format!(
                    "{number}: the reissue is taken back; a refund or another reissue is possible"
                ),
            ),
            Ok(ReissueWithdrawal::Waits(asked)) => {
                let id = asked.id.0;
                context.tell(
                    &format!("{number}：已交商城，须另一人复核：recondesk approve {id} --operator 姓名"),
                    &format!("{number}: it lies with the shop, another person must agree: recondesk approve {id} --operator NAME"),
                );
                end = CommandEnd::NeedsPerson;
            }
            Err(failure) if cases.len() == 1 => return Err(failure),
            Err(failure) => {
                failed.get_or_insert_with(|| failure.with_detail(number.to_string()));
            }
        }
    }
    failed.map_or(Ok(end), Err)
}

type ReissueResult<'a> = (&'a CaseRecord, Result<Reissued, Failure>);

/// Writes the list of what may be delivered; from then on it is with the shop.
fn write_list(
    context: &CommandContext<'_>,
    ports: &Ports,
    path: &Path,
    actor: &str,
    done: &mut [ReissueResult<'_>],
) -> Result<(), Failure> {
    let good: Vec<Reissued> = done
        .iter()
        .filter_map(|(_, result)| result.as_ref().ok().cloned())
        .collect();
    if good.is_empty() {
        return Ok(());
    }
    let mut bytes = Vec::new();
    let form = path
        .extension()
        .and_then(|end| end.to_str())
        .unwrap_or("csv");
    let mut rows = reissue_rows(&good);
    let sheet = Sheet {
        title: "reissue",
        headings: &REISSUE_HEADINGS,
        rows: &mut rows,
    };
    let filled = match form {
        "json" => write_json(sheet, &mut bytes),
        "xlsx" => context.workbooks().write(sheet, None, &mut bytes),
        _ => write_csv(sheet, &mut bytes),
    };
    filled.map_err(|error| not_written(path, &error))?;
    context.write_file(path, &mut |out| out.write_all(&bytes))?;
    let records: Vec<ReissueRecord> = good.iter().map(|one| one.record.clone()).collect();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let handed = handed_over(
        ports,
        &records,
        HandedList {
            name: &name,
            bytes: &bytes,
        },
        actor,
    )?;
    let goods = done
        .iter_mut()
        .filter_map(|(_, result)| result.as_mut().ok());
    for (one, record) in goods.zip(handed) {
        one.record = record;
    }
    Ok(())
}

fn tell(
    context: &CommandContext<'_>,
    done: &[ReissueResult<'_>],
    format: ListFormat,
) -> Result<(), Failure> {
    if format == ListFormat::Json {
        let value: Vec<Value> = done
            .iter()
            .map(|(case, result)| match result {
                Ok(one) => {
                    let mut value = reissue_json(&one.record);
                    if let (Value::Object(fields), Some(answer)) = (&mut value, &one.answer) {
                        fields.insert("answer".to_owned(), answer.evidence());
                    }
                    value
                }
                Err(failure) => json!({
                    "case": case.key,
                    "code": failure.code,
                    "said": failure.to_string(),
                }),
            })
            .collect();
        return print_json(&value);
    }
    let lang = context.lang;
    let mut table = TextTable::new([
        lang.pick("差错", "case"),
        lang.pick("商户订单号", "out_trade_no"),
        lang.pick("状态", "state"),
        lang.pick("商城答复", "answer"),
    ]);
    for (case, result) in done {
        let number = case.finding.out_trade_no.to_string();
        let (state, said) = match result {
            Ok(one) => {
                let stage = one.record.stage;
                let said = one.answer.as_ref().map_or("", |answer| answer.said());
                (
                    lang.pick(stage.zh(), stage.en()).to_owned(),
                    said.to_owned(),
                )
            }
            Err(failure) => (
                format!("✗ {}", failure.title.get(lang)),
                failure.detail.clone(),
            ),
        };
        table.row([case.key.clone(), number, state, said]);
    }
    print_text(&table.print())
}

/// 0 when the shop has all of them, 1 when an answer is unclear, 5 when the one that was asked for was refused.
fn end_of(done: &[ReissueResult<'_>]) -> Result<CommandEnd, Failure> {
    let mut end = CommandEnd::Clean;
    for (_, result) in done {
        match result {
            Ok(one) if one.record.stage == ReissueStage::Refused && done.len() == 1 => {
                let said = one.answer.as_ref().map_or("", |answer| answer.said());
                return Err(Failure::new(
                    FailureKind::Gateway,
                    "reissue.refused",
                    Message::new("商城拒绝了补发货", "The shop refused the reissue"),
                    Message::new(
                        "看商城的答复，改正后再发，或改用其他处理",
                        "Read its answer, correct it and send again, or choose another way",
                    ),
                )
                .with_detail(said));
            }
            Ok(one) => match one.record.stage {
                ReissueStage::Waiting | ReissueStage::Proven => {}
                ReissueStage::Begun
                | ReissueStage::Sent
                | ReissueStage::Refused
                | ReissueStage::Withdrawn => end = CommandEnd::NeedsPerson,
            },
            Err(failure) if done.len() == 1 => return Err(failure.clone()),
            Err(_) => end = CommandEnd::NeedsPerson,
        }
    }
    Ok(end)
}
