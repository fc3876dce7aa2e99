//! `recondesk sandbox`: the look-alike gateway as a program of its own (docs/SANDBOX.md).

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::CommandEnd;
use super::context::CommandContext;
use super::terminal_output::print;
use recondesk_app::{Failure, FailureKind, Message};
use wechatpay_sandbox::scenario::{Anomaly, Scenario};
use wechatpay_sandbox::{AnswerKey, BillReadiness, Config, Running, SandboxError, ScenarioFile};

/// What the help ends with: how an order is paid.
pub(super) const AFTER_HELP: &str = "\
顾客怎样付款：
  浏览器打开 code_url、mweb_url（h5_url），或 http://地址/_sandbox/cashier?out_trade_no=单号
  程序调用：  curl -X POST 'http://地址/_sandbox/pay?out_trade_no=单号'
  自动付款：  --pay-after 2s
付款后按官方间隔向 notify_url 发送签名通知，只发往本机的 http 地址。
GET http://地址/_sandbox/ 列出全部控制地址；情景文件的写法和 Python 例子见 docs/SANDBOX.md。 | \
How a customer pays:
  in a browser:  open code_url, mweb_url (h5_url), or http://ADDRESS/_sandbox/cashier?out_trade_no=NUMBER
  by a program:  curl -X POST 'http://ADDRESS/_sandbox/pay?out_trade_no=NUMBER'
  by itself:     --pay-after 2s
The signed notification then goes to notify_url by the official plan, to http addresses of this computer only.
GET http://ADDRESS/_sandbox/ lists every control address; docs/SANDBOX.md has the scenario file and an example in Python.";

/// Reads `2s`, `1m` or a number of seconds.
fn seconds(text: &str) -> Result<u32, String> {
    let (digits, unit) = match text.strip_suffix('m') {
        Some(digits) => (digits, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    let number: Option<u32> = digits.parse().ok();
    number
        .and_then(|number| number.checked_mul(unit))
        .filter(|seconds| *seconds <= 86_400)
        .ok_or_else(|| "2s, 1m, …".to_owned())
}

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct SandboxCommand {
    /// 监听地址，只能是本机 | Address to listen on, of this computer only
    #[arg(long, value_name = "127.0.0.1:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// 同时提供 https，并在需要的接口上要求商户证书 | Offer https too, and demand the merchant's certificate where the real one does
    #[arg(long)]
    tls: bool,
    /// 随机种子：相同的种子得到相同的密钥和单号 | Seed: the same one gives the same keys and numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 预置的订单数，覆盖每一种差错 | Orders to start with, every kind of difference among them
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=1_000_000))]
    orders: u64,
    /// 预置订单的日期：YYYY-MM-DD 或 yesterday | Day of these orders: YYYY-MM-DD or yesterday
    #[arg(long, value_name = "D", default_value = "yesterday")]
    date: String,
    /// 账单何时可取：ready 过完的日子随时，today 连当天的，clock 次日 10:00 起，creating 总在生成 | When bills are out: of every day that is over, of today too, from 10:00 of the next day, never
    #[arg(long, value_enum, default_value_t = BillRelease::Ready)]
    bills: BillRelease,
    /// 下单后这么久自动付款，如 2s、1m；不写则由顾客付：见下 | Pays each order so long after it was placed, as 2s or 1m; without it a customer has to, see below
    #[arg(long, value_name = "2s", value_parser = seconds)]
    pay_after: Option<u32>,
    /// 情景文件（TOML）：规则、应答的故障、通知的故障；写了的规则胜过开关 | Scenario file (TOML): rules, faults of answers and of notifications; a rule that it names wins over the switches
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// 应答用哪一种密钥签名：asked 按请求，certificate 平台证书，public-key 微信支付公钥 | Which key signs answers: as the request asks, the platform certificate's, or the public key's
    #[arg(long, value_enum, default_value_t = AnswerWith::Asked)]
    answer_with: AnswerWith,
    /// 证书文件放在这个文件夹 | Folder for the certificate files
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

/// When bills are out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BillRelease {
    /// Of every day that is over.
    Ready,
    /// Of today as well.
    Today,
    /// As the real gateway: from 10:00 of the next day.
    Clock,
    /// Never.
    Creating,
}

/// Which platform key signs answers of APIv3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AnswerWith {
    /// The one that the request names.
    Asked,
    /// The platform certificate's.
    Certificate,
    /// The WeChat Pay public key's, as with merchants registered since October 2024.
    PublicKey,
}

pub(super) fn run(
    command: &SandboxCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let clock = context.clock();
    let mut config = Config::new(Arc::new(move || clock.now()), command.seed);
    config.listen = command.listen;
    config.tls = command.tls;
    config.rules.bill = match command.bills {
        BillRelease::Ready => BillReadiness::Ready,
        BillRelease::Today => BillReadiness::Today,
        BillRelease::Clock => BillReadiness::Clock,
        BillRelease::Creating => BillReadiness::Creating,
    };
    config.rules.answer_key = match command.answer_with {
        AnswerWith::Asked => AnswerKey::Asked,
        AnswerWith::Certificate => AnswerKey::Certificate,
        AnswerWith::PublicKey => AnswerKey::PublicKey,
    };
    config.rules.pay_after_s = command.pay_after;
    if let Some(path) = &command.scenario {
        let file = scenario_file(path)?;
        let rules = file.rules.over(config.rules);
        config.rules = rules.map_err(|slip| scenario_refused(path, &slip))?;
        config.faults = file.faults;
        config.notification_faults = file.notification_faults;
    }
    let day = context.day(&command.date)?;
    if command.orders > 0 {
        let mut scene = Scenario::new(day, command.seed, command.orders);
        scene.twists = Anomaly::all().collect();
        config.deals = scene.deals().collect();
    }
    let running = wechatpay_sandbox::start(config).map_err(|error| not_started(&error))?;
    let folder = match &command.keys {
        Some(folder) => folder.clone(),
        None => default_folder(&running)?,
    };
    let line = format!("{}\n", greeting(&running, &folder)?);
    print(line.as_bytes())?;
    let door = format!("{}/_sandbox/", running.base_http);
    context.tell(
        &format!("沙箱已启动，按 Ctrl+C 结束。顾客付款：POST {door}pay?out_trade_no=单号，或用浏览器打开 code_url、mweb_url（h5_url）；其余见 {door}"),
        &format!("The sandbox is running, Ctrl+C ends it. A customer pays by POST {door}pay?out_trade_no=NUMBER, or by opening code_url, mweb_url (h5_url); the rest: {door}"),
    );
    running.wait();
    Ok(CommandEnd::Clean)
}

fn scenario_file(path: &Path) -> Result<ScenarioFile, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| scenario_refused(path, &error.to_string()))?;
    ScenarioFile::parse(&text).map_err(|slip| {
        let place = slip
            .place
            .map(|(line, column)| format!("{line}:{column}: "))
            .unwrap_or_default();
        scenario_refused(path, &format!("{place}{}", slip.what))
    })
}

fn scenario_refused(path: &Path, detail: &str) -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "sandbox.scenario",
        Message::new("情景文件不能用", "The scenario file cannot be used"),
        Message::new(
            "冒号后是行号和列号；写法见 docs/SANDBOX.md",
            "The numbers are line and column; docs/SANDBOX.md has every key",
        ),
    )
    .with_detail(format!("{}: {detail}", path.display()))
}

/// Beside other caches, a folder for each port, so that two sandboxes do not mix their keys.
fn default_folder(running: &Running) -> Result<PathBuf, Failure> {
    let port = running.base_http.rsplit(':').next().unwrap_or_default();
    directories::ProjectDirs::from("", "", "recondesk")
        .map(|dirs| dirs.cache_dir().join(format!("sandbox-{port}")))
        .ok_or_else(|| cannot_write("no home folder"))
}

/// The one line that other programs read.
fn greeting(running: &Running, folder: &Path) -> Result<serde_json::Value, Failure> {
    std::fs::create_dir_all(folder).map_err(|error| cannot_write(&error.to_string()))?;
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        write(&path, bytes)
            .map_err(|error| cannot_write(&format!("{}: {error}", path.display())))?;
        Ok::<_, Failure>(path.display().to_string())
    };
    let pems = &running.pems;
    let merchant = &running.merchant;
    let mut line = json!({
        "base_http": running.base_http,
        "control": format!("{}/_sandbox/", running.base_http),
        "mch_id": merchant.mch_id,
        "appid": merchant.appids.first(),
        "openid": merchant.openid,
        "v2_key": merchant.v2_key.expose(),
        "client_cert_file": put("apiclient_cert.pem", pems.client_cert.as_bytes())?,
        "client_key_file": put("apiclient_key.pem", pems.client_key.expose().as_bytes())?,
        "client_p12_file": put("apiclient_cert.p12", pems.client_p12.expose())?,
        "ca_file": put("ca.pem", pems.ca.as_bytes())?,
        "apiv3_key": merchant.v3_key.expose(),
        "merchant_serial": pems.client_serial,
        "platform_serial": pems.platform_serial,
        "platform_cert_file": put("wechatpay_cert.pem", pems.platform_cert.as_bytes())?,
        "wechatpay_public_key_id": pems.public_key_id,
        "wechatpay_public_key_file": put("pub_key.pem", pems.public_key.as_bytes())?,
    });
    if let Some(object) = line.as_object_mut() {
        // The pair of APIv2's certificate signs APIv3 as well: the same files under the names of that side.
        for (name, same) in [
            ("merchant_cert_file", "client_cert_file"),
            ("merchant_key_file", "client_key_file"),
        ] {
            let path = object.get(same).cloned().unwrap_or_default();
            object.insert(name.to_owned(), path);
        }
    }
    if let (Some(base), Some(object)) = (&running.base_https, line.as_object_mut()) {
        object.insert("base_https".to_owned(), json!(base));
    }
    Ok(line)
}

/// Writes a key for this user only.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)?.write_all(bytes)
}

fn cannot_write(detail: &str) -> Failure {
    Failure::new(
        FailureKind::Workspace,
        "sandbox.files",
        Message::new(
            "无法写入证书文件",
            "The certificate files cannot be written",
        ),
        Message::new(
            "用 --keys 指定一个可写的文件夹",
            "Name a folder with --keys",
        ),
    )
    .with_detail(detail)
}

fn not_started(error: &SandboxError) -> Failure {
    let (title, advice, detail) = match error {
        SandboxError::NotLoopback(address) => (
            Message::new(
                "沙箱只在本机监听",
                "The sandbox listens on this computer only",
            ),
            Message::new("用 127.0.0.1 或 [::1]", "Use 127.0.0.1 or [::1]"),
            address.to_string(),
        ),
        SandboxError::Listen(address, _) => (
            Message::new("不能在这个地址监听", "Cannot listen on this address"),
            Message::new(
                "多半已被占用，换一个端口",
                "It is probably taken: try another port",
            ),
            address.to_string(),
        ),
        SandboxError::NoMerchant | SandboxError::Start(_) | SandboxError::Certificates(_) => (
            Message::new("沙箱无法启动", "The sandbox does not start"),
            Message::default(),
            error.to_string(),
        ),
    };
    Failure::new(FailureKind::Usage, "sandbox.start", title, advice).with_detail(detail)
}
