//! Lanes: commands of one account one after the other, accounts side by side.

use std::collections::{HashMap, VecDeque, hash_map::Entry};

use futures_util::future::BoxFuture;

use crate::tenant::LaneKey;

/// A command made ready to run; it answers its caller itself.
pub(super) type Job = BoxFuture<'static, ()>;

/// The lanes with work in them. A lane in the map has one job running; its queue holds those that wait.
#[derive(Default)]
pub(super) struct Lanes {
    lanes: HashMap<LaneKey, VecDeque<Job>>,
}

impl Lanes {
    /// Whether fewer than `depth` jobs are in the lane.
    pub(super) fn has_room(&self, key: LaneKey, depth: usize) -> bool {
        self.lanes.get(&key).is_none_or(|waiting| waiting.len() + 1 < depth)
    }

    /// Takes a job in. Gives it back to be run now if the lane was free.
    pub(super) fn admit(&mut self, key: LaneKey, job: Job) -> Option<Job> {
        match self.lanes.entry(key) {
            Entry::Vacant(free) => {
                free.insert(VecDeque::new());
                Some(job)
            }
            Entry::Occupied(mut lane) => {
                lane.get_mut().push_back(job);
                None
            }
        }
    }

    /// The running job of a lane is done: the next one, or the lane closes.
    pub(super) fn next(&mut self, key: LaneKey) -> Option<Job> {
        let job = self.lanes.get_mut(&key)?.pop_front();
        if job.is_none() {
            self.lanes.remove(&key);
        }
        job
    }

    /// Whether no lane has work.
    pub(super) fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn job() -> Job {
        Box::pin(async {})
    }

    #[test]
    fn one_runs_seven_wait_the_ninth_finds_no_room_and_other_lanes_are_free() {
        let (mine, other) = (LaneKey(Uuid::from_u128(1)), LaneKey(Uuid::from_u128(2)));
        let mut lanes = Lanes::default();
        assert!(lanes.admit(mine, job()).is_some());
        for _ in 0..7 {
            assert!(lanes.has_room(mine, 8));
            assert!(lanes.admit(mine, job()).is_none());
        }
        assert!(!lanes.has_room(mine, 8));
        assert!(lanes.has_room(other, 8));
        assert!(lanes.admit(other, job()).is_some());
        for _ in 0..7 {
            assert!(lanes.next(mine).is_some());
        }
        assert!(lanes.next(mine).is_none());
        assert!(lanes.next(other).is_none());
        assert!(lanes.is_empty());
    }
}
