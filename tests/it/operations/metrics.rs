//! The numbers of a node: what is counted, what is never in them, and that dashboard and alerts ask for numbers there are.

use std::{
    collections::BTreeSet,
    fs,
    net::SocketAddr,
    process::{Command, Stdio},
    sync::Mutex,
};

use serde_json::{Value, json};
use voxgate::signals::CATALOGUE;

use super::{Running, repository, tool};
use crate::support::{
    App,
    app::{DEADLINE, free_address},
    eventually::eventually,
    person::PASSWORD,
    reply::Reply,
};

/// What a node answers at `/metrics`.
async fn scrape(listen: SocketAddr) -> String {
    let answer = reqwest::get(format!("http://{listen}/metrics")).await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    answer.text().await.unwrap()
}

/// The value of the one line that begins like this.
fn value(page: &str, line: &str) -> f64 {
    let found = page.lines().find_map(|candidate| candidate.strip_prefix(line));
    found.unwrap_or_else(|| panic!("no {line} in\n{page}")).trim().parse().unwrap()
}

async fn measured(settings: &[(&str, &str)]) -> (App, SocketAddr) {
    let listen = free_address();
    let address = listen.to_string();
    let all = [settings, &[("metrics.listen", address.as_str())]].concat();
    (App::start_with(&all).await, listen)
}

#[tokio::test]
async fn what_people_do_is_counted_by_route_and_outcome_and_never_by_who_they_are() {
    let (app, listen) = measured(&[]).await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    for _ in 0..3 {
        uma.gets("/api/auth/session").await.expect(200);
    }
    uma.gets(&format!("/api/users/{}/sessions", ada.id)).await.expect(403);
    let body = json!({ "email": ada.email, "password": "not-the-password" });
    app.stranger().posts("/api/auth/login", body).await.expect(401);
    app.stranger().gets("/no/such/place").await.expect(404);
    let body = json!({ "email": ada.email, "password": PASSWORD });
    app.stranger().posts("/api/auth/login", body).await.expect(200);
    let _socket = ada.listens(None).await;
    app.settled(&ada).await;

    let page = scrape(listen).await;
    assert_eq!(value(&page, "voxgate_requests_total{route=\"auth.session\",outcome=\"ok\"}"), 3.0);
    assert_eq!(value(&page, "voxgate_request_seconds_count{route=\"auth.session\"}"), 3.0);
    assert_eq!(value(&page, "voxgate_requests_total{route=\"none\",outcome=\"not_found\"}"), 1.0);
    assert_eq!(value(&page, "voxgate_sign_ins_total{step=\"password\",outcome=\"invalid_credentials\"}"), 1.0);
    assert_eq!(value(&page, "voxgate_sockets_open"), 1.0);
    assert!(value(&page, "voxgate_token_cache_hits_total") >= 2.0);
    assert!(value(&page, "voxgate_hash_wait_seconds_count") >= 2.0);
    assert!(value(&page, "voxgate_supervisor_mailbox_seconds_count") >= 2.0);
    assert!(value(&page, "voxgate_sequencer_batch_rows_sum") >= 3.0);
    assert!(value(&page, "voxgate_events_total{kind=\"login.failed\"}") >= 1.0);
    assert!(value(&page, "voxgate_revocation_lease_age_seconds") < 5.0);
    assert!(value(&page, "voxgate_pool_limit{pool=\"app\"}") >= 1.0);
    assert!(value(&page, "process_resident_memory_bytes") > 1e6);
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
    assert!((now - value(&page, "process_start_time_seconds")).abs() < 120.0, "it started a moment ago");
    for personal in [&ada.email, &ada.id, &uma.id, "acme", "Acme", "/api/", "/no/such"] {
        assert!(!page.contains(personal), "{personal} shows in the numbers");
    }
    let known: BTreeSet<_> = CATALOGUE.iter().map(|metric| metric.name).collect();
    for line in page.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        assert!(known.contains(line.split(' ').next().unwrap()), "{line} is in no catalogue");
    }
    app.stranger().gets("/metrics").await.expect(404); // not on the public port
}

#[tokio::test]
async fn a_real_prometheus_finds_every_number_that_dashboard_and_alerts_ask_for() {
    let (app, listen) = measured(&[("metrics.canary_seconds", "1")]).await;
    let ada = app.admin_of("Acme").await;
    ada.refreshes().await.expect(200);
    ada.gets("/api/auth/session").await.expect(200);
    app.settled(&ada).await;

    let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
    let config = fs::read_to_string(repository("docs/observability/prometheus.yml")).unwrap();
    let config = config.replace("127.0.0.1:9464", &listen.to_string()).replace(": 15s", ": 1s");
    fs::write(folder.path().join("prometheus.yml"), config).unwrap();
    fs::copy(repository("docs/observability/alerts.yml"), folder.path().join("alerts.yml")).unwrap();
    tool(Command::new("promtool").args(["check", "config"]).arg(folder.path().join("prometheus.yml")));
    let mut prometheus = Command::new("prometheus");
    prometheus.arg(format!("--config.file={}", folder.path().join("prometheus.yml").display()));
    prometheus.arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()));
    prometheus.arg(format!("--web.listen-address={address}")).stdout(Stdio::null()).stderr(Stdio::null());
    let _prometheus = Running(prometheus.spawn().unwrap());
    let ask = |path: String| async move {
        let answer = reqwest::get(format!("http://{address}/api/v1/{path}")).await.ok()?;
        answer.json::<Value>().await.ok().filter(|answer| answer["status"] == "success")
    };

    let wanted: BTreeSet<String> = expressions().iter().flat_map(|expression| names(expression)).collect();
    assert!(wanted.len() > 30, "{wanted:?}");
    let missing = |answer: Value| -> Vec<String> {
        let there: BTreeSet<_> =
            answer["data"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect();
        wanted.iter().filter(|name| !there.contains(*name)).cloned().collect()
    };
    let last = Mutex::new(Vec::new());
    let complete = eventually("every number is there", 2 * DEADLINE, || async {
        let absent = missing(ask("label/__name__/values".into()).await?);
        *last.lock().unwrap() = absent.clone();
        absent.is_empty().then_some(())
    });
    let complete = tokio::time::timeout(DEADLINE, complete).await;
    assert!(complete.is_ok(), "asked for, and not there: {:?}", last.lock().unwrap());
    for expression in expressions() {
        let query: String = url::form_urlencoded::byte_serialize(expression.as_bytes()).collect();
        assert!(ask(format!("query?query={query}")).await.is_some(), "{expression}");
    }
    let healthy = eventually("every alert was judged", DEADLINE, || async {
        let groups = ask("rules".into()).await?;
        let rules = groups["data"]["groups"][0]["rules"].as_array()?.clone();
        rules.iter().all(|rule| rule["health"] == "ok").then_some(rules)
    });
    let firing: Vec<_> = healthy.await.into_iter().filter(|rule| rule["state"] == "firing").collect();
    assert!(firing.is_empty(), "nothing is wrong with a healthy node: {firing:?}");
}

/// Every expression of the dashboard and of the alerts, as Grafana would ask it.
fn expressions() -> Vec<String> {
    let dashboard: Value =
        serde_json::from_str(&fs::read_to_string(repository("docs/observability/grafana-dashboard.json")).unwrap())
            .unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().cloned().unwrap_or_default());
    let shown = targets
        .map(|target| target["expr"].as_str().unwrap().replace("$__rate_interval", "1m").replace("$instance", ".*"));
    let alerts = fs::read_to_string(repository("docs/observability/alerts.yml")).unwrap();
    let alerts: Vec<_> =
        alerts.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).map(str::to_owned).collect();
    assert!(alerts.len() > 10);
    shown.chain(alerts).collect()
}

/// The names of metrics in an expression.
fn names(expression: &str) -> Vec<String> {
    let words = expression.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with("voxgate_") || word.starts_with("process_")).map(str::to_owned).collect()
}

#[test]
fn dashboard_and_alerts_name_metrics_of_the_catalogue_only() {
    let known: BTreeSet<_> = CATALOGUE.iter().map(|metric| metric.name).collect();
    for name in expressions().iter().flat_map(|expression| names(expression)) {
        let base = ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part)).unwrap_or(&name);
        assert!(known.contains(base), "{name} is in no catalogue");
    }
}

#[tokio::test]
async fn a_wall_that_falls_while_serving_is_noticed_and_said_aloud() {
    let (mut app, listen) = measured(&[("metrics.canary_seconds", "1")]).await;
    app.admin_of("Acme").await;
    let intact = || async { (value(&scrape(listen).await, "voxgate_walls_intact") == 1.0).then_some(()) };
    eventually("the canary tried", DEADLINE, intact).await;

    app.expect_error("A WALL BETWEEN COMPANIES HAS FALLEN");
    app.db.execute("ALTER TABLE users NO FORCE ROW LEVEL SECURITY; ALTER TABLE users DISABLE ROW LEVEL SECURITY").await;
    let line = app.logged(0, "rows of users show").await;
    assert!(line.contains("\"level\":\"ERROR\""), "{line}");
    assert_eq!(value(&scrape(listen).await, "voxgate_walls_intact"), 0.0);

    app.db.execute("ALTER TABLE users ENABLE ROW LEVEL SECURITY; ALTER TABLE users FORCE ROW LEVEL SECURITY").await;
    eventually("the wall stands again", DEADLINE, intact).await;
    app.db.execute("CREATE POLICY open ON outbox FOR INSERT TO voxgate_app WITH CHECK (true)").await;
    app.logged(0, "could be written into outbox").await;
}

fn request_id(reply: &Reply) -> String {
    reply.headers["x-request-id"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_line_of_the_log_names_request_company_route_and_the_trace_of_the_caller() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let traced = app.stranger().wearing(&[
        ("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01")),
        ("authorization", &format!("Bearer {}", ada.access)),
    ]);
    let reply = traced.gets("/api/users/me").await.expect(200);
    let line: Value = serde_json::from_str(&app.logged(0, trace).await).unwrap();
    let company: String = app.db.value("SELECT id::text FROM companies WHERE slug = 'acme'").await;
    assert_eq!((&line["trace_id"], &line["route"]), (&json!(trace), &json!("users.me")));
    assert_eq!((&line["request_id"], &line["company"]), (&json!(request_id(&reply)), &json!(company)));

    // Without a trace of the caller's the request is its own.
    let reply = ada.gets("/api/users/me").await.expect(200);
    let request = request_id(&reply);
    let line: Value = serde_json::from_str(&app.logged(0, &request).await).unwrap();
    assert_eq!(line["trace_id"], json!(request.replace('-', "")));
}
