//! `recondesk close`: an order that nobody paid is closed at WeChat Pay, over either API.

use clap::Args;

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::person::PersonArgs;
use recondesk_app::jobs::close::{Closed, close};
use recondesk_app::{Failure, MerchantRef};
use recondesk_casework::Role;
use recondesk_ports::CancelToken;

#[derive(Debug, Args)]
pub(super) struct CloseCommand {
    /// 商户订单号 | Merchant order number
    #[arg(value_name = "OUT_TRADE_NO")]
    order: String,
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// 特约商户号（服务商） | Sub-merchant, of a service provider
    #[arg(long, value_name = "SUB_MCH_ID", default_value = "")]
    sub_mch_id: String,
    #[command(flatten)]
    person: PersonArgs,
}

pub(super) fn run(
    command: &CloseCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let ports = context.open()?;
    let (id, profile) = profile_named(&ports, &command.profile)?;
    command.person.check(context, &ports, Role::Work)?;
    let cancel = CancelToken::default();
    let number = command.order.trim();
    match close(
        &ports,
        MerchantRef::new(id, &profile),
        &command.order,
        &command.sub_mch_id,
        &cancel,
    )? {
        Closed::Now => context.tell(
            &format!("{number} 已关单，不能再付款"),
            &format!("{number} is closed: nobody can pay it any more"),
        ),
        Closed::Before => context.tell(
            &format!("{number} 早已关闭，没有再发关单"),
            &format!("{number} was closed before; nothing but a question was sent"),
        ),
    }
    Ok(CommandEnd::Clean)
}
