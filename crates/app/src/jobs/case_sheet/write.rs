//! Writing the sheet: one row a case, what people fill in to the right.

use std::collections::BTreeMap;

use recondesk_casework::Role;
use recondesk_domain::{MerchantProfile, ProfileId};
use recondesk_ports::{CaseRecord, FormColumn, Ports, ReportCell, SheetForm};
use sha2::{Digest as _, Sha256};

use super::{MARK, SheetColumn, SheetDeed, digest_of, short, workspace_of};
use crate::jobs::report::notes;
use crate::{Failure, Language};

/// The form of these cases.
///
/// # Errors
/// When the workspace cannot be read.
pub fn case_form(
    ports: &Ports,
    cases: &[CaseRecord],
    language: Language,
) -> Result<SheetForm, Failure> {
    let profiles: BTreeMap<ProfileId, MerchantProfile> =
        ports.records.profiles()?.into_iter().collect();
    let list = list_of(ports, cases);
    let workspace = workspace_of(ports)?;
    let mut rows = Vec::with_capacity(cases.len());
    for (at, case) in (1_u32..).zip(cases) {
        let events = ports.records.case_events(case.id)?;
        let merchant = profiles
            .get(&case.profile)
            .map_or("", |profile| profile.name.as_str());
        let id = case.id.0;
        let cells = SheetRowCells {
            mark: format!("{MARK}-{workspace}-{list}-{at}-{id}"),
            digest: digest_of(&list, case, &events),
            merchant,
            notes: notes(&events),
        };
        rows.push(row(case, &cells, language));
    }
    Ok(SheetForm {
        title: language.pick("差错", "Cases").to_owned(),
        choices_title: language.pick("选项", "Choices").to_owned(),
        columns: columns(ports, cases, language)?,
        rows,
    })
}

/// What tells this list from every other: when it was made, and of what.
fn list_of(ports: &Ports, cases: &[CaseRecord]) -> String {
    let mut hash = Sha256::new();
    hash.update(ports.clock.now().unix().to_be_bytes());
    for case in cases {
        hash.update(case.id.0.to_be_bytes());
        hash.update(case.key.as_bytes());
    }
    short(&hash.finalize()).chars().take(9).collect()
}

fn columns(
    ports: &Ports,
    cases: &[CaseRecord],
    language: Language,
) -> Result<Vec<FormColumn>, Failure> {
    let given = |title: &str, width| FormColumn {
        title: title.to_owned(),
        width,
        is_open: false,
        choices: Vec::new(),
    };
    let read = |column: SheetColumn, width| given(column.title().get(language), width);
    let open = |column: SheetColumn, width, choices| FormColumn {
        is_open: true,
        choices,
        ..read(column, width)
    };
    let deeds = SheetDeed::all()
        .map(|deed| deed.words().get(language).to_owned())
        .collect();
    Ok(vec![
        read(SheetColumn::Mark, 14),
        read(SheetColumn::Digest, 14),
        given(language.pick("商户", "Merchant"), 16),
        given(language.pick("账单日", "Day"), 12),
        given(language.pick("代码", "Code"), 7),
        given(language.pick("分类", "Category"), 22),
        read(SheetColumn::Order, 34),
        given(language.pick("商户退款单号", "Refund number"), 30),
        given(language.pick("账单金额 ¥", "Bill ¥"), 13),
        given(language.pick("商户金额 ¥", "Merchant ¥"), 13),
        given(language.pick("涉及金额 ¥", "At stake ¥"), 13),
        read(SheetColumn::Status, 12),
        read(SheetColumn::Owner, 12),
        open(SheetColumn::Notes, 36, Vec::new()),
        open(SheetColumn::NewOwner, 14, owners(ports, cases)?),
        open(SheetColumn::Decision, 20, deeds),
        open(SheetColumn::Remark, 36, Vec::new()),
    ])
}

/// Who may be given a case: the operators who work on them, else whoever has one already.
fn owners(ports: &Ports, cases: &[CaseRecord]) -> Result<Vec<String>, Failure> {
    let operators = ports.casework.operators()?;
    let mut names: Vec<String> = operators
        .into_iter()
        .filter(|known| known.removed_at.is_none() && known.roles.has(Role::Work))
        .map(|known| known.name)
        .collect();
    if names.is_empty() {
        names = cases.iter().map(|case| case.owner.clone()).collect();
        names.retain(|name| !name.is_empty());
    }
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// What a row has beside its case.
struct SheetRowCells<'a> {
    mark: String,
    digest: String,
    merchant: &'a str,
    notes: String,
}

fn row(case: &CaseRecord, cells: &SheetRowCells<'_>, language: Language) -> Vec<ReportCell> {
    let finding = &case.finding;
    let category = finding.category;
    vec![
        ReportCell::text(&cells.mark),
        ReportCell::text(&cells.digest),
        ReportCell::text(cells.merchant),
        ReportCell::text(&case.day.to_string()),
        ReportCell::text(category.code()),
        ReportCell::text(language.pick(category.zh(), category.en())),
        ReportCell::text(finding.out_trade_no.as_str()),
        ReportCell::text(finding.out_refund_no.as_str()),
        ReportCell::money(finding.bill),
        ReportCell::money(finding.merchant),
        ReportCell::Money(finding.at_stake()),
        ReportCell::text(language.pick(case.status.zh(), case.status.en())),
        ReportCell::text(&case.owner),
        ReportCell::text(&cells.notes),
        ReportCell::Empty,
        ReportCell::Empty,
        ReportCell::Empty,
    ]
}
