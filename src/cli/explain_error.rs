//! `recondesk explain-error`: a code, a Request-ID or the file of an answer, explained.

use std::path::Path;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::CommandEnd;
use super::context::CommandContext;
use super::terminal_output::{print_json, print_text};
use recondesk_app::jobs::lookup::explain::{MAX_BYTES, explain};
use recondesk_app::{Failure, FailureKind, Message};

/// How explanations are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExplanationFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[derive(Debug, Args)]
pub(super) struct ExplainErrorCommand {
    /// 错误码、Request-ID，或保存了答复的文件 | A code, a Request-ID, or a file with an answer
    #[arg(value_name = "CODE|REQUEST-ID|FILE")]
    what: String,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = ExplanationFormat::Text)]
    format: ExplanationFormat,
}

/// No code and no Request-ID looks like this: the file that is meant is not there.
fn looks_like_a_path(what: &str) -> bool {
    let ending = Path::new(what)
        .extension()
        .and_then(|ending| ending.to_str());
    let is_known = ["xml", "json", "txt", "log"]
        .iter()
        .any(|known| ending.is_some_and(|ending| ending.eq_ignore_ascii_case(known)));
    let is_word = !what.contains(|sign: char| sign.is_whitespace() || "<>{}".contains(sign));
    // 当前页面的URL未注册：https://… is what WeChat prints; “/body/amount/total” is a part of an APIv3 message.
    let is_message = !what.is_ascii() || what.contains("://");
    is_word && (is_known || !is_message && what.contains(['/', '\\']))
}

/// The answer in a file; no answer of WeChat Pay is long.
fn answer_of(path: &Path, context: &CommandContext<'_>) -> Result<String, Failure> {
    let bytes = context.head(path, MAX_BYTES)?;
    if bytes.len() > MAX_BYTES {
        return Err(Failure::new(
            FailureKind::RefusedInput,
            "explain.large",
            Message::new(
                "文件超过 1 MB，不会是错误答复",
                "The file is larger than 1 MB and cannot be an error answer",
            ),
            Message::new(
                "账单用 bill check，通知日志用 notify import；日志里只取出错的那一段",
                "A bill goes to bill check, a log of notifications to notify import; of a log, take the answer alone",
            ),
        )
        .with_detail(path.display().to_string()));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

pub(super) fn run(
    command: &ExplainErrorCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    if command.what.trim().is_empty() {
        return Err(Failure::new(
            FailureKind::Usage,
            "usage.explain",
            Message::new("没有要解释的内容", "There is nothing to explain"),
            Message::new(
                "写错误码、Request-ID 或文件名",
                "Name a code, a Request-ID or a file",
            ),
        ));
    }
    let path = Path::new(&command.what);
    let text = if path.exists() || looks_like_a_path(&command.what) {
        answer_of(path, context)?
    } else {
        command.what.clone()
    };
    let found = explain(&text);
    let lang = context.lang;
    if command.format == ExplanationFormat::Json {
        let rows: Vec<Value> = found
            .iter()
            .map(|one| {
                json!({
                    "subject": one.subject,
                    "calls": one.calls.iter().map(|call| call.en.as_str()).collect::<Vec<_>>(),
                    "zh": one.words.zh, "en": one.words.en,
                    "mend_at": one.mend_at.word(), "said": one.said,
                })
            })
            .collect();
        print_json(&rows)?;
    } else if found.is_empty() {
        print_text(&format!(
            "{}\n",
            lang.pick("未知：文档中没有", "unknown: not in the documents")
        ))?;
    } else {
        let mut out = String::new();
        for one in &found {
            let calls: Vec<&str> = one.calls.iter().map(|call| call.get(lang)).collect();
            out.push_str(&one.subject);
            if !calls.is_empty() {
                let calls = calls.join(lang.pick("、", ", "));
                out.extend([" (", &calls, ")"]);
            }
            out.extend(["\n  ", one.words.get(lang), "\n"]);
            if !one.said.is_empty() {
                let name = lang.pick("原文", "In its own words");
                out.extend(["  ", name, ": ", &one.said, "\n"]);
            }
        }
        print_text(&out)?;
    }
    Ok(if found.is_empty() {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    })
}
