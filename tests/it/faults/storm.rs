//! `kill -9` in the midst of many registrations: each is whole or not there, and none that was acknowledged is lost.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::json;
use tokio::sync::mpsc;

use super::{
    ONE_ISSUER,
    crash::{counted, one, verifies},
};
use crate::support::{
    App,
    person::{PASSWORD, Stranger},
};

const COMPANIES: usize = 60;

/// Registers a company; `Some` if the server said so, `None` if it was gone before it could.
async fn registers(http: reqwest::Client, base: String, name: String) -> Option<String> {
    let body = json!({
        "company_name": name, "company_slug": name, "full_name": "Ada Admin",
        "email": format!("admin@{name}.example"), "password": PASSWORD,
    });
    let answer = http.post(format!("{base}/api/auth/register")).json(&body).send().await.ok()?;
    let created = answer.status().as_u16() == 201;
    answer.text().await.ok().filter(|_| created).map(|_| name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_in_the_midst_of_sixty_registrations_tears_none_and_loses_none() {
    let mut app = App::start_with(&[ONE_ISSUER]).await;
    let mut told = HashSet::new();
    for round in 0..3 {
        let node = app.nodes() - 1;
        let (tell, mut heard) = mpsc::unbounded_channel();
        let http = reqwest::Client::new();
        let clients: Vec<_> = (0..COMPANIES)
            .map(|number| {
                let tell = tell.clone();
                let one = registers(http.clone(), app.base(node), format!("r{round}c{number}"));
                tokio::spawn(async move { tell.send(one.await) })
            })
            .collect();
        drop(tell);
        let mut answers = Vec::new();
        while let Some(answer) = heard.recv().await {
            answers.push(answer);
            if answers.iter().flatten().count() == 5 + 10 * round {
                break;
            }
        }
        app.kill(node).await;
        while let Some(answer) = heard.recv().await {
            answers.push(answer);
        }
        join_all(clients).await;
        let acknowledged = answers.iter().flatten().count();
        assert!(acknowledged < COMPANIES, "the cut came too late to prove anything");
        told.extend(answers.into_iter().flatten());
        app.add_node().await;
    }

    let last = Stranger::at(app.base(app.nodes() - 1));
    let mut there = 0;
    for name in (0..3).flat_map(|round| (0..COMPANIES).map(move |number| format!("r{round}c{number}"))) {
        let status = last.tries_login(&format!("admin@{name}.example"), PASSWORD).await.status;
        assert!(status == 200 || status == 401 && !told.contains(&name), "{name}: {status}");
        there += i64::from(status == 200);
    }
    let counted = counted(&app).await;
    assert_eq!(counted["company.registered"], there, "one line for each company, none for what never was");
    let mut root = app.db.connect("postgres").await;
    let owners = "SELECT count(DISTINCT company_id) FROM audit_logs WHERE kind = 'company.registered'";
    assert_eq!(one(&mut root, owners).await, there, "each in its own log");
    verifies(&app).await;
}
