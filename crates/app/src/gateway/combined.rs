//! Combined orders (合单) on the wire: asked about and closed by the number of the whole. APIv3 alone has these calls
//! here; the answer is judged as any other, and must be about this merchant, its app and the number asked for.

use super::v3::{ask, believed, closed};
use super::{AnsweredQuery, CloseOutcome, ExchangeError, GatewayClient, missing};
use crate::{Failure, Message};
use recondesk_domain::{ApiVersion, OutTradeNo};
use wechatpay_codec::v3::{CombinedOrder, api};

/// Signed refusals that say: under this number this merchant has combined nothing.
const NONE_OF_OURS: [&str; 5] = [
    "ORDER_NOT_EXIST",
    "RESOURCE_NOT_EXISTS",
    "NO_AUTH",
    "PARAM_ERROR",
    "INVALID_REQUEST",
];

/// What is known after asking about a combined order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CombinedVerdict {
    /// WeChat Pay knows it, with these parts.
    Known(Box<CombinedOrder>),
    /// There is none, or this merchant combines no orders.
    NotFound,
    /// Nothing can be said.
    ExchangeError(ExchangeError),
}

impl GatewayClient<'_> {
    /// Asks about a combined order by the number of the whole.
    ///
    /// # Errors
    /// As [`GatewayClient::query_order`], and for APIv2.
    pub fn query_combined(
        &self,
        number: &OutTradeNo,
    ) -> Result<AnsweredQuery<CombinedVerdict>, Failure> {
        self.speaks_v3()?;
        let exchange = ask(self, &api::query_combined(number.as_str()))?;
        let outcome = match believed(&exchange) {
            Ok(body) => match self.combined(number, body) {
                Ok(order) => CombinedVerdict::Known(Box::new(order)),
                Err(trouble) => CombinedVerdict::ExchangeError(trouble),
            },
            Err(ExchangeError::Fault(fault)) if NONE_OF_OURS.iter().any(|code| fault.is(code)) => {
                CombinedVerdict::NotFound
            }
            Err(trouble) => CombinedVerdict::ExchangeError(trouble),
        };
        Ok(AnsweredQuery { exchange, outcome })
    }

    /// Closes a combined order with all the parts that its query told.
    ///
    /// # Errors
    /// As [`Self::query_combined`].
    pub fn close_combined(
        &self,
        order: &CombinedOrder,
    ) -> Result<AnsweredQuery<CloseOutcome>, Failure> {
        self.speaks_v3()?;
        let exchange = ask(self, &api::close_combined(order))?;
        let outcome = closed(&exchange);
        Ok(AnsweredQuery { exchange, outcome })
    }

    fn combined(&self, number: &OutTradeNo, body: &[u8]) -> Result<CombinedOrder, ExchangeError> {
        let told =
            CombinedOrder::read(body).map_err(|error| ExchangeError::Unclear(error.to_string()))?;
        let profile = self.merchant.profile;
        let other = |field: &str, theirs: &str| {
            ExchangeError::Untrusted(format!("the answer is about {field} {theirs}"))
        };
        if told.mchid != profile.mch_id {
            return Err(other("combine_mchid", &told.mchid));
        }
        if told.number != number.as_str() {
            return Err(other("combine_out_trade_no", &told.number));
        }
        let names_apps = !profile.appids.is_empty() && !told.appid.is_empty();
        if names_apps && !profile.appids.contains(&told.appid) {
            return Err(other("combine_appid", &told.appid));
        }
        Ok(told)
    }

    fn speaks_v3(&self) -> Result<(), Failure> {
        match self.merchant.profile.api {
            ApiVersion::V3 => Ok(()),
            ApiVersion::V2 => Err(missing(
                "query.combined_v3",
                Message::new(
                    "合单只能用 APIv3 查询和关闭",
                    "Combined orders are asked about and closed over APIv3 only",
                ),
                Message::new(
                    "给商户存入 APIv3 密钥并改用 APIv3",
                    "Store the keys of APIv3 and choose APIv3 for the merchant",
                ),
            )),
        }
    }
}
