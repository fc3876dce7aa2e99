//! The questions that must be asked again once something changed.

use super::event::{Changed, NoticeText};
use super::model::{CaseFilter, FundsAsk, FundsModel, MerchantRow, OrderFilter};
use super::{Command, Failure, Message, State, TaskId};
use recondesk_ports::VaultAccess;

impl State {
    /// A job changed something: it is told, and what is stale now is asked again. The next file of the import assistant
    /// follows.
    pub(super) fn changed(
        &mut self,
        id: TaskId,
        changed: Changed,
        told: NoticeText,
    ) -> Vec<Command> {
        let following = self.import.imported(id);
        let refused = self.refused.imported(id);
        if changed == Changed::Books {
            self.follow(&told);
        }
        self.tell(Ok(told));
        let mut next = match changed {
            // Books of a merchant that is not known yet: the demo has just made it.
            Changed::Nothing => Vec::new(),
            Changed::Books if self.merchants.is_empty() => vec![Command::Start],
            Changed::Merchants => vec![Command::Start],
            Changed::Books => self.reload_books(),
            Changed::Cases => self.reload_cases(),
            Changed::Decisions => self.reload_decisions(),
        };
        next.extend(self.lookup.again());
        next.extend(self.payout.again());
        next.extend(following);
        next.extend(refused);
        next
    }

    /// The fund flow of a day is asked for; what is known of another day says nothing about it.
    pub(super) fn ask_funds(&mut self, id: TaskId, ask: FundsAsk) {
        let other =
            |known: &FundsModel| known.profile != ask.profile || known.report.day != ask.day;
        if self.funds.value().is_some_and(|known| other(known)) {
            self.funds.clear();
        }
        self.funds.ask(id);
    }

    /// The fund flow was examined; bills that were fetched for it are in the list of bills.
    pub(super) fn funds_examined(&mut self, id: TaskId, model: Box<FundsModel>) -> Vec<Command> {
        self.funds.answer(id, Ok(model));
        vec![Command::Bills(self.merchant)]
    }

    /// Merchants after a change, and whether their keys can be used.
    pub(super) fn take_merchants(
        &mut self,
        rows: Vec<MerchantRow>,
        vault: VaultAccess,
    ) -> Vec<Command> {
        if matches!(
            vault,
            VaultAccess::Open | VaultAccess::System | VaultAccess::Memory
        ) {
            self.passphrase_wanted = false;
        }
        self.vault = vault;
        self.greet(&rows);
        self.set_merchants(rows);
        self.reload_books()
    }

    /// A key was needed that a passphrase seals: the window asks for it.
    pub(super) fn want_passphrase(&mut self, failure: &Failure) {
        if failure.code == "vault.locked" {
            self.passphrase_wrong = self.passphrase_wanted;
            self.passphrase_wanted = true;
        }
    }

    /// A new merchant has no books yet: what comes next is told.
    pub(super) fn greet(&mut self, rows: &[MerchantRow]) {
        let known = |row: &&MerchantRow| !self.merchants.iter().any(|old| old.id == row.id);
        let Some(row) = rows.iter().find(known) else {
            return;
        };
        let name = &row.profile.name;
        let title = Message::new(
            format!("已新增{name}，下一步导入订单和账单"),
            format!("{name} added; import its orders and its bill next"),
        );
        self.tell(Ok(NoticeText {
            title,
            note: Message::default(),
            day: None,
            next: crate::NextDeed::None,
            attention: false,
        }));
    }

    /// While the day in view holds nothing, the day that was imported comes into view.
    fn follow(&mut self, told: &NoticeText) {
        let Some((_, day)) = told.day.filter(|(_, day)| *day < self.now.day()) else {
            return;
        };
        let no_bill = self.overview.value().is_some_and(|model| {
            model.day == self.day && model.merchants.iter().all(|row| row.rows.is_none())
        });
        let orders = self.orders.totals.value();
        if no_bill && orders.is_none_or(|(rows, _)| *rows == 0) {
            self.day = day;
            if self.cases.filter.day.is_some() {
                self.cases.filter.day = Some(day);
            }
        }
    }

    /// The questions whose answers a change of the books makes stale.
    #[must_use]
    pub fn reload_books(&self) -> Vec<Command> {
        if self.merchants.is_empty() {
            return Vec::new();
        }
        let mut out = vec![
            Command::Overview(self.day, self.merchant),
            Command::Bills(self.merchant),
            Command::Approvals,
        ];
        if let Some(row) = self.merchant_or_first() {
            out.push(Command::Day(row.id, self.day));
            out.push(Command::RefusedFiles(row.id));
            let known = self.orders.filter.clone();
            out.push(Command::Orders(OrderFilter {
                profile: row.id,
                day: self.day,
                ..known.unwrap_or_else(|| OrderFilter::all(row.id, self.day))
            }));
        }
        out.extend(self.reload_cases());
        out
    }

    /// A decision changes what is open: the list, the sentence of the morning, the day's conditions.
    pub(super) fn reload_decisions(&self) -> Vec<Command> {
        let mut out = self.reload_cases();
        out.push(Command::Overview(self.day, self.merchant));
        out.push(Command::Approvals);
        if let Some(row) = self.merchant_or_first() {
            out.push(Command::Day(row.id, self.day));
        }
        out
    }

    /// Somebody else did something: what shows decisions, and who may decide, is asked again.
    pub(super) fn others_decided(&self) -> Vec<Command> {
        let mut out = self.reload_decisions();
        out.push(Command::Operators);
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
