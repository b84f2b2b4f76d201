//! What the set of revocations promises, for any list of acts.

use std::time::Instant;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::{principal::Role, sample::NOON};

fn at(seconds: i64) -> OffsetDateTime {
    NOON + time::Duration::seconds(seconds)
}

fn id<T: From<Uuid>>(number: u8) -> T {
    Uuid::from_u128(number.into()).into()
}

prop_compose! {
    fn principal()(
        company in 0..2u8, user in 0..3u8, session in 0..4u8, epoch in 0..5i64, company_epoch in 0..5i64, ends in 1..100i64
    ) -> Principal {
        Principal {
            user: id(user), company: id(company), session: id(session), role: Role::User, amr: vec![],
            auth_time: NOON, expires_at: at(ends), epoch, company_epoch,
        }
    }
}

fn revocation() -> impl Strategy<Value = Revocation> {
    let scope = prop_oneof![
        (0..4u8).prop_map(|session| Scope::Session(id(session))),
        (0..3u8, 0..6i64).prop_map(|(user, min_epoch)| Scope::User { id: id(user), min_epoch }),
        (0..3u8, 0..6i64).prop_map(|(user, min_epoch)| Scope::Assurance { id: id(user), min_epoch }),
        (0..3u8, 0..6i64).prop_map(|(user, min_epoch)| Scope::Rights { id: id(user), min_epoch }),
        (0..6i64).prop_map(|min_epoch| Scope::Company { min_epoch }),
        (0..4u8, 0..6i64).prop_map(|(session, min_epoch)| Scope::Others { spared: id(session), min_epoch }),
    ];
    (0..2u8, scope, 0..100i64).prop_map(|(company, scope, ends)| Revocation {
        company: id(company),
        scope,
        expires_at: at(ends),
    })
}

fn set(revocations: &[Revocation]) -> Revoked {
    let mut revoked = Revoked::default();
    for revocation in revocations {
        revoked.apply(revocation);
    }
    revoked
}

proptest! {
    #[test]
    fn order_and_repetition_do_not_matter(mut all in prop::collection::vec(revocation(), 0..12)) {
        let once = set(&all);
        all.extend(all.clone());
        all.reverse();
        prop_assert_eq!(set(&all), once);
    }

    #[test]
    fn more_revocations_never_open_a_door(
        all in prop::collection::vec(revocation(), 0..12), more in revocation(), who in principal()
    ) {
        let mut revoked = set(&all);
        let before = revoked.check(&who, NOON);
        revoked.apply(&more);
        prop_assert!(before.is_ok() || revoked.check(&who, NOON).is_err());
    }

    #[test]
    fn the_set_answers_as_the_list_of_revocations_would(
        all in prop::collection::vec(revocation(), 0..12), who in principal()
    ) {
        let hit = all.iter().any(|r| r.company == who.company && match r.scope {
            Scope::Session(session) => session == who.session,
            Scope::User { id, min_epoch } => id == who.user && who.epoch < min_epoch,
            Scope::Assurance { .. } | Scope::Rights { .. } => false,
            Scope::Company { min_epoch } => who.company_epoch < min_epoch,
            Scope::Others { spared, min_epoch } => who.session != spared && who.company_epoch < min_epoch,
        });
        let outdated = all.iter().any(|r| r.company == who.company
            && matches!(r.scope, Scope::Rights { id, min_epoch } if id == who.user && who.epoch < min_epoch));
        let lowered = all.iter().any(|r| r.company == who.company
            && matches!(r.scope, Scope::Assurance { id, min_epoch } if id == who.user && who.epoch < min_epoch));
        prop_assert_eq!(set(&all).lowers(&who), lowered);
        let expected = match (hit, outdated) {
            (true, _) => Err(Code::SessionRevoked),
            (false, true) => Err(Code::RightsChanged),
            (false, false) => Ok(()),
        };
        prop_assert_eq!(set(&all).check(&who, NOON), expected);
    }

    #[test]
    fn forgetting_never_revives_a_token(
        mut all in prop::collection::vec(revocation(), 0..12), who in principal(), now in 0..100i64
    ) {
        // The flows write entries that outlive every token they can concern.
        all.iter_mut().for_each(|r| r.expires_at = r.expires_at.max(who.expires_at));
        let mut revoked = set(&all);
        let before = revoked.check(&who, at(now));
        revoked.expire(at(now));
        prop_assert_eq!(revoked.check(&who, at(now)), before);
    }

    #[test]
    fn a_door_opens_only_by_a_fresh_set_or_by_a_living_session_of_the_present_epochs(
        all in prop::collection::vec(revocation(), 0..12), who in principal(), age in 0..10u64,
        active: bool, mine: bool, ended: bool, left in -50..50i64, company_epoch in 0..6i64, epoch in 0..6i64,
    ) {
        let (revoked, sent) = (set(&all), Instant::now());
        let mut lease = Lease::never();
        lease.stamp(sent);
        let verdict = judge(&revoked, &lease, &who, NOON, sent + std::time::Duration::from_secs(age));
        prop_assert_eq!(matches!(verdict, Verdict::Refused(_)), revoked.check(&who, NOON).is_err());
        prop_assert!(verdict != Verdict::Open || age < 5);
        prop_assert!(judge(&revoked, &Lease::never(), &who, NOON, sent) != Verdict::Open);
        let holder = if mine { who.user } else { id(9) };
        let standing = Standing { active, holder, ended, expires_at: at(left), company_epoch, epoch };
        let lives = active && mine && !ended && left > 0;
        let current = company_epoch <= who.company_epoch && epoch <= who.epoch;
        let expected = match (lives, current) {
            (true, true) => Ok(()),
            (true, false) => Err(Code::RightsChanged),
            (false, _) => Err(Code::SessionRevoked),
        };
        prop_assert_eq!(standing.check(&who, NOON), expected);
    }

    #[test]
    fn everything_is_forgotten_in_the_end(all in prop::collection::vec(revocation(), 0..12)) {
        let mut revoked = set(&all);
        let size = revoked.len();
        prop_assert_eq!(revoked.expire(at(100)), size);
        prop_assert!(revoked.is_empty());
    }

    #[test]
    fn apply_tells_whether_anything_changed(all in prop::collection::vec(revocation(), 0..12), more in revocation()) {
        let before = set(&all);
        let mut after = before.clone();
        prop_assert_eq!(after.apply(&more), after != before);
    }
}

#[test]
fn an_expired_token_is_refused_even_if_nothing_is_revoked() {
    let who = Principal {
        user: id(1),
        company: id(1),
        session: id(1),
        role: Role::Admin,
        amr: vec![],
        auth_time: NOON,
        expires_at: at(1),
        epoch: 1,
        company_epoch: 1,
    };
    assert_eq!(Revoked::default().check(&who, at(0)), Ok(()));
    assert_eq!(Revoked::default().check(&who, at(1)), Err(Code::Unauthenticated));
}
