//! Files that a person names: dropped on the window, or chosen in a dialog of the system.

use std::path::PathBuf;

use egui::Context;

use super::action::{ReissueList, TableExport};
use super::app::App;
use super::screens::Screen;
use super::text;
use recondesk_app::model::{AttachWish, CaseName, FundsAsk, SaveAttachmentWish};
use recondesk_app::tables::ask::ListAsk;
use recondesk_app::{Command, Export, ExportFormat, Message, NoticeText};
use recondesk_domain::{BillDate, ProfileId};
use recondesk_ports::{AttachmentInfo, PickAsk};

/// What was asked of the file dialog that is open.
#[derive(Debug)]
pub(super) enum Picking {
    Import,
    Orders,
    Export(ProfileId, BillDate, Export),
    Answers(ExportFormat),
    Table(Box<TableExport>, ExportFormat),
    List,
    Attach(CaseName),
    AttachmentCopy(CaseName, [u8; 32]),
    Backup,
    Books(Option<ProfileId>),
    Original(u32),
    Certificate(ProfileId, BillDate),
    Statement(FundsAsk),
    ReissueList(ReissueList),
}

impl App {
    pub(super) fn files(&mut self, ctx: &Context) {
        let dropped: Vec<PathBuf> = ctx.input(|input| {
            let files = input.raw.dropped_files.iter();
            files.map(|file| file.path().to_owned()).collect()
        });
        if !dropped.is_empty() {
            let left = self.screens.offer_files(self.screen, &self.state, dropped);
            self.import(left);
        }
        if !self.held.is_empty() && !self.state.merchants.is_empty() {
            let held = std::mem::take(&mut self.held);
            self.import(held);
            // What comes of them is read there; a file that has questions takes its own screen.
            self.screen = Screen::Overview;
        }
        let Some(paths) = self.picker.answer() else {
            return;
        };
        match self.picking.take() {
            Some(Picking::Import) => self.import(paths),
            Some(Picking::Orders) => {
                let merchant = self.state.merchant_or_first().map(|row| row.id);
                let Some(merchant) = merchant else { return };
                for path in paths {
                    if let Some(command) = self.state.import.open_or_wait(merchant, path) {
                        self.submit(command);
                    }
                    self.screen = Screen::Orders;
                }
            }
            Some(Picking::Export(profile, day, what)) => {
                if let Some(path) = paths.into_iter().next() {
                    self.submit(Command::Export(profile, day, what, path));
                }
            }
            Some(Picking::Table(export, format)) => {
                if let Some(path) = paths.into_iter().next() {
                    self.submit(match *export {
                        TableExport::List(rows) => {
                            Command::Rows(Box::new(ListAsk::Export(rows, format, path)))
                        }
                        TableExport::Sheet(rows) => {
                            Command::WriteSheet(Box::new(rows), format, path)
                        }
                    });
                }
            }
            Some(Picking::List) => {
                if let Some(path) = paths.into_iter().next() {
                    self.submit(Command::ReadList(path));
                }
            }
            Some(Picking::Attach(case)) if !paths.is_empty() => {
                self.submit(Command::Attach(Box::new(AttachWish { case, paths })));
            }
            Some(Picking::Attach(_)) => {}
            Some(Picking::AttachmentCopy(case, sha256)) => {
                if let Some(path) = paths.into_iter().next() {
                    let wish = SaveAttachmentWish { case, sha256, path };
                    self.submit(Command::SaveAttachment(Box::new(wish)));
                }
            }
            Some(Picking::ReissueList(list)) => self.write_reissue_list(list, paths),
            Some(Picking::Statement(ask)) => self.take_statement(ask, paths),
            Some(Picking::Books(profile)) => {
                if let Some(folder) = paths.into_iter().next() {
                    self.submit(Command::ExportBooks(profile, folder));
                }
            }
            Some(picking @ (Picking::Backup | Picking::Original(_) | Picking::Certificate(..))) => {
                self.save_stored(&picking, paths);
            }
            Some(Picking::Answers(format)) => self.write_answers(format, paths),
            None => {}
        }
    }

    pub(super) fn import(&mut self, paths: Vec<PathBuf>) {
        let Some(merchant) = self.state.merchant_or_first().map(|row| row.id) else {
            self.hold(paths);
            return;
        };
        // Bills are imported at once; a person checks each file of orders, one after the other, before it counts.
        for path in paths {
            self.submit(Command::Recognise(merchant, path));
        }
    }

    /// Files that nobody owns yet wait for the first merchant, whose form opens.
    fn hold(&mut self, paths: Vec<PathBuf>) {
        if paths.is_empty() {
            return;
        }
        self.submit(Command::WhoseFiles(paths.clone()));
        self.held = paths;
        self.screen = Screen::Merchants;
        self.screens.first_merchant(&self.held);
        self.state.tell(Ok(NoticeText {
            title: Message::new(
                "先填商户，保存后接着导入文件",
                "Fill in the merchant first; the files follow once it is saved",
            ),
            note: Message::default(),
            day: None,
            next: recondesk_app::NextDeed::None,
            attention: false,
        }));
    }

    pub(super) fn pick_answers(&mut self, format: ExportFormat) {
        let name = format!("lookup_{}.{}", self.clock.now().day(), format.extension());
        self.save_as(name, Picking::Answers(format));
    }

    pub(super) fn pick_table(&mut self, export: Box<TableExport>, format: ExportFormat) {
        let (table, day) = (export.table(), self.clock.now().day());
        let name = format!("{table}_{day}.{}", format.extension());
        self.save_as(name, Picking::Table(export, format));
    }

    pub(super) fn pick_list(&mut self) {
        let title = match self.state.preferences.language {
            recondesk_app::Language::Zh => "选择单号列表",
            recondesk_app::Language::En => "Choose a list of numbers",
        };
        if self.picker.ask(PickAsk::Open {
            title: title.to_owned(),
        }) {
            self.picking = Some(Picking::List);
        }
    }

    pub(super) fn pick_attachments(&mut self, case: CaseName) {
        let w = text::of(self.state.preferences.language);
        let title = w.work.choose_files.to_owned();
        if self.picker.ask(PickAsk::Open { title }) {
            self.picking = Some(Picking::Attach(case));
        }
    }

    pub(super) fn pick_attachment_copy(&mut self, case: CaseName, file: &AttachmentInfo) {
        let w = text::of(self.state.preferences.language);
        let (title, name) = (w.work.save_title.to_owned(), file.name.clone());
        if self.picker.ask(PickAsk::Save { title, name }) {
            self.picking = Some(Picking::AttachmentCopy(case, file.sha256));
        }
    }

    pub(super) fn pick_statement(&mut self, ask: FundsAsk) {
        let title = text::of(self.state.preferences.language)
            .funds
            .choose_statement;
        let title = title.to_owned();
        if self.picker.ask(PickAsk::Open { title }) {
            self.picking = Some(Picking::Statement(ask));
        }
    }

    fn take_statement(&mut self, ask: FundsAsk, paths: Vec<PathBuf>) {
        if let Some(path) = paths.into_iter().next() {
            self.submit(Command::BankStatement(ask, path));
        }
    }

    pub(super) fn pick_files(&mut self, picking: Picking) {
        let title = match self.state.preferences.language {
            recondesk_app::Language::Zh => "选择账单或订单文件",
            recondesk_app::Language::En => "Choose bill or order files",
        };
        if self.picker.ask(PickAsk::Open {
            title: title.to_owned(),
        }) {
            self.picking = Some(picking);
        }
    }

    pub(super) fn pick_export(&mut self, what: Export) {
        let Some(row) = self.state.merchant_or_first() else {
            return;
        };
        let day = self.state.day;
        let name = what.file_name(&row.profile.mch_id, day);
        let id = row.id;
        self.save_as(name, Picking::Export(id, day, what));
    }

    fn write_answers(&mut self, format: ExportFormat, paths: Vec<PathBuf>) {
        let answers = self.state.lookup.answers.value().cloned();
        if let (Some(path), Some(answers)) = (paths.into_iter().next(), answers) {
            self.submit(Command::ExportAnswers(answers, format, path));
        }
    }

    fn write_reissue_list(&mut self, list: ReissueList, paths: Vec<PathBuf>) {
        if let Some(path) = paths.into_iter().next() {
            self.submit(list.into_command(path));
        }
    }

    /// The list for the shop: it names the orders that must be delivered.
    pub(super) fn pick_reissue_list(&mut self, list: ReissueList) {
        let name = format!("reissue_{}.csv", self.clock.now().day());
        self.save_as(name, Picking::ReissueList(list));
    }

    pub(super) fn pick_backup(&mut self) {
        let name = format!("recondesk_{}.zip", self.clock.now().day());
        self.save_as(name, Picking::Backup);
    }

    pub(super) fn pick_books(&mut self) {
        let title = text::of(self.state.preferences.language).frame.books_to;
        let title = title.to_owned();
        if self.picker.ask(PickAsk::Folder { title }) {
            self.picking = Some(Picking::Books(self.state.merchant));
        }
    }

    /// An imported file, unpacked: a name that says gzip would lie.
    pub(super) fn pick_original(&mut self, import: u32, name: &str) {
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let plain = name.strip_suffix(".gz").unwrap_or(name);
        self.save_as(plain.to_owned(), Picking::Original(import));
    }

    /// Writes what is stored to the file that was chosen.
    fn save_stored(&mut self, picking: &Picking, paths: Vec<PathBuf>) {
        let Some(path) = paths.into_iter().next() else {
            return;
        };
        match picking {
            Picking::Original(import) => self.submit(Command::SaveOriginal(*import, path)),
            Picking::Certificate(profile, day) => {
                self.submit(Command::SaveCertificate(*profile, *day, path));
            }
            _ => self.submit(Command::Backup(path)),
        }
    }

    /// The certificate of a signed day, as a page.
    pub(super) fn pick_certificate(&mut self, profile: ProfileId, day: BillDate) {
        let name = format!("{}_{day}_certificate.html", self.state.name_of(profile));
        self.save_as(name, Picking::Certificate(profile, day));
    }

    /// Asks where to write a file.
    fn save_as(&mut self, name: String, picking: Picking) {
        let title = text::of(self.state.preferences.language).frame.export_to;
        let title = title.to_owned();
        if self.picker.ask(PickAsk::Save { title, name }) {
            self.picking = Some(picking);
        }
    }
}
