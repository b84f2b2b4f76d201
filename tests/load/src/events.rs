//! Events on their way to the dashboards.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::mpsc;
use voxgate::domain::principal::Role;
use voxgate_bench::{failure::Failure, installation::Installation, wire::Wire};

use crate::{
    crowd::Crowd,
    sockets::{listen, open_all},
    stage::CHEAP,
    tally::Tally,
};

const PATIENCE: Duration = Duration::from_secs(10);
/// Between two events: long enough that each travels by itself.
const APART: Duration = Duration::from_millis(25);

/// Prints how long an event needs from the answer that says it is committed until it is on every one of the dashboards.
pub(crate) async fn measure(installation: &Installation, dashboards: usize, events: usize) -> Result<(), Failure> {
    let server = installation.serve(CHEAP)?;
    let crowd = Crowd::gather(installation, &server, "events", (dashboards, Role::Manager)).await?;
    let tokens: Vec<String> = crowd.members.iter().map(|member| member.access.clone()).collect();
    let (tell, mut came) = mpsc::unbounded_channel();
    for live in open_all(&[server.address], &tokens).await? {
        listen(live, tell.clone());
    }
    let (mut wire, mut token) = (Wire::open(server.address).await?, crowd.admin.refresh.clone());
    let (mut each, mut all) = (Tally::default(), Tally::default());
    for _ in 0..events {
        let body = json!({ "refresh_token": token });
        let answer = wire.post("a refresh", ("/api/auth/refresh", None), &body, 200).await?;
        let committed = Instant::now();
        token = answer["refresh_token"].as_str().unwrap_or_default().to_owned();
        let (mut seen, mut last) = (0, committed);
        while seen < dashboards {
            let next = tokio::time::timeout(PATIENCE, came.recv()).await;
            let next = next.ok().flatten().ok_or_else(|| Failure::Other("an event did not come".into()))?;
            if next.frame["kind"] == "session.refreshed" {
                seen += 1;
                last = last.max(next.at);
                each.add(next.at.saturating_duration_since(committed));
            }
        }
        all.add(last.saturating_duration_since(committed));
        tokio::time::sleep(APART).await;
    }
    each.say(&format!("event committed → on a dashboard, {dashboards} of them"))?;
    all.say("event committed → on all of them")
}
