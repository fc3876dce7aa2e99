//! Cells that answer a question with yes or no, as databases, spreadsheets and people write it.

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum YesNo {
    Yes,
    No,
}

const YES: &str = "是 有 已 对 1 1.0 Y T YES TRUE √ ✓ ✔ ☑ V ON ✅";
const NO: &str = "否 无 未 没有 不 0 0.0 N F NO FALSE × ✗ ✘ ☐ X OFF ❌";

impl YesNo {
    /// Reads an answer; `None` for anything else.
    pub(super) fn read(cell: &str) -> Option<Self> {
        let cell = super::fold::visible(cell).to_uppercase();
        let is_one = |words: &str| words.split(' ').any(|word| word == cell);
        if is_one(YES) {
            Some(Self::Yes)
        } else if is_one(NO) {
            Some(Self::No)
        } else {
            None
        }
    }

    /// The answer as the tables of words have it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Yes => "是",
            Self::No => "否",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_they_are_written() {
        for cell in ["是", "1", "1.0", " Y ", "true", "√", "已"] {
            assert_eq!(YesNo::read(cell), Some(YesNo::Yes), "{cell}");
        }
        for cell in ["否", "0", "0.0", "n", "False", "×", "未"] {
            assert_eq!(YesNo::read(cell), Some(YesNo::No), "{cell}");
        }
        for cell in ["", "2", "10", "已发货", "2026-03-08"] {
            assert_eq!(YesNo::read(cell), None, "{cell}");
        }
    }
}
