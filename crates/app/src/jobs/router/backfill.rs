//! Fetching every missing bill, of one merchant or all.

use super::{WindowJobs, changed, count};
use crate::event::{Changed, NoticeText};
use crate::jobs::backfill;
use crate::jobs::day::Arrived;
use crate::{Failure, MerchantRef, Message, Outcome, Reporter};
use recondesk_domain::ProfileId;

impl WindowJobs {
    /// Fetches what is missing, merchant by merchant; a merchant whose gateway fails does not stop the next.
    pub(super) fn backfill(
        &self,
        chosen: Option<ProfileId>,
        reporter: &dyn Reporter,
    ) -> Result<Outcome, Failure> {
        let (mut bills, mut none, mut failed) = (0_u64, 0_u64, 0_u64);
        let mut last = None;
        for (id, profile) in self.ports.records.profiles()? {
            if chosen.is_some_and(|chosen| chosen != id) {
                continue;
            }
            let of = MerchantRef::new(id, &profile);
            let days = backfill::run(&self.ports, of, backfill::PACE, reporter, &mut |_| {})?;
            for entry in days {
                match entry.arrived {
                    Ok(Arrived::Bill(_)) => bills = bills.saturating_add(1),
                    Ok(Arrived::NoBill) => none = none.saturating_add(1),
                    Err(failure) => {
                        failed = failed.saturating_add(1);
                        let where_ = format!("{} {}", profile.name, entry.day);
                        last = Some((where_, failure));
                    }
                }
            }
        }
        let note = last.map(|(of, failure)| {
            Message::new(
                format!("{of}：{}", failure.title.zh),
                format!("{of}: {}", failure.title.en),
            )
        });
        let title = Message::new(
            format!(
                "补齐账单：下载 {} 份，当日无账单 {} 天，失败 {} 天",
                count(bills),
                count(none),
                count(failed)
            ),
            format!(
                "Missing bills: {} fetched, {} days without a bill, {} failed",
                count(bills),
                count(none),
                count(failed)
            ),
        );
        Ok(changed(
            Changed::Books,
            NoticeText {
                title,
                note: note.unwrap_or_default(),
                day: None,
                next: crate::NextDeed::None,
                attention: failed > 0,
            },
        ))
    }
}
