use super::*;
use crate::token::Role;

const NOON: i64 = 1_900_000_000;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn caller() -> Caller {
    Caller {
        user: id(1),
        company: id(2),
        session: id(3),
        role: Role::User,
        amr: vec!["pwd".into()],
        auth_time: NOON,
        expires_at: NOON + 1800,
        epoch: 4,
        company_epoch: 5,
        kid: "k1".into(),
    }
}

/// Knows one thing, freshly.
fn after(company: Uuid, scope: Scope) -> Verdict {
    let (mut known, now) = (Known::default(), Instant::now());
    known.stamp(now);
    known.add(company, scope, NOON + 1800);
    known.judge(&caller(), NOON, now)
}

#[test]
fn nobody_is_let_in_before_the_first_heartbeat_or_after_the_lease() {
    let (mut known, now) = (Known::default(), Instant::now());
    assert_eq!(known.judge(&caller(), NOON, now), Verdict::Stale);
    known.stamp(now);
    assert_eq!(known.judge(&caller(), NOON, now + LEASE - Duration::from_millis(1)), Verdict::Open);
    assert_eq!(known.judge(&caller(), NOON, now + LEASE), Verdict::Stale);
    known.stamp(now + Duration::from_secs(2));
    known.stamp(now + Duration::from_secs(1));
    assert_eq!(
        known.fresh_until(),
        Some(now + Duration::from_secs(7)),
        "an older word that comes late shortens nothing"
    );
}

#[test]
fn each_scope_ends_what_it_names_and_nothing_else() {
    let (own, other) = (id(2), id(99));
    for (scope, verdict) in [
        (Scope::Session(id(3)), Verdict::Revoked),
        (Scope::Session(id(4)), Verdict::Open),
        (Scope::User(id(1), 5), Verdict::Revoked),
        (Scope::User(id(1), 4), Verdict::Open),
        (Scope::User(id(7), 9), Verdict::Open),
        (Scope::Rights(id(1), 5), Verdict::RightsChanged),
        (Scope::Rights(id(1), 4), Verdict::Open),
        (Scope::Assurance(id(1), 9), Verdict::Open),
        (Scope::Company(6), Verdict::Revoked),
        (Scope::Company(5), Verdict::Open),
        (Scope::Others(id(3), 6), Verdict::Open),
        (Scope::Others(id(8), 6), Verdict::Revoked),
    ] {
        assert_eq!(after(own, scope), verdict, "{scope:?}");
        assert_eq!(after(other, scope), Verdict::Open, "{scope:?} of another company");
    }
}

#[test]
fn what_is_revoked_stays_so_when_the_lease_is_over_and_a_lower_floor_lowers_nothing() {
    let (mut known, now) = (Known::default(), Instant::now());
    known.add(id(2), Scope::User(id(1), 9), NOON + 1800);
    known.add(id(2), Scope::User(id(1), 3), NOON + 10);
    assert_eq!(known.judge(&caller(), NOON, now), Verdict::Revoked);
    known.expire(NOON + 1800);
    assert_eq!(known.len(), 1, "a clock ahead by a minute revives nobody");
    known.expire(NOON + 1861);
    assert!(known.is_empty());
}

#[test]
fn tokens_of_a_removed_key_are_over_and_ended_tokens_too() {
    let (mut known, now) = (Known::default(), Instant::now());
    known.stamp(now);
    known.set_keys(["k1".to_owned(), "k2".to_owned()]);
    assert_eq!(known.judge(&caller(), NOON, now), Verdict::Open);
    assert_eq!(known.judge(&caller(), NOON + 1800, now), Verdict::Invalid(Fault::Expired));
    known.set_keys(["k2".to_owned()]);
    assert_eq!(known.judge(&caller(), NOON, now), Verdict::Invalid(Fault::UnknownKey));
}

#[test]
fn where_one_company_is_told_of_the_tokens_of_another_are_refused() {
    let (mut known, now) = (Known::default(), Instant::now());
    known.stamp(now);
    known.limit_to(Some(id(99)));
    assert_eq!(known.judge(&caller(), NOON, now), Verdict::Invalid(Fault::Company));
    known.limit_to(Some(id(2)));
    assert_eq!(known.judge(&caller(), NOON, now), Verdict::Open);
}

#[test]
fn a_removed_second_factor_lowers_older_tokens() {
    let mut known = Known::default();
    known.add(id(2), Scope::Assurance(id(1), 5), NOON + 1800);
    assert!(known.lowers(&caller()));
    assert!(!known.lowers(&Caller { epoch: 5, ..caller() }));
}
