//! The only door to PostgreSQL. It alone knows SeaORM and SQL, and no connection leaves it.
//!
//! A unit of work runs inside [`Store::in_tenant`], walled by row-level security to one company, or inside
//! [`Store::in_system`], the named exception on a database role of its own. Both run in a task of their own, so that a
//! client that vanishes cannot tear them, and only their commit makes a [`Committed`].
//!
//! To add an aggregate: a file with an `impl TenantTx`, plain record structs, and its entity. Single-use things and
//! counters are claimed by one statement whose row count decides; say in its doc comment what it guarantees.
//! Lock order everywhere: company, user, session, token or factor, counter (password before code). A renewal alone holds
//! its token before its session; nothing that holds a session waits for a refresh token.

mod answers;
mod audit;
mod audit_chain;
mod backup_codes;
mod by_age;
mod canary;
mod checkpoints;
mod companies;
mod counters;
mod credentials;
mod desk;
mod devices;
mod erasure;
mod error;
mod everybody;
mod factors;
mod flights;
mod former_passwords;
mod invitations;
mod mail;
mod nodes;
mod one_time;
mod outbox;
mod pool;
mod presence;
mod recovery;
mod refresh;
mod reseal;
mod retention;
mod revocations;
mod row;
mod schema;
mod sequencer;
mod service_credentials;
mod session_room;
mod sessions;
mod standing;
mod sweep;
mod tx;
mod unit;
mod users;
mod walls;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use time::OffsetDateTime;
use tokio::{runtime::Handle, sync::Notify};
use tracing::Instrument;

use crate::domain::{event::Event, ids::CompanyId};

pub use answers::{KeptAnswer, StaleAnswer};
pub use audit::AuditFilter;
pub use audit_chain::{Reader, Verification};
pub use backup_codes::{BackupCodeRow, NewBackupCode};
pub use companies::{CompanyRow, NewCompany};
pub use desk::{Crowd, FailingAccount, FailingAddress, SignedInPerson};
pub use error::StoreError;
pub use factors::{FactorRow, NewFactor};
pub use flights::{AtOnce, CountedStep, SecondStep};
pub use invitations::{InvitationRow, InvitationStatus, NewInvitation};
pub use mail::{MailKey, MailRow, NewMail};
pub use nodes::{NodeBeat, NodeRow, Surroundings};
pub use one_time::{NewOneTime, OneTimeRow};
pub use pool::{Pooler, Settings};
pub use refresh::{RefreshFamily, RefreshRow};
pub use reseal::{SealedTable, StaleSealed};
pub use revocations::{NewRevocation, RevocationRow};
pub use service_credentials::ServiceCredentialRow;
pub use session_room::{Allowance, Room};
pub use sessions::{NewSession, SessionRow, StartedSession};
pub use standing::{PoolUse, Waiting};
pub use sweep::Swept;
pub use tx::{Committed, SystemTx, TenantTx};
pub use users::{Bump, Epochs, NewUser, UserFilter, UserRow};
pub use walls::WallFault;

use pool::Pool;
use unit::Unit;

/// The database as the rest of the house sees it. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    app: Pool,
    system: Pool,
    runtime: Handle,
    recorded: Arc<Notify>,
}

impl Store {
    /// Prepares both pools; units of work will run on `runtime`. No connection is opened yet, so this also succeeds
    /// while the database is down: the first unit of work then answers [`StoreError::Unavailable`].
    pub async fn connect(settings: Settings, runtime: Handle) -> Result<Self, StoreError> {
        let _inside = runtime.enter(); // the pools spawn their maintenance on the runtime they are made in
        Ok(Self {
            app: pool::open(&settings.app_url, settings.app_connections, &settings)?,
            system: pool::open(&settings.sequencer_url, settings.sequencer_connections, &settings)?,
            runtime: runtime.clone(),
            recorded: Arc::default(),
        })
    }

    /// Wakes whoever moves the outbox: notified after each commit that recorded an event.
    pub fn recorded(&self) -> Arc<Notify> {
        self.recorded.clone()
    }

    /// Runs `work` in one transaction that sees and touches rows of `company` only. `Ok` commits, `Err` rolls back,
    /// a failing commit is an error. The work goes on to its end even if the caller stops waiting.
    pub async fn in_tenant<T, E, W>(&self, company: CompanyId, work: W) -> Result<Committed<T>, E>
    where
        W: for<'t> FnOnce(&'t TenantTx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let store = self.clone();
        self.detached(async move {
            let wall = format!("; SET LOCAL app.company_id = '{}'", company.0.hyphenated());
            let tx = TenantTx::new(Unit::begin(&store.app, &wall).await?, company);
            let outcome = work(&tx).await;
            let recorded = tx.has_recorded();
            let outcome = tx.into_unit().finish(outcome).await?;
            if recorded {
                store.recorded.notify_one();
            }
            Ok(Committed::new(outcome))
        })
        .await
    }

    /// Runs `work` in one transaction across companies, as the sequencer role, which may do only what its policies
    /// name. `reason` goes to the log.
    pub async fn in_system<T, E, W>(&self, reason: &'static str, work: W) -> Result<Committed<T>, E>
    where
        W: for<'t> FnOnce(&'t SystemTx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        tracing::debug!(reason, "cross-company work");
        let store = self.clone();
        self.detached(async move {
            let tx = SystemTx::new(Unit::begin(&store.system, "").await?);
            let outcome = work(&tx).await;
            tx.into_unit().finish(outcome).await.map(Committed::new)
        })
        .await
    }

    /// What time it is in the database, asked as the app role.
    pub async fn clock(&self) -> Result<OffsetDateTime, StoreError> {
        let asked = self.in_tenant(CompanyId::NOBODY, |tx| Box::pin(clock(&tx.unit))).await;
        asked.map(Committed::into_inner)
    }

    /// What time it is in the database, asked as the role of background work.
    pub async fn system_clock(&self) -> Result<OffsetDateTime, StoreError> {
        self.in_system("ask for the time", |tx| Box::pin(clock(&tx.unit))).await.map(Committed::into_inner)
    }

    /// Records one event by itself, where nothing else is to be written: a refusal, a wrong code.
    pub async fn record_alone(&self, company: CompanyId, event: Event) -> Result<(), StoreError> {
        self.in_tenant(company, move |tx| Box::pin(tx.record(event))).await.map(|_| ())
    }

    /// Spawned, so that a vanished caller leaves nothing half done; a panic inside becomes an error here.
    async fn detached<T, E>(&self, work: impl Future<Output = Result<T, E>> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match self.runtime.spawn(work.instrument(tracing::debug_span!(target: "voxgate::unit", "unit of work"))).await {
            Ok(outcome) => outcome,
            Err(error) if error.is_panic() => Err(StoreError::Internal("a unit of work panicked".into()).into()),
            Err(_) => Err(StoreError::Unavailable("the server is stopping".into()).into()),
        }
    }

    /// Closes both pools; waits for connections in use.
    pub async fn close(&self) {
        self.app.close().await;
        self.system.close().await;
    }
}

async fn clock(unit: &Unit) -> Result<OffsetDateTime, StoreError> {
    let row = unit.row("SELECT clock_timestamp()", []).await?;
    let row = row.ok_or_else(|| StoreError::Internal("the database has no time".into()))?;
    Ok(row.try_get_by_index(0)?)
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("app", &self.app.size()).field("system", &self.system.size()).finish()
    }
}
