//! Keeping the audit log: checkpoints signed once a day, rows let go when their time is over, and verification by the
//! same keys.

use crate::{
    crypto::token::{AccessTokens, SignError},
    domain::{
        audit::{Checkpoint, SignedCheckpoint},
        ids::CompanyId,
    },
    store::{Reader, Store, StoreError, Verification},
};

/// Checkpoints signed at once.
const BATCH: u32 = 200;

/// Why the log could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepingError {
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key cannot sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// What was done to the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Checkpoints signed.
    pub checkpoints: u64,
    /// Rows taken away because their time was over.
    pub pruned: i64,
}

/// Signs today's checkpoint of every company whose log has grown and that has none yet. Safe to repeat, on any number of
/// nodes at once. Answers how many are new.
///
/// # Errors
/// The database does not answer, or the key cannot sign.
pub async fn sign_checkpoints(store: &Store, keys: &AccessTokens) -> Result<u64, KeepingError> {
    let mut signed = 0;
    loop {
        let due = store.in_system("find due checkpoints", |tx| Box::pin(tx.due_checkpoints(BATCH))).await?.into_inner();
        let last = due.len() < BATCH as usize;
        for checkpoint in due {
            signed += u64::from(claim(store, sign(keys, checkpoint)?).await?);
        }
        if last {
            return Ok(signed);
        }
    }
}

fn sign(keys: &AccessTokens, checkpoint: Checkpoint) -> Result<SignedCheckpoint, SignError> {
    let (key_id, signature) = keys.attest(&checkpoint.text())?;
    Ok(SignedCheckpoint { checkpoint, key_id, signature })
}

async fn claim(store: &Store, signed: SignedCheckpoint) -> Result<bool, StoreError> {
    let claimed =
        store.in_system("keep a checkpoint", |tx| Box::pin(async move { tx.claim_checkpoint(&signed).await }));
    Ok(claimed.await?.into_inner())
}

/// Takes away the rows whose time is over, one company after the other; answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn prune_audit(store: &Store) -> Result<i64, StoreError> {
    let mut pruned = 0;
    while let Some((company, rows)) =
        store.in_system("prune the audit log", |tx| Box::pin(tx.prune_audit())).await?.into_inner()
    {
        tracing::info!(%company, rows, "rows of the audit log were removed because their time was over");
        pruned += rows;
    }
    store.in_system("drop empty partitions", |tx| Box::pin(tx.drop_audit_partitions())).await?;
    Ok(pruned)
}

/// Everything that is due: partitions ahead, then checkpoints before pruning, so that nothing is pruned past one.
///
/// # Errors
/// The database does not answer, or the key cannot sign.
pub async fn keep_audit(store: &Store, keys: &AccessTokens) -> Result<Kept, KeepingError> {
    store.in_system("make partitions ahead", |tx| Box::pin(tx.make_audit_partitions())).await?;
    store.in_system("erase late rows", |tx| Box::pin(tx.erase_late_rows())).await?;
    Ok(Kept { checkpoints: sign_checkpoints(store, keys).await?, pruned: prune_audit(store).await? })
}

/// Walks a company's chain and asks each checkpoint for its signature.
///
/// # Errors
/// The database does not answer.
pub async fn verify_audit(
    store: &Store,
    keys: &AccessTokens,
    company: CompanyId,
    reader: Reader,
) -> Result<Verification, StoreError> {
    let vouch = |signed: &SignedCheckpoint| keys.attested(&signed.key_id, &signed.checkpoint.text(), &signed.signature);
    store.verify_audit(company, reader, vouch).await
}
