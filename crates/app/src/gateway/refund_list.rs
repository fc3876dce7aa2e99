//! All refunds of an order: APIv2 lists them page by page, APIv3 is asked about each known number.

use super::{Exchange, ExchangeError, GatewayClient, RefundVerdict, v2};
use crate::Failure;
use recondesk_domain::{ApiVersion, OutRefundNo};
use wechatpay_codec::v2::{OrderRef, RefundLine, RefundRef};

/// Refunds come ten at a time, at most fifty.
const MAX_REFUND_PAGES: u32 = 10;
/// An order has at most fifty refunds.
const MOST_REFUNDS: usize = 50;

/// Which refunds are wanted.
#[derive(Debug, Clone, Copy)]
pub struct RefundsOf<'a> {
    /// The order.
    pub order: OrderRef,
    /// Refund numbers of it that the workspace knows; only APIv3 needs them.
    pub known: &'a [OutRefundNo],
    /// Sub-merchant; empty otherwise.
    pub sub_mch_id: &'a str,
}

/// The refunds of an order as WeChat Pay told them.
#[derive(Debug, Clone)]
pub struct ListedRefunds {
    /// The questions, in order.
    pub exchanges: Vec<Exchange>,
    /// The refunds.
    pub refunds: Result<Vec<RefundLine>, ExchangeError>,
    /// True when these are all of them: APIv3 cannot list what the workspace does not know.
    pub is_all: bool,
}

impl GatewayClient<'_> {
    /// Asks about the refunds of an order.
    ///
    /// # Errors
    /// When the question cannot be asked.
    pub fn refunds_of(&self, of: &RefundsOf<'_>) -> Result<ListedRefunds, Failure> {
        match self.merchant.profile.api {
            ApiVersion::V2 => pages(self, &RefundRef::Order(of.order), of.sub_mch_id),
            ApiVersion::V3 => each_known(self, of),
        }
    }
}

fn each_known(client: &GatewayClient<'_>, of: &RefundsOf<'_>) -> Result<ListedRefunds, Failure> {
    let mut listed = ListedRefunds {
        exchanges: Vec::new(),
        refunds: Ok(Vec::new()),
        is_all: false,
    };
    let mut lines = Vec::new();
    for number in of.known.iter().take(MOST_REFUNDS) {
        let asked = client.query_refund(number, of.sub_mch_id)?;
        listed.exchanges.push(asked.exchange);
        match asked.outcome {
            RefundVerdict::Known(told) => {
                match super::foreign(&of.order, &told.out_trade_no, &told.transaction_id) {
                    None => lines.push(told.refund),
                    Some(why) => {
                        listed.refunds = Err(ExchangeError::Untrusted(why));
                        return Ok(listed);
                    }
                }
            }
            RefundVerdict::NotFound => {}
            RefundVerdict::ExchangeError(trouble) => {
                listed.refunds = Err(trouble);
                return Ok(listed);
            }
        }
    }
    listed.refunds = Ok(lines);
    Ok(listed)
}

/// APIv2: page by page.
pub(super) fn pages(
    client: &GatewayClient<'_>,
    which: &RefundRef,
    sub_mch_id: &str,
) -> Result<ListedRefunds, Failure> {
    let mut exchanges = Vec::new();
    let mut all: Vec<RefundLine> = Vec::new();
    for _ in 0..MAX_REFUND_PAGES {
        let offset = u32::try_from(all.len()).ok().filter(|offset| *offset > 0);
        let asked = v2::refund_page(client, which, offset, sub_mch_id)?;
        exchanges.push(asked.exchange);
        let page = match asked.outcome {
            Ok(page) => page,
            // The first page said all there is, and an older gateway does not count.
            Err(ExchangeError::Fault(fault)) if v2::is_absent(&fault) && !all.is_empty() => break,
            Err(trouble) => {
                return Ok(ListedRefunds {
                    exchanges,
                    refunds: Err(trouble),
                    is_all: false,
                });
            }
        };
        let got = page.refunds.len();
        for refund in page.refunds {
            // A gateway that ignores the offset must not make a refund count twice.
            if !all.iter().any(|known| known.refund_id == refund.refund_id) {
                all.push(refund);
            }
        }
        let told = page.total_count.map(|count| count as usize);
        if got < 10 || told.is_some_and(|told| all.len() >= told) {
            break;
        }
    }
    Ok(ListedRefunds {
        exchanges,
        refunds: Ok(all),
        is_all: matches!(which, RefundRef::Order(_)),
    })
}
