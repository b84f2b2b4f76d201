//! Counts the vectors of Project Wycheproof that went through a wrapper, by group: a test in which none ran proves nothing.

use std::collections::BTreeMap;

/// How many vectors ran in each group.
#[derive(Default)]
pub(super) struct Tally(BTreeMap<String, usize>);

impl Tally {
    /// One more of this group.
    pub(super) fn ran(&mut self, group: impl Into<String>) {
        *self.0.entry(group.into()).or_default() += 1;
    }

    /// Prints the counts; fails where one of the expected groups is empty, another one ran, or vectors were left out.
    pub(super) fn holds(&self, all: usize, groups: &[&str]) {
        println!("{all} vectors: {:?}", self.0);
        let ran: Vec<_> = self.0.keys().map(String::as_str).collect();
        assert_eq!(ran, groups, "each group has vectors");
        assert!(all > 0 && self.0.values().sum::<usize>() == all, "every vector of the file ran");
    }
}
