//! A database of its own for every story, made from one migrated template.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::{runtime::Handle, sync::OnceCell};
use voxgate::{
    domain::{
        ids::{CompanyId, SessionId, UserId},
        principal::Role,
    },
    store::{NewCompany, NewSession, NewUser, Pooler, Settings, Store, StoreError},
};

use super::{cluster::Cluster, pooler::PgBouncer};

const TEMPLATE: &str = "voxgate_template";
/// Owns databases and tables, and migrates.
pub(crate) const OWNER: &str = "voxgate_owner";

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static POOLER: OnceCell<PgBouncer> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(1);

/// A fresh, migrated database; dropped with this value. Its owner is no superuser.
pub(crate) struct TestDb {
    cluster: &'static Cluster,
    /// Its name.
    pub(crate) name: String,
}

impl TestDb {
    /// Makes one.
    pub(crate) async fn fresh() -> Self {
        let cluster = CLUSTER.get_or_init(prepare).await;
        let name = format!("story_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let mut admin = connect(&cluster.url("postgres", "postgres")).await;
        run(&mut admin, &format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER {OWNER}")).await;
        let db = Self { cluster, name };
        // Rights on a database are not copied from its template; migrating again sets them.
        voxgate_migration::migrate(&db.owner_url()).await.expect("the database closes");
        db
    }

    /// Its URL for any role.
    pub(crate) fn url(&self, role: &str) -> String {
        self.cluster.url(role, &self.name)
    }

    /// Its URL for the role that serves.
    pub(crate) fn app_url(&self) -> String {
        self.url("voxgate_app")
    }

    /// Its URL for the role of background work.
    pub(crate) fn sequencer_url(&self) -> String {
        self.url("voxgate_sequencer")
    }

    /// Its URL for its owner, who migrates.
    pub(crate) fn owner_url(&self) -> String {
        self.url(OWNER)
    }

    /// Its URL for any role, through a pooler in transaction mode.
    pub(crate) async fn pooled_url(&self, role: &str) -> String {
        let cluster = self.cluster;
        let start =
            || async move { tokio::task::spawn_blocking(move || PgBouncer::start(cluster)).await.expect("a pooler") };
        POOLER.get_or_init(start).await.url(role, &self.name)
    }

    /// Changes rows behind the server's back, as somebody no policy holds.
    pub(crate) async fn execute(&self, sql: &str) {
        run(&mut self.connect("postgres").await, sql).await;
    }

    /// The one value a query answers, seen by somebody no policy holds.
    pub(crate) async fn value<T>(&self, sql: &str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        let mut connection = self.connect("postgres").await;
        let value = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await;
        value.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// How many rows of `FROM …` there are.
    pub(crate) async fn count(&self, from: &str) -> i64 {
        self.value(&format!("SELECT count(*) FROM {from}")).await
    }

    /// A picture of what people own here: two that are equal say that nothing was written between them. Counters of
    /// attempts and the audit log are not in it: refusals count and are recorded.
    pub(crate) async fn picture(&self) -> String {
        let tables = [
            "companies",
            "users",
            "factors",
            "backup_codes",
            "invitations",
            "sessions",
            "refresh_tokens",
            "one_time_tokens",
            "revocations",
        ];
        let hash = |table| {
            format!("(SELECT '{table} ' || count(*) || ' ' || coalesce(sum(hashtext(t::text)), 0) FROM {table} t)")
        };
        self.value(&format!("SELECT concat_ws(', ', {})", tables.map(hash).join(", "))).await
    }

    /// A plain connection as `role`; `postgres` sees everything.
    pub(crate) async fn connect(&self, role: &str) -> PgConnection {
        connect(&self.url(role)).await
    }

    /// A store as the server has it.
    pub(crate) async fn store(&self) -> Store {
        self.store_as("voxgate_app", 20).await
    }

    /// A store whose app pool is of another role or size.
    pub(crate) async fn store_as(&self, role: &str, connections: u32) -> Store {
        let settings = Settings {
            app_url: self.url(role).into(),
            sequencer_url: self.sequencer_url().into(),
            app_connections: connections,
            sequencer_connections: 4,
            statement_timeout: Duration::from_secs(30),
            pooler: Pooler::None,
        };
        Store::connect(settings, Handle::current()).await.expect("a store")
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        self.cluster.drop_database(&self.name);
    }
}

async fn prepare() -> Cluster {
    let cluster = tokio::task::spawn_blocking(|| Cluster::start("main")).await.expect("a cluster");
    let mut admin = connect(&cluster.url("postgres", "postgres")).await;
    run(&mut admin, &format!("CREATE ROLE {OWNER} LOGIN CREATEROLE")).await;
    run(&mut admin, &format!("CREATE DATABASE {TEMPLATE} OWNER {OWNER}")).await;
    voxgate_migration::migrate(&cluster.url(OWNER, TEMPLATE)).await.expect("the template migrates");
    cluster
}

/// A plain connection.
pub(crate) async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.expect("a connection")
}

/// Runs statements that must succeed.
pub(crate) async fn run(connection: &mut PgConnection, sql: &str) {
    connection.execute(AssertSqlSafe(sql)).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// A company with one person in it.
pub(crate) async fn company_with(store: &Store, slug: &str, role: Role) -> (CompanyId, UserId) {
    let (company, user) = (CompanyId(uuid::Uuid::from_u128(fresh_id())), UserId(uuid::Uuid::from_u128(fresh_id())));
    let slug = slug.to_owned();
    let made = store.in_tenant::<_, StoreError, _>(company, move |tx| {
        Box::pin(async move {
            tx.insert_company(&NewCompany { id: company, slug: slug.clone(), name: slug.clone() }).await?;
            tx.insert_user(&person(user, &format!("someone@{slug}.example"), role)).await
        })
    });
    made.await.expect("a company with a person");
    (company, user)
}

/// Somebody to be inserted.
pub(crate) fn person(id: UserId, email: &str, role: Role) -> NewUser {
    NewUser {
        id,
        email: email.into(),
        email_norm: email.into(),
        full_name: "Some One".into(),
        password_hash: None,
        role,
        email_verified_at: None,
    }
}

/// A session to be started by somebody who has just been inserted, for an hour.
pub(crate) fn new_session(user: UserId) -> NewSession {
    NewSession {
        id: SessionId(uuid::Uuid::from_u128(fresh_id())),
        user,
        amr: vec!["pwd".into()],
        client: "api",
        ip: None,
        user_agent: None,
        expires_in: Duration::from_secs(3600),
        credential_version_seen: 1,
        mfa_enabled_seen: false,
    }
}

/// A number no other story of this process uses.
pub(crate) fn fresh_id() -> u128 {
    static LAST: AtomicU32 = AtomicU32::new(1);
    0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(LAST.fetch_add(1, Ordering::Relaxed))
}
