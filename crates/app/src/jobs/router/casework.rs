//! What the window asks about cases, and about goods and money that move for them.

use std::io::Read as _;
use std::path::Path;

use super::exports::file_name;
use super::{WindowJobs, cannot_write, changed, quiet, told};
use crate::event::Changed;
use crate::jobs::bulk::{self, BulkActor, CaseDeed};
use crate::jobs::{approvals, decisions, payout, refund, sign_off};
use crate::model::{
    AttachWish, BulkWish, CaseWork, DaySignature, DayState, NextStep, SaveAttachmentWish,
};
use crate::{
    Command, Failure, FailureKind, MerchantRef, Message, NextDeed, Outcome, Reporter, Surface,
};
use recondesk_casework::Role;
use recondesk_domain::{BillDate, ProfileId};
use recondesk_ports::{CaseRef, RefundQuery, StoreError};

/// Most files that are hung on a case at once.
const MOST_FILES: usize = 20;

/// True for what moves goods or money, follows it up, or is a second person's.
pub(super) const fn moves_or_agrees(command: &Command) -> bool {
    matches!(
        command,
        Command::WithdrawRefund(..)
            | Command::Payout(..)
            | Command::Refund(_)
            | Command::ResumeRefunds(_)
            | Command::SendRefund(_)
            | Command::UnfinishedRefunds(_)
            | Command::Reissue(_)
            | Command::Approvals
            | Command::Judge(_)
            | Command::JudgeEach(_)
    )
}

impl WindowJobs {
    /// Carries out a command about cases.
    pub(super) fn casework(
        &self,
        command: Command,
        reporter: &dyn Reporter,
    ) -> Result<Outcome, Failure> {
        match command {
            Command::Note(id, key, text) => {
                let person = self.actor()?;
                decisions::note(&self.ports, CaseRef::new(id, &key), text, &person)?;
                Ok(changed(
                    Changed::Cases,
                    quiet(Message::new("已记下", "Noted")),
                ))
            }
            Command::Decide(id, key, decision) => {
                let person = self.actor()?;
                let case = CaseRef::new(id, key.as_str());
                let done = match self.around.desk.has_seen(case) {
                    Some(seen) => {
                        decisions::decide_having_seen(&self.ports, case, decision, &person, seen)?
                    }
                    None => decisions::decide(&self.ports, case, decision, &person)?,
                };
                let mut told = quiet(done.said);
                if done.waits {
                    told.next = NextDeed::Approve;
                }
                Ok(changed(Changed::Decisions, told))
            }
            Command::Undo(case, why) => {
                let person = self.actor()?;
                let place = CaseRef::new(case.profile, case.key.as_str());
                let said = decisions::take_back(&self.ports, place, &why, &person)?;
                Ok(changed(Changed::Decisions, quiet(said)))
            }
            Command::Attach(wish) => self.attach(&wish),
            Command::SaveAttachment(wish) => self.save_attachment(&wish),
            Command::BulkSummary(ask) => {
                let mut summary = bulk::summary(&self.ports, &ask)?;
                // They were chosen in the list: what has changed there unseen is not decided about.
                let listed = self.around.desk.has_seen_list();
                summary.seen = listed.map_or(summary.seen, |seen| seen.min(summary.seen));
                Ok(Outcome::BulkSummary(Box::new(summary)))
            }
            Command::Bulk(wish) => self.decide_many(&wish, reporter),
            Command::BulkPayout(wish) => {
                let desk = payout::PayoutDesk {
                    files: self.around.files.as_ref(),
                    user: &self.around.person,
                };
                let maker = || self.actor();
                payout::bulk_payout(&self.ports, desk, &wish, &maker, reporter)
            }
            Command::WithdrawRefund(id, why) => {
                let person = self.actor()?;
                let told = payout::withdraw_refund(&self.ports, id, &why, &person)?;
                Ok(changed(Changed::Decisions, told))
            }
            Command::Payout(id, key) => {
                let view = payout::view(&self.ports, id, &key)?;
                Ok(Outcome::Payout(Box::new(view)))
            }
            Command::Approvals => Ok(Outcome::Approvals(approvals::waiting(&self.ports)?)),
            Command::JudgeEach(wish) => {
                let done = payout::judge_each(&self.ports, &wish, &self.around.person, reporter)?;
                Ok(Outcome::Bulk(Box::new(done)))
            }
            Command::UnfinishedRefunds(profile) => {
                Ok(Outcome::Refunds(refund::unfinished(&self.ports, profile)?))
            }
            Command::SignIn(identity) => Ok(Outcome::Person(
                self.around.desk.sign_in(&self.ports, &identity)?,
            )),
            Command::SignOut => {
                self.around.desk.sign_out();
                let user = &self.around.person;
                Ok(Outcome::Person(self.around.desk.person(&self.ports, user)?))
            }
            deed => {
                let (files, user) = (self.around.files.as_ref(), self.around.person.as_str());
                let told = payout::run(&self.ports, files, user, deed, reporter)?;
                Ok(changed(Changed::Decisions, told))
            }
        }
    }

    /// The name under which a decision about a case is kept.
    fn actor(&self) -> Result<String, Failure> {
        let user = self.around.person.as_str();
        self.around.desk.actor(&self.ports, Role::Work, user)
    }

    /// The Overview, with which balanced days may be signed off, and which are.
    pub(super) fn overview(
        &self,
        day: BillDate,
        chosen: Option<ProfileId>,
    ) -> Result<Outcome, Failure> {
        let mut model = self.views().overview(day, chosen)?;
        let balanced = model.merchants.iter_mut();
        for row in balanced.filter(|row| row.next == NextStep::Balanced) {
            if self.ports.casework.signed(row.profile, day)?.is_some() {
                row.next = NextStep::Signed;
                continue;
            }
            let profile = self.profile(row.profile)?;
            if sign_off::obstacles(&self.ports, MerchantRef::new(row.profile, &profile), day)?
                .is_empty()
            {
                row.next = NextStep::SignOff;
            }
        }
        Ok(Outcome::Overview(Box::new(model)))
    }

    /// A day, with what stands in the way of signing it off, or who signed it.
    pub(super) fn day(&self, id: ProfileId, day: BillDate) -> Result<Outcome, Failure> {
        let mut model = self.views().day(id, day)?;
        let signed = self.ports.casework.signed(id, day)?;
        model.signed = signed.map(|record| DaySignature {
            by: record.signed_by,
            at: record.signed_at,
        });
        if model.state == DayState::Compared && model.signed.is_none() {
            let profile = self.profile(id)?;
            let standing = sign_off::obstacles(&self.ports, MerchantRef::new(id, &profile), day)?;
            model.obstacles = standing.iter().map(sign_off::obstacle_words).collect();
        }
        Ok(Outcome::Day(Box::new(model)))
    }

    /// Writes the certificate of a signed day: a page where the name ends so, else JSON.
    pub(super) fn save_certificate(
        &self,
        id: ProfileId,
        day: BillDate,
        path: &Path,
    ) -> Result<Outcome, Failure> {
        let signed = self.ports.casework.signed(id, day)?;
        let record = signed.ok_or_else(|| StoreError::Missing(format!("signature of {day}")))?;
        let end = path.extension().unwrap_or_default();
        let is_page = end.eq_ignore_ascii_case("html") || end.eq_ignore_ascii_case("htm");
        let read = sign_off::read_certificate(record.certificate.as_bytes());
        let page = read
            .filter(|_| is_page)
            .map(|read| sign_off::certificate_html(&read.certificate))
            .transpose()?;
        let text = page.as_deref().unwrap_or(&record.certificate);
        let files = self.around.files.as_ref();
        files
            .write(path, &mut |out| out.write_all(text.as_bytes()))
            .map_err(|error| cannot_write(&error))?;
        let name = file_name(path);
        Ok(told(Message::new(
            format!("{day} 的签账证书已保存为 {name}"),
            format!("Certificate of {day} saved as {name}"),
        )))
    }

    /// One case in full, with what was begun for it here.
    pub(super) fn case(&self, profile: ProfileId, key: &str) -> Result<Outcome, Failure> {
        let last = self.ports.records.last_case_event()?;
        let mut detail = self.views().case(profile, key)?;
        self.around.desk.saw_case(CaseRef { profile, key }, last);
        let person = self.around.desk.person(&self.ports, &self.around.person)?;
        let signed = self.ports.casework.signed(profile, detail.row.day)?;
        detail.work = CaseWork {
            signed_by: signed.map(|record| record.signed_by),
            refunds: self.ports.casework.refunds(&RefundQuery {
                profile: Some(profile),
                case_key: Some(key.to_owned()),
                ..RefundQuery::default()
            })?,
            reissue: crate::jobs::reissue::of_case(&self.ports, profile, key)?,
            attachments: self.ports.casework.attachment_list(profile, key)?,
            undo: decisions::undo_offer(&self.ports, CaseRef { profile, key }, &person.name)?,
        };
        Ok(Outcome::Case(Box::new(detail)))
    }

    fn attach(&self, wish: &AttachWish) -> Result<Outcome, Failure> {
        let person = self.actor()?;
        if wish.paths.len() > MOST_FILES {
            return Err(Failure::new(
                FailureKind::Usage,
                "case.attachments",
                Message::new(
                    format!("一次最多附 {MOST_FILES} 个文件"),
                    format!("At most {MOST_FILES} files at once"),
                ),
                Message::default(),
            ));
        }
        let mut files = Vec::with_capacity(wish.paths.len());
        for path in &wish.paths {
            let name = path.file_name().unwrap_or(path.as_os_str());
            files.push((name.to_string_lossy().into_owned(), self.head(path)?));
        }
        let n = files.len();
        let place = CaseRef::new(wish.case.profile, wish.case.key.as_str());
        decisions::attach_files(&self.ports, place, files, &person)?;
        let said = Message::new(
            format!("已附上 {n} 个文件"),
            if n == 1 {
                "1 file attached".to_owned()
            } else {
                format!("{n} files attached")
            },
        );
        Ok(changed(Changed::Cases, quiet(said)))
    }

    /// The bytes of a file, or one more than a case takes.
    fn head(&self, path: &Path) -> Result<Vec<u8>, Failure> {
        let most = u64::try_from(decisions::MOST_ATTACHED_BYTES).unwrap_or(u64::MAX);
        let mut bytes = Vec::new();
        self.around
            .files
            .open(path)
            .and_then(|source| {
                source
                    .bytes
                    .take(most.saturating_add(1))
                    .read_to_end(&mut bytes)
            })
            .map_err(|error| {
                Failure::new(
                    FailureKind::RefusedInput,
                    "file.read",
                    Message::new("文件读不出来", "The file cannot be read"),
                    Message::new(
                        "检查文件还在、有权限读",
                        "See that it exists and may be read",
                    ),
                )
                .with_detail(format!("{}: {error}", path.display()))
            })?;
        Ok(bytes)
    }

    fn save_attachment(&self, wish: &SaveAttachmentWish) -> Result<Outcome, Failure> {
        let case = &wish.case;
        let files = self.ports.casework.attachments(case.profile, &case.key)?;
        let found = files.iter().find(|file| file.sha256 == wish.sha256);
        let file = found.ok_or_else(|| StoreError::Missing("attachment".to_owned()))?;
        self.around
            .files
            .write(&wish.path, &mut |out| out.write_all(&file.bytes))
            .map_err(|error| cannot_write(&error))?;
        let name = wish.path.file_name().unwrap_or_default().to_string_lossy();
        Ok(told(Message::new(
            format!("已另存 {name}"),
            format!("{name} saved"),
        )))
    }

    fn decide_many(&self, wish: &BulkWish, reporter: &dyn Reporter) -> Result<Outcome, Failure> {
        let person = self.actor()?;
        let cases = bulk::by_ids(&self.ports, &wish.ids)?;
        let deed = CaseDeed::Decide(wish.decision.clone());
        let by = BulkActor {
            name: &person,
            surface: Surface::Window,
            seen: Some(wish.seen),
        };
        let done = bulk::carry_out(&self.ports, &cases, &deed, by, reporter);
        Ok(Outcome::Bulk(Box::new(done)))
    }
}
