//! The questions that must be asked again once something changed.

use super::model::{CaseFilter, OrderFilter};
use super::{Command, State};

impl State {
    /// The questions whose answers a change of the books makes stale.
    #[must_use]
    pub fn reload_books(&self) -> Vec<Command> {
        if self.merchants.is_empty() {
            return Vec::new();
        }
        let mut out = vec![
            Command::Overview(self.day, self.merchant),
            Command::Bills(self.merchant),
        ];
        if let Some(row) = self.merchant_or_first() {
            out.push(Command::Day(row.id, self.day));
            out.push(Command::Orders(OrderFilter {
                profile: row.id,
                day: self.day,
                query: self
                    .orders
                    .filter
                    .as_ref()
                    .map(|filter| filter.query.clone())
                    .unwrap_or_default(),
            }));
        }
        out.extend(self.reload_cases());
        out
    }

    /// A decision changes what is open: the list, the sentence of the morning, the day's conditions.
    pub(super) fn reload_decisions(&self) -> Vec<Command> {
        let mut out = self.reload_cases();
        out.push(Command::Overview(self.day, self.merchant));
        if let Some(row) = self.merchant_or_first() {
            out.push(Command::Day(row.id, self.day));
        }
        out
    }

    pub(super) fn reload_cases(&self) -> Vec<Command> {
        let filter = CaseFilter {
            profile: self.merchant,
            ..self.cases.filter.clone()
        };
        let mut out = vec![Command::Cases(filter)];
        if let Some(open) = self.cases.open.value() {
            out.push(Command::Case(open.row.profile, open.row.key.clone()));
        }
        out
    }
}
