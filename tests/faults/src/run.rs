//! One run: an installation, people, a fault in their midst, and then the questions.

use std::{
    fmt,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::{
    crowd::Crowd,
    desk::{self, Desks},
    failure::Failure,
    faults::Fault,
    plan::Plan,
    promises,
    record::{Record, Seen},
    site::Site,
};

/// Companies that live at the same time.
const WORKERS: usize = 8;
/// How long people live before and after the fault.
const AROUND: Duration = Duration::from_secs(2);
/// When everything is whole again, both nodes must serve within this.
const RECOVERED: Duration = Duration::from_secs(10);

/// What a run showed.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What went wrong in it.
    pub fault: Fault,
    /// What people were told.
    pub seen: Seen,
    /// From the end of the fault until both nodes served a write; `None`: they did not within ten seconds.
    pub recovered: Option<Duration>,
    /// Promises that were broken.
    pub broken: Vec<String>,
    /// What the nodes called a defect in their logs. Not a broken promise by itself; every answer of 500 is among them.
    pub defects: Vec<String>,
}

/// Makes such an installation, and this fault in it.
///
/// # Errors
/// The run could not be made.
pub async fn once(program: &Path, fault: Fault, plan: Plan) -> Result<Outcome, Failure> {
    let plan = fault.plan(plan).map_err(|why| Failure(why.to_owned()))?;
    let mut site = Site::make(program, plan).await?;
    let outcome = strike(&mut site, fault).await;
    let tails: Vec<String> =
        (0..site.nodes.len()).map(|node| format!("\nnode {node}: {}", tail(&site, node))).collect();
    outcome.map_err(|Failure(said)| Failure(said + &tails.concat()))
}

async fn strike(site: &mut Site, fault: Fault) -> Result<Outcome, Failure> {
    let record = Arc::new(Record::default());
    let bases = site.nodes.iter().map(|node| format!("http://{}", node.address)).collect();
    let crowd = Crowd::new(bases, site.mailbox.clone(), record.clone());
    let (mut people, (stop, stopped)) = (JoinSet::new(), tokio::sync::watch::channel(false));
    fault.prepare(site);
    let desks = Desks::open(&crowd, &stopped).await.ok_or_else(|| Failure("no desk could be opened".into()))?;
    for worker in 0..WORKERS {
        people.spawn(crowd.clone().live(worker, stopped.clone()));
    }
    tokio::time::sleep(AROUND).await;
    fault.strike(site).await?;
    let recovered = recovered(&crowd).await;
    tokio::time::sleep(AROUND).await;
    // Nobody is there to hear when all have ended by themselves.
    let _ = stop.send(true);
    while people.join_next().await.is_some() {}
    // Whoever was thrown out last tries for nine seconds more.
    crowd.watched().await;
    desks.close().await;
    let seen = record.seen();
    let mut broken = promises::broken(site, &seen).await?;
    if recovered.is_none() {
        broken.push("the nodes did not serve again within ten seconds".into());
    }
    if seen.acknowledged.is_empty() {
        broken.push("nothing was acknowledged: the run proves nothing".into());
    }
    match seen.behind() {
        None => broken.push("F10: no desk was shown anything".into()),
        Some(behind) if fault.spares_desks() && behind > desk::BEHIND => {
            broken.push(format!("F10: a desk was {:.1} s behind", behind.as_secs_f64()));
        }
        Some(_) => {}
    }
    Ok(Outcome { fault, seen, recovered, broken, defects: site.defects() })
}

/// A company that registers on each node: the whole way to the database and back.
async fn recovered(crowd: &Crowd) -> Option<Duration> {
    let since = Instant::now();
    for node in 0..crowd.nodes() {
        let mut turn = 0;
        while !crowd.serves(node, &format!("after{node}t{turn}")).await {
            if since.elapsed() > RECOVERED {
                return None;
            }
            turn += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    Some(since.elapsed())
}

fn tail(site: &Site, node: usize) -> String {
    let said = site.said(node);
    let lines: Vec<&str> = said.lines().rev().take(5).collect();
    lines.join("\n")
}

/// The head of the table that [`Outcome`] fills.
pub const HEAD: &str = "fault             told    <500     5xx   500   none  again s   desk s  broken";

/// Seconds with one digit, or what else there is to say.
pub(crate) fn seconds(time: Option<Duration>, none: &str) -> String {
    time.map_or(none.to_owned(), |time| format!("{:.1}", time.as_secs_f64()))
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Seen { acknowledged, answered, refused, lost, unanswered, .. } = &self.seen;
        let (again, desk) = (seconds(self.recovered, "never"), seconds(self.seen.behind(), "–"));
        let (fault, told) = (self.fault, acknowledged.len());
        write!(f, "{fault:<15} {told:>6} {answered:>7} {refused:>7} {lost:>5} {unanswered:>6} {again:>8} {desk:>8}  ")?;
        match self.broken.as_slice() {
            [] => f.write_str("nothing"),
            broken => f.write_str(&broken.join("; ")),
        }
    }
}
