//! What an order's answer hands out for paying: the prepay id, the code of a QR picture, the address of a browser.
//!
//! By default the picture's text and the browser's address are pages of the sandbox, so that they can be opened; with
//! the rule `payment_links = "wechat"` they look as WeChat Pay's own do.

use super::ledger::MerchantLedger;
use super::rules::PaymentLinks;
use super::server::Shared;
use recondesk_domain::Instant;

/// How long a prepay id lives, and the code of a QR picture.
const TWO_HOURS_S: i64 = 7_200;
/// How long the address of a browser lives.
const FIVE_MINUTES_S: i64 = 300;
/// So often the expired ones are thrown away.
const SWEEP_EVERY: usize = 1_024;

/// What kind of ticket it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TicketKind {
    Prepay,
    Code,
}

/// Something that a customer can pay by.
#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    out_trade_no: String,
    until: Instant,
    kind: TicketKind,
}

/// What the answer to an order carries.
pub(crate) struct PrepaidTicket {
    /// `prepay_id`.
    pub(crate) prepay_id: String,
    /// `code_url` of NATIVE, `mweb_url` (`h5_url`) of MWEB.
    pub(crate) link: Option<String>,
}

/// Makes the tickets of an order that was just placed, or placed again.
pub(crate) fn issue(
    shared: &Shared,
    mch_id: &str,
    (number, trade_type): (&str, &str),
    now: Instant,
) -> PrepaidTicket {
    let (tail, code) = shared.with_numbers(|numbers| (numbers.letters(26), numbers.letters(9)));
    let prepay_id = format!("wx{}{tail}", now.day().compact());
    let life = if trade_type == "MWEB" {
        FIVE_MINUTES_S
    } else {
        TWO_HOURS_S
    };
    shared.with_book(mch_id, |book| {
        book.put_ticket(
            &prepay_id,
            number,
            (TicketKind::Prepay, now.plus(life)),
            now,
        );
        if trade_type == "NATIVE" {
            book.put_ticket(&code, number, (TicketKind::Code, now.plus(life)), now);
        }
    });
    let door = format!("{}/_sandbox/cashier", shared.base_http);
    let link = match (trade_type, shared.rules().payment_links) {
        ("NATIVE", PaymentLinks::Page) => Some(format!("{door}?code={code}")),
        ("NATIVE", PaymentLinks::Wechat) => Some(format!("weixin://wxpay/bizpayurl?pr={code}")),
        ("MWEB", PaymentLinks::Page) => {
            Some(format!("{door}?prepay_id={prepay_id}&package=1234567890"))
        }
        ("MWEB", PaymentLinks::Wechat) => Some(format!(
            "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id={prepay_id}&package=1234567890"
        )),
        _ => None,
    };
    PrepaidTicket { prepay_id, link }
}

/// The ticket in what an answer handed out: a prepay id, a code, or an address with one of them.
pub(crate) fn ticket_in(text: &str) -> &str {
    let query = text.split_once('?').map_or(text, |(_, query)| query);
    let named = query.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        matches!(name, "prepay_id" | "code" | "pr").then_some(value)
    });
    named.unwrap_or(query)
}

/// The order that a ticket pays, with its merchant.
pub(crate) fn order_of(shared: &Shared, ticket: &str) -> Result<(String, String), &'static str> {
    let now = shared.now();
    for merchant in &shared.merchants {
        let found = shared.with_book(&merchant.mch_id, |book| {
            let ticket = book.tickets.get(ticket)?;
            Some((ticket.out_trade_no.clone(), ticket.until))
        });
        if let Some(Some((number, until))) = found {
            return if now < until {
                Ok((merchant.mch_id.clone(), number))
            } else {
                Err("what was handed out for paying has expired: place the order again")
            };
        }
    }
    Err("nothing to pay was handed out under this number")
}

impl MerchantLedger {
    /// Keeps a ticket; a new code of an order is the end of its older codes.
    fn put_ticket(
        &mut self,
        name: &str,
        number: &str,
        (kind, until): (TicketKind, Instant),
        now: Instant,
    ) {
        if kind == TicketKind::Code {
            self.tickets
                .retain(|_, ticket| ticket.kind != kind || ticket.out_trade_no != number);
        }
        if self.tickets.len() % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.tickets.retain(|_, ticket| ticket.until > now);
        }
        let ticket = Ticket {
            out_trade_no: number.to_owned(),
            until,
            kind,
        };
        self.tickets.insert(name.to_owned(), ticket);
    }
}

#[cfg(test)]
mod tests {
    use super::ticket_in;

    #[test]
    fn a_ticket_is_found_in_every_form_it_is_handed_out_in() {
        for (text, ticket) in [
            ("wx20260309abc", "wx20260309abc"),
            ("prepay_id=wx20260309abc", "wx20260309abc"),
            ("weixin://wxpay/bizpayurl?pr=Ab3", "Ab3"),
            ("http://127.0.0.1:1/_sandbox/cashier?code=Ab3", "Ab3"),
            (
                "https://wx.tenpay.com/x?prepay_id=wx1&package=2&redirect_url=https%3A%2F%2Fa",
                "wx1",
            ),
        ] {
            assert_eq!(ticket_in(text), ticket);
        }
    }
}
