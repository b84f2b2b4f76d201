//! The table: each figure beside the limit it is held against, measured in the same run.

use crate::failure::Failure;

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was measured.
    pub what: &'static str,
    /// The figure.
    pub measured: String,
    /// What it is held against.
    pub against: String,
    /// Their ratio.
    pub ratio: f64,
    /// What the ratio is judged by.
    pub bound: Bound,
}

/// What the ratio is judged by.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// At least this; the goal.
    Least(f64, f64),
    /// At most this; the goal.
    Most(f64, f64),
}

impl Bound {
    fn verdict(self, ratio: f64) -> &'static str {
        let (floor, goal) = match self {
            Self::Least(floor, goal) => (ratio >= floor, ratio >= goal),
            Self::Most(floor, goal) => (ratio <= floor, ratio <= goal),
        };
        match (floor, goal) {
            (_, true) => "goal",
            (true, false) => "floor",
            (false, false) => "MISSED",
        }
    }

    fn shown(self) -> String {
        match self {
            Self::Least(floor, goal) => format!("≥ {floor:.2} / {goal:.2}"),
            Self::Most(floor, goal) => format!("≤ {floor:.1} / {goal:.1}"),
        }
    }
}

/// The whole report as Markdown.
pub fn markdown(facts: &[(&'static str, String)], rows: &[Row]) -> String {
    let mut text = String::new();
    for (name, value) in facts {
        text.push_str(&format!("- {name}: {value}\n"));
    }
    text.push_str("\n| what | measured | against | ratio | floor / goal | reached |\n|---|---|---|---|---|---|\n");
    for Row { what, measured, against, ratio, bound } in rows {
        let (shown, verdict) = (bound.shown(), bound.verdict(*ratio));
        text.push_str(&format!("| {what} | {measured} | {against} | {ratio:.2} | {shown} | {verdict} |\n"));
    }
    text
}

/// Prints on standard output.
pub fn say(text: &str) -> Result<(), Failure> {
    use std::io::Write;
    writeln!(std::io::stdout(), "{text}").map_err(Failure::system("printing"))
}
