//! What the rows of the palette do.

use crate::action::{Action, Outbox};
use crate::screens::Screen;
use recondesk_app::model::CaseFilter;
use recondesk_app::{BillChoice, Command, Export, ExportFormat, Preferences, State};

/// What choosing a row does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PaletteAction {
    /// Goes to a screen.
    Go(Screen),
    /// Compares the day in view.
    Reconcile,
    /// Fetches and compares everything of the day in view.
    Morning,
    /// Fetches every missing bill.
    Backfill,
    /// Fetches the bill of the day in view.
    Download,
    /// Writes the findings of the day in view.
    Export(ExportFormat),
    /// Changes how the window looks.
    Prefer(Box<Preferences>),
    /// Writes a report of the day in view, or of its month.
    Report(Export),
    /// Imports files.
    Import,
    /// Adds a merchant.
    NewMerchant,
    /// Opens the page of keys.
    Keys,
    /// Opens the notices.
    Notices,
    /// Forgets the passphrase of the sealed file.
    LockKeys,
    /// Asks for it.
    UnlockKeys,
    /// Shows the fund flow of the day in view.
    Funds,
    /// Shows the operators.
    Operators,
    /// Exports the books.
    Books,
    /// Copies the workspace to a file.
    Backup,
    /// Looks the workspace over.
    CheckWorkspace,
    /// Opens a shared workspace.
    OpenShared,
    /// Opens the handbook.
    Handbook,
    /// What waits for a second person.
    Approvals,
    /// Refunds that are not at their end.
    Refunds,
    /// Mends the rows that the newest import with such rows refused.
    MendRows,
    /// An operator signs in.
    SignIn,
    /// The operator leaves.
    SignOut,
    /// Looks a number up.
    LookUp(String),
    /// Looks for a number among the cases.
    FindNumber(String),
}

/// Carries out what a row does.
pub(crate) fn carry_out(
    deed: PaletteAction,
    state: &State,
    out: &mut Outbox,
) -> Option<PaletteAction> {
    let merchant = state.merchant_or_first().map(|row| row.id);
    match (deed, merchant) {
        (PaletteAction::Go(screen), _) => out.push(Action::Go(screen)),
        (PaletteAction::Reconcile, Some(id)) => out.run(Command::Reconcile(id, state.day)),
        (PaletteAction::Morning, _) => out.run(Command::Morning(state.merchant, state.day)),
        (PaletteAction::Backfill, _) => out.run(Command::Backfill(state.merchant)),
        (PaletteAction::Download, Some(id)) => {
            out.run(Command::Download(id, state.day, BillChoice::All));
        }
        (PaletteAction::Export(format), _) => {
            out.push(Action::PickExport(Export::Findings(format)));
        }
        (PaletteAction::Prefer(preferences), _) => out.push(Action::Prefer(preferences)),
        (PaletteAction::Report(what), _) => out.push(Action::PickExport(what)),
        (PaletteAction::Funds, Some(id)) => out.push(Action::Funds(id, state.day)),
        (PaletteAction::Operators, _) => out.push(Action::Operators),
        (PaletteAction::Books, _) => out.push(Action::PickBooks),
        (PaletteAction::Backup, _) => out.push(Action::PickBackup),
        (PaletteAction::CheckWorkspace, _) => out.run(Command::CheckWorkspace),
        (PaletteAction::OpenShared, _) => out.push(Action::OpenShared),
        (PaletteAction::Handbook, _) => {
            out.run(Command::OpenHandbook(state.preferences.language));
        }
        (PaletteAction::Approvals, _) => out.push(Action::Approvals),
        (PaletteAction::MendRows, _) => {
            let files = state.refused.files.value();
            if let Some(file) = files.and_then(|files| files.first()) {
                out.push(Action::MendRows(file.profile, file.import));
            }
        }
        (PaletteAction::Refunds, _) => out.push(Action::UnfinishedRefunds),
        (PaletteAction::SignIn, _) => out.push(Action::AskOperator),
        (PaletteAction::SignOut, _) => out.run(Command::SignOut),
        (PaletteAction::Import, _) => out.push(Action::PickFiles),
        (PaletteAction::NewMerchant, _) => out.push(Action::NewMerchant),
        (PaletteAction::LookUp(text), _) => out.push(Action::LookUp(text)),
        (PaletteAction::FindNumber(text), _) => {
            out.push(Action::Go(Screen::Cases));
            let filter = CaseFilter {
                profile: state.merchant,
                text,
                ..CaseFilter::default()
            };
            out.run(Command::Cases(filter));
        }
        (PaletteAction::LockKeys, _) => out.run(Command::LockVault),
        (PaletteAction::UnlockKeys, _) => out.push(Action::AskPassphrase),
        (PaletteAction::Reconcile | PaletteAction::Download | PaletteAction::Funds, None) => {}
        (other @ (PaletteAction::Keys | PaletteAction::Notices), _) => return Some(other),
    }
    None
}
