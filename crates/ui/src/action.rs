//! What a view wants to happen; the shell carries it out.

use std::ops::Range;
use std::path::PathBuf;

use recondesk_app::model::{BulkPayout, CaseName, FundsAsk, ReissueWish};
use recondesk_app::tables::ask::ListRows;
use recondesk_app::{Command, Export, ExportFormat, ListKind, Preferences, SheetRows};
use recondesk_domain::{BillDate, ProfileId};
use recondesk_ports::{AttachmentInfo, RefundRecord};

use super::screens::Screen;

/// One wish.
#[derive(Debug)]
pub(crate) enum Action {
    /// Goes to a screen.
    Go(Screen),
    /// Goes to a screen with that merchant and day in view.
    GoToDay(Screen, ProfileId, BillDate),
    /// Submits a command.
    Run(Command),
    /// Puts another day in view.
    SetDay(BillDate),
    /// Puts another merchant in view, or all.
    SetMerchant(Option<ProfileId>),
    /// These rows of a long table are in view.
    Visible(ListKind, Range<u64>),
    /// Stores preferences, at once in force.
    Prefer(Box<Preferences>),
    /// Asks for files to import, for the merchant in view.
    PickFiles,
    /// Asks for a bank statement, to look at the fund flow with it.
    PickStatement(FundsAsk),
    /// Asks for a file of orders or refunds, for the import assistant.
    PickOrders,
    /// Leaves the file in the import assistant, for the next one that waits.
    CloseImport,
    /// Leaves the file in the import assistant and all that wait.
    DropImports,
    /// Asks where to write the findings or a report of the day in view.
    PickExport(Export),
    /// Asks where to write the rows of a table.
    PickTable(Box<TableExport>, ExportFormat),
    /// Says something in the status bar for a while.
    Say(String),
    /// Stops a job.
    Cancel(recondesk_app::TaskId),
    /// Looks a text up on the Lookup screen.
    LookUp(String),
    /// Puts another of several stories of a number in view.
    ChooseStory(usize),
    /// Gives up what the Lookup screen waits for.
    StopAsking,
    /// Opens a case: merchant, key, order number.
    OpenCase(ProfileId, String, String),
    /// Asks where to write the answers about many numbers.
    PickAnswers(ExportFormat),
    /// Asks for a file with a list of numbers.
    PickList,
    /// Opens the form of a new merchant.
    NewMerchant,
    /// Asks for the passphrase of the sealed file.
    AskPassphrase,
    /// Asks for an operator to sign in.
    AskOperator,
    /// Asks for the address of a shared workspace.
    OpenShared,
    /// Asks for files to hang on a case.
    PickAttachments(CaseName),
    /// Asks where to write a copy of a file of a case.
    PickAttachmentCopy(CaseName, Box<AttachmentInfo>),
    /// Asks where to write the list for the shop, then reissues.
    PickReissueList(ReissueList),
    /// Shows what waits for a second person.
    Approvals,
    /// Asks whether a refund that was made earlier goes out.
    SendRefund(Box<RefundRecord>),
    /// Asks why a refund is given up that was certainly not accepted.
    WithdrawRefund(Box<RefundRecord>),
    /// Shows the refunds that are not at their end.
    UnfinishedRefunds,
    /// Goes to the operators in the settings; where none is named, the form of the first one opens.
    Operators,
    /// Asks for the folder to export the books to, of the merchant in view or of all.
    PickBooks,
    /// Asks where to write a copy of the workspace.
    PickBackup,
    /// Asks where to write an imported file again: its number among the imports, and its name.
    PickOriginal(u32, String),
    /// Asks where to write the certificate of a signed day.
    PickCertificate(ProfileId, BillDate),
    /// Mends the rows that an import refused.
    MendRows(ProfileId, u32),
    /// Shows the fund flow of a day.
    Funds(ProfileId, BillDate),
    /// Imports these files, for the merchant in view.
    ImportFiles(Vec<PathBuf>),
}

/// A reissue by a list, before its file has a place.
#[derive(Debug)]
pub(crate) enum ReissueList {
    /// Of one case.
    One(Box<ReissueWish>),
    /// Of many.
    Many(Box<BulkPayout>),
}

impl ReissueList {
    /// The command, once the place is known.
    pub(crate) fn into_command(self, path: PathBuf) -> Command {
        match self {
            Self::One(mut wish) => {
                wish.list = Some(path);
                Command::Reissue(wish)
            }
            Self::Many(mut wish) => {
                if let BulkPayout::Reissue { list, .. } = wish.as_mut() {
                    *list = Some(path);
                }
                Command::BulkPayout(wish)
            }
        }
    }
}

/// The rows of a table, on their way into a file.
#[derive(Debug, Clone)]
pub(crate) enum TableExport {
    /// Those of a long list, which a job reads.
    List(ListRows),
    /// Those that are here.
    Sheet(SheetRows),
}

impl TableExport {
    /// Name of the table.
    pub(crate) const fn table(&self) -> &'static str {
        match self {
            Self::List(rows) => rows.list.kind().word(),
            Self::Sheet(rows) => rows.title,
        }
    }
}

/// The wishes of one frame, in order.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    actions: Vec<Action>,
}

impl Outbox {
    /// Adds a wish.
    pub(crate) fn push(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Adds a command.
    pub(crate) fn run(&mut self, command: Command) {
        self.push(Action::Run(command));
    }

    /// Takes all of them.
    pub(crate) fn take(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.actions)
    }
}
