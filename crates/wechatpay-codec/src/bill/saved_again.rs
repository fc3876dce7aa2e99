//! That a bill is not the file that WeChat Pay delivered but one that a program saved again, and what is proven then.

use serde::{Deserialize, Serialize};

use super::block::Tally;
use super::certificate::{Expect, Verdict};
use super::reason::{Effect, Reason};
use recondesk_domain::Category;

/// How a bill was saved again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SavedAgain {
    /// In another encoding, with another separator or with quotes; each cell still has its backtick, so that each
    /// number is as it was.
    Ticked,
    /// Without the backticks before the cells: a program may have read numbers and times and written them anew.
    Bare,
}

impl SavedAgain {
    /// What the caller knows of the file and what its rows show.
    pub(super) fn judge(tally: &Tally, expect: &Expect) -> Option<Self> {
        expect
            .saved_again
            .max((tally.bare_rows > 0).then_some(Self::Bare))
    }

    /// The sentence about it, in Chinese.
    #[must_use]
    pub const fn zh(self, proven: bool) -> &'static str {
        match (self, proven) {
            (Self::Ticked, true) => {
                "账单被另存过（编码、分隔符或引号已变），但每一格的反引号都在、汇总相符，内容可信；它不是微信支付原样给出的文件，文件摘要无从核对"
            }
            (Self::Bare, true) => {
                "账单被另存过，单元格前的反引号已丢失；笔数和金额与汇总相符，但单号开头的 0 是否丢失无从证明，建议改用原始文件"
            }
            (Self::Ticked, false) => {
                "账单被另存过（编码、分隔符或引号已变），汇总不能证明它；请导入原始文件"
            }
            (Self::Bare, false) => {
                "账单被另存过，单元格前的反引号已丢失，汇总不能证明它；请导入原始文件"
            }
        }
    }

    /// The same in English.
    #[must_use]
    pub const fn en(self, proven: bool) -> &'static str {
        match (self, proven) {
            (Self::Ticked, true) => {
                "The bill was saved again (encoding, separator or quotes changed), but each cell has its backtick and the totals agree: its rows are proven; it is not the file as WeChat Pay delivered it, so its digest proves nothing"
            }
            (Self::Bare, true) => {
                "The bill was saved again and the backticks before its cells are gone: count and amounts agree with the summary, but nothing proves that no number lost a leading zero; better use the original file"
            }
            (Self::Ticked, false) => {
                "The bill was saved again (encoding, separator or quotes changed) and its summary does not prove it: import the original file"
            }
            (Self::Bare, false) => {
                "The bill was saved again, the backticks before its cells are gone and its summary does not prove it: import the original file"
            }
        }
    }

    /// The last thing to say about a bill of that verdict.
    pub(super) fn reason(self, verdict: Verdict) -> Reason {
        let proven = verdict == Verdict::Verified;
        Reason::new(
            Category::BillRowShape,
            Effect::Notice,
            self.zh(proven).to_owned(),
            self.en(proven).to_owned(),
        )
    }
}

/// Why a copy that says something else than the original of its day is not taken.
pub(super) fn beside_original(day: &str) -> Reason {
    Reason::new(
        Category::BillRowShape,
        Effect::Refuses,
        format!("这份账单被另存过，与已导入的 {day} 原始账单笔数或金额不同；以原始账单为准"),
        format!(
            "This bill was saved again and differs in count or amounts from the original of {day} that is here: the original counts"
        ),
    )
}
