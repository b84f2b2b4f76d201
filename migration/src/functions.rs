//! The functions of the database.

use sea_orm_migration::prelude::*;

use crate::roles::{APP, LOOKUP, SEQUENCER};

/// `current_company()` and `uuid_v7()`, which tables and policies are built on.
pub(crate) async fn basic(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.execute_unprepared(&format!(
        r"-- The company this transaction may see. Unset, empty (what a finished transaction leaves behind) or anything
          -- that is not a UUID gives NULL, and NULL equals no company: zero rows, never an error, never a default.
          CREATE FUNCTION current_company() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
            SELECT CASE
              WHEN current_setting('app.company_id', true) ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$'
              THEN current_setting('app.company_id', true)::uuid
            END
          $$;
          -- UUIDv7 (RFC 9562): 48 bits of milliseconds, version 7, the rest random.
          CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
            SELECT encode(
              set_bit(set_bit(
                overlay(uuid_send(gen_random_uuid())
                  PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                  FROM 1 FOR 6),
                52, 1), 53, 1),
              'hex')::uuid
          $$;
          REVOKE ALL ON FUNCTION current_company(), uuid_v7() FROM PUBLIC;
          GRANT EXECUTE ON FUNCTION current_company(), uuid_v7() TO {APP}, {SEQUENCER}"
    ))
    .await?;
    Ok(())
}

/// `find_account()`: the only way across companies that the app role has. It answers one account or none, needs the
/// exact normalised address, and runs as a role that may read just the columns named here.
pub(crate) async fn lookup(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.execute_unprepared(&format!(
        "CREATE FUNCTION find_account(wanted_email text, wanted_slug text)
         RETURNS TABLE (company_id uuid, user_id uuid)
         LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
           SELECT u.company_id, u.id
           FROM public.users u JOIN public.companies c ON c.id = u.company_id
           WHERE u.email_norm = wanted_email AND c.status = 'active' AND (wanted_slug IS NULL OR c.slug = wanted_slug)
           ORDER BY (u.status = 'active') DESC, u.last_login_at DESC NULLS LAST, u.created_at
           LIMIT 1
         $$;
         REVOKE ALL ON FUNCTION find_account(text, text) FROM PUBLIC;
         GRANT EXECUTE ON FUNCTION find_account(text, text) TO {APP};
         GRANT SELECT (company_id, id, email_norm, status, last_login_at, created_at) ON users TO {LOOKUP};
         GRANT SELECT (id, slug, status) ON companies TO {LOOKUP};
         CREATE POLICY users_lookup ON users FOR SELECT TO {LOOKUP} USING (true);
         CREATE POLICY companies_lookup ON companies FOR SELECT TO {LOOKUP} USING (true);
         GRANT USAGE, CREATE ON SCHEMA public TO {LOOKUP};
         ALTER FUNCTION find_account(text, text) OWNER TO {LOOKUP};
         REVOKE CREATE ON SCHEMA public FROM {LOOKUP}"
    ))
    .await?;
    Ok(())
}
