//! The tenant walls, read from the database's own catalog: a new table is covered here without being named.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use voxgate::domain::principal::Role;

use crate::support::db::{TestDb, company_with, run};

const ALPHA: &str = "0190a000-0000-7000-8000-00000000000a";
const BETA: &str = "0190b000-0000-7000-8000-00000000000b";

/// Every table of companies, with the column that names the company.
const TENANT_TABLES: &str = "SELECT c.relname::text, CASE c.relname WHEN 'companies' THEN 'id' ELSE 'company_id' END
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT c.relispartition AND c.relname NOT IN ('seaql_migrations', 'attempts', 'kept_answers', 'nodes', 'installation') ORDER BY 1";

/// An INSERT for any table: company given, every other required column filled by its type or its CHECK.
const ANY_ROW: &str = "SELECT format('INSERT INTO %I (%s) VALUES (%s)', c.relname,
      string_agg(quote_ident(a.attname), ', ' ORDER BY attnum),
      string_agg(CASE
        WHEN a.attname = $2 THEN quote_literal($3)
        WHEN k.allowed IS NOT NULL THEN quote_literal(k.allowed)
        ELSE CASE format_type(a.atttypid, NULL)
          WHEN 'uuid' THEN 'gen_random_uuid()' WHEN 'text' THEN 'gen_random_uuid()::text'
          WHEN 'bytea' THEN 'uuid_send(gen_random_uuid())' WHEN 'text[]' THEN '''{}''' WHEN 'jsonb' THEN '''{}'''
          WHEN 'timestamp with time zone' THEN 'now()' WHEN 'date' THEN 'current_date' WHEN 'boolean' THEN 'false' ELSE '1' END
      END, ', ' ORDER BY attnum))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN LATERAL (SELECT substring(pg_get_constraintdef(oid) FROM '''([^'']+)''') AS allowed FROM pg_constraint
      WHERE conrelid = c.oid AND contype = 'c' AND conkey = ARRAY[a.attnum]) k ON true
    WHERE c.oid = $1::regclass AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
    GROUP BY c.relname";

async fn tables(connection: &mut PgConnection) -> Vec<(String, String)> {
    let rows = sqlx::query_as(TENANT_TABLES).fetch_all(connection).await.unwrap();
    assert!(rows.len() >= 13, "the catalog shows the tables: {rows:?}");
    rows
}

async fn any_row(connection: &mut PgConnection, table: &str, key: &str, company: &str) -> String {
    let sql = sqlx::query_scalar(ANY_ROW).bind(table).bind(key).bind(company).fetch_one(connection);
    sql.await.unwrap_or_else(|error| panic!("{table}: {error}"))
}

/// One row of each company in every table, foreign keys aside.
async fn seed(db: &TestDb) -> Vec<(String, String, String)> {
    let mut all = db.connect("postgres").await;
    run(&mut all, "SET session_replication_role = replica").await;
    let mut seeded = Vec::new();
    for (table, key) in tables(&mut all).await {
        for company in [ALPHA, BETA] {
            let insert = any_row(&mut all, &table, &key, company).await;
            run(&mut all, &insert).await;
        }
        let intruder = any_row(&mut all, &table, &key, ALPHA).await;
        seeded.push((table, key, intruder));
    }
    seeded
}

/// What a statement of the app role did: rows, or the SQLSTATE it was refused with.
async fn attempt(app: &mut PgConnection, context: Option<&str>, sql: &str) -> Result<u64, String> {
    let mut tx = app.begin().await.unwrap();
    if let Some(context) = context {
        sqlx::query("SELECT set_config('app.company_id', $1, true)").bind(context).execute(&mut *tx).await.unwrap();
    }
    let done = tx.execute(AssertSqlSafe(sql)).await;
    let outcome = done.map(|done| done.rows_affected());
    let outcome = outcome.map_err(|error| error.as_database_error().unwrap().code().unwrap().into_owned());
    tx.rollback().await.unwrap();
    outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_shows_and_takes_rows_of_the_present_company_only() {
    let db = TestDb::fresh().await;
    let seeded = seed(&db).await;
    for context in [None, Some(""), Some("garbage"), Some("' OR true --"), Some(BETA), Some(ALPHA)] {
        let mut app = db.connect("voxgate_app").await; // a fresh one, so that "none" really is none
        for (table, key, intruder) in &seeded {
            let right = context == Some(ALPHA);
            let own = format!("WHERE {key} = '{ALPHA}'");
            for (command, sql) in [
                ("SELECT", format!("SELECT FROM {table} {own}")),
                ("UPDATE", format!("UPDATE {table} SET {key} = {key} {own}")),
                ("DELETE", format!("DELETE FROM {table} {own}")),
            ] {
                let allowed = privilege(&mut app, table, command).await;
                let outcome = attempt(&mut app, context, &sql).await;
                let expected = if allowed { Ok(u64::from(right)) } else { Err("42501".to_owned()) };
                // A row others refer to may not be deleted; to be told so, it had to be seen.
                let referred = right && command == "DELETE" && outcome == Err("23503".into());
                assert!(outcome == expected || referred, "{command} {table} with {context:?}: {outcome:?}");
            }
            let outcome = attempt(&mut app, context, intruder).await;
            let passes = right && privilege(&mut app, table, "INSERT").await;
            let refused = outcome == Err("42501".into());
            assert_eq!(refused, !passes, "INSERT {table} with {context:?}: {outcome:?}");
        }
        let everything = seeded.iter().filter(|(table, ..)| table != "outbox" && table != "mail_outbox");
        for (table, key, _) in everything {
            let outcome = attempt(&mut app, context, &format!("SELECT FROM {table} WHERE {key} <> '{ALPHA}'")).await;
            assert_eq!(outcome, Ok(u64::from(context == Some(BETA))), "other rows of {table} with {context:?}");
        }
    }
}

async fn privilege(connection: &mut PgConnection, table: &str, command: &str) -> bool {
    let sql = sqlx::query_scalar("SELECT has_table_privilege($1, $2)").bind(table).bind(command);
    sql.fetch_one(connection).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn case_73_the_catalog_keeps_the_rules_of_the_house() {
    let db = TestDb::fresh().await;
    let mut all = db.connect("postgres").await;
    // Each answers the offenders.
    for (rule, offenders) in [
        (
            "row-level security is enabled and forced",
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
             AND relname <> 'seaql_migrations' AND NOT (relrowsecurity AND relforcerowsecurity)",
        ),
        (
            "partitions are reached through their table only",
            "SELECT format('%s %s', table_name, grantee) FROM information_schema.role_table_grants g JOIN pg_class c
             ON c.oid = format('%I.%I', table_schema, table_name)::regclass AND c.relispartition
             WHERE table_schema = 'public' AND grantee <> pg_get_userbyid(c.relowner)::text",
        ),
        (
            "every right of the app and the sequencer has its policy",
            "SELECT format('%s %s %s', grantee, privilege_type, table_name) FROM information_schema.role_table_grants g
             WHERE table_schema = 'public' AND grantee IN ('voxgate_app', 'voxgate_sequencer') AND NOT EXISTS (
               SELECT FROM pg_policies p WHERE p.tablename = g.table_name AND p.cmd = g.privilege_type
               AND g.grantee = ANY (p.roles))",
        ),
        (
            "policies of the app ask for the company",
            "SELECT policyname::text FROM pg_policies WHERE 'voxgate_app' = ANY (roles) AND tablename NOT IN ('attempts', 'kept_answers')
             AND coalesce(qual, with_check) NOT LIKE '%current_company()%'",
        ),
        ("no policy is for everybody", "SELECT policyname::text FROM pg_policies WHERE 'public' = ANY (roles)"),
        (
            "functions that run as their owner have a fixed search_path",
            "SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
             AND NOT coalesce(proconfig, '{}')::text LIKE '%search_path=pg_catalog, pg_temp%'",
        ),
        (
            "the owner of the lookup can neither log in nor bypass",
            "SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'voxgate_%' AND (rolsuper OR rolbypassrls
             OR (rolname = 'voxgate_lookup' AND rolcanlogin))",
        ),
        (
            "foreign keys of tenant tables carry the company",
            "SELECT conname::text FROM pg_constraint c WHERE contype = 'f' AND confrelid <> 'companies'::regclass
             AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = conrelid AND a.attname = 'company_id'
               AND a.attnum = conkey[1])",
        ),
        (
            "unique indexes lead with the company",
            "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
             WHERE t.relnamespace = 'public'::regnamespace AND i.indisunique AND a.attname <> 'company_id'
             AND t.relname NOT IN ('companies', 'attempts', 'kept_answers', 'nodes', 'installation', 'seaql_migrations')",
        ),
        (
            "other indexes lead with the company, but those for the lookup and for work across companies",
            "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
             WHERE t.relnamespace = 'public'::regnamespace AND NOT i.indisunique AND a.attname <> 'company_id'
             AND i.indexrelid::regclass::text !~ '_(sweep|lookup|feed|order|due)$'",
        ),
        (
            "views run with the caller's rights",
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
             AND NOT coalesce(reloptions, '{}')::text LIKE '%security_invoker=true%'",
        ),
    ] {
        let found: Vec<String> = sqlx::query_scalar(offenders).fetch_all(&mut all).await.unwrap();
        assert!(found.is_empty(), "{rule}: {found:?}");
    }
}

/// What background work may do across companies: this and nothing else.
const SEQUENCER: &[(&str, &str)] = &[
    ("attempts", "DELETE SELECT"),
    ("audit_checkpoints", "INSERT SELECT"),
    ("audit_heads", "INSERT SELECT UPDATE"),
    ("audit_logs", "DELETE INSERT SELECT"),
    ("companies", "SELECT"),
    ("devices", "DELETE SELECT"),
    ("installation", "SELECT UPDATE"),
    ("kept_answers", "DELETE SELECT"),
    ("mail_outbox", "DELETE SELECT UPDATE"),
    ("nodes", "DELETE INSERT SELECT UPDATE"),
    ("one_time_tokens", "DELETE SELECT"),
    ("outbox", "DELETE INSERT SELECT UPDATE"),
    ("presence", "DELETE SELECT"),
    ("refresh_tokens", "DELETE SELECT"),
    ("revocations", "DELETE SELECT"),
    ("sessions", "DELETE SELECT"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_sequencer_may_do_its_work_and_nothing_else() {
    let db = TestDb::fresh().await;
    let mut all = db.connect("postgres").await;
    let granted: Vec<(String, String)> = sqlx::query_as(
        "SELECT table_name::text, string_agg(privilege_type, ' ' ORDER BY privilege_type)
         FROM information_schema.role_table_grants WHERE grantee = 'voxgate_sequencer' GROUP BY 1 ORDER BY 1",
    )
    .fetch_all(&mut all)
    .await
    .unwrap();
    let granted: Vec<_> = granted.iter().map(|(table, rights)| (table.as_str(), rights.as_str())).collect();
    assert_eq!(granted, SEQUENCER);
}

#[tokio::test(flavor = "multi_thread")]
async fn walls_that_stand_have_no_fault() {
    let db = TestDb::fresh().await;
    assert_eq!(db.store().await.check_walls().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_that_could_pass_the_walls_are_refused() {
    let db = TestDb::fresh().await;
    let mut all = db.connect("postgres").await;
    run(&mut all, "CREATE ROLE passer LOGIN BYPASSRLS").await;
    run(&mut all, &format!("GRANT CONNECT ON DATABASE {} TO passer", db.name)).await;
    run(&mut all, "GRANT USAGE ON SCHEMA public TO passer").await;
    for (role, complaint) in [("postgres", "superuser"), ("passer", "BYPASSRLS"), ("voxgate_owner", "owns")] {
        let faults = db.store_as(role, 2).await.check_walls().await.unwrap();
        assert!(faults.iter().any(|fault| fault.what.contains(complaint)), "{role}: {faults:?}");
    }
    run(&mut all, "DROP OWNED BY passer; DROP ROLE passer").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_breach_of_a_wall_is_named() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let mut all = db.connect("postgres").await;
    for (breach, mend, complaint) in [
        ("ALTER TABLE users NO FORCE ROW LEVEL SECURITY", "ALTER TABLE users FORCE ROW LEVEL SECURITY", "users"),
        ("ALTER TABLE factors DISABLE ROW LEVEL SECURITY", "ALTER TABLE factors ENABLE ROW LEVEL SECURITY", "factors"),
        ("CREATE TABLE forgotten (company_id uuid)", "DROP TABLE forgotten", "forgotten"),
        ("CREATE POLICY wide ON sessions USING (true)", "DROP POLICY wide ON sessions", "sessions"),
        ("GRANT SELECT ON users TO PUBLIC", "REVOKE SELECT ON users FROM PUBLIC", "PUBLIC"),
        ("GRANT DELETE ON audit_logs TO voxgate_app", "REVOKE DELETE ON audit_logs FROM voxgate_app", "audit log"),
        (
            "CREATE FUNCTION loose() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
             REVOKE ALL ON FUNCTION loose() FROM PUBLIC",
            "DROP FUNCTION loose()",
            "loose()",
        ),
    ] {
        run(&mut all, breach).await;
        let faults = store.check_walls().await.unwrap();
        assert!(faults.iter().any(|fault| fault.what.contains(complaint)), "{breach}: {faults:?}");
        run(&mut all, mend).await;
        assert_eq!(store.check_walls().await.unwrap(), [], "after {mend}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lookup_finds_one_account_and_reveals_nothing_more() {
    let db = TestDb::fresh().await;
    let store = db.store().await;
    let (acme, alice) = company_with(&store, "acme", Role::Admin).await;
    assert_eq!(store.find_account("someone@acme.example", None).await.unwrap(), Some((acme, alice)));
    assert_eq!(store.find_account("someone@acme.example", Some("acme")).await.unwrap(), Some((acme, alice)));
    assert_eq!(store.find_account("someone@acme.example", Some("other")).await.unwrap(), None);
    assert_eq!(store.find_account("%", None).await.unwrap(), None);
    let mut all = db.connect("postgres").await;
    run(&mut all, "SET ROLE voxgate_lookup").await;
    let row = sqlx::query("SELECT password_hash FROM users").fetch_optional(&mut all).await;
    assert!(row.is_err(), "{:?}", row.map(|row| row.map(|row| row.len())));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_well_formed_id_is_a_company() {
    let db = TestDb::fresh().await;
    let mut app = db.connect("voxgate_app").await;
    let whole = "01900000-0000-7000-8000-0000000000af";
    for (context, company) in [
        (whole, Some(whole)),
        ("", None),
        ("01900000-0000-7000-8000-0000000000AF", None),
        ("019000000000-7000-8000-0000000000af-", None),
        ("01900000-0000-7000-8000-0000000000-f", None),
        ("01900000-0000-7000-8000-0000000000ag", None),
        ("01900000-0000-7000-8000-0000000000af0", None),
        ("0190000000007000800000000000000000af", None),
        ("------------------------------------", None),
    ] {
        sqlx::query("SELECT set_config('app.company_id', $1, false)").bind(context).execute(&mut app).await.unwrap();
        let found: Option<String> =
            sqlx::query_scalar("SELECT current_company()::text").fetch_one(&mut app).await.unwrap();
        assert_eq!(found.as_deref(), company, "{context}");
    }
}
