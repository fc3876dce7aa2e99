//! A bill as cells, to be damaged cell by cell and printed again.

/// Header, rows and summary of a bill, without backticks.
#[derive(Debug, Clone)]
pub(crate) struct BillSheet {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) total_names: Vec<String>,
    pub(crate) totals: Vec<String>,
}

impl BillSheet {
    /// Reads a plain bill with rows and sums whose texts hold no comma and backtick side by side.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let names = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        let header = names(lines.next()?);
        let mut rows = Vec::new();
        for line in lines.by_ref() {
            if line.starts_with("总交易单数") {
                let total_names = names(line);
                let totals = cells(lines.next()?);
                let is_whole = lines.next().is_none()
                    && totals.len() == total_names.len()
                    && rows.iter().all(|row: &Vec<_>| row.len() == header.len());
                let sheet = Self {
                    header,
                    rows,
                    total_names,
                    totals,
                };
                let is_filled = !sheet.rows.is_empty() && !sheet.added_columns().is_empty();
                return (is_whole && is_filled).then_some(sheet);
            }
            rows.push(cells(line));
        }
        None
    }

    /// The bill in the documented form.
    pub(crate) fn print(&self) -> Vec<u8> {
        let mut lines = vec![format!("\u{feff}{}", self.header.join(","))];
        lines.extend(self.rows.iter().map(|row| ticked(row)));
        lines.push(self.total_names.join(","));
        lines.push(ticked(&self.totals));
        lines.push(String::new());
        lines.join("\r\n").into_bytes()
    }

    /// Where a column is, under any of its names.
    pub(crate) fn column(&self, names: &[&str]) -> Option<usize> {
        self.header
            .iter()
            .position(|header| names.contains(&header.as_str()))
    }

    /// Where the columns with money are.
    pub(crate) fn money_columns(&self) -> Vec<usize> {
        let is_money = |name: &str| {
            name.contains("金额") || name.contains("手续费") || name.contains("优惠退款")
        };
        (0..self.header.len())
            .filter(|at| is_money(&self.header[*at]))
            .collect()
    }

    /// Where the columns with money are that the summary adds up.
    pub(crate) fn added_columns(&self) -> Vec<usize> {
        let is_added =
            |name: &str| !matches!(name, "代金券金额" | "企业红包金额" | "代金券或立减优惠金额");
        let mut columns = self.money_columns();
        columns.retain(|at| is_added(&self.header[*at]));
        columns
    }
}

fn cells(line: &str) -> Vec<String> {
    let bare = |cell: &str| cell.strip_prefix('`').unwrap_or(cell).to_owned();
    line.split(",`").map(bare).collect()
}

/// A line of values.
pub(crate) fn ticked(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| format!("`{cell}")).collect();
    cells.join(",")
}
