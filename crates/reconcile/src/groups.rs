//! The pass that looks for one payment behind several orders, and for several payments behind one order.
//!
//! Both are only suggested: the findings stay what they are, carry [`Tag::Suggested`] and say which rows add up. So is the
//! payment of one order under its number with a count behind it, as shops number a second try.

use std::collections::BTreeMap;

use recondesk_domain::{Category, Fen, Finding, Tag};

use super::ReconcileError;
use super::context::Context;
use super::run::Run;

/// Most rows of one group: more are no split of one purchase.
const MOST: usize = 100;

/// Signs that shops put between a number and the count of its part.
const SEPARATORS: [char; 6] = ['-', '_', '#', '.', '*', '|'];

/// Suggests groups among the payments and the orders that have no partner.
pub(super) fn suggest(_: &Context<'_>, run: &mut Run<'_>) -> Result<(), ReconcileError> {
    let findings = run.ledger.findings_mut();
    let one_sided = |wanted: [Category; 2]| -> Vec<usize> {
        let places = findings.iter().enumerate();
        let places = places.filter(|(_, finding)| wanted.contains(&finding.category));
        places.map(|(at, _)| at).collect()
    };
    let payments = one_sided([Category::WOnlyPay, Category::PayPendingW]);
    let orders = one_sided([Category::MOnlyPay, Category::PayPendingM]);
    if payments.is_empty() || orders.is_empty() {
        return Ok(());
    }
    let mut groups = orders_of_one_payment(findings, &payments, &orders)?;
    groups.extend(payments_of_one_order(findings, &payments, &orders)?);
    for group in groups {
        for at in group.members {
            if let Some(finding) = findings.get_mut(at) {
                finding.tags.push(Tag::Suggested);
                // What probably has its partner is neither refunded nor stopped before a person looked.
                if matches!(finding.category, Category::WOnlyPay | Category::MOnlyPay) {
                    finding.tags.push(Tag::Hold);
                }
                let facts = format!(
                    "{} group={} rows={}",
                    finding.detail, group.name, group.rows
                );
                facts.trim_start().clone_into(&mut finding.detail);
            }
        }
    }
    Ok(())
}

/// Rows of both books that add up.
struct AmountGroup {
    /// The number that holds them together.
    name: String,
    /// How many rows stand against the one.
    rows: usize,
    /// Their places among the findings, that of the one included.
    members: Vec<usize>,
}

/// Texts by which rows may belong together, each with the places of its findings.
type Links = BTreeMap<String, Vec<usize>>;

fn link(links: &mut Links, name: &str, at: usize) {
    if !name.is_empty() {
        links.entry(name.to_owned()).or_default().push(at);
    }
}

/// Orders that share the business number or the payment number of one payment, and add up to it.
fn orders_of_one_payment(
    findings: &[Finding],
    payments: &[usize],
    orders: &[usize],
) -> Result<Vec<AmountGroup>, ReconcileError> {
    let mut links = Links::new();
    for &at in orders {
        let Some(finding) = findings.get(at) else {
            continue;
        };
        link(&mut links, finding.transaction_id.as_str(), at);
        if finding.order_no.as_str() != finding.out_trade_no.as_str() {
            link(&mut links, finding.order_no.as_str(), at);
        }
    }
    let mut out = Vec::new();
    for &at in payments {
        let Some(payment) = findings.get(at) else {
            continue;
        };
        for name in [
            payment.out_trade_no.as_str(),
            payment.transaction_id.as_str(),
        ] {
            let Some(rows) = links
                .get(name)
                .filter(|rows| (2..=MOST).contains(&rows.len()))
            else {
                continue;
            };
            if payment.bill.is_some() && sum(findings, rows, |f| f.merchant)? == payment.bill {
                out.push(AmountGroup {
                    name: name.to_owned(),
                    rows: rows.len(),
                    members: rows.iter().copied().chain([at]).collect(),
                });
                break;
            }
        }
    }
    Ok(out)
}

/// Payments whose numbers are that of one order with a count behind it, and that add up to it.
fn payments_of_one_order(
    findings: &[Finding],
    payments: &[usize],
    orders: &[usize],
) -> Result<Vec<AmountGroup>, ReconcileError> {
    let mut links = Links::new();
    for &at in payments {
        let number = findings.get(at).map(|finding| finding.out_trade_no);
        let stem = number.and_then(|number| stem(number.as_str()).map(str::to_owned));
        if let Some(stem) = stem {
            link(&mut links, &stem, at);
        }
    }
    let mut out = Vec::new();
    for &at in orders {
        let Some(order) = findings.get(at) else {
            continue;
        };
        let rows = links.get(order.out_trade_no.as_str());
        // A single one is the order paid under the number of a second try.
        let Some(rows) = rows.filter(|rows| rows.len() <= MOST) else {
            continue;
        };
        if order.merchant.is_some() && sum(findings, rows, |f| f.bill)? == order.merchant {
            out.push(AmountGroup {
                name: order.out_trade_no.as_str().to_owned(),
                rows: rows.len(),
                members: rows.iter().copied().chain([at]).collect(),
            });
        }
    }
    Ok(out)
}

/// `A100-2` belongs to `A100`: at most three signs behind the last separator.
fn stem(number: &str) -> Option<&str> {
    let (stem, part) = number.rsplit_once(SEPARATORS)?;
    let counts = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    (counts && !stem.is_empty()).then_some(stem)
}

fn sum(
    findings: &[Finding],
    rows: &[usize],
    amount: fn(&Finding) -> Option<Fen>,
) -> Result<Option<Fen>, ReconcileError> {
    let mut sum = Fen::ZERO;
    for &at in rows {
        let Some(fen) = findings.get(at).and_then(amount) else {
            return Ok(None);
        };
        sum = sum.checked_add(fen).ok_or(ReconcileError::Overflow)?;
    }
    Ok(Some(sum))
}
