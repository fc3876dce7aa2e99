//! Plain tables for a terminal, with columns that line up also where hanzi stand.

use recondesk_domain::printable;

/// A table under construction.
#[derive(Debug, Default)]
pub(super) struct TextTable {
    rows: Vec<Vec<String>>,
    right: Vec<usize>,
}

impl TextTable {
    /// A table with these headings.
    pub(super) fn new<T: Into<String>>(headings: impl IntoIterator<Item = T>) -> Self {
        Self {
            rows: vec![headings.into_iter().map(Into::into).collect()],
            right: Vec::new(),
        }
    }

    /// Sets a column flush right, as money wants it.
    pub(super) fn right(mut self, column: usize) -> Self {
        self.right.push(column);
        self
    }

    /// Adds a row.
    pub(super) fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(
            cells
                .into_iter()
                .map(|cell| printable(&cell.into()).into_owned())
                .collect(),
        );
    }

    /// The text, one line a row, headings first.
    pub(super) fn print(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|at| {
                self.rows
                    .iter()
                    .filter_map(|row| row.get(at))
                    .map(|cell| console::measure_text_width(cell))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut out = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let pad = width.saturating_sub(console::measure_text_width(cell));
                let pad = " ".repeat(pad);
                if self.right.contains(&at) {
                    line.push_str(&pad);
                    line.push_str(cell);
                } else {
                    line.push_str(cell);
                    line.push_str(&pad);
                }
                line.push_str("  ");
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_where_hanzi_stand_and_nothing_steers_the_terminal() {
        let mut table = TextTable::new(["名称", "fen"]).right(1);
        table.row(["a", "1200"]);
        table.row(["青禾\u{1b}[31m", "5"]);

        assert_eq!(
            table.print(),
            "名称        fen\na          1200\n青禾\u{fffd}[31m     5\n"
        );
    }
}
