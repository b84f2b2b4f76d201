//! The naive twin of a claim: read, decide, then write. Shown to grant too much, so that the claims' stories can fail.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Connection, Executor};
use tokio::sync::Barrier;
use voxgate::domain::ids::CompanyId;

use crate::support::db::TestDb;

const CALLERS: usize = 20;

/// How many of 20 callers are granted when each first reads `may` (a boolean), and all write `take` afterwards.
pub(super) async fn grants(db: &TestDb, company: CompanyId, may: &str, take: &str) -> usize {
    let everybody_read = Arc::new(Barrier::new(CALLERS));
    let callers = (0..CALLERS).map(|_| {
        let (may, take, everybody_read, url) = (may.to_owned(), take.to_owned(), everybody_read.clone(), db.app_url());
        tokio::spawn(async move {
            let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
            let context = format!("SET app.company_id = '{company}'");
            connection.execute(AssertSqlSafe(context)).await.unwrap();
            let granted: bool = sqlx::query_scalar(AssertSqlSafe(may)).fetch_one(&mut connection).await.unwrap();
            everybody_read.wait().await;
            if granted {
                connection.execute(AssertSqlSafe(take)).await.unwrap();
            }
            granted
        })
    });
    let mut granted = 0;
    for caller in callers.collect::<Vec<_>>() {
        granted += usize::from(caller.await.unwrap());
    }
    granted
}
