//! Functions that do what happens every second in one round trip and one commit: a renewal, the counting of a second
//! step, and the beginning of a session. And a cheaper way to ask which company a transaction may see.
//!
//! The three run with the rights of the caller, set the company of their transaction themselves and see nothing else, like every
//! transaction of the app role. Each takes its locks first, in the order of the house, and writes only when everything is
//! as it is every day; else it answers no row and has written nothing, and the flow goes the long way, which decides.

use sea_orm_migration::prelude::*;

use crate::roles::APP;

/// Adds them.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20260104_000021_flights"
    }
}

const SIGNATURES: &str = "renew_session(uuid, bytea, bytea, float8, text, text, text, text, uuid, jsonb),
    count_second_step(uuid, bytea, text, uuid, bytea, int, float8, int),
    open_session(uuid, uuid, uuid, bigint, boolean, text[], text, text, text, float8, bytea, float8, bytea, bytea, bytea, text, uuid,
      bigint, bytea, text, text, uuid, jsonb, int, int)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for function in [COMPANY, RENEW, COUNT, OPEN] {
            db.execute_unprepared(function).await?;
        }
        let rights = format!(
            "REVOKE ALL ON FUNCTION {SIGNATURES} FROM PUBLIC;
             GRANT EXECUTE ON FUNCTION {SIGNATURES} TO {APP}"
        );
        db.execute_unprepared(&rights).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(&format!("DROP FUNCTION {SIGNATURES}")).await?;
        Ok(())
    }
}

/// Every policy of every table in a statement asks this, about fifteen times in a renewal, so it does without a regular
/// expression: two plain looks say the same, 32 lower-case digits, and dashes where they belong.
const COMPANY: &str = "
    CREATE OR REPLACE FUNCTION current_company() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
      SELECT CASE
        WHEN current_setting('app.company_id', true) LIKE '________-____-____-____-____________'
          AND translate(current_setting('app.company_id', true), '0123456789abcdef', '') = '----'
        THEN current_setting('app.company_id', true)::uuid
      END
    $$";

/// Spends a refresh token that was never used, of a family that is alive: `Rotate` of the rule in `domain::refresh`, and
/// nothing else of it. The first statement waits for whoever else renews or ends the session; the second begins after
/// that, so it sees what they did.
const RENEW: &str = "
    CREATE FUNCTION renew_session(company uuid, presented bytea, successor bytea, lifetime float8,
      event_kind text, event_severity text, from_ip text, from_agent text, request uuid, details jsonb)
    RETURNS TABLE (moment timestamptz, token refresh_tokens, session sessions, account users, firm companies)
    LANGUAGE plpgsql VOLATILE AS $$
    #variable_conflict use_column
    DECLARE
      known uuid;
    BEGIN
      PERFORM set_config('app.company_id', company::text, true);
      SELECT r.id INTO known
        FROM refresh_tokens r JOIN sessions s ON s.company_id = r.company_id AND s.id = r.session_id
        WHERE r.company_id = company AND r.hash = presented
        FOR UPDATE OF r FOR NO KEY UPDATE OF s;
      IF known IS NULL THEN
        RETURN;
      END IF;
      RETURN QUERY
        WITH family AS MATERIALIZED (
          SELECT r AS token, s AS session, u AS account, c AS firm, r.id AS parent_id, s.id AS session_id, u.id AS user_id,
            now() + least(s.expires_at - now(), make_interval(secs => least(lifetime, c.session_idle_seconds))) AS ends
          FROM refresh_tokens r
          JOIN sessions s ON s.company_id = r.company_id AND s.id = r.session_id
          JOIN users u ON u.company_id = s.company_id AND u.id = s.user_id
          JOIN companies c ON c.id = r.company_id
          WHERE r.company_id = company AND r.id = known AND r.used_at IS NULL AND now() < r.expires_at
            AND now() < s.last_seen_at + make_interval(secs => c.session_idle_seconds)
            AND s.revoked_at IS NULL AND now() < s.expires_at AND u.status = 'active' AND c.status = 'active'
            AND (NOT c.mfa_required OR 'mfa' = ANY (s.amr))),
        used AS (
          UPDATE refresh_tokens r SET used_at = now() FROM family f WHERE r.company_id = company AND r.id = f.parent_id),
        child AS (
          INSERT INTO refresh_tokens (company_id, session_id, hash, parent_id, expires_at)
          SELECT company, f.session_id, successor, f.parent_id, f.ends FROM family f),
        touched AS (
          UPDATE sessions s SET last_seen_at = now() FROM family f WHERE s.company_id = company AND s.id = f.session_id),
        told AS (
          INSERT INTO outbox (company_id, kind, severity, actor_type, actor_id, actor_role, subject_type, subject_id,
            session_id, ip, user_agent, request_id, data)
          SELECT company, event_kind, event_severity, 'user', f.user_id, (f.account).role, 'session', f.session_id,
            f.session_id, from_ip, from_agent, request, details FROM family f)
        SELECT now(), f.token, f.session, f.account, f.firm FROM family f;
    END
    $$";

/// Counts one answer to a second step, first on its challenge, then on the account; both stand whatever comes after.
/// Always answers one row: `granted` with the account and its factor, `exhausted` or `gone`.
const COUNT: &str = "
    CREATE FUNCTION count_second_step(company uuid, presented bytea, wanted text, person uuid, counter bytea, at_most int,
      in_seconds float8, in_a_row int)
    RETURNS TABLE (outcome text, tries int, consecutive int, retry_after float8, account users, factor factors)
    LANGUAGE plpgsql VOLATILE AS $$
    #variable_conflict use_column
    DECLARE
      counted int;
      row_of int;
    BEGIN
      PERFORM set_config('app.company_id', company::text, true);
      UPDATE one_time_tokens t SET tries = t.tries + 1
        WHERE t.company_id = company AND t.hash = presented AND t.purpose = wanted AND t.used_at IS NULL
          AND t.expires_at > now() AND t.tries < t.max_tries AND EXISTS (
            SELECT FROM users u WHERE u.company_id = t.company_id AND u.id = t.user_id AND u.status = 'active'
            AND u.credential_version = coalesce(t.credential_version, u.credential_version));
      IF NOT FOUND THEN
        RETURN QUERY SELECT CASE WHEN EXISTS (
            SELECT FROM one_time_tokens t JOIN users u ON u.company_id = t.company_id AND u.id = t.user_id
            WHERE t.company_id = company AND t.hash = presented AND t.purpose = wanted AND t.used_at IS NULL
              AND t.expires_at > now() AND u.status = 'active'
              AND u.credential_version = coalesce(t.credential_version, u.credential_version))
          THEN 'exhausted' ELSE 'gone' END, NULL::int, NULL::int, NULL::float8, NULL::users, NULL::factors;
        RETURN;
      END IF;
      INSERT INTO attempts AS a (key, tries, window_started_at, consecutive) SELECT counter, 1, now(), 1 WHERE at_most > 0
        ON CONFLICT (key) DO UPDATE SET
          tries = CASE WHEN a.window_started_at <= now() - make_interval(secs => in_seconds) THEN 1 ELSE a.tries + 1 END,
          window_started_at = CASE WHEN a.window_started_at <= now() - make_interval(secs => in_seconds) THEN now()
            ELSE a.window_started_at END,
          consecutive = least(a.consecutive, 1000000) + 1
        WHERE (a.window_started_at <= now() - make_interval(secs => in_seconds) OR a.tries < at_most)
          AND a.consecutive < in_a_row
        RETURNING a.tries, a.consecutive INTO counted, row_of;
      IF counted IS NULL THEN
        RETURN QUERY SELECT 'exhausted', NULL::int, NULL::int, coalesce((
            SELECT extract(epoch FROM a.window_started_at + make_interval(secs => in_seconds) - now())::float8
            FROM attempts a WHERE a.key = counter), in_seconds), NULL::users, NULL::factors;
        RETURN;
      END IF;
      RETURN QUERY SELECT 'granted', counted, row_of, NULL::float8, u, f FROM users u
        LEFT JOIN factors f ON f.company_id = u.company_id AND f.user_id = u.id AND f.status = 'active'
        WHERE u.company_id = company AND u.id = person;
    END
    $$";

/// Opens a session when everything is as it is every day: company and account are what the sign-in saw, device and network are known,
/// there is room for one more session and they are not many, few tries went before, and challenge and code (where there are
/// any) are unspent. Spends them, gives the
/// tries back and records the event in the same statement.
const OPEN: &str = "
    CREATE FUNCTION open_session(company uuid, born uuid, person uuid, seen_version bigint, seen_mfa boolean,
      methods text[], client_kind text, from_ip text, from_agent text, lifetime float8, refresh bytea,
      refresh_lifetime float8, device bytea, from_network bytea, challenge bytea, wanted text, factor uuid, step bigint, counter bytea,
      event_kind text, event_severity text, request uuid, details jsonb, many int, suspicious int)
    RETURNS TABLE (created_at timestamptz, expires_at timestamptz, auth_epoch bigint, company_epoch bigint, role text,
      idle int, at_most int)
    LANGUAGE plpgsql VOLATILE AS $$
    #variable_conflict use_column
    DECLARE
      firm companies;
      holder users;
      counted int;
    BEGIN
      PERFORM set_config('app.company_id', company::text, true);
      SELECT c.* INTO firm FROM companies c
        WHERE c.id = company AND c.status = 'active' AND (NOT c.mfa_required OR 'mfa' = ANY (methods)) FOR SHARE;
      IF NOT FOUND THEN
        RETURN;
      END IF;
      SELECT u.* INTO holder FROM users u
        WHERE u.company_id = company AND u.id = person AND u.status = 'active' AND u.credential_version = seen_version
          AND u.mfa_enabled = seen_mfa FOR NO KEY UPDATE;
      IF NOT FOUND THEN
        RETURN;
      END IF;
      IF (SELECT count(*) FROM devices d WHERE d.company_id = company AND d.user_id = person
          AND d.mark IN (device, from_network)) < num_nonnulls(device, from_network) THEN
        RETURN;
      END IF;
      IF (SELECT count(*) FROM sessions s WHERE s.company_id = company AND s.user_id = person AND s.revoked_at IS NULL
          AND s.expires_at > now()) + 1 >= least(firm.max_sessions_per_user + 1, many) OR holder.many_sessions THEN
        RETURN;
      END IF;
      IF challenge IS NOT NULL THEN
        PERFORM FROM one_time_tokens t
          WHERE t.company_id = company AND t.hash = challenge AND t.purpose = wanted AND t.used_at IS NULL
            AND t.expires_at > now() AND t.user_id = person
            AND coalesce(t.credential_version, seen_version) = seen_version FOR UPDATE;
        IF NOT FOUND THEN
          RETURN;
        END IF;
      END IF;
      IF factor IS NOT NULL THEN
        PERFORM FROM factors f
          WHERE f.company_id = company AND f.id = factor AND f.user_id = person AND f.status = 'active'
            AND f.last_step < step FOR UPDATE;
        IF NOT FOUND THEN
          RETURN;
        END IF;
      END IF;
      SELECT a.tries INTO counted FROM attempts a WHERE a.key = counter FOR UPDATE;
      IF counted > suspicious THEN
        RETURN;
      END IF;
      RETURN QUERY
        WITH held AS (
          UPDATE users u SET last_login_at = now() WHERE u.company_id = company AND u.id = person),
        begun AS (
          INSERT INTO sessions AS s (company_id, id, user_id, amr, auth_time, client, ip, user_agent, expires_at)
          SELECT company, born, person, methods, now(), client_kind, from_ip, from_agent,
            now() + make_interval(secs => least(lifetime, firm.session_absolute_seconds))
          RETURNING s.created_at, s.expires_at),
        renewable AS (
          INSERT INTO refresh_tokens (company_id, session_id, hash, expires_at)
          SELECT company, born, refresh, now() + make_interval(secs =>
            least(refresh_lifetime, firm.session_idle_seconds, lifetime, firm.session_absolute_seconds))),
        seen AS (
          UPDATE devices d SET last_seen_at = now() WHERE d.company_id = company AND d.user_id = person
            AND d.mark IN (device, from_network)),
        spent AS (
          UPDATE one_time_tokens t SET used_at = now() WHERE t.company_id = company AND t.hash = challenge),
        stepped AS (
          UPDATE factors f SET last_step = step WHERE f.company_id = company AND f.id = factor),
        refunded AS (
          DELETE FROM attempts a WHERE a.key = counter),
        told AS (
          INSERT INTO outbox (company_id, kind, severity, actor_type, actor_id, actor_role, subject_type, subject_id,
            session_id, ip, user_agent, request_id, data)
          SELECT company, event_kind, event_severity, 'user', person, holder.role, 'user', person, born, from_ip,
            from_agent, request, details)
        SELECT b.created_at, b.expires_at, holder.auth_epoch, firm.auth_epoch, holder.role, firm.session_idle_seconds,
          firm.max_sessions_per_user FROM begun b;
    END
    $$";
