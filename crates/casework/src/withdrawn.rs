//! A question to a second person that a later step on its case took back, as history keeps it beside that step.

use crate::ApprovalNeed;

/// Marks it in the text of a step.
const MARK: &str = "提请已撤回 / proposal withdrawn";
/// Stands between its parts, and before it where the step has words of its own.
const BETWEEN: &str = " · ";

/// What had been asked, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawnQuestion {
    /// What a second person was asked to agree to.
    pub need: ApprovalNeed,
    /// Who asked.
    pub maker: String,
    /// Why.
    pub reason: String,
}

impl WithdrawnQuestion {
    /// The words of a step with this beside them.
    #[must_use]
    pub fn beside(&self, words: &str) -> String {
        let Self {
            need,
            maker,
            reason,
        } = self;
        let told = [MARK, need.word(), maker, reason].join(BETWEEN);
        if words.is_empty() {
            return told;
        }
        format!("{words}{BETWEEN}{told}")
    }

    /// Reads it back out of such words: what stands before it, and the question.
    #[must_use]
    pub fn parse(text: &str) -> Option<ParsedWithdrawal<'_>> {
        let (before, told) = text.split_once(MARK)?;
        let mut parts = told.strip_prefix(BETWEEN)?.splitn(3, BETWEEN);
        let need = ApprovalNeed::parse(parts.next()?)?;
        let question = Self {
            need,
            maker: parts.next()?.to_owned(),
            reason: parts.next().unwrap_or_default().to_owned(),
        };
        let words = before.strip_suffix(BETWEEN).unwrap_or(before);
        Some(ParsedWithdrawal { words, question })
    }
}

/// The words of a step, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedWithdrawal<'a> {
    /// Of the step itself.
    pub words: &'a str,
    /// What it took back.
    pub question: WithdrawnQuestion,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_back_is_read_back_with_the_words_before_it() {
        let question = WithdrawnQuestion {
            need: ApprovalNeed::ForceClosed,
            maker: "张三".to_owned(),
            reason: "test-order: 试 · 单".to_owned(),
        };
        for words in ["", "RD19 drafted ¥39.90"] {
            let text = question.beside(words);
            let read = WithdrawnQuestion::parse(&text).unwrap();
            assert_eq!((read.words, &read.question), (words, &question));
        }
        assert_eq!(WithdrawnQuestion::parse("提请已撤回"), None);
        assert_eq!(WithdrawnQuestion::parse(&format!("{MARK} · x · y")), None);
    }
}
