//! What the Lookup screen asks for and what it gets: the local answer, the live one, many at once.
//!
//! Nothing here waits: a question that is to be asked later says when, and the worker keeps it until then.

use std::path::Path;

use super::explain::{self, CodeExplanation};
use super::fields::{AnswerField, fields};
use super::known::{near_misses, recognise_known};
use super::live::{self, LiveAnswer};
use super::recognise::{MAX_TEXT_BYTES, Recognised, recognise_list};
use super::{OrderView, look_up, view};
use crate::jobs::inquiry::QueryVerdict;
use crate::jobs::notify;
use crate::jobs::poll::{Next, Poll, PollPlan};
use crate::{Failure, FailureKind, MerchantRef, Message, Reporter};
use recondesk_domain::{Instant, MerchantProfile, ProfileId};
use recondesk_intake::list_text;
use recondesk_ports::{BooksError, Files, NumberKind, Ports};
use wechatpay_codec::v2::TradeState;

/// What was pasted, and what of it is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LookUp {
    /// The text as pasted.
    pub text: String,
    /// The number of it that is meant; `None` for the first.
    pub number: Option<String>,
    /// Only this merchant.
    pub only: Option<ProfileId>,
    /// True when WeChat Pay is to be asked as soon as the local answer is there.
    pub live: bool,
}

/// What the workspace says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// The question.
    pub ask: LookUp,
    /// What the text holds.
    pub recognised: Recognised,
    /// The number that was looked up; empty when the text has none.
    pub number: String,
    /// One view for each order that it may mean, the most pressing first.
    pub stories: Vec<OrderView>,
    /// Known numbers that may be meant, when nothing is known of this one.
    pub near: Vec<String>,
    /// What error codes of the text mean.
    pub explained: Vec<CodeExplanation>,
    /// Notifications in the text.
    pub notices: usize,
    /// Milliseconds that it took.
    pub took_ms: u64,
}

/// A question to WeChat Pay.
#[derive(Debug, Clone)]
pub struct GatewayQuestion {
    /// The merchant.
    pub profile: ProfileId,
    /// The number.
    pub number: String,
    /// What it is.
    pub kind: NumberKind,
    /// The plan that is followed, once it is.
    pub poll: Option<Poll>,
    /// Milliseconds to wait before asking.
    pub after_ms: u64,
}

/// The next question of a plan.
#[derive(Debug, Clone)]
pub struct Following {
    /// The plan, with what was heard so far.
    pub poll: Poll,
    /// When to ask.
    pub at: Instant,
}

/// What WeChat Pay says.
#[derive(Debug, Clone)]
pub struct Live {
    /// The question.
    pub question: GatewayQuestion,
    /// When the answer was there.
    pub at: Instant,
    /// The answer.
    pub asked: LiveAnswer,
    /// Its fields beside the local record, those that differ first.
    pub fields: Vec<AnswerField>,
    /// When to ask again, while the order has no end.
    pub following: Option<Following>,
}

/// Looks a pasted text up in the workspace.
///
/// # Errors
/// When the workspace cannot be read.
pub fn local(ports: &Ports, ask: LookUp) -> Result<Local, Failure> {
    let since = ports.clock.steady_ms();
    let notices = notify::messages(ask.text.as_bytes()).len();
    let recognised = recognise_known(ports, &ask.text, ask.only)?;
    let explained = explain::explain(&ask.text);
    let first = recognised.numbers.first();
    let number = ask
        .number
        .clone()
        .or_else(|| first.map(|found| found.number.clone()))
        .unwrap_or_default();
    let stories = if number.is_empty() {
        Vec::new()
    } else {
        look_up(ports, &number, ask.only)?
    };
    let near = if number.is_empty() || !stories.is_empty() {
        Vec::new()
    } else {
        near_misses(ports, &number, ask.only)?
    };
    Ok(Local {
        recognised,
        near,
        number,
        stories,
        explained,
        notices,
        took_ms: ports.clock.steady_ms().saturating_sub(since),
        ask,
    })
}

/// Asks WeChat Pay, and says when to ask again by the official plan.
///
/// # Errors
/// When the question cannot be asked, was cancelled, or the log cannot be written.
pub fn ask(
    ports: &Ports,
    profile: &MerchantProfile,
    question: GatewayQuestion,
    reporter: &dyn Reporter,
) -> Result<Live, Failure> {
    let id = question.profile;
    let local = live::local_behind(ports, id, &question.number)?;
    let cancel = reporter.token();
    let asked = live::ask(
        ports,
        MerchantRef { id, profile },
        (&question.number, question.kind),
        local,
        &cancel,
    )?;
    if cancel.is_cancelled() {
        return Err(Failure::cancelled());
    }
    let now = ports.clock.now();
    let order = asked.local.as_ref().map(|order| order.out_trade_no);
    let bill = match order {
        Some(number) => {
            let known = view(
                ports,
                (id, profile.clone()),
                (number.as_str(), NumberKind::OutTradeNo),
            )?;
            known.record.pays.first().map(|kept| kept.row)
        }
        None => None,
    };
    Ok(Live {
        at: now,
        fields: fields(&asked, bill.as_ref()),
        following: follow(&asked, question.poll.clone(), now),
        asked,
        question,
    })
}

/// The next point of the plan; `None` when the order has an end, or the plan ran out.
fn follow(asked: &LiveAnswer, poll: Option<Poll>, now: Instant) -> Option<Following> {
    let plan = match &asked.inquiry.verdict {
        QueryVerdict::Known(state) => match state.state {
            TradeState::UserPaying => Some(PollPlan::CodePay),
            TradeState::NotPay | TradeState::Accept => Some(PollPlan::Ordered),
            _ => None,
        },
        _ => None,
    };
    let created = asked.local.and_then(|order| order.created());
    let since = match plan {
        // When the code was scanned is not told: the plan counts from the first look.
        Some(PollPlan::CodePay) | None => now,
        Some(PollPlan::Ordered) => created.unwrap_or(now),
    };
    let mut poll = poll.or_else(|| plan.map(|plan| Poll::new(plan, since)))?;
    poll.heard(&asked.inquiry.verdict, now);
    match poll.next(now) {
        Next::WaitUntil(at) => Some(Following { poll, at }),
        Next::Ask => Some(Following { poll, at: now }),
        Next::Ended | Next::RanOut => None,
    }
}

/// Asks about every number of a text, those that need a person first.
///
/// # Errors
/// When the first question cannot be asked, a person stops it, or the workspace fails.
pub fn many(
    ports: &Ports,
    profile: MerchantRef<'_>,
    text: &str,
    reporter: &dyn Reporter,
) -> Result<Vec<LiveAnswer>, Failure> {
    let numbers = recognise_list(text).numbers;
    live::ask_many(ports, profile, &numbers, &reporter.token(), reporter)
}

/// The numbers of a list in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFile {
    /// Name of the file.
    pub name: String,
    /// Its numbers, each once.
    pub numbers: Vec<String>,
    /// Numbers in it that a spreadsheet ruined.
    pub ruined: usize,
    /// Lines in it without a number.
    pub unused: Vec<usize>,
    /// True when it holds more than is taken.
    pub cut: bool,
}

/// Reads the numbers of a list: text in UTF-8, UTF-16 with a mark or GB18030, of any columns, or the first sheet of
/// a workbook.
///
/// # Errors
/// When the file cannot be read, is neither, is longer than a list may be, or has no number in it.
pub fn read_list(files: &dyn Files, path: &Path) -> Result<ListFile, Failure> {
    let unread = |error: std::io::Error| Failure::from(BooksError::source(&error));
    let source = files.open(path).map_err(unread)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = match list_text(source.bytes, MAX_TEXT_BYTES) {
        Ok(Some(text)) => text,
        Ok(None) => {
            let words = Message::new(
                format!("{name} 太长，不像单号清单"),
                format!("{name} is too long for a list of numbers"),
            );
            return Err(no_list(words));
        }
        Err(error) => {
            let words = Message::new(
                format!("{name}：{}", error.zh()),
                format!("{name}: {error}"),
            );
            return Err(no_list(words));
        }
    };
    let found = recognise_list(&text);
    if found.numbers.is_empty() {
        return Err(no_list(Message::new(
            format!("{name} 里没有单号"),
            format!("There is no number in {name}"),
        )));
    }
    Ok(ListFile {
        name: name.into_owned(),
        ruined: found.ruined.len(),
        unused: found.unused.iter().map(|one| one.line).collect(),
        cut: found.cut,
        numbers: found.numbers.into_iter().map(|one| one.number).collect(),
    })
}

fn no_list(words: Message) -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "lookup.list",
        words,
        Message::new(
            "单号清单可以是文本、CSV 或 .xlsx，一行一个单号",
            "A list is text, CSV or .xlsx, one number a line",
        ),
    )
}
