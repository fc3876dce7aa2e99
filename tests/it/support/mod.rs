//! What several subjects need: a running sandbox, a plain HTTP client, an independent signer.

pub(crate) mod fake_gateway;
pub(crate) mod fault_gateway;
pub(crate) mod faulty;
pub(crate) mod line;
pub(crate) mod process;
pub(crate) mod share;
pub(crate) mod shop;
pub(crate) mod wire;
pub(crate) mod wire_v3;
pub(crate) mod xlsx;
