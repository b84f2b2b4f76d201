//! The mail worker: claims sealed letters from the outbox, opens and sends them. Mail and store do not know each other;
//! here they meet.

use std::{sync::Arc, time::Duration};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::StartError;
use crate::{
    config,
    mail::{self, Claimed, Failure, Postman, Queue, Worker},
    signals::meter,
    store::{MailKey, MailRow, StoreError},
    stream::tireless::Tireless,
    tenant::{Services, Tenants, flows::open_letter},
};

/// The outbox is looked at this often.
const EVERY: Duration = Duration::from_millis(500);

/// The outbox of this node.
#[derive(Clone)]
struct Outbox(Arc<Services>);

/// Sends queued mails until `stop` is cancelled. Without a mail server they wait in the outbox.
pub(super) fn start(
    runtime: &Handle,
    tenants: &Tenants,
    settings: &config::Settings,
    stop: &CancellationToken,
) -> Result<(), StartError> {
    let Some(smtp_url) = settings.mail.smtp_url.clone() else {
        tracing::warn!("mail.smtp_url is not set: mails wait in the outbox");
        return Ok(());
    };
    let settings = mail::Settings { smtp_url, from: settings.mail.from.clone(), patience: None };
    let _inside = runtime.enter(); // the pool of SMTP connections lives on this runtime
    let postman = Postman::new(&settings).map_err(|error| StartError::Mail(error.reason))?;
    let worker = Arc::new(Worker::new(Outbox(Arc::clone(tenants.services())), postman));
    runtime.spawn(Tireless::new("mail").run(stop.clone(), move || {
        let worker = Arc::clone(&worker);
        async move {
            // A full batch means that there is more.
            if worker.step().await? < Worker::<Outbox>::BATCH as usize {
                tokio::time::sleep(EVERY).await;
            }
            Ok(())
        }
    }));
    Ok(())
}

impl Queue for Outbox {
    type Ticket = MailKey;
    type Error = StoreError;

    async fn claim(&self, limit: u32) -> Result<Vec<Claimed<MailKey>>, StoreError> {
        let claimed = self.0.store.in_system("claim mails", move |tx| Box::pin(tx.claim_mail(limit.into())));
        let mut letters = Vec::new();
        for row in claimed.await?.into_inner() {
            let MailRow { key, attempts, .. } = row;
            match open_letter(&self.0, &row) {
                Some(letter) => letters.push(Claimed { ticket: key, letter, attempts: attempts.saturating_sub(1) }),
                None => self.failed(key, Failure { reason: "cannot be opened".to_owned(), retry_after: None }).await?,
            }
        }
        Ok(letters)
    }

    async fn sent(&self, ticket: MailKey) -> Result<(), StoreError> {
        meter::mail("sent");
        let noted = self.0.store.in_system("note a sent mail", move |tx| Box::pin(tx.mail_sent(ticket)));
        noted.await.map(|_| ())
    }

    async fn failed(&self, ticket: MailKey, failure: Failure) -> Result<(), StoreError> {
        meter::mail(if failure.retry_after.is_some() { "retried" } else { "given_up" });
        let retry_at = failure.retry_after.map(|wait| self.0.world.now() + wait);
        let noted = self.0.store.in_system("note a mail not sent", move |tx| {
            Box::pin(async move { tx.mail_failed(ticket, &failure.reason, retry_at).await })
        });
        noted.await.map(|_| ())
    }
}
