//! Pure codec of WeChat Pay's protocol: messages, signatures, bills. No socket, file, clock or random number.
//!
//! What goes over the wire is built and judged here; sending it, keeping time and making nonces is the
//! caller's. [`v2`] is the flat XML of APIv2, [`v3`] the JSON of APIv3, [`bill`] the T+1 trade bills,
//! [`front_end`] what pages and apps need to open the cashier, [`lab`] explains signatures that differ,
//! [`selftest`] checks all of it against published vectors.
//!
//! # A signed request of APIv2
//!
//! Nonce and time are passed in, so that the same input gives the same bytes.
//!
//! ```
//! use wechatpay_codec::v2::{self, RequestEnvelope, OrderRef, Request};
//! use wechatpay_codec::{OutTradeNo, Secret, SignType};
//!
//! let envelope = RequestEnvelope {
//!     appid: "wxd930ea5d5a258f4f".into(),
//!     mch_id: "10000100".into(),
//!     sub_appid: String::new(),
//!     sub_mch_id: String::new(),
//!     nonce: "ec2316275641faa3aacf3cc599e8730f".into(),
//!     sign_type: SignType::HmacSha256,
//! };
//! let key = Secret::new("192006250b4c09247ec02edce69f6a2d".to_owned());
//! let number = OutTradeNo::new("20150806125346").ok_or("a number that no order can have")?;
//! let signed = v2::build(&Request::OrderQuery(OrderRef::Merchant(number)), &envelope, &key)?;
//! assert_eq!(signed.endpoint.path(), "/pay/orderquery");
//!
//! // The other side reads the document and checks the signature, in constant time.
//! let fields = v2::xml::read(&signed.body)?;
//! v2::verify(&fields, &key, SignType::HmacSha256)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A bill, row by row
//!
//! Bills are not CSV: nothing is quoted, each value starts with a backtick, goods names hold commas and
//! quotation marks. [`bill::BillReader`] takes pieces of any size and gives typed rows; the
//! [`bill::Certificate`] says whether rows and summary add up.
//!
//! ```
//! use wechatpay_codec::bill::{BillReader, Certificate, Digests, Expect};
//!
//! let text = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,商品名称,商户数据包,手续费,费率,订单金额,费率备注\n\
//! `2026-03-08 10:00:00,`wx1,`1900000109,`0,`,`4200000001,`A1,`o1,`NATIVE,`SUCCESS,`CFT,`CNY,`12.30,`0.00,`Tea, \"green\",`,`0.07000,`0.60%,`12.30,`\n\
//! 总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\n\
//! `1,`12.30,`0.00,`0.00,`0.07000,`12.30,`0.00\n";
//! let mut reader = BillReader::new(1);
//! for piece in text.as_bytes().chunks(7) {
//!     reader.push(piece)?;
//! }
//! let (layout, block) = reader.finish()?;
//! assert_eq!(block.pays[0].amount.get(), 1_230); // fen
//!
//! let certificate = Certificate::new(&layout, &block.tally, &Expect::default(), Digests::default());
//! assert!(certificate.is_verified());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod address;
pub mod bill;
pub mod front_end;
pub mod fund_flow;
pub mod lab;
mod params;
pub mod selftest;
pub mod v2;
pub mod v3;

pub use params::{Param, Params};
// The values that the interfaces above speak of, so that nobody needs the crate they are kept in.
pub use recondesk_domain::{
    BillDate, Fee, Fen, Instant, Language, MchId, Message, OutTradeNo, Secret, SignType, Term,
    TransactionId, WPay, WRefund,
};
