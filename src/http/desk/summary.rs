//! `GET /api/live/summary`: how sign-ins end, where failures come from, and how many people are here.

use actix_web::web::{Data, Json};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::{IntoParams, ToSchema};

use crate::{
    domain::{
        code::Refusal,
        desk::{Bucket, Counts, SOURCES_SPAN, Usual, Window, counted, refusals, same_hours},
        ids::UserId,
    },
    http::{
        extract::{Caller, Query},
        problem::Problem,
    },
    store::{Crowd, FailingAccount, FailingAddress, StoreError, TenantTx},
    tenant::Tenants,
};

/// So many rows has each list of sources.
const TOP: u64 = 10;

/// How far back.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct SummaryQuery {
    /// `5m` when left out.
    #[param(inline)]
    window: Option<Window>,
}

/// The figures of this moment. Events with a higher `seq` than `as_of_seq` are not in them; the stream brings them.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SummaryAnswer {
    window: Window,
    /// The length of one bucket.
    bucket_seconds: i64,
    /// The last event that was counted.
    as_of_seq: i64,
    /// When it was counted.
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    /// Oldest first, without a hole; the last one is not over yet.
    buckets: Vec<Bucket>,
    /// The mean of a bucket at this hour on the last seven days; `null` while the log is younger than a day.
    usual: Option<Usual>,
    /// The sum of the buckets.
    totals: Counts,
    /// Live sessions of the company.
    sessions_now: i64,
    /// People who have one.
    people_now: i64,
    sources: Sources,
    mfa: Coverage,
}

/// Where the failures of the last fifteen minutes come from: one address on many accounts sprays, many on one guess.
#[derive(Serialize, ToSchema)]
struct Sources {
    /// The worst ten addresses.
    by_ip: Vec<AddressView>,
    /// The ten accounts most tried.
    by_account: Vec<AccountView>,
}

/// An address.
#[derive(Serialize, ToSchema)]
struct AddressView {
    ip: String,
    failures: i64,
    /// How many accounts it failed on.
    accounts: i64,
}

/// An account.
#[derive(Serialize, ToSchema)]
struct AccountView {
    /// `null` where the failures name no account.
    user_id: Option<UserId>,
    email: Option<String>,
    name: Option<String>,
    failures: i64,
    /// How many addresses failed on it.
    sources: i64,
}

/// Second factors of the active accounts.
#[derive(Serialize, ToSchema)]
struct Coverage {
    enrolled: i64,
    total: i64,
}

/// Counts.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    Query(SummaryQuery { window }): Query<SummaryQuery>,
) -> Result<Json<SummaryAnswer>, Problem> {
    let window = window.unwrap_or_default();
    let read = tenants
        .store()
        .in_tenant(principal.company, move |tx| Box::pin(async move { Ok::<_, Refusal>(count(tx, window).await?) }));
    Ok(Json(read.await?.into_inner()))
}

async fn count(tx: &TenantTx, window: Window) -> Result<SummaryAnswer, StoreError> {
    let at = tx.now().await?;
    let as_of_seq = tx.audit_head().await?;
    let found = tx.count_by_bucket(&counted(), (window.begins(at), window.bucket()), as_of_seq).await?;
    let mut totals = Counts::default();
    found.iter().for_each(|(_, kind, events)| totals.add(*kind, *events));
    let Crowd { sessions, people, enrolled, accounts } = tx.crowd().await?;
    Ok(SummaryAnswer {
        window,
        bucket_seconds: window.bucket().whole_seconds(),
        as_of_seq,
        at,
        buckets: window.fill(at, &found),
        usual: usual(tx, window, at).await?,
        totals,
        sessions_now: sessions,
        people_now: people,
        sources: sources(tx, at).await?,
        mfa: Coverage { enrolled, total: accounts },
    })
}

async fn usual(tx: &TenantTx, window: Window, at: OffsetDateTime) -> Result<Option<Usual>, StoreError> {
    let hours = tx.log_begins().await?.map_or_else(Vec::new, |begins| same_hours(at, begins));
    let mut sum = Counts::default();
    for hour in &hours {
        let found = tx.count_between(&counted(), *hour, *hour + Duration::HOUR).await?;
        found.into_iter().for_each(|(kind, events)| sum.add(kind, events));
    }
    Ok((!hours.is_empty()).then(|| window.usual(sum, hours.len())))
}

async fn sources(tx: &TenantTx, at: OffsetDateTime) -> Result<Sources, StoreError> {
    let (kinds, since) = (refusals(), at - SOURCES_SPAN);
    let by_ip = tx.top_addresses(&kinds, since, TOP).await?;
    let by_account = tx.top_accounts(&kinds, since, TOP).await?;
    Ok(Sources {
        by_ip: by_ip.into_iter().map(AddressView::from).collect(),
        by_account: by_account.into_iter().map(AccountView::from).collect(),
    })
}

impl From<FailingAddress> for AddressView {
    fn from(FailingAddress { ip, failures, accounts }: FailingAddress) -> Self {
        Self { ip, failures, accounts }
    }
}

impl From<FailingAccount> for AccountView {
    fn from(FailingAccount { user, person, failures, sources }: FailingAccount) -> Self {
        let (email, name) = person.unzip();
        Self { user_id: user, email, name, failures, sources }
    }
}
