//! Roles of the server that are bound to operators: what such a connection may do is kept by the server itself.
//!
//! A bound role has no more rights than the program needs, and decides under the name of its operator alone: it makes
//! refunds and questions as that one, and agrees as that one. So nobody agrees to what they made themselves, whatever
//! they use to reach the tables. The functions behind the rules look at the tables of the workspace only.

use super::super::DbError;
use super::super::session::{Connection, params};
use super::{Address, COMMIT, OpenTransaction, schema_of};
use recondesk_ports::StoreError;

/// Which role decides as whom, and the rules for what it writes.
const RULES: &str = r"
CREATE TABLE IF NOT EXISTS desk_role (role TEXT PRIMARY KEY, operator TEXT NOT NULL);
CREATE OR REPLACE FUNCTION desk_operator() RETURNS TEXT
    LANGUAGE sql STABLE AS 'SELECT operator FROM desk_role WHERE role = session_user';
CREATE OR REPLACE FUNCTION made_by_session() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE own TEXT := desk_operator();
BEGIN
    IF own IS NOT NULL AND NEW.maker <> own THEN
        RAISE EXCEPTION 'this connection decides as % alone', own;
    END IF;
    RETURN NEW;
END;
$rule$;
CREATE OR REPLACE FUNCTION kept_by_session() RETURNS trigger LANGUAGE plpgsql AS $rule$
BEGIN
    IF desk_operator() IS NOT NULL AND NEW.maker <> OLD.maker THEN
        RAISE EXCEPTION 'who made it does not change';
    END IF;
    RETURN NEW;
END;
$rule$;
CREATE OR REPLACE FUNCTION judged_by_session() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE own TEXT := desk_operator();
BEGIN
    IF own IS NOT NULL AND NEW.checker IS DISTINCT FROM OLD.checker
       AND NEW.checker IS DISTINCT FROM own THEN
        RAISE EXCEPTION 'this connection decides as % alone', own;
    END IF;
    RETURN NEW;
END;
$rule$;
CREATE OR REPLACE FUNCTION told_by_session() RETURNS trigger LANGUAGE plpgsql AS $rule$
DECLARE own TEXT := desk_operator();
BEGIN
    IF own IS NOT NULL AND NEW.actor NOT IN (own, '') THEN
        RAISE EXCEPTION 'this connection decides as % alone', own;
    END IF;
    RETURN NEW;
END;
$rule$;
CREATE OR REPLACE TRIGGER refund_made_by_session BEFORE INSERT ON refund
    FOR EACH ROW EXECUTE FUNCTION made_by_session();
CREATE OR REPLACE TRIGGER refund_kept_by_session BEFORE UPDATE ON refund
    FOR EACH ROW EXECUTE FUNCTION kept_by_session();
CREATE OR REPLACE TRIGGER approval_made_by_session BEFORE INSERT ON approval
    FOR EACH ROW EXECUTE FUNCTION made_by_session();
CREATE OR REPLACE TRIGGER approval_judged_by_session BEFORE UPDATE ON approval
    FOR EACH ROW EXECUTE FUNCTION judged_by_session();
CREATE OR REPLACE TRIGGER case_event_told_by_session BEFORE INSERT ON case_event
    FOR EACH ROW EXECUTE FUNCTION told_by_session();
";

/// Lets the functions of the schema see its own tables alone: not those of a schema, or temporary ones, that whoever is
/// connected puts before them.
const SIGHT: &str = r"
DO $do$
DECLARE each REGPROCEDURE;
BEGIN
    FOR each IN SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p
                JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
                WHERE n.nspname = current_schema() LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', each, current_schema());
    END LOOP;
END;
$do$;
";

/// Binds a role of the server to an operator of the workspace; the owner of the tables does this.
///
/// # Errors
/// [`StoreError::Missing`] where there is no such role or operator; else when the server refuses.
pub fn bind_role(address: &Address, operator: &str, role: &str) -> Result<(), StoreError> {
    let connection = address.connect()?;
    if schema_of(&connection)?.is_none() {
        return Err(StoreError::Missing(address.shown()));
    }
    Ok(bind(&connection, operator, role)?)
}

fn bind(connection: &Connection, operator: &str, role: &str) -> Result<(), DbError> {
    let missing = |what: String| DbError::from(StoreError::Missing(what));
    let is_named = "SELECT 1 FROM operator WHERE name = ?1 AND removed_at IS NULL";
    if !connection.prepare_cached(is_named)?.exists([operator])? {
        return Err(missing(format!("operator {operator}")));
    }
    let is_role = "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = ?1 AND rolcanlogin
                   AND NOT rolsuper AND NOT rolcreaterole AND rolname <> session_user";
    if !connection.prepare_cached(is_role)?.exists([role])? {
        return Err(missing(format!(
            "role {role} that may log in and has no rights of its own"
        )));
    }
    let server = connection.postgres()?;
    let mut open = OpenTransaction::on(connection);
    server.batch("BEGIN")?;
    open.take_turn()?;
    server.batch(RULES)?;
    connection.execute(
        "INSERT INTO desk_role (role, operator) VALUES (?1, ?2)
         ON CONFLICT (role) DO UPDATE SET operator = EXCLUDED.operator",
        params![role, operator],
    )?;
    keep(connection)?;
    open.commit(COMMIT)
}

/// Gives bound roles the rights they need on all tables, new ones among them; nothing where no role is bound. The
/// caller has a transaction open.
pub(super) fn keep(connection: &Connection) -> Result<(), DbError> {
    let there = "SELECT 1 FROM pg_catalog.pg_tables
                 WHERE schemaname = current_schema() AND tablename = 'desk_role'";
    if !connection.prepare_cached(there)?.exists([])? {
        return Ok(());
    }
    let schema: String =
        connection.query_row("SELECT quote_ident(current_schema())", [], |row| row.get(0))?;
    let roles: Vec<String> = {
        let mut statement = connection.prepare_cached("SELECT quote_ident(role) FROM desk_role")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    let server = connection.postgres()?;
    server.batch(SIGHT)?;
    for role in roles {
        server.batch(&format!(
            "REVOKE ALL ON SCHEMA {schema} FROM {role};
             REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role};
             GRANT USAGE ON SCHEMA {schema} TO {role};
             GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
             GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {schema} TO {role};
             REVOKE INSERT, UPDATE ON desk_role, operator, casework_limit, urgent_category FROM {role};
             GRANT UPDATE (misses, missed_at) ON operator TO {role};
             REVOKE UPDATE ON approval, audit, case_event FROM {role};
             GRANT UPDATE (checker, judgement, judged_at) ON approval TO {role};
             GRANT DELETE ON lease, mapping, outcome TO {role};"
        ))?;
    }
    Ok(())
}
