//! Bills on the wire: with APIv2 the answer is the bill, with APIv3 it is an address that lives for minutes,
//! and a digest to check the file by.
//!
//! The file itself is not signed by design; what it is worth is decided by its digest and by the import.

use super::{ExchangeError, GatewayClient, PaymentCall, SignedRefusal, v2, v3};
use crate::{Failure, Progress, Reporter, Step};
pub use recondesk_domain::FundAccount;
use recondesk_domain::{ApiVersion, BillDate, MchId};
use recondesk_ports::{GatewayError, HttpAnswer, HttpRequest, Route};
use wechatpay_codec::v2::Request;
use wechatpay_codec::v3::api;

/// How often a dead address is replaced by a fresh one.
pub(super) const FRESH_ADDRESSES: usize = 3;
/// An error body is small; whatever is larger is no error body.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// Which rows of the trade bill are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum BillType {
    /// Payments and refunds.
    #[default]
    All,
    /// Payments only.
    Success,
    /// Refunds only.
    Refund,
}

impl BillType {
    /// The word of the wire.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Success => "SUCCESS",
            Self::Refund => "REFUND",
        }
    }
}

/// Which file of a day is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillFile {
    /// The trade bill.
    Trade(BillType),
    /// The fund-flow bill of an account.
    FundFlow(FundAccount),
    /// The fund-flow bill of an account of a sub-merchant (APIv3 only).
    SubFundFlow(FundAccount, MchId),
}

/// Where the bytes of a bill go. What a broken transfer brought is thrown away by the next `restart`.
pub trait BillSink {
    /// Forgets what came, for a file that begins anew.
    ///
    /// # Errors
    /// What the disk says.
    fn restart(&mut self) -> std::io::Result<()>;

    /// Takes the next piece.
    ///
    /// # Errors
    /// What the disk says.
    fn take(&mut self, piece: &[u8]) -> std::io::Result<()>;
}

impl BillSink for Vec<u8> {
    fn restart(&mut self) -> std::io::Result<()> {
        self.clear();
        Ok(())
    }

    fn take(&mut self, piece: &[u8]) -> std::io::Result<()> {
        self.extend_from_slice(piece);
        Ok(())
    }
}

/// What came of asking for a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BillAnswer {
    /// A bill went to the sink, whole.
    File {
        /// Bytes as they came, zipped or not.
        bytes: u64,
        /// SHA-1 of the uncompressed text, as announced and signed (APIv3 only).
        sha1: Option<[u8; 20]>,
    },
    /// Something that is not a bill: an error of APIv2 as XML, or a page for people.
    NotABill(Vec<u8>),
    /// A signed refusal of APIv3.
    Refused(SignedRefusal),
    /// Nothing can be said.
    ExchangeError(ExchangeError),
}

impl GatewayClient<'_> {
    /// Fetches a bill of a day into the sink.
    ///
    /// # Errors
    /// When it cannot be asked for, or a person stops it.
    pub fn bill_file(
        &self,
        file: BillFile,
        day: BillDate,
        sink: &mut dyn BillSink,
        reporter: &dyn Reporter,
    ) -> Result<BillAnswer, Failure> {
        if let BillFile::SubFundFlow(account, sub) = file {
            return self.sub_fund_flow((account, &sub), day, sink, reporter);
        }
        match self.merchant.profile.api {
            ApiVersion::V2 => self.v2_file(file, day, sink, reporter),
            ApiVersion::V3 => self.v3_file(file, day, sink, reporter),
        }
    }

    fn v2_file(
        &self,
        file: BillFile,
        day: BillDate,
        sink: &mut dyn BillSink,
        reporter: &dyn Reporter,
    ) -> Result<BillAnswer, Failure> {
        let request = match file {
            BillFile::Trade(kind) => Request::DownloadBill(day, kind.wire()),
            BillFile::FundFlow(account) | BillFile::SubFundFlow(account, _) => {
                Request::DownloadFundFlow(day, account.v2_word())
            }
        };
        let (signed, _) = v2::sign(self, &request, "")?;
        let route = self.route(signed.endpoint.needs_certificate())?;
        let wire = v2::http(&signed);
        let mut transfer = Transfer::new(sink, reporter);
        Ok(match transfer.run(self, &route, &wire)? {
            Arrival::Bill(bytes) => BillAnswer::File { bytes, sha1: None },
            Arrival::Other(answer) if answer.status != 200 => {
                BillAnswer::ExchangeError(v2::status_trouble(signed.endpoint, &answer))
            }
            Arrival::Other(answer) => BillAnswer::NotABill(answer.body),
            Arrival::Failed(error) => BillAnswer::ExchangeError(error.into()),
        })
    }

    /// Applies for the file, then takes it at the address; an address that fails is never tried again.
    fn v3_file(
        &self,
        file: BillFile,
        day: BillDate,
        sink: &mut dyn BillSink,
        reporter: &dyn Reporter,
    ) -> Result<BillAnswer, Failure> {
        let application = match file {
            BillFile::Trade(kind) => api::trade_bill(day, kind.wire(), ""),
            BillFile::FundFlow(account) | BillFile::SubFundFlow(account, _) => {
                api::fund_flow_bill(day, account.v3_word())
            }
        };
        let mut last = None;
        for _ in 0..FRESH_ADDRESSES {
            let ticket = match v3::bill_ticket(self, &application)? {
                Ok(ticket) => ticket,
                Err(ExchangeError::Fault(fault)) => return Ok(BillAnswer::Refused(fault)),
                Err(trouble) => return Ok(BillAnswer::ExchangeError(trouble)),
            };
            let Some(request) = api::download(&ticket.download_url) else {
                let why = "the address of the bill is none of the API".to_owned();
                return Ok(BillAnswer::ExchangeError(ExchangeError::Untrusted(why)));
            };
            let wire = v3::file_request(self, &request)?;
            let route = self.route(false)?;
            let mut transfer = Transfer::new(sink, reporter);
            let trouble = match transfer.run(self, &route, &wire)? {
                Arrival::Bill(bytes) => {
                    return Ok(BillAnswer::File {
                        bytes,
                        sha1: ticket.sha1(),
                    });
                }
                Arrival::Other(answer) if answer.status == 200 => {
                    return Ok(BillAnswer::NotABill(answer.body));
                }
                Arrival::Other(answer) => v3::unsigned_answer(request.call, &answer),
                Arrival::Failed(error) => error.into(),
            };
            let is_final = matches!(trouble, ExchangeError::NotSent(_));
            tracing::warn!(call = PaymentCall::BillFile.word(), %trouble, "the address of the bill failed");
            last = Some(trouble);
            if is_final {
                break;
            }
        }
        let never = || ExchangeError::Unclear("the bill was not fetched".to_owned());
        Ok(BillAnswer::ExchangeError(last.unwrap_or_else(never)))
    }
}

/// What the first bytes of a body make of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BodyGuess {
    Undecided,
    Bill,
    Message,
}

/// Decides by the first byte that is neither a byte order mark nor white space.
fn sniff(head: &[u8]) -> BodyGuess {
    let rest = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    match rest.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => BodyGuess::Undecided,
        Some(b'<' | b'{') => BodyGuess::Message,
        Some(_) => BodyGuess::Bill,
    }
}

/// How one transfer ended.
enum Arrival {
    /// A bill, whole, of so many bytes.
    Bill(u64),
    /// An answer that is no bill; its body is here.
    Other(HttpAnswer),
    /// No whole answer.
    Failed(GatewayError),
}

/// One transfer into the sink.
struct Transfer<'a> {
    sink: &'a mut dyn BillSink,
    reporter: &'a dyn Reporter,
    head: Vec<u8>,
    body: BodyGuess,
    bytes: u64,
}

impl<'a> Transfer<'a> {
    fn new(sink: &'a mut dyn BillSink, reporter: &'a dyn Reporter) -> Self {
        Self {
            sink,
            reporter,
            head: Vec::new(),
            body: BodyGuess::Undecided,
            bytes: 0,
        }
    }

    fn run(
        &mut self,
        client: &GatewayClient<'_>,
        route: &Route,
        request: &HttpRequest,
    ) -> Result<Arrival, Failure> {
        self.sink.restart().map_err(|error| unwritten(&error))?;
        let ports = client.ports;
        let mut take = |piece: &[u8]| self.take(client, piece);
        let answer = ports
            .gateway
            .download(route, request, client.cancel, &mut take);
        if client.cancel.is_cancelled() {
            return Err(Failure::cancelled());
        }
        Ok(match answer {
            // A page that is too long for an error body was cut by us: what it is stands in its beginning.
            Err(_) if self.head.len() > MAX_ERROR_BYTES => Arrival::Other(HttpAnswer {
                status: 200,
                headers: Vec::new(),
                body: std::mem::take(&mut self.head),
                skew_s: None,
                took_ms: 0,
                address: String::new(),
            }),
            Err(GatewayError::Cancelled) => return Err(Failure::cancelled()),
            Err(error) => Arrival::Failed(error),
            Ok(answer) if answer.status == 200 && self.body == BodyGuess::Bill => {
                Arrival::Bill(self.bytes)
            }
            Ok(answer) => Arrival::Other(HttpAnswer {
                body: std::mem::take(&mut self.head),
                ..answer
            }),
        })
    }

    fn take(&mut self, client: &GatewayClient<'_>, piece: &[u8]) -> Result<(), String> {
        self.bytes = self.bytes.saturating_add(piece.len() as u64);
        self.reporter.progress(Progress {
            step: Step::Download,
            done: self.bytes,
            total: None,
        });
        if self.reporter.cancelled() {
            client.cancel.cancel();
            return Err("cancelled".to_owned());
        }
        if self.body == BodyGuess::Bill {
            return self.sink.take(piece).map_err(|error| error.to_string());
        }
        self.head.extend_from_slice(piece);
        self.body = sniff(&self.head);
        if self.body == BodyGuess::Bill {
            let head = std::mem::take(&mut self.head);
            return self.sink.take(&head).map_err(|error| error.to_string());
        }
        if self.head.len() > MAX_ERROR_BYTES {
            return Err("not a bill".to_owned());
        }
        Ok(())
    }
}

pub(super) fn unwritten(error: &std::io::Error) -> Failure {
    recondesk_ports::StoreError::Denied(error.to_string()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sign_decides() {
        assert!(sniff(b"\xEF\xBB\xBF \r\n<xml>") == BodyGuess::Message);
        assert!(sniff(b" {\"code\":1}") == BodyGuess::Message);
        assert!(sniff("\u{feff}交易时间".as_bytes()) == BodyGuess::Bill);
        assert!(sniff(b"\x1f\x8b\x08") == BodyGuess::Bill);
        assert!(sniff(b"\xEF\xBB\xBF  ") == BodyGuess::Undecided);
    }
}
