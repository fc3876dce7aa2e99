//! `recondesk refund redirect`: the money of an abnormal refund to the customer's card or to the merchant's account.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::output::one;
use super::{FollowArgs, end_of, pause};
use crate::cli::CommandEnd;
use crate::cli::context::CommandContext;
use crate::cli::operator::yuan;
use crate::cli::person::PersonArgs;
use crate::cli::prompt;
use recondesk_app::gateway::CustomerCard;
use recondesk_app::jobs::refund::{RedirectWish, RefundPace, named, redirect};
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_casework::Role;
use recondesk_domain::{Fen, Secret};
use recondesk_ports::{CancelToken, Ports};

/// Bytes of a file with a card.
const CARD_BYTES: usize = 4 << 10;

/// Where the money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RedirectTarget {
    /// 顾客的银行卡 | A bank card of the customer
    CustomerCard,
    /// 商户账户，再由人付给顾客 | The merchant's account, to be paid out by hand
    Merchant,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct RedirectArgs {
    /// 编号或退款单号 | Its number here, or its refund number
    #[arg(value_name = "INTENT")]
    intent: String,
    /// 改退到哪里 | Where the money goes
    #[arg(long, value_enum)]
    to: RedirectTarget,
    /// 开户银行，如 ICBC_DEBIT | WeChat Pay's bank type, such as ICBC_DEBIT
    #[arg(long, value_name = "TYPE", required_if_eq("to", "customer-card"))]
    bank_type: Option<String>,
    /// 第一行卡号、第二行户名的文件；不写则在终端里输入，不显示 | A file with the card number on the first line and the name on the second; without it both are typed, unseen
    #[arg(long, value_name = "FILE")]
    card_file: Option<PathBuf>,
    /// 再输一次退款金额（元）以确认 | The sum once more, in yuan
    #[arg(long, value_name = "YUAN")]
    confirm: String,
    #[command(flatten)]
    follow: FollowArgs,
    #[command(flatten)]
    person: PersonArgs,
}

pub(super) fn run_redirect(
    args: &RedirectArgs,
    context: &CommandContext<'_>,
    ports: &Ports,
) -> Result<CommandEnd, Failure> {
    let typed: Fen = yuan(&args.confirm)?;
    let record = named(ports, &args.intent)?;
    let actor = args.person.check(context, ports, Role::Work)?;
    let card = match args.to {
        RedirectTarget::Merchant => None,
        RedirectTarget::CustomerCard => Some(card_of(args, context)?),
    };
    let cancel = CancelToken::default();
    let pause = pause();
    let pace = RefundPace {
        patience: Duration::from_secs(args.follow.wait),
        pause: &pause,
        cancel: &cancel,
    };
    let wish = RedirectWish {
        card: card.as_ref(),
        typed,
    };
    let carried = redirect(ports, &record, wish, &actor, &pace)?;
    one(context, &carried.record, args.follow.format)?;
    match &carried.trouble {
        // Whatever it is by now, the money did not go where it was to go.
        Some(failure) if failure.code == "refund.not_abnormal" => Err(failure.clone()),
        _ => end_of(context, &carried, None),
    }
}

fn card_of(args: &RedirectArgs, context: &CommandContext<'_>) -> Result<CustomerCard, Failure> {
    let (account, name) = match &args.card_file {
        Some(path) => {
            let text = Secret::new(context.head(path, CARD_BYTES)?);
            let text = std::str::from_utf8(text.expose()).map_err(|_utf8| no_card())?;
            let mut lines = text.trim_start_matches('\u{feff}').lines();
            let mut line = || {
                let line = lines.next().map(str::trim).filter(|line| !line.is_empty());
                line.map(|line| Secret::new(line.to_owned()))
            };
            (line(), line())
        }
        None => (
            prompt::secret(context.lang.pick("银行卡号：", "Card number: ")),
            prompt::secret(context.lang.pick("户名：", "Name on the card: ")),
        ),
    };
    Ok(CustomerCard {
        bank_type: args.bank_type.clone().unwrap_or_default(),
        account: account.ok_or_else(no_card)?,
        name: name.ok_or_else(no_card)?,
    })
}

fn no_card() -> Failure {
    Failure::new(
        FailureKind::Usage,
        "refund.card",
        Message::new("没有卡号或户名", "There is no card number, or no name"),
        Message::new(
            "在终端里输入，或用 --card-file 文件：第一行卡号，第二行户名",
            "Type them on a terminal, or use --card-file FILE: the number on the first line, the name on the second",
        ),
    )
}
