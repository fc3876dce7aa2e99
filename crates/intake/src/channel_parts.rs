//! A cell that names several means of payment with a sum each: `微信支付:158.00;会员储值:50.00`.

use super::channel::owner_of;
use super::{AmountUnit, ChannelOwner, read_amount};
use recondesk_domain::Fen;

/// The sums of a cell: of WeChat Pay, and of all means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PaidParts {
    pub(super) wechat: Fen,
    pub(super) all: Fen,
    /// Every sum has two decimals: money beyond doubt, whatever another column says.
    pub(super) is_exact: bool,
}

/// Reads such a cell; `None` where it is anything else, or a means of payment is not known.
pub(super) fn read(text: &str, unit: AmountUnit) -> Option<PaidParts> {
    let mut out = PaidParts {
        wechat: Fen::ZERO,
        all: Fen::ZERO,
        is_exact: true,
    };
    let mut rest = text.trim();
    let mut has_wechat = false;
    while !rest.is_empty() {
        let begin = rest.find(|sign: char| sign.is_ascii_digit())?;
        let (name, tail) = rest.split_at_checked(begin)?;
        let is_number = |sign: char| sign.is_ascii_digit() || sign == '.';
        let end = tail.find(|sign| !is_number(sign)).unwrap_or(tail.len());
        let (number, tail) = tail.split_at_checked(end)?;
        let tail = tail.trim_start_matches(['元', ' ', ')', '）']);
        // A comma may be a sign of thousands: no guess.
        if !tail.is_empty() && !tail.starts_with([';', '；', '，', '、', '|', '/', '+', '\n']) {
            return None;
        }
        rest = tail.trim_start_matches([';', '；', '，', '、', '|', '/', '+', '\n', ' ']);
        let name = name.trim_end_matches([':', '：', '=', ' ', '¥', '￥', '(', '（']);
        let amount = read_amount(number, unit)?;
        out.all = out.all.checked_add(amount)?;
        out.is_exact &= number
            .rsplit_once('.')
            .is_some_and(|(_, decimals)| decimals.len() == 2);
        if owner_of(name)? == ChannelOwner::Wechat {
            out.wechat = out.wechat.checked_add(amount)?;
            has_wechat = true;
        }
    }
    has_wechat.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_of_wechat_pay_is_read_and_nothing_is_guessed() {
        for (text, wechat, all) in [
            ("微信支付:158.00;会员储值:50.00", 15_800, 20_800),
            ("微信 88.00元", 8_800, 8_800),
            ("现金：10.00；微信：2.50", 250, 1_250),
            ("支付宝:10.00/微信支付:20.00", 2_000, 3_000),
        ] {
            let parts = read(text, AmountUnit::Yuan).unwrap();
            assert_eq!(
                (parts.wechat, parts.all, parts.is_exact),
                (Fen::new(wechat), Fen::new(all), true),
                "{text}"
            );
        }
        for text in [
            "微信支付",
            "微信支付v3",
            "现金:10.00",
            "微信支付:1,208.00",
            "微信:2.00;某某:3.00",
            "4200002781202603087745300001",
            "",
        ] {
            let parts = read(text, AmountUnit::Yuan);
            assert!(
                parts.is_none_or(|parts| !parts.is_exact),
                "{text}: {parts:?}"
            );
        }
    }
}
