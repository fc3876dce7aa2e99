//! Recondesk 对账台 compares WeChat Pay's bills with a merchant's own orders and follows up what differs.
//!
//! This crate is the top: the command line ([`cli`]) and, in `main.rs`, the composition of all parts.
//! Each layer below is a crate of its own and re-exported here under its short name; arrows point down only:
//! `ui`, `cli` → `app` → `ports` → `reconcile`, `wechat`, `intake` → `domain`;
//! `adapters` implement `ports`; `sandbox` is the other side of the wire and shares only `wechat` and `domain` with the rest.

pub mod cli;
pub mod handbook;

/// Version of the program, with the commit it was built from where that is known.
pub const VERSION: &str = env!("RECONDESK_VERSION");

pub use recondesk_adapters as adapters;
pub use recondesk_app as app;
pub use recondesk_casework as casework;
pub use recondesk_domain as domain;
pub use recondesk_intake as intake;
pub use recondesk_ports as ports;
pub use recondesk_reconcile as reconcile;
pub use recondesk_ui as ui;
pub use wechatpay_codec as wechat;
pub use wechatpay_sandbox as sandbox;
