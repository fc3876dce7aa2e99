//! Open cases as a sheet that people fill in elsewhere and send back: owner, decision, note.
//!
//! Every row carries in cells of its own which list and row it is, and a digest of the case as it was then.
//! Whatever a program that saves the file again may lose (properties, names, drop-downs, order of the rows and
//! columns), those cells stay. Nothing of the other cells is believed: what is applied is asked of the store.

mod deed;
mod done;
mod read;
mod stale;
mod write;

pub use deed::SheetDeed;
pub use read::{SheetRowFate, SheetRowResult, import_sheet};
pub use write::case_form;

use recondesk_ports::{CaseEvent, CaseRecord, Ports};
use sha2::{Digest as _, Sha256};

use crate::jobs::views::certificate::hex;
use crate::{Failure, Message};

/// Begins every mark; the digit is the version of the sheet. It names the workspace after it.
const MARK: &str = "RDC2";
/// Marks of sheets from before, which do not: what they hold is known by its digest alone.
const OLD_MARK: &str = "RDC1";

/// What tells this workspace from others in a mark.
fn workspace_of(ports: &Ports) -> Result<String, Failure> {
    let name = ports.records.workspace_id()?;
    let mut hash = Sha256::new();
    hash.update(b"sheet of ");
    hash.update(name.as_bytes());
    Ok(short(&hash.finalize()).chars().take(7).collect())
}

/// The columns that are read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SheetColumn {
    Mark,
    Digest,
    Order,
    Status,
    Owner,
    Notes,
    NewOwner,
    Decision,
    Remark,
}

impl SheetColumn {
    const ALL: [Self; 9] = [
        Self::Mark,
        Self::Digest,
        Self::Order,
        Self::Status,
        Self::Owner,
        Self::Notes,
        Self::NewOwner,
        Self::Decision,
        Self::Remark,
    ];

    fn title(self) -> Message {
        match self {
            Self::Mark => Message::new("标记（勿改）", "Mark (leave as is)"),
            Self::Digest => Message::new("摘要（勿改）", "Digest (leave as is)"),
            Self::Order => Message::new("商户订单号", "Order number"),
            Self::Status => Message::new("状态", "Status"),
            Self::Owner => Message::new("负责人", "Owner"),
            Self::Notes => Message::new("备注", "Notes"),
            Self::NewOwner => Message::new("交给", "Hand over to"),
            Self::Decision => Message::new("处理决定", "Decision"),
            Self::Remark => Message::new("说明", "Reason or note"),
        }
    }
}

/// The first sixteen digits of a digest, after a letter: no program takes it for a number.
fn short(digest: &[u8]) -> String {
    let text = hex(digest);
    format!("D{}", text.get(..16).unwrap_or(&text))
}

/// What a row looked like: it is refused when the case does not look so any more.
fn digest_of(list: &str, case: &CaseRecord, events: &[CaseEvent]) -> String {
    let finding = &case.finding;
    let fen = |amount: Option<recondesk_domain::Fen>| {
        amount.map_or_else(String::new, |amount| amount.get().to_string())
    };
    let mut hash = Sha256::new();
    for part in [
        OLD_MARK,
        list,
        &case.id.0.to_string(),
        &case.key,
        case.status.word(),
        &case.owner,
        finding.category.name(),
        &fen(finding.bill),
        &fen(finding.merchant),
        &events.len().to_string(),
    ] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    short(&hash.finalize())
}

/// A text without what programs add to line ends: `\r`, and `_x000D_`, which is how a workbook writes it.
fn plain(text: &str) -> String {
    let text = text.replace("_x000D_", "").replace("_x000d_", "");
    let lines: Vec<&str> = text
        .split(['\n', '\r'])
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriage_returns_of_every_program_are_taken_out() {
        for text in [
            "一\n二",
            "一\r\n二",
            "一_x000D_\n二",
            "一_x000D_\r\n二 ",
            "一\r二\n",
        ] {
            assert_eq!(plain(text), "一\n二");
        }
    }
}
