//! Why a request failed: whether it may have been carried out, and the causes without the address.

use std::error::Error;
use std::io;

use recondesk_ports::GatewayError;
use tokio_rustls::rustls;

/// Tells "never arrived" from "perhaps carried out": in doubt the latter.
pub(super) fn judge(error: &reqwest::Error) -> GatewayError {
    if let Some(tls) = tls_cause(error) {
        let refused_by_peer = matches!(tls, rustls::Error::AlertReceived(_));
        if error.is_connect() || refused_by_peer {
            return GatewayError::Tls(tls.to_string());
        }
    }
    if error.is_connect() {
        return GatewayError::Connect(chain(error));
    }
    if error.is_builder() {
        return GatewayError::Connect(chain(error));
    }
    if error.is_timeout() {
        return GatewayError::Unclear("nothing came in time".to_owned());
    }
    GatewayError::Unclear(chain(error))
}

/// The causes from the outside in, without the address and without repeating themselves.
pub(super) fn chain(error: &reqwest::Error) -> String {
    let mut out = String::new();
    let mut at: Option<&dyn Error> = error.source();
    while let Some(cause) = at {
        let text = cause.to_string();
        if !out.contains(&text) {
            if !out.is_empty() {
                out.push_str(": ");
            }
            out.push_str(&text);
        }
        at = cause.source();
    }
    if out.is_empty() {
        "the request failed".clone_into(&mut out);
    }
    out.chars().take(400).collect()
}

pub(super) fn tls_cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut at = Some(error);
    while let Some(cause) = at {
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Some(tls);
        }
        // `source` of an `io::Error` skips the error it wraps.
        if let Some(inner) = cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            && let Some(tls) = tls_cause(inner)
        {
            return Some(tls);
        }
        at = cause.source();
    }
    None
}
