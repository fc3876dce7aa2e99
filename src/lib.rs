//! Recondesk 对账台 compares WeChat Pay's bills with a merchant's own orders and follows up what differs.
//!
//! One library in layers, arrows point down only: `ui`, `cli` → `app` → `ports` → `reconcile`, `wechat`, `intake` → `domain`;
//! `adapters` implement `ports`; `sandbox` is the other side of the wire and shares only `wechat` and `domain` with the rest.

pub mod adapters;
pub mod app;
pub mod cli;
pub mod domain;
pub mod intake;
pub mod ports;
pub mod reconcile;
pub mod sandbox;
pub mod ui;
pub mod wechat;
