//! Where a shared workspace is: an address of PostgreSQL, how it is reached, and where its password comes from.
//!
//! A password is taken from `PGPASSWORD`, the file that `psql` reads or the keychain of the system, never from the
//! address, which others can see in the list of processes. Every connection is encrypted and its certificate checked, except to this computer.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::{Client, Config, NoTls};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use super::super::DbError;
use super::super::session::{Connection, PgConnection, words};
use crate::vault::passwords;
use recondesk_domain::{Message, Secret};
use recondesk_ports::StoreError;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// What the driver says when the server asks for a password and none is known.
const NO_PASSWORD: &str = "password missing";
/// The schema that the tables of a workspace lie in.
const SCHEMA: &str = "recondesk";

/// Where the database of a shared workspace is.
#[derive(Clone)]
pub struct Address {
    config: Config,
    root: Option<PathBuf>,
    passwords: Option<PathBuf>,
    schema: String,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

fn denied(what: impl std::fmt::Display) -> StoreError {
    let what = what.to_string();
    StoreError::Unreachable(Message::new(what.clone(), what))
}

fn unfit(zh: &str, en: &str) -> StoreError {
    StoreError::Unreachable(Message::new(zh, en))
}

impl Address {
    /// True for what names a shared workspace rather than a folder.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        text.starts_with("postgres://") || text.starts_with("postgresql://")
    }

    /// Reads an address `postgres://USER@HOST:PORT/DATABASE?sslmode=…`.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] with what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let (place, options) = text.split_once('?').unwrap_or((text, ""));
        let mut kept = Vec::new();
        let mut passwords = std::env::var_os("PGPASSFILE").map(PathBuf::from);
        let (mut mode, mut root) = (None, std::env::var_os("PGSSLROOTCERT").map(PathBuf::from));
        for option in options.split('&').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value.to_owned()),
                Some(("sslrootcert", value)) => root = Some(PathBuf::from(value)),
                Some(("passfile", value)) => passwords = Some(PathBuf::from(value)),
                _ => kept.push(option),
            }
        }
        let mode = mode.or_else(|| std::env::var("PGSSLMODE").ok());
        // What the driver says of an address it cannot read may hold parts of it.
        let mut config =
            Config::from_str(&format!("{place}?{}", kept.join("&"))).map_err(|_hidden| {
                unfit("不是 PostgreSQL 的地址", "this is no address of PostgreSQL")
            })?;
        if config.get_password().is_some() {
            return Err(unfit(
                "地址里不能写口令，别人看得见：用 PGPASSWORD 或 .pgpass",
                "a password does not belong into the address, where others see it: set PGPASSWORD or use .pgpass",
            ));
        }
        if config.get_hosts().is_empty() {
            return Err(unfit("地址里没有主机", "the address names no host"));
        }
        if config.get_user().is_none() {
            let user = std::env::var("PGUSER").or_else(|_| std::env::var("USER"));
            let user = user
                .ok()
                .ok_or_else(|| unfit("地址里没有用户", "the address names no user"))?;
            config.user(&user);
        }
        let is_near = config.get_hosts().iter().all(is_this_computer);
        config
            .ssl_mode(ssl_mode(mode.as_deref(), is_near)?)
            .application_name("recondesk")
            .connect_timeout(CONNECT)
            .keepalives_idle(Duration::from_secs(10))
            .tcp_user_timeout(Duration::from_secs(30));
        let mut address = Self {
            config,
            root,
            passwords,
            schema: SCHEMA.to_owned(),
        };
        if let Some(password) = address.password() {
            address.config.password(password);
        }
        Ok(address)
    }

    /// The same server and database, with the tables in a schema of another name.
    #[must_use]
    pub fn in_schema(mut self, schema: &str) -> Self {
        schema.clone_into(&mut self.schema);
        self
    }

    pub(in super::super) fn schema(&self) -> &str {
        &self.schema
    }

    /// The address as it may be shown: without a password.
    #[must_use]
    pub fn shown(&self) -> String {
        let host = self.hosts().join(",");
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        let user = self.config.get_user().unwrap_or_default();
        format!("postgres://{user}@{host}:{port}/{}", self.database())
    }

    fn database(&self) -> &str {
        let config = &self.config;
        let name = config.get_dbname().or_else(|| config.get_user());
        name.unwrap_or_default()
    }

    fn hosts(&self) -> Vec<String> {
        let hosts = self.config.get_hosts().iter();
        hosts
            .map(|host| match host {
                Host::Tcp(name) => name.clone(),
                #[cfg(unix)]
                Host::Unix(path) => path.display().to_string(),
            })
            .collect()
    }

    fn password(&self) -> Option<String> {
        if let Ok(password) = std::env::var("PGPASSWORD") {
            return Some(password);
        }
        let file = self.passwords.clone().or_else(pgpass)?;
        if !is_closed_to_others(&file) {
            return None;
        }
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        let host = self.hosts().first().cloned()?;
        let wanted = [
            host,
            port.to_string(),
            self.database().to_owned(),
            self.config.get_user()?.to_owned(),
        ];
        password_in(&std::fs::read_to_string(file).ok()?, &wanted)
    }

    /// The same place with this password.
    #[must_use]
    pub fn with_password(mut self, password: &Secret<String>) -> Self {
        self.config.password(password.expose());
        self
    }

    /// A connection as the settings are; one that lacks a password alone is tried again with that of the keychain.
    fn client(&self) -> Result<Result<Client, postgres::Error>, DbError> {
        let connect = |config: &Config| -> Result<Result<Client, postgres::Error>, DbError> {
            Ok(match config.get_ssl_mode() {
                SslMode::Disable => config.connect(NoTls),
                _ => config.connect(self.tls()?),
            })
        };
        let client = connect(&self.config)?;
        let lacks = |error: &postgres::Error| words(error).contains(NO_PASSWORD);
        if client.as_ref().is_err_and(lacks)
            && let Some(password) = passwords::known(&self.shown())
        {
            return connect(&self.clone().with_password(&password).config);
        }
        Ok(client)
    }

    /// Opens a connection.
    pub(in super::super) fn connect(&self) -> Result<Connection, DbError> {
        let mut client = self.client()?.map_err(|error| match error.as_db_error() {
            Some(said) => denied(format!("{}: {}", self.shown(), said.message())),
            None => denied(format!("{}: {}", self.shown(), words(&error))),
        })?;
        // What was told to be stored must be, whatever the server is set to; a lock is waited for as long as a
        // file of SQLite is; and a program that hangs with a transaction open does not keep the others out.
        client.batch_execute(&format!(
            "SET search_path TO \"{}\"; SET synchronous_commit TO on; SET lock_timeout TO '10s';
             SET idle_in_transaction_session_timeout TO '60s'; SET client_min_messages TO warning",
            self.schema.replace('"', "")
        ))?;
        Ok(Connection::Postgres(Box::new(PgConnection::new(client))))
    }

    fn tls(&self) -> Result<MakeRustlsConnect, StoreError> {
        let provider = Arc::new(crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider);
        let config = config
            .with_safe_default_protocol_versions()
            .map_err(denied)?;
        let config = match &self.root {
            None => config.with_platform_verifier().map_err(denied)?,
            Some(file) => {
                let shown =
                    |error: &dyn std::fmt::Display| denied(format!("{}: {error}", file.display()));
                let mut roots = RootCertStore::empty();
                for root in CertificateDer::pem_file_iter(file).map_err(|error| shown(&error))? {
                    let root = root.map_err(|error| shown(&error))?;
                    roots.add(root).map_err(|error| shown(&error))?;
                }
                config.with_root_certificates(roots)
            }
        };
        Ok(MakeRustlsConnect::new(config.with_no_client_auth()))
    }
}

/// How a connection is encrypted. Whatever is encrypted is checked as `verify-full` does.
fn ssl_mode(wanted: Option<&str>, is_near: bool) -> Result<SslMode, StoreError> {
    match wanted {
        Some("disable") => Ok(SslMode::Disable),
        Some("allow" | "prefer") => Ok(SslMode::Prefer),
        Some("require" | "verify-ca" | "verify-full") => Ok(SslMode::Require),
        None if is_near => Ok(SslMode::Disable),
        None => Ok(SslMode::Require),
        Some(_) => Err(unfit(
            "sslmode 只能是 disable、prefer、require、verify-full",
            "sslmode is none of disable, prefer, require, verify-full",
        )),
    }
}

fn is_this_computer(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn pgpass() -> Option<PathBuf> {
    let folders = directories::BaseDirs::new()?;
    Some(if cfg!(windows) {
        folders.data_dir().join("postgresql").join("pgpass.conf")
    } else {
        folders.home_dir().join(".pgpass")
    })
}

/// As `psql` does: a file of passwords that others can read is not used.
fn is_closed_to_others(file: &Path) -> bool {
    let Ok(meta) = std::fs::metadata(file) else {
        return false;
    };
    #[cfg(unix)]
    let is_closed = {
        use std::os::unix::fs::PermissionsExt as _;
        meta.permissions().mode().trailing_zeros() >= 6
    };
    #[cfg(not(unix))]
    let is_closed = true;
    if !is_closed {
        tracing::warn!(file = %file.display(), "others can read the file of passwords, so it is not used");
    }
    meta.is_file() && is_closed
}

/// The password of the first line that fits: `host:port:database:user:password`, where `*` fits all and a backslash
/// stands before a colon that belongs to a field.
fn password_in(text: &str, wanted: &[String; 4]) -> Option<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(fields)
        .find_map(|fields| match fields.as_slice() {
            [of @ .., password] if of.len() == wanted.len() => {
                let fits = of
                    .iter()
                    .zip(wanted)
                    .all(|(of, wanted)| of == "*" || of == wanted);
                fits.then(|| password.clone())
            }
            _ => None,
        })
}

fn fields(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        let letter = match letter {
            ':' if out.len() < 5 => {
                out.push(String::new());
                continue;
            }
            '\\' => letters.next().unwrap_or('\\'),
            letter => letter,
        };
        if let Some(last) = out.last_mut() {
            last.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_shown_without_secrets_and_refused_with_one() {
        let address = Address::parse("postgres://li@db.example.com:5433/desk").unwrap();
        assert_eq!(address.shown(), "postgres://li@db.example.com:5433/desk");
        assert_eq!(address.config.get_ssl_mode(), SslMode::Require);
        let near = Address::parse("postgres://li@127.0.0.1/desk").unwrap();
        assert_eq!(near.config.get_ssl_mode(), SslMode::Disable);
        let wanted = Address::parse("postgres://li@127.0.0.1/desk?sslmode=verify-full").unwrap();
        assert_eq!(wanted.config.get_ssl_mode(), SslMode::Require);
        for wrong in [
            "postgres://li:geheim@db.example.com/desk",
            "postgres://li@db.example.com/desk?sslmode=maybe",
            "postgres://li@db.example.com:notaport/desk",
        ] {
            let StoreError::Unreachable(Message { zh, en }) = Address::parse(wrong).unwrap_err()
            else {
                panic!("{wrong} is told as something else");
            };
            for told in [&zh, &en] {
                assert!(!told.contains("geheim"), "{told}");
            }
            assert!(zh.contains("地址") || zh.contains("只能是"), "{zh}");
        }
    }

    #[test]
    fn the_first_line_that_fits_has_the_password() {
        let wanted = ["db", "5432", "desk", "li"].map(str::to_owned);
        let text = "# db:5432:desk:li:no\nother:*:*:*:no\ndb:*:desk:li:a\\:b:c\n*:*:*:*:last\n";
        assert_eq!(password_in(text, &wanted).as_deref(), Some("a:b:c"));
        assert_eq!(password_in("db:1:desk:li:x\n", &wanted), None);
    }
}
