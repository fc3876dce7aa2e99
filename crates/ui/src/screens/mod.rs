//! The screens, one file each, and the list of those that are built.
//!
//! To add one: a variant of [`Screen`] with its place in [`Screen::ALL`], a field of [`Screens`], and an
//! arm in `show` and `status`. A screen draws into `page.rect`, reads `page.state` and pushes actions.

mod bills;
mod cases;
mod columns;
mod grid;
mod import;
mod lookup;
mod merchants;
mod orders;
mod overview;
mod person;
pub(crate) use person::PersonFields;
mod reconcile;
mod row_menu;
mod settings;
mod signature;
mod start;

use std::path::PathBuf;

use egui::Ui;

use super::action::{Action, Outbox};
use super::icons;
use super::page::Page;
use super::text::Wording;
use recondesk_app::State;
use recondesk_app::model::CaseDetail;
use recondesk_domain::{BillDate, ProfileId};

/// A screen of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Screen {
    /// 总览.
    Overview,
    /// 对账.
    Reconcile,
    /// 差错.
    Cases,
    /// 账单.
    Bills,
    /// 订单.
    Orders,
    /// 查单.
    Lookup,
    /// 签名.
    Signature,
    /// 商户.
    Merchants,
    /// 设置.
    Settings,
}

impl Screen {
    /// Those that are built, in the order of the rail.
    pub const ALL: [Self; 9] = [
        Self::Overview,
        Self::Reconcile,
        Self::Cases,
        Self::Bills,
        Self::Orders,
        Self::Lookup,
        Self::Signature,
        Self::Merchants,
        Self::Settings,
    ];

    /// Its name.
    pub(crate) const fn name(self, w: &Wording) -> &'static str {
        match self {
            Self::Overview => w.frame.overview,
            Self::Reconcile => w.frame.reconcile,
            Self::Cases => w.frame.cases,
            Self::Bills => w.frame.bills,
            Self::Orders => w.frame.orders,
            Self::Lookup => w.frame.lookup,
            Self::Signature => w.frame.signature,
            Self::Merchants => w.frame.merchants,
            Self::Settings => w.frame.settings,
        }
    }

    /// Its icon.
    pub(crate) const fn icon(self) -> char {
        match self {
            Self::Overview => icons::SQUARES_FOUR,
            Self::Reconcile => icons::SCALES,
            Self::Cases => icons::WARNING_DIAMOND,
            Self::Bills => icons::RECEIPT,
            Self::Orders => icons::PACKAGE,
            Self::Lookup => icons::MAGNIFYING_GLASS,
            Self::Signature => icons::SIGNATURE,
            Self::Merchants => icons::STOREFRONT,
            Self::Settings => icons::GEAR,
        }
    }

    /// Its group in the rail.
    pub(crate) const fn group(self) -> u8 {
        match self {
            Self::Overview | Self::Reconcile | Self::Cases => 0,
            Self::Bills | Self::Orders => 1,
            Self::Lookup | Self::Signature => 2,
            Self::Merchants | Self::Settings => 3,
        }
    }

    /// True when the top bar shows the day.
    pub(crate) const fn has_day(self) -> bool {
        matches!(self, Self::Overview | Self::Reconcile | Self::Orders)
    }
}

/// The two halves of the status bar.
#[derive(Debug, Default)]
pub(crate) struct Status {
    /// Counts of the screen.
    pub(crate) left: Vec<String>,
    /// Keys, clock, run.
    pub(crate) right: Vec<String>,
}

/// What every screen remembers.
#[derive(Default)]
pub(crate) struct Screens {
    overview: overview::Overview,
    cases: cases::CasesScreen,
    bills: bills::BillsScreen,
    orders: orders::OrdersScreen,
    import: import::ImportScreen,
    lookup: lookup::LookupScreen,
    signature: signature::SignatureScreen,
    merchants: merchants::MerchantsScreen,
    settings: settings::SettingsScreen,
    sign_off: reconcile::SignOffDialog,
    funds: reconcile::FundsDialog,
    refused: orders::RefusedDialog,
}

impl Screens {
    /// Draws a screen.
    pub(crate) fn show(&mut self, screen: Screen, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        if screen != Screen::Lookup {
            self.lookup.left();
        }
        if screen != Screen::Signature {
            self.signature.left();
        }
        match screen {
            Screen::Overview if page.state.merchants.is_empty() => start::show(ui, page, out),
            Screen::Overview => self.overview.show(ui, page, out),
            Screen::Reconcile => {
                reconcile::show(ui, page, out);
                self.sign_off.show(ui, page, out);
                self.funds.show(ui, page, out);
            }
            Screen::Cases | Screen::Bills | Screen::Orders if page.state.merchants.is_empty() => {
                page.title(ui, screen.name(page.w));
                start::no_merchant(ui, page, out);
            }
            Screen::Cases => self.cases.show(ui, page, out),
            Screen::Bills => {
                self.bills.show(ui, page, out);
                self.funds.show(ui, page, out);
            }
            Screen::Orders if page.state.import.is_open() => {
                self.import.show(ui, page, out);
                self.refused.show(ui, page, out);
            }
            Screen::Orders => {
                self.orders.show(ui, page, out);
                self.refused.show(ui, page, out);
            }
            Screen::Lookup => self.lookup.show(ui, page, out),
            Screen::Signature => self.signature.show(ui, page, out),
            Screen::Merchants => self.merchants.show(ui, page, out),
            Screen::Settings => self.settings.show(ui, page, out),
        }
    }

    /// What the status bar says on a screen.
    pub(crate) fn status(&self, screen: Screen, page: &Page<'_>) -> Status {
        match screen {
            Screen::Overview => overview::status(page),
            Screen::Reconcile => reconcile::status(page),
            Screen::Cases => self.cases.status(page),
            Screen::Bills => self.bills.status(page),
            Screen::Orders if page.state.import.is_open() => self.import.status(page),
            Screen::Orders => self.orders.status(page),
            Screen::Lookup => self.lookup.status(page),
            Screen::Signature => signature::status(page),
            Screen::Merchants => merchants::status(page),
            Screen::Settings => settings::status(page),
        }
    }

    /// Looks a text up on the Lookup screen.
    pub(crate) fn look_up(&mut self, text: String, out: &mut Outbox) {
        self.lookup.start(text, out);
    }

    /// Shows the side panel of Cases, for a case that is about to be read.
    pub(crate) fn open_case(&mut self) {
        self.cases.open_panel();
    }

    /// The case beside which files would hang when they are dropped on a screen.
    pub(crate) fn case_for_files<'a>(
        &self,
        screen: Screen,
        state: &'a State,
    ) -> Option<&'a CaseDetail> {
        (screen == Screen::Cases)
            .then(|| self.cases.open_case(state))
            .flatten()
    }

    /// Asks what becomes of dropped files; they come back where no case is open.
    pub(crate) fn offer_files(
        &mut self,
        screen: Screen,
        state: &State,
        paths: Vec<PathBuf>,
    ) -> Vec<PathBuf> {
        if screen == Screen::Cases {
            self.cases.offer_files(state, paths)
        } else {
            paths
        }
    }

    /// Opens the form of a new merchant.
    pub(crate) fn new_merchant(&mut self) {
        self.merchants.start_new();
    }

    /// Opens the short form of the first merchant, for files that wait for it.
    pub(crate) fn first_merchant(&mut self, files: &[PathBuf]) {
        self.merchants.start_for_files(files);
    }

    /// Opens the fund flow of a day over the screen in view.
    pub(crate) fn show_funds(&mut self, profile: ProfileId, day: BillDate, out: &mut Outbox) {
        self.funds.start(profile, day, out);
    }

    /// Mends over the orders the rows that an import refused.
    pub(crate) fn mend_rows(&mut self, import: (ProfileId, u32), out: &mut Outbox) {
        self.refused.start(import, out);
    }

    /// Shows over the cases what waits for a second person.
    pub(crate) fn show_approvals(&mut self, out: &mut Outbox) {
        self.cases.show_approvals(out);
    }

    /// Shows in the settings the form of the first operator, where none is named.
    pub(crate) fn show_operators(&mut self, state: &State) {
        self.settings.show_operators(state);
    }

    /// Shows over the cases the refunds that are not at their end.
    pub(crate) fn show_refunds(&mut self, state: &State, out: &mut Outbox) {
        self.cases.show_refunds(state, out);
    }

    /// Asks over the cases before a refund that was made earlier goes out, or is given up.
    pub(crate) fn ask_about(&mut self, wish: Action, state: &State) {
        match wish {
            Action::SendRefund(refund) => self.cases.ask_to_send(refund, state),
            Action::WithdrawRefund(refund) => self.cases.ask_to_withdraw(&refund),
            _ => {}
        }
    }

    /// Another merchant or day came into view: lists start from their top.
    pub(crate) fn moved(&mut self) {
        self.cases.moved();
        self.orders.moved();
        self.bills.moved();
    }
}
