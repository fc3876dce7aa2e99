//! `recondesk bundle`: everything about one order in a zip, and the check of such a zip anywhere.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::profile::ListFormat;
use super::terminal_output::{print_json, print_text};
use recondesk_app::jobs::bundle::{bundle, gather, read_bundle};
use recondesk_app::jobs::lookup::places::places;
use recondesk_app::{Failure, FailureKind, MerchantRef, Message};
use recondesk_domain::{PersonalData, ProfileId};
use recondesk_ports::Ports;

#[derive(Debug, Subcommand)]
pub(super) enum BundleCommand {
    /// 打包一个订单的全部证据 | Put the evidence of one order into a zip
    Make {
        /// 商户订单号 | Merchant order number
        out_trade_no: String,
        /// 商户档案 | Profile
        #[arg(long, value_name = "NAME")]
        profile: String,
        /// 特约商户号：几个特约商户用同一订单号时写明 | Sub-merchant, where several use the same order number
        #[arg(long, value_name = "SUB_MCH_ID", default_value = "")]
        sub_mch_id: String,
        /// 证据包文件 | File of the bundle
        #[arg(long, value_name = "FILE.zip")]
        out: PathBuf,
        /// 显示顾客个人信息（openid、附加数据、备注、联系方式），默认遮住 | Show personal data of customers (openid, attach, remarks, contacts), masked by default
        #[arg(long, conflicts_with = "masked")]
        show_personal_data: bool,
        /// 遮住顾客个人信息；不写也遮住 | Mask personal data of customers; masked without it, too
        #[arg(long)]
        masked: bool,
    },
    /// 核验证据包，不需要工作区 | Verify a bundle; no workspace is needed
    Verify {
        /// 证据包文件 | File of the bundle
        file: PathBuf,
        /// 输出格式 | Format of the output
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
    },
}

pub(super) fn run(
    command: &BundleCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    match command {
        BundleCommand::Make {
            out_trade_no,
            profile,
            sub_mch_id,
            out,
            show_personal_data,
            masked: _,
        } => {
            CommandContext::check_out(Some(out))?;
            let ports = context.open()?;
            let (id, profile) = profile_named(&ports, profile)?;
            let personal = PersonalData::shown_if(*show_personal_data);
            let number = order_number(&ports, id, out_trade_no.trim())?;
            let evidence = gather(
                &ports,
                MerchantRef::new(id, &profile),
                &number,
                sub_mch_id,
                personal,
            )?;
            let bytes = bundle(&evidence)?;
            context.write_file(out, &mut |to| to.write_all(&bytes))?;
            let rows = evidence.rows.len();
            context.tell(
                &format!("证据包已写出：{rows} 行原文"),
                &format!("The bundle is written: {rows} raw lines"),
            );
            Ok(CommandEnd::Clean)
        }
        BundleCommand::Verify { file, format } => verify(context, file, *format),
    }
}

/// The merchant's own number of the order: the evidence of an order stands under it. Another number of it leads there.
fn order_number(ports: &Ports, id: ProfileId, word: &str) -> Result<String, Failure> {
    let mut numbers: Vec<String> = places(ports, word)?
        .into_iter()
        .filter(|place| place.profile == id)
        .map(|place| place.out_trade_no)
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.iter().any(|number| number == word) {
        return Ok(word.to_owned());
    }
    match numbers.as_slice() {
        [] => Ok(word.to_owned()),
        [only] => Ok(only.clone()),
        several => Err(Failure::new(
            FailureKind::Usage,
            "bundle.order",
            Message::new(
                "这个号码对应几个订单",
                "This number stands for several orders",
            ),
            Message::new("写商户订单号", "Name the merchant order number"),
        )
        .with_detail(several.join(", "))),
    }
}

fn verify(
    context: &CommandContext<'_>,
    file: &Path,
    format: ListFormat,
) -> Result<CommandEnd, Failure> {
    let refused = |title: Message| {
        Failure::new(
            FailureKind::RefusedInput,
            "bundle.refused",
            title,
            Message::new("向出具人要原件", "Ask whoever made it for the original"),
        )
    };
    let read = read_bundle(&context.bytes(file)?).ok_or_else(|| {
        refused(Message::new(
            "这不是本程序的证据包",
            "This is no bundle of this program",
        ))
        .with_detail(file.display().to_string())
    })?;
    let e = &read.evidence;
    if format == ListFormat::Json {
        let faults: Vec<_> = read.faults.iter().map(|fault| fault.words().en).collect();
        print_json(&json!({
            "holds": read.faults.is_empty(),
            "faults": faults,
            "merchant": e.merchant,
            "out_trade_no": e.out_trade_no,
            "made_at": e.made_at,
            "masked": e.masked,
            "rows": e.rows.len(),
            "trail": e.trail.len(),
            "trail_head": e.trail_head,
        }))?;
    } else {
        let text = format!(
            "{} {} {}\nrows {}\ntrail {} {}\n",
            e.merchant,
            e.out_trade_no,
            e.made_at,
            e.rows.len(),
            e.trail.len(),
            e.trail_head,
        );
        print_text(&text)?;
    }
    if read.faults.is_empty() {
        context.tell("证据包完整，未被改动", "The bundle is whole and unchanged");
        return Ok(CommandEnd::Clean);
    }
    let words: Vec<Message> = read
        .faults
        .iter()
        .map(recondesk_app::jobs::bundle::BundleFault::words)
        .collect();
    let zh: Vec<&str> = words.iter().map(|word| word.zh.as_str()).collect();
    let en: Vec<&str> = words.iter().map(|word| word.en.as_str()).collect();
    Err(refused(Message::new(zh.join("；"), en.join("; "))))
}
