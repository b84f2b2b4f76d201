//! Verifying: a walk along the chain that names the first place where it does not hold.

use std::collections::VecDeque;

use serde::Serialize;
use utoipa::ToSchema;

use super::{AuditRow, GENESIS, canonical, link};

/// What is wrong with a place in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// There is no row with this number.
    Missing,
    /// The row does not follow the one before it.
    Unlinked,
    /// The row is not what it was when it was written.
    Changed,
    /// The log ends elsewhere than where it should.
    WrongEnd,
    /// The row is another than a signed checkpoint says: the log was hashed anew.
    Rewritten,
    /// A checkpoint says something about the row that no key of the installation has signed.
    Forged,
}

impl Flaw {
    /// The end of a sentence that begins with the row.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Missing => "is missing",
            Self::Unlinked => "does not follow the row before it",
            Self::Changed => "was changed",
            Self::WrongEnd => "is not the end that was noted when it was written",
            Self::Rewritten => "is another than its signed checkpoint says",
            Self::Forged => "has a checkpoint whose signature is not good",
        }
    }
}

/// The first place where the chain does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// The number of the row.
    pub seq: i64,
    /// What is wrong there.
    pub flaw: Flaw,
}

/// What a checkpoint says of the walk: at `seq` the log had this hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The row's number.
    pub seq: i64,
    /// Its hash.
    pub hash: [u8; 32],
    /// Whether its signature is good.
    pub genuine: bool,
}

/// A walk along a company's chain, row by row, past its checkpoints. One walk serves the API and the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    begun_after: i64,
    seq: i64,
    hash: [u8; 32],
    ahead: VecDeque<Witness>,
    passed: usize,
}

impl Walk {
    /// Begins before the first row of a company, without checkpoints.
    pub fn from_genesis() -> Self {
        Self::past(Vec::new(), 0)
    }

    /// Begins after the row `kept_after`, where a genuine checkpoint says what its hash was: rows up to a checkpoint may
    /// be gone when their time is over. Without one it begins before the first row. The checkpoints are in order.
    pub fn past(witnesses: Vec<Witness>, kept_after: i64) -> Self {
        let start = witnesses.iter().find(|witness| witness.seq == kept_after && witness.genuine);
        let (seq, hash) = start.map_or((0, GENESIS), |witness| (witness.seq, witness.hash));
        let passed = usize::from(start.is_some());
        let ahead = witnesses.into_iter().filter(|witness| witness.seq > seq).collect();
        Self { begun_after: seq, seq, hash, ahead, passed }
    }

    /// How many signed checkpoints it has come past.
    pub fn checkpoints(&self) -> usize {
        self.passed
    }

    /// The number of the last row that held.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// The hash of the last row that held.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// How many rows held.
    pub fn rows(&self) -> i64 {
        self.seq - self.begun_after
    }

    /// Takes the next row: `Ok` holds, `Err(seq)` cannot be read any more, which is a change too.
    ///
    /// # Errors
    /// The row that should have come next, and what is wrong with it. The walk stands where it stood.
    pub fn step(&mut self, row: Result<&AuditRow, i64>) -> Result<(), Fault> {
        let due = self.seq + 1;
        let flaw = match row {
            Ok(row) if row.seq != due => Flaw::Missing,
            Err(seq) if seq != due => Flaw::Missing,
            Err(_) => Flaw::Changed,
            Ok(row) if row.prev_hash != self.hash => Flaw::Unlinked,
            Ok(row) if row.hash != link(&self.hash, due, &canonical(row)) => Flaw::Changed,
            Ok(row) if !row.personal.holds(row) => Flaw::Changed,
            Ok(row) => match self.contradiction(due, &row.hash) {
                Some(flaw) => flaw,
                None => {
                    (self.seq, self.hash) = (due, row.hash);
                    return Ok(());
                }
            },
        };
        Err(Fault { seq: due, flaw })
    }

    /// What the checkpoint of this row, if it has one, says against it.
    fn contradiction(&mut self, seq: i64, hash: &[u8; 32]) -> Option<Flaw> {
        let witness = *self.ahead.front().filter(|witness| witness.seq == seq)?;
        if !witness.genuine {
            return Some(Flaw::Forged);
        }
        if witness.hash != *hash {
            return Some(Flaw::Rewritten);
        }
        self.ahead.pop_front();
        self.passed += 1;
        None
    }

    /// Compares where the walk arrived with the end that was noted beside the log, and with the last checkpoint.
    ///
    /// # Errors
    /// Rows at the end are missing, or the end was exchanged.
    pub fn end(&self, seq: i64, hash: &[u8; 32]) -> Result<(), Fault> {
        if self.seq < seq || !self.ahead.is_empty() {
            return Err(Fault { seq: self.seq + 1, flaw: Flaw::Missing });
        }
        if self.seq == seq && self.hash != *hash {
            return Err(Fault { seq, flaw: Flaw::WrongEnd });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::sample_row as row, *};

    fn chain(rows: i64) -> Vec<AuditRow> {
        let mut walk = Walk::from_genesis();
        (1..=rows)
            .map(|seq| {
                let mut row = AuditRow { seq, prev_hash: walk.hash(), data: json!({ "n": seq }), ..row() };
                row.hash = link(&row.prev_hash, seq, &canonical(&row));
                walk.step(Ok(&row)).unwrap();
                row
            })
            .collect()
    }

    fn witness(row: &AuditRow) -> Witness {
        Witness { seq: row.seq, hash: row.hash, genuine: true }
    }

    fn walked(rows: &[AuditRow]) -> Result<Walk, Fault> {
        let mut walk = Walk::from_genesis();
        rows.iter().try_for_each(|row| walk.step(Ok(row)))?;
        Ok(walk)
    }

    #[test]
    fn a_whole_chain_holds_to_its_end_and_from_any_row_known_to_be_true() {
        let rows = chain(5);
        let walk = walked(&rows).unwrap();
        assert_eq!((walk.rows(), walk.end(5, &rows[4].hash)), (5, Ok(())));
        let mut later = Walk::past(vec![witness(&rows[1])], 2);
        rows[2..].iter().try_for_each(|row| later.step(Ok(row))).unwrap();
        assert_eq!(later.rows(), 3);
    }

    #[test]
    fn every_row_taken_out_put_in_swapped_or_changed_is_named() {
        let rows = chain(5);
        for at in 0..4 {
            let fault = |rows: &[AuditRow]| walked(rows).unwrap_err();
            let mut less = rows.clone();
            less.remove(at);
            assert_eq!(fault(&less), Fault { seq: at as i64 + 1, flaw: Flaw::Missing });
            let mut changed = rows.clone();
            changed[at].data = json!({});
            assert_eq!(fault(&changed), Fault { seq: at as i64 + 1, flaw: Flaw::Changed });
            // Made anew with a right hash of its own, the row after it tells.
            changed[at].hash = link(&changed[at].prev_hash, changed[at].seq, &canonical(&changed[at]));
            assert_eq!(fault(&changed), Fault { seq: at as i64 + 2, flaw: Flaw::Unlinked });
            let mut swapped = rows.clone();
            swapped.swap(at, at + 1);
            assert_eq!(fault(&swapped), Fault { seq: at as i64 + 1, flaw: Flaw::Missing });
        }
    }

    #[test]
    fn an_end_cut_off_or_exchanged_and_a_row_that_cannot_be_read_are_named() {
        let rows = chain(3);
        let walk = walked(&rows[..2]).unwrap();
        assert_eq!(walk.end(3, &rows[2].hash), Err(Fault { seq: 3, flaw: Flaw::Missing }));
        assert_eq!(walked(&rows).unwrap().end(3, &GENESIS), Err(Fault { seq: 3, flaw: Flaw::WrongEnd }));
        assert_eq!(Walk::from_genesis().step(Err(1)), Err(Fault { seq: 1, flaw: Flaw::Changed }));
    }

    fn passing(rows: &[AuditRow], witnesses: Vec<Witness>) -> Result<Walk, Fault> {
        let mut walk = Walk::past(witnesses, 0);
        rows.iter().try_for_each(|row| walk.step(Ok(row)))?;
        let last = rows.last().unwrap();
        walk.end(last.seq, &last.hash)?;
        Ok(walk)
    }

    #[test]
    fn a_checkpoint_catches_a_log_that_was_hashed_anew_or_cut_off_before_it() {
        let rows = chain(5);
        let (third, fifth) = (witness(&rows[2]), witness(&rows[4]));
        assert_eq!(passing(&rows, vec![third, fifth]).unwrap().checkpoints(), 2);
        let other = Witness { hash: [1; 32], ..third };
        assert_eq!(passing(&rows, vec![other]), Err(Fault { seq: 3, flaw: Flaw::Rewritten }));
        let unsigned = Witness { genuine: false, ..third };
        assert_eq!(passing(&rows, vec![unsigned]), Err(Fault { seq: 3, flaw: Flaw::Forged }));
        assert_eq!(passing(&rows[..4], vec![third, fifth]), Err(Fault { seq: 5, flaw: Flaw::Missing }));
    }

    #[test]
    fn rows_may_be_gone_up_to_a_genuine_checkpoint_only() {
        let rows = chain(5);
        let begins = |witness, kept_after| Walk::past(vec![witness], kept_after).step(Ok(&rows[3]));
        assert_eq!(begins(witness(&rows[2]), 3), Ok(()));
        assert_eq!(begins(witness(&rows[1]), 3), Err(Fault { seq: 1, flaw: Flaw::Missing }));
        let unsigned = Witness { genuine: false, ..witness(&rows[2]) };
        assert_eq!(begins(unsigned, 3), Err(Fault { seq: 1, flaw: Flaw::Missing }));
    }
}
