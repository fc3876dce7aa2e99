//! Wrong arguments told in Chinese; the parser itself speaks English only.

use std::error::Error as _;
use std::ffi::OsString;

use recondesk_domain::MoneyError;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

/// Commands beside which people type a secret that the program asks for by itself.
const WITH_SECRETS: [&[&str]; 5] = [
    &["vault"],
    &["operator"],
    &["approve"],
    &["reject"],
    &["profile", "set-key"],
];

/// True where a misplaced word may be a passphrase, a PIN or a key.
pub(super) fn takes_secret(arguments: &[OsString]) -> bool {
    let has = |word: &&str| arguments.iter().skip(1).any(|given| given == *word);
    WITH_SECRETS.iter().any(|words| words.iter().all(has))
}

/// What was typed where it does not belong.
pub(super) fn values(error: &Error) -> impl Iterator<Item = String> {
    [ContextKind::InvalidArg, ContextKind::InvalidValue]
        .into_iter()
        .filter_map(|kind| error.get(kind).map(listed))
        .filter(|word| !word.starts_with(['-', '<']))
}

/// What is wrong and how it is written; `None` for what is shown as it is: help, and rarer faults.
pub(super) fn zh(error: &Error) -> Option<String> {
    let text = |kind| error.get(kind).map(listed).unwrap_or_default();
    let (argument, value) = (
        text(ContextKind::InvalidArg),
        text(ContextKind::InvalidValue),
    );
    let what = match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => format!("参数 {argument} 缺少值"),
        ErrorKind::InvalidValue => {
            let known = text(ContextKind::ValidValue);
            format!("参数 {argument} 的值「{value}」无效，可选：{known}")
        }
        ErrorKind::ValueValidation => {
            let why = error.source().map(|why| match why.downcast_ref() {
                Some(money) => format!("：{}", MoneyError::zh(*money)),
                None => format!("：{why}"),
            });
            let why = why.unwrap_or_default();
            format!("参数 {argument} 的值「{value}」无效{why}")
        }
        ErrorKind::UnknownArgument => format!("没有参数 {argument}"),
        ErrorKind::InvalidSubcommand => {
            format!("没有命令 {}", text(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("缺少参数：{argument}"),
        ErrorKind::ArgumentConflict => {
            let other = text(ContextKind::PriorArg);
            if other == argument || other.is_empty() {
                format!("参数 {argument} 只能写一次")
            } else {
                format!("参数 {argument} 不能与 {other} 同用")
            }
        }
        _ => return None,
    };
    let usage = text(ContextKind::Usage);
    let usage = usage.trim().trim_start_matches("Usage:").trim();
    let usage = if usage.is_empty() {
        String::new()
    } else {
        format!("　用法：{usage}\n")
    };
    Some(format!(
        "recondesk: {what}\n{usage}　加上 --help 查看说明\n"
    ))
}

fn listed(value: &ContextValue) -> String {
    match value {
        ContextValue::String(one) => one.clone(),
        ContextValue::Strings(many) => many.join("、"),
        ContextValue::StyledStr(one) => one.to_string(),
        ContextValue::StyledStrs(many) => {
            let many: Vec<String> = many.iter().map(ToString::to_string).collect();
            many.join("、")
        }
        ContextValue::Number(one) => one.to_string(),
        ContextValue::Bool(one) => one.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(arguments: &[&str]) -> String {
        let words = [&["recondesk"], arguments].concat();
        let error = <super::super::Cli as clap::Parser>::try_parse_from(words).unwrap_err();
        zh(&error).unwrap_or_default()
    }

    #[test]
    fn each_kind_of_misuse_names_the_argument_in_chinese() {
        for (arguments, what) in [
            (&["day"][..], "缺少参数：--profile <NAME>"),
            (&["nonsense"], "没有命令 nonsense"),
            (&["profile", "list", "--x"], "没有参数 --x"),
            (
                &["profile", "list", "--format", "xml"],
                "「xml」无效，可选：table、json",
            ),
            (
                &["profile", "list", "--format"],
                "参数 --format <FORMAT> 缺少值",
            ),
            (
                &["demo", "--orders", "0"],
                "参数 --orders <N> 的值「0」无效：0 is not in",
            ),
            (
                &["profile", "edit", "x", "--tolerance-above", "1.005"],
                "的值「1.005」无效：小数位数超出单位",
            ),
            (&["day", "--all", "--profile", "x"], "不能与"),
            (&["day", "--all", "--all"], "参数 --all 只能写一次"),
        ] {
            let told = told(arguments);
            assert!(told.contains(what), "{arguments:?}: {told}");
            assert!(!told.contains("Usage:"), "{told}");
        }
        assert_eq!(told(&["--help"]), "");
    }
}
