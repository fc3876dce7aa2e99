//! Importing a merchant's orders or refunds: idempotent, newer exports on top of older ones.

use crate::jobs::imports::Watching;
use crate::{Failure, Reporter};
use recondesk_intake::Reject;
use recondesk_ports::{Books, OrdersImport, OrdersTarget, Source};

/// Imports a file of orders or refunds, as its mapping says which. Refused rows go to `rejects` in
/// file order; all others are stored, or none of them.
///
/// Do not hold the right to write of [`recondesk_ports::Writers`]: the books take it themselves.
///
/// # Errors
/// A [`Failure`] that says why the file as a whole is refused, or what is wrong with the workspace.
pub fn import(
    books: &dyn Books,
    place: OrdersTarget<'_>,
    source: Source,
    rejects: &mut dyn FnMut(&Reject),
    reporter: &dyn Reporter,
) -> Result<OrdersImport, Failure> {
    Ok(books.import_orders(place, source, &Watching(reporter), rejects)?)
}

/// Bytes of a file of refused rows at most: what does not fit is only counted.
pub const MOST_REJECTS: usize = 64 << 20;
