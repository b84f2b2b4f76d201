//! Invitations of one address: pending ── accept in time ─► accepted; ── withdraw ─► withdrawn; a new one only when none is pending.

use std::time::Duration;

use proptest::prelude::*;
use voxgate::{
    domain::{ids::InvitationId, principal::Role},
    store::{InvitationStatus, NewInvitation, StoreError},
};

use super::{House, fresh_id, in_company, walks};

const LIFE: u64 = 600;

#[derive(Clone, Copy, Debug)]
enum Step {
    Invite,
    Accept(prop::sample::Index),
    Withdraw(prop::sample::Index),
    Renew(prop::sample::Index),
    Pass,
}

fn step() -> impl Strategy<Value = Step> {
    let which = any::<prop::sample::Index>;
    prop_oneof![
        3 => Just(Step::Invite),
        2 => which().prop_map(Step::Accept),
        2 => which().prop_map(Step::Withdraw),
        2 => which().prop_map(Step::Renew),
        3 => Just(Step::Pass),
    ]
}

#[derive(Clone, Copy)]
struct Model {
    id: InvitationId,
    status: InvitationStatus,
    age: u64,
}

/// Whether the invitation was made: not while another one is pending.
async fn invite(house: &House, id: InvitationId, email: &str) -> bool {
    let (email, invited_by) = (email.to_owned(), house.admin);
    let made = house.store.in_tenant::<_, StoreError, _>(house.company, move |tx| {
        let (email_norm, expires_in) = (email.clone(), Duration::from_secs(LIFE));
        let new = NewInvitation { id, email: email.clone(), email_norm, role: Role::User, invited_by, expires_in };
        Box::pin(async move { tx.insert_invitation(&new).await })
    });
    match made.await {
        Ok(_) => true,
        Err(StoreError::Conflict { .. }) => false,
        Err(error) => panic!("{error}"),
    }
}

async fn takes(house: &House, all: &mut Vec<Model>, email: &str, step: Step) {
    let (store, company) = (&house.store, house.company);
    match step {
        Step::Invite => {
            let id = InvitationId(uuid::Uuid::from_u128(fresh_id()));
            let none_waits = all.iter().all(|one| one.status != InvitationStatus::Pending);
            assert_eq!(invite(house, id, email).await, none_waits);
            if none_waits {
                all.push(Model { id, status: InvitationStatus::Pending, age: 0 });
            }
        }
        Step::Pass => {
            let mine = format!("email_norm = '{email}'");
            house
                .change(&format!("UPDATE invitations SET expires_at = expires_at - interval '250 s' WHERE {mine}"))
                .await;
            all.iter_mut().for_each(|one| one.age += 250);
        }
        Step::Accept(which) | Step::Withdraw(which) | Step::Renew(which) if !all.is_empty() => {
            let at = which.index(all.len());
            let one = &mut all[at];
            let (id, pending) = (one.id, one.status == InvitationStatus::Pending);
            let said = match step {
                Step::Accept(_) => in_company(store, company, move |tx| Box::pin(tx.claim_invitation(id))).await,
                Step::Withdraw(_) => in_company(store, company, move |tx| Box::pin(tx.withdraw_invitation(id))).await,
                _ => {
                    let life = Duration::from_secs(LIFE);
                    in_company(store, company, move |tx| Box::pin(tx.renew_invitation(id, life))).await
                }
            };
            let granted = pending && (!matches!(step, Step::Accept(_)) || one.age < LIFE);
            assert_eq!(said.is_some(), granted, "{step:?}");
            match step {
                Step::Accept(_) if granted => one.status = InvitationStatus::Accepted,
                Step::Withdraw(_) if granted => one.status = InvitationStatus::Withdrawn,
                Step::Renew(_) if granted => one.age = 0,
                _ => {}
            }
        }
        _ => {}
    }
}

async fn walk(house: &House, steps: Vec<Step>) {
    let (email, mut all) = (format!("guest-{:x}@acme.example", fresh_id()), Vec::new());
    for step in steps {
        takes(house, &mut all, &email, step).await;
        for one in &all {
            let id = one.id;
            let stored = in_company(&house.store, house.company, move |tx| Box::pin(tx.invitation(id))).await;
            assert_eq!(stored.unwrap().status, one.status, "after {step:?}");
        }
        let waiting = all.iter().filter(|one| one.status == InvitationStatus::Pending).count();
        assert!(waiting <= 1, "after {step:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invitations_are_what_their_model_says_after_any_steps() {
    let house = House::new().await;
    walks(step(), |steps| walk(&house, steps));
}
