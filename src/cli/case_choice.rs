//! Which cases a command is about: by key, by number, or by a filter.

use clap::Args;

use super::context::{CommandContext, profile_named};
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_domain::{Category, Fen, Severity};
use recondesk_ports::{CaseQuery, CaseRecord, Ports};

/// Cases by name, or all that match a filter.
#[derive(Debug, Args)]
pub(super) struct CaseChoice {
    /// 差错：编号、键或单号，可多个 | Cases by id, key or number; several may be named
    #[arg(value_name = "CASE", required_unless_present = "filter")]
    cases: Vec<String>,
    /// 按条件选择：category=P01,severity=urgent,profile=NAME,date=D,owner=NAME,unowned | By conditions: category=P01,severity=urgent,profile=NAME,date=D,owner=NAME,unowned
    #[arg(
        long,
        value_name = "CONDITION,…",
        value_delimiter = ',',
        conflicts_with = "cases"
    )]
    filter: Vec<String>,
    /// 按条件选择的全部执行；不写只看数量和金额 | Do it to all that match; without it only count and sum are told
    #[arg(long)]
    yes: bool,
}

/// The cases that were chosen.
pub(super) struct CaseSelection {
    /// In the order named, or of pressure.
    pub(super) cases: Vec<CaseRecord>,
    /// True when they were named, or `--yes` was given.
    pub(super) is_confirmed: bool,
}

impl CaseChoice {
    /// Finds them, and tells count and sum where there are several.
    pub(super) fn read(
        &self,
        context: &CommandContext<'_>,
        ports: &Ports,
    ) -> Result<CaseSelection, Failure> {
        let cases = if self.filter.is_empty() {
            let mut cases: Vec<CaseRecord> = Vec::new();
            for word in &self.cases {
                let case = by_word(ports, word)?;
                if !cases.iter().any(|known| known.id == case.id) {
                    cases.push(case);
                }
            }
            cases
        } else {
            filtered(context, ports, &self.filter)?
        };
        if cases.len() > 1 || !self.filter.is_empty() {
            let count = cases.len();
            let sum = recondesk_app::jobs::bulk::at_stake(&cases);
            let sum = sum.map_or_else(|| "?".to_owned(), Fen::grouped);
            context.tell(
                &format!("{count} 条差错，涉及 ¥{sum}"),
                &format!("{count} cases, ¥{sum} at stake"),
            );
        }
        Ok(CaseSelection {
            cases,
            is_confirmed: self.filter.is_empty() || self.yes,
        })
    }
}

pub(super) fn filtered(
    context: &CommandContext<'_>,
    ports: &Ports,
    conditions: &[String],
) -> Result<Vec<CaseRecord>, Failure> {
    let mut query = CaseQuery::default();
    let mut severities = Vec::new();
    let mut owners: Vec<String> = Vec::new();
    for condition in conditions {
        let (name, value) = condition.split_once('=').unwrap_or((condition, ""));
        match name.trim() {
            "category" => query.categories.extend(categories(value)?),
            "severity" => severities.push(severity(value)?),
            "profile" => query.profile = Some(profile_named(ports, value)?.0),
            "date" => query.day = Some(context.day(value)?),
            "owner" => owners.push(value.to_owned()),
            "unowned" => owners.push(String::new()),
            "all" => {}
            _ => {
                return Err(Failure::new(
                    FailureKind::Usage,
                    "usage.filter",
                    Message::new("没有这个条件", "There is no such condition"),
                    Message::new(
                        "可用：category、severity、profile、date、owner、unowned、all",
                        "There are: category, severity, profile, date, owner, unowned, all",
                    ),
                )
                .with_detail(condition.as_str()));
            }
        }
    }
    let mut cases = ports.records.cases(&query)?;
    cases.retain(|case| {
        let severe =
            severities.is_empty() || severities.contains(&case.finding.category.severity());
        severe && (owners.is_empty() || owners.contains(&case.owner))
    });
    Ok(cases)
}

/// The categories that a word means.
pub(super) fn categories(word: &str) -> Result<Vec<Category>, Failure> {
    let meant: Vec<Category> = Category::meant_by(word.trim()).collect();
    if meant.is_empty() {
        return Err(Failure::new(
            FailureKind::Usage,
            "usage.category",
            Message::new("没有这个类别", "There is no such category"),
            Message::new(
                "写代码或名称，如 P01 或 PAID_NOT_BOOKED",
                "Write a code or a name, such as P01 or PAID_NOT_BOOKED",
            ),
        )
        .with_detail(word));
    }
    Ok(meant)
}

fn severity(word: &str) -> Result<Severity, Failure> {
    let all = [
        Severity::Urgent,
        Severity::Fault,
        Severity::Watch,
        Severity::Info,
        Severity::Ok,
    ];
    all.into_iter()
        .find(|known| known.word() == word)
        .ok_or_else(|| {
            Failure::new(
                FailureKind::Usage,
                "usage.severity",
                Message::new("没有这个级别", "There is no such severity"),
                Message::new(
                    all.map(Severity::word).join("、"),
                    all.map(Severity::word).join(", "),
                ),
            )
            .with_detail(word)
        })
}

/// The one case that a word names: its number here, its key, or the order or refund number it is about.
pub(super) fn by_word(ports: &Ports, word: &str) -> Result<CaseRecord, Failure> {
    let word = word.trim();
    let all = ports.records.cases_named(word)?;
    let mut found: Vec<&CaseRecord> = all.iter().collect();
    let is_key = |case: &CaseRecord| case.key == word || case.id.0.to_string() == word;
    if found.len() > 1 && !all.iter().any(is_key) {
        let open: Vec<&CaseRecord> = found
            .iter()
            .copied()
            .filter(|case| !case.status.is_closed())
            .collect();
        found = if open.is_empty() { found } else { open };
    }
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(Failure::new(
            FailureKind::Usage,
            "case.missing",
            Message::new("没有这条差错", "There is no such case"),
            Message::new(
                "recondesk cases list 列出差错；写编号、键或单号",
                "recondesk cases list shows them; name one by id, key or number",
            ),
        )
        .with_detail(word)),
        several => {
            let keys: Vec<&str> = several.iter().map(|case| case.key.as_str()).collect();
            Err(Failure::new(
                FailureKind::Usage,
                "case.several",
                Message::new("这个单号有多条差错", "Several cases are about this number"),
                Message::new("写差错的键", "Name one by its key"),
            )
            .with_detail(keys.join(", ")))
        }
    }
}
