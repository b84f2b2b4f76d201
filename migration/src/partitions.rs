//! The audit log's partitions, one a month (UTC), and one for the rest, which stays empty while somebody makes the months
//! ahead. Nobody has rights on a partition itself: rows are reached through the log and its walls. Each is walled all the same.

use sea_orm_migration::prelude::*;

use crate::roles::{APP, SEQUENCER};

/// Makes the functions, the partition for the rest, and those of this month and the next.
pub(crate) async fn create(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.execute_unprepared(&format!(
        "{WALL}; {MAKE}; {DROP};
         CREATE TABLE audit_logs_rest PARTITION OF audit_logs DEFAULT;
         SELECT wall_audit_partition('audit_logs_rest');
         SELECT make_audit_partitions(2);
         REVOKE ALL ON FUNCTION wall_audit_partition(text), make_audit_partitions(int), drop_empty_audit_partitions() FROM PUBLIC;
         GRANT EXECUTE ON FUNCTION make_audit_partitions(int), drop_empty_audit_partitions() TO {SEQUENCER}"
    ).replace("{APP}", APP))
    .await?;
    Ok(())
}

/// The owner may look into a partition, which it could allow itself anyway: it drops only what is empty.
const WALL: &str = "CREATE FUNCTION wall_audit_partition(part text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', part);
      EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', part);
      EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC', part);
      EXECUTE format('CREATE POLICY %I ON public.%I FOR SELECT TO {APP}
        USING (company_id = (SELECT public.current_company()))', part || '_app_select', part);
      EXECUTE format('CREATE POLICY %I ON public.%I FOR SELECT TO CURRENT_USER USING (true)', part || '_owner_select', part);
    END $$";

/// A month for which the partition of the rest holds rows already stays there: nothing is lost, and the log goes on.
const MAKE: &str = "CREATE FUNCTION make_audit_partitions(ahead int) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE begins timestamp; part text; made int := 0;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('voxgate.audit_partitions', 0));
      FOR n IN 0..least(ahead, 24) LOOP
        begins := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => n);
        part := 'audit_logs_' || to_char(begins, 'YYYY_MM');
        CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
        BEGIN
          EXECUTE format('CREATE TABLE public.%I PARTITION OF public.audit_logs FOR VALUES FROM (%L) TO (%L)',
            part, begins AT TIME ZONE 'UTC', (begins + interval '1 month') AT TIME ZONE 'UTC');
          PERFORM public.wall_audit_partition(part);
          made := made + 1;
        EXCEPTION WHEN check_violation THEN
          RAISE WARNING 'audit_logs_rest holds rows of %', part;
        END;
      END LOOP;
      RETURN made;
    END $$";

/// Drops the months that are over and empty. Nobody can add a row between the look and the drop.
const DROP: &str = "CREATE FUNCTION drop_empty_audit_partitions() RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
    DECLARE part text; held boolean; dropped int := 0;
    BEGIN
      FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.audit_logs'::regclass AND c.relname ~ '^audit_logs_\\d{4}_\\d{2}$'
        AND c.relname < 'audit_logs_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM') ORDER BY 1
      LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', part) INTO held;
        CONTINUE WHEN held;
        EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', part);
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', part) INTO held;
        CONTINUE WHEN held;
        EXECUTE format('DROP TABLE public.%I', part);
        dropped := dropped + 1;
      END LOOP;
      RETURN dropped;
    END $$";
