//! What the laboratory may send where, and the picture of a code to scan.
//!
//! To a gateway on this computer everything may go. To a live one only questions may: an order that is placed
//! can be paid by whoever gets its code, a closed one can no longer be paid, and a refund moves money at once.

use qrcode::{Color, EcLevel, QrCode};

use crate::v2::Endpoint;
use recondesk_domain::{GatewayKind, Term, gateway_kind};

/// The longest text that is made into a code; a `code_url` has at most 64 bytes.
const LONGEST_CODE: usize = 512;

/// Why a call may not be sent from the laboratory to that gateway; `None` when it may.
#[must_use]
pub fn refusal(endpoint: Endpoint, gateway: &str) -> Option<Term> {
    match (gateway_kind(gateway), endpoint) {
        (None, _) => Some(Term::new(
            "档案里的网关地址无效",
            "The gateway address of the profile is not valid",
        )),
        (Some(GatewayKind::Loopback), _)
        | (
            Some(GatewayKind::Remote),
            Endpoint::OrderQuery
            | Endpoint::RefundQuery
            | Endpoint::DownloadBill
            | Endpoint::DownloadFundFlow,
        ) => None,
        (Some(GatewayKind::Remote), Endpoint::Refund) => Some(Term::new(
            "正式网关：退款会动用资金，签名工具不发送",
            "Live gateway: a refund moves money and is not sent from here",
        )),
        (Some(GatewayKind::Remote), Endpoint::UnifiedOrder) => Some(Term::new(
            "正式网关：下的单会被真实付款，签名工具不发送",
            "Live gateway: the order could really be paid and is not sent from here",
        )),
        (Some(GatewayKind::Remote), Endpoint::CloseOrder) => Some(Term::new(
            "正式网关：关单会让顾客无法付款，签名工具不发送",
            "Live gateway: closing stops a customer's payment and is not sent from here",
        )),
    }
}

/// The modules of a QR code, row by row, true for dark; without the quiet zone of four.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodePicture {
    /// Modules of a side.
    pub side: usize,
    /// All modules.
    pub dark: Vec<bool>,
}

impl CodePicture {
    /// Draws a text as a code; `None` for an empty text or one that no payment code has.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > LONGEST_CODE {
            return None;
        }
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let dark = code.to_colors().into_iter().map(|c| c == Color::Dark);
        Some(Self {
            side: code.width(),
            dark: dark.collect(),
        })
    }

    /// One module; light outside of the code.
    #[must_use]
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.side && self.dark.get(y * self.side + x).copied().unwrap_or(false)
    }

    /// The code for a terminal: two rows of modules a line, light where the terminal is dark.
    #[must_use]
    pub fn lines(&self) -> String {
        let quiet = 2;
        let mut out = String::new();
        let at =
            |x: usize, y: usize| x >= quiet && y >= quiet && self.is_dark(x - quiet, y - quiet);
        let all = self.side + 2 * quiet;
        for y in (0..all).step_by(2) {
            for x in 0..all {
                out.push(match (at(x, y), at(x, y + 1)) {
                    (false, false) => '█',
                    (false, true) => '▀',
                    (true, false) => '▄',
                    (true, true) => ' ',
                });
            }
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_questions_go_to_a_live_gateway() {
        let live = "https://api.mch.weixin.qq.com";
        let open: Vec<_> = Endpoint::ALL
            .into_iter()
            .filter(|call| refusal(*call, live).is_none())
            .collect();
        assert_eq!(
            open,
            [
                Endpoint::OrderQuery,
                Endpoint::RefundQuery,
                Endpoint::DownloadBill,
                Endpoint::DownloadFundFlow
            ]
        );
        for call in Endpoint::ALL {
            assert_eq!(refusal(call, "http://127.0.0.1:8080"), None);
            assert!(refusal(call, "http://api.mch.weixin.qq.com").is_some());
            assert!(!call.moves_money() || refusal(call, live).is_some());
        }
    }

    #[test]
    fn a_code_has_its_three_finders_and_a_hostile_text_none() {
        let code = CodePicture::of("weixin://wxpay/bizpayurl?pr=4Kd9xQz").unwrap();
        assert_eq!(code.dark.len(), code.side * code.side);
        let last = code.side - 7;
        for (x, y) in [(0, 0), (last, 0), (0, last)] {
            let ring = (0..7).all(|n| code.is_dark(x + n, y) && code.is_dark(x, y + n));
            assert!(ring && !code.is_dark(x + 1, y + 1) && code.is_dark(x + 3, y + 3));
        }
        assert!(!code.is_dark(code.side, 0));
        assert_eq!(code.lines().lines().count(), (code.side + 4).div_ceil(2));
        assert_eq!(CodePicture::of(""), None);
        assert_eq!(CodePicture::of(&"x".repeat(10_000)), None);
    }
}
