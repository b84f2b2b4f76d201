//! The operator seals everything anew with the present key, in small transactions, so that an old key can be dropped.
//!
//! It can be stopped at any moment and begun again: a row says which key sealed it, and only rows of other keys are
//! taken up. Serving goes on meanwhile.

use std::sync::Arc;

use uuid::Uuid;

use super::{backup_codes::BACKUP_CODE, letters::LETTER, once, second_factor::TOTP_SECRET};
use crate::{
    crypto::seal::{Aad, Sealed, Sealer},
    domain::{ids::CompanyId, world::World},
    store::{SealedTable, StaleSealed, Store, StoreError},
};

/// Rows of one transaction.
const BATCH: u16 = 100;

/// What sealing anew has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values that the present key seals now.
    pub done: u64,
    /// Values that no key of the file opens; they are left as they are.
    pub unopened: u64,
}

/// Seals every factor, backup code, waiting mail and kept answer with the present key of `sealer`.
///
/// # Errors
/// The database does not answer; what was done until then stays done.
pub async fn reseal(store: &Store, sealer: &Arc<Sealer>, world: &World) -> Result<Resealed, StoreError> {
    let companies = store.in_system("seal anew", |tx| Box::pin(tx.all_companies())).await?.into_inner();
    let mut total = Resealed::default();
    for company in companies {
        for (table, purpose) in [(SealedTable::Factors, TOTP_SECRET), (SealedTable::BackupCodes, BACKUP_CODE)] {
            let mut after = Some(Uuid::nil());
            while let Some(from) = after {
                let (next, part) = batch(store, sealer, world, (company, table, purpose), from).await?;
                after = next;
                total.add(part);
            }
        }
    }
    let mut after = Some(Uuid::nil());
    while let Some(from) = after {
        let (next, part) = mails(store, sealer, world, from).await?;
        after = next;
        total.add(part);
    }
    let mut after = Some(Vec::new());
    while let Some(from) = after {
        let (next, part) = answers(store, sealer, world, from).await?;
        after = next;
        total.add(part);
    }
    Ok(total)
}

/// How many values are sealed with none of these keys.
///
/// # Errors
/// The database does not answer.
pub async fn stale_values(store: &Store, keys: &[String]) -> Result<u64, StoreError> {
    let companies = store.in_system("count sealed values", |tx| Box::pin(tx.all_companies())).await?.into_inner();
    let known = keys.to_vec();
    let mails =
        store.in_system("count sealed mails", move |tx| Box::pin(async move { tx.count_stale_mails(&known).await }));
    let mut total = mails.await?.into_inner();
    let known = keys.to_vec();
    let answers =
        store.in_tenant(CompanyId::NOBODY, move |tx| Box::pin(async move { tx.count_stale_answers(&known).await }));
    total += answers.await?.into_inner();
    for company in companies {
        let known = keys.to_vec();
        let stale = store.in_tenant(company, move |tx| Box::pin(async move { tx.count_stale_sealed(&known).await }));
        total += stale.await?.into_inner();
    }
    Ok(total)
}

impl Resealed {
    fn add(&mut self, other: Self) {
        self.done += other.done;
        self.unopened += other.unopened;
    }
}

/// The last row of a batch, none after the last one; and what was done in it.
type Step<Key = Uuid> = (Option<Key>, Resealed);

async fn batch(
    store: &Store,
    sealer: &Arc<Sealer>,
    world: &World,
    (company, table, purpose): (CompanyId, SealedTable, &'static str),
    after: Uuid,
) -> Result<Step, StoreError> {
    let (sealer, world) = (Arc::clone(sealer), world.clone());
    let done = store.in_tenant(company, move |tx| {
        Box::pin(async move {
            let rows = tx.stale_sealed(table, &sealer.present_key(), after, BATCH).await?;
            let mut part = Resealed::default();
            for row in &rows {
                match anew(&sealer, &world, row, purpose) {
                    Some(Sealed { key_id, bytes }) => {
                        tx.put_sealed(table, row.id, bytes, &key_id).await?;
                        part.done += 1;
                    }
                    None => part.unopened += 1,
                }
            }
            Ok::<Step, StoreError>((rows.last().map(|row| row.id), part))
        })
    });
    Ok(done.await?.into_inner())
}

async fn mails(store: &Store, sealer: &Arc<Sealer>, world: &World, after: Uuid) -> Result<Step, StoreError> {
    let (sealer, world) = (Arc::clone(sealer), world.clone());
    let done = store.in_system("seal mails anew", move |tx| {
        Box::pin(async move {
            let rows = tx.stale_mails(&sealer.present_key(), after, BATCH).await?;
            let mut part = Resealed::default();
            for row in &rows {
                match anew(&sealer, &world, row, LETTER) {
                    Some(Sealed { key_id, bytes }) => {
                        tx.put_sealed_mail(row, bytes, &key_id).await?;
                        part.done += 1;
                    }
                    None => part.unopened += 1,
                }
            }
            Ok::<Step, StoreError>((rows.last().map(|row| row.id), part))
        })
    });
    Ok(done.await?.into_inner())
}

/// Kept answers belong to nobody, and their rows have keys instead of ids.
async fn answers(
    store: &Store,
    sealer: &Arc<Sealer>,
    world: &World,
    after: Vec<u8>,
) -> Result<Step<Vec<u8>>, StoreError> {
    let (sealer, world) = (Arc::clone(sealer), world.clone());
    let done = store.in_tenant(CompanyId::NOBODY, move |tx| {
        Box::pin(async move {
            let rows = tx.stale_answers(&sealer.present_key(), after, BATCH).await?;
            let mut part = Resealed::default();
            for row in &rows {
                let old = Sealed { key_id: row.key_id.clone(), bytes: row.sealed.clone() };
                match renewed(&sealer, &world, &once::aad(row.key), &old) {
                    Some(Sealed { key_id, bytes }) => {
                        tx.keep_answer(row.key, bytes, &key_id).await?;
                        part.done += 1;
                    }
                    None => part.unopened += 1,
                }
            }
            Ok::<Step<Vec<u8>>, StoreError>((rows.last().map(|row| row.key.to_vec()), part))
        })
    });
    Ok(done.await?.into_inner())
}

/// The same value, sealed with the present key for the same row. None when no key opens it.
fn anew(sealer: &Sealer, world: &World, row: &StaleSealed, purpose: &'static str) -> Option<Sealed> {
    let aad = Aad { company: row.company, holder: row.holder, purpose };
    renewed(sealer, world, &aad, &Sealed { key_id: row.key_id.clone(), bytes: row.sealed.clone() })
}

fn renewed(sealer: &Sealer, world: &World, aad: &Aad, old: &Sealed) -> Option<Sealed> {
    match sealer.open(aad, old) {
        Ok(plain) => Some(sealer.seal(world, aad, &plain)),
        Err(error) => {
            let Aad { company, holder, purpose } = aad;
            tracing::error!(%company, %holder, purpose, %error, "a sealed value cannot be opened");
            None
        }
    }
}
