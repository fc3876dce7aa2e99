//! `recondesk demo`: one believable day of an invented shop, from its orders to the cases.
//!
//! A throw-away workspace and a sandbox on loopback; no account, no network, no set-up. The shop's
//! orders come from the scenario, the bill is fetched from the sandbox over HTTP like a real one.

use std::sync::Arc;

use clap::Args;

use super::CommandEnd;
use super::context::CommandContext;
use super::findings::{FindingsFormat, FindingsOutput, sentence};
use super::reconcile::done_of;
use recondesk_app::jobs::day::open_work;
use recondesk_app::jobs::download::BillType;
use recondesk_app::jobs::reconcile::Reconciled;
use recondesk_app::jobs::{day, intake, profiles};
use recondesk_app::{Failure, FailureKind, MerchantRef, Message, Reporter};
use recondesk_domain::{BillDate, FeeRate, MerchantProfile, ProfileId, Secret, SecretKind};
use recondesk_intake::RecordKind;
use recondesk_ports::{OrdersImport, OrdersTarget, Ports, Source};
use wechatpay_sandbox::scenario::{
    Anomaly, OrderColumns, OrdersWriter, RATE, Scenario, mapping_toml,
};
use wechatpay_sandbox::{BillReadiness, Config, Running};

/// Orders of the demo day when nothing else is asked for.
pub const ORDERS: u64 = 3_000;
/// Makes every number of the demo; the same one makes the same day.
const SEED: u64 = 20_140_808;
const COLUMNS: OrderColumns = OrderColumns::Full;

#[derive(Debug, Args)]
pub(super) struct DemoCommand {
    /// 在终端运行，不打开窗口 | Run on the terminal, open no window
    #[arg(long)]
    headless: bool,
    /// 订单笔数 | Number of orders
    #[arg(long, value_name = "N", default_value_t = ORDERS, value_parser = clap::value_parser!(u64).range(100..=10_000_000))]
    orders: u64,
}

/// The shop of the demo: its sandbox runs as long as this lives.
pub struct DemoShop {
    /// Keeps the sandbox running.
    pub sandbox: Running,
    /// The merchant in the workspace.
    pub merchant: (ProfileId, MerchantProfile),
    /// The business day.
    pub day: BillDate,
    file: Vec<u8>,
}

impl DemoShop {
    /// Makes yesterday and starts the sandbox that has its payments; the merchant is added to the
    /// workspace.
    ///
    /// # Errors
    /// [`Failure`] when the sandbox does not start or the workspace cannot be written.
    pub fn open(ports: &Ports, count: u64, name: &str) -> Result<Self, Failure> {
        let yesterday = ports.clock.now().day().prev();
        Self::open_on(ports, count, name, yesterday)
    }

    /// The same for another day in the past.
    ///
    /// # Errors
    /// As [`DemoShop::open`].
    pub fn open_on(ports: &Ports, count: u64, name: &str, day: BillDate) -> Result<Self, Failure> {
        let clock = Arc::clone(&ports.clock);
        let mut scene = Scenario::new(day, SEED, count);
        scene.twists = Anomaly::all().collect();
        let mut config = Config::new(Arc::new(move || clock.now()), SEED);
        // A demo must work before ten in the morning as well.
        config.rules.bill = BillReadiness::Ready;
        let mut writer = OrdersWriter::new(&scene, COLUMNS);
        let mut file = Vec::new();
        writer.header(&mut file);
        for deal in scene.deals() {
            writer.deal(&deal, &mut file);
            config.pays.extend(deal.pays().copied());
            config.refunds.extend(deal.refunds.iter().copied());
        }
        let sandbox = wechatpay_sandbox::start(config).map_err(|error| {
            Failure::new(
                FailureKind::Gateway,
                "sandbox.start",
                Message::new("沙箱无法启动", "The sandbox does not start"),
                Message::default(),
            )
            .with_detail(error.to_string())
        })?;
        let merchant = sandbox.merchant.clone();
        let mut profile = MerchantProfile::new(name, &merchant.mch_id);
        profile.appids = merchant.appids;
        profile.gateway.clone_from(&sandbox.base_http);
        profile.fee_rates.push(FeeRate {
            trade_type: String::new(),
            rate: RATE,
            from: String::new(),
        });
        let id = profiles::add(ports, &profile, "")?;
        let key = Secret::new(merchant.v2_key.expose().clone().into_bytes());
        profiles::set_key(ports, id, SecretKind::V2Key, &key, "")?;
        Ok(Self {
            sandbox,
            merchant: (id, profile),
            day,
            file,
        })
    }

    /// Imports the shop's orders.
    ///
    /// # Errors
    /// As every import of orders.
    pub fn import_orders(
        &mut self,
        ports: &Ports,
        reporter: &dyn Reporter,
    ) -> Result<OrdersImport, Failure> {
        let toml = mapping_toml(COLUMNS);
        let mapping = intake::read_mapping(&toml, RecordKind::Orders)?;
        let name = format!("orders_{}.csv", self.day);
        let source = Source::from_bytes(&name, std::mem::take(&mut self.file));
        let id = self.merchant.0;
        let books = ports.books.as_ref();
        let done = intake::import(
            books,
            OrdersTarget {
                profile: id,
                mapping: &mapping,
            },
            source,
            &mut |_| {},
            reporter,
        )?;
        ports.records.set_mapping(id, &mapping.name, &toml)?;
        Ok(done)
    }

    /// Fetches the bills of the day and of the one before, whose last minutes belong to it, and
    /// compares.
    ///
    /// # Errors
    /// As [`day::run`].
    pub fn run_day(&self, ports: &Ports, reporter: &dyn Reporter) -> Result<Reconciled, Failure> {
        let (id, profile) = &self.merchant;
        let merchant = MerchantRef::new(*id, profile);
        day::fetch(ports, merchant, self.day.prev(), BillType::All, reporter)?;
        day::run(ports, merchant, self.day, reporter)
    }
}

pub(super) fn run(
    command: &DemoCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let folder = tempfile::Builder::new()
        .prefix("recondesk-demo-")
        .tempdir()
        .map_err(|error| {
            Failure::new(
                FailureKind::Workspace,
                "workspace.scratch",
                Message::new(
                    "无法建立临时工作区",
                    "A throw-away workspace cannot be made",
                ),
                Message::default(),
            )
            .with_detail(error.to_string())
        })?;
    let ports = context.open_throw_away(folder.path())?;
    let name = context.lang.pick("演示商城", "Demo shop");
    context.tell(
        "1/4 生成商户的一天，启动本机沙箱",
        "1/4 Making the shop's day, starting the sandbox",
    );
    let mut shop = DemoShop::open(&ports, command.orders, name)?;
    context.tell("2/4 导入商户订单", "2/4 Importing the shop's orders");
    let imported = {
        let terminal = context.terminal();
        shop.import_orders(&ports, &terminal)?
    };
    let good = imported.good;
    context.tell(&format!("    {good} 行"), &format!("    {good} rows"));
    context.tell(
        "3/4 从沙箱下载账单",
        "3/4 Fetching the bill from the sandbox",
    );
    context.tell("4/4 逐笔核对", "4/4 Comparing");
    let done = {
        let terminal = context.terminal();
        shop.run_day(&ports, &terminal)?
    };
    if !command.headless && super::context::has_display() {
        return context.window_on(folder.path(), ports);
    }
    let output = FindingsOutput {
        format: FindingsFormat::Table,
        out: None,
    };
    output.write(&done.findings, context)?;
    let headline = done.run.summary.headline();
    let words = sentence(
        context.lang.pick("昨日", "Yesterday"),
        &headline,
        context.lang,
    );
    context.tell(&words, &words);
    let open = open_work(ports.records.as_ref(), shop.merchant.0, shop.day)?;
    Ok(done_of(&done, open))
}
