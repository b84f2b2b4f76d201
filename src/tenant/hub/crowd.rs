//! How many live sockets one session and one person have, so that nobody fills a node with them.

use std::collections::HashMap;

use uuid::Uuid;

use crate::domain::principal::Principal;

/// Sockets of one session on one node: a browser with twenty tabs.
pub(super) const PER_SESSION: usize = 20;
/// Sockets of one person on one node, over all their sessions.
pub(super) const PER_PERSON: usize = 100;

/// The sockets there are, by session and by person.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    sessions: HashMap<Uuid, usize>,
    people: HashMap<Uuid, usize>,
}

impl Crowd {
    /// Whether one more may come.
    pub(super) fn has_room(&self, principal: &Principal) -> bool {
        let of = |crowd: &HashMap<Uuid, usize>, id| crowd.get(&id).copied().unwrap_or_default();
        of(&self.sessions, principal.session.0) < PER_SESSION && of(&self.people, principal.user.0) < PER_PERSON
    }

    /// One came.
    pub(super) fn came(&mut self, principal: &Principal) {
        *self.sessions.entry(principal.session.0).or_default() += 1;
        *self.people.entry(principal.user.0).or_default() += 1;
    }

    /// One went.
    pub(super) fn went(&mut self, principal: &Principal) {
        less(&mut self.sessions, principal.session.0);
        less(&mut self.people, principal.user.0);
    }
}

/// Counts one down and forgets who has none left.
fn less(crowd: &mut HashMap<Uuid, usize>, id: Uuid) {
    if let Some(count) = crowd.get_mut(&id) {
        *count -= 1;
        if *count == 0 {
            crowd.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{ids::SessionId, principal::Role},
        stream::sample,
    };

    #[test]
    fn a_session_has_twenty_a_person_a_hundred_and_who_goes_makes_room() {
        let mut crowd = Crowd::default();
        let session =
            |number| Principal { session: SessionId(Uuid::from_u128(number)), ..sample::principal(Role::User) };
        for number in 0..5 {
            for _ in 0..PER_SESSION {
                assert!(crowd.has_room(&session(number)));
                crowd.came(&session(number));
            }
            assert!(!crowd.has_room(&session(number)), "the session is full");
        }
        assert!(!crowd.has_room(&session(9)), "the person is full");
        assert!(crowd.has_room(&sample::principal(Role::Admin)), "others are not concerned");
        crowd.went(&session(0));
        assert!(crowd.has_room(&session(9)));
        for number in 0..5 {
            (0..PER_SESSION).for_each(|_| crowd.went(&session(number)));
        }
        assert!(crowd.sessions.is_empty() && crowd.people.is_empty(), "nobody is remembered: {crowd:?}");
    }
}
