//! What the program needs of the world, as traits; `adapters` implement them, tests fake them.

mod author;
mod bank_books;
mod book_contents;
mod books;
mod books_error;
mod care;
mod case_step;
mod cases;
mod casework;
mod columns;
mod files;
mod fund_books;
mod observations;
mod picker;
mod place;
mod records;
mod report;
mod server_refusal;
mod source;
mod table;
mod workbooks;
mod workspace_fault;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use recondesk_domain::{Instant, MerchantProfile, Message, ProfileId, Secret, SecretKind};

pub use author::Author;
pub use book_contents::{BookContents, BookRows, ContentDay};
pub use books::{
    BillExpect, BillImport, BilledNumber, BilledRow, Book, BookRow, Books, ImportRecord,
    NumberKind, Occurrence, OrdersImport, RawRow, SetAside, Standing, Stored,
};
pub use server_refusal::ServerRefusal;
pub use source::{Bytes, ImportPart, Source, Stamp, Unwatched, Watch};

pub use bank_books::{BANK_KIND, BankDays, BankFacts, BankImport};
pub use books_error::{BooksError, Expands};
pub use care::{
    BackupLeave, BackupOutcome, BackupReport, CareFault, CheckReport, CopyFault, MendReport,
    MoveReport, RebuildOutcome, RebuildReport, RestoreOutcome, WorkspaceCare,
};
pub use case_step::{CaseStep, CaseStepKind, CaseSteps};
pub use cases::{CaseEvent, CaseEventKind, CaseId, CaseQuery, CaseRecord};
pub use casework::{
    ApprovalId, ApprovalRecord, AttachmentInfo, AttachmentRecord, AuditDeed, AuditEntry, Casework,
    HistoryFault, HistoryFaultKind, Operator, PinError, RefundDraft, RefundHistory, RefundQuery,
    RefundRecord, RefundRowId, RefundStep, ReissueDraft, ReissueHistory, ReissueRecord,
    ReissueRowId, SignOffRecord,
};
pub use columns::{
    ColumnBatch, ColumnFiles, ColumnRows, ColumnType, ColumnValues, FillRows, TableColumn,
    TableShape,
};
pub use files::{Files, Fill, FolderDraft, ListedFile, MOST_LISTED, WrittenFile};
pub use fund_books::{FundExpect, FundFacts, FundImport};
pub use observations::{Observation, ObservationSource, RefundWord};
pub use picker::{PickAsk, Picker};
pub use place::{BookDay, CaseRef, OrdersTarget, ProfileRecords};
pub use records::{
    BillFailure, DeedListener, ExchangeRecord, KnownRun, NewRun, Records, RunId, RunRecord,
};
pub use report::{
    Anchor, Ink, Logo, Picture, Report, ReportCell, ReportColumn, ReportColumnKind, ReportFormat,
    ReportPart, ReportTable, Reports, Shape, TotalTooLarge,
};
pub use table::{
    BookColumn, BookValue, ColumnTest, RowId, RowList, RowTest, SortColumn, TableQuery, ValueCount,
    ValuesAsk,
};
pub use workbooks::{FormColumn, SheetForm, Workbooks};
pub use workspace_fault::WorkspaceFault;

/// Everything a job needs of the world. Cheap to clone.
#[derive(Clone)]
pub struct Ports {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes nonces.
    pub random: Arc<dyn Random>,
    /// Profiles, runs, cases, history.
    pub records: Arc<dyn Records>,
    /// Operators, approvals, refunds, reissues, sign-offs, the audit trail.
    pub casework: Arc<dyn Casework>,
    /// Bills, orders and refunds.
    pub books: Arc<dyn Books>,
    /// Keeps secrets.
    pub vault: Arc<dyn Vault>,
    /// Talks to WeChat Pay.
    pub gateway: Arc<dyn Gateway>,
    /// The right to write to the workspace.
    pub writers: Arc<dyn Writers>,
}

/// Lets one writing job at a time into a workspace, whichever program it runs in.
pub trait Writers: Send + Sync {
    /// Waits at most `patience` for the right to write; dropping the answer gives it back.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another job does not end in time.
    fn enter(&self, patience: Duration) -> Result<Box<dyn Send>, StoreError>;

    /// Waits at most `patience` for the right to send goods or money; dropping the answer gives it back, and so
    /// does the end of the program. Whoever holds it knows that what another program was sending is interrupted.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another program sends all that time.
    fn enter_payout(&self, patience: Duration) -> Result<Box<dyn Send>, StoreError>;

    /// Takes a piece of work that several workers share out among themselves, by its name; nothing where another one
    /// has it. Dropping the answer gives it back; that of a program which died passes on, on this computer at once, on
    /// others after a while.
    ///
    /// # Errors
    /// [`StoreError`] when the workspace cannot be asked.
    fn claim(&self, work: &str) -> Result<Option<Box<dyn Send>>, StoreError>;

    /// A nameless file on the disk of the workspace, for what arrives piece by piece; it is gone
    /// when dropped, or when the program ends.
    ///
    /// # Errors
    /// What the system says.
    fn scratch(&self) -> std::io::Result<Box<dyn Scratch>>;
}

/// A nameless file under construction.
pub trait Scratch: Write + Send {
    /// Ends the writing and hands the bytes over, under the name that messages show.
    ///
    /// # Errors
    /// What the system says.
    fn into_source(self: Box<Self>, name: &str) -> std::io::Result<Source>;
}

/// Tells work in progress to stop; cheap to clone and to ask.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Asks the work to stop. Work that is past its point of no return ends normally.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True once somebody asked.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Tells the time. The only source of "now" for every rule.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Instant;
    /// Milliseconds of an arbitrary steady clock, for measuring durations.
    fn steady_ms(&self) -> u64;
}

/// The vault cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It is locked, or the passphrase is wrong.
    #[error("the vault is locked or the passphrase is wrong")]
    Locked,
    /// Keys were put there, and are gone: it was deleted, or exchanged for another.
    #[error("keys of this workspace are lost: the vault was deleted, or exchanged for another")]
    Lost,
    /// Keys lie where no passphrase is needed.
    #[error("the keys of this workspace are not sealed by a passphrase")]
    NoPassphrase,
    /// There was no room to write it: what it held stands.
    #[error("the disk is full")]
    Full,
    /// It cannot be read or written.
    #[error("the vault cannot be used: {0}")]
    Broken(String),
}

/// Keeps secrets outside the database.
pub trait Vault: Send + Sync {
    /// Reads a secret.
    ///
    /// # Errors
    /// [`VaultError`] when the vault is locked or broken; an absent secret is `None`.
    fn get(
        &self,
        profile: ProfileId,
        kind: SecretKind,
    ) -> Result<Option<Secret<Vec<u8>>>, VaultError>;

    /// Stores a secret, over an older one.
    ///
    /// # Errors
    /// As above; then the older one still stands.
    fn set(
        &self,
        profile: ProfileId,
        kind: SecretKind,
        value: Secret<Vec<u8>>,
    ) -> Result<(), VaultError>;

    /// Forgets a secret; absent ones are no error.
    ///
    /// # Errors
    /// As above.
    fn remove(&self, profile: ProfileId, kind: SecretKind) -> Result<(), VaultError>;

    /// Gives the passphrase of a sealed file, so that nobody need be asked later.
    ///
    /// # Errors
    /// [`VaultError::Locked`] when it is wrong.
    fn unlock(&self, passphrase: Secret<String>) -> Result<(), VaultError> {
        drop(passphrase);
        Ok(())
    }

    /// Seals the file under another passphrase; asks for the old one where it is not known.
    ///
    /// # Errors
    /// [`VaultError::NoPassphrase`] where there is no sealed file, [`VaultError::Locked`] when the old one is wrong.
    fn change_passphrase(&self, new: Secret<String>) -> Result<(), VaultError> {
        drop(new);
        Err(VaultError::NoPassphrase)
    }

    /// Gives up keys that are lost, so that others can be put in their place; tells how many.
    ///
    /// # Errors
    /// As above.
    fn forget_lost(&self) -> Result<u32, VaultError> {
        Ok(0)
    }

    /// Where the secrets of this workspace lie.
    fn place(&self) -> VaultPlace {
        VaultPlace::Keychain
    }

    /// Forgets the passphrase of a sealed file and everything derived from it, until [`Vault::unlock`].
    fn lock(&self) {}

    /// Whether secrets can be read now; asks nobody for a passphrase.
    fn access(&self) -> VaultAccess {
        VaultAccess::System
    }
}

/// Whether secrets can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VaultAccess {
    /// The operating system sees to it.
    #[default]
    System,
    /// The passphrase of the sealed file is known.
    Open,
    /// The sealed file waits for its passphrase.
    Locked,
    /// A sealed file will be made once it has a passphrase.
    Unmade,
    /// Secrets lie in memory and are gone with the program.
    Memory,
}

/// What a passphrase is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassphraseUse {
    /// To open the sealed file.
    ToOpen,
    /// To make it; ask twice.
    ToMake,
}

/// Where secrets lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VaultPlace {
    /// In the keychain of the operating system.
    Keychain,
    /// In a file of the workspace, sealed by a passphrase.
    SealedFile,
}

/// A request to the gateway, ready to send: signed already, free of secrets but for the certificate.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path and query, as signed; joined to the profile's gateway address.
    pub path: String,
    /// Further headers, such as `Authorization` of APIv3.
    pub headers: Vec<(String, String)>,
    /// Body bytes, as signed.
    pub body: Vec<u8>,
    /// True when the address demands the merchant's certificate.
    pub needs_certificate: bool,
    /// True when the protocol allows sending the very same request again.
    pub may_repeat: bool,
    /// Largest answer accepted.
    pub max_answer_bytes: u64,
    /// True when whoever knows address and path may use them: neither is logged then.
    pub is_address_secret: bool,
}

/// An answer of the gateway, unverified.
#[derive(Debug, Clone)]
pub struct HttpAnswer {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case, in order of arrival.
    pub headers: Vec<(String, String)>,
    /// Raw body; empty when it was streamed.
    pub body: Vec<u8>,
    /// Clock of the gateway minus ours in seconds, from its `Date` header.
    pub skew_s: Option<i64>,
    /// Milliseconds from sending to the last byte.
    pub took_ms: u64,
    /// The address that answered.
    pub address: String,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// Never connected: the request was certainly not carried out.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// TLS was refused: wrong authority, wrong name, or the certificate is missing.
    #[error("secure connection refused: {0}")]
    Tls(String),
    /// Sent, but no whole answer came: the outcome is unknown.
    #[error("no whole answer: {0}")]
    Unclear(String),
    /// The answer is larger than allowed.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(u64),
    /// The answer is a redirect, which this protocol never uses.
    #[error("the gateway redirects to {0}")]
    Redirect(String),
    /// The merchant's certificate or key cannot be used.
    #[error("the client certificate cannot be used: {0}")]
    Certificate(String),
    /// A person stopped it.
    #[error("cancelled")]
    Cancelled,
}

/// The way to WeChat Pay.
pub trait Gateway: Send + Sync {
    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// [`GatewayError`]; only `Connect` and `Tls` prove that nothing was carried out.
    fn send(
        &self,
        route: &Route,
        request: &HttpRequest,
        cancel: &CancelToken,
    ) -> Result<HttpAnswer, GatewayError>;

    /// Sends a request and hands the answer over piece by piece.
    ///
    /// # Errors
    /// As above; the sink may stop by returning an error text, which comes back as `Unclear`.
    fn download(
        &self,
        route: &Route,
        request: &HttpRequest,
        cancel: &CancelToken,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<HttpAnswer, GatewayError>;
}

/// Where requests of a profile go, and with which certificate.
#[derive(Debug, Clone)]
pub struct Route {
    /// Base address, judged by [`recondesk_domain::gateway_kind`].
    pub gateway: String,
    /// PEM of the only authority to trust; loopback gateways only.
    pub authority: Option<String>,
    /// PEM of certificate and private key.
    pub certificate: Option<(Vec<u8>, Secret<Vec<u8>>)>,
}

impl Route {
    /// The route of a profile without a certificate.
    #[must_use]
    pub fn plain(profile: &MerchantProfile) -> Self {
        Self {
            gateway: profile.gateway.clone(),
            authority: profile.gateway_ca.clone(),
            certificate: None,
        }
    }
}

/// Random bytes, for nonces.
pub trait Random: Send + Sync {
    /// A nonce of 32 letters and digits.
    fn nonce(&self) -> String;
}

/// The workspace cannot do what was asked; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another program is writing, and did not finish in time.
    #[error("another program is using the workspace")]
    Busy,
    /// No room left.
    #[error("the disk is full")]
    Full,
    /// The folder or a file may not be read or written.
    #[error("the workspace cannot be opened: {0}")]
    Denied(String),
    /// The server or the share of a shared workspace cannot be used.
    #[error("the shared workspace cannot be used: {}", .0.en)]
    Unreachable(Message),
    /// The server of a shared workspace did not do what it was asked for; nothing was stored.
    #[error(transparent)]
    Server(#[from] ServerRefusal),
    /// It was moved to another place, which is the one to use.
    #[error("the workspace has moved to {0}")]
    Moved(String),
    /// A move to it, from the place that is named, did not end.
    #[error("the move of the workspace at {0} to here did not end")]
    HalfMoved(String),
    /// A file of another program lies where the database should be.
    #[error("the file is not a workspace of this program")]
    Foreign,
    /// Made by a newer version of this program.
    #[error("the workspace was made by a newer version (schema {found}, this one knows {known})")]
    Newer {
        /// Version of the file.
        found: i64,
        /// Version this program knows.
        known: i64,
    },
    /// Its files do not belong together; none was touched.
    #[error("{0}")]
    Torn(WorkspaceFault),
    /// A name that must be unique is taken.
    #[error("the name {0} is taken")]
    Taken(String),
    /// The thing named does not exist (any more).
    #[error("there is no {0}")]
    Missing(String),
    /// The rules of the record forbid it.
    #[error("not allowed: {0}")]
    Forbidden(String),
    /// Somebody else changed the case since it was seen: what happened since, oldest first.
    #[error("the case was changed meanwhile")]
    Overtaken(Vec<CaseEvent>),
    /// Damaged, or a fault of the program.
    #[error("the workspace is damaged: {0}")]
    Broken(String),
}
