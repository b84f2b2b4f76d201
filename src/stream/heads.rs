//! Notices rows that another node numbered: once a second it compares how far each company's log reaches with how far
//! the sockets of this node were told. A notification bus would only make this faster; it is not needed for it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{Audience, tireless::Tireless};
use crate::{
    domain::ids::CompanyId,
    store::{Store, StoreError},
};

const INTERVAL: Duration = Duration::from_secs(1);

/// The watcher of the audit heads.
#[derive(Clone)]
pub struct Heads {
    store: Store,
    audience: Arc<dyn Audience>,
}

impl Heads {
    /// A watcher over `store` that tells `audience`.
    pub fn new(store: Store, audience: Arc<dyn Audience>) -> Self {
        Self { store, audience }
    }

    /// Looks once a second until `stop` is cancelled.
    pub async fn run(self, tireless: Tireless, stop: CancellationToken) {
        tireless
            .run(stop, || async {
                tokio::time::sleep(INTERVAL).await;
                self.look().await
            })
            .await;
    }

    /// Looks once. Costs nothing while nobody listens, one query otherwise.
    pub async fn look(&self) -> Result<(), StoreError> {
        let told: HashMap<CompanyId, i64> = self.audience.listening().into_iter().collect();
        if told.is_empty() {
            return Ok(());
        }
        let companies: Vec<CompanyId> = told.keys().copied().collect();
        let heads = self.store.in_system("compare audit heads with what sockets were told", move |tx| {
            Box::pin(async move { tx.audit_heads(&companies).await })
        });
        for (company, head) in heads.await?.into_inner() {
            if told.get(&company).is_some_and(|told| head > *told) {
                self.audience.head_moved(company, head);
            }
        }
        Ok(())
    }
}
