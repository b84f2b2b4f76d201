//! Refresh token rotation (RFC 9700 section 4.14): what one use of a refresh token means.
//!
//! ```text
//! unused ── Rotate ──► used ──┬─ within 10 s, successor unused ─► Repeat (the same successor once more)
//!                             ├─ within 10 s, successor used ───► Superseded (409, nobody is logged out)
//!                             └─ anything else ─────────────────► Reuse (family and session end, alert)
//! ```
//! A successor is derived from its parent, not stored, so that a repeat can hand out the very same token.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use super::one_time::{OneTimeToken, Purpose};

/// How long the immediate parent may come again: two tabs at once, or an answer lost on the way.
pub const GRACE: Duration = Duration::seconds(10);

/// The presented token and its family, as the locked rows say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// When it was exchanged, if it was.
    pub used_at: Option<OffsetDateTime>,
    /// When it ends by itself.
    pub expires_at: OffsetDateTime,
    /// Whether session, account and company are all active.
    pub family_alive: bool,
    /// The absolute end of the session; no repeat and no rotation moves it.
    pub family_expires_at: OffsetDateTime,
}

/// The successor of the presented token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Child {
    /// There is none.
    Absent,
    /// Issued, not exchanged yet.
    Unused,
    /// Exchanged: the presented token is a grandparent by now.
    Used,
}

/// What the use means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// First use: mark it used, issue the successor.
    Rotate,
    /// The same successor again; nothing changes.
    Repeat,
    /// Another tab was faster and went on: no tokens, nobody is logged out.
    Superseded,
    /// Used before: end the family and the session, alert.
    Reuse,
    /// The session is over or the token ran out: no tokens.
    Dead,
}

/// Decides one use at `now`, which is the database's clock like every time in `parent`.
pub fn decide(parent: &Parent, child: &Child, now: OffsetDateTime) -> Decision {
    if !parent.family_alive || now >= parent.family_expires_at {
        return Decision::Dead;
    }
    let Some(used_at) = parent.used_at else {
        return if now < parent.expires_at { Decision::Rotate } else { Decision::Dead };
    };
    // `now()` is the start of a transaction: one that waited for the lock may have begun before the other's use.
    if (now - used_at).abs() > GRACE {
        return Decision::Reuse;
    }
    match child {
        Child::Unused => Decision::Repeat,
        Child::Used => Decision::Superseded,
        Child::Absent => Decision::Reuse,
    }
}

/// The one successor of `parent`: HMAC-SHA256 of its text form under the server's successor key.
pub fn successor(parent: &OneTimeToken, key: &[u8; 32]) -> OneTimeToken {
    let text = Zeroizing::new(parent.expose());
    // A key shorter than the block of the hash is padded with zeros (RFC 2104 section 2).
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    let mac = Hmac::<Sha256>::new((&*block).into()).chain_update(text.as_bytes());
    OneTimeToken::from_secret(Purpose::Refresh, parent.company, parent.holder, mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{ids::CompanyId, sample::NOON};

    fn at(seconds: i64) -> OffsetDateTime {
        NOON + Duration::seconds(seconds)
    }

    prop_compose! {
        fn parent()(
            used in proptest::option::of(-100..100i64), expires in -100..100i64, alive: bool, ends in -100..100i64
        ) -> Parent {
            Parent { used_at: used.map(at), expires_at: at(expires), family_alive: alive, family_expires_at: at(ends) }
        }
    }

    fn child() -> impl Strategy<Value = Child> {
        proptest::sample::select([Child::Absent, Child::Unused, Child::Used].as_slice())
    }

    proptest! {
        #[test]
        fn no_tokens_without_a_living_family(parent in parent(), child in child(), now in -100..100i64) {
            let decision = decide(&parent, &child, at(now));
            if matches!(decision, Decision::Rotate | Decision::Repeat) {
                prop_assert!(parent.family_alive && at(now) < parent.family_expires_at);
            }
        }

        #[test]
        fn a_used_token_never_rotates(parent in parent(), child in child(), now in -100..100i64) {
            if decide(&parent, &child, at(now)) == Decision::Rotate {
                prop_assert!(parent.used_at.is_none() && at(now) < parent.expires_at);
            }
        }

        #[test]
        fn only_the_immediate_parent_within_the_grace_repeats(parent in parent(), child in child(), now in -100..100i64) {
            let decision = decide(&parent, &child, at(now));
            if matches!(decision, Decision::Repeat | Decision::Superseded) {
                prop_assert!((at(now) - parent.used_at.unwrap()).abs() <= GRACE);
                prop_assert_eq!(decision == Decision::Repeat, child == Child::Unused);
            }
        }

        #[test]
        fn once_reuse_always_reuse_while_the_family_lives(parent in parent(), child in child(), now in 0..100i64) {
            let later = at(now + 1).min(parent.family_expires_at - Duration::SECOND);
            if parent.used_at.is_some_and(|used| used <= at(now))
                && later > at(now)
                && decide(&parent, &child, at(now)) == Decision::Reuse
            {
                prop_assert_eq!(decide(&parent, &child, later), Decision::Reuse);
            }
        }

        #[test]
        fn a_successor_is_fixed_by_parent_and_key(secret: [u8; 32], key: [u8; 32], other: [u8; 32]) {
            let parent = OneTimeToken::from_secret(Purpose::Refresh, CompanyId::NOBODY, Uuid::nil(), secret);
            let child = successor(&parent, &key);
            prop_assert_eq!(&child, &successor(&parent, &key));
            prop_assert_ne!(child.hash(), parent.hash());
            prop_assert_eq!(child.hash() == successor(&parent, &other).hash(), key == other);
            prop_assert_eq!((child.company, child.holder, child.purpose), (parent.company, parent.holder, parent.purpose));
        }
    }

    #[test]
    fn the_story_of_two_tabs() {
        let mut parent = Parent { used_at: None, expires_at: at(60), family_alive: true, family_expires_at: at(600) };
        assert_eq!(decide(&parent, &Child::Absent, at(0)), Decision::Rotate);
        parent.used_at = Some(at(0));
        assert_eq!(decide(&parent, &Child::Unused, at(10)), Decision::Repeat);
        assert_eq!(decide(&parent, &Child::Used, at(10)), Decision::Superseded);
        assert_eq!(decide(&parent, &Child::Unused, at(11)), Decision::Reuse);
        parent.family_alive = false;
        assert_eq!(decide(&parent, &Child::Unused, at(1)), Decision::Dead);
    }
}
