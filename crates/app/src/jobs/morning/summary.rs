//! What is told of a morning: a text for people, a document for programs, and to which group it goes.

use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::state::MorningMemory;
use super::webhook::{Webhook, WebhookText};
use super::{Alarm, FileFate, MerchantMorning, MorningDay};
use crate::jobs::reconcile::Basis;
use crate::jobs::views::certificate::hex;
use crate::{Failure, FailureKind, Language};
use recondesk_domain::{Instant, group_digits, printable};
use recondesk_ports::{CancelToken, Ports};

/// More lines of one kind are counted, not told.
const MOST_LINES: usize = 20;

/// The morning as lines of text; empty when there is nothing to tell.
#[must_use]
pub fn text(mornings: &[&MerchantMorning], now: Instant, lang: Language) -> String {
    let mut lines = Vec::new();
    for morning in mornings {
        lines.extend(lines_of(morning, lang));
    }
    if lines.is_empty() {
        return String::new();
    }
    let head = match lang {
        Language::Zh => format!("对账台 {}", now.day()),
        Language::En => format!("Recondesk 对账台 {}", now.day()),
    };
    lines.insert(0, head);
    lines.join("\n")
}

fn lines_of(morning: &MerchantMorning, lang: Language) -> Vec<String> {
    let name = printable(&morning.name);
    let mut out = Vec::new();
    let yesterday = |alarm: Alarm| match alarm {
        Alarm::NoBill => lang.pick("没有昨天的账单", "yesterday's bill is not here"),
        Alarm::NoOrders => lang.pick(
            "没有昨天的商户订单文件",
            "there is no file of yesterday's orders",
        ),
    };
    for alarm in &morning.alarms {
        out.push(match lang {
            Language::Zh => format!("【{name}】⚠ {}", yesterday(*alarm)),
            Language::En => format!("[{name}] ⚠ {}", yesterday(*alarm)),
        });
    }
    for day in morning.days.iter().take(MOST_LINES) {
        let words = day_words(day, lang);
        out.push(match lang {
            Language::Zh => format!("【{name}】{} {words}", day.day),
            Language::En => format!("[{name}] {}: {words}", day.day),
        });
    }
    let rest = morning.days.len().saturating_sub(MOST_LINES);
    if rest > 0 {
        out.push(match lang {
            Language::Zh => format!("【{name}】还有 {rest} 天"),
            Language::En => format!("[{name}] {rest} more days"),
        });
    }
    if let (Some(first), Some(last)) = (morning.gone.first(), morning.gone.last()) {
        let count = morning.gone.len();
        out.push(match lang {
            Language::Zh => format!("【{name}】{first} 至 {last} 共 {count} 天没有对账，账单已过三个月取不到，请导入当时保存的账单"),
            Language::En => format!("[{name}] {count} days from {first} to {last} were never compared and their bills are gone; import those that were kept"),
        });
    }
    let told =
        |file: &&super::FolderFile| !matches!(file.fate, FileFate::Unfinished | FileFate::Passed);
    for file in morning.files.iter().filter(told).take(MOST_LINES) {
        let shown = printable(&file.name);
        let words = match &file.fate {
            FileFate::Taken(told) => told.title.get(lang).to_owned(),
            FileFate::Refused(failure) => refusal(failure, lang),
            FileFate::Unfinished | FileFate::Passed => continue,
        };
        out.push(match lang {
            Language::Zh => format!("【{name}】{shown}：{words}"),
            Language::En => format!("[{name}] {shown}: {words}"),
        });
    }
    if let Some(failure) = &morning.folder_failure {
        let words = refusal(failure, lang);
        out.push(match lang {
            Language::Zh => format!("【{name}】{words}"),
            Language::En => format!("[{name}] {words}"),
        });
    }
    out
}

/// A refused file, or a folder that cannot be read.
fn refusal(failure: &Failure, lang: Language) -> String {
    let title = failure.title.get(lang);
    match lang {
        Language::Zh => format!("拒收，{title}"),
        Language::En => format!("refused, {title}"),
    }
}

fn day_words(day: &MorningDay, lang: Language) -> String {
    let (done, open) = match &day.result {
        Ok(done) => done,
        Err(failure) => return failure.title.get(lang).to_owned(),
    };
    if let Some(words) = Basis::of(&done.run.summary, &done.findings).words() {
        return words.get(lang).to_owned();
    }
    let headline = done.run.summary.headline();
    let count = |n: u64| group_digits(&n.to_string());
    let (rows, matched, cross) = (
        count(headline.rows),
        count(headline.matched),
        count(headline.cross_day),
    );
    let (work, stake) = (count(open.count), open.at_stake.grouped());
    let mut words = match lang {
        Language::Zh => {
            format!("{rows} 笔，平账 {matched}，跨日 {cross}，需处理 {work}，涉及 ¥{stake}")
        }
        Language::En => format!(
            "{rows} rows, {matched} matched, {cross} across days, {work} need a person, ¥{stake} at stake"
        ),
    };
    if open.is_uncovered {
        words.push_str(lang.pick("；数据不完整", "; data incomplete"));
    }
    words
}

/// The morning as a document; the same facts make the same document.
#[must_use]
pub fn document(mornings: &[&MerchantMorning], lang: Language) -> Value {
    let merchants: Vec<Value> = mornings.iter().map(|one| merchant(one, lang)).collect();
    json!({"program": "recondesk", "merchants": merchants})
}

fn merchant(morning: &MerchantMorning, lang: Language) -> Value {
    let days: Vec<Value> = morning.days.iter().map(day).collect();
    let files: Vec<Value> = morning
        .files
        .iter()
        .filter_map(|file| match &file.fate {
            FileFate::Taken(told) => {
                Some(json!({"name": file.name, "state": "taken", "told": told.title.get(lang)}))
            }
            FileFate::Refused(failure) => Some(
                json!({"name": file.name, "state": "refused", "told": failure.title.get(lang)}),
            ),
            FileFate::Unfinished | FileFate::Passed => None,
        })
        .collect();
    let alarms: Vec<&str> = morning
        .alarms
        .iter()
        .map(|alarm| match alarm {
            Alarm::NoBill => "no_bill",
            Alarm::NoOrders => "no_orders",
        })
        .collect();
    let gone: Vec<String> = morning.gone.iter().map(ToString::to_string).collect();
    json!({
        "name": morning.name,
        "mch_id": morning.mch_id,
        "days": days,
        "files": files,
        "alarms": alarms,
        "gone": gone,
        "folder": morning.folder_failure.as_ref().map(|failure| failure.code),
    })
}

fn day(one: &MorningDay) -> Value {
    match &one.result {
        Ok((done, open)) => {
            let headline = done.run.summary.headline();
            let state = match Basis::of(&done.run.summary, &done.findings) {
                Basis::Compared => "compared",
                basis @ (Basis::NoOrders { .. }
                | Basis::NoBill { .. }
                | Basis::Quarantined { .. }) => basis.word(),
            };
            json!({
                "day": one.day.to_string(),
                "state": state,
                "rows": headline.rows,
                "matched": headline.matched,
                "cross_day": headline.cross_day,
                "to_work": open.count,
                "at_stake_fen": open.at_stake.get(),
                "is_complete": !open.is_uncovered,
            })
        }
        Err(failure) => json!({"day": one.day.to_string(), "state": failure.code}),
    }
}

/// Tells each group of its merchants' morning, once: nothing is sent when nothing is new since the last message.
/// What could not be sent is told with the next morning.
///
/// # Errors
/// When the workspace cannot be used. Each vault that does not open and each message that was not taken is a failure of the list.
pub fn tell(
    ports: &Ports,
    mornings: &[MerchantMorning],
    lang: Language,
    cancel: &CancelToken,
    pause: &dyn Fn(Duration),
) -> Result<Vec<Failure>, Failure> {
    let mut groups: Vec<(Webhook, Vec<&MerchantMorning>)> = Vec::new();
    let mut failed = Vec::new();
    for morning in mornings {
        match Webhook::of(ports, morning.id) {
            Ok(None) => {}
            Ok(Some(webhook)) => match groups.iter_mut().find(|(known, _)| *known == webhook) {
                Some((_, members)) => members.push(morning),
                None => groups.push((webhook, vec![morning])),
            },
            Err(failure) => failed.push(failure),
        }
    }
    for (webhook, members) in groups {
        let mut news = Vec::new();
        for morning in members {
            let state = MorningMemory::of(ports.records.as_ref(), morning.id)?;
            let facts = facts(morning);
            if facts.iter().any(|fact| !state.told.contains(fact)) {
                news.push((morning, state, facts));
            }
        }
        if news.is_empty() {
            continue;
        }
        let told: Vec<&MerchantMorning> = news.iter().map(|(morning, ..)| *morning).collect();
        let now = ports.clock.now();
        let mut document = document(&told, lang);
        if let Some(fields) = document.as_object_mut() {
            fields.insert("at".to_owned(), now.rfc3339().into());
            fields.insert("text".to_owned(), text(&told, now, lang).into());
        }
        let words = text(&told, now, lang);
        let message = WebhookText {
            text: &words,
            document: &document,
        };
        let sent = webhook.send(ports, &message, cancel, pause);
        for (morning, mut state, facts) in news {
            let days = morning.days.iter().map(|day| day.day);
            if sent.is_ok() {
                state.tell(facts);
            } else {
                state.untold.extend(days);
            }
            state.keep(ports.records.as_ref(), morning.id)?;
        }
        failed.extend(sent.err());
    }
    Ok(failed)
}

/// Digests of what is worth telling of a morning. Before eleven a bill that is not made yet is no news, and one that
/// was refused has been told.
fn facts(morning: &MerchantMorning) -> Vec<String> {
    let mut out = Vec::new();
    for one in &morning.days {
        let is_old = one.result.as_ref().err().is_some_and(|failure| {
            failure.kind == FailureKind::NotReady || failure.code == "morning.refused_today"
        });
        if !is_old {
            out.push(day(one).to_string());
        }
    }
    for alarm in &morning.alarms {
        out.push(format!("{} {alarm:?}", morning.yesterday));
    }
    if let (Some(first), Some(last)) = (morning.gone.first(), morning.gone.last()) {
        out.push(format!("gone {first} {last}"));
    }
    for file in &morning.files {
        match &file.fate {
            FileFate::Unfinished | FileFate::Passed => {}
            FileFate::Taken(told) => out.push(format!(
                "{} {} {}",
                morning.yesterday, file.name, told.title.en
            )),
            FileFate::Refused(failure) => {
                out.push(format!("{} {}", file.name, failure.title.en));
            }
        }
    }
    if let Some(failure) = &morning.folder_failure {
        out.push(format!("{} {}", morning.yesterday, failure.code));
    }
    out.iter()
        .map(|fact| hex(&Sha256::digest(fact.as_bytes())))
        .collect()
}
