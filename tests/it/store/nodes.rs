//! Two nodes on one database, and a hundred callers spread over them.

use futures_util::future::{BoxFuture, join_all};
use voxgate::{
    domain::ids::CompanyId,
    store::{Store, StoreError, TenantTx},
};

use crate::support::db::TestDb;

/// How many ask at once.
pub(super) const CALLERS: usize = 100;

/// Runs `work` for a hundred callers, spread over two nodes; answers how many got `true`.
pub(super) async fn race<W>(nodes: &[Store; 2], company: CompanyId, work: W) -> usize
where
    W: for<'t> Fn(&'t TenantTx) -> BoxFuture<'t, Result<bool, StoreError>> + Copy + Send + 'static,
{
    let callers = (0..CALLERS).map(|caller| in_company(&nodes[caller % 2], company, work));
    join_all(callers).await.into_iter().filter(|granted| *granted).count()
}

/// A caller whose node is short of connections has touched nothing, and asks again.
pub(super) async fn in_company<T, W>(store: &Store, company: CompanyId, work: W) -> T
where
    T: Send + 'static,
    W: for<'t> Fn(&'t TenantTx) -> BoxFuture<'t, Result<T, StoreError>> + Copy + Send + 'static,
{
    loop {
        match store.in_tenant(company, work).await {
            Ok(done) => return done.into_inner(),
            Err(StoreError::Unavailable(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// Two stores as two server processes have them.
pub(super) async fn two_nodes(db: &TestDb) -> [Store; 2] {
    [db.store().await, db.store().await]
}
