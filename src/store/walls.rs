//! Looks at the walls before the server opens its doors: a role that could pass row-level security, a table without a
//! forced policy or a right given to everybody make `serve` refuse to start.

use sea_orm::QueryResult;

use super::{Store, StoreError, pool::Pool, unit::Unit};

/// Something about the database that would let rows cross companies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WallFault {
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl std::fmt::Display for WallFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}. {}", self.what, self.remedy)
    }
}

/// The oldest release that honours row-level security in plans it reuses across roles (CVE-2023-2455).
const OLDEST: i32 = 150_003;

const VERSION: &str = "SELECT current_setting('server_version'), current_setting('server_version_num')::int";

const ROLE: &str = "SELECT format('role %I %s', current_user, fault), remedy
    FROM pg_roles me, LATERAL (VALUES
      (me.rolsuper, 'is a superuser and passes row-level security', 'ALTER ROLE … NOSUPERUSER, or connect as Voxgate''s own role'),
      (me.rolbypassrls, 'has BYPASSRLS', 'ALTER ROLE … NOBYPASSRLS'),
      (me.rolcreaterole, 'has CREATEROLE and could give itself rights', 'ALTER ROLE … NOCREATEROLE'),
      (NOT me.rolsuper AND EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
         AND c.relkind IN ('r', 'p') AND pg_has_role(me.oid, c.relowner, 'MEMBER')),
       'owns Voxgate''s tables and could change their policies', 'Connect as voxgate_app and voxgate_sequencer; keep the owner for `voxgate migrate`'),
      (NOT me.rolsuper AND EXISTS (SELECT FROM pg_roles r WHERE r.oid <> me.oid AND pg_has_role(me.oid, r.oid, 'MEMBER')
         AND (r.rolsuper OR r.rolbypassrls OR r.rolname IN ('voxgate_lookup', 'voxgate_app', 'voxgate_sequencer'))),
       'is a member of a role with other rights', 'REVOKE that membership')
    ) AS faults (found, fault, remedy)
    WHERE me.rolname = current_user AND found";

const TABLES: &str = "SELECT format('table %I %s', c.relname, fault), remedy
    FROM pg_class c, LATERAL (VALUES
      (NOT (c.relrowsecurity AND c.relforcerowsecurity), 'has no forced row-level security',
       format('ALTER TABLE %1$I ENABLE ROW LEVEL SECURITY; ALTER TABLE %1$I FORCE ROW LEVEL SECURITY', c.relname)),
      (NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid), 'has no policy', 'Run `voxgate migrate` on a fresh database'),
      (c.relname NOT IN ('attempts', 'kept_answers') AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid
         AND (0 = ANY (p.polroles) OR 'voxgate_app'::regrole = ANY (p.polroles))
         AND coalesce(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) NOT LIKE '%current_company()%'),
       'has a policy that does not ask for the company', 'Drop that policy')
    ) AS faults (found, fault, remedy)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'seaql_migrations' AND found";

const SCHEMA: &str =
    "SELECT 'the database holds no Voxgate schema, or that of an older version', 'Run `voxgate migrate` with the owner''s URL first'
    WHERE to_regclass('public.companies') IS NULL OR to_regprocedure('public.find_account(text, text)') IS NULL
      OR to_regproc('public.open_session') IS NULL";

const FUNCTIONS: &str =
    "SELECT format('function %s runs as its owner without a fixed search_path', p.oid::regprocedure),
      format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', p.oid::regprocedure)
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
      AND NOT coalesce(p.proconfig, '{}')::text LIKE '%search_path=%'";

const PUBLIC: &str = "SELECT format('everybody (PUBLIC) has %s on %s', privilege_type, object), format('REVOKE ALL ON %s FROM PUBLIC', object)
    FROM (
      SELECT format('table %I', relname) AS object, acl.* FROM pg_class, aclexplode(relacl) acl
        WHERE relnamespace = 'public'::regnamespace
      UNION ALL SELECT format('function %s', p.oid::regprocedure), acl.*
        FROM pg_proc p, aclexplode(coalesce(proacl, acldefault('f', proowner))) acl
        WHERE pronamespace = 'public'::regnamespace
      UNION ALL SELECT 'schema public', acl.* FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) acl
        WHERE nspname = 'public'
      UNION ALL SELECT format('database %I', datname), acl.*
        FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) acl WHERE datname = current_database()
    ) AS rights WHERE grantee = 0";

const AUDIT: &str = "SELECT format('role %I may change the audit log', current_user), 'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_logs FROM voxgate_app'
    WHERE has_table_privilege('audit_logs', 'INSERT, UPDATE, DELETE, TRUNCATE')";

impl Store {
    /// Every fault found in roles, tables, policies, functions and rights; empty when the walls stand.
    pub async fn check_walls(&self) -> Result<Vec<WallFault>, StoreError> {
        let mut faults = Vec::from_iter(self.too_old().await?);
        for sql in [SCHEMA, ROLE] {
            faults.extend(self.look(&self.app, sql).await?);
        }
        faults.extend(self.look(&self.system, ROLE).await?);
        let migrated = self.look(&self.app, SCHEMA).await?.is_empty();
        if migrated {
            for sql in [TABLES, FUNCTIONS, PUBLIC, AUDIT] {
                faults.extend(self.look(&self.app, sql).await?);
            }
        }
        faults.dedup();
        Ok(faults)
    }

    /// In a transaction: behind a pooler a statement by itself is not prepared and run on the same connection.
    async fn look(&self, pool: &Pool, sql: &'static str) -> Result<Vec<WallFault>, StoreError> {
        let unit = Unit::begin(pool, "").await?;
        let rows = unit.rows(sql, []).await;
        let fault = |row: &QueryResult| {
            let (what, remedy) = row.try_get_many_by_index()?;
            Ok(WallFault { what, remedy })
        };
        unit.finish(rows).await?.iter().map(fault).collect()
    }

    async fn too_old(&self) -> Result<Option<WallFault>, StoreError> {
        let unit = Unit::begin(&self.app, "").await?;
        let row = unit.row(VERSION, []).await;
        let version = unit.finish(row).await?.map(|row| row.try_get_many_by_index::<(String, i32)>()).transpose()?;
        Ok(version.and_then(|(version, number)| too_old(&version, number)))
    }
}

fn too_old(version: &str, number: i32) -> Option<WallFault> {
    (number < OLDEST).then(|| WallFault {
        what: format!("PostgreSQL {version} is too old"),
        remedy: "Use 15.3 or later, or any later major version".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_75_a_release_that_reuses_plans_across_roles_stops_the_start() {
        let fault = too_old("15.2", 150_002).expect("a fault");
        assert_eq!(fault.to_string(), "PostgreSQL 15.2 is too old. Use 15.3 or later, or any later major version");
        for (version, number) in [("14.17", 140_017), ("13.11", 130_011), ("9.6.24", 90_624)] {
            assert!(too_old(version, number).is_some(), "{version}");
        }
        for (version, number) in [("15.3", 150_003), ("15.18", 150_018), ("16.0", 160_000), ("18.1", 180_001)] {
            assert!(too_old(version, number).is_none(), "{version}");
        }
    }
}
