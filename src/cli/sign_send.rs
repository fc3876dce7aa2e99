//! `recondesk sign v2 --send`: the signed request to the gateway of its profile, the answer field by field, the order
//! until it is paid.

#![expect(
    clippy::format_push_string,
    reason = "a few lines for a person are no hot path, and writing to a string has no error to handle"
)]

use std::time::Duration;

use serde_json::json;

use super::CommandEnd;
use super::context::CommandContext;
use super::terminal_output::{print_json, print_text};
use recondesk_app::jobs::lab_send::{follow, send};
use recondesk_app::model::{Follow, Followed, MeantField, SendAsk, Sent, Worth};
use recondesk_app::{Failure, FailureKind};
use recondesk_ports::{CancelToken, Ports};
use wechatpay_codec::lab::sending::CodePicture;
use wechatpay_codec::lab::visible::{harmless, harmless_line};

/// What is to be done and how it is told.
pub(super) struct SendRequest {
    pub(super) ask: SendAsk,
    pub(super) json: bool,
    pub(super) follow: bool,
}

pub(super) fn run(
    wish: &SendRequest,
    context: &CommandContext<'_>,
    ports: &Ports,
) -> Result<CommandEnd, Failure> {
    let cancel = CancelToken::default();
    let sent = send(ports, &wish.ask, &cancel)?;
    if wish.json {
        print_json(&as_json(&sent, context))?;
    } else {
        print_text(&as_text(&sent, context))?;
    }
    if sent.worth == Worth::Nothing {
        let failure = Failure::new(
            FailureKind::Gateway,
            "lab.answer",
            sent.title.clone(),
            sent.advice.clone(),
        );
        return Err(failure.with_detail(sent.detail));
    }
    if wish.follow
        && let Some(first) = sent.follow
    {
        return until_paid(context, ports, *first, &cancel);
    }
    Ok(match sent.worth {
        Worth::Done => CommandEnd::Clean,
        _ => CommandEnd::NeedsPerson,
    })
}

/// Asks at the official points until the order is paid or the plan is over.
fn until_paid(
    context: &CommandContext<'_>,
    ports: &Ports,
    first: Follow,
    cancel: &CancelToken,
) -> Result<CommandEnd, Failure> {
    let mut next = Some(Box::new(first));
    while let Some(ask) = next {
        context.tell(
            &format!("下次查单 {}", ask.at),
            &format!("Next query {}", ask.at),
        );
        std::thread::sleep(Duration::from_millis(ask.after_ms));
        let heard = follow(ports, &ask, cancel)?;
        print_text(&heard_line(&heard, context))?;
        if heard.paid {
            return Ok(CommandEnd::Clean);
        }
        next = heard.next;
    }
    Ok(CommandEnd::NeedsPerson)
}

fn heard_line(heard: &Followed, context: &CommandContext<'_>) -> String {
    heard.heard.last().map_or_else(String::new, |last| {
        let words = last.words.get(context.lang);
        format!(
            "{} {} {words}\n",
            last.at,
            harmless_line(heard.number.as_bytes())
        )
    })
}

fn as_text(sent: &Sent, context: &CommandContext<'_>) -> String {
    let lang = context.lang;
    let status = sent
        .status
        .map_or_else(String::new, |status| format!(" HTTP {status}"));
    let mut text = format!(
        "{}\n{}{status} {} ms {}\n",
        harmless_line(sent.title.get(lang).as_bytes()),
        sent.address,
        sent.took_ms,
        harmless_line(sent.request_id.as_bytes())
    );
    for field in &sent.fields {
        text.push_str(&format!("  {}\n", field_line(field, context)));
    }
    if sent.fields.is_empty() && !sent.body.is_empty() {
        let head = sent.body.get(..2048).unwrap_or(&sent.body);
        text.push_str(&format!("{}\n", harmless(head).replace("⟨LF⟩\n", "\n")));
    }
    if let Some(code) = CodePicture::of(&sent.code_url) {
        text.push_str(&code.lines());
    }
    text
}

fn field_line(field: &MeantField, context: &CommandContext<'_>) -> String {
    let meaning = field.meaning.get(context.lang);
    let line = format!("{} = {}", field.name, field.value);
    let line = harmless_line(line.as_bytes());
    if meaning.is_empty() {
        line
    } else {
        format!("{line}  ({meaning})")
    }
}

fn as_json(sent: &Sent, context: &CommandContext<'_>) -> serde_json::Value {
    let worth = match sent.worth {
        Worth::Done => "done",
        Worth::Refused => "refused",
        Worth::Nothing => "nothing",
    };
    let fields: Vec<_> = sent
        .fields
        .iter()
        .map(|field| {
            json!({
                "name": field.name,
                "value": field.value,
                "meaning": field.meaning.get(context.lang),
            })
        })
        .collect();
    json!({
        "endpoint": sent.endpoint.word(),
        "address": sent.address,
        "status": sent.status,
        "took_ms": sent.took_ms,
        "request_id": sent.request_id,
        "worth": worth,
        "title": sent.title.get(context.lang),
        "detail": sent.detail,
        "fields": fields,
        "code_url": sent.code_url,
    })
}
