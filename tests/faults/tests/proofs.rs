//! The checks can fail: each promise is broken behind the back of a real installation, and that promise, and no other, is
//! reported broken. What a watch notices is shown by a server that a trigger of the database makes break it.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Executor};
use voxgate_faults::{
    crowd::Crowd,
    failure::Failure,
    people::PASSWORD,
    plan::Plan,
    promises,
    record::{Record, Seen},
    site::Site,
    watch,
};

/// What is done behind everybody's back, and the promises it breaks.
const BREACHES: &[(&str, &str, &[&str])] = &[
    ("an acknowledged name is lost", "UPDATE users SET full_name = 'Nobody' WHERE full_name LIKE 'Ada w%'", &["I1"]),
    (
        "an acknowledged session is lost",
        "DELETE FROM sessions WHERE id = (SELECT session_id FROM audit_logs WHERE kind = 'login.succeeded' LIMIT 1)",
        &["I1", "I5"],
    ),
    (
        "a refresh token has two successors",
        "ALTER TABLE refresh_tokens DROP CONSTRAINT refresh_tokens_one_child;
         INSERT INTO refresh_tokens (company_id, session_id, parent_id, hash, expires_at)
         SELECT company_id, session_id, parent_id, sha256(hash), now() - interval '1 day' FROM refresh_tokens
         WHERE parent_id IS NOT NULL LIMIT 1",
        &["I2"],
    ),
    (
        "a family has two live leaves",
        "INSERT INTO refresh_tokens (company_id, session_id, hash, expires_at)
         SELECT r.company_id, r.session_id, sha256(hash), r.expires_at FROM refresh_tokens r
         JOIN sessions s ON s.company_id = r.company_id AND s.id = r.session_id
         WHERE s.revoked_at IS NULL AND r.used_at IS NULL LIMIT 1",
        &["I3"],
    ),
    (
        "an invitation has no letter",
        "DELETE FROM mail_outbox WHERE id = (SELECT id FROM mail_outbox WHERE kind LIKE 'invit%' LIMIT 1)",
        &["I5"],
    ),
    (
        "a row of the log is gone",
        "DELETE FROM audit_logs WHERE id = (SELECT id FROM audit_logs WHERE kind = 'user.invited' LIMIT 1)",
        &["I10", "I5"],
    ),
    (
        "a session is another company's",
        "UPDATE sessions s SET user_id =
           (SELECT id FROM users u WHERE u.company_id <> s.company_id AND role = 'admin' LIMIT 1)
         WHERE id = (SELECT session_id FROM audit_logs WHERE kind = 'login.succeeded' LIMIT 1)",
        &["I6"],
    ),
    (
        "a company has no Admin",
        "UPDATE users SET status = 'deactivated' WHERE id = (SELECT id FROM users WHERE role = 'admin' LIMIT 1)",
        &["I7"],
    ),
    (
        "a session began without the second factor",
        "UPDATE sessions SET amr = '{pwd}' WHERE id = (SELECT s.id FROM sessions s JOIN users u
         ON u.company_id = s.company_id AND u.id = s.user_id WHERE mfa_enabled AND s.revoked_at IS NULL LIMIT 1)",
        &["I8"],
    ),
    (
        "a hash of the log is another",
        "UPDATE audit_logs SET hash = sha256(hash) WHERE id = (SELECT id FROM audit_logs WHERE kind = 'user.updated' LIMIT 1)",
        &["I10"],
    ),
];

/// What a trigger makes of rows before they are written: a server that breaks its word.
fn bend(table: &str, how: &str) -> String {
    format!(
        "CREATE OR REPLACE FUNCTION bent_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {how} RETURN NEW; END $$;
         CREATE TRIGGER bent BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION bent_{table}()"
    )
}

struct House {
    site: Site,
    crowd: Crowd,
}

impl House {
    async fn built() -> Result<Self, Failure> {
        let plan = Plan { nodes: 1, ..Plan::default() };
        let site = Site::make(Path::new(env!("CARGO_BIN_EXE_voxgate-faults")), plan).await?;
        let crowd = Self::people(&site);
        Ok(Self { site, crowd })
    }

    /// People of whom nothing is recorded yet.
    fn people(site: &Site) -> Crowd {
        let nodes = site.nodes.iter().map(|node| format!("http://{}", node.address)).collect();
        Crowd::new(nodes, site.mailbox.clone(), Arc::new(Record::default()))
    }

    async fn does(&self, sql: &str) -> Result<(), Failure> {
        // No trigger and no foreign key is in the way of a breach.
        let sql = format!("SET session_replication_role = replica; {sql}");
        self.site.root().await?.execute(AssertSqlSafe(sql)).await?;
        Ok(())
    }

    async fn broken(&self, seen: &Seen) -> Result<BTreeSet<String>, Failure> {
        let lines = promises::broken(&self.site, seen).await?;
        Ok(lines.iter().flat_map(|line| named(line)).collect())
    }
}

/// The promises a line names before its colon.
fn named(line: &str) -> Vec<String> {
    line.split(':').next().unwrap_or_default().split(", ").map(str::to_owned).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_promise_that_is_broken_in_the_database_is_reported_and_no_other() -> Result<(), Failure> {
    let mut house = House::built().await?;
    for worker in 0..3 {
        house.crowd.life(worker, 2).await.expect("a whole life without any fault");
    }
    let seen = house.crowd.record.seen();
    assert_eq!(house.broken(&seen).await?, set(&[]), "nothing was broken yet");
    house.site.kill(0).await;

    for (number, (what, sql, promises)) in BREACHES.iter().enumerate() {
        house.site.copy(&format!("breach_{number}")).await?;
        house.does(sql).await?;
        assert_eq!(house.broken(&seen).await?, set(promises), "{what}");
    }
    house.site.copy("untouched").await?;
    let mut twice = seen.clone();
    twice.spent.values_mut().next().expect("something was spent").insert("something else".into());
    assert_eq!(house.broken(&twice).await?, set(&["I2"]), "a code was honoured twice");
    let mut desk = seen.clone();
    desk.desk("ada@w0n2.example").rows = vec![1, 3];
    assert_eq!(house.broken(&desk).await?, set(&["F10"]), "a desk missed a row");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_watch_notices_a_server_that_breaks_its_word() -> Result<(), Failure> {
    let mut house = House::built().await?;
    let breaches = |crowd: &Crowd| -> BTreeSet<String> {
        crowd.record.seen().breaches.iter().flat_map(|line| named(line)).collect()
    };

    // Nobody threw Ada out, and yet she is said to have been, six seconds ago.
    let ada = house.crowd.registers(0, "early").await.expect("Ada registers");
    let since = Instant::now().checked_sub(Duration::from_secs(6)).expect("a machine that runs for six seconds");
    watch::stays_out(house.crowd.clone(), ada.clone(), since).await;
    assert_eq!(breaches(&house.crowd), set(&["I4"]), "somebody passes after the receipt");

    house.crowd = House::people(&house.site);
    let uma = house.crowd.is_joined(&ada, 0, "early").await.expect("Uma joins");
    house.crowd.sees_only_their_own(&ada, 0).await;
    assert_eq!(breaches(&house.crowd), set(&[]), "nothing was broken yet");
    house.does(&format!("UPDATE users SET email = 'zoe@elsewhere.example' WHERE id = '{}'", uma.id)).await?;
    house.crowd.sees_only_their_own(&ada, 0).await;
    assert_eq!(breaches(&house.crowd), set(&["I6"]), "a stranger is in the list");

    house.crowd = House::people(&house.site);
    house.does(&bend("users", "NEW.mfa_enabled = false;")).await?;
    let mut ben = house.crowd.registers(0, "single").await.expect("Ben registers");
    house.crowd.takes_a_second_factor(&mut ben, 0).await.expect("a second factor");
    assert_eq!(breaches(&house.crowd), set(&["I8"]), "a password alone opens");

    house.crowd = House::people(&house.site);
    house.does(&bend("attempts", "NEW.tries = 0; NEW.consecutive = 0;")).await?;
    watch::guesses(&house.crowd, &ada.email, PASSWORD).await;
    assert_eq!(breaches(&house.crowd), set(&["I9"]), "the tenth guess costs nothing");
    Ok(())
}

/// What PostgreSQL says when a file cannot grow: a full disk, a limit on files and a broken disk have different codes.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_write_is_an_outage_and_no_defect() -> Result<(), Failure> {
    let house = House::built().await?;
    for code in ["53100", "58030", "XX000"] {
        let full = format!("RAISE EXCEPTION 'could not extend file' USING ERRCODE = '{code}';");
        house.does(&bend("sessions", &full)).await?;
        assert!(house.crowd.registers(0, "full").await.is_none());
        let seen = house.crowd.record.note(std::mem::take);
        assert_eq!((seen.refused, seen.lost), (1, 0), "{code}: 503 and not 500");
        house.does("DROP TRIGGER bent ON sessions").await?;
    }
    house.crowd.registers(0, "roomy").await.expect("and with room again it serves");
    assert_eq!(house.site.defects(), Vec::<String>::new());
    Ok(())
}
