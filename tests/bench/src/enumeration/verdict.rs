//! Can the kinds be told apart? The difference of medians says how much, AUC how surely: it is the share of pairs in which the
//! slower one is of the second kind, and 0.5 says that nobody can tell.

use std::time::Duration;

use super::kinds::Question;

/// The goal: medians no further apart, in milliseconds.
const MOST_GAP: f64 = 5.0;
/// The goal: no kind is told from the first more surely.
const MOST_AUC: f64 = 0.60;

/// How long the answers to one question took, in milliseconds.
pub(crate) struct Samples {
    what: &'static str,
    kinds: Vec<(&'static str, Vec<f64>)>,
}

impl Samples {
    /// None yet.
    pub(crate) fn of(question: &Question) -> Self {
        Self { what: question.what, kinds: question.kinds.iter().map(|kind| (kind.name, Vec::new())).collect() }
    }

    /// One more of this kind.
    pub(crate) fn add(&mut self, kind: usize, took: Duration) {
        self.kinds[kind].1.push(took.as_secs_f64() * 1000.0);
    }
}

/// The report as Markdown: a line for each kind, the first of a question being what the others are held against.
pub(crate) fn table(all: &[Samples]) -> String {
    let mut text = String::from(
        "| question | address | samples | median | gap to the first | AUC against the first | goal: gap ≤ 5 ms, AUC ≤ 0.60 |\n|---|---|---|---|---|---|---|\n",
    );
    for Samples { what, kinds } in all {
        let Some(((_, first), _)) = kinds.split_first() else { continue };
        for (name, times) in kinds {
            let (middle, gap, auc) = (median(times), (median(times) - median(first)).abs(), auc(first, times));
            let verdict = if gap <= MOST_GAP && auc.max(1.0 - auc) <= MOST_AUC { "reached" } else { "MISSED" };
            let count = times.len();
            text.push_str(&format!(
                "| {what} | {name} | {count} | {middle:.3} ms | {gap:.3} ms | {auc:.3} | {verdict} |\n"
            ));
        }
    }
    text
}

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.get(sorted.len().saturating_sub(1) / 2), sorted.get(sorted.len() / 2)) {
        (Some(low), Some(high)) => f64::midpoint(*low, *high),
        _ => f64::NAN,
    }
}

/// How often a sample of `b` took longer than one of `a`; a tie counts half.
fn auc(a: &[f64], b: &[f64]) -> f64 {
    let one = |x: &f64, y: &f64| match x.total_cmp(y) {
        std::cmp::Ordering::Less => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Greater => 0.0,
    };
    let wins: f64 = b.iter().map(|y| a.iter().map(|x| one(x, y)).sum::<f64>()).sum();
    wins / (a.len() * b.len()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(known: &[f64], unknown: &[f64]) -> Samples {
        Samples { what: "sign-in", kinds: vec![("known", known.to_vec()), ("unknown", unknown.to_vec())] }
    }

    #[test]
    fn medians_and_pairs_are_counted_as_they_should() {
        assert_eq!((median(&[3.0, 1.0, 2.0]), median(&[4.0, 1.0, 2.0, 3.0])), (2.0, 2.5));
        assert!(median(&[]).is_nan());
        assert_eq!(auc(&[1.0, 2.0], &[3.0, 4.0]), 1.0);
        assert_eq!(auc(&[3.0, 4.0], &[1.0, 2.0]), 0.0);
        assert_eq!(auc(&[1.0, 2.0], &[1.0, 2.0]), 0.5);
    }

    #[test]
    fn a_gap_and_a_sure_guess_in_either_direction_miss_the_goal() {
        let alike: Vec<f64> = (0..50).map(f64::from).collect();
        let shifted = |by: f64| alike.iter().map(|time| time + by).collect::<Vec<_>>();
        assert!(!table(&[samples(&alike, &shifted(1.0))]).contains("MISSED"));
        assert!(table(&[samples(&alike, &shifted(5.5))]).contains("MISSED"), "the gap");
        for by in [0.5, -0.5] {
            let narrow = [samples(&[10.0, 10.1, 10.2], &[10.0 + by, 10.1 + by, 10.2 + by])];
            assert!(table(&narrow).contains("MISSED"), "told apart, however little the gap");
        }
    }
}
