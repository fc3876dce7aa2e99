//! Files that a person names: what they are, whose they are, what came of them; and copies of what is stored.

use std::path::{Path, PathBuf};

use super::exports::file_name;
use super::{WindowJobs, cannot_write, changed, count, told};
use crate::event::{Changed, NoticeText};
use crate::jobs::{assistant, bill_owner, care, import_file, refused_rows};
use crate::{Command, Failure, FailureKind, MerchantRef, Message, Outcome, Reporter};
use recondesk_domain::ProfileId;
use recondesk_ports::{BackupLeave, BackupOutcome, StoreError, WorkspaceCare};

/// The notice names the file that it is about.
fn named(path: &Path, told: NoticeText) -> NoticeText {
    let name = file_name(path);
    NoticeText {
        title: Message::new(
            format!("{name}：{}", told.title.zh),
            format!("{name}: {}", told.title.en),
        ),
        ..told
    }
}

/// So does the failure.
fn naming(path: &Path) -> impl FnOnce(Failure) -> Failure {
    let name = file_name(path);
    move |failure| {
        if failure.kind == FailureKind::Cancelled || failure.title.zh.contains(&name) {
            return failure;
        }
        let title = Message::new(
            format!("{name}：{}", failure.title.zh),
            format!("{name}: {}", failure.title.en),
        );
        Failure { title, ..failure }
    }
}

impl WindowJobs {
    fn import_file(
        &self,
        id: ProfileId,
        path: &Path,
        reporter: &dyn Reporter,
    ) -> Result<Outcome, Failure> {
        let profile = self.profile(id)?;
        let files = self.around.files.as_ref();
        let told = import_file::import(
            &self.ports,
            files,
            MerchantRef::new(id, &profile),
            path,
            reporter,
        )
        .map_err(naming(path))?;
        Ok(changed(Changed::Books, named(path, told)))
    }

    pub(super) fn recognise(&self, id: ProfileId, path: PathBuf) -> Result<Outcome, Failure> {
        let bill = assistant::is_bill(self.around.files.as_ref(), &path).map_err(naming(&path))?;
        Ok(Outcome::Recognised(id, path, bill))
    }

    /// The merchant number of the first bill among files; what cannot be read is told once it is imported.
    pub(super) fn whose_files(&self, paths: &[PathBuf]) -> Outcome {
        let number = paths.iter().find_map(|path| {
            let source = self.around.files.open(path).ok()?;
            bill_owner::merchant_number(source).ok().flatten()
        });
        Outcome::WhoseFiles(number)
    }

    /// Files that a person names, and what is stored of them: imported, saved again, mended, copied, looked over.
    pub(super) fn with_files(
        &self,
        command: Command,
        reporter: &dyn Reporter,
    ) -> Result<Outcome, Failure> {
        let files = self.around.files.as_ref();
        match command {
            Command::ImportFile(id, path) => self.import_file(id, &path, reporter),
            Command::LookAtFile(ask) => {
                let sheet = assistant::look(&self.ports, files, &ask, reporter)?;
                Ok(Outcome::Sheet(Box::new(sheet)))
            }
            Command::ImportShown(order) => {
                let language = self.preferences()?.language;
                let told = assistant::import(&self.ports, files, &order, language, reporter)?;
                Ok(changed(Changed::Books, named(&order.path, told)))
            }
            Command::SaveOriginal(import, path) => self.save_original(import, &path),
            Command::SaveCertificate(id, day, path) => self.save_certificate(id, day, &path),
            Command::Backup(path) => self.back_up(&path),
            Command::RefusedFiles(id) => {
                let files = refused_rows::files(self.ports.books.as_ref(), id)?;
                Ok(Outcome::RefusedFiles(files))
            }
            Command::RefusedRows(id, import) => {
                let rows = refused_rows::open(&self.ports, id, import, reporter)?;
                Ok(Outcome::RefusedRows(Box::new(rows)))
            }
            Command::TryMended(wish) => {
                let rows = refused_rows::attempt(&self.ports, &wish, reporter)?;
                Ok(Outcome::RefusedRows(Box::new(rows)))
            }
            Command::ImportMended(wish) => {
                let told = refused_rows::import(&self.ports, &wish, reporter)?;
                Ok(changed(Changed::Books, told))
            }
            _ => self.check_workspace(),
        }
    }

    /// Writes an imported file as it was, unpacked.
    fn save_original(&self, import: u32, path: &Path) -> Result<Outcome, Failure> {
        let mut broken = Ok(());
        let written = self.around.files.write(path, &mut |out| {
            let mut failed = Ok(());
            let read = self.ports.books.raw_file(import, &mut |piece| {
                if failed.is_ok() {
                    failed = out.write_all(piece);
                }
            });
            failed?;
            // What does not have its digest any more is not written beside a name that says it has.
            read.map_err(|error| {
                broken = Err(error);
                std::io::Error::other("damaged")
            })
        });
        broken?;
        written.map_err(|error| cannot_write(&error))?;
        let name = file_name(path);
        Ok(told(Message::new(
            format!("原始文件已另存为 {name}，与导入时一致"),
            format!("Original saved as {name}, byte for byte as imported"),
        )))
    }

    fn care(&self) -> Result<Box<dyn WorkspaceCare>, Failure> {
        let open = self.around.care.as_ref();
        let open = open.ok_or_else(|| StoreError::Forbidden("care".to_owned()))?;
        Ok(open()?)
    }

    /// Copies the workspace to one file, which is read back before it counts.
    fn back_up(&self, path: &Path) -> Result<Outcome, Failure> {
        // The dialogue has asked whether a file is to be replaced.
        let leave = BackupLeave {
            damaged: false,
            replace: true,
        };
        let report = match self.care()?.backup(path, leave)? {
            BackupOutcome::Written(report) => report,
            BackupOutcome::Damaged(faults) => return Err(care::nothing_copied(&faults)),
            BackupOutcome::InTheWay => return Err(care::in_the_way(path)),
        };
        let (name, files) = (file_name(path), count(report.files));
        let mut notice = NoticeText {
            title: Message::new(
                format!("已备份 {files} 个文件到 {name}，已回读核对"),
                format!("{files} files copied to {name}, written and read back"),
            ),
            note: Message::default(),
            day: None,
            next: crate::NextDeed::None,
            attention: false,
        };
        if report.leaves_keys {
            notice.note = Message::new(
                "备份里没有密钥：它们在系统钥匙串里，或没有存过；恢复到别的电脑后重新存入",
                "The copy has no keys: they are in the keychain of the system, or none are stored; store them again where it is put back",
            );
        }
        Ok(changed(Changed::Nothing, notice))
    }

    /// Reads every byte of archive and books.
    fn check_workspace(&self) -> Result<Outcome, Failure> {
        let report = self.care()?.check(true)?;
        if !report.faults.is_empty() {
            return Err(care::damaged(report.imports, report.files, &report.faults));
        }
        let (imports, files) = (count(u64::from(report.imports)), count(report.files));
        Ok(told(Message::new(
            format!("{imports} 次导入、{files} 个文件，均与写入时一致"),
            format!("{files} files of {imports} imports are what was written"),
        )))
    }
}
