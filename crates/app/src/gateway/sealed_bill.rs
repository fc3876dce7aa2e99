//! The fund-flow bill of a sub-merchant: its parts are fetched, opened with the merchant's private key, checked by their
//! digests and put together. APIv3 alone has it; nothing goes to the sink before every part is open.

use super::bill_files::{FRESH_ADDRESSES, unwritten};
use super::v3::{ask, believed, file_request, keyring, unsigned_answer};
use super::{BillAnswer, BillSink, ExchangeError, GatewayClient, missing};
use crate::{Failure, Message, Progress, Reporter, Step};
use recondesk_domain::{ApiVersion, BillDate, FundAccount, MchId};
use wechatpay_codec::v3::{SealedBill, SealedPart, api};

/// Bytes of one part at most: it is opened as a whole, in memory.
const LARGEST_PART: usize = 512 << 20;

impl GatewayClient<'_> {
    /// Fetches the fund-flow bill of a sub-merchant into the sink, opened.
    ///
    /// # Errors
    /// When it cannot be asked for, or a person stops it.
    pub fn sub_fund_flow(
        &self,
        (account, sub_mch_id): (FundAccount, &MchId),
        day: BillDate,
        sink: &mut dyn BillSink,
        reporter: &dyn Reporter,
    ) -> Result<BillAnswer, Failure> {
        if self.merchant.profile.api == ApiVersion::V2 {
            return Err(missing(
                "bill.sub_v3",
                Message::new(
                    "特约商户的资金账单只能用 APIv3 下载",
                    "The fund-flow bill of a sub-merchant comes over APIv3 only",
                ),
                Message::new(
                    "给商户存入 APIv3 密钥并改用 APIv3",
                    "Store the keys of APIv3 and choose APIv3 for the merchant",
                ),
            ));
        }
        let sub = sub_mch_id.as_str();
        let application = api::sub_fund_flow_bill(day, account.v3_word(), sub);
        let mut last = None;
        for _ in 0..FRESH_ADDRESSES {
            let exchange = ask(self, &application)?;
            let bill = match believed(&exchange) {
                Ok(body) => SealedBill::read(body),
                Err(ExchangeError::Fault(fault)) => return Ok(BillAnswer::Refused(fault)),
                Err(trouble) => return Ok(BillAnswer::ExchangeError(trouble)),
            };
            let bill = match bill {
                Ok(bill) => bill,
                Err(error) => {
                    let why = ExchangeError::Unclear(error.to_string());
                    return Ok(BillAnswer::ExchangeError(why));
                }
            };
            match self.whole(&bill, reporter)? {
                Ok(text) => {
                    sink.restart().map_err(|error| unwritten(&error))?;
                    sink.take(&text).map_err(|error| unwritten(&error))?;
                    return Ok(BillAnswer::File {
                        bytes: text.len() as u64,
                        sha1: None,
                    });
                }
                Err(trouble) => {
                    let is_final = !matches!(
                        trouble,
                        ExchangeError::Unclear(_) | ExchangeError::Refused { .. }
                    );
                    tracing::warn!(%trouble, "a part of the bill failed");
                    last = Some(trouble);
                    if is_final {
                        break;
                    }
                }
            }
        }
        let never = || ExchangeError::Unclear("the bill was not fetched".to_owned());
        Ok(BillAnswer::ExchangeError(last.unwrap_or_else(never)))
    }

    /// All parts, opened, one after the other.
    fn whole(
        &self,
        bill: &SealedBill,
        reporter: &dyn Reporter,
    ) -> Result<Result<Vec<u8>, ExchangeError>, Failure> {
        let mut text = Vec::new();
        for (nth, part) in (1..).zip(&bill.parts) {
            let sealed = match self.part(part, reporter)? {
                Ok(sealed) => sealed,
                Err(trouble) => return Ok(Err(trouble)),
            };
            match part.open(&sealed, &keyring(self)?.private) {
                Ok(plain) => text.extend_from_slice(&plain),
                Err(error) => {
                    let why = format!("part {nth} of {}: {error}", bill.parts.len());
                    return Ok(Err(ExchangeError::Untrusted(why)));
                }
            }
        }
        Ok(Ok(text))
    }

    /// The bytes under the address of a part, still sealed.
    fn part(
        &self,
        part: &SealedPart,
        reporter: &dyn Reporter,
    ) -> Result<Result<Vec<u8>, ExchangeError>, Failure> {
        let Some(request) = api::download(&part.ticket.download_url) else {
            let why = "the address of the bill is none of the API".to_owned();
            return Ok(Err(ExchangeError::Untrusted(why)));
        };
        let wire = file_request(self, &request)?;
        let route = self.route(false)?;
        let mut sealed = Vec::new();
        let mut take = |piece: &[u8]| {
            if reporter.cancelled() {
                self.cancel.cancel();
                return Err("cancelled".to_owned());
            }
            if sealed.len().saturating_add(piece.len()) > LARGEST_PART {
                return Err("a part of the bill is too large".to_owned());
            }
            sealed.extend_from_slice(piece);
            reporter.progress(Progress {
                step: Step::Download,
                done: sealed.len() as u64,
                total: None,
            });
            Ok(())
        };
        let answer = self
            .ports
            .gateway
            .download(&route, &wire, self.cancel, &mut take);
        if self.cancel.is_cancelled() {
            return Err(Failure::cancelled());
        }
        Ok(match answer {
            Ok(answer) if answer.status == 200 => Ok(sealed),
            Ok(mut answer) => {
                answer.body = sealed;
                Err(unsigned_answer(request.call, &answer))
            }
            Err(error) => Err(error.into()),
        })
    }
}
