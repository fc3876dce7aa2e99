//! The database that tests of the tables run on: a file, or a server where one is named.
//!
//! `RECONDESK_TEST_POSTGRES=postgres://…` runs the same tests against PostgreSQL, each workspace in a schema of its own,
//! and with `RECONDESK_TEST_S3=s3://BUCKET` its files lie in an object store, each workspace under a prefix of its own.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use recondesk_adapters::sqlite::Database;
use recondesk_adapters::sqlite::shared::{Address, create};
use recondesk_adapters::workspace::Workspace;
use recondesk_ports::StoreError;

/// The server that is named, and the schema of the workspace of a folder.
pub(crate) fn server(folder: &Path) -> Option<(String, Address)> {
    let url = std::env::var("RECONDESK_TEST_POSTGRES").ok()?;
    let mut schema = "t".to_owned();
    for byte in folder.to_str().unwrap().bytes() {
        write!(schema, "{byte:02x}").unwrap();
    }
    // A name may have 63 bytes; folders of tests differ at their ends.
    let schema = format!("t{}", &schema[schema.len().saturating_sub(60)..]);
    let address = Address::parse(&url).unwrap().in_schema(&schema);
    Some((schema, address))
}

/// The database of a folder, made where there is none.
pub(crate) fn database(folder: &Path) -> Result<Database, StoreError> {
    match server(folder) {
        None => Workspace::at(folder)?.open(),
        Some((schema, address)) => match Database::open_shared(&address) {
            Err(StoreError::Missing(_)) => {
                create(&address, &files_of(folder, &schema))?;
                Database::open_shared(&address)
            }
            other => other,
        },
    }
}

/// Where the files of the workspace of a folder lie: in it, or in an object store where one is named.
fn files_of(folder: &Path, schema: &str) -> String {
    match std::env::var("RECONDESK_TEST_S3") {
        Ok(store) => format!("{store}/{schema}"),
        Err(_) => format!("file://{}", folder.display()),
    }
}

/// The files that belong to the database of a folder.
pub(crate) fn files(folder: &Path, database: &Database) -> Result<Workspace, StoreError> {
    match server(folder) {
        None => Workspace::of(folder, database),
        Some(_) => Workspace::of_shared(database, &Workspace::at(&folder.join("here"))?),
    }
}

/// The database of a folder as anybody can open it, past all rules of the program.
pub(crate) struct RawDatabase {
    folder: PathBuf,
}

impl RawDatabase {
    pub(crate) fn of(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    fn file(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.join("recondesk.db")).unwrap()
    }

    fn server(&self) -> Option<postgres::Client> {
        let (schema, _) = server(&self.folder)?;
        let url = std::env::var("RECONDESK_TEST_POSTGRES").unwrap();
        let config = postgres::Config::from_str(&url).unwrap();
        let mut server = config.connect(postgres::NoTls).unwrap();
        server
            .batch_execute(&format!("SET search_path TO \"{schema}\""))
            .unwrap();
        Some(server)
    }

    /// The text in the only column of the only row.
    pub(crate) fn text(&self, sql: &str) -> String {
        match self.server() {
            None => self.file().query_row(sql, [], |row| row.get(0)).unwrap(),
            Some(mut server) => server.query_one(sql, &[]).unwrap().get(0),
        }
    }

    pub(crate) fn execute<const N: usize>(
        &self,
        sql: &str,
        values: [&str; N],
    ) -> Result<(), String> {
        let Some(mut server) = self.server() else {
            let done = self.file().execute(sql, rusqlite::params_from_iter(values));
            return done.map(drop).map_err(|error| error.to_string());
        };
        let values = values.each_ref();
        let values = values.map(|value| value as &(dyn postgres::types::ToSql + Sync));
        let done = server.execute(&sql.replace('?', "$"), &values);
        done.map(drop).map_err(|error| match error.as_db_error() {
            Some(said) => said.message().to_owned(),
            None => error.to_string(),
        })
    }
}
