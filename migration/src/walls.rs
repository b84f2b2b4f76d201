//! The tenant walls in one call: a table made here cannot miss row-level security, its policy or its grants.

use sea_orm_migration::prelude::*;

use crate::roles::{APP, LOOKUP, SEQUENCER};

/// A table whose rows belong to companies.
pub(crate) struct TenantTable {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its columns and constraints after `company_id uuid NOT NULL`, as SQL.
    pub(crate) columns: &'static str,
    /// How it is cut into partitions, as SQL; empty where it is not.
    pub(crate) partition: &'static str,
    /// Primary key after `company_id`; empty where a company has one row.
    pub(crate) key: &'static str,
    /// Whether `company_id` must name a company that exists. Not where the company that does not exist records too.
    pub(crate) of_company: bool,
    /// What the app role may do to rows of its company: `SELECT, INSERT`, …
    pub(crate) app: &'static str,
    /// What the sequencer role may do to rows of any company; empty for nothing.
    pub(crate) sequencer: &'static str,
    /// Indexes, as SQL statements.
    pub(crate) indexes: &'static str,
}

/// Everyday values, to be overridden where a table differs.
pub(crate) const TENANT: TenantTable = TenantTable {
    name: "",
    columns: "",
    partition: "",
    key: "id",
    of_company: true,
    app: "SELECT, INSERT, UPDATE, DELETE",
    sequencer: "",
    indexes: "",
};

/// Creates the table, its indexes, its forced row-level security, its policies and its grants.
pub(crate) async fn tenant_table(db: &impl ConnectionTrait, table: &TenantTable) -> Result<(), DbErr> {
    let TenantTable { name, columns, partition, .. } = table;
    let key = if table.key.is_empty() { "company_id".into() } else { format!("company_id, {}", table.key) };
    let reference = if table.of_company { " REFERENCES companies (id)" } else { "" };
    let create = format!(
        "CREATE TABLE {name} (company_id uuid NOT NULL{reference}, {columns}, PRIMARY KEY ({key})) {partition};
         {}",
        table.indexes
    );
    db.execute_unprepared(&create).await?;
    let rule = "company_id = (SELECT current_company())";
    guard(db, name, rule, table.app, table.sequencer).await
}

/// Forces row-level security on a table and opens it to the app role by `rule` and to the sequencer role entirely,
/// each for the named commands only.
pub(crate) async fn guard(
    db: &impl ConnectionTrait,
    name: &str,
    rule: &str,
    app: &str,
    sequencer: &str,
) -> Result<(), DbErr> {
    let mut sql = format!(
        "ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;
         ALTER TABLE {name} FORCE ROW LEVEL SECURITY;
         REVOKE ALL ON {name} FROM PUBLIC;"
    );
    for (role, commands, rule) in [(APP, app, rule), (SEQUENCER, sequencer, "true")] {
        if commands.is_empty() {
            continue;
        }
        sql += &format!("GRANT {commands} ON {name} TO {role};");
        for command in commands.split(", ") {
            let clauses = match command {
                "INSERT" => format!("WITH CHECK ({rule})"),
                "UPDATE" => format!("USING ({rule}) WITH CHECK ({rule})"),
                _ => format!("USING ({rule})"),
            };
            let policy = format!("{name}_{}_{}", role.trim_start_matches("voxgate_"), command.to_lowercase());
            sql += &format!("CREATE POLICY {policy} ON {name} FOR {command} TO {role} {clauses};");
        }
    }
    db.execute_unprepared(&sql).await?;
    Ok(())
}

/// Closes the database and its schema to everybody but the owner and Voxgate's roles. Run after every migration:
/// a database made from a template does not inherit these rights.
pub(crate) async fn close_database(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.execute_unprepared(&format!(
        "DO $$ BEGIN
           EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
           EXECUTE format('GRANT CONNECT ON DATABASE %I TO {APP}, {SEQUENCER}', current_database());
         END $$;
         REVOKE ALL ON SCHEMA public FROM PUBLIC;
         GRANT USAGE ON SCHEMA public TO {APP}, {SEQUENCER}, {LOOKUP};
         REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
         REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC;
         REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC"
    ))
    .await?;
    Ok(())
}
