//! What the cast does: everyday business, and now and then an attack. Pure: chance is an argument.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::cast::{has_factor, places};
use crate::domain::{event::Kind, world::World};

/// How much history there is.
const DAYS: i64 = 7;
/// Scenes of one hour by day and by night.
const BY_DAY: u64 = 240;
const BY_NIGHT: u64 = 80;

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// What.
    pub kind: Kind,
    /// Whom of the cast it is about; nobody where it is about the company.
    pub who: Option<usize>,
    /// Whether they did it, rather than somebody unproven.
    pub by_them: bool,
    /// From which address.
    pub ip: String,
    /// With which program.
    pub user_agent: &'static str,
    /// Details, as the server writes them for this kind.
    pub data: Value,
}

/// Everyday business: the kind, how often among a hundred, and whether the person did it themselves.
const EVERYDAY: &[(Kind, u64, bool)] = &[
    (Kind::LoginSucceeded, 46, true),
    (Kind::SessionRefreshed, 24, true),
    (Kind::LoginFailed, 9, false),
    (Kind::SessionRevoked, 8, true),
    (Kind::MfaFailed, 3, false),
    (Kind::SessionReauthenticated, 3, true),
    (Kind::LoginNewDevice, 2, true),
    (Kind::PasswordResetRequested, 2, false),
    (Kind::BackupCodesViewed, 1, true),
    (Kind::BackupCodeUsed, 1, true),
    (Kind::PasswordChanged, 1, true),
];

/// A number below `end`.
fn below(world: &World, end: u64) -> u64 {
    u64::from_le_bytes(world.bytes()) % end.max(1)
}

fn someone(world: &World, cast: usize) -> usize {
    usize::try_from(below(world, cast as u64)).unwrap_or_default()
}

/// Something that happens every day.
pub fn everyday(world: &World, cast: usize) -> Scene {
    let who = someone(world, cast);
    let mut drawn = below(world, EVERYDAY.iter().map(|(_, weight, _)| weight).sum());
    let mut kinds = EVERYDAY.iter();
    let (kind, by_them) = loop {
        match kinds.next() {
            Some((_, weight, _)) if drawn >= *weight => drawn -= weight,
            Some((kind, _, by_them)) => break (*kind, *by_them),
            None => break (Kind::LoginSucceeded, true),
        }
    };
    let [desk, phone] = places(who);
    let (ip, user_agent) = if below(world, 4) == 0 { phone } else { desk };
    Scene { kind, who: Some(who), by_them, ip, user_agent, data: details(kind, who) }
}

fn details(kind: Kind, who: usize) -> Value {
    match kind {
        Kind::LoginSucceeded => json!({ "method": if has_factor(who) { "totp" } else { "password" } }),
        Kind::LoginFailed => json!({ "reason": "wrong_password" }),
        Kind::MfaFailed => json!({ "method": "totp" }),
        Kind::SessionRevoked => json!({ "reason": "logout", "scope": "current", "sessions_revoked": 1 }),
        Kind::PasswordResetRequested => json!({ "mailed": true }),
        Kind::BackupCodeUsed => json!({ "remaining": 5 }),
        Kind::PasswordChanged => json!({ "sessions_revoked": 1 }),
        _ => json!({}),
    }
}

/// An attack, from its first attempt to what is noticed of it.
pub fn incident(world: &World, cast: usize) -> Vec<Scene> {
    let ip = format!("192.0.2.{}", 1 + below(world, 250));
    let scene = |kind, who: Option<usize>, data| Scene {
        kind,
        who,
        by_them: false,
        ip: ip.clone(),
        user_agent: "python-requests/2.32.5",
        data,
    };
    let wrong = || json!({ "reason": "wrong_password" });
    let victim = someone(world, cast);
    match below(world, 3) {
        0 => {
            let guesses = (0..9).map(|_| scene(Kind::LoginFailed, Some(victim), wrong()));
            guesses.chain([scene(Kind::LoginLocked, Some(victim), wrong())]).collect()
        }
        1 => {
            let tried = (0..6).map(|step| scene(Kind::LoginFailed, Some((victim + step) % cast.max(1)), wrong()));
            let noticed = json!({ "by": "address", "accounts_at_least": 5 });
            tried.chain([scene(Kind::LoginSpraying, None, noticed)]).collect()
        }
        _ => {
            let codes = (0..4).map(|_| scene(Kind::MfaFailed, Some(victim), json!({ "method": "totp" })));
            codes.chain([scene(Kind::MfaLocked, Some(victim), json!({ "method": "totp" }))]).collect()
        }
    }
}

/// The week before `now`, in order: busy days, quiet nights, an attack or two a day.
pub fn week(world: &World, cast: usize, now: OffsetDateTime) -> Vec<(OffsetDateTime, Scene)> {
    let mut all = Vec::new();
    for hour in (0..DAYS * 24).map(|hours| now - Duration::days(DAYS) + Duration::hours(hours)) {
        let scenes = if (7..19).contains(&hour.hour()) { BY_DAY } else { BY_NIGHT };
        let moment = || hour + Duration::milliseconds(i64::try_from(below(world, 3_600_000)).unwrap_or_default());
        all.extend((0..scenes).map(|_| (moment(), everyday(world, cast))));
        if below(world, 16) == 0 {
            let begins = moment() - Duration::MINUTE;
            let scenes = incident(world, cast).into_iter().zip(0..);
            all.extend(scenes.map(|(scene, step)| (begins + Duration::seconds(step * 4), scene)));
        }
    }
    all.sort_by_key(|(at, _)| *at);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dev::demo::cast::CAST,
        domain::sample::{NOON, world},
    };

    #[test]
    fn the_week_is_in_order_ends_now_and_holds_every_kind_of_attack() {
        let week = week(&world(), CAST.len(), NOON);
        assert!(week.len() > 10_000 && week.is_sorted_by_key(|(at, _)| *at));
        assert!(week[0].0 >= NOON - Duration::days(DAYS) - Duration::MINUTE && week[week.len() - 1].0 < NOON);
        for kind in [Kind::LoginLocked, Kind::LoginSpraying, Kind::MfaLocked, Kind::LoginSucceeded] {
            assert!(week.iter().any(|(_, scene)| scene.kind == kind), "{}", kind.as_str());
        }
    }

    #[test]
    fn everyday_kinds_come_about_as_often_as_they_should() {
        let (world, draws) = (world(), 4_000);
        let scenes: Vec<_> = (0..draws).map(|_| everyday(&world, CAST.len())).collect();
        let share = |kind| scenes.iter().filter(|scene| scene.kind == kind).count() * 100 / draws;
        assert!((40..52).contains(&share(Kind::LoginSucceeded)), "{}", share(Kind::LoginSucceeded));
        assert!((5..13).contains(&share(Kind::LoginFailed)), "{}", share(Kind::LoginFailed));
    }

    #[test]
    fn an_attack_begins_with_failures_of_somebody_unproven_and_ends_with_what_is_noticed() {
        let world = world();
        for _ in 0..30 {
            let scenes = incident(&world, CAST.len());
            let (last, first) = scenes.split_last().unwrap();
            assert!(matches!(last.kind, Kind::LoginLocked | Kind::LoginSpraying | Kind::MfaLocked));
            assert!(first.len() >= 4 && first.iter().all(|scene| !scene.by_them && scene.who.is_some()));
        }
    }
}
