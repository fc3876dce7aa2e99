//! The long lists as far as they are known, what was asked about their rows, and what came of it.

use std::sync::Arc;

use super::command::ListKind;
use super::model::{
    CaseDetail, CaseFilter, CaseRow, CaseTotals, OrderDetail, OrderFilter, OrderRow,
};
use super::rows::RowWindow;
use super::tables::RowSum;
use super::tables::ask::{ListAnswer, ListAsk, ValueCounts};
use super::{Failure, Remote, State, TaskId};

/// Cases as far as they are known.
#[derive(Debug, Default)]
pub struct Cases {
    /// What is listed.
    pub filter: CaseFilter,
    /// Totals of the list.
    pub totals: Remote<CaseTotals>,
    /// The rows.
    pub rows: RowWindow<CaseRow>,
    /// The case in the side panel.
    pub open: Remote<Box<CaseDetail>>,
}

/// Orders as far as they are known.
#[derive(Debug, Default)]
pub struct Orders {
    /// What is listed; `None` before a merchant is chosen.
    pub filter: Option<OrderFilter>,
    /// Rows of the day, and the sum of those listed.
    pub totals: Remote<(u64, recondesk_domain::Fen)>,
    /// The rows.
    pub rows: RowWindow<OrderRow>,
    /// The order in the side panel.
    pub open: Remote<Box<OrderDetail>>,
}

/// The answers about the rows of one list; they go with its order of rows.
#[derive(Debug, Default)]
pub struct ListAnswers {
    /// Sums over the chosen rows.
    pub sums: Remote<Vec<RowSum>>,
    /// Values of the column whose filter is open.
    pub values: Remote<ValueCounts>,
    /// The row that a search found.
    pub found: Remote<Option<u64>>,
    /// Text that waits for the clipboard, and how many rows it has.
    pub copied: Remote<(Arc<str>, u64)>,
}

impl State {
    pub(super) fn mark_list_asked(&mut self, id: TaskId, ask: &ListAsk) {
        match ask {
            ListAsk::Copy(rows, _) => self.answers(rows.list.kind()).copied.ask(id),
            ListAsk::Sums(list, _) => {
                let sums = &mut self.answers(list.kind()).sums;
                // The sum of other rows says nothing about these.
                sums.clear();
                sums.ask(id);
            }
            ListAsk::Values(list, column) => {
                let values = &mut self.answers(list.kind()).values;
                if values.value().is_some_and(|known| known.column != *column) {
                    values.clear();
                }
                values.ask(id);
            }
            ListAsk::Find(find) => {
                let found = &mut self.answers(find.list.kind()).found;
                found.clear();
                found.ask(id);
            }
            ListAsk::Export(..) => {}
        }
    }

    pub(super) fn list_answered(&mut self, id: TaskId, list: ListKind, answer: ListAnswer) {
        let answers = self.answers(list);
        match answer {
            ListAnswer::Copied(text, rows) => answers.copied.answer(id, Ok((text, rows))),
            ListAnswer::Sums(sums) => answers.sums.answer(id, Ok(sums)),
            ListAnswer::Values(values) => answers.values.answer(id, Ok(values)),
            ListAnswer::Found(row) => answers.found.answer(id, Ok(row)),
        };
    }

    /// True when a question about rows failed whose answer is shown in its place.
    pub(super) fn list_failed(&mut self, id: TaskId, failure: &Failure) -> bool {
        self.lists.values_mut().any(|answers| {
            // A copy that failed is told like every other job.
            answers.copied.answer(id, Err(failure.clone()));
            answers.sums.answer(id, Err(failure.clone()))
                || answers.values.answer(id, Err(failure.clone()))
                || answers.found.answer(id, Err(failure.clone()))
        })
    }

    /// Text that was asked for the clipboard, once.
    pub fn take_copied(&mut self) -> Option<(Arc<str>, u64)> {
        self.lists.values_mut().find_map(|answers| {
            let ready = matches!(answers.copied, Remote::Ready(_));
            let taken = ready.then(|| std::mem::take(&mut answers.copied))?;
            taken.value().cloned()
        })
    }

    fn answers(&mut self, list: ListKind) -> &mut ListAnswers {
        self.lists.entry(list).or_default()
    }
}
