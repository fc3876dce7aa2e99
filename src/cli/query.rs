//! `recondesk query`: any number, from the workspace and, with `--live`, from WeChat Pay.

mod list;
mod tell;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::terminal_output::{print_json, print_text};
use recondesk_app::jobs::lookup::known::{near_misses, recognise_known};
use recondesk_app::jobs::lookup::live::{self, LiveAnswer};
use recondesk_app::jobs::lookup::recognise::{Cleaning, FoundNumber, Recognised, UnusedLine};
use recondesk_app::jobs::lookup::{OrderView, look_up};
use recondesk_app::{Failure, FailureKind, MerchantRef, Message};
use recondesk_domain::{MerchantProfile, ProfileId};
use recondesk_ports::{CancelToken, Ports};
use tell::{answer_json, answers_text};

/// How one number is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AnswerFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// A list for programs; spreadsheets round its long numbers on opening: take xlsx or csv-text there.
    Csv,
    /// A list as CSV for spreadsheets: numbers stay text in Excel and LibreOffice, amounts are in yuan.
    CsvText,
    /// A list for spreadsheets in the words of the language: amounts in yuan, long numbers as text; needs `--out`.
    Xlsx,
}

#[derive(Debug, Args)]
pub(super) struct QueryCommand {
    /// 单号，或含有单号的一段话 | A number, or a message that holds some
    #[arg(required_unless_present = "list", conflicts_with = "list")]
    number: Option<String>,
    /// 含有多个单号的文件，逐个联网查询 | A file of numbers, each asked live
    #[arg(long, value_name = "FILE", requires = "profile")]
    list: Option<PathBuf>,
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// 向微信支付查询 | Ask WeChat Pay
    #[arg(long)]
    live: bool,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = AnswerFormat::Text)]
    format: AnswerFormat,
    /// 写到文件，默认标准输出 | Write to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(
    command: &QueryCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    if command.format == AnswerFormat::Xlsx && command.out.is_none() {
        return Err(usage(
            Message::new(
                "XLSX 不能写到标准输出",
                "A workbook cannot go to standard output",
            ),
            Message::new("加上 --out 文件名", "Add --out FILE"),
        ));
    }
    CommandContext::check_out(command.out.as_deref())?;
    let ports = context.open()?;
    let profile = match &command.profile {
        Some(name) => Some(profile_named(&ports, name)?),
        None => None,
    };
    match (&command.list, &command.number) {
        (Some(path), _) => list::list(command, context, &ports, path, profile),
        (None, Some(number)) => one(command, context, &ports, number, profile.as_ref()),
        (None, None) => Err(nothing_found()),
    }
}

type NamedProfile = Option<(ProfileId, MerchantProfile)>;

/// One number, or the numbers of one message.
fn one(
    command: &QueryCommand,
    context: &CommandContext<'_>,
    ports: &Ports,
    text: &str,
    profile: Option<&(ProfileId, MerchantProfile)>,
) -> Result<CommandEnd, Failure> {
    if matches!(
        command.format,
        AnswerFormat::Csv | AnswerFormat::CsvText | AnswerFormat::Xlsx
    ) {
        return Err(usage(
            Message::new(
                "csv、csv-text 和 xlsx 只用于 --list",
                "csv, csv-text and xlsx are for --list",
            ),
            Message::default(),
        ));
    }
    if command.out.is_some() {
        return Err(out_of_one());
    }
    let only = profile.map(|named| named.0);
    let recognised = recognise_known(ports, text, only)?;
    tell_cleaning(context, &recognised);
    if recognised.numbers.is_empty() {
        return Err(nothing_found().with_detail(recognised.ruined.join(", ")));
    }
    let mut answers = Vec::new();
    let mut trouble = None;
    let mut needs_person = false;
    for found in &recognised.numbers {
        let mut stories = look_up(ports, &found.number, only)?;
        let asked = if command.live {
            ask(ports, found, &stories, profile.cloned())?
        } else {
            Vec::new()
        };
        for (nth, asked) in asked.iter().enumerate() {
            if let Some(why) = asked.trouble() {
                trouble = trouble.or_else(|| Some(why.failure()));
            }
            // Each answer is about the order of its story.
            if let Some(view) = stories.get_mut(nth) {
                view.sentence = live::told_with(ports, view, asked);
            }
        }
        let settled = |view: &OrderView| !view.sentence.needs_person();
        // A number that only WeChat Pay knows leads to an order all the same.
        let heard = !asked.is_empty() && asked.iter().all(LiveAnswer::agrees);
        needs_person |= !asked.is_empty() && !heard;
        needs_person |= !stories.iter().all(settled) || (stories.is_empty() && !heard);
        let near = if stories.is_empty() {
            near_misses(ports, &found.number, only)?
        } else {
            Vec::new()
        };
        answers.push(NumberAnswer {
            found: found.clone(),
            stories,
            near,
            asked,
        });
    }
    match command.format {
        AnswerFormat::Json => {
            let value: Vec<Value> = answers.iter().map(answer_json).collect();
            print_json(&json!({ "cleaned": cleaned_words(&recognised), "numbers": value }))?;
        }
        _ => print_text(&answers_text(&answers, context.lang))?,
    }
    match trouble {
        Some(failure) => Err(failure),
        None if needs_person => Ok(CommandEnd::NeedsPerson),
        None => Ok(CommandEnd::Clean),
    }
}

/// What is told of one number of the text.
struct NumberAnswer {
    found: FoundNumber,
    stories: Vec<OrderView>,
    /// Known numbers that may be meant, where nothing is known of this one.
    near: Vec<String>,
    /// What WeChat Pay says: one answer, or one for each sub-merchant that has the number.
    asked: Vec<LiveAnswer>,
}

/// Asks WeChat Pay as the merchant named, else as the one that has the number; for each sub-merchant that has it.
fn ask(
    ports: &Ports,
    found: &FoundNumber,
    stories: &[OrderView],
    named: NamedProfile,
) -> Result<Vec<LiveAnswer>, Failure> {
    let cancel = CancelToken::default();
    if are_of_sub_merchants(stories) {
        let each = stories.iter();
        return each
            .map(|view| live::ask_of(ports, view, &cancel))
            .collect();
    }
    let view = stories.first();
    let profile = match named.or_else(|| view.map(|view| view.record.profile.clone())) {
        Some(profile) => profile,
        None => only_profile(ports)?,
    };
    Ok(vec![live::ask_any(
        ports,
        MerchantRef::new(profile.0, &profile.1),
        found,
        &cancel,
    )?])
}

/// True where one number is that of several sub-merchants of one provider.
fn are_of_sub_merchants(stories: &[OrderView]) -> bool {
    let Some((first, others)) = stories.split_first() else {
        return false;
    };
    let is_same = |view: &OrderView| {
        view.record.profile.0 == first.record.profile.0
            && view.record.out_trade_no == first.record.out_trade_no
    };
    !others.is_empty()
        && others.iter().all(is_same)
        && stories
            .iter()
            .all(|view| !view.record.sub_mch_id().is_empty())
}

fn only_profile(ports: &Ports) -> Result<(ProfileId, MerchantProfile), Failure> {
    let mut profiles = ports.records.profiles()?;
    match (profiles.pop(), profiles.is_empty()) {
        (Some(profile), true) => Ok(profile),
        _ => Err(usage(
            Message::new("不知道用哪个商户查询", "Which merchant is to be asked?"),
            Message::new("加上 --profile 档案名", "Add --profile NAME"),
        )),
    }
}

const fn cleaning_word(cleaning: Cleaning) -> (&'static str, &'static str, &'static str) {
    match cleaning {
        Cleaning::FullWidth => ("full_width", "全角字符", "full-width signs"),
        Cleaning::Invisible => ("invisible", "不可见字符", "invisible signs"),
        Cleaning::Spaces => ("spaces", "空格", "blanks"),
        Cleaning::LineBreaks => ("line_breaks", "换行", "line breaks"),
        Cleaning::Quotes => ("quotes", "引号", "quotes"),
    }
}

fn cleaned_words(recognised: &Recognised) -> Vec<&'static str> {
    let cleaned = recognised.cleaned.iter();
    cleaned.map(|one| cleaning_word(*one).0).collect()
}

fn tell_cleaning(context: &CommandContext<'_>, recognised: &Recognised) {
    if !recognised.cleaned.is_empty() {
        let zh: Vec<_> = recognised
            .cleaned
            .iter()
            .map(|one| cleaning_word(*one).1)
            .collect();
        let en: Vec<_> = recognised
            .cleaned
            .iter()
            .map(|one| cleaning_word(*one).2)
            .collect();
        context.tell(
            &format!("已清理：{}", zh.join("、")),
            &format!("Cleaned: {}", en.join(", ")),
        );
    }
    for ruined in &recognised.ruined {
        context.tell(
            &format!("{ruined} 已被电子表格破坏，无法还原；请从原始文件取单号"),
            &format!("{ruined} was ruined by a spreadsheet and cannot be restored; take the number from the original"),
        );
    }
}

/// Names each line of a list that nothing is asked about.
fn tell_unused(context: &CommandContext<'_>, recognised: &Recognised) {
    const MOST: usize = 100;
    for UnusedLine { line, text } in recognised.unused.iter().take(MOST) {
        context.tell(
            &format!("第 {line} 行没有单号，没有查询：{text}"),
            &format!("line {line} holds no number and was not asked about: {text}"),
        );
    }
    let more = recognised.unused.len().saturating_sub(MOST);
    if more > 0 {
        context.tell(
            &format!("另有 {more} 行没有单号"),
            &format!("{more} more lines hold no number"),
        );
    }
}

fn usage(title: Message, advice: Message) -> Failure {
    Failure::new(FailureKind::Usage, "usage.query", title, advice)
}

fn out_of_one() -> Failure {
    usage(
        Message::new("--out 只用于 --list", "--out is for --list"),
        Message::new("把标准输出转到文件", "Redirect standard output to a file"),
    )
}

fn nothing_found() -> Failure {
    usage(
        Message::new("没有找到单号", "There is no number in it"),
        Message::new(
            "粘贴商户订单号、微信订单号或退款单号",
            "Paste an order number, a payment number or a refund number",
        ),
    )
}
