//! Tables as Parquet, in the types that every reader reads alike.
//!
//! Numbers of orders are text and stored as they are, money is INT64, a moment is a TIMESTAMP in microseconds that says
//! it is UTC, with its day of Beijing as a DATE beside it. There is no DECIMAL, no INT96, no list, and version 1 of the
//! pages. Rows are encoded on all cores while the next ones are read; two groups of rows are in memory, never a file.

use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::column::writer::{ColumnCloseResult, ColumnWriter, get_column_writer};
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{ColumnDescPtr, ColumnPath, Type};
use rayon::prelude::*;

use recondesk_ports::{
    ColumnBatch, ColumnFiles, ColumnRows, ColumnType, ColumnValues, FillRows, TableColumn,
    TableShape,
};

/// Microseconds of a second.
const MICROS: i64 = 1_000_000;

/// The writer of Parquet files.
#[derive(Debug, Clone, Copy, Default)]
pub struct ParquetFiles;

/// A column as it stands in the file, and what its writer says of it.
type EncodedColumn = (Bytes, ColumnCloseResult);

impl ColumnFiles for ParquetFiles {
    fn ending(&self) -> &'static str {
        "parquet"
    }

    fn write(
        &self,
        shape: TableShape,
        fill: &mut FillRows<'_>,
        out: &mut (dyn Write + Send),
    ) -> io::Result<u64> {
        let schema = Arc::new(schema(shape).map_err(io::Error::other)?);
        let properties = Arc::new(properties(shape).map_err(io::Error::other)?);
        let mut file = SerializedFileWriter::new(out, schema, Arc::clone(&properties))
            .map_err(io::Error::other)?;
        let columns: Vec<ColumnDescPtr> = file.schema_descr().columns().to_vec();
        let encoded = |batch: &ColumnBatch| -> io::Result<Vec<EncodedColumn>> {
            let rows = batch.columns().ok_or_else(|| unfit(shape))?;
            rows.par_iter()
                .zip(shape.columns)
                .zip(&columns)
                .map(|((rows, column), place)| encode(rows, *column, place, &properties))
                .collect::<ParquetResult<_>>()
                .map_err(io::Error::other)
        };
        let mut all = 0;
        let mut batch = ColumnBatch::new(shape);
        let mut next = ColumnBatch::new(shape);
        fill(&mut batch)?;
        while batch.rows() > 0 {
            let mut done = None;
            let filled = rayon::in_place_scope(|scope| {
                let (batch, done, encoded) = (&batch, &mut done, &encoded);
                scope.spawn(move |_| *done = Some(encoded(batch)));
                fill(&mut next)
            });
            let group = done.ok_or_else(|| unfit(shape))??;
            append(&mut file, group).map_err(io::Error::other)?;
            filled?;
            all += batch.rows() as u64;
            std::mem::swap(&mut batch, &mut next);
            next.clear();
        }
        file.close().map_err(io::Error::other)?;
        Ok(all)
    }
}

/// The cells are not those of the table: a fault of the program, and no file is better than a shifted one.
fn unfit(shape: TableShape) -> io::Error {
    io::Error::other(format!("the rows do not fit the table {}", shape.name))
}

fn schema(shape: TableShape) -> ParquetResult<Type> {
    let fields = shape.columns.iter().map(|column| {
        let (physical, logical) = match column.holds {
            ColumnType::Text | ColumnType::Word => {
                (Physical::BYTE_ARRAY, Some(LogicalType::String))
            }
            ColumnType::Whole => (Physical::INT64, None),
            ColumnType::Time => (
                Physical::INT64,
                Some(LogicalType::timestamp(true, TimeUnit::MICROS)),
            ),
            ColumnType::Day => (Physical::INT32, Some(LogicalType::Date)),
            ColumnType::Flag => (Physical::BOOLEAN, None),
        };
        let repetition = if column.is_optional {
            Repetition::OPTIONAL
        } else {
            Repetition::REQUIRED
        };
        Type::primitive_type_builder(column.name, physical)
            .with_logical_type(logical)
            .with_repetition(repetition)
            .build()
            .map(Arc::new)
    });
    let fields = fields.collect::<ParquetResult<Vec<_>>>()?;
    Type::group_type_builder("schema")
        .with_fields(fields)
        .build()
}

fn properties(shape: TableShape) -> ParquetResult<WriterProperties> {
    let table = KeyValue::new("recondesk.table".to_owned(), shape.name.to_owned());
    let mut builder = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(vec![table]));
    // Numbers do not repeat: a dictionary of them costs time and room for nothing.
    for column in shape.columns {
        if column.holds == ColumnType::Text {
            let path = ColumnPath::from(column.name);
            builder = builder.set_column_dictionary_enabled(path, false);
        }
    }
    Ok(builder.build())
}

fn append<W: Write + Send>(
    file: &mut SerializedFileWriter<W>,
    columns: Vec<EncodedColumn>,
) -> ParquetResult<()> {
    let mut group = file.next_row_group()?;
    for (bytes, closed) in columns {
        group.append_column(&bytes, closed)?;
    }
    group.close()?;
    Ok(())
}

/// The pages of a column.
fn encode(
    rows: &ColumnRows,
    column: TableColumn,
    place: &ColumnDescPtr,
    properties: &Arc<WriterProperties>,
) -> ParquetResult<EncodedColumn> {
    let mut sink = TrackedWrite::new(Vec::new());
    let pages = Box::new(SerializedPageWriter::new(&mut sink));
    let mut writer = get_column_writer(Arc::clone(place), Arc::clone(properties), pages);
    let levels: Vec<i16> = rows.present.iter().map(|here| i16::from(*here)).collect();
    let levels = column.is_optional.then_some(levels.as_slice());
    let written = match (&mut writer, &rows.values) {
        (ColumnWriter::ByteArrayColumnWriter(writer), ColumnValues::Text { bytes, ends }) => {
            let all = ByteArray::from(bytes.clone());
            let mut from = 0;
            let texts: Vec<ByteArray> = ends
                .iter()
                .map(|end| {
                    let text = all.slice(from, end.saturating_sub(from));
                    from = *end;
                    text
                })
                .collect();
            writer.write_batch(&texts, levels, None)?
        }
        (ColumnWriter::Int64ColumnWriter(writer), ColumnValues::Whole(values)) => {
            if column.holds == ColumnType::Time {
                let micros = values.iter().map(|seconds| seconds.checked_mul(MICROS));
                let micros: Option<Vec<i64>> = micros.collect();
                let micros = micros.ok_or_else(|| beyond(column))?;
                writer.write_batch(&micros, levels, None)?
            } else {
                writer.write_batch(values, levels, None)?
            }
        }
        (ColumnWriter::Int32ColumnWriter(writer), ColumnValues::Day(days)) => {
            writer.write_batch(days, levels, None)?
        }
        (ColumnWriter::BoolColumnWriter(writer), ColumnValues::Flag(flags)) => {
            writer.write_batch(flags, levels, None)?
        }
        _ => return Err(beyond(column)),
    };
    let closed = writer.close()?;
    if written != rows.len() {
        return Err(beyond(column));
    }
    let bytes = sink.into_inner()?;
    Ok((Bytes::from(bytes), closed))
}

fn beyond(column: TableColumn) -> ParquetError {
    ParquetError::General(format!("a value of {} does not fit its type", column.name))
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::Field;

    use super::*;
    use recondesk_domain::{Fen, Instant};

    const fn column(name: &'static str, holds: ColumnType, is_optional: bool) -> TableColumn {
        TableColumn {
            name,
            holds,
            is_optional,
            is_summed: false,
        }
    }

    const SHAPE: TableShape = TableShape {
        name: "orders",
        columns: &[
            column("number", ColumnType::Text, false),
            column("word", ColumnType::Word, true),
            column("amount_fen", ColumnType::Whole, true),
            column("at", ColumnType::Time, true),
            column("at_day", ColumnType::Day, true),
            column("is_cny", ColumnType::Flag, false),
        ],
    };

    fn written(groups: u32, rows: u32) -> io::Result<(u64, Vec<u8>)> {
        let mut out = Vec::new();
        let mut left = groups;
        let mut fill = |batch: &mut ColumnBatch| {
            if left > 0 {
                left -= 1;
                for row in 0..rows {
                    batch.text(&format!("{row:028}"));
                    batch.text(if row % 2 == 0 { "" } else { "退款" });
                    batch.fen((row % 3 > 0).then_some(Fen::new(i64::MAX)));
                    let at = Instant::parse_beijing("2026-03-05 00:00:01");
                    batch.time(at.filter(|_| row % 5 > 0));
                    batch.flag(row == 0);
                }
            }
            Ok(())
        };
        let rows = ParquetFiles.write(SHAPE, &mut fill, &mut out)?;
        Ok((rows, out))
    }

    #[test]
    fn what_is_written_is_read_back_and_nothing_stays_nothing() {
        let (rows, bytes) = written(3, 1_000).unwrap();
        assert_eq!(rows, 3_000);
        let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
        assert_eq!(reader.metadata().num_row_groups(), 3);
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().collect();
        assert_eq!(rows.len(), 3_000);
        let cells = |at: usize| -> Vec<Field> {
            let row = rows.get(at).unwrap().as_ref().unwrap();
            row.get_column_iter()
                .map(|(_, field)| field.clone())
                .collect()
        };
        let number = |at: u32| Field::Str(format!("{at:028}"));
        let first = [
            number(0),
            Field::Null,
            Field::Null,
            Field::Null,
            Field::Null,
            Field::Bool(true),
        ];
        assert_eq!(cells(0), first);
        let last = [
            number(1),
            Field::Str("退款".to_owned()),
            Field::Long(i64::MAX),
            Field::TimestampMicros(1_772_640_001_000_000),
            Field::Date(20_517),
            Field::Bool(false),
        ];
        assert_eq!(cells(2_001), last);
    }

    #[test]
    fn a_table_without_rows_has_its_columns_and_the_same_rows_the_same_bytes() {
        let (rows, bytes) = written(0, 0).unwrap();
        assert_eq!(rows, 0);
        let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
        let schema = reader.metadata().file_metadata().schema_descr();
        assert_eq!(schema.num_columns(), SHAPE.columns.len());

        assert_eq!(written(2, 700).unwrap(), written(2, 700).unwrap());
    }

    #[test]
    fn rows_that_do_not_fit_and_times_beyond_every_calendar_are_refused() {
        let half = |batch: &mut ColumnBatch| {
            batch.text("1");
            batch.text("2");
            batch.fen(None);
            batch.time(None);
            batch.flag(true);
            batch.text("3");
            Ok(())
        };
        let late = |batch: &mut ColumnBatch| {
            batch.text("1");
            batch.text("2");
            batch.fen(None);
            batch.time(Some(Instant::from_unix(i64::MAX)));
            batch.flag(true);
            Ok(())
        };
        let try_it = |fill: &mut FillRows<'_>| ParquetFiles.write(SHAPE, fill, &mut Vec::new());
        assert!(try_it(&mut { half }).is_err());
        assert!(try_it(&mut { late }).is_err());
    }
}
