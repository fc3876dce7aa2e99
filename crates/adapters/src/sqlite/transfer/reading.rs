//! All rows of a table, one after the other, without holding them all in memory.

use super::super::DbError;
use super::super::change_log::TableSchema;
use super::super::session::{Connection, Row, Value};

/// Hands over every row that `condition` lets pass; on a server, within the transaction that is open.
pub(super) fn for_each_row(
    connection: &Connection,
    table: &TableSchema,
    condition: &str,
    take: &mut dyn FnMut(Vec<Value>) -> Result<(), DbError>,
) -> Result<(), DbError> {
    let columns: Vec<String> = table.columns.iter().map(|it| format!("\"{it}\"")).collect();
    let name = &table.name;
    let sql = format!("SELECT {} FROM \"{name}\"{condition}", columns.join(", "));
    let width = columns.len();
    if let Connection::Lite(_) = connection {
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            take(values(row, width)?)?;
        }
        return Ok(());
    }
    let server = connection.postgres()?;
    server.batch(&format!("DECLARE \"of_{name}\" NO SCROLL CURSOR FOR {sql}"))?;
    let fetch = format!("FETCH 1000 FROM \"of_{name}\"");
    loop {
        let mut statement = connection.prepare_cached(&fetch)?;
        let mut rows = statement.query([])?;
        let mut is_end = true;
        while let Some(row) = rows.next()? {
            is_end = false;
            take(values(row, width)?)?;
        }
        if is_end {
            break;
        }
    }
    server.batch(&format!("CLOSE \"of_{name}\""))
}

fn values(row: Row<'_>, width: usize) -> Result<Vec<Value>, DbError> {
    (0..width).map(|column| row.get(column)).collect()
}
