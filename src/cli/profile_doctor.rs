//! `recondesk profile doctor`: every check of a profile, and what to do for each that is red.

use serde_json::json;

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::profile::ListFormat;
use super::terminal_output::{print, print_json};
use recondesk_app::jobs::doctor::{DoctorReport, Health, examine};
use recondesk_app::{Failure, Language, MerchantRef, Surface};

pub(super) fn run(
    context: &CommandContext<'_>,
    name: &str,
    offline: bool,
    format: ListFormat,
) -> Result<CommandEnd, Failure> {
    let ports = context.open()?;
    let (id, profile) = profile_named(&ports, name)?;
    let report = {
        let terminal = context.terminal();
        examine(&ports, MerchantRef::new(id, &profile), !offline, &terminal)?
    };
    if format == ListFormat::Json {
        print_json(&as_json(&report))?;
    } else {
        print(as_text(&report, context.lang).as_bytes())?;
    }
    Ok(match report.health() {
        Health::Good | Health::Skipped => CommandEnd::Clean,
        Health::Warning | Health::Bad => CommandEnd::NeedsPerson,
    })
}

fn as_json(report: &DoctorReport) -> serde_json::Value {
    let checks: Vec<_> = report
        .checks
        .iter()
        .map(|check| {
            json!({
                "id": check.id, "health": check.health.word(),
                "zh": check.fact.zh, "en": check.fact.en,
                "advice_zh": check.advice.at(Surface::Terminal).zh, "advice_en": check.advice.at(Surface::Terminal).en,
            })
        })
        .collect();
    json!({
        "profile": report.name,
        "at": report.at.to_string(),
        "online": report.is_online,
        "health": report.health().word(),
        "checks": checks,
    })
}

fn as_text(report: &DoctorReport, lang: Language) -> String {
    let mut out = String::new();
    for check in &report.checks {
        let mark = match check.health {
            Health::Good => "✓",
            Health::Skipped => "–",
            Health::Warning => "!",
            Health::Bad => "✗",
        };
        out.extend([mark, " ", check.fact.get(lang), "\n"]);
        let advice = check.advice.at(Surface::Terminal).get(lang);
        if !advice.is_empty() {
            out.extend(["    → ", advice, "\n"]);
        }
    }
    out
}
