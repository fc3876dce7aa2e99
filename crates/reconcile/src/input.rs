//! What a run is given beside the archive, and how it can fail.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use recondesk_domain::{BillDate, Fen, Finding, Instant, OutRefundNo, OutTradeNo, TransactionId};

use super::{EvidenceError, LaterRow, PoolItem, Rules, WaitingRefund, pool_digest};

/// The bill of the day, as its certificate has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BillFacts {
    /// True when every integrity check held. Rows of an unverified bill are not asked for (K02).
    pub verified: bool,
    /// Rows that are not refunds.
    pub pays: u64,
    /// Refund rows.
    pub refunds: u64,
    /// Σ 订单金额 over the rows that are not refunds.
    pub paid: Fen,
    /// Σ 申请退款金额 over refund rows.
    pub refunded: Fen,
}

/// Final or present state of a refund, as a live query told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LiveRefundState {
    /// Money returned.
    Success,
    /// On its way.
    Processing,
    /// Closed, no money moved.
    Closed,
    /// Needs a person (R05).
    Abnormal,
}

/// What a live query told of one refund; facts given to the run, part of its identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LiveRefund {
    /// The merchant's refund number.
    pub out_refund_no: OutRefundNo,
    /// What was told.
    pub state: LiveRefundState,
    /// The order whose money it is; empty where it was not told.
    pub out_trade_no: OutTradeNo,
    /// The payment whose money it is; empty where it was not told.
    pub transaction_id: TransactionId,
    /// How much, where it was told.
    pub amount: Option<Fen>,
}

impl LiveRefund {
    /// The state alone.
    #[must_use]
    pub const fn new(out_refund_no: OutRefundNo, state: LiveRefundState) -> Self {
        Self {
            out_refund_no,
            state,
            out_trade_no: OutTradeNo::EMPTY,
            transaction_id: TransactionId::EMPTY,
            amount: None,
        }
    }

    /// What went back or is on its way back by it; nothing where it was closed.
    pub(super) fn returned(&self) -> Fen {
        match self.state {
            LiveRefundState::Closed => Fen::ZERO,
            LiveRefundState::Success | LiveRefundState::Processing | LiveRefundState::Abnormal => {
                self.amount.unwrap_or(Fen::ZERO)
            }
        }
    }
}

/// One day of one merchant, and the rules to apply.
#[derive(Debug, Clone)]
pub struct DayInput {
    /// The merchant.
    pub mch_id: String,
    /// The business day.
    pub day: BillDate,
    /// Settings.
    pub rules: Rules,
    /// Open items when the day began: the closing pool of the latest run of an earlier day.
    ///
    /// Items that entered on `day` or later are not open for it and are left out.
    pub pool: Vec<PoolItem>,
    /// Facts of the bill; `None` when there is none. An empty day is a verified bill of no rows.
    pub bill: Option<BillFacts>,
    /// Findings of the bill certificate (B01–B09), passed through.
    pub bill_findings: Vec<Finding>,
    /// Live states of refunds (R05, R06); without them the bill's own state is all there is.
    pub live_refunds: Vec<LiveRefund>,
    /// What bills of later days, where they are here already, say against the steps of the day; see [`later_rows`].
    ///
    /// [`later_rows`]: super::later_rows
    pub later: Vec<LaterRow>,
    /// Refunds of the day's bill that were made with this program: somebody here knows of them, whatever the shop's own
    /// books say.
    pub own_refunds: BTreeSet<OutRefundNo>,
    /// Refunds without a time that runs of other days found and that are still open.
    pub waiting_refunds: Vec<WaitingRefund>,
    /// The instant at which lateness is judged (P03). A fact of the inputs and never the clock, so
    /// that a re-run gives the same bytes: [`DayInput::default_as_of`], or when the newest orders
    /// were exported.
    pub as_of: Instant,
    /// SHA-256 of every file the rows come from, for the run's identity; order does not matter.
    pub sources: Vec<[u8; 32]>,
}

impl DayInput {
    /// A day with an empty pool, the default of [`DayInput::as_of`] and nothing known of a bill.
    #[must_use]
    pub fn new(mch_id: &str, day: BillDate, rules: Rules) -> Self {
        Self {
            mch_id: mch_id.to_owned(),
            day,
            rules,
            pool: Vec::new(),
            bill: None,
            bill_findings: Vec::new(),
            live_refunds: Vec::new(),
            later: Vec::new(),
            own_refunds: BTreeSet::new(),
            waiting_refunds: Vec::new(),
            as_of: Self::default_as_of(day),
            sources: Vec::new(),
        }
    }

    /// 10:00 of the next day: before it no bill exists, and orders are exported in the morning.
    #[must_use]
    pub fn default_as_of(day: BillDate) -> Instant {
        day.bill_available_from()
    }

    /// Identity of the run (rule X9): a digest of everything that decides its result.
    ///
    /// Equal identities mean equal results, so a stored result may be used in place of a new run.
    #[must_use]
    pub fn run_id(&self) -> [u8; 32] {
        let Self {
            mch_id,
            day,
            rules,
            pool,
            bill,
            bill_findings,
            live_refunds,
            later,
            own_refunds,
            waiting_refunds,
            as_of,
            sources,
        } = self;
        let mut hash = Sha256::new();
        hash.update(format!("recondesk run {mch_id:?} {day} {}\n", as_of.unix()));
        hash.update(rules.digest());
        hash.update(pool_digest(pool));
        hash.update(format!("{bill:?}\n"));
        for finding in bill_findings {
            let (name, detail) = (finding.category.name(), &finding.detail);
            hash.update(format!("{name} {detail:?}\n"));
        }
        let mut live: Vec<_> = live_refunds.iter().collect();
        live.sort_unstable();
        for LiveRefund {
            out_refund_no,
            state,
            out_trade_no,
            transaction_id,
            amount,
        } in live
        {
            hash.update(format!("{out_refund_no:?} {state:?}"));
            hash.update(format!(" {out_trade_no:?} {transaction_id:?} {amount:?}\n"));
        }
        for row in later {
            let LaterRow {
                out_trade_no,
                is_refund,
                bill,
            } = row;
            hash.update(format!("later {out_trade_no:?} {is_refund} {bill}\n"));
        }
        for number in own_refunds {
            hash.update(format!("own {number:?}\n"));
        }
        let mut waiting: Vec<_> = waiting_refunds.iter().collect();
        waiting.sort_unstable();
        for WaitingRefund {
            out_trade_no,
            sub_mch_id,
            since,
        } in waiting
        {
            hash.update(format!("waiting {out_trade_no:?} {since}"));
            if !sub_mch_id.is_empty() {
                hash.update(format!(" of {sub_mch_id}"));
            }
            hash.update("\n");
        }
        let mut sources: Vec<_> = sources.iter().collect();
        sources.sort_unstable();
        for source in sources {
            hash.update(source);
        }
        hash.finalize().into()
    }

    /// True when there is a bill to compare with.
    #[must_use]
    pub fn has_bill(&self) -> bool {
        self.bill.is_some_and(|bill| bill.verified)
    }
}

/// Why a run ended without a result; nothing it said before may be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReconcileError {
    /// The archive could not answer.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// The archive broke its promise on the order of rows.
    #[error("rows of the {0} come out of order: a fault of this program")]
    Disorder(&'static str),
    /// The archive delivered other rows than the bill's certificate counts.
    #[error("the bill has {expected} in its certificate, but {actual} arrived ({what})")]
    OtherRows {
        /// Which figure.
        what: &'static str,
        /// By the certificate.
        expected: i64,
        /// As counted.
        actual: i64,
    },
    /// An amount beyond 64 bits.
    #[error("a sum of money is out of range")]
    Overflow,
    /// I14 or I15 does not hold: a fault of this program.
    #[error("{identity} does not hold: expected {expected}, got {actual}; a fault of this program")]
    Unbalanced {
        /// The identity and the side.
        identity: &'static str,
        /// As counted at the source.
        expected: i64,
        /// As classified.
        actual: i64,
    },
    /// The sink asked to stop.
    #[error("cancelled")]
    Cancelled,
}
