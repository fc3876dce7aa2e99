//! Values and their rules: money, time, identifiers, the rows of the books, categories.
//!
//! Nothing here reads a clock, a file or a socket.
//!
//! | document | term | type |
//! |---|---|---|
//! | 商户订单号 | merchant order number | [`OutTradeNo`] |
//! | 微信订单号 | payment number | [`TransactionId`] |
//! | 商户退款单号 | refund number | [`OutRefundNo`] |
//! | 微信账 | WeChat book | [`WPay`], [`WRefund`] |
//! | 商户账 | merchant book | [`MOrder`], [`MRefund`] |
//! | 差错 | case, found as | [`Finding`] |
//! | 分 | fen | [`Fen`] |

// A new variant must be thought of in every place: no arm takes it in silence.
#![warn(clippy::wildcard_enum_match_arm)]

mod bank;
mod book;
mod book_words;
mod calendar;
mod candidate;
mod case;
mod category;
mod finding;
mod finding_facts;
mod fund;
mod gateway_address;
mod half_width;
mod heading_names;
mod keyed;
mod language;
mod merchant;
mod message;
mod money;
mod order_knowledge;
mod personal_data;
mod printable;
mod redaction;
mod secret;
mod severity;
mod sheet;
mod short_text;
mod suggested_action;
mod trade_type;

pub use bank::{BankEntry, FundMove};
pub use book::{
    BillRefundState, BillState, FulfilStatus, MOrder, MRefund, PayStatus, RefundStatus, RowRef,
    WPay, WRefund,
};
pub use calendar::{BEIJING_OFFSET_S, BillDate, Instant};
pub use case::CaseStatus;
pub use category::Category;
pub use finding::{Finding, Tag, case_key};
pub use finding_facts::{facts_in_words, tag_in_words};
pub use fund::{FundAccount, FundEntry, FundKind, FundTotals};
pub use gateway_address::{
    GatewayFault, GatewayKind, OFFICIAL_GATEWAY, OFFICIAL_GATEWAY_2, gateway_kind,
    is_official_gateway, judge_gateway,
};
pub use half_width::half_width;
pub use keyed::Keyed;
pub use language::Language;
pub use merchant::{
    ApiVersion, FeeRate, MerchantProfile, ProfileId, ProfileProblem, SecretKind, SignType,
};
pub use message::{Message, Term};
pub use money::{Fee, Fen, MoneyError, group_digits};
pub use personal_data::{PersonalData, PlainRow, is_personal, mask_cell, mask_message, mask_value};
pub use printable::{printable, printable_lines};
pub use redaction::{REDACTED, redact};
pub use secret::Secret;
pub use severity::Severity;
pub use sheet::{Heading, Sheet, SheetCell, formula_safe};
pub use short_text::{
    AppId, MchId, OrderNo, OutRefundNo, OutTradeNo, RefundId, Text, TransactionId, fingerprint,
};
pub use suggested_action::SuggestedAction;
pub use trade_type::TradeType;
