//! Entering many rows of a table with few statements: a server is asked once for some hundred rows.

use super::{Connection, DbError, Row, ValueRef};

/// Values of a statement, at most: databases take some ten thousand.
const MOST_VALUES: usize = 8_192;
/// Rows of a statement, at most: a power of two, so that few statements of different lengths are prepared.
const MOST_ROWS: usize = 512;

/// Enters rows; `head` is the statement up to `VALUES`, `rows` are the values of all rows one after the other, each
/// row `width` of them.
pub(crate) fn insert_rows(
    connection: &Connection,
    head: &str,
    width: usize,
    rows: &[ValueRef<'_>],
) -> Result<(), DbError> {
    let insertion = RowInsertion {
        head,
        tail: "",
        width,
    };
    insert_rows_returning(connection, insertion, rows, &mut |_| Ok(()))
}

/// How rows are entered: what stands before their values and behind them.
#[derive(Clone, Copy)]
pub(crate) struct RowInsertion<'a> {
    /// `INSERT INTO … (…) VALUES`.
    pub(crate) head: &'a str,
    /// `RETURNING …`, or nothing.
    pub(crate) tail: &'a str,
    /// Values of a row.
    pub(crate) width: usize,
}

/// The same with what `tail` returns of each row, in their order.
pub(crate) fn insert_rows_returning(
    connection: &Connection,
    RowInsertion { head, tail, width }: RowInsertion<'_>,
    rows: &[ValueRef<'_>],
    take: &mut dyn FnMut(Row<'_>) -> Result<(), DbError>,
) -> Result<(), DbError> {
    let mut most = MOST_ROWS;
    while most > 1 && most.saturating_mul(width) > MOST_VALUES {
        most /= 2;
    }
    let mut rest = rows;
    while !rest.is_empty() {
        while most > 1 && most.saturating_mul(width) > rest.len() {
            most /= 2;
        }
        let taken = most.saturating_mul(width);
        let (some, others) = rest
            .split_at_checked(taken)
            .ok_or_else(|| DbError::broken(format!("a row of {} values", rest.len())))?;
        let sql = format!("{head} VALUES {} {tail}", places(width, most));
        let mut statement = connection.prepare_cached(&sql)?;
        if tail.is_empty() {
            statement.execute(some.to_vec())?;
        } else {
            let mut answer = statement.query(some.to_vec())?;
            while let Some(row) = answer.next()? {
                take(row)?;
            }
        }
        rest = others;
    }
    Ok(())
}

/// `(?1, ?2), (?3, ?4)`.
fn places(width: usize, rows: usize) -> String {
    let mut out = String::with_capacity(rows.saturating_mul(width).saturating_mul(7));
    let mut place = 1_usize;
    for row in 0..rows {
        out.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            if column > 0 {
                out.push_str(", ");
            }
            out.push('?');
            out.push_str(&place.to_string());
            place = place.saturating_add(1);
        }
        out.push(')');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_any_number_are_entered_in_their_order() {
        let file = rusqlite::Connection::open_in_memory().unwrap();
        file.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, word TEXT)")
            .unwrap();
        let connection = Connection::Lite(file);
        let mut due = 0;
        for count in [0, 1, 2, 511, 512, 1_300_i64] {
            let rows: Vec<ValueRef<'_>> = (0..count)
                .flat_map(|row| [ValueRef::Integer(row), ValueRef::Text("w")])
                .collect();
            insert_rows(&connection, "INSERT INTO t (n, word)", 2, &rows).unwrap();
            due += count;
            let sql = "SELECT count(*), coalesce(max(n), -1) FROM t WHERE id > ?1";
            let told: (i64, i64) = connection
                .query_row(sql, [due - count], |row| Ok((row.get(0)?, row.get(1)?)))
                .unwrap();
            assert_eq!(told, (count, count - 1));
        }
        let torn = insert_rows(&connection, "INSERT INTO t (n, word)", 2, &[ValueRef::Null]);
        assert!(torn.is_err());
    }
}
