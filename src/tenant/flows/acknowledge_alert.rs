//! An Admin says of an alert that somebody has dealt with it: expected, or the account was secured. The answer is an event
//! itself, so every desk hears it, and one that is opened later reads it in the log.

use serde_json::json;

use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind},
        principal::{Origin, Principal},
    },
    tenant::{Command, Place, Services, Tenants},
};

/// Say that an alert is dealt with. Saying it twice does no harm.
#[derive(Debug)]
pub struct AcknowledgeAlert {
    /// The Admin.
    pub principal: Principal,
    /// The number of the event in the log.
    pub seq: i64,
    /// From where.
    pub origin: Origin,
}

impl Command for AcknowledgeAlert {
    type Output = ();
    const NAME: &'static str = "acknowledge_alert";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::of(&self.principal))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<(), Refusal> {
        let Self { principal, seq, origin } = self;
        let noted = tenants.store().in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let row = tx.audit_row(seq).await?.ok_or(Code::NotFound)?;
                let event = Event::new(Kind::AlertAcknowledged, &origin).by_principal(&principal);
                tx.record(event.with(json!({ "alert_seq": seq, "alert": row.kind }))).await?;
                Ok::<_, Refusal>(())
            })
        });
        noted.await?;
        Ok(())
    }
}
